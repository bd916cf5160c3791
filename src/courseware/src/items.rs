//! `items.toml`: items, their bases, and the proof of each key.

use crate::content::{Bank, BankItem, Role};
use crate::diagnostic::Rule;
use crate::document::Document;
use crate::fields::{Fields, SHORT};
use crate::reader::{Reader, Space};
use crate::registry::CERTAINTIES;
use crate::source::Tree;
use domain::ids::{BankId, ItemId, OptionId};
use domain::item::{ChoiceOption, Choices, ChoicesError, Item, ItemBody, ItemKind, Response};
use domain::marking::{Outcome, Rule as MarkingRule, mark};
use wire::item::{BasisForm, ItemForm, OptionForm, kind_name};

const ITEM: [&str; 11] = [
    "id",
    "revision",
    "kind",
    "topics",
    "difficulty",
    "stem",
    "option",
    "answer",
    "why",
    "basis",
    "explanation",
];
const OPTION: [&str; 5] = ["id", "text", "right", "why", "pin"];
const BASIS: [&str; 5] = ["article", "cited", "certainty", "note", "practice"];
const KINDS: [(&str, ItemKind); 3] = [
    ("single", ItemKind::Single),
    ("multiple", ItemKind::Multiple),
    ("true-false", ItemKind::TrueFalse),
];

/// The most characters of a question: about twelve lines on a phone.
const STEM: usize = 600;
/// The most characters of an option: more cannot be compared at a glance.
const OPTION_TEXT: usize = 200;
/// The most characters of the explanation of a wrong option.
const WHY: usize = 400;
/// The most characters of an explanation.
const EXPLANATION: usize = 800;
/// The most characters of a note or reason in a basis.
const NOTE: usize = 400;

/// Reads the bank in `folder`.
pub(crate) fn load(tree: &Tree<'_>, reader: &Reader<'_>, folder: &str, bank: BankId) -> Bank {
    let mut items = Vec::new();
    if let Some(source) = tree.read(&format!("{folder}/items.toml"), "add the bank: [[item]] tables") {
        let document = Document::parse(&source, 0..source.text.len(), reader.report);
        if document.broken() {
            reader.lost(&source.text);
        }
        document.root("bank", &[], &["item"], reader.report);
        items = document
            .tables("item", reader.report)
            .into_iter()
            .filter_map(|fields| item(reader, fields))
            .collect();
    }
    Bank { id: bank, items }
}

fn item(reader: &Reader<'_>, fields: Fields<'_>) -> Option<BankItem> {
    let before = reader.report.count();
    let raw = fields.raw("id").unwrap_or_default();
    let fields = fields.named(raw);
    fields.known(&ITEM);
    let id = fields.id::<ItemId>("id");
    reader.claim(Space::Locked, raw, fields.at("id"));
    let kind = fields.one_of("kind", &KINDS);
    let form = ItemForm {
        id: raw.into(),
        revision: fields.number("revision", 1..=9_999).into(),
        kind: kind.map(kind_name).unwrap_or_default().into(),
        topics: fields.some_texts("topics", SHORT),
        // 1 to 5 fits a u8.
        difficulty: u8::try_from(fields.number("difficulty", 1..=5)).unwrap_or(1),
        stem: fields.text("stem", STEM),
        options: options(reader, &fields),
        answer: fields.flag("answer"),
        why: fields.optional("why", WHY).unwrap_or_default(),
        basis: basis(reader, &fields, raw),
        explanation: fields.text("explanation", EXPLANATION),
    };
    for field in ["stem", "why", "explanation"] {
        reader.passage(fields.at(field), fields.raw(field).unwrap_or_default());
    }
    if let Some(kind) = kind {
        body(&fields, kind, &form);
    }
    id?;
    if reader.report.count() > before {
        return None;
    }
    match Item::try_from(&form) {
        Ok(item) if proven(&item.body) => Some(BankItem {
            form,
            item,
            place: fields.place(),
        }),
        Ok(_) => {
            fields.wrong(
                "kind",
                Rule::ItemKey,
                "the key does not score full, or a wrong answer does",
                "correct the key",
            );
            None
        }
        Err(error) => {
            fields.wrong("id", Rule::ItemKind, error.to_string(), "correct the item");
            None
        }
    }
}

