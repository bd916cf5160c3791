//! The static folder on any web server, under a sub-path, with no endpoint.

use super::{answers_are, state};
use anyhow::{Result, ensure};
use support::quiz::Keys;
use support::site::Serving;
use support::{Need, Stage, journey};

const BASE: &str = "/sub/path/";

async fn walk(stage: &Stage) -> Result<()> {
    let folder = stage.path(Need::SubPathSite)?;
    let site = Serving {
        base: BASE.into(),
        ..Serving::default()
    }
    .start(&folder)
    .await?;
    let keys = Keys::of_site(&folder)?;
    let browser = stage
        .browse(&format!("{}{}", site.origin(), BASE.trim_end_matches('/')))
        .await?;
    let course = keys.course()?;
    browser.open("/").await?;
    browser.wait_for("main[data-page=courses]").await?;
    browser.follow(&format!("courses/{}", course.slug)).await?;
    browser.wait_for("main[data-page=course]").await?;
    // Such a server knows no such file: it answers 404 with the app's page, which the console rightly shows.
    browser.tolerate("status of 404");
    browser
        .open(&format!("/courses/{}/{}", course.slug, course.lessons[0].slug))
        .await?;
    browser.wait_for("main[data-page=lesson]").await?;
    browser.open(&format!("/practice/{}", course.bank.id)).await?;
    let given = browser.answer_rest(&keys).await?;
    browser.result_is(&given).await?;
    let local = browser.local().await?;
    answers_are(&local, &given)?;
    browser.wait_attr("[data-test=sync]", "data-state", "saved").await?;
    ensure!(
        state(&browser, "data-stored").await? == local.records.len(),
        "the state line counts other records"
    );
    let strays: Vec<String> = site
        .asked()
        .into_iter()
        .map(|asked| asked.path)
        .filter(|path| !path.starts_with(BASE))
        .collect();
    // Browsers ask for this one by themselves where a page names no icon.
    let strays: Vec<String> = strays.into_iter().filter(|path| path != "/favicon.ico").collect();
    ensure!(strays.is_empty(), "asked for outside of the sub-path: {strays:?}");
    ensure!(site.posts().is_empty(), "sends although there is no endpoint");

    // Without any server at all.
    browser.offline_ready().await?;
    browser.going_offline();
    drop(site);
    browser
        .open(&format!("/courses/{}/{}", course.slug, course.lessons[0].slug))
        .await?;
    browser.wait_for("main[data-page=lesson]").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_static_folder_under_a_sub_path_is_a_whole_app() {
    journey(
        "static_sub_path",
        &[Need::SubPathSite, Need::Chromium, Need::Chromedriver],
        walk,
    )
    .await;
}
