//! A timed exam that survives whatever comes: kills, another tab, clocks that move, an endpoint that goes away.

use super::{again, all_sent};
use anyhow::{Context, Result, ensure};
use domain::exam::Exam;
use domain::ids::{AttemptId, ItemId};
use domain::item::Response;
use domain::record::{Evidence, RecordBody};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use support::browser::Options;
use support::quiz::options;
use support::{Browser, Keys, Local, Need, Stage, Wish, journey};

const NEXT: &str = "[data-test=next]";
const LEFT: &str = "[data-test=remaining]";

/// The exam of the journeys' course.
fn exam(keys: &Keys) -> Result<String> {
    let course = keys.course()?;
    ensure!(course.exam, "the course {} has no exam", course.slug);
    Ok(course.slug.clone())
}

async fn begin(browser: &Browser, exam: &str) -> Result<()> {
    browser.open(&format!("/exam/{exam}")).await?;
    browser.press("[data-test=begin-self-test]").await?;
    desk(browser).await
}

/// Waits until the desk is there and this page answers.
async fn desk(browser: &Browser) -> Result<()> {
    browser
        .wait_for("main[data-page=sitting] .ask [data-option]:enabled")
        .await
}

async fn item(browser: &Browser) -> Result<ItemId> {
    Ok(browser.attr("main [data-item]", "data-item").await?.parse()?)
}

async fn saved(browser: &Browser) -> Result<()> {
    browser.wait_attr("[data-test=saved]", "data-state", "saved").await
}

/// Answers the question shown and waits until the page says that it is stored.
async fn answer(browser: &Browser, keys: &Keys, wish: Wish) -> Result<(ItemId, Response)> {
    let item = item(browser).await?;
    let response = keys.response(&item, wish)?;
    for option in options(&response) {
        browser.press(&format!(".ask [data-option=\"{option}\"]")).await?;
    }
    saved(browser).await?;
    Ok((item, response))
}

/// The exam as the browser's records have it.
fn folded(local: &Local) -> Result<Exam> {
    let mut evidence = Vec::new();
    let mut attempt: Option<AttemptId> = None;
    for text in local.records.values() {
        let record = wire::record::read(text)?;
        if let RecordBody::ExamStarted(sitting) = &record.body {
            attempt = attempt.max(Some(sitting.attempt));
        }
        evidence.push(Evidence {
            record,
            mark: None,
            received: None,
        });
    }
    Exam::fold(attempt.context("no sitting was begun")?, &evidence).context("a sitting without a beginning")
}

fn sorted(response: &Response) -> Response {
    super::sorted(response.clone())
}

fn holds(exam: &Exam, given: &BTreeMap<ItemId, Response>) -> Result<()> {
    for (item, response) in given {
        let known = exam.answers.get(item).cloned().flatten();
        ensure!(
            known.as_ref().map(sorted) == Some(sorted(response)),
            "{item}: stored is {known:?}, given was {response:?}"
        );
    }
    Ok(())
}

async fn hand_in(browser: &Browser) -> Result<()> {
    browser.press("[data-test=hand-in]").await?;
    browser.press("[data-test=hand-in-sure]").await?;
    browser.wait_for("main[data-page=exam-result]").await
}

