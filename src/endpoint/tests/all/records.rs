//! Sending records and getting them back.

use crate::support::{Home, NOW, OTHER_PROFILE, PROFILE, batch, call, id, lesson, record};
use axum::body::Body;
use axum::http::Request;
use bytes::Bytes;
use endpoint::limit::Rate;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use std::time::Duration;
use wire::api::{MAX_BATCH, MAX_BODY};

/// Records that are refused, with the code that says why.
fn refused() -> Vec<(String, &'static str)> {
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    let very_deep = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000));
    let with = |from: &str, to: &str| {
        let text = lesson(1);
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    };
    let body = |to: &str| with("\"body\":{", &format!("\"body\":{{{to},"));
    vec![
        (body(&format!("\"x\":\"{}\"", "安".repeat(22_000))), "too-large"),
        ("null".into(), "unreadable"),
        ("17".into(), "unreadable"),
        ("\"text\"".into(), "unreadable"),
        ("[]".into(), "unreadable"),
        ("{}".into(), "unreadable"),
        ("{\"id\":1}".into(), "unreadable"),
        (with("\"v\":1", "\"v\":-1"), "unreadable"),
        (with("\"device\":", "\"devise\":"), "unreadable"),
        (body("\"x\":\"\\ud800\""), "unreadable"),
        (body("\"x\":1e999"), "unreadable"),
        (body(&format!("\"x\":{deep}")), "nesting"),
        (body(&format!("\"x\":{very_deep}")), "nesting"),
        (body("\"x\":{\"y\":1,\"y\":1}"), "duplicate-key"),
        (with("\"v\":1", "\"v\":1,\"v\":1"), "duplicate-key"),
        (with(&id(1), "018f3c1e-7b2a-4cde-9abc-0123456789ab"), "bad-field:id"),
        (with(PROFILE, &PROFILE.to_uppercase()), "bad-field:profile"),
        (with("\"device\":\"0", "\"device\":\"x"), "bad-field:device"),
        (with("\"seq\":2", "\"seq\":0"), "bad-field:seq"),
        (with("\"seq\":2", "\"seq\":9007199254740992"), "bad-field:seq"),
        (with(&NOW.to_string(), "-1"), "bad-field:at"),
        (with("lesson.progress", ""), "bad-field:kind"),
        (with("lesson.progress", "a\\u0000b"), "bad-field:kind"),
        (with("lesson.progress", &"k".repeat(65)), "bad-field:kind"),
        (with("\"c-1\"", "\"C 1\""), "bad-field:course"),
        (with("\"opened\"", "\"shut\""), "bad-field:state"),
        (with(PROFILE, OTHER_PROFILE), "profile-of-another"),
    ]
}

#[tokio::test]
async fn each_refusal_has_its_code_and_holds_nothing_else_back() {
    let home = Home::new().await;
    let token = home.join(PROFILE).await;
    home.join(OTHER_PROFILE).await;
    let mut expected_stored = Vec::new();
    for (n, (text, code)) in (10..).zip(refused()) {
        let (before, after) = (lesson(2 * n), lesson(2 * n + 1));
        let verdicts = home.send(&token, &[&before, &text, &after]).await;
        let shown: String = text.chars().take(200).collect();
        assert_eq!(verdicts, ["stored", &format!("rejected {code}"), "stored"], "{shown}");
        expected_stored.extend([before, after]);
    }
    let records = home.fetch(&token, "?limit=500").await.json()["records"].clone();
    let stored: Vec<String> = records
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["record"].to_string())
        .collect();
    let expected: Vec<String> = expected_stored
        .iter()
        .map(|text| serde_json::from_str::<Value>(text).unwrap().to_string())
        .collect();
    assert_eq!(stored, expected, "of what is refused nothing is stored");
}

