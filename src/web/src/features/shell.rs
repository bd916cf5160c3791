//! What stands around every page: header, navigation, notices, the state line.

use crate::platform::dom;
use crate::route::Route;
use crate::state::app::{App, Link, Storage, app};
use crate::text::{self, Lang};
use crate::ui::notice::{Tone, notice};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Header and navigation.
pub fn header() -> AnyView {
    let app = app();
    let current = move |section: &'static str| {
        app.route.with(|route| {
            let here = match route {
                Route::Handbook | Route::Venue(_) => "handbook",
                Route::Record | Route::Join(_) => "record",
                Route::Settings | Route::Privacy => "settings",
                _ => "courses",
            };
            (here == section).then_some("page")
        })
    };
    let link = move |section: &'static str, route: Route, label: text::Text| {
        let href = app.href(&route);
        view! { <li><a href=href aria-current=move || current(section)>{move || label.get(app.lang.get())}</a></li> }
    };
    let switch = move || {
        let (lang, label, code) = match app.lang.get() {
            Lang::Zh => (Lang::En, "English", "en"),
            Lang::En => (Lang::Zh, "中文", "zh-CN"),
        };
        view! { <button type="button" class="lang" lang=code on:click=move |_| app.speak(lang)>{label}</button> }
    };
    view! {
        <a class="skip" href="#main" on:click=|event| { event.prevent_default(); dom::focus("#main"); }>
            {move || text::SKIP.get(app.lang.get())}
        </a>
        <header class="top">
            <a class="brand" href=app.href(&Route::Courses)>
                <span class="seal" aria-hidden="true">"安"</span>
                <span><b>{move || text::APP.get(app.lang.get())}</b> <small>{move || text::TAGLINE.get(app.lang.get())}</small></span>
            </a>
            {switch}
            <nav aria-label=move || text::NAV.get(app.lang.get())>
                <ul>
                    {link("courses", Route::Courses, text::NAV_COURSES)}
                    {link("handbook", Route::Handbook, text::NAV_HANDBOOK)}
                    {link("record", Route::Record, text::NAV_RECORD)}
                    {link("settings", Route::Settings, text::NAV_SETTINGS)}
                </ul>
            </nav>
        </header>
    }
    .into_any()
}

/// The words of the state line and its short name for scripts and styles.
fn state_line(app: App) -> (&'static str, String) {
    let lang = app.lang.get();
    let (pending, refused) = app.ledger.with(|ledger| (ledger.pending.len(), ledger.quarantine.len()));
    let (name, mut line) = match (app.storage.get(), app.link.get()) {
        (Storage::Opening, _) => ("opening", text::SYNC_OPENING.get(lang).to_owned()),
        (Storage::Refused, _) => ("problem", text::SYNC_REFUSED.get(lang).to_owned()),
        (Storage::Broken(_), _) => ("problem", text::SYNC_BROKEN.get(lang).to_owned()),
        (Storage::Full, _) => ("problem", text::SYNC_FULL.get(lang).to_owned()),
        (Storage::Disk, Link::NoEndpoint) => ("saved", text::SAVED.get(lang).to_owned()),
        (Storage::Disk, Link::Unlinked) => ("unlinked", text::SAVED_UNLINKED.get(lang).to_owned()),
        (Storage::Disk, Link::Relink) => ("relink", text::SYNC_RELINK.get(lang).to_owned()),
        (Storage::Disk, _) if pending == 0 => ("synced", text::SYNCED.get(lang).to_owned()),
        (Storage::Disk, Link::Sending) => ("sending", text::SENDING.with(lang, &[&pending])),
        (Storage::Disk, Link::Offline) => ("offline", text::SYNC_OFFLINE.with(lang, &[&pending])),
        (Storage::Disk, Link::Resting) => ("saved", text::SAVED_PENDING.with(lang, &[&pending])),
    };
    if refused > 0 {
        line.push_str(&text::QUARANTINED.with(lang, &[&refused]));
    }
    (name, line)
}

