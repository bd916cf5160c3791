//! Exams and contests: `exam.toml` beside a course or venue, and `contests/`. Each is proven to be one that its banks can
//! fill, by drawing it.

use crate::banks::STOCK;
use crate::content::{Bank, Content};
use crate::diagnostic::{Place, Rule};
use crate::document::Document;
use crate::fields::{Fields, SHORT};
use crate::handbook;
use crate::reader::{Reader, Space};
use crate::source::Tree;
use domain::catalogue::CourseStatus;
use domain::ids::{BankId, CourseId, ExamId, ItemId, PackHash};
use domain::paper::{Blueprint, Entry, Missing, draw};
use domain::shuffle::Seed;
use wire::exam::{ExamForm, PartForm, SectionForm};
use wire::item::kind_named;
use wire::{Bilingual, FormError};

/// The folder of the contests.
pub(crate) const CONTESTS: &str = "contests";

/// How many papers are drawn to prove that a bank can fill a blueprint: which items exclude one another depends on the seed.
const SEEDS: u64 = 20;

const UNIT: [&str; 4] = ["minutes", "pass", "must", "assessment"];
const CONTEST: [&str; 5] = ["id", "title", "summary", "minutes", "pass"];
const SECTION: [&str; 7] = ["title", "kinds", "topics", "difficulty", "count", "points", "each"];

/// What an exam is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExamKind {
    /// Of one course or venue.
    Unit,
    /// A practice contest.
    Contest,
}

/// An exam or a contest.
#[derive(Debug, Clone)]
pub struct Exam {
    /// The permanent id; of a unit exam the slug of its course or venue.
    pub id: ExamId,
    /// What it is for.
    pub kind: ExamKind,
    /// The course that a pass completes.
    pub course: Option<CourseId>,
    /// The title.
    pub title: Bilingual,
    /// What it is about.
    pub summary: Bilingual,
    /// The time to answer, in minutes.
    pub minutes: u16,
    /// Per cent of the points that pass, 1 to 100.
    pub pass: u8,
    /// The parts, each from a bank of its own.
    pub parts: Vec<ExamPart>,
    /// The same as an assessment, where it is offered as one.
    pub assessment: Option<Assessment>,
    /// Where it begins.
    pub place: Place,
}

/// Sections drawn from one bank.
#[derive(Debug, Clone)]
pub struct ExamPart {
    /// The bank.
    pub bank: BankId,
    /// Items that every paper holds.
    pub must: Vec<String>,
    /// The sections in order.
    pub sections: Vec<SectionForm>,
}

/// An exam as an assessment.
#[derive(Debug, Clone)]
pub struct Assessment {
    /// Drawn from the stock.
    pub part: ExamPart,
    /// How often it may be sat again; none: without limit.
    pub retakes: Option<u16>,
    /// How long after the end of one attempt the next may begin, in minutes.
    pub wait: u16,
}

impl Exam {
    /// As packs carry it, the pack of each bank by `pack`; none where a bank has none.
    pub fn form(&self, pack: impl Fn(&BankId) -> Option<PackHash>) -> Option<ExamForm> {
        self.with_parts(self.parts.iter(), pack)
    }

    /// The same drawn from the sealed bank; none where it is no assessment.
    pub fn sealed(&self, pack: impl Fn(&BankId) -> Option<PackHash>) -> Option<ExamForm> {
        let assessment = self.assessment.as_ref()?;
        self.with_parts(std::iter::once(&assessment.part), pack)
    }

    fn with_parts<'p>(
        &self,
        parts: impl Iterator<Item = &'p ExamPart>,
        pack: impl Fn(&BankId) -> Option<PackHash>,
    ) -> Option<ExamForm> {
        let part = |part: &ExamPart| {
            Some(PartForm {
                bank: part.bank.to_string(),
                pack: pack(&part.bank)?.to_string(),
                must: part.must.clone(),
                sections: part.sections.clone(),
            })
        };
        let kind = match self.kind {
            ExamKind::Unit => "unit",
            ExamKind::Contest => "contest",
        };
        let assessment = self.assessment.as_ref();
        Some(ExamForm {
            id: self.id.to_string(),
            kind: kind.into(),
            title: self.title.clone(),
            summary: self.summary.clone(),
            course: self.course.as_ref().map(ToString::to_string),
            minutes: self.minutes,
            pass: self.pass,
            assessment: assessment.is_some(),
            retakes: assessment.and_then(|assessment| assessment.retakes),
            wait: assessment.map_or(0, |assessment| assessment.wait),
            parts: parts.map(part).collect::<Option<_>>()?,
        })
    }
}

