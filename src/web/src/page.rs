//! The frame of a page, and the pages that stand in for one: on its way, not to be had, no such address.

use crate::platform::{dom, worker};
use crate::route::Route;
use crate::state::app::App;
use crate::state::packs::LoadError;
use crate::text::{self, Lang};
use crate::ui::notice::{Tone, notice};
use leptos::prelude::*;

/// A page: its name for scripts, its title (also the document's) and its body. After a change of page the focus goes to
/// the heading, so that a screen reader begins there.
pub fn frame(app: App, name: &'static str, title: String, body: impl IntoView) -> AnyView {
    dom::title(&format!("{title} · {}", text::APP.get(app.lang.get_untracked())));
    if app.arrived() {
        dom::focus("#main h1");
    }
    view! {
        <main id="main" tabindex="-1" data-page=name>
            <h1 tabindex="-1">{title}</h1>
            {body.into_any()}
        </main>
    }
    .into_any()
}

/// Says, where it is so, that this page will not open without a network.
pub fn insecure(lang: Lang) -> Option<AnyView> {
    (!worker::possible() && !dom::secure()).then(|| {
        notice(Tone::Plain, "", view! { <p data-test="insecure-note">{text::INSECURE.get(lang)}</p> })
    })
}

/// The page for a file of the site that cannot be had.
pub fn failed(app: App, error: &LoadError) -> AnyView {
    let lang = app.lang.get();
    let (title, body) = match error {
        LoadError::Offline => (text::OFFLINE_TITLE, text::OFFLINE_BODY),
        LoadError::Missing(_) => (text::MISSING_TITLE, text::MISSING_BODY),
        LoadError::Damaged(_) => (text::DAMAGED_TITLE, text::DAMAGED_BODY),
        LoadError::Newer => (text::NEWER_TITLE, text::NEWER_BODY),
    };
    let again = move |_| {
        let route = app.route.get_untracked();
        app.reload_catalogue();
        app.route.set(route);
    };
    view! {
        <main id="main" tabindex="-1" data-page="error" data-error=error.to_string()>
            <h1 tabindex="-1">{title.get(lang)}</h1>
            <p>{body.get(lang)}</p>
            <p class="buttons">
                <button type="button" class="primary" on:click=again>{text::RETRY.get(lang)}</button>
                <a class="button plain" href=app.href(&Route::Courses)>{text::BACK_HOME.get(lang)}</a>
            </p>
        </main>
    }
    .into_any()
}

/// The page while its content is on its way.
pub fn loading(app: App) -> AnyView {
    view! { <main id="main" tabindex="-1" data-page="loading" aria-busy="true"><p class="quiet">{text::LOADING.get(app.lang.get())}</p></main> }
        .into_any()
}

/// The page for an address that is none.
pub fn not_found(app: App) -> AnyView {
    let lang = app.lang.get();
    let body = view! {
        <p>{text::MISSING_BODY.get(lang)}</p>
        <p><a class="button primary" href=app.href(&Route::Courses)>{text::BACK_HOME.get(lang)}</a></p>
    };
    frame(app, "not-found", text::MISSING_TITLE.get(lang).into(), body)
}

/// Tells readers of the English interface that the content is Chinese.
pub fn content_language(lang: Lang) -> Option<AnyView> {
    (lang == Lang::En).then(|| view! { <p class="quiet">{text::CONTENT_ZH.get(lang)}</p> }.into_any())
}
