//! What is held on a person, to be seen, taken away and erased.

use crate::html::{Html, el, none};
use crate::page;
use crate::platform::file;
use crate::platform::timer::spawn;
use crate::state::app::{App, JoinError};
use crate::text;
use crate::ui::notice::{Tone, notice};
use leptos::prelude::*;

/// What came of an erasure.
#[derive(Clone)]
enum Erasing {
    /// Pressed once: to be confirmed.
    Sure,
    Done,
    Refused(JoinError),
}

/// The section on what the endpoint holds; nothing where nobody has joined or the endpoint cannot show it.
pub(super) fn held(app: App) -> Html {
    let lang = app.lang.get();
    let linked = app
        .identity
        .with(|identity| identity.as_ref().is_some_and(|identity| identity.token.is_some()));
    if !linked || !app.can("person") {
        return none();
    }
    let shown = RwSignal::new(None::<Result<String, JoinError>>);
    let erasing = RwSignal::new(None::<Erasing>);
    let export = move || {
        spawn(async move {
            match app.held().await {
                Ok(text) if file::download("anxue-held.json", &text) => {}
                other => {
                    shown.try_set(Some(other));
                }
            }
        });
    };
    let copy = move || match shown.get() {
        None => none(),
        Some(Ok(content)) => {
            let area = el("textarea").attr("readonly", "").attr("rows", "6").text(&content);
            el("label").text(text::RECORD_COPY.get(lang)).child(area)
        }
        Some(Err(error)) => notice(Tone::Warn, "", el("p").text(&page::refused(&error, lang))),
    };
    let erase = move || {
        if !matches!(erasing.get_untracked(), Some(Erasing::Sure)) {
            erasing.set(Some(Erasing::Sure));
            return;
        }
        spawn(async move {
            let done = app.erase_held().await;
            erasing.try_set(Some(done.map_or_else(Erasing::Refused, |()| Erasing::Done)));
        });
    };
    let said = move || match erasing.get() {
        None => none(),
        Some(Erasing::Sure) => notice(Tone::Warn, "", el("p").text(text::ERASE_SURE.get(lang))),
        Some(Erasing::Done) => el("p")
            .attr("role", "status")
            .attr("data-test", "erased")
            .text(text::ERASE_DONE.get(lang)),
        Some(Erasing::Refused(error)) => notice(Tone::Warn, "", el("p").text(&page::refused(&error, lang))),
    };
    let buttons = el("p")
        .class("buttons")
        .child(page::button("plain", text::HELD_EXPORT.get(lang), export).attr("data-test", "held"))
        .child(page::button("plain", text::ERASE_DO.get(lang), erase).attr("data-test", "erase"));
    el("section")
        .child(el("h2").text(text::HELD_TITLE.get(lang)))
        .child(el("p").text(text::HELD_LEAD.get(lang)))
        .child(buttons)
        .dynamic(copy)
        .dynamic(said)
}
