//! The browser dies the moment after an answer was marked.

use super::answers_are;
use anyhow::{Result, ensure};
use std::time::Duration;
use support::browser::Options;
use support::{Need, Stage, Wish, journey};

async fn walk(stage: &Stage) -> Result<()> {
    let server = stage.serve().await?;
    let keys = stage.keys()?;
    let practice = format!("/practice/{}", keys.course()?.bank.id);
    let browser = stage.browse(&server.origin()).await?;
    browser.open(&practice).await?;
    let mut given = browser.answer_some(&keys, 2).await?;
    given.push(browser.answer(&keys, Wish::Right).await?);
    browser.kill();
    tokio::time::sleep(Duration::from_millis(500)).await;
    for lock in ["SingletonLock", "SingletonCookie", "SingletonSocket"] {
        let _ = std::fs::remove_file(browser.profile().path().join(lock));
    }

    let profile = Some(browser.profile());
    let again = stage
        .browse_with(Options {
            origin: server.origin(),
            profile,
            ..Options::default()
        })
        .await?;
    again.open(&practice).await?;
    again.question().await?;
    answers_are(&again.local().await?, &given)?;
    if again.question().await?.answered {
        again.next().await?;
    }
    given.extend(again.answer_rest(&keys).await?);
    ensure!(given.len() == domain::practice::SET, "{} answers", given.len());
    again.result_is(&given).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_marked_answer_outlives_a_killed_browser() {
    journey("power_cut", Need::USUAL, walk).await;
}
