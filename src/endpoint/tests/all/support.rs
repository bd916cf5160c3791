//! An endpoint in a folder of its own, and clients for it.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use bytes::Bytes;
use domain::ids::{PackHash, ProfileId, RecordId, Uuid};
use domain::time::Timestamp;
use endpoint::code::UnitCode;
use endpoint::site::Site;
use endpoint::store::sqlite::Sqlite;
use endpoint::store::{NewCode, Store};
use endpoint::{Endpoint, Options, Peer};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tower::ServiceExt;

/// A moment: 2026-09-21 in Shanghai.
pub(crate) const NOW: i64 = 1_790_000_000_000;

pub(crate) const PROFILE: &str = "7d444840-9dc0-11d1-b245-5ffdce74fad2";
pub(crate) const OTHER_PROFILE: &str = "7d444840-9dc0-41d1-b245-5ffdce74fad3";
pub(crate) const DEVICE: &str = "00000000-0000-4000-8000-000000000001";

/// An endpoint with its store, at a time that the test sets.
pub(crate) struct Home {
    pub(crate) folder: TempDir,
    pub(crate) endpoint: Endpoint,
    pub(crate) router: Router,
    pub(crate) clock: Arc<AtomicI64>,
    pub(crate) code: UnitCode,
}

pub(crate) fn options(clock: &Arc<AtomicI64>) -> Options {
    let clock = Arc::clone(clock);
    Options {
        clock: Arc::new(move || Timestamp(clock.load(Ordering::Relaxed))),
        ..Options::default()
    }
}

impl Home {
    pub(crate) async fn new() -> Self {
        Self::with(site(&[]), |_| {}).await
    }

    /// With a site and other options, and a code for 200 people and 30 days.
    pub(crate) async fn with(site: Site, change: impl FnOnce(&mut Options)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(AtomicI64::new(NOW));
        let mut options = options(&clock);
        change(&mut options);
        let store: Arc<dyn Store> = Arc::new(open(&folder).await);
        let code = UnitCode::from_bits(0x2_1234_5678_9abc);
        store.new_code(new_code(&code, 200), Timestamp(NOW)).await.unwrap();
        let endpoint = Endpoint::start(store, site, options).await.unwrap();
        let router = endpoint.router();
        Self {
            folder,
            endpoint,
            router,
            clock,
            code,
        }
    }

    /// The same data under another site, as after a restart with a new program.
    pub(crate) async fn restart(self, site: Site) -> Self {
        self.endpoint.store().close().await;
        let store: Arc<dyn Store> = Arc::new(open(&self.folder).await);
        let endpoint = Endpoint::start(store, site, options(&self.clock)).await.unwrap();
        let router = endpoint.router();
        Self {
            endpoint,
            router,
            ..self
        }
    }

    /// The token of a person who joined with `profile`.
    pub(crate) async fn join(&self, profile: &str) -> String {
        let answer = self
            .enrol(json!({"code": self.code.to_string(), "profile": profile, "name": "张三"}))
            .await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        answer.json()["token"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn enrol(&self, wish: Value) -> Answer {
        call(
            &self.router,
            Request::post("/api/v1/enrolments").header("content-type", "application/json"),
            wish.to_string(),
        )
        .await
    }

    pub(crate) async fn post(&self, token: &str, body: impl Into<Body>) -> Answer {
        let request = Request::post("/api/v1/records").header("content-type", "application/json");
        call(
            &self.router,
            request.header("authorization", format!("Bearer {token}")),
            body,
        )
        .await
    }

    /// Sends records and gives their verdicts as `verdict` or `verdict code`.
    pub(crate) async fn send(&self, token: &str, records: &[impl AsRef<str>]) -> Vec<String> {
        let answer = self.post(token, batch(records)).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let verdicts = answer.json()["verdicts"].as_array().unwrap().clone();
        let word = |verdict: &Value| match verdict["code"].as_str() {
            Some(code) => format!("{} {code}", verdict["verdict"].as_str().unwrap()),
            None => verdict["verdict"].as_str().unwrap().to_owned(),
        };
        verdicts.iter().map(word).collect()
    }

    pub(crate) async fn fetch(&self, token: &str, query: &str) -> Answer {
        let request =
            Request::get(format!("/api/v1/records{query}")).header("authorization", format!("Bearer {token}"));
        call(&self.router, request, "").await
    }

    pub(crate) async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let request = headers.iter().fold(Request::get(path), |request, (name, value)| {
            request.header(*name, *value)
        });
        call(&self.router, request, "").await
    }

    /// Serves on a port of its own until the test ends.
    pub(crate) async fn listen(&self) -> std::net::SocketAddr {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(endpoint::serve(listener, self.router.clone(), std::future::pending()));
        address
    }
}

pub(crate) fn new_code(code: &UnitCode, max_uses: u32) -> NewCode {
    let expires = Timestamp(NOW + 30 * 86_400_000);
    NewCode {
        hash: code.hash(),
        shown: code.shown(),
        unit: "城东街道".into(),
        expires,
        max_uses,
    }
}

pub(crate) fn file(folder: &TempDir) -> PathBuf {
    folder.path().join("anxue.sqlite")
}

pub(crate) async fn open(folder: &TempDir) -> Sqlite {
    Sqlite::open(&file(folder), &endpoint::code::random_hex().unwrap())
        .await
        .unwrap()
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The stable code of a problem document, which must be one.
    pub(crate) fn problem(&self) -> String {
        assert_eq!(
            self.header("content-type"),
            "application/problem+json",
            "{}",
            self.text()
        );
        let problem: wire::api::Problem = serde_json::from_slice(&self.body).unwrap();
        assert_eq!(problem.status, self.status.as_u16());
        problem.code
    }
}

pub(crate) async fn call(router: &Router, request: axum::http::request::Builder, body: impl Into<Body>) -> Answer {
    let request = request
        .extension(Peer("10.1.2.3:4567".parse().unwrap()))
        .body(body.into())
        .unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: body.collect().await.unwrap().to_bytes(),
    }
}

