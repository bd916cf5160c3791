//! Clock, health, description, and what happens when the store fails.

use crate::support::{Answer, Home, NOW, OTHER_PROFILE, PROFILE, call, lesson, pack, record, site_with_pack};
use axum::http::Request;
use endpoint::Code;
use endpoint::openapi::{self, BatchAnswer, EnrolmentAnswer, EnrolmentRequest, Health, Page, ProblemDocument, Time};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

#[tokio::test]
async fn the_clock_is_the_endpoints() {
    let home = Home::new().await;
    assert_eq!(home.get("/api/v1/time", &[]).await.json(), json!({"time": NOW}));
}

#[tokio::test]
async fn a_store_that_fails_is_told_as_such_and_tried_again_later() {
    let home = Home::new().await;
    let token = home.join(PROFILE).await;
    home.send(&token, &[lesson(1)]).await;
    home.endpoint.store().close().await;
    for answer in [
        home.get("/health", &[]).await,
        home.post(&token, crate::support::batch(&[lesson(2)])).await,
    ] {
        assert_eq!(
            (answer.status.as_u16(), answer.problem().as_str()),
            (503, "unavailable")
        );
        assert!(!answer.header("retry-after").is_empty());
        assert!(
            !answer.text().contains("closing"),
            "strangers are not told what goes on inside"
        );
    }
}

#[tokio::test]
async fn a_mistake_of_the_program_costs_one_request() {
    let broken = Arc::new(AtomicBool::new(false));
    let home = Home::with(site_with_pack(), |options| {
        let clock = Arc::clone(&options.clock);
        let breaks = Arc::clone(&broken);
        options.clock = Arc::new(move || {
            assert!(!breaks.load(Ordering::Relaxed), "broken for this test");
            clock()
        });
    })
    .await;
    broken.store(true, Ordering::Relaxed);
    let answer = home.get("/api/v1/time", &[]).await;
    assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (500, "internal"));
    assert!(!answer.text().contains("broken"));
    broken.store(false, Ordering::Relaxed);
    assert_eq!(home.get("/api/v1/time", &[]).await.json(), json!({"time": NOW}));
}

#[tokio::test]
async fn every_request_has_an_id_of_its_own() {
    let home = Home::new().await;
    let ids: BTreeSet<String> = [
        home.get("/health", &[]).await.header("x-request-id").to_owned(),
        home.get("/", &[]).await.header("x-request-id").to_owned(),
        home.get("/api/none", &[]).await.header("x-request-id").to_owned(),
    ]
    .into();
    assert!(ids.len() == 3 && ids.iter().all(|id| id.len() == 16), "{ids:?}");
}

/// Reads an answer as the description says that it is: no field unknown, none missing.
fn described<T: DeserializeOwned>(answer: &Answer, schema: &str) {
    if let Err(error) = serde_json::from_slice::<T>(&answer.body) {
        panic!("{schema}: {error}: {}", answer.text());
    }
    let document: Value = serde_json::from_str(openapi::document()).unwrap();
    let schema = &document["components"]["schemas"][schema];
    let fields: BTreeSet<&str> = schema["properties"]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let given = answer.json();
    let given: BTreeSet<&str> = given.as_object().unwrap().keys().map(String::as_str).collect();
    let required: BTreeSet<&str> = schema["required"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap())
        .collect();
    assert!(
        given.is_subset(&fields) && required.is_subset(&given),
        "{fields:?} {required:?} {given:?}"
    );
}

/// An answer of each operation of assessments, by path and method.
async fn assessment_answers(home: &Home, token: &str) -> [(&'static str, &'static str, Answer); 3] {
    let bearer = format!("Bearer {token}");
    [
        (
            "/api/v1/exams",
            "get",
            home.get("/api/v1/exams", &[("authorization", &bearer)]).await,
        ),
        (
            "/api/v1/exams/{id}/sittings",
            "post",
            crate::assessment::ask(home, token, PROFILE, 1).await,
        ),
        (
            "/api/v1/exams/{id}/sittings/{attempt}",
            "get",
            crate::assessment::result(home, token, 1).await,
        ),
    ]
}

