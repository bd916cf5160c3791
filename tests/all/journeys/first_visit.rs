//! From the first page to a result, and from there to the endpoint, with nothing asked of the person before.

use super::{all_sent, answers_are, endpoint_agrees, state};
use anyhow::{Context, Result, ensure};
use domain::record::RecordBody;
use support::quiz::Given;
use support::{Browser, Keys, Local, Need, Server, Stage, Wish, journey};
use wire::api::MarkForm;

/// From the catalogue to a lesson, which shows what it cites.
async fn study(browser: &Browser, keys: &Keys) -> Result<()> {
    let course = keys.course()?;
    let lessons = keys.lessons(course)?;
    let lesson = lessons.lessons.first().context("no lesson")?;
    browser.open("/").await?;
    browser.wait_for("main[data-page=courses]").await?;
    browser.follow(&format!("courses/{}", course.slug)).await?;
    browser.wait_for("main[data-page=course]").await?;
    browser
        .follow(&format!("courses/{}/{}", course.slug, lesson.slug))
        .await?;
    browser.wait_for("main[data-page=lesson]").await?;
    let cited = lesson.citations.first().context("the lesson cites nothing")?;
    let regulation = cited.split('#').next().unwrap_or_default();
    let short = &lessons
        .regulations
        .get(regulation)
        .context("cites what the pack does not name")?
        .short;
    let what = format!("the lesson to show its title and that it cites {short}");
    browser
        .wait(&what, async || {
            let text = browser.text("main").await?;
            Ok((text.contains(short.as_str()) && text.contains(&lesson.title.zh)).then_some(()))
        })
        .await?;
    browser.driver().back().await?;
    browser.wait_for("main[data-page=course]").await
}

/// Ten items of mixed kinds, some answered wrongly, to the result.
async fn practise(browser: &Browser, keys: &Keys) -> Result<Vec<Given>> {
    browser.follow(&format!("practice/{}", keys.course()?.bank.id)).await?;
    let first = browser.question().await?;
    ensure!(first.place == 1, "practice begins at place {}", first.place);
    let mut given = vec![browser.answer(keys, Wish::Wrong).await?];
    browser.next().await?;
    given.extend(browser.answer_rest(keys).await?);
    ensure!(
        given.len() == domain::practice::SET,
        "practice has {} items",
        given.len()
    );
    browser.result_is(&given).await?;
    ensure!(
        browser.shows("[data-test=again]").await?,
        "the result offers no way to go on"
    );
    Ok(given)
}

/// Everything is stored once, and nothing counts as sent before anyone joined.
fn all_is_stored(local: &Local, given: &[Given]) -> Result<()> {
    answers_are(local, given)?;
    local.sequences_are_unique()?;
    ensure!(local.profiles().len() == 1, "records of {:?}", local.profiles());
    for (kind, count) in [
        ("attempt.started", 1),
        ("item.answered", given.len()),
        ("attempt.finished", 1),
    ] {
        ensure!(local.count(kind)? == count, "{} records of {kind}", local.count(kind)?);
    }
    let lessons = local.count("lesson.progress")?;
    ensure!(lessons >= 1, "the lesson left no record");
    ensure!(
        local.records.len() == given.len() + 2 + lessons,
        "records of other kinds"
    );
    ensure!(local.pending.len() == local.records.len(), "something counts as sent");
    Ok(())
}

async fn record_says(browser: &Browser, counts: [(&str, usize); 3]) -> Result<()> {
    browser.open("/record").await?;
    for (name, expected) in counts {
        let (css, expected) = (format!("[data-test={name}]"), expected.to_string());
        let what = format!("{name} to be {expected}");
        browser
            .wait(
                &what,
                async || Ok((browser.text(&css).await? == expected).then_some(())),
            )
            .await?;
    }
    Ok(())
}

/// The endpoint has marked each answer as we did.
async fn marks_agree(server: &Server, local: &Local, given: &[Given]) -> Result<()> {
    for held in endpoint_agrees(&server.origin(), local).await? {
        let RecordBody::Answered { item, .. } = wire::record::read(&held.record.to_string())?.body else {
            continue;
        };
        let ours = given
            .iter()
            .find(|given| given.item == item)
            .context("an answer that was not given")?;
        ensure!(
            held.mark == Some(MarkForm::from(ours.mark)),
            "{item}: ours {:?}, theirs {:?}",
            ours.mark,
            held.mark
        );
    }
    Ok(())
}

async fn walk(stage: &Stage) -> Result<()> {
    let server = stage.serve().await?;
    let keys = stage.keys()?;
    let browser = stage.browse(&server.origin()).await?;
    study(&browser, &keys).await?;
    let given = practise(&browser, &keys).await?;
    let local = browser.local().await?;
    all_is_stored(&local, &given)?;
    let all = local.records.len();
    record_says(
        &browser,
        [("stored-count", all), ("acked-count", 0), ("pending-count", all)],
    )
    .await?;

    browser.join(server.code()).await?;
    let local = all_sent(&browser).await?;
    ensure!(
        local.records.len() == all,
        "joining made {} records of {all}",
        local.records.len()
    );
    browser.wait_attr("[data-test=sync]", "data-state", "synced").await?;
    ensure!(
        state(&browser, "data-stored").await? == all,
        "the state line counts other records"
    );
    marks_agree(&server, &local, &given).await?;
    record_says(
        &browser,
        [("stored-count", all), ("acked-count", all), ("pending-count", 0)],
    )
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn first_visit_to_result_and_every_answer_arrives() {
    journey("first_visit_to_result", Need::USUAL, walk).await;
}
