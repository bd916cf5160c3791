//! One person, one attempt, two windows.

use super::{all_sent, answers_are};
use anyhow::{Context, Result, ensure};
use serde_json::json;
use std::collections::BTreeMap;
use support::quiz::Given;
use support::site::Serving;
use support::{Browser, Keys, Need, Stage, StandIn, Step, Wish, journey};

/// Answers one question in the current window where there is one, and goes on; none where the window is at its end.
async fn one_answer(browser: &Browser, keys: &Keys, given: &mut Vec<Given>) -> Result<Option<()>> {
    if browser.shows("main[data-page=result]").await? {
        return Ok(None);
    }
    let shown = browser.question().await?;
    if !shown.answered {
        given.push(browser.answer(keys, Wish::Right).await?);
    }
    Ok((browser.next().await? != Step::Result).then_some(()))
}

async fn walk(stage: &Stage) -> Result<()> {
    // An endpoint that counts how often it is sent what: with the lock, once, however many tabs there are.
    let endpoint = StandIn::start(super::other_servers::store_all).await?;
    let site = Serving::with_endpoint(&endpoint.origin())
        .start(&stage.path(Need::Site)?)
        .await?;
    let keys = stage.keys()?;
    let browser = stage.browse(&site.origin()).await?;
    // Such a server knows no such file and answers 404 with the app's page.
    browser.tolerate("status of 404");
    let practice = format!("/practice/{}", keys.course()?.bank.id);
    let first = browser.driver().window().await?;
    browser.open(&practice).await?;
    let shown = browser.question().await?;
    let second = browser.new_window().await?;
    browser.open(&practice).await?;
    let beside = browser.question().await?;
    ensure!(
        shown.item == beside.item,
        "the second window began an attempt of its own"
    );

    let mut given = Vec::new();
    let mut ended = 0;
    for window in [&first, &second].into_iter().cycle().take(44) {
        browser.switch_to(window).await?;
        if one_answer(&browser, &keys, &mut given).await?.is_none() {
            ended += 1;
            if ended >= 2 {
                break;
            }
        } else {
            ended = 0;
        }
    }
    ensure!(ended >= 2, "not both windows came to the result");
    let local = all_sent(&browser).await?;
    local.sequences_are_unique()?;
    answers_are(&local, &given)?;
    ensure!(
        local.count("attempt.started")? == 1,
        "{} attempts",
        local.count("attempt.started")?
    );

    let mut sent = BTreeMap::<String, usize>::new();
    for record in endpoint.posts().iter().flat_map(support::Asked::records) {
        *sent
            .entry(record["id"].as_str().context("no id")?.to_owned())
            .or_default() += 1;
    }
    let ours = local.by_id()?;
    ensure!(
        sent.keys().eq(ours.keys()),
        "sent {} records of {}",
        sent.len(),
        ours.len()
    );
    let twice: Vec<_> = sent.iter().filter(|(_, times)| **times != 1).collect();
    ensure!(
        twice.is_empty(),
        "sent more than once although nothing failed: {twice:?}"
    );

    // Each window goes on by itself after the other has gone.
    browser.switch_to(&first).await?;
    browser.driver().close_window().await?;
    browser.switch_to(&second).await?;
    browser.press("[data-test=again]").await?;
    browser.answer(&keys, Wish::Right).await?;
    all_sent(&browser).await.map(drop)
}

/// The very first visit, in two windows at once: the first to write decides who the person is, and both know it.
async fn first_visit(stage: &Stage) -> Result<()> {
    let server = stage.serve().await?;
    let keys = stage.keys()?;
    let browser = stage.browse(&server.origin()).await?;
    let practice = format!("/practice/{}", keys.course()?.bank.id);
    // Both are under way before either has opened the storage.
    let first = browser.driver().window().await?;
    browser.load("/build.json").await?;
    browser.tolerate("/favicon.ico");
    let second = browser.new_window().await?;
    browser.load("/build.json").await?;
    let script = "setTimeout(() => location.assign(arguments[0]), Math.max(0, arguments[1] - Date.now()))";
    let at = browser.script("return Date.now() + 1000", vec![]).await?;
    let address = json!(format!("{}{practice}", browser.origin()));
    for window in [&first, &second] {
        browser.switch_to(window).await?;
        browser.script(script, vec![address.clone(), at.clone()]).await?;
    }
    let mut given = Vec::new();
    for (window, wish) in [(&first, Wish::Right), (&second, Wish::Wrong)] {
        browser.switch_to(window).await?;
        browser.wait_for("main[data-page=practice] [data-item]").await?;
        browser.no_panic().await?;
        // Where both found the same attempt, word of the first window's answer may still be on its way to the second.
        let mut answered = browser.question().await?.answered;
        for _ in 0..20 {
            if answered || given.is_empty() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            answered = browser.question().await?.answered;
        }
        if !answered {
            given.push(browser.answer(&keys, wish).await?);
        }
    }
    let local = browser.local().await?;
    local.sequences_are_unique()?;
    ensure!(local.profiles().len() == 1, "one person became {:?}", local.profiles());
    answers_are(&local, &given)?;
    // What the first window says of the person is what the database says.
    browser.switch_to(&first).await?;
    browser.open("/record").await?;
    ensure!(
        super::state(&browser, "data-stored").await? == local.records.len(),
        "the pages do not agree with the database"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_visit_in_two_tabs_at_once_makes_one_person() {
    journey("two_tabs_first_visit", Need::USUAL, first_visit).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_tabs_store_each_answer_and_send_it_once() {
    journey("two_tabs", &[Need::Site, Need::Chromium, Need::Chromedriver], walk).await;
}
