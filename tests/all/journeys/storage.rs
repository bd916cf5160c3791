//! Storage that refuses, or is damaged: said plainly, never passed over.

use anyhow::{Result, ensure};
use serde_json::json;
use support::browser::Options;
use support::{Browser, Need, Stage, Wish, journey};

const REFUSED: &str = "IDBFactory.prototype.open = function () { throw new DOMException('refused', 'SecurityError') };";

const DAMAGED: &str = "IDBFactory.prototype.open = function () {
    const request = new EventTarget();
    request.error = new DOMException('Internal error opening backing store', 'UnknownError');
    request.readyState = 'done'; request.result = undefined; request.transaction = null;
    for (const name of ['onerror', 'onsuccess', 'onblocked', 'onupgradeneeded']) request[name] = null;
    setTimeout(() => {
        const event = new Event('error', { bubbles: true, cancelable: true });
        request.dispatchEvent(event);
        if (request.onerror) request.onerror(event);
    });
    return request;
};";

async fn start(stage: &Stage, origin: String, before_page: Option<&'static str>) -> Result<Browser> {
    stage
        .browse_with(Options {
            origin,
            before_page,
            ..Options::default()
        })
        .await
}

async fn refused(stage: &Stage) -> Result<()> {
    let server = stage.serve().await?;
    let keys = stage.keys()?;
    let course = keys.course()?;
    let browser = start(stage, server.origin(), Some(REFUSED)).await?;
    browser.open("/").await?;
    browser.wait_for("[data-test=storage-problem]").await?;
    browser.wait_attr("[data-test=sync]", "data-state", "problem").await?;
    // Reading needs no storage.
    browser
        .open(&format!("/courses/{}/{}", course.slug, course.lessons[0].slug))
        .await?;
    browser.wait_for("main[data-page=lesson]").await?;
    let title = keys.lessons(course)?.lessons[0].title.zh.clone();
    ensure!(
        browser.text("main").await?.contains(title.as_str()),
        "the lesson cannot be read"
    );
    browser.open(&format!("/practice/{}", course.bank.id)).await?;
    browser.no_panic().await?;
    browser.wait_for("[data-test=storage-problem]").await?;
    if browser.shows("[data-item]").await? {
        let shown = browser.question().await?;
        let key = keys.response(&shown.item, Wish::Right)?;
        for option in support::quiz::options(&key) {
            browser.press(&support::quiz::choice(&option)).await?;
        }
        if shown.kind == "multiple" {
            browser.press("[data-bench=check]").await?;
        }
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        browser.no_panic().await?;
    }
    let stored = super::state(&browser, "data-stored").await?;
    ensure!(stored == 0, "claims to have stored {stored} records");
    browser.wait_attr("[data-test=sync]", "data-state", "problem").await?;
    browser.wait_for("[data-test=storage-problem]").await
}

async fn damaged(stage: &Stage) -> Result<()> {
    let server = stage.serve().await?;
    let browser = start(stage, server.origin(), Some(DAMAGED)).await?;
    browser.open("/").await?;
    browser.wait_for("[data-test=database-problem]").await?;
    browser.no_panic().await?;
    ensure!(
        super::state(&browser, "data-stored").await? == 0,
        "claims to have stored records"
    );
    browser.wait_attr("[data-test=sync]", "data-state", "problem").await
}

/// A database that a later build left behind, for real.
async fn from_the_future(stage: &Stage) -> Result<()> {
    let server = stage.serve().await?;
    let keys = stage.keys()?;
    let browser = start(stage, server.origin(), None).await?;
    // A bare file names no icon, so that the browser asks for one.
    browser.tolerate("/favicon.ico");
    browser.load("/build.json").await?;
    let script = "await new Promise((done, fail) => {
        const request = indexedDB.open('anxue', 99);
        request.onupgradeneeded = () => request.result.createObjectStore('records').put('{\"odd\":true}', 'p:r');
        request.onsuccess = () => { request.result.close(); done() };
        request.onerror = () => fail(request.error);
    })";
    browser.script(script, vec![]).await?;
    browser.open("/").await?;
    browser.wait_for("[data-test=database-problem]").await?;
    browser.no_panic().await?;
    browser
        .wait_for("[data-test=database-problem] [data-test=export]")
        .await?;
    // Starting anew deletes: it wants to be pressed again.
    for _ in 0..2 {
        browser
            .press("[data-test=database-problem] [data-test=start-anew]")
            .await?;
        ensure!(
            !browser.local().await?.records.contains_key("p:r")
                || browser.shows("[data-test=database-problem]").await?
        );
    }
    browser.wait_gone("[data-test=database-problem]").await?;
    browser.open(&format!("/practice/{}", keys.course()?.bank.id)).await?;
    browser.answer(&keys, Wish::Right).await?;
    let local = browser.local().await?;
    ensure!(
        local.count("item.answered")? == 1,
        "after starting anew nothing is stored"
    );
    ensure!(!local.records.contains_key("p:r"), "the old data is still there");
    Ok(())
}

/// Another tab makes the database and takes four seconds over it, as a slow disk does.
const SLOW: &str = "const request = indexedDB.open('anxue', 1), end = performance.now() + 4000;
    request.onupgradeneeded = () => {
        for (const name of ['records', 'pending', 'marks', 'quarantine', 'meta']) request.result.createObjectStore(name);
        const store = request.transaction.objectStore('meta');
        const again = () => { if (performance.now() < end) store.get('x').onsuccess = again };
        again();
    };
    request.onsuccess = () => request.result.close();";

