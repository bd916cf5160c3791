//! A headless Chromium with a fresh profile, and one page in it.

use super::cdp::{Client, Event};
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::process::{Child, Command};
use tokio::sync::mpsc::UnboundedReceiver;

/// How long the browser may take to start, and a page to get somewhere.
const PATIENCE: Duration = Duration::from_secs(60);

/// A browser; it ends when this is dropped.
pub(crate) struct Browser {
    child: Child,
    client: Client,
    profile: PathBuf,
}

/// A page and what happened in it.
pub(crate) struct Page {
    client: Client,
    session: String,
    events: UnboundedReceiver<Event>,
}

impl Browser {
    /// Starts with a profile folder that is made anew.
    ///
    /// # Errors
    /// It does not start.
    pub(crate) async fn start(executable: &Path, profile: &Path) -> Result<Self> {
        // There may be none yet.
        let _ = std::fs::remove_dir_all(profile);
        std::fs::create_dir_all(profile)?;
        let mut command = Command::new(executable);
        command
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-dev-shm-usage",
                "--disable-gpu",
                "--no-first-run",
            ])
            .args([
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ])
            .args([
                "--disable-extensions",
                "--window-size=412,915",
                "--remote-debugging-port=0",
            ])
            .arg(format!("--user-data-dir={}", profile.display()))
            .arg("about:blank");
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true);
        let child = command
            .spawn()
            .with_context(|| format!("cannot start {}", executable.display()))?;
        let port_file = profile.join("DevToolsActivePort");
        let begun = Instant::now();
        let url = loop {
            let text = std::fs::read_to_string(&port_file).unwrap_or_default();
            if let Some((port, path)) = text.trim().split_once('\n') {
                break format!("ws://127.0.0.1:{port}{path}");
            }
            if begun.elapsed() > PATIENCE {
                bail!("{} does not open its debugging port", executable.display());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        Ok(Self {
            child,
            client: Client::connect(&url).await?,
            profile: profile.to_owned(),
        })
    }

    /// Its version, such as `HeadlessChrome/140.0.0.0`.
    ///
    /// # Errors
    /// It does not answer.
    pub(crate) async fn version(&self) -> Result<String> {
        let version = self.client.call(None, "Browser.getVersion", json!({})).await?;
        Ok(version["product"].as_str().unwrap_or("unknown").to_owned())
    }

    /// A new page with the processor slowed by `throttle`, in which `script` runs before anything else.
    ///
    /// # Errors
    /// The browser refuses.
    pub(crate) async fn page(&self, throttle: u32, script: &str) -> Result<Page> {
        let target = self
            .client
            .call(None, "Target.createTarget", json!({ "url": "about:blank" }))
            .await?;
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = self.client.call(None, "Target.attachToTarget", attach).await?;
        let session = attached["sessionId"].as_str().context("no session")?.to_owned();
        let events = self.client.events(&session);
        let page = Page {
            client: self.client.clone(),
            session,
            events,
        };
        page.call("Page.enable", json!({})).await?;
        page.call("Network.enable", json!({})).await?;
        page.call("Runtime.enable", json!({})).await?;
        page.call("Emulation.setCPUThrottlingRate", json!({ "rate": throttle }))
            .await?;
        page.call("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script }))
            .await?;
        Ok(page)
    }

    /// Ends it in the orderly way, so that its profile is whole, and removes the profile.
    ///
    /// # Errors
    /// Its process cannot be ended.
    pub(crate) async fn stop(mut self) -> Result<()> {
        // It may close the connection before it answers.
        let _ = tokio::time::timeout(
            Duration::from_secs(5),
            self.client.call(None, "Browser.close", json!({})),
        )
        .await;
        if tokio::time::timeout(Duration::from_secs(5), self.child.wait())
            .await
            .is_err()
        {
            self.child.kill().await?;
        }
        // Helpers of the browser may still be closing their files; the next run starts with another folder.
        let _ = std::fs::remove_dir_all(&self.profile);
        Ok(())
    }
}

impl Page {
    /// Calls a method of the page.
    ///
    /// # Errors
    /// The browser refuses.
    pub(crate) async fn call(&self, method: &str, params: Value) -> Result<Value> {
        self.client.call(Some(&self.session), method, params).await
    }

    /// The value of an expression, awaited where it is a promise.
    ///
    /// # Errors
    /// It throws.
    pub(crate) async fn value(&self, expression: &str) -> Result<Value> {
        let params = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let outcome = self.call("Runtime.evaluate", params).await?;
        if let Some(thrown) = outcome.get("exceptionDetails") {
            bail!("{expression} throws {thrown}");
        }
        Ok(outcome["result"]["value"].clone())
    }

    /// Asks for an expression until it is truthy, and returns it.
    ///
    /// # Errors
    /// It never is.
    pub(crate) async fn until(&self, expression: &str) -> Result<Value> {
        let begun = Instant::now();
        loop {
            // Between two documents there is nothing to ask.
            let value = self.value(expression).await.unwrap_or(Value::Null);
            if !matches!(value, Value::Null | Value::Bool(false)) && value != json!(0) && value != json!("") {
                return Ok(value);
            }
            if begun.elapsed() > PATIENCE {
                let text = self
                    .value("document.body.innerText.slice(0, 400)")
                    .await
                    .unwrap_or_default();
                bail!("waited {PATIENCE:?} for {expression}; the page says: {text}");
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }

    /// Presses the middle of the first element that matches, with a real pointer.
    ///
    /// # Errors
    /// There is none.
    pub(crate) async fn press(&self, selector: &str) -> Result<()> {
        let script = format!(
            "(() => {{ const e = document.querySelector({}); if (!e) return null; e.scrollIntoView({{ block: 'center' }}); \
             const b = e.getBoundingClientRect(); return [b.left + b.width / 2, b.top + b.height / 2]; }})()",
            json!(selector)
        );
        let place = self.value(&script).await?;
        let (Some(x), Some(y)) = (place[0].as_f64(), place[1].as_f64()) else {
            bail!("there is no {selector}")
        };
        for (kind, buttons) in [("mouseMoved", 0), ("mousePressed", 1), ("mouseReleased", 0)] {
            let button = if kind == "mouseMoved" { "none" } else { "left" };
            let params = json!({ "type": kind, "x": x, "y": y, "button": button, "buttons": buttons, "clickCount": 1 });
            self.call("Input.dispatchMouseEvent", params).await?;
        }
        Ok(())
    }

    /// What happened since the last time.
    pub(crate) fn drain(&mut self) -> Vec<Event> {
        std::iter::from_fn(|| self.events.try_recv().ok()).collect()
    }
}
