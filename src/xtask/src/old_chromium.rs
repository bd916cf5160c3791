//! A real Chromium 88, for what browsers like 360 and Qianxin still are underneath. The npm package `chrome-aws-lambda`
//! carries one, packed with brotli.

use crate::command::{output, run};
use crate::packages;
use crate::place::Place;
use anyhow::{Context, Result, bail, ensure};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The package, pinned.
const PACKAGE: &str = "chrome-aws-lambda@5.5.0";

/// With these flags this headless build starts in a container. Its profile folder must exist before, or it cannot write
/// `DevToolsActivePort`; there is no sandbox helper in the package, no zygote without one, and small machines have
/// little shared memory. It draws with the SwiftShader beside it.
const ARGS: &str = "--headless --no-sandbox --no-zygote --disable-dev-shm-usage --use-gl=swiftshader";

/// An old Chromium that has been started once.
#[derive(Debug, Clone)]
pub(crate) struct OldChromium {
    /// Its executable.
    pub(crate) executable: PathBuf,
    /// The flags that it needs, separated by blanks; tests get them as `ANXUE_OLD_CHROMIUM_ARGS`.
    pub(crate) args: String,
    /// Libraries that the system does not have, for `LD_LIBRARY_PATH`.
    pub(crate) libraries: Option<PathBuf>,
}

/// Fetches it where it is not there yet, and proves that it starts.
///
/// # Errors
/// It cannot be fetched or does not start.
pub(crate) fn provide(place: &Place) -> Result<OldChromium> {
    let folder = place.target.join("old-chromium");
    let (executable, libraries) = match std::env::var_os("ANXUE_OLD_CHROMIUM") {
        Some(file) => (PathBuf::from(file), None),
        None => packaged(&folder)?,
    };
    let args = std::env::var("ANXUE_OLD_CHROMIUM_ARGS").unwrap_or_else(|_| ARGS.to_owned());
    let old = OldChromium {
        executable,
        args,
        libraries,
    };
    let version = old.version(&folder)?;
    println!("old Chromium: {version}");
    Ok(old)
}

fn packaged(folder: &Path) -> Result<(PathBuf, Option<PathBuf>)> {
    let executable = folder.join("chromium");
    if !executable.is_file() {
        unpack(folder, &executable)?;
    }
    let needed = output(Command::new("ldd").arg(&executable))?;
    let missing: Vec<&str> = missing_libraries(&needed).collect();
    if missing.is_empty() {
        return Ok((executable, None));
    }
    let libraries = folder.join("lib");
    if let Some(name) = missing.iter().find(|name| !libraries.join(name).is_file()) {
        bail!(
            "Chromium 88 needs the library {name}; install the packages that bring it (libnss3, libexpat1, libuuid1)"
        );
    }
    Ok((executable, Some(libraries)))
}

fn missing_libraries(ldd: &str) -> impl Iterator<Item = &str> {
    ldd.lines()
        .filter(|line| line.contains("not found"))
        .filter_map(|line| line.split_whitespace().next())
}

/// Fetches the package with npm and lays its parts out: the executable, `swiftshader/` beside it and `lib/`.
fn unpack(folder: &Path, executable: &Path) -> Result<()> {
    packages::npm()?;
    fs::create_dir_all(folder)?;
    println!("fetching {PACKAGE} (Chromium 88, 46 MB) with npm");
    let name = output(
        Command::new("npm")
            .args(["pack", "--silent", PACKAGE])
            .current_dir(folder),
    )?;
    let name = name.lines().last().context("npm pack names no file")?.trim().to_owned();
    run(Command::new("tar").args(["-xzf", &name]).current_dir(folder))?;
    let bin = folder.join("package/bin");
    for (archive, into) in [("swiftshader", "swiftshader"), ("aws", ".")] {
        let tar = folder.join(format!("{archive}.tar"));
        decompress(&bin.join(format!("{archive}.tar.br")), &tar)?;
        fs::create_dir_all(folder.join(into))?;
        run(Command::new("tar")
            .arg("-xf")
            .arg(&tar)
            .arg("-C")
            .arg(folder.join(into)))?;
        fs::remove_file(tar)?;
    }
    let draft = folder.join("chromium.part");
    decompress(&bin.join("chromium.br"), &draft)?;
    run(Command::new("chmod").arg("755").arg(&draft))?;
    fs::rename(&draft, executable)?;
    fs::remove_file(folder.join(&name))?;
    fs::remove_dir_all(folder.join("package"))?;
    Ok(())
}

fn decompress(from: &Path, to: &Path) -> Result<()> {
    let bytes = fs::read(from).with_context(|| format!("the package has no {}", from.display()))?;
    let mut out = std::io::BufWriter::new(fs::File::create(to)?);
    brotli::BrotliDecompress(&mut &bytes[..], &mut out).with_context(|| format!("cannot unpack {}", from.display()))?;
    std::io::Write::flush(&mut out)?;
    Ok(())
}

impl OldChromium {
    /// Starts it once on an empty page; the user agent that it writes there tells its version.
    fn version(&self, folder: &Path) -> Result<String> {
        let profile = folder.join("profile-of-the-check");
        fs::create_dir_all(&profile)?;
        let page = "data:text/html,<script>document.write(navigator.userAgent)</script>";
        let mut command = Command::new(&self.executable);
        command
            .args(self.args.split_whitespace())
            .arg(format!("--user-data-dir={}", profile.display()));
        if let Some(libraries) = &self.libraries {
            command.env("LD_LIBRARY_PATH", libraries);
        }
        let started = command
            .args(["--dump-dom", page])
            .stderr(std::process::Stdio::piped())
            .output()?;
        let dom = String::from_utf8_lossy(&started.stdout).into_owned();
        // The profile held nothing; what stays of it does no harm.
        let _ = fs::remove_dir_all(&profile);
        let major = major(&dom).with_context(|| {
            format!(
                "the old Chromium does not start: {dom}{}",
                String::from_utf8_lossy(&started.stderr)
            )
        })?;
        ensure!(
            (86..=88).contains(&major),
            "the old Chromium is of version {major}, not 86 to 88"
        );
        Ok(format!("version {major}, {}", self.executable.display()))
    }
}

fn major(user_agent: &str) -> Option<u32> {
    let digits = user_agent.split("Chrome/").nth(1)?;
    digits.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_and_versions_are_read() {
        let ldd = "\tlibc.so.6 => /lib/libc.so.6 (0x1)\n\tlibnss3.so => not found\n";
        assert_eq!(missing_libraries(ldd).collect::<Vec<_>>(), ["libnss3.so"]);
        assert_eq!(major("Mozilla/5.0 HeadlessChrome/88.0.4298.0 Safari/537.36"), Some(88));
        assert_eq!(major("Firefox/100"), None);
    }
}
