//! The checks themselves: each must find the fault that it is there for, on a page that has it.

use anyhow::{Result, ensure};
use support::cdp::OldBrowser;
use support::{Asked, Browser, Need, Reply, Stage, StandIn, journey};

const GOOD: &str =
    "<!doctype html><html lang=zh-CN><title>好</title><style>body{margin:0}a,button{display:inline-block;
    min-height:44px} :focus-visible{outline:2px solid}</style><header><nav><a href=/a>甲</a></nav></header>
    <main data-page=courses><h1>题</h1><button id=b onclick='this.textContent=1+1'>按</button>
    <label style='display:inline-block;min-height:44px'><input type=checkbox id=c style='opacity:0;position:absolute'>选</label></main>";

/// The good page with something in it replaced.
fn page(asked: &Asked) -> Reply {
    let (from, to) = match asked.path.as_str() {
        "/wide" => ("题", "<div style='width:400px'>宽</div>"),
        "/wide-text" => ("题", "<div style='width:15rem'>宽</div>"),
        "/low" => ("id=b", "id=b style='min-height:0;height:30px'"),
        "/trap" => (
            "id=b",
            "id=b onkeydown='if (event.key === \"Tab\") event.preventDefault()'",
        ),
        "/unseen-focus" => ("2px solid", "none"),
        "/two-h1" => ("</main>", "<h1>又</h1></main>"),
        "/nameless" => ("</main>", "<button><svg></svg></button></main>"),
        "/error" => ("</main>", "<script>console.error('坏了')</script></main>"),
        "/missing-file" => ("</main>", "<img src=/gone alt=无></main>"),
        "/gone" => return Reply::empty(404),
        "/covered" => ("</main>", "<div style='position:fixed;inset:0'></div></main>"),
        "/favicon.ico" => return Reply::page(""),
        _ => ("", ""),
    };
    Reply::page(&GOOD.replacen(from, to, usize::from(!from.is_empty())))
}

fn finds(outcome: Result<()>, fault: &str, words: &str) -> Result<()> {
    match outcome {
        Ok(()) => anyhow::bail!("{fault}: not found"),
        Err(error) => {
            let said = format!("{error:#}");
            ensure!(said.contains(words), "{fault}: found for another reason: {said}");
            Ok(())
        }
    }
}

async fn faults(stage: &Stage) -> Result<()> {
    let server = StandIn::start(page).await?;
    let browser: Browser = stage.browse(&server.origin()).await?;
    browser.open("/").await?;
    browser.fits().await?;
    browser.can_be_tapped().await?;
    browser.is_well_structured("zh-CN").await?;
    browser.tab_is_no_trap().await?;
    browser.tab_to("#b").await?;
    browser.press("#b").await?;
    ensure!(browser.text("#b").await? == "2", "pressing does nothing");
    browser.press("#c").await?;
    ensure!(
        browser
            .script("return document.querySelector('#c').checked", vec![])
            .await?
            == true,
        "not ticked"
    );
    browser.picture("checks").await?;
    ensure!(browser.local().await?.records.is_empty(), "records out of nowhere");
    ensure!(browser.console_errors().await?.is_empty(), "errors on a good page");
    finds(browser.is_well_structured("en").await, "language", "zh-CN")?;
    finds(browser.chrome_is_english().await, "Chinese", "甲")?;

    browser.open("/wide").await?;
    finds(browser.fits().await, "too wide", "40 px too wide at 360 px")?;
    browser.open("/wide-text").await?;
    finds(browser.fits().await, "too wide with large text", "text of 200%")?;
    browser.open("/low").await?;
    finds(browser.can_be_tapped().await, "too low", "30")?;
    browser.open("/two-h1").await?;
    finds(browser.is_well_structured("zh-CN").await, "two h1", "\"h1\":2")?;
    browser.open("/nameless").await?;
    finds(browser.is_well_structured("zh-CN").await, "nameless button", "<svg>")?;
    browser.open("/trap").await?;
    finds(browser.tab_is_no_trap().await, "trap", "never reaches")?;
    for (path, words) in [("/error", "坏了"), ("/missing-file", "/gone")] {
        browser.open(path).await?;
        let errors = browser.console_errors().await?;
        ensure!(errors.iter().any(|error| error.contains(words)), "{path}: {errors:?}");
        browser.tolerate(words);
    }
    Ok(())
}

async fn slow_faults(stage: &Stage) -> Result<()> {
    let server = StandIn::start(page).await?;
    let browser = stage.browse(&server.origin()).await?;
    browser.open("/covered").await?;
    let pressed = tokio::time::timeout(std::time::Duration::from_secs(3), browser.press("#b")).await;
    ensure!(pressed.is_err(), "pressed through what covers it: {pressed:?}");
    browser.open("/unseen-focus").await?;
    let reached = tokio::time::timeout(std::time::Duration::from_secs(3), browser.tab_to("#b")).await;
    ensure!(reached.is_err(), "an invisible focus passes: {reached:?}");
    Ok(())
}

async fn old(stage: &Stage) -> Result<()> {
    let server = StandIn::start(page).await?;
    let flags = std::env::var("ANXUE_OLD_CHROMIUM_ARGS").unwrap_or_default();
    let libraries = std::env::var_os("ANXUE_OLD_CHROMIUM_LIBRARIES");
    let mut browser = OldBrowser::start(&stage.path(Need::OldChromium)?, &flags, libraries).await?;
    browser.open(&format!("{}/", server.origin())).await?;
    browser.press("#b").await?;
    browser
        .wait_until("document.querySelector('#b').textContent === '2'")
        .await?;
    ensure!(
        browser.complaints().is_empty(),
        "complaints about a good page: {:?}",
        browser.complaints()
    );
    browser.open(&format!("{}/error", server.origin())).await?;
    browser
        .evaluate("setTimeout(() => { throw new Error('扔') }), new Promise(done => setTimeout(done, 100))")
        .await?;
    ensure!(
        browser.complaints().iter().any(|complaint| complaint.contains('扔')),
        "{:?}",
        browser.complaints()
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_checks_find_the_faults_that_they_are_for() {
    journey("checks", &[Need::Chromium, Need::Chromedriver], faults).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_covered_or_unseen_does_not_pass() {
    journey("checks_slow", &[Need::Chromium, Need::Chromedriver], slow_faults).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_old_engine_is_driven_as_the_new_one() {
    journey("checks_old", &[Need::OldChromium], old).await;
}
