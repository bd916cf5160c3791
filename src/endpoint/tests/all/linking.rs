//! Further devices of a person, what is held on them, and its erasure.

use crate::support::{Answer, Home, NOW, OTHER_PROFILE, PROFILE, call, file, lesson};
use axum::http::Request;
use futures::future::join_all;
use serde_json::{Value, json};
use sqlx::{Connection, SqliteConnection, query_scalar};
use std::sync::atomic::Ordering;

const THIRD: &str = "7d444840-9dc0-41d1-b245-5ffdce74fad5";

fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

pub(crate) async fn new_link(home: &Home, token: &str) -> Answer {
    call(
        &home.router,
        Request::post("/api/v1/links").header("authorization", bearer(token)),
        "",
    )
    .await
}

pub(crate) async fn claim(home: &Home, code: &str, profile: &str) -> Answer {
    let request = Request::post("/api/v1/links/claims").header("content-type", "application/json");
    let body = json!({"code": code, "profile": profile}).to_string();
    call(&home.router, request, body).await
}

pub(crate) async fn person(home: &Home, token: &str) -> Answer {
    home.get("/api/v1/person", &[("authorization", &bearer(token))]).await
}

pub(crate) async fn erase(home: &Home, token: &str) -> Answer {
    let request = Request::delete("/api/v1/person").header("authorization", bearer(token));
    call(&home.router, request, "").await
}

async fn code(home: &Home, token: &str) -> String {
    let answer = new_link(home, token).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let form: wire::api::LinkCode = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(form.expires, home.clock.load(Ordering::Relaxed) + 600_000);
    form.code
}

fn refused(answer: &Answer) -> bool {
    answer.status == 403 && answer.problem() == "code-refused"
}

#[tokio::test]
async fn a_linked_device_gets_everything_back_and_sends_for_the_same_person() {
    let home = Home::new().await;
    let first = home.join(PROFILE).await;
    assert_eq!(home.send(&first, &[lesson(1), lesson(2)]).await, ["stored", "stored"]);
    let code = code(&home, &first).await;
    let typed = code.to_lowercase().replace('-', " ");
    let answer = claim(&home, &typed, OTHER_PROFILE).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let linked: wire::api::LinkAnswer = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(
        (linked.name.as_str(), linked.unit.as_str(), linked.records),
        ("张三", "城东街道", 2)
    );
    assert_eq!(linked.epoch, home.endpoint.store().epoch());
    let held = home.fetch(&linked.token, "").await.json();
    assert_eq!(held["records"].as_array().unwrap().len(), 2);
    // What this device did before goes up for the same person.
    let own = lesson(3).replace(PROFILE, OTHER_PROFILE);
    assert_eq!(home.send(&linked.token, &[&own]).await, ["stored"]);
    assert_eq!(
        home.fetch(&first, "").await.json()["records"].as_array().unwrap().len(),
        3
    );
    let told: wire::api::PersonAnswer = serde_json::from_slice(&person(&home, &first).await.body).unwrap();
    assert_eq!(told.profiles, [PROFILE, OTHER_PROFILE]);
    assert_eq!((told.devices, told.records, told.joined), (2, 3, NOW));
    assert_eq!(told.person, linked.person);
}

#[tokio::test]
async fn a_code_links_one_device_within_ten_minutes() {
    let home = Home::new().await;
    let token = home.join(PROFILE).await;
    // Of two devices at once one is linked, and the other learns no more than anybody.
    let both = code(&home, &token).await;
    let answers = join_all([claim(&home, &both, OTHER_PROFILE), claim(&home, &both, THIRD)]).await;
    let linked = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(
        (linked, answers.iter().filter(|answer| refused(answer)).count()),
        (1, 1)
    );
    let late = code(&home, &token).await;
    home.clock.fetch_add(599_999, Ordering::Relaxed);
    let still = code(&home, &token).await;
    home.clock.fetch_add(1, Ordering::Relaxed);
    assert!(refused(&claim(&home, &late, THIRD).await));
    assert_ne!(claim(&home, &still, PROFILE).await.status, 403);
    // Whoever has no token makes no codes.
    assert_eq!(new_link(&home, "x").await.problem(), "unauthorized");
}

