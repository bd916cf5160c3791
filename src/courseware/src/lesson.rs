//! A lesson: TOML front matter between `+++` lines, then Markdown with `{{check ITEM}}` lines.

use crate::content::{Bank, Lesson, Role};
use crate::diagnostic::Rule;
use crate::document::Document;
use crate::fields::{SHORT, is_odd};
use crate::items::CHOICES;
use crate::markdown::Renderer;
use crate::reader::{Reader, Space};
use crate::source::{Source, Tree};
use domain::citation::Citation;
use domain::ids::LessonId;
use std::collections::HashSet;
use std::ops::Range;
use wire::item::kind_name;
use wire::pack::BlockForm;

const FIELDS: [&str; 6] = ["id", "title", "minutes", "objectives", "citations", "meaning"];

/// The most characters of a paragraph in an author's own words: about two screens of a phone.
pub(crate) const PARAGRAPH: usize = 600;

/// Reads `folder/name.md`, whose `{{check}}` lines name items of `bank`.
pub(crate) fn load(tree: &Tree<'_>, reader: &Reader<'_>, folder: &str, name: &str, bank: &Bank) -> Option<Lesson> {
    let report = reader.report;
    let source = tree.read(
        &format!("{folder}/{name}.md"),
        "write the lesson, or take it out of course.toml",
    )?;
    let Some((front, body)) = split(&source) else {
        let remedy = "begin the file with +++, then TOML, then +++ on a line of its own";
        report.add(
            source.place(0),
            Rule::FrontMatter,
            "no front matter between two +++ lines",
            remedy,
        );
        return None;
    };
    let before = report.count();
    let document = Document::parse(&source, front, report);
    let fields = document.root("lesson", &FIELDS, &[], report);
    let id = fields.id::<LessonId>("id");
    let raw = fields.raw("id").unwrap_or(name);
    if let Some(id) = &id {
        reader.claim(Space::Lesson, id.as_str(), fields.at("id"));
    }
    let citations = reader.citations(raw, &fields.texts("citations", 120), Role::Lesson);
    let title = fields.bilingual("title", SHORT);
    let minutes = fields.number("minutes", 1..=240);
    let objectives = fields.some_texts("objectives", 200);
    let meaning = fields.text("meaning", PARAGRAPH);
    reader.passage(fields.at("meaning"), &meaning);
    for objective in &objectives {
        reader.passage(fields.at("objectives"), objective);
    }
    // A list that could not be read whole must not make every link of the body look unlisted.
    let listed = (!document.broken()).then_some(citations.as_slice());
    let blocks = blocks(reader, &source, body.clone(), listed, bank);
    let place = source.place(0);
    let (id, slug, source) = (id?, slug(name).into(), source.text[body].into());
    let lesson = Lesson {
        id,
        slug,
        place,
        title,
        minutes,
        objectives,
        citations,
        meaning,
        source,
        blocks,
    };
    (report.count() == before).then_some(lesson)
}

/// The last part of the lesson's address: `01-first` is `first`.
fn slug(name: &str) -> &str {
    name.split_once('-').map_or(name, |(_, slug)| slug)
}

/// The ranges of the front matter and of the body.
fn split(source: &Source) -> Option<(Range<usize>, Range<usize>)> {
    let mut marks = source
        .lines(0..source.text.len())
        .filter(|(_, line)| line.trim_end() == "+++");
    let (first, opening) = marks.next()?;
    let (second, closing) = marks.next()?;
    let end = |at: usize| (at + 1).min(source.text.len());
    (first == 0).then(|| {
        (
            end(opening.len())..second,
            end(second + closing.len())..source.text.len(),
        )
    })
}

/// The item that a `{{check ITEM}}` line names.
fn check(line: &str) -> Option<&str> {
    let inner = line.trim().strip_prefix("{{check ")?.strip_suffix("}}")?.trim();
    (!inner.is_empty() && !inner.contains(['{', '}', ' '])).then_some(inner)
}

