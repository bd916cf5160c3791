//! The files of a site: their roles, their names by hash, and how they get to the disk.

use super::compress::Compressor;
use anyhow::Result;
use courseware::site::BuildInfo;
use courseware::site::folder::{self, Out, compressible};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::collections::BTreeMap;
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
    /// The script that opens articles beside their citations, fetched at the first press of one.
    Beside,
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
}

/// The SHA-256 of the bytes in lower-case hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    super::hex(&Sha256::digest(bytes))
}

/// Writes the files, their compressed copies and `build.json`; removes what an earlier build left. Only what changed is
/// touched, and pages come last, so that a server may go on serving the folder.
///
/// # Errors
/// The folder holds something else than a site, or cannot be written.
pub(crate) fn write(out: &Path, info: BuildInfo, files: &[SiteFile], compressor: &Compressor) -> Result<Vec<Packed>> {
    let mut packed = Vec::new();
    let mut outs = BTreeMap::new();
    for file in files {
        let mut sizes = Packed {
            path: file.path.clone(),
            role: file.role,
            raw: file.bytes.len(),
            gzip: file.bytes.len(),
            brotli: file.bytes.len(),
        };
        let mut copies = Vec::new();
        if compressible(&file.path) {
            let both = compressor.compress(&file.bytes)?;
            (sizes.gzip, sizes.brotli) = (both.gzip.len(), both.brotli.len());
            copies = vec![("br", Cow::Owned(both.brotli)), ("gz", Cow::Owned(both.gzip))];
        }
        let bytes = Cow::Borrowed(file.bytes.as_slice());
        outs.insert(file.path.as_str(), Out { bytes, copies });
        packed.push(sizes);
    }
    let info = BuildInfo {
        files: files.iter().map(|file| file.path.clone()).collect(),
        ..info
    };
    folder::write(out, &info, &outs)?;
    Ok(packed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::fs;

    fn build(id: &str) -> BuildInfo {
        BuildInfo {
            build: id.into(),
            ..BuildInfo::default()
        }
    }

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
        write(&out, build("1"), &[page.clone(), old.clone()], &compressor).unwrap();
        fs::write(out.join("mine.txt"), "kept").unwrap();
        let new = SiteFile::hashed("boot", "js", Role::Boot, "new");
        let icon = SiteFile::named("icon.png", Role::Extra, "png");
        write(&out, build("2"), &[page, new.clone(), icon], &compressor).unwrap();
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
        assert!(write(folder.path(), build("1"), &[], &compressor).is_err());
        let out = folder.path().join("out");
        fs::create_dir(&out).unwrap();
        fs::write(out.join("build.json"), r#"{"build":"1","files":["../cache"]}"#).unwrap();
        assert!(write(&out, build("1"), &[], &compressor).is_err());
    }
}
