//! What stands around every page: header, navigation, notices, the state line.

use crate::html::{Html, el, none};
use crate::page;
use crate::platform::dom;
use crate::platform::timer::spawn;
use crate::route::Route;
use crate::state::app::{App, Link, Storage, app};
use crate::state::ledger::Ledger;
use crate::text::{self, Lang};
use crate::ui::notice::{Tone, notice};
use leptos::prelude::*;

/// Header and navigation.
pub fn header() -> Html {
    let app = app();
    let word = move |text: text::Text| move || text.get(app.lang.get()).to_owned();
    let current = move |section: &'static str| {
        app.route.with(|route| {
            let here = match route {
                Route::Handbook | Route::Venue(_) | Route::Inspection(..) | Route::Findings(..) => "handbook",
                Route::Exercises | Route::Exercise(_) | Route::Competitions | Route::Competition(..) => "exercises",
                Route::Record | Route::Join(_) => "record",
                Route::Settings | Route::Privacy => "settings",
                Route::Search(_) => "search",
                _ => "courses",
            };
            (here == section).then(|| "page".to_owned())
        })
    };
    let link = |section: &'static str, route: &Route, label: text::Text| {
        let link = el("a")
            .attr("href", &app.href(route))
            .attr_of("aria-current", move || current(section));
        el("li").child(link.text_of(word(label)))
    };
    let switch = move || {
        let (lang, label, code) = match app.lang.get() {
            Lang::Zh => (Lang::En, "English", "en"),
            Lang::En => (Lang::Zh, "中文", "zh-CN"),
        };
        page::button("lang", label, move || app.speak(lang)).attr("lang", code)
    };
    let skip = el("a")
        .class("skip")
        .attr("href", "#main")
        .text_of(word(text::SKIP))
        .on("click", |event| {
            event.prevent_default();
            dom::focus("#main");
        });
    let tagline = word(text::TAGLINE);
    let tagline = move || app.office().map_or_else(&tagline, |office| office.name);
    let name = el("span")
        .child(el("b").text_of(word(text::APP)))
        .child(el("small").attr("data-test", "tagline").text_of(tagline));
    let brand = el("a")
        .class("brand")
        .attr("href", &app.href(&Route::Courses))
        .dynamic(move || sign(app))
        .child(name);
    let links = el("ul")
        .child(link("courses", &Route::Courses, text::NAV_COURSES))
        .child(link("exercises", &Route::Exercises, text::NAV_EXERCISES))
        .child(link("handbook", &Route::Handbook, text::NAV_HANDBOOK))
        .child(link("record", &Route::Record, text::NAV_RECORD))
        .child(link("settings", &Route::Settings, text::NAV_SETTINGS));
    let search = el("a")
        .class("lang find")
        .attr("href", &app.href(&Route::Search(String::new())))
        .attr("data-test", "search")
        .text_of(word(text::SEARCH));
    let label = word(text::NAV);
    let nav = el("nav").attr_of("aria-label", move || Some(label())).child(links);
    none().child(skip).child(
        el("header")
            .class("top")
            .child(brand)
            .child(search)
            .dynamic(switch)
            .child(nav),
    )
}

/// The office's logo, or the app's seal. It says nothing that the name beside it does not.
fn sign(app: App) -> Html {
    match app.office().and_then(|office| office.logo) {
        Some(logo) => el("img").class("logo").attr("src", &logo).attr("alt", ""),
        None => el("span")
            .class("seal")
            .attr("lang", "zh-CN")
            .attr("aria-hidden", "true")
            .text("安"),
    }
}