/// An answer of each operation of linking and of what is held on a person, by path and method.
async fn person_answers(home: &Home, token: &str) -> Vec<(&'static str, &'static str, Answer)> {
    const LINKS: &str = "/api/v1/links";
    const CLAIMS: &str = "/api/v1/links/claims";
    const PERSON: &str = "/api/v1/person";
    let code = crate::linking::new_link(home, token).await;
    let shown = code.json()["code"].as_str().unwrap().to_owned();
    let profile = "7d444840-9dc0-41d1-b245-5ffdce74fad9";
    let linked = crate::linking::claim(home, &shown, profile).await;
    let refused = crate::linking::claim(home, &shown, OTHER_PROFILE).await;
    let person = crate::linking::person(home, token).await;
    described::<openapi::LinkCode>(&code, "LinkCode");
    described::<openapi::LinkAnswer>(&linked, "LinkAnswer");
    described::<openapi::PersonAnswer>(&person, "PersonAnswer");
    // Somebody who is erased for the purpose.
    let gone = home.join("7d444840-9dc0-41d1-b245-5ffdce74fada").await;
    vec![
        (LINKS, "post", code),
        (LINKS, "post", crate::linking::new_link(home, "x").await),
        (CLAIMS, "post", linked),
        (CLAIMS, "post", refused),
        (PERSON, "get", person),
        (PERSON, "delete", crate::linking::erase(home, &gone).await),
        (PERSON, "delete", crate::linking::erase(home, &gone).await),
        (PERSON, "get", crate::linking::person(home, &gone).await),
    ]
}

/// Whether the description of an operation has the answer's status and form.
fn says(responses: &serde_json::Map<String, Value>, answer: &Answer, operation: &str) {
    let status = answer.status.as_str();
    assert!(
        responses.contains_key(status),
        "{operation} answers {status}, not described"
    );
    let content = responses[status].get("content").and_then(Value::as_object);
    assert_eq!(
        content.is_none(),
        answer.body.is_empty(),
        "{operation} {status}: a body or none"
    );
    if let Some(content) = content {
        assert!(
            content.contains_key(answer.header("content-type").trim_end_matches("; charset=utf-8")),
            "{operation} {status}: {content:?}"
        );
    }
}

#[tokio::test]
async fn the_description_is_what_the_endpoint_does() {
    let home = crate::assessment::home().await;
    let wish = json!({"code": home.code.to_string(), "profile": PROFILE, "name": "张三", "staff_no": "17"});
    serde_json::from_value::<EnrolmentRequest>(wish.clone()).unwrap();
    serde_json::from_value::<wire::api::EnrolmentRequest>(wish.clone()).unwrap();
    let joined = home.enrol(wish).await;
    let token = joined.json()["token"].as_str().unwrap().to_owned();
    home.join(OTHER_PROFILE).await;
    let body = json!({"item": "i-1", "revision": 2, "pack": pack().0.to_string(), "response": {"options": ["b"]}});
    let ahead = lesson(2).replace(&NOW.to_string(), &(NOW * 2).to_string());
    let records = [record(1, "item.answered", &body), ahead, "{}".into()];
    serde_json::from_str::<openapi::Record>(&records[0]).unwrap();
    let answers = [
        ("/api/v1/enrolments", "post", joined),
        (
            "/api/v1/records",
            "post",
            home.post(&token, crate::support::batch(&records)).await,
        ),
        ("/api/v1/records", "get", home.fetch(&token, "").await),
        ("/api/v1/time", "get", home.get("/api/v1/time", &[]).await),
        ("/health", "get", home.get("/health", &[]).await),
        ("/api/v1/records", "post", home.post("x", "").await),
        (
            "/api/v1/exams/{id}/sittings",
            "post",
            crate::assessment::ask(&home, "x", PROFILE, 1).await,
        ),
        ("/api/v1/records", "post", home.post(&token, "").await),
        (
            "/api/v1/records",
            "post",
            home.post(&token, " ".repeat(2_000_000)).await,
        ),
        ("/api/v1/records", "get", home.fetch(&token, "?limit=x").await),
        (
            "/api/v1/enrolments",
            "post",
            home.enrol(json!({"code": "", "profile": PROFILE, "name": "张三"}))
                .await,
        ),
        (
            "/api/v1/enrolments",
            "post",
            home.enrol(json!({"code": "", "profile": "", "name": "张三"})).await,
        ),
        (
            "/api/v1/enrolments",
            "post",
            call(&home.router, Request::post("/api/v1/enrolments"), "").await,
        ),
    ];
    let exams: Vec<_> = assessment_answers(&home, &token).await.into();
    let exams: Vec<_> = exams
        .into_iter()
        .chain(person_answers(&home, &token).await)
        .chain(crate::desk::answers(&home).await)
        .collect();
    let document = home.get("/api/v1/openapi.json", &[]).await.json();
    assert_eq!(document["openapi"].as_str().map(|version| &version[..3]), Some("3.1"));
    let mut told = BTreeSet::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            told.insert((path.clone(), method.clone()));
            let called = answers
                .iter()
                .chain(&exams)
                .any(|(called, by, answer)| called == path && by == method && answer.status.is_success());
            assert!(called, "{method} {path} is described and not called here");
            let responses = operation["responses"].as_object().unwrap();
            for (_, _, answer) in answers
                .iter()
                .chain(&exams)
                .filter(|(called, by, _)| called == path && by == method)
            {
                says(responses, answer, &format!("{method} {path}"));
            }
        }
    }
    assert!(
        answers
            .iter()
            .all(|(path, method, _)| told.contains(&((*path).to_owned(), (*method).to_owned())))
    );
    described::<EnrolmentAnswer>(&answers[0].2, "EnrolmentAnswer");
    described::<BatchAnswer>(&answers[1].2, "BatchAnswer");
    described::<Page>(&answers[2].2, "Page");
    described::<Time>(&answers[3].2, "Time");
    described::<Health>(&answers[4].2, "Health");
    for (.., answer) in &answers[5..] {
        described::<ProblemDocument>(answer, "ProblemDocument");
    }
}

