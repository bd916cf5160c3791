//! A new build arrives while a quiz is open.

use super::{all_sent, answers_are, endpoint_agrees};
use anyhow::{Result, ensure};
use serde_json::json;
use support::{Need, Stage, journey};

async fn walk(stage: &Stage) -> Result<()> {
    let mut server = stage.serve().await?;
    let keys = stage.keys()?;
    let browser = stage.browse(&server.origin()).await?;
    browser.open("/").await?;
    browser.offline_ready().await?;
    browser.join(server.code()).await?;
    // From here on the worker serves the page, as on any later visit.
    browser.open(&format!("/practice/{}", keys.course()?.bank.id)).await?;
    let old = browser.build().await?;
    let mut given = browser.answer_some(&keys, 2).await?;
    browser.script("window.__same_page = true", vec![]).await?;

    browser.going_offline();
    server.stop()?;
    server.serve_site(stage.path(Need::NextSite)?);
    server.start_again().await?;
    browser
        .script(
            "await (await navigator.serviceWorker.getRegistration()).update()",
            vec![],
        )
        .await?;
    browser
        .wait("the new worker to wait", async || {
            let script = "const r = await navigator.serviceWorker.getRegistration();
                return { waiting: r.waiting && r.waiting.state, installing: !!r.installing }";
            let found = browser.script(script, vec![]).await?;
            Ok((found == json!({ "waiting": "installed", "installing": false })).then_some(()))
        })
        .await?;
    // The notice moves the page down; a press on its way to an option would miss it.
    browser.wait_for("[data-test=update]").await?;
    given.extend(browser.answer_some(&keys, 1).await?);
    let same = async || anyhow::Ok(browser.script("return window.__same_page === true", vec![]).await? == json!(true));
    ensure!(same().await?, "the page was loaded anew in the middle of a quiz");
    given.extend(browser.answer_rest(&keys).await?);
    browser.result_is(&given).await?;
    ensure!(same().await?, "the page was loaded anew before the person said so");
    ensure!(browser.build().await? == old, "another build took over by itself");

    browser.press("[data-test=update]").await?;
    browser
        .wait("the new build to run", async || {
            let next = browser.build().await?;
            let page = browser.shows("main[data-page]").await?;
            Ok((next != old && page && !same().await?).then_some(()))
        })
        .await?;
    browser.wait_gone("[data-test=update]").await?;
    let local = all_sent(&browser).await?;
    answers_are(&local, &given)?;
    endpoint_agrees(&server.origin(), &local).await?;

    // The new build also starts without a server.
    server.stop()?;
    browser.open("/record").await?;
    ensure!(
        browser.build().await? != old,
        "without a server the old build came back"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_update_waits_for_the_open_quiz_and_loses_nothing() {
    let needs = [Need::USUAL, &[Need::NextSite]].concat();
    journey("app_update_with_open_quiz", &needs, walk).await;
}
