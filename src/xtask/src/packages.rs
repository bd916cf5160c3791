//! What builds and tests need beside cargo's packages: found, installed on Debian as root, or named exactly.

use crate::command::{output, run, which};
use crate::place::Place;
use anyhow::{Context, Result, bail, ensure};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The browser for journeys and measurements, with its driver.
#[derive(Debug, Clone)]
pub(crate) struct Browser {
    /// The browser's executable.
    pub(crate) chromium: PathBuf,
    /// Its WebDriver.
    pub(crate) driver: PathBuf,
}

const CHROMIUM: [&str; 4] = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
const DRIVER: [&str; 2] = ["chromedriver", "chromium.chromedriver"];

/// Something that must be there, the Debian package that brings it, and how to get it elsewhere.
struct Need {
    name: &'static str,
    package: &'static str,
    elsewhere: &'static str,
    there: fn() -> bool,
}

const BROWSER: &[Need] = &[
    Need {
        name: "Chromium",
        package: "chromium",
        elsewhere: "Chromium or Google Chrome, in PATH or named by ANXUE_CHROMIUM",
        there: || chromium().is_some(),
    },
    Need {
        name: "ChromeDriver",
        package: "chromium-driver",
        elsewhere: "chromedriver of the same version, in PATH or named by ANXUE_CHROMEDRIVER",
        there: || driver().is_some(),
    },
    Need {
        name: "a font for Chinese",
        package: "fonts-noto-cjk",
        elsewhere: "a font with Chinese characters, such as Noto Sans CJK",
        there: chinese_font,
    },
];

const NPM: &[Need] = &[Need {
    name: "npm",
    package: "npm",
    elsewhere: "npm (it fetches the package chrome-aws-lambda 5.5.0 with Chromium 88), or name a Chromium of version \
                86 to 88 by ANXUE_OLD_CHROMIUM",
    there: || which(&["npm"]).is_some(),
}];

const PYTHON: &[Need] = &[
    Need {
        name: "Python 3",
        package: "python3",
        elsewhere: "Python 3.10 or later as python3 in PATH",
        there: || which(&["python3"]).is_some(),
    },
    Need {
        name: "Python's venv",
        package: "python3-venv",
        elsewhere: "the modules venv and ensurepip of Python 3",
        there: || output(Command::new("python3").args(["-c", "import venv, ensurepip"])).is_ok(),
    },
];

/// Sees to it that Python is there, with what makes a folder for its packages.
///
/// # Errors
/// It is missing and cannot be installed here; the message says what to install.
pub(crate) fn python() -> Result<()> {
    provide(PYTHON)
}

const MUSL: &[Need] = &[Need {
    name: "a C compiler for musl",
    package: "musl-tools",
    elsewhere: "musl-gcc in PATH (a wrapper that comes with musl)",
    there: || which(&["musl-gcc"]).is_some(),
}];

/// Sees to it that a static binary can be built: SQLite is compiled from C for it.
///
/// # Errors
/// Something is missing and cannot be installed here; the message says what to install.
pub(crate) fn musl(place: &Place) -> Result<()> {
    provide(MUSL)?;
    target(place, crate::package::TARGET)
}

/// Sees to it that the compiler has the standard library of a target, where rustup did not do so by itself.
///
/// # Errors
/// It is missing and rustup cannot add it.
pub(crate) fn target(place: &Place, name: &str) -> Result<()> {
    let there = || {
        let mut rustc = Command::new("rustc");
        rustc
            .current_dir(&place.root)
            .args(["--print", "target-libdir", "--target", name]);
        output(&mut rustc).map(|folder| Path::new(folder.trim()).is_dir())
    };
    if there()? {
        return Ok(());
    }
    if which(&["rustup"]).is_some() {
        let mut rustup = Command::new("rustup");
        run(rustup.current_dir(&place.root).args(["target", "add", name]))
            .with_context(|| format!("the Rust target {name} is missing"))?;
    }
    ensure!(
        there()?,
        "the Rust target {name} is missing; with rustup: rustup target add {name}"
    );
    Ok(())
}