#[tokio::test(flavor = "multi_thread")]
async fn verdicts_come_in_the_order_sent_whatever_the_mixture() {
    let home = Home::new().await;
    let token = home.join(PROFILE).await;
    let bad: Vec<_> = refused()
        .into_iter()
        .filter(|(_, code)| *code != "profile-of-another")
        .collect();
    let strategy = proptest::collection::vec((0..3_usize, any::<proptest::sample::Index>()), 0..40);
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 40,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let mut stored = std::collections::HashSet::new();
    let runtime = tokio::runtime::Handle::current();
    tokio::task::block_in_place(|| {
        let cases = (0..40).map(|_| strategy.new_tree(&mut runner).unwrap().current());
        for case in cases {
            let mut records = Vec::new();
            let mut expected = Vec::new();
            for (choice, index) in case {
                if choice == 0 {
                    let (text, code) = &bad[index.index(bad.len())];
                    records.push(text.clone());
                    expected.push(format!("rejected {code}"));
                } else {
                    // Few ids, so that duplicates come within a batch and across batches.
                    let n = 1_000 + index.index(100) as u64;
                    records.push(lesson(n));
                    expected.push(if stored.insert(n) { "stored" } else { "duplicate" }.into());
                }
            }
            assert_eq!(runtime.block_on(home.send(&token, &records)), expected);
        }
    });
    let got = home.fetch(&token, "?limit=500").await.json()["records"]
        .as_array()
        .unwrap()
        .len();
    assert_eq!(got, stored.len());
}

#[tokio::test]
async fn the_same_content_is_a_duplicate_and_other_content_a_conflict() {
    let home = Home::new().await;
    let token = home.join(PROFILE).await;
    let first = lesson(1).replace("\"body\":{", "\"later\":{\"n\":1.50,\"t\":\"安\"},\"body\":{");
    let value: Value = serde_json::from_str(&first).unwrap();
    let reversed: Vec<String> = value
        .as_object()
        .unwrap()
        .iter()
        .rev()
        .map(|(key, value)| format!("\"{key}\" : {value}"))
        .collect();
    let reversed = format!("{{ {} }}", reversed.join(" ,\n"));
    assert_ne!(first, reversed);
    let escaped = first.replace('安', "\\u5b89").replace("1.50", "15e-1");
    let cases = [
        (&first, "stored"),
        (&first, "duplicate"),
        (&reversed, "duplicate"),
        (&escaped, "duplicate"),
        (&first.replace("1.50", "1.51"), "conflict other-content"),
        (
            &first.replace("\"later\":{", "\"later\":{\"m\":null,"),
            "conflict other-content",
        ),
        (&lesson(1), "conflict other-content"),
    ];
    let (texts, expected): (Vec<_>, Vec<_>) = cases.into_iter().unzip();
    assert_eq!(home.send(&token, &texts).await, expected, "within one batch");
    let again: Vec<_> = std::iter::once("duplicate")
        .chain(expected[1..].iter().copied())
        .collect();
    assert_eq!(home.send(&token, &texts).await, again, "across batches");
    let kept = home.fetch(&token, "").await;
    assert!(
        kept.text().contains(&format!("{{\"record\":{first},\"mark\":null}}")),
        "the first bytes stay: {}",
        kept.text()
    );
}

#[tokio::test]
async fn unknown_kinds_and_newer_versions_are_kept_and_given_back_to_the_byte() {
    let home = Home::new().await;
    let token = home.join(PROFILE).await;
    let texts = [
        record(1, "exam.sealed", &json!({"x": [null, {"y": "\u{0}"}]})),
        lesson(2)
            .replace("\"v\":1", "\"v\":7")
            .replace("\"opened\"", "{\"at\":9007199254740993}"),
        lesson(3).replace(':', " :\t"),
    ];
    assert_eq!(home.send(&token, &texts).await, ["stored"; 3]);
    let answer = home.fetch(&token, "").await;
    for text in &texts {
        assert!(
            answer.text().contains(&format!("{{\"record\":{text},\"mark\":null}}")),
            "{text}"
        );
    }
}

