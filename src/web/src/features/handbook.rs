//! The handbook: the kinds of venue, and the checks of one.

use crate::html::{Html, dynamic, el, none};
use crate::page;
use crate::platform::dom;
use crate::platform::timer::spawn;
use crate::route::Route;
use crate::state::app::{App, app};
use crate::state::packs::{self, LoadError};
use crate::text::{self, Lang, Text};
use crate::ui::basis::basis;
use domain::citation::Basis;
use domain::ids::PackHash;
use leptos::prelude::*;
use std::sync::Arc;
use wire::catalogue::{Catalogue, VenueEntry};
use wire::pack::{CheckForm, VenuePack};

/// The list of venues.
pub fn venues() -> Html {
    let app = app();
    page::with_catalogue(app, move |catalogue| list(app, catalogue))
}

fn list(app: App, catalogue: &Catalogue) -> Html {
    let lang = app.lang.get();
    let entry = |venue: &VenueEntry| {
        let title = el("h2").text(&lang.of(&venue.title));
        if venue.pack.is_none() {
            let facts = el("p").class("facts").text(text::VENUE_WRITING.get(lang));
            return el("li").class("card card-empty").child(title).child(facts);
        }
        let href = app.href(&Route::Venue(venue.slug.clone()));
        let facts = el("p")
            .class("facts")
            .text(&text::CHECKS_N.with(lang, &[&venue.checks]));
        el("li")
            .class("card")
            .child(el("a").attr("href", &href).attr("data-test", "venue").child(title))
            .child(facts)
    };
    let body = none()
        .child(el("p").class("lead").text(text::HANDBOOK_LEAD.get(lang)))
        .child(el("ul").class("cards").all(catalogue.venues.iter().map(entry)))
        .child(
            el("p")
                .class("quiet")
                .attr("lang", "zh-CN")
                .text(&catalogue.venues_note),
        )
        .child(el("p").class("quiet").text(text::VENUE_AID.get(lang)))
        .child(
            el("p").child(
                el("a")
                    .attr("href", &app.href(&Route::Regulations))
                    .attr("data-test", "regulations")
                    .text(text::REGS_ALL.get(lang)),
            ),
        );
    page::frame(app, "handbook", text::HANDBOOK.get(lang), body)
}

async fn load(app: App, venue: VenueEntry) -> Result<Arc<VenuePack>, LoadError> {
    let hash = venue.pack.as_deref().and_then(|text| text.parse::<PackHash>().ok());
    let bytes = app.pack(hash.ok_or(LoadError::Missing(404))?).await?;
    Ok(Arc::new(packs::read(&bytes)?))
}

/// The checks of a venue.
pub fn venue(slug: String) -> Html {
    let app = app();
    let loaded: RwSignal<Option<Result<Arc<VenuePack>, LoadError>>, LocalStorage> = RwSignal::new_local(None);
    let wanted = slug.clone();
    // Talks to the outside: fetches once the catalogue is there.
    Effect::new(move |_| {
        let found = app.catalogue.with(|load| find(load.ready()?, &wanted));
        if let Some(found) = found {
            spawn(async move {
                let venue = load(app, found).await;
                loaded.try_set(Some(venue));
            });
        }
    });
    page::with_catalogue(app, move |catalogue| {
        let Some(entry) = find(catalogue, &slug) else {
            return page::not_found(app);
        };
        dynamic(move || {
            loaded.with(|loaded| match loaded {
                None => page::loading(app),
                Some(Err(error)) => page::failed(app, error),
                Some(Ok(pack)) => show(app, &entry, pack),
            })
        })
    })
}

fn find(catalogue: &Catalogue, slug: &str) -> Option<VenueEntry> {
    catalogue
        .venues
        .iter()
        .find(|venue| venue.slug == slug && venue.pack.is_some())
        .cloned()
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

fn show(app: App, entry: &VenueEntry, pack: &Arc<VenuePack>) -> Html {
    let lang = app.lang.get();
    let sections = pack.sections.iter().map(|section| {
        let checks = section.checks.iter().map(|check| show_check(app, check, pack, lang));
        el("section")
            .child(el("h2").text(&lang.of(&section.title)))
            .child(el("ul").class("checks").all(checks))
    });
    let practice = entry.bank.as_ref().map(|bank| {
        let items = text::ITEMS_N.with(lang, &[&bank.items]);
        let words = format!("{} · {items}", text::PRACTICE_BANK.get(lang));
        page::button_link(app, "primary", &Route::Practice(bank.id.clone()), &words).attr("data-test", "practice")
    });
    let all =
        |label: Text, open: bool| page::button("plain", label.get(lang), move || dom::open_all("#main .checks", open));
    let scope = el("details")
        .class("sources")
        .child(el("summary").text(text::VENUE_SCOPE.get(lang)))
        .child(el("p").attr("lang", "zh-CN").text(&pack.scope));
    let buttons = el("p")
        .class("buttons")
        .maybe(practice)
        .child(all(text::EXPAND, true))
        .child(all(text::COLLAPSE, false));
    let body = none()
        .child(el("p").class("lead").text(&lang.of(&pack.summary)))
        .maybe(page::content_language(lang))
        .child(scope)
        .child(buttons)
        .all(sections)
        .child(el("p").class("quiet").text(text::VENUE_AID.get(lang)));
    page::frame(app, "venue", &lang.of(&pack.title), body)
}

fn show_check(app: App, check: &CheckForm, pack: &VenuePack, lang: Lang) -> Html {
    let part = |label: Text, words: &str| {
        let words = el("dd").attr("lang", "zh-CN").text(words);
        none().child(el("dt").text(label.get(lang))).child(words)
    };
    let names: Vec<&str> = check
        .authority
        .iter()
        .filter_map(|name| authority(name))
        .map(|text| text.get(lang))
        .collect();
    let stop = check
        .stop
        .then(|| el("span").class("tag tag-wrong").text(text::CHECK_STOP.get(lang)));
    let stop_note = (!check.stop_note.is_empty()).then(|| part(text::CHECK_STOP, &check.stop_note));
    let rests = Basis::try_from(&check.basis)
        .ok()
        .map(|rests| basis(&rests, &pack.regulations, &app.base(), lang));
    let facts = el("dl")
        .child(part(text::CHECK_LOOK, &check.look))
        .child(part(text::CHECK_HOW, &check.how))
        .child(part(text::CHECK_VIOLATION, &check.violation))
        .maybe(stop_note)
        .child(part(text::CHECK_HANDOVER, &check.handover))
        .child(el("dt").text(text::CHECK_AUTHORITY.get(lang)))
        .child(el("dd").text(&names.join(text::AND.get(lang))))
        .child(el("dt").text(text::BASIS.get(lang)))
        .child(el("dd").maybe(rests));
    let summary = el("summary")
        .child(el("span").attr("lang", "zh-CN").text(&check.title))
        .maybe(stop);
    el("li")
        .attr("id", &check.id)
        .child(el("details").child(summary).child(facts))
}
