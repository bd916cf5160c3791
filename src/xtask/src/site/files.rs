//! The files of a site: their roles, their names by hash, and how they get to the disk.

use super::compress::{Compressor, write_whole};
use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// What a file is to the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// `index.html`.
    Page,
    /// The script that starts the app.
    Boot,
    /// The app's module for studying.
    Wasm,
    /// The app's other module and its glue.
    More,
    /// The organizer's desk: page, script, wasm and style sheet of its own. Learners never fetch them, the service worker
    /// does not keep them.
    Desk,
    /// The style sheet.
    Style,
    /// The catalogue.
    Catalogue,
    /// A pack with an item bank.
    Bank,
    /// Another pack.
    Pack,
    /// Part of the shell that is not needed for the first page: icons, manifest.
    Extra,
    /// Not for the service worker: itself, the page for old engines, 404.html, config.json.
    Other,
}

/// A file of the site.
#[derive(Debug, Clone)]
pub(crate) struct SiteFile {
    /// Its path below the site's root, with slashes.
    pub(crate) path: String,
    /// What it is to the page.
    pub(crate) role: Role,
    /// Its content.
    pub(crate) bytes: Vec<u8>,
}

/// The sizes of a file that was written, in bytes.
#[derive(Debug, Clone)]
pub(crate) struct Packed {
    /// Its path below the site's root.
    pub(crate) path: String,
    /// What it is to the page.
    pub(crate) role: Role,
    /// As it is.
    pub(crate) raw: usize,
    /// In gzip, or as it is.
    pub(crate) gzip: usize,
    /// In brotli, or as it is.
    pub(crate) brotli: usize,
}

impl SiteFile {
    /// A file with a given name.
    pub(crate) fn named(path: impl Into<String>, role: Role, bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            path: path.into(),
            role,
            bytes: bytes.into(),
        }
    }

    /// A file named `stem.<16 hex of its SHA-256>.end`.
    pub(crate) fn hashed(stem: &str, end: &str, role: Role, bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        Self {
            path: format!("{stem}.{}.{end}", &sha256(&bytes)[..16]),
            role,
            bytes,
        }
    }

    /// Whether the web server should send it compressed. `config.json` is for the hands of whoever deploys: a compressed
    /// copy beside it would go on answering with the old content.
    fn compressible(&self) -> bool {
        const ENDS: [&str; 7] = ["html", "js", "css", "wasm", "json", "webmanifest", "svg"];
        let end = Path::new(&self.path)
            .extension()
            .and_then(|end| end.to_str())
            .unwrap_or_default();
        self.path != "config.json" && ENDS.contains(&end)
    }
}

/// The SHA-256 of the bytes in lower-case hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    super::hex(&Sha256::digest(bytes))
}

/// `build.json`: which build this is and what belongs to it.
#[derive(Debug, Serialize, Deserialize)]
struct BuildInfo {
    /// The build id.
    build: String,
    /// The files, without their compressed copies.
    files: Vec<String>,
}

const BUILD_INFO: &str = "build.json";

