//! Items as they are asked: all that a person sees before answering, and nothing of the key.
//!
//! What an author lists in the key's order is put into the seed's, so that the order gives nothing away either. An
//! assessment's paper consists of these; practice and self-tests make them of the items that they have.

use crate::ids::{ItemId, OptionId};
use crate::item::{ChoiceOption, Choices, Item, ItemBody, ItemKind, Response};
use crate::kinds::Exercise;
use crate::kinds::essay::Rubric;
use crate::kinds::fill::{Blank, BlankAnswer};
use crate::kinds::penalty::{Part, PartBody};
use crate::kinds::spotting::Label;
use crate::shuffle::Seed;
use crate::units::Revision;

/// An item as it is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The permanent id.
    pub id: ItemId,
    /// The wording.
    pub revision: Revision,
    /// The question.
    pub stem: String,
    /// What is to be done.
    pub body: Ask,
}

/// What is to be done, by kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// Choose one option, or several.
    Choices {
        /// The options in the order shown.
        options: Vec<Label>,
        /// Whether several may be chosen.
        many: bool,
    },
    /// Judge the stem.
    Truth,
    /// Fill in the blanks that stand as `{id}` in the stem.
    Fill(Vec<AskedBlank>),
    /// Put the steps in order.
    Ordering(Vec<Label>),
    /// Match each prompt with a target.
    Matching {
        /// The prompts.
        prompts: Vec<Label>,
        /// The targets, distractors among them.
        targets: Vec<Label>,
    },
    /// Find the hazards.
    Hazard {
        /// The sanitised SVG; its groups have the ids of `regions`.
        scene: String,
        /// What a hazard may be.
        categories: Vec<Label>,
        /// What a hazard may offend.
        grounds: Vec<Label>,
        /// All objects that can be marked.
        regions: Vec<Label>,
    },
    /// Find the faults.
    Proofreading {
        /// The document's title.
        document: String,
        /// What a fault may be.
        reasons: Vec<Label>,
        /// The document.
        passages: Vec<AskedPassage>,
    },
    /// Decide each part.
    Penalty(Vec<AskedPart>),
    /// Go through the case.
    Branching(AskedCase),
    /// Write.
    Essay {
        /// What jurors will look at.
        rubric: Vec<Rubric>,
        /// The least number of characters, whitespace not counted.
        min: u32,
        /// The most.
        max: u32,
    },
}

/// A blank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedBlank {
    /// Permanent within the item.
    pub id: OptionId,
    /// Whether a number is wanted.
    pub number: bool,
    /// The unit that stands behind it; empty where there is none.
    pub unit: String,
}

/// A passage of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedPassage {
    /// Permanent within the item.
    pub id: OptionId,
    /// What stands there.
    pub text: String,
    /// The label before it.
    pub field: Option<String>,
    /// Whether it begins a new line.
    pub para: bool,
}

/// A part of a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedPart {
    /// Permanent within the item.
    pub id: OptionId,
    /// The question.
    pub ask: String,
    /// The options in the order shown; empty where an amount is asked for.
    pub options: Vec<Label>,
    /// Whether several may be chosen.
    pub many: bool,
    /// The unit of the amount; empty where there is none.
    pub unit: String,
}

/// A branching case without awards and notes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedCase {
    /// Where it begins.
    pub start: OptionId,
    /// All situations.
    pub situations: Vec<AskedSituation>,
    /// All that can be gathered.
    pub evidence: Vec<Label>,
}

/// A situation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedSituation {
    /// Permanent within the item.
    pub id: OptionId,
    /// What is the matter.
    pub text: String,
    /// What can be done, in the order shown; nothing where the case ends.
    pub choices: Vec<AskedChoice>,
}

/// Something that can be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedChoice {
    /// Permanent within the item.
    pub id: OptionId,
    /// What is shown.
    pub text: String,
    /// Where it leads.
    pub to: OptionId,
    /// What it gathers.
    pub gain: Vec<OptionId>,
    /// What it cannot do without.
    pub needs: Vec<OptionId>,
}

