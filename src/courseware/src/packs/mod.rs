//! Packs and the catalogue: what the site serves, and what the endpoint keeps sealed. The same content and day give the
//! same bytes.

mod exams;
mod read;
mod search;

pub use read::{Pack, PackError, read, read_banks};

use crate::content::{Bank, BankItem, Content, Course, ExerciseBank, Lesson, Listing, Venue};
use crate::course::KINDS;
use crate::stale;
use domain::catalogue::CourseStatus;
use domain::citation::Citation;
use domain::ids::{BankId, PackHash};
use domain::item::ItemKind;
use domain::time::Day;
use indexmap::IndexMap;
use serde::Serialize;
use std::collections::HashMap;
use wire::catalogue::{self, BankEntry, Catalogue, CourseEntry, ExerciseEntry, LessonEntry, VenueEntry};
use wire::exam::ExamsPack;
use wire::item::kind_name;
use wire::pack::{
    self, BankPack, BlockForm, CoursePack, LessonForm, RegistryPack, RegulationForm, RegulationRef, SectionForm,
    VenuePack,
};
use wire::text::TextsPack;
use wire::{Bilingual, FormError};

/// What the site serves of the content.
#[derive(Debug, Clone)]
pub struct Packs {
    /// Path below the site's root (`packs/HASH.json`) and bytes, in order of the catalogue, then the registry and the index for
    /// searching.
    pub files: Vec<(String, Vec<u8>)>,
    /// Id and `wire::exam::SealedPack` of each assessment, in order of the exams: for the endpoint alone, never among what
    /// the site serves.
    pub sealed: Vec<(String, Vec<u8>)>,
    /// What is offered.
    pub catalogue: Catalogue,
    /// The hash of the registry's pack.
    pub registry: PackHash,
    /// Items left out of the banks because the registry has a newer text in force than the one that they cite.
    pub stale: Vec<String>,
    /// Exams that are not offered, or not as an assessment, because without the items left out a bank cannot fill them.
    pub unfilled: Vec<String>,
}

impl Packs {
    /// The catalogue as the site serves it.
    ///
    /// # Errors
    /// None in practice: the catalogue holds texts and numbers only.
    pub fn catalogue_json(&self) -> Result<Vec<u8>, FormError> {
        Ok(serde_json::to_vec(&self.catalogue)?)
    }

    /// Adds the list of the regulation texts that are installed: `regulation-id@version` to the path of each.
    ///
    /// # Errors
    /// None in practice: the list holds texts only.
    pub fn add_texts(&mut self, texts: IndexMap<String, String>) -> Result<(), FormError> {
        let v = wire::text::VERSION;
        let bytes = serde_json::to_vec(&TextsPack { v, texts })?;
        let hash = pack::hash(&bytes);
        self.files.push((pack::path(hash), bytes));
        self.catalogue.texts = hash.to_string();
        Ok(())
    }
}

/// Makes the packs of what is offered: active courses, ready venues, active exercises, and the exams on them. On `day` the
/// items that cite a text which another in the registry has replaced are left out until somebody has looked at them again
/// (`stale`).
///
/// # Errors
/// None in practice: the packs hold texts, numbers and lists only.
pub fn build(content: &Content, day: Day) -> Result<Packs, FormError> {
    let mut maker = Maker {
        content,
        day,
        files: Vec::new(),
        stale: Vec::new(),
        banks: HashMap::new(),
    };
    let mut active: Vec<&Course> = content
        .courses
        .iter()
        .filter(|course| course.status == CourseStatus::Active)
        .collect();
    // Stable: what is equal here stays in the order of the folders.
    active.sort_by(|a, b| (a.kind, a.order, &a.title.zh).cmp(&(b.kind, b.order, &b.title.zh)));
    let mut courses = active
        .into_iter()
        .map(|course| maker.course(course))
        .collect::<Result<Vec<_>, _>>()?;
    let venues = content
        .venues
        .iter()
        .map(|listing| maker.listing(listing))
        .collect::<Result<Vec<_>, _>>()?;
    let exercises = content
        .exercises
        .iter()
        .filter(|entry| entry.status == CourseStatus::Active)
        .map(|entry| maker.exercises(entry))
        .collect::<Result<Vec<_>, _>>()?;
    let exams::Made {
        public,
        sealed,
        unfilled,
    } = exams::make(&mut maker)?;
    for course in &mut courses {
        course.exam = public.iter().any(|exam| exam.id == course.slug);
    }
    let exams = if public.is_empty() {
        String::new()
    } else {
        let v = pack::VERSION;
        maker.add(&ExamsPack { v, exams: public })?.to_string()
    };
    let regulations = content.regulations.iter().map(|entry| entry.form.clone()).collect();
    let registry = maker.add(&RegistryPack {
        v: pack::VERSION,
        regulations,
    })?;
    let search = maker.add(&search::index(content))?;
    let catalogue = Catalogue {
        v: catalogue::VERSION,
        courses,
        venues,
        venues_note: content.venues_note.clone(),
        exercises,
        exams,
        registry: registry.to_string(),
        search: search.to_string(),
        texts: String::new(),
    };
    Ok(Packs {
        files: maker.files,
        sealed,
        catalogue,
        registry,
        stale: maker.stale,
        unfilled,
    })
}