/// What the bank lacks for the blueprint, by the first of the seeds that draws no paper.
pub(crate) fn lacking(entries: &[Entry<'_>], blueprint: &Blueprint) -> Vec<Missing> {
    let mut papers = (0..SEEDS).map(|seed| draw(entries, blueprint, Seed(seed)));
    papers.find_map(Result::err).unwrap_or_default()
}

/// Reads all exams and contests; the banks that they draw from are in `content`.
pub(crate) fn load(tree: &Tree<'_>, reader: &Reader<'_>, content: &Content) -> Vec<Exam> {
    let mut exams = Vec::new();
    for course in &content.courses {
        let owner = Owner {
            slug: &course.slug,
            course: Some(&course.id),
            title: &course.title,
            summary: &course.summary,
            bank: &course.bank,
            offered: course.status == CourseStatus::Active,
        };
        exams.extend(unit(
            tree,
            reader,
            content,
            &format!("{}/exam.toml", course.slug),
            &owner,
        ));
    }
    for listing in &content.venues {
        let Some(venue) = &listing.venue else { continue };
        let owner = Owner {
            slug: &listing.slug,
            course: None,
            title: &venue.title,
            summary: &venue.summary,
            bank: &venue.bank,
            offered: listing.ready,
        };
        let file = format!("{}/{}/exam.toml", handbook::FOLDER, listing.slug);
        exams.extend(unit(tree, reader, content, &file, &owner));
    }
    // Of a course or venue that could not be read nothing more is said.
    for folder in tree.folders("") {
        tree.allow(&format!("{folder}/exam.toml"));
    }
    for folder in tree.folders(handbook::FOLDER) {
        tree.allow(&format!("{}/{folder}/exam.toml", handbook::FOLDER));
    }
    for file in tree.files(CONTESTS, ".toml") {
        exams.extend(contest(tree, reader, content, &file));
    }
    exams
}

/// What a unit exam belongs to.
struct Owner<'c> {
    slug: &'c str,
    course: Option<&'c CourseId>,
    title: &'c Bilingual,
    summary: &'c Bilingual,
    bank: &'c Bank,
    offered: bool,
}

/// A part as read, with the places that the proof speaks of.
#[derive(Clone)]
struct Draft {
    part: ExamPart,
    sections: Vec<Place>,
    must: Place,
}

fn unit(tree: &Tree<'_>, reader: &Reader<'_>, content: &Content, file: &str, owner: &Owner<'_>) -> Option<Exam> {
    if !tree.has(file) {
        return None;
    }
    let report = reader.report;
    let before = report.count();
    let source = tree.read(file, "describe the exam")?;
    let document = Document::parse(&source, 0..source.text.len(), report);
    let fields = document.root("exam", &UNIT, &["section"], report);
    let id: ExamId = owner.slug.parse().ok()?;
    reader.claim(Space::Exam, owner.slug, fields.place());
    let (minutes, pass) = frame(&fields);
    let own = draft(&fields, &document.tables("section", report), owner.bank.id.clone());
    let mut assessment = None;
    let mut sealed = None;
    if let Some(table) = fields
        .has("assessment")
        .then(|| fields.table("assessment", "{ stock = \"…\" }"))
        .flatten()
    {
        table.known(&["stock", "retakes", "wait", "must", "section"]);
        let stock = table.text("stock", SHORT);
        let found = content.stock.iter().find(|known| known.slug == stock);
        let mut part = draft(&table, &table.tables("section"), owner.bank.id.clone());
        if part.part.sections.is_empty() {
            part.part.sections.clone_from(&own.part.sections);
            part.sections.clone_from(&own.sections);
        }
        match found {
            Some(found) => {
                if owner.offered && found.status != CourseStatus::Active {
                    let message = format!("the stock `{stock}` is not active");
                    table.wrong(
                        "stock",
                        Rule::ExamBank,
                        message,
                        "set its status to active, or draw from another one",
                    );
                }
                part.part.bank = found.bank.id.clone();
                sealed = Some((part.clone(), &found.bank));
                assessment = Some(Assessment {
                    part: part.part,
                    retakes: table.optional_number("retakes", &(0..=100)),
                    wait: table.optional_number("wait", &(0..=20_160)).unwrap_or_default(),
                });
            }
            // A stock that could not be read has its own diagnostics.
            None if stock.is_empty() || tree.folders(STOCK).contains(&stock) => {}
            None => {
                let message = format!("there is no {STOCK}/{stock}");
                table.wrong(
                    "stock",
                    Rule::ExamBank,
                    message,
                    "name a folder of stock, or remove [assessment]",
                );
            }
        }
    }
    let exam = Exam {
        id,
        kind: ExamKind::Unit,
        course: owner.course.cloned(),
        title: owner.title.clone(),
        summary: owner.summary.clone(),
        minutes,
        pass,
        parts: vec![own.part.clone()],
        assessment,
        place: source.place(0),
    };
    if report.count() == before && !document.broken() {
        prove(reader, &exam, &own, owner.bank, false);
        if let Some((draft, bank)) = &sealed {
            prove(reader, &exam, draft, bank, true);
        }
    }
    (report.count() == before).then_some(exam)
}

