//! My record: what is stored here, what the endpoint acknowledged, what was refused; the file that carries it elsewhere.

use crate::page;
use crate::platform::{dom, file};
use crate::route::Route;
use crate::state::app::{App, app};
use crate::state::portable::{ImportError, LIMIT};
use crate::text::{self, Lang};
use crate::ui::notice::{Tone, notice};
use domain::attempt::Attempt;
use domain::ids::{AttemptId, ProfileId};
use domain::record::RecordBody;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The page.
pub fn record() -> AnyView {
    let app = app();
    view! { {move || show(app)} }.into_any()
}

fn show(app: App) -> AnyView {
    let lang = app.lang.get();
    let body = view! {
        {move || unit(app, lang)}
        {counts(app, lang)}
        {page::insecure(lang)}
        {move || refused(app, lang)}
        <section>
            <h2>{text::RECORD_SETS.get(lang)}</h2>
            {move || sets(app, lang)}
        </section>
        {carry(app, lang)}
        {profiles(app, lang)}
    };
    page::frame(app, "record", text::RECORD.get(lang).into(), body)
}

fn unit(app: App, lang: Lang) -> AnyView {
    let identity = app.identity.get();
    let endpoint = app.config.with(|config| config.as_ref().is_some_and(|config| config.endpoint.is_some()));
    match identity {
        Some(identity) if identity.token.is_some() => {
            view! { <p class="lead">{text::RECORD_UNIT.with(lang, &[&identity.name, &identity.unit])}</p> }.into_any()
        }
        _ if endpoint => view! {
            <p>{text::RECORD_NO_UNIT.get(lang)}</p>
            <p class="buttons"><a class="button primary" href=app.href(&Route::Join(String::new()))>{text::RECORD_JOIN.get(lang)}</a></p>
        }
        .into_any(),
        _ => view! { <p>{text::RECORD_NO_ENDPOINT.get(lang)}</p> }.into_any(),
    }
}

fn counts(app: App, lang: Lang) -> AnyView {
    let count = move |label: text::Text, name: &'static str, of: fn(&crate::state::ledger::Ledger) -> usize| {
        view! { <div><dt>{label.get(lang)}</dt><dd data-test=name>{move || app.ledger.with(of)}</dd></div> }
    };
    view! {
        <dl class="counts">
            {count(text::RECORD_HERE, "stored-count", crate::state::ledger::Ledger::stored)}
            {count(text::RECORD_ACKED, "acked-count", crate::state::ledger::Ledger::acknowledged)}
            {count(text::RECORD_PENDING, "pending-count", |ledger| ledger.pending.len())}
        </dl>
    }
    .into_any()
}

fn refused(app: App, lang: Lang) -> Option<AnyView> {
    let list = app.ledger.with(|ledger| ledger.quarantine.clone());
    (!list.is_empty()).then(|| {
        let entry = |(id, code): (String, String)| view! { <li><code>{code}</code> " " <small>{id}</small></li> };
        let again = move |_| {
            spawn_local(async move {
                let _ = app.retry_refused().await;
            });
        };
        let body = view! {
            <div data-test="quarantine">
                <p>{text::QUARANTINE_LEAD.get(lang)}</p>
                <ul>{list.into_iter().map(entry).collect_view()}</ul>
                <button type="button" class="plain" data-test="retry-refused" on:click=again>{text::QUARANTINE_RETRY.get(lang)}</button>
            </div>
        };
        notice(Tone::Warn, text::QUARANTINE.get(lang), body)
    })
}

fn sets(app: App, lang: Lang) -> AnyView {
    let attempts: Vec<Attempt> = app.ledger.with(|ledger| {
        let begun = ledger.evidence.values().rev().filter_map(|evidence| match &evidence.record.body {
            RecordBody::AttemptStarted { attempt, .. } => Some(*attempt),
            _ => None,
        });
        let latest: Vec<AttemptId> = begun.take(50).collect();
        latest.into_iter().filter_map(|id| Attempt::fold(id, ledger.evidence.values())).collect()
    });
    if attempts.is_empty() {
        return view! { <p class="quiet">{text::RECORD_NONE.get(lang)}</p> }.into_any();
    }
    let title = |bank: &str| {
        app.catalogue.with(|load| {
            let found = load.ready().and_then(|catalogue| catalogue.banks().find(|(entry, _)| entry.id == bank));
            found.map_or_else(|| bank.to_owned(), |(_, title)| lang.of(title))
        })
    };
    let row = |attempt: Attempt| {
        let tally = attempt.tally();
        let bank = attempt.bank.to_string();
        let name = title(&bank);
        let (route, words) = if attempt.finished.is_some() {
            let proof = if tally.verified == tally.answered { text::VERIFIED } else { text::PROVISIONAL };
            let right = text::RESULT_RIGHT.with(lang, &[&tally.right, &tally.items]);
            (Route::Result(bank, attempt.id.to_string()), format!("{right} · {}", proof.get(lang)))
        } else {
            (Route::Practice(bank), format!("{} · {}/{}", text::RECORD_OPEN.get(lang), tally.answered, tally.items))
        };
        view! {
            <li>
                <a href=app.href(&route)>{name}</a>
                <small>{dom::date_time(attempt.started.0, lang.code())} " · " {words}</small>
            </li>
        }
    };
    view! { <ul class="rows">{attempts.into_iter().map(row).collect_view()}</ul> }.into_any()
}

