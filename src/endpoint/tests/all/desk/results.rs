//! Doubles that become one person, results, progress and files of the organizer's desk.

use super::{Desk, join, status};
use crate::support::{Answer, Home, NOW, OTHER_PROFILE, PROFILE, id, lesson, pack, record, site};
use domain::time::Timestamp;
use serde_json::{Value, json};
use std::sync::atomic::Ordering;

/// A site with a course of two lessons and the bank of `pack()`, and an exam.
fn course_site() -> endpoint::site::Site {
    let (hash, text) = pack();
    let exams =
        json!({"v": 1, "exams": [{"id": "unit", "kind": "unit", "title": {"zh": "单元测试"}, "summary": {"zh": "试"},
        "minutes": 10, "pass": 60, "assessment": true, "parts": []}]})
        .to_string();
    let exams_hash = wire::pack::hash(exams.as_bytes());
    let catalogue = json!({"v": 1, "venues": [], "venues_note": "", "registry": "", "exams": exams_hash.to_string(), "courses": [{
        "id": "c-1", "slug": "one", "kind": "topic", "hours": 1, "title": {"zh": "第一门课"}, "summary": {"zh": "试"}, "roles": [],
        "lessons": [{"id": "l-1", "slug": "a"}, {"id": "l-2", "slug": "b"}], "pack": "",
        "bank": {"id": "b-1", "pack": hash.to_string(), "items": 3}}]})
    .to_string();
    site(&[
        ("index.html", "<p>"),
        ("catalogue.0123456789abcdef.json", &catalogue),
        (&wire::pack::path(hash), &text),
        (&wire::pack::path(exams_hash), &exams),
    ])
}

/// A self-test at `pack()` that is handed in with one right answer of two.
fn self_test(from: u64, profile: &str, attempt: &str) -> Vec<String> {
    let (hash, _) = pack();
    let hash = hash.to_string();
    let sitting = json!({
        "attempt": attempt, "exam": "unit", "mode": "self-test", "seed": "0000000000000001", "minutes": 10, "pass": 6000,
        "incomplete": "share:5000",
        "sections": [{"title": "一", "each": 300, "items": [["i-1", 2, hash], ["i-3", 2, hash]]}]
    });
    let answer =
        json!({"attempt": attempt, "item": "i-1", "revision": 2, "pack": hash, "response": {"options": ["b"]}});
    let done = json!({"attempt": attempt, "elapsed": 5});
    [
        ("exam.started", sitting),
        ("item.answered", answer),
        ("exam.finished", done),
    ]
    .into_iter()
    .zip(from..)
    .map(|((kind, body), n)| record(n, kind, &body).replace(PROFILE, profile))
    .collect()
}

const ATTEMPT: &str = "018f3c1e-7b2a-7cde-9abc-000000000001";
const SECOND: &str = "018f3c1e-7b2a-7cde-9abc-000000000002";

fn finished_lesson(n: u64, lesson: &str) -> String {
    record(
        n,
        "lesson.progress",
        &json!({"course": "c-1", "lesson": lesson, "state": "finished"}),
    )
}

fn cursor(answer: &Answer) -> String {
    answer.json()["next"].as_str().unwrap().to_owned()
}

fn ids(answer: &Answer) -> Vec<String> {
    let records = answer.json()["records"].as_array().unwrap().clone();
    let id = |entry: &Value| entry["record"]["id"].as_str().unwrap().to_owned();
    records.iter().map(id).collect()
}

