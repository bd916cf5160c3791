//! Assessments: papers without keys, marked as a whole, with limits; and the totals of self-tests.

use crate::support::{Answer, Home, NOW, OTHER_PROFILE, PROFILE, call, site, site_with_pack};
use axum::http::Request;
use endpoint::sealed::Sealed;
use serde_json::{Value, json};
use std::sync::atomic::Ordering;

pub(crate) const EXAM: &str = "unit";

/// Words that stand in the keys alone.
const SECRETS: [&str; 6] = [
    "解释只在密封题库",
    "错因甲",
    "错因乙",
    "错因丙",
    "对错的错因",
    "填空的错因",
];

fn item(n: usize) -> Value {
    let basis = json!({"article": ["anquan-shengchan-fa@2021-06-10#36"]});
    let mut form = json!({
        "id": format!("s-{n}"), "revision": 1, "topics": ["题"], "difficulty": 2, "stem": format!("密封题{n}"),
        "basis": basis, "explanation": SECRETS[0]
    });
    match n % 3 {
        0 => {
            form["kind"] = "single".into();
            form["options"] = json!([
                {"id": "a", "text": "甲", "why": SECRETS[1]}, {"id": "b", "text": "乙", "right": true},
                {"id": "c", "text": "丙", "why": SECRETS[3]}
            ]);
        }
        1 => {
            form["kind"] = "true-false".into();
            form["answer"] = true.into();
            form["why"] = SECRETS[4].into();
        }
        _ => {
            form["kind"] = "fill".into();
            form["stem"] = format!("密封题{n}填{{x}}").into();
            form["exercise"] = json!({"blanks": [{"id": "x", "number": "30", "unit": ["日"], "why": SECRETS[5]}]});
        }
    }
    form
}

pub(crate) fn sealed() -> Sealed {
    let items: Vec<Value> = (0..12).map(item).collect();
    let bank = json!({"v": 1, "bank": "st-unit", "title": {"zh": "库"}, "regulations": {}, "items": items});
    let section = |kind: &str| json!({"title": kind, "kinds": [kind], "count": 2, "each": 100});
    let exam = json!({
        "id": EXAM, "kind": "unit", "title": {"zh": "考"}, "summary": {"zh": "试"}, "minutes": 10, "pass": 60,
        "assessment": true, "retakes": 1, "wait": 5,
        "parts": [{"bank": "st-unit", "pack": "0".repeat(32), "sections": [section("single"), section("true-false"), section("fill")]}]
    });
    let pack = json!({"v": 1, "label": "公开题库，不得用于正式比赛", "exam": exam, "banks": [bank]});
    Sealed::of("test", pack.to_string().as_bytes()).unwrap()
}

pub(crate) async fn home() -> Home {
    Home::with(site_with_pack(), |options| options.sealed = sealed()).await
}

fn attempt(n: u64) -> String {
    format!("018f3c1e-7b2a-7cde-9abc-{n:012x}")
}

pub(crate) async fn ask(home: &Home, token: &str, profile: &str, n: u64) -> Answer {
    let request = Request::post(format!("/api/v1/exams/{EXAM}/sittings"))
        .header("content-type", "application/json")
        .header("authorization", format!("Bearer {token}"));
    let wish = json!({"profile": profile, "attempt": attempt(n)});
    call(&home.router, request, wish.to_string()).await
}

pub(crate) async fn result(home: &Home, token: &str, n: u64) -> Answer {
    let path = format!("/api/v1/exams/{EXAM}/sittings/{}", attempt(n));
    home.get(&path, &[("authorization", &format!("Bearer {token}"))]).await
}

async fn offer(home: &Home, token: &str) -> Value {
    let answer = home
        .get("/api/v1/exams", &[("authorization", &format!("Bearer {token}"))])
        .await;
    answer.json()["exams"][0].clone()
}

/// A record at `at`, its number `n` unique in the test.
fn record(n: u64, at: i64, kind: &str, body: &Value) -> String {
    let id = crate::support::id(n);
    json!({
        "id": id, "v": 1, "kind": kind, "profile": PROFILE, "device": crate::support::DEVICE, "seq": n, "at": at, "body": body
    })
    .to_string()
}

