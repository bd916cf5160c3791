//! Blueprints: what a paper is to hold and how it is sat.

use super::Entry;
use crate::ids::ItemId;
use crate::item::ItemKind;
use crate::marking::Rule;
use crate::units::{Difficulty, Minutes, Points, Share};

/// How many items a paper has at most.
pub const MOST_ITEMS: usize = 500;

/// How many sections a paper has at most.
pub const MOST_SECTIONS: usize = 50;

/// What a paper is to hold and how it is sat. `check` proves what `draw` is asked to fulfil.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blueprint {
    /// The sections in the order asked.
    pub sections: Vec<Section>,
    /// Items that every paper holds, each once.
    pub must: Vec<ItemId>,
    /// The time to answer.
    pub minutes: Minutes,
    /// The share of all points that passes.
    pub pass: Share,
    /// How incomplete answers count.
    pub rule: Rule,
    /// Whether and when it may be sat again.
    pub retakes: Retakes,
    /// Whether it is an assessment (考核): items for practice only are left out (DESIGN §2.5).
    pub assessment: bool,
}

/// A part of a paper: items that fit a filter, all worth the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its title; not blank.
    pub title: String,
    /// The kinds that fit; empty: any.
    pub kinds: Vec<ItemKind>,
    /// An item fits that has one of these topics; empty: any.
    pub topics: Vec<String>,
    /// The least and the greatest difficulty that fit.
    pub difficulty: (Difficulty, Difficulty),
    /// How much of it there is.
    pub amount: Amount,
    /// What each item is worth; not nothing.
    pub each: Points,
}

/// How much a section holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amount {
    /// So many items, 1 and up.
    Count(u16),
    /// Items worth so much together: a multiple of what each is worth.
    Points(Points),
}

/// Whether and when a paper may be sat again, always with a fresh seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retakes {
    /// How often after the first time; none: without limit.
    pub most: Option<u16>,
    /// How long after the end of one attempt the next may begin.
    pub wait: Minutes,
}

/// Why a blueprint asks for no paper. Sections are counted from 0 in the fields, from 1 in the messages.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BlueprintError {
    /// No sections.
    #[error("a blueprint has at least one section")]
    NoSections,
    /// More than `MOST_SECTIONS`.
    #[error("a blueprint has at most {MOST_SECTIONS} sections, not {0}")]
    TooManySections(usize),
    /// A blank title.
    #[error("section {} has no title", .0 + 1)]
    NoTitle(usize),
    /// Items worth nothing.
    #[error("the items of section {} are worth nothing", .0 + 1)]
    NoPoints(usize),
    /// A count or a sum of points of 0.
    #[error("section {} asks for no items", .0 + 1)]
    NoItems(usize),
    /// Points that no number of items has.
    #[error("the points of section {} are no multiple of those of each item", .0 + 1)]
    NotMultiple(usize),
    /// A greatest difficulty below the least.
    #[error("section {} has its range of difficulty the wrong way round", .0 + 1)]
    Difficulty(usize),
    /// More than `MOST_ITEMS`.
    #[error("a paper has at most {MOST_ITEMS} items, not {0}")]
    TooManyItems(usize),
    /// Points that can no longer be counted.
    #[error("the points of the whole paper are too many")]
    TooManyPoints,
    /// A must-have item named twice.
    #[error("the item {0} is named twice among those that every paper holds")]
    RepeatedMust(ItemId),
    /// More must-have items than the paper has room for.
    #[error("{must} items must be in a paper of {items}")]
    TooManyMust {
        /// How many must be in.
        must: usize,
        /// How many the sections ask for.
        items: usize,
    },
    /// No time.
    #[error("a blueprint gives at least one minute")]
    NoTime,
    /// A pass mark of nothing, which a blank paper reaches.
    #[error("the pass mark is above nothing")]
    NoPass,
}

impl Blueprint {
    /// Whether it asks for a paper at all. `draw` refuses or draws what it is given in any case, and never panics.
    ///
    /// # Errors
    /// The first promise that it breaks.
    pub fn check(&self) -> Result<(), BlueprintError> {
        match self.sections.len() {
            0 => return Err(BlueprintError::NoSections),
            many @ MOST_SECTIONS.. if many > MOST_SECTIONS => return Err(BlueprintError::TooManySections(many)),
            _ => {}
        }
        for (place, section) in self.sections.iter().enumerate() {
            section.check(place)?;
        }
        let items = self.items();
        if items > MOST_ITEMS {
            return Err(BlueprintError::TooManyItems(items));
        }
        let points = |section: &Section| u64::from(section.each.0) * section.count() as u64;
        if u32::try_from(self.sections.iter().map(points).sum::<u64>()).is_err() {
            return Err(BlueprintError::TooManyPoints);
        }
        for (place, id) in self.must.iter().enumerate() {
            if self.must[..place].contains(id) {
                return Err(BlueprintError::RepeatedMust(id.clone()));
            }
            // Here, so that an absurd list is not compared with itself to its end.
            if place >= items {
                let must = self.must.len();
                return Err(BlueprintError::TooManyMust { must, items });
            }
        }
        if self.minutes == Minutes(0) {
            return Err(BlueprintError::NoTime);
        }
        if self.pass == Share::NONE {
            return Err(BlueprintError::NoPass);
        }
        Ok(())
    }

    /// How many items a paper has.
    pub fn items(&self) -> usize {
        let counts = self.sections.iter().map(Section::count);
        counts.fold(0, usize::saturating_add)
    }
}

impl Section {
    /// How many items it asks for; points that are no multiple are rounded down.
    pub fn count(&self) -> usize {
        match self.amount {
            Amount::Count(count) => usize::from(count),
            Amount::Points(points) => {
                let count = points.0.checked_div(self.each.0).unwrap_or(0);
                usize::try_from(count).unwrap_or(usize::MAX)
            }
        }
    }

    /// Whether an item fits the filter.
    pub fn fits(&self, item: &Entry<'_>) -> bool {
        (self.difficulty.0..=self.difficulty.1).contains(&item.difficulty)
            && (self.kinds.is_empty() || self.kinds.contains(&item.kind))
            && (self.topics.is_empty() || item.topics.iter().any(|topic| self.topics.contains(topic)))
    }

    fn check(&self, place: usize) -> Result<(), BlueprintError> {
        if self.title.trim().is_empty() {
            return Err(BlueprintError::NoTitle(place));
        }
        if self.each == Points::ZERO {
            return Err(BlueprintError::NoPoints(place));
        }
        match self.amount {
            Amount::Count(0) | Amount::Points(Points::ZERO) => return Err(BlueprintError::NoItems(place)),
            Amount::Points(points) if points.0 % self.each.0 != 0 => return Err(BlueprintError::NotMultiple(place)),
            _ => {}
        }
        if self.difficulty.0 > self.difficulty.1 {
            return Err(BlueprintError::Difficulty(place));
        }
        Ok(())
    }
}
