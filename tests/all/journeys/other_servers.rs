//! Servers that are not ours: somebody's own that implements the one POST, one that refuses a record, one that knows nothing.

use super::{all_sent, state};
use anyhow::{Result, ensure};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use support::site::Serving;
use support::{Asked, Browser, Keys, Need, Reply, Stage, StandIn, Wish, journey};

const NEEDS: &[Need] = &[Need::Site, Need::Chromium, Need::Chromedriver];

/// An answer to a batch with a verdict for each record as `judge` says.
fn verdicts(asked: &Asked, judge: impl Fn(&Value) -> Value) -> Reply {
    if (asked.method.as_str(), asked.path.as_str()) != ("POST", "/api/v1/records") {
        return Reply::empty(404);
    }
    let verdicts: Vec<Value> = asked.records().iter().map(judge).collect();
    Reply::json(&json!({ "epoch": "own-1", "time": 1_790_000_000_000_i64, "verdicts": verdicts }))
}

/// The whole of a server of one's own: it takes what it is sent.
pub(super) fn store_all(asked: &Asked) -> Reply {
    verdicts(asked, |record| json!({ "id": record["id"], "verdict": "stored" }))
}

async fn practise(stage: &Stage, endpoint: &StandIn, count: usize) -> Result<(StandIn, Browser, Keys)> {
    let site = Serving::with_endpoint(&endpoint.origin())
        .start(&stage.path(Need::Site)?)
        .await?;
    let keys = stage.keys()?;
    let browser = stage.browse(&site.origin()).await?;
    // Whatever is missing at somebody's own server is no fault of the app.
    browser.tolerate("status of 404");
    browser.open(&format!("/practice/{}", keys.course()?.bank.id)).await?;
    browser.answer_some(&keys, count).await?;
    Ok((site, browser, keys))
}

async fn own_server(stage: &Stage) -> Result<()> {
    let endpoint = StandIn::start(store_all).await?;
    let (_site, browser, keys) = practise(stage, &endpoint, 2).await?;
    browser.answer_rest(&keys).await?;
    let local = all_sent(&browser).await?;
    browser.wait_attr("[data-test=sync]", "data-state", "synced").await?;
    let mut arrived = BTreeSet::new();
    for post in endpoint.posts() {
        ensure!(post.authorization.is_none(), "sends a token where none is wanted");
        for record in post.records() {
            wire::record::read(&record.to_string())?;
            arrived.insert(record["id"].as_str().unwrap_or_default().to_owned());
        }
    }
    let ours: BTreeSet<String> = local.by_id()?.into_keys().collect();
    ensure!(arrived == ours, "{} of {} records arrived", arrived.len(), ours.len());
    Ok(())
}

async fn refused_record(stage: &Stage) -> Result<()> {
    // Every answer is refused while the rest is taken.
    let judge = |record: &Value| {
        let refused = record["kind"] == "item.answered";
        let (verdict, code) = if refused {
            ("rejected", json!("test.refused"))
        } else {
            ("stored", Value::Null)
        };
        let mut answer = json!({ "id": record["id"], "verdict": verdict });
        if refused {
            answer["code"] = code;
        }
        answer
    };
    let endpoint = StandIn::start(move |asked| verdicts(asked, judge)).await?;
    let (_site, browser, keys) = practise(stage, &endpoint, 1).await?;
    browser.answer(&keys, Wish::Right).await?;
    let what = "two refused answers in the quarantine";
    browser
        .wait(what, async || {
            Ok((browser.local().await?.quarantine.len() == 2).then_some(()))
        })
        .await?;
    browser
        .wait("the state line to say so", async || {
            Ok((state(&browser, "data-quarantine").await? == 2).then_some(()))
        })
        .await?;
    let local = browser.local().await?;
    ensure!(
        local
            .quarantine
            .values()
            .all(|why| why.to_string().contains("test.refused")),
        "{:?}",
        local.quarantine
    );
    ensure!(
        local.count("item.answered")? == 2,
        "what was refused is no longer stored"
    );
    browser.open("/record").await?;
    let shown = browser.text("[data-test=quarantine]").await?;
    ensure!(
        shown.contains("test.refused"),
        "the record page does not say why: {shown}"
    );
    let acknowledged = (local.records.len() - 2).to_string();
    ensure!(
        browser.text("[data-test=acked-count]").await? == acknowledged,
        "one bad record blocked the others"
    );
    // Not sent again and again: it would be refused again.
    let before = endpoint.posts().len();
    browser
        .script("window.dispatchEvent(new Event('online'))", vec![])
        .await?;
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    let resent = endpoint
        .posts()
        .into_iter()
        .skip(before)
        .flat_map(|post| post.records());
    ensure!(resent.count() == 0, "what was refused is sent again");
    Ok(())
}

