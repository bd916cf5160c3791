//! Exercises of every kind that ships, worked through by keyboard alone and by touch, to full points.

use anyhow::{Context, Result, ensure};
use domain::item::{ItemBody, Response};
use domain::kinds::Exercise;
use domain::marking::Outcome;
use serde_json::json;
use std::collections::BTreeSet;
use std::time::Duration;
use support::quiz::outcome_name;
use support::{Browser, Hands, Keys, Need, Stage, Wish, journey};

/// The full response to an item; for an essay a text of the least length that counts.
fn full(keys: &Keys, id: &domain::ids::ItemId) -> Result<Response> {
    Ok(match &keys.item(id)?.body {
        ItemBody::Exercise(exercise) => match exercise.as_ref() {
            Exercise::Essay(essay) => Response::Text("查".repeat(essay.min() as usize + 1)),
            other => other.key(),
        },
        body => body.key(),
    })
}

async fn one(browser: &Browser, keys: &Keys, hands: Hands, kinds: &mut BTreeSet<String>) -> Result<()> {
    let sheet = "main [data-item]";
    let id: domain::ids::ItemId = browser.attr(sheet, "data-item").await?.parse()?;
    let kind = browser.attr(sheet, "data-kind").await?;
    let place = browser.attr(sheet, "data-place").await?;
    let response = full(keys, &id)?;
    if kinds.insert(kind) {
        browser
            .everything_is_named()
            .await
            .with_context(|| format!("{id} asked"))?;
    }
    browser
        .respond_with(hands, &response)
        .await
        .with_context(|| format!("answering {id} with {hands:?}"))?;
    browser.use_with(hands, "[data-bench=check]").await?;
    browser.wait_for("[data-bench=feedback]").await?;
    let mark = keys.mark(&id, &response)?;
    let outcome = browser.attr("[data-bench=feedback]", "data-outcome").await?;
    ensure!(
        outcome == outcome_name(mark.outcome),
        "{id}: the page says {outcome} for the key"
    );
    ensure!(
        matches!(mark.outcome, Outcome::Right | Outcome::Awaiting),
        "{id}: the key is {:?}",
        mark.outcome
    );
    let (points, max) = (
        browser.number("[data-bench=feedback]", "data-points").await?,
        browser.number("[data-bench=feedback]", "data-max").await?,
    );
    ensure!(
        mark.outcome == Outcome::Awaiting || points == max,
        "{id}: {points} of {max} for the key"
    );
    browser.wait_for("[data-test=next]").await?;
    browser
        .everything_is_named()
        .await
        .with_context(|| format!("{id} told"))?;
    browser.no_panic().await?;
    browser.use_with(hands, "[data-test=next]").await?;
    browser
        .wait("what comes next", async || {
            let gone = !browser.shows(sheet).await? || browser.attr(sheet, "data-place").await? != place;
            Ok(gone.then_some(()))
        })
        .await
}

async fn walk(stage: &Stage, hands: Hands) -> Result<()> {
    let server = stage.serve().await?;
    let keys = stage.keys()?;
    let browser = stage.browse(&server.origin()).await?;
    if hands == Hands::Finger {
        browser.touchable().await?;
    }
    let (mut kinds, mut count) = (BTreeSet::new(), 0);
    for entry in &keys.catalogue.exercises {
        // Of the banks that hold nothing new, the keys are proven natively.
        if entry.kinds.iter().all(|kind| kinds.contains(kind)) {
            continue;
        }
        browser.open(&format!("/exercises/{}", entry.bank.id)).await?;
        for _ in 0..entry.bank.items {
            browser
                .wait_for("main[data-page=exercise] [data-item] [data-ask]")
                .await?;
            one(&browser, &keys, hands, &mut kinds).await?;
            count += 1;
        }
    }
    ensure!(
        kinds.len() == 8,
        "the shipped exercises are of the kinds {kinds:?} alone"
    );
    let local = browser.local().await?;
    ensure!(
        local.count("item.answered")? == count,
        "{count} answers given, {} stored",
        local.count("item.answered")?
    );
    local.sequences_are_unique()
}

/// The choices of a practice set, with a finger.
async fn choices(stage: &Stage) -> Result<()> {
    let server = stage.serve().await?;
    let keys = stage.keys()?;
    let browser = stage.browse(&server.origin()).await?;
    browser.touchable().await?;
    browser.open(&format!("/practice/{}", keys.course()?.bank.id)).await?;
    let mut kinds = BTreeSet::new();
    loop {
        let shown = browser.question().await?;
        if kinds.insert(shown.kind.clone()) {
            browser.everything_is_named().await.context("a practice")?;
        }
        let key = keys.response(&shown.item, Wish::Right)?;
        for option in support::quiz::options(&key) {
            browser.tap(&support::quiz::choice(&option)).await?;
        }
        if shown.kind == "multiple" {
            browser.tap("[data-bench=check]").await?;
        }
        browser.feedback_of(&keys, shown.item.clone(), key).await?;
        browser.tap("[data-test=next]").await?;
        if browser.arrive(&shown.item).await? == support::Step::Result {
            return Ok(());
        }
    }
}

/// A report half written is there again after the browser was killed, and gone once it is handed in.
async fn draft(stage: &Stage) -> Result<()> {
    let server = stage.serve().await?;
    let keys = stage.keys()?;
    let browser = stage.browse(&server.origin()).await?;
    let bank = keys
        .catalogue
        .exercises
        .iter()
        .find(|entry| entry.kinds.iter().any(|kind| kind == "essay"));
    let address = format!("/exercises/{}", bank.context("no essay is shipped")?.bank.id);
    browser.open(&address).await?;
    browser.wait_for("[data-ask] textarea").await?;
    let text = "一、基本情况。企业在作业前没有开票。".repeat(30);
    browser.type_with(Hands::Keys, "[data-ask] textarea", &text).await?;
    // As long as a write takes, and no longer.
    tokio::time::sleep(Duration::from_millis(300)).await;
    browser.kill();
    let browser = super::again(stage, &browser).await?;
    browser.open(&address).await?;
    let value = "return (document.querySelector('[data-ask] textarea') || {}).value || ''";
    browser
        .wait("the draft to come back", async || {
            Ok((browser.script(value, vec![]).await? == json!(text)).then_some(()))
        })
        .await?;
    let item = browser.attr("main [data-item]", "data-item").await?;
    // What counts is long enough now.
    browser
        .type_with(Hands::Keys, "[data-ask] textarea", &"查".repeat(600))
        .await?;
    browser.press("[data-bench=check]").await?;
    browser.wait_for("[data-bench=feedback][data-outcome=awaiting]").await?;
    browser
        .wait("the draft to go", async || {
            let local = browser.local().await?;
            Ok((!local
                .meta
                .keys()
                .any(|key| key.starts_with("draft:") && key.contains(&item)))
            .then_some(()))
        })
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_half_written_outlives_a_kill() {
    journey("exercise_draft", Need::USUAL, draft).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_exercise_can_be_done_by_keyboard_alone() {
    journey("exercises_keyboard", Need::USUAL, async |stage: &Stage| {
        walk(stage, Hands::Keys).await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_exercise_can_be_done_by_touch() {
    journey("exercises_touch", Need::USUAL, async |stage: &Stage| {
        walk(stage, Hands::Finger).await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn choices_can_be_made_by_touch() {
    journey("choices_touch", Need::USUAL, choices).await;
}
