//! One item: the question, the choices, and, once answered, what was right and why.

use super::basis::basis;
use crate::html::{Event, Html, el, later, none};
use crate::text::{self, Lang};
use domain::ids::OptionId;
use domain::item::{Choices, Item, ItemBody, Response};
use domain::marking::{Mark, Outcome};
use domain::shuffle::Seed;
use domain::units::Points;
use indexmap::IndexMap;
use leptos::prelude::*;
use std::cell::Cell;
use std::sync::Arc;
use wire::pack::RegulationRef;

/// An answer as the page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// What was answered.
    pub response: Response,
    /// Its mark.
    pub mark: Mark,
}

/// Everything that a question needs.
#[derive(Clone)]
pub struct Question {
    /// The item.
    pub item: Arc<Item>,
    /// The regulations that its basis cites.
    pub regulations: Arc<IndexMap<String, RegulationRef>>,
    /// What orders the options.
    pub seed: Seed,
    /// The language of the interface.
    pub lang: Lang,
    /// The site's base, for links.
    pub base: String,
    /// The answer, once it is stored.
    pub answer: Signal<Option<Shown>, LocalStorage>,
    /// Whether an answer is being stored, and that for so long that it is to be seen.
    pub busy: Signal<bool>,
    /// Called with the response that the person gives.
    pub answered: Callback<(Response,)>,
}

/// The digit keys' target: the `place`th choice (from 0) of the question on the page.
pub fn choice_selector(place: usize) -> Option<&'static str> {
    const SELECTORS: [&str; 8] = [
        "[data-choice='0']",
        "[data-choice='1']",
        "[data-choice='2']",
        "[data-choice='3']",
        "[data-choice='4']",
        "[data-choice='5']",
        "[data-choice='6']",
        "[data-choice='7']",
    ];
    SELECTORS.get(place).copied()
}

/// The name of an outcome.
pub fn outcome_text(outcome: Outcome) -> text::Text {
    match outcome {
        Outcome::Right => text::OUT_RIGHT,
        Outcome::Incomplete => text::OUT_INCOMPLETE,
        Outcome::Partial => text::OUT_PARTIAL,
        Outcome::Awaiting => text::OUT_AWAITING,
        Outcome::Unanswered => text::OUT_UNANSWERED,
        Outcome::Wrong | Outcome::Invalid(_) => text::OUT_WRONG,
    }
}

/// The name of an outcome for scripts and styles.
pub fn outcome_name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Right => "right",
        Outcome::Incomplete | Outcome::Partial => "incomplete",
        Outcome::Awaiting => "awaiting",
        _ => "wrong",
    }
}

const LETTERS: [&str; 8] = ["A", "B", "C", "D", "E", "F", "G", "H"];

/// The question with its choices and, below, the feedback.
pub fn question(question: Question) -> Html {
    let hint = match question.item.body {
        ItemBody::Single(_) => text::PICK_ONE,
        ItemBody::Multiple(_) => text::PICK_MANY,
        ItemBody::TrueFalse { .. } => text::JUDGE,
        // Exercises are asked by `ui::ask`.
        ItemBody::Exercise(_) => return none(),
    };
    let choices = match &question.item.body {
        ItemBody::Single(choices) => single(&question, choices),
        ItemBody::Multiple(choices) => multiple(&question, choices),
        ItemBody::TrueFalse { answer, .. } => truth(&question, *answer),
        ItemBody::Exercise(_) => none(),
    };
    let field = el("fieldset")
        .class("question")
        .child(el("legend").attr("lang", "zh-CN").text(&question.item.stem))
        .child(el("p").class("quiet hint").text(hint.get(question.lang)))
        .child(choices);
    let first = warmed(&question);
    let shown = move || {
        question
            .answer
            .with(|shown| shown.as_ref().map_or_else(none, |shown| feedback(&question, shown)))
    };
    none()
        .child(field)
        .child(el("div").attr("aria-live", "polite").dynamic(shown))
        .maybe(first)
}

thread_local! {
    static WARM: Cell<bool> = const { Cell::new(false) };
}

/// Makes one feedback and throws it away, once a page, while the person still reads the question: the browser compiles wasm when
/// it first runs, and the first answer should not wait for that.
fn warmed(question: &Question) -> Option<Html> {
    if question.answer.with_untracked(Option::is_some) || WARM.replace(true) {
        return None;
    }
    let question = question.clone();
    Some(later(move || {
        let nothing = Mark {
            points: Points(0),
            max: Points(0),
            outcome: Outcome::Wrong,
        };
        let response = Response::Options(Vec::new());
        drop(feedback(
            &question,
            &Shown {
                response,
                mark: nothing,
            },
        ));
        none()
    }))
}