async fn self_test(stage: &Stage) -> Result<()> {
    let server = stage.serve().await?;
    let keys = stage.keys()?;
    let exam = exam(&keys)?;
    let browser = stage.browse(&server.origin()).await?;
    begin(&browser, &exam).await?;
    ensure!(
        browser.text("[data-test=mode]").await? == "自测",
        "the page names another kind of test"
    );
    let count = folded(&browser.local().await?)?.answers.len();
    let mut given = BTreeMap::new();
    for place in 0..count {
        let wish = if place % 4 == 3 { Wish::Wrong } else { Wish::Right };
        let (item, response) = answer(&browser, &keys, wish).await?;
        given.insert(item, response);
        if place == 1 {
            browser.press("[data-test=flag]").await?;
            browser
                .wait_attr("[data-test=map][aria-current=step]", "data-state", "answered flagged")
                .await?;
        }
        if place == 3 {
            browser.picture("sitting").await?;
            browser.fits().await?;
        }
        if place == 2 {
            // A choice can be changed: the last one counts.
            let (item, response) = answer(&browser, &keys, Wish::Right).await?;
            given.insert(item, response);
        }
        if place + 1 < count {
            browser.press(NEXT).await?;
            let what = format!("question {}", place + 2);
            browser
                .wait(&what, async || {
                    let shown = browser.attr("main [data-place]", "data-place").await?;
                    Ok((shown == (place + 2).to_string()).then_some(()))
                })
                .await?;
        }
    }
    browser.press("[data-test=hand-in]").await?;
    ensure!(
        browser.number("[data-test=unanswered]", "data-count").await? == 0,
        "something counts as unanswered"
    );
    browser.press("[data-test=hand-in-sure]").await?;
    browser.wait_for("[data-test=exam-score]").await?;

    let stored = folded(&browser.local().await?)?;
    holds(&stored, &given)?;
    let items: BTreeMap<ItemId, domain::item::Item> = given
        .keys()
        .map(|item| Ok((item.clone(), keys.item(item)?.clone())))
        .collect::<Result<_>>()?;
    let result = stored.result(|id| items.get(id));
    ensure!(
        browser.number("[data-test=exam-score]", "data-points").await? == result.points.0 as usize
            && browser.number("[data-test=exam-score]", "data-max").await? == result.max.0 as usize,
        "the page shows other points than {result:?}"
    );
    ensure!(
        result.points < result.max && result.passed() == Some(true),
        "three of four right: {result:?}"
    );
    // The wrong ones can be looked at alone, with explanation and basis.
    browser.press("[data-test=only-wrong]").await?;
    browser.wait_gone("li[data-outcome=right]").await?;
    browser.press("li[data-outcome=wrong] summary").await?;
    browser.wait_for("li[data-outcome=wrong] .cites").await?;
    browser.picture("exam-result").await?;
    browser.fits().await?;
    // A pass completes the course, and the list of sittings knows the points.
    browser.open(&format!("/courses/{exam}")).await?;
    browser.wait_for("[data-test=course-passed]").await?;

    // The endpoint marks the whole attempt again, from the responses.
    browser.join(server.code()).await?;
    let local = all_sent(&browser).await?;
    let held = super::endpoint_agrees(&server.origin(), &local).await?;
    let total = held
        .iter()
        .find(|held| held.record["kind"] == "exam.finished")
        .context("the handing in did not arrive")?;
    let mark = total.mark.clone().context("the endpoint gave no total")?;
    ensure!(
        (mark.points, mark.max) == (result.points.0, result.max.0) && mark.outcome == "right",
        "the endpoint's total is {mark:?}"
    );
    Ok(())
}

/// Kills of one exam, in two journeys so that each stays below the limit of a journey.
const KILLS: usize = 10;

async fn killed(stage: &Stage) -> Result<()> {
    let server = stage.serve().await?;
    let keys = stage.keys()?;
    let exam = exam(&keys)?;
    let mut browser = stage.browse(&server.origin()).await?;
    begin(&browser, &exam).await?;
    let address = browser.driver().current_url().await?.path().to_owned();
    let mut least = browser.number(LEFT, "data-seconds").await?;
    let begun = Instant::now();
    let mut given = BTreeMap::new();
    for round in 0..KILLS {
        let (item, response) = answer(&browser, &keys, Wish::Right).await?;
        given.insert(item, response);
        let place = browser.attr("main [data-place]", "data-place").await?;
        if round % 2 == 0 {
            browser.press(NEXT).await?;
            let what = "the next question";
            browser
                .wait(what, async || {
                    Ok((browser.attr("main [data-place]", "data-place").await? != place).then_some(()))
                })
                .await?;
        }
        // Somewhere in the five seconds between two stores of the timer.
        let mut bytes = [0_u8; 1];
        getrandom::fill(&mut bytes).context("random")?;
        tokio::time::sleep(Duration::from_millis(u64::from(bytes[0]) * 8)).await;
        let shown = browser.number(LEFT, "data-seconds").await?;
        ensure!(shown <= least, "round {round}: {shown} s are left, {least} s were");
        least = shown;
        browser.kill();
        browser = again(stage, &browser).await?;
        browser.open(&address).await?;
        desk(&browser).await?;
        let shown = browser.number(LEFT, "data-seconds").await?;
        ensure!(shown <= least, "a kill gained time: {shown} s are left, {least} s were");
        least = shown;
        holds(&folded(&browser.local().await?)?, &given)?;
    }
    // Each kill may cost a few seconds, never more than the store's interval beyond the time that really passed.
    let minutes = folded(&browser.local().await?)?.sitting.minutes.0;
    let passed = begun.elapsed().as_secs() + 5 * KILLS as u64 + 5;
    ensure!(
        least as u64 + passed >= u64::from(minutes) * 60,
        "{least} s are left of {minutes} min after {passed} s"
    );
    hand_in(&browser).await?;
    holds(&folded(&browser.local().await?)?, &given)
}