/// Where a path through a case has led.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reached<'a> {
    /// The situation.
    pub situation: &'a AskedSituation,
    /// What has been gathered, in the order of gathering.
    pub evidence: Vec<&'a Label>,
    /// What can be done with it.
    pub choices: Vec<&'a AskedChoice>,
}

impl AskedCase {
    /// Where `path` leads: as far as its choices are offered one after the other.
    pub fn reached(&self, path: &[OptionId]) -> Option<Reached<'_>> {
        let find = |id: &OptionId| self.situations.iter().find(|situation| situation.id == *id);
        let mut situation = find(&self.start)?;
        let mut held: Vec<&OptionId> = Vec::new();
        let offered = |choice: &&AskedChoice, held: &[&OptionId]| choice.needs.iter().all(|need| held.contains(&need));
        for id in path {
            let choice = situation.choices.iter().find(|choice| choice.id == *id);
            let Some(choice) = choice.filter(|choice| offered(choice, &held)) else {
                break;
            };
            for gained in &choice.gain {
                if !held.contains(&gained) {
                    held.push(gained);
                }
            }
            situation = find(&choice.to)?;
        }
        let label = |id: &&OptionId| self.evidence.iter().find(|label| label.id == **id);
        Some(Reached {
            situation,
            evidence: held.iter().filter_map(label).collect(),
            choices: situation
                .choices
                .iter()
                .filter(|choice| offered(choice, &held))
                .collect(),
        })
    }
}

fn label(id: &OptionId, text: &str) -> Label {
    Label {
        id: id.clone(),
        text: text.to_owned(),
    }
}

fn shuffled<T>(mut list: Vec<T>, seed: Seed) -> Vec<T> {
    seed.shuffle(&mut list);
    list
}

fn options(choices: &Choices, seed: Seed) -> Vec<Label> {
    let shown = choices.shown(seed);
    shown
        .into_iter()
        .map(|option: &ChoiceOption| label(&option.id, &option.text))
        .collect()
}

fn unit(answer: &BlankAnswer) -> String {
    match answer {
        BlankAnswer::Number { units, .. } => units.first().cloned().unwrap_or_default(),
        BlankAnswer::Text { .. } => String::new(),
    }
}

impl Asked {
    /// The item as `seed` shows it.
    pub fn of(item: &Item, seed: Seed) -> Self {
        let body = match &item.body {
            ItemBody::Single(choices) => Ask::Choices {
                options: options(choices, seed),
                many: false,
            },
            ItemBody::Multiple(choices) => Ask::Choices {
                options: options(choices, seed),
                many: true,
            },
            ItemBody::TrueFalse { .. } => Ask::Truth,
            ItemBody::Exercise(exercise) => exercise_asked(exercise, seed),
        };
        Self {
            id: item.id.clone(),
            revision: item.revision,
            stem: item.stem.clone(),
            body,
        }
    }

    /// The kind's name.
    pub fn kind(&self) -> ItemKind {
        match &self.body {
            Ask::Choices { many: false, .. } => ItemKind::Single,
            Ask::Choices { many: true, .. } => ItemKind::Multiple,
            Ask::Truth => ItemKind::TrueFalse,
            Ask::Fill(_) => ItemKind::Fill,
            Ask::Ordering(_) => ItemKind::Ordering,
            Ask::Matching { .. } => ItemKind::Matching,
            Ask::Hazard { .. } => ItemKind::Hazard,
            Ask::Proofreading { .. } => ItemKind::Proofreading,
            Ask::Penalty(_) => ItemKind::Penalty,
            Ask::Branching(_) => ItemKind::Branching,
            Ask::Essay { .. } => ItemKind::Essay,
        }
    }

