//! One item: the question, the choices, and, once answered, what was right and why.

use super::basis::basis;
use crate::text::{self, Lang};
use domain::ids::OptionId;
use domain::item::{Choices, Item, ItemBody, Response};
use domain::marking::{Mark, Outcome};
use domain::shuffle::Seed;
use indexmap::IndexMap;
use leptos::prelude::*;
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
    /// Whether an answer is being stored.
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

/// The name of an item's kind.
pub fn kind_text(body: &ItemBody) -> text::Text {
    match body {
        ItemBody::Single(_) => text::SINGLE,
        ItemBody::Multiple(_) => text::MULTIPLE,
        ItemBody::TrueFalse { .. } => text::TRUE_FALSE,
    }
}

/// The name of an outcome.
pub fn outcome_text(outcome: Outcome) -> text::Text {
    match outcome {
        Outcome::Right => text::OUT_RIGHT,
        Outcome::Incomplete => text::OUT_INCOMPLETE,
        Outcome::Unanswered => text::OUT_UNANSWERED,
        Outcome::Wrong | Outcome::Invalid(_) => text::OUT_WRONG,
    }
}

fn outcome_name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Right => "right",
        Outcome::Incomplete => "incomplete",
        _ => "wrong",
    }
}

const LETTERS: [&str; 8] = ["A", "B", "C", "D", "E", "F", "G", "H"];

/// The question with its choices and, below, the feedback.
pub fn question(question: Question) -> AnyView {
    let feedback = {
        let question = question.clone();
        move || question.answer.get().map(|shown| feedback(&question, &shown))
    };
    let hint = match question.item.body {
        ItemBody::Single(_) => text::PICK_ONE,
        ItemBody::Multiple(_) => text::PICK_MANY,
        ItemBody::TrueFalse { .. } => text::JUDGE,
    };
    let choices = match &question.item.body {
        ItemBody::Single(choices) => single(&question, choices),
        ItemBody::Multiple(choices) => multiple(&question, choices),
        ItemBody::TrueFalse { answer, .. } => truth(&question, *answer),
    };
    let stem = question.item.stem.clone();
    view! {
        <fieldset class="question">
            <legend lang="zh-CN">{stem}</legend>
            <p class="quiet hint">{hint.get(question.lang)}</p>
            {choices}
        </fieldset>
        <div aria-live="polite">{feedback}</div>
    }
    .into_any()
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

/// A button that is itself the answer.
fn press(question: &Question, place: usize, label: AnyView, option: String, right: bool, response: &Response) -> AnyView {
    let (answer, busy, answered, lang) = (question.answer, question.busy, question.answered, question.lang);
    let mine = StoredValue::new_local(response.clone());
    let pressed = RwSignal::new(false);
    let looks = move || {
        answer.with(|shown| match shown {
            Some(shown) => state(mine.with_value(|mine| *mine == shown.response), right),
            None => (if pressed.get() { "pressed" } else { "" }, None),
        })
    };
    view! {
        <button
            type="button"
            class="choice"
            data-bench="choice"
            data-choice=place.to_string()
            data-option=option
            data-state=move || looks().0
            disabled=move || answer.with(Option::is_some)
            aria-disabled=move || busy.get().then_some("true")
            on:click=move |_| {
                if !busy.get_untracked() {
                    pressed.set(true);
                    answered.run((mine.get_value(),));
                }
            }
        >
            {label}
            {move || looks().1.map(|text| view! { <span class="tag">{text.get(lang)}</span> })}
        </button>
    }
    .into_any()
}

fn single(question: &Question, choices: &Choices) -> AnyView {
    let button = |(place, option): (usize, &domain::item::ChoiceOption)| {
        let label = view! { <b class="letter">{LETTERS.get(place).copied()}</b> <span lang="zh-CN">{option.text.clone()}</span> };
        let response = Response::Options(vec![option.id.clone()]);
        press(question, place, label.into_any(), option.id.to_string(), option.right, &response)
    };
    let shown = choices.shown(question.seed);
    view! { <div class="choices">{shown.into_iter().enumerate().map(button).collect_view()}</div> }.into_any()
}

fn truth(question: &Question, key: bool) -> AnyView {
    let button = |place: usize, value: bool, label: text::Text| {
        let label = view! { <span>{label.get(question.lang)}</span> }.into_any();
        press(question, place, label, value.to_string(), key == value, &Response::Truth(Some(value)))
    };
    view! { <div class="choices choices-two">{button(0, true, text::TRUE)} {button(1, false, text::FALSE)}</div> }.into_any()
}

fn multiple(question: &Question, choices: &Choices) -> AnyView {
    let (answer, busy, answered, lang) = (question.answer, question.busy, question.answered, question.lang);
    let chosen: RwSignal<Vec<OptionId>, LocalStorage> = RwSignal::new_local(Vec::new());
    let row = |(place, option): (usize, &domain::item::ChoiceOption)| {
        let id = StoredValue::new_local(option.id.clone());
        let right = option.right;
        let is_chosen = move || {
            id.with_value(|id| {
                answer.with(|shown| match shown {
                    Some(Shown { response: Response::Options(ids), .. }) => ids.contains(id),
                    _ => chosen.with(|chosen| chosen.contains(id)),
                })
            })
        };
        let looks = move || match (answer.with(Option::is_some), is_chosen()) {
            (true, false) if right => ("missed", Some(text::MISSED)),
            (true, chosen) => state(chosen, right),
            (false, chosen) => (if chosen { "pressed" } else { "" }, None),
        };
        let toggle = move |_| {
            chosen.update(|chosen| {
                id.with_value(|id| match chosen.iter().position(|known| known == id) {
                    Some(place) => drop(chosen.remove(place)),
                    None => chosen.push(id.clone()),
                });
            });
        };
        view! {
            <label class="choice" data-state=move || looks().0>
                <input
                    type="checkbox"
                    data-bench="choice"
                    data-choice=place.to_string()
                    data-option=option.id.to_string()
                    prop:checked=is_chosen
                    disabled=move || answer.with(Option::is_some)
                    on:change=toggle
                />
                <b class="letter">{LETTERS.get(place).copied()}</b>
                <span lang="zh-CN">{option.text.clone()}</span>
                {move || looks().1.map(|text| view! { <span class="tag">{text.get(lang)}</span> })}
            </label>
        }
    };
    let shown = choices.shown(question.seed);
    let check = move || {
        answer.with(Option::is_none).then(|| {
            view! {
                <button
                    type="button"
                    class="primary wide"
                    data-bench="check"
                    disabled=move || chosen.with(Vec::is_empty)
                    aria-disabled=move || busy.get().then_some("true")
                    on:click=move |_| {
                        if !busy.get_untracked() {
                            answered.run((Response::Options(chosen.get_untracked()),));
                        }
                    }
                >
                    {text::CHECK.get(lang)}
                </button>
            }
        })
    };
    view! {
        <div class="choices">{shown.into_iter().enumerate().map(row).collect_view()}</div>
        {check}
    }
    .into_any()
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
    }
}

