//! An app that falls over says so, says that the answers are kept, and is right about it.

use super::answers_are;
use anyhow::{Result, ensure};
use serde_json::json;
use support::{Need, Stage, Wish, journey};

/// Overwrites all of the app's memory, as broken hardware or a fault in the browser would. The glue of wasm-bindgen gives out
/// the running instance to whoever asks for it to be started again.
const DESTROY: &str = "const boot = document.querySelector('script[type=module]').src;
    const wasm = await (await import(boot)).default();
    new Uint8Array(wasm.memory.buffer).fill(0xa5)";

async fn walk(stage: &Stage) -> Result<()> {
    let server = stage.serve().await?;
    let keys = stage.keys()?;
    let browser = stage.browse(&server.origin()).await?;
    browser.open(&format!("/practice/{}", keys.course()?.bank.id)).await?;
    let given = browser.answer_some(&keys, 3).await?;
    // What follows is no answer any more.
    for text in ["RuntimeError", "unreachable", "Uncaught", "RangeError", "TypeError"] {
        browser.tolerate(text);
    }
    browser.script(DESTROY, vec![]).await?;
    browser
        .wait("the app to notice", async || {
            browser
                .script("document.querySelector('[data-bench=choice], [data-test=next]').click(); window.dispatchEvent(new Event('online'))", vec![])
                .await?;
            Ok(browser.shows("#anxue-panic").await?.then_some(()))
        })
        .await?;
    let words = browser.text("#anxue-panic").await?;
    ensure!(
        words.contains("没有丢失") && words.contains("kept"),
        "the last words are {words}"
    );
    let focus = browser
        .script("return !!document.activeElement.closest('#anxue-panic')", vec![])
        .await?;
    ensure!(focus == json!(true), "the focus is not on what to do");
    browser.picture("panic").await?;
    browser.press("#anxue-panic a").await?;
    browser.wait_for("main[data-page=practice] [data-item]").await?;
    ensure!(
        !browser.shows("#anxue-panic").await?,
        "it does not go on after reloading"
    );
    let local = browser.local().await?;
    answers_are(&local, &given)?;
    let before = given.len();
    let shown = browser.question().await?;
    ensure!(
        shown.place >= before || shown.answered,
        "the set began anew at {}",
        shown.place
    );
    browser.answer(&keys, Wish::Right).await.map(drop)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broken_app_says_so_and_has_kept_every_answer() {
    journey("last_words", Need::USUAL, walk).await;
}
