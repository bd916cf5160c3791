//! The rooms of the browser app: features apart, the browser in one place, stateless components.

use super::{code, nothing_found, rust_files};

/// The first part of the path after `prefix` in a file's path.
fn room<'a>(path: &'a str, prefix: &str) -> Option<&'a str> {
    let rest = path.strip_prefix(prefix)?;
    rest.split('/')
        .next()
        .map(|name| name.strip_suffix(".rs").unwrap_or(name))
}

/// The names that follow `features::` in a line, also within braces.
fn features_named(line: &str) -> Vec<String> {
    let mut names = Vec::new();
    for rest in line.split("features::").skip(1) {
        let braced = rest.strip_prefix('{').and_then(|inside| inside.split('}').next());
        for part in braced
            .unwrap_or(rest)
            .split(',')
            .take(if braced.is_some() { usize::MAX } else { 1 })
        {
            let name: String = part
                .trim()
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            names.extend(Some(name).filter(|name| !name.is_empty()));
        }
    }
    names
}

fn web() -> Vec<(String, String)> {
    let files = rust_files("src/web/src");
    assert!(files.len() > 2, "src/web/src is empty");
    files
}

#[test]
fn features_never_import_one_another() {
    let mut found = Vec::new();
    for (path, text) in web() {
        let Some(own) = room(&path, "src/web/src/features/").filter(|own| *own != "mod") else {
            continue;
        };
        for (line, content) in code(&text) {
            let others = features_named(content).into_iter().filter(|name| name != own);
            found.extend(others.map(|other| format!("{path}:{line} uses feature {other}")));
        }
        // The shared way up; `super` alone stays within the feature's folder in any file below its `mod.rs`.
        let climbs = code(&text).filter(|(_, content)| path.ends_with("/mod.rs") && content.contains("use super::"));
        found.extend(climbs.map(|(line, _)| format!("{path}:{line} climbs out of its feature with super")));
    }
    nothing_found("what two features need belongs to state/ or ui/", &found);
}

#[test]
fn only_platform_touches_the_browser() {
    let mut found = Vec::new();
    for (path, text) in web() {
        let allowed = room(&path, "src/web/src/platform/").is_some()
            || ["src/web/src/main.rs", "src/web/src/platform.rs"].contains(&path.as_str());
        if allowed {
            continue;
        }
        for (line, content) in code(&text) {
            let word = ["web_sys", "js_sys", "gloo_", "wasm_bindgen"]
                .into_iter()
                .find(|word| content.contains(word));
            found.extend(word.map(|word| format!("{path}:{line} uses {word}")));
        }
    }
    nothing_found("browser calls belong to src/web/src/platform", &found);
}

#[test]
fn ui_components_are_stateless() {
    let mut found = Vec::new();
    for (path, text) in web() {
        if room(&path, "src/web/src/ui/").is_none() {
            continue;
        }
        let words = [
            "crate::state",
            "crate::platform",
            "crate::features",
            "use_context",
            "expect_context",
            "provide_context",
        ];
        for (line, content) in code(&text) {
            let word = words.into_iter().find(|word| content.contains(word));
            found.extend(word.map(|word| format!("{path}:{line} uses {word}")));
        }
    }
    nothing_found("a component of ui/ gets what it needs as parameters", &found);
}

/// Whether a file is the organizer's desk's own.
fn of_the_desk(path: &str) -> bool {
    room(path, "src/web/src/features/") == Some("organize")
        || room(path, "src/web/src/state/") == Some("desk")
        || path == "src/web/src/bin/organize.rs"
        || path == "src/web/src/text/organize.rs"
}

#[test]
fn the_learners_app_and_the_desk_know_nothing_of_one_another() {
    let mut found = Vec::new();
    let mut own = 0;
    // Where all rooms are named, and where both beginnings stand.
    let lists = ["features/mod.rs", "state/mod.rs", "text.rs", "lib.rs"].map(|name| format!("src/web/src/{name}"));
    for (path, text) in web() {
        let desk = of_the_desk(&path);
        own += usize::from(desk);
        let foreign: &[&str] = if desk {
            &[
                "state::app",
                "platform::db",
                "outbox",
                "ledger",
                "crate::app",
                "crate::page",
                "catalogue",
            ]
        } else if lists.contains(&path) || path.starts_with("src/web/src/platform/") {
            &[]
        } else {
            &["organize::", "state::desk", "start_desk", "platform::request"]
        };
        for (line, content) in code(&text) {
            let word = foreign.iter().find(|word| content.contains(**word));
            found.extend(word.map(|word| format!("{path}:{line} uses {word}")));
        }
    }
    assert!(own > 10, "the desk was not found");
    nothing_found(
        "the desk is a module of its own, of which learners download nothing",
        &found,
    );
}

#[test]
fn imports_of_features_are_recognised() {
    assert_eq!(features_named("use crate::features::lesson::Page;"), ["lesson"]);
    assert_eq!(
        features_named("use crate::features::{lesson, practice::Page};"),
        ["lesson", "practice"]
    );
    assert_eq!(
        features_named("crate::features::a::f(crate::features::b::g())"),
        ["a", "b"]
    );
    assert!(features_named("let features = 1;").is_empty());
}
