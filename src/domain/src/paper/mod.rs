//! Papers: what a blueprint asks for, drawn from a bank by a seed. The same bank (in any order), blueprint and seed
//! give the same paper on every platform, for ever; golden tests pin it.
//!
//! Each item has a key per section, hashed from the seed, the section's place and the item's id. A section takes the
//! items with the smallest keys, so that all items that fit it are equally likely; an exclusion group stands in it with
//! its member of the smallest key. Where a section runs short because another took what it needs, items are exchanged
//! along augmenting paths, so that a paper is refused only when there is none.

mod blueprint;
mod pool;
#[cfg(test)]
mod sample;
mod seats;
#[cfg(test)]
mod tests;

pub use blueprint::{Amount, Blueprint, BlueprintError, MOST_ITEMS, MOST_SECTIONS, Retakes, Section};

use crate::ids::ItemId;
use crate::item::ItemKind;
use crate::shuffle::Seed;
use crate::units::{Difficulty, Points};
use pool::{Pool, Token, keyed};
use seats::{Edge, Seats};
use std::collections::BTreeMap;

/// What a draw needs to know of an item. An id stands in a bank once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry<'a> {
    /// The item.
    pub id: &'a ItemId,
    /// Its kind.
    pub kind: ItemKind,
    /// How hard it is.
    pub difficulty: Difficulty,
    /// What it is about.
    pub topics: &'a [String],
    /// The exclusion group: of the items of one group a paper holds one at most (they give each other away).
    pub group: Option<&'a str>,
    /// Whether it may stand in an assessment: its basis is not 'practice' (DESIGN §2.5).
    pub assessable: bool,
}

/// What was drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// The sections in the blueprint's order.
    pub sections: Vec<PaperSection>,
}

/// A section of a paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaperSection {
    /// Its title.
    pub title: String,
    /// What each of its items is worth.
    pub each: Points,
    /// Its items in the order asked.
    pub items: Vec<ItemId>,
}

impl Paper {
    /// The points of the whole paper.
    pub fn total(&self) -> Points {
        let worth = |section: &PaperSection| section.items.iter().map(|_| section.each).sum::<Points>();
        self.sections.iter().map(worth).sum()
    }

    /// The items in the order asked, each with its points.
    pub fn items(&self) -> impl Iterator<Item = (&ItemId, Points)> {
        let sections = self.sections.iter();
        sections.flat_map(|section| section.items.iter().map(|item| (item, section.each)))
    }
}

/// What a bank lacks for a blueprint. Sections are counted from 0 in the fields, from 1 in the messages.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Missing {
    /// The bank does not hold a must-have item.
    #[error("the bank does not hold the item {0}")]
    Absent(ItemId),
    /// A must-have item may not stand in an assessment.
    #[error("the item {0} is for practice only")]
    PracticeOnly(ItemId),
    /// A must-have item fits no section.
    #[error("the item {0} fits no section")]
    Unfit(ItemId),
    /// A must-have item shares its exclusion group with an earlier one.
    #[error("the items {other} and {item} exclude each other")]
    Excluded {
        /// The item that is left out.
        item: ItemId,
        /// The earlier one.
        other: ItemId,
    },
    /// The sections that a must-have item fits are full of other must-have items, however they are arranged.
    #[error("the sections that the item {0} fits are full")]
    NoPlace(ItemId),
    /// A section cannot be filled. The sum over all sections is the least possible, and earlier sections go first.
    #[error("section {} ({}) lacks {lacking} of {}", .section + 1, .wanted.title, .wanted.count())]
    Items {
        /// The section's place.
        section: usize,
        /// How many items are missing.
        lacking: usize,
        /// The section: its filter and how many items it asks for.
        wanted: Section,
    },
}

/// A must-have item that can be placed.
struct Must<'a> {
    item: &'a ItemId,
    entry: usize,
    token: Token<'a>,
    sections: Vec<usize>,
}

