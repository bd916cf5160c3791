//! Pictures of every page at 360 and 1280 px, light and dark, kept for people to look at; and what can be measured of them.

use super::keyboard_only::pages;
use anyhow::{Context, Result};
use support::{Browser, Need, Stage, Wish, journey};

async fn look(browser: &Browser, name: &'static str) -> Result<()> {
    browser.picture(name).await.context(name)?;
    browser.fits().await.context(name)?;
    browser.can_be_tapped().await.context(name)
}

async fn walk(stage: &Stage) -> Result<()> {
    let server = stage.serve().await?;
    let keys = stage.keys()?;
    let browser = stage.browse(&server.origin()).await?;
    browser.tolerate("/no/such/page");
    for (name, path) in pages(&keys)? {
        browser.open(&path).await?;
        browser.wait_for(&format!("main[data-page={name}]")).await?;
        look(&browser, name).await?;
    }
    // The last page is practice: with feedback of both kinds, then its result, then the record with something in it.
    browser.answer(&keys, Wish::Wrong).await?;
    look(&browser, "practice-wrong").await?;
    browser.next().await?;
    browser.answer(&keys, Wish::Right).await?;
    look(&browser, "practice-right").await?;
    browser.next().await?;
    browser.answer_rest(&keys).await?;
    look(&browser, "result").await?;
    browser.open("/record").await?;
    look(&browser, "record-full").await?;
    browser.join(server.code()).await?;
    look(&browser, "joined").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn looks_fit_every_width_and_finger() {
    journey("looks", Need::USUAL, walk).await;
}
