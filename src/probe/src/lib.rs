//! A bank of any size and a blueprint for it: the work of which `cargo xtask bench paper` takes the time.

use domain::ids::ItemId;
use domain::item::ItemKind;
use domain::marking::Rule;
use domain::paper::{Amount, Blueprint, Entry, Paper, Retakes, Section, draw};
use domain::shuffle::Seed;
use domain::units::{Difficulty, Minutes, Points, Share};

/// How many items the measured bank has.
pub const ITEMS: usize = 100_000;

/// How many papers are drawn, each with a seed of its own.
pub const PAPERS: u64 = 15;

/// An item of the bank, as far as a draw looks at it.
#[derive(Debug)]
pub struct Stocked {
    id: ItemId,
    kind: ItemKind,
    difficulty: Difficulty,
    topics: Vec<String>,
    group: Option<String>,
}

impl Stocked {
    /// As a draw takes it.
    pub fn entry(&self) -> Entry<'_> {
        Entry {
            id: &self.id,
            kind: self.kind,
            difficulty: self.difficulty,
            topics: &self.topics,
            group: self.group.as_deref(),
            assessable: true,
        }
    }
}

/// A bank of `n` items: every kind, five difficulties, forty topics, each fifth item in a group of three.
pub fn bank(n: usize) -> Vec<Stocked> {
    let easiest = Difficulty::new(1);
    let stocked = |i: usize| {
        Some(Stocked {
            id: format!("item-{i:06}").parse().ok()?,
            kind: ItemKind::ALL[i % ItemKind::ALL.len()],
            difficulty: u8::try_from(i / 7 % 5)
                .ok()
                .and_then(|level| Difficulty::new(level + 1))
                .or(easiest)?,
            topics: vec![format!("主题{}", i % 40), format!("方向{}", i / 40 % 12)],
            group: i.is_multiple_of(5).then(|| format!("group-{}", i / 15)),
        })
    };
    (0..n).filter_map(stocked).collect()
}

/// A hundred items in five sections: by kind, by topic, by difficulty, and a last one that takes any.
pub fn blueprint() -> Option<Blueprint> {
    let levels = |from, to| Some((Difficulty::new(from)?, Difficulty::new(to)?));
    let section = |title: &str, kinds: &[ItemKind], topics: &[&str], difficulty, count| Section {
        title: title.into(),
        kinds: kinds.to_vec(),
        topics: topics.iter().map(|topic| (*topic).to_owned()).collect(),
        difficulty,
        amount: Amount::Count(count),
        each: Points::ONE,
    };
    Some(Blueprint {
        sections: vec![
            section("单选", &[ItemKind::Single], &[], levels(1, 5)?, 30),
            section(
                "多选",
                &[ItemKind::Multiple],
                &["主题1", "主题3", "方向2"],
                levels(2, 4)?,
                20,
            ),
            section("判断", &[ItemKind::TrueFalse], &[], levels(1, 3)?, 20),
            section("难题", &[], &["方向5"], levels(4, 5)?, 10),
            section("其他", &[], &[], levels(1, 5)?, 20),
        ],
        must: vec!["item-000007".parse().ok()?, "item-001000".parse().ok()?],
        minutes: Minutes(90),
        pass: Share::HALF,
        rule: Rule::default(),
        retakes: Retakes {
            most: None,
            wait: Minutes(0),
        },
        assessment: false,
    })
}

/// The paper of the `n`th seed.
pub fn paper(bank: &[Entry<'_>], blueprint: &Blueprint, n: u64) -> Option<Paper> {
    draw(bank, blueprint, Seed(0x5eed + n)).ok()
}

/// A number that two platforms must agree on if they drew the same paper (FNV-1a over the ids in order).
pub fn digest(paper: &Paper) -> u32 {
    let ids = paper.items().flat_map(|(id, _)| id.as_str().bytes());
    ids.fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_measured_work_is_a_whole_paper() {
        let bank = bank(5_000);
        let entries: Vec<Entry> = bank.iter().map(Stocked::entry).collect();
        let blueprint = blueprint().unwrap();
        let (one, again, other) = (
            paper(&entries, &blueprint, 0).unwrap(),
            paper(&entries, &blueprint, 0).unwrap(),
            paper(&entries, &blueprint, 1).unwrap(),
        );
        assert_eq!(one.items().count(), 100);
        assert_eq!(digest(&one), digest(&again));
        assert_ne!(digest(&one), digest(&other));
    }
}
