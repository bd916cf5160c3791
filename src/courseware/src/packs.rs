//! Packs and the catalogue: what the site serves. The same content and day give the same bytes.

use crate::content::{Bank, Content, Course, Lesson, Listing, Venue};
use crate::course::KINDS;
use domain::catalogue::CourseStatus;
use domain::citation::{Basis, Citation};
use domain::ids::PackHash;
use domain::time::Day;
use indexmap::IndexMap;
use serde::Serialize;
use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use wire::catalogue::{self, BankEntry, Catalogue, CourseEntry, LessonEntry, VenueEntry};
use wire::item::ItemForm;
use wire::pack::{
    self, BankPack, BlockForm, CoursePack, LessonForm, RegistryPack, RegulationForm, RegulationRef, SectionForm,
    VenuePack,
};
use wire::{Bilingual, FormError};

/// What the site serves of the content.
#[derive(Debug, Clone)]
pub struct Packs {
    /// Path below the site's root (`packs/HASH.json`) and bytes, in order of the catalogue, the registry last.
    pub files: Vec<(String, Vec<u8>)>,
    /// What is offered.
    pub catalogue: Catalogue,
    /// The hash of the registry's pack.
    pub registry: PackHash,
    /// Items left out of the banks because the registry has a newer text in force than the one that they cite.
    pub stale: Vec<String>,
}

impl Packs {
    /// The catalogue as the site serves it.
    ///
    /// # Errors
    /// None in practice: the catalogue holds texts and numbers only.
    pub fn catalogue_json(&self) -> Result<Vec<u8>, FormError> {
        Ok(serde_json::to_vec(&self.catalogue)?)
    }
}

/// Makes the packs of what is offered: active courses and ready venues. On `day` the items that cite a text which another
/// in the registry has replaced are left out until somebody has looked at them again.
///
/// # Errors
/// None in practice: the packs hold texts, numbers and lists only.
pub fn build(content: &Content, day: Day) -> Result<Packs, FormError> {
    let mut maker = Maker {
        content,
        day,
        files: Vec::new(),
        stale: Vec::new(),
    };
    let mut active: Vec<&Course> = content
        .courses
        .iter()
        .filter(|course| course.status == CourseStatus::Active)
        .collect();
    // Stable: courses of one kind and title stay in the order of their folders.
    active.sort_by(|a, b| (a.kind, &a.title.zh).cmp(&(b.kind, &b.title.zh)));
    let courses = active
        .into_iter()
        .map(|course| maker.course(course))
        .collect::<Result<Vec<_>, _>>()?;
    let venues = content
        .venues
        .iter()
        .map(|listing| maker.listing(listing))
        .collect::<Result<Vec<_>, _>>()?;
    let regulations = content.regulations.iter().map(|entry| entry.form.clone()).collect();
    let registry = maker.add(&RegistryPack {
        v: pack::VERSION,
        regulations,
    })?;
    let catalogue = Catalogue {
        v: catalogue::VERSION,
        courses,
        venues,
        venues_note: content.venues_note.clone(),
        registry: registry.to_string(),
    };
    Ok(Packs {
        files: maker.files,
        catalogue,
        registry,
        stale: maker.stale,
    })
}

struct Maker<'c> {
    content: &'c Content,
    day: Day,
    files: Vec<(String, Vec<u8>)>,
    stale: Vec<String>,
}