/// The words of the state line and its short name for scripts and styles.
fn state_line(app: App) -> (&'static str, String) {
    let lang = app.lang.get();
    let (pending, refused) = app
        .ledger
        .with(|ledger| (ledger.pending.len(), ledger.quarantine.len()));
    let (name, mut line) = match (app.storage.get(), app.link.get()) {
        (Storage::Opening, _) => ("opening", text::SYNC_OPENING.get(lang).to_owned()),
        (Storage::Refused, _) => ("problem", text::SYNC_REFUSED.get(lang).to_owned()),
        (Storage::Broken(_), _) => ("problem", text::SYNC_BROKEN.get(lang).to_owned()),
        (Storage::Full, _) => ("problem", text::SYNC_FULL.get(lang).to_owned()),
        (Storage::Disk, Link::NoEndpoint) => ("saved", text::SAVED.get(lang).to_owned()),
        (Storage::Disk, Link::Unlinked) => ("unlinked", text::SAVED_UNLINKED.get(lang).to_owned()),
        (Storage::Disk, Link::Relink) => ("relink", text::SYNC_RELINK.get(lang).to_owned()),
        (Storage::Disk, Link::Erased) => ("erased", text::SYNC_ERASED.get(lang).to_owned()),
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
pub fn state() -> Html {
    let app = app();
    let count = move |of: fn(&Ledger) -> usize| move || Some(app.ledger.with(of).to_string());
    let person = move || {
        let identity = app.identity.get().filter(|identity| !identity.name.is_empty());
        identity.map_or_else(none, |identity| {
            el("b")
                .class("person")
                .text(&identity.name)
                .text(" · ")
                .text(&identity.unit)
        })
    };
    let line = el("a")
        .attr("href", &app.href(&Route::Record))
        .attr("data-test", "sync")
        .attr_of("data-state", move || Some(state_line(app).0.to_owned()))
        .attr_of("data-stored", move || Some(app.stored().to_string()))
        .attr_of("data-pending", count(|ledger| ledger.pending.len()))
        .attr_of("data-quarantine", count(|ledger| ledger.quarantine.len()))
        .child(el("span").class("dot").attr("aria-hidden", "true"))
        .child(el("span").text_of(move || state_line(app).1));
    // Around the link and not in it: a link takes no name from what says its status.
    let line = el("div").attr("role", "status").child(line);
    el("footer").class("state").child(line).dynamic(person)
}

/// Notices above every page: a new version, trouble with storage.
pub fn notices() -> Html {
    let app = app();
    el("div")
        .class("notices")
        .dynamic(move || update(app))
        .dynamic(move || storage(app))
}

fn update(app: App) -> Html {
    if !app.update.get() {
        return none();
    }
    let lang = app.lang.get();
    let said_no = RwSignal::new(false);
    let take = move || {
        spawn(async move {
            let taken = app.take_update().await;
            said_no.try_set(!taken);
        });
    };
    let later = move || {
        if said_no.get() {
            el("p").attr("role", "status").text(text::UPDATE_LATER.get(lang))
        } else {
            none()
        }
    };
    let button = page::button("plain", text::UPDATE_NOW.get(lang), take).attr("data-test", "update");
    notice(
        Tone::Good,
        text::UPDATE_READY.get(lang),
        el("p").class("buttons").child(button).dynamic(later),
    )
}

fn storage(app: App) -> Html {
    let lang = app.lang.get();
    let say = |name: &str, title: text::Text, body: text::Text| {
        notice(
            Tone::Warn,
            title.get(lang),
            el("p").attr("data-test", name).text(body.get(lang)),
        )
    };
    match app.storage.get() {
        Storage::Refused => say("storage-problem", text::REFUSED_TITLE, text::REFUSED_BODY),
        Storage::Full => say("write-problem", text::SYNC_FULL, text::FULL_BODY),
        Storage::Broken(detail) => broken(app, lang, &detail),
        Storage::Opening | Storage::Disk => none(),
    }
}

fn broken(app: App, lang: Lang, detail: &str) -> Html {
    let sure = RwSignal::new(false);
    let message = RwSignal::new(None::<text::Text>);
    let export = move || {
        spawn(async move {
            match app.export().await {
                Some(text) => drop(crate::platform::file::download("anxue-records.json", &text)),
                None => drop(message.try_set(Some(text::BROKEN_NONE))),
            }
        });
    };
    let anew = move || {
        if !sure.get_untracked() {
            sure.set(true);
            message.set(Some(text::BROKEN_SURE));
            return;
        }
        spawn(async move {
            if !app.start_anew().await {
                message.try_set(Some(text::BROKEN_BUSY));
            }
        });
    };
    let said = move || {
        message
            .get()
            .map_or_else(none, |text| el("p").attr("role", "status").text(text.get(lang)))
    };
    let buttons = el("p")
        .class("buttons")
        .child(page::button("plain", text::BROKEN_EXPORT.get(lang), export).attr("data-test", "export"))
        .child(page::button("plain", text::BROKEN_ANEW.get(lang), anew).attr("data-test", "start-anew"));
    let body = el("div")
        .attr("data-test", "database-problem")
        .child(el("p").text(text::BROKEN_BODY.get(lang)))
        .child(el("p").class("quiet").child(el("code").text(detail)))
        .child(buttons)
        .dynamic(said);
    notice(Tone::Warn, text::BROKEN_TITLE.get(lang), body)
}