fn blocks(
    reader: &Reader<'_>,
    source: &Source,
    body: Range<usize>,
    listed: Option<&[Citation]>,
    bank: &Bank,
) -> Vec<BlockForm> {
    let report = reader.report;
    let mut renderer = Renderer::default();
    let mut blocks = Vec::new();
    let mut shown = HashSet::new();
    let mut piece = body.start;
    let mut finish = |range: Range<usize>, blocks: &mut Vec<BlockForm>| {
        let html = renderer.render(&source.text[range.clone()]);
        for slip in renderer.slips.drain(..) {
            report.add(
                source.place(range.start + slip.at),
                slip.rule,
                slip.message,
                slip.remedy,
            );
        }
        for (at, cited) in renderer.cites.drain(..) {
            cite(reader, source, range.start + at, &cited, listed);
        }
        if !html.is_empty() {
            blocks.push(BlockForm { html, check: None });
        }
    };
    for (at, line) in source.lines(body.clone()) {
        if let Some(odd) = line.chars().find(|c| is_odd(*c) && *c != '\t') {
            let message = format!("the invisible character U+{:04X}", u32::from(odd));
            report.add(
                source.place(at),
                Rule::TextControl,
                message,
                "remove it (it often comes with copied text)",
            );
        }
        if let Some(item) = check(line) {
            finish(piece..at, &mut blocks);
            piece = (at + line.len() + 1).min(body.end);
            let known = bank.items.iter().any(|entry| entry.form.id == item);
            if !known && !reader.seen(Space::Locked, item) {
                let message = format!("{{{{check {item}}}}} names no item of the course's bank");
                report.add(
                    source.place(at),
                    Rule::CheckUnknown,
                    message,
                    "write the item in items.toml, or correct the id",
                );
            } else if !known && !in_folder(reader, source, item) {
                let message = format!("{{{{check {item}}}}} names an item of another bank");
                report.add(
                    source.place(at),
                    Rule::CheckUnknown,
                    message,
                    "use an item of this course's items.toml",
                );
            }
            let kind = bank.items.iter().find(|entry| entry.form.id == item);
            if let Some(kind) = kind.map(|entry| entry.item.body.kind())
                && !CHOICES.contains(&kind)
            {
                let message = format!("{{{{check {item}}}}} names an exercise of the kind {}", kind_name(kind));
                let remedy = "use a single, multiple or true-false item";
                report.add(source.place(at), Rule::CheckKind, message, remedy);
            }
            if !shown.insert(item) {
                let message = format!("{{{{check {item}}}}} stands twice in the lesson");
                report.add(source.place(at), Rule::CheckForm, message, "remove one");
            }
            blocks.push(BlockForm {
                html: String::new(),
                check: Some(item.into()),
            });
        } else if line.contains("{{") || line.contains("}}") {
            let remedy = "write {{check item-id}} on a line of its own";
            report.add(source.place(at), Rule::CheckForm, "not a {{check}} line", remedy);
        } else {
            reader.passage(source.place(at), line);
        }
    }
    finish(piece..body.end, &mut blocks);
    if blocks.is_empty() {
        report.add(
            source.place(body.start),
            Rule::TextEmpty,
            "the lesson has no body",
            "write it after the second +++",
        );
    }
    blocks
}

/// Whether an item that did not make it into the bank stands in this course's bank all the same: it has its own
/// diagnostic then.
fn in_folder(reader: &Reader<'_>, source: &Source, item: &str) -> bool {
    let folder = source.file.split('/').next().unwrap_or_default();
    reader
        .first(Space::Locked, item)
        .is_none_or(|place| place.file == format!("{folder}/items.toml"))
}

fn cite(reader: &Reader<'_>, source: &Source, at: usize, cited: &str, listed: Option<&[Citation]>) {
    let add = |rule, message: String, remedy: String| reader.report.add(source.place(at), rule, message, remedy);
    match (cited.parse::<Citation>(), listed) {
        (Ok(citation), Some(listed)) if !listed.contains(&citation) => {
            // One that the list has but the registry refuses was reported at the list.
            let quoted = format!("\"{cited}\"");
            if !source.text.contains(&quoted) {
                let message = format!("cite:{cited} is not in the lesson's citations");
                add(Rule::CiteUnlisted, message, format!("add {quoted} to `citations`"));
            }
        }
        (Ok(_), _) => {}
        (Err(error), _) => {
            let remedy = "write it like cite:anquan-shengchan-fa@2021-06-10#36.3";
            add(Rule::CitationForm, format!("`cite:{cited}`: {error}"), remedy.into());
        }
    }
}