impl Maker<'_> {
    fn add(&mut self, form: &impl Serialize) -> Result<PackHash, FormError> {
        let bytes = serde_json::to_vec(form)?;
        let hash = pack::hash(&bytes);
        let path = pack::path(hash);
        if !self.files.iter().any(|(known, _)| *known == path) {
            self.files.push((path, bytes));
        }
        Ok(hash)
    }

    fn course(&mut self, course: &Course) -> Result<CourseEntry, FormError> {
        let bank = self.bank(&course.bank, &course.title)?;
        let lessons = course
            .lessons
            .iter()
            .map(|lesson| lesson_form(lesson, &self.stale))
            .collect();
        let citations = course.lessons.iter().flat_map(|lesson| &lesson.citations);
        let pack = self.add(&CoursePack {
            v: pack::VERSION,
            course: course.id.to_string(),
            regulations: refs(&self.content.regulations, citations),
            lessons,
        })?;
        let entry = |lesson: &Lesson| LessonEntry {
            id: lesson.id.to_string(),
            slug: lesson.slug.clone(),
            title: lesson.title.clone(),
            minutes: lesson.minutes,
        };
        Ok(CourseEntry {
            id: course.id.to_string(),
            slug: course.slug.clone(),
            kind: KINDS
                .iter()
                .find(|(_, kind)| *kind == course.kind)
                .map_or("", |(name, _)| name)
                .into(),
            hours: course.hours,
            title: course.title.clone(),
            summary: course.summary.clone(),
            roles: course.roles.clone(),
            objectives: course.objectives.clone(),
            lessons: course.lessons.iter().map(entry).collect(),
            pack: pack.to_string(),
            bank,
        })
    }

    fn listing(&mut self, listing: &Listing) -> Result<VenueEntry, FormError> {
        let (slug, title) = (listing.slug.clone(), listing.title.clone());
        let Some(venue) = listing.venue.as_ref().filter(|_| listing.ready) else {
            return Ok(VenueEntry {
                slug,
                title,
                checks: 0,
                pack: None,
                bank: None,
            });
        };
        let bank = self.bank(&venue.bank, &venue.title)?;
        let pack = self.add(&venue_pack(self.content, venue))?;
        let checks = venue.sections.iter().map(|section| section.checks.len()).sum();
        Ok(VenueEntry {
            slug,
            title,
            checks,
            pack: Some(pack.to_string()),
            bank: Some(bank),
        })
    }

    fn bank(&mut self, bank: &Bank, title: &Bilingual) -> Result<BankEntry, FormError> {
        let mut items: Vec<ItemForm> = Vec::new();
        let mut bases: Vec<&Basis> = Vec::new();
        for entry in &bank.items {
            if entry
                .item
                .basis
                .citations()
                .iter()
                .any(|cited| replaced(self.content, cited, self.day))
            {
                self.stale.push(entry.form.id.clone());
            } else {
                items.push(entry.form.clone());
                bases.push(&entry.item.basis);
            }
        }
        let count = items.len();
        let regulations = refs(
            &self.content.regulations,
            bases.iter().flat_map(|basis| basis.citations()),
        );
        let form = BankPack {
            v: pack::VERSION,
            bank: bank.id.to_string(),
            title: title.clone(),
            regulations,
            items,
        };
        let pack = self.add(&form)?;
        Ok(BankEntry {
            id: bank.id.to_string(),
            pack: pack.to_string(),
            items: count,
        })
    }
}

/// A lesson without the checks whose items are stale.
fn lesson_form(lesson: &Lesson, stale: &[String]) -> LessonForm {
    let fresh = |block: &&BlockForm| block.check.as_ref().is_none_or(|item| !stale.contains(item));
    LessonForm {
        id: lesson.id.to_string(),
        slug: lesson.slug.clone(),
        title: lesson.title.clone(),
        minutes: lesson.minutes,
        objectives: lesson.objectives.clone(),
        citations: lesson.citations.iter().map(ToString::to_string).collect(),
        meaning: lesson.meaning.clone(),
        blocks: lesson.blocks.iter().filter(fresh).cloned().collect(),
    }
}

fn venue_pack(content: &Content, venue: &Venue) -> VenuePack {
    let citations = venue
        .sections
        .iter()
        .flat_map(|section| &section.checks)
        .flat_map(|check| check.basis.citations());
    let section = |section: &crate::content::Section| SectionForm {
        id: section.id.clone(),
        title: section.title.clone(),
        checks: section.checks.iter().map(|check| check.form.clone()).collect(),
    };
    VenuePack {
        v: pack::VERSION,
        venue: venue.id.to_string(),
        title: venue.title.clone(),
        summary: venue.summary.clone(),
        scope: venue.scope.clone(),
        regulations: refs(&content.regulations, citations),
        sections: venue.sections.iter().map(section).collect(),
    }
}

