//! The budgets of `budgets.toml` and the table of what was used of them.

use super::files::{Packed, Role};
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::path::Path;

/// `budgets.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Budgets {
    /// What the site may weigh.
    pub(crate) site: SiteBudget,
    /// What `bench page` holds the page to.
    #[cfg_attr(not(feature = "bench"), allow(dead_code))]
    pub(crate) page: PageBudget,
    /// What `bench endpoint` holds the endpoint to.
    #[cfg_attr(not(feature = "bench"), allow(dead_code))]
    pub(crate) endpoint: EndpointBudget,
    /// What `bench hall` holds the endpoint to.
    #[cfg_attr(not(feature = "bench"), allow(dead_code))]
    pub(crate) hall: HallBudget,
    /// What `bench link` holds the app to.
    #[cfg_attr(not(feature = "bench"), allow(dead_code))]
    pub(crate) link: LinkBudget,
}

/// What the site may weigh.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SiteBudget {
    /// Bytes in brotli of the wasm on the way to the first question.
    wasm: usize,
    /// Bytes in brotli of the other module's wasm.
    more: usize,
    /// Bytes in brotli of the wasm of the organizer's desk, which no learner fetches.
    desk: usize,
    /// Bytes in brotli of all that is fetched before the first question.
    first_visit: usize,
    /// Requests before the first question.
    requests: usize,
}

/// What `bench page` holds the page to. Ratios are to the hand-written page of the same run.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(not(feature = "bench"), allow(dead_code))]
pub(crate) struct PageBudget {
    /// Bytes over the wire before the first question, headers included.
    pub(crate) first_visit: u64,
    /// Requests before the first question.
    pub(crate) requests: u64,
    /// Bytes over the wire of the second visit.
    pub(crate) second_visit: u64,
    /// Time until the first choice can be pressed.
    pub(crate) ready: f64,
    /// Time from a choice to its feedback.
    pub(crate) feedback: f64,
    /// Milliseconds of total blocking time.
    pub(crate) blocking: f64,
    /// A difference below this share is called none.
    pub(crate) noise: f64,
}

/// What `bench endpoint` holds the endpoint to.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(not(feature = "bench"), allow(dead_code))]
pub(crate) struct EndpointBudget {
    /// The least records per second, as a share of the bare server's.
    pub(crate) ratio: f64,
    /// The most MiB of memory at its peak.
    pub(crate) memory: f64,
}

/// What `bench hall` holds the endpoint to: milliseconds that 99 of 100 people wait at most.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(not(feature = "bench"), allow(dead_code))]
pub(crate) struct HallBudget {
    /// For the answer to their code.
    pub(crate) join: f64,
    /// For the verdicts on their first batch.
    pub(crate) batch: f64,
    /// For the page, its wasm and the catalogue, on a line that holds nobody up.
    pub(crate) page: f64,
    /// The most MiB of memory of the endpoint at its peak.
    pub(crate) memory: f64,
}

/// What `bench link` holds the app to.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(not(feature = "bench"), allow(dead_code))]
pub(crate) struct LinkBudget {
    /// Time from the press until all records are shown, in times of the bare page of the same run.
    pub(crate) ratio: f64,
}

impl Budgets {
    /// Reads the file.
    ///
    /// # Errors
    /// The file is missing or is not of the form.
    pub(crate) fn read(root: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(root.join("budgets.toml")).context("cannot read budgets.toml")?;
        toml::from_str(&text).context("budgets.toml is not of the form")
    }
}

/// What is fetched on the first visit straight to a question, besides the files that are counted: the answer of
/// `config.json`.
const OTHER_REQUESTS: usize = 1;

/// What a first visit to a question fetches: each part of the shell once, and the largest bank.
fn first_visit(files: &[Packed]) -> Vec<&Packed> {
    let shell = [Role::Page, Role::Boot, Role::Wasm, Role::Style, Role::Catalogue];
    let mut visited: Vec<&Packed> = files.iter().filter(|file| shell.contains(&file.role)).collect();
    visited.extend(
        files
            .iter()
            .filter(|file| file.role == Role::Bank)
            .max_by_key(|file| file.brotli),
    );
    visited
}

