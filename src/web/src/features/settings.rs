//! Settings, and what is done with personal data.

use crate::page;
use crate::platform::dom;
use crate::route::Route;
use crate::state::app::{App, app};
use crate::text::{self, Lang};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The page of settings.
pub fn settings() -> AnyView {
    let app = app();
    view! { {move || show(app)} }.into_any()
}

fn show(app: App) -> AnyView {
    let lang = app.lang.get();
    let kept = RwSignal::new(None::<bool>);
    let ask = move |_| {
        spawn_local(async move {
            let answer = dom::persist().await.unwrap_or(false);
            kept.try_set(Some(answer));
        });
    };
    let choice = move |value: Lang, name: &'static str| {
        view! {
            <label class="tick">
                <input type="radio" name="lang" prop:checked=lang == value on:change=move |_| app.speak(value) />
                <span lang=value.code()>{name}</span>
            </label>
        }
    };
    let build = dom::meta("anxue-build").unwrap_or_default();
    let body = view! {
        <section>
            <h2>{text::LANGUAGE.get(lang)}</h2>
            <div role="radiogroup" aria-label=text::LANGUAGE.get(lang)>{choice(Lang::Zh, "中文")} {choice(Lang::En, "English")}</div>
        </section>
        <section>
            <h2>{text::STORAGE.get(lang)}</h2>
            <p>{text::STORAGE_LEAD.get(lang)}</p>
            <p class="buttons"><button type="button" class="plain" on:click=ask>{text::PERSIST.get(lang)}</button></p>
            {move || kept.get().map(|kept| {
                let words = if kept { text::PERSIST_YES } else { text::PERSIST_NO };
                view! { <p role="status">{words.get(lang)}</p> }
            })}
            {page::insecure(lang)}
        </section>
        <section>
            <h2>{text::VERSION.get(lang)}</h2>
            <p><code>{build}</code></p>
            <p><a href=app.href(&Route::Privacy)>{text::PRIVACY.get(lang)}</a></p>
        </section>
    };
    page::frame(app, "settings", text::SETTINGS.get(lang).into(), body)
}

/// The page on personal data.
pub fn privacy() -> AnyView {
    let app = app();
    view! {
        {move || {
            let lang = app.lang.get();
            let body = view! {
                <p>{text::PRIVACY_1.get(lang)}</p>
                <p>{text::PRIVACY_2.get(lang)}</p>
                <p>{text::PRIVACY_3.get(lang)}</p>
            };
            page::frame(app, "privacy", text::PRIVACY.get(lang).into(), body)
        }}
    }
    .into_any()
}
