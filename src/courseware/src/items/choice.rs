//! Options, and what goes with the kinds that have them.

use super::WHY;
use crate::diagnostic::Rule;
use crate::fields::Fields;
use crate::reader::Reader;
use domain::ids::OptionId;
use domain::item::{ChoiceOption, Choices, ChoicesError, ItemKind};
use wire::item::{ItemForm, OptionForm, kind_name};

const OPTION: [&str; 5] = ["id", "text", "right", "why", "pin"];

/// The most characters of an option: more cannot be compared at a glance.
pub(super) const OPTION_TEXT: usize = 200;

/// Reads the options of a choice or of a part of a decision.
pub(super) fn options(reader: &Reader<'_>, fields: &Fields<'_>) -> Vec<OptionForm> {
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
pub(super) fn body(fields: &Fields<'_>, kind: ItemKind, form: &ItemForm) {
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
