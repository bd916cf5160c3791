//! Joining with a unit's code.

use crate::support::{Home, NOW, OTHER_PROFILE, PROFILE, batch, call, lesson, new_code, site};
use axum::http::Request;
use domain::time::Timestamp;
use endpoint::code::UnitCode;
use endpoint::limit::Rate;
use futures::future::join_all;
use serde_json::{Value, json};
use std::sync::atomic::Ordering;

fn wish(code: &str, profile: &str) -> Value {
    json!({"code": code, "profile": profile, "name": " 张三 ", "staff_no": ""})
}

#[tokio::test]
async fn a_code_as_a_person_types_it_gives_a_token_that_holds() {
    let home = Home::new().await;
    let typed = home
        .code
        .to_string()
        .to_lowercase()
        .replace('-', " ")
        .replace('0', "o")
        .replace('1', "l");
    let answer = home.enrol(wish(&typed, PROFILE)).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let joined: wire::api::EnrolmentAnswer = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(
        (joined.unit.as_str(), joined.epoch.as_str()),
        ("城东街道", home.endpoint.store().epoch())
    );
    assert_eq!((joined.token.len(), joined.person.len()), (43, 36));
    assert_eq!(home.send(&joined.token, &[lesson(1)]).await, ["stored"]);
    let bytes = std::fs::read(crate::support::file(&home.folder)).unwrap();
    let log = std::fs::read(home.folder.path().join("anxue.sqlite-wal")).unwrap();
    let everything = [bytes, log].concat();
    let secrets = [
        joined.token.clone(),
        home.code.to_string(),
        home.code.to_string().replace('-', ""),
    ];
    for secret in secrets {
        assert!(
            !everything
                .windows(secret.len())
                .any(|window| window == secret.as_bytes()),
            "secrets are stored hashed"
        );
    }
}

#[tokio::test]
async fn every_code_that_does_not_hold_gets_the_same_answer() {
    let home = Home::new().await;
    let used_up = UnitCode::from_bits(77);
    home.endpoint
        .store()
        .new_code(new_code(&used_up, 1), Timestamp(NOW))
        .await
        .unwrap();
    assert_eq!(home.enrol(wish(&used_up.to_string(), OTHER_PROFILE)).await.status, 201);
    let closed = UnitCode::from_bits(78);
    home.endpoint
        .store()
        .new_code(new_code(&closed, 1), Timestamp(NOW))
        .await
        .unwrap();
    let number = home.endpoint.store().codes().await.unwrap()[0].number;
    home.endpoint.store().close_code(number, Timestamp(NOW)).await.unwrap();
    let mut answers = Vec::new();
    for code in [
        "",
        "x",
        "00000-00000",
        "安安安",
        &"0".repeat(500),
        &used_up.to_string(),
        &closed.to_string(),
    ] {
        answers.push(home.enrol(wish(code, PROFILE)).await);
    }
    home.clock.store(NOW + 30 * 86_400_000, Ordering::Relaxed);
    answers.push(home.enrol(wish(&home.code.to_string(), PROFILE)).await);
    for answer in &answers {
        assert_eq!(
            (answer.status.as_u16(), answer.problem().as_str()),
            (403, "code-refused")
        );
        assert_eq!(answer.body, answers[0].body);
    }
}

#[tokio::test]
async fn names_and_numbers_are_one_visible_line() {
    let home = Home::new().await;
    let code = home.code.to_string();
    let (long, longest) = ("安".repeat(41), "安".repeat(40));
    let with = |field: &str, value: &str| {
        let mut wish = wish(&code, PROFILE);
        wish[field] = json!(value);
        wish
    };
    for (wish, code) in [
        (with("name", ""), "bad-name"),
        (with("name", "  \u{3000}"), "bad-name"),
        (with("name", &long), "bad-name"),
        (with("name", "张\u{0}三"), "bad-name"),
        (with("name", "张\n三"), "bad-name"),
        (with("name", "张\u{202e}三"), "bad-name"),
        (with("name", "张\u{200b}三"), "bad-name"),
        (with("staff_no", &long), "bad-staff-no"),
        (with("staff_no", "1\t2"), "bad-staff-no"),
        (with("profile", "x"), "bad-profile"),
    ] {
        let answer = home.enrol(wish.clone()).await;
        assert_eq!(
            (answer.status.as_u16(), answer.problem().as_str()),
            (422, code),
            "{wish}"
        );
    }
    for body in ["", "[]", "{\"code\":1}", "\u{feff}{}"] {
        let request = Request::post("/api/v1/enrolments").header("content-type", "application/json");
        assert_eq!(
            call(&home.router, request, body.to_owned()).await.problem(),
            "unreadable",
            "{body}"
        );
    }
    let request = Request::post("/api/v1/enrolments").header("content-type", "application/json");
    assert_eq!(
        call(&home.router, request, " ".repeat(5_000)).await.problem(),
        "body-too-large"
    );
    assert_eq!(
        call(&home.router, Request::post("/api/v1/enrolments"), "{}")
            .await
            .problem(),
        "not-json"
    );
    assert_eq!(home.enrol(with("name", &longest)).await.status, 201);
}

