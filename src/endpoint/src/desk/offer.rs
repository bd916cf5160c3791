//! What the site offers, as far as the desk names it: courses with their lessons and items, exams with their titles.

use crate::site::Site;
use std::collections::HashMap;
use wire::catalogue::Catalogue;
use wire::exam::ExamsPack;

/// A course.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Course {
    /// The permanent id.
    pub(crate) id: String,
    /// The Chinese title.
    pub(crate) title: String,
    /// The ids of its lessons.
    pub(crate) lessons: Vec<String>,
}

/// What is offered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Offer {
    /// The courses in the catalogue's order.
    pub(crate) courses: Vec<Course>,
    /// The course (its place in `courses`) of each item of a course's bank.
    pub(crate) items: HashMap<String, usize>,
    /// The Chinese title of each exam.
    pub(crate) exams: HashMap<String, String>,
}

impl Offer {
    /// What a site offers; nothing where it has no catalogue, and what cannot be read is left out.
    pub(crate) fn of(site: &Site) -> Self {
        let mut offer = Self::default();
        let Some(catalogue) = site.catalogue().and_then(|bytes| Catalogue::read(&bytes).ok()) else {
            return offer;
        };
        let pack = |hash: &str| {
            site.file(&format!("packs/{hash}.json"))
                .map(|file| file.plain.bytes.clone())
        };
        for entry in &catalogue.courses {
            let place = offer.courses.len();
            offer.courses.push(Course {
                id: entry.id.clone(),
                title: entry.title.zh.clone(),
                lessons: entry.lessons.iter().map(|lesson| lesson.id.clone()).collect(),
            });
            let bank = pack(&entry.bank.pack).and_then(|bytes| wire::pack::read_bank(&bytes).ok());
            let items = bank.into_iter().flat_map(|bank| bank.items);
            offer.items.extend(items.map(|(id, _)| (id.to_string(), place)));
        }
        let exams = pack(&catalogue.exams).and_then(|bytes| serde_json::from_slice::<ExamsPack>(&bytes).ok());
        let exams = exams.into_iter().flat_map(|pack| pack.exams);
        offer.exams = exams.map(|exam| (exam.id, exam.title.zh)).collect();
        offer
    }
}
