//! One JSON document of all content, for people who want to read, count or carry it elsewhere.

use crate::content::{Bank, Content, Course, Exam, ExamPart, ExerciseBank, Lesson, Stock, Venue};
use crate::course::{KINDS, STATUSES};
use domain::catalogue::CourseStatus;
use serde::Serialize;
use wire::exam::SectionForm;
use wire::item::ItemForm;
use wire::pack::{CheckForm, RegulationForm};
use wire::{Bilingual, FormError};

/// The version of the export.
pub const VERSION: u32 = 1;

#[derive(Serialize)]
struct Export<'c> {
    v: u32,
    regulations: Vec<&'c RegulationForm>,
    courses: Vec<CourseExport<'c>>,
    venues_note: &'c str,
    venues: Vec<VenueExport<'c>>,
    exercises: Vec<BankExport<'c>>,
    stock: Vec<BankExport<'c>>,
    exams: Vec<ExamExport<'c>>,
}

#[derive(Serialize)]
struct BankExport<'c> {
    id: &'c str,
    slug: &'c str,
    status: &'c str,
    title: &'c Bilingual,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<&'c Bilingual>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'c str>,
    items: Vec<&'c ItemForm>,
}

#[derive(Serialize)]
struct ExamExport<'c> {
    id: &'c str,
    title: &'c Bilingual,
    summary: &'c Bilingual,
    minutes: u16,
    pass: u8,
    parts: Vec<PartExport<'c>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    assessment: Option<PartExport<'c>>,
}

#[derive(Serialize)]
struct PartExport<'c> {
    bank: &'c str,
    must: &'c [String],
    sections: &'c [SectionForm],
}

#[derive(Serialize)]
struct CourseExport<'c> {
    id: &'c str,
    slug: &'c str,
    status: &'c str,
    kind: &'c str,
    order: u16,
    hours: u16,
    title: &'c Bilingual,
    summary: &'c Bilingual,
    audience: Audience<'c>,
    objectives: &'c [String],
    prerequisites: &'c [String],
    lessons: Vec<LessonExport<'c>>,
    items: Vec<&'c ItemForm>,
}

#[derive(Serialize)]
struct Audience<'c> {
    roles: &'c [String],
    industries: &'c [String],
}

#[derive(Serialize)]
struct LessonExport<'c> {
    id: &'c str,
    slug: &'c str,
    title: &'c Bilingual,
    minutes: u16,
    objectives: &'c [String],
    citations: Vec<String>,
    meaning: &'c str,
    markdown: &'c str,
}

#[derive(Serialize)]
struct VenueExport<'c> {
    slug: &'c str,
    title: &'c Bilingual,
    ready: bool,
    #[serde(flatten)]
    content: Option<VenueContent<'c>>,
}

#[derive(Serialize)]
struct VenueContent<'c> {
    id: &'c str,
    summary: &'c Bilingual,
    scope: &'c str,
    sections: Vec<SectionExport<'c>>,
    items: Vec<&'c ItemForm>,
}

#[derive(Serialize)]
struct SectionExport<'c> {
    id: &'c str,
    title: &'c Bilingual,
    checks: Vec<&'c CheckForm>,
}

/// All regulations, courses with lessons and items, venues with checks and items, exercises, stock and exams, as one indented
/// JSON document.
///
/// # Errors
/// None in practice: the document holds texts, numbers and lists only.
pub fn json(content: &Content) -> Result<String, FormError> {
    let venues = content.venues.iter().map(|listing| VenueExport {
        slug: &listing.slug,
        title: &listing.title,
        ready: listing.ready,
        content: listing.venue.as_ref().map(venue),
    });
    let export = Export {
        v: VERSION,
        regulations: content.regulations.iter().map(|regulation| &regulation.form).collect(),
        courses: content.courses.iter().map(course).collect(),
        venues_note: &content.venues_note,
        venues: venues.collect(),
        exercises: content.exercises.iter().map(exercises).collect(),
        stock: content.stock.iter().map(stock).collect(),
        exams: content.exams.iter().map(exam).collect(),
    };
    Ok(serde_json::to_string_pretty(&export)?)
}

fn items(bank: &Bank) -> Vec<&ItemForm> {
    bank.items.iter().map(|item| &item.form).collect()
}

fn course(course: &Course) -> CourseExport<'_> {
    CourseExport {
        id: course.id.as_str(),
        slug: &course.slug,
        status: status(course.status),
        kind: KINDS
            .iter()
            .find(|(_, kind)| *kind == course.kind)
            .map_or("", |(name, _)| name),
        order: course.order,
        hours: course.hours,
        title: &course.title,
        summary: &course.summary,
        audience: Audience {
            roles: &course.roles,
            industries: &course.industries,
        },
        objectives: &course.objectives,
        prerequisites: &course.prerequisites,
        lessons: course.lessons.iter().map(lesson).collect(),
        items: items(&course.bank),
    }
}

fn status(status: CourseStatus) -> &'static str {
    STATUSES
        .iter()
        .find(|(_, known)| *known == status)
        .map_or("", |(name, _)| name)
}

fn exercises(entry: &ExerciseBank) -> BankExport<'_> {
    BankExport {
        id: entry.id.as_str(),
        slug: entry.bank.id.as_str(),
        status: status(entry.status),
        title: &entry.title,
        summary: Some(&entry.summary),
        label: None,
        items: items(&entry.bank),
    }
}

fn stock(entry: &Stock) -> BankExport<'_> {
    BankExport {
        id: entry.bank.id.as_str(),
        slug: &entry.slug,
        status: status(entry.status),
        title: &entry.title,
        summary: None,
        label: Some(&entry.label),
        items: items(&entry.bank),
    }
}

fn part(part: &ExamPart) -> PartExport<'_> {
    PartExport {
        bank: part.bank.as_str(),
        must: &part.must,
        sections: &part.sections,
    }
}

fn exam(exam: &Exam) -> ExamExport<'_> {
    ExamExport {
        id: exam.id.as_str(),
        title: &exam.title,
        summary: &exam.summary,
        minutes: exam.minutes,
        pass: exam.pass,
        parts: exam.parts.iter().map(part).collect(),
        assessment: exam.assessment.as_ref().map(|assessment| part(&assessment.part)),
    }
}

fn lesson(lesson: &Lesson) -> LessonExport<'_> {
    LessonExport {
        id: lesson.id.as_str(),
        slug: &lesson.slug,
        title: &lesson.title,
        minutes: lesson.minutes,
        objectives: &lesson.objectives,
        citations: lesson.citations.iter().map(ToString::to_string).collect(),
        meaning: &lesson.meaning,
        markdown: &lesson.source,
    }
}

fn venue(venue: &Venue) -> VenueContent<'_> {
    let sections = venue.sections.iter().map(|section| SectionExport {
        id: &section.id,
        title: &section.title,
        checks: section.checks.iter().map(|check| &check.form).collect(),
    });
    VenueContent {
        id: venue.id.as_str(),
        summary: &venue.summary,
        scope: &venue.scope,
        sections: sections.collect(),
        items: items(&venue.bank),
    }
}