/// Shifts the page's wall clock by what the test put into the session.
const CLOCK: &str = "(() => { const now = Date.now.bind(Date); \
    Date.now = () => now() + Number(sessionStorage.getItem('shift') || 0); })();";

async fn shift(browser: &Browser, ms: i64) -> Result<()> {
    browser
        .script(
            "sessionStorage.setItem('shift', arguments[0])",
            vec![json!(ms.to_string())],
        )
        .await
        .map(drop)
}

const HOURS: i64 = 3 * 3_600_000;

async fn clock(stage: &Stage) -> Result<()> {
    let server = stage.serve().await?;
    let keys = stage.keys()?;
    let exam = exam(&keys)?;
    let browser = stage
        .browse_with(Options {
            origin: server.origin(),
            before_page: Some(CLOCK),
            ..Options::default()
        })
        .await?;
    begin(&browser, &exam).await?;
    let (item, response) = answer(&browser, &keys, Wish::Right).await?;
    let given = BTreeMap::from([(item, response)]);
    let before = browser.number(LEFT, "data-seconds").await?;
    // Back by hours, in the open page and over a reload: nothing is gained.
    shift(&browser, -HOURS).await?;
    tokio::time::sleep(Duration::from_secs(3)).await;
    ensure!(
        browser.number(LEFT, "data-seconds").await? < before,
        "the clock stood still after it was set back"
    );
    browser.reload().await?;
    desk(&browser).await?;
    let after = browser.number(LEFT, "data-seconds").await?;
    ensure!(
        after < before,
        "setting the clock back and reloading gained time: {after} s, {before} s before"
    );
    ensure!(before - after < 60, "setting the clock back cost {} s", before - after);
    // Forward by hours: the time is over, the exam is handed in by itself, and what was answered counts.
    shift(&browser, HOURS).await?;
    browser.wait_for("main[data-page=exam-result]").await?;
    browser.wait_for("[data-test=by-time]").await?;
    browser.wait_for("[data-test=doubtful]").await?;
    let stored = folded(&browser.local().await?)?;
    holds(&stored, &given)?;
    let (_, handed) = stored.finished.context("not handed in")?;
    ensure!(handed.by_time && handed.doubtful, "{handed:?}");
    Ok(())
}

async fn second_tab(stage: &Stage) -> Result<()> {
    let server = stage.serve().await?;
    let keys = stage.keys()?;
    let exam = exam(&keys)?;
    let browser = stage.browse(&server.origin()).await?;
    begin(&browser, &exam).await?;
    let address = browser.driver().current_url().await?.path().to_owned();
    let first = browser.driver().window().await?;
    let (item, response) = answer(&browser, &keys, Wish::Right).await?;
    let second = browser.new_window().await?;
    browser.open(&address).await?;
    browser.wait_for("[data-test=take-over]").await?;
    ensure!(
        !browser.shows(".ask [data-option]:enabled").await?,
        "the second tab can answer"
    );
    browser.press("[data-test=take-over]").await?;
    desk(&browser).await?;
    browser.switch_to(&first).await?;
    browser.wait_for("[data-test=take-over]").await?;
    ensure!(
        !browser.shows(".ask [data-option]:enabled").await?,
        "the stale tab can still answer"
    );
    // The tab that answers goes away; the other takes the seat by itself.
    browser.switch_to(&second).await?;
    browser.driver().close_window().await?;
    browser.switch_to(&first).await?;
    desk(&browser).await?;
    holds(&folded(&browser.local().await?)?, &BTreeMap::from([(item, response)]))
}

/// What the endpoint says of an assessment.
async fn verdict(origin: &str, token: &str, exam: &str, attempt: AttemptId) -> Result<Value> {
    let url = format!("{origin}/api/v1/exams/{exam}/sittings/{attempt}");
    let answer = reqwest::Client::new().get(url).bearer_auth(token).send().await?;
    Ok(serde_json::from_slice(&answer.bytes().await?)?)
}

