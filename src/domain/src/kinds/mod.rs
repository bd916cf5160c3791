//! The kinds of item beyond choices, one file each: what the author promises, the key, and what a response earns.

pub mod branching;
pub mod essay;
pub mod fill;
pub mod hazard;
pub mod matching;
pub mod number;
pub mod ordering;
pub mod penalty;
pub mod proofreading;
pub mod spotting;

use crate::item::{ItemKind, Response};
use crate::marking::{Invalid, Rule};

/// The body of an item of a kind beyond choices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exercise {
    /// Blanks to fill in (填空题).
    Fill(fill::Fill),
    /// Steps to put in order (排序题).
    Ordering(ordering::Ordering),
    /// Prompts to match with targets (配对题).
    Matching(matching::Matching),
    /// Hazards to find on a scene (隐患排查).
    Hazard(hazard::Hazard),
    /// Faults to find in a document (执法文书纠错).
    Proofreading(proofreading::Proofreading),
    /// A decision on a case, part by part (适用法律与裁量).
    Penalty(penalty::Penalty),
    /// An inspection as a graph of situations (模拟执法).
    Branching(branching::Branching),
    /// A text that jurors mark (调查报告).
    Essay(essay::Essay),
}

/// What a response earns of an item, in the parts that its kind counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Earned {
    /// Parts earned, 0 to `of`.
    pub earned: u32,
    /// Parts that the key earns, 1 and up.
    pub of: u32,
}

impl Exercise {
    /// The kind's name.
    pub fn kind(&self) -> ItemKind {
        match self {
            Self::Fill(_) => ItemKind::Fill,
            Self::Ordering(_) => ItemKind::Ordering,
            Self::Matching(_) => ItemKind::Matching,
            Self::Hazard(_) => ItemKind::Hazard,
            Self::Proofreading(_) => ItemKind::Proofreading,
            Self::Penalty(_) => ItemKind::Penalty,
            Self::Branching(_) => ItemKind::Branching,
            Self::Essay(_) => ItemKind::Essay,
        }
    }

    /// The response that scores full; for an essay, which has none, the empty one.
    pub fn key(&self) -> Response {
        match self {
            Self::Fill(fill) => Response::Blanks(fill.key()),
            Self::Ordering(ordering) => Response::Order(ordering.key()),
            Self::Matching(matching) => Response::Pairs(matching.key()),
            Self::Hazard(hazard) => Response::Marks(hazard.key()),
            Self::Proofreading(document) => Response::Marks(document.key()),
            Self::Penalty(penalty) => Response::Parts(penalty.key()),
            Self::Branching(case) => Response::Path(case.key()),
            Self::Essay(_) => Response::Text(String::new()),
        }
    }

    /// Whether the response is of this kind, be it empty or not.
    pub fn fits(&self, response: &Response) -> bool {
        matches!(
            (self, response),
            (Self::Fill(_), Response::Blanks(_))
                | (Self::Ordering(_), Response::Order(_))
                | (Self::Matching(_), Response::Pairs(_))
                | (Self::Hazard(_) | Self::Proofreading(_), Response::Marks(_))
                | (Self::Penalty(_), Response::Parts(_))
                | (Self::Branching(_), Response::Path(_))
                | (Self::Essay(_), Response::Text(_))
        )
    }

    /// What the response earns; none for an essay, which waits for its jurors.
    ///
    /// # Errors
    /// It is no answer to this exercise.
    pub fn earned(&self, response: &Response, rule: Rule) -> Result<Option<Earned>, Invalid> {
        match (self, response) {
            (Self::Fill(fill), Response::Blanks(blanks)) => fill.earned(blanks).map(Some),
            (Self::Ordering(ordering), Response::Order(ids)) => ordering.earned(ids).map(Some),
            (Self::Matching(matching), Response::Pairs(pairs)) => matching.earned(pairs).map(Some),
            (Self::Hazard(hazard), Response::Marks(marks)) => hazard.earned(marks).map(Some),
            (Self::Proofreading(document), Response::Marks(marks)) => document.earned(marks).map(Some),
            (Self::Penalty(penalty), Response::Parts(parts)) => penalty.earned(parts, rule.incomplete).map(Some),
            (Self::Branching(case), Response::Path(path)) => case.earned(path).map(Some),
            (Self::Essay(essay), Response::Text(text)) => essay.check(text).map(|_| None),
            _ => Err(Invalid::Kind),
        }
    }
}
