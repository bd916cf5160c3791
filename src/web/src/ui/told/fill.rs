//! Filling in (填空题): each blank as it was filled and as it is right.

use super::Telling;
use super::choices::{key, sign};
use crate::html::{Html, el, none};
use crate::text::{self, choose};
use domain::item::Response;
use domain::kinds::fill::{Blank, BlankAnswer, Fill};

/// The answer that is shown for a blank: the number with its first unit, or the first text.
fn shown(answer: &BlankAnswer) -> String {
    match answer {
        BlankAnswer::Number { shown, units, .. } => {
            format!("{shown}{}", units.first().map_or("", String::as_str))
        }
        BlankAnswer::Text { accepted } => accepted.first().cloned().unwrap_or_default(),
    }
}

/// Other texts that would have been right.
fn others(answer: &BlankAnswer) -> Vec<&str> {
    match answer {
        BlankAnswer::Number { .. } => Vec::new(),
        BlankAnswer::Text { accepted } => accepted.iter().skip(1).map(String::as_str).collect(),
    }
}

/// What was answered beside the key.
pub(super) fn fill(telling: &Telling, fill: &Fill) -> Html {
    let lang = telling.lang;
    let row = |(place, blank): (usize, &Blank)| {
        let given = match &telling.response {
            Response::Blanks(blanks) => blanks
                .iter()
                .find(|(id, _)| *id == blank.id)
                .map(|(_, text)| text.as_str()),
            _ => None,
        };
        let given = given.map(str::trim).filter(|text| !text.is_empty());
        let right = given.is_some_and(|text| fill.right(&blank.id, text));
        let outcome = match given {
            None => text::OUT_UNANSWERED,
            Some(_) if right => text::OUT_RIGHT,
            Some(_) => text::OUT_WRONG,
        };
        let why = (!right).then(|| el("p").class("why").attr("lang", "zh-CN").text(&blank.why));
        let others = others(&blank.answer);
        let others = (!others.is_empty()).then(|| {
            el("p")
                .class("quiet")
                .text(choose::ALSO_RIGHT.get(lang))
                .text("：")
                .child(el("span").attr("lang", "zh-CN").text(&others.join("、")))
        });
        el("li")
            .child(el("b").text(&choose::BLANK.with(lang, &[&(place + 1)])))
            .text(" ")
            .child(el("span").text(given.unwrap_or("—")))
            .text(" ")
            .child(sign(right, outcome, lang))
            .child(key(&shown(&blank.answer), lang))
            .maybe(others)
            .maybe(why)
    };
    none().child(
        el("ol")
            .class("told-parts")
            .all(fill.blanks().iter().enumerate().map(row)),
    )
}
