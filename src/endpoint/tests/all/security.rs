//! What somebody with bad intent tries: other people's things, guessing, bodies that burst or nest, paths that climb, answers
//! without headers of safety. What only a browser can try (markup in names, pages of other sites) is among the journeys.

use crate::support::{Client, Home, OTHER_PROFILE, PROFILE, batch, call, lesson, site};
use axum::http::Request;
use futures::future::join_all;
use serde_json::json;

/// Where a body of JSON is read, with who may send it.
const DOORS: [(&str, &str, Who); 10] = [
    ("POST", "/api/v1/records", Who::Person),
    ("POST", "/api/v1/enrolments", Who::Anybody),
    ("POST", "/api/v1/links/claims", Who::Anybody),
    ("POST", "/api/v1/exams/unit/sittings", Who::Person),
    ("POST", "/api/v1/organize/session", Who::Anybody),
    ("POST", "/api/v1/organize/units", Who::Organizer),
    ("PATCH", "/api/v1/organize/units/1", Who::Organizer),
    ("POST", "/api/v1/organize/codes", Who::Organizer),
    ("POST", "/api/v1/organize/people/x/merge", Who::Organizer),
    ("POST", "/api/v1/organize/exports", Who::Organizer),
];

#[derive(Clone, Copy)]
enum Who {
    Anybody,
    Person,
    Organizer,
}

#[tokio::test]
async fn bodies_that_nest_burst_or_lie_are_refused_at_every_door() {
    let home = crate::assessment::home().await;
    let token = home.join(PROFILE).await;
    let cookie = crate::desk::cookie(&home).await;
    let deep =
        |open: &str, close: &str, inside: &str| format!("{}{inside}{}", open.repeat(100_000), close.repeat(100_000));
    let large = format!("{{\"name\":\"{}\"}}", "x".repeat(2 * 1024 * 1024));
    for (method, path, who) in DOORS {
        let request = || {
            let request = Request::builder()
                .method(method)
                .uri(path)
                .header("content-type", "application/json");
            match who {
                Who::Anybody => request.header("x-anxue-desk", "1"),
                Who::Person => request.header("authorization", format!("Bearer {token}")),
                Who::Organizer => request.header("x-anxue-desk", "1").header("cookie", &cookie),
            }
        };
        for body in [
            deep("[", "]", ""),
            deep("{\"a\":", "}", "1"),
            "[".repeat(3_000),
            "\u{0}".into(),
            "\"".into(),
        ] {
            let answer = call(&home.router, request(), body).await;
            if answer.status == 200 {
                assert!(
                    answer.text().contains("\"rejected\""),
                    "{method} {path}: {}",
                    answer.text()
                );
                continue;
            }
            let code = answer.problem();
            assert!(
                matches!(code.as_str(), "unreadable" | "body-too-large"),
                "{method} {path}: {code}"
            );
        }
        assert_eq!(
            call(&home.router, request(), large.clone()).await.problem(),
            "body-too-large",
            "{path}"
        );
        // A body that unpacks to something else is never unpacked.
        for coding in ["gzip", "br", "deflate", "zstd", "gzip, gzip"] {
            let answer = call(&home.router, request().header("content-encoding", coding), "x").await;
            assert_eq!(answer.problem(), "not-json", "{path} {coding}");
        }
    }
    // One nested record does not hold the good one back.
    let nested = lesson(2).replace("\"opened\"", &format!("{}1{}", "[".repeat(20_000), "]".repeat(20_000)));
    assert_eq!(
        home.send(&token, &[nested, lesson(1)]).await,
        ["rejected nesting", "stored"]
    );
}

#[tokio::test]
async fn nobody_sees_or_touches_what_is_anothers() {
    let home = crate::assessment::home().await;
    let (one, other) = (home.join(PROFILE).await, home.join(OTHER_PROFILE).await);
    assert_eq!(home.send(&one, &[lesson(1), lesson(2)]).await, ["stored", "stored"]);
    // The profile of another, and an id that another occupies.
    assert_eq!(home.send(&other, &[lesson(3)]).await, ["rejected profile-of-another"]);
    let occupied = lesson(1).replace(PROFILE, OTHER_PROFILE);
    assert_eq!(
        home.send(&other, &[occupied]).await,
        ["stored"],
        "ids are each person's own: nothing is told of others'"
    );
    assert_eq!(
        home.fetch(&other, "").await.json()["records"].as_array().unwrap().len(),
        1
    );
    let cursor = home.fetch(&one, "?limit=1").await.json()["next"]
        .as_str()
        .unwrap()
        .to_owned();
    let seen = home.fetch(&other, &format!("?after={cursor}")).await;
    assert!(
        !seen.text().contains(PROFILE),
        "another's cursor leads to one's own records alone"
    );
    // A paper of another.
    assert_eq!(crate::assessment::ask(&home, &one, PROFILE, 1).await.status, 200);
    assert_eq!(
        crate::assessment::ask(&home, &other, OTHER_PROFILE, 1).await.problem(),
        "attempt-taken"
    );
    assert_eq!(
        crate::assessment::ask(&home, &other, PROFILE, 2).await.problem(),
        "profile-of-another"
    );
    assert_eq!(crate::assessment::result(&home, &other, 1).await.problem(), "not-found");
    // Erasing is one's own.
    assert_eq!(crate::linking::erase(&home, &other).await.status, 204);
    assert_eq!(
        home.fetch(&one, "").await.json()["records"].as_array().unwrap().len(),
        2
    );
    // A token is nobody's key to the desk, and the cookie of the desk is nobody's token.
    let cookie = crate::desk::cookie(&home).await;
    let value = cookie.split_once('=').unwrap().1.to_owned();
    assert_eq!(home.fetch(&value, "").await.problem(), "unauthorized");
    let forged = [("cookie", format!("anxue-desk={one}"))];
    let headers = [("cookie", forged[0].1.as_str()), ("x-anxue-desk", "1")];
    assert_eq!(
        home.get("/api/v1/organize/people", &headers).await.problem(),
        "signed-out"
    );
}

