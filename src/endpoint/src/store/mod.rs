//! What the endpoint keeps, behind one trait. No type of a database appears here: SQLite is the first store, and what a
//! test suite demands of the trait holds for every store.

mod desk;
mod exams;
mod people;
pub mod sqlite;

pub use desk::{
    Act, Acted, Desk, ItemDone, LessonsDone, NewKey, PeopleFilter, ResultLine, ResultPlace, ResultsFilter, Session,
};
pub use people::{LinkClaim, Linked, MOST_LINKS, NewLink, PersonLine};

pub use exams::{AttemptRecord, Due, Given, GivenSitting, Limits, NewSitting, Refusal, SittingLine, may_begin};

use async_trait::async_trait;
use domain::ids::{AttemptId, ItemId, PackHash, ProfileId, RecordId};
use domain::item::Response;
use domain::time::{Day, Timestamp};
use std::collections::HashSet;
use wire::api::MarkForm;

/// The number of a person within one store; never shown to anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonId(pub i64);

/// The place of a record in the store's order of commit, 1 and up; 0 is before all. A place is never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place(pub i64);

/// A SHA-256: how secrets are stored.
pub type Hash = [u8; 32];

/// Why the store could not do what was asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The store could not be reached, is full or is closing; nothing was stored and the same may be tried again.
    #[error("the store is not available: {0}")]
    Unavailable(String),
    /// There is no room for more; nothing was stored. What is there can be read.
    #[error("there is no room: {0}")]
    Full(String),
    /// The database is newer than this program, or no database of ours.
    #[error("{0}")]
    Foreign(String),
}

/// How the marking of a record turned out, with the version of the marking code that said so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Marked against the pack that the person saw.
    Marked(MarkForm),
    /// The pack is not known yet.
    Unverified(PackHash),
    /// The pack is known and has no such item or not in this revision.
    UnknownItem,
}

/// The version of the marking code; raised when the same response would get another mark, so that a verdict says by which
/// rules it was reached.
pub const MARKER: i64 = 1;

/// A record that is fit to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRecord {
    /// Its id.
    pub id: RecordId,
    /// The profile that it belongs to.
    pub profile: ProfileId,
    /// The kind as the record names it.
    pub kind: String,
    /// When it happened, as the record says.
    pub at: Timestamp,
    /// Whether `at` lies far ahead of the endpoint's clock.
    pub doubtful: bool,
    /// The attempt that it counts in, for what exams are marked from.
    pub attempt: Option<AttemptId>,
    /// The exact text.
    pub raw: String,
    /// For an answered item: its marking.
    pub verdict: Option<Verdict>,
}

/// What became of one record of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Appended {
    /// New, and durable.
    Stored,
    /// There with the same content (RFC 8785 canonical form).
    Duplicate {
        /// The mark that holds.
        mark: Option<MarkForm>,
        /// When it arrived, where its own time is not believed.
        doubtful: Option<Timestamp>,
    },
    /// There with other content; what is there stays.
    Conflict,
    /// Its profile was claimed by another person.
    ProfileOfAnother,
    /// The person was erased; nothing was stored.
    Erased,
}

/// A stored record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRecord {
    /// Its place.
    pub place: Place,
    /// The exact text that was sent.
    pub raw: String,
    /// When it arrived, where its own time is not believed.
    pub doubtful: Option<Timestamp>,
    /// The mark that holds, for an answer that could be marked.
    pub mark: Option<MarkForm>,
}

/// A part of a person's records in the order of commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The records.
    pub records: Vec<StoredRecord>,
    /// Whether there are more behind them.
    pub more: bool,
}

/// Who wants to join and by what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// The hash of the unit's code.
    pub code: Hash,
    /// The profile that will be the person's.
    pub profile: ProfileId,
    /// The person's name.
    pub name: String,
    /// The staff number.
    pub staff_no: Option<String>,
    /// The hash of the token to be issued.
    pub token: Hash,
    /// The id that a new person gets, 36 characters.
    pub person: String,
}

/// How a wish to join turned out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Enrolled {
    /// The token holds.
    Joined {
        /// The person's id.
        person: String,
        /// The unit's name.
        unit: String,
    },
    /// No such code, or expired, closed or used up: the caller is not told which.
    CodeRefused,
    /// The profile is another person's, or this one's whose token has been used.
    ProfileClaimed,
}

