//! Ports and processes: what is started here is ended here, by its id, even when a test fails.

use anyhow::{Context, Result, bail};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, ExitStatus};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

/// A port of 127.0.0.1 that nobody listens on, 20,000 to 29,999: below the range from which systems take ports for
/// outgoing connections, so that a server can be stopped and started again on its port.
pub fn free_port() -> Result<u16> {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let base = u16::try_from(std::process::id() % 9_000)?;
    for _ in 0..1_000 {
        let port = 20_000 + (base + NEXT.fetch_add(1, Ordering::Relaxed)) % 10_000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
    bail!("no port between 20000 and 29999 is free")
}

/// Sends a signal (`TERM`, `KILL`) to one process. Through the `kill` program, because the system call needs unsafe code.
pub fn signal(pid: u32, name: &str) -> Result<()> {
    let status = Command::new("kill")
        .arg(format!("-{name}"))
        .arg(pid.to_string())
        .status()
        .context("running kill")?;
    if status.success() {
        Ok(())
    } else {
        bail!("kill -{name} {pid} failed")
    }
}

/// Waits for the end of a process for `limit` at most; none where it still runs.
pub fn wait_for_end(child: &mut Child, limit: Duration) -> Result<Option<ExitStatus>> {
    let end = Instant::now() + limit;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() >= end {
            return Ok(None);
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Kills every process that has `folder` in its command line: a browser's many processes share nothing else than their
/// profile folder, which is a fresh temporary one and so names only what was started here.
pub fn kill_users_of(folder: &Path) {
    let Some(marker) = folder.to_str().filter(|text| text.len() > 8) else {
        return;
    };
    // Where there is no /proc the browser has ended with its driver's session, or its folder is left behind.
    let Ok(processes) = std::fs::read_dir("/proc") else {
        return;
    };
    for process in processes.flatten() {
        let Some(pid) = process.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        let line = std::fs::read(process.path().join("cmdline")).unwrap_or_default();
        if pid != std::process::id() && String::from_utf8_lossy(&line).contains(marker) {
            let _ = signal(pid, "KILL");
        }
    }
}

/// A process that is killed when its owner goes.
#[derive(Debug)]
pub struct Owned(pub Child);

impl Drop for Owned {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
