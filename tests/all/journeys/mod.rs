//! Journeys of people in real browsers, one file each, named after the promise that is proven.

mod app_update;
mod competitions;
mod desk;
mod exam;
mod exercises;
mod export_import;
mod first_visit;
mod insecure_context;
mod inspection;
mod keyboard_only;
mod last_words;
mod linking;
mod looks;
mod office;
mod offline;
mod old_engine;
mod other_servers;
mod own_content;
mod packs;
mod power_cut;
mod revised;
mod search;
mod static_site;
mod storage;
mod sub_path;
mod two_tabs;

use anyhow::{Context, Result, ensure};
use domain::record::RecordBody;
use serde_json::Value;
use std::time::Duration;
use support::browser::Options;
use support::quiz::Given;
use support::{Api, Browser, Local, Stage};

/// A browser with the profile of one that was killed.
async fn again(stage: &Stage, browser: &Browser) -> Result<Browser> {
    tokio::time::sleep(Duration::from_millis(150)).await;
    for lock in ["SingletonLock", "SingletonCookie", "SingletonSocket"] {
        let _ = std::fs::remove_file(browser.profile().path().join(lock));
    }
    stage
        .browse_with(Options {
            origin: browser.origin().to_owned(),
            profile: Some(browser.profile()),
            ..Options::default()
        })
        .await
}

/// The state line's attribute as a number.
async fn state(browser: &Browser, name: &str) -> Result<usize> {
    browser.number("[data-test=sync]", name).await
}

/// Waits until nothing is pending any more, in the database and in the state line. As if the network had just come back.
async fn all_sent(browser: &Browser) -> Result<Local> {
    let what = "everything to be sent and acknowledged";
    browser
        .wait_as_long(Duration::from_secs(40), what, async || {
            browser
                .script("window.dispatchEvent(new Event('online'))", vec![])
                .await?;
            tokio::time::sleep(Duration::from_millis(250)).await;
            let local = browser.local().await?;
            let shown = state(browser, "data-pending").await?;
            Ok((local.pending.is_empty() && shown == 0 && !local.records.is_empty()).then_some(local))
        })
        .await
}

/// Checks that the endpoint holds what the browser has: the same records, each once, byte for byte of equal meaning.
async fn endpoint_agrees(origin: &str, local: &Local) -> Result<Vec<support::api::Held>> {
    let held = Api::new(origin, local.token()?)?.held_by_id().await?;
    let ours = local.by_id()?;
    for (id, text) in &ours {
        let theirs = held.get(id).with_context(|| format!("the endpoint lacks {text}"))?;
        let record: Value = serde_json::from_str(text)?;
        ensure!(
            theirs.record == record,
            "the endpoint holds {} for {text}",
            theirs.record
        );
    }
    ensure!(
        held.len() == ours.len(),
        "the endpoint holds {} records, the browser {}",
        held.len(),
        ours.len()
    );
    Ok(held.into_values().collect())
}

/// Checks that each answer given is among the records exactly once, and no other.
fn answers_are(local: &Local, given: &[Given]) -> Result<()> {
    let mut answers = Vec::new();
    for text in local.records.values() {
        if let RecordBody::Answered { item, response, .. } = wire::record::read(text)?.body {
            answers.push((item, sorted(response)));
        }
    }
    let mut expected: Vec<_> = given
        .iter()
        .map(|given| (given.item.clone(), sorted(given.response.clone())))
        .collect();
    answers.sort();
    expected.sort();
    ensure!(
        answers == expected,
        "the records hold {answers:?}, given was {expected:?}"
    );
    Ok(())
}

/// The order in which options were chosen may be the page's.
fn sorted(response: domain::item::Response) -> domain::item::Response {
    match response {
        domain::item::Response::Options(mut ids) => {
            ids.sort();
            domain::item::Response::Options(ids)
        }
        other => other,
    }
}