/// What pages show of the regulations cited, in the registry's order.
fn refs<'c>(
    regulations: &[crate::content::Regulation],
    citations: impl Iterator<Item = &'c Citation>,
) -> IndexMap<String, RegulationRef> {
    let cited: HashSet<String> = citations
        .map(|citation| format!("{}@{}", citation.regulation, citation.version))
        .collect();
    let entries = regulations.iter().map(|regulation| &regulation.form);
    let entries = entries.map(|form| (format!("{}@{}", form.id, form.version), form));
    entries
        .filter(|(key, _)| cited.contains(key))
        .map(|(key, form)| (key, reference(form)))
        .collect()
}

fn reference(form: &RegulationForm) -> RegulationRef {
    RegulationRef {
        short: form.short.clone(),
        title: form.title.clone(),
        version: form.version.clone(),
        effective: form.effective.clone(),
    }
}

/// Whether the registry has a text that is in force on `day` and replaces the one cited: a later version of the same
/// regulation, or one that names it in `supersedes`. A text whose day of force is not known replaces nothing yet.
fn replaced(content: &Content, cited: &Citation, day: Day) -> bool {
    let whole = format!("{}@{}", cited.regulation, cited.version);
    content
        .regulations
        .iter()
        .map(|regulation| &regulation.form)
        .any(|form| {
            let later = form.id == cited.regulation.as_str() && form.version > cited.version.to_string();
            let in_force = form
                .effective
                .as_deref()
                .and_then(Day::parse)
                .is_some_and(|from| from <= day);
            in_force && (later || form.supersedes.contains(&whole))
        })
}

/// A pack of any kind.
#[derive(Debug, Clone)]
pub enum Pack {
    /// An item bank, read into the domain.
    Bank(pack::Bank),
    /// The lessons of a course.
    Course(CoursePack),
    /// The checks of a venue.
    Venue(VenuePack),
    /// The registry.
    Registry(RegistryPack),
}

/// Why a pack is refused.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// The file or folder cannot be read.
    #[error("cannot be read: {0}")]
    Io(#[from] std::io::Error),
    /// The file's name is not the hash of its bytes.
    #[error("the name is not the hash of the bytes")]
    Hash,
    /// Not a pack of a known kind and version.
    #[error("no pack: {0}")]
    Form(#[from] FormError),
}

/// Reads a pack that is named by `hash`.
///
/// # Errors
/// The bytes have another hash, or are no pack of a known kind and version.
pub fn read(hash: PackHash, bytes: &[u8]) -> Result<Pack, PackError> {
    if pack::hash(bytes) != hash {
        return Err(PackError::Hash);
    }
    let value: serde_json::Value = serde_json::from_slice(bytes).map_err(FormError::from)?;
    let form = |error: serde_json::Error| PackError::Form(error.into());
    let version = value.get("v").and_then(serde_json::Value::as_u64);
    if let Some(newer) = version.filter(|v| *v != u64::from(pack::VERSION)) {
        return Err(FormError::Version(u32::try_from(newer).unwrap_or(u32::MAX)).into());
    }
    if value.get("bank").is_some() {
        Ok(Pack::Bank(pack::read_bank(bytes)?))
    } else if value.get("course").is_some() {
        Ok(Pack::Course(serde_json::from_value(value).map_err(form)?))
    } else if value.get("venue").is_some() {
        Ok(Pack::Venue(serde_json::from_value(value).map_err(form)?))
    } else {
        Ok(Pack::Registry(serde_json::from_value(value).map_err(form)?))
    }
}

/// Reads the banks among the packs of a built site: the files `packs/HASH.json` below `site`.
///
/// # Errors
/// The folder cannot be read, or a pack in it is refused.
pub fn read_banks(site: &Path) -> Result<BTreeMap<PackHash, pack::Bank>, PackError> {
    let mut banks = BTreeMap::new();
    for entry in std::fs::read_dir(site.join("packs"))? {
        let path = entry?.path();
        if path.extension().is_none_or(|ending| ending != "json") {
            continue;
        }
        let name = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let hash: PackHash = name.parse().map_err(|_| PackError::Hash)?;
        if let Pack::Bank(bank) = read(hash, &std::fs::read(&path)?)? {
            banks.insert(hash, bank);
        }
    }
    Ok(banks)
}
