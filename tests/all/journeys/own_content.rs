//! A deployment's own course and a text of a regulation are installed while people study: the app finds both on its next visit,
//! and has them without a network. Citations of that text open in place, in both modules of the app; others lead to the registry.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;
use support::{Browser, Need, Server, Stage, journey};
use thirtyfour::Key;

/// A regulation of the registry whose text is at hand, short enough to be made up here.
const LAW: (&str, &str, u16) = ("anquan-shengchan-xukezheng-tiaoli", "2014-07-29", 24);

/// A citation of a text that is not at hand.
const ELSEWHERE: &str = "xing-fa@2023-12-29#134-1";

/// The citation of the check: a paragraph of the article.
const CITED: &str = "[id=\"bk-exit-01\"] .cites a";

/// That of the lesson's body, and what opens it.
const IN_BODY: &str = ".prose a[href*=xukezheng]";
const OPEN_IN_BODY: &str = ".prose p + .beside";

/// The lines of the article that a page shows first, each with its class.
const LINES: &str =
    "return [...document.querySelector('.article').children].map(line => [line.textContent, line.className])";

fn write(folder: &Path, file: &str, text: &str) -> Result<()> {
    let path = folder.join(file);
    std::fs::create_dir_all(path.parent().context("no folder")?)?;
    Ok(std::fs::write(path, text)?)
}

/// A course whose one lesson and one question cite an article of that text.
fn course(folder: &Path) -> Result<()> {
    let cited = format!("{}@{}#6", LAW.0, LAW.1);
    write(
        folder,
        "bureau-notice/course.toml",
        "id = \"c-bureau-notice\"\nslug = \"bureau-notice\"\nstatus = \"active\"\nkind = \"onboarding\"\norder = 1\nhours = 1\n\
        title = { zh = \"本局须知\" }\nsummary = { zh = \"本局新人第一天要知道的事。\" }\n\
        audience = { roles = [\"inspector\"], industries = [] }\nobjectives = [\"能说出找谁\"]\nprerequisites = []\n\
        lessons = [\"01-first\"]\n",
    )?;
    write(
        folder,
        "bureau-notice/01-first.md",
        &format!(
            "+++\nid = \"l-bureau-notice-01\"\ntitle = {{ zh = \"第一天\" }}\nminutes = 5\nobjectives = [\"能说出找谁\"]\n\
            citations = [\"{cited}.2\", \"{ELSEWHERE}\"]\nmeaning = \"先报到，再领证件。\"\n+++\n## 报到\n\n到办公室报到。依据见[第六条第二款](cite:{cited}.2)。\n"
        ),
    )?;
    write(
        folder,
        "bureau-notice/items.toml",
        &format!(
            "[[item]]\nid = \"bureau-001\"\nrevision = 1\nkind = \"true-false\"\ntopics = [\"报到\"]\ndifficulty = 1\n\
            stem = \"新人第一天要报到。\"\nanswer = true\nwhy = \"要报到。\"\nbasis = {{ article = [\"{cited}\"] }}\n\
            explanation = \"先报到。\"\n"
        ),
    )
}

/// A venue of the handbook with a check that cites the same.
fn venue(folder: &Path) -> Result<()> {
    let cited = format!("{}@{}#6", LAW.0, LAW.1);
    write(
        folder,
        "handbook/venues.toml",
        "[[venue]]\nslug = \"bureau-kiosk\"\ntitle = { zh = \"小亭\" }\nready = true\n",
    )?;
    write(
        folder,
        "handbook/bureau-kiosk/venue.toml",
        &format!(
            "id = \"v-bureau-kiosk\"\nslug = \"bureau-kiosk\"\ntitle = {{ zh = \"小亭\" }}\nsummary = {{ zh = \"看小亭。\" }}\n\
            scope = \"路边的亭子。\"\n\n[[section]]\nid = \"exit\"\ntitle = {{ zh = \"出口\" }}\n\n[[check]]\nid = \"bk-exit-01\"\n\
            revision = 1\nsection = \"exit\"\ntitle = \"门能开\"\nlook = \"看门。\"\nhow = \"推门。\"\nviolation = \"推不开。\"\n\
            basis = {{ article = [\"{cited}.2\"] }}\nauthority = [\"fire-rescue\"]\nhandover = \"移交。\"\nstop = false\n"
        ),
    )?;
    write(
        folder,
        "handbook/bureau-kiosk/items.toml",
        &format!(
            "[[item]]\nid = \"bk-001\"\nrevision = 1\nkind = \"true-false\"\ntopics = [\"出口\"]\ndifficulty = 1\n\
            stem = \"亭子的门要推得开。\"\nanswer = true\nwhy = \"要推得开。\"\nbasis = {{ article = [\"{cited}\"] }}\n\
            explanation = \"推一下就知道。\"\n"
        ),
    )
}

