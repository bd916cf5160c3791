//! All records to a file, and from it into another browser.

use anyhow::{Context, Result, ensure};
use serde_json::json;
use std::path::{Path, PathBuf};
use support::{Browser, Need, Stage, journey};
use thirtyfour::prelude::*;

/// Presses the export and waits for its file.
async fn export(browser: &Browser, folder: &Path) -> Result<PathBuf> {
    let wish = json!({ "behavior": "allow", "downloadPath": folder.to_string_lossy(), "eventsEnabled": false });
    browser.devtools("Browser.setDownloadBehavior", wish).await?;
    browser.open("/record").await?;
    browser.press("button[data-test=export]").await?;
    browser
        .wait("the exported file", async || {
            let files = std::fs::read_dir(folder)?.flatten().map(|entry| entry.path());
            Ok(files.into_iter().find(|path| {
                let unfinished = path
                    .extension()
                    .is_some_and(|ending| ending == "crdownload" || ending == "tmp");
                let hidden = path
                    .file_name()
                    .is_some_and(|name| name.to_string_lossy().starts_with('.'));
                !unfinished && !hidden && path.metadata().is_ok_and(|about| about.len() > 0)
            }))
        })
        .await
}

/// Imports a file and gives what the page says about it.
async fn import(browser: &Browser, file: &Path) -> Result<String> {
    browser.open("/record").await?;
    let css = "input[type=file][data-test=import]";
    browser
        .wait(css, async || {
            Ok(browser.driver().find(By::Css(css)).await.ok().map(drop))
        })
        .await?;
    browser
        .driver()
        .find(By::Css(css))
        .await?
        .send_keys(file.to_string_lossy().as_ref())
        .await?;
    browser.wait_for("[data-test=import-result]").await?;
    browser.text("[data-test=import-result]").await
}

async fn walk(stage: &Stage) -> Result<()> {
    let server = stage.serve().await?;
    let keys = stage.keys()?;
    let folder = tempfile::tempdir()?;
    let old = stage.browse(&server.origin()).await?;
    old.open(&format!("/practice/{}", keys.course()?.bank.id)).await?;
    old.answer_some(&keys, 3).await?;
    let before = old.local().await?;
    let file = export(&old, folder.path()).await?;
    let text = std::fs::read_to_string(&file)?;
    for id in before.by_id()?.keys() {
        ensure!(text.contains(id.as_str()), "{id} is not in the file");
    }

    let new = stage.browse(&server.origin()).await?;
    import(&new, &file).await?;
    let local = new.local().await?;
    for (key, text) in &before.records {
        ensure!(
            local.records.get(key) == Some(text),
            "{key} did not arrive byte for byte"
        );
    }
    let count = local.records.len();
    // What is there already is not there twice.
    let good = import(&new, &file).await?;
    ensure!(
        new.local().await?.records.len() == count,
        "importing again made other records"
    );

    for (name, content) in [
        ("rubbish.json", "{\"这不是\": [记录"),
        ("foreign.json", "{\"a\":[1,2,3]}"),
        ("empty.json", ""),
    ] {
        let rubbish = folder.path().join(name);
        std::fs::write(&rubbish, content)?;
        let said = import(&new, &rubbish).await?;
        ensure!(!said.is_empty() && said != good, "says of {name}: {said}");
        new.no_panic().await?;
        ensure!(new.local().await?.records.len() == count, "{name} changed the records");
    }

    // Back into where it came from: nothing new.
    import(&old, &file).await?;
    let after = old.local().await?;
    ensure!(
        after.records == before.records,
        "importing one's own export changed the records"
    );
    after.sequences_are_unique().context("after importing")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_export_brings_every_record_to_another_browser() {
    journey("export_import", Need::USUAL, walk).await;
}
