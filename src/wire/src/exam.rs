//! Exams and contests: their blueprints as packs carry them, and sittings as records and the endpoint carry them.

use crate::item::{kind_name, kind_named};
use crate::record::{MAX_SAFE, read_seed, write_seed};
use crate::{Bilingual, FormError};
use domain::ids::{BankId, ExamId, ItemId, PackHash};
use domain::marking::{Incomplete, Rule};
use domain::paper::{Amount, Blueprint, Retakes, Section};
use domain::record::{Mode, Sitting, SittingItem, SittingSection};
use domain::time::Timestamp;
use domain::units::{Difficulty, Minutes, Points, Revision, Share};
use serde::{Deserialize, Serialize};

/// The pack of all exams and contests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExamsPack {
    /// `pack::VERSION`.
    pub v: u32,
    /// The exams and contests in order.
    pub exams: Vec<ExamForm>,
}

/// An exam or a contest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExamForm {
    /// The permanent id, the last part of its address; a unit exam has its course's slug.
    pub id: String,
    /// `unit` or `contest`.
    pub kind: String,
    /// The title.
    pub title: Bilingual,
    /// What it is about.
    pub summary: Bilingual,
    /// For a unit exam: the permanent id of the course that a pass completes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub course: Option<String>,
    /// The time to answer, in minutes.
    pub minutes: u16,
    /// Per cent of the points that pass.
    pub pass: u8,
    /// Whether the endpoint offers it as an assessment (考核), from a bank of its own.
    #[serde(default)]
    pub assessment: bool,
    /// How often an assessment may be sat again; none: without limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retakes: Option<u16>,
    /// How long after the end of one attempt the next may begin, in minutes.
    #[serde(default)]
    pub wait: u16,
    /// The parts, each from one bank.
    pub parts: Vec<PartForm>,
}

/// A part of an exam: sections drawn from one bank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartForm {
    /// The bank's id.
    pub bank: String,
    /// The bank's pack.
    pub pack: String,
    /// Items that every paper holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub must: Vec<String>,
    /// The sections.
    pub sections: Vec<SectionForm>,
}

/// A section of a blueprint: `count` items, or items worth `points` together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SectionForm {
    /// Its title.
    pub title: String,
    /// The kinds that fit; all where empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<String>,
    /// The topics that fit; all where empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub topics: Vec<String>,
    /// The least and the greatest difficulty; 1 and 5 where missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub difficulty: Option<(u8, u8)>,
    /// How many items.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u16>,
    /// How much they are worth together, in hundredths of a point.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<u32>,
    /// What each is worth, in hundredths of a point.
    pub each: u32,
}

impl ExamForm {
    /// The permanent id.
    ///
    /// # Errors
    /// It is no id.
    pub fn exam_id(&self) -> Result<ExamId, FormError> {
        self.id.parse().map_err(|_| FormError::Field("id"))
    }

    /// The blueprint of each part, with its bank and pack; for an assessment items for practice only are left out.
    ///
    /// # Errors
    /// A field holds what its type does not allow, or a blueprint asks for no paper.
    pub fn blueprints(&self, assessment: bool) -> Result<Vec<(BankId, PackHash, Blueprint)>, FormError> {
        let part = |part: &PartForm| {
            let blueprint = Blueprint {
                sections: part.sections.iter().map(section).collect::<Result<_, _>>()?,
                must: part
                    .must
                    .iter()
                    .map(|id| id.parse::<ItemId>().map_err(|_| FormError::Field("must")))
                    .collect::<Result<_, _>>()?,
                minutes: Minutes(self.minutes),
                pass: Share::of(usize::from(self.pass), 100),
                rule: Rule::default(),
                retakes: Retakes {
                    most: self.retakes,
                    wait: Minutes(self.wait),
                },
                assessment,
            };
            blueprint.check().map_err(|error| FormError::Body(error.to_string()))?;
            let bank = part.bank.parse().map_err(|_| FormError::Field("bank"))?;
            let pack = part.pack.parse().map_err(|_| FormError::Field("pack"))?;
            Ok((bank, pack, blueprint))
        };
        self.parts.iter().map(part).collect()
    }
}