/// Why what was chosen is wrong, choice by choice.
fn whys(question: &Question, response: &Response) -> Vec<String> {
    match (&question.item.body, response) {
        (ItemBody::Single(choices) | ItemBody::Multiple(choices), Response::Options(ids)) => {
            let shown = choices.shown(question.seed);
            let wrong = shown.iter().enumerate().filter(|(_, option)| !option.right && ids.contains(&option.id));
            wrong.map(|(place, option)| format!("{}：{}", LETTERS.get(place).copied().unwrap_or_default(), option.why)).collect()
        }
        (ItemBody::TrueFalse { answer, why }, Response::Truth(Some(truth))) if truth != answer => vec![why.clone()],
        _ => Vec::new(),
    }
}

fn feedback(question: &Question, shown: &Shown) -> AnyView {
    let lang = question.lang;
    let outcome = shown.mark.outcome;
    let whys = whys(question, &shown.response);
    let whys = (!whys.is_empty()).then(|| {
        view! { <ul class="whys" lang="zh-CN">{whys.into_iter().map(|why| view! { <li>{why}</li> }).collect_view()}</ul> }
    });
    let basis = basis(&question.item.basis, &question.regulations, &question.base, lang);
    view! {
        <section class="feedback" data-bench="feedback" data-outcome=outcome_name(outcome)>
            <h2>{outcome_text(outcome).get(lang)}</h2>
            <p class="key">{text::KEY_IS.with(lang, &[&key_text(question)])}</p>
            {whys}
            <h3>{text::EXPLANATION.get(lang)}</h3>
            <p lang="zh-CN">{question.item.explanation.clone()}</p>
            <h3>{text::BASIS.get(lang)}</h3>
            {basis}
        </section>
    }
    .into_any()
}
