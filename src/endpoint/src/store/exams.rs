//! What the store keeps of exams: the papers of assessments, and which exams wait to be marked as a whole.

use super::{PersonId, Place};
use domain::ids::{AttemptId, ExamId, ItemId, ProfileId};
use domain::item::Response;
use domain::time::Timestamp;
use std::collections::HashMap;

/// A paper to be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSitting {
    /// The attempt, an id that the person's device made.
    pub attempt: AttemptId,
    /// The person's profile.
    pub profile: ProfileId,
    /// The exam.
    pub exam: ExamId,
    /// The sitting as the person gets it: the JSON of a `wire::exam::SittingForm`.
    pub form: String,
    /// What every page and result of it says of its bank.
    pub label: String,
    /// What puts the options of its items into order; never told to anybody.
    pub salt: [u8; 32],
    /// When it begins, by the endpoint's clock.
    pub started: Timestamp,
    /// When answering ends.
    pub ends: Timestamp,
    /// Whether another may begin at all.
    pub limits: Limits,
}

/// How often an assessment may be sat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How many attempts a person has; none: without limit.
    pub most: Option<u32>,
    /// How long after the end of one the next may begin, in milliseconds.
    pub wait: i64,
    /// How long after its end an attempt that was not handed in still counts as open, in milliseconds.
    pub grace: i64,
}

/// What became of the wish for a paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    /// It is given, and durable.
    New,
    /// The person has this attempt at this exam already; what was given then stays.
    Again,
    /// The attempt is another person's, or at another exam.
    Taken,
    /// The profile is another person's.
    ProfileOfAnother,
    /// Another attempt may not begin now.
    Refused(Refusal),
}

/// Why no other attempt may begin now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// This one is still open.
    Open(AttemptId),
    /// There are none left.
    UsedUp,
    /// Not before this moment.
    TooEarly(Timestamp),
}

/// An attempt in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SittingLine {
    /// The attempt.
    pub attempt: AttemptId,
    /// The exam.
    pub exam: ExamId,
    /// When it began.
    pub started: Timestamp,
    /// When answering ends.
    pub ends: Timestamp,
    /// When its handing in arrived, by the endpoint's clock.
    pub handed_in: Option<Timestamp>,
}

impl SittingLine {
    /// Whether it is neither handed in nor over.
    pub fn is_open(&self, now: Timestamp, grace: i64) -> bool {
        self.handed_in.is_none() && now < self.ends.plus(grace)
    }

    /// When it ended, or will at the latest.
    pub fn over(&self) -> Timestamp {
        self.handed_in
            .map_or(self.ends, |at| at.max(self.started).min(self.ends))
    }
}

/// Whether a person with these attempts at an exam may begin another one now.
///
/// # Errors
/// Why not.
pub fn may_begin(lines: &[SittingLine], limits: Limits, now: Timestamp) -> Result<(), Refusal> {
    if let Some(open) = lines.iter().find(|line| line.is_open(now, limits.grace)) {
        return Err(Refusal::Open(open.attempt));
    }
    if limits.most.is_some_and(|most| lines.len() >= most as usize) {
        return Err(Refusal::UsedUp);
    }
    let next = lines.iter().map(|line| line.over().plus(limits.wait)).max();
    match next.filter(|next| *next > now) {
        Some(next) => Err(Refusal::TooEarly(next)),
        None => Ok(()),
    }
}

/// A paper that was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenSitting {
    /// The attempt.
    pub attempt: AttemptId,
    /// The exam.
    pub exam: ExamId,
    /// The JSON of a `wire::exam::SittingForm`.
    pub form: String,
    /// What every page and result of it says of its bank.
    pub label: String,
    /// What puts the options of its items into order.
    pub salt: [u8; 32],
    /// When it began.
    pub started: Timestamp,
    /// When answering ends.
    pub ends: Timestamp,
    /// When its handing in arrived.
    pub handed_in: Option<Timestamp>,
    /// The last record of the attempt when its result was first told.
    pub told: Option<Place>,
    /// The answers whose marks were told.
    pub locked: HashMap<ItemId, Response>,
}

/// A record of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptRecord {
    /// Its place.
    pub place: Place,
    /// When it arrived.
    pub received: Timestamp,
    /// The exact text that was sent.
    pub raw: String,
}

/// An exam that waits to be marked as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Due {
    /// Whose it is.
    pub person: PersonId,
    /// The attempt.
    pub attempt: AttemptId,
    /// The last record that is to be taken into account.
    pub place: Place,
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ids::Uuid;

    const LIMITS: Limits = Limits {
        most: Some(2),
        wait: 100,
        grace: 10,
    };

    fn line(n: u64, started: i64, handed_in: Option<i64>) -> SittingLine {
        SittingLine {
            attempt: AttemptId(Uuid::v7(n, 0)),
            exam: "e-1".parse().unwrap(),
            started: Timestamp(started),
            ends: Timestamp(started + 50),
            handed_in: handed_in.map(Timestamp),
        }
    }

    #[test]
    fn an_attempt_is_open_then_over_then_waited_for_then_used() {
        let first = line(1, 1_000, None);
        let handed = line(1, 1_000, Some(1_020));
        let late = line(1, 1_000, Some(9_000));
        let second = line(2, 1_200, Some(1_210));
        let early = Err(Refusal::TooEarly(Timestamp(1_150)));
        let sooner = Err(Refusal::TooEarly(Timestamp(1_120)));
        let used = Err(Refusal::UsedUp);
        for (lines, now, expected) in [
            (vec![], 0, Ok(())),
            (vec![first.clone()], 1_000, Err(Refusal::Open(first.attempt))),
            (vec![first.clone()], 1_059, Err(Refusal::Open(first.attempt))),
            (vec![first.clone()], 1_060, early),
            (vec![first.clone()], 1_150, Ok(())),
            (vec![handed.clone()], 1_021, sooner),
            (vec![handed.clone()], 1_120, Ok(())),
            (vec![late], 1_100, early),
            (vec![handed.clone(), second.clone()], 9_999, used),
            (
                vec![handed, line(2, 1_200, None)],
                1_210,
                Err(Refusal::Open(second.attempt)),
            ),
        ] {
            assert_eq!(may_begin(&lines, LIMITS, Timestamp(now)), expected, "{now} {lines:?}");
        }
        let without = Limits { most: None, ..LIMITS };
        let many: Vec<_> = (0..100).map(|n| line(n, 0, None)).collect();
        assert_eq!(may_begin(&many, without, Timestamp(9_999)), Ok(()));
    }
}