fn section(form: &SectionForm) -> Result<Section, FormError> {
    let kinds = form
        .kinds
        .iter()
        .map(|kind| kind_named(kind).ok_or(FormError::Field("kinds")));
    let (least, most) = form.difficulty.unwrap_or((1, 5));
    let level = |value| Difficulty::new(value).ok_or(FormError::Field("difficulty"));
    let amount = match (form.count, form.points) {
        (Some(count), None) => Amount::Count(count),
        (None, Some(points)) => Amount::Points(Points(points)),
        _ => return Err(FormError::Field("count")),
    };
    Ok(Section {
        title: form.title.clone(),
        kinds: kinds.collect::<Result<_, _>>()?,
        topics: form.topics.clone(),
        difficulty: (level(least)?, level(most)?),
        amount,
        each: Points(form.each),
    })
}

/// The name of a mode in the forms.
pub fn mode_name(mode: Mode) -> &'static str {
    match mode {
        Mode::Practice => "practice",
        Mode::SelfTest => "self-test",
        Mode::Contest => "contest",
        Mode::Assessment => "assessment",
    }
}

/// A sitting: the body of an `exam.started` record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SittingForm {
    /// The attempt.
    pub attempt: String,
    /// The exam.
    pub exam: String,
    /// `self-test`, `contest` or `assessment`.
    pub mode: String,
    /// 16 hexadecimal digits.
    pub seed: String,
    /// How long it lasts.
    pub minutes: u16,
    /// When the exam closes for everybody: milliseconds since 1970 by the endpoint's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closes: Option<i64>,
    /// The share of the points that passes, in ten-thousandths.
    pub pass: u16,
    /// What an incomplete choice earns: `nothing`, `share:N` with ten-thousandths, `proportional`, or `each:N` with hundredths of a point.
    pub incomplete: String,
    /// The paper.
    pub sections: Vec<SittingSectionForm>,
}

/// A section of a sitting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SittingSectionForm {
    /// Its title.
    pub title: String,
    /// What each item is worth, in hundredths of a point.
    pub each: u32,
    /// Item, revision and pack of each, in the order asked.
    pub items: Vec<(String, u32, String)>,
}

fn incomplete_name(incomplete: Incomplete) -> String {
    match incomplete {
        Incomplete::Nothing => "nothing".into(),
        Incomplete::Fixed(share) => format!("share:{}", share.ten_thousandths()),
        Incomplete::Proportional => "proportional".into(),
        Incomplete::Each(points) => format!("each:{}", points.0),
    }
}

fn incomplete_named(name: &str) -> Option<Incomplete> {
    match name.split_once(':') {
        None if name == "nothing" => Some(Incomplete::Nothing),
        None if name == "proportional" => Some(Incomplete::Proportional),
        Some(("share", share)) => {
            let share = share.parse::<u16>().ok().filter(|share| *share <= 10_000)?;
            Some(Incomplete::Fixed(Share::of(usize::from(share), 10_000)))
        }
        Some(("each", points)) => Some(Incomplete::Each(Points(points.parse().ok()?))),
        _ => None,
    }
}

impl From<&Sitting> for SittingForm {
    fn from(sitting: &Sitting) -> Self {
        let item = |entry: &SittingItem| (entry.item.to_string(), entry.revision.0, entry.pack.to_string());
        let section = |section: &SittingSection| SittingSectionForm {
            title: section.title.clone(),
            each: section.each.0,
            items: section.items.iter().map(item).collect(),
        };
        Self {
            attempt: sitting.attempt.to_string(),
            exam: sitting.exam.to_string(),
            mode: mode_name(sitting.mode).into(),
            seed: write_seed(sitting.seed),
            minutes: sitting.minutes.0,
            closes: sitting.closes.map(|at| at.0),
            pass: sitting.pass.ten_thousandths(),
            incomplete: incomplete_name(sitting.rule.incomplete),
            sections: sitting.sections.iter().map(section).collect(),
        }
    }
}

