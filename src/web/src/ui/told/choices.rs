//! Choices and judgements.

use super::Telling;
use crate::html::{Html, el, none};
use crate::text::{self, Lang, Text, choose};
use domain::item::{ChoiceOption, Choices, Response};

const LETTERS: [&str; 8] = ["A", "B", "C", "D", "E", "F", "G", "H"];

/// A sign and a word, so that colour never stands alone.
pub(super) fn sign(right: bool, word: Text, lang: Lang) -> Html {
    let (class, sign) = if right {
        ("tag tag-done", "✓ ")
    } else {
        ("tag tag-wrong", "✗ ")
    };
    el("span").class(class).text(sign).text(word.get(lang))
}

/// How an option turned out: chosen and right, chosen and wrong, right and not chosen; nothing for the rest.
fn turned(chosen: bool, right: bool, lang: Lang) -> Html {
    match (chosen, right) {
        (true, true) => sign(true, text::IS_KEY, lang),
        (true, false) => sign(false, text::NOT_KEY, lang),
        (false, true) => sign(false, text::MISSED, lang),
        (false, false) => none(),
    }
}

/// The options with what was chosen and what was right.
pub(super) fn choices(telling: &Telling, choices: &Choices) -> Html {
    let lang = telling.lang;
    let row = |(place, option): (usize, &ChoiceOption)| {
        let chosen = matches!(&telling.response, Response::Options(ids) if ids.contains(&option.id));
        let why = (chosen && !option.right).then(|| el("p").class("why").attr("lang", "zh-CN").text(&option.why));
        let mine = chosen.then(|| el("span").class("tag").text(choose::CHOSEN.get(lang)));
        el("li")
            .child(
                el("b")
                    .class("letter")
                    .text(LETTERS.get(place).copied().unwrap_or_default()),
            )
            .text(" ")
            .child(el("span").attr("lang", "zh-CN").text(&option.text))
            .text(" ")
            .maybe(mine)
            .text(" ")
            .child(turned(chosen, option.right, lang))
            .maybe(why)
    };
    let rows = choices.shown(telling.seed).into_iter().enumerate();
    none()
        .maybe(unanswered(telling))
        .child(el("ul").class("told-options").all(rows.map(row)))
}

/// Says that nothing was answered, where it is so.
pub(super) fn unanswered(telling: &Telling) -> Option<Html> {
    let empty = telling.response.is_empty();
    empty.then(|| el("p").class("quiet").text(choose::NOTHING.get(telling.lang)))
}

/// The judgement.
pub(super) fn truth(telling: &Telling, answer: bool, why: &str) -> Html {
    let lang = telling.lang;
    let word = |value: bool| if value { text::TRUE } else { text::FALSE };
    let Response::Truth(Some(given)) = telling.response else {
        return none()
            .maybe(unanswered(telling))
            .child(key(word(answer).get(lang), lang));
    };
    let outcome = if given == answer {
        text::OUT_RIGHT
    } else {
        text::OUT_WRONG
    };
    let why = (given != answer).then(|| el("p").class("why").attr("lang", "zh-CN").text(why));
    none()
        .child(
            el("p")
                .text(choose::YOUR_ANSWER.get(lang))
                .text("：")
                .child(el("b").text(word(given).get(lang)))
                .text(" ")
                .child(sign(given == answer, outcome, lang)),
        )
        .child(key(word(answer).get(lang), lang))
        .maybe(why)
}

/// The right answer on a line of its own.
pub(super) fn key(words: &str, lang: Lang) -> Html {
    el("p")
        .class("key")
        .text(choose::RIGHT_ANSWER.get(lang))
        .text("：")
        .child(el("b").attr("lang", "zh-CN").text(words))
}
