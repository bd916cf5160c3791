//! Essays (调查报告): the text and what jurors look at.

use super::Telling;
use super::choices::unanswered;
use crate::html::{Html, el, none};
use crate::text::choose;
use domain::item::Response;
use domain::kinds::essay::{Essay, Rubric, length};

/// What was written, the rubric, and that it waits for its jurors.
pub(super) fn essay(telling: &Telling, essay: &Essay) -> Html {
    let lang = telling.lang;
    let text = match &telling.response {
        Response::Text(text) => text.as_str(),
        _ => "",
    };
    let counted = choose::ESSAY_TOLD.with(lang, &[&length(text), &essay.min(), &essay.max()]);
    let row = |row: &Rubric| {
        let points = choose::POINTS_N.with(lang, &[&row.points]);
        el("li")
            .child(el("b").attr("lang", "zh-CN").text(&row.title))
            .text(" ")
            .child(el("span").class("quiet").text(&points))
            .child(el("p").attr("lang", "zh-CN").text(&row.text))
    };
    none()
        .maybe(unanswered(telling))
        .child(el("p").class("flag").text(choose::AWAITING.get(lang)))
        .child(el("p").class("quiet").text(&counted))
        .child(el("div").class("told-text").attr("lang", "zh-CN").text(text))
        .child(el("h3").text(&choose::RUBRIC.with(lang, &[&essay.points()])))
        .child(el("ol").class("told-parts").all(essay.rubric().iter().map(row)))
}
