//! An inspection with the handbook: begun, marked and read without a network, kept through a closed page, in two tabs at once.

use anyhow::{Context, Result, ensure};
use support::{Browser, Need, Stage, journey};

const NEEDS: &[Need] = Need::USUAL;

/// A note that would run if it ever became part of a page as markup.
const NOTE: &str = "灶台旁没有灭火器<img src=x onerror=owned=1>";

/// The check on the page.
async fn check(browser: &Browser) -> Result<String> {
    browser.attr("#check", "data-check").await
}

async fn press(browser: &Browser, found: &str) -> Result<()> {
    browser.press(&format!("#check button.mark[data-found={found}]")).await
}

/// Waits until so many findings are on the disk.
async fn kept(browser: &Browser, count: usize) -> Result<Vec<String>> {
    browser
        .wait(&format!("{count} findings on the disk"), async || {
            let meta = browser.local().await?.meta;
            let findings = meta.iter().filter(|(key, _)| key.starts_with("finding:"));
            let findings: Vec<String> = findings.map(|(key, value)| format!("{key} {value}")).collect();
            Ok((findings.len() == count).then_some(findings))
        })
        .await
}

async fn inspect(stage: &Stage) -> Result<()> {
    let mut server = stage.serve().await?;
    let venue = stage.keys()?.venue()?.slug.clone();
    let browser = stage.browse(&server.origin()).await?;
    let home = format!("/handbook/{venue}");
    browser.open(&home).await?;
    browser.offline_ready().await?;
    // No signal on site.
    browser.going_offline();
    server.stop()?;
    browser.open(&home).await?;
    browser.wait_for("[data-test=begin-inspection]").await?;
    browser.fill("input[name=place]", "某小饭馆").await?;
    browser.press("[data-test=begin-inspection]").await?;
    browser.wait_for("#check").await?;
    let first = check(&browser).await?;
    press(&browser, "fail").await?;
    browser.fill("[data-test=note]", NOTE).await?;
    let second = {
        browser.press("#check .step:last-child").await?;
        browser
            .wait("the second check", async || {
                let now = check(&browser).await?;
                Ok((now != first).then_some(now))
            })
            .await?
    };
    press(&browser, "pass").await?;
    // It goes on by itself to what is still open.
    let third = browser
        .wait("the third check", async || {
            let now = check(&browser).await?;
            Ok((now != second && now != first).then_some(now))
        })
        .await?;
    // A press so soon after going on is taken for the second tap of a double tap.
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    press(&browser, "na").await?;
    let findings = kept(&browser, 3).await?;
    ensure!(
        findings.iter().any(|text| text.contains("灶台旁没有灭火器")),
        "{findings:?}"
    );
    browser.reload().await?;
    browser.wait_for("#check").await?;
    ensure!(
        browser.text("[data-test=marked]").await?.contains('3'),
        "marks were lost with the page"
    );
    ensure!(
        ![&first, &second, &third].contains(&&check(&browser).await?),
        "it does not go on where it was left"
    );
    two_tabs(&browser).await?;
    result(&browser, &first).await
}

/// Another tab with the same inspection marks another check: neither takes anything from the other.
async fn two_tabs(browser: &Browser) -> Result<()> {
    let address = browser.script("return location.pathname", vec![]).await?;
    let address = address.as_str().context("no address")?.to_owned();
    let here = browser
        .script("return document.querySelector('#check').dataset.check", vec![])
        .await?;
    let first = browser.driver().window().await?;
    browser.new_window().await?;
    browser.open(&address).await?;
    browser.wait_for("#check").await?;
    browser.press("#check .step:last-child").await?;
    browser
        .wait("another check", async || {
            let now = check(browser).await?;
            Ok((Some(now.as_str()) != here.as_str()).then_some(()))
        })
        .await?;
    press(browser, "fail").await?;
    kept(browser, 4).await?;
    browser.switch_to(&first).await?;
    // Word comes to the first tab, whose own mark is then the fifth.
    browser
        .wait("the other tab's mark", async || {
            let words = browser.text("[data-test=marked]").await?;
            Ok(words.contains('4').then_some(()))
        })
        .await?;
    press(browser, "pass").await?;
    kept(browser, 5).await?;
    Ok(())
}

async fn result(browser: &Browser, first: &str) -> Result<()> {
    browser.press("[data-test=findings]").await?;
    browser.wait_for("main[data-page=findings]").await?;
    let row = browser.text(&format!(".findings li[data-check=\"{first}\"]")).await?;
    for words in [NOTE, "依据", "《", "谁来定"] {
        ensure!(row.contains(words), "the finding lacks {words}: {row}");
    }
    let page = browser.text("main").await?;
    for words in ["某小饭馆", "不是执法文书", "未检查的项目"] {
        ensure!(page.contains(words), "the list lacks {words}");
    }
    ensure!(browser.text("[data-test=counts]").await?.starts_with("不符合 2 项"));
    let owned = browser.script("return window.owned === undefined", vec![]).await?;
    ensure!(owned == serde_json::json!(true), "a note ran as a script");
    // Nothing of it is a learning record, and nothing waits to be sent.
    let local = browser.local().await?;
    ensure!(local.pending.is_empty() && !format!("{:?}", local.records).contains("灶台"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_inspection_works_without_a_network_and_loses_nothing() {
    journey("inspection", NEEDS, inspect).await;
}