#[tokio::test]
async fn doubles_become_one_person_and_both_devices_get_what_they_lack() {
    let home = Home::with(course_site(), |_| {}).await;
    let desk = Desk::open(&home).await;
    let one = join(&home, PROFILE, "赵六").await;
    let two = join(&home, OTHER_PROFILE, "赵六 六").await;
    let to_other = |text: String| text.replace(PROFILE, OTHER_PROFILE);
    home.send(&one, &[lesson(1)]).await;
    home.send(&two, &[to_other(lesson(2))]).await;
    home.send(&one, &[lesson(3)]).await;
    home.send(&two, &self_test(10, OTHER_PROFILE, ATTEMPT)).await;
    let (after_one, after_two) = (cursor(&home.fetch(&one, "").await), cursor(&home.fetch(&two, "").await));
    let (double, into) = (desk.person("赵六 六").await, desk.get("/people?find=赵六").await);
    let into = into["people"]
        .as_array()
        .unwrap()
        .iter()
        .find(|person| person["name"] == "赵六")
        .unwrap()
        .clone();
    let path = format!("/people/{}/merge", double["id"].as_str().unwrap());

    assert_eq!(desk.post(&path, json!({"into": "nobody"})).await.problem(), "not-found");
    assert_eq!(
        desk.post(&path, json!({"into": double["id"]})).await.problem(),
        "not-found",
        "with oneself"
    );
    status(&desk.post(&path, json!({"into": into["id"]})).await, 204);

    // Each device goes on from where it was and gets what the other one sent, each record once.
    let all: Vec<String> = [1, 2, 3, 10, 11, 12].map(id).into();
    for (token, after) in [(&one, &after_one), (&two, &after_two)] {
        let mut got = ids(&home.fetch(token, &format!("?after={after}")).await);
        got.sort();
        assert_eq!(got, all);
        assert_eq!(ids(&home.fetch(token, "").await).len(), all.len());
    }
    // Sending again is no news; new records of either profile go to the one person.
    assert_eq!(
        home.send(&two, &[lesson(1), to_other(lesson(2))]).await,
        ["duplicate", "duplicate"]
    );
    assert_eq!(
        home.send(&two, &[to_other(lesson(4)), lesson(5)]).await,
        ["stored", "stored"]
    );
    let person = desk.person("赵六").await;
    assert_eq!(
        (&person["records"], &person["devices"], &person["id"]),
        (&json!(8), &json!(2), &into["id"])
    );
    let results = desk.get("/results").await;
    let result = &results["results"][0];
    assert_eq!(
        (&result["person"], &result["points"], &result["state"]),
        (&into["id"], &json!(300), &json!("verified"))
    );
    // The store holds together, also for whoever opens it next.
    let cookie = desk.cookie.clone();
    let home = home.restart(course_site()).await;
    let desk = Desk { home: &home, cookie };
    assert_eq!(desk.get("/results").await["results"][0]["points"], 300);
    assert_eq!(home.send(&one, &[lesson(6)]).await, ["stored"]);
    assert_eq!(
        desk.ask("GET", &format!("/people/{}", double["id"].as_str().unwrap()), None)
            .await
            .problem(),
        "not-found"
    );
}

#[tokio::test]
async fn doubles_with_records_that_contradict_each_other_stay_apart() {
    let home = Home::new().await;
    let desk = Desk::open(&home).await;
    let (one, two) = (
        join(&home, PROFILE, "孙七").await,
        join(&home, OTHER_PROFILE, "周八").await,
    );
    let other = |text: String| text.replace(PROFILE, OTHER_PROFILE);
    home.send(&one, &[lesson(1), lesson(2)]).await;
    home.send(&two, &[other(lesson(1))]).await;
    let (double, into) = (desk.person("周八").await, desk.person("孙七").await);
    let path = format!("/people/{}/merge", double["id"].as_str().unwrap());
    let answer = desk.post(&path, json!({"into": into["id"]})).await;
    assert!(answer.text().contains("1 records"));
    assert_eq!(answer.problem(), "merge-clash");
    assert_eq!(ids(&home.fetch(&one, "").await).len(), 2);
    assert_eq!(ids(&home.fetch(&two, "").await).len(), 1);
}

/// A home where one person, whose name is a formula, handed a self-test in, finished a lesson and holds the paper of an
/// assessment since the day after; with the person's token.
async fn busy() -> (Home, String) {
    let home = Home::with(course_site(), |options| {
        options.sealed = crate::assessment::sealed();
    })
    .await;
    let token = join(&home, PROFILE, "=HYPERLINK(\"http://x\")").await;
    home.send(&token, &self_test(1, PROFILE, ATTEMPT)).await;
    let lessons = [
        finished_lesson(20, "l-1"),
        finished_lesson(21, "l-1"),
        finished_lesson(22, "l-gone"),
    ];
    home.send(&token, &lessons).await;
    home.clock.fetch_add(86_400_000, Ordering::Relaxed);
    let paper = crate::assessment::ask(&home, &token, PROFILE, 2).await;
    status(&paper, 200);
    (home, token)
}