/// The right response to a sealed item.
fn key(item: &str) -> Value {
    match item.trim_start_matches("s-").parse::<usize>().unwrap() % 3 {
        0 => json!({"options": ["b"]}),
        1 => json!({"truth": true}),
        _ => json!({"blanks": [["x", "三十日"]]}),
    }
}

fn answers(paper: &Value, from: u64, at: i64, right: usize) -> Vec<String> {
    let sections = paper["sitting"]["sections"].as_array().unwrap();
    let items = sections.iter().flat_map(|section| section["items"].as_array().unwrap());
    items
        .enumerate()
        .map(|(place, entry)| {
            let item = entry[0].as_str().unwrap();
            let response = if place < right { key(item) } else { json!({"options": []}) };
            let body = json!({
                "attempt": paper["sitting"]["attempt"], "item": item, "revision": 1, "pack": entry[2], "response": response
            });
            record(from + place as u64, at, "item.answered", &body)
        })
        .collect()
}

fn finished(n: u64, at: i64, attempt: &Value) -> String {
    record(n, at, "exam.finished", &json!({"attempt": attempt, "elapsed": 60_000}))
}

#[tokio::test]
async fn a_paper_is_given_answered_and_marked_as_a_whole_and_no_key_is_ever_sent() {
    let home = home().await;
    let token = home.join(PROFILE).await;
    let mut sent = String::new();
    assert_eq!(offer(&home, &token).await["left"], 2);
    let given = ask(&home, &token, PROFILE, 1).await;
    assert_eq!(given.status, 200, "{}", given.text());
    sent.push_str(given.text());
    let paper = given.json();
    assert_eq!(paper["items"].as_array().unwrap().len(), 6);
    assert_eq!(
        paper["ends"].as_i64().unwrap() - paper["started"].as_i64().unwrap(),
        600_000
    );
    // The same attempt gives the same paper and times, later too.
    home.clock.fetch_add(30_000, Ordering::Relaxed);
    let mut again = ask(&home, &token, PROFILE, 1).await.json();
    again["now"] = paper["now"].clone();
    assert_eq!(again, paper);
    assert_eq!(ask(&home, &token, PROFILE, 2).await.problem(), "attempt-open");

    let mut records = vec![record(1, NOW, "exam.started", &paper["sitting"])];
    records.extend(answers(&paper, 10, NOW + 60_000, 4));
    let stored = home.post(&token, crate::support::batch(&records)).await;
    sent.push_str(stored.text());
    for verdict in stored.json()["verdicts"].as_array().unwrap() {
        assert_eq!(verdict["verdict"], "stored");
        assert!(verdict.get("mark").is_none(), "an answer was marked: {verdict}");
    }
    let open = result(&home, &token, 1).await;
    assert_eq!(open.json()["state"], "open", "{}", open.text());
    sent.push_str(open.text());
    let attempt = &paper["sitting"]["attempt"];
    assert_eq!(
        home.send(&token, &[finished(40, NOW + 90_000, attempt)]).await,
        ["stored"]
    );
    let marked = result(&home, &token, 1).await;
    sent.push_str(marked.text());
    let said = marked.json();
    assert_eq!(
        (&said["state"], &said["counts"]),
        (&json!("marked"), &json!(true)),
        "{said}"
    );
    assert_eq!(
        (said["points"].as_u64(), said["max"].as_u64()),
        (Some(400), Some(600)),
        "{said}"
    );
    assert_eq!(said["passed"], true);
    assert_eq!(said["rows"].as_array().unwrap().len(), 6);
    sent.push_str(home.fetch(&token, "").await.text());
    sent.push_str(home.get("/api/v1/openapi.json", &[]).await.text());
    for secret in SECRETS {
        assert!(!sent.contains(secret), "the endpoint sent a key: {secret}");
    }
    for field in [
        "\"right\":true",
        "\"answer\":true",
        "\"why\"",
        "\"explanation\"",
        "\"number\":\"30\"",
    ] {
        assert!(!given.text().contains(field), "the paper has {field}");
    }
    let pack = paper["sitting"]["sections"][0]["items"][0][2].as_str().unwrap();
    assert_eq!(home.get(&format!("/packs/{pack}.json"), &[]).await.status, 404);
}

