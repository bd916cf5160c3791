//! Pieces that the desk's pages share: the frame of a page, fields, questions before what cannot be undone, and words for
//! what went wrong.

use crate::html::{Event, Html, dynamic, el, none};
use crate::platform::{dom, field, timer};
use crate::state::desk::address::{Page, Place};
use crate::state::desk::answer::Fail;
use crate::state::desk::{Desk, Got};
use crate::text::{Lang, Text, organize as t};
use crate::ui::notice::{Tone, notice};
use leptos::prelude::*;

/// A page: its name for scripts, its title (also the document's) and its body.
pub(super) fn frame(desk: Desk, name: &str, title: &str, body: Html) -> Html {
    dom::title(title, t::DESK.get(desk.lang.get_untracked()));
    if let Some(place) = desk.arrived() {
        dom::focus(place);
    }
    el("main")
        .attr("id", "main")
        .attr("tabindex", "-1")
        .attr("data-page", name)
        .child(el("h1").attr("tabindex", "-1").text(title))
        .child(body)
}

/// The page for an address that is none.
pub(super) fn not_found(desk: Desk) -> Html {
    dynamic(move || {
        let lang = desk.lang.get();
        let home = link_button(desk, &Page::Units.plain(), t::TO_UNITS.get(lang));
        let body = none()
            .child(el("p").text(t::NO_PAGE_BODY.get(lang)))
            .child(el("p").class("buttons").child(home));
        frame(desk, "not-found", t::NO_PAGE.get(lang), body)
    })
}

/// A button that calls `press`.
pub(super) fn button(class: &str, label: &str, mut press: impl FnMut() + 'static) -> Html {
    el("button")
        .attr("type", "button")
        .class(class)
        .text(label)
        .on("click", move |_| press())
}

/// The button that sends a form; while `busy` it says so.
pub(super) fn submit(lang: Lang, label: Text, busy: impl Fn() -> bool + Copy + 'static) -> Html {
    el("button")
        .attr("type", "submit")
        .class("primary")
        .attr_of("aria-disabled", move || busy().then(|| "true".to_owned()))
        .text_of(move || (if busy() { t::DOING } else { label }).get(lang).to_owned())
}

/// A link that looks like a button.
pub(super) fn link_button(desk: Desk, place: &Place, label: &str) -> Html {
    link(desk, place, label).class("button plain")
}

/// A link to a page of the desk.
pub(super) fn link(desk: Desk, place: &Place, label: &str) -> Html {
    el("a").attr("href", &desk.href(place)).text(label)
}

/// A field with its label above it.
pub(super) fn labelled(label: &str, input: Html) -> Html {
    el("label").class("field").child(el("span").text(label)).child(input)
}

/// An input of one line; `heard` is called with what stands in it.
pub(super) fn input(kind: &str, name: &str, value: &str, mut heard: impl FnMut(String) + 'static) -> Html {
    el("input")
        .attr("type", kind)
        .attr("name", name)
        .attr("autocomplete", "off")
        .attr("value", value)
        .on("input", move |event| heard(field::value(event)))
}

/// A form; `sent` is called in place of what the browser would do.
pub(super) fn form(mut sent: impl FnMut() + 'static) -> Html {
    el("form").attr("novalidate", "").on("submit", move |event: &Event| {
        event.prevent_default();
        sent();
    })
}

/// What came of an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    /// It was done; the text's value, where it has one.
    Done(Text, String),
    /// What was typed cannot be.
    Wrong(Text),
    /// It was not done.
    Failed(Fail),
}

/// The place of the page that tells what came of the last action.
pub(super) fn said(desk: Desk, said: RwSignal<Option<Said>>) -> Html {
    dynamic(move || {
        let lang = desk.lang.get();
        said.get().map_or_else(none, |said| match said {
            Said::Done(text, value) => notice(Tone::Good, "", el("p").text(&text.with(lang, &[&value]))),
            Said::Wrong(text) => notice(Tone::Warn, "", el("p").text(text.get(lang))),
            Said::Failed(fail) => failure(lang, &fail),
        })
    })
}

/// The same as a place that the focus can go to, for actions further down on the page: one a page.
pub(super) fn said_here(desk: Desk, what: RwSignal<Option<Said>>) -> Html {
    el("div")
        .attr("id", "said")
        .attr("tabindex", "-1")
        .child(said(desk, what))
}