fn carry(app: App, lang: Lang) -> AnyView {
    let shown = RwSignal::new(None::<String>);
    let said = RwSignal::new(None::<String>);
    let export = move |_| {
        spawn_local(async move {
            if let Some(text) = app.export().await
                && !file::download("anxue-records.json", &text)
            {
                shown.set(Some(text));
            }
        });
    };
    let show_text = move |_| {
        spawn_local(async move { shown.set(app.export().await) });
    };
    let import = move |event: web_sys::Event| {
        let Some(input) = dom::input(&event) else { return };
        spawn_local(async move {
            let words = match file::chosen(&input, LIMIT).await {
                Ok(None) => None,
                Err(_) => Some(text::IMPORT_LARGE.get(lang).to_owned()),
                Ok(Some(content)) => Some(take_in(app, lang, &content).await),
            };
            input.set_value("");
            said.set(words);
        });
    };
    view! {
        <section>
            <h2>{text::RECORD_FILE.get(lang)}</h2>
            <p class="quiet">{text::RECORD_FILE_LEAD.get(lang)}</p>
            <p class="buttons">
                <button type="button" class="plain" data-test="export" on:click=export>{text::RECORD_EXPORT.get(lang)}</button>
                <button type="button" class="plain" on:click=show_text>{text::RECORD_SHOW_TEXT.get(lang)}</button>
                <label class="button plain">
                    {text::RECORD_IMPORT.get(lang)}
                    <input class="hidden-input" type="file" accept="application/json,.json" data-test="import" on:change=import />
                </label>
            </p>
            {move || said.get().map(|words| view! { <p role="status" data-test="import-result">{words}</p> })}
            {move || shown.get().map(|content| view! {
                <label>{text::RECORD_COPY.get(lang)} <textarea readonly rows="6" prop:value=content></textarea></label>
            })}
        </section>
    }
    .into_any()
}

async fn take_in(app: App, lang: Lang, content: &str) -> String {
    match app.import(content).await {
        Ok(Ok(imported)) => {
            let words = if imported.apart { text::IMPORTED_APART } else { text::IMPORTED };
            words.with(lang, &[&imported.new])
        }
        Ok(Err(ImportError::Foreign)) => text::IMPORT_FOREIGN.get(lang).into(),
        Ok(Err(ImportError::Newer)) => text::IMPORT_NEWER.get(lang).into(),
        Ok(Err(ImportError::Record(place))) => text::IMPORT_RECORD.with(lang, &[&place]),
        Err(_) => text::IMPORT_FAILED.get(lang).into(),
    }
}

fn profiles(app: App, lang: Lang) -> AnyView {
    let list = RwSignal::new(Vec::<ProfileId>::new());
    // Talks to the outside: reads the database again when the records change.
    Effect::new(move |_| {
        app.ledger.track();
        spawn_local(async move {
            let found = app.profiles().await;
            list.try_set(found);
        });
    });
    let row = move |profile: ProfileId| {
        let current = app.identity.with(|identity| identity.as_ref().is_some_and(|identity| identity.profile == profile));
        let change = move |_| {
            spawn_local(async move { app.switch(profile).await });
        };
        let action = if current {
            view! { <b>{text::PROFILE_CURRENT.get(lang)}</b> }.into_any()
        } else {
            view! { <button type="button" class="plain" on:click=change>{text::PROFILE_SWITCH.get(lang)}</button> }.into_any()
        };
        let short: String = profile.to_string().chars().take(8).collect();
        view! { <li><code>{short}</code> {action}</li> }
    };
    view! {
        {move || (list.with(Vec::len) > 1).then(|| view! {
            <section>
                <h2>{text::PROFILES.get(lang)}</h2>
                <ul class="rows" data-test="profiles">{list.get().into_iter().map(row).collect_view()}</ul>
            </section>
        })}
    }
    .into_any()
}
