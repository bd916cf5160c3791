//! The assessments that this endpoint offers, with the sealed banks that their papers are drawn from. A bank is read whole
//! and proven to fill its papers before anything is served; nothing of it is ever served as a file.

mod embedded;

use anyhow::{Context, bail, ensure};
use domain::citation::Basis;
use domain::ids::{ExamId, PackHash};
use domain::item::Item;
use domain::paper::{Blueprint, Entry, Missing, draw};
use domain::record::{SittingItem, SittingSection};
use domain::shuffle::Seed;
use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::sync::Arc;
use wire::exam::SealedPack;
use wire::pack::{Bank, VERSION};

/// How long after the end of a sitting its handing in may still arrive, in milliseconds: until then it is open.
pub const GRACE: i64 = 120_000;

/// The assessments of an endpoint.
#[derive(Debug, Clone, Default)]
pub struct Sealed {
    exams: BTreeMap<ExamId, Arc<SealedExam>>,
}

/// An assessment.
#[derive(Debug)]
pub(crate) struct SealedExam {
    pub(crate) id: ExamId,
    /// What every page and result of it says of its bank.
    pub(crate) label: String,
    /// One each bank, never none.
    parts: Vec<SealedPart>,
}

/// What is drawn from one bank.
#[derive(Debug)]
struct SealedPart {
    pack: PackHash,
    bytes: Vec<u8>,
    bank: Bank,
    blueprint: Blueprint,
}

impl Sealed {
    /// Those that were put into the program when it was built.
    ///
    /// # Errors
    /// One of them is broken: which, and why.
    pub fn embedded() -> anyhow::Result<Self> {
        let mut all = Self::default();
        for (name, bytes) in embedded::FILES {
            all.add(name, bytes)?;
        }
        Ok(all)
    }

    /// Those in the `.json` files of a folder; none where there is no such folder. Files that other users of the computer
    /// can read are told of in the log.
    ///
    /// # Errors
    /// A file cannot be read or is broken: which, and why.
    pub fn read(folder: &Path) -> anyhow::Result<Self> {
        let mut all = Self::default();
        if !folder.is_dir() {
            return Ok(all);
        }
        let why = || format!("cannot read the folder {}", folder.display());
        let mut files = Vec::new();
        for entry in std::fs::read_dir(folder).with_context(why)? {
            files.push(entry.with_context(why)?.path());
        }
        files.retain(|path| path.extension().is_some_and(|end| end == "json"));
        files.sort();
        for path in files {
            let name = path.display().to_string();
            let bytes = std::fs::read(&path).with_context(|| format!("cannot read {name}"))?;
            if readable_by_others(&path) {
                tracing::warn!(
                    file = name,
                    "others can read this sealed bank; chmod 600 keeps it sealed"
                );
            }
            all.add(&name, &bytes)?;
        }
        Ok(all)
    }

    /// The assessments of one file, for tests.
    ///
    /// # Errors
    /// It is broken: why.
    pub fn of(name: &str, bytes: &[u8]) -> anyhow::Result<Self> {
        let mut all = Self::default();
        all.add(name, bytes)?;
        Ok(all)
    }

    /// These, with those of `other` in place of the ones with the same id.
    #[must_use]
    pub fn replaced_by(mut self, other: Self) -> Self {
        self.exams.extend(other.exams);
        self
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.exams.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.exams.is_empty()
    }

