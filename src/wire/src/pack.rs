//! Packs: JSON files named by the hash of their bytes, loaded on demand and kept for ever (DESIGN §5).

use crate::item::{self, BasisForm, ItemForm, ReadExercise};
use crate::{Bilingual, FormError};
use domain::ids::{BankId, ItemId, PackHash};
use domain::item::Item;
use domain::time::Day;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The version of the packs that this build writes and reads.
pub const VERSION: u32 = 1;

/// The hash that names a pack with these bytes.
pub fn hash(bytes: &[u8]) -> PackHash {
    let digest: [u8; 32] = Sha256::digest(bytes).into();
    PackHash::from_sha256(&digest)
}

/// The path of a pack below the site's root.
pub fn path(hash: PackHash) -> String {
    format!("packs/{hash}.json")
}

/// What a page shows of a regulation that it cites.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegulationRef {
    /// The short name used in running text, without 《》.
    pub short: String,
    /// The full title.
    pub title: String,
    /// Date of the text, `YYYY-MM-DD`.
    pub version: String,
    /// In force from, `YYYY-MM-DD`; none where not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective: Option<String>,
    /// The day from which another text in the registry replaces it, `YYYY-MM-DD`; none where none is known to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced: Option<String>,
}

impl RegulationRef {
    /// Whether another text has replaced this one by `day`: what rests on it is to be looked at again.
    pub fn is_replaced(&self, day: Day) -> bool {
        self.replaced
            .as_deref()
            .and_then(Day::parse)
            .is_some_and(|from| from <= day)
    }
}

/// An item bank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankPack {
    /// `VERSION`.
    pub v: u32,
    /// The bank's id.
    pub bank: String,
    /// The course's or venue's title.
    pub title: Bilingual,
    /// The regulations cited, by `id@version`.
    pub regulations: IndexMap<String, RegulationRef>,
    /// The items in the author's order.
    pub items: Vec<ItemForm>,
}

/// A bank read into the domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bank {
    /// The bank's id.
    pub id: BankId,
    /// The course's or venue's title.
    pub title: Bilingual,
    /// The regulations cited, by `id@version`.
    pub regulations: IndexMap<String, RegulationRef>,
    /// The items by id, in the author's order.
    pub items: IndexMap<ItemId, Item>,
    /// How many exercises were left out because the reader does not know their kinds.
    pub left_out: usize,
}

/// Reads a bank pack.
///
/// # Errors
/// Not JSON, of a newer version, or an item that the domain refuses.
pub fn read_bank(bytes: &[u8]) -> Result<Bank, FormError> {
    read_bank_by(bytes, Some(crate::exercise::read))
}

/// Reads a bank pack, its exercises by `exercise`; without that they are left out and counted.
///
/// # Errors
/// Not JSON, of a newer version, or an item that the domain or `exercise` refuses.
pub fn read_bank_by(bytes: &[u8], exercise: Option<ReadExercise>) -> Result<Bank, FormError> {
    let pack: BankPack = serde_json::from_slice(bytes)?;
    if pack.v != VERSION {
        return Err(FormError::Version(pack.v));
    }
    let shown = |form: &&ItemForm| exercise.is_some() || form.exercise.is_none();
    let read = |form| item::read(form, exercise.unwrap_or(item::no_exercise));
    let items: Result<Vec<Item>, _> = pack.items.iter().filter(shown).map(read).collect();
    let left_out = pack.items.iter().filter(|form| !shown(form)).count();
    Ok(Bank {
        id: pack.bank.parse().map_err(|_| FormError::Field("bank"))?,
        title: pack.title,
        regulations: pack.regulations,
        items: items?.into_iter().map(|item| (item.id.clone(), item)).collect(),
        left_out,
    })
}

/// The lessons of a course.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoursePack {
    /// `VERSION`.
    pub v: u32,
    /// The course's permanent id.
    pub course: String,
    /// What a learner can do afterwards.
    #[serde(default)]
    pub objectives: Vec<String>,
    /// The regulations cited, by `id@version`.
    pub regulations: IndexMap<String, RegulationRef>,
    /// The lessons in order.
    pub lessons: Vec<LessonForm>,
}

/// A lesson, ready to show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LessonForm {
    /// The permanent id.
    pub id: String,
    /// The last part of its address.
    pub slug: String,
    /// The title.
    pub title: Bilingual,
    /// Minutes of reading.
    pub minutes: u16,
    /// What the reader can do afterwards.
    pub objectives: Vec<String>,
    /// All citations of the lesson.
    pub citations: Vec<String>,
    /// What this means for the reader, in plain language.
    pub meaning: String,
    /// The body in order.
    pub blocks: Vec<BlockForm>,
}

/// A part of a lesson: either sanitised HTML or an item of the course's bank to answer on the spot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockForm {
    /// Sanitised HTML.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub html: String,
    /// An item id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<String>,
}

/// The checks of a handbook venue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VenuePack {
    /// `VERSION`.
    pub v: u32,
    /// The venue's permanent id.
    pub venue: String,
    /// The title.
    pub title: Bilingual,
    /// What the page is for.
    pub summary: Bilingual,
    /// What counts as this venue and what does not.
    pub scope: String,
    /// The regulations cited, by `id@version`.
    pub regulations: IndexMap<String, RegulationRef>,
    /// The sections in order, each with its checks.
    pub sections: Vec<SectionForm>,
}

/// A section of checks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SectionForm {
    /// Permanent within the venue.
    pub id: String,
    /// The title.
    pub title: Bilingual,
    /// The checks in order.
    pub checks: Vec<CheckForm>,
}

/// One check: what to look at, on what basis, and what follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckForm {
    /// The permanent id.
    pub id: String,
    /// The wording, 1 and up.
    pub revision: u32,
    /// One sentence.
    pub title: String,
    /// What to look at.
    pub look: String,
    /// How to look, ask and try.
    pub how: String,
    /// What a violation looks like.
    pub violation: String,
    /// What it rests on.
    pub basis: BasisForm,
    /// Who decides: names of the list in `courses/README.md`.
    pub authority: Vec<String>,
    /// What an emergency inspector does and to whom the rest goes.
    pub handover: String,
    /// Must be stopped at once.
    #[serde(default)]
    pub stop: bool,
    /// Why and how to stop it; empty where `stop` is false.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub stop_note: String,
}

/// The registry of regulations as the site carries it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistryPack {
    /// `VERSION`.
    pub v: u32,
    /// The regulations in the registry's order.
    pub regulations: Vec<RegulationForm>,
}

/// One version of a regulation or standard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegulationForm {
    /// The registry's id; several versions share it.
    pub id: String,
    /// The full title.
    pub title: String,
    /// The short name used in running text, without 《》.
    pub short: String,
    /// Who issued it.
    pub issuer: String,
    /// `law`, `administrative-regulation`, `department-rule`, `local-regulation`, `local-rule`, `judicial-interpretation`,
    /// `standard` or `normative-document`.
    pub kind: String,
    /// Date of the text, `YYYY-MM-DD`.
    pub version: String,
    /// In force from, `YYYY-MM-DD`; none where not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective: Option<String>,
    /// Number of its last article; none where the text is not at hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub articles: Option<u16>,
    /// Whether the text is at hand for checking.
    pub text: bool,
    /// Where it is officially published.
    pub source: String,
    /// What changed lately that people still get wrong.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// For texts not at hand: `high`, `medium` or `low`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certainty: Option<String>,
    /// The versions that it replaces, as `id@version`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub supersedes: Vec<String>,
}
