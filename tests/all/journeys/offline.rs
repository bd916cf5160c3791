//! The server really goes away in the middle of a quiz and comes back later.

use super::{all_sent, answers_are, endpoint_agrees, state};
use anyhow::{Context, Result, ensure};
use std::time::Duration;
use support::{Need, Stage, Wish, journey};

async fn walk(stage: &Stage) -> Result<()> {
    let mut server = stage.serve().await?;
    let keys = stage.keys()?;
    let browser = stage.browse(&server.origin()).await?;
    let course = keys.course()?;
    let practice = format!("/practice/{}", course.bank.id);
    browser.open("/").await?;
    browser.offline_ready().await?;
    browser.join(server.code()).await?;
    browser.open(&practice).await?;
    let mut given = browser.answer_some(&keys, 3).await?;

    browser.going_offline();
    server.stop()?;
    given.push(browser.answer(&keys, Wish::Right).await?);
    let answered = given.last().context("nothing answered")?.item.clone();

    // A deep link, typed or reloaded, with no server at all.
    browser.open(&practice).await?;
    let shown = browser.question().await?;
    if shown.answered {
        ensure!(shown.item == answered, "shows {} as answered", shown.item);
        browser.next().await?;
    }
    let shown = browser.question().await?;
    ensure!(
        given.iter().all(|given| given.item != shown.item),
        "asks {} again",
        shown.item
    );
    ensure!(shown.place == 5, "goes on at place {}", shown.place);
    let lesson = course.lessons.last().context("no lesson")?;
    browser
        .open(&format!("/courses/{}/{}", course.slug, lesson.slug))
        .await?;
    browser.wait_for("main[data-page=lesson]").await?;
    browser.open(&format!("/handbook/{}", keys.venue()?.slug)).await?;
    browser.wait_for("main[data-page=venue]").await?;

    browser.open(&practice).await?;
    given.extend(browser.answer_rest(&keys).await?);
    ensure!(given.len() == domain::practice::SET, "{} answers", given.len());
    browser.result_is(&given).await?;
    let local = browser.local().await?;
    answers_are(&local, &given)?;
    // Of ten answers and the end, seven answers and the end were given without a server.
    ensure!(
        local.pending.len() >= 8,
        "only {} pending without a server",
        local.pending.len()
    );
    let shown = state(&browser, "data-pending").await?;
    ensure!(
        shown == local.pending.len(),
        "{shown} shown as pending of {}",
        local.pending.len()
    );
    let said = browser.attr("[data-test=sync]", "data-state").await?;
    ensure!(said != "synced", "says that all is sent");

    server.start_again().await?;
    let local = all_sent(&browser).await?;
    answers_are(&local, &given)?;
    local.sequences_are_unique()?;
    endpoint_agrees(&server.origin(), &local).await?;
    browser.wait_attr("[data-test=sync]", "data-state", "synced").await
}

/// Nobody touches anything: the app finds by itself that the server is back.
async fn comes_back_alone(stage: &Stage) -> Result<()> {
    let mut server = stage.serve().await?;
    let keys = stage.keys()?;
    let browser = stage.browse(&server.origin()).await?;
    browser.open("/").await?;
    browser.join(server.code()).await?;
    browser.open(&format!("/practice/{}", keys.course()?.bank.id)).await?;
    browser.going_offline();
    server.kill()?;
    browser.answer(&keys, Wish::Right).await?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    server.start_again().await?;
    let what = "the backoff to end by itself";
    let local = browser
        .wait_as_long(Duration::from_secs(75), what, async || {
            let local = browser.local().await?;
            Ok(local.pending.is_empty().then_some(local))
        })
        .await?;
    endpoint_agrees(&server.origin(), &local).await.map(drop)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn offline_mid_quiz_loses_nothing_and_doubles_nothing() {
    journey("offline_mid_quiz", Need::USUAL, walk).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sending_goes_on_by_itself_when_the_server_is_back() {
    journey("comes_back_alone", Need::USUAL, comes_back_alone).await;
}
