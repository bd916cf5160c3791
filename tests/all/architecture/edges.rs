//! The edges between member crates are those of the table in `src/README.md`.

use super::{nothing_found, read, root};
use cargo_metadata::{DependencyKind, MetadataCommand};
use std::collections::{BTreeMap, BTreeSet};

type Edges = BTreeMap<String, BTreeSet<String>>;

const HEADING: &str = "## Allowed edges";

/// The rows `| crate | may depend on |` below the heading; names may stand in backticks, and whatever is no name of a
/// crate ("nothing", "–") is no edge.
fn table(map: &str, crates: &BTreeSet<String>) -> Option<Edges> {
    let section = map.split_once(HEADING)?.1;
    let section = section.split("\n## ").next()?;
    let rows = section
        .lines()
        .filter_map(|line| line.trim().strip_prefix('|')?.strip_suffix('|')?.split_once('|'));
    let names = |cell: &str| -> BTreeSet<String> {
        let words = cell.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'));
        words.filter(|word| crates.contains(*word)).map(str::to_owned).collect()
    };
    let edges = rows.filter_map(|(from, to)| Some((names(from).into_iter().next()?, names(to))));
    Some(edges.collect())
}

/// The edges in the manifests; those for tests alone are free.
fn edges() -> Edges {
    let metadata = MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .no_deps()
        .exec()
        .unwrap();
    let short = |name: &str| name.strip_prefix("anxue-").map(str::to_owned);
    let of = |package: &cargo_metadata::Package| {
        let used = package
            .dependencies
            .iter()
            .filter(|dependency| dependency.kind != DependencyKind::Development);
        (
            short(&package.name).unwrap(),
            used.filter_map(|dependency| short(&dependency.name)).collect(),
        )
    };
    metadata.packages.iter().map(of).collect()
}

#[test]
fn crates_depend_on_one_another_only_as_the_map_says() {
    let real = edges();
    let crates = real.keys().cloned().collect();
    let map = read("src/README.md");
    let table = table(&map, &crates).unwrap_or_else(|| panic!("src/README.md must have the heading `{HEADING}`"));
    let mut found = Vec::new();
    for name in &crates {
        let none = BTreeSet::new();
        match table.get(name) {
            None => found.push(format!("{name} has no row `| `{name}` | … |`")),
            Some(allowed) => {
                let used = real.get(name).unwrap_or(&none);
                found.extend(
                    used.difference(allowed)
                        .map(|to| format!("{name} depends on {to}, the table does not allow it")),
                );
                found.extend(
                    allowed
                        .difference(used)
                        .map(|to| format!("{name} does not depend on {to}, the table says so")),
                );
            }
        }
    }
    nothing_found(
        &format!("src/README.md, table under `{HEADING}`, and the manifests disagree"),
        &found,
    );
}

#[test]
fn the_table_is_read_as_it_is_written() {
    let crates = ["domain", "wire", "web"].map(String::from).into();
    let map = "# Map\n## Allowed edges\n\nWhy.\n\n| crate | may depend on |\n| --- | --- |\n| `domain` | nothing |\n\
               | `wire` | `domain` |\n| web | domain, wire |\n\n## Next\n| `wire` | `web` |\n";
    let table = table(map, &crates).unwrap();
    let expected = [
        ("domain", vec![]),
        ("web", vec!["domain", "wire"]),
        ("wire", vec!["domain"]),
    ];
    let expected: Edges = expected
        .map(|(from, to)| (from.into(), to.into_iter().map(String::from).collect()))
        .into();
    assert_eq!(table, expected);
}