#[tokio::test]
async fn the_sixth_open_code_closes_the_first() {
    let home = Home::new().await;
    let token = home.join(PROFILE).await;
    let mut codes = Vec::new();
    for _ in 0..6 {
        home.clock.fetch_add(1, Ordering::Relaxed);
        codes.push(code(&home, &token).await);
    }
    assert!(refused(&claim(&home, &codes[0], OTHER_PROFILE).await));
    assert_eq!(claim(&home, &codes[1], OTHER_PROFILE).await.status, 201);
}

#[tokio::test]
async fn a_lost_answer_to_linking_costs_nothing_until_the_token_is_used() {
    let home = Home::new().await;
    let token = home.join(PROFILE).await;
    let code = code(&home, &token).await;
    let lost = claim(&home, &code, OTHER_PROFILE).await.json()["token"].clone();
    assert!(refused(&claim(&home, &code, THIRD).await), "another device");
    let again = claim(&home, &code, OTHER_PROFILE).await;
    assert_eq!(again.status, 201);
    let again = again.json()["token"].clone();
    assert_eq!(person(&home, lost.as_str().unwrap()).await.status, 401);
    assert_eq!(person(&home, again.as_str().unwrap()).await.json()["devices"], 2);
    assert!(
        refused(&claim(&home, &code, OTHER_PROFILE).await),
        "a token that was used"
    );
}

#[tokio::test]
async fn a_device_of_another_person_is_not_taken_over() {
    let home = Home::new().await;
    let (one, other) = (home.join(PROFILE).await, home.join(OTHER_PROFILE).await);
    let code = code(&home, &one).await;
    let answer = claim(&home, &code, OTHER_PROFILE).await;
    assert_eq!(
        (answer.status.as_u16(), answer.problem().as_str()),
        (409, "profile-claimed")
    );
    assert_eq!(
        home.send(&other, &[lesson(1).replace(PROFILE, OTHER_PROFILE)]).await,
        ["stored"]
    );
    // The code was not used up by that.
    assert_eq!(claim(&home, &code, THIRD).await.status, 201);
}

#[tokio::test]
async fn guesses_at_codes_are_counted_and_right_codes_are_not() {
    let home = Home::with(crate::support::site(&[]), |options| {
        options.wrong_codes = endpoint::limit::Rate {
            burst: 3,
            per_minute: 1,
        };
    })
    .await;
    let token = home.join(PROFILE).await;
    for n in 0..10_u64 {
        let code = code(&home, &token).await;
        let answer = claim(&home, &code, &format!("7d444840-9dc0-41d1-b245-{n:012x}")).await;
        assert_eq!(answer.status, 201, "a hall of devices");
    }
    for _ in 0..3 {
        assert!(refused(&claim(&home, "00000-00000", THIRD).await));
    }
    assert_eq!(claim(&home, "00000-00000", THIRD).await.status, 429);
    for (body, code) in [("{}", 429), ("[", 400)] {
        let request = Request::post("/api/v1/links/claims").header("content-type", "application/json");
        let wanted = call(&home.router, request, body).await.status.as_u16();
        assert!(wanted == code || wanted == 400, "{body}: {wanted}");
    }
}

/// How many rows of each table speak of anybody.
async fn rows(home: &Home) -> Vec<(&'static str, i64)> {
    let url = format!("sqlite://{}", file(&home.folder).display());
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    let mut rows = Vec::new();
    for (table, sql) in [
        ("records", "SELECT count(*) FROM records"),
        ("verdicts", "SELECT count(*) FROM verdicts"),
        ("pending", "SELECT count(*) FROM pending"),
        ("due", "SELECT count(*) FROM due"),
        ("sittings", "SELECT count(*) FROM sittings"),
        ("told", "SELECT count(*) FROM told"),
        ("links", "SELECT count(*) FROM links"),
        (
            "names",
            "SELECT count(*) FROM persons WHERE name <> '' OR staff_no IS NOT NULL",
        ),
    ] {
        rows.push((table, query_scalar(sql).fetch_one(&mut connection).await.unwrap()));
    }
    rows
}