    pub(crate) fn get(&self, id: &ExamId) -> Option<&SealedExam> {
        self.exams.get(id).map(Arc::as_ref)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &SealedExam> {
        self.exams.values().map(Arc::as_ref)
    }

    /// The canonical bytes of all banks.
    pub(crate) fn packs(&self) -> Vec<(PackHash, Vec<u8>)> {
        let parts = self.all().flat_map(|exam| &exam.parts);
        parts.map(|part| (part.pack, part.bytes.clone())).collect()
    }

    pub(crate) fn add(&mut self, name: &str, bytes: &[u8]) -> anyhow::Result<()> {
        let exam = SealedExam::read(bytes).with_context(|| format!("the sealed bank {name} is broken"))?;
        let id = exam.id.clone();
        if self.exams.insert(id.clone(), Arc::new(exam)).is_some() {
            bail!("the sealed bank {name} is broken: another file here is for the exam {id} already");
        }
        Ok(())
    }
}

#[cfg(unix)]
fn readable_by_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn readable_by_others(_: &Path) -> bool {
    false
}

impl SealedExam {
    fn read(bytes: &[u8]) -> anyhow::Result<Self> {
        let sealed: SealedPack = serde_json::from_slice(bytes)?;
        ensure!(
            sealed.v == VERSION,
            "it has version {}, this program reads {VERSION}",
            sealed.v
        );
        ensure!(!sealed.label.trim().is_empty(), "it has no label");
        let SealedPack { label, exam, banks, .. } = sealed;
        let id = exam.exam_id().context("its exam")?;
        let blueprints = exam.blueprints(true).with_context(|| format!("the exam {id}"))?;
        ensure!(!blueprints.is_empty(), "the exam {id} has no parts");
        let mut parts: Vec<SealedPart> = Vec::new();
        let mut items = HashSet::new();
        for (bank, _, blueprint) in blueprints {
            ensure!(
                parts.iter().all(|part| part.bank.id != bank),
                "two parts of the exam {id} name the bank {bank}"
            );
            let mut found = banks.iter().filter(|pack| pack.bank == bank.as_str());
            let (Some(pack), None) = (found.next(), found.next()) else {
                bail!("it does not have exactly one bank {bank}, which the exam {id} names");
            };
            // What the file says of the hash does not matter: the bytes that are kept are these.
            let bytes = serde_json::to_vec(pack)?;
            let bank = wire::pack::read_bank(&bytes).with_context(|| format!("the bank {bank}"))?;
            ensure!(
                bank.items.len() == pack.items.len(),
                "the bank {} names an item twice",
                bank.id
            );
            for item in bank.items.keys() {
                ensure!(items.insert(item.clone()), "two banks hold the item {item}");
            }
            let part = SealedPart {
                pack: wire::pack::hash(&bytes),
                bytes,
                bank,
                blueprint,
            };
            // What fills one paper fills all: whether there is one does not depend on the seed.
            part.draw(Seed(0)).map_err(|missing| lacks(&part.bank, &missing))?;
            parts.push(part);
        }
        Ok(Self { id, label, parts })
    }

    /// The blueprint of the first part: time, pass mark and retakes are the exam's, and the same in all.
    pub(crate) fn frame(&self) -> Option<&Blueprint> {
        self.parts.first().map(|part| &part.blueprint)
    }

    /// The paper of a seed.
    pub(crate) fn draw(&self, seed: Seed) -> Result<Vec<SittingSection>, Vec<Missing>> {
        let mut sections = Vec::new();
        for part in &self.parts {
            sections.extend(part.draw(seed.derive(part.bank.id.as_str()))?);
        }
        Ok(sections)
    }
}

impl SealedPart {
    fn draw(&self, seed: Seed) -> Result<Vec<SittingSection>, Vec<Missing>> {
        let entries: Vec<Entry> = self.bank.items.values().map(entry).collect();
        let paper = draw(&entries, &self.blueprint, seed)?;
        let item = |id| {
            let revision = self.bank.items.get(&id)?.revision;
            let pack = self.pack;
            Some(SittingItem {
                item: id,
                revision,
                pack,
            })
        };
        let sections = paper.sections.into_iter().map(|section| SittingSection {
            title: section.title,
            each: section.each,
            items: section.items.into_iter().filter_map(item).collect(),
        });
        Ok(sections.collect())
    }
}

fn entry(item: &Item) -> Entry<'_> {
    Entry {
        id: &item.id,
        kind: item.body.kind(),
        difficulty: item.difficulty,
        topics: &item.topics,
        group: item.group.as_deref(),
        assessable: !matches!(item.basis, Basis::Practice(_)),
    }
}

fn lacks(bank: &Bank, missing: &[Missing]) -> anyhow::Error {
    let missing: Vec<String> = missing.iter().map(ToString::to_string).collect();
    anyhow::anyhow!("the bank {} cannot fill a paper: {}", bank.id, missing.join("; "))
}
