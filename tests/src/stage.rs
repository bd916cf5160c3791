//! A stage for one journey: what the machine offers, what was started, and what is kept for looking at after a failure.

use crate::browser::{Browser, Options};
use crate::quiz::Keys;
use crate::server::Server;
use anyhow::{Context, Result, anyhow, ensure};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;

/// Journeys that run at a time. Two browsers keep two cores busy; more would only make waiting times meaningless.
static PLACES: Semaphore = Semaphore::const_new(2);

/// The longest that a journey may take before it counts as stuck.
const LIMIT: Duration = Duration::from_secs(150);

/// What a journey needs of the machine; each is the path in an environment variable that `cargo xtask test` sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// The endpoint's binary.
    Endpoint,
    /// The built site.
    Site,
    /// The same site with another build id.
    NextSite,
    /// The site built for `/sub/path/`.
    SubPathSite,
    /// Chromium of today.
    Chromium,
    /// Its WebDriver.
    Chromedriver,
    /// Chromium 86 to 88.
    OldChromium,
}

impl Need {
    /// What most journeys need.
    pub const USUAL: &'static [Self] = &[Self::Endpoint, Self::Site, Self::Chromium, Self::Chromedriver];

    /// The environment variable's name.
    pub fn variable(self) -> &'static str {
        match self {
            Self::Endpoint => "ANXUE_BIN",
            Self::Site => "ANXUE_SITE",
            Self::NextSite => "ANXUE_SITE_NEXT",
            Self::SubPathSite => "ANXUE_SUBPATH_SITE",
            Self::Chromium => "ANXUE_CHROMIUM",
            Self::Chromedriver => "ANXUE_CHROMEDRIVER",
            Self::OldChromium => "ANXUE_OLD_CHROMIUM",
        }
    }

    /// The path that the machine offers for it.
    pub fn path(self) -> Option<PathBuf> {
        std::env::var_os(self.variable())
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    }
}

/// Where pictures go.
pub fn shots() -> PathBuf {
    std::env::var_os("ANXUE_SHOTS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/shots"),
        PathBuf::from,
    )
}

/// One journey's stage.
#[derive(Debug)]
pub struct Stage {
    name: &'static str,
    browsers: Mutex<Vec<Browser>>,
    logs: Mutex<Vec<Arc<Mutex<String>>>>,
}

/// Whether a test is to be skipped because the machine lacks what it needs; says so.
///
/// # Panics
/// When something is missing although `ANXUE_REQUIRE_BROWSER=1` says that everything must be there.
pub fn skipped(name: &str, needs: &[Need]) -> bool {
    let missing: Vec<&str> = needs
        .iter()
        .filter(|need| need.path().is_none())
        .map(|need| need.variable())
        .collect();
    if missing.is_empty() {
        return false;
    }
    let required = std::env::var("ANXUE_REQUIRE_BROWSER").as_deref() == Ok("1");
    assert!(
        !required,
        "{name}: {} must be set; `cargo xtask test` sets it",
        missing.join(", ")
    );
    println!("{name} skipped: {} not set", missing.join(", "));
    true
}

/// Runs a journey under its name. Without what it needs it is skipped with a line that says so, unless
/// `ANXUE_REQUIRE_BROWSER=1` says that everything must be there. After a failure each browser's page is kept as a picture
/// and as markup under `failed/` of the pictures' folder, with its console and the servers' logs.
///
/// # Panics
/// When the journey fails, is stuck, or lacks what it needs although it is required.
pub async fn journey(name: &'static str, needs: &[Need], body: impl AsyncFnOnce(&Stage) -> Result<()>) {
    if skipped(name, needs) {
        return;
    }
    let place = PLACES.acquire().await;
    let stage = Stage {
        name,
        browsers: Mutex::default(),
        logs: Mutex::default(),
    };
    let outcome = match tokio::time::timeout(LIMIT, body(&stage)).await {
        Ok(Ok(())) => stage.consoles_are_clean().await,
        Ok(Err(error)) => Err(error),
        Err(_) => Err(anyhow!("stuck: not at its end after {LIMIT:?}")),
    };
    if let Err(error) = outcome {
        let kept = stage.keep_evidence().await;
        stage.close().await;
        panic!("{name}: {error:?}\n{kept}");
    }
    stage.close().await;
    drop(place);
}

impl Stage {
    /// The journey's name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The path of something that the journey said it needs.
    pub fn path(&self, need: Need) -> Result<PathBuf> {
        need.path()
            .with_context(|| format!("{} is not set; name it among the journey's needs", need.variable()))
    }

    /// The endpoint, serving the site, on new data.
    pub async fn serve(&self) -> Result<Server> {
        let server = Server::start(self.path(Need::Endpoint)?, self.path(Need::Site)?).await?;
        self.keep_log(server.log());
        Ok(server)
    }

    /// Keeps a log for the case of a failure.
    pub fn keep_log(&self, log: Arc<Mutex<String>>) {
        self.logs.lock().unwrap_or_else(PoisonError::into_inner).push(log);
    }

    /// A fresh browser at `origin`, on no page yet.
    pub async fn browse(&self, origin: &str) -> Result<Browser> {
        self.browse_with(Options {
            origin: origin.into(),
            ..Options::default()
        })
        .await
    }

    /// A browser with options, on no page yet.
    pub async fn browse_with(&self, options: Options) -> Result<Browser> {
        let (chromium, driver) = (self.path(Need::Chromium)?, self.path(Need::Chromedriver)?);
        let browser = Browser::start(&chromium, &driver, options).await?;
        self.browsers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(browser.clone());
        Ok(browser)
    }

    /// The keys of all banks of the site.
    pub fn keys(&self) -> Result<Keys> {
        Keys::of_site(&self.path(Need::Site)?)
    }

    fn browsers(&self) -> Vec<Browser> {
        self.browsers.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn consoles_are_clean(&self) -> Result<()> {
        for browser in self.browsers() {
            let errors = browser.console_errors().await?;
            ensure!(errors.is_empty(), "errors on the console:\n{}", errors.join("\n"));
        }
        Ok(())
    }

    async fn keep_evidence(&self) -> String {
        let folder = shots().join("failed");
        let mut kept = String::new();
        for (n, browser) in self.browsers().into_iter().enumerate() {
            let base = folder.join(format!("{}-{}", self.name, n + 1));
            // A browser that no longer answers must not hide the failure itself.
            let evidence = tokio::time::timeout(Duration::from_secs(15), browser.keep_evidence(&base)).await;
            match evidence {
                Ok(Ok(page)) => {
                    let _ = writeln!(kept, "page kept: {}.png, .html\n{page}", base.display());
                }
                Ok(Err(error)) => {
                    let _ = writeln!(kept, "page not kept: {error:#}");
                }
                Err(_) => {
                    let _ = writeln!(kept, "page not kept: the browser does not answer");
                }
            }
        }
        for log in self.logs.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            let log = log.lock().unwrap_or_else(PoisonError::into_inner);
            let last: Vec<&str> = log.lines().rev().take(30).collect();
            let last: Vec<&str> = last.into_iter().rev().collect();
            let _ = writeln!(kept, "server's last lines:\n{}", last.join("\n"));
        }
        kept
    }

    async fn close(&self) {
        for browser in self.browsers() {
            browser.quit().await;
        }
    }
}
