//! The shapes of assessments: offers, papers without keys, results.

use super::Mark;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The assessments that are offered to the person.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Offers {
    /// One each exam.
    pub exams: Vec<Offer>,
}

/// An assessment as it is offered to the person.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Offer {
    /// The exam.
    pub id: String,
    /// What every page of it says of its bank.
    pub label: String,
    /// Attempts begun.
    pub used: u16,
    /// Attempts left; missing: without limit.
    pub left: Option<u16>,
    /// When the next may begin, milliseconds since 1970; missing: now, if any is left. While an attempt is open: when at the
    /// latest.
    pub next: Option<i64>,
    /// The attempts begun, the oldest first.
    pub attempts: Vec<String>,
}

/// A wish for a paper.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PaperRequest {
    /// The person's profile.
    pub profile: String,
    /// A UUIDv7 made by the device; the same gives the same paper again.
    pub attempt: String,
}

/// A paper, without keys.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Paper {
    /// The body of the `exam.started` record that the device stores.
    pub sitting: Sitting,
    /// The items in the order asked.
    pub items: Vec<AskedItem>,
    /// What every page and result of it says of its bank.
    pub label: String,
    /// When it began by the endpoint's clock, milliseconds since 1970.
    pub started: i64,
    /// When answering ends.
    pub ends: i64,
    /// The endpoint's clock now.
    pub now: i64,
    /// How many attempts the person may still begin after this one; missing: without limit.
    pub left: Option<u16>,
}

/// A sitting: the body of an `exam.started` record.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Sitting {
    /// The attempt.
    pub attempt: String,
    /// The exam.
    pub exam: String,
    /// `assessment`; `self-test` and `contest` in records of exams with local keys.
    pub mode: String,
    /// What the paper was drawn by, 16 hexadecimal digits. It says nothing of the order of options, steps or targets.
    pub seed: String,
    /// How long it lasts.
    pub minutes: u16,
    /// When the exam closes for everybody, milliseconds since 1970.
    pub closes: Option<i64>,
    /// The share of the points that passes, in ten-thousandths.
    pub pass: u16,
    /// What an incomplete choice earns: `nothing`, `share:N` with ten-thousandths, `proportional`, or `each:N` with
    /// hundredths of a point.
    pub incomplete: String,
    /// The sections.
    pub sections: Vec<SittingSection>,
}

/// A section of a sitting.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SittingSection {
    /// Its title.
    pub title: String,
    /// What each item is worth, in hundredths of a point.
    pub each: u32,
    /// Item, revision and bank of each. The bank of an assessment cannot be fetched.
    #[schema(value_type = Vec<Vec<serde_json::Value>>)]
    pub items: Vec<(String, u32, String)>,
}

/// An item as it is asked. `kind` says which of the lists are there.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedItem {
    /// The permanent id.
    pub id: String,
    /// The wording.
    pub revision: u32,
    /// `single`, `multiple`, `true-false`, `fill`, `ordering`, `matching`, `hazard`, `proofreading`, `penalty`, `branching`
    /// or `essay`.
    pub kind: String,
    /// The question.
    pub stem: String,
    /// The options, steps or targets in the order shown; for `hazard` the objects.
    #[serde(default)]
    pub options: Vec<Label>,
    /// The prompts of `matching`, the categories of `hazard`, the reasons of `proofreading`, the evidence of `branching`.
    #[serde(default)]
    pub labels: Vec<Label>,
    /// The grounds of `hazard`.
    #[serde(default)]
    pub grounds: Vec<Label>,
    /// The scene of `hazard`, the title of `proofreading`, the first situation of `branching`.
    #[serde(default)]
    pub main: String,
    /// The blanks of `fill` and the parts of `penalty`.
    #[serde(default)]
    pub parts: Vec<AskedPart>,
    /// The passages of `proofreading`.
    #[serde(default)]
    pub passages: Vec<AskedPassage>,
    /// The situations of `branching`.
    #[serde(default)]
    pub situations: Vec<AskedSituation>,
    /// The rubric of `essay`.
    #[serde(default)]
    pub rubric: Vec<Rubric>,
    /// The least characters of `essay`.
    pub min: Option<u32>,
    /// The most.
    pub max: Option<u32>,
}

/// An id with a text.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// Permanent within the item.
    pub id: String,
    /// What is shown.
    pub text: String,
}

/// A blank or a part.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedPart {
    /// Permanent within the item.
    pub id: String,
    /// The question of a part.
    #[serde(default)]
    pub ask: String,
    /// The options of a part.
    #[serde(default)]
    pub options: Vec<Label>,
    /// Whether several may be chosen.
    #[serde(default)]
    pub many: bool,
    /// Whether a number is wanted.
    #[serde(default)]
    pub number: bool,
    /// The unit behind it.
    #[serde(default)]
    pub unit: String,
}

/// A passage.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedPassage {
    /// Permanent within the item.
    pub id: String,
    /// What stands there.
    pub text: String,
    /// The label before it.
    pub field: Option<String>,
    /// Begins a new line.
    #[serde(default)]
    pub para: bool,
}

/// A situation.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedSituation {
    /// Permanent within the item.
    pub id: String,
    /// What is the matter.
    pub text: String,
    /// What can be done.
    #[serde(default)]
    pub choices: Vec<AskedChoice>,
}

/// Something that can be done.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedChoice {
    /// Permanent within the item.
    pub id: String,
    /// What is shown.
    pub text: String,
    /// Where it leads.
    pub to: String,
    /// What it gathers.
    #[serde(default)]
    pub gain: Vec<String>,
    /// What it cannot do without.
    #[serde(default)]
    pub needs: Vec<String>,
}

/// A row of a rubric.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rubric {
    /// Permanent within the item.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Whole points.
    pub points: u16,
    /// What is good.
    pub text: String,
}

/// What a sitting came to, without keys.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SittingResult {
    /// `open` until it was handed in or its time is over, then `marked`, or `awaiting` while jurors have to mark a part.
    #[schema(example = "marked")]
    pub state: String,
    /// Whether it counts: an attempt that the endpoint never gave a paper for does not.
    pub counts: bool,
    /// Hundredths of a point earned; 0 while open.
    pub points: u32,
    /// Hundredths of a point that could be earned.
    pub max: u32,
    /// Whether it is passed; missing while open or awaiting.
    pub passed: Option<bool>,
    /// Whether somebody should look at when it was answered and when that arrived.
    pub doubtful: bool,
    /// What every result of it says of its bank.
    pub label: String,
    /// Each item in the order asked; empty while open.
    pub rows: Vec<SittingRow>,
}

/// One item of a marked sitting.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SittingRow {
    /// The item.
    pub item: String,
    /// Its mark.
    pub mark: Mark,
    /// What it is about.
    pub topics: Vec<String>,
    /// What it rests on, as `id@version#article`.
    pub citations: Vec<String>,
}
