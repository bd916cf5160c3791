//! Attempts as they stand in the records: which items, what was answered, what is next.

use crate::ids::{AttemptId, BankId, ItemId, PackHash};
use crate::item::Response;
use crate::record::{Evidence, Marked, Mode, RecordBody, in_order};
use crate::shuffle::Seed;
use crate::time::Timestamp;
use crate::units::{Points, Revision};
use indexmap::IndexMap;

/// One go through a set of items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Its id.
    pub id: AttemptId,
    /// What kind of test.
    pub mode: Mode,
    /// The bank.
    pub bank: BankId,
    /// The pack that its items come from.
    pub pack: PackHash,
    /// What orders the options.
    pub seed: Seed,
    /// When it was begun.
    pub started: Timestamp,
    /// When it was ended; none while it is open.
    pub finished: Option<Timestamp>,
    /// The device's clock was far ahead in it: its times are those of receipt.
    pub doubtful: bool,
    /// The items in the order asked, each with its answer.
    pub items: IndexMap<ItemId, Option<Answer>>,
}

/// An answer within an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The wording answered.
    pub revision: Revision,
    /// What was answered.
    pub response: Response,
    /// When.
    pub at: Timestamp,
    /// Its mark, where known.
    pub mark: Option<Marked>,
}

/// What an attempt amounts to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// Items in the attempt.
    pub items: usize,
    /// Of them answered.
    pub answered: usize,
    /// Of them exactly right.
    pub right: usize,
    /// Points earned by the answers whose mark is known.
    pub points: Points,
    /// Points that those answers could have earned.
    pub max: Points,
    /// Answers that the endpoint has marked.
    pub verified: usize,
}

impl Attempt {
    /// The attempt `id` out of a person's records, in whatever order they come; none if its beginning is not among them.
    /// In practice the first answer to an item counts: it was followed by the key.
    pub fn fold<'a>(id: AttemptId, evidence: impl IntoIterator<Item = &'a Evidence>) -> Option<Self> {
        let of_attempt = |evidence: &&Evidence| match &evidence.record.body {
            RecordBody::AttemptStarted { attempt, .. } | RecordBody::AttemptFinished { attempt } => *attempt == id,
            RecordBody::Answered { attempt, .. } => *attempt == Some(id),
            _ => false,
        };
        let sorted = in_order(evidence.into_iter().filter(of_attempt).collect());
        let mut made = sorted.iter().find_map(|one| match &one.record.body {
            RecordBody::AttemptStarted {
                attempt,
                mode,
                bank,
                pack,
                seed,
                items,
            } => Some(Self {
                id: *attempt,
                mode: *mode,
                bank: bank.clone(),
                pack: *pack,
                seed: *seed,
                started: one.at(),
                finished: None,
                doubtful: sorted.iter().any(|one| one.received.is_some()),
                items: items.iter().map(|item| (item.clone(), None)).collect(),
            }),
            _ => None,
        })?;
        for one in sorted {
            match &one.record.body {
                RecordBody::Answered {
                    item,
                    revision,
                    response,
                    ..
                } => {
                    if let Some(place @ None) = made.items.get_mut(item) {
                        *place = Some(Answer {
                            revision: *revision,
                            response: response.clone(),
                            at: one.at(),
                            mark: one.mark,
                        });
                    }
                }
                RecordBody::AttemptFinished { .. } => made.finished = made.finished.or(Some(one.at())),
                _ => {}
            }
        }
        Some(made)
    }

    /// The first item without an answer.
    pub fn next(&self) -> Option<&ItemId> {
        self.items
            .iter()
            .find(|(_, answer)| answer.is_none())
            .map(|(item, _)| item)
    }

    /// What it amounts to so far.
    pub fn tally(&self) -> Tally {
        let answers = || self.items.values().flatten();
        let marks = || answers().filter_map(|answer| answer.mark);
        Tally {
            items: self.items.len(),
            answered: answers().count(),
            right: marks()
                .filter(|mark| mark.mark().outcome == crate::marking::Outcome::Right)
                .count(),
            points: marks().map(|mark| mark.mark().points).sum(),
            max: marks().map(|mark| mark.mark().max).sum(),
            verified: marks().filter(|mark| mark.verified()).count(),
        }
    }
}
