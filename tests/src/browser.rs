//! A real browser through WebDriver: starting, ending, and finding one's way about a page.

use crate::process::{Owned, free_port, kill_users_of};
use anyhow::{Context, Result, anyhow, bail, ensure};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use thirtyfour::prelude::*;
use thirtyfour::{ChromiumLikeCapabilities, LoggingPrefsLogLevel, WindowHandle};

/// How long a page may take to show what was waited for. Generous: it is only used up by failures.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// What is said where a page is left, or the server goes, while its service worker is being fetched. That the worker comes
/// in the end is proven by whatever works without a server.
const WORKER_LEFT: &str = "error occurred when fetching the script";

/// The browser fetches the manifest when it likes; a page that is left then shows it as failed, and nothing needs it.
const MANIFEST_LEFT: &str = "manifest.webmanifest - Failed to load resource: net::ERR_";

/// A page of the app that is not on its way any more.
const PAGE: &str = "main[data-page]:not([data-page=loading])";

/// A fixed size of 360 x 740 px, the smallest phone that counts.
const WIDTH: u32 = 360;

/// How a browser is started.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// What paths are relative to, without a slash at its end.
    pub origin: String,
    /// More command-line flags.
    pub flags: Vec<String>,
    /// A script that runs in each page before its own.
    pub before_page: Option<&'static str>,
    /// The profile folder of a browser that ended; none for a fresh one.
    pub profile: Option<Arc<TempDir>>,
}

/// A browser with its driver. Clones are the same browser; both processes end with the last of them.
#[derive(Debug, Clone)]
pub struct Browser {
    driver: WebDriver,
    origin: String,
    profile: Arc<TempDir>,
    tolerated: Arc<Mutex<Vec<&'static str>>>,
    errors: Arc<Mutex<Vec<String>>>,
    // Dropped last, so that the session can still be closed.
    _process: Arc<Processes>,
}

/// The driver and the browser that it started.
#[derive(Debug)]
struct Processes {
    _driver: Owned,
    profile: Arc<TempDir>,
}

impl Drop for Processes {
    fn drop(&mut self) {
        kill_users_of(self.profile.path());
    }
}