/// The holder of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder {
    /// Who it is.
    pub person: PersonId,
    /// The day of the last use that was noted.
    pub last_day: Option<Day>,
    /// Whether everything on the person was erased: the token only tells that.
    pub erased: bool,
}

/// A code to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCode {
    /// Its hash.
    pub hash: Hash,
    /// Its first letters, to tell it from others.
    pub shown: String,
    /// The unit's name; a new unit is made where there is none of this name.
    pub unit: String,
    /// Not to be used from this moment on.
    pub expires: Timestamp,
    /// How many may join by it.
    pub max_uses: u32,
}

/// A code in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeLine {
    /// Its number, by which it can be closed.
    pub number: i64,
    /// Its first letters.
    pub shown: String,
    /// The unit's name.
    pub unit: String,
    /// Not to be used from this moment on.
    pub expires: Timestamp,
    /// How many may join by it.
    pub max_uses: u32,
    /// How many did.
    pub used: u32,
    /// Whether it was closed by hand.
    pub closed: bool,
}

/// An answer whose pack has arrived since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The record.
    pub place: Place,
    /// The pack that it waits for.
    pub pack: PackHash,
    /// The record's text.
    pub raw: String,
}

/// What the writing connection says of its own settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Durability {
    /// SQLite: `PRAGMA synchronous`; 2 is FULL, which syncs the log at every commit.
    pub synchronous: i64,
    /// SQLite: `PRAGMA journal_mode`.
    pub journal_mode: String,
}

/// A store. Each method that writes returns only once what it wrote is durable, or with an error and nothing written.
/// Methods may be called from any number of tasks at once.
#[async_trait]
pub trait Store: Desk {
    /// The name of this life of the store, read when it was opened; changed by `renew_epoch` alone.
    fn epoch(&self) -> &str;

    /// Appends a person's records: one result for each, in their order. All of a call is durable together or, with an
    /// error, none of it. A profile that nobody has yet becomes the person's. Records of an earlier call, of a concurrent
    /// one and of this one are told apart by (person, id). Places are given in the order in which records become visible.
    async fn append(
        &self,
        person: PersonId,
        now: Timestamp,
        records: Vec<NewRecord>,
    ) -> Result<Vec<Appended>, StoreError>;

    /// The person's records after `after` in the order of commit: at most `limit`, and fewer where their texts would pass
    /// about 1 MiB, but at least one if there is one. Never skips a record that becomes visible later.
    async fn records(&self, person: PersonId, after: Place, limit: usize) -> Result<Page, StoreError>;

    /// Joins a person by a code: takes one use of it, atomically, so that no more can join than the code allows.
    ///
    /// Where the profile was claimed by this code under the same name and staff number and no token of the person was ever
    /// used, the first answer was lost: a new token replaces the unused ones and no use is taken, even of a code that is
    /// used up or expired meanwhile, but not of a closed one.
    async fn enrol(&self, enrolment: Enrolment, now: Timestamp) -> Result<Enrolled, StoreError>;

    /// The holder of a token.
    async fn holder(&self, token: &Hash) -> Result<Option<Holder>, StoreError>;

    /// Notes that a token was used on a day.
    async fn touch(&self, token: &Hash, day: Day) -> Result<(), StoreError>;

    /// Makes a one-time code for a further device; false, and none made, where the person was erased. Of a person's codes that
    /// are open the oldest is closed where there would be more than `MOST_LINKS`.
    async fn new_link(&self, link: NewLink, now: Timestamp) -> Result<bool, StoreError>;

    /// Links a device by a code, which holds once: of two devices at once one is linked. The device that was linked may ask
    /// again as long as its token was not used, because the answer may have been lost.
    async fn link(&self, claim: LinkClaim, now: Timestamp) -> Result<Linked, StoreError>;

    /// What the store knows of a person; none where they were erased.
    async fn person(&self, person: PersonId) -> Result<Option<PersonLine>, StoreError>;

    /// Deletes everything on a person: records, verdicts, papers, codes, name and staff number. A tombstone stays, so that
    /// profiles and tokens are no other person's and records that come later are refused. False where it was done before.
    async fn erase(&self, person: PersonId, now: Timestamp) -> Result<bool, StoreError>;

    /// Makes a code.
    async fn new_code(&self, code: NewCode, now: Timestamp) -> Result<(), StoreError>;

    /// All codes, the newest first.
    async fn codes(&self) -> Result<Vec<CodeLine>, StoreError>;

