//! `cargo xtask package`: one static binary for any x86-64 Linux, with the site and the assessments inside, and the proof that
//! it needs nothing else of the machine that it is put on.

use crate::command::{cargo, run};
use crate::place::Place;
use crate::steps::Steps;
use crate::{packages, site};
use anyhow::{Context, Result, bail, ensure};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// Linked with musl, whose whole C library goes into the binary.
pub(crate) const TARGET: &str = "x86_64-unknown-linux-musl";

/// The profile in Cargo.toml.
const PROFILE: &str = "deploy";

/// How long a start or an end may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Builds the site and the binary; the last line that it prints is the binary's path.
///
/// # Errors
/// Something is missing or does not compile, or the binary is not static.
pub(crate) fn package() -> Result<()> {
    let place = Place::find();
    let mut steps = Steps::new(4);
    steps.step("system packages", || packages::musl(&place))?;
    let parts = steps.step("app for the browser (wasm), style and content", || site::parts(&place))?;
    steps.step("site: hashed names, compressed copies", || {
        parts.write_sealed(&place)?;
        parts.write(&place, &place.site(), "/", None)?.warn_of_budgets(&place);
        Ok(())
    })?;
    let binary = steps.step("static binary with the site inside", || build(&place))?;
    steps.sum_up();
    println!("{}", binary.display());
    Ok(())
}

/// Compiles the binary with the site that was built, and proves that it is static.
///
/// # Errors
/// It does not compile, or is not static.
pub(crate) fn build(place: &Place) -> Result<PathBuf> {
    // Where this machine keeps the sources is nobody's business.
    let flags = place.cut_paths();
    run(cargo(place)
        .args(["build", "--package", "anxue-endpoint", "--bin", "anxue"])
        .args(["--profile", PROFILE, "--target", TARGET])
        .env_remove("RUSTFLAGS")
        .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f"))
        .envs(place.inside()))?;
    let binary = place.target.join(TARGET).join(PROFILE).join("anxue");
    let bytes = std::fs::read(&binary).with_context(|| format!("cannot read {}", binary.display()))?;
    needs_nothing(&bytes).with_context(|| format!("{} is not static", binary.display()))?;
    let tenths = bytes.len() * 10 / (1 << 20);
    println!(
        "anxue for {TARGET}: {} bytes ({}.{} MiB), static",
        bytes.len(),
        tenths / 10,
        tenths % 10
    );
    Ok(binary)
}

/// Reads a program (ELF, 64 bits, little-endian; System V ABI, chapters 4 and 5): it must name no interpreter and no shared
/// library. A dynamic section alone is no harm: a static program that may be loaded anywhere relocates itself by it.
fn needs_nothing(elf: &[u8]) -> Result<()> {
    const INTERPRETER: u64 = 3;
    const DYNAMIC: u64 = 2;
    const NEEDED: u64 = 1;
    let number = |at: u64, bytes: usize| {
        let at = usize::try_from(at).ok()?;
        let field = elf.get(at..at.checked_add(bytes)?)?;
        let digits = field.iter().rev();
        Some(digits.fold(0_u64, |number, byte| number << 8 | u64::from(*byte)))
    };
    ensure!(elf.starts_with(b"\x7fELF\x02\x01"), "no ELF of 64 bits, little-endian");
    let table = || {
        let (first, size, count) = (number(32, 8)?, number(54, 2)?, number(56, 2)?);
        let segment = |n| {
            let at = first.checked_add(n * size)?;
            Some((
                number(at, 4)?,
                number(at.checked_add(8)?, 8)?,
                number(at.checked_add(32)?, 8)?,
            ))
        };
        (0..count).map(segment).collect::<Option<Vec<_>>>()
    };
    let segments = table().context("damaged")?;
    ensure!(!segments.is_empty(), "no program");
    for (kind, offset, length) in segments {
        ensure!(kind != INTERPRETER, "it names an interpreter (a dynamic loader)");
        if kind == DYNAMIC {
            let entries = (0..length / 16).map(|n| number(offset.checked_add(n * 16)?, 8));
            let entries: Vec<u64> = entries.collect::<Option<_>>().context("damaged")?;
            ensure!(!entries.contains(&NEEDED), "it needs shared libraries");
        }
    }
    Ok(())
}

