//! The catalogue: the first file that the app reads, with the names of all others.

use crate::{Bilingual, FormError};
use serde::{Deserialize, Serialize};

/// The version of the catalogue that this build writes and reads.
pub const VERSION: u32 = 1;

/// Everything that is offered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catalogue {
    /// `VERSION`.
    pub v: u32,
    /// The courses offered, in order of their kind and title.
    pub courses: Vec<CourseEntry>,
    /// The kinds of venue of the handbook, in order.
    pub venues: Vec<VenueEntry>,
    /// What the list of venues is and is not.
    pub venues_note: String,
    /// The banks of exercises, in order of their folders.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exercises: Vec<ExerciseEntry>,
    /// The pack hash of the exams and contests; empty where there are none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub exams: String,
    /// The pack hash of the registry of regulations.
    pub registry: String,
    /// The pack hash of the index for searching; empty where there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub search: String,
    /// The pack hash of the list of regulation texts that the deployment installed; empty where there are none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub texts: String,
}

/// A course.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CourseEntry {
    /// The permanent id.
    pub id: String,
    /// The last part of its address.
    pub slug: String,
    /// `onboarding`, `rotation`, `enterprise`, `topic` or `outreach`.
    pub kind: String,
    /// Nominal study hours (学时).
    pub hours: u16,
    /// The title.
    pub title: Bilingual,
    /// What it is about.
    pub summary: Bilingual,
    /// Whom it is for: `inspector`, `principal`, `safety-manager`, `worker`, `public`.
    pub roles: Vec<String>,
    /// The lessons in order. Every visit reads the catalogue, so their titles are in the course's pack.
    pub lessons: Vec<LessonEntry>,
    /// The hash of the pack with objectives and lessons.
    pub pack: String,
    /// The course's bank.
    pub bank: BankEntry,
    /// Whether it has a unit exam, which has the course's slug for its id.
    #[serde(default, skip_serializing_if = "is_false")]
    pub exam: bool,
}

// The form that serde's `skip_serializing_if` asks for.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_false(value: &bool) -> bool {
    !*value
}

/// A bank of exercises: kinds beyond choices, which a page of its own shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExerciseEntry {
    /// The title.
    pub title: Bilingual,
    /// What it is about.
    pub summary: Bilingual,
    /// The names of the kinds in it.
    pub kinds: Vec<String>,
    /// The bank; its id is the last part of its address.
    pub bank: BankEntry,
}

/// A lesson in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LessonEntry {
    /// The permanent id.
    pub id: String,
    /// The last part of its address.
    pub slug: String,
}

/// A bank in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankEntry {
    /// The bank's id, the last part of its address.
    pub id: String,
    /// The pack's hash.
    pub pack: String,
    /// How many items it has.
    pub items: usize,
}

/// A kind of venue; without content it is shown as being written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VenueEntry {
    /// The last part of its address.
    pub slug: String,
    /// The title.
    pub title: Bilingual,
    /// How many checks it has.
    pub checks: usize,
    /// The hash of the pack with the checks; none while it is being written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pack: Option<String>,
    /// Its bank; none while it is being written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bank: Option<BankEntry>,
}

impl Catalogue {
    /// Reads a catalogue.
    ///
    /// # Errors
    /// Not JSON of the form, or of a newer version.
    pub fn read(bytes: &[u8]) -> Result<Self, FormError> {
        let catalogue: Self = serde_json::from_slice(bytes)?;
        if catalogue.v == VERSION {
            Ok(catalogue)
        } else {
            Err(FormError::Version(catalogue.v))
        }
    }

    /// All banks with the title of what they belong to.
    pub fn banks(&self) -> impl Iterator<Item = (&BankEntry, &Bilingual)> {
        let courses = self.courses.iter().map(|course| (&course.bank, &course.title));
        let venues = self.venues.iter();
        let exercises = self.exercises.iter().map(|entry| (&entry.bank, &entry.title));
        courses
            .chain(venues.filter_map(|venue| venue.bank.as_ref().map(|bank| (bank, &venue.title))))
            .chain(exercises)
    }
}