#[tokio::test]
async fn attempts_are_limited_by_count_and_waiting_and_belong_to_one_person() {
    let home = home().await;
    let token = home.join(PROFILE).await;
    let other = home.join(OTHER_PROFILE).await;
    let first = ask(&home, &token, PROFILE, 1).await.json();
    assert_eq!(ask(&home, &other, OTHER_PROFILE, 1).await.problem(), "attempt-taken");
    assert_eq!(result(&home, &other, 1).await.status, 404);
    assert_eq!(ask(&home, &other, PROFILE, 3).await.problem(), "profile-of-another");
    let theirs = ask(&home, &other, OTHER_PROFILE, 3).await.json();
    assert_ne!(
        first["sitting"]["seed"], theirs["sitting"]["seed"],
        "two persons have one paper"
    );
    let start = record(1, NOW, "exam.started", &first["sitting"]);
    home.send(&token, &[start, finished(2, NOW + 1_000, &first["sitting"]["attempt"])])
        .await;
    assert_eq!(ask(&home, &token, PROFILE, 2).await.problem(), "too-early");
    home.clock.fetch_add(6 * 60_000, Ordering::Relaxed);
    assert_eq!(ask(&home, &token, PROFILE, 2).await.status, 200);
    // Its time passes without a handing in: it counts as used.
    home.clock.fetch_add(60 * 60_000, Ordering::Relaxed);
    assert_eq!(ask(&home, &token, PROFILE, 4).await.problem(), "attempts-used-up");
    assert_eq!(result(&home, &token, 2).await.json()["state"], "marked");
    assert_eq!(offer(&home, &token).await["left"], 0);
}

#[tokio::test]
async fn answers_given_offline_in_time_count_when_they_arrive_late_and_later_ones_do_not() {
    let home = home().await;
    let token = home.join(PROFILE).await;
    let paper = ask(&home, &token, PROFILE, 1).await.json();
    home.clock.fetch_add(3 * 3_600_000, Ordering::Relaxed);
    let mut records = vec![record(1, NOW, "exam.started", &paper["sitting"])];
    let all = answers(&paper, 10, NOW + 9 * 60_000, 6);
    let late = answers(&paper, 20, NOW + 12 * 60_000, 6);
    records.extend(all[..3].iter().cloned());
    records.extend(late[3..].iter().cloned());
    records.push(finished(40, NOW + 10 * 60_000, &paper["sitting"]["attempt"]));
    home.send(&token, &records).await;
    let said = result(&home, &token, 1).await.json();
    assert_eq!(said["points"], 300, "{said}");
    assert_eq!(said["doubtful"], true, "{said}");
}

#[tokio::test]
async fn an_attempt_that_was_never_given_out_is_stored_and_not_counted() {
    let home = home().await;
    let token = home.join(PROFILE).await;
    let paper = ask(&home, &token, PROFILE, 1).await.json();
    let mut forged = paper["sitting"].clone();
    forged["attempt"] = attempt(9).into();
    assert_eq!(
        home.send(&token, &[record(1, NOW, "exam.started", &forged)]).await,
        ["stored"]
    );
    let said = result(&home, &token, 9).await;
    assert!(said.status == 404 || said.json()["counts"] == false, "{}", said.text());
    assert_eq!(offer(&home, &token).await["used"], 1);
}

#[tokio::test]
async fn a_paper_outlives_a_restart() {
    let home = home().await;
    let token = home.join(PROFILE).await;
    let paper = ask(&home, &token, PROFILE, 1).await.json();
    // The new program has other sealed banks: the sitting stays judged by its own.
    let home = home.restart(site(&[])).await;
    let mut records = vec![record(1, NOW, "exam.started", &paper["sitting"])];
    records.extend(answers(&paper, 10, NOW + 60_000, 6));
    records.push(finished(40, NOW + 90_000, &paper["sitting"]["attempt"]));
    home.send(&token, &records).await;
    let said = result(&home, &token, 1).await;
    assert_eq!(said.json()["points"], 600, "{}", said.text());
}