fn options(reader: &Reader<'_>, fields: &Fields<'_>) -> Vec<OptionForm> {
    let mut options = Vec::new();
    for option in fields.tables("option") {
        let option = {
            let id = option.raw("id").unwrap_or_default().to_owned();
            option.named(&id)
        };
        option.known(&OPTION);
        option.id::<OptionId>("id");
        let right = option.flag("right").unwrap_or_default();
        let form = OptionForm {
            id: option.raw("id").unwrap_or_default().into(),
            text: option.text("text", OPTION_TEXT),
            right,
            why: option.optional("why", WHY).unwrap_or_default(),
            pin: option.flag("pin").unwrap_or_default(),
        };
        if !right && !option.has("why") {
            option.wrong(
                "why",
                Rule::ItemWhy,
                "a wrong option does not say why it is wrong",
                "add why = \"…\"",
            );
        }
        if right && option.has("why") {
            let message = "`why` says why an option is wrong, but this one is right";
            option.wrong("why", Rule::ItemWhy, message, "move it to `explanation`");
        }
        for field in ["text", "why"] {
            reader.passage(option.at(field), option.raw(field).unwrap_or_default());
        }
        options.push(form);
    }
    options
}

/// Holds answer and options against the kind. A wrong option without a reason was reported where it stands.
fn body(fields: &Fields<'_>, kind: ItemKind, form: &ItemForm) {
    let name = kind_name(kind);
    if kind == ItemKind::TrueFalse {
        if fields.has("option") {
            fields.wrong(
                "option",
                Rule::ItemKind,
                format!("a {name} item has no options"),
                "remove them and set `answer`",
            );
        }
        if !fields.has("answer") {
            fields.wrong(
                "answer",
                Rule::ItemKind,
                format!("a {name} item says its answer"),
                "add answer = true or false",
            );
        }
        if !fields.has("why") {
            let message = "nothing says what whoever judged otherwise got wrong";
            fields.wrong("why", Rule::ItemWhy, message, "add why = \"…\"");
        }
        return;
    }
    for field in ["answer", "why"] {
        if fields.has(field) {
            let remedy = "remove it; options carry `right` and `why`";
            fields.wrong(field, Rule::ItemKind, format!("a {name} item has no `{field}`"), remedy);
        }
    }
    let options: Vec<ChoiceOption> = form
        .options
        .iter()
        .filter_map(|option| {
            let (id, text, why) = (option.id.parse().ok()?, option.text.clone(), option.why.clone());
            Some(ChoiceOption {
                id,
                text,
                right: option.right,
                why,
                pinned: option.pin,
            })
        })
        .collect();
    if options.len() < form.options.len() {
        return;
    }
    match Choices::new(kind, options) {
        Ok(_) | Err(ChoicesError::NoWhy) => {}
        Err(error) => {
            let remedy = match error {
                ChoicesError::DuplicateId => "give each option its own id",
                ChoicesError::DuplicateText => "word the options differently",
                _ => "add or remove options, or correct `right`",
            };
            fields.wrong("option", Rule::ItemOptions, error.to_string(), remedy);
        }
    }
}

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

/// Whether the key scores full and no single wrong answer does, by the one piece of code that marks.
fn proven(body: &ItemBody) -> bool {
    proves(body, &body.key(), &wrong(body))
}

fn proves(body: &ItemBody, key: &Response, wrong: &[Response]) -> bool {
    let full = |response: &Response| {
        let max = body.kind().default_points();
        let mark = mark(body, response, max, MarkingRule::default());
        mark.points == max && mark.outcome == Outcome::Right
    };
    full(key) && !wrong.is_empty() && !wrong.iter().any(full)
}

/// Wrong answers: each wrong option alone, all options, the other judgement.
fn wrong(body: &ItemBody) -> Vec<Response> {
    match body {
        ItemBody::Single(choices) | ItemBody::Multiple(choices) => {
            let all = Response::Options(choices.options().iter().map(|option| option.id.clone()).collect());
            let wrong = choices.options().iter().filter(|option| !option.right);
            wrong
                .map(|option| Response::Options(vec![option.id.clone()]))
                .chain([all])
                .collect()
        }
        ItemBody::TrueFalse { answer, .. } => vec![Response::Truth(Some(!answer))],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_proof_fails_where_key_and_wrong_answers_are_mixed_up() {
        let body = ItemBody::TrueFalse {
            answer: true,
            why: "because".into(),
        };
        assert!(proven(&body));
        let (yes, no) = (Response::Truth(Some(true)), Response::Truth(Some(false)));
        assert!(!proves(&body, &no, std::slice::from_ref(&yes)));
        assert!(!proves(&body, &yes, &[no, yes.clone()]));
        assert!(!proves(&body, &yes, &[]), "without a wrong answer nothing is proven");
    }
}
