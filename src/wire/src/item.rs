//! Items and bases as packs carry them, and their way into the domain.

use crate::FormError;
use domain::citation::{Basis, Certainty, Citation};
use domain::item::{ChoiceOption, Choices, Item, ItemBody, ItemKind};
use domain::kinds::Exercise;
use domain::units::{Difficulty, Revision};
use serde::{Deserialize, Serialize};

// The form that serde's `skip_serializing_if` asks for.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_false(value: &bool) -> bool {
    !*value
}

/// An item. `kind` says which of the other fields are there: `options` for `single` and `multiple`, `answer` and `why`
/// for `true-false`, `exercise` for all others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemForm {
    /// The permanent id.
    pub id: String,
    /// The wording, 1 and up.
    pub revision: u32,
    /// `single`, `multiple`, `true-false`, `fill`, `ordering`, `matching`, `hazard`, `proofreading`, `penalty`, `branching`
    /// or `essay`.
    pub kind: String,
    /// The exclusion group: of its items a paper holds one at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// What it is about.
    pub topics: Vec<String>,
    /// 1 to 5.
    pub difficulty: u8,
    /// The question or statement, plain text.
    pub stem: String,
    /// The options in the author's order; `[[item.option]]` in the author's files.
    #[serde(default, alias = "option", skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<OptionForm>,
    /// Whether the statement is right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<bool>,
    /// What whoever judged otherwise got wrong.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
    /// The body of the kinds beyond choices (`exercise::read`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exercise: Option<serde_json::Value>,
    /// What the key rests on.
    pub basis: BasisForm,
    /// Why the key is right.
    pub explanation: String,
}

/// An option of a choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OptionForm {
    /// Permanent within the item.
    pub id: String,
    /// What is shown.
    pub text: String,
    /// Whether it belongs to the key.
    #[serde(default, skip_serializing_if = "is_false")]
    pub right: bool,
    /// Why it is wrong.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
    /// Stays last when shuffled.
    #[serde(default, skip_serializing_if = "is_false")]
    pub pin: bool,
}

/// A basis: exactly one of `article`, `cited` and `practice`; `certainty` and `note` go with `cited`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BasisForm {
    /// Citations whose text is at hand.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub article: Vec<String>,
    /// Citations whose text is not at hand.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cited: Vec<String>,
    /// `high`, `medium` or `low`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certainty: Option<String>,
    /// What the learner should know about the source.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Why it is good practice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub practice: Option<String>,
}

/// The certainty called `high`, `medium` or `low`.
pub fn certainty(name: &str) -> Option<Certainty> {
    match name {
        "high" => Some(Certainty::High),
        "medium" => Some(Certainty::Medium),
        "low" => Some(Certainty::Low),
        _ => None,
    }
}

/// The name of an item kind in the forms.
pub fn kind_name(kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::Single => "single",
        ItemKind::Multiple => "multiple",
        ItemKind::TrueFalse => "true-false",
        ItemKind::Fill => "fill",
        ItemKind::Ordering => "ordering",
        ItemKind::Matching => "matching",
        ItemKind::Hazard => "hazard",
        ItemKind::Proofreading => "proofreading",
        ItemKind::Penalty => "penalty",
        ItemKind::Branching => "branching",
        ItemKind::Essay => "essay",
    }
}

/// The item kind with this name.
pub fn kind_named(name: &str) -> Option<ItemKind> {
    ItemKind::ALL.into_iter().find(|kind| kind_name(*kind) == name)
}

/// Reads the body of an exercise of a kind, given its stem. Handed in, so that a page that shows choices alone need not
/// carry the code of the others.
pub type ReadExercise = fn(ItemKind, &str, &serde_json::Value) -> Result<Exercise, FormError>;

/// Refuses every exercise.
///
/// # Errors
/// Always.
pub fn no_exercise(_: ItemKind, _: &str, _: &serde_json::Value) -> Result<Exercise, FormError> {
    Err(FormError::Field("kind"))
}

impl TryFrom<&BasisForm> for Basis {
    type Error = FormError;
    fn try_from(form: &BasisForm) -> Result<Self, FormError> {
        let citations = |texts: &[String]| -> Result<Vec<Citation>, FormError> {
            texts
                .iter()
                .map(|text| text.parse().map_err(|_| FormError::Field("basis")))
                .collect()
        };
        let plain = form.certainty.is_none() && form.note.is_empty();
        match (form.article.as_slice(), form.cited.as_slice(), &form.practice) {
            (article @ [_, ..], [], None) if plain => Ok(Self::Article(citations(article)?)),
            ([], cited @ [_, ..], None) => Ok(Self::Cited {
                citations: citations(cited)?,
                certainty: form
                    .certainty
                    .as_deref()
                    .and_then(certainty)
                    .ok_or(FormError::Field("certainty"))?,
                note: form.note.clone(),
            }),
            ([], [], Some(reason)) if plain && !reason.trim().is_empty() => Ok(Self::Practice(reason.clone())),
            _ => Err(FormError::Field("basis")),
        }
    }
}

impl TryFrom<&ItemForm> for Item {
    type Error = FormError;
    fn try_from(form: &ItemForm) -> Result<Self, FormError> {
        read(form, crate::exercise::read)
    }
}

/// Reads an item; its exercise, if it is one, by `exercise`.
///
/// # Errors
/// A field holds what its type does not allow, or does not go with the kind.
pub fn read(form: &ItemForm, exercise: ReadExercise) -> Result<Item, FormError> {
    let kind = kind_named(&form.kind).ok_or(FormError::Field("kind"))?;
    if (form.answer.is_some() || !form.why.is_empty()) && kind != ItemKind::TrueFalse {
        return Err(FormError::Field("answer"));
    }
    let body = match (kind, form.answer, &form.exercise) {
        (ItemKind::Single, _, None) => ItemBody::Single(choices(kind, &form.options)?),
        (ItemKind::Multiple, _, None) => ItemBody::Multiple(choices(kind, &form.options)?),
        (ItemKind::TrueFalse, Some(answer), None) if form.options.is_empty() => ItemBody::TrueFalse {
            answer,
            why: form.why.clone(),
        },
        (ItemKind::TrueFalse, ..) => return Err(FormError::Field("answer")),
        (_, _, Some(value)) if form.options.is_empty() => {
            ItemBody::Exercise(Box::new(exercise(kind, &form.stem, value)?))
        }
        _ => return Err(FormError::Field("kind")),
    };
    if form.revision == 0 {
        return Err(FormError::Field("revision"));
    }
    Ok(Item {
        id: form.id.parse().map_err(|_| FormError::Field("id"))?,
        revision: Revision(form.revision),
        difficulty: Difficulty::new(form.difficulty).ok_or(FormError::Field("difficulty"))?,
        group: form.group.clone(),
        topics: form.topics.clone(),
        stem: form.stem.clone(),
        body,
        basis: (&form.basis).try_into()?,
        explanation: form.explanation.clone(),
    })
}

/// The options of a choice.
///
/// # Errors
/// They make no choice of this kind.
pub(crate) fn choices(kind: ItemKind, forms: &[OptionForm]) -> Result<Choices, FormError> {
    let option = |form: &OptionForm| -> Result<ChoiceOption, FormError> {
        Ok(ChoiceOption {
            id: form.id.parse().map_err(|_| FormError::Field("option id"))?,
            text: form.text.clone(),
            right: form.right,
            why: form.why.clone(),
            pinned: form.pin,
        })
    };
    let options: Result<Vec<_>, _> = forms.iter().map(option).collect();
    Choices::new(kind, options?).map_err(|_| FormError::Field("options"))
}
