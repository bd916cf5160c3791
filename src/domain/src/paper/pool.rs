//! The items of a bank that a draw has to look at: of each section, those with the smallest keys.

use super::{Blueprint, Entry, Section};
use crate::ids::ItemId;
use crate::shuffle::Seed;
use std::collections::BTreeSet;

/// What a paper takes at most once: an exclusion group, or an item without one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Token<'a> {
    Group(&'a str),
    Item(&'a ItemId),
}

impl<'a> Token<'a> {
    pub(super) fn of(entry: &Entry<'a>) -> Self {
        entry.group.map_or(Self::Item(entry.id), Self::Group)
    }
}

/// What an id is known by in all keys of all draws. Done for every item of a bank, so eight bytes at a time and no more
/// than tells ids apart: the bits are spread by `keyed`.
pub(super) fn hash(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let (words, rest) = bytes.as_chunks();
    let step = |hash: u64, word: u64| {
        // The multiplier is 2^64 over the golden ratio, as in Fibonacci hashing (Knuth, TAOCP 6.4).
        let product = (hash ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        product ^ (product >> 32)
    };
    let whole = words.iter().map(|word| u64::from_le_bytes(*word));
    let hash = whole.fold(bytes.len() as u64, step);
    match bytes.last_chunk() {
        _ if rest.is_empty() => hash,
        // The last eight bytes overlap those before; with the length in the hash nothing is ambiguous.
        Some(last) => step(hash, u64::from_le_bytes(*last)),
        None => step(hash, rest.iter().fold(0, |word, byte| word << 8 | u64::from(*byte))),
    }
}

/// The key of the item with this hash in the order that `seed` stands for.
pub(super) fn keyed(seed: Seed, hash: u64) -> u64 {
    // Deriving for the empty name only spreads the bits: one step of the generator.
    Seed(seed.0 ^ hash).derive("").0
}

/// How many items of a bank are looked at to know how many fit a section.
const SAMPLE: usize = 256;

/// What is drawn from.
pub(super) struct Pool<'p, 'a> {
    pub(super) bank: &'p [Entry<'a>],
    /// Of each entry of the bank.
    pub(super) hashes: &'p [u64],
    pub(super) blueprint: &'p Blueprint,
    pub(super) seed: Seed,
}

impl<'a> Pool<'_, 'a> {
    /// The entries that a section may take: the `most` with the smallest keys, one of each token, none of the tokens
    /// `taken` (sorted).
    pub(super) fn best(&self, section: usize, most: usize, taken: &[Token<'a>]) -> Vec<usize> {
        let wanted = &self.blueprint.sections[section];
        let seed = self.seed.derive(&format!("paper-{section}"));
        let mut held: Vec<(u64, usize)> = Vec::new();
        // Keys are spread evenly, so a bound below which somewhat more items that fit are expected than are needed will
        // mostly do. Where there are too few, the next keys are looked at: no text is compared for most of the bank. How
        // the bound is found makes no difference to what is found.
        let share = u64::MAX / (self.bank.len() as u64).max(1);
        let (mut from, mut to) = (0, share.saturating_mul(self.looks(wanted, most, taken)));
        loop {
            for (place, hash) in self.hashes.iter().enumerate() {
                let key = keyed(seed, *hash);
                if (from..=to).contains(&key) && self.may_take(wanted, &self.bank[place], taken) {
                    held.push((key, place));
                }
            }
            self.one_of_each(&mut held);
            if held.len() >= most || to == u64::MAX {
                break;
            }
            let wider = (2 * most as u64 / (held.len() as u64 + 1)).clamp(2, 64);
            (from, to) = (to + 1, to.saturating_mul(wider));
        }
        held.truncate(most);
        held.into_iter().map(|(_, place)| place).collect()
    }

    /// How many items have to be looked at for `most` that a section may take, as a sample of the bank lets expect.
    fn looks(&self, wanted: &Section, most: usize, taken: &[Token<'a>]) -> u64 {
        let step = self.bank.len().div_ceil(SAMPLE).max(1);
        let sample = self.bank.iter().step_by(step);
        let fit = sample.filter(|entry| self.may_take(wanted, entry, taken)).count();
        // Half as many again as are needed, and never a rate of nothing.
        (most as u64 * 3 / 2 + 8).saturating_mul(SAMPLE as u64) / (fit as u64 + 1)
    }

    fn may_take(&self, wanted: &Section, entry: &Entry<'a>, taken: &[Token<'a>]) -> bool {
        (entry.assessable || !self.blueprint.assessment)
            && wanted.fits(entry)
            && taken.binary_search(&Token::of(entry)).is_err()
    }

    /// Sorts by key, and of each token keeps the first.
    fn one_of_each(&self, held: &mut Vec<(u64, usize)>) {
        let by_id = |(_, place): &(u64, usize)| (self.bank[*place].id, self.bank[*place].group);
        held.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| by_id(a).cmp(&by_id(b))));
        // An id named twice has one key, so it stands beside itself.
        held.dedup_by(|a, b| a.0 == b.0 && self.bank[a.1].id == self.bank[b.1].id);
        let mut groups = BTreeSet::new();
        held.retain(|(_, place)| {
            // The hash first: texts are compared only where it is the same.
            let group = self.bank[*place].group;
            group.is_none_or(|group| groups.insert((hash(group), group)))
        });
    }
}
