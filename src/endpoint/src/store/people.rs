//! What the store knows of a person: further devices, and what it holds to be shown or erased.

use super::{Hash, PersonId};
use domain::ids::ProfileId;
use domain::time::Timestamp;

/// The most codes of one person that may be open at a time; a further one closes the oldest.
pub const MOST_LINKS: i64 = 5;

/// A one-time code for a further device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLink {
    /// Whose device it will be.
    pub person: PersonId,
    /// The hash of the code.
    pub hash: Hash,
    /// Not to be used from this moment on.
    pub expires: Timestamp,
}

/// A device that wants to be a person's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkClaim {
    /// The hash of the code.
    pub code: Hash,
    /// The profile of the device; from then on the person's.
    pub profile: ProfileId,
    /// The hash of the token to be issued.
    pub token: Hash,
}

/// How a wish to be linked turned out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Linked {
    /// The token holds.
    Linked(Box<PersonLine>),
    /// No such code, or used or expired: the caller is not told which.
    CodeRefused,
    /// The profile is another person's.
    ProfileClaimed,
}

/// A person as the store has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonLine {
    /// The id that the person sees.
    pub person: String,
    /// The name.
    pub name: String,
    /// The staff number.
    pub staff_no: Option<String>,
    /// The unit's name.
    pub unit: String,
    /// When they joined.
    pub joined: Timestamp,
    /// Their profiles, in the order in which they were claimed.
    pub profiles: Vec<ProfileId>,
    /// How many tokens hold: one for each device that was linked.
    pub tokens: u32,
    /// How many records are stored.
    pub records: u64,
}
