//! My record: what is stored here, what the endpoint acknowledged, what was refused; the file that carries it elsewhere.

use crate::html::{Event, Html, dynamic, el, none};
use crate::page;
use crate::platform::timer::spawn;
use crate::platform::{dom, file};
use crate::route::Route;
use crate::state::app::{App, Link, app};
use crate::state::ledger::Ledger;
use crate::state::portable::{ImportError, LIMIT};
use crate::text::{self, Lang};
use crate::ui::notice::{Tone, notice};
use domain::attempt::Attempt;
use domain::ids::{AttemptId, ProfileId};
use domain::record::RecordBody;
use leptos::prelude::*;

/// The page.
pub fn record() -> Html {
    let app = app();
    dynamic(move || show(app))
}

fn show(app: App) -> Html {
    let lang = app.lang.get();
    let sets = el("section")
        .child(el("h2").text(text::RECORD_SETS.get(lang)))
        .dynamic(move || sets(app, lang));
    let body = none()
        .dynamic(move || unit(app, lang))
        .child(counts(app, lang))
        .dynamic(move || doubtful(app, lang))
        .maybe(page::insecure(lang))
        .dynamic(move || refused(app, lang))
        .child(sets)
        .child(carry(app, lang))
        .child(profiles(app, lang));
    page::frame(app, "record", text::RECORD.get(lang), body)
}

fn unit(app: App, lang: Lang) -> Html {
    let endpoint = app
        .config
        .with(|config| config.as_ref().is_some_and(|config| config.endpoint.is_some()));
    match app.identity.get() {
        Some(identity) if identity.token.is_some() && app.link.get() != Link::Relink => el("p")
            .class("lead")
            .text(&text::RECORD_UNIT.with(lang, &[&identity.name, &identity.unit])),
        _ if endpoint => {
            let join = page::button_link(app, "primary", &Route::Join(String::new()), text::RECORD_JOIN.get(lang));
            none()
                .child(el("p").text(text::RECORD_NO_UNIT.get(lang)))
                .child(el("p").class("buttons").child(join))
        }
        _ => el("p").text(text::RECORD_NO_ENDPOINT.get(lang)),
    }
}

fn counts(app: App, lang: Lang) -> Html {
    let count = |label: text::Text, name: &str, of: fn(&Ledger) -> usize| {
        let number = el("dd")
            .attr("data-test", name)
            .text_of(move || app.ledger.with(of).to_string());
        el("div").child(el("dt").text(label.get(lang))).child(number)
    };
    let number = el("dd")
        .attr("data-test", "stored-count")
        .text_of(move || app.stored().to_string());
    let stored = el("div")
        .child(el("dt").text(text::RECORD_HERE.get(lang)))
        .child(number);
    el("dl")
        .class("counts")
        .child(stored)
        .child(count(text::RECORD_ACKED, "acked-count", Ledger::acknowledged))
        .child(count(text::RECORD_PENDING, "pending-count", |ledger| {
            ledger.pending.len()
        }))
}

/// Says that times are doubtful, where some are.
fn doubtful(app: App, lang: Lang) -> Html {
    match app.ledger.with(Ledger::doubtful) {
        0 => none(),
        count => el("p")
            .attr("data-test", "doubtful")
            .text(&text::DOUBTFUL_LEAD.with(lang, &[&count])),
    }
}

fn refused(app: App, lang: Lang) -> Html {
    let list = app.ledger.with(|ledger| ledger.quarantine.clone());
    if list.is_empty() {
        return none();
    }
    let entry = |(id, code): (&String, &String)| {
        el("li")
            .child(el("code").text(code))
            .text(" ")
            .child(el("small").text(id))
    };
    let again = move || {
        spawn(async move {
            // A failure leaves them where they are.
            let _ = app.retry_refused().await;
        });
    };
    let body = el("div")
        .attr("data-test", "quarantine")
        .child(el("p").text(text::QUARANTINE_LEAD.get(lang)))
        .child(el("ul").all(list.iter().map(entry)))
        .child(page::button("plain", text::QUARANTINE_RETRY.get(lang), again).attr("data-test", "retry-refused"));
    notice(Tone::Warn, text::QUARANTINE.get(lang), body)
}

fn sets(app: App, lang: Lang) -> Html {
    let attempts: Vec<Attempt> = app.ledger.with(|ledger| {
        let begun = ledger
            .evidence
            .values()
            .rev()
            .filter_map(|evidence| match &evidence.record.body {
                RecordBody::AttemptStarted { attempt, .. } => Some(*attempt),
                _ => None,
            });
        let latest: Vec<AttemptId> = begun.take(50).collect();
        latest
            .into_iter()
            .filter_map(|id| Attempt::fold(id, ledger.evidence.values()))
            .collect()
    });
    if attempts.is_empty() {
        return el("p").class("quiet").text(text::RECORD_NONE.get(lang));
    }
    let title = |bank: &str| {
        app.catalogue.with(|load| {
            let found = load
                .ready()
                .and_then(|catalogue| catalogue.banks().find(|(entry, _)| entry.id == bank));
            found.map_or_else(|| bank.to_owned(), |(_, title)| lang.of(title))
        })
    };
    let row = |attempt: &Attempt| {
        let tally = attempt.tally();
        let bank = attempt.bank.to_string();
        let name = title(&bank);
        let (route, words) = if attempt.finished.is_some() {
            let proof = if tally.verified == tally.answered {
                text::VERIFIED
            } else {
                text::PROVISIONAL
            };
            let right = text::RESULT_RIGHT.with(lang, &[&tally.right, &tally.items]);
            (
                Route::Result(bank, attempt.id.to_string()),
                format!("{right} · {}", proof.get(lang)),
            )
        } else {
            (
                Route::Practice(bank),
                format!("{} · {}/{}", text::RECORD_OPEN.get(lang), tally.answered, tally.items),
            )
        };
        let when = dom::date_time(attempt.started.0, lang.code());
        let doubt = text::doubt(attempt.doubtful, lang);
        let link = el("a").attr("href", &app.href(&route)).text(&name);
        el("li")
            .child(link)
            .child(el("small").text(&format!("{when}{doubt} · {words}")))
    };
    el("ul").class("rows").all(attempts.iter().map(row))
}

