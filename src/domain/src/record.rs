//! Learning records: what a person did, append-only. Everything shown is derived from the set of them.

use crate::ids::{AttemptId, BankId, CourseId, DeviceId, ExamId, ItemId, LessonId, PackHash, ProfileId, RecordId};
use crate::item::Response;
use crate::marking::{Mark, Rule};
use crate::shuffle::Seed;
use crate::time::Timestamp;
use crate::units::{Minutes, Points, Revision, Share};

/// One record.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Record {
    /// When it happened by the device's clock.
    pub at: Timestamp,
    /// Where it happened.
    pub device: DeviceId,
    /// The device's own count, 1 and up, across all profiles of the device.
    pub seq: u64,
    /// The record's id. With the three fields above, and in their order, the order of every fold (DESIGN §5) as long as `at`
    /// is not doubtful; the derived order of this struct is that order, and `in_order` knows of doubts.
    pub id: RecordId,
    /// Whose it is.
    pub profile: ProfileId,
    /// What happened.
    pub body: RecordBody,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum RecordBody {
    /// A lesson was opened or worked through.
    Lesson {
        /// The course.
        course: CourseId,
        /// The lesson.
        lesson: LessonId,
        /// How far.
        state: LessonState,
    },
    /// A set of items was put together and begun.
    AttemptStarted {
        /// The attempt.
        attempt: AttemptId,
        /// What kind of test it is.
        mode: Mode,
        /// The bank.
        bank: BankId,
        /// The pack that the items were read from.
        pack: PackHash,
        /// What orders the options.
        seed: Seed,
        /// The items in the order asked.
        items: Vec<ItemId>,
    },
    /// An item was answered.
    Answered {
        /// The attempt; none for a check inside a lesson.
        attempt: Option<AttemptId>,
        /// The item.
        item: ItemId,
        /// The wording answered.
        revision: Revision,
        /// The pack that the item was read from: it is re-marked against this.
        pack: PackHash,
        /// The answer.
        response: Response,
    },
    /// An exam or a contest was begun: everything that its marking needs.
    ExamStarted(Box<Sitting>),
    /// A question of an exam was flagged for later, or the flag was taken off.
    Flagged {
        /// The attempt.
        attempt: AttemptId,
        /// The item.
        item: ItemId,
        /// Whether the flag is up.
        on: bool,
    },
    /// An exam was handed in.
    ExamFinished {
        /// The attempt.
        attempt: AttemptId,
        /// How.
        handed: Handed,
    },
    /// An attempt was ended by the person.
    AttemptFinished {
        /// The attempt.
        attempt: AttemptId,
    },
    /// A kind or version that this build does not know: kept and passed on, of no effect here.
    Unknown,
}

/// How far a lesson got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LessonState {
    /// Opened.
    Opened,
    /// Marked as read by the person.
    Finished,
}

/// What kind of test an attempt is (DESIGN §2.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// Practice: feedback after each item, proves nothing (练习).
    Practice,
    /// A timed test with local keys: works offline, proves nothing (自测).
    SelfTest,
    /// A practice contest with local keys (比武练习).
    Contest,
    /// An assessment: the paper comes from the endpoint without keys and is marked there (考核).
    Assessment,
}

/// One sitting of an exam or contest, as it was begun.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sitting {
    /// The attempt.
    pub attempt: AttemptId,
    /// The exam.
    pub exam: ExamId,
    /// What kind of test.
    pub mode: Mode,
    /// What the paper was drawn by, and what orders options.
    pub seed: Seed,
    /// How long it lasts.
    pub minutes: Minutes,
    /// When the exam closes for everybody, by the endpoint's clock.
    pub closes: Option<Timestamp>,
    /// The share of the points that passes.
    pub pass: Share,
    /// How incomplete choices are marked.
    pub rule: Rule,
    /// The paper.
    pub sections: Vec<SittingSection>,
}

/// A section of a sitting's paper.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SittingSection {
    /// Its title.
    pub title: String,
    /// What each item is worth.
    pub each: Points,
    /// The items in the order asked.
    pub items: Vec<SittingItem>,
}

/// An item of a sitting's paper.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SittingItem {
    /// The item.
    pub item: ItemId,
    /// The wording.
    pub revision: Revision,
    /// The pack that it was read from.
    pub pack: PackHash,
}

/// How an exam was handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Handed {
    /// How long it took by the exam's timer, in milliseconds.
    pub elapsed_ms: u64,
    /// Because the time was over.
    pub by_time: bool,
    /// The clocks disagreed: for whoever reviews it.
    pub doubtful: bool,
}

/// A record with what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The record.
    pub record: Record,
    /// For an answer: its mark. None where the pack is not at hand.
    pub mark: Option<Marked>,
    /// When the endpoint received it, said only of a record whose own time lies far ahead of the endpoint's clock: that time
    /// is doubtful, and this one counts in its place (DESIGN §5).
    pub received: Option<Timestamp>,
}

/// One record with all that was heard of it, as every fold takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settled<'a> {
    /// The record.
    pub record: &'a Record,
    /// The best-founded mark.
    pub mark: Option<Marked>,
    /// The endpoint's last word on when it arrived, where the record's own time is doubtful.
    pub received: Option<Timestamp>,
}

impl Settled<'_> {
    /// The time that counts.
    pub fn at(&self) -> Timestamp {
        self.received.unwrap_or(self.record.at)
    }
}

/// Each record once, in the order of every fold: (at, device, seq, id), with the receipt in place of a doubtful `at`. The same
/// for any order, any batching and any repetition of the evidence, whoever heard of a doubt first.
///
/// Two different records under one id cannot both be the person's; the one that is first in the order of records counts. Of
/// two marks of one record the endpoint's counts, of two receipts the later: a restored endpoint received it anew.
pub fn in_order(mut evidence: Vec<&Evidence>) -> Vec<Settled<'_>> {
    evidence.sort_unstable_by(|a, b| (a.record.id, &a.record).cmp(&(b.record.id, &b.record)));
    let mut settled: Vec<Settled> = Vec::with_capacity(evidence.len());
    for Evidence { record, mark, received } in evidence {
        match settled.last_mut().filter(|last| last.record.id == record.id) {
            Some(last) if last.record == record => {
                last.mark = last.mark.max(*mark);
                last.received = last.received.max(*received);
            }
            Some(_) => {}
            None => settled.push(Settled {
                record,
                mark: *mark,
                received: *received,
            }),
        }
    }
    settled.sort_unstable_by_key(|one| (one.at(), one.record.device, one.record.seq, one.record.id));
    settled
}

/// A mark and who gave it. The order puts the endpoint's above the device's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Marked {
    /// Marked on this device: provisional.
    Here(Mark),
    /// Marked by the endpoint: verified.
    ByEndpoint(Mark),
}

impl Marked {
    /// The mark, whoever gave it.
    pub fn mark(self) -> Mark {
        match self {
            Self::Here(mark) | Self::ByEndpoint(mark) => mark,
        }
    }

    /// Whether the endpoint gave it.
    pub fn verified(self) -> bool {
        matches!(self, Self::ByEndpoint(_))
    }
}