/// Starts the binary where there is nothing: an empty folder, an empty environment. It must serve its page, say that it is well,
/// describe its API, and end without a complaint when told to.
///
/// # Errors
/// It does not.
pub(crate) fn try_out(place: &Place, binary: &Path) -> Result<()> {
    let folder = place.target.join("package-trial");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    let mut command = Command::new(binary);
    command
        .args(["serve", "--addr", "127.0.0.1:0", "--data", "data"])
        .env_clear()
        .current_dir(&folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    let child = command
        .spawn()
        .with_context(|| format!("cannot start {}", binary.display()))?;
    let mut running = Running(child);
    let address = running.ready()?;
    for (path, sign) in [
        ("/", "anxue-build"),
        ("/health", "\"ok\""),
        ("/api/v1/openapi.json", "\"openapi\""),
    ] {
        let answer = fetch(&address, path).with_context(|| format!("GET {path}"))?;
        let good = answer.starts_with("HTTP/1.1 200 ") && answer.contains(sign);
        let head = answer.lines().next().unwrap_or_default();
        ensure!(good, "GET {path} answers {head:?} without {sign}");
    }
    running.end()?;
    let left: Vec<_> = std::fs::read_dir(&folder)?
        .map(|entry| Ok(entry?.file_name()))
        .collect::<Result<_>>()?;
    ensure!(
        left == ["data"],
        "it left something outside of its data folder: {left:?}"
    );
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

/// A process that is killed when its owner goes.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Running {
    /// Where it listens, once it says so.
    fn ready(&mut self) -> Result<String> {
        let out = self.0.stdout.take().context("no output")?;
        let (told, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                // Read to the end, heard or not: a full pipe would stop it.
                let _ = told.send(line);
            }
        });
        let until = Instant::now() + PATIENCE;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let line = lines.recv_timeout(left).context("it does not say `ready:`")?;
            if let Some(url) = line.strip_prefix("ready: http://") {
                return Ok(url.trim_end_matches('/').to_owned());
            }
        }
    }

    /// Ends it as an administrator does.
    fn end(&mut self) -> Result<()> {
        run(Command::new("kill").args(["-TERM", &self.0.id().to_string()]))?;
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            if let Some(status) = self.0.try_wait()? {
                ensure!(status.success(), "it ended with {status} on SIGTERM");
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        bail!("it still runs {} s after SIGTERM", PATIENCE.as_secs())
    }
}

/// The whole answer to a GET.
fn fetch(address: &str, path: &str) -> Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n"
    )?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A program of these segments: kind, and what a dynamic one holds.
    fn elf(segments: &[(u32, &[u64])]) -> Vec<u8> {
        let mut bytes = b"\x7fELF\x02\x01".to_vec();
        bytes.resize(64, 0);
        bytes[32] = 64;
        bytes[54] = 56;
        bytes[56] = u8::try_from(segments.len()).unwrap();
        let mut at = 64 + 56 * segments.len();
        let mut content = Vec::new();
        for (kind, tags) in segments {
            let mut head = [0; 56];
            head[..4].copy_from_slice(&kind.to_le_bytes());
            head[8..16].copy_from_slice(&u64::try_from(at).unwrap().to_le_bytes());
            head[32..40].copy_from_slice(&u64::try_from(tags.len() * 16).unwrap().to_le_bytes());
            bytes.extend(head);
            for tag in *tags {
                content.extend(tag.to_le_bytes());
                content.extend([0; 8]);
            }
            at += tags.len() * 16;
        }
        [bytes, content].concat()
    }

    #[test]
    fn a_static_program_names_no_loader_and_no_library() {
        let load = (1, &[][..]);
        assert!(needs_nothing(&elf(&[load])).is_ok());
        assert!(
            needs_nothing(&elf(&[load, (2, &[5, 6, 0])])).is_ok(),
            "it relocates itself"
        );
        for (segments, why) in [
            (vec![load, (3, &[][..])], "interpreter"),
            (vec![(2, &[5, 1, 0][..]), load], "shared libraries"),
            (vec![], "no program"),
        ] {
            let error = needs_nothing(&elf(&segments)).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        }
        let whole = elf(&[load, (2, &[5, 1, 0])]);
        assert!(needs_nothing(&whole[..100]).is_err() && needs_nothing(&whole[..whole.len() - 20]).is_err());
        assert!(needs_nothing(b"#!/bin/sh").is_err());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_very_program_is_not_static() {
        let this = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        assert!(cfg!(target_env = "musl") || needs_nothing(&this).is_err());
    }
}
