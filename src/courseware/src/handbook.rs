//! The handbook: the list of venues, and for each venue its checks and its bank.

use crate::content::{Listing, Section, Venue, VenueCheck};
use crate::diagnostic::{Place, Report, Rule};
use crate::document::Document;
use crate::fields::{Fields, SHORT};
use crate::items;
use crate::lesson::PARAGRAPH;
use crate::reader::{Reader, Space};
use crate::source::Tree;
use domain::citation::Basis;
use domain::ids::{BankId, CheckId, VenueId};
use std::collections::HashSet;
use wire::pack::CheckForm;

/// The handbook's folder.
pub(crate) const FOLDER: &str = "handbook";

const LIST: [&str; 3] = ["slug", "title", "ready"];
const VENUE: [&str; 5] = ["id", "slug", "title", "summary", "scope"];
const CHECK: [&str; 12] = [
    "id",
    "revision",
    "section",
    "title",
    "look",
    "how",
    "violation",
    "basis",
    "authority",
    "handover",
    "stop",
    "stop_note",
];
const AUTHORITIES: [&str; 11] = [
    "emergency-management",
    "fire-rescue",
    "gas",
    "market-regulation",
    "police",
    "culture-tourism",
    "health",
    "education",
    "housing",
    "town",
    "city-management",
];

/// Reads the handbook: the note on the list, and the venues in the list's order.
pub(crate) fn load(tree: &Tree<'_>, reader: &Reader<'_>) -> (String, Vec<Listing>) {
    let report = reader.report;
    let folders = tree.folders(FOLDER);
    let file = format!("{FOLDER}/venues.toml");
    if folders.is_empty() && !tree.has(&file) {
        // A deployment's own content need not have a handbook.
        return Default::default();
    }
    let sources = tree.read_all(&file, "list the venues: note = \"…\" and [[venue]] tables");
    if sources.is_empty() {
        for folder in &folders {
            venue(tree, reader, folder);
        }
        return Default::default();
    }
    let documents: Vec<Document<'_>> = sources
        .iter()
        .map(|source| Document::parse(source, 0..source.text.len(), report))
        .collect();
    let note = note(&documents, reader);
    let broken = documents.iter().any(Document::broken);
    let mut listings: Vec<Listing> = Vec::new();
    for fields in entries(&documents, tree, report) {
        let fields = {
            let slug = fields.raw("slug").unwrap_or_default().to_owned();
            fields.named(&slug)
        };
        fields.known(&LIST);
        let slug = fields.id::<BankId>("slug");
        let title = fields.bilingual("title", SHORT);
        let ready = fields.required_flag("ready");
        let Some(slug) = slug.map(|slug| slug.to_string()) else {
            continue;
        };
        if listings.iter().any(|other| other.slug == slug) {
            fields.wrong(
                "slug",
                Rule::IdDuplicate,
                format!("`{slug}` stands twice in the list"),
                "remove one",
            );
            continue;
        }
        reader.claim(Space::Slug, &slug, fields.at("slug"));
        let here = folders.contains(&slug);
        if ready && !here {
            let message = format!("the venue is ready but {FOLDER}/{slug} is missing");
            fields.wrong(
                "ready",
                Rule::VenueListing,
                message,
                "write its venue.toml and items.toml, or set ready = false",
            );
        }
        let before = report.count();
        let venue = if here { venue(tree, reader, &slug) } else { None };
        if let Some(venue) = &venue {
            if venue.title != title {
                let message = format!("the title differs from {FOLDER}/{slug}/venue.toml");
                fields.wrong("title", Rule::VenueListing, message, "give both the same title");
            }
            let empty = venue.bank.items.is_empty() || venue.sections.is_empty();
            if ready && empty && report.count() == before {
                fields.wrong(
                    "ready",
                    Rule::ListEmpty,
                    "a ready venue has checks and items",
                    "add some, or set ready = false",
                );
            }
        }
        listings.push(Listing {
            slug,
            title,
            ready,
            venue,
        });
    }
    for folder in folders
        .iter()
        .filter(|folder| !listings.iter().any(|listing| listing.slug == **folder))
    {
        if !broken {
            let message = format!("{file} does not list this venue");
            let remedy = "add a [[venue]] table for it, or remove the folder";
            report.add(
                Place::top(&format!("{FOLDER}/{folder}/venue.toml")),
                Rule::VenueListing,
                message,
                remedy,
            );
        }
        venue(tree, reader, folder);
    }
    (note, listings)
}

