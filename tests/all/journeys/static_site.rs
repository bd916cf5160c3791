//! The static folder below a path on one server, its results to somebody's own small server on another: with and without a
//! token, under the name of the office that runs it.

use super::{all_sent, answers_are};
use anyhow::{Result, ensure};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use support::process::free_port;
use support::quiz::Keys;
use support::site::Serving;
use support::{Need, Stage, journey};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

const NEEDS: &[Need] = &[Need::SubPathSite, Need::Chromium, Need::Chromedriver];

/// The path that the build for below a path is made for.
const BASE: &str = "/sub/path/";

const OFFICE: &str = "城东街道应急管理所";

/// A picture of one pixel, twice as wide as high.
const LOGO: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='2' height='1'/%3E";

/// Somebody's own server: it knows `POST /api/v1/records` and nothing else. Ends when it goes.
struct PostOnly {
    port: u16,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Shared {
    token: Option<&'static str>,
    /// The ids of what was taken.
    taken: Mutex<BTreeSet<String>>,
    /// Everything that was asked: method and path.
    asked: Mutex<BTreeSet<String>>,
}

impl PostOnly {
    async fn start(token: Option<&'static str>) -> Result<Self> {
        let shared = Arc::new(Shared {
            token,
            ..Shared::default()
        });
        let listener = TcpListener::bind(("127.0.0.1", free_port()?)).await?;
        let port = listener.local_addr()?.port();
        let noted = Arc::clone(&shared);
        let app = Router::new()
            .route("/api/v1/records", post(take).options(async || StatusCode::NO_CONTENT))
            .with_state(Arc::clone(&shared))
            .layer(from_fn(move |request, next| {
                open_to_pages(Arc::clone(&noted), request, next)
            }));
        let task = tokio::spawn(async move { drop(axum::serve(listener, app).await) });
        Ok(Self { port, shared, task })
    }

    fn taken(&self) -> BTreeSet<String> {
        let taken = self.shared.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.clone()
    }
}

impl Drop for PostOnly {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn open_to_pages(shared: Arc<Shared>, request: Request, next: Next) -> Response {
    let asked = format!("{} {}", request.method(), request.uri().path());
    shared
        .asked
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .insert(asked);
    let mut response = next.run(request).await;
    for (name, value) in [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "content-type, authorization"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

async fn take(State(shared): State<Arc<Shared>>, headers: HeaderMap, Json(batch): Json<Value>) -> Response {
    let shown = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let wanted = shared.token.map(|token| format!("Bearer {token}"));
    if shown != wanted.as_deref() {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let mut taken = shared.taken.lock().unwrap_or_else(PoisonError::into_inner);
    let mut verdict = |record: &Value| {
        let new = taken.insert(record["id"].as_str().unwrap_or_default().to_owned());
        json!({ "id": record["id"], "verdict": if new { "stored" } else { "duplicate" } })
    };
    let records = batch["records"].as_array().map_or(&[][..], Vec::as_slice);
    let verdicts: Vec<Value> = records.iter().map(&mut verdict).collect();
    Json(json!({ "epoch": "own-1", "time": 1_790_000_000_000_i64, "verdicts": verdicts })).into_response()
}

async fn walk(stage: &Stage, token: Option<&'static str>) -> Result<()> {
    let server = PostOnly::start(token).await?;
    let mut config = json!({
        "endpoint": format!("http://127.0.0.1:{}/api/v1", server.port),
        "auth": if token.is_some() { "token" } else { "none" },
        "office": { "name": OFFICE, "logo": LOGO },
    });
    if let Some(token) = token {
        config["token"] = token.into();
    }
    let folder = stage.path(Need::SubPathSite)?;
    let site = Serving {
        base: BASE.into(),
        config: Some(config),
        ..Serving::default()
    }
    .start(&folder)
    .await?;
    let keys = Keys::of_site(&folder)?;
    let origin = format!("{}{}", site.origin(), BASE.trim_end_matches('/'));
    let browser = stage.browse(&origin).await?;
    browser.open("/").await?;
    browser.wait_for("main[data-page=courses]").await?;
    let what = "the office's name in head and title, and its logo";
    browser
        .wait(what, async || {
            let shown = browser.text("[data-test=tagline]").await?;
            let looks = browser
                .script(
                    "const logo = document.querySelector('.brand img');
                     return [document.title, logo && logo.complete && logo.naturalWidth > 0 && logo.clientHeight];",
                    vec![],
                )
                .await?;
            let title = looks[0].as_str().unwrap_or_default();
            let there = shown == OFFICE && title.ends_with(&format!(" · {OFFICE}")) && looks[1] == 24;
            Ok(there.then_some(()))
        })
        .await?;
    // Such a server knows no such file: it answers 404 with the app's page, which the console rightly shows.
    browser.tolerate("status of 404");
    browser.open(&format!("/practice/{}", keys.course()?.bank.id)).await?;
    let given = browser.answer_rest(&keys).await?;
    browser.result_is(&given).await?;
    let title = browser.script("return document.title", vec![]).await?;
    ensure!(
        title.as_str().unwrap_or_default().ends_with(OFFICE),
        "a later page is named {title}"
    );
    let local = all_sent(&browser).await?;
    browser.wait_attr("[data-test=sync]", "data-state", "synced").await?;
    answers_are(&local, &given)?;
    let ours: BTreeSet<String> = local.by_id()?.into_keys().collect();
    let arrived = server.taken();
    ensure!(arrived == ours, "{} of {} records arrived", arrived.len(), ours.len());
    // It can do nothing else, so it is asked for nothing else.
    let asked = server
        .shared
        .asked
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    let strays: Vec<&String> = asked
        .iter()
        .filter(|asked| !asked.ends_with(" /api/v1/records"))
        .collect();
    ensure!(
        strays.is_empty() && !asked.contains("GET /api/v1/records"),
        "asked for more than it has: {asked:?}"
    );
    ensure!(site.posts().is_empty(), "sends to the server of the page");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_static_site_sends_to_a_small_server_elsewhere() {
    journey("static_site", NEEDS, async |stage: &Stage| walk(stage, None).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_static_site_shows_a_small_server_its_token() {
    journey("static_site_token", NEEDS, async |stage: &Stage| {
        walk(stage, Some("a-fixed-token")).await
    })
    .await;
}
