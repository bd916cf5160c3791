//! The servers that are measured, each as a child process of its own.

use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// How long a server may take to be ready.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server that is ready; it ends when this is dropped.
pub(crate) struct Server {
    child: Child,
    /// `host:port`.
    pub(crate) addr: String,
}

impl Server {
    /// Starts the endpoint in a fresh data folder and says how: rate limits off, because each connection of the load
    /// stands for one person who sends all day within a second.
    ///
    /// # Errors
    /// It does not start.
    pub(crate) async fn endpoint(binary: &Path, data: &Path, site: Option<&Path>) -> Result<Self> {
        Self::serve(binary, data, site, &["--rate", "0"]).await
    }

    /// Starts the endpoint in a data folder as anybody would, with the limits that it has by itself.
    ///
    /// # Errors
    /// It does not start.
    pub(crate) async fn usual(binary: &Path, data: &Path, site: Option<&Path>) -> Result<Self> {
        Self::serve(binary, data, site, &[]).await
    }

    async fn serve(binary: &Path, data: &Path, site: Option<&Path>, limits: &[&str]) -> Result<Self> {
        let mut command = Command::new(binary);
        command
            .args(["serve", "--addr", "127.0.0.1:0"])
            .args(limits)
            .arg("--data")
            .arg(data);
        if let Some(site) = site {
            command.arg("--site").arg(site);
        }
        if std::env::var_os("ANXUE_LOG").is_none() {
            command.env("ANXUE_LOG", "warn");
        }
        Self::start(command).await
    }

    /// Starts the bare server on a new database file.
    ///
    /// # Errors
    /// It does not start.
    pub(crate) async fn bare(file: &Path) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["bench-inner", "floor"]).arg(file);
        Self::start(command).await
    }

    async fn start(mut command: Command) -> Result<Self> {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().context("cannot start the server")?;
        let mut lines = BufReader::new(child.stdout.take().context("the server has no output")?).lines();
        let ready = async {
            while let Some(line) = lines.next_line().await? {
                if let Some(addr) = address(&line) {
                    return Ok(addr);
                }
            }
            bail!("the server ended before it was ready")
        };
        let addr = tokio::time::timeout(PATIENCE, ready)
            .await
            .context("the server is not ready after 30 s")??;
        // Nobody reads on; a server that writes more must not stall.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(Self { child, addr })
    }

    /// The most memory that it has used, in MiB: `VmHWM` of Linux; none elsewhere.
    pub(crate) fn peak_memory(&self) -> Option<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()?)).ok()?;
        peak(&status)
    }

    /// Ends it in the orderly way where there is one, and waits.
    ///
    /// # Errors
    /// It cannot be ended.
    pub(crate) async fn stop(mut self) -> Result<()> {
        self.child.kill().await.context("cannot end the server")
    }
}

/// The `host:port` in a line like `ready: http://127.0.0.1:8080/`.
fn address(line: &str) -> Option<String> {
    let address = line.strip_prefix("ready: http://")?.trim_end().trim_end_matches('/');
    Some(address.to_owned())
}

fn peak(status: &str) -> Option<f64> {
    let kib = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?
        .trim()
        .strip_suffix(" kB")?;
    kib.parse::<f64>().ok().map(|kib| kib / 1024.0)
}

/// Makes a code for so many people and returns it.
///
/// # Errors
/// The binary fails or prints no code.
pub(crate) async fn new_code(binary: &Path, data: &Path, uses: usize) -> Result<String> {
    let mut command = Command::new(binary);
    command
        .args(["codes", "new", "--unit", "bench", "--uses", &uses.to_string(), "--data"])
        .arg(data);
    let output = command.output().await.context("cannot make a code")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let code = text.lines().find_map(|line| {
        line.strip_prefix("code: ")?
            .split_whitespace()
            .next()
            .map(str::to_owned)
    });
    code.with_context(|| format!("no code in: {text}{}", String::from_utf8_lossy(&output.stderr)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_memory_are_read() {
        assert_eq!(
            address("ready: http://127.0.0.1:8080/").as_deref(),
            Some("127.0.0.1:8080")
        );
        assert_eq!(address("code: ABCDE-FGHIJ"), None);
        assert_eq!(peak("VmPeak:\t 9 kB\nVmHWM:\t    2048 kB\n"), Some(2.0));
        assert_eq!(peak(""), None);
    }
}
