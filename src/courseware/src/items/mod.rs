//! `items.toml`: items, their bases, and the proof of each key.

mod basis;
mod choice;
mod exercise;
mod proof;
mod shape;

pub(crate) use basis::basis;

use crate::content::{Bank, BankItem};
use crate::diagnostic::Rule;
use crate::document::Document;
use crate::fields::{Fields, SHORT};
use crate::reader::{Reader, Space};
use crate::source::Tree;
use domain::ids::{BankId, ItemId};
use domain::item::{Item, ItemKind};
use domain::kinds::Exercise;
use domain::kinds::hazard::RegionState;
use exercise::Body;
use wire::FormError;
use wire::item::{ItemForm, kind_name};

/// The fields of every item.
const COMMON: [&str; 10] = [
    "id",
    "revision",
    "kind",
    "group",
    "topics",
    "difficulty",
    "stem",
    "basis",
    "explanation",
    "derived",
];
/// The fields that go with the kinds of choice.
const CHOICE: [&str; 3] = ["option", "answer", "why"];

/// The most characters of a question: about twelve lines on a phone.
const STEM: usize = 600;
/// The most characters of the explanation of a wrong option.
const WHY: usize = 400;
/// The most characters of an explanation.
const EXPLANATION: usize = 800;

/// The least situations of a branching case: in fewer, every choice shows where it leads.
const LEAST_SITUATIONS: usize = 12;
/// The least hazards of a scene: the domain asks for three, a venue has more to look at.
const LEAST_HAZARDS: usize = 8;

/// Reads the bank in `folder`.
pub(crate) fn load(tree: &Tree<'_>, reader: &Reader<'_>, folder: &str, bank: BankId) -> Bank {
    let mut items: Vec<BankItem> = Vec::new();
    if let Some(source) = tree.read(&format!("{folder}/items.toml"), "add the bank: [[item]] tables") {
        let document = Document::parse(&source, 0..source.text.len(), reader.report);
        if document.broken() {
            reader.lost(&source.text);
        }
        document.root("bank", &[], &["item"], reader.report);
        let tables = document.tables("item", reader.report);
        let count = tables.len();
        let read = tables.into_iter();
        items.extend(read.filter_map(|fields| item(tree, reader, folder, fields)));
        if document.broken() || items.len() < count {
            reader.damage(&bank);
        }
    } else {
        reader.damage(&bank);
    }
    Bank { id: bank, items }
}

/// The fields that an item of the kind may have.
fn known(kind: Option<ItemKind>) -> Vec<&'static str> {
    let own: Vec<&str> = match kind {
        Some(ItemKind::Single | ItemKind::Multiple | ItemKind::TrueFalse) => CHOICE.to_vec(),
        Some(kind) => shape::of(kind).names(),
        // Nobody knows which: only what goes with no kind at all is unknown.
        None => {
            let exercises = ItemKind::ALL.into_iter().flat_map(|kind| shape::of(kind).names());
            exercises.chain(CHOICE).collect()
        }
    };
    COMMON.into_iter().chain(own).collect()
}

fn item(tree: &Tree<'_>, reader: &Reader<'_>, folder: &str, fields: Fields<'_>) -> Option<BankItem> {
    let before = reader.report.count();
    let raw = fields.raw("id").unwrap_or_default();
    let fields = fields.named(raw);
    let id = fields.id::<ItemId>("id");
    reader.claim(Space::Locked, raw, fields.at("id"));
    let kind = fields.one_of("kind", &ItemKind::ALL.map(|kind| (kind_name(kind), kind)));
    fields.known(&known(kind));
    let choice = kind.is_none_or(|kind| CHOICES.contains(&kind));
    let exercise = kind
        .filter(|_| !choice)
        .map(|kind| exercise::read(tree, reader, folder, &fields, kind, raw));
    let form = ItemForm {
        id: raw.into(),
        revision: fields.number("revision", 1..=9_999).into(),
        kind: kind.map(kind_name).unwrap_or_default().into(),
        group: fields.optional("group", SHORT),
        topics: fields.some_texts("topics", SHORT),
        // 1 to 5 fits a u8.
        difficulty: u8::try_from(fields.number("difficulty", 1..=5)).unwrap_or(1),
        stem: fields.text("stem", STEM),
        options: if choice {
            choice::options(reader, &fields)
        } else {
            Vec::new()
        },
        answer: fields.flag("answer").filter(|_| choice),
        why: fields.optional("why", WHY).filter(|_| choice).unwrap_or_default(),
        exercise: exercise.as_ref().and_then(|body| body.value.clone()),
        basis: basis(reader, &fields, raw),
        explanation: fields.text("explanation", EXPLANATION),
    };
    let derived = if fields.has("derived") {
        fields.some_texts("derived", WHY)
    } else {
        Vec::new()
    };
    for field in ["stem", "why", "explanation"] {
        reader.passage(fields.at(field), fields.raw(field).unwrap_or_default());
    }
    if let Some(kind) = kind.filter(|_| choice) {
        choice::body(&fields, kind, &form);
    }
    id?;
    if reader.report.count() > before {
        return None;
    }
    let item = Item::try_from(&form).map_err(|error| refuse(&fields, exercise.as_ref(), &error));
    let item = item.ok().filter(|item| large_enough(&fields, item))?;
    if !proof::proven(&item.body) {
        fields.wrong(
            "kind",
            Rule::ItemKey,
            "the key does not score full, or a wrong answer does",
            "correct the key",
        );
        return None;
    }
    Some(BankItem {
        form,
        item,
        derived,
        place: fields.place(),
    })
}

/// The kinds that a page shows with options or a judgement.
pub(crate) const CHOICES: [ItemKind; 3] = [ItemKind::Single, ItemKind::Multiple, ItemKind::TrueFalse];

/// Reports what the domain says of an item, at the part of it that the message names.
fn refuse(fields: &Fields<'_>, exercise: Option<&Body>, error: &FormError) {
    let FormError::Body(message) = error else {
        fields.wrong("id", Rule::ItemKind, error.to_string(), "correct the item");
        return;
    };
    let remedy = "correct it; courses/README.md says what an item of the kind holds";
    match exercise.and_then(|body| body.place(message)) {
        Some(place) => fields.wrong_at(place, Rule::ExerciseBody, message, remedy),
        None => fields.wrong("id", Rule::ExerciseBody, message, remedy),
    }
}

/// Reports cases and scenes that are smaller than what is worth a page of its own.
fn large_enough(fields: &Fields<'_>, item: &Item) -> bool {
    let domain::item::ItemBody::Exercise(exercise) = &item.body else {
        return true;
    };
    let (field, what, count, least) = match exercise.as_ref() {
        Exercise::Branching(case) => ("situation", "situations", case.situations().len(), LEAST_SITUATIONS),
        Exercise::Hazard(scene) => {
            let hazards = scene.regions().iter();
            let hazards = hazards.filter(|region| matches!(region.state, RegionState::Hazard { .. }));
            ("region", "hazards", hazards.count(), LEAST_HAZARDS)
        }
        _ => return true,
    };
    if count < least {
        let message = format!("{count} {what} are too few");
        fields.wrong(
            field,
            Rule::ExerciseSize,
            message,
            format!("add some: {least} at least"),
        );
    }
    count >= least
}
