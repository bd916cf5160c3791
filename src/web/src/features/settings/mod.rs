//! Settings, and what is done with personal data.

mod person;
mod privacy;

use crate::html::{Html, dynamic, el, none};
use crate::page;
use crate::platform::dom;
use crate::platform::timer::spawn;
use crate::route::Route;
use crate::state::app::{App, app};
use crate::text::{self, Lang};
use leptos::prelude::*;

/// The page of settings.
pub fn settings() -> Html {
    let app = app();
    dynamic(move || show(app))
}

fn show(app: App) -> Html {
    let lang = app.lang.get();
    let kept = RwSignal::new(None::<bool>);
    let ask = move || {
        spawn(async move {
            let answer = dom::persist().await.unwrap_or(false);
            kept.try_set(Some(answer));
        });
    };
    let choice = |value: Lang, name: &str| {
        let radio = el("input")
            .attr("type", "radio")
            .attr("name", "lang")
            .prop_of("checked", move || (app.lang.get() == value).into())
            .on("change", move |_| app.speak(value));
        el("label")
            .class("tick")
            .child(radio)
            .child(el("span").attr("lang", value.code()).text(name))
    };
    let answer = move || {
        kept.get().map_or_else(none, |kept| {
            let words = if kept { text::PERSIST_YES } else { text::PERSIST_NO };
            el("p").attr("role", "status").text(words.get(lang))
        })
    };
    let group = el("div")
        .attr("role", "radiogroup")
        .attr("aria-label", text::LANGUAGE.get(lang))
        .child(choice(Lang::Zh, "中文"))
        .child(choice(Lang::En, "English"));
    let storage = el("section")
        .child(el("h2").text(text::STORAGE.get(lang)))
        .child(el("p").text(text::STORAGE_LEAD.get(lang)))
        .child(
            el("p")
                .class("buttons")
                .child(page::button("plain", text::PERSIST.get(lang), ask)),
        )
        .dynamic(answer)
        .maybe(page::insecure(lang));
    let privacy = el("a")
        .attr("href", &app.href(&Route::Privacy))
        .text(text::PRIVACY.get(lang));
    let version = el("section")
        .child(el("h2").text(text::VERSION.get(lang)))
        .child(el("p").child(el("code").text(&dom::meta("anxue-build").unwrap_or_default())))
        .child(el("p").child(privacy));
    let body = none()
        .child(
            el("section")
                .child(el("h2").text(text::LANGUAGE.get(lang)))
                .child(group),
        )
        .child(person::sections(app))
        .child(storage)
        .child(version);
    page::frame(app, "settings", text::SETTINGS.get(lang), body)
}

/// The page on personal data.
pub fn privacy() -> Html {
    let app = app();
    dynamic(move || {
        let lang = app.lang.get();
        let parts = [text::PRIVACY_1, text::PRIVACY_2, text::PRIVACY_3];
        page::frame(
            app,
            "privacy",
            text::PRIVACY.get(lang),
            none()
                .all(parts.map(|part| el("p").text(part.get(lang))))
                .child(privacy::held(app)),
        )
    })
}