async fn assessment(stage: &Stage) -> Result<()> {
    let mut server = stage.serve().await?;
    let keys = stage.keys()?;
    let exam = exam(&keys)?;
    let browser = stage.browse(&server.origin()).await?;
    browser.join(server.code()).await?;
    browser.open(&format!("/exam/{exam}")).await?;
    browser.offline_ready().await?;
    browser.press("[data-test=begin-assessment]").await?;
    desk(&browser).await?;
    ensure!(
        browser.text("[data-test=mode]").await? == "考核",
        "the page names another kind of test"
    );
    let public: Vec<&str> = keys
        .catalogue
        .courses
        .iter()
        .map(|course| course.bank.id.as_str())
        .collect();
    ensure!(!public.is_empty(), "no bank to compare with");
    all_sent(&browser).await?;
    // From here on without the endpoint: answer, reload, hand in.
    browser.going_offline();
    server.stop()?;
    let mut answered = 0;
    for _ in 0..3 {
        let option = browser.attr(".ask [data-option]", "data-option").await?;
        browser.press(&format!(".ask [data-option=\"{option}\"]")).await?;
        saved(&browser).await?;
        answered += 1;
        let place = browser.attr("main [data-place]", "data-place").await?;
        browser.press(NEXT).await?;
        browser
            .wait("the next question", async || {
                Ok((browser.attr("main [data-place]", "data-place").await? != place).then_some(()))
            })
            .await?;
    }
    browser.reload().await?;
    desk(&browser).await?;
    ensure!(
        browser.attr("main [data-place]", "data-place").await? == "4",
        "the reload lost the place"
    );
    browser.press("[data-test=hand-in]").await?;
    let stored = folded(&browser.local().await?)?;
    ensure!(
        browser.number("[data-test=unanswered]", "data-count").await? == stored.answers.len() - answered,
        "the page counts other unanswered questions"
    );
    browser.press("[data-test=hand-in-sure]").await?;
    browser.wait_for("[data-test=not-marked]").await?;
    server.start_again().await?;
    let local = all_sent(&browser).await?;
    browser.wait_for("[data-test=exam-score]").await?;
    let said = verdict(&server.origin(), &local.token()?, &exam, stored.sitting.attempt).await?;
    ensure!(
        said["state"] == "marked" && said["counts"] == true,
        "the endpoint says {said}"
    );
    ensure!(
        browser.number("[data-test=exam-score]", "data-points").await? as u64 == said["points"].as_u64().unwrap_or(1),
        "the page shows other points than {said}"
    );
    // No mark of a single answer, and no key, ever reached the browser.
    for (key, mark) in &local.marks {
        let record = wire::record::read(local.records.get(key).context("a mark of nothing")?)?;
        ensure!(
            !matches!(record.body, RecordBody::Answered { .. }),
            "an answer of an assessment was marked: {mark}"
        );
    }
    let paper = local
        .meta
        .iter()
        .find(|(key, _)| key.starts_with("paper:"))
        .context("no paper was kept")?;
    let paper = paper.1.as_str().context("a paper is text")?;
    for word in [
        "\"right\"",
        "\"answer\"",
        "\"why\"",
        "\"explanation\"",
        "\"correct\"",
        "\"basis\"",
    ] {
        ensure!(!paper.contains(word), "the paper has {word}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_self_test_is_answered_marked_reviewed_and_marked_again_by_the_endpoint() {
    journey("self_test", Need::USUAL, self_test).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_exam_killed_ten_times_loses_no_answer_and_gains_no_time() {
    journey("exam_killed_a", Need::USUAL, killed).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_exam_killed_another_ten_times_loses_no_answer_and_gains_no_time() {
    journey("exam_killed_b", Need::USUAL, killed).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_moved_by_hours_gains_nothing_and_is_noted() {
    journey("exam_clock", Need::USUAL, clock).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_tab_only_reads_until_it_takes_over() {
    journey("exam_second_tab", Need::USUAL, second_tab).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_assessment_is_fetched_answered_offline_and_marked_by_the_endpoint() {
    journey("assessment", Need::USUAL, assessment).await;
}
