//! The field `basis` of items, of what is inside them, and of checks.

use crate::content::Role;
use crate::diagnostic::Rule;
use crate::fields::{Fields, SHORT};
use crate::reader::Reader;
use crate::registry::CERTAINTIES;
use wire::item::BasisForm;

const BASIS: [&str; 5] = ["article", "cited", "certainty", "note", "practice"];

/// The most characters of a note or reason in a basis.
const NOTE: usize = 400;

/// Reads the field `basis` of an item or check.
pub(crate) fn basis(reader: &Reader<'_>, fields: &Fields<'_>, owner: &str) -> BasisForm {
    let Some(inner) = fields.table("basis", "{ article = [\"…\"] }") else {
        return BasisForm::default();
    };
    inner.known(&BASIS);
    let kinds = ["article", "cited", "practice"]
        .into_iter()
        .filter(|kind| inner.has(kind));
    let kinds: Vec<&str> = kinds.collect();
    if kinds.len() != 1 {
        let message = format!(
            "a basis is one of article, cited and practice; here are {}",
            kinds.len()
        );
        fields.wrong("basis", Rule::BasisForm, message, "keep exactly one");
    }
    let list = |field, role| -> Vec<String> {
        if !inner.has(field) {
            return Vec::new();
        }
        let texts = inner.placed_texts(field, 120);
        reader.citations(owner, &texts, role);
        texts.into_iter().map(|(text, _)| text).collect()
    };
    let form = BasisForm {
        article: list("article", Role::Article),
        cited: list("cited", Role::Cited),
        certainty: inner.optional("certainty", SHORT),
        note: inner.optional("note", NOTE).unwrap_or_default(),
        practice: inner.optional("practice", NOTE),
    };
    if kinds == ["cited"] {
        inner.one_of("certainty", &CERTAINTIES);
    } else {
        for field in ["certainty", "note"].into_iter().filter(|field| inner.has(field)) {
            inner.wrong(
                field,
                Rule::BasisForm,
                format!("`{field}` goes with `cited` alone"),
                "remove it",
            );
        }
    }
    for field in ["note", "practice"] {
        reader.passage(inner.at(field), inner.raw(field).unwrap_or_default());
    }
    form
}
