//! Exams as they stand in the records, and what they come to.
//!
//! In an exam the last answer to an item counts, up to the handing in: nothing has told the person the key before. What was
//! answered afterwards stays on record and does not count.

use crate::citation::Basis;
use crate::ids::{AttemptId, ItemId, RecordId};
use crate::item::{Item, Response};
use crate::marking::{Mark, Outcome, mark};
use crate::record::{Evidence, Handed, Marked, RecordBody, Settled, Sitting, in_order};
use crate::time::Timestamp;
use crate::units::{Points, Share};
use indexmap::{IndexMap, IndexSet};

/// One sitting with what was done in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exam {
    /// As it was begun.
    pub sitting: Sitting,
    /// When, by the device's clock: what its timer counts from.
    pub started: Timestamp,
    /// Where that clock was far ahead of the endpoint's: when the endpoint received the beginning.
    pub received: Option<Timestamp>,
    /// The items in the order asked, each with the answer that counts; an answer may be empty where it was taken back.
    pub answers: IndexMap<ItemId, Option<Response>>,
    /// The items flagged for later.
    pub flagged: IndexSet<ItemId>,
    /// When and how it was handed in; none while it is open.
    pub finished: Option<(Timestamp, Handed)>,
    /// The record of the handing in; none while it is open.
    pub handed_by: Option<RecordId>,
    /// The mark of the whole: `Right` where it is passed, `Awaiting` while jurors could still decide that.
    pub total: Option<Marked>,
}

impl Exam {
    /// The exam `id` out of a person's records, in whatever order they come; none if its beginning is not among them.
    pub fn fold<'a>(id: AttemptId, evidence: impl IntoIterator<Item = &'a Evidence>) -> Option<Self> {
        let of_exam = |evidence: &&Evidence| match &evidence.record.body {
            RecordBody::ExamStarted(sitting) => sitting.attempt == id,
            RecordBody::Flagged { attempt, .. } | RecordBody::ExamFinished { attempt, .. } => *attempt == id,
            RecordBody::Answered { attempt, .. } => *attempt == Some(id),
            _ => false,
        };
        let sorted = in_device_order(in_order(evidence.into_iter().filter(of_exam).collect()));
        let mut made = sorted.iter().find_map(|one| match &one.record.body {
            RecordBody::ExamStarted(sitting) => {
                let items = sitting.sections.iter().flat_map(|section| &section.items);
                Some(Self {
                    started: one.record.at,
                    received: one.received,
                    answers: items.map(|entry| (entry.item.clone(), None)).collect(),
                    flagged: IndexSet::new(),
                    finished: None,
                    handed_by: None,
                    total: None,
                    sitting: (**sitting).clone(),
                })
            }
            _ => None,
        })?;
        for one in sorted {
            match &one.record.body {
                RecordBody::Answered { item, response, .. } if made.finished.is_none() => {
                    if let Some(place) = made.answers.get_mut(item) {
                        *place = Some(response.clone());
                    }
                }
                RecordBody::Flagged { item, on: true, .. } if made.answers.contains_key(item) => {
                    made.flagged.insert(item.clone());
                }
                RecordBody::Flagged { item, on: false, .. } => {
                    made.flagged.shift_remove(item);
                }
                RecordBody::ExamFinished { handed, .. } => {
                    made.finished = made.finished.or(Some((one.at(), *handed)));
                    made.handed_by = made.handed_by.or(Some(one.record.id));
                    made.total = made.total.max(one.mark);
                }
                _ => {}
            }
        }
        Some(made)
    }

    /// When it counts as begun: by the device's clock as long as that is believed.
    pub fn begun(&self) -> Timestamp {
        self.received.unwrap_or(self.started)
    }

    /// How many items have no answer, or an empty one.
    pub fn unanswered(&self) -> usize {
        let given = |answer: &&Option<Response>| answer.as_ref().is_some_and(|response| !response.is_empty());
        self.answers.len() - self.answers.values().filter(given).count()
    }

    /// What could be earned.
    pub fn max(&self) -> Points {
        let sections = self.sitting.sections.iter();
        sections
            .flat_map(|section| section.items.iter().map(|_| section.each))
            .sum()
    }

    /// What it comes to, with the items as they were asked; an item that `find` does not have is left unmarked and earns
    /// nothing.
    pub fn result<'i>(&self, find: impl Fn(&ItemId) -> Option<&'i Item>) -> ExamResult {
        let mut result = ExamResult {
            points: Points::ZERO,
            max: self.max(),
            awaiting: Points::ZERO,
            pass: self.sitting.pass,
            rows: Vec::new(),
            topics: IndexMap::new(),
            regulations: IndexMap::new(),
        };
        for (place, section) in self.sitting.sections.iter().enumerate() {
            for entry in &section.items {
                let nothing = Mark {
                    points: Points::ZERO,
                    max: section.each,
                    outcome: Outcome::Unanswered,
                };
                let response = self.answers.get(&entry.item).and_then(Option::as_ref);
                let item = find(&entry.item).filter(|item| item.revision == entry.revision);
                let mark = match (item, response) {
                    (Some(item), Some(response)) => mark(&item.body, response, section.each, self.sitting.rule),
                    _ => nothing,
                };
                result.add(place, &entry.item, item, mark);
            }
        }
        result
    }
}

