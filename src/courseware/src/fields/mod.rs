//! The fields of one TOML table, read one by one: each getter reports what is wrong with its field and goes on.

mod numbers;

use crate::diagnostic::{Place, Report, Rule};
use crate::source::Source;
use domain::ids::IdError;
use std::ops::Range;
use std::str::FromStr;
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use wire::Bilingual;

/// The most characters of a short text: titles, names of issuers, topics.
pub(crate) const SHORT: usize = 80;

/// A table with the place of everything in it.
pub(crate) struct Fields<'a> {
    source: &'a Source,
    table: &'a DeTable<'a>,
    /// What the spans count from.
    base: usize,
    /// Where the table itself stands.
    at: usize,
    /// What the table is, for messages.
    name: String,
    report: &'a Report,
    forgiving: bool,
}

impl<'a> Fields<'a> {
    pub(crate) fn new(
        source: &'a Source,
        table: &'a DeTable<'a>,
        base: usize,
        at: Option<usize>,
        name: &str,
        report: &'a Report,
    ) -> Self {
        Self {
            source,
            table,
            base,
            at: at.unwrap_or(base),
            name: name.into(),
            report,
            forgiving: false,
        }
    }

    /// The same, silent about missing fields: the file is broken and they may be in the part that was lost.
    pub(crate) fn forgiving(self) -> Self {
        Self {
            forgiving: true,
            ..self
        }
    }

    /// Names the table after its id in messages.
    pub(crate) fn named(mut self, id: &str) -> Self {
        if !id.is_empty() {
            self.name = format!("{} {id}", self.name);
        }
        self
    }

    /// Where the table stands.
    pub(crate) fn place(&self) -> Place {
        self.source.place(self.at)
    }

    /// Where the field's value stands; where it is missing, the table.
    pub(crate) fn at(&self, field: &str) -> Place {
        self.table
            .get(field)
            .map_or_else(|| self.place(), |value| self.spot(&value.span()))
    }

    fn spot(&self, span: &Range<usize>) -> Place {
        self.source.place(self.base + span.start)
    }

    /// Adds a diagnostic at the field.
    pub(crate) fn wrong(&self, field: &str, rule: Rule, message: impl Into<String>, remedy: impl Into<String>) {
        self.report.add(
            self.at(field),
            rule,
            format!("{}: {}", self.name, message.into()),
            remedy,
        );
    }

    /// Adds a diagnostic at a place inside the table.
    pub(crate) fn wrong_at(&self, place: &Place, rule: Rule, message: impl Into<String>, remedy: impl Into<String>) {
        let message = format!("{}: {}", self.name, message.into());
        self.report.add(place.clone(), rule, message, remedy);
    }

    /// Reports every key that is not in `known`.
    pub(crate) fn known(&self, known: &[&str]) {
        for (key, _) in self.table {
            let key_name: &str = key.get_ref();
            if !known.contains(&key_name) {
                let message = format!("{}: unknown field `{key_name}`", self.name);
                let remedy = format!("remove it; known fields are {}", known.join(", "));
                self.report
                    .add(self.spot(&key.span()), Rule::FieldUnknown, message, remedy);
            }
        }
    }

    /// Whether the field is there.
    pub(crate) fn has(&self, field: &str) -> bool {
        self.table.contains_key(field)
    }

    fn get(&self, field: &str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.table.get(field)
    }

    fn required(&self, field: &str, example: &str) -> Option<&'a Spanned<DeValue<'a>>> {
        let value = self.get(field);
        if value.is_none() && !self.forgiving {
            self.wrong(
                field,
                Rule::FieldMissing,
                format!("`{field}` is missing"),
                format!("add {field} = {example}"),
            );
        }
        value
    }

    /// Whether the field is there; reports it where it is not.
    pub(crate) fn need(&self, field: &str, example: &str) -> bool {
        self.required(field, example).is_some()
    }

    fn mistyped(&self, field: &str, value: &Spanned<DeValue<'_>>, wanted: &str) {
        let message = format!("{}: `{field}` is a {}", self.name, value.get_ref().type_str());
        self.report.add(
            self.spot(&value.span()),
            Rule::FieldType,
            message,
            format!("write {wanted}"),
        );
    }

    fn plain(&self, field: &str, value: &'a Spanned<DeValue<'a>>, most: usize) -> String {
        let Some(text) = value.get_ref().as_str() else {
            self.mistyped(field, value, "a text in quotes");
            return String::new();
        };
        let add = |rule, message: String, remedy: &str| {
            self.report.add(
                self.spot(&value.span()),
                rule,
                format!("{}: {message}", self.name),
                remedy,
            );
        };
        let length = text.chars().count();
        if text.trim().is_empty() {
            add(
                Rule::TextEmpty,
                format!("`{field}` is empty"),
                "write the text, or remove the field where it is optional",
            );
        } else if text.trim() != text {
            add(
                Rule::FieldValue,
                format!("`{field}` begins or ends with blanks"),
                "remove them",
            );
        }
        if length > most {
            add(
                Rule::TextLong,
                format!("`{field}` has {length} characters"),
                &format!("shorten it to {most} at most"),
            );
        }
        if let Some(odd) = text.chars().find(|c| is_odd(*c)) {
            let message = format!("`{field}` holds the invisible character U+{:04X}", u32::from(odd));
            add(
                Rule::TextControl,
                message,
                "remove it (it often comes with copied text)",
            );
        }
        if let Some(mark) = ["**", "](", "{{"].iter().find(|mark| text.contains(**mark)) {
            add(
                Rule::TextMarkup,
                format!("`{field}` is plain text but holds `{mark}`"),
                "write it without marks",
            );
        }
        text.into()
    }

