//! What the store does for the organizer's desk. Whatever changes something writes its line of the log in the same
//! transaction, so that neither is ever there without the other.

use super::{Hash, PersonId, StoreError};
use async_trait::async_trait;
use domain::ids::AttemptId;
use domain::time::Timestamp;
use wire::organize::{AuditRow, CodeLine, DeviceRow, PersonRow, UnitLine};

/// A one-time link to the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKey {
    /// The hash of its key.
    pub hash: Hash,
    /// How the organizer will be named in the log.
    pub name: String,
    /// Not to be used from this moment on.
    pub expires: Timestamp,
}

/// Who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// How the organizer is named in the log.
    pub name: String,
    /// When it ends.
    pub expires: Timestamp,
}

/// Something that an organizer does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Makes a unit of this name.
    NewUnit(String),
    /// Gives a unit another name.
    NameUnit(i64, String),
    /// Makes a code for a unit.
    NewCode {
        /// The unit's number.
        unit: i64,
        /// The code's hash.
        hash: Hash,
        /// Its first letters.
        shown: String,
        /// Not to be used from this moment on.
        expires: Timestamp,
        /// How many may join by it.
        max_uses: u32,
    },
    /// Closes a code and makes another one for the same unit with the same end and the uses that were left.
    RotateCode {
        /// The number of the old one.
        number: i64,
        /// The hash of the new one.
        hash: Hash,
        /// Its first letters.
        shown: String,
    },
    /// Closes a code.
    CloseCode(i64),
    /// Confirms that a person is who they say, by the person's id.
    Confirm(String),
    /// Makes a one-time code for a further device.
    Link {
        /// The person's id.
        person: String,
        /// The code's hash.
        hash: Hash,
        /// Not to be used from this moment on.
        expires: Timestamp,
    },
    /// Takes the token of a device away.
    Revoke {
        /// The person's id.
        person: String,
        /// What names the device at the desk.
        device: String,
    },
    /// Merges a double into the person who stays: records, papers, profiles, devices.
    Merge {
        /// The id of the double.
        double: String,
        /// The id of the one who stays.
        into: String,
    },
    /// Erases everything on a person.
    Erase(String),
    /// Takes a file out.
    Export {
        /// What is in it and by which filter.
        detail: String,
        /// How many rows it has.
        rows: u32,
    },
}

/// What came of an act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Acted {
    /// Done; what is remembered of these people holds no longer.
    Done(Vec<PersonId>),
    /// A unit was made.
    Unit(i64),
    /// A code was made.
    Code {
        /// Its number.
        number: i64,
        /// The unit's name.
        unit: String,
        /// Not to be used from this moment on.
        expires: Timestamp,
        /// How many may join by it.
        max_uses: u32,
    },
    /// There is no such unit, code, person or device; nothing was changed.
    Missing,
    /// Another unit has the name; nothing was changed.
    UnitTaken,
    /// The code to be rotated is closed, expired or used up; nothing was changed.
    CodeOver,
    /// The two have records of the same id and other content, so many; nothing was changed.
    Clash(u32),
}

/// Which people are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PeopleFilter {
    /// Only of this unit.
    pub unit: Option<i64>,
    /// Only those whose name or staff number holds this.
    pub find: Option<String>,
}

/// Which results are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ResultsFilter {
    /// Of these people only.
    pub people: PeopleFilter,
    /// Only of this mode.
    pub mode: Option<String>,
    /// Only of this exam.
    pub exam: Option<String>,
    /// From this moment on.
    pub from: Option<Timestamp>,
    /// Before this moment.
    pub before: Option<Timestamp>,
}

/// The place of a result in the list: the latest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResultPlace {
    /// When its handing in arrived, or it was begun.
    pub at: Timestamp,
    /// The attempt.
    pub attempt: AttemptId,
}

/// A result as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultLine {
    /// Its place.
    pub place: ResultPlace,
    /// Whose it is.
    pub person: PersonId,
    /// The person's id.
    pub uuid: String,
    /// The name.
    pub name: String,
    /// The staff number.
    pub staff_no: Option<String>,
    /// The unit's name.
    pub unit: String,
    /// The exam.
    pub exam: String,
    /// `self-test`, `contest` or `assessment`.
    pub mode: String,
    /// When its handing in arrived.
    pub handed_in: Option<Timestamp>,
    /// The verdict that holds, with points and most points; none for an assessment, which is marked when it is asked for.
    pub verdict: Option<(String, Option<(u32, u32)>)>,
    /// Whether the device said that its clocks disagreed.
    pub doubtful: bool,
}

/// Lessons of a course that a person finished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LessonsDone {
    /// The unit's number.
    pub unit: i64,
    /// The person.
    pub person: PersonId,
    /// The course's id as the records have it.
    pub course: String,
    /// The lesson's id.
    pub lesson: String,
}

/// An item that a person answered, and whether the last answer was right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemDone {
    /// The unit's number.
    pub unit: i64,
    /// The person.
    pub person: PersonId,
    /// The item's id.
    pub item: String,
    /// Whether the last answer that has a mark was right.
    pub right: bool,
}

/// The organizer's part of a store.
#[async_trait]
pub trait Desk: Send + Sync + 'static {
    /// Keeps a one-time link.
    async fn new_key(&self, key: NewKey, now: Timestamp) -> Result<(), StoreError>;

    /// Whether there ever was a link, used or not.
    async fn has_key(&self) -> Result<bool, StoreError>;

    /// Uses a link, which holds once, and begins a session; none where the key does not hold.
    async fn sign_in(
        &self,
        key: Hash,
        session: Hash,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<Option<Session>, StoreError>;

    /// The session of a cookie, if it holds now.
    async fn session(&self, session: &Hash, now: Timestamp) -> Result<Option<Session>, StoreError>;

    /// Ends a session.
    async fn sign_out(&self, session: Hash) -> Result<(), StoreError>;

    /// Does something and writes it into the log, both or neither.
    async fn act(&self, act: Act, organizer: String, now: Timestamp) -> Result<Acted, StoreError>;

    /// All units by name.
    async fn units(&self, now: Timestamp) -> Result<Vec<UnitLine>, StoreError>;

    /// All codes, the newest first.
    async fn code_lines(&self, now: Timestamp) -> Result<Vec<CodeLine>, StoreError>;

    /// People by unit and name, `limit` from the one numbered `after` on, and how many fit the filter.
    async fn people(&self, filter: &PeopleFilter, after: u32, limit: u32) -> Result<(Vec<PersonRow>, u32), StoreError>;

    /// The person of an id, with their devices and possible doubles; none where there is none or they were erased.
    async fn card(&self, person: &str) -> Result<Option<(PersonRow, Vec<DeviceRow>, Vec<PersonRow>)>, StoreError>;

    /// Results behind `after`, the latest first.
    async fn results(
        &self,
        filter: &ResultsFilter,
        after: Option<ResultPlace>,
        limit: u32,
    ) -> Result<Vec<ResultLine>, StoreError>;

    /// Which lessons were finished by people of this unit, or of all; each lesson of each person once.
    async fn lessons_done(&self, unit: Option<i64>) -> Result<Vec<LessonsDone>, StoreError>;

    /// Which items were answered by people of this unit, or of all; each item of each person once.
    async fn items_done(&self, unit: Option<i64>) -> Result<Vec<ItemDone>, StoreError>;

    /// The log, the latest first.
    async fn audit(&self, limit: u32) -> Result<Vec<AuditRow>, StoreError>;
}