/// Draws the paper of `seed`: every section full, every must-have item in (in the first section that it fits and that
/// has room), no item twice, no two items of an exclusion group. The order of the bank is no matter.
///
/// # Errors
/// All that is missing, if no paper fulfils the blueprint: first the must-have items, then the sections.
pub fn draw(bank: &[Entry<'_>], blueprint: &Blueprint, seed: Seed) -> Result<Paper, Vec<Missing>> {
    let hashes: Vec<u64> = bank.iter().map(|entry| pool::hash(entry.id.as_str())).collect();
    let mut missing = Vec::new();
    let musts = musts(bank, &hashes, blueprint, &mut missing);
    let pool = Pool {
        bank,
        hashes: &hashes,
        blueprint,
        seed,
    };
    let mut seats = Seats::new(blueprint.sections.iter().map(Section::count));
    for must in &musts {
        let token = seats.add(&must.sections, must.entry);
        if !seats.place(token) {
            missing.push(Missing::NoPlace(must.item.clone()));
        }
    }
    fill(&pool, &musts, &mut seats);
    for (section, wanted) in blueprint.sections.iter().enumerate() {
        let (lacking, wanted) = (seats.free(section), wanted.clone());
        if lacking > 0 {
            missing.push(Missing::Items {
                section,
                lacking,
                wanted,
            });
        }
    }
    if !missing.is_empty() {
        return Err(missing);
    }
    Ok(laid_out(&pool, &seats))
}

/// The must-have items that the bank holds and that fit somewhere, in the blueprint's order; the others are `missing`.
fn musts<'a>(bank: &[Entry<'a>], hashes: &[u64], blueprint: &Blueprint, missing: &mut Vec<Missing>) -> Vec<Must<'a>> {
    let mut sought: Vec<(u64, usize, Option<usize>)> = (blueprint.must.iter().enumerate())
        .map(|(place, id)| (pool::hash(id.as_str()), place, None))
        .collect();
    sought.sort_unstable();
    if !sought.is_empty() {
        for (entry, hash) in hashes.iter().enumerate() {
            let from = sought.partition_point(|(sought, ..)| sought < hash);
            for (_, place, found) in sought[from..].iter_mut().take_while(|(sought, ..)| sought == hash) {
                let better = |other: usize| bank[entry] < bank[other];
                if *bank[entry].id == blueprint.must[*place] && found.is_none_or(better) {
                    *found = Some(entry);
                }
            }
        }
    }
    sought.sort_unstable_by_key(|(_, place, _)| *place);
    let mut musts: Vec<Must> = Vec::new();
    for (id, (.., found)) in blueprint.must.iter().zip(sought) {
        let Some(entry) = found else {
            missing.push(Missing::Absent(id.clone()));
            continue;
        };
        let (item, token) = (&bank[entry], Token::of(&bank[entry]));
        let sections = blueprint.sections.iter().enumerate();
        let sections: Vec<usize> = sections.filter(|(_, s)| s.fits(item)).map(|(place, _)| place).collect();
        let twin = musts.iter().find(|must| must.token == token);
        if blueprint.assessment && !item.assessable {
            missing.push(Missing::PracticeOnly(id.clone()));
        } else if sections.is_empty() {
            missing.push(Missing::Unfit(id.clone()));
        } else if let Some(twin) = twin {
            // The same id twice in the list asks for nothing more.
            if twin.item != id {
                let (item, other) = (id.clone(), twin.item.clone());
                missing.push(Missing::Excluded { item, other });
            }
        } else {
            let item = item.id;
            musts.push(Must {
                item,
                entry,
                token,
                sections,
            });
        }
    }
    musts
}

/// Fills the empty places as far as that can be done. The tokens of must-have items are seated already, and nothing but
/// the must-have item itself may stand for its group.
///
/// The sections choose among few items first. Where that is not enough, among as many as the whole paper has items, and
/// no more can be needed: all other places together occupy fewer tokens than that, so one stays free for the last place
/// of each section that has so many to choose from.
fn fill(pool: &Pool<'_, '_>, musts: &[Must<'_>], seats: &mut Seats) {
    let mut closed: Vec<Token> = musts.iter().map(|must| must.token).collect();
    closed.sort_unstable();
    let mut tokens: BTreeMap<Token, usize> = BTreeMap::new();
    // A bank that names an id twice, in two groups, still gives the item once: its first token is the only one.
    let mut of_id: BTreeMap<&ItemId, usize> = musts.iter().map(|must| (must.item, usize::MAX)).collect();
    let all = pool.blueprint.items();
    let few = |section: &Section| section.count().saturating_mul(2).min(all);
    for first in [true, false] {
        for (section, wanted) in pool.blueprint.sections.iter().enumerate() {
            let most = if first { few(wanted) } else { all };
            for entry in pool.best(section, most, &closed) {
                let token = *tokens
                    .entry(Token::of(&pool.bank[entry]))
                    .or_insert_with(|| seats.add(&[], entry));
                if *of_id.entry(pool.bank[entry].id).or_insert(token) == token {
                    seats.connect(section, Edge { token, entry });
                }
            }
        }
        let sections = 0..pool.blueprint.sections.len();
        let short = sections.filter(|section| {
            while seats.free(*section) > 0 && seats.fill(*section) {}
            seats.free(*section) > 0
        });
        if short.count() == 0 {
            break;
        }
    }
}

/// The paper as seated. The order within a section has keys of its own: must-have items stand anywhere in it.
fn laid_out(pool: &Pool<'_, '_>, seats: &Seats) -> Paper {
    let sections = pool.blueprint.sections.iter().enumerate().map(|(section, wanted)| {
        let order = pool.seed.derive(&format!("paper-order-{section}"));
        let mut seated: Vec<(u64, &ItemId)> = seats
            .seated(section)
            .map(|entry| (keyed(order, pool.hashes[entry]), pool.bank[entry].id))
            .collect();
        seated.sort_unstable();
        PaperSection {
            title: wanted.title.clone(),
            each: wanted.each,
            items: seated.into_iter().map(|(_, id)| id.clone()).collect(),
        }
    });
    Paper {
        sections: sections.collect(),
    }
}