#[test]
fn codes_of_problems_are_stable_and_tell_problems_apart() {
    let codes: Vec<(u16, &str)> = Code::ALL
        .iter()
        .map(|code| (code.parts().0.as_u16(), code.parts().1))
        .collect();
    let expected = [
        (400, "unreadable"),
        (400, "bad-cursor"),
        (400, "bad-limit"),
        (401, "unauthorized"),
        (403, "code-refused"),
        (410, "erased"),
        (403, "profile-of-another"),
        (404, "not-found"),
        (404, "exam-unknown"),
        (405, "method-not-allowed"),
        (408, "too-slow"),
        (409, "profile-claimed"),
        (409, "attempt-taken"),
        (409, "attempt-open"),
        (409, "attempts-used-up"),
        (409, "too-early"),
        (413, "body-too-large"),
        (413, "batch-too-large"),
        (415, "not-json"),
        (422, "bad-name"),
        (422, "bad-staff-no"),
        (422, "bad-profile"),
        (422, "bad-attempt"),
        (429, "too-many-requests"),
        (500, "internal"),
        (503, "unavailable"),
        (507, "full"),
        (401, "signed-out"),
        (403, "key-refused"),
        (403, "cross-site"),
        (409, "unit-taken"),
        (409, "code-over"),
        (409, "merge-clash"),
        (422, "bad-unit"),
        (422, "bad-field"),
    ];
    assert_eq!(codes, expected);
}

#[tokio::test]
async fn counts_are_for_this_machine_alone() {
    let home = Home::new().await;
    for (peer, forwarded, status) in [
        ("10.1.2.3:4567", None, 404),
        ("127.0.0.1:4567", Some("10.0.0.9"), 404),
        ("127.0.0.1:4567", None, 200),
        ("[::1]:4567", None, 200),
    ] {
        let mut request = Request::get("/metrics").extension(endpoint::Peer(peer.parse().unwrap()));
        if let Some(address) = forwarded {
            request = request.header("x-forwarded-for", address);
        }
        let request = request.body(axum::body::Body::empty()).unwrap();
        let response = tower::ServiceExt::oneshot(home.router.clone(), request).await.unwrap();
        assert_eq!(response.status(), status, "{peer} {forwarded:?}");
    }
}
