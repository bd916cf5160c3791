//! Who uses this browser: a code for a further device, and leaving a shared computer.

use crate::html::{Html, dynamic, el, none};
use crate::page;
use crate::platform::dom;
use crate::platform::timer::spawn;
use crate::route::Route;
use crate::state::app::people::Leaving;
use crate::state::app::{App, JoinError};
use crate::text::{self, Lang};
use crate::ui::notice::{Tone, notice};
use leptos::prelude::*;
use wire::api::LinkCode;

/// The sections; nothing of them where nobody has joined and nothing is stored.
pub(super) fn sections(app: App) -> Html {
    let code = RwSignal::new(None::<Result<LinkCode, JoinError>>);
    let leaving = RwSignal::new(None::<Leaving>);
    none()
        .dynamic(move || device(app, code))
        .dynamic(move || leave(app, leaving))
}

fn device(app: App, code: RwSignal<Option<Result<LinkCode, JoinError>>>) -> Html {
    let lang = app.lang.get();
    let linked = app
        .identity
        .with(|identity| identity.as_ref().is_some_and(|identity| identity.token.is_some()));
    if !app.can("links") {
        return none();
    }
    let title = el("h2").text(text::LINK_TITLE.get(lang));
    if !linked {
        let route = Route::Join("link-".into());
        let link = page::button_link(app, "plain", &route, text::LINK_HERE.get(lang)).attr("data-test", "link-here");
        return el("section")
            .child(title)
            .child(el("p").text(text::LINK_HERE_LEAD.get(lang)))
            .child(el("p").class("buttons").child(link));
    }
    let ask = move || {
        spawn(async move {
            let made = app.new_link().await;
            code.try_set(Some(made));
        });
    };
    let made = move || match code.get() {
        None => none(),
        Some(Ok(made)) => show(app, &made, lang),
        Some(Err(error)) => notice(Tone::Warn, "", el("p").text(&page::refused(&error, lang))),
    };
    el("section")
        .child(title)
        .child(el("p").text(text::LINK_LEAD.get(lang)))
        .child(
            el("p")
                .class("buttons")
                .child(page::button("plain", text::LINK_MAKE.get(lang), ask).attr("data-test", "new-link")),
        )
        .dynamic(made)
}

fn show(app: App, made: &LinkCode, lang: Lang) -> Html {
    let address = format!("{}{}join#link-{}", dom::origin(), app.base(), made.code);
    let until = text::LINK_UNTIL.with(lang, &[&dom::date_time(made.expires, lang.code())]);
    let code = el("p").child(el("b").class("code").attr("data-test", "link-code").text(&made.code));
    let body = none()
        .child(code)
        .child(el("p").text(&until))
        .child(crate::ui::qr::code(&address, text::LINK_SCAN.get(lang)))
        .child(el("p").class("quiet").text(text::LINK_SCAN.get(lang)));
    notice(Tone::Good, text::LINK_CODE.get(lang), body)
}

fn leave(app: App, leaving: RwSignal<Option<Leaving>>) -> Html {
    let lang = app.lang.get();
    let anybody = app.stored() > 0
        || app
            .identity
            .with(|known| known.as_ref().is_some_and(|who| who.token.is_some()));
    let said = move || match leaving.get() {
        None => none(),
        Some(Leaving::Left) => el("p")
            .attr("role", "status")
            .attr("data-test", "left")
            .text(text::LEAVE_DONE.get(lang)),
        Some(Leaving::Failed) => notice(Tone::Warn, "", el("p").text(text::LEAVE_FAILED.get(lang))),
        Some(Leaving::Unsent(alone)) => {
            let go = move || {
                spawn(async move {
                    let left = app.leave(true).await;
                    leaving.try_set(Some(left));
                });
            };
            let record = page::button_link(app, "primary", &Route::Record, text::LEAVE_EXPORT.get(lang));
            let buttons = el("p")
                .class("buttons")
                .child(record)
                .child(page::button("plain", text::LEAVE_ALL_THE_SAME.get(lang), go).attr("data-test", "leave-anyway"));
            let body = none()
                .child(el("p").text(&text::LEAVE_UNSENT.with(lang, &[&alone])))
                .child(buttons);
            notice(Tone::Warn, "", body).attr("data-test", "unsent")
        }
    };
    if !anybody {
        return dynamic(said);
    }
    let go = move || {
        spawn(async move {
            let left = app.leave(false).await;
            leaving.try_set(Some(left));
        });
    };
    el("section")
        .child(el("h2").text(text::LEAVE_TITLE.get(lang)))
        .child(el("p").text(text::LEAVE_LEAD.get(lang)))
        .child(
            el("p")
                .class("buttons")
                .child(page::button("plain", text::LEAVE_DO.get(lang), go).attr("data-test", "leave")),
        )
        .dynamic(said)
}
