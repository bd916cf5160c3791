//! Banks for tests.

use super::Entry;
use crate::ids::ItemId;
use crate::item::ItemKind;
use crate::units::Difficulty;

/// An item of a test's bank.
#[derive(Debug)]
pub(crate) struct Sample {
    pub(crate) id: ItemId,
    pub(crate) kind: ItemKind,
    pub(crate) difficulty: Difficulty,
    pub(crate) topics: Vec<String>,
    pub(crate) group: Option<String>,
    pub(crate) assessable: bool,
}

impl Sample {
    pub(crate) fn entry(&self) -> Entry<'_> {
        Entry {
            id: &self.id,
            kind: self.kind,
            difficulty: self.difficulty,
            topics: &self.topics,
            group: self.group.as_deref(),
            assessable: self.assessable,
        }
    }
}

pub(crate) const KINDS: [ItemKind; 3] = [ItemKind::Single, ItemKind::Multiple, ItemKind::TrueFalse];

/// A bank of `n` items: three kinds, five difficulties, ten topics, each seventh item in a group of three, each
/// eleventh for practice only.
pub(crate) fn sample_bank(n: usize) -> Vec<Sample> {
    let sample = |i: usize| Sample {
        id: id(&format!("item-{i:06}")),
        kind: KINDS[i % 3],
        difficulty: level(u8::try_from(i / 3 % 5).unwrap() + 1),
        topics: vec![format!("主题{}", i % 10), "通用".into()],
        group: i.is_multiple_of(7).then(|| format!("group-{}", i / 21)),
        assessable: !i.is_multiple_of(11),
    };
    (0..n).map(sample).collect()
}

pub(crate) fn id(text: &str) -> ItemId {
    text.parse().unwrap()
}

pub(crate) fn level(value: u8) -> Difficulty {
    Difficulty::new(value).unwrap()
}

/// An item from its notation `id/letters/group`: its topics are the letters, the group may be left out; a `!` at the
/// end makes it one for practice only.
pub(crate) fn item(notation: &str) -> Sample {
    let mut parts = notation.trim_end_matches('!').split('/');
    let mut next = || parts.next().filter(|part| !part.is_empty());
    Sample {
        id: id(next().unwrap()),
        kind: ItemKind::Single,
        difficulty: level(3),
        topics: next().unwrap_or("").chars().map(String::from).collect(),
        group: next().map(String::from),
        assessable: !notation.ends_with('!'),
    }
}

pub(crate) fn bank(notation: &str) -> Vec<Sample> {
    notation.split_whitespace().map(item).collect()
}

/// What a paper takes at most once.
pub(crate) fn taken_once(item: &Sample) -> String {
    item.group.clone().unwrap_or_else(|| format!("-{}", item.id))
}