/// The note on the list: the highest layer's that has one.
fn note(documents: &[Document<'_>], reader: &Reader<'_>) -> String {
    let mut note = String::new();
    for (nth, document) in documents.iter().enumerate() {
        let root = document.root("handbook", &["note"], &["venue"], reader.report);
        if nth == 0 || root.has("note") {
            note = root.text("note", PARAGRAPH);
            reader.passage(root.at("note"), &note);
        }
    }
    note
}

/// The entries of all lists: one of a higher layer takes the place of that with its slug below.
fn entries<'d>(documents: &'d [Document<'_>], tree: &Tree<'_>, report: &'d Report) -> Vec<Fields<'d>> {
    let mut entries: Vec<(usize, Fields<'d>)> = Vec::new();
    for (nth, document) in documents.iter().enumerate() {
        for fields in document.tables("venue", report) {
            let slug = fields.raw("slug").unwrap_or_default();
            let below = |(layer, known): &&mut (usize, Fields<'d>)| *layer < nth && known.raw("slug") == Some(slug);
            match entries.iter_mut().find(below) {
                Some(known) => *known = (nth, fields),
                None => entries.push((nth, fields)),
            }
        }
    }
    let hidden = |fields: &Fields<'_>| {
        fields
            .raw("slug")
            .is_some_and(|slug| tree.is_hidden(&format!("{FOLDER}/{slug}")))
    };
    entries
        .into_iter()
        .map(|(_, fields)| fields)
        .filter(|fields| !hidden(fields))
        .collect()
}

fn venue(tree: &Tree<'_>, reader: &Reader<'_>, folder: &str) -> Option<Venue> {
    let report = reader.report;
    let path = format!("{FOLDER}/{folder}");
    let bank = folder.parse::<BankId>();
    let bank = match bank {
        Ok(bank) => items::load(tree, reader, &path, bank),
        Err(error) => {
            let place = Place::top(&format!("{path}/venue.toml"));
            report.add(
                place,
                Rule::IdForm,
                format!("the folder `{folder}` is no slug"),
                error.to_string(),
            );
            return None;
        }
    };
    let source = tree.read(&format!("{path}/venue.toml"), "describe the venue and its checks")?;
    let document = Document::parse(&source, 0..source.text.len(), report);
    if document.broken() {
        reader.lost(&source.text);
    }
    let fields = document.root("venue", &VENUE, &["section", "check"], report);
    let id = fields.id::<VenueId>("id");
    if let Some(id) = &id {
        reader.claim(Space::Venue, id.as_str(), fields.at("id"));
    }
    if let Some(slug) = fields.id::<BankId>("slug")
        && slug.as_str() != folder
    {
        let message = format!("the slug is `{slug}` but the folder is `{folder}`");
        fields.wrong("slug", Rule::SlugFolder, message, "give both one name");
    }
    let title = fields.bilingual("title", SHORT);
    let summary = fields.bilingual("summary", 300);
    let scope = fields.text("scope", 1_000);
    reader.passage(fields.at("summary"), &summary.zh);
    reader.passage(fields.at("scope"), &scope);
    let sections = sections(reader, &document);
    id.map(|id| {
        finish(Venue {
            id,
            title,
            summary,
            scope,
            sections,
            bank,
        })
    })
}

/// Sections that lost all their checks to errors are left out of the content.
fn finish(mut venue: Venue) -> Venue {
    venue.sections.retain(|section| !section.checks.is_empty());
    venue
}

fn sections(reader: &Reader<'_>, document: &Document<'_>) -> Vec<Section> {
    let report = reader.report;
    let mut sections: Vec<(Section, Place)> = Vec::new();
    for fields in document.tables("section", report) {
        let fields = {
            let id = fields.raw("id").unwrap_or_default().to_owned();
            fields.named(&id)
        };
        fields.known(&["id", "title"]);
        let title = fields.bilingual("title", SHORT);
        let Some(id) = fields.id::<CheckId>("id").map(|id| id.to_string()) else {
            continue;
        };
        if sections.iter().any(|(other, _)| other.id == id) {
            fields.wrong(
                "id",
                Rule::IdDuplicate,
                format!("the section `{id}` is there twice"),
                "give one another id",
            );
            continue;
        }
        sections.push((
            Section {
                id,
                title,
                checks: Vec::new(),
            },
            fields.place(),
        ));
    }
    let mut used = HashSet::new();
    for fields in document.tables("check", report) {
        let raw = fields.raw("section").unwrap_or_default();
        used.insert(raw.to_owned());
        let known = sections.iter().any(|(section, _)| section.id == raw);
        if !known && !raw.is_empty() && !document.broken() {
            let names: Vec<&str> = sections.iter().map(|(section, _)| section.id.as_str()).collect();
            let remedy = format!("write one of {}, or add a [[section]]", names.join(", "));
            fields.wrong("section", Rule::VenueSection, format!("no section `{raw}`"), remedy);
        }
        if let Some(check) = check(reader, fields)
            && let Some((section, _)) = sections.iter_mut().find(|(section, _)| section.id == raw)
        {
            section.checks.push(check);
        }
    }
    for (section, place) in sections.iter().filter(|(section, _)| !used.contains(&section.id)) {
        if !document.broken() {
            let message = format!("the section `{}` has no checks", section.id);
            report.add(
                place.clone(),
                Rule::ListEmpty,
                message,
                "add a [[check]], or remove the section",
            );
        }
    }
    sections.into_iter().map(|(section, _)| section).collect()
}

fn check(reader: &Reader<'_>, fields: Fields<'_>) -> Option<VenueCheck> {
    let before = reader.report.count();
    let raw = fields.raw("id").unwrap_or_default();
    let fields = fields.named(raw);
    fields.known(&CHECK);
    let id = fields.id::<CheckId>("id");
    reader.claim(Space::Locked, raw, fields.at("id"));
    fields.text("section", SHORT);
    let authority = fields.some_texts("authority", SHORT);
    for (nth, name) in authority.iter().enumerate() {
        if !AUTHORITIES.contains(&name.as_str()) {
            let remedy = format!("write one of {}", AUTHORITIES.join(", "));
            fields.wrong(
                "authority",
                Rule::FieldValue,
                format!("`{name}` is no authority"),
                remedy,
            );
        } else if authority[..nth].contains(name) {
            fields.wrong(
                "authority",
                Rule::FieldValue,
                format!("`{name}` stands twice"),
                "remove one",
            );
        }
    }
    let stop = fields.required_flag("stop");
    match (stop, fields.has("stop_note")) {
        (true, false) => {
            let message = "`stop_note` is missing beside stop = true";
            fields.wrong(
                "stop",
                Rule::VenueStop,
                message,
                "say why and how to stop it: stop_note = \"…\"",
            );
        }
        (false, true) => {
            let message = "`stop_note` stands beside stop = false";
            fields.wrong("stop_note", Rule::VenueStop, message, "remove it, or set stop = true");
        }
        _ => {}
    }
    let form = CheckForm {
        id: raw.into(),
        revision: fields.number("revision", 1..=9_999).into(),
        title: fields.text("title", SHORT),
        look: fields.text("look", PARAGRAPH),
        how: fields.text("how", PARAGRAPH),
        violation: fields.text("violation", PARAGRAPH),
        basis: items::basis(reader, &fields, raw),
        authority,
        handover: fields.text("handover", PARAGRAPH),
        stop,
        stop_note: fields.optional("stop_note", PARAGRAPH).unwrap_or_default(),
    };
    for field in ["title", "look", "how", "violation", "handover", "stop_note"] {
        reader.passage(fields.at(field), fields.raw(field).unwrap_or_default());
    }
    let _: CheckId = id?;
    if reader.report.count() > before {
        return None;
    }
    match Basis::try_from(&form.basis) {
        Ok(basis) => Some(VenueCheck {
            form,
            basis,
            place: fields.place(),
        }),
        Err(error) => {
            fields.wrong("basis", Rule::BasisForm, error.to_string(), "correct the basis");
            None
        }
    }
}
