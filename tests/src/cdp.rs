//! A small client of the DevTools protocol, for a Chromium too old for any WebDriver of today.

use crate::process::{Owned, kill_users_of};
use anyhow::{Context, Result, anyhow, bail, ensure};
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// An old Chromium with one page.
#[derive(Debug)]
pub struct OldBrowser {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    last: u64,
    complaints: Vec<String>,
    // Ended before its folder is removed.
    _process: Owned,
    profile: TempDir,
}

impl Drop for OldBrowser {
    fn drop(&mut self) {
        kill_users_of(self.profile.path());
    }
}

impl OldBrowser {
    /// Starts the executable with `flags` (separated by blanks) beside our own, and with a folder of libraries that the
    /// system lacks, and connects to its page.
    pub async fn start(executable: &Path, flags: &str, libraries: Option<OsString>) -> Result<Self> {
        let profile = tempfile::Builder::new().prefix("anxue-old-").tempdir()?;
        let mut command = Command::new(executable);
        command.envs(libraries.map(|folder| ("LD_LIBRARY_PATH", folder)));
        let child = command
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
            ])
            .args([
                "--disable-background-networking",
                "--window-size=360,740",
                "--remote-debugging-port=0",
            ])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .args(flags.split_whitespace())
            .arg("about:blank")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("starting {}", executable.display()))?;
        let process = Owned(child);
        let socket = connect(profile.path()).await?;
        let mut browser = Self {
            socket,
            last: 0,
            complaints: Vec::new(),
            profile,
            _process: process,
        };
        for domain in ["Page.enable", "Runtime.enable", "Log.enable"] {
            browser.call(domain, json!({})).await?;
        }
        Ok(browser)
    }

    /// Sends a command and waits for its result.
    pub async fn call(&mut self, method: &str, parameters: Value) -> Result<Value> {
        self.last += 1;
        let command = json!({ "id": self.last, "method": method, "params": parameters });
        self.socket.send(Message::text(command.to_string())).await?;
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let message = tokio::time::timeout(left, self.socket.next()).await;
            let message = message.map_err(|_| anyhow!("no answer to {method} within 20 s"))?;
            let Message::Text(text) = message.context("the browser has gone")?? else {
                continue;
            };
            let answer: Value = serde_json::from_str(&text)?;
            if answer["id"] == json!(self.last) {
                ensure!(answer["error"].is_null(), "{method}: {}", answer["error"]);
                return Ok(answer["result"].clone());
            }
            let entry = &answer["params"]["entry"];
            if answer["method"] == "Runtime.exceptionThrown" || entry["level"] == "error" {
                self.complaints.push(answer["params"].to_string());
            }
        }
    }

    /// Loads an address and waits until its page is complete.
    pub async fn open(&mut self, address: &str) -> Result<()> {
        let answer = self.call("Page.navigate", json!({ "url": address })).await?;
        ensure!(answer["errorText"].is_null(), "{address}: {}", answer["errorText"]);
        let arrived = format!(
            "location.href === {} && document.readyState === 'complete'",
            json!(address)
        );
        self.wait_until(&arrived).await
    }

    /// The value of an expression, which may be a promise of one.
    pub async fn evaluate(&mut self, expression: &str) -> Result<Value> {
        let wish = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let answer = self.call("Runtime.evaluate", wish).await?;
        ensure!(
            answer["exceptionDetails"].is_null(),
            "{expression}: {}",
            answer["exceptionDetails"]
        );
        Ok(answer["result"]["value"].clone())
    }

    /// Waits until an expression is true.
    pub async fn wait_until(&mut self, expression: &str) -> Result<()> {
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            // A page that is being left fails to evaluate.
            let last = self.evaluate(&format!("!!({expression})")).await;
            if matches!(last, Ok(Value::Bool(true))) {
                return Ok(());
            }
            if Instant::now() >= end {
                let page = self
                    .evaluate("document.body.innerText.slice(0, 300)")
                    .await
                    .unwrap_or_default();
                bail!(
                    "waited 20 s for {expression}; page: {page}; complaints: {}",
                    self.complaints.join("\n")
                );
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Presses what the selector finds with the mouse.
    pub async fn press(&mut self, css: &str) -> Result<()> {
        let find = format!("document.querySelector({})", json!(css));
        self.wait_until(&find).await?;
        let place = self
            .evaluate(&format!(
                "(() => {{ const e = {find}; e.scrollIntoView({{ block: 'center' }}); const r = e.getBoundingClientRect();
                    return {{ x: r.left + r.width / 2, y: r.top + r.height / 2 }} }})()"
            ))
            .await?;
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({ "type": kind, "x": place["x"], "y": place["y"], "button": "left", "clickCount": 1 });
            self.call("Input.dispatchMouseEvent", event).await?;
        }
        Ok(())
    }

    /// A picture of the window as PNG, in base 64.
    pub async fn picture(&mut self) -> Result<String> {
        let answer = self.call("Page.captureScreenshot", json!({ "format": "png" })).await?;
        Ok(answer["data"].as_str().context("no picture")?.to_owned())
    }

    /// Exceptions and errors that the browser reported so far.
    pub fn complaints(&self) -> &[String] {
        &self.complaints
    }
}

/// The browser writes the port that it chose into its profile folder.
async fn connect(profile: &Path) -> Result<WebSocketStream<MaybeTlsStream<TcpStream>>> {
    let end = Instant::now() + Duration::from_secs(30);
    loop {
        if let Some(address) = page_address(profile).await {
            return Ok(connect_async(address).await?.0);
        }
        ensure!(
            Instant::now() < end,
            "the old Chromium opens no debugging port within 30 s"
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn page_address(profile: &Path) -> Option<String> {
    let text = std::fs::read_to_string(profile.join("DevToolsActivePort")).ok()?;
    let list = reqwest::get(format!("http://127.0.0.1:{}/json/list", text.lines().next()?))
        .await
        .ok()?;
    let list: Value = serde_json::from_str(&list.text().await.ok()?).ok()?;
    let page = list.as_array()?.iter().find(|target| target["type"] == "page")?;
    page["webSocketDebuggerUrl"].as_str().map(str::to_owned)
}
