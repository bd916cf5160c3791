//! Proofreading of documents (执法文书纠错): the document on its paper, every passage of which can be pressed, and below it
//! the marks, each with the kind of fault.

use super::Asking;
use super::hazard::marks::{Choice, Marks, Which};
use crate::gesture;
use crate::html::{Event, Html, el, none};
use crate::text::{self, Lang, spot};
use domain::asked::AskedPassage;
use domain::kinds::proofreading::WEIGHTS;
use domain::kinds::spotting::Label;
use leptos::prelude::*;
use std::rc::Rc;

/// The exercise.
pub(super) fn proofreading(asking: &Asking, document: &str, reasons: &[Label], passages: &[AskedPassage]) -> Html {
    let lang = asking.lang;
    let places = passages.iter().map(|passage| Label {
        id: passage.id.clone(),
        text: named(passage),
    });
    let marks = Marks::new(asking, places.collect(), true);
    let rule = spot::PROOF_RULE.with(lang, &[&WEIGHTS.found, &WEIGHTS.first, &WEIGHTS.false_mark]);
    let lines = passages.chunk_by(|_, next| !next.para).map(|line| {
        let passages = line.iter().map(|one| passage(asking, &marks, one));
        el("p").all(passages)
    });
    let paper = el("div")
        .class("document")
        .attr("lang", "zh-CN")
        .child(el("p").class("document-title").text(document))
        .all(lines);
    let reasons = Choice {
        which: Which::First,
        name: spot::REASON,
        labels: Rc::new(reasons.to_vec()),
    };
    el("fieldset")
        .class("ask ask-proofreading")
        .attr("data-ask", "proofreading")
        .child(el("legend").attr("lang", "zh-CN").text(&asking.asked.stem))
        .child(el("p").class("quiet hint").text(&rule))
        .child(paper)
        .child(marks.status())
        .child(marks.list(&[reasons]))
}

/// A passage as the list of marks calls it: with the label before it.
fn named(passage: &AskedPassage) -> String {
    match &passage.field {
        Some(field) => format!("{field}{}{}", text::COLON.get(Lang::Zh), passage.text),
        None => passage.text.clone(),
    }
}

/// A passage that can be pressed. Not a `button`: engines make a box of that, which does not break across lines with the
/// text around it.
fn passage(asking: &Asking, marks: &Marks, passage: &AskedPassage) -> Html {
    let locked = asking.locked;
    let (toggled, shown, numbered) = (marks.clone(), marks.clone(), marks.clone());
    let (at, id, own) = (passage.id.clone(), passage.id.clone(), passage.id.clone());
    let toggle = Rc::new(move || match toggled.number_now(at.as_str()) {
        Some(_) => toggled.unmark(at.as_str()),
        None => toggled.mark(&at),
    });
    let by_key = Rc::clone(&toggle);
    let mut button = el("span")
        .class("passage")
        .attr("role", "button")
        .attr("tabindex", "0")
        .attr("data-passage", passage.id.as_str())
        .attr_of("aria-pressed", move || {
            Some(shown.number(id.as_str()).is_some().to_string())
        })
        .attr_of("aria-disabled", move || locked.get().then(|| "true".to_owned()))
        .on("click", move |_| toggle())
        .on("keydown", move |event: &Event| {
            if gesture::presses(event) {
                by_key();
            }
        })
        .text(&passage.text);
    let field = passage
        .field
        .as_ref()
        .map(|field| format!("{field}{}", text::COLON.get(Lang::Zh)));
    if field.is_some() {
        // Who goes from one to the next hears the label too.
        button = button.attr("aria-label", &named(passage));
    }
    let label = field.map(|field| el("span").class("document-field").text(&field));
    let number = move || {
        numbered
            .number(own.as_str())
            .map_or_else(String::new, |number| number.to_string())
    };
    let badge = el("b")
        .class("passage-number")
        .attr("aria-hidden", "true")
        .text_of(number);
    none().maybe(label).child(button.child(badge)).text(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filled_field_is_named_with_its_label() {
        let mut passage = AskedPassage {
            id: "p1".parse().unwrap(),
            text: "石榴路2号".into(),
            field: Some("住所".into()),
            para: true,
        };
        assert_eq!(named(&passage), "住所：石榴路2号");
        passage.field = None;
        assert_eq!(named(&passage), "石榴路2号");
    }
}