/// The state line: what is stored here and what still has to go up.
pub fn state() -> AnyView {
    let app = app();
    let count = move |of: fn(&crate::state::ledger::Ledger) -> usize| move || app.ledger.with(of).to_string();
    let person = move || {
        let identity = app.identity.get().filter(|identity| !identity.name.is_empty());
        identity.map(|identity| view! { <b class="person">{identity.name} " · " {identity.unit}</b> })
    };
    view! {
        <footer class="state">
            <a
                href=app.href(&Route::Record)
                data-test="sync"
                data-state=move || state_line(app).0
                data-stored=count(crate::state::ledger::Ledger::stored)
                data-pending=count(|ledger| ledger.pending.len())
                data-quarantine=count(|ledger| ledger.quarantine.len())
            >
                <span class="dot" aria-hidden="true"></span>
                <span role="status">{move || state_line(app).1}</span>
            </a>
            {person}
        </footer>
    }
    .into_any()
}

/// Notices above every page: storage, update, insecure context.
pub fn notices() -> AnyView {
    let app = app();
    let said_no = RwSignal::new(false);
    let update = move || {
        let lang = app.lang.get();
        app.update.get().then(|| {
            let take = move |_| {
                spawn_local(async move {
                    let taken = app.take_update().await;
                    said_no.set(!taken);
                });
            };
            let later = move || said_no.get().then(|| view! { <p>{text::UPDATE_LATER.get(app.lang.get())}</p> });
            let body = view! {
                <button type="button" class="plain" data-test="update" on:click=take>{text::UPDATE_NOW.get(lang)}</button>
                {later}
            };
            notice(Tone::Good, text::UPDATE_READY.get(lang), body)
        })
    };
    let storage = move || {
        let lang = app.lang.get();
        match app.storage.get() {
            Storage::Refused => {
                let body = view! { <p data-test="storage-problem">{text::REFUSED_BODY.get(lang)}</p> };
                Some(notice(Tone::Warn, text::REFUSED_TITLE.get(lang), body))
            }
            Storage::Full => {
                let body = view! { <p data-test="write-problem">{text::FULL_BODY.get(lang)}</p> };
                Some(notice(Tone::Warn, text::SYNC_FULL.get(lang), body))
            }
            Storage::Broken(detail) => Some(broken(app, lang, detail)),
            Storage::Opening | Storage::Disk => None,
        }
    };
    view! { <div class="notices">{update} {storage}</div> }.into_any()
}

fn broken(app: App, lang: Lang, detail: String) -> AnyView {
    let sure = RwSignal::new(false);
    let message = RwSignal::new(None::<text::Text>);
    let export = move |_| {
        spawn_local(async move {
            match app.export().await {
                Some(text) => drop(crate::platform::file::download("anxue-records.json", &text)),
                None => message.set(Some(text::BROKEN_NONE)),
            }
        });
    };
    let anew = move |_| {
        if !sure.get_untracked() {
            sure.set(true);
            message.set(Some(text::BROKEN_SURE));
            return;
        }
        spawn_local(async move {
            if !app.start_anew().await {
                message.set(Some(text::BROKEN_BUSY));
            }
        });
    };
    let body = view! {
        <div data-test="database-problem">
            <p>{text::BROKEN_BODY.get(lang)}</p>
            <p class="quiet"><code>{detail}</code></p>
            <p class="buttons">
                <button type="button" class="plain" data-test="export" on:click=export>{text::BROKEN_EXPORT.get(lang)}</button>
                <button type="button" class="plain" data-test="start-anew" on:click=anew>{text::BROKEN_ANEW.get(lang)}</button>
            </p>
            {move || message.get().map(|text| view! { <p role="status">{text.get(lang)}</p> })}
        </div>
    };
    notice(Tone::Warn, text::BROKEN_TITLE.get(lang), body)
}
