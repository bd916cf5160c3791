//! `regulations.toml`: the registry that every citation is held against.

use crate::content::Regulation;
use crate::diagnostic::{Place, Report, Rule};
use crate::document::Document;
use crate::fields::{Fields, SHORT};
use crate::source::{Source, Tree};
use domain::citation::Citation;
use domain::ids::RegulationId;
use domain::time::Day;
use wire::pack::RegulationForm;

/// The registry's file.
pub(crate) const FILE: &str = "regulations.toml";

const FIELDS: [&str; 13] = [
    "id",
    "title",
    "short",
    "issuer",
    "kind",
    "version",
    "effective",
    "articles",
    "text",
    "source",
    "note",
    "certainty",
    "supersedes",
];

const KINDS: [(&str, ()); 8] = [
    ("law", ()),
    ("administrative-regulation", ()),
    ("department-rule", ()),
    ("local-regulation", ()),
    ("local-rule", ()),
    ("judicial-interpretation", ()),
    ("standard", ()),
    ("normative-document", ()),
];

/// How sure somebody is of a text that is not at hand.
pub(crate) const CERTAINTIES: [(&str, ()); 3] = [("high", ()), ("medium", ()), ("low", ())];

/// The regulations read, and the text of the file where a part of it is lost.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    pub(crate) entries: Vec<Regulation>,
    broken: Option<String>,
}

/// What the registry says to a citation.
pub(crate) enum Found<'r> {
    Here(&'r RegulationForm),
    /// Other versions of the regulation are here.
    Version(Vec<&'r str>),
    Nothing,
    /// The part of the file that names it could not be read, which has its own diagnostic.
    Lost,
}

impl Registry {
    pub(crate) fn load(tree: &Tree<'_>, report: &Report) -> Self {
        let mut registry = Self::default();
        for source in tree.read_all(FILE, "list the regulations in it as courses/README.md says") {
            let (entries, broken) = read(&source, report);
            for entry in entries {
                let same = |known: &&mut Regulation| {
                    known.form.id == entry.form.id && known.form.version == entry.form.version
                };
                match registry.entries.iter_mut().find(same) {
                    // A layer above says it anew.
                    Some(known) => *known = entry,
                    None => registry.entries.push(entry),
                }
            }
            if broken {
                registry.broken.get_or_insert_default().push_str(&source.text);
            }
        }
        registry
    }

    pub(crate) fn find(&self, citation: &Citation) -> Found<'_> {
        let (id, version) = (citation.regulation.as_str(), citation.version.to_string());
        let of_id = || {
            self.entries
                .iter()
                .map(|entry| &entry.form)
                .filter(|form| form.id == id)
        };
        if let Some(form) = of_id().find(|form| form.version == version) {
            return Found::Here(form);
        }
        if self.broken.as_ref().is_some_and(|text| text.contains(id)) {
            return Found::Lost;
        }
        match of_id().map(|form| form.version.as_str()).collect::<Vec<_>>() {
            versions if versions.is_empty() => Found::Nothing,
            versions => Found::Version(versions),
        }
    }
}

/// The entries of one file, and whether a part of it is lost.
fn read(source: &Source, report: &Report) -> (Vec<Regulation>, bool) {
    let document = Document::parse(source, 0..source.text.len(), report);
    document.root("registry", &[], &["regulation"], report);
    let mut entries: Vec<Regulation> = Vec::new();
    let mut unread = false;
    for fields in document.tables("regulation", report) {
        let Some(entry) = regulation(fields, report) else {
            unread = true;
            continue;
        };
        let same = |other: &&Regulation| other.form.id == entry.form.id && other.form.version == entry.form.version;
        if let Some(first) = entries.iter().find(same) {
            let message = format!("{}@{} is already at {}", entry.form.id, entry.form.version, first.place);
            report.add(
                entry.place.clone(),
                Rule::IdDuplicate,
                message,
                "keep one of them, or correct the version",
            );
        } else {
            entries.push(entry);
        }
    }
    (entries, document.broken() || unread)
}

fn day(fields: &Fields<'_>, field: &str, text: &str) {
    if !text.is_empty() && Day::parse(text).is_none() {
        fields.wrong(
            field,
            Rule::FieldValue,
            format!("`{field}` is `{text}`"),
            "write a day as YYYY-MM-DD",
        );
    }
}

fn regulation(fields: Fields<'_>, report: &Report) -> Option<Regulation> {
    let before = report.count();
    let fields = {
        let id = fields.raw("id").unwrap_or_default().to_owned();
        fields.named(&id)
    };
    fields.known(&FIELDS);
    let id = fields.id::<RegulationId>("id");
    let version = fields.text("version", SHORT);
    day(&fields, "version", &version);
    let effective = fields.optional("effective", SHORT);
    day(&fields, "effective", effective.as_deref().unwrap_or_default());
    let text = fields.required_flag("text");
    let articles = fields.optional_number("articles", &(1..=9_999));
    if text && articles.is_none() && !fields.has("articles") {
        let remedy = "give the number of the last article, or set text = false";
        fields.wrong(
            "articles",
            Rule::FieldMissing,
            "`articles` is missing beside text = true",
            remedy,
        );
    }
    if !text && articles.is_some() {
        fields.wrong(
            "articles",
            Rule::FieldValue,
            "`articles` stands beside text = false",
            "remove it",
        );
    }
    let certainty = fields.optional("certainty", SHORT);
    if text && certainty.is_some() {
        fields.wrong(
            "certainty",
            Rule::FieldValue,
            "`certainty` stands beside text = true",
            "remove it",
        );
    } else if !text {
        fields.one_of("certainty", &CERTAINTIES);
    }
    let short = fields.text("short", SHORT);
    if short.contains(['《', '》']) {
        fields.wrong(
            "short",
            Rule::FieldValue,
            "`short` holds 《》",
            "remove them; pages add them",
        );
    }
    let source = fields.text("source", 300);
    if !source.is_empty() && !source.starts_with("https://") {
        fields.wrong(
            "source",
            Rule::FieldValue,
            "`source` is no https address",
            "give the official page",
        );
    }
    let supersedes = if fields.has("supersedes") {
        superseded(&fields, report)
    } else {
        Vec::new()
    };
    let form = RegulationForm {
        id: id?.to_string(),
        title: fields.text("title", 120),
        short,
        issuer: fields.text("issuer", SHORT),
        kind: fields
            .one_of("kind", &KINDS)
            .and(fields.raw("kind"))
            .unwrap_or_default()
            .into(),
        version,
        effective,
        articles,
        text,
        source,
        note: fields.optional("note", 400).unwrap_or_default(),
        certainty,
        supersedes,
    };
    (report.count() == before).then(|| Regulation {
        form,
        place: fields.place(),
    })
}

fn superseded(fields: &Fields<'_>, report: &Report) -> Vec<String> {
    let refuse = |place: Place, text: &str| {
        let message = format!("`supersedes` holds `{text}`");
        report.add(place, Rule::CitationForm, message, "write regulation-id@YYYY-MM-DD");
    };
    let texts = fields.texts("supersedes", 100).into_iter();
    texts
        .map(|(text, place)| {
            if !text
                .parse::<Citation>()
                .is_ok_and(|citation| citation.article.is_none())
            {
                refuse(place, &text);
            }
            text
        })
        .collect()
}
