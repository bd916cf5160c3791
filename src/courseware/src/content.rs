//! Content in memory: what a sound content folder says, with the place of everything that a later check may speak of.

use crate::diagnostic::{Diagnostic, Place};
pub use crate::exams::{Assessment, Exam, ExamKind, ExamPart};
use crate::figures;
use domain::catalogue::{CourseKind, CourseStatus};
use domain::citation::{Basis, Citation};
use domain::ids::{BankId, CourseId, ItemId, LessonId, VenueId};
use domain::item::{Item, ItemBody};
use domain::kinds::Exercise;
use domain::paper::Entry;
use std::fmt;
use wire::Bilingual;
use wire::item::ItemForm;
use wire::pack::{BlockForm, CheckForm, RegulationForm};

/// All that a content folder holds. What was broken is left out, so that the rest can still be shown; only content that
/// loaded without a diagnostic is to be published.
#[derive(Debug, Clone, Default)]
pub struct Content {
    /// The registry in its order.
    pub regulations: Vec<Regulation>,
    /// The courses of every status, in order of their folders.
    pub courses: Vec<Course>,
    /// The kinds of venue in the handbook's order.
    pub venues: Vec<Listing>,
    /// What the list of venues is and is not.
    pub venues_note: String,
    /// The banks of exercises of every status, in order of their folders.
    pub exercises: Vec<ExerciseBank>,
    /// The training stock of every status, in order of its folders; never in a public pack.
    pub stock: Vec<Stock>,
    /// Unit exams of courses, then of venues, then contests.
    pub exams: Vec<Exam>,
    /// Every place that cites: bases of items, of what is in them and of checks, citation lists of lessons. A `cite:` link repeats one of its
    /// lesson's list and is not counted again.
    pub citations: Vec<CitationUse>,
    /// Every text that the project wrote itself, for the paste detector.
    pub passages: Vec<Passage>,
}

/// A regulation of the registry.
#[derive(Debug, Clone)]
pub struct Regulation {
    /// What the registry says.
    pub form: RegulationForm,
    /// Where it says so.
    pub place: Place,
}

/// A course with its lessons and bank.
#[derive(Debug, Clone)]
pub struct Course {
    /// The permanent id.
    pub id: CourseId,
    /// The last part of its address and its folder's name; also the id of its bank.
    pub slug: String,
    /// Whether it is offered.
    pub status: CourseStatus,
    /// What it is for.
    pub kind: CourseKind,
    /// Its place among the courses of its kind, 1 to 999; 500 where the author says nothing.
    pub order: u16,
    /// Nominal study hours (学时) of 45 minutes.
    pub hours: u16,
    /// The title.
    pub title: Bilingual,
    /// What it is about.
    pub summary: Bilingual,
    /// Whom it is for.
    pub roles: Vec<String>,
    /// The industries that it is for; all where empty.
    pub industries: Vec<String>,
    /// What a learner can do afterwards.
    pub objectives: Vec<String>,
    /// Courses to work through before.
    pub prerequisites: Vec<String>,
    /// The lessons in order.
    pub lessons: Vec<Lesson>,
    /// The items.
    pub bank: Bank,
}

/// A lesson.
#[derive(Debug, Clone)]
pub struct Lesson {
    /// The permanent id.
    pub id: LessonId,
    /// The last part of its address: the file's name without number and ending.
    pub slug: String,
    /// Where it begins.
    pub place: Place,
    /// The title.
    pub title: Bilingual,
    /// Minutes of reading.
    pub minutes: u16,
    /// What the reader can do afterwards.
    pub objectives: Vec<String>,
    /// All that it cites.
    pub citations: Vec<Citation>,
    /// What this means for the reader, in plain language.
    pub meaning: String,
    /// The Markdown as the author wrote it.
    pub source: String,
    /// The body, sanitised.
    pub blocks: Vec<BlockForm>,
}

