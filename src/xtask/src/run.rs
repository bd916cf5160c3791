//! `cargo xtask run`: the site, the endpoint binary with the site inside, and then that binary in the place of this program.

use crate::command::{cargo, run as run_command, shown, which};
use crate::place::Place;
use crate::site;
use crate::steps::Steps;
use anyhow::{Context, Result, ensure};
use std::net::{TcpStream, ToSocketAddrs};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Builds everything and serves it.
///
/// # Errors
/// Something does not compile, or the endpoint cannot be started.
pub(crate) fn run(addr: &str, data: &Path, open: bool) -> Result<()> {
    let place = Place::find();
    let mut steps = Steps::new(3);
    let parts = steps.step("app for the browser (wasm), style and content", || site::parts(&place))?;
    steps.step("site: hashed names, compressed copies", || {
        parts.write_sealed(&place)?;
        // `test` is strict about budgets.
        parts.write(&place, &place.site(), "/", None)?.warn_of_budgets(&place);
        Ok(())
    })?;
    steps.step("endpoint with the site inside (release)", || {
        run_command(
            cargo(&place)
                .args(["build", "--release", "--package", "anxue-endpoint"])
                .env("ANXUE_SITE_DIR", place.site())
                .env("ANXUE_SEALED_DIR", place.sealed())
                .env("ANXUE_COURSES_DIR", place.courses()),
        )
    })?;
    steps.sum_up();
    if open {
        let mut helper = Command::new(std::env::current_exe()?);
        helper.args(["open-when-ready", addr]).stdin(Stdio::null());
        helper.spawn().context("cannot start the helper that opens a browser")?;
    }
    let mut serve = Command::new(place.endpoint("release"));
    serve.args(["serve", "--addr", addr, "--data"]).arg(data);
    println!("starting: {}", shown(&serve));
    replace(&mut serve)
}

/// Becomes that program: signals reach it and its exit code is ours, with nothing in between.
#[cfg(unix)]
fn replace(command: &mut Command) -> Result<()> {
    use std::os::unix::process::CommandExt;
    let error = command.exec();
    Err(error).with_context(|| format!("cannot start `{}`", shown(command)))
}

/// Starts that program and waits for its end.
#[cfg(not(unix))]
fn replace(command: &mut Command) -> Result<()> {
    run_command(command)
}

/// Waits until the address answers, for ten minutes at most, and opens it.
///
/// # Errors
/// Nothing answered, or there is no program to open a page with.
pub(crate) fn open_when_ready(addr: &str) -> Result<()> {
    let url = format!("http://{}/", reachable(addr));
    let until = Instant::now() + Duration::from_secs(600);
    let answers = || {
        let mut places = reachable(addr).to_socket_addrs().ok()?;
        places.find_map(|place| TcpStream::connect_timeout(&place, Duration::from_secs(1)).ok())
    };
    while answers().is_none() {
        ensure!(Instant::now() < until, "{addr} did not answer");
        std::thread::sleep(Duration::from_millis(200));
    }
    let opener = which(&["xdg-open", "open"]).context("there is no xdg-open here; open the address yourself")?;
    run_command(Command::new(opener).arg(url))
}

/// An address that listens everywhere is reached at loopback.
fn reachable(addr: &str) -> String {
    addr.replace("0.0.0.0:", "127.0.0.1:").replace("[::]:", "[::1]:")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_for_all_is_opened_at_loopback() {
        assert_eq!(reachable("0.0.0.0:80"), "127.0.0.1:80");
        assert_eq!(reachable("[::]:80"), "[::1]:80");
        assert_eq!(reachable("127.0.0.1:8080"), "127.0.0.1:8080");
    }
}