async fn captive_portal(stage: &Stage) -> Result<()> {
    let portal = "<!doctype html><title>Wi-Fi</title><p>请先登录无线网络";
    let endpoint = StandIn::start(move |_| Reply::page(portal)).await?;
    let (_site, browser, keys) = practise(stage, &endpoint, 1).await?;
    browser.answer(&keys, Wish::Right).await?;
    let what = "the portal to be tried";
    browser
        .wait(what, async || Ok((!endpoint.posts().is_empty()).then_some(())))
        .await?;
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    let local = browser.local().await?;
    ensure!(
        local.pending.len() == local.records.len(),
        "{} of {} pending",
        local.pending.len(),
        local.records.len()
    );
    ensure!(local.quarantine.is_empty(), "a portal is no verdict");
    ensure!(
        state(&browser, "data-pending").await? == local.records.len(),
        "the state line says otherwise"
    );
    let said = browser.attr("[data-test=sync]", "data-state").await?;
    ensure!(!["synced", "relink"].contains(&said.as_str()), "says {said}");
    Ok(())
}

/// An endpoint that does not know the token any more: nothing is lost, the person is asked to link again.
async fn token_refused(stage: &Stage) -> Result<()> {
    let endpoint = StandIn::start(|_| Reply::empty(401)).await?;
    let (_site, browser, keys) = practise(stage, &endpoint, 1).await?;
    browser.tolerate("status of 401");
    browser.answer(&keys, Wish::Right).await?;
    browser.wait_attr("[data-test=sync]", "data-state", "relink").await?;
    let local = browser.local().await?;
    ensure!(
        local.pending.len() == local.records.len() && local.quarantine.is_empty(),
        "401 is no verdict on records"
    );
    Ok(())
}

/// An endpoint that takes little at a time, and is in no hurry.
async fn small_and_slow(stage: &Stage) -> Result<()> {
    let slow = std::sync::atomic::AtomicUsize::new(0);
    let endpoint = StandIn::start(move |asked| {
        if asked.records().len() > 2 {
            return Reply::empty(413);
        }
        if slow.fetch_add(1, std::sync::atomic::Ordering::Relaxed) % 3 == 1 {
            Reply::empty(503)
        } else {
            store_all(asked)
        }
    })
    .await?;
    let (_site, browser, keys) = practise(stage, &endpoint, 1).await?;
    for status in ["status of 413", "status of 503"] {
        browser.tolerate(status);
    }
    browser.answer_rest(&keys).await?;
    all_sent(&browser).await.map(drop)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn own_server_with_the_one_post_receives_all_results() {
    journey("own_server", NEEDS, own_server).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_record_is_shown_and_blocks_no_other() {
    journey("quarantine", NEEDS, refused_record).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_captive_portal_acknowledges_nothing() {
    journey("captive_portal", NEEDS, captive_portal).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_token_keeps_everything_and_asks_to_link_again() {
    journey("token_refused", NEEDS, token_refused).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn batches_shrink_and_tries_go_on_until_all_is_taken() {
    journey("small_and_slow", NEEDS, small_and_slow).await;
}
