//! Chromium 86 to 88: first page, first answer, durably stored.

use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use serde_json::json;
use support::cdp::OldBrowser;
use support::quiz::{choice, options};
use support::{Need, Stage, Wish, journey};

const STORED: &str = "new Promise((done, fail) => {
    const request = indexedDB.open('anxue');
    request.onerror = () => fail(request.error);
    request.onsuccess = () => {
        const all = request.result.transaction('records').objectStore('records').getAll();
        all.onsuccess = () => { request.result.close(); done(all.result) };
        all.onerror = () => fail(all.error);
    };
})";

/// The old browser, and what it calls itself.
async fn start(stage: &Stage) -> Result<(OldBrowser, String)> {
    let flags = std::env::var("ANXUE_OLD_CHROMIUM_ARGS").unwrap_or_default();
    let mut browser = OldBrowser::start(
        &stage.path(Need::OldChromium)?,
        &flags,
        std::env::var_os("ANXUE_OLD_CHROMIUM_LIBRARIES"),
    )
    .await?;
    let version = browser.call("Browser.getVersion", json!({})).await?["product"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let major: u32 = version
        .split(['/', '.'])
        .nth(1)
        .and_then(|major| major.parse().ok())
        .context("no version")?;
    ensure!((86..=88).contains(&major), "{version} is not the old engine");
    Ok((browser, version))
}

async fn walk(stage: &Stage) -> Result<()> {
    let server = stage.serve().await?;
    let keys = stage.keys()?;
    let (mut browser, version) = start(stage).await?;
    let course = keys.course()?;
    browser.open(&format!("{}/", server.origin())).await?;
    browser
        .wait_until("document.querySelector('main[data-page=courses]')")
        .await?;
    browser
        .press(&format!("main a[href$=\"courses/{}\"]", course.slug))
        .await?;
    browser
        .wait_until("document.querySelector('main[data-page=course]')")
        .await?;
    browser
        .press(&format!("main a[href$=\"practice/{}\"]", course.bank.id))
        .await?;
    browser
        .wait_until("document.querySelector('main[data-page=practice] [data-item]')")
        .await?;
    let item = browser
        .evaluate("document.querySelector('[data-item]').dataset.item")
        .await?;
    let item = item.as_str().context("no item")?.parse()?;
    let response = keys.response(&item, Wish::Right)?;
    for option in options(&response) {
        browser.press(&choice(&option)).await?;
    }
    if browser
        .evaluate("document.querySelector('[data-item]').dataset.kind")
        .await?
        == json!("multiple")
    {
        browser.press("[data-bench=check]").await?;
    }
    browser
        .wait_until("document.querySelector('[data-bench=feedback][data-outcome=right]')")
        .await?;
    let stored = browser.evaluate(STORED).await?;
    let stored = stored.as_array().context("no records")?;
    let answers = stored
        .iter()
        .filter_map(|text| text.as_str())
        .filter(|text| text.contains("item.answered"))
        .count();
    ensure!(answers == 1, "{answers} answers stored");
    let picture = base64::engine::general_purpose::STANDARD.decode(browser.picture().await?)?;
    std::fs::create_dir_all(support::stage::shots())?;
    std::fs::write(support::stage::shots().join("old-engine.png"), picture)?;
    ensure!(
        browser.complaints().is_empty(),
        "{version} complains: {}",
        browser.complaints().join("\n")
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_old_engine_shows_the_first_page_and_stores_the_first_answer() {
    journey("old_engine", &[Need::Endpoint, Need::Site, Need::OldChromium], walk).await;
}

/// The organizer sits at the same old PC: signs in by the link, and makes a unit.
async fn desk(stage: &Stage) -> Result<()> {
    let server = stage.serve().await?;
    let (mut browser, version) = start(stage).await?;
    browser
        .open(&format!("{}/organize#{}", server.origin(), server.desk_key()?))
        .await?;
    browser
        .wait_until("document.querySelector('main[data-page=units] #found table')")
        .await?;
    browser
        .evaluate(
            "const field = document.querySelector('section input[name=name]'); field.value = '城西街道';
             field.dispatchEvent(new Event('input', { bubbles: true }))",
        )
        .await?;
    browser.press("section button[type=submit]").await?;
    browser
        .wait_until("document.querySelector('#found').textContent.includes('城西街道')")
        .await?;
    ensure!(
        browser.complaints().is_empty(),
        "{version} complains: {}",
        browser.complaints().join("\n")
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_old_engine_shows_the_organizers_desk() {
    journey(
        "old_engine_desk",
        &[Need::Endpoint, Need::Site, Need::OldChromium],
        desk,
    )
    .await;
}
