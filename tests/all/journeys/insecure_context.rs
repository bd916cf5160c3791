//! Plain HTTP on an intranet: no service worker, no locks, no `crypto.subtle`, and yet everything is studied, stored and sent.

use super::{all_sent, answers_are, endpoint_agrees};
use anyhow::{Result, ensure};
use serde_json::json;
use support::browser::Options;
use support::{Need, Stage, journey};

async fn walk(stage: &Stage) -> Result<()> {
    let server = stage.serve().await?;
    let keys = stage.keys()?;
    let origin = format!("http://intranet.test:{}", server.port());
    let flags = vec!["--host-resolver-rules=MAP intranet.test 127.0.0.1".to_owned()];
    let browser = stage
        .browse_with(Options {
            origin,
            flags,
            ..Options::default()
        })
        .await?;
    // Headers that only count in a secure context are sent all the same; the browser remarks on it.
    browser.tolerate("header has been ignored, because the URL's origin was untrustworthy");
    browser.open("/").await?;
    let secure = browser.script("return window.isSecureContext", vec![]).await?;
    ensure!(secure == json!(false), "this is a secure context and proves nothing");
    let course = keys.course()?;
    browser
        .open(&format!("/courses/{}/{}", course.slug, course.lessons[0].slug))
        .await?;
    browser.wait_for("main[data-page=lesson]").await?;
    browser.open(&format!("/practice/{}", course.bank.id)).await?;
    let given = browser.answer_rest(&keys).await?;
    browser.result_is(&given).await?;
    browser.join(server.code()).await?;
    let local = all_sent(&browser).await?;
    answers_are(&local, &given)?;
    endpoint_agrees(&server.origin(), &local).await?;
    browser.open("/record").await?;
    let note = browser.text("[data-test=insecure-note]").await?;
    ensure!(
        note.contains("HTTPS"),
        "does not say that starting offline needs HTTPS: {note}"
    );
    browser.reload().await?;
    ensure!(
        browser.local().await?.records.len() == local.records.len(),
        "the records did not outlive the page"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_insecure_context_studies_stores_and_sends() {
    journey("insecure_context", Need::USUAL, walk).await;
}
