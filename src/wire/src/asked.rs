//! Items without their keys, as the endpoint sends them for an assessment. Written from `domain::asked`, which has no key to
//! begin with.

use crate::FormError;
use crate::exercise::{LabelForm, RubricForm};
use crate::item::{kind_name, kind_named};
use domain::asked::{Ask, Asked, AskedBlank, AskedCase, AskedChoice, AskedPart, AskedPassage, AskedSituation};
use domain::ids::OptionId;
use domain::item::ItemKind;
use domain::kinds::essay::Rubric;
use domain::kinds::spotting::Label;
use domain::units::Revision;
use serde::{Deserialize, Serialize};

// The form that serde's `skip_serializing_if` asks for.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_false(value: &bool) -> bool {
    !*value
}

/// An item as it is asked. `kind` says which of the lists are there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedForm {
    /// The permanent id.
    pub id: String,
    /// The wording.
    pub revision: u32,
    /// The kind's name.
    pub kind: String,
    /// The question.
    pub stem: String,
    /// The options, steps or targets, in the order shown; for `hazard` the objects.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<LabelForm>,
    /// The prompts of `matching`; the categories of `hazard`; the reasons of `proofreading`; the evidence of `branching`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<LabelForm>,
    /// The grounds of `hazard`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grounds: Vec<LabelForm>,
    /// The scene of `hazard`, the title of `proofreading`, the first situation of `branching`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub main: String,
    /// Blanks of `fill` and parts of `penalty`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<AskedPartForm>,
    /// The passages of `proofreading`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passages: Vec<AskedPassageForm>,
    /// The situations of `branching`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub situations: Vec<AskedSituationForm>,
    /// The rubric of `essay`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rubric: Vec<RubricForm>,
    /// The least characters of `essay`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<u32>,
    /// The most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<u32>,
}

/// A blank or a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedPartForm {
    /// Permanent within the item.
    pub id: String,
    /// The question of a part; empty for a blank.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub ask: String,
    /// The options of a part.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<LabelForm>,
    /// Whether several may be chosen.
    #[serde(default, skip_serializing_if = "is_false")]
    pub many: bool,
    /// Whether a blank wants a number.
    #[serde(default, skip_serializing_if = "is_false")]
    pub number: bool,
    /// The unit behind it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
}

/// A passage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedPassageForm {
    /// Permanent within the item.
    pub id: String,
    /// What stands there.
    pub text: String,
    /// The label before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Begins a new line.
    #[serde(default, skip_serializing_if = "is_false")]
    pub para: bool,
}

/// A situation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedSituationForm {
    /// Permanent within the item.
    pub id: String,
    /// What is the matter.
    pub text: String,
    /// What can be done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<AskedChoiceForm>,
}

/// Something that can be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedChoiceForm {
    /// Permanent within the item.
    pub id: String,
    /// What is shown.
    pub text: String,
    /// Where it leads.
    pub to: String,
    /// What it gathers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gain: Vec<String>,
    /// What it cannot do without.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<String>,
}

fn to_labels(labels: &[Label]) -> Vec<LabelForm> {
    let label = |label: &Label| LabelForm {
        id: label.id.to_string(),
        text: label.text.clone(),
    };
    labels.iter().map(label).collect()
}

fn id(text: &str) -> Result<OptionId, FormError> {
    text.parse().map_err(|_| FormError::Field("id"))
}

fn of_labels(forms: &[LabelForm]) -> Result<Vec<Label>, FormError> {
    let label = |form: &LabelForm| {
        Ok(Label {
            id: id(&form.id)?,
            text: form.text.clone(),
        })
    };
    forms.iter().map(label).collect()
}

fn texts(ids: &[OptionId]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}

fn ids(texts: &[String]) -> Result<Vec<OptionId>, FormError> {
    texts.iter().map(|text| id(text)).collect()
}

