//! Holds the code against the map `src/README.md` and the rules of DESIGN §3.

mod edges;
mod files;
mod trees;
mod web;

use std::path::{Path, PathBuf};

/// The repository's top folder.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// A file below the top folder.
fn read(path: &str) -> String {
    let whole = root().join(path);
    std::fs::read_to_string(&whole).unwrap_or_else(|error| panic!("{path} must be there: {error}"))
}

/// All Rust files below a folder, each with its path from the top folder, in order.
fn rust_files(folder: &str) -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(path);
            }
        }
    }
    let mut paths = Vec::new();
    let folder = root().join(folder);
    if folder.is_dir() {
        walk(&folder, &mut paths);
    }
    paths.sort();
    let named = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        (path.strip_prefix(root()).unwrap().to_string_lossy().into_owned(), text)
    };
    paths.into_iter().map(named).collect()
}

/// The lines of a Rust file that are not comments, each with its number.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let numbered = text.lines().enumerate().map(|(n, line)| (n + 1, line.trim()));
    numbered.filter(|(_, line)| !line.starts_with("//"))
}

/// Fails with the whole list, so that all can be mended at once.
fn nothing_found(what: &str, found: &[String]) {
    assert!(found.is_empty(), "{what}:\n  {}", found.join("\n  "));
}