impl TryFrom<&SittingForm> for Sitting {
    type Error = FormError;
    fn try_from(form: &SittingForm) -> Result<Self, FormError> {
        let mode = match form.mode.as_str() {
            "self-test" => Mode::SelfTest,
            "contest" => Mode::Contest,
            "assessment" => Mode::Assessment,
            _ => return Err(FormError::Field("mode")),
        };
        let item = |(item, revision, pack): &(String, u32, String)| {
            Ok(SittingItem {
                item: item.parse().map_err(|_| FormError::Field("items"))?,
                revision: Revision(*revision),
                pack: pack.parse().map_err(|_| FormError::Field("items"))?,
            })
        };
        let section = |form: &SittingSectionForm| {
            Ok(SittingSection {
                title: form.title.clone(),
                each: Points(form.each),
                items: form.items.iter().map(item).collect::<Result<_, FormError>>()?,
            })
        };
        if form.closes.is_some_and(|at| at < 0 || at.unsigned_abs() > MAX_SAFE) {
            return Err(FormError::Field("closes"));
        }
        Ok(Self {
            attempt: form.attempt.parse().map_err(|_| FormError::Field("attempt"))?,
            exam: form.exam.parse().map_err(|_| FormError::Field("exam"))?,
            mode,
            seed: read_seed(&form.seed)?,
            minutes: Minutes(form.minutes),
            closes: form.closes.map(Timestamp),
            pass: Share::of(usize::from(form.pass.min(10_000)), 10_000),
            rule: Rule {
                incomplete: incomplete_named(&form.incomplete).ok_or(FormError::Field("incomplete"))?,
            },
            sections: form.sections.iter().map(section).collect::<Result<_, FormError>>()?,
        })
    }
}

/// The section of a blueprint in its form; the way back of what `ExamForm::blueprints` reads.
pub fn section_form(section: &Section) -> SectionForm {
    let (count, points) = match section.amount {
        Amount::Count(count) => (Some(count), None),
        Amount::Points(points) => (None, Some(points.0)),
    };
    SectionForm {
        title: section.title.clone(),
        kinds: section.kinds.iter().map(|kind| kind_name(*kind).to_owned()).collect(),
        topics: section.topics.clone(),
        difficulty: Some((section.difficulty.0.get(), section.difficulty.1.get())),
        count,
        points,
        each: section.each.0,
    }
}

/// What the endpoint has of an assessment: the exam and the sealed bank that its papers are drawn from. Never part of a
/// public pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedPack {
    /// `pack::VERSION`.
    pub v: u32,
    /// What every page and result of it says of its bank.
    pub label: String,
    /// The exam; its parts name the sealed banks.
    pub exam: ExamForm,
    /// The sealed banks.
    pub banks: Vec<crate::pack::BankPack>,
}

/// Asks for a paper: the body of `POST /api/v1/exams/ID/sittings`. The same attempt gives the same paper again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaperRequest {
    /// The person's profile.
    pub profile: String,
    /// A UUIDv7 made by the device.
    pub attempt: String,
}

/// A paper, without keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperAnswer {
    /// The body of the `exam.started` record that the device stores.
    pub sitting: SittingForm,
    /// The items in the order asked.
    pub items: Vec<crate::asked::AskedForm>,
    /// What every page and result of it says of its bank.
    pub label: String,
    /// When it began, by the endpoint's clock, in milliseconds since 1970.
    pub started: i64,
    /// When answering ends.
    pub ends: i64,
    /// The endpoint's clock now.
    pub now: i64,
    /// How many attempts the person may still begin after this one; none: without limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<u16>,
}

/// What a sitting came to: the answer of `GET /api/v1/exams/ID/sittings/ATTEMPT`. It has no keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SittingAnswer {
    /// `open` until it was handed in or its time was over, then `marked`; `awaiting` while jurors have to mark a part.
    pub state: String,
    /// Whether it counts; a surplus attempt does not.
    pub counts: bool,
    /// Hundredths of a point earned; 0 while open.
    pub points: u32,
    /// Hundredths of a point that could be earned.
    pub max: u32,
    /// Whether it is passed; none while open or awaiting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passed: Option<bool>,
    /// What the clocks of device and endpoint disagreed about, for whoever reviews it.
    #[serde(default)]
    pub doubtful: bool,
    /// What every result of it says of its bank.
    pub label: String,
    /// Each item in the order asked; empty while open.
    pub rows: Vec<RowForm>,
}

/// One item of a marked sitting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowForm {
    /// The item.
    pub item: String,
    /// Its mark.
    pub mark: crate::api::MarkForm,
    /// What it is about.
    pub topics: Vec<String>,
    /// What it rests on, as `id@version#article`.
    pub citations: Vec<String>,
}

/// An assessment as the endpoint offers it to a person: an entry of `GET /api/v1/exams`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferForm {
    /// The exam.
    pub id: String,
    /// What every page of it says of its bank.
    pub label: String,
    /// Attempts begun.
    pub used: u16,
    /// Attempts left; none: without limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<u16>,
    /// When the next may begin, in milliseconds since 1970; none: now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<i64>,
    /// The attempts begun, oldest first.
    pub attempts: Vec<String>,
}