#[tokio::test]
async fn an_envelope_that_cannot_be_read_stores_nothing() {
    let home = Home::new().await;
    let token = home.join(PROFILE).await;
    let good = lesson(1);
    let bodies: Vec<Vec<u8>> = vec![
        b"".to_vec(),
        b"[]".to_vec(),
        b"{}".to_vec(),
        b"{\"records\":{}}".to_vec(),
        b"{\"records\":null}".to_vec(),
        format!("{{\"records\":[{good}").into_bytes(),
        format!("{{\"records\":[{good},]}}").into_bytes(),
        format!("{{\"records\":[{good}]}} x").into_bytes(),
        format!("{{\"records\":[{good}],\"records\":[]}}").into_bytes(),
        [b"{\"records\":[", good.as_bytes(), b",\"\xff\"]}"].concat(),
        b"<html>".to_vec(),
    ];
    for body in bodies {
        let answer = home.post(&token, body.clone()).await;
        assert_eq!(
            (answer.status.as_u16(), answer.problem().as_str()),
            (400, "unreadable"),
            "{}",
            String::from_utf8_lossy(&body)
        );
    }
    assert!(
        home.fetch(&token, "").await.json()["records"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        home.post(&token, "{\"records\":[],\"later\":1}").await.json()["verdicts"],
        json!([])
    );
}

#[tokio::test]
async fn whole_requests_are_refused_with_status_and_code() {
    let home = Home::new().await;
    let token = home.join(PROFILE).await;
    let small = batch(&[lesson(1)]);
    let many: Vec<String> = (0..=MAX_BATCH as u64).map(lesson).collect();
    let post = || Request::post("/api/v1/records");
    let json = "application/json";
    let authorised = |request: axum::http::request::Builder| request.header("authorization", format!("Bearer {token}"));
    let cases = [
        (post().header("content-type", json), small.clone(), 401, "unauthorized"),
        (
            post().header("content-type", json).header("authorization", "Basic x"),
            small.clone(),
            401,
            "unauthorized",
        ),
        (
            post().header("content-type", json).header("authorization", "Bearer x"),
            small.clone(),
            401,
            "unauthorized",
        ),
        (
            post()
                .header("content-type", json)
                .header("authorization", format!("Bearer {}", "A".repeat(43))),
            small.clone(),
            401,
            "unauthorized",
        ),
        (authorised(post()), small.clone(), 415, "not-json"),
        (
            authorised(post()).header("content-type", "text/plain"),
            small.clone(),
            415,
            "not-json",
        ),
        (
            authorised(post())
                .header("content-type", json)
                .header("content-encoding", "gzip"),
            small.clone(),
            415,
            "not-json",
        ),
        (
            authorised(post()).header("content-type", json),
            batch(&many),
            413,
            "batch-too-large",
        ),
        (
            authorised(post()).header("content-type", json),
            "x".repeat(MAX_BODY + 1),
            413,
            "body-too-large",
        ),
        (
            authorised(Request::put("/api/v1/records")).header("content-type", json),
            small.clone(),
            405,
            "method-not-allowed",
        ),
        (
            authorised(post()).uri("/api/v1/record").header("content-type", json),
            small.clone(),
            404,
            "not-found",
        ),
    ];
    for (request, body, status, code) in cases {
        let answer = call(&home.router, request, body).await;
        assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (status, code));
        assert_eq!(answer.header("www-authenticate") == "Bearer", status == 401);
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("allow"), if status == 405 { "GET,HEAD,POST" } else { "" });
    }
    assert!(
        home.fetch(&token, "").await.json()["records"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    let charset = authorised(post()).header("content-type", "Application/JSON; charset=utf-8");
    assert_eq!(call(&home.router, charset, small).await.status, 200);
    let full = home.send(&token, &many[1..]).await;
    assert_eq!(
        (full.len(), full[0].as_str(), full[1].as_str()),
        (MAX_BATCH, "duplicate", "stored")
    );
}

#[tokio::test]
async fn a_body_without_known_length_is_measured_all_the_same() {
    let home = Home::new().await;
    let token = home.join(PROFILE).await;
    let stream = |chunks: usize| {
        let chunk = Bytes::from(vec![b' '; 64 * 1024]);
        let rest = Bytes::from(batch(&[lesson(1)]));
        let chunks = (0..chunks)
            .map(move |_| chunk.clone())
            .chain([rest])
            .map(Ok::<_, std::io::Error>);
        Body::from_stream(futures::stream::iter(chunks))
    };
    let large = home.post(&token, stream(16)).await;
    assert_eq!(
        (large.status.as_u16(), large.problem().as_str()),
        (413, "body-too-large")
    );
    assert_eq!(home.post(&token, stream(3)).await.status, 200);
}

#[tokio::test]
async fn a_body_that_does_not_come_is_given_up() {
    let home = Home::with(crate::support::site(&[]), |options| {
        options.body_time = Duration::from_millis(50);
    })
    .await;
    let token = home.join(PROFILE).await;
    let stalled = Body::from_stream(futures::stream::pending::<std::io::Result<Bytes>>());
    let answer = home.post(&token, stalled).await;
    assert_eq!(
        (
            answer.status.as_u16(),
            answer.problem().as_str(),
            answer.header("connection")
        ),
        (408, "too-slow", "close")
    );
}

#[tokio::test]
async fn a_token_that_asks_too_often_is_told_when_to_come_back() {
    let rate = Rate {
        burst: 3,
        per_minute: 1,
    };
    let home = Home::with(crate::support::site(&[]), |options| options.records = rate).await;
    let (token, other) = (home.join(PROFILE).await, home.join(OTHER_PROFILE).await);
    for n in 0..3 {
        assert_eq!(home.send(&token, &[lesson(n)]).await, ["stored"]);
    }
    let answer = home.post(&token, batch(&[lesson(9)])).await;
    assert_eq!(
        (answer.status.as_u16(), answer.problem().as_str()),
        (429, "too-many-requests")
    );
    assert!((1..=60).contains(&answer.header("retry-after").parse::<u32>().unwrap()));
    assert_eq!(home.fetch(&other, "").await.status, 200, "others are not held back");
}

#[tokio::test]
async fn pages_lead_through_all_records_once() {
    let home = Home::new().await;
    let token = home.join(PROFILE).await;
    let all: Vec<String> = (0..25).map(lesson).collect();
    home.send(&token, &all).await;
    let mut query = String::from("?limit=10");
    let mut seen = Vec::new();
    let mut pages = Vec::new();
    loop {
        let page = home.fetch(&token, &query).await.json();
        assert_eq!(page["epoch"], home.endpoint.store().epoch());
        let ids = page["records"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| entry["record"]["id"].as_str().unwrap().to_owned());
        let ids: Vec<String> = ids.collect();
        pages.push((ids.len(), page["more"].as_bool().unwrap()));
        seen.extend(ids);
        query = format!("?limit=10&after={}", page["next"].as_str().unwrap());
        if pages.len() == 4 {
            break;
        }
    }
    assert_eq!(pages, [(10, true), (10, true), (5, false), (0, false)]);
    assert_eq!(seen, (0..25).map(id).collect::<Vec<_>>());
    home.send(&token, &[lesson(99)]).await;
    assert_eq!(
        home.fetch(&token, &query).await.json()["records"][0]["record"]["id"],
        id(99),
        "the last cursor still leads on"
    );

    let foreign = format!("?after={}-5", "0".repeat(32));
    assert_eq!(
        home.fetch(&token, &foreign).await.json()["records"]
            .as_array()
            .unwrap()
            .len(),
        26,
        "another epoch: all anew"
    );
    let epoch = home.endpoint.store().epoch();
    for (query, code) in [
        ("?after=".to_owned(), "bad-cursor"),
        ("?after=x".to_owned(), "bad-cursor"),
        (format!("?after={epoch}-"), "bad-cursor"),
        (format!("?after={epoch}--1"), "bad-cursor"),
        (format!("?after={epoch}-ffffffffffffffffffff"), "bad-cursor"),
        ("?after=a&after=b".to_owned(), "bad-cursor"),
        ("?limit=0".to_owned(), "bad-limit"),
        ("?limit=501".to_owned(), "bad-limit"),
        ("?limit=x".to_owned(), "bad-limit"),
    ] {
        let answer = home.fetch(&token, &query).await;
        assert_eq!(
            (answer.status.as_u16(), answer.problem().as_str()),
            (400, code),
            "{query}"
        );
    }
    assert_eq!(home.get("/api/v1/records", &[]).await.problem(), "unauthorized");
}

#[tokio::test]
async fn a_time_far_ahead_is_kept_and_doubted() {
    let home = Home::new().await;
    let token = home.join(PROFILE).await;
    let ahead = |n: u64, ms: i64| lesson(n).replace(&format!("\"at\":{NOW}"), &format!("\"at\":{}", NOW + ms));
    let records = [
        ahead(1, 3_600_000),
        ahead(2, 3_600_001),
        ahead(3, i64::from(u32::MAX) * 1000),
    ];
    let received = |list: &Value| -> Vec<Value> {
        let list = list.as_array().unwrap().iter();
        list.map(|entry| entry["received"].clone()).collect()
    };
    let expected = [Value::Null, json!(NOW), json!(NOW)];
    let sent = home.post(&token, batch(&records)).await.json();
    assert_eq!(
        received(&sent["verdicts"]),
        expected,
        "whoever sent it learns it at once"
    );
    // Sent again an hour later it is told what was told then, and another device gets the same.
    home.clock.fetch_add(3_600_000, std::sync::atomic::Ordering::Relaxed);
    let again = home.post(&token, batch(&records)).await.json();
    assert_eq!(again["verdicts"][2]["verdict"], "duplicate");
    assert_eq!(received(&again["verdicts"]), expected);
    let page = home.fetch(&token, "").await.json();
    assert_eq!(received(&page["records"]), expected);
}
