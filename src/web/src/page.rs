//! The frame of a page, and the pages that stand in for one: on its way, not to be had, no such address.

use crate::html::{Html, dynamic, el, none};
use crate::platform::{dom, worker};
use crate::route::Route;
use crate::state::app::exams::BeginError;
use crate::state::app::{App, JoinError};
use crate::state::load::Load;
use crate::state::packs::LoadError;
use crate::text::{self, Lang};
use crate::ui::notice::{Tone, notice};
use leptos::prelude::*;

/// A page: its name for scripts, its title (also the document's) and its body. After a change of page the focus goes to
/// the heading, so that a screen reader begins there.
pub fn frame(app: App, name: &str, title: &str, body: Html) -> Html {
    framed(app, name, title, el("h1"), body)
}

/// A page whose title is Chinese in every language of the interface.
pub fn frame_chinese(app: App, name: &str, title: &str, body: Html) -> Html {
    framed(app, name, title, el("h1").attr("lang", "zh-CN"), body)
}

fn framed(app: App, name: &str, title: &str, heading: Html, body: Html) -> Html {
    let office = untrack(|| app.office());
    let site = office.map_or_else(
        || text::APP.get(app.lang.get_untracked()).to_owned(),
        |office| office.name,
    );
    dom::title(title, &site);
    if app.arrived() {
        dom::focus("#main h1");
    }
    bare(name).child(heading.attr("tabindex", "-1").text(title)).child(body)
}

fn bare(name: &str) -> Html {
    el("main")
        .attr("id", "main")
        .attr("tabindex", "-1")
        .attr("data-page", name)
}

/// A link that looks like a button.
pub fn button_link(app: App, class: &str, route: &Route, label: &str) -> Html {
    el("a")
        .class(&format!("button {class}"))
        .attr("href", &app.href(route))
        .text(label)
}

/// A button that calls `press`.
pub fn button(class: &str, label: &str, mut press: impl FnMut() + 'static) -> Html {
    el("button")
        .attr("type", "button")
        .class(class)
        .text(label)
        .on("click", move |_| press())
}

/// Says, where it is so, that this page will not open without a network.
pub fn insecure(lang: Lang) -> Option<Html> {
    let note = || {
        el("p")
            .attr("data-test", "insecure-note")
            .text(text::INSECURE.get(lang))
    };
    (!worker::possible() && !dom::secure()).then(|| notice(Tone::Plain, "", note()))
}

/// What to say of a file of the site that cannot be had: title and body.
pub fn load_error(error: &LoadError) -> (text::Text, text::Text) {
    match error {
        LoadError::Offline => (text::OFFLINE_TITLE, text::OFFLINE_BODY),
        LoadError::Missing(_) => (text::MISSING_TITLE, text::MISSING_BODY),
        LoadError::Damaged(_) => (text::DAMAGED_TITLE, text::DAMAGED_BODY),
        LoadError::Newer => (text::NEWER_TITLE, text::NEWER_BODY),
    }
}

/// The page for a file of the site that cannot be had.
pub fn failed(app: App, error: &LoadError) -> Html {
    let lang = app.lang.get();
    let (title, body) = load_error(error);
    let again = move || {
        let route = app.route.get_untracked();
        app.reload_catalogue();
        app.route.set(route);
    };
    let buttons = el("p")
        .class("buttons")
        .child(button("primary", text::RETRY.get(lang), again))
        .child(button_link(app, "plain", &Route::Courses, text::BACK_HOME.get(lang)));
    let body = none().child(el("p").text(body.get(lang))).child(buttons);
    frame(app, "error", title.get(lang), body).attr("data-error", &error.to_string())
}

/// The page while its content is on its way.
pub fn loading(app: App) -> Html {
    let words = el("p").class("quiet").text(text::LOADING.get(app.lang.get()));
    bare("loading").attr("aria-busy", "true").child(words)
}

/// The page for an address that is none.
pub fn not_found(app: App) -> Html {
    let lang = app.lang.get();
    let body = none()
        .child(el("p").text(text::MISSING_BODY.get(lang)))
        .child(el("p").child(button_link(app, "primary", &Route::Courses, text::BACK_HOME.get(lang))));
    frame(app, "not-found", text::MISSING_TITLE.get(lang), body)
}

/// Tells readers of the English interface that the content is Chinese.
pub fn content_language(lang: Lang) -> Option<Html> {
    (lang == Lang::En).then(|| el("p").class("quiet").text(text::CONTENT_ZH.get(lang)))
}

/// The page of what the catalogue has, once it is there.
pub fn with_catalogue(app: App, show: impl Fn(&wire::catalogue::Catalogue) -> Html + 'static) -> Html {
    dynamic(move || {
        app.catalogue.with(|load| match load {
            Load::Loading => loading(app),
            Load::Failed(error) => failed(app, error),
            Load::Ready(catalogue) => show(catalogue),
        })
    })
}

/// Why a sitting was not begun, in words.
pub fn begin_error(error: &BeginError, lang: Lang) -> String {
    match error {
        BeginError::NotStored => text::exam::ERROR_STORE.get(lang).to_owned(),
        BeginError::Offline | BeginError::Load(LoadError::Offline) => text::exam::NEEDS_NETWORK.get(lang).to_owned(),
        BeginError::Missing(missing) => text::exam::ERROR_MISSING.with(lang, &[&missing.join("; ")]),
        BeginError::Load(error) => text::exam::ERROR_BEGIN.with(lang, &[error]),
        BeginError::Refused(code) => match code.as_str() {
            "attempts-used-up" => text::exam::ERROR_USED.get(lang).to_owned(),
            "too-early" => text::exam::ERROR_EARLY.get(lang).to_owned(),
            "attempt-open" => text::exam::ERROR_OPEN.get(lang).to_owned(),
            code => text::exam::ERROR_BEGIN.with(lang, &[&code]),
        },
    }
}

/// Why the endpoint did not do what was asked, in words for the person.
pub fn refused(error: &JoinError, lang: Lang) -> String {
    let text = match error {
        JoinError::Offline => text::JOIN_OFFLINE,
        JoinError::NoConsent => text::JOIN_CONSENT_MISSING,
        JoinError::NotStored => text::JOIN_NOT_STORED,
        JoinError::Refused(code) => match code.as_str() {
            "code-refused" => text::JOIN_BAD_CODE,
            "bad-name" => text::JOIN_BAD_NAME,
            "profile-claimed" => text::JOIN_CLAIMED,
            "too-many-requests" => text::JOIN_SLOW,
            "erased" => text::SYNC_ERASED,
            other => return text::JOIN_OTHER.with(lang, &[&other]),
        },
    };
    text.get(lang).to_owned()
}