    /// The response of somebody who has not answered yet.
    pub fn empty(&self) -> Response {
        match &self.body {
            Ask::Choices { .. } => Response::Options(Vec::new()),
            Ask::Truth => Response::Truth(None),
            Ask::Fill(_) => Response::Blanks(Vec::new()),
            Ask::Ordering(_) => Response::Order(Vec::new()),
            Ask::Matching { .. } => Response::Pairs(Vec::new()),
            Ask::Hazard { .. } | Ask::Proofreading { .. } => Response::Marks(Vec::new()),
            Ask::Penalty(_) => Response::Parts(Vec::new()),
            Ask::Branching(_) => Response::Path(Vec::new()),
            Ask::Essay { .. } => Response::Text(String::new()),
        }
    }
}

fn exercise_asked(exercise: &Exercise, seed: Seed) -> Ask {
    match exercise {
        Exercise::Fill(fill) => Ask::Fill(
            fill.blanks()
                .iter()
                .map(|Blank { id, answer, .. }| AskedBlank {
                    id: id.clone(),
                    number: matches!(answer, BlankAnswer::Number { .. }),
                    unit: unit(answer),
                })
                .collect(),
        ),
        Exercise::Ordering(ordering) => {
            let steps = ordering.shown(seed);
            Ask::Ordering(steps.into_iter().map(|step| label(&step.id, &step.text)).collect())
        }
        Exercise::Matching(matching) => Ask::Matching {
            prompts: matching
                .prompts()
                .iter()
                .map(|prompt| label(&prompt.id, &prompt.text))
                .collect(),
            targets: matching
                .shown_targets(seed)
                .into_iter()
                .map(|target| label(&target.id, &target.text))
                .collect(),
        },
        Exercise::Hazard(hazard) => {
            let grounds = hazard.grounds().iter().map(|ground| label(&ground.id, &ground.text));
            let regions = hazard.shown_regions(seed).into_iter();
            Ask::Hazard {
                scene: hazard.scene().to_owned(),
                categories: shuffled(hazard.categories().to_vec(), seed.derive("categories")),
                grounds: shuffled(grounds.collect(), seed.derive("grounds")),
                regions: regions.map(|region| label(&region.id, &region.label)).collect(),
            }
        }
        Exercise::Proofreading(document) => Ask::Proofreading {
            document: document.document().to_owned(),
            reasons: shuffled(document.reasons().to_vec(), seed.derive("reasons")),
            passages: document
                .passages()
                .iter()
                .map(|passage| AskedPassage {
                    id: passage.id.clone(),
                    text: passage.text.clone(),
                    field: passage.field.clone(),
                    para: passage.para,
                })
                .collect(),
        },
        Exercise::Penalty(penalty) => Ask::Penalty(penalty.parts().iter().map(|part| part_asked(part, seed)).collect()),
        Exercise::Branching(case) => Ask::Branching(AskedCase {
            start: case.start().id.clone(),
            situations: case
                .situations()
                .iter()
                .map(|situation| AskedSituation {
                    id: situation.id.clone(),
                    text: situation.text.clone(),
                    choices: shuffled(
                        situation
                            .choices
                            .iter()
                            .map(|choice| AskedChoice {
                                id: choice.id.clone(),
                                text: choice.text.clone(),
                                to: choice.to.clone(),
                                gain: choice.gain.clone(),
                                needs: choice.needs.clone(),
                            })
                            .collect(),
                        seed.derive(situation.id.as_str()),
                    ),
                })
                .collect(),
            evidence: case
                .evidence()
                .iter()
                .map(|evidence| label(&evidence.id, &evidence.text))
                .collect(),
        }),
        Exercise::Essay(essay) => Ask::Essay {
            rubric: essay.rubric().to_vec(),
            min: essay.min(),
            max: essay.max(),
        },
    }
}

fn part_asked(part: &Part, seed: Seed) -> AskedPart {
    let (options, many, unit) = match &part.body {
        PartBody::Options { choices, many } => (options(choices, seed.derive(part.id.as_str())), *many, String::new()),
        PartBody::Amount { answer, .. } => (Vec::new(), false, unit(answer)),
    };
    AskedPart {
        id: part.id.clone(),
        ask: part.ask.clone(),
        options,
        many,
        unit,
    }
}
