//! The handbook: the kinds of venue, the checks of one, and inspections with them.

mod findings;
mod inspection;

pub use findings::findings;
pub use inspection::inspection;

use crate::html::{Html, dynamic, el, none};
use crate::page;
use crate::platform::dom;
use crate::platform::timer::spawn;
use crate::route::Route;
use crate::state::app::{App, app};
use crate::state::inspections::{Kept, sheet};
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
        page::button_link(app, "plain", &Route::Practice(bank.id.clone()), &words).attr("data-test", "practice")
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
        .child(inspections(app, entry, pack, lang))
        .child(buttons)
        .all(sections)
        .child(el("p").class("quiet").text(text::VENUE_AID.get(lang)));
    spawn(async move {
        // Whoever comes from a search wants one check: not before it is on the page.
        crate::platform::timer::drawn().await;
        let (_, _, fragment) = dom::address();
        if let Some(id) = fragment.strip_prefix('#') {
            dom::reveal(id);
        }
    });
    page::frame(app, "venue", &lang.of(&pack.title), body)
}

/// The inspections of this venue that are on this device, and a new one.
fn inspections(app: App, entry: &VenueEntry, pack: &Arc<VenuePack>, lang: Lang) -> Html {
    let list: RwSignal<Vec<Kept>, LocalStorage> = RwSignal::new_local(Vec::new());
    let sure = RwSignal::new(None::<String>);
    let name = RwSignal::new(String::new());
    let slug = entry.slug.clone();
    let read = move || {
        let slug = slug.clone();
        spawn(async move {
            let mut found = app.inspections().await;
            found.retain(|kept| kept.inspection.venue == slug);
            list.try_set(found);
        });
    };
    let again = read.clone();
    // Talks to the outside: reads the database once it is open, and when another tab has written.
    Effect::new(move |_| {
        app.word.track();
        app.identity.track();
        again();
    });
    let venue = entry.slug.clone();
    let begin = move || {
        let venue = venue.clone();
        spawn(async move {
            let wanted = name.get_untracked();
            // Where there is no room the notice above the page says so.
            if let Ok(begun) = app.begin_inspection(&venue, &wanted).await {
                app.go(Route::Inspection(venue, begun.id), false);
            }
        });
    };
    let input = el("input")
        .attr("name", "place")
        .attr("maxlength", &crate::state::inspections::PLACE.to_string())
        .attr("autocomplete", "off")
        .prop_of("value", move || name.get().into())
        .on("input", move |event| name.set(dom::value(event)));
    let field = el("label")
        .class("field")
        .child(el("span").text(text::INSPECT_NAME.get(lang)))
        .child(input);
    let (venue, whole) = (entry.slug.clone(), Arc::clone(pack));
    let rows = move || {
        let kept = list.get();
        if kept.is_empty() {
            return none();
        }
        let rows = kept.into_iter().map(|kept| {
            let result = sheet(&whole.sections, &kept.findings);
            let all = result.failed.len() + result.passed.len() + result.not_applicable.len() + result.open.len();
            let place = if kept.inspection.place.is_empty() {
                text::INSPECT_UNNAMED.get(lang)
            } else {
                &kept.inspection.place
            };
            let words = text::INSPECT_ROW.with(lang, &[&place, &(all - result.open.len()), &all, &result.failed.len()]);
            let when = dom::date_time(kept.inspection.began, lang.code());
            let route = Route::Inspection(venue.clone(), kept.inspection.id.clone());
            let link = el("a")
                .attr("href", &app.href(&route))
                .attr("data-test", "inspection")
                .text(&words);
            let is_sure = sure.get().as_deref() == Some(kept.inspection.id.as_str());
            let label = if is_sure {
                text::INSPECT_SURE
            } else {
                text::INSPECT_DELETE
            };
            let read = read.clone();
            let remove = page::button("plain", label.get(lang), move || {
                if !is_sure {
                    sure.set(Some(kept.inspection.id.clone()));
                    return;
                }
                let (id, read) = (kept.inspection.id.clone(), read.clone());
                spawn(async move {
                    let _ = app.remove_inspection(&id).await;
                    read();
                });
            });
            el("li")
                .child(el("span").child(link).text(" ").child(el("small").text(&when)))
                .child(remove.attr("data-test", "delete"))
        });
        el("ul").class("rows").all(rows)
    };
    el("section")
        .class("notice")
        .child(el("h2").text(text::INSPECT_TITLE.get(lang)))
        .child(el("p").text(text::INSPECT_LEAD.get(lang)))
        .child(field)
        .child(
            el("p").class("buttons").child(
                page::button("primary", text::INSPECT_BEGIN.get(lang), begin).attr("data-test", "begin-inspection"),
            ),
        )
        .dynamic(rows)
}

/// Says, where it is so, that a text which the check rests on was replaced.
fn revised(check: &CheckForm, pack: &VenuePack, lang: Lang) -> Option<Html> {
    let today = crate::platform::clock::now().day();
    let rests = Basis::try_from(&check.basis).ok()?;
    let replaced = rests.citations().iter().any(|cited| {
        let text = pack.regulations.get(&format!("{}@{}", cited.regulation, cited.version));
        text.is_some_and(|text| text.is_replaced(today))
    });
    replaced.then(|| el("p").class("flag").text(text::LESSON_REVISED.get(lang)))
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
    el("li").attr("id", &check.id).child(
        el("details")
            .child(summary)
            .maybe(revised(check, pack, lang))
            .child(facts),
    )
}