/// How a choice turned out: what it is called and how it looks.
fn state(chosen: bool, right: bool) -> (&'static str, Option<text::Text>) {
    match (chosen, right) {
        (true, true) => ("right", Some(text::IS_KEY)),
        (true, false) => ("wrong", Some(text::NOT_KEY)),
        (false, true) => ("missed", Some(text::IS_KEY)),
        (false, false) => ("", None),
    }
}

/// The word beside a choice, once there is one; the verdict on the whole is drawn before it.
fn tag(word: Option<text::Text>, lang: Lang) -> Html {
    word.map_or_else(none, |word| later(move || el("span").class("tag").text(word.get(lang))))
}

/// A button that is itself the answer.
fn press(question: &Question, place: usize, label: Html, option: &str, right: bool, response: Response) -> Html {
    let (answer, busy, answered, lang) = (question.answer, question.busy, question.answered, question.lang);
    let mine = StoredValue::new_local(response);
    let pressed = StoredValue::new(false);
    let looks = move || {
        answer.with(|shown| match shown {
            Some(shown) => state(mine.with_value(|mine| *mine == shown.response), right),
            None => (
                if busy.get() && pressed.get_value() {
                    "pressed"
                } else {
                    ""
                },
                None,
            ),
        })
    };
    el("button")
        .attr("type", "button")
        .class("choice")
        .attr("data-bench", "choice")
        .attr("data-choice", &place.to_string())
        .attr("data-option", option)
        .attr_of("data-state", move || Some(looks().0.to_owned()))
        .attr_of("disabled", move || answer.with(Option::is_some).then(String::new))
        .attr_of("aria-disabled", move || busy.get().then(|| "true".to_owned()))
        .on("click", move |_| {
            if !busy.get_untracked() {
                pressed.set_value(true);
                answered.run((mine.get_value(),));
            }
        })
        .child(label)
        .dynamic(move || tag(looks().1, lang))
}

fn letter(place: usize) -> Html {
    el("b")
        .class("letter")
        .text(LETTERS.get(place).copied().unwrap_or_default())
}

fn single(question: &Question, choices: &Choices) -> Html {
    let button = |(place, option): (usize, &domain::item::ChoiceOption)| {
        let label = none()
            .child(letter(place))
            .child(el("span").attr("lang", "zh-CN").text(&option.text));
        let response = Response::Options(vec![option.id.clone()]);
        press(question, place, label, option.id.as_str(), option.right, response)
    };
    el("div")
        .class("choices")
        .all(choices.shown(question.seed).into_iter().enumerate().map(button))
}

fn truth(question: &Question, key: bool) -> Html {
    let button = |place: usize, value: bool, label: text::Text| {
        let label = el("span").text(label.get(question.lang));
        let option = if value { "true" } else { "false" };
        press(
            question,
            place,
            label,
            option,
            key == value,
            Response::Truth(Some(value)),
        )
    };
    let (yes, no) = (button(0, true, text::TRUE), button(1, false, text::FALSE));
    el("div").class("choices choices-two").child(yes).child(no)
}

