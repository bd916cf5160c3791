//! One person on several devices, several people on one: by a code through the pages, never by copying a token.

use super::{all_sent, endpoint_agrees};
use anyhow::{Result, ensure};
use support::{Browser, Keys, Need, Stage, Wish, journey};

const NEEDS: &[Need] = Need::USUAL;

/// Answers one question of the course's bank.
async fn answer(browser: &Browser, keys: &Keys) -> Result<()> {
    browser.open(&format!("/practice/{}", keys.course()?.bank.id)).await?;
    browser.answer(keys, Wish::Right).await?;
    Ok(())
}

/// A code for a further device, as the settings show it.
async fn code(browser: &Browser) -> Result<String> {
    browser.open("/settings").await?;
    browser.press("[data-test=new-link]").await?;
    browser.wait_for("[data-test=link-code]").await?;
    browser.text("[data-test=link-code]").await
}

/// Links a browser by a code as it is scanned; `mine` says whose the records in it are, where it is asked.
async fn link(browser: &Browser, code: &str, mine: Option<bool>) -> Result<()> {
    browser.open(&format!("/join#link-{code}")).await?;
    if let Some(mine) = mine {
        // Not before the person has said whose the records are.
        browser.press("[data-test=link]").await?;
        browser.wait_for("[data-test=link-problem]").await?;
        let choice = if mine { "yes" } else { "no" };
        browser.press(&format!("input[name=mine][value={choice}]")).await?;
    }
    browser.press("[data-test=link]").await?;
    browser.wait_for("[data-test=linked]").await
}

/// Waits until the browser has what `other` has.
async fn converges(browser: &Browser, other: &Browser) -> Result<()> {
    let theirs = other.local().await?.by_id()?;
    browser
        .wait("the records of the other device", async || {
            let ours = browser.local().await?.by_id()?;
            Ok((ours == theirs).then_some(()))
        })
        .await
}

async fn converge(stage: &Stage) -> Result<()> {
    let server = stage.serve().await?;
    let keys = stage.keys()?;
    let first = stage.browse(&server.origin()).await?;
    answer(&first, &keys).await?;
    first.join(server.code()).await?;
    let sent = all_sent(&first).await?;
    endpoint_agrees(&server.origin(), &sent).await?;
    // The second device has been used before, by the same person.
    let second = stage.browse(&server.origin()).await?;
    answer(&second, &keys).await?;
    let own = second.local().await?;
    let code = code(&first).await?;
    link(&second, &code, Some(true)).await?;
    let local = all_sent(&second).await?;
    let all = local.by_id()?;
    for (id, text) in sent.by_id()?.iter().chain(own.by_id()?.iter()) {
        ensure!(all.get(id) == Some(text), "{id} is not here byte for byte");
    }
    endpoint_agrees(&server.origin(), &local).await?;
    // The code holds once.
    let third = stage.browse(&server.origin()).await?;
    third.open(&format!("/join#link-{code}")).await?;
    third.tolerate("status of 403");
    third.press("[data-test=link]").await?;
    third.wait_for("[data-test=link-problem]").await?;
    ensure!(third.local().await?.meta.keys().all(|key| !key.starts_with("token:")));
    // The first device learns of the second one's records when it is opened again.
    first.reload().await?;
    converges(&first, &second).await?;
    answer(&first, &keys).await?;
    all_sent(&first).await?;
    second.reload().await?;
    converges(&second, &first).await?;
    let name = second.text("footer .person").await?;
    ensure!(name.contains("张小安"), "the second device shows the name {name}");
    Ok(())
}

