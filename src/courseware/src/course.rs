//! A course folder: `course.toml`, its lessons in order, its bank.

use crate::content::{Course, Lesson};
use crate::diagnostic::{Place, Report, Rule};
use crate::document::Document;
use crate::fields::{Fields, SHORT};
use crate::items;
use crate::lesson;
use crate::reader::{Reader, Space};
use crate::source::Tree;
use domain::catalogue::{CourseKind, CourseStatus};
use domain::ids::{BankId, CourseId};
use std::collections::{HashMap, HashSet};

const FIELDS: [&str; 12] = [
    "id",
    "slug",
    "status",
    "kind",
    "order",
    "hours",
    "title",
    "summary",
    "audience",
    "objectives",
    "prerequisites",
    "lessons",
];
pub(crate) const STATUSES: [(&str, CourseStatus); 3] = [
    ("draft", CourseStatus::Draft),
    ("active", CourseStatus::Active),
    ("retired", CourseStatus::Retired),
];
/// The names of the kinds in the order of the catalogue.
pub(crate) const KINDS: [(&str, CourseKind); 5] = [
    ("onboarding", CourseKind::Onboarding),
    ("rotation", CourseKind::Rotation),
    ("enterprise", CourseKind::Enterprise),
    ("topic", CourseKind::Topic),
    ("outreach", CourseKind::Outreach),
];
const ROLES: [&str; 5] = ["inspector", "principal", "safety-manager", "worker", "public"];

/// A course as read, with what is checked once all courses are known.
pub(crate) struct Read {
    /// None where something is wrong with it.
    pub(crate) course: Option<Course>,
    pub(crate) id: String,
    pub(crate) prerequisites: Vec<(String, Place)>,
}

/// Reads the course in `folder`.
pub(crate) fn load(tree: &Tree<'_>, reader: &Reader<'_>, folder: &str) -> Option<Read> {
    let report = reader.report;
    let before = report.count();
    let remedy = "describe the course as courses/README.md says, or remove the folder";
    let Some(source) = tree.read(&format!("{folder}/course.toml"), remedy) else {
        // Without it the folder's other files mean nothing yet: one diagnostic is enough.
        for ending in [".md", "items.toml", ".svg", "exam.toml"] {
            tree.files(folder, ending)
                .iter()
                .for_each(|name| tree.allow(&format!("{folder}/{name}")));
        }
        return None;
    };
    let document = Document::parse(&source, 0..source.text.len(), report);
    let fields = document.root("course", &FIELDS, &[], report);
    let id = fields.id::<CourseId>("id");
    if let Some(id) = &id {
        reader.claim(Space::Course, id.as_str(), fields.at("id"));
    }
    let slug = fields.id::<BankId>("slug");
    if let Some(slug) = &slug {
        reader.claim(Space::Slug, slug.as_str(), fields.at("slug"));
        if slug.as_str() != folder {
            let message = format!("the slug is `{slug}` but the folder is `{folder}`");
            fields.wrong("slug", Rule::SlugFolder, message, "give both one name");
        }
    }
    let bank = items::load(tree, reader, folder, slug.clone().or_else(|| folder.parse().ok())?);
    let listed = fields.texts("lessons", SHORT);
    let lessons = lessons(
        tree,
        reader,
        folder,
        &listed,
        &bank,
        document.broken() || !fields.has("lessons"),
    );
    let status = fields.one_of("status", &STATUSES);
    if status == Some(CourseStatus::Active) {
        for (field, empty) in [
            ("lessons", listed.is_empty() && fields.has("lessons")),
            ("slug", bank.items.is_empty()),
        ] {
            if empty && (field == "lessons" || report.count() == before) {
                let what = if field == "lessons" { "lessons" } else { "items" };
                fields.wrong(
                    field,
                    Rule::ListEmpty,
                    format!("an active course has {what}"),
                    "add some, or set status = \"draft\"",
                );
            }
        }
    }
    let prerequisites = fields.texts("prerequisites", SHORT);
    let (roles, industries) = audience(&fields);
    let kind = fields.one_of("kind", &KINDS);
    let order = fields.optional_number("order", &(1..=999)).unwrap_or(500);
    let hours = fields.number("hours", 1..=200);
    let title = fields.bilingual("title", SHORT);
    let summary = fields.bilingual("summary", 300);
    let objectives = fields.some_texts("objectives", 200);
    reader.passage(fields.at("summary"), &summary.zh);
    for objective in &objectives {
        reader.passage(fields.at("objectives"), objective);
    }
    let course_id = id.as_ref().map(ToString::to_string).unwrap_or_default();
    let course = || {
        Some(Course {
            id: id?,
            slug: slug?.to_string(),
            status: status?,
            kind: kind?,
            order,
            hours,
            title,
            summary,
            roles,
            industries,
            objectives,
            prerequisites: prerequisites.iter().map(|(text, _)| text.clone()).collect(),
            lessons,
            bank,
        })
    };
    Some(Read {
        course: course(),
        id: course_id,
        prerequisites,
    })
}

