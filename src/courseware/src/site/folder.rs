//! A site on the disk: written so that a server may go on serving the folder.

use super::{BUILD_INFO, BuildInfo, is_page};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::{fs, io};

/// The endings of compressed copies.
const COPIES: [&str; 2] = ["br", "gz"];

/// A file to write.
#[derive(Debug, Clone)]
pub struct Out<'f> {
    /// Its content.
    pub bytes: Cow<'f, [u8]>,
    /// Its compressed copies: `br` or `gz`, and the bytes.
    pub copies: Vec<(&'static str, Cow<'f, [u8]>)>,
}

/// Why a site cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// The folder holds something else than a site.
    #[error("{0} is not empty and holds no site; give another folder")]
    Foreign(String),
    /// The folder's `build.json` cannot be read, or names what is not in it.
    #[error("the build.json in {0} is damaged")]
    Damaged(String),
    /// It cannot be written.
    #[error("cannot write {0}: {1}")]
    Io(String, io::Error),
}

/// Whether a web server should send the file compressed. `config.json` is for the hands of whoever deploys: a compressed copy
/// beside it would go on answering with the old content.
pub fn compressible(path: &str) -> bool {
    const ENDS: [&str; 7] = ["html", "js", "css", "wasm", "json", "webmanifest", "svg"];
    let end = Path::new(path)
        .extension()
        .and_then(|end| end.to_str())
        .unwrap_or_default();
    path != "config.json" && ENDS.contains(&end)
}

/// Writes the files, their compressed copies and `build.json`, and removes what an earlier build left there and `info` does not
/// name. Only what changed is touched. The pages come last but for the service worker: once that is new, everything that it
/// lists is there.
///
/// # Errors
/// The folder holds something else than a site, or cannot be written.
pub fn write(out: &Path, info: &BuildInfo, files: &BTreeMap<&str, Out<'_>>) -> Result<(), FolderError> {
    let before = earlier(out)?;
    let mut sorted: Vec<(&&str, &Out<'_>)> = files.iter().collect();
    sorted.sort_by_key(|(path, _)| (**path == "sw.js", is_page(path), **path));
    for (path, file) in sorted {
        for (end, bytes) in &file.copies {
            update(&out.join(format!("{path}.{end}")), bytes)?;
        }
        update(&out.join(path), &file.bytes)?;
    }
    let text = serde_json::to_vec(info).map_err(|_| FolderError::Damaged(out.display().to_string()))?;
    update(&out.join(BUILD_INFO), &text)?;
    let now: BTreeSet<&str> = info.files.iter().map(String::as_str).collect();
    for gone in before.iter().filter(|path| !now.contains(path.as_str())) {
        // A copy may never have been there.
        drop(fs::remove_file(out.join(gone)));
        for end in COPIES {
            drop(fs::remove_file(out.join(format!("{gone}.{end}"))));
        }
    }
    Ok(())
}

/// The files of the build that is in the folder now.
fn earlier(out: &Path) -> Result<Vec<String>, FolderError> {
    let shown = || out.display().to_string();
    if let Ok(text) = fs::read_to_string(out.join(BUILD_INFO)) {
        let info: BuildInfo = serde_json::from_str(&text).map_err(|_| FolderError::Damaged(shown()))?;
        let inside = |path: &String| !path.starts_with('/') && !path.split('/').any(|part| part == "..");
        return if info.files.iter().all(inside) {
            Ok(info.files)
        } else {
            Err(FolderError::Damaged(shown()))
        };
    }
    let empty = fs::read_dir(out).map_or(true, |mut entries| entries.next().is_none());
    if empty {
        Ok(Vec::new())
    } else {
        Err(FolderError::Foreign(shown()))
    }
}

fn update(file: &Path, bytes: &[u8]) -> Result<(), FolderError> {
    if fs::read(file).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    let folder = file.parent().unwrap_or(file);
    let failed = |error| FolderError::Io(file.display().to_string(), error);
    fs::create_dir_all(folder).map_err(failed)?;
    write_whole(file, bytes).map_err(failed)
}

/// Writes so that a reader sees the old content or the new one, never half of it.
///
/// # Errors
/// The file cannot be written.
pub fn write_whole(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let draft = file.with_file_name(format!(".{name}.{}", std::process::id()));
    fs::write(&draft, bytes).and_then(|()| fs::rename(&draft, file))
}