/// The browser and its driver.
///
/// # Errors
/// They are missing and cannot be installed here; the message says what to install.
pub(crate) fn browser() -> Result<Browser> {
    provide(BROWSER)?;
    let (Some(chromium), Some(driver)) = (chromium(), driver()) else {
        bail!("Chromium and its driver were installed but are not in PATH")
    };
    println!("Chromium: {}, driver: {}", chromium.display(), driver.display());
    Ok(Browser { chromium, driver })
}

/// Sees to it that npm is there.
///
/// # Errors
/// It is missing and cannot be installed here; the message says what to install.
pub(crate) fn npm() -> Result<()> {
    provide(NPM)
}

fn named(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable)
        .map(PathBuf::from)
        .filter(|file| file.is_file())
}

fn chromium() -> Option<PathBuf> {
    named("ANXUE_CHROMIUM").or_else(|| which(&CHROMIUM))
}

fn driver() -> Option<PathBuf> {
    named("ANXUE_CHROMEDRIVER").or_else(|| which(&DRIVER))
}

/// Whether there is a font with Chinese characters: fontconfig is asked where it is there, else the usual folders are.
fn chinese_font() -> bool {
    if which(&["fc-list"]).is_some() {
        return output(Command::new("fc-list").arg(":lang=zh-cn")).is_ok_and(|list| !list.trim().is_empty());
    }
    let folders = [
        "/usr/share/fonts",
        "/usr/local/share/fonts",
        "/Library/Fonts",
        "/System/Library/Fonts",
    ];
    let files = folders
        .iter()
        .flat_map(|folder| walkdir::WalkDir::new(folder).into_iter().filter_map(Result::ok));
    files
        .map(|entry| entry.file_name().to_string_lossy().to_lowercase())
        .any(|name| {
            ["cjk", "notosanssc", "wqy", "pingfang", "wenquan", "droidsansfallback"]
                .iter()
                .any(|part| name.contains(part))
        })
}

/// Finds what is missing and installs it where that is our place: on Debian, as root.
fn provide(needs: &[Need]) -> Result<()> {
    let missing: Vec<&Need> = needs.iter().filter(|need| !(need.there)()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = missing.iter().map(|need| need.name).collect();
    let packages: Vec<&str> = missing.iter().map(|need| need.package).collect();
    if !is_debian_root() {
        let ways: Vec<String> = missing.iter().map(|need| format!("  - {}", need.elsewhere)).collect();
        bail!(
            "missing: {}. On Debian: sudo apt-get install {}. Elsewhere:\n{}",
            names.join(", "),
            packages.join(" "),
            ways.join("\n")
        );
    }
    println!(
        "missing: {}; this is Debian and root, so: apt-get install {}",
        names.join(", "),
        packages.join(" ")
    );
    let apt = || {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    run(apt().args(["update", "--quiet"]))?;
    run(apt()
        .args(["install", "--quiet", "--yes", "--no-install-recommends"])
        .args(&packages))?;
    match needs.iter().find(|need| !(need.there)()) {
        Some(need) => bail!("{} is still missing after apt-get install {}", need.name, need.package),
        None => Ok(()),
    }
}

fn is_debian_root() -> bool {
    let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    let root = || output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    is_debian(&release) && root()
}

/// Whether `/etc/os-release` names Debian itself. Ubuntu's package `chromium` only points to a snap, which containers
/// cannot install.
fn is_debian(release: &str) -> bool {
    release.lines().any(|line| line.trim() == "ID=debian")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_debian_itself_is_debian() {
        assert!(is_debian("NAME=\"Debian\"\nID=debian\n"));
        assert!(!is_debian("ID=ubuntu\nID_LIKE=debian\n"));
        assert!(!is_debian(""));
    }
}
