//! A whole practice without a mouse, and what every page owes to those who do not see it or do not read Chinese.

use anyhow::{Context, Result, ensure};
use domain::item::Response;
use serde_json::json;
use support::quiz::{Given, choice, options};
use support::{Browser, Keys, Need, Stage, Step, Wish, journey};
use thirtyfour::Key;

/// Answers the question shown with keys alone: the digit of the option on even places, Tab and Space or Enter otherwise.
async fn answer_by_keys(browser: &Browser, keys: &Keys) -> Result<Given> {
    let shown = browser.question().await?;
    let wish = if shown.place % 3 == 0 { Wish::Wrong } else { Wish::Right };
    let response = keys.response(&shown.item, wish)?;
    let multiple = matches!(response, Response::Options(_)) && shown.kind == "multiple";
    for option in options(&response) {
        if shown.place % 2 == 0 {
            let script = "const all = Array.from(document.querySelectorAll('[data-bench=choice]'));
                return all.findIndex(e => e.dataset.option === arguments[0]) + 1";
            let digit = browser
                .script(script, vec![json!(option)])
                .await?
                .as_u64()
                .context("no digit")?;
            let digit = u32::try_from(digit)?;
            browser
                .key(char::from_digit(digit, 10).context("more than nine options")?)
                .await?;
        } else {
            browser.tab_to(&choice(&option)).await?;
            let enter = !multiple && shown.place % 4 == 1;
            browser.key(if enter { char::from(Key::Enter) } else { ' ' }).await?;
        }
    }
    if multiple {
        browser.tab_to("[data-bench=check]").await?;
        browser.key(Key::Enter).await?;
    }
    browser.feedback_of(keys, shown.item, response).await
}

async fn walk(stage: &Stage) -> Result<()> {
    let server = stage.serve().await?;
    let keys = stage.keys()?;
    let browser = stage.browse(&server.origin()).await?;
    let course = keys.course()?;
    browser.open("/").await?;
    browser
        .tab_to(&format!("main a[href$=\"courses/{}\"]", course.slug))
        .await?;
    browser.key(Key::Enter).await?;
    browser.wait_for("main[data-page=course]").await?;
    browser
        .tab_to(&format!("main a[href$=\"practice/{}\"]", course.bank.id))
        .await?;
    browser.key(Key::Enter).await?;
    let mut given = Vec::new();
    loop {
        let before = browser.question().await?.item;
        given.push(answer_by_keys(&browser, &keys).await?);
        let script = "const e = document.activeElement, f = document.querySelector('[data-bench=feedback]');
            return !!e && (e.matches('[data-test=next]') || (!!f && (f === e || f.contains(e))))";
        browser
            .wait("the focus to come to the feedback or to what goes on", async || {
                Ok((browser.script(script, vec![]).await? == json!(true)).then_some(()))
            })
            .await?;
        browser.tab_to("[data-test=next]").await?;
        browser.key(Key::Enter).await?;
        let step = browser.arrive(&before).await?;
        let script = "return !!document.activeElement && document.activeElement.closest('main') !== null";
        browser
            .wait("the focus to come along to what is new", async || {
                Ok((browser.script(script, vec![]).await? == json!(true)).then_some(()))
            })
            .await?;
        if step == Step::Result {
            break;
        }
        ensure!(given.len() < 100, "no result");
    }
    ensure!(given.len() == domain::practice::SET, "{} answers", given.len());
    browser.result_is(&given).await
}

/// A page to look at: what its pictures are called, what it calls itself, and its path.
pub(super) struct Page {
    pub(super) name: String,
    pub(super) kind: &'static str,
    pub(super) path: String,
}

/// All pages that can be opened by their address.
pub(super) fn pages(keys: &Keys) -> Result<Vec<Page>> {
    let (course, venue) = (keys.course()?, keys.venue()?);
    let regulation = keys
        .registry()?
        .regulations
        .first()
        .context("the registry is empty")?
        .id
        .clone();
    let page = |kind: &'static str, path: String| Page {
        name: kind.into(),
        kind,
        path,
    };
    let exercises = keys.catalogue.exercises.iter().map(|entry| Page {
        name: format!("exercise-{}", entry.bank.id),
        kind: "exercise",
        path: format!("/exercises/{}", entry.bank.id),
    });
    let mut pages = vec![
        page("courses", "/".into()),
        page("course", format!("/courses/{}", course.slug)),
        page("lesson", format!("/courses/{}/{}", course.slug, course.lessons[0].slug)),
        page("exam", format!("/exam/{}", course.slug)),
        page("exercises", "/exercises".into()),
        page("competitions", "/competitions".into()),
        page("competition", "/competitions/combined#0123456789abcdef".into()),
        page("handbook", "/handbook".into()),
        page("venue", format!("/handbook/{}", venue.slug)),
        page("regulation", format!("/regulations/{regulation}")),
        page("regulations", "/regulations".into()),
        page("search", "/search?q=%E5%8A%A8%E7%81%AB".into()),
        page("record", "/record".into()),
        page("join", "/join".into()),
        page("settings", "/settings".into()),
        page("privacy", "/privacy".into()),
        page("not-found", "/no/such/page".into()),
    ];
    pages.extend(exercises);
    pages.push(page("practice", format!("/practice/{}", course.bank.id)));
    Ok(pages)
}

async fn structure(stage: &Stage) -> Result<()> {
    let server = stage.serve().await?;
    let keys = stage.keys()?;
    let browser = stage.browse(&server.origin()).await?;
    // The server rightly says 404 for a page that does not exist.
    browser.tolerate("/no/such/page");
    let mut titles = std::collections::BTreeSet::new();
    for Page { name, kind, path } in pages(&keys)? {
        browser.open(&path).await?;
        browser.wait_for(&format!("main[data-page={kind}]")).await?;
        browser
            .is_well_structured("zh-CN")
            .await
            .with_context(|| name.clone())?;
        browser.tab_is_no_trap().await.with_context(|| name.clone())?;
        titles.insert(browser.driver().title().await?);
    }
    ensure!(titles.len() == pages(&keys)?.len(), "pages share a title: {titles:?}");
    Ok(())
}

async fn english(stage: &Stage) -> Result<()> {
    let server = stage.serve().await?;
    let keys = stage.keys()?;
    let browser = stage.browse(&server.origin()).await?;
    browser.tolerate("/no/such/page");
    browser.open("/?lang=en").await?;
    for Page { name, kind, path } in pages(&keys)? {
        // Remembered: the address does not say it again.
        browser.open(&path).await?;
        browser.wait_for(&format!("main[data-page={kind}]")).await?;
        browser.is_well_structured("en").await.with_context(|| name.clone())?;
        browser.chrome_is_english().await.with_context(|| name.clone())?;
    }
    let given = browser.answer_rest(&keys).await?;
    browser.result_is(&given).await?;
    browser.chrome_is_english().await.context("result")?;
    browser.open("/?lang=zh-CN").await?;
    browser.is_well_structured("zh-CN").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keyboard_only_is_enough_for_a_whole_practice() {
    journey("keyboard_only", Need::USUAL, walk).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_has_structure_and_lets_tab_out() {
    journey("structure", Need::USUAL, structure).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_english_interface_is_complete() {
    journey("english", Need::USUAL, english).await;
}