/// An item bank.
#[derive(Debug, Clone)]
pub struct Bank {
    /// The slug of the course or venue.
    pub id: BankId,
    /// The items in the author's order.
    pub items: Vec<BankItem>,
}

/// A bank of exercises with a page of its own.
#[derive(Debug, Clone)]
pub struct ExerciseBank {
    /// The permanent id.
    pub id: BankId,
    /// Whether it is offered.
    pub status: CourseStatus,
    /// The title.
    pub title: Bilingual,
    /// What it is about.
    pub summary: Bilingual,
    /// The items; its id is the folder's name.
    pub bank: Bank,
}

/// Training stock: a bank that assessments draw from until a deployment has banks of its own.
#[derive(Debug, Clone)]
pub struct Stock {
    /// The folder's name.
    pub slug: String,
    /// Whether assessments may draw from it.
    pub status: CourseStatus,
    /// The title.
    pub title: Bilingual,
    /// What every page and result of an assessment on it says.
    pub label: String,
    /// The items; its id is that of the stock, because the course or venue has the slug.
    pub bank: Bank,
}

/// An item, in the form of packs and in the domain.
#[derive(Debug, Clone)]
pub struct BankItem {
    /// As packs carry it.
    pub form: ItemForm,
    /// As marking uses it.
    pub item: Item,
    /// Figures that stand in no article cited, each with what it is derived from: for authors and reviewers, in no pack.
    pub derived: Vec<String>,
    /// Where it stands.
    pub place: Place,
}

/// A kind of venue in the handbook's list.
#[derive(Debug, Clone)]
pub struct Listing {
    /// The last part of its address and its folder's name.
    pub slug: String,
    /// The title.
    pub title: Bilingual,
    /// Whether its content is offered.
    pub ready: bool,
    /// Its content, where there is any.
    pub venue: Option<Venue>,
}

/// The content of a venue.
#[derive(Debug, Clone)]
pub struct Venue {
    /// The permanent id.
    pub id: VenueId,
    /// The title.
    pub title: Bilingual,
    /// What the page is for.
    pub summary: Bilingual,
    /// What counts as this venue and what does not.
    pub scope: String,
    /// The sections in order.
    pub sections: Vec<Section>,
    /// The items.
    pub bank: Bank,
}

/// A section of a venue.
#[derive(Debug, Clone)]
pub struct Section {
    /// Permanent within the venue.
    pub id: String,
    /// The title.
    pub title: Bilingual,
    /// The checks in the author's order.
    pub checks: Vec<VenueCheck>,
}

/// A check of a venue.
#[derive(Debug, Clone)]
pub struct VenueCheck {
    /// As packs carry it.
    pub form: CheckForm,
    /// Its basis.
    pub basis: Basis,
    /// Where it stands.
    pub place: Place,
}

/// What a citation is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// An `article` basis.
    Article,
    /// A `cited` basis.
    Cited,
    /// A lesson's list.
    Lesson,
    /// What a hazard may offend, to choose from.
    Ground,
}

/// A citation where it stands.
#[derive(Debug, Clone)]
pub struct CitationUse {
    /// What is cited.
    pub citation: Citation,
    /// What for.
    pub role: Role,
    /// Where.
    pub place: Place,
}

/// A text where it stands.
#[derive(Debug, Clone)]
pub struct Passage {
    /// Where.
    pub place: Place,
    /// The text.
    pub text: String,
}

impl BankItem {
    /// All that the item cites: its basis, the bases of what is in it, and the grounds to choose from.
    pub fn citations(&self) -> Vec<&Citation> {
        let mut citations: Vec<&Citation> = self.item.basis.citations().iter().collect();
        if let ItemBody::Exercise(exercise) = &self.item.body {
            let bases = wire::exercise::bases(exercise).into_iter();
            citations.extend(bases.flat_map(Basis::citations));
            if let Exercise::Hazard(scene) = exercise.as_ref() {
                citations.extend(scene.grounds().iter().filter_map(|ground| ground.citation.as_ref()));
            }
        }
        citations
    }

