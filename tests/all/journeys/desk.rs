//! The organizer's desk in a browser, before a server that answers as the endpoint does.

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use support::site::Serving;
use support::{Asked, Browser, Need, Reply, Stage, StandIn, journey};

const NEEDS: &[Need] = &[Need::Site, Need::Chromium, Need::Chromedriver];

const KEY: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJ0123_-9";
const PERSON: &str = "018f3c1e-7b2a-7cde-9abc-0123456789ad";
const AT: i64 = 1_790_000_000_000;

fn problem(status: u16, code: &str) -> Reply {
    let body = json!({ "type": "about:blank", "title": code, "status": status, "code": code });
    Reply {
        status,
        kind: "application/problem+json".into(),
        ..Reply::json(&body)
    }
}

fn person() -> Value {
    json!({ "id": PERSON, "name": "Ada", "staff_no": "PD-1", "unit": 1, "unit_name": "Brigade", "joined": AT, "confirmed": null,
        "devices": 1, "records": 12, "last_day": "2026-11-01" })
}

/// What the endpoint answers to a request below `api/v1/organize/`.
fn api(path: &str, asked: &Asked, signed_in: &AtomicBool) -> Reply {
    let who = json!({ "name": "Grace", "expires": AT, "time": AT });
    if !asked.desk {
        return problem(403, "no-header");
    }
    if (asked.method.as_str(), path) == ("POST", "session") {
        let body: Value = serde_json::from_str(&asked.body).unwrap_or_default();
        if body["key"] != KEY {
            return problem(403, "key-refused");
        }
        signed_in.store(true, Ordering::SeqCst);
        return Reply::json(&who);
    }
    if !signed_in.load(Ordering::SeqCst) {
        return problem(401, "signed-out");
    }
    Reply::json(&match (asked.method.as_str(), path) {
        ("GET", "session") => who,
        ("GET", "units") => json!({ "units": [{ "id": 1, "name": "Brigade", "people": 1, "codes": 1 }] }),
        ("POST", "units") => return problem(409, "unit-taken"),
        ("GET", "codes") => json!({ "codes": [{ "number": 1, "shown": "7KD", "unit": 1, "unit_name": "Brigade",
            "expires": AT, "max_uses": 5, "used": 1, "state": "open" }] }),
        ("POST", "codes/1/rotate") => {
            json!({ "number": 2, "code": "7KDQ2-M9XAB", "unit_name": "Brigade", "expires": AT,
            "max_uses": 4 })
        }
        ("GET", "people") => json!({ "people": [person()], "total": 1, "next": null }),
        ("GET", path) if path == format!("people/{PERSON}") => json!({ "person": person(), "doubles": [person()],
            "devices": [{ "id": "9f3a77c012bd45e1", "linked": AT, "last_day": null }] }),
        ("GET", "results") => json!({ "next": null, "results": [{ "attempt": "a", "person": PERSON, "name": "Ada",
            "staff_no": null, "unit_name": "Brigade", "exam": "law", "title": "Law", "mode": "self-test", "handed_in": AT,
            "state": "unverified", "points": 8_525, "max": 10_000, "passed": true, "doubtful": true }] }),
        ("GET", "progress") => {
            json!({ "rows": [{ "unit_name": "Brigade", "course": "law", "title": "Law", "lessons": 4,
            "people": 1, "active": 1, "complete": 0, "finished": 1, "answered": 8, "right": 6 }] })
        }
        ("GET", "audit") => {
            json!({ "rows": [{ "at": AT, "organizer": "Grace", "action": "export", "detail": "people csv",
            "rows": 1 }] })
        }
        _ => return problem(404, "not-found"),
    })
}

/// The site with an endpoint that has a desk, on one origin.
async fn serve(folder: &Path, signed_in: Arc<AtomicBool>) -> Result<StandIn> {
    let (folder, site) = (folder.to_owned(), Serving::default());
    StandIn::start(move |asked| {
        if let Some(path) = asked.path.strip_prefix("/api/v1/organize/") {
            return api(path, asked, &signed_in);
        }
        let mut asked = asked.clone();
        if asked.path == "/organize" || asked.path.starts_with("/organize/") {
            "/organize.html".clone_into(&mut asked.path);
        }
        site.answer(&folder, "/", &asked)
    })
    .await
}

async fn page(browser: &Browser, path: &str, name: &str) -> Result<()> {
    browser.load(path).await?;
    browser.wait_for(&format!("main[data-page={name}]")).await?;
    browser.wait_gone("[aria-busy=true]").await
}

