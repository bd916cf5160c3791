//! The site on a plain web server, as anybody may put it on one: files, and `404.html` for every other address.

use crate::stand_in::{Asked, Reply, StandIn};
use anyhow::Result;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// How files are served.
#[derive(Default)]
pub struct Serving {
    /// The path under which the site lies, with a slash at both ends; `/` where empty.
    pub base: String,
    /// What stands in `config.json` instead of the file.
    pub config: Option<Value>,
    /// Changes what a path answers, given the path below the base and the file's bytes.
    #[expect(
        clippy::type_complexity,
        reason = "a type of its own would not say more than the field"
    )]
    pub change: Option<Box<dyn Fn(&str, Vec<u8>) -> Vec<u8> + Send + Sync>>,
}

impl Serving {
    /// The site with results going to the API at `endpoint`, without authentication.
    pub fn with_endpoint(endpoint: &str) -> Self {
        let config = json!({ "endpoint": format!("{endpoint}/api/v1"), "auth": "none" });
        Self {
            config: Some(config),
            ..Self::default()
        }
    }

    /// Serves a folder.
    pub async fn start(self, folder: &Path) -> Result<StandIn> {
        let folder = folder.to_owned();
        let base = if self.base.is_empty() {
            "/".to_owned()
        } else {
            self.base.clone()
        };
        StandIn::start(move |asked| self.answer(&folder, &base, asked)).await
    }

    /// The answer to one request, for a server that has more than the folder; `base` with a slash at both ends.
    pub fn answer(&self, folder: &Path, base: &str, asked: &Asked) -> Reply {
        let Some(path) = asked.path.strip_prefix(base).filter(|_| asked.method == "GET") else {
            return Reply::empty(404);
        };
        if let (Some(config), "config.json") = (&self.config, path) {
            return Reply::json(config);
        }
        let (status, file) = match file(folder, path) {
            Some(file) => (200, file),
            None => (404, folder.join("404.html")),
        };
        let Ok(bytes) = std::fs::read(&file) else {
            return Reply::empty(404);
        };
        let body = self
            .change
            .as_ref()
            .map_or_else(|| bytes.clone(), |change| change(path, bytes.clone()));
        Reply {
            status,
            kind: kind(&file).into(),
            body,
        }
    }
}

fn file(folder: &Path, path: &str) -> Option<PathBuf> {
    if path.split('/').any(|part| part == "..") {
        return None;
    }
    let file = if path.is_empty() {
        folder.join("index.html")
    } else {
        folder.join(path)
    };
    file.is_file().then_some(file)
}

fn kind(file: &Path) -> &'static str {
    match file.extension().and_then(|ending| ending.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json") => "application/json",
        Some("wasm") => "application/wasm",
        Some("webmanifest") => "application/manifest+json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    }
}