async fn shared_computer(stage: &Stage) -> Result<()> {
    let server = stage.serve().await?;
    let keys = stage.keys()?;
    let phone = stage.browse(&server.origin()).await?;
    answer(&phone, &keys).await?;
    phone.join(server.code()).await?;
    let sent = all_sent(&phone).await?;
    // Somebody else has studied at the office PC without joining.
    let office = stage.browse(&server.origin()).await?;
    answer(&office, &keys).await?;
    let theirs = office.local().await?.by_id()?;
    let code = code(&phone).await?;
    link(&office, &code, Some(false)).await?;
    let local = office.local().await?;
    ensure!(local.profiles().len() == 2, "records of {:?}", local.profiles());
    let held = support::Api::new(&server.origin(), local.token()?)?
        .held_by_id()
        .await?;
    ensure!(
        theirs.keys().all(|id| !held.contains_key(id)),
        "another person's record was sent"
    );
    ensure!(held.len() == sent.records.len());
    // Leaving takes this person's things and leaves the other's.
    office.open("/settings").await?;
    office.press("[data-test=leave]").await?;
    office.wait_for("[data-test=left]").await?;
    let left = office.local().await?;
    ensure!(
        left.by_id()? == theirs,
        "the other person's records are not as they were"
    );
    ensure!(
        left.meta.keys().all(|key| !key.starts_with("token:")),
        "a token stayed behind"
    );
    let text = format!("{left:?}");
    for id in sent.by_id()?.keys() {
        ensure!(!text.contains(id.as_str()), "{id} stayed behind");
    }
    Ok(())
}

async fn unsent(stage: &Stage) -> Result<()> {
    let mut server = stage.serve().await?;
    let keys = stage.keys()?;
    let browser = stage.browse(&server.origin()).await?;
    answer(&browser, &keys).await?;
    browser.join(server.code()).await?;
    all_sent(&browser).await?;
    browser.offline_ready().await?;
    browser.tolerate("ERR_CONNECTION_REFUSED");
    browser.tolerate("Failed to load resource");
    browser.open(&format!("/practice/{}", keys.course()?.bank.id)).await?;
    server.stop()?;
    browser.answer(&keys, Wish::Right).await?;
    let before = browser.local().await?;
    browser.open("/settings").await?;
    browser.press("[data-test=leave]").await?;
    browser.wait_for("[data-test=unsent]").await?;
    ensure!(
        browser.local().await?.records == before.records,
        "something was removed"
    );
    browser.press("[data-test=leave-anyway]").await?;
    browser.wait_for("[data-test=left]").await?;
    let left = browser.local().await?;
    ensure!(left.records.is_empty() && left.pending.is_empty() && left.marks.is_empty());
    Ok(())
}

async fn erased(stage: &Stage) -> Result<()> {
    let server = stage.serve().await?;
    let keys = stage.keys()?;
    let browser = stage.browse(&server.origin()).await?;
    answer(&browser, &keys).await?;
    browser.join(server.code()).await?;
    let sent = all_sent(&browser).await?;
    browser.open("/privacy").await?;
    browser.wait_for("[data-test=erase]").await?;
    browser.press("[data-test=erase]").await?;
    // Once is not enough.
    endpoint_agrees(&server.origin(), &browser.local().await?).await?;
    browser.press("[data-test=erase]").await?;
    browser.wait_for("[data-test=erased]").await?;
    let held = support::Api::new(&server.origin(), sent.token()?)?.held_by_id().await;
    ensure!(held.is_err(), "the endpoint still gives records");
    browser.tolerate("status of 410");
    // What is here stays, and later answers stay here too.
    answer(&browser, &keys).await?;
    browser.wait_attr("[data-test=sync]", "data-state", "erased").await?;
    let local = browser.local().await?;
    ensure!(local.records.len() > sent.records.len() && !local.pending.is_empty());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_devices_of_one_person_converge() {
    journey("two_devices", NEEDS, converge).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shared_computer_keeps_people_apart_and_is_left_clean() {
    journey("shared_computer", NEEDS, shared_computer).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn leaving_loses_nothing_without_a_word() {
    journey("leaving_unsent", NEEDS, unsent).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_unit_holds_is_erased_on_demand() {
    journey("erased", NEEDS, erased).await;
}
