//! Pages of other origins: who is let in, and where; and what `config.json` says of the office.

use crate::support::{Answer, Home, PROFILE, call, site};
use axum::http::Request;
use endpoint::cors::AllowedOrigins;
use serde_json::json;

const ALLOWED: &str = "https://a.example";

async fn home() -> Home {
    Home::with(site(&[("index.html", "<p>")]), |options| {
        let origins = [ALLOWED, "http://10.0.0.5:8080"].map(|origin| origin.parse().unwrap());
        options.origins = AllowedOrigins::new(origins.to_vec());
    })
    .await
}

fn cors_headers(answer: &Answer) -> Vec<String> {
    let names = answer.headers.keys().map(ToString::to_string);
    names.filter(|name| name.starts_with("access-control-")).collect()
}

async fn preflight(home: &Home, path: &str, origin: Option<&str>) -> Answer {
    let request = Request::options(path)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization,content-type");
    let request = origin
        .into_iter()
        .fold(request, |request, origin| request.header("origin", origin));
    call(&home.router, request, "").await
}

#[tokio::test]
async fn origins_on_the_list_are_let_in_at_the_api_for_learners_alone() {
    let home = home().await;
    // address, origin, whether it is let in, whether answers differ by origin
    for (path, origin, let_in, varies) in [
        ("/api/v1/records", Some(ALLOWED), true, true),
        ("/api/v1/records", Some("http://10.0.0.5:8080"), true, true),
        ("/api/v1/exams", Some(ALLOWED), true, true),
        ("/api/v1/person", Some(ALLOWED), true, true),
        ("/api/v1/none", Some(ALLOWED), true, true),
        ("/api/v1/organizers", Some(ALLOWED), true, true),
        ("/api/v1/organize", Some(ALLOWED), false, false),
        ("/api/v1/organize/session", Some(ALLOWED), false, false),
        ("/api/v2/records", Some(ALLOWED), false, false),
        ("/health", Some(ALLOWED), false, false),
        ("/metrics", Some(ALLOWED), false, false),
        ("/config.json", Some(ALLOWED), false, false),
        ("/", Some(ALLOWED), false, false),
        ("/api/v1/records", None, false, true),
        ("/api/v1/records", Some("https://b.example"), false, true),
        ("/api/v1/records", Some("https://a.example.evil"), false, true),
        ("/api/v1/records", Some("http://a.example"), false, true),
        ("/api/v1/records", Some("https://a.example:8443"), false, true),
        ("/api/v1/records", Some("https://a.example/"), false, true),
        ("/api/v1/records", Some("null"), false, true),
        ("/api/v1/records", Some("*"), false, true),
    ] {
        let case = format!("{path} from {origin:?}");
        let asked = preflight(&home, path, origin).await;
        let headers: Vec<(&str, &str)> = origin.iter().map(|origin| ("origin", *origin)).collect();
        let plain = home.get(path, &headers).await;
        assert_eq!(asked.status == 204, let_in, "{case}: {}", asked.status);
        for answer in [&asked, &plain] {
            let named = answer.header("access-control-allow-origin");
            assert_eq!(named, if let_in { origin.unwrap() } else { "" }, "{case}");
            let mut vary = answer.headers.get_all("vary").iter();
            let told = vary.any(|vary| vary.to_str().unwrap().contains("Origin"));
            assert_eq!(told, varies, "{case}");
            assert!(!answer.headers.contains_key("access-control-allow-credentials"));
            if !let_in {
                assert_eq!(cors_headers(answer), Vec::<String>::new(), "{case}");
            }
        }
        if let_in {
            assert_eq!(asked.header("access-control-allow-methods"), "GET, POST, DELETE");
            assert_eq!(
                asked.header("access-control-allow-headers"),
                "authorization, content-type"
            );
            assert_eq!(plain.header("access-control-expose-headers"), "retry-after");
        }
    }
}

#[tokio::test]
async fn a_page_of_another_origin_can_join_and_read_what_goes_wrong() {
    let home = home().await;
    let wish = json!({"code": home.code.to_string(), "profile": PROFILE, "name": "张三"});
    let ask = async |body: String| {
        let request = Request::post("/api/v1/enrolments").header("origin", ALLOWED);
        call(&home.router, request.header("content-type", "application/json"), body).await
    };
    for (answer, status) in [(ask(wish.to_string()).await, 201), (ask("{".into()).await, 400)] {
        assert_eq!(
            (answer.status.as_u16(), answer.header("access-control-allow-origin")),
            (status, ALLOWED)
        );
    }
}

#[tokio::test]
async fn without_a_list_nothing_is_said_of_origins() {
    let home = Home::new().await;
    let asked = preflight(&home, "/api/v1/records", Some(ALLOWED)).await;
    let plain = home.get("/api/v1/time", &[("origin", ALLOWED)]).await;
    assert_eq!(asked.status, 405);
    for answer in [asked, plain] {
        assert!(cors_headers(&answer).is_empty() && !answer.headers.contains_key("vary"));
    }
}

#[tokio::test]
async fn the_office_is_named_in_the_configuration_and_its_logo_served() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("logo.svg");
    std::fs::write(&file, "<svg xmlns='http://www.w3.org/2000/svg'/>").unwrap();
    let mut site = site(&[("index.html", "<p>")]);
    let office = endpoint::office::office("城东街道", Some(&file), &mut site).unwrap();
    let home = Home::with(site, |options| options.office = Some(office)).await;
    let config = home.get("/config.json", &[]).await.json();
    assert_eq!(config["office"], json!({"name": "城东街道", "logo": "office-logo.svg"}));
    let logo = home.get("/office-logo.svg", &[]).await;
    assert_eq!(
        (
            logo.status.as_u16(),
            logo.header("content-type"),
            logo.header("cache-control")
        ),
        (200, "image/svg+xml", "no-cache")
    );
    let plain = Home::new().await.get("/config.json", &[]).await.json();
    assert_eq!(plain.get("office"), None);
}