#[tokio::test]
async fn erasure_leaves_a_tombstone_and_nothing_else() {
    let home = crate::assessment::home().await;
    let (token, other) = (home.join(PROFILE).await, home.join(OTHER_PROFILE).await);
    let answered = json!({"item": "i-1", "revision": 2, "pack": crate::support::pack().0.to_string(), "response": {"options": ["b"]}});
    let unknown = json!({"item": "i-1", "revision": 2, "pack": "0".repeat(32), "response": {"options": ["b"]}});
    let records = [
        lesson(1),
        crate::support::record(2, "item.answered", &answered),
        crate::support::record(3, "item.answered", &unknown),
    ];
    assert_eq!(home.send(&token, &records).await, ["stored"; 3]);
    assert_eq!(crate::assessment::ask(&home, &token, PROFILE, 1).await.status, 200);
    let spare = code(&home, &token).await;
    let second = claim(&home, &spare, THIRD).await.json()["token"].clone();
    let open = code(&home, &token).await;
    assert_eq!(
        home.send(&other, &[lesson(9).replace(PROFILE, OTHER_PROFILE)]).await,
        ["stored"]
    );
    let before: Vec<_> = rows(&home).await.into_iter().filter(|(_, rows)| *rows == 0).collect();
    assert!(
        before.iter().all(|(table, _)| ["told", "due"].contains(table)),
        "{before:?}"
    );

    assert_eq!(erase(&home, &token).await.status, 204);
    let left: Vec<_> = rows(&home).await.into_iter().filter(|(_, rows)| *rows > 0).collect();
    assert_eq!(left, [("records", 1), ("names", 1)], "the other person's alone");
    // Every device of the person is told, and nothing comes back.
    for token in [token.as_str(), second.as_str().unwrap()] {
        assert_eq!(
            home.post(token, crate::support::batch(&records)).await.problem(),
            "erased"
        );
        assert_eq!(home.fetch(token, "").await.problem(), "erased");
        assert_eq!(person(&home, token).await.problem(), "erased");
        assert_eq!(erase(&home, token).await.problem(), "erased");
        assert_eq!(new_link(&home, token).await.problem(), "erased");
    }
    assert!(refused(&claim(&home, &open, THIRD).await));
    let wish = json!({"code": home.code.to_string(), "profile": PROFILE, "name": "张三"});
    assert_eq!(home.enrol(wish).await.problem(), "profile-claimed");
    assert_eq!(rows(&home).await.into_iter().filter(|(_, rows)| *rows > 0).count(), 2);
    assert_eq!(
        home.fetch(&other, "").await.json()["records"].as_array().unwrap().len(),
        1
    );
}

#[tokio::test]
async fn a_record_that_passed_the_door_before_the_erasure_is_refused_behind_it() {
    let home = Home::new().await;
    let token = home.join(PROFILE).await;
    let store = home.endpoint.store();
    let hash = endpoint::code::token_hash(&token).unwrap();
    let person = store.holder(&hash).await.unwrap().unwrap().person;
    assert!(store.erase(person, domain::time::Timestamp(NOW)).await.unwrap());
    assert!(!store.erase(person, domain::time::Timestamp(NOW)).await.unwrap());
    let record = endpoint::store::NewRecord {
        id: crate::support::record_id(1),
        profile: crate::support::profile(PROFILE),
        kind: "k".into(),
        at: domain::time::Timestamp(NOW),
        doubtful: false,
        attempt: None,
        raw: "{}".into(),
        verdict: None,
    };
    let appended = store
        .append(person, domain::time::Timestamp(NOW), vec![record])
        .await
        .unwrap();
    assert_eq!(appended, [endpoint::store::Appended::Erased]);
    assert!(store.person(person).await.unwrap().is_none());
    let rows: Value = rows(&home)
        .await
        .into_iter()
        .map(|(table, rows)| (table.to_owned(), rows))
        .collect();
    assert_eq!(rows["records"], 0);
}
