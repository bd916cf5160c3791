//! Linking this browser to a person who has joined on another device.

use crate::html::{Html, dynamic, el, none};
use crate::page;
use crate::platform::dom;
use crate::platform::timer::spawn;
use crate::route::Route;
use crate::state::app::{App, JoinError};
use crate::state::ledger::Ledger;
use crate::text::{self, Lang};
use crate::ui::notice::{Tone, notice};
use leptos::prelude::*;

/// What was typed and what came of it.
#[derive(Clone, Copy)]
struct Form {
    code: RwSignal<String>,
    /// Whose the records of this browser are; none until the person says.
    mine: RwSignal<Option<bool>>,
    busy: RwSignal<bool>,
    problem: RwSignal<Option<JoinError>>,
    /// How many records came back.
    done: RwSignal<Option<usize>>,
}

/// The page, with the code that was scanned, if there was one.
pub(super) fn page(app: App, code: &str) -> Html {
    let form = Form {
        code: RwSignal::new(code.to_owned()),
        mine: RwSignal::new(None),
        busy: RwSignal::new(false),
        problem: RwSignal::new(None),
        done: RwSignal::new(None),
    };
    dynamic(move || show(app, form))
}

fn show(app: App, form: Form) -> Html {
    let lang = app.lang.get();
    let body = dynamic(move || match form.done.get() {
        Some(new) => {
            let name = app
                .identity
                .with(|identity| identity.as_ref().map(|who| who.name.clone()).unwrap_or_default());
            let home = page::button_link(app, "primary", &Route::Record, text::RECORD.get(lang));
            let body = el("p").class("buttons").child(home);
            notice(Tone::Good, &text::LINKED.with(lang, &[&name, &new]), body).attr("data-test", "linked")
        }
        None => fields(app, form, lang),
    });
    page::frame(app, "link", text::LINK_HERE.get(lang), body)
}

fn send(app: App, form: Form) {
    if form.busy.get_untracked() {
        return;
    }
    let before = app.ledger.with_untracked(Ledger::stored);
    let mine = form.mine.get_untracked().or((before == 0).then_some(true));
    let Some(mine) = mine else {
        form.problem.set(Some(JoinError::NoConsent));
        return;
    };
    form.busy.set(true);
    form.problem.set(None);
    spawn(async move {
        let code = form.code.get_untracked().trim().to_owned();
        match app.link_by(code, mine).await {
            Ok(new) => {
                form.done.try_set(Some(new));
            }
            Err(error) => {
                form.problem.try_set(Some(error));
            }
        }
        form.busy.try_set(false);
    });
}

fn fields(app: App, form: Form, lang: Lang) -> Html {
    let input = el("input")
        .attr("name", "code")
        .attr("maxlength", "24")
        .attr("autocomplete", "off")
        .attr("autocapitalize", "off")
        .attr("spellcheck", "false")
        .attr("required", "")
        .prop_of("value", move || form.code.get().into())
        .on("input", move |event| form.code.set(dom::value(event)));
    let code = el("label")
        .class("field")
        .child(el("span").text(text::LINK_TYPE.get(lang)))
        .child(input);
    let choice = move |mine: bool, words: text::Text| {
        let radio = el("input")
            .attr("type", "radio")
            .attr("name", "mine")
            .attr("value", if mine { "yes" } else { "no" })
            .prop_of("checked", move || (form.mine.get() == Some(mine)).into())
            .on("change", move |_| form.mine.set(Some(mine)));
        el("label")
            .class("tick")
            .child(radio)
            .child(el("span").text(words.get(lang)))
    };
    let whose = move || {
        let before = app.ledger.with(Ledger::stored);
        if before == 0 {
            return none();
        }
        el("fieldset")
            .class("notice")
            .child(el("legend").text(&text::LINK_BEFORE.with(lang, &[&before])))
            .child(choice(true, text::LINK_MINE))
            .child(choice(false, text::LINK_NOT_MINE))
    };
    let problem = move || {
        form.problem.get().map_or_else(none, |error| {
            let words = match &error {
                JoinError::NoConsent => text::LINK_WHOSE.get(lang).to_owned(),
                JoinError::Refused(code) if code == "code-refused" => text::LINK_BAD_CODE.get(lang).to_owned(),
                other => page::refused(other, lang),
            };
            notice(Tone::Warn, "", el("p").text(&words)).attr("data-test", "link-problem")
        })
    };
    let label = move || {
        if form.busy.get() {
            text::LINK_BUSY.get(lang)
        } else {
            text::LINK_DO.get(lang)
        }
    };
    let button = el("button")
        .attr("type", "submit")
        .class("primary wide")
        .attr("data-test", "link")
        .attr_of("aria-disabled", move || form.busy.get().then(|| "true".to_owned()))
        .text_of(move || label().to_owned());
    let sheet = el("form")
        .attr("id", "link")
        .on("submit", move |event| {
            event.prevent_default();
            send(app, form);
        })
        .child(code)
        .dynamic(whose)
        .dynamic(problem)
        .child(el("p").class("buttons").child(button));
    none()
        .child(el("p").class("lead").text(text::LINK_HERE_LEAD.get(lang)))
        .child(sheet)
}
