//! Files: what stands on their first line, how long they are, where versions stand, and that the map names every room.

use super::{nothing_found, read, root, rust_files};
use toml::Value;

/// The most lines of a source file.
const LONGEST: usize = 700;

fn sources() -> Vec<(String, String)> {
    let mut files = rust_files("src");
    files.extend(rust_files("tests"));
    assert!(files.len() > 20, "the sources were not found");
    files
}

#[test]
fn every_file_says_on_its_first_line_what_it_is() {
    let silent = sources()
        .into_iter()
        .filter(|(_, text)| !text.starts_with("//! "))
        .map(|(path, _)| path);
    nothing_found("no `//!` on line 1", &silent.collect::<Vec<_>>());
}

#[test]
fn no_file_is_too_long() {
    let long = |(path, text): (String, String)| {
        let lines = text.lines().count();
        (lines > LONGEST).then(|| format!("{path}: {lines}"))
    };
    let found: Vec<String> = sources().into_iter().filter_map(long).collect();
    nothing_found(&format!("more than {LONGEST} lines"), &found);
}

/// The member crates' folders, as the workspace names them.
fn members() -> Vec<String> {
    let workspace: Value = toml::from_str(&read("Cargo.toml")).unwrap();
    let members = workspace["workspace"]["members"].as_array().unwrap();
    members
        .iter()
        .map(|member| member.as_str().unwrap().to_owned())
        .collect()
}

/// All tables of dependencies of a manifest, also those for one target.
fn dependency_tables(manifest: &Value) -> Vec<&toml::Table> {
    let names = ["dependencies", "dev-dependencies", "build-dependencies"];
    let targets = manifest
        .get("target")
        .and_then(Value::as_table)
        .into_iter()
        .flat_map(toml::Table::values);
    let holders = targets.chain([manifest]);
    holders
        .flat_map(|holder| names.iter().filter_map(|name| holder.get(*name)?.as_table()))
        .collect()
}

#[test]
fn versions_stand_only_in_the_workspace_table() {
    let mut found = Vec::new();
    for member in members() {
        let path = format!("{member}/Cargo.toml");
        let manifest: Value = toml::from_str(&read(&path)).unwrap();
        for (name, dependency) in dependency_tables(&manifest).into_iter().flatten() {
            let inherited = dependency.get("workspace").and_then(Value::as_bool) == Some(true);
            let own = ["version", "path", "git"]
                .iter()
                .any(|key| dependency.get(key).is_some());
            if !inherited || own {
                found.push(format!("{path}: {name} must read `{name}.workspace = true`"));
            }
        }
        let lints = manifest
            .get("lints")
            .and_then(|lints| lints.get("workspace"))
            .and_then(Value::as_bool);
        if lints != Some(true) {
            found.push(format!("{path}: `[lints] workspace = true` is missing"));
        }
    }
    nothing_found("not taken from the workspace", &found);
}

#[test]
fn the_map_names_every_crate_and_every_room_of_the_browser_app() {
    let map = read("src/README.md");
    let mut rooms: Vec<String> = members()
        .iter()
        .filter_map(|member| member.rsplit('/').next().map(str::to_owned))
        .collect();
    for folder in ["src/web/src", "src/web/src/features"] {
        let Ok(entries) = std::fs::read_dir(root().join(folder)) else {
            continue;
        };
        let folders = entries.flatten().filter(|entry| entry.path().is_dir());
        rooms.extend(folders.map(|entry| entry.file_name().to_string_lossy().into_owned()));
    }
    let named = |room: &String| {
        // As a word of code: `domain`, `domain/`, `features/lesson/`.
        let words = map.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'));
        words.into_iter().any(|word| word == room)
    };
    let missing: Vec<String> = rooms.into_iter().filter(|room| !named(room)).collect();
    nothing_found("src/README.md does not name", &missing);
}