#[tokio::test]
async fn a_self_test_is_marked_again_as_a_whole_whatever_the_client_says() {
    let home = home().await;
    let token = home.join(PROFILE).await;
    let (hash, _) = crate::support::pack();
    let sitting = json!({
        "attempt": attempt(1), "exam": "unit", "mode": "self-test", "seed": "0000000000000001", "minutes": 10, "pass": 6000,
        "incomplete": "share:5000", "sections": [{"title": "一", "each": 300, "items": [["i-1", 2, hash.to_string()]]}]
    });
    let answer = json!({
        "attempt": attempt(1), "item": "i-1", "revision": 2, "pack": hash.to_string(), "response": {"options": ["b"]},
        "points": 99
    });
    let done = json!({"attempt": attempt(1), "elapsed": 5, "points": 100_000});
    home.send(
        &token,
        &[
            record(1, NOW, "exam.started", &sitting),
            record(2, NOW, "item.answered", &answer),
            record(3, NOW, "exam.finished", &done),
        ],
    )
    .await;
    let held = home.fetch(&token, "").await.json();
    let total = held["records"]
        .as_array()
        .unwrap()
        .iter()
        .find(|held| held["record"]["kind"] == "exam.finished");
    let mark = &total.unwrap()["mark"];
    assert_eq!(mark["max"], 300, "{held}");
    let single = held["records"]
        .as_array()
        .unwrap()
        .iter()
        .find(|held| held["record"]["kind"] == "item.answered");
    let right = single.unwrap()["mark"]["outcome"] == "right";
    assert_eq!(mark["points"], if right { 300 } else { 0 }, "{held}");
    assert_eq!(mark["outcome"], if right { "right" } else { "wrong" }, "{held}");
}

#[tokio::test]
async fn an_answer_of_a_clock_far_ahead_is_not_the_last_one_of_a_self_test() {
    const AHEAD: i64 = 7_200_000;
    let home = Home::with(crate::support::site_with_pack(), |_| {}).await;
    let token = home.join(PROFILE).await;
    let pack = crate::support::pack().0.to_string();
    let sitting = json!({
        "attempt": attempt(1), "exam": "unit", "mode": "self-test", "seed": "0000000000000001", "minutes": 10, "pass": 6000,
        "incomplete": "share:5000", "sections": [{"title": "一", "each": 300, "items": [["i-1", 2, pack]]}]
    });
    let answer = |n: u64, at: i64, option: &str| {
        let body = json!({
            "attempt": attempt(1), "item": "i-1", "revision": 2, "pack": pack, "response": {"options": [option]}
        });
        record(n, at, "item.answered", &body)
    };
    // Begun and answered on a phone whose clock is two hours ahead, then answered again on a computer.
    let phone = [
        record(1, NOW + AHEAD, "exam.started", &sitting),
        answer(2, NOW + AHEAD + 5_000, "a"),
    ];
    assert_eq!(home.send(&token, &phone).await, ["stored"; 2]);
    let computer = answer(3, NOW + 60_000, "b").replace(crate::support::DEVICE, "00000000-0000-4000-8000-000000000002");
    home.clock.fetch_add(60_000, Ordering::Relaxed);
    assert_eq!(home.send(&token, &[computer]).await, ["stored"]);
    home.clock.fetch_add(60_000, Ordering::Relaxed);
    let done = finished(4, NOW + AHEAD + 120_000, &json!(attempt(1)));
    let told = home.post(&token, crate::support::batch(&[done])).await.json();
    let told = &told["verdicts"][0];
    assert_eq!(
        (&told["mark"]["outcome"], &told["received"]),
        (&json!("right"), &json!(NOW + 120_000))
    );
}
