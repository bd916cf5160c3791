//! Packs whose bytes are not what their name promises.

use anyhow::{Result, ensure};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use support::site::Serving;
use support::{Need, Stage, StandIn, Wish, journey};

const NEEDS: &[Need] = &[Need::Site, Need::Chromium, Need::Chromedriver];

/// The site with the first `times` answers for one pack damaged: still JSON, with another letter. Counts how often it was asked.
async fn damaged(stage: &Stage, pack: &str, times: usize) -> Result<(StandIn, Arc<AtomicUsize>)> {
    let asked = Arc::new(AtomicUsize::new(0));
    let (name, count) = (format!("packs/{pack}.json"), Arc::clone(&asked));
    let change = move |path: &str, bytes: Vec<u8>| {
        if path == name && count.fetch_add(1, Ordering::Relaxed) < times {
            String::from_utf8_lossy(&bytes)
                .replacen("\"v\":1", "\"v\": 1", 1)
                .into_bytes()
        } else {
            bytes
        }
    };
    let site = Serving {
        change: Some(Box::new(change)),
        ..Serving::default()
    };
    Ok((site.start(&stage.path(Need::Site)?).await?, asked))
}

async fn once(stage: &Stage) -> Result<()> {
    let keys = stage.keys()?;
    let bank = &keys.course()?.bank;
    let (site, asked) = damaged(stage, &bank.pack, 1).await?;
    let browser = stage.browse(&site.origin()).await?;
    browser.tolerate("status of 404");
    browser.open(&format!("/practice/{}", bank.id)).await?;
    browser.answer(&keys, Wish::Right).await?;
    ensure!(asked.load(Ordering::Relaxed) >= 2, "the damaged pack was used");
    Ok(())
}

async fn always(stage: &Stage) -> Result<()> {
    let keys = stage.keys()?;
    let bank = &keys.course()?.bank;
    let (site, asked) = damaged(stage, &bank.pack, usize::MAX).await?;
    let browser = stage.browse(&site.origin()).await?;
    browser.tolerate("status of 404");
    browser.open(&format!("/practice/{}", bank.id)).await?;
    browser.wait_for("main[data-page=error]").await?;
    browser.no_panic().await?;
    let asked = asked.load(Ordering::Relaxed);
    ensure!((2..=10).contains(&asked), "asked for {asked} times");
    ensure!(
        browser.local().await?.count("attempt.started")? == 0,
        "an attempt without questions was recorded"
    );
    // The rest of the app still works.
    browser.open("/").await?;
    browser.wait_for("main[data-page=courses]").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pack_damaged_once_is_fetched_again() {
    journey("pack_damaged_once", NEEDS, once).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pack_damaged_for_good_is_a_clear_page() {
    journey("pack_damaged", NEEDS, always).await;
}
