//! The endpoint as a process of its own, which can be stopped, killed and started again on the same port and data.

use crate::process::{Owned, free_port, signal, wait_for_end};
use anyhow::{Context, Result, bail, ensure};
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A running or stopped endpoint. Killed and its data removed when it goes.
#[derive(Debug)]
pub struct Server {
    binary: PathBuf,
    site: PathBuf,
    data: TempDir,
    port: u16,
    code: String,
    log: Arc<Mutex<String>>,
    process: Option<Owned>,
}

impl Server {
    /// Starts `binary serve` with `site` on a free port and new data, and waits until it is ready and has named the
    /// first unit's code.
    pub async fn start(binary: PathBuf, site: PathBuf) -> Result<Self> {
        let data = tempfile::Builder::new().prefix("anxue-data-").tempdir()?;
        let log = Arc::default();
        let mut server = Self {
            binary,
            site,
            data,
            port: free_port()?,
            code: String::new(),
            log,
            process: None,
        };
        server.start_again().await?;
        server.code = code(&server.text()).context("no line `code: XXXXX-XXXXX` on first run")?;
        Ok(server)
    }

    /// Starts it again on its port and data, after `stop` or `kill`, and waits until it is ready.
    pub async fn start_again(&mut self) -> Result<()> {
        ensure!(self.process.is_none(), "the server runs already");
        let before = self.text().len();
        let mut child = Command::new(&self.binary)
            .args(["serve", "--addr", &format!("127.0.0.1:{}", self.port), "--data"])
            .arg(self.data.path())
            .arg("--site")
            .arg(&self.site)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("starting {}", self.binary.display()))?;
        copy(child.stdout.take().context("no standard output")?, &self.log);
        copy(child.stderr.take().context("no standard error")?, &self.log);
        let mut process = Owned(child);
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            if self.text()[before..].lines().any(|line| line.starts_with("ready: ")) {
                self.process = Some(process);
                return Ok(());
            }
            if let Some(status) = process.0.try_wait()? {
                bail!(
                    "the endpoint ended with {status} before it was ready:\n{}",
                    &self.text()[before..]
                );
            }
            ensure!(
                Instant::now() < end,
                "no line `ready: ` within 20 s:\n{}",
                &self.text()[before..]
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Ends it as an administrator does (SIGTERM) and waits until it is gone.
    pub fn stop(&mut self) -> Result<()> {
        let mut process = self.process.take().context("the server does not run")?;
        signal(process.0.id(), "TERM")?;
        let status = wait_for_end(&mut process.0, Duration::from_secs(15))?;
        let status = status.context("the endpoint still runs 15 s after SIGTERM")?;
        ensure!(status.success(), "the endpoint ended with {status} on SIGTERM");
        Ok(())
    }

    /// Ends it without any warning (SIGKILL).
    pub fn kill(&mut self) -> Result<()> {
        let mut process = self.process.take().context("the server does not run")?;
        process.0.kill()?;
        process.0.wait()?;
        Ok(())
    }

    /// From the next start on, another folder is served.
    pub fn serve_site(&mut self, site: PathBuf) {
        self.site = site;
    }

    /// `http://127.0.0.1:PORT`, without a slash at its end.
    pub fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The code of the unit that was made on first run.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The key of the organizer's first link, which was made on first run and holds once.
    pub fn desk_key(&self) -> Result<String> {
        let text = self.text();
        let line = text.lines().find(|line| line.starts_with("organize: "));
        let key = line.and_then(|line| line.split_once('#')?.1.split_whitespace().next());
        Ok(key.context("no line `organize: …#KEY` on first run")?.to_owned())
    }

    /// The data folder.
    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// What it printed so far, both outputs.
    pub fn log(&self) -> Arc<Mutex<String>> {
        Arc::clone(&self.log)
    }

    fn text(&self) -> String {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn code(text: &str) -> Option<String> {
    let line = text.lines().find_map(|line| line.strip_prefix("code:"))?;
    line.split_whitespace().next().map(str::to_owned)
}

fn copy(from: impl Read + Send + 'static, into: &Arc<Mutex<String>>) {
    let into = Arc::clone(into);
    std::thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            let mut log = into.lock().unwrap_or_else(PoisonError::into_inner);
            log.push_str(&line);
            log.push('\n');
        }
    });
}