/// What an exam comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExamResult {
    /// Points earned.
    pub points: Points,
    /// Points that could be earned.
    pub max: Points,
    /// Points of answers that wait for jurors; part of `max`, not of `points`.
    pub awaiting: Points,
    /// The share of `max` that passes.
    pub pass: Share,
    /// Each item in the order asked.
    pub rows: Vec<Row>,
    /// Earned and possible points by topic, in the order of first appearance; an item counts for each of its topics.
    pub topics: IndexMap<String, (Points, Points)>,
    /// The same by regulation cited (`id@version`).
    pub regulations: IndexMap<String, (Points, Points)>,
}

/// One item of a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The section's place, from 0.
    pub section: usize,
    /// The item.
    pub item: ItemId,
    /// Its mark.
    pub mark: Mark,
}

impl ExamResult {
    fn add(&mut self, section: usize, id: &ItemId, item: Option<&Item>, mark: Mark) {
        self.points = self.points + mark.points;
        if mark.outcome == Outcome::Awaiting {
            self.awaiting = self.awaiting + mark.max;
        }
        let sum = |map: &mut IndexMap<String, (Points, Points)>, key: String| {
            let entry = map.entry(key).or_default();
            *entry = (entry.0 + mark.points, entry.1 + mark.max);
        };
        if let Some(item) = item {
            for topic in &item.topics {
                sum(&mut self.topics, topic.clone());
            }
            for regulation in regulations(&item.basis) {
                sum(&mut self.regulations, regulation);
            }
        }
        self.rows.push(Row {
            section,
            item: id.clone(),
            mark,
        });
    }

    /// The points that pass, rounded up to a hundredth: a share is never passed by rounding.
    pub fn needed(&self) -> Points {
        let floor = self.max.share(self.pass);
        let exact = u64::from(self.max.0) * u64::from(self.pass.ten_thousandths()) % 10_000 == 0;
        if exact { floor } else { floor + Points(1) }
    }

    /// The mark of the whole.
    pub fn total(&self) -> Mark {
        let outcome = match self.passed() {
            Some(true) => Outcome::Right,
            Some(false) => Outcome::Wrong,
            None => Outcome::Awaiting,
        };
        Mark {
            points: self.points,
            max: self.max,
            outcome,
        }
    }

    /// Whether it is passed; none while jurors could still decide that.
    pub fn passed(&self) -> Option<bool> {
        if self.points >= self.needed() {
            Some(true)
        } else if self.points + self.awaiting >= self.needed() {
            None
        } else {
            Some(false)
        }
    }
}

