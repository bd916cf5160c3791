//! The bodies of the kinds beyond choices, as authors write them (TOML) and packs carry them (JSON): the same fields, lists
//! in the plural in packs.

use crate::FormError;
use crate::item::{BasisForm, OptionForm, choices};
use domain::citation::{Basis, Citation};
use domain::ids::OptionId;
use domain::item::ItemKind;
use domain::kinds::Exercise;
use domain::kinds::branching::{Branching, Choice, Criterion, End, Evidence, Situation};
use domain::kinds::essay::{Essay, Rubric};
use domain::kinds::fill::{Blank, BlankAnswer, Fill};
use domain::kinds::hazard::{Ground, Hazard, Region, RegionState};
use domain::kinds::matching::{Matching, Prompt, Target};
use domain::kinds::number::Decimal;
use domain::kinds::ordering::{Ordering, Step};
use domain::kinds::penalty::{Part, PartBody, Penalty};
use domain::kinds::proofreading::{Fault, Passage, Proofreading};
use domain::kinds::spotting::Label;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

// The form that serde's `skip_serializing_if` asks for.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_false(value: &bool) -> bool {
    !*value
}

/// An id with a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabelForm {
    /// Permanent within the item.
    pub id: String,
    /// What is shown.
    pub text: String,
}

/// The body of a `fill` item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FillForm {
    /// The blanks.
    #[serde(alias = "blank")]
    pub blanks: Vec<BlankForm>,
}

/// A blank: `number` with an optional `tolerance`, or `from` and `to`, or `text`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlankForm {
    /// Stands as `{id}` in the stem.
    pub id: String,
    /// The number that is right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// How far off it may be, to either side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tolerance: Option<String>,
    /// The least number that is right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The greatest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The units that may stand behind the number; the first is shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unit: Vec<String>,
    /// The texts that are right.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub text: Vec<String>,
    /// What people get wrong.
    pub why: String,
}

/// The body of an `ordering` item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderingForm {
    /// The steps in the key's order.
    #[serde(alias = "step")]
    pub steps: Vec<StepForm>,
}

/// A step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepForm {
    /// Permanent within the item.
    pub id: String,
    /// What is shown.
    pub text: String,
    /// May stand in any order with the step before it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub parallel: bool,
}

/// The body of a `matching` item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MatchingForm {
    /// What is to be matched.
    #[serde(alias = "prompt")]
    pub prompts: Vec<PromptForm>,
    /// What with, distractors among them.
    #[serde(alias = "target")]
    pub targets: Vec<LabelForm>,
}

/// A prompt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PromptForm {
    /// Permanent within the item.
    pub id: String,
    /// What is shown.
    pub text: String,
    /// The target that is right.
    pub target: String,
    /// What people get wrong.
    pub why: String,
}

/// The body of a `hazard` item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HazardForm {
    /// In authors' files the name of the SVG; in packs its sanitised markup.
    pub scene: String,
    /// What a hazard may be.
    #[serde(alias = "category")]
    pub categories: Vec<LabelForm>,
    /// What a hazard may offend.
    #[serde(alias = "ground")]
    pub grounds: Vec<GroundForm>,
    /// All objects that can be marked.
    #[serde(alias = "region")]
    pub regions: Vec<RegionForm>,
}

/// What a hazard may offend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroundForm {
    /// Permanent within the item.
    pub id: String,
    /// What is shown.
    pub text: String,
    /// Where it stands; none where it is good practice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cite: Option<String>,
}

/// An object: a hazard with all its fields, or in order with `fine`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegionForm {
    /// The id of the element in the picture.
    pub id: String,
    /// What it is called in the list.
    pub label: String,
    /// The category that is right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// The ground that is right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ground: Option<String>,
    /// What is to be seen.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub finding: String,
    /// Why it is a hazard.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
    /// What the key rests on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<BasisForm>,
    /// Why it is in order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fine: Option<String>,
}

/// The body of a `proofreading` item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProofreadingForm {
    /// The document's title.
    pub document: String,
    /// What a fault may be.
    #[serde(alias = "reason")]
    pub reasons: Vec<LabelForm>,
    /// The document.
    #[serde(alias = "passage")]
    pub passages: Vec<PassageForm>,
}