fn contest(tree: &Tree<'_>, reader: &Reader<'_>, content: &Content, file: &str) -> Option<Exam> {
    let report = reader.report;
    let before = report.count();
    let source = tree.read(&format!("{CONTESTS}/{file}"), "describe the contest")?;
    let document = Document::parse(&source, 0..source.text.len(), report);
    let fields = document.root("contest", &CONTEST, &["part"], report);
    let id = fields.id::<ExamId>("id");
    if let Some(id) = &id {
        reader.claim(Space::Exam, id.as_str(), fields.at("id"));
        if file.strip_suffix(".toml") != Some(id.as_str()) {
            let message = format!("the id is `{id}` but the file is {file}");
            fields.wrong("id", Rule::SlugFolder, message, "give both one name");
        }
    }
    let title = fields.bilingual("title", SHORT);
    let summary = fields.bilingual("summary", 300);
    reader.passage(fields.at("summary"), &summary.zh);
    let (minutes, pass) = frame(&fields);
    let mut drafts: Vec<(Draft, Option<&Bank>)> = Vec::new();
    for table in document.tables("part", report) {
        table.known(&["bank", "must", "section"]);
        let Some(bank) = table.id::<BankId>("bank") else {
            continue;
        };
        let found = offered(content, &bank);
        let remedy = "name the slug of an active course, a ready venue or an active bank of exercises";
        match found {
            Some((_, false)) => table.wrong(
                "bank",
                Rule::ExamBank,
                format!("the bank `{bank}` is not offered"),
                remedy,
            ),
            None if content.stock.iter().any(|stock| stock.bank.id == bank) => {
                let message = format!("the bank `{bank}` is sealed: what it holds may not be published");
                table.wrong("bank", Rule::ExamBank, message, remedy);
            }
            None if !reader.seen(Space::Slug, bank.as_str()) => {
                table.wrong("bank", Rule::ExamBank, format!("there is no bank `{bank}`"), remedy);
            }
            _ => {}
        }
        if drafts.iter().any(|(other, _)| other.part.bank == bank) {
            let message = format!("two parts draw from `{bank}`");
            table.wrong(
                "bank",
                Rule::ExamForm,
                message,
                "make them sections of one part: no item may come twice",
            );
        }
        drafts.push((
            draft(&table, &table.tables("section"), bank),
            found.map(|(bank, _)| bank),
        ));
    }
    if drafts.is_empty() && report.count() == before {
        fields.need("part", "[[part]]");
    }
    let exam = Exam {
        id: id?,
        kind: ExamKind::Contest,
        course: None,
        title,
        summary,
        minutes,
        pass,
        parts: drafts.iter().map(|(draft, _)| draft.part.clone()).collect(),
        assessment: None,
        place: source.place(0),
    };
    if report.count() == before && !document.broken() {
        for (draft, bank) in &drafts {
            if let Some(bank) = bank {
                prove(reader, &exam, draft, bank, false);
            }
        }
    }
    (report.count() == before).then_some(exam)
}

/// The public bank with this id, and whether it is offered.
fn offered<'c>(content: &'c Content, id: &BankId) -> Option<(&'c Bank, bool)> {
    let courses = content.courses.iter();
    let courses = courses.map(|course| (&course.bank, course.status == CourseStatus::Active));
    let venues = content.venues.iter();
    let venues = venues.filter_map(|listing| listing.venue.as_ref().map(|venue| (&venue.bank, listing.ready)));
    let exercises = content.exercises.iter();
    let exercises = exercises.map(|entry| (&entry.bank, entry.status == CourseStatus::Active));
    courses.chain(venues).chain(exercises).find(|(bank, _)| bank.id == *id)
}