#[tokio::test]
async fn a_profile_is_linked_once_unless_the_answer_was_lost() {
    let home = Home::new().await;
    let wish = wish(&home.code.to_string(), PROFILE);
    let first = home.enrol(wish.clone()).await.json();
    let second = home.enrol(wish.clone()).await;
    assert_eq!(second.status, 201, "sent again because the answer did not come");
    let second = second.json();
    assert_eq!(first["person"], second["person"]);
    let (lost, token) = (first["token"].as_str().unwrap(), second["token"].as_str().unwrap());
    assert_eq!(home.post(lost, batch(&[lesson(1)])).await.problem(), "unauthorized");
    assert_eq!(home.send(token, &[lesson(1)]).await, ["stored"]);
    let third = home.enrol(wish).await;
    assert_eq!(
        (third.status.as_u16(), third.problem().as_str()),
        (409, "profile-claimed")
    );
    assert_eq!(home.endpoint.store().codes().await.unwrap()[0].used, 1);
}

#[tokio::test]
async fn of_three_hundred_at_once_exactly_two_hundred_join() {
    let home = Home::new().await;
    let code = home.code.to_string();
    let profile = |n: u32| format!("7d444840-9dc0-41d1-b245-{n:012x}");
    let before = home.endpoint.store().commits();
    let answers = join_all((0..300).map(|n| home.enrol(wish(&code, &profile(n))))).await;
    let count = |status: u16| answers.iter().filter(|answer| answer.status == status).count();
    assert_eq!(
        (count(201), count(403)),
        (200, 100),
        "right codes of one address are no attack"
    );
    assert_eq!(home.endpoint.store().codes().await.unwrap()[0].used, 200);
    assert!(home.endpoint.store().commits() - before < 150);
}

#[tokio::test]
async fn guessing_codes_is_slow_and_right_codes_are_not_counted() {
    let rate = Rate {
        burst: 5,
        per_minute: 1,
    };
    let home = Home::with(site(&[]), |options| options.wrong_codes = rate).await;
    let code = home.code.to_string();
    for n in 0..40 {
        let profile = format!("7d444840-9dc0-41d1-b245-{n:012x}");
        assert_eq!(home.enrol(wish(&code, &profile)).await.status, 201);
    }
    let guesses = futures::future::join_all((0..5).map(|_| home.enrol(wish("00000-00000", PROFILE)))).await;
    assert!(guesses.iter().all(|answer| answer.status == 403));
    let next = home.enrol(wish("00000-00000", PROFILE)).await;
    assert_eq!(
        (next.status.as_u16(), next.problem().as_str()),
        (429, "too-many-requests")
    );
    assert!(next.header("retry-after").parse::<u32>().unwrap() >= 1);
    let elsewhere = Request::post("/api/v1/enrolments").header("content-type", "application/json");
    let elsewhere = elsewhere
        .extension(endpoint::Peer("127.0.0.1:1".parse().unwrap()))
        .header("x-forwarded-for", "10.9.9.9");
    let request = elsewhere
        .body(axum::body::Body::from(wish(&code, PROFILE).to_string()))
        .unwrap();
    let response = tower::ServiceExt::oneshot(home.router.clone(), request).await.unwrap();
    assert_eq!(
        response.status(),
        201,
        "another address, told by the proxy on this machine"
    );
}