async fn whole(stage: &Stage) -> Result<()> {
    let signed_in = Arc::new(AtomicBool::new(false));
    let server = serve(&stage.path(Need::Site)?, signed_in).await?;
    let browser = stage.browse(&server.origin()).await?;
    page(&browser, &format!("/organize?lang=en#{KEY}"), "units").await?;
    let address = browser.script("return location.href", vec![]).await?;
    ensure!(
        address == json!(format!("{}/organize?lang=en", server.origin())),
        "the key stays in the address: {address}"
    );
    let person = format!("/organize/people/{PERSON}");
    for width in [1280, 360] {
        browser.resize(width, 800).await?;
        for (path, name) in [
            ("/organize", "units"),
            ("/organize/codes", "codes"),
            ("/organize/people?unit=1&find=Ada", "people"),
            (person.as_str(), "person"),
            ("/organize/results?mode=self-test", "results"),
            ("/organize/progress", "progress"),
            ("/organize/exports?what=people&unit=1", "exports"),
            ("/organize/log", "log"),
        ] {
            page(&browser, path, name).await?;
            browser.is_well_structured("en").await?;
            browser.everything_is_named().await?;
            browser.chrome_is_english().await?;
            let script = "return document.documentElement.scrollWidth - window.innerWidth";
            let over = browser.script(script, vec![]).await?;
            ensure!(
                over.as_i64().is_some_and(|over| over <= 0),
                "{path} is {over} px too wide at {width}"
            );
        }
    }
    page(&browser, "/organize/results", "results").await?;
    let shown = browser.text("#found tbody").await?;
    ensure!(
        shown.contains("85.25")
            && shown.contains("Unverified")
            && shown.contains("Doubtful")
            && !shown.contains("Passed"),
        "an unverified result is shown as if it counted: {shown}"
    );
    // Not the pages with days: each part of a day is a stop of its own within one field.
    for (path, name) in [(person.as_str(), "person"), ("/organize/codes", "codes")] {
        page(&browser, path, name).await?;
        browser.tab_is_no_trap().await?;
    }
    let databases = browser
        .script("return (await indexedDB.databases()).length", vec![])
        .await?;
    ensure!(databases == json!(0), "the desk makes {databases} databases");
    let learners = [
        "/boot.",
        "/app.",
        "/more.",
        "/catalogue.",
        "/packs/",
        "/sw.js",
        "/config.json",
    ];
    let asked = server.asked();
    let foreign = asked
        .iter()
        .find(|asked| learners.iter().any(|path| asked.path.starts_with(path)));
    ensure!(foreign.is_none(), "the desk fetches {foreign:?}");
    Ok(())
}

async fn over(stage: &Stage) -> Result<()> {
    let signed_in = Arc::new(AtomicBool::new(true));
    let server = serve(&stage.path(Need::Site)?, Arc::clone(&signed_in)).await?;
    let browser = stage.browse(&server.origin()).await?;
    browser.tolerate("status of 401");
    browser.tolerate("status of 403");
    browser.tolerate("status of 409");
    let name = "section input[name=name]";
    page(&browser, "/organize?lang=en", "units").await?;
    signed_in.store(false, Ordering::SeqCst);
    browser.fill(name, "A new unit").await?;
    browser.press("section button[type=submit]").await?;
    browser.wait_for("[data-test=session-over]").await?;
    let key = "[data-test=session-over] [name=key]";
    browser
        .fill(key, &format!("{}/organize#x{}", server.origin(), &KEY[1..]))
        .await?;
    browser.press("[data-test=session-over] button[type=submit]").await?;
    browser.wait_for("[data-test=sign-in-problem]").await?;
    browser
        .fill(key, &format!("{}/organize#{KEY}", server.origin()))
        .await?;
    browser.press("[data-test=session-over] button[type=submit]").await?;
    browser.wait_gone("[data-test=session-over]").await?;
    let script = "return document.querySelector(arguments[0]).value";
    let typed = browser.script(script, vec![json!(name)]).await?;
    ensure!(typed == json!("A new unit"), "what was typed is gone: {typed}");
    // The endpoint's own words are for programs; the page says what to do.
    browser.press("section button[type=submit]").await?;
    let taken = "Another unit has this name.";
    browser
        .wait(taken, async || {
            Ok(browser.text("[data-test=failure]").await?.contains(taken).then_some(()))
        })
        .await?;
    // A code is shown once, after a question that names what happens.
    page(&browser, "/organize/codes", "codes").await?;
    browser.press("#ask-rotate-1").await?;
    browser.press("#ask-rotate-1-group .danger").await?;
    browser.wait_for("#sheet").await?;
    ensure!(browser.text("[data-test=code]").await? == "7KDQ2-M9XAB", "another code");
    browser.press("main[data-sheet] .notice .plain").await?;
    browser.wait_gone("#sheet").await
}

async fn elsewhere(stage: &Stage) -> Result<()> {
    let site = Serving::default().start(&stage.path(Need::Site)?).await?;
    let browser = stage.browse(&site.origin()).await?;
    browser.tolerate("status of 404");
    browser.open("/").await?;
    browser.offline_ready().await?;
    let desk = |asked: &Asked| asked.path.starts_with("/organize");
    let fetched = site.asked().into_iter().find(desk);
    ensure!(fetched.is_none(), "a learner fetches {fetched:?}");
    // With the worker in charge: it neither answers for the desk nor keeps anything of it.
    page(&browser, "/organize.html?lang=en", "no-desk").await?;
    ensure!(site.asked().iter().any(desk), "the worker answers for the desk");
    let kept = "let found = []; for (const name of await caches.keys()) for (const r of await (await caches.open(name)).keys())
        if (r.url.includes('/organize')) found.push(r.url); return found";
    let kept = browser.script(kept, vec![]).await?;
    ensure!(kept == json!([]), "the worker keeps {kept}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_desk_is_whole_narrow_and_wide_and_starts_nothing_of_the_learners_app() {
    journey("desk", NEEDS, whole).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_ends_leaves_what_was_typed() {
    journey("desk_over", NEEDS, over).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn learners_fetch_nothing_of_the_desk_and_a_static_site_says_that_it_has_none() {
    journey("desk_elsewhere", NEEDS, elsewhere).await;
}