    /// What a draw needs to know of it.
    pub fn entry(&self) -> Entry<'_> {
        let Item {
            id,
            difficulty,
            group,
            topics,
            body,
            basis,
            ..
        } = &self.item;
        Entry {
            id,
            kind: body.kind(),
            difficulty: *difficulty,
            topics,
            group: group.as_deref(),
            assessable: !matches!(basis, Basis::Practice(_)),
        }
    }
}

impl Content {
    /// The banks of all courses, venues and exercises: what may become public.
    pub fn banks(&self) -> impl Iterator<Item = &Bank> {
        let venues = self.venues.iter().filter_map(|listing| listing.venue.as_ref());
        let exercises = self.exercises.iter().map(|exercises| &exercises.bank);
        let courses = self.courses.iter().map(|course| &course.bank);
        courses.chain(venues.map(|venue| &venue.bank)).chain(exercises)
    }

    /// The items of all banks and of the stock.
    pub fn items(&self) -> impl Iterator<Item = &BankItem> {
        let stock = self.stock.iter().map(|stock| &stock.bank);
        self.banks().chain(stock).flat_map(|bank| &bank.items)
    }

    /// The item with this id.
    pub fn item(&self, id: &ItemId) -> Option<&BankItem> {
        self.items().find(|item| item.item.id == *id)
    }

    /// The checks of all venues.
    pub fn checks(&self) -> impl Iterator<Item = &VenueCheck> {
        let venues = self.venues.iter().filter_map(|listing| listing.venue.as_ref());
        venues
            .flat_map(|venue| &venue.sections)
            .flat_map(|section| &section.checks)
    }

    /// What there is, beside the number of `problems` that checking it found.
    pub fn counts(&self, problems: &[Diagnostic]) -> Counts {
        Counts {
            lessons: self.courses.iter().map(|course| course.lessons.len()).sum(),
            items: self.items().count(),
            bases: Bases::of(self.items().map(|item| &item.item.basis)),
            citations: self.citations.len(),
            figures: figures::count(self),
            problems: problems.len(),
        }
    }

    /// What the checks of the handbook rest on.
    pub fn check_bases(&self) -> Bases {
        Bases::of(self.checks().map(|check| &check.basis))
    }
}

/// How much there is; its `Display` is the closing line of `courses check`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Lessons of all courses, drafts too.
    pub lessons: usize,
    /// Items of all banks and of the stock.
    pub items: usize,
    /// What those items rest on.
    pub bases: Bases,
    /// Citations by items, checks and lessons, repeated ones counted each time.
    pub citations: usize,
    /// Different figures in right answers and explanations, item by item: those that are to be proven.
    pub figures: usize,
    /// Diagnostics.
    pub problems: usize,
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            lessons,
            items,
            bases,
            citations,
            figures,
            problems,
        } = self;
        write!(
            f,
            "{lessons} lessons, {items} items ({bases}), {citations} citations, {figures} figures, {problems} problems"
        )
    }
}

/// Items or checks by the kind of their basis.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bases {
    /// Text at hand.
    pub article: usize,
    /// Text not at hand.
    pub cited: usize,
    /// Good practice.
    pub practice: usize,
}

impl Bases {
    fn of<'b>(all: impl Iterator<Item = &'b Basis>) -> Self {
        let mut bases = Self::default();
        for basis in all {
            match basis {
                Basis::Article(_) => bases.article += 1,
                Basis::Cited { .. } => bases.cited += 1,
                Basis::Practice(_) => bases.practice += 1,
            }
        }
        bases
    }
}

impl fmt::Display for Bases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            article,
            cited,
            practice,
        } = self;
        write!(f, "{article} article, {cited} cited, {practice} practice")
    }
}
