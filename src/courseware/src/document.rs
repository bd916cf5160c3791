//! A TOML file as its author wrote it: tables with the place of every key and value, and what is left of a broken file.

use crate::diagnostic::{Report, Rule};
use crate::fields::Fields;
use crate::source::Source;
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// A parsed file, or the front matter of one.
pub(crate) struct Document<'s> {
    source: &'s Source,
    /// One part for a sound file; for a broken one a part for each `[[table]]`, so that a slip in one table hides no
    /// error in another.
    parts: Vec<Part<'s>>,
    /// Where the document begins.
    start: usize,
}

struct Part<'s> {
    table: DeTable<'s>,
    base: usize,
    broken: bool,
}

const REMEDY: &str = "correct the TOML (toml.io has the rules)";

/// Where in `text` the author's slip is. A multi-line string that is never closed is an error at the end of the text
/// to the parser; the author looks for its beginning.
fn slip(text: &str, error: &toml::de::Error) -> usize {
    let at = error.span().map_or(0, |span| span.start);
    if at < text.trim_end().len() {
        return at;
    }
    let open = ["\"\"\"", "'''"]
        .into_iter()
        .find(|mark| text.matches(mark).count() % 2 == 1);
    open.and_then(|mark| text.rfind(mark)).unwrap_or(text.trim_end().len())
}

/// The parser's message in one line.
fn message(error: &toml::de::Error) -> String {
    error.message().split_whitespace().collect::<Vec<_>>().join(" ")
}

impl<'s> Document<'s> {
    /// Parses the bytes in `range` of `source` and reports each slip.
    pub(crate) fn parse(source: &'s Source, range: Range<usize>, report: &Report) -> Self {
        let start = range.start;
        let text = &source.text[range.clone()];
        if let Ok(table) = DeTable::parse(text) {
            let whole = Part {
                table: table.into_inner(),
                base: start,
                broken: false,
            };
            return Self {
                source,
                parts: vec![whole],
                start,
            };
        }
        let heads = source
            .lines(range.clone())
            .filter(|(_, line)| line.starts_with("[[") && !line.contains('.'));
        let mut starts: Vec<usize> = heads.map(|(at, _)| at).filter(|at| *at > start).collect();
        starts.insert(0, start);
        let ends = starts.iter().skip(1).copied().chain([range.end]);
        let part = |(base, end): (usize, usize)| {
            let text = &source.text[base..end];
            let (table, errors) = DeTable::parse_recoverable(text);
            for error in &errors {
                report.add(
                    source.place(base + slip(text, error)),
                    Rule::TomlSyntax,
                    message(error),
                    REMEDY,
                );
            }
            Part {
                table: table.into_inner(),
                base,
                broken: !errors.is_empty(),
            }
        };
        let parts: Vec<Part<'s>> = starts.iter().copied().zip(ends).map(part).collect();
        if !parts.iter().any(|part| part.broken) {
            // Each table alone is sound but the whole is not, say a table named twice: the whole file's error stands.
            let (_, errors) = DeTable::parse_recoverable(text);
            for error in errors {
                report.add(
                    source.place(start + slip(text, &error)),
                    Rule::TomlSyntax,
                    message(&error),
                    REMEDY,
                );
            }
        }
        Self { source, parts, start }
    }

    /// Whether a part could not be read; what is missing may then be in it.
    pub(crate) fn broken(&self) -> bool {
        self.parts.len() > 1 || self.parts.iter().any(|part| part.broken)
    }

    /// The fields before the first `[[table]]`. Reports keys that are neither in `fields` nor in `lists`, anywhere at the
    /// top level.
    pub(crate) fn root<'d>(&'d self, name: &str, fields: &[&str], lists: &[&str], report: &'d Report) -> Fields<'d> {
        let known: Vec<&str> = fields.iter().chain(lists).copied().collect();
        for part in &self.parts {
            Fields::new(self.source, &part.table, part.base, None, name, report).known(&known);
        }
        let part = &self.parts[0];
        let fields = Fields::new(self.source, &part.table, part.base, Some(self.start), name, report);
        if part.broken { fields.forgiving() } else { fields }
    }

    /// The tables `[[list]]` in order; broken ones are left out.
    pub(crate) fn tables<'d>(&'d self, list: &str, report: &'d Report) -> Vec<Fields<'d>> {
        let mut tables = Vec::new();
        for part in self.parts.iter().filter(|part| !part.broken) {
            let Some(value) = part.table.get(list) else { continue };
            let entries: &[_] = match value.get_ref() {
                DeValue::Array(array) => array,
                other => {
                    let place = self.source.place(part.base + value.span().start);
                    let message = format!("`{list}` is a {}, not a list of tables", other.type_str());
                    report.add(place, Rule::FieldType, message, format!("begin each with [[{list}]]"));
                    &[]
                }
            };
            for entry in entries {
                let at = part.base + entry.span().start;
                match entry.get_ref() {
                    DeValue::Table(table) => {
                        tables.push(Fields::new(self.source, table, part.base, Some(at), list, report));
                    }
                    other => {
                        let message = format!("`{list}` holds a {}", other.type_str());
                        report.add(
                            self.source.place(at),
                            Rule::FieldType,
                            message,
                            format!("write it as [[{list}]]"),
                        );
                    }
                }
            }
        }
        tables
    }
}