/// Writes the files, their compressed copies and `build.json`; removes what an earlier build left. Only what changed is
/// touched, and pages come last, so that a server may go on serving the folder.
///
/// # Errors
/// The folder holds something else than a site, or cannot be written.
pub(crate) fn write(out: &Path, build: &str, files: &[SiteFile], compressor: &Compressor) -> Result<Vec<Packed>> {
    let before = earlier(out)?;
    let mut sorted: Vec<&SiteFile> = files.iter().collect();
    // The service worker last of all: once it is new, everything that it lists is there.
    sorted.sort_by_key(|file| {
        (
            file.path == "sw.js",
            file.role == Role::Page,
            matches!(file.path.as_str(), "404.html" | "organize.html"),
        )
    });
    let mut packed = Vec::new();
    for file in sorted {
        let mut sizes = Packed {
            path: file.path.clone(),
            role: file.role,
            raw: file.bytes.len(),
            gzip: file.bytes.len(),
            brotli: file.bytes.len(),
        };
        if file.compressible() {
            let both = compressor.compress(&file.bytes)?;
            (sizes.gzip, sizes.brotli) = (both.gzip.len(), both.brotli.len());
            update(&out.join(format!("{}.br", file.path)), &both.brotli)?;
            update(&out.join(format!("{}.gz", file.path)), &both.gzip)?;
        }
        update(&out.join(&file.path), &file.bytes)?;
        packed.push(sizes);
    }
    let info = BuildInfo {
        build: build.into(),
        files: files.iter().map(|file| file.path.clone()).collect(),
    };
    update(&out.join(BUILD_INFO), serde_json::to_string(&info)?.as_bytes())?;
    let now: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
    for gone in before.iter().filter(|path| !now.contains(path.as_str())) {
        for end in ["", ".br", ".gz"] {
            // A copy may never have been there.
            let _ = fs::remove_file(out.join(format!("{gone}{end}")));
        }
    }
    Ok(packed)
}

/// The files of the build that is in the folder now.
fn earlier(out: &Path) -> Result<Vec<String>> {
    if let Ok(text) = fs::read_to_string(out.join(BUILD_INFO)) {
        let info: BuildInfo = serde_json::from_str(&text).with_context(|| format!("{} is damaged", out.display()))?;
        let inside = |path: &String| !path.starts_with('/') && !path.split('/').any(|part| part == "..");
        ensure!(
            info.files.iter().all(inside),
            "{BUILD_INFO} in {} names files outside of it",
            out.display()
        );
        return Ok(info.files);
    }
    let empty = fs::read_dir(out).map_or(true, |mut entries| entries.next().is_none());
    ensure!(
        empty,
        "{} is not empty and holds no site; give another folder with --out",
        out.display()
    );
    Ok(Vec::new())
}

fn update(file: &Path, bytes: &[u8]) -> Result<()> {
    if fs::read(file).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    let folder = file.parent().unwrap_or(file);
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    write_whole(file, bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_second_build_replaces_the_first_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let compressor = Compressor::new(folder.path().join("cache")).unwrap();
        let out = folder.path().join("out");
        let page = SiteFile::named("index.html", Role::Page, "<p>");
        let old = SiteFile::hashed("boot", "js", Role::Boot, "old");
        write(&out, "1", &[page.clone(), old.clone()], &compressor).unwrap();
        fs::write(out.join("mine.txt"), "kept").unwrap();
        let new = SiteFile::hashed("boot", "js", Role::Boot, "new");
        let icon = SiteFile::named("icon.png", Role::Extra, "png");
        write(&out, "2", &[page, new.clone(), icon], &compressor).unwrap();
        let expected: BTreeSet<String> = [
            [
                "build.json",
                "icon.png",
                "index.html",
                "index.html.br",
                "index.html.gz",
                "mine.txt",
            ]
            .map(str::to_owned),
            [
                &new.path,
                &format!("{}.br", new.path),
                &format!("{}.gz", new.path),
                "",
                "",
                "",
            ]
            .map(str::to_owned),
        ]
        .concat()
        .into_iter()
        .filter(|name| !name.is_empty())
        .collect();
        assert_eq!(names(&out), expected.into_iter().collect::<Vec<_>>());
        assert!(
            fs::read_to_string(out.join("build.json"))
                .unwrap()
                .starts_with(r#"{"build":"2","files":["index.html"#)
        );
    }

    #[test]
    fn a_folder_that_is_no_site_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let compressor = Compressor::new(folder.path().join("cache")).unwrap();
        assert!(write(folder.path(), "1", &[], &compressor).is_err());
        let out = folder.path().join("out");
        fs::create_dir(&out).unwrap();
        fs::write(out.join("build.json"), r#"{"build":"1","files":["../cache"]}"#).unwrap();
        assert!(write(&out, "1", &[], &compressor).is_err());
    }
}