/// A passage; a faulty one has all of `reason`, `correct`, `why` and `basis`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PassageForm {
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
    /// What is wrong with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What should stand there.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub correct: String,
    /// Why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
    /// What the key rests on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<BasisForm>,
}

/// The body of a `penalty` item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PenaltyForm {
    /// The parts of the decision.
    #[serde(alias = "part")]
    pub parts: Vec<PartForm>,
}

/// A part: `options` with `many`, or `from`, `to`, `unit` and `why`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartForm {
    /// Permanent within the item.
    pub id: String,
    /// The question.
    pub ask: String,
    /// 1 to 5.
    pub weight: u8,
    /// The options.
    #[serde(default, alias = "option", skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<OptionForm>,
    /// Whether several options may be right.
    #[serde(default, skip_serializing_if = "is_false")]
    pub many: bool,
    /// The least amount that is right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The greatest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The units that may stand behind the amount.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unit: Vec<String>,
    /// What people get wrong about the amount.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
}

/// The body of a `branching` item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BranchingForm {
    /// The situation that it begins with.
    pub start: String,
    /// The choices of the best path.
    pub best: Vec<String>,
    /// The situations.
    #[serde(alias = "situation")]
    pub situations: Vec<SituationForm>,
    /// All that can be gathered.
    #[serde(default)]
    pub evidence: Vec<LabelForm>,
}

/// A situation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SituationForm {
    /// Permanent within the item.
    pub id: String,
    /// What is the matter.
    pub text: String,
    /// `good` or `bad` where the case ends here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<String>,
    /// What is to be learnt of this end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub debrief: Option<String>,
    /// What can be done.
    #[serde(default, alias = "choice", skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<ChoiceForm>,
}

/// Something that can be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChoiceForm {
    /// Unique in the item.
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
    /// Points by criterion: `plan`, `conduct`, `procedure`, `evidence`, `law`, `documents`, `discretion`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub award: BTreeMap<String, u8>,
    /// Why it is good or not; shown afterwards.
    pub note: String,
    /// What that rests on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<BasisForm>,
}

/// The body of an `essay` item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EssayForm {
    /// What jurors look at.
    pub rubric: Vec<RubricForm>,
    /// The least number of characters, whitespace not counted.
    pub min: u32,
    /// The most.
    pub max: u32,
}

/// A row of a rubric.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RubricForm {
    /// Permanent within the item.
    pub id: String,
    /// What is looked at.
    pub title: String,
    /// Whole points.
    pub points: u16,
    /// What is good.
    pub text: String,
}

fn id(text: &str) -> Result<OptionId, FormError> {
    text.parse().map_err(|_| FormError::Field("id"))
}

fn ids(texts: &[String]) -> Result<Vec<OptionId>, FormError> {
    texts.iter().map(|text| id(text)).collect()
}

fn labels(forms: &[LabelForm]) -> Result<Vec<Label>, FormError> {
    let label = |form: &LabelForm| {
        Ok(Label {
            id: id(&form.id)?,
            text: form.text.clone(),
        })
    };
    forms.iter().map(label).collect()
}

fn decimal(text: &str) -> Result<Decimal, FormError> {
    text.parse().map_err(|_| FormError::Field("number"))
}

fn wrong(error: impl std::fmt::Display) -> FormError {
    FormError::Body(error.to_string())
}

fn basis(form: Option<&BasisForm>) -> Result<Basis, FormError> {
    form.ok_or(FormError::Field("basis"))?.try_into()
}

fn blank(form: &BlankForm) -> Result<Blank, FormError> {
    let unit = || form.unit.clone();
    let answer = match (&form.number, &form.from, &form.to, form.text.as_slice()) {
        (Some(number), None, None, []) => {
            let tolerance = form.tolerance.as_deref().unwrap_or("0");
            BlankAnswer::around(decimal(number)?, decimal(tolerance)?, unit()).ok_or(FormError::Field("number"))?
        }
        (None, Some(from), Some(to), []) if form.tolerance.is_none() => {
            BlankAnswer::between(decimal(from)?, decimal(to)?, unit())
        }
        (None, None, None, [_, ..]) if form.tolerance.is_none() && form.unit.is_empty() => BlankAnswer::Text {
            accepted: form.text.clone(),
        },
        _ => return Err(FormError::Field("blank")),
    };
    Ok(Blank {
        id: id(&form.id)?,
        answer,
        why: form.why.clone(),
    })
}