/// Whom the course is for: the roles and the industries, both empty where the table is wrong.
fn audience(fields: &Fields<'_>) -> (Vec<String>, Vec<String>) {
    let (mut roles, mut industries) = (Vec::new(), Vec::new());
    if let Some(audience) = fields.table("audience", "{ roles = [\"inspector\"], industries = [] }") {
        audience.known(&["roles", "industries"]);
        roles = audience.some_texts("roles", SHORT);
        for role in roles.iter().filter(|role| !ROLES.contains(&role.as_str())) {
            let remedy = format!("write one of {}", ROLES.join(", "));
            audience.wrong("roles", Rule::FieldValue, format!("`{role}` is no role"), remedy);
        }
        industries = audience
            .texts("industries", SHORT)
            .into_iter()
            .map(|(text, _)| text)
            .collect();
    }
    (roles, industries)
}

/// The lessons in the order that `course.toml` gives; those that it does not name are read too, so that their errors
/// are told at once.
fn lessons(
    tree: &Tree<'_>,
    reader: &Reader<'_>,
    folder: &str,
    listed: &[(String, Place)],
    bank: &crate::content::Bank,
    unsure: bool,
) -> Vec<Lesson> {
    let report = reader.report;
    let mut lessons: Vec<Lesson> = Vec::new();
    let mut slugs: HashMap<String, String> = HashMap::new();
    let mut take = |name: &str| {
        if let Some(lesson) = lesson::load(tree, reader, folder, name, bank) {
            if let Some(other) = slugs.insert(lesson.slug.clone(), name.into()) {
                let message = format!("the address `{}` is that of {other}.md too", lesson.slug);
                report.add(
                    lesson.place.clone(),
                    Rule::IdDuplicate,
                    message,
                    "give the file another name after its number",
                );
            }
            lessons.push(lesson);
        }
    };
    let mut seen = HashSet::new();
    for (name, place) in listed {
        let add = |rule, message: String, remedy: &str| report.add(place.clone(), rule, message, remedy);
        if !seen.insert(name.as_str()) {
            add(
                Rule::IdDuplicate,
                format!("the lesson `{name}` stands twice in the list"),
                "remove one",
            );
        } else if !well_named(name) {
            let remedy = "name it like 01-first: two digits, a hyphen, letters, digits and hyphens; without .md";
            add(Rule::IdForm, format!("`{name}` is no lesson's name"), remedy);
        } else if tree.has(&format!("{folder}/{name}.md")) {
            take(name);
        } else {
            add(
                Rule::LessonMissing,
                format!("{folder}/{name}.md is missing"),
                "write it, or take it out of the list",
            );
        }
    }
    for file in tree.files(folder, ".md") {
        let name = file.trim_end_matches(".md");
        if seen.contains(name) {
            continue;
        }
        if !unsure {
            let place = Place::top(&format!("{folder}/{file}"));
            let message = "course.toml does not name this lesson";
            report.add(
                place,
                Rule::LessonUnlisted,
                message,
                format!("add \"{name}\" to `lessons`, or remove the file"),
            );
        }
        lesson::load(tree, reader, folder, name, bank);
    }
    lessons
}

fn well_named(name: &str) -> bool {
    let Some((number, slug)) = name.split_once('-') else {
        return false;
    };
    number.len() == 2 && number.bytes().all(|b| b.is_ascii_digit()) && slug.parse::<BankId>().is_ok()
}

/// Prerequisites exist, and no courses wait for one another.
pub(crate) fn prerequisites(courses: &[Read], report: &Report) {
    let mut open: HashMap<&str, Vec<&str>> = HashMap::new();
    for course in courses {
        let mut waits = Vec::new();
        for (wanted, place) in &course.prerequisites {
            if courses.iter().any(|other| other.id == *wanted) {
                waits.push(wanted.as_str());
            } else if !wanted.is_empty() {
                let message = format!("no course has the id `{wanted}`");
                report.add(
                    place.clone(),
                    Rule::Prerequisite,
                    message,
                    "name the id of a course (c-…), not its slug",
                );
            }
        }
        open.insert(&course.id, waits);
    }
    // Take away what waits for nothing open until nothing changes: what is left waits for itself in a circle.
    loop {
        let free: Vec<&str> = open
            .iter()
            .filter(|(_, waits)| !waits.iter().any(|id| open.contains_key(id)))
            .map(|(id, _)| *id)
            .collect();
        if free.is_empty() {
            break;
        }
        for id in free {
            open.remove(id);
        }
    }
    for course in courses.iter().filter(|course| open.contains_key(course.id.as_str())) {
        if let Some((wanted, place)) = course
            .prerequisites
            .iter()
            .find(|(wanted, _)| open.contains_key(wanted.as_str()))
        {
            let message = format!("{} and {wanted} wait for one another", course.id);
            report.add(
                place.clone(),
                Rule::Prerequisite,
                message,
                "remove one of the prerequisites",
            );
        }
    }
}