#[tokio::test]
async fn results_are_the_endpoints_own_and_are_filtered() {
    let (home, _) = busy().await;
    let desk = Desk::open(&home).await;
    let results = desk.get("/results").await;
    let told = |row: &Value| {
        (
            row["attempt"].as_str().unwrap().to_owned(),
            row["mode"].clone(),
            row["state"].clone(),
        )
    };
    let rows: Vec<_> = results["results"].as_array().unwrap().iter().map(told).collect();
    assert_eq!(
        rows,
        [
            (SECOND.into(), json!("assessment"), json!("open")),
            (ATTEMPT.into(), json!("self-test"), json!("verified"))
        ]
    );
    assert_eq!(results["results"][1]["title"], "单元测试");
    assert_eq!(
        (
            &results["results"][1]["points"],
            &results["results"][1]["max"],
            &results["results"][1]["passed"]
        ),
        (&json!(300), &json!(600), &json!(false))
    );
    // What an organizer looks at is not thereby told to the person.
    home.clock.fetch_add(3_600_000, Ordering::Relaxed);
    assert_eq!(
        desk.get("/results?mode=assessment").await["results"][0]["state"],
        "verified"
    );
    let day = Timestamp(NOW).day().to_string();
    for (query, count) in [
        ("mode=self-test".to_owned(), 1),
        ("mode=contest".into(), 0),
        (format!("to={day}"), 1),
        (format!("from={day}&to={day}&exam=unit"), 1),
        ("exam=other".into(), 0),
        ("find=hyperlink".into(), 2),
        ("unit=99".into(), 0),
    ] {
        let found = desk.get(&format!("/results?{query}")).await;
        assert_eq!(found["results"].as_array().unwrap().len(), count, "{query}");
    }
    for (query, field) in [
        ("mode=x", "mode"),
        ("from=2026-13-01", "from"),
        ("after=x", "after"),
        ("unit=x", "query"),
    ] {
        let answer = desk.ask("GET", &format!("/results?{query}"), None).await;
        assert!(answer.text().contains(field), "{}", answer.text());
        assert_eq!(answer.problem(), "bad-field", "{query}");
    }
}

#[tokio::test]
async fn progress_counts_what_is_offered_and_all_goes_out_as_safe_files() {
    let (home, token) = busy().await;
    let desk = Desk::open(&home).await;
    let progress = desk.get("/progress").await;
    let row = &progress["rows"][0];
    assert_eq!(progress["rows"].as_array().unwrap().len(), 1, "{progress}");
    assert_eq!(
        ["title", "people", "active", "complete", "finished", "answered", "right"].map(|name| row[name].clone()),
        [
            json!("第一门课"),
            json!(1),
            json!(1),
            json!(0),
            json!(1),
            json!(1),
            json!(1)
        ]
    );
    home.send(&token, &[finished_lesson(23, "l-2")]).await;
    assert_eq!(desk.get("/progress").await["rows"][0]["complete"], 1);

    for (what, format) in [
        ("people", "csv"),
        ("results", "csv"),
        ("progress", "csv"),
        ("people", "xlsx"),
    ] {
        let answer = desk
            .post("/exports", json!({"what": what, "format": format, "find": ""}))
            .await;
        status(&answer, 200);
        assert!(answer.header("content-disposition").contains(&format!("{what}-2026-")));
        assert_eq!(answer.header("cache-control"), "no-store");
        if format == "csv" {
            let text = answer.text();
            assert!(text.starts_with("\u{feff}单位,"), "{text}");
            assert!(
                what == "progress" || text.contains("\"'=HYPERLINK(\"\"http://x\"\")\""),
                "{text}"
            );
        } else {
            assert_eq!(&answer.body[..2], b"PK");
        }
    }
    for wish in [
        json!({"what": "secrets", "format": "csv"}),
        json!({"what": "people", "format": "exe"}),
        json!({"what": "results", "format": "csv", "mode": "x"}),
    ] {
        assert_eq!(desk.post("/exports", wish).await.problem(), "bad-field");
    }
    let log = desk.get("/audit").await;
    let exports: Vec<_> = log["rows"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["action"] == "export")
        .collect();
    assert_eq!(exports.len(), 4, "one for each file and none for what was refused");
    assert_eq!(
        (&exports[0]["rows"], &exports[0]["organizer"]),
        (&json!(1), &json!("王组织"))
    );
    assert_eq!(exports[2]["detail"], "results csv");
}