/// Prints the sizes and compares them with the budget.
///
/// # Errors
/// A budget is passed; the message says by how much.
pub(crate) fn check(files: &[Packed], budget: &SiteBudget) -> Result<()> {
    let visited = first_visit(files);
    println!(
        "{:>10} {:>10} {:>10}  first visit to a question, bytes",
        "raw", "gzip", "brotli"
    );
    for file in &visited {
        println!("{:>10} {:>10} {:>10}  {}", file.raw, file.gzip, file.brotli, file.path);
    }
    let sum = |size: fn(&Packed) -> usize| -> usize { visited.iter().map(|file| size(file)).sum() };
    let total = sum(|file| file.brotli);
    println!(
        "{:>10} {:>10} {total:>10}  together",
        sum(|file| file.raw),
        sum(|file| file.gzip)
    );
    let wasm = visited
        .iter()
        .filter(|file| file.role == Role::Wasm)
        .map(|file| file.brotli)
        .sum();
    let heaviest = |role: Role| {
        let of_role = files.iter().filter(|file| file.role == role);
        of_role.map(|file| file.brotli).max().unwrap_or_default()
    };
    let others = files
        .iter()
        .filter(|file| !visited.iter().any(|other| other.path == file.path));
    let (count, later) = others.fold((0, 0), |(count, size), file| (count + 1, size + file.brotli));
    println!("{later:>32}  in {count} files that are fetched later");
    let uses = [
        ("wasm in brotli", wasm, budget.wasm),
        ("other module in brotli", heaviest(Role::More), budget.more),
        ("organizer's desk in brotli", heaviest(Role::Desk), budget.desk),
        ("first visit in brotli", total, budget.first_visit),
        (
            "requests of the first visit",
            visited.len() + OTHER_REQUESTS,
            budget.requests,
        ),
    ];
    let passed: Vec<String> = uses
        .iter()
        .filter_map(|(name, used, most)| over(name, *used, *most))
        .collect();
    for (name, used, most) in uses {
        println!("budget: {name}: {used} of {most} ({} %)", used * 100 / most.max(1));
    }
    if passed.is_empty() {
        Ok(())
    } else {
        bail!("over budget (budgets.toml): {}", passed.join("; "))
    }
}

fn over(name: &str, used: usize, most: usize) -> Option<String> {
    (used > most).then(|| format!("{name}: {used}, {} more than {most}", used - most))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, role: Role, brotli: usize) -> Packed {
        Packed {
            path: path.into(),
            role,
            raw: brotli * 4,
            gzip: brotli * 2,
            brotli,
        }
    }

    fn site() -> Vec<Packed> {
        vec![
            file("index.html", Role::Page, 1),
            file("boot.js", Role::Boot, 10),
            file("app.wasm", Role::Wasm, 100),
            file("more.js", Role::More, 10),
            file("more.wasm", Role::More, 60),
            file("organize.wasm", Role::Desk, 40),
            file("beside.js", Role::Beside, 3),
            file("style.css", Role::Style, 5),
            file("catalogue.json", Role::Catalogue, 2),
            file("packs/a.json", Role::Bank, 20),
            file("packs/b.json", Role::Bank, 30),
            file("packs/c.json", Role::Other, 500),
        ]
    }

    #[test]
    fn the_first_visit_is_the_shell_and_the_largest_bank() {
        let files = site();
        let visited = first_visit(&files);
        assert_eq!(visited.iter().map(|file| file.brotli).sum::<usize>(), 148);
        assert_eq!(visited.len(), 6);
    }

    #[test]
    fn a_budget_holds_to_the_byte() {
        let budget = |wasm, first_visit, requests| SiteBudget {
            wasm,
            more: 60,
            desk: 40,
            first_visit,
            requests,
        };
        assert!(check(&site(), &budget(100, 148, 7)).is_ok());
        let small = SiteBudget {
            desk: 39,
            ..budget(100, 148, 7)
        };
        let error = check(&site(), &small).unwrap_err().to_string();
        assert!(error.contains("desk in brotli: 40, 1 more than 39"), "{error}");
        let error = check(&site(), &budget(99, 147, 6)).unwrap_err().to_string();
        for part in [
            "wasm in brotli: 100, 1 more than 99",
            "148, 1 more",
            "requests of the first visit: 7",
        ] {
            assert!(error.contains(part), "{error}");
        }
    }

    #[test]
    fn the_file_beside_the_workspace_is_read() {
        Budgets::read(&crate::place::Place::find().root).unwrap();
    }
}