fn multiple(question: &Question, choices: &Choices) -> Html {
    let (answer, busy, answered, lang) = (question.answer, question.busy, question.answered, question.lang);
    let chosen: RwSignal<Vec<OptionId>, LocalStorage> = RwSignal::new_local(Vec::new());
    let row = |(place, option): (usize, &domain::item::ChoiceOption)| {
        let id = StoredValue::new_local(option.id.clone());
        let right = option.right;
        let is_chosen = move || {
            id.with_value(|id| {
                answer.with(|shown| match shown {
                    Some(Shown {
                        response: Response::Options(ids),
                        ..
                    }) => ids.contains(id),
                    _ => chosen.with(|chosen| chosen.contains(id)),
                })
            })
        };
        let looks = move || match (answer.with(Option::is_some), is_chosen()) {
            (true, false) if right => ("missed", Some(text::MISSED)),
            (true, chosen) => state(chosen, right),
            (false, chosen) => (if chosen { "pressed" } else { "" }, None),
        };
        let toggle = move |_: &Event| {
            chosen.update(|chosen| {
                id.with_value(|id| match chosen.iter().position(|known| known == id) {
                    Some(place) => drop(chosen.remove(place)),
                    None => chosen.push(id.clone()),
                });
            });
        };
        let tick = el("input")
            .attr("type", "checkbox")
            .attr("data-bench", "choice")
            .attr("data-choice", &place.to_string())
            .attr("data-option", option.id.as_str())
            .prop_of("checked", move || is_chosen().into())
            .attr_of("disabled", move || answer.with(Option::is_some).then(String::new))
            .on("change", toggle);
        el("label")
            .class("choice")
            .attr_of("data-state", move || Some(looks().0.to_owned()))
            .child(tick)
            .child(letter(place))
            .child(el("span").attr("lang", "zh-CN").text(&option.text))
            .dynamic(move || tag(looks().1, lang))
    };
    let check = move || {
        if answer.with(Option::is_some) {
            return none();
        }
        el("button")
            .attr("type", "button")
            .class("primary wide")
            .attr("data-bench", "check")
            .attr_of("disabled", move || chosen.with(Vec::is_empty).then(String::new))
            .attr_of("aria-disabled", move || busy.get().then(|| "true".to_owned()))
            .on("click", move |_| {
                if !busy.get_untracked() {
                    answered.run((Response::Options(chosen.get_untracked()),));
                }
            })
            .text(text::CHECK.get(lang))
    };
    let rows = el("div")
        .class("choices")
        .all(choices.shown(question.seed).into_iter().enumerate().map(row));
    none().child(rows).dynamic(check)
}

/// The key as the page names it: the letters shown, or right and wrong.
fn key_text(question: &Question) -> String {
    match &question.item.body {
        ItemBody::Single(choices) | ItemBody::Multiple(choices) => {
            let shown = choices.shown(question.seed);
            let right = shown.iter().enumerate().filter(|(_, option)| option.right);
            right.filter_map(|(place, _)| LETTERS.get(place).copied()).collect()
        }
        ItemBody::TrueFalse { answer, .. } => {
            let text = if *answer { text::TRUE } else { text::FALSE };
            text.get(question.lang).to_owned()
        }
        ItemBody::Exercise(_) => String::new(),
    }
}

/// Why what was chosen is wrong, choice by choice.
fn whys(question: &Question, response: &Response) -> Vec<String> {
    match (&question.item.body, response) {
        (ItemBody::Single(choices) | ItemBody::Multiple(choices), Response::Options(ids)) => {
            let shown = choices.shown(question.seed);
            let wrong = shown
                .iter()
                .enumerate()
                .filter(|(_, option)| !option.right && ids.contains(&option.id));
            wrong
                .map(|(place, option)| format!("{}：{}", LETTERS.get(place).copied().unwrap_or_default(), option.why))
                .collect()
        }
        (ItemBody::TrueFalse { answer, why }, Response::Truth(Some(truth))) if truth != answer => vec![why.clone()],
        _ => Vec::new(),
    }
}

fn feedback(question: &Question, shown: &Shown) -> Html {
    let lang = question.lang;
    let outcome = shown.mark.outcome;
    let (again, answer) = (question.clone(), shown.response.clone());
    el("section")
        .class("feedback")
        .attr("data-bench", "feedback")
        .attr("data-outcome", outcome_name(outcome))
        .child(el("h2").text(outcome_text(outcome).get(lang)))
        .child(
            el("p")
                .class("key")
                .text(&text::KEY_IS.with(lang, &[&key_text(question)])),
        )
        // The verdict first: laying out the long texts takes an old phone longer than all the rest.
        .child(later(move || reasons(&again, &answer)))
}

/// Why: of each wrong choice, of the key, and on what basis.
fn reasons(question: &Question, response: &Response) -> Html {
    let lang = question.lang;
    let whys = whys(question, response);
    let whys = (!whys.is_empty()).then(|| {
        el("ul")
            .class("whys")
            .attr("lang", "zh-CN")
            .all(whys.iter().map(|why| el("li").text(why)))
    });
    none()
        .maybe(whys)
        .child(el("h3").text(text::EXPLANATION.get(lang)))
        .child(el("p").attr("lang", "zh-CN").text(&question.item.explanation))
        .child(el("h3").text(text::BASIS.get(lang)))
        .child(basis(&question.item.basis, &question.regulations, &question.base, lang))
}
