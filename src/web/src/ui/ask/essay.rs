//! Reports (调查报告): a text, its length, and what jurors will look at.

use super::Asking;
use super::choices::{frame, stem, when_locked};
use super::fill::Typed;
use crate::html::{Html, el};
use crate::text::{Text, choose};
use domain::item::Response;
use domain::kinds::essay::{EssayState, Rubric, length};
use leptos::prelude::*;

/// How a text of `length` stands to the limits.
fn state(length: usize, min: u32, max: u32) -> EssayState {
    match length {
        0 => EssayState::Empty,
        length if length < min as usize => EssayState::Short,
        length if length > max as usize => EssayState::Long,
        _ => EssayState::Fits,
    }
}

fn state_text(state: EssayState) -> (&'static str, Text) {
    match state {
        EssayState::Empty => ("empty", choose::ESSAY_EMPTY),
        EssayState::Short => ("short", choose::ESSAY_SHORT),
        EssayState::Fits => ("fits", choose::ESSAY_FITS),
        EssayState::Long => ("long", choose::ESSAY_LONG),
    }
}

fn written(response: &Response) -> String {
    match response {
        Response::Text(text) => text.clone(),
        _ => String::new(),
    }
}

/// The longest text that is taken, in characters: above it, the whole would be no answer.
fn most(max: u32) -> usize {
    max as usize * 2
}

/// The exercise.
pub(super) fn essay(asking: &Asking, list: &[Rubric], min: u32, max: u32) -> Html {
    let (lang, response, change) = (asking.lang, asking.response, asking.clone());
    let id = |part: &str| format!("{}-{part}", asking.asked.id);
    let typed = Typed::new(asking, written);
    let label = el("label")
        .class("label")
        .attr("for", &id("text"))
        .text(choose::ESSAY_TEXT.get(lang));
    let field = el("textarea")
        .attr("id", &id("text"))
        .attr("rows", "14")
        .attr("lang", "zh-CN")
        .attr("maxlength", &most(max).to_string())
        .attr("aria-describedby", &id("count"))
        .attr_of("readonly", when_locked(asking));
    let field = typed.bind(field, move || {
        let text = typed.get().chars().take(most(max)).collect();
        change.change(Response::Text(text));
    });
    let count = Memo::new(move |_| response.with(|response| length(&written(response))));
    let state = Memo::new(move |_| state(count.get(), min, max));
    // The count changes at each letter and would be read out at each; only what it means is.
    let line = el("p")
        .class("essay-count")
        .attr_of("data-state", move || Some(state_text(state.get()).0.to_owned()))
        .child(
            el("span")
                .attr("id", &id("count"))
                .attr("data-count", "")
                .text_of(move || choose::ESSAY_COUNT.with(lang, &[&count.get()])),
        )
        .text(" · ")
        .child(
            el("span")
                .attr("aria-live", "polite")
                .text_of(move || state_text(state.get()).1.get(lang).to_owned()),
        );
    frame(asking, stem(asking), &choose::HINT_ESSAY.with(lang, &[&min, &max]))
        .child(rubric(asking, list))
        .child(label)
        .child(field)
        .child(line)
}

fn rubric(asking: &Asking, list: &[Rubric]) -> Html {
    let points: u32 = list.iter().map(|one| u32::from(one.points)).sum();
    let title = choose::RUBRIC.with(asking.lang, &[&points]);
    el("details")
        .class("rubric")
        .child(el("summary").text(&title))
        .child(criteria(list, asking.lang))
}

/// The criteria, each with its points and what a good text does.
fn criteria(list: &[Rubric], lang: crate::text::Lang) -> Html {
    let one = |one: &Rubric| {
        let points = choose::POINTS_N.with(lang, &[&one.points]);
        el("li")
            .child(el("b").attr("lang", "zh-CN").text(&one.title))
            .text(" ")
            .child(el("span").class("tag").text(&points))
            .child(el("p").attr("lang", "zh-CN").text(&one.text))
    };
    el("ul").class("criteria").all(list.iter().map(one))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::kinds::essay::Essay;

    #[test]
    fn the_length_is_told_as_the_kind_counts_it() {
        let rubric = Rubric {
            id: "a".parse().unwrap(),
            title: "结构".into(),
            points: 10,
            text: "完整".into(),
        };
        let essay = Essay::new(vec![rubric], 3, 5).unwrap();
        for text in [
            "",
            " \n",
            "一二",
            "一 二 三",
            "一二三四五",
            "一二三四五六",
            &"字".repeat(most(5)),
        ] {
            let told = state(length(text), 3, 5);
            assert_eq!(essay.check(text), Ok(told), "{text}");
        }
        assert!(essay.check(&"字".repeat(most(5) + 1)).is_err());
    }

    #[test]
    fn only_a_text_is_written() {
        assert_eq!(written(&Response::Text("报告".into())), "报告");
        assert_eq!(written(&Response::Truth(None)), "");
    }
}