/// What is done before the storage is open is done once it is: no answer and no token is lost to haste.
async fn slow(stage: &Stage) -> Result<()> {
    let server = stage.serve().await?;
    let keys = stage.keys()?;
    for join in [false, true] {
        let browser = start(stage, server.origin(), None).await?;
        browser.tolerate("/favicon.ico");
        browser.load("/build.json").await?;
        browser.script(SLOW, vec![]).await?;
        browser.new_window().await?;
        if join {
            browser.open_at_once(&format!("/join#{}", server.code())).await?;
            browser.join_here(server.code()).await?;
            browser.local().await?.token()?;
        } else {
            browser
                .open_at_once(&format!("/practice/{}", keys.course()?.bank.id))
                .await?;
            browser.answer(&keys, Wish::Right).await?;
            ensure!(
                browser.local().await?.count("item.answered")? == 1,
                "marked and not stored"
            );
        }
        // What the page fetches for later is cut off with the server, at the end of the journey.
        browser.going_offline();
    }
    Ok(())
}

/// Makes the first page slow in making the database, so that it is left in the middle of it.
const SLOW_FIRST_PAGE: &str = "if (location.pathname === '/') {
    const open = IDBFactory.prototype.open;
    IDBFactory.prototype.open = function (...given) {
        const request = open.apply(this, given), end = performance.now() + 3000;
        request.addEventListener('upgradeneeded', () => {
            const store = request.result.createObjectStore('slow');
            const again = () => { if (performance.now() < end) store.get('x').onsuccess = again };
            again();
        });
        return request;
    };
}";

/// A page that is left while it opens the database must not keep it: browsers keep left pages frozen for going back.
async fn left_at_once(stage: &Stage) -> Result<()> {
    let server = stage.serve().await?;
    let browser = start(stage, server.origin(), Some(SLOW_FIRST_PAGE)).await?;
    browser.open_at_once("/").await?;
    browser.open_at_once("/privacy").await?;
    browser.wait_gone("[data-test=sync][data-state=opening]").await?;
    ensure!(
        browser.attr("[data-test=sync]", "data-state").await? != "problem",
        "the storage is not to be had"
    );
    Ok(())
}

/// Gives the origin this many bytes in all; none gives back what the disk has.
async fn room(browser: &Browser, bytes: Option<u64>) -> Result<()> {
    let mut given = json!({ "origin": browser.origin() });
    if let Some(bytes) = bytes {
        given["quotaSize"] = bytes.into();
    }
    browser.devtools("Storage.overrideQuotaForOrigin", given).await?;
    Ok(())
}

/// A disk that fills up in the middle of a set: the page does not show what it could not keep, and goes on when there is
/// room again.
async fn full(stage: &Stage) -> Result<()> {
    let server = stage.serve().await?;
    let keys = stage.keys()?;
    let practice = format!("/practice/{}", keys.course()?.bank.id);
    let browser = start(stage, server.origin(), None).await?;
    browser.open(&practice).await?;
    let mut given = vec![browser.answer(&keys, Wish::Right).await?];
    // Started again, because Chromium remembers for half a minute how much room there was.
    let profile = browser.profile();
    browser.quit().await;
    drop(browser);
    let browser = stage
        .browse_with(Options {
            origin: server.origin(),
            profile: Some(profile),
            ..Options::default()
        })
        .await?;
    room(&browser, Some(1)).await?;
    browser.open(&practice).await?;
    let shown = browser.question().await?;
    let before = browser.local().await?.records.len();
    let key = keys.response(&shown.item, Wish::Right)?;
    for option in support::quiz::options(&key) {
        browser.press(&support::quiz::choice(&option)).await?;
    }
    if shown.kind == "multiple" {
        browser.press("[data-bench=check]").await?;
    }
    browser.wait_for("main [role=alert]").await?;
    browser.wait_attr("[data-test=sync]", "data-state", "problem").await?;
    ensure!(
        !browser.shows("[data-bench=feedback]").await?,
        "an answer that is not stored was marked"
    );
    ensure!(
        browser.local().await?.records.len() == before,
        "something was stored by halves"
    );
    browser.no_panic().await?;
    room(&browser, None).await?;
    // What was chosen still is.
    given.push(if shown.kind == "multiple" {
        browser.press("[data-bench=check]").await?;
        browser.feedback_of(&keys, shown.item, key).await?
    } else {
        browser.answer(&keys, Wish::Right).await?
    });
    ensure!(
        !browser.shows("main [role=alert]").await?,
        "the trouble is over and still shown"
    );
    let local = browser.local().await?;
    super::answers_are(&local, &given)?;
    local.sequences_are_unique()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_said_and_the_answer_can_be_given_again() {
    journey("storage_full", Need::USUAL, full).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn storage_refused_is_said_and_nothing_counts_as_saved() {
    journey("storage_refused", Need::USUAL, refused).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_database_is_said() {
    journey("database_damaged", Need::USUAL, damaged).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_cannot_be_opened_can_be_exported_and_begun_anew() {
    journey("database_from_the_future", Need::USUAL, from_the_future).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn haste_before_the_storage_is_open_loses_nothing() {
    journey("storage_slow", Need::USUAL, slow).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_left_while_it_opens_the_storage_does_not_keep_it() {
    journey("storage_left_at_once", Need::USUAL, left_at_once).await;
}