fn region(form: &RegionForm) -> Result<Region, FormError> {
    let state = match (&form.category, &form.ground, &form.fine) {
        (Some(category), Some(ground), None) => RegionState::Hazard {
            category: id(category)?,
            ground: id(ground)?,
            finding: form.finding.clone(),
            why: form.why.clone(),
            basis: basis(form.basis.as_ref())?,
        },
        (None, None, Some(fine)) if form.finding.is_empty() && form.why.is_empty() && form.basis.is_none() => {
            RegionState::Fine(fine.clone())
        }
        _ => return Err(FormError::Field("region")),
    };
    Ok(Region {
        id: id(&form.id)?,
        label: form.label.clone(),
        state,
    })
}

fn passage(form: &PassageForm) -> Result<Passage, FormError> {
    let fault = match &form.reason {
        Some(reason) => Some(Fault {
            reason: id(reason)?,
            correct: form.correct.clone(),
            why: form.why.clone(),
            basis: basis(form.basis.as_ref())?,
        }),
        None if form.correct.is_empty() && form.why.is_empty() && form.basis.is_none() => None,
        None => return Err(FormError::Field("passage")),
    };
    Ok(Passage {
        id: id(&form.id)?,
        text: form.text.clone(),
        field: form.field.clone(),
        para: form.para,
        fault,
    })
}

fn part(form: &PartForm) -> Result<Part, FormError> {
    let body = match (form.options.as_slice(), &form.from, &form.to) {
        (options @ [_, ..], None, None) if form.why.is_empty() && form.unit.is_empty() => {
            let kind = if form.many {
                ItemKind::Multiple
            } else {
                ItemKind::Single
            };
            PartBody::Options {
                choices: choices(kind, options)?,
                many: form.many,
            }
        }
        ([], Some(from), Some(to)) if !form.many => PartBody::Amount {
            answer: BlankAnswer::between(decimal(from)?, decimal(to)?, form.unit.clone()),
            why: form.why.clone(),
        },
        _ => return Err(FormError::Field("part")),
    };
    Ok(Part {
        id: id(&form.id)?,
        ask: form.ask.clone(),
        weight: form.weight,
        body,
    })
}

fn choice(form: &ChoiceForm) -> Result<Choice, FormError> {
    let mut award = [0; 7];
    for (key, points) in &form.award {
        let criterion = Criterion::from_key(key).ok_or(FormError::Field("award"))?;
        let place = Criterion::ALL.iter().position(|known| *known == criterion);
        award[place.unwrap_or_default()] = *points;
    }
    Ok(Choice {
        id: id(&form.id)?,
        text: form.text.clone(),
        to: id(&form.to)?,
        gain: ids(&form.gain)?,
        needs: ids(&form.needs)?,
        award,
        note: form.note.clone(),
        basis: form.basis.as_ref().map(Basis::try_from).transpose()?,
    })
}

fn situation(form: &SituationForm) -> Result<Situation, FormError> {
    let end = match form.end.as_deref() {
        None => None,
        Some("good") => Some(End::Good),
        Some("bad") => Some(End::Bad),
        Some(_) => return Err(FormError::Field("end")),
    };
    Ok(Situation {
        id: id(&form.id)?,
        text: form.text.clone(),
        end,
        debrief: form.debrief.clone(),
        choices: form.choices.iter().map(choice).collect::<Result<_, _>>()?,
    })
}