/// What went wrong, as a notice.
pub(super) fn failure(lang: Lang, fail: &Fail) -> Html {
    let body = el("p").text(&words(lang, fail));
    notice(Tone::Warn, t::FAIL_TITLE.get(lang), body).attr("data-test", "failure")
}

/// What went wrong, in words that say what to do.
pub(super) fn words(lang: Lang, fail: &Fail) -> String {
    let text = match fail {
        Fail::Offline => t::FAIL_OFFLINE,
        Fail::SignedOut => t::FAIL_OUT,
        Fail::NoEndpoint => t::FAIL_ENDPOINT,
        Fail::Unreadable => t::FAIL_READ,
        Fail::Broken(status) => return t::FAIL_BROKEN.with(lang, &[status]),
        Fail::Refused(code) => match code.as_str() {
            "not-found" => t::FAIL_GONE,
            "unit-taken" => t::FAIL_TAKEN,
            "bad-unit" => t::FAIL_UNIT,
            "code-over" => t::FAIL_CODE_OVER,
            "merge-clash" => t::FAIL_CLASH,
            "too-many-requests" => t::FAIL_SLOW,
            "key-refused" => t::IN_REFUSED,
            "bad-field" => t::FAIL_FIELD,
            "cross-site" => t::FAIL_SITE,
            "internal" | "unavailable" => t::FAIL_BUSY,
            "full" => t::FAIL_FULL,
            "download" => t::FAIL_DOWNLOAD,
            other => return t::FAIL_OTHER.with(lang, &[&other]),
        },
    };
    text.get(lang).to_owned()
}

/// What was asked for, once it is there: the region that the focus goes to after a change of filter.
pub(super) fn found<T: Send + Sync + 'static>(
    desk: Desk,
    got: RwSignal<Got<T>>,
    again: impl Fn() + Clone + 'static,
    show: impl Fn(&T) -> Html + 'static,
) -> Html {
    let inside = dynamic(move || {
        let lang = desk.lang.get();
        let again = again.clone();
        got.with(|got| match got {
            Got::Waiting => el("p").class("quiet").attr("role", "status").text(t::WAIT.get(lang)),
            Got::Failed(fail) => {
                let retry = button("plain", t::AGAIN.get(lang), again);
                none()
                    .child(failure(lang, fail))
                    .child(el("p").class("buttons").child(retry))
            }
            Got::Here(answer) => show(answer),
        })
    });
    el("div")
        .attr("id", "found")
        .attr("tabindex", "-1")
        .attr_of("aria-busy", move || {
            got.with(|got| matches!(got, Got::Waiting)).then(|| "true".to_owned())
        })
        .child(inside)
}

/// A button that asks before it acts: `key` names it on the page, `question` says what will happen.
pub(super) fn sure(
    lang: Lang,
    key: &str,
    (label, yes): (&str, &str),
    question: String,
    act: impl Fn() + Clone + 'static,
) -> Html {
    let open = RwSignal::new(false);
    let (ask, label, yes) = (format!("ask-{key}"), label.to_owned(), yes.to_owned());
    dynamic(move || {
        let (first, second) = (ask.clone(), format!("{ask}-group"));
        if !open.get() {
            return button("quiet-button", &label, move || turn(open, true, second.clone())).attr("id", &first);
        }
        let act = act.clone();
        let do_it = button("danger", &yes, move || {
            open.set(false);
            act();
        });
        let cancel = button("plain", t::CANCEL.get(lang), move || turn(open, false, first.clone()));
        el("div")
            .class("ask-first")
            .attr("role", "group")
            .attr("aria-label", &label)
            .attr("tabindex", "-1")
            .attr("id", &second)
            .child(el("p").text(&question))
            .child(el("p").class("buttons").child(do_it).child(cancel))
    })
}

/// Opens or closes something and moves the focus to the element that is there then.
pub(super) fn turn(open: RwSignal<bool>, to: bool, focus: String) {
    open.set(to);
    focus_soon(focus);
}

/// Moves the focus to the element with this id once the page has changed.
pub(super) fn focus_soon(id: impl Into<String>) {
    let id = id.into();
    timer::spawn(async move {
        timer::drawn().await;
        field::focus(&id);
    });
}
