//! What is compiled into what: dependency trees as cargo resolves them for one package and target.

use super::{code, nothing_found, root, rust_files};
use std::collections::BTreeSet;
use std::process::Command;
use support::Need;
use support::stage::skipped;

/// Packages of Leptos that carry what is only called on a server: `leptos_config` reads a file with regex, `server_fn` parses
/// addresses with url (and so idna and icu). The linker drops them; `the_built_wasm_holds_none_of_them` looks.
const SERVER_SIDE: [&str; 2] = ["leptos_config", "server_fn"];

const HEAVY: [&str; 9] = [
    "tokio",
    "sqlx",
    "regex",
    "chrono",
    "time",
    "pulldown-cmark",
    "hyper",
    "reqwest",
    "rustls",
];
const HEAVY_FAMILIES: [&str; 5] = ["icu_", "icu-", "sqlx-", "tokio-", "regex-"];

/// The packages that a member crate's code stands on, without what only runs at compile time and without what is below
/// one of `cut`.
fn tree(package: &str, target: Option<&str>, cut: &[&str]) -> BTreeSet<String> {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command.args([
        "tree",
        "--package",
        package,
        "--edges",
        "normal,no-proc-macro",
        "--no-dedupe",
        "--prefix",
        "depth",
    ]);
    if let Some(target) = target {
        command.args(["--target", target]);
    }
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "cargo tree: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let (mut names, mut below) = (BTreeSet::new(), usize::MAX);
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let digits = line.bytes().take_while(u8::is_ascii_digit).count();
        let (depth, rest) = line.split_at(digits);
        let Ok(depth) = depth.parse::<usize>() else { continue };
        if depth > below {
            continue;
        }
        let name = rest.split(' ').next().unwrap_or_default();
        below = if cut.contains(&name) { depth } else { usize::MAX };
        names.insert(name.to_owned());
    }
    assert!(names.contains(package), "cargo tree does not name {package}: {names:?}");
    names
}

#[test]
fn the_wasm_carries_no_runtime_database_or_heavy_text_library() {
    let heavy =
        |name: &&String| HEAVY.contains(&name.as_str()) || HEAVY_FAMILIES.iter().any(|family| name.starts_with(family));
    let names = tree("anxue-web", Some("wasm32-unknown-unknown"), &SERVER_SIDE);
    let found: Vec<String> = names.iter().filter(heavy).cloned().collect();
    let how = "cargo tree -p anxue-web --target wasm32-unknown-unknown -e normal,no-proc-macro -i NAME";
    nothing_found(&format!("in the browser's dependency tree (see `{how}`)"), &found);
}

/// Code of a package leaves the path of its source in the messages of its panics.
#[test]
fn the_built_wasm_holds_none_of_them() {
    if skipped("built wasm", &[Need::Site]) {
        return;
    }
    let site = Need::Site.path().unwrap();
    let files = std::fs::read_dir(&site).unwrap().flatten().map(|entry| entry.path());
    let wasm: Vec<_> = files
        .filter(|path| path.extension().is_some_and(|ending| ending == "wasm"))
        .collect();
    assert_eq!(wasm.len(), 3, "the study module, the other and the desk: {wasm:?}");
    let read = |path: &std::path::PathBuf| String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
    let text: String = wasm.iter().map(read).collect();
    let places = HEAVY
        .iter()
        .map(|name| format!("/{name}-"))
        .chain(HEAVY_FAMILIES.iter().map(|family| format!("/{family}")));
    let found: Vec<String> = places.filter(|place| text.contains(place.as_str())).collect();
    nothing_found("code of these is in the wasm", &found);
}

#[test]
fn the_domain_knows_no_serialisation_io_clock_randomness_or_async() {
    let names = tree("anxue-domain", None, &[]);
    let foreign =
        |name: &&String| ["serde", "tokio", "futures", "rand", "getrandom", "time", "uuid"].contains(&name.as_str());
    let mut found: Vec<String> = names
        .iter()
        .filter(foreign)
        .map(|name| format!("depends on {name}"))
        .collect();
    let words = [
        "std::fs",
        "std::net",
        "std::io",
        "std::env",
        "std::process",
        "std::thread",
        "SystemTime",
        "Instant",
        "async ",
    ];
    for (path, text) in rust_files("src/domain/src") {
        for (line, content) in code(&text) {
            let word = words.iter().find(|word| content.contains(**word));
            found.extend(word.map(|word| format!("{path}:{line} uses {}", word.trim())));
        }
    }
    nothing_found("domain must be pure", &found);
}
