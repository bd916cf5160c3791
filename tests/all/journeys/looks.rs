//! Pictures of every page at 360 and 1280 px, light and dark, kept for people to look at; and what can be measured of them.

use super::keyboard_only::{Page, pages};
use anyhow::{Context, Result};
use std::collections::BTreeSet;
use support::{Browser, Need, Stage, Step, Wish, journey};

async fn look(browser: &Browser, name: &str) -> Result<()> {
    browser.picture(name).await.with_context(|| name.to_owned())?;
    browser.fits().await.with_context(|| name.to_owned())?;
    browser.can_be_tapped().await.with_context(|| name.to_owned())
}

async fn walk(stage: &Stage) -> Result<()> {
    let server = stage.serve().await?;
    let keys = stage.keys()?;
    let browser = stage.browse(&server.origin()).await?;
    browser.tolerate("/no/such/page");
    for Page { name, kind, path } in pages(&keys)? {
        browser.open(&path).await?;
        browser.wait_for(&format!("main[data-page={kind}]")).await?;
        look(&browser, &name).await?;
    }
    // The last page is practice: pictures of one wrong and one right answer, and every kind of question measured, with its
    // feedback (which kinds are drawn differs from run to run, ten items hold nearly always all).
    browser.answer(&keys, Wish::Wrong).await?;
    look(&browser, "practice-wrong").await?;
    browser.next().await?;
    browser.answer(&keys, Wish::Right).await?;
    look(&browser, "practice-right").await?;
    let mut measured = BTreeSet::new();
    while let Step::Item(shown) = browser.next().await? {
        let wrong = measured.insert((shown.kind.clone(), true));
        if wrong || measured.insert((shown.kind.clone(), false)) {
            browser
                .fits()
                .await
                .with_context(|| format!("{} before its answer", shown.kind))?;
            browser
                .answer(&keys, if wrong { Wish::Wrong } else { Wish::Right })
                .await?;
            browser
                .fits()
                .await
                .with_context(|| format!("{} with feedback", shown.kind))?;
            browser.can_be_tapped().await?;
        } else {
            browser.answer(&keys, Wish::Right).await?;
        }
    }
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
