//! What a catalogue says of courses: closed lists and how a person's progress in a course is counted.

use crate::ids::LessonId;
use crate::progress::Progress;
use crate::record::LessonState;
use crate::units::Share;

/// What a course is for (DESIGN §4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CourseKind {
    /// New inspectors (新进人员).
    Onboarding,
    /// Rotation training of existing inspectors (轮训).
    Rotation,
    /// Enterprises.
    Enterprise,
    /// One topic in depth.
    Topic,
    /// Everyone (五进).
    Outreach,
}

/// Whether a course is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CourseStatus {
    /// Being written: checked, never packed.
    Draft,
    /// Offered.
    Active,
    /// No longer offered; its records stay.
    Retired,
}

/// The share of `lessons` that the person has worked through.
pub fn completion<'a>(lessons: impl IntoIterator<Item = &'a LessonId>, progress: &Progress) -> Share {
    let (mut done, mut all) = (0, 0);
    for lesson in lessons {
        all += 1;
        done += usize::from(
            progress
                .lessons
                .get(lesson)
                .is_some_and(|known| known.state == LessonState::Finished),
        );
    }
    Share::of(done, all)
}
