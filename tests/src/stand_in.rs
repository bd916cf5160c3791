//! Stand-ins for other people's servers: one that answers each request as a test says.

use crate::process::free_port;
use anyhow::Result;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use serde_json::Value;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// What was asked.
#[derive(Debug, Clone)]
pub struct Asked {
    /// `GET`, `POST`, …
    pub method: String,
    /// Without the query.
    pub path: String,
    /// The `Authorization` header.
    pub authorization: Option<String>,
    /// Whether it carries the header of the organizer's desk.
    pub desk: bool,
    /// The body.
    pub body: String,
}

impl Asked {
    /// The records of a batch; none where the body is no batch.
    pub fn records(&self) -> Vec<Value> {
        let body: Value = serde_json::from_str(&self.body).unwrap_or_default();
        body["records"].as_array().cloned().unwrap_or_default()
    }
}

/// What is answered.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The `Content-Type`.
    pub kind: String,
    /// The body.
    pub body: Vec<u8>,
}

impl Reply {
    /// 200 with JSON.
    pub fn json(body: &Value) -> Self {
        Self {
            status: 200,
            kind: "application/json".into(),
            body: body.to_string().into(),
        }
    }

    /// 200 with a page.
    pub fn page(body: &str) -> Self {
        Self {
            status: 200,
            kind: "text/html; charset=utf-8".into(),
            body: body.into(),
        }
    }

    /// A status with nothing.
    pub fn empty(status: u16) -> Self {
        Self {
            status,
            kind: "text/plain".into(),
            body: Vec::new(),
        }
    }
}

type Answering = Arc<dyn Fn(&Asked) -> Reply + Send + Sync>;

/// A server on 127.0.0.1 that any page may ask (CORS), and that remembers what it was asked. Ends when it goes.
pub struct StandIn {
    port: u16,
    asked: Arc<Mutex<Vec<Asked>>>,
    task: JoinHandle<()>,
}

struct Shared {
    answering: Answering,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl StandIn {
    /// Starts it. Preflight requests are allowed without asking `answering`.
    pub async fn start(answering: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Result<Self> {
        let (port, asked) = (free_port()?, Arc::default());
        let shared = Arc::new(Shared {
            answering: Arc::new(answering),
            asked: Arc::clone(&asked),
        });
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        let app = Router::new().fallback(answer).with_state(shared);
        let task = tokio::spawn(async move { drop(axum::serve(listener, app).await) });
        Ok(Self { port, asked, task })
    }

    /// `http://127.0.0.1:PORT`, without a slash at its end.
    pub fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// All that was asked so far, in order.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What was posted so far, in order.
    pub fn posts(&self) -> Vec<Asked> {
        self.asked()
            .into_iter()
            .filter(|asked| asked.method == "POST")
            .collect()
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request<Body>) -> Response {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, 16 << 20).await.unwrap_or_default();
    let authorization = head
        .headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let asked = Asked {
        method: head.method.to_string(),
        path: head.uri.path().into(),
        authorization: authorization.map(str::to_owned),
        desk: head.headers.contains_key(wire::organize::HEADER),
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    let reply = if head.method == Method::OPTIONS {
        Reply::empty(204)
    } else {
        (shared.answering)(&asked)
    };
    shared.asked.lock().unwrap_or_else(PoisonError::into_inner).push(asked);
    let mut response = Response::new(Body::from(reply.body));
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    let kind = HeaderValue::try_from(reply.kind).unwrap_or(HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_TYPE, kind);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    for (name, value) in [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, OPTIONS"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "content-type, authorization"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