impl From<&Asked> for AskedForm {
    fn from(asked: &Asked) -> Self {
        let mut form = Self {
            id: asked.id.to_string(),
            revision: asked.revision.0,
            kind: kind_name(asked.kind()).into(),
            stem: asked.stem.clone(),
            ..Self::default()
        };
        match &asked.body {
            Ask::Choices { options, .. } | Ask::Ordering(options) => form.options = to_labels(options),
            Ask::Truth => {}
            Ask::Fill(blanks) => {
                let blank = |blank: &AskedBlank| AskedPartForm {
                    id: blank.id.to_string(),
                    ask: String::new(),
                    options: Vec::new(),
                    many: false,
                    number: blank.number,
                    unit: blank.unit.clone(),
                };
                form.parts = blanks.iter().map(blank).collect();
            }
            Ask::Matching { prompts, targets } => {
                form.labels = to_labels(prompts);
                form.options = to_labels(targets);
            }
            Ask::Hazard {
                scene,
                categories,
                grounds,
                regions,
            } => {
                form.main.clone_from(scene);
                form.labels = to_labels(categories);
                form.grounds = to_labels(grounds);
                form.options = to_labels(regions);
            }
            Ask::Proofreading {
                document,
                reasons,
                passages,
            } => {
                let passage = |passage: &AskedPassage| AskedPassageForm {
                    id: passage.id.to_string(),
                    text: passage.text.clone(),
                    field: passage.field.clone(),
                    para: passage.para,
                };
                form.main.clone_from(document);
                form.labels = to_labels(reasons);
                form.passages = passages.iter().map(passage).collect();
            }
            Ask::Penalty(parts) => {
                let part = |part: &AskedPart| AskedPartForm {
                    id: part.id.to_string(),
                    ask: part.ask.clone(),
                    options: to_labels(&part.options),
                    many: part.many,
                    number: part.options.is_empty(),
                    unit: part.unit.clone(),
                };
                form.parts = parts.iter().map(part).collect();
            }
            Ask::Branching(case) => {
                let choice = |choice: &AskedChoice| AskedChoiceForm {
                    id: choice.id.to_string(),
                    text: choice.text.clone(),
                    to: choice.to.to_string(),
                    gain: texts(&choice.gain),
                    needs: texts(&choice.needs),
                };
                let situation = |situation: &AskedSituation| AskedSituationForm {
                    id: situation.id.to_string(),
                    text: situation.text.clone(),
                    choices: situation.choices.iter().map(choice).collect(),
                };
                form.main = case.start.to_string();
                form.labels = to_labels(&case.evidence);
                form.situations = case.situations.iter().map(situation).collect();
            }
            Ask::Essay { rubric, min, max } => {
                let row = |row: &Rubric| RubricForm {
                    id: row.id.to_string(),
                    title: row.title.clone(),
                    points: row.points,
                    text: row.text.clone(),
                };
                form.rubric = rubric.iter().map(row).collect();
                (form.min, form.max) = (Some(*min), Some(*max));
            }
        }
        form
    }
}

fn part(form: &AskedPartForm) -> Result<AskedPart, FormError> {
    Ok(AskedPart {
        id: id(&form.id)?,
        ask: form.ask.clone(),
        options: of_labels(&form.options)?,
        many: form.many,
        unit: form.unit.clone(),
    })
}

fn situation(form: &AskedSituationForm) -> Result<AskedSituation, FormError> {
    let choice = |form: &AskedChoiceForm| {
        Ok(AskedChoice {
            id: id(&form.id)?,
            text: form.text.clone(),
            to: id(&form.to)?,
            gain: ids(&form.gain)?,
            needs: ids(&form.needs)?,
        })
    };
    Ok(AskedSituation {
        id: id(&form.id)?,
        text: form.text.clone(),
        choices: form.choices.iter().map(choice).collect::<Result<_, FormError>>()?,
    })
}

impl TryFrom<&AskedForm> for Asked {
    type Error = FormError;
    fn try_from(form: &AskedForm) -> Result<Self, FormError> {
        let kind = kind_named(&form.kind).ok_or(FormError::Field("kind"))?;
        let body = match kind {
            ItemKind::Single | ItemKind::Multiple => Ask::Choices {
                options: of_labels(&form.options)?,
                many: kind == ItemKind::Multiple,
            },
            ItemKind::TrueFalse => Ask::Truth,
            ItemKind::Fill => {
                let blank = |form: &AskedPartForm| {
                    Ok(AskedBlank {
                        id: id(&form.id)?,
                        number: form.number,
                        unit: form.unit.clone(),
                    })
                };
                Ask::Fill(form.parts.iter().map(blank).collect::<Result<_, FormError>>()?)
            }
            ItemKind::Ordering => Ask::Ordering(of_labels(&form.options)?),
            ItemKind::Matching => Ask::Matching {
                prompts: of_labels(&form.labels)?,
                targets: of_labels(&form.options)?,
            },
            ItemKind::Hazard => Ask::Hazard {
                scene: form.main.clone(),
                categories: of_labels(&form.labels)?,
                grounds: of_labels(&form.grounds)?,
                regions: of_labels(&form.options)?,
            },
            ItemKind::Proofreading => {
                let passage = |form: &AskedPassageForm| {
                    Ok(AskedPassage {
                        id: id(&form.id)?,
                        text: form.text.clone(),
                        field: form.field.clone(),
                        para: form.para,
                    })
                };
                Ask::Proofreading {
                    document: form.main.clone(),
                    reasons: of_labels(&form.labels)?,
                    passages: form.passages.iter().map(passage).collect::<Result<_, FormError>>()?,
                }
            }
            ItemKind::Penalty => Ask::Penalty(form.parts.iter().map(part).collect::<Result<_, _>>()?),
            ItemKind::Branching => Ask::Branching(AskedCase {
                start: id(&form.main)?,
                situations: form.situations.iter().map(situation).collect::<Result<_, _>>()?,
                evidence: of_labels(&form.labels)?,
            }),
            ItemKind::Essay => {
                let row = |form: &RubricForm| {
                    Ok(Rubric {
                        id: id(&form.id)?,
                        title: form.title.clone(),
                        points: form.points,
                        text: form.text.clone(),
                    })
                };
                Ask::Essay {
                    rubric: form.rubric.iter().map(row).collect::<Result<_, FormError>>()?,
                    min: form.min.ok_or(FormError::Field("min"))?,
                    max: form.max.ok_or(FormError::Field("max"))?,
                }
            }
        };
        Ok(Self {
            id: form.id.parse().map_err(|_| FormError::Field("id"))?,
            revision: Revision(form.revision),
            stem: form.stem.clone(),
            body,
        })
    }
}