fn text(folder: &Path) -> Result<()> {
    let article =
        |n: u16| json!({"n": n, "chapter": "", "text": format!("测试文本第 {n} 段。\n（一）其一；\n第二款。")});
    let articles: Vec<Value> = (1..=LAW.2).map(article).collect();
    let text = json!({"id": LAW.0, "title": "安全生产许可证条例", "version": LAW.1, "articles": articles});
    write(folder, &format!("{}.json", LAW.0), &text.to_string())
}

fn anxue(stage: &Stage, server: &Server, words: &[&str], from: &Path) -> Result<()> {
    let output = Command::new(stage.path(Need::Endpoint)?)
        .args(words)
        .arg(from)
        .arg("--data")
        .arg(server.data())
        .output()?;
    ensure!(
        output.status.success(),
        "{words:?}: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}

/// Presses a citation that opens in place, and says what is in it.
async fn open_beside(browser: &Browser, link: &str) -> Result<String> {
    browser.wait_for(link).await?;
    browser.press(link).await?;
    browser.wait_for(".beside .article").await?;
    let words = browser.text(".beside").await?;
    let fits = ["安全生产许可证条例", "第六条", "测试文本第 6 段", LAW.1];
    ensure!(
        fits.iter().all(|part| words.contains(part)),
        "beside the citation: {words}"
    );
    browser.wait_attr(link, "aria-expanded", "true").await?;
    Ok(words)
}

/// Lets the app find the new content, which the notice offers.
async fn update(browser: &Browser, server: &Server) -> Result<()> {
    let old = browser.build().await?;
    // Each visit looks for a new build.
    browser
        .wait("the new content to be offered", async || {
            let update = "await (await navigator.serviceWorker.getRegistration()).update()";
            browser.script(update, vec![]).await?;
            let text = reqwest::get(format!("{}/build.json", server.origin()))
                .await?
                .text()
                .await?;
            let newest: Value = serde_json::from_str(&text)?;
            let both = newest["files"].to_string().contains("regulations-text/");
            // The course came a moment before the text, as a build of its own, which may be waiting already.
            let waits = "const r = await navigator.serviceWorker.getRegistration();
                return !!r.waiting && !r.installing && await caches.has('anxue-' + arguments[0])";
            let waits = browser.script(waits, vec![newest["build"].clone()]).await?;
            Ok((both && waits == json!(true)).then_some(()))
        })
        .await?;
    browser.wait_for("[data-test=update]").await?;
    browser.press("[data-test=update]").await?;
    browser
        .wait("the new content", async || {
            let page = browser.shows("main[data-page]").await?;
            Ok((page && browser.build().await? != old).then_some(()))
        })
        .await?;
    browser
        .wait("the course in the catalogue", async || {
            Ok(browser.text("main").await?.contains("本局须知").then_some(()))
        })
        .await
}

/// In a lesson: after the paragraph, with the focus inside, and back.
async fn in_a_lesson(browser: &Browser) -> Result<()> {
    browser.open("/courses/bureau-notice/first").await?;
    let words = open_beside(browser, IN_BODY).await?;
    ensure!(words.contains("关闭"), "it cannot be closed: {words}");
    browser.wait_for(OPEN_IN_BODY).await?;
    ensure!(browser.has_focus(".beside").await?, "the focus did not move in");
    let cited = browser.text(".beside .cited").await?;
    ensure!(cited == "第二款。", "the cited paragraph is not marked: {cited}");
    browser.fits().await?;
    browser.can_be_tapped().await?;
    browser.key(Key::Escape).await?;
    browser.wait_gone(".beside").await?;
    ensure!(browser.has_focus(IN_BODY).await?, "the focus did not come back");

    // With the keyboard, in English, at the list of sources.
    browser.press("button.lang").await?;
    browser.wait_attr("html", "lang", "en").await?;
    let listed = ".sources li:first-child a";
    let words = open_beside(browser, listed).await?;
    ensure!(
        words.contains("installed by your unit") && words.contains("Close"),
        "in English: {words}"
    );
    browser.tab_to(".beside button").await?;
    browser.key(Key::Enter).await?;
    browser.wait_gone(".beside").await?;
    ensure!(browser.has_focus(listed).await?, "the focus did not come back");
    browser.press("button.lang").await?;
    browser.wait_attr("html", "lang", "zh-CN").await?;

    // A press that asks for another tab is the browser's.
    let script =
        "let taken; addEventListener('click', e => { taken = e.defaultPrevented; e.preventDefault() }, { once: true });
        const way = { bubbles: true, cancelable: true, ctrlKey: true };
        document.querySelector(arguments[0]).dispatchEvent(new MouseEvent('click', way));
        return taken";
    let taken = browser.script(script, vec![json!(IN_BODY)]).await?;
    ensure!(taken == json!(false), "a press with Ctrl was taken: {taken}");
    elsewhere(browser).await
}

/// From a lesson to a text that is not installed: the link is followed, to the page of the registry as ever.
async fn elsewhere(browser: &Browser) -> Result<()> {
    browser.open("/courses/bureau-notice/first").await?;
    browser.wait_for(".sources li:last-child a").await?;
    browser.press(".sources li:last-child a").await?;
    browser.wait_for("main[data-page=regulation]").await?;
    ensure!(
        browser.text("main").await?.contains("不收录法规原文"),
        "the registry promises a text that is not there"
    );
    ensure!(!browser.shows(".beside").await?, "something opened in place");
    Ok(())
}

/// After an answer.
async fn in_practice(browser: &Browser) -> Result<()> {
    browser.open("/courses/bureau-notice/first").await?;
    browser.press("[data-test=lesson-done]").await?;
    browser.question().await?;
    browser.press("[data-bench=choice]").await?;
    open_beside(browser, ".feedback .cites a").await?;
    ensure!(browser.shows("main[data-page=practice]").await?, "the question is gone");
    browser.press(".beside-head button").await?;
    browser.wait_gone(".beside").await
}

/// At a check of the handbook; pressed again it closes.
async fn in_the_handbook(browser: &Browser) -> Result<Value> {
    browser.open("/handbook/bureau-kiosk#bk-exit-01").await?;
    open_beside(browser, CITED).await?;
    let lines = browser.script(LINES, vec![]).await?;
    browser.press(CITED).await?;
    browser.wait_gone(".beside").await?;
    Ok(lines)
}

/// The page of the regulation, without a network; what opened in place reads as it does there.
async fn on_its_page(browser: &Browser, beside: &Value) -> Result<()> {
    browser
        .open(&format!("/regulations/{}?v={}#a6.2", LAW.0, LAW.1))
        .await?;
    browser.wait_for("main[data-page=regulation] .article .cited").await?;
    let lines = browser.script(LINES, vec![]).await?;
    ensure!(lines == *beside, "{lines} on the page, {beside} in place");
    browser.press("[data-test=whole-text] summary").await?;
    browser
        .wait("the whole text", async || {
            let count = browser
                .script(
                    "return document.querySelectorAll('[data-test=whole-text] .article').length",
                    vec![],
                )
                .await?;
            Ok((count == json!(LAW.2)).then_some(()))
        })
        .await?;
    // Numbers of articles, in all lengths that there are.
    let script = "const { chinese } = await import(document.getElementById('anxue-beside').href);
        return Array.from({ length: 9999 }, (_, n) => chinese(n + 1))";
    let numbers: Vec<String> = serde_json::from_value(browser.script(script, vec![]).await?)?;
    ensure!(numbers.len() == 9_999, "{} numbers", numbers.len());
    for (number, written) in (1..).zip(&numbers) {
        let known = domain::citation::chinese_number(number);
        ensure!(*written == known, "{number} is {known}, the script writes {written}");
    }
    Ok(())
}

async fn walk(stage: &Stage) -> Result<()> {
    let mut server = stage.serve().await?;
    let browser = stage.browse(&server.origin()).await?;
    browser.open("/").await?;
    browser.offline_ready().await?;
    browser.open("/").await?;
    ensure!(
        !browser.text("main").await?.contains("本局须知"),
        "the course is there before it was installed"
    );

    let mine = tempfile::tempdir()?;
    course(mine.path())?;
    venue(mine.path())?;
    anxue(stage, &server, &["content", "install"], mine.path())?;
    let law = tempfile::tempdir()?;
    text(law.path())?;
    anxue(stage, &server, &["regulations", "import"], law.path())?;
    update(&browser, &server).await?;

    in_a_lesson(&browser).await?;
    in_practice(&browser).await?;
    in_the_handbook(&browser).await?;

    // Without a network: what was opened once, on every page.
    browser.going_offline();
    server.stop()?;
    browser.open("/courses/bureau-notice/first").await?;
    open_beside(&browser, IN_BODY).await?;
    elsewhere(&browser).await?;
    let beside = in_the_handbook(&browser).await?;
    on_its_page(&browser, &beside).await?;
    browser.no_panic().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn own_content_and_texts_arrive_without_a_restart_and_stay_without_a_network() {
    journey("own_content", Need::USUAL, walk).await;
}