/// The body of a batch.
pub(crate) fn batch(records: &[impl AsRef<str>]) -> String {
    let records: Vec<&str> = records.iter().map(AsRef::as_ref).collect();
    format!("{{\"records\":[{}]}}", records.join(","))
}

/// The id of the `n`th record.
pub(crate) fn id(n: u64) -> String {
    Uuid::v7(NOW.unsigned_abs(), u128::from(n)).to_string()
}

pub(crate) fn record_id(n: u64) -> RecordId {
    id(n).parse().unwrap()
}

pub(crate) fn profile(text: &str) -> ProfileId {
    text.parse().unwrap()
}

/// A record of a kind and body.
pub(crate) fn record(n: u64, kind: &str, body: &Value) -> String {
    let seq = n + 1;
    json!({"id": id(n), "v": 1, "kind": kind, "profile": PROFILE, "device": DEVICE, "seq": seq, "at": NOW, "body": body}).to_string()
}

/// A record that is fit to be stored and needs no marking.
pub(crate) fn lesson(n: u64) -> String {
    record(
        n,
        "lesson.progress",
        &json!({"course": "c-1", "lesson": "l-1", "state": "opened"}),
    )
}

/// A number that no other call gets.
pub(crate) fn fresh() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1_000_000);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// A pack with a single choice `i-1` (right: b), a multiple choice `i-2` (right: a, c) and a true statement `i-3`.
pub(crate) fn pack() -> (PackHash, String) {
    let option =
        |id: &str, right: bool| json!({"id": id, "text": id, "right": right, "why": if right { "" } else { "not so" }});
    let item = |id: &str, kind: &str, more: Value| {
        let mut item = json!({"id": id, "revision": 2, "kind": kind, "topics": ["t"], "difficulty": 1, "stem": "s",
            "basis": {"practice": "because"}, "explanation": "e"});
        item.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        item
    };
    let text = json!({"v": 1, "bank": "b-1", "title": {"zh": "题库"}, "regulations": {}, "items": [
        item("i-1", "single", json!({"options": [option("a", false), option("b", true), option("c", false)]})),
        item("i-2", "multiple", json!({"options": [option("a", true), option("b", false), option("c", true), option("d", false)]})),
        item("i-3", "true-false", json!({"answer": true, "why": "not so"})),
    ]});
    let text = text.to_string();
    (wire::pack::hash(text.as_bytes()), text)
}

/// A site of these files.
pub(crate) fn site(files: &[(&str, &str)]) -> Site {
    Site::new(
        files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), Bytes::from((*text).to_owned()))),
    )
}

/// A site with `pack()` in it.
pub(crate) fn site_with_pack() -> Site {
    let (hash, text) = pack();
    site(&[("index.html", "<p>"), (&wire::pack::path(hash), &text)])
}

/// A connection that sends one request after the other and reads answers of known length.
pub(crate) struct Client(pub(crate) TcpStream);

impl Client {
    pub(crate) async fn connect(address: std::net::SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self(stream)
    }

    /// One request; the error of a connection that broke is passed on.
    pub(crate) async fn try_call(&mut self, head: &str, body: &[u8]) -> std::io::Result<(u16, Vec<u8>)> {
        let head = format!("{head}\r\nhost: x\r\ncontent-length: {}\r\n\r\n", body.len());
        self.0.write_all(&[head.as_bytes(), body].concat()).await?;
        self.answer().await
    }

    /// One request that must be answered.
    pub(crate) async fn call(&mut self, head: &str, body: &[u8]) -> (u16, Vec<u8>) {
        self.try_call(head, body).await.unwrap()
    }

    pub(crate) async fn answer(&mut self) -> std::io::Result<(u16, Vec<u8>)> {
        let mut bytes = Vec::new();
        loop {
            if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
                let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
                let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
                let length: usize = length.map_or(0, |length| length.trim().parse().unwrap());
                let status = head[9..12].parse().unwrap();
                while bytes.len() < end + 4 + length {
                    self.more(&mut bytes).await?;
                }
                return Ok((status, bytes[end + 4..].to_vec()));
            }
            self.more(&mut bytes).await?;
        }
    }

    async fn more(&mut self, bytes: &mut Vec<u8>) -> std::io::Result<()> {
        if self.0.read_buf(bytes).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }
}

/// The head of a POST of records.
pub(crate) fn post_head(token: &str) -> String {
    format!("POST /api/v1/records HTTP/1.1\r\ncontent-type: application/json\r\nauthorization: Bearer {token}")
}