#[tokio::test]
async fn a_hall_behind_one_address_joins_although_some_mistype() {
    let home = Home::new().await;
    let wish = |code: String, n: usize| {
        let profile = format!("7d444840-9dc0-41d1-b245-{n:012x}");
        home.enrol(json!({"code": code, "profile": profile, "name": format!("学员{n}")}))
    };
    let cookie = crate::desk::cookie(&home).await;
    let made = call(
        &home.router,
        Request::post("/api/v1/organize/codes")
            .header("content-type", "application/json")
            .header("x-anxue-desk", "1")
            .header("cookie", cookie),
        json!({"unit": 1, "uses": 300, "days": 1}).to_string(),
    )
    .await
    .json();
    let code = made["code"].as_str().unwrap();
    // Every fifteenth person mistypes first: 20 wrong codes, below the 30 that an address may send at once.
    let joined = join_all((0..300).map(|n| async move {
        if n % 15 == 0 {
            assert_eq!(wish("00000-00000".into(), n).await.problem(), "code-refused");
        }
        wish(code.to_owned(), n).await.status.as_u16()
    }))
    .await;
    assert!(joined.iter().all(|status| *status == 201), "{joined:?}");
    // Whoever guesses many at once has to wait for each of them afterwards: 30 of these 60 wrong ones are beyond the burst.
    let guesses = join_all((0..40).map(|n| wish("00000-00000".into(), 1_000 + n))).await;
    assert!(guesses.iter().all(|answer| answer.status != 201));
    let next = wish("00000-00000".into(), 2_000).await;
    assert!(next.header("retry-after").parse::<u32>().unwrap() >= 58, "{next:?}");
    assert_eq!(next.problem(), "too-many-requests");
}

#[tokio::test]
async fn paths_that_climb_lead_nowhere() {
    let home = Home::with(site(&[("index.html", "<p>page"), ("a.js", "1")]), |_| {}).await;
    let address = home.listen().await;
    for path in [
        "/../../../../etc/passwd.txt",
        "/..%2f..%2fetc%2fpasswd.txt",
        "/%2e%2e/%2e%2e/anxue.sqlite",
        "/....//anxue.sqlite",
        "/packs/../anxue.sqlite",
        "/packs/..%5canxue.sqlite",
        "//etc/passwd.txt",
        "/a.js/../anxue.sqlite",
        "/a.js%00.html",
        "/data/anxue.sqlite",
        "/sealed/unit.json",
        "/packs/sealed.json",
    ] {
        let mut client = Client::connect(address).await;
        let (status, body) = client.call(&format!("GET {path} HTTP/1.1"), b"").await;
        assert_eq!((status, body.as_slice()), (404, &b"404\n"[..]), "{path}");
    }
}

#[tokio::test]
async fn every_answer_carries_the_headers_of_safety() {
    let home = Home::with(site(&[("index.html", "<p>"), ("a.js", "1")]), |_| {}).await;
    for path in [
        "/",
        "/a.js",
        "/nothing.js",
        "/config.json",
        "/health",
        "/api/v1/time",
        "/api/v1/records",
        "/api/v1/organize/units",
    ] {
        let answer = home.get(path, &[]).await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("x-permitted-cross-domain-policies", "none"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), value, "{path} {name}");
        }
        for nothing in ["camera=()", "geolocation=()", "microphone=()"] {
            assert!(answer.header("permissions-policy").contains(nothing), "{path}");
        }
        let policy = answer.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert!(
            !policy.contains("'unsafe-inline'") && !policy.contains('*'),
            "{path}: {policy}"
        );
        for told in ["server", "x-powered-by", "access-control-allow-origin"] {
            assert_eq!(answer.header(told), "", "{path} {told}");
        }
        let secret = path.starts_with("/api") || path == "/health";
        assert_eq!(answer.header("cache-control") == "no-store", secret, "{path}");
    }
    // Nothing of a request comes back in an answer of the API.
    let evil = "<script>alert(1)</script>";
    let token = home.join(PROFILE).await;
    let answer = home.post(&token, batch(&[format!("\"{evil}\"")])).await;
    assert!(!answer.text().contains("<script>"), "{}", answer.text());
    let answer = home.get(&format!("/api/v1/{}", "%3Cscript%3E"), &[]).await;
    assert!(!answer.text().contains("script"), "{}", answer.text());
}