    /// Closes a code by its number; whether there is such a code.
    async fn close_code(&self, number: i64, now: Timestamp) -> Result<bool, StoreError>;

    /// Keeps packs for ever; those already there stay as they are.
    async fn put_packs(&self, packs: Vec<(PackHash, Vec<u8>)>, now: Timestamp) -> Result<(), StoreError>;

    /// The bytes of a pack.
    async fn pack(&self, hash: PackHash) -> Result<Option<Vec<u8>>, StoreError>;

    /// Answers after `after` that wait for a pack that is there by now, at most `limit`, in the order of their places.
    async fn waiting(&self, after: Place, limit: usize) -> Result<Vec<Waiting>, StoreError>;

    /// Appends verdicts on waiting answers, which then no longer wait. A record that does not wait is left alone, so that
    /// two processes may settle the same.
    async fn settle(&self, verdicts: Vec<(Waiting, Verdict)>, now: Timestamp) -> Result<(), StoreError>;

    /// Whether a profile is another person's.
    async fn profile_of_another(&self, person: PersonId, profile: ProfileId) -> Result<bool, StoreError>;

    /// Keeps sealed banks for ever; those already there stay as they are.
    async fn put_sealed(&self, packs: Vec<(PackHash, Vec<u8>)>, now: Timestamp) -> Result<(), StoreError>;

    /// The bytes of a sealed bank. Not to be had by `pack`.
    async fn sealed_pack(&self, hash: PackHash) -> Result<Option<Vec<u8>>, StoreError>;

    /// Gives a paper, if the person may begin one now (`may_begin`): decided and written in one step, so that of two
    /// requests at once not both get the last attempt. A profile that nobody has yet becomes the person's.
    async fn give(&self, person: PersonId, new: NewSitting, now: Timestamp) -> Result<Given, StoreError>;

    /// A paper that was given to the person.
    async fn sitting(&self, person: PersonId, attempt: AttemptId) -> Result<Option<GivenSitting>, StoreError>;

    /// The papers that were given to the person, the oldest first.
    async fn sittings(&self, person: PersonId) -> Result<Vec<SittingLine>, StoreError>;

    /// Which of these attempts are papers that were given to the person.
    async fn given(&self, person: PersonId, attempts: &[AttemptId]) -> Result<HashSet<AttemptId>, StoreError>;

    /// The person's records of an attempt in the order of commit.
    async fn attempt_records(&self, person: PersonId, attempt: AttemptId) -> Result<Vec<AttemptRecord>, StoreError>;

    /// Notes that the result of a sitting was told: `place` is the last record that it took into account, if it is the
    /// first time, and the answers are those whose marks were told; for each item the first one noted stays.
    async fn tell(
        &self,
        attempt: AttemptId,
        place: Place,
        answers: Vec<(ItemId, Response)>,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Exams after `after` that were handed in and have records that their total does not take into account, at most
    /// `limit`, in the order of `Due`.
    async fn due(&self, after: Option<Due>, limit: usize) -> Result<Vec<Due>, StoreError>;

    /// Those of the person's exams among `attempts` that `due` would give.
    async fn due_of(&self, person: PersonId, attempts: &HashSet<AttemptId>) -> Result<Vec<Due>, StoreError>;

    /// Appends verdicts on the records that hand an exam in, which then is no longer due unless it `waits` for a pack. A
    /// verdict that says what the last one says is not written. False, and nothing written, where the exam is not due or
    /// has newer records than `due` says.
    async fn settle_total(
        &self,
        due: Due,
        verdicts: Vec<(Place, Verdict)>,
        waits: bool,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Gives the store a new epoch (32 hexadecimal digits), as after restoring a backup; holds from the next opening on.
    async fn renew_epoch(&self, epoch: String) -> Result<(), StoreError>;

    /// Writes a consistent copy of the whole store to a new file.
    async fn backup(&self, to: &std::path::Path) -> Result<(), StoreError>;

    /// Whether reading works and whoever writes is still at work.
    async fn health(&self) -> Result<(), StoreError>;

    /// What the writing connection says of its own settings.
    async fn durability(&self) -> Result<Durability, StoreError>;

    /// How many transactions were committed since the store was opened.
    fn commits(&self) -> u64;

    /// Finishes what is queued and closes the store; whatever is asked afterwards fails.
    async fn close(&self);
}
