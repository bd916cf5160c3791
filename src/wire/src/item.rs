//! Items and bases as packs carry them, and their way into the domain.

use crate::FormError;
use domain::citation::{Basis, Certainty, Citation};
use domain::item::{ChoiceOption, Choices, Item, ItemBody, ItemKind};
use domain::units::{Difficulty, Revision};
use serde::{Deserialize, Serialize};

// The form that serde's `skip_serializing_if` asks for.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_false(value: &bool) -> bool {
    !*value
}

/// An item. `kind` says which of the other fields are there: `options` for `single` and `multiple`, `answer` and `why`
/// for `true-false`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemForm {
    /// The permanent id.
    pub id: String,
    /// The wording, 1 and up.
    pub revision: u32,
    /// `single`, `multiple` or `true-false`.
    pub kind: String,
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
    }
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
        let choices = |kind| -> Result<Choices, FormError> {
            if form.answer.is_some() || !form.why.is_empty() {
                return Err(FormError::Field("answer"));
            }
            let option = |option: &OptionForm| -> Result<ChoiceOption, FormError> {
                Ok(ChoiceOption {
                    id: option.id.parse().map_err(|_| FormError::Field("option id"))?,
                    text: option.text.clone(),
                    right: option.right,
                    why: option.why.clone(),
                    pinned: option.pin,
                })
            };
            let options: Result<Vec<_>, _> = form.options.iter().map(option).collect();
            Choices::new(kind, options?).map_err(|_| FormError::Field("options"))
        };
        let body = match (form.kind.as_str(), form.answer) {
            ("single", _) => ItemBody::Single(choices(ItemKind::Single)?),
            ("multiple", _) => ItemBody::Multiple(choices(ItemKind::Multiple)?),
            ("true-false", Some(answer)) if form.options.is_empty() => ItemBody::TrueFalse {
                answer,
                why: form.why.clone(),
            },
            ("true-false", _) => return Err(FormError::Field("answer")),
            _ => return Err(FormError::Field("kind")),
        };
        if form.revision == 0 {
            return Err(FormError::Field("revision"));
        }
        Ok(Self {
            id: form.id.parse().map_err(|_| FormError::Field("id"))?,
            revision: Revision(form.revision),
            difficulty: Difficulty::new(form.difficulty).ok_or(FormError::Field("difficulty"))?,
            topics: form.topics.clone(),
            stem: form.stem.clone(),
            body,
            basis: (&form.basis).try_into()?,
            explanation: form.explanation.clone(),
        })
    }
}