impl Browser {
    /// Starts the driver and, through it, the browser with a fresh profile, 360 px wide.
    pub async fn start(chromium: &Path, chromedriver: &Path, options: Options) -> Result<Self> {
        let fresh = || -> Result<_> { Ok(Arc::new(tempfile::Builder::new().prefix("anxue-browser-").tempdir()?)) };
        let profile = options.profile.map_or_else(fresh, Ok)?;
        let port = free_port()?;
        let driver = Command::new(chromedriver)
            .arg(format!("--port={port}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("starting {}", chromedriver.display()))?;
        let process = Arc::new(Processes {
            _driver: Owned(driver),
            profile: Arc::clone(&profile),
        });
        wait_for_driver(port).await?;

        let mut wishes = DesiredCapabilities::chrome();
        wishes.set_binary(&chromium.to_string_lossy())?;
        let own = format!("--user-data-dir={}", profile.path().display());
        let flags = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--window-size=360,740",
            &own,
        ];
        for flag in flags.into_iter().chain(options.flags.iter().map(String::as_str)) {
            wishes.add_arg(flag)?;
        }
        wishes.set_browser_log_level(LoggingPrefsLogLevel::All)?;
        let driver = WebDriver::new(format!("http://127.0.0.1:{port}"), wishes)
            .await
            .context("no browser session")?;
        driver.set_script_timeout(PATIENCE).await?;
        driver.set_page_load_timeout(PATIENCE).await?;
        let browser = Self {
            driver,
            origin: options.origin,
            profile,
            tolerated: Arc::new(Mutex::new(vec![WORKER_LEFT, MANIFEST_LEFT])),
            errors: Arc::default(),
            _process: process,
        };
        browser.resize(WIDTH, 740).await?;
        if let Some(script) = options.before_page {
            browser
                .devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script }))
                .await?;
        }
        Ok(browser)
    }

    /// The WebDriver session, for what the helpers do not cover.
    pub fn driver(&self) -> &WebDriver {
        &self.driver
    }

    /// The profile folder, for starting a browser again on what this one left behind.
    pub fn profile(&self) -> Arc<TempDir> {
        Arc::clone(&self.profile)
    }

    /// What paths are relative to.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Kills the browser's processes at once, as a power cut does. The profile folder stays.
    pub fn kill(&self) {
        kill_users_of(self.profile.path());
    }

    /// Closes the session; whatever is left of it ends with the last clone.
    pub async fn quit(&self) {
        // A browser that was killed on purpose cannot be closed any more.
        let _ = tokio::time::timeout(Duration::from_secs(10), self.driver.clone().quit()).await;
    }

    /// Sends a command of the DevTools protocol to the current window.
    pub async fn devtools(&self, method: &str, parameters: Value) -> Result<Value> {
        self.driver
            .cdp()
            .send_raw(method, parameters)
            .await
            .with_context(|| method.to_owned())
    }

    /// Gives the window this size in CSS pixels, whatever the system's smallest window is.
    pub async fn resize(&self, width: u32, height: u32) -> Result<()> {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", size)
            .await
            .map(drop)
    }

    /// Opens a window beside the first, of the same size, and goes on in it.
    pub async fn new_window(&self) -> Result<WindowHandle> {
        let window = self.driver.new_window().await?;
        self.driver.switch_to_window(window.clone()).await?;
        self.resize(WIDTH, 740).await?;
        Ok(window)
    }

    /// Goes on in another window.
    pub async fn switch_to(&self, window: &WindowHandle) -> Result<()> {
        Ok(self.driver.switch_to_window(window.clone()).await?)
    }

    /// Loads a path of the origin, as typing the address does, and waits until the app shows the page's content and has
    /// opened its storage, or said that it cannot.
    pub async fn open(&self, path: &str) -> Result<()> {
        self.open_at_once(path).await?;
        self.wait_gone("[data-test=sync][data-state=opening]").await
    }

    /// `open` for somebody in haste: the storage may not be open yet.
    pub async fn open_at_once(&self, path: &str) -> Result<()> {
        self.load(path).await?;
        self.wait_for(PAGE).await
    }

    /// Loads a path of the origin and waits for nothing.
    pub async fn load(&self, path: &str) -> Result<()> {
        let address = format!("{}{path}", self.origin);
        // The same address with another fragment would be no load.
        if path.contains('#') {
            self.driver.goto("about:blank").await?;
        }
        self.driver
            .goto(&address)
            .await
            .with_context(|| format!("loading {address}"))
    }

    /// Loads the page again and waits until the app shows the page's content.
    pub async fn reload(&self) -> Result<()> {
        self.driver.refresh().await?;
        self.wait_for(PAGE).await
    }

    /// Runs the body of a script with `arguments`, which may return a value or a promise of one.
    pub async fn script(&self, body: &str, arguments: Vec<Value>) -> Result<Value> {
        let wrapped = format!(
            "const done = arguments[arguments.length - 1]; const given = Array.from(arguments).slice(0, -1);
             (async function () {{ {body} }}).apply(null, given)
             .then(value => done({{ value: value === undefined ? null : value }}), error => done({{ error: String(error) }}));"
        );
        let answer = self.driver.execute_async(wrapped, arguments).await?.json().clone();
        match answer.get("error").and_then(Value::as_str) {
            Some(error) => Err(anyhow!("{error} in {body}")),
            None => Ok(answer.get("value").cloned().unwrap_or_default()),
        }
    }

    /// Asks again and again until there is an answer, for `limit` at most. An error is no answer yet: pages change while
    /// they are looked at.
    pub async fn wait_as_long<T>(
        &self,
        limit: Duration,
        what: &str,
        mut probe: impl AsyncFnMut() -> Result<Option<T>>,
    ) -> Result<T> {
        let end = Instant::now() + limit;
        loop {
            let last = match probe().await {
                Ok(Some(found)) => return Ok(found),
                Ok(None) => None,
                Err(error) => Some(error),
            };
            if Instant::now() >= end {
                let address = self
                    .driver
                    .current_url()
                    .await
                    .map(|url| url.to_string())
                    .unwrap_or_default();
                let last = last.map(|error| format!("; last: {error:#}")).unwrap_or_default();
                bail!("waited {limit:?} for {what} at {address}{last}");
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }

    /// `wait_as_long` with the usual patience.
    pub async fn wait<T>(&self, what: &str, probe: impl AsyncFnMut() -> Result<Option<T>>) -> Result<T> {
        self.wait_as_long(PATIENCE, what, probe).await
    }

    /// Waits until the selector finds something that is shown.
    pub async fn wait_for(&self, css: &str) -> Result<()> {
        self.wait(css, async || Ok(self.shows(css).await?.then_some(()))).await
    }

    /// Waits until the selector finds nothing that is shown.
    pub async fn wait_gone(&self, css: &str) -> Result<()> {
        self.wait(&format!("{css} to go"), async || {
            Ok((!self.shows(css).await?).then_some(()))
        })
        .await
    }

    /// Whether the selector finds something that is shown.
    pub async fn shows(&self, css: &str) -> Result<bool> {
        let script = "return Array.from(document.querySelectorAll(arguments[0])).some(e => e.checkVisibility())";
        Ok(self.script(script, vec![json!(css)]).await? == json!(true))
    }

    /// Waits for an element and gives its text as shown.
    pub async fn text(&self, css: &str) -> Result<String> {
        self.wait(css, async || {
            let script = "const e = document.querySelector(arguments[0]); return e ? e.innerText : null";
            Ok(self
                .script(script, vec![json!(css)])
                .await?
                .as_str()
                .map(|text| text.trim().to_owned()))
        })
        .await
    }

    /// Waits for an element with the attribute and gives the attribute's value.
    pub async fn attr(&self, css: &str, name: &str) -> Result<String> {
        self.wait(&format!("{css} with {name}"), async || {
            let script =
                "const e = document.querySelector(arguments[0]); return e ? e.getAttribute(arguments[1]) : null";
            Ok(self
                .script(script, vec![json!(css), json!(name)])
                .await?
                .as_str()
                .map(str::to_owned))
        })
        .await
    }

    /// The attribute's value as a number.
    pub async fn number(&self, css: &str, name: &str) -> Result<usize> {
        let text = self.attr(css, name).await?;
        text.parse()
            .with_context(|| format!("{name} of {css} is no number: {text}"))
    }

    /// Waits until the attribute has the value.
    pub async fn wait_attr(&self, css: &str, name: &str, value: &str) -> Result<()> {
        let what = format!("{css} with {name}={value}");
        self.wait(&what, async || Ok((self.attr(css, name).await? == value).then_some(())))
            .await
    }

    /// The element that a person would press for the selector: itself, or the label of a tick box.
    async fn target(&self, css: &str) -> Result<WebElement> {
        let script = "const e = document.querySelector(arguments[0]);
            const t = e && e.matches('input[type=checkbox], input[type=radio]') ? (e.labels[0] || e) : e;
            if (t) t.scrollIntoView({ block: 'center', behavior: 'instant' });
            return t";
        Ok(self.driver.execute(script, vec![json!(css)]).await?.element()?)
    }

    /// Presses what the selector finds, with the mouse, where it really is: what covers it makes this fail.
    pub async fn press(&self, css: &str) -> Result<()> {
        self.wait(&format!("pressing {css}"), async || {
            self.target(css).await?.click().await?;
            Ok(Some(()))
        })
        .await
    }

    /// Follows the first shown link whose address ends in the path.
    pub async fn follow(&self, path: &str) -> Result<()> {
        self.press(&format!("main a[href$=\"{path}\"]")).await
    }

    /// Types into a field, in place of what it holds.
    pub async fn fill(&self, css: &str, text: &str) -> Result<()> {
        self.wait_for(css).await?;
        let field = self.driver.find(By::Css(css)).await?;
        field.clear().await?;
        field.send_keys(text).await?;
        Ok(())
    }

    /// Presses one key wherever the focus is.
    pub async fn key(&self, key: impl Into<char>) -> Result<()> {
        let key: char = key.into();
        Ok(self.driver.action_chain().send_keys(key.to_string()).perform().await?)
    }

    /// Waits until the service worker is active: from then on everything of the build is at hand.
    pub async fn offline_ready(&self) -> Result<()> {
        self.wait("the service worker to be active", async || {
            let script =
                "const r = await Promise.race([navigator.serviceWorker.ready, new Promise(f => setTimeout(f, 2000))]);
                return r && r.active ? r.active.state : null";
            Ok((self.script(script, vec![]).await? == json!("activated")).then_some(()))
        })
        .await
    }

    /// The build that the page runs.
    pub async fn build(&self) -> Result<String> {
        self.attr("meta[name=anxue-build]", "content").await
    }

    /// Errors on the console that contain this text are expected from now on.
    pub fn tolerate(&self, text: &'static str) {
        self.tolerated.lock().unwrap_or_else(PoisonError::into_inner).push(text);
    }

    /// Network failures are expected from now on: the server is about to be stopped.
    pub fn going_offline(&self) {
        self.tolerate("net::ERR_");
    }

    /// All errors on the console so far, in all windows, other than the expected ones.
    pub async fn console_errors(&self) -> Result<Vec<String>> {
        let mut errors = self.errors.lock().unwrap_or_else(PoisonError::into_inner).clone();
        // Reading empties the driver's list. A killed browser has nothing more to say.
        if let Ok(entries) = self.driver.browser_log().await {
            errors.extend(
                entries
                    .into_iter()
                    .filter(|entry| entry.level == "SEVERE")
                    .map(|entry| entry.message),
            );
        }
        (*self.errors.lock().unwrap_or_else(PoisonError::into_inner)).clone_from(&errors);
        let tolerated = self.tolerated.lock().unwrap_or_else(PoisonError::into_inner).clone();
        errors.retain(|error| !tolerated.iter().any(|text| error.contains(text)));
        Ok(errors)
    }

    /// Keeps the page as `BASE.png` and `BASE.html`; gives its address and console.
    pub async fn keep_evidence(&self, base: &Path) -> Result<String> {
        let with = |ending: &str| PathBuf::from(format!("{}.{ending}", base.display()));
        std::fs::create_dir_all(base.parent().context("no folder")?)?;
        std::fs::write(with("png"), self.driver.screenshot_as_png().await?)?;
        std::fs::write(with("html"), self.driver.source().await?)?;
        let address = self.driver.current_url().await?;
        let console = self.console_errors().await?;
        Ok(format!("address: {address}\nconsole: {}", console.join("\n         ")))
    }

    /// Checks that the app did not fall over.
    pub async fn no_panic(&self) -> Result<()> {
        ensure!(!self.shows("#anxue-panic").await?, "the panic screen is shown");
        Ok(())
    }
}

async fn wait_for_driver(port: u16) -> Result<()> {
    let end = Instant::now() + Duration::from_secs(20);
    while reqwest::get(format!("http://127.0.0.1:{port}/status")).await.is_err() {
        ensure!(Instant::now() < end, "chromedriver does not answer on port {port}");
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
    Ok(())
}