fn frame(fields: &Fields<'_>) -> (u16, u8) {
    let minutes = fields.number("minutes", 1..=600);
    // 1 to 100 fits a u8.
    let pass = u8::try_from(fields.number("pass", 1..=100)).unwrap_or(100);
    (minutes, pass)
}

fn draft(fields: &Fields<'_>, tables: &[Fields<'_>], bank: BankId) -> Draft {
    let must = fields.optional_texts("must", SHORT);
    for (id, place) in &must {
        if let Err(error) = id.parse::<ItemId>() {
            fields.wrong_at(place, Rule::IdForm, format!("`{id}` is no id"), error.to_string());
        }
    }
    let sections: Vec<Place> = tables.iter().map(Fields::place).collect();
    Draft {
        part: ExamPart {
            bank,
            must: must.into_iter().map(|(id, _)| id).collect(),
            sections: tables.iter().map(section).collect(),
        },
        must: fields.at("must"),
        sections,
    }
}

fn section(fields: &Fields<'_>) -> SectionForm {
    fields.known(&SECTION);
    let kinds = fields.optional_texts("kinds", SHORT);
    for (kind, place) in &kinds {
        if kind_named(kind).is_none() {
            let remedy = "write the name of a kind of item, like \"single\"";
            fields.wrong_at(place, Rule::FieldValue, format!("`{kind}` is no kind"), remedy);
        }
    }
    if fields.has("count") == fields.has("points") {
        let message = "a section asks for `count` items or for `points`";
        fields.wrong("count", Rule::ExamForm, message, "write one of the two");
    }
    fields.need("each", "2");
    let texts = |list: Vec<(String, Place)>| list.into_iter().map(|(text, _)| text).collect();
    let level = |level| u8::try_from(level).unwrap_or(5);
    SectionForm {
        title: fields.text("title", SHORT),
        kinds: texts(kinds),
        topics: texts(fields.optional_texts("topics", SHORT)),
        difficulty: fields
            .pair("difficulty", &(1..=5))
            .map(|(least, most)| (level(least), level(most))),
        count: fields.optional_number("count", &(1..=500)),
        points: fields.points("points"),
        each: fields.points("each").unwrap_or_default(),
    }
}

/// Holds one part against its bank: it asks for a paper, and the bank can fill it.
fn prove(reader: &Reader<'_>, exam: &Exam, draft: &Draft, bank: &Bank, assessment: bool) {
    let report = reader.report;
    let top = || exam.place.clone();
    let section = |place: usize| draft.sections.get(place).cloned().unwrap_or_else(top);
    // The packs are not made yet; a blueprint does not look at them.
    let nothing = PackHash::from_sha256(&[0; 32]);
    let form = exam.with_parts(std::iter::once(&draft.part), |_| Some(nothing));
    let made = form.map(|form| form.blueprints(assessment));
    let blueprint = match made {
        Some(Ok(blueprints)) => blueprints.into_iter().next().map(|(_, _, blueprint)| blueprint),
        Some(Err(error)) => {
            let message = match error {
                FormError::Body(message) => message,
                other => other.to_string(),
            };
            // 'section 2 …' names a section by its number.
            let number = message
                .split("section ")
                .nth(1)
                .and_then(|rest| rest.split(' ').next()?.parse().ok());
            let place = number.map_or_else(top, |number: usize| section(number.saturating_sub(1)));
            report.add(
                place,
                Rule::ExamForm,
                message,
                "correct the section, its count, points or `must`",
            );
            return;
        }
        None => None,
    };
    // What a bank lacks because its items could not be read is not the exam's fault.
    let Some(blueprint) = blueprint.filter(|_| !reader.damaged(&bank.id)) else {
        return;
    };
    let entries: Vec<Entry<'_>> = bank.items.iter().map(crate::content::BankItem::entry).collect();
    for missing in lacking(&entries, &blueprint) {
        let (place, remedy) = match &missing {
            Missing::Items { section: place, .. } => (section(*place), "ask for less, or add items to the bank"),
            _ => (draft.must.clone(), "correct `must`"),
        };
        report.add(place, Rule::ExamFill, format!("bank {}: {missing}", bank.id), remedy);
    }
}
