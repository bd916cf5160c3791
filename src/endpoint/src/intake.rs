//! Judging one record of a batch, before the store sees it.

use crate::canonical::{self, Flaw};
use crate::store::NewRecord;
use domain::ids::AttemptId;
use domain::record::{Record, RecordBody};
use domain::time::Timestamp;
use serde::Deserialize;
use wire::FormError;
use wire::record::MAX_BYTES;

/// How far a record's time may lie ahead of the endpoint's clock before it is doubted, in milliseconds: one hour, more than
/// clocks that are roughly right differ and less than anything that a review schedule would notice.
pub const AHEAD: i64 = 3_600_000;

/// The most bytes of a kind's name.
const MAX_KIND: usize = 64;

/// Why a record is refused. Nothing is stored of it, and sending it again as it is will not help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejection {
    /// `too-large`: more than 64 KiB.
    TooLarge,
    /// `unreadable`: no object with the fields of a record, or with text or numbers that have no canonical form.
    Unreadable,
    /// `nesting`: arrays and objects lie deeper than 32 within each other.
    Nesting,
    /// `duplicate-key`: an object has a key twice, and readers disagree which of them counts.
    DuplicateKey,
    /// `bad-field:NAME`: the field holds what its type does not allow.
    BadField(&'static str),
    /// `profile-of-another`: the profile belongs to another person.
    ProfileOfAnother,
    /// `erased`: everything on the person was erased.
    Erased,
}

impl Rejection {
    /// The stable code.
    pub fn code(self) -> String {
        match self {
            Self::TooLarge => "too-large".into(),
            Self::Unreadable => "unreadable".into(),
            Self::Nesting => "nesting".into(),
            Self::DuplicateKey => "duplicate-key".into(),
            Self::BadField(name) => format!("bad-field:{name}"),
            Self::ProfileOfAnother => "profile-of-another".into(),
            Self::Erased => "erased".into(),
        }
    }
}

/// The code of a `conflict`: the person has a record with this id and other content, and that one stays.
pub const CONFLICT: &str = "other-content";

#[derive(Deserialize)]
struct OnlyId {
    id: String,
}

#[derive(Deserialize)]
struct OnlyKind {
    kind: String,
}

/// The id that a refused record claims to have; none where it has none that could be an id.
pub fn claimed_id(text: &str) -> Option<String> {
    let id = serde_json::from_str::<OnlyId>(text).ok()?.id;
    id.parse::<domain::ids::RecordId>().ok().map(|id| id.to_string())
}

/// Reads a record: what the store keeps, still without a verdict, and what marking needs.
///
/// # Errors
/// Why it is refused.
pub fn judge(text: &str, now: Timestamp) -> Result<(NewRecord, RecordBody), Rejection> {
    if text.len() > MAX_BYTES {
        return Err(Rejection::TooLarge);
    }
    canonical::check(text).map_err(|flaw| match flaw {
        Flaw::Unreadable => Rejection::Unreadable,
        Flaw::Nesting => Rejection::Nesting,
        Flaw::DuplicateKey => Rejection::DuplicateKey,
    })?;
    let Record {
        at, id, profile, body, ..
    } = wire::record::read(text).map_err(|error| match error {
        FormError::Field(name) => Rejection::BadField(name),
        FormError::Json(_) | FormError::Version(_) | FormError::Body(_) => Rejection::Unreadable,
    })?;
    let kind = serde_json::from_str::<OnlyKind>(text)
        .map_err(|_| Rejection::Unreadable)?
        .kind;
    if kind.is_empty() || kind.len() > MAX_KIND || kind.chars().any(char::is_control) {
        return Err(Rejection::BadField("kind"));
    }
    Ok((
        NewRecord {
            id,
            profile,
            kind,
            at,
            doubtful: doubtful(at, now),
            attempt: attempt(&body),
            raw: text.to_owned(),
            verdict: None,
        },
        body,
    ))
}

/// Whether a record that says `at` and was received at `received` says more than can be believed.
pub fn doubtful(at: Timestamp, received: Timestamp) -> bool {
    at.0.saturating_sub(received.0) > AHEAD
}

/// The attempt that a record counts in, for the records that exams are marked from.
pub fn attempt(body: &RecordBody) -> Option<AttemptId> {
    match body {
        RecordBody::Answered { attempt, .. } => *attempt,
        RecordBody::ExamStarted(sitting) => Some(sitting.attempt),
        RecordBody::ExamFinished { attempt, .. } => Some(*attempt),
        _ => None,
    }
}
