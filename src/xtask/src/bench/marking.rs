//! How many responses a second are marked, for each kind of item: the shipped items themselves, open and sealed, each with its
//! key, with nothing, and with the key of another item of its kind. The floor is cloning the same responses.

use super::stats::table;
use crate::place::Place;
use anyhow::{Context, Result, ensure};
use domain::item::{Item, ItemKind, Response};
use domain::marking::{Rule, mark};
use std::collections::BTreeMap;
use std::fs;
use std::hint::black_box;
use std::time::{Duration, Instant};
use wire::item::kind_name;

/// How long each kind is marked.
const LONG: Duration = Duration::from_millis(300);

/// Times `work` over and over; gives how often a second one of its `count` parts was done.
#[allow(clippy::cast_precision_loss, reason = "far below 2^52")]
fn per_second(count: usize, mut work: impl FnMut()) -> f64 {
    let begun = Instant::now();
    let mut rounds = 0_u64;
    while begun.elapsed() < LONG {
        work();
        rounds += 1;
    }
    (rounds * count as u64) as f64 / begun.elapsed().as_secs_f64()
}

/// All shipped items, by kind.
fn items(place: &Place) -> Result<BTreeMap<&'static str, (ItemKind, Vec<Item>)>> {
    let mut kinds: BTreeMap<&'static str, (ItemKind, Vec<Item>)> = BTreeMap::new();
    let folder = place.site().join("packs");
    for file in fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = file?.path();
        if path.extension().is_none_or(|ending| ending != "json") {
            continue;
        }
        // Lessons, exams and the registry are no banks.
        let Ok(bank) = wire::pack::read_bank(&fs::read(&path)?) else {
            continue;
        };
        for item in bank.items.into_values() {
            let kind = item.body.kind();
            kinds.entry(kind_name(kind)).or_insert((kind, Vec::new())).1.push(item);
        }
    }
    Ok(kinds)
}

/// Measures and prints.
///
/// # Errors
/// The site is not there, or a kind has no item.
pub(super) fn measure(place: &Place) -> Result<()> {
    let kinds = items(place)?;
    ensure!(
        kinds.len() == ItemKind::ALL.len(),
        "the site has items of the kinds {:?} alone",
        kinds.keys()
    );
    let mut rows = vec![
        ["kind", "items", "marked a second", "cloned a second", "share"]
            .map(str::to_owned)
            .to_vec(),
    ];
    let mut numbers = serde_json::Map::new();
    for (name, (kind, items)) in &kinds {
        let next = items.iter().cycle().skip(1);
        let asked: Vec<(&Item, Response)> = items
            .iter()
            .zip(next)
            .flat_map(|(item, next)| {
                let empty = domain::asked::Asked::of(item, domain::shuffle::Seed(1)).empty();
                [(item, item.body.key()), (item, empty), (item, next.body.key())]
            })
            .collect();
        let max = kind.default_points();
        let marked = per_second(asked.len(), || {
            for (item, response) in &asked {
                black_box(mark(&item.body, black_box(response), max, Rule::default()));
            }
        });
        let cloned = per_second(asked.len(), || {
            for (_, response) in &asked {
                black_box(black_box(response).clone());
            }
        });
        rows.push(vec![
            (*name).into(),
            items.len().to_string(),
            format!("{marked:.0}"),
            format!("{cloned:.0}"),
            format!("{:.2}", marked / cloned),
        ]);
        numbers.insert(
            (*name).into(),
            serde_json::json!({ "marked": marked, "cloned": cloned }),
        );
    }
    table(&rows);
    println!("{}", serde_json::json!({ "bench": "marking", "per_second": numbers }));
    Ok(())
}
