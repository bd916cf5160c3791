//! Joining a unit with its code: what is sent, to whom, and the person's consent; or linking this browser by a link code.

mod link;

use crate::html::{Html, dynamic, el, none};
use crate::page;
use crate::platform::dom;
use crate::platform::timer::spawn;
use crate::route::Route;
use crate::state::app::{App, JoinError, Link, app};
use crate::state::ledger::Ledger;
use crate::text::{self, Lang};
use crate::ui::notice::{Tone, notice};
use leptos::prelude::*;

/// What stands before the code where it is one for a further device.
const LINK: &str = "link-";

/// The page; `code` is the one of the address's fragment.
pub fn join(code: String) -> Html {
    let app = app();
    if !code.is_empty() {
        dom::clear_fragment();
    }
    if let Some(code) = code.strip_prefix(LINK) {
        return link::page(app, code);
    }
    let form = Form {
        code: RwSignal::new(code),
        name: RwSignal::new(String::new()),
        staff: RwSignal::new(String::new()),
        consent: RwSignal::new(false),
        busy: RwSignal::new(false),
        problem: RwSignal::new(None),
    };
    dynamic(move || show(app, form))
}

/// What was typed; it outlives a change of language.
#[derive(Clone, Copy)]
struct Form {
    code: RwSignal<String>,
    name: RwSignal<String>,
    staff: RwSignal<String>,
    consent: RwSignal<bool>,
    busy: RwSignal<bool>,
    problem: RwSignal<Option<JoinError>>,
}

fn show(app: App, form: Form) -> Html {
    let lang = app.lang.get();
    let joined = Memo::new(move |_| {
        let identity = app.identity.get().filter(|identity| identity.token.is_some());
        identity
            .filter(|_| app.link.get() != Link::Relink)
            .map(|identity| identity.unit)
    });
    let endpoint = Memo::new(move |_| {
        app.config
            .with(|c| c.as_ref().is_some_and(|config| config.endpoint.is_some()))
    });
    let body = dynamic(move || match (joined.get(), endpoint.get()) {
        (Some(unit), _) => {
            let home = page::button_link(app, "primary", &Route::Courses, text::BACK_HOME.get(lang));
            let body = el("p").class("buttons").child(home);
            notice(Tone::Good, &text::JOINED.with(lang, &[&unit]), body).attr("data-test", "joined")
        }
        (None, true) => fields(app, form, lang),
        (None, false) => el("p").text(text::RECORD_NO_ENDPOINT.get(lang)),
    });
    page::frame(app, "join", text::JOIN.get(lang), body)
}

fn send(app: App, form: Form) {
    if form.busy.get_untracked() {
        return;
    }
    if !form.consent.get_untracked() {
        form.problem.set(Some(JoinError::NoConsent));
        return;
    }
    form.busy.set(true);
    form.problem.set(None);
    spawn(async move {
        let trimmed = |field: RwSignal<String>| field.get_untracked().trim().to_owned();
        let staff = Some(trimmed(form.staff)).filter(|staff| !staff.is_empty());
        let result = app.join(trimmed(form.code), trimmed(form.name), staff).await;
        form.problem.try_set(result.err());
        form.busy.try_set(false);
    });
}

fn fields(app: App, form: Form, lang: Lang) -> Html {
    let field = |label: text::Text, name: &str, value: RwSignal<String>, most: &str| {
        let input = el("input")
            .attr("name", name)
            .attr("maxlength", most)
            .attr("autocomplete", "off")
            .attr("autocapitalize", "off")
            .attr("spellcheck", "false")
            .prop_of("value", move || value.get().into())
            .on("input", move |event| value.set(dom::value(event)));
        (label, input)
    };
    let labelled = |(label, input): (text::Text, Html)| {
        el("label")
            .class("field")
            .child(el("span").text(label.get(lang)))
            .child(input)
    };
    let (label, code) = field(text::JOIN_CODE, "code", form.code, "24");
    let code = labelled((label, code.attr("required", "")));
    let (label, name) = field(text::JOIN_NAME, "name", form.name, "40");
    let name = labelled((label, name.attr("required", "")));
    let staff = labelled(field(text::JOIN_STAFF, "staff", form.staff, "40"));
    let before = move || {
        let stored = app.ledger.with(Ledger::stored);
        if stored == 0 {
            none()
        } else {
            el("p").text(&text::JOIN_BEFORE.with(lang, &[&stored]))
        }
    };
    let consent = el("input")
        .attr("type", "checkbox")
        .attr("name", "consent")
        .prop_of("checked", move || form.consent.get().into())
        .on("change", move |event| form.consent.set(dom::ticked(event)));
    let tick = el("label")
        .class("tick")
        .child(consent)
        .child(el("span").text(text::JOIN_CONSENT.get(lang)));
    let what = el("div")
        .class("notice")
        .child(el("strong").text(text::JOIN_WHAT.get(lang)))
        .child(el("p").text(text::JOIN_WHAT_BODY.get(lang)))
        .dynamic(before)
        .child(tick);
    let problem = move || {
        form.problem.get().map_or_else(none, |error| {
            let words = el("p").text(&page::refused(&error, lang));
            notice(Tone::Warn, "", words).attr("data-test", "join-problem")
        })
    };
    let label = move || {
        if form.busy.get() {
            text::JOIN_BUSY.get(lang)
        } else {
            text::JOIN_DO.get(lang)
        }
    };
    let button = el("button")
        .attr("type", "submit")
        .class("primary wide")
        .attr("data-test", "join")
        .attr_of("aria-disabled", move || form.busy.get().then(|| "true".to_owned()))
        .text_of(move || label().to_owned());
    let sheet = el("form")
        .attr("id", "join")
        .on("submit", move |event| {
            event.prevent_default();
            send(app, form);
        })
        .child(code)
        .child(name)
        .child(staff)
        .child(what)
        .dynamic(problem)
        .child(el("p").class("buttons").child(button));
    none()
        .child(el("p").class("lead").text(text::JOIN_LEAD.get(lang)))
        .child(sheet)
        .dynamic(move || other(app, lang))
}

/// The way for those who have joined on another device.
fn other(app: App, lang: Lang) -> Html {
    if !app.can("links") {
        return none();
    }
    let link = page::button_link(app, "plain", &Route::Join(LINK.into()), text::LINK_HERE.get(lang));
    el("section")
        .child(el("p").text(text::LINK_INSTEAD.get(lang)))
        .child(el("p").class("buttons").child(link))
}