    /// A text of 1 to `most` characters.
    pub(crate) fn text(&self, field: &str, most: usize) -> String {
        self.required(field, "\"…\"")
            .map(|value| self.plain(field, value, most))
            .unwrap_or_default()
    }

    /// A text that may be left out, but is not empty where it is there.
    pub(crate) fn optional(&self, field: &str, most: usize) -> Option<String> {
        self.get(field).map(|value| self.plain(field, value, most))
    }

    /// A text in both languages; English may be left out.
    pub(crate) fn bilingual(&self, field: &str, most: usize) -> Bilingual {
        let Some(value) = self.required(field, "{ zh = \"…\", en = \"…\" }") else {
            return Bilingual::default();
        };
        let DeValue::Table(table) = value.get_ref() else {
            self.mistyped(field, value, "{ zh = \"…\", en = \"…\" }");
            return Bilingual::default();
        };
        let inner = self.inner(field, table, value.span().start);
        inner.known(&["zh", "en"]);
        // English takes about three times the characters of the same Chinese text.
        Bilingual {
            zh: inner.text("zh", most),
            en: inner.optional("en", most * 3).unwrap_or_default(),
        }
    }

    fn inner(&self, field: &str, table: &'a DeTable<'a>, start: usize) -> Self {
        let name = format!("{} {field}", self.name);
        Self {
            source: self.source,
            table,
            base: self.base,
            at: self.base + start,
            name,
            report: self.report,
            forgiving: false,
        }
    }

    /// A table in the field.
    pub(crate) fn table(&self, field: &str, example: &str) -> Option<Self> {
        let value = self.required(field, example)?;
        if let DeValue::Table(table) = value.get_ref() {
            return Some(self.inner(field, table, value.span().start));
        }
        self.mistyped(field, value, example);
        None
    }

    /// The tables of a list in the field; none where it is not there.
    pub(crate) fn tables(&self, field: &str) -> Vec<Self> {
        let Some(value) = self.get(field) else {
            return Vec::new();
        };
        let DeValue::Array(array) = value.get_ref() else {
            self.mistyped(
                field,
                value,
                &format!("[[{}.{field}]]", self.name.split(' ').next().unwrap_or_default()),
            );
            return Vec::new();
        };
        let mut tables = Vec::new();
        for entry in array {
            match entry.get_ref() {
                DeValue::Table(table) => tables.push(self.inner(field, table, entry.span().start)),
                _ => self.mistyped(field, entry, "a table"),
            }
        }
        tables
    }

    /// A list of texts with the place of each. Missing is reported, empty is not.
    pub(crate) fn texts(&self, field: &str, most: usize) -> Vec<(String, Place)> {
        let Some(value) = self.required(field, "[\"…\"]") else {
            return Vec::new();
        };
        let DeValue::Array(array) = value.get_ref() else {
            self.mistyped(field, value, "a list of texts: [\"…\", \"…\"]");
            return Vec::new();
        };
        array
            .iter()
            .map(|entry| (self.plain(field, entry, most), self.spot(&entry.span())))
            .collect()
    }

    /// A list of texts that may be left out, but has at least one where it is there.
    pub(crate) fn optional_texts(&self, field: &str, most: usize) -> Vec<(String, Place)> {
        if self.has(field) {
            self.placed_texts(field, most)
        } else {
            Vec::new()
        }
    }

    /// A list of texts with at least one.
    pub(crate) fn some_texts(&self, field: &str, most: usize) -> Vec<String> {
        self.placed_texts(field, most)
            .into_iter()
            .map(|(text, _)| text)
            .collect()
    }

    /// A list of texts with at least one, with the place of each.
    pub(crate) fn placed_texts(&self, field: &str, most: usize) -> Vec<(String, Place)> {
        let texts = self.texts(field, most);
        if self
            .get(field)
            .and_then(|value| value.get_ref().as_array())
            .is_some_and(|list| list.is_empty())
        {
            self.wrong(
                field,
                Rule::ListEmpty,
                format!("`{field}` is empty"),
                "name at least one",
            );
        }
        texts
    }

    /// An id of type `T`.
    pub(crate) fn id<T: FromStr<Err = IdError>>(&self, field: &str) -> Option<T> {
        let text = self
            .required(field, "\"…\"")
            .map(|value| self.plain(field, value, usize::MAX))?;
        match text.parse() {
            Ok(id) => Some(id),
            Err(error) => {
                if !text.is_empty() {
                    self.wrong(field, Rule::IdForm, format!("`{text}` is no id"), error.to_string());
                }
                None
            }
        }
    }

    /// The text of the field as it stands, without any check: for messages and for knowing ids of broken tables.
    pub(crate) fn raw(&self, field: &str) -> Option<&'a str> {
        self.get(field).and_then(|value| value.get_ref().as_str())
    }

    /// One of the names in `choices`; none and a diagnostic otherwise.
    pub(crate) fn one_of<T: Copy>(&self, field: &str, choices: &[(&str, T)]) -> Option<T> {
        let example = choices
            .first()
            .map(|(name, _)| format!("\"{name}\""))
            .unwrap_or_default();
        let value = self.required(field, &example)?;
        let text = self.plain(field, value, usize::MAX);
        let found = choices
            .iter()
            .find(|(name, _)| *name == text)
            .map(|(_, choice)| *choice);
        if found.is_none() && !text.is_empty() {
            let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
            self.wrong(
                field,
                Rule::FieldValue,
                format!("`{field}` is `{text}`"),
                format!("write one of {}", names.join(", ")),
            );
        }
        found
    }
}

/// Characters that no author types on purpose: control characters, zero-width and direction marks, byte order marks.
pub(crate) fn is_odd(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fffd}')
        || matches!(c, '\u{e000}'..='\u{f8ff}')
}