/// The order of every fold, except that what one device counted later never stands before what it counted earlier: a clock
/// that was set back in the middle of an exam would otherwise put the handing in before the answers that it came after.
fn in_device_order(mut list: Vec<Settled<'_>>) -> Vec<Settled<'_>> {
    list.sort_by_key(|one| (one.record.device, one.record.seq, one.at(), one.record.id));
    let mut timed: Vec<(Timestamp, Settled)> = Vec::with_capacity(list.len());
    for one in list {
        let before = timed.last().filter(|(_, last)| last.record.device == one.record.device);
        let at = before.map_or(one.at(), |(at, _)| one.at().max(*at));
        timed.push((at, one));
    }
    timed.sort_by_key(|(at, one)| (*at, one.record.device, one.record.seq, one.at(), one.record.id));
    timed.into_iter().map(|(_, one)| one).collect()
}

/// The regulations of a basis, each once, as `id@version`.
fn regulations(basis: &Basis) -> IndexSet<String> {
    let citations = basis.citations().iter();
    citations
        .map(|citation| format!("{}@{}", citation.regulation, citation.version))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{DeviceId, PackHash, ProfileId, Uuid};
    use crate::marking::Rule;
    use crate::record::{Mode, Record, SittingItem, SittingSection};
    use crate::shuffle::Seed;
    use crate::units::{Minutes, Revision};

    /// What a clock far ahead says in place of a moment.
    const AHEAD: i64 = 7_200_000;

    fn attempt() -> AttemptId {
        AttemptId(Uuid::v7(1, 1))
    }

    fn told(device: u128, seq: u64, at: i64, received: Option<i64>, body: RecordBody) -> Evidence {
        let record = Record {
            at: Timestamp(at),
            device: DeviceId(Uuid::from_u128(device)),
            seq,
            id: RecordId(Uuid::v7(seq, device)),
            profile: ProfileId(Uuid::from_u128(1)),
            body,
        };
        Evidence {
            record,
            mark: None,
            received: received.map(Timestamp),
        }
    }

    fn begun() -> RecordBody {
        let item = SittingItem {
            item: "i-1".parse().unwrap(),
            revision: Revision(1),
            pack: PackHash::from_sha256(&[0; 32]),
        };
        let section = SittingSection {
            title: String::new(),
            each: Points::ONE,
            items: vec![item],
        };
        RecordBody::ExamStarted(Box::new(Sitting {
            attempt: attempt(),
            exam: "e-1".parse().unwrap(),
            mode: Mode::SelfTest,
            seed: Seed(1),
            minutes: Minutes(10),
            closes: None,
            pass: Share::of(6, 10),
            rule: Rule::default(),
            sections: vec![section],
        }))
    }

    fn says(truth: bool) -> RecordBody {
        RecordBody::Answered {
            attempt: Some(attempt()),
            item: "i-1".parse().unwrap(),
            revision: Revision(1),
            pack: PackHash::from_sha256(&[0; 32]),
            response: Response::Truth(Some(truth)),
        }
    }

    #[test]
    fn a_device_whose_clock_is_far_ahead_does_not_have_the_last_word() {
        let list = [
            told(1, 1, AHEAD, Some(1_000), begun()),
            told(1, 2, AHEAD + 5_000, Some(1_000), says(false)),
            told(2, 1, 60_000, None, says(true)),
        ];
        let exam = Exam::fold(attempt(), &list).unwrap();
        assert_eq!(exam.answers[0], Some(Response::Truth(Some(true))));
        // Its timer goes on by the clock that it began with.
        assert_eq!((exam.started.0, exam.begun().0), (AHEAD, 1_000));
    }

    #[test]
    fn what_a_device_counted_later_stays_behind_whatever_its_clock_said() {
        let handed = Handed {
            elapsed_ms: 1,
            by_time: false,
            doubtful: true,
        };
        let done = RecordBody::ExamFinished {
            attempt: attempt(),
            handed,
        };
        // Set right in the middle, and set back before the end.
        let list = [
            told(1, 1, AHEAD, Some(1_000), begun()),
            told(1, 2, 5_000, None, says(false)),
            told(1, 3, 6_000, None, says(true)),
            told(1, 4, 500, None, done),
        ];
        let exam = Exam::fold(attempt(), &list).unwrap();
        assert_eq!(exam.answers[0], Some(Response::Truth(Some(true))));
        assert_eq!(exam.handed_by, Some(RecordId(Uuid::v7(4, 1))));
    }
}