/// Reads the body of an exercise of `kind` whose stem is `stem`.
///
/// # Errors
/// A field is missing, unknown or of another type, or the domain refuses it; the message says which.
pub fn read(kind: ItemKind, stem: &str, value: &Value) -> Result<Exercise, FormError> {
    fn form<T: serde::de::DeserializeOwned>(value: &Value) -> Result<T, FormError> {
        T::deserialize(value).map_err(FormError::from)
    }
    let all = |forms: &[LabelForm]| labels(forms);
    match kind {
        ItemKind::Fill => {
            let form: FillForm = form(value)?;
            let blanks = form.blanks.iter().map(blank).collect::<Result<_, _>>()?;
            Fill::new(stem, blanks).map(Exercise::Fill).map_err(wrong)
        }
        ItemKind::Ordering => {
            let form: OrderingForm = form(value)?;
            let one = |form: StepForm| {
                Ok(Step {
                    id: id(&form.id)?,
                    text: form.text,
                    parallel: form.parallel,
                })
            };
            let steps = form.steps.into_iter().map(one).collect::<Result<_, FormError>>()?;
            Ordering::new(steps).map(Exercise::Ordering).map_err(wrong)
        }
        ItemKind::Matching => {
            let form: MatchingForm = form(value)?;
            let prompt = |form: PromptForm| {
                Ok(Prompt {
                    id: id(&form.id)?,
                    text: form.text,
                    target: id(&form.target)?,
                    why: form.why,
                })
            };
            let target = |form: LabelForm| {
                Ok(Target {
                    id: id(&form.id)?,
                    text: form.text,
                })
            };
            let prompts = form.prompts.into_iter().map(prompt).collect::<Result<_, FormError>>()?;
            let targets = form.targets.into_iter().map(target).collect::<Result<_, FormError>>()?;
            Matching::new(prompts, targets).map(Exercise::Matching).map_err(wrong)
        }
        ItemKind::Hazard => {
            let form: HazardForm = form(value)?;
            let ground = |form: &GroundForm| {
                let cite = form.cite.as_deref().map(str::parse::<Citation>).transpose();
                Ok(Ground {
                    id: id(&form.id)?,
                    text: form.text.clone(),
                    citation: cite.map_err(|_| FormError::Field("cite"))?,
                })
            };
            let grounds = form.grounds.iter().map(ground).collect::<Result<_, FormError>>()?;
            let regions = form.regions.iter().map(region).collect::<Result<_, _>>()?;
            Hazard::new(form.scene, all(&form.categories)?, grounds, regions)
                .map(Exercise::Hazard)
                .map_err(wrong)
        }
        ItemKind::Proofreading => {
            let form: ProofreadingForm = form(value)?;
            let passages = form.passages.iter().map(passage).collect::<Result<_, _>>()?;
            Proofreading::new(form.document, all(&form.reasons)?, passages)
                .map(Exercise::Proofreading)
                .map_err(wrong)
        }
        ItemKind::Penalty => {
            let form: PenaltyForm = form(value)?;
            let parts = form.parts.iter().map(part).collect::<Result<_, _>>()?;
            Penalty::new(parts).map(Exercise::Penalty).map_err(wrong)
        }
        ItemKind::Branching => {
            let form: BranchingForm = form(value)?;
            let situations = form.situations.iter().map(situation).collect::<Result<_, _>>()?;
            let evidence = labels(&form.evidence)?.into_iter();
            let evidence = evidence.map(|Label { id, text }| Evidence { id, text }).collect();
            Branching::new(&id(&form.start)?, situations, evidence, ids(&form.best)?)
                .map(Exercise::Branching)
                .map_err(wrong)
        }
        ItemKind::Essay => {
            let form: EssayForm = form(value)?;
            let row = |form: RubricForm| {
                Ok(Rubric {
                    id: id(&form.id)?,
                    title: form.title,
                    points: form.points,
                    text: form.text,
                })
            };
            let rubric = form.rubric.into_iter().map(row).collect::<Result<_, FormError>>()?;
            Essay::new(rubric, form.min, form.max)
                .map(Exercise::Essay)
                .map_err(wrong)
        }
        ItemKind::Single | ItemKind::Multiple | ItemKind::TrueFalse => Err(FormError::Field("kind")),
    }
}

/// The bases inside the body of an exercise: of hazards, faults and choices.
pub fn bases(exercise: &Exercise) -> Vec<&Basis> {
    match exercise {
        Exercise::Hazard(hazard) => {
            let states = hazard.regions().iter().map(|region| &region.state);
            states
                .filter_map(|state| match state {
                    RegionState::Hazard { basis, .. } => Some(basis),
                    RegionState::Fine(_) => None,
                })
                .collect()
        }
        Exercise::Proofreading(document) => {
            let faults = document.passages().iter().filter_map(|passage| passage.fault.as_ref());
            faults.map(|fault| &fault.basis).collect()
        }
        Exercise::Branching(case) => {
            let choices = case.situations().iter().flat_map(|situation| &situation.choices);
            choices.filter_map(|choice| choice.basis.as_ref()).collect()
        }
        _ => Vec::new(),
    }
}