struct Maker<'c> {
    content: &'c Content,
    day: Day,
    files: Vec<(String, Vec<u8>)>,
    stale: Vec<String>,
    /// The public banks packed so far.
    banks: HashMap<BankId, Packed<'c>>,
}

/// A bank in a pack.
struct Packed<'c> {
    hash: PackHash,
    items: Vec<&'c BankItem>,
}

impl<'c> Maker<'c> {
    fn add(&mut self, form: &impl Serialize) -> Result<PackHash, FormError> {
        let bytes = serde_json::to_vec(form)?;
        let hash = pack::hash(&bytes);
        let path = pack::path(hash);
        if !self.files.iter().any(|(known, _)| *known == path) {
            self.files.push((path, bytes));
        }
        Ok(hash)
    }

    fn course(&mut self, course: &'c Course) -> Result<CourseEntry, FormError> {
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
            objectives: course.objectives.clone(),
            regulations: refs(self.content, citations),
            lessons,
        })?;
        let entry = |lesson: &Lesson| LessonEntry {
            id: lesson.id.to_string(),
            slug: lesson.slug.clone(),
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
            lessons: course.lessons.iter().map(entry).collect(),
            pack: pack.to_string(),
            bank,
            // Known once all banks are packed.
            exam: false,
        })
    }

    fn listing(&mut self, listing: &'c Listing) -> Result<VenueEntry, FormError> {
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

    fn exercises(&mut self, entry: &'c ExerciseBank) -> Result<ExerciseEntry, FormError> {
        let bank = self.bank(&entry.bank, &entry.title)?;
        let items = self.banks.get(&entry.bank.id).map(|packed| packed.items.as_slice());
        let mut kinds: Vec<ItemKind> = items
            .unwrap_or_default()
            .iter()
            .map(|item| item.item.body.kind())
            .collect();
        kinds.sort_unstable();
        kinds.dedup();
        Ok(ExerciseEntry {
            title: entry.title.clone(),
            summary: entry.summary.clone(),
            kinds: kinds.into_iter().map(|kind| kind_name(kind).to_owned()).collect(),
            bank,
        })
    }

    fn bank(&mut self, bank: &'c Bank, title: &Bilingual) -> Result<BankEntry, FormError> {
        let (form, items) = self.bank_pack(bank, title);
        let hash = self.add(&form)?;
        let count = items.len();
        self.banks.insert(bank.id.clone(), Packed { hash, items });
        Ok(BankEntry {
            id: bank.id.to_string(),
            pack: hash.to_string(),
            items: count,
        })
    }

    /// The bank without its stale items, and the items in it.
    fn bank_pack(&mut self, bank: &'c Bank, title: &Bilingual) -> (BankPack, Vec<&'c BankItem>) {
        let (content, day) = (self.content, self.day);
        let replaced = |cited: &Citation| stale::replacement(content, cited).is_some_and(|(_, from)| from <= day);
        let stale = |item: &BankItem| item.citations().into_iter().any(replaced);
        let (gone, items): (Vec<&BankItem>, Vec<&BankItem>) = bank.items.iter().partition(|item| stale(item));
        self.stale.extend(gone.into_iter().map(|item| item.form.id.clone()));
        let form = BankPack {
            v: pack::VERSION,
            bank: bank.id.to_string(),
            title: title.clone(),
            regulations: refs(content, items.iter().flat_map(|item| item.citations())),
            items: items.iter().map(|item| item.form.clone()).collect(),
        };
        (form, items)
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
        regulations: refs(content, citations),
        sections: venue.sections.iter().map(section).collect(),
    }
}

/// What pages show of the regulations cited, in the registry's order.
fn refs<'c>(content: &Content, citations: impl Iterator<Item = &'c Citation>) -> IndexMap<String, RegulationRef> {
    let mut cited: HashMap<String, &Citation> = HashMap::new();
    for citation in citations {
        let key = format!("{}@{}", citation.regulation, citation.version);
        cited.entry(key).or_insert(citation);
    }
    let entries = content.regulations.iter().map(|regulation| &regulation.form);
    let entries = entries.map(|form| (format!("{}@{}", form.id, form.version), form));
    entries
        .filter_map(|(key, form)| {
            let citation = cited.get(&key)?;
            let replaced = stale::replacement(content, citation).map(|(_, from)| from.to_string());
            Some((key, reference(form, replaced)))
        })
        .collect()
}

fn reference(form: &RegulationForm, replaced: Option<String>) -> RegulationRef {
    RegulationRef {
        short: form.short.clone(),
        title: form.title.clone(),
        version: form.version.clone(),
        effective: form.effective.clone(),
        replaced,
    }
}
