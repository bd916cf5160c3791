//! Signing in by a one-time link; what stands there before anybody is known; and the notice of a session that has ended.

use super::frame::{self, button, form, frame, input, labelled, submit};
use crate::html::{Html, dynamic, el, none};
use crate::state::desk::answer::Fail;
use crate::state::desk::{Desk, Session, Signing};
use crate::text::{Lang, organize as t};
use crate::ui::notice::{Tone, notice};
use leptos::prelude::*;

/// The command that makes a link.
const COMMAND: &str = "anxue organize link";

/// The page while the endpoint is asked who is signed in.
pub(super) fn asking(desk: Desk) -> Html {
    dynamic(move || {
        let words = match desk.signing.get() {
            Signing::Busy => t::IN_BUSY,
            _ => t::IN_ASKING,
        };
        el("main")
            .attr("id", "main")
            .attr("tabindex", "-1")
            .attr("aria-busy", "true")
            .child(
                el("p")
                    .class("quiet")
                    .attr("role", "status")
                    .text(words.get(desk.lang.get())),
            )
    })
}

/// The page for signing in.
pub(super) fn page(desk: Desk) -> Html {
    // A key whose request got no answer is still in the address: ready to be sent again.
    let typed = RwSignal::new(desk.waiting_key().unwrap_or_default());
    dynamic(move || {
        let lang = desk.lang.get();
        let how = el("section")
            .child(el("h2").text(t::IN_HOW.get(lang)))
            .child(el("p").text(t::IN_HOW_1.get(lang)))
            .child(el("pre").child(el("code").attr("lang", "en").text(COMMAND)))
            .child(el("p").text(t::IN_HOW_2.get(lang)));
        let body = none()
            .child(el("p").class("lead").text(t::IN_LEAD.get(lang)))
            .child(fields(desk, lang, typed, None))
            .child(how);
        frame(desk, "sign-in", t::IN_TITLE.get(lang), body)
    })
}

fn fields(desk: Desk, lang: Lang, typed: RwSignal<String>, other: Option<Html>) -> Html {
    let busy = move || desk.signing.with(|signing| *signing == Signing::Busy);
    let field = input("text", "key", &typed.get_untracked(), move |value| typed.set(value))
        .attr("spellcheck", "false")
        .attr("autocapitalize", "off");
    form(move || desk.sign_in(&typed.get_untracked()))
        .child(labelled(t::IN_FIELD.get(lang), field))
        .dynamic(move || problem(desk, lang))
        .child(
            el("p")
                .class("buttons")
                .child(submit(lang, t::IN_DO, busy))
                .maybe(other),
        )
}

fn problem(desk: Desk, lang: Lang) -> Html {
    let words = match desk.signing.get() {
        Signing::Idle | Signing::Busy => return none(),
        Signing::Left => return notice(Tone::Plain, "", el("p").text(t::IN_LEFT.get(lang))),
        Signing::NoKey => t::IN_NO_KEY.get(lang).to_owned(),
        Signing::Failed(Fail::Offline) => t::IN_OFFLINE.get(lang).to_owned(),
        Signing::Failed(Fail::SignedOut) => t::OVER_STILL.get(lang).to_owned(),
        Signing::Failed(fail) => frame::words(lang, &fail),
    };
    notice(Tone::Warn, "", el("p").text(&words)).attr("data-test", "sign-in-problem")
}

/// The page where it could not be found out who is signed in.
pub(super) fn unknown(desk: Desk) -> Html {
    dynamic(move || {
        let lang = desk.lang.get();
        let Session::Unknown(fail) = desk.session.get() else {
            return none();
        };
        let (title, words) = match &fail {
            Fail::NoEndpoint => (t::ABSENT_TITLE, t::ABSENT_BODY.get(lang).to_owned()),
            fail => (t::UNKNOWN_TITLE, frame::words(lang, fail)),
        };
        let again = button("primary", t::AGAIN.get(lang), move || desk.ask_who());
        let body = none()
            .child(el("p").text(&words))
            .child(el("p").class("buttons").child(again));
        frame(desk, "no-desk", title.get(lang), body)
    })
}

/// The notice above an open page whose session has ended: signing in again leaves the page as it is.
pub(super) fn over(desk: Desk) -> Html {
    let typed = RwSignal::new(String::new());
    let ended = Memo::new(move |_| desk.session.with(|session| matches!(session, Session::Over(_))));
    let inside = move || {
        if !ended.get() {
            return none();
        }
        let lang = desk.lang.get();
        let check = button("plain", t::OVER_CHECK.get(lang), move || desk.ask_who());
        let body = none()
            .child(el("p").text(t::OVER_BODY.get(lang)))
            .child(
                el("p")
                    .text(t::IN_HOW_1.get(lang))
                    .child(el("code").attr("lang", "en").text(COMMAND)),
            )
            .child(fields(desk, lang, typed, Some(check)));
        notice(Tone::Warn, t::OVER_TITLE.get(lang), body).attr("data-test", "session-over")
    };
    el("div").class("notices").dynamic(inside)
}
