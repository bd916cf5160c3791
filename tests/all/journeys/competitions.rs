//! Practice contests: the same paper for everybody with the link, on any device, offline too, with a card to show for it.

use anyhow::{Context, Result, ensure};
use domain::ids::ItemId;
use domain::record::{Mode, RecordBody, Sitting};
use support::quiz::options;
use support::{Browser, Keys, Need, Stage, Wish, journey};

/// The latest sitting in the browser's records.
async fn sitting(browser: &Browser) -> Result<Sitting> {
    let mut latest: Option<Sitting> = None;
    for text in browser.local().await?.records.values() {
        if let RecordBody::ExamStarted(sitting) = wire::record::read(text)?.body
            && latest.as_ref().is_none_or(|known| known.attempt < sitting.attempt)
        {
            latest = Some(*sitting);
        }
    }
    latest.context("no sitting was begun")
}

fn paper(sitting: &Sitting) -> Vec<(ItemId, u32)> {
    let entries = sitting.sections.iter().flat_map(|section| {
        let entry = |entry: &domain::record::SittingItem| (entry.item.clone(), section.each.0);
        section.items.iter().map(entry)
    });
    entries.collect()
}

async fn begin(browser: &Browser) -> Result<Sitting> {
    browser.press("[data-test=begin-contest]").await?;
    browser.wait_for("main[data-page=sitting] [data-ask]").await?;
    ensure!(
        browser.text("[data-test=mode]").await? == "比武练习",
        "the page names another kind of test"
    );
    sitting(browser).await
}

/// Answers the first `count` questions of a paper of choices.
async fn answer(browser: &Browser, keys: &Keys, count: usize) -> Result<()> {
    for _ in 0..count {
        let place = browser.attr("main [data-place]", "data-place").await?;
        let item: ItemId = browser.attr("main [data-item]", "data-item").await?.parse()?;
        for option in options(&keys.response(&item, Wish::Right)?) {
            browser.press(&format!("[data-ask] [data-option=\"{option}\"]")).await?;
        }
        browser.wait_attr("[data-test=saved]", "data-state", "saved").await?;
        browser.press("[data-test=next]").await?;
        browser
            .wait("the next question", async || {
                Ok((browser.attr("main [data-place]", "data-place").await? != place).then_some(()))
            })
            .await?;
    }
    Ok(())
}

async fn hand_in(browser: &Browser) -> Result<usize> {
    browser.press("[data-test=hand-in]").await?;
    browser.press("[data-test=hand-in-sure]").await?;
    browser.wait_for("[data-test=result-card]").await?;
    browser.number("[data-test=exam-score]", "data-points").await
}

async fn same_paper(stage: &Stage) -> Result<()> {
    let mut server = stage.serve().await?;
    let keys = stage.keys()?;
    let first = stage.browse(&server.origin()).await?;
    first.open("/competitions").await?;
    let contests = first
        .script("return document.querySelectorAll('[data-test=contest]').length", vec![])
        .await?;
    ensure!(contests == 5, "{contests} contests");
    first.press("[data-test=contest][href$=\"theory-sprint\"]").await?;
    first.wait_for("main[data-page=competition]").await?;
    first.press("main summary").await?;
    let link = first.attr("[data-test=share-link]", "value").await?;
    let path = link.strip_prefix(first.origin()).context("the link leads elsewhere")?;
    let mine = begin(&first).await?;
    ensure!(mine.mode == Mode::Contest, "{:?}", mine.mode);
    answer(&first, &keys, 3).await?;
    let points = hand_in(&first).await?;
    ensure!(points >= 3 * 100, "three right answers are worth {points}");
    first.picture("result-card").await?;
    first.fits().await?;

    // A colleague opens the link, on another device that goes offline before beginning.
    let second = stage.browse(&server.origin()).await?;
    second.open(path).await?;
    second.wait_for("[data-test=shared-seed]").await?;
    second.offline_ready().await?;
    // The packs follow the worker's activation one after another.
    let cached = "return (await Promise.all((await caches.keys()).map(async name =>
        (await (await caches.open(name)).keys()).length))).reduce((a, b) => a + b, 0)";
    let mut known = -1;
    second
        .wait("the packs to be kept", async || {
            let now = second.script(cached, vec![]).await?.as_i64().unwrap_or_default();
            let settled = now == known;
            known = now;
            tokio::time::sleep(std::time::Duration::from_millis(700)).await;
            Ok(settled.then_some(()))
        })
        .await?;
    second.going_offline();
    server.stop()?;
    second.reload().await?;
    let theirs = begin(&second).await?;
    ensure!(
        paper(&mine) == paper(&theirs) && mine.seed == theirs.seed,
        "the colleague sits another paper: {:?} and {:?}",
        paper(&mine),
        paper(&theirs)
    );
    let (item, shown) = (
        second.attr("main [data-item]", "data-item").await?,
        second
            .script(
                "return Array.from(document.querySelectorAll('[data-ask] [data-option]'), e => e.dataset.option)",
                vec![],
            )
            .await?,
    );
    ensure!(
        item == paper(&mine)[0].0.as_str(),
        "the questions stand in another order"
    );
    let list: Vec<String> = serde_json::from_value(shown)?;
    ensure!(list.len() > 1, "no options");
    answer(&second, &keys, 4).await?;
    let better = hand_in(&second).await?;
    ensure!(better > points, "four right answers: {better}, three: {points}");
    second.press("main a[href*=\"competitions/theory-sprint\"]").await?;
    second.wait_for("[data-test=best]").await?;
    // Its own paper this time.
    ensure!(
        !second.shows("[data-test=shared-seed]").await?,
        "still the shared paper"
    );
    let fresh = begin(&second).await?;
    ensure!(fresh.seed != mine.seed, "the fresh paper is the shared one");
    second.console_errors().await.map(drop)
}

/// The combined contest has all of its kinds in one paper, the same at every place.
async fn combined(stage: &Stage) -> Result<()> {
    let server = stage.serve().await?;
    let keys = stage.keys()?;
    let address = "/competitions/combined#0123456789abcdef";
    let mut papers = Vec::new();
    for _ in 0..2 {
        let browser = stage.browse(&server.origin()).await?;
        browser.open(address).await?;
        papers.push(paper(&begin(&browser).await?));
    }
    ensure!(papers[0] == papers[1], "two devices, two papers");
    let mut kinds = std::collections::BTreeSet::new();
    let mut sum = 0;
    for (item, max) in &papers[0] {
        kinds.insert(wire::item::kind_name(keys.item(item)?.body.kind()));
        sum += max;
    }
    ensure!(sum == 100 * 100, "the paper is worth {sum} hundredths");
    for kind in [
        "single",
        "multiple",
        "true-false",
        "hazard",
        "proofreading",
        "branching",
    ] {
        ensure!(kinds.contains(kind), "no {kind} in {kinds:?}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shared_link_is_the_same_paper_online_and_off() {
    journey("competitions", Need::USUAL, same_paper).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_combined_contest_is_one_paper_of_all_its_kinds() {
    journey("competitions_combined", Need::USUAL, combined).await;
}
