//! The handbook: the kinds of venue, and the checks of one.

use crate::page;
use crate::platform::dom;
use crate::route::Route;
use crate::state::app::{App, app};
use crate::state::load::Load;
use crate::state::packs::{self, LoadError};
use crate::text::{self, Lang, Text};
use crate::ui::basis::basis;
use domain::citation::Basis;
use domain::ids::PackHash;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::sync::Arc;
use wire::catalogue::{Catalogue, VenueEntry};
use wire::pack::{CheckForm, VenuePack};

/// The list of venues.
pub fn venues() -> AnyView {
    let app = app();
    view! {
        {move || app.catalogue.with(|load| match load {
            Load::Loading => page::loading(app),
            Load::Failed(error) => page::failed(app, error),
            Load::Ready(catalogue) => list(app, catalogue),
        })}
    }
    .into_any()
}

fn list(app: App, catalogue: &Catalogue) -> AnyView {
    let lang = app.lang.get();
    let entry = |venue: &VenueEntry| {
        let title = lang.of(&venue.title);
        match venue.pack {
            Some(_) => {
                let href = app.href(&Route::Venue(venue.slug.clone()));
                let facts = text::CHECKS_N.with(lang, &[&venue.checks]);
                view! { <li class="card"><a href=href data-test="venue"><h2>{title}</h2></a><p class="facts">{facts}</p></li> }.into_any()
            }
            None => {
                view! { <li class="card card-empty"><h2>{title}</h2><p class="facts">{text::VENUE_WRITING.get(lang)}</p></li> }.into_any()
            }
        }
    };
    let body = view! {
        <p class="lead">{text::HANDBOOK_LEAD.get(lang)}</p>
        <ul class="cards">{catalogue.venues.iter().map(entry).collect_view()}</ul>
        <p class="quiet" lang="zh-CN">{catalogue.venues_note.clone()}</p>
        <p class="quiet">{text::VENUE_AID.get(lang)}</p>
    };
    page::frame(app, "handbook", text::HANDBOOK.get(lang).into(), body)
}

async fn load(app: App, venue: VenueEntry) -> Result<Arc<VenuePack>, LoadError> {
    let hash = venue.pack.as_deref().and_then(|text| text.parse::<PackHash>().ok());
    let bytes = app.pack(hash.ok_or(LoadError::Missing(404))?).await?;
    Ok(Arc::new(packs::read(&bytes)?))
}

/// The checks of a venue.
pub fn venue(slug: String) -> AnyView {
    let app = app();
    let loaded: RwSignal<Option<Result<Arc<VenuePack>, LoadError>>, LocalStorage> = RwSignal::new_local(None);
    let entry = RwSignal::new(None::<Option<VenueEntry>>);
    // Talks to the outside: fetches once the catalogue is there.
    Effect::new(move |_| {
        let found = app.catalogue.with(|load| {
            let catalogue = load.ready()?;
            Some(catalogue.venues.iter().find(|venue| venue.slug == slug && venue.pack.is_some()).cloned())
        });
        let Some(found) = found else { return };
        entry.set(Some(found.clone()));
        if let Some(found) = found {
            spawn_local(async move {
                let venue = load(app, found).await;
                loaded.try_set(Some(venue));
            });
        }
    });
    view! {
        {move || {
            if let Some(page) = app.catalogue.with(|load| match load {
                Load::Failed(error) => Some(page::failed(app, error)),
                _ => None,
            }) {
                return page;
            }
            loaded.with(|loaded| match (entry.get(), loaded) {
                (Some(None), _) => page::not_found(app),
                (_, Some(Err(error))) => page::failed(app, error),
                (Some(Some(entry)), Some(Ok(pack))) => show(app, &entry, pack),
                _ => page::loading(app),
            })
        }}
    }
    .into_any()
}

fn authority(name: &str) -> Option<Text> {
    Some(match name {
        "emergency-management" => text::AUTH_EMERGENCY,
        "fire-rescue" => text::AUTH_FIRE,
        "gas" => text::AUTH_GAS,
        "market-regulation" => text::AUTH_MARKET,
        "police" => text::AUTH_POLICE,
        "culture-tourism" => text::AUTH_CULTURE,
        "health" => text::AUTH_HEALTH,
        "education" => text::AUTH_EDUCATION,
        "housing" => text::AUTH_HOUSING,
        "town" => text::AUTH_TOWN,
        "city-management" => text::AUTH_CITY,
        _ => return None,
    })
}

fn show(app: App, entry: &VenueEntry, pack: &Arc<VenuePack>) -> AnyView {
    let lang = app.lang.get();
    let sections = pack.sections.iter().map(|section| {
        let checks = section.checks.iter().map(|check| show_check(app, check, pack, lang)).collect_view();
        view! { <section><h2>{lang.of(&section.title)}</h2> <ul class="checks">{checks}</ul></section> }
    });
    let practice = entry.bank.as_ref().map(|bank| {
        let href = app.href(&Route::Practice(bank.id.clone()));
        let items = text::ITEMS_N.with(lang, &[&bank.items]);
        view! { <a class="button primary" href=href data-test="practice">{text::PRACTICE_BANK.get(lang)} "（" {items} "）"</a> }
    });
    let all = move |open: bool| move |_| dom::open_all("#main .checks", open);
    let body = view! {
        <p class="lead">{lang.of(&pack.summary)}</p>
        {page::content_language(lang)}
        <details class="sources"><summary>{text::VENUE_SCOPE.get(lang)}</summary><p lang="zh-CN">{pack.scope.clone()}</p></details>
        <p class="buttons">
            {practice}
            <button type="button" class="plain" on:click=all(true)>{text::EXPAND.get(lang)}</button>
            <button type="button" class="plain" on:click=all(false)>{text::COLLAPSE.get(lang)}</button>
        </p>
        {sections.collect_view()}
        <p class="quiet">{text::VENUE_AID.get(lang)}</p>
    };
    page::frame(app, "venue", lang.of(&pack.title), body)
}

fn show_check(app: App, check: &CheckForm, pack: &VenuePack, lang: Lang) -> AnyView {
    let part = |label: Text, words: &str| {
        view! { <dt>{label.get(lang)}</dt><dd lang="zh-CN">{words.to_owned()}</dd> }
    };
    let names: Vec<&str> = check.authority.iter().filter_map(|name| authority(name)).map(|text| text.get(lang)).collect();
    let separator = if lang == Lang::Zh { "、" } else { ", " };
    let stop = check.stop.then(|| view! { <span class="tag tag-wrong">{text::CHECK_STOP.get(lang)}</span> });
    let stop_note = (!check.stop_note.is_empty()).then(|| part(text::CHECK_STOP, &check.stop_note));
    let basis = Basis::try_from(&check.basis).ok().map(|rests| basis(&rests, &pack.regulations, &app.base(), lang));
    view! {
        <li id=check.id.clone()>
            <details>
                <summary><span lang="zh-CN">{check.title.clone()}</span> {stop}</summary>
                <dl>
                    {part(text::CHECK_LOOK, &check.look)}
                    {part(text::CHECK_HOW, &check.how)}
                    {part(text::CHECK_VIOLATION, &check.violation)}
                    {stop_note}
                    {part(text::CHECK_HANDOVER, &check.handover)}
                    <dt>{text::CHECK_AUTHORITY.get(lang)}</dt>
                    <dd>{names.join(separator)}</dd>
                    <dt>{text::BASIS.get(lang)}</dt>
                    <dd>{basis}</dd>
                </dl>
            </details>
        </li>
    }
    .into_any()
}