fn carry(app: App, lang: Lang) -> Html {
    let shown = RwSignal::new(None::<String>);
    let said = RwSignal::new(None::<String>);
    let export = move || {
        spawn(async move {
            if let Some(text) = app.export().await
                && !file::download("anxue-records.json", &text)
            {
                shown.try_set(Some(text));
            }
        });
    };
    let show_text = move || {
        spawn(async move {
            let text = app.export().await;
            shown.try_set(text);
        });
    };
    let import = move |event: &Event| {
        let Some(input) = dom::input(event) else { return };
        spawn(async move {
            let words = match file::chosen(&input, LIMIT).await {
                Ok(None) => None,
                Err(_) => Some(text::IMPORT_LARGE.get(lang).to_owned()),
                Ok(Some(content)) => Some(take_in(app, lang, &content).await),
            };
            input.set_value("");
            said.try_set(words);
        });
    };
    let input = el("input")
        .class("hidden-input")
        .attr("type", "file")
        .attr("accept", "application/json,.json")
        .attr("data-test", "import")
        .on("change", import);
    let buttons = el("p")
        .class("buttons")
        .child(page::button("plain", text::RECORD_EXPORT.get(lang), export).attr("data-test", "export"))
        .child(page::button("plain", text::RECORD_SHOW_TEXT.get(lang), show_text))
        .child(
            el("label")
                .class("button plain")
                .text(text::RECORD_IMPORT.get(lang))
                .child(input),
        );
    let outcome = move || {
        let words = said.get();
        words.map_or_else(none, |words| {
            el("p")
                .attr("role", "status")
                .attr("data-test", "import-result")
                .text(&words)
        })
    };
    let copy = move || {
        shown.get().map_or_else(none, |content| {
            let area = el("textarea").attr("readonly", "").attr("rows", "6").text(&content);
            el("label").text(text::RECORD_COPY.get(lang)).child(area)
        })
    };
    el("section")
        .child(el("h2").text(text::RECORD_FILE.get(lang)))
        .child(el("p").class("quiet").text(text::RECORD_FILE_LEAD.get(lang)))
        .child(buttons)
        .dynamic(outcome)
        .dynamic(copy)
}

async fn take_in(app: App, lang: Lang, content: &str) -> String {
    match app.import(content).await {
        Ok(Ok(imported)) => {
            let words = if imported.apart {
                text::IMPORTED_APART
            } else {
                text::IMPORTED
            };
            words.with(lang, &[&imported.new])
        }
        Ok(Err(ImportError::Foreign)) => text::IMPORT_FOREIGN.get(lang).into(),
        Ok(Err(ImportError::Newer)) => text::IMPORT_NEWER.get(lang).into(),
        Ok(Err(ImportError::Record(place))) => text::IMPORT_RECORD.with(lang, &[&place]),
        Err(_) => text::IMPORT_FAILED.get(lang).into(),
    }
}

fn profiles(app: App, lang: Lang) -> Html {
    let list = RwSignal::new(Vec::<(ProfileId, String)>::new());
    // Talks to the outside: reads the database again when the records change.
    Effect::new(move |_| {
        app.ledger.track();
        spawn(async move {
            let found = app.profiles().await;
            list.try_set(found);
        });
    });
    let row = move |(profile, name): (ProfileId, String)| {
        let current = app
            .identity
            .with(|identity| identity.as_ref().is_some_and(|identity| identity.profile == profile));
        let change = move || spawn(async move { app.switch(profile).await });
        let action = if current {
            el("b").text(text::PROFILE_CURRENT.get(lang))
        } else {
            page::button("plain", text::PROFILE_SWITCH.get(lang), change)
        };
        let short: String = profile.to_string().chars().take(8).collect();
        // Two people may bear one name, and before joining nobody has one.
        let who = el("span")
            .child(el("b").text(&name))
            .text(" ")
            .child(el("code").text(&short));
        el("li").child(who).child(action)
    };
    dynamic(move || {
        let profiles = list.get();
        if profiles.len() < 2 {
            return none();
        }
        el("section").child(el("h2").text(text::PROFILES.get(lang))).child(
            el("ul")
                .class("rows")
                .attr("data-test", "profiles")
                .all(profiles.into_iter().map(row)),
        )
    })
}
