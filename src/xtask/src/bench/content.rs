//! What a learner makes of the built site: records of practice and lessons, of the forms that the app writes.

use anyhow::{Context, Result, ensure};
use domain::ids::{AttemptId, BankId, CourseId, DeviceId, ItemId, LessonId, PackHash, ProfileId, RecordId, Uuid};
use domain::item::{Item, ItemBody, Response};
use domain::record::{LessonState, Mode, Record, RecordBody};
use domain::shuffle::Seed;
use domain::time::Timestamp;
use std::fs;
use std::path::Path;
use wire::catalogue::{Catalogue, CourseEntry};

/// How many items a practice has.
const SET: usize = 10;

/// One answer of so many is not right.
const WRONG: usize = 4;

/// Milliseconds from one record to the next.
const PACE: i64 = 60_000;

/// The catalogue of a built site.
///
/// # Errors
/// There is none, or it cannot be read.
pub(crate) fn catalogue(site: &Path) -> Result<Catalogue> {
    let entries = fs::read_dir(site).with_context(|| format!("cannot read {}", site.display()))?;
    let named = |name: &str| name.starts_with("catalogue.") && name.rsplit('.').next() == Some("json");
    let mut files = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let file = files.find(|path| path.file_name().and_then(|name| name.to_str()).is_some_and(named));
    Ok(Catalogue::read(&fs::read(file.context("the site has no catalogue")?)?)?)
}

/// One course, as far as records speak of it.
struct Course {
    id: CourseId,
    lessons: Vec<LessonId>,
    bank: BankId,
    pack: PackHash,
    items: Vec<Item>,
}

/// The courses of a site with their banks.
pub(crate) struct Material(Vec<Course>);

/// Who makes records, on what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Learner {
    /// The profile.
    pub(crate) profile: ProfileId,
    /// The device.
    pub(crate) device: DeviceId,
    number: u32,
}

impl Learner {
    /// Learner number so and so; different numbers have different ids.
    pub(crate) fn new(number: u32) -> Self {
        let v4 = |bits: u128| Uuid::from_u128(bits << 96 | u128::from(number) | 0x4 << 76 | 0b10 << 62);
        Self {
            profile: ProfileId(v4(1)),
            device: DeviceId(v4(2)),
            number,
        }
    }

    /// An id of version 7 that this learner gives once for each `seq`.
    fn id(self, at: Timestamp, seq: u64) -> Uuid {
        Uuid::v7(at.0.unsigned_abs(), u128::from(self.number) << 30 | u128::from(seq))
    }
}

impl Course {
    fn read(site: &Path, entry: &CourseEntry) -> Result<Self> {
        let lessons = entry.lessons.iter().map(|lesson| Ok(lesson.id.parse()?));
        let bytes = fs::read(site.join(format!("packs/{}.json", entry.bank.pack)))
            .with_context(|| format!("the pack of the bank {}", entry.bank.id))?;
        let bank = wire::pack::read_bank(&bytes)?;
        ensure!(
            bank.items.len() >= SET && !entry.lessons.is_empty(),
            "the course {} has too little",
            entry.slug
        );
        Ok(Self {
            id: entry.id.parse()?,
            lessons: lessons.collect::<Result<_>>()?,
            pack: wire::pack::hash(&bytes),
            bank: bank.id,
            items: bank.items.into_values().collect(),
        })
    }

    /// The bodies of one sitting: a practice of ten items from begin to end, and one lesson. `turn` counts the sittings with
    /// this course; `attempt` is the practice's.
    fn sitting(&self, turn: usize, attempt: AttemptId) -> Vec<RecordBody> {
        let items = self.items.iter().cycle().skip(turn * SET).take(SET);
        let lesson = |state| RecordBody::Lesson {
            course: self.id.clone(),
            lesson: self.lessons[turn % self.lessons.len()].clone(),
            state,
        };
        let ids: Vec<ItemId> = items.clone().map(|item| item.id.clone()).collect();
        let mut bodies = vec![RecordBody::AttemptStarted {
            attempt,
            mode: Mode::Practice,
            bank: self.bank.clone(),
            pack: self.pack,
            seed: Seed(turn as u64),
            items: ids,
        }];
        bodies.extend(items.enumerate().map(|(place, item)| RecordBody::Answered {
            attempt: Some(attempt),
            item: item.id.clone(),
            revision: item.revision,
            pack: self.pack,
            response: response(item, !(turn + place).is_multiple_of(WRONG)),
        }));
        bodies.push(RecordBody::AttemptFinished { attempt });
        bodies.extend([lesson(LessonState::Opened), lesson(LessonState::Finished)]);
        bodies
    }
}

/// The key, or something near it; of exercises always the key.
fn response(item: &Item, right: bool) -> Response {
    match &item.body {
        ItemBody::Single(choices) | ItemBody::Multiple(choices) if !right => {
            let wrong = choices.options().iter().find(|option| !option.right);
            Response::Options(wrong.map(|option| option.id.clone()).into_iter().collect())
        }
        ItemBody::TrueFalse { answer, .. } if !right => Response::Truth(Some(!answer)),
        body => body.key(),
    }
}

impl Material {
    /// Reads the courses of a built site.
    ///
    /// # Errors
    /// The site has none, or a pack is missing or unreadable.
    pub(crate) fn read(site: &Path) -> Result<Self> {
        let catalogue = catalogue(site)?;
        let courses = catalogue.courses.iter().map(|entry| Course::read(site, entry));
        let courses: Vec<Course> = courses.collect::<Result<_>>()?;
        ensure!(!courses.is_empty(), "the site has no courses");
        Ok(Self(courses))
    }

    /// The exact texts of a learner's first `count` records: practice and lessons of all courses in turn, one record a minute,
    /// the last one before `until`.
    ///
    /// # Errors
    /// A record has no form.
    pub(crate) fn records(&self, learner: Learner, count: usize, until: Timestamp) -> Result<Vec<String>> {
        let begun = until.0 - PACE * i64::try_from(count)?;
        let mut texts = Vec::with_capacity(count);
        let mut sitting = 0;
        while texts.len() < count {
            let (turn, course) = (sitting / self.0.len(), &self.0[sitting % self.0.len()]);
            let at = |place: usize| Ok::<_, anyhow::Error>(Timestamp(begun + PACE * i64::try_from(place)?));
            let seq = texts.len() as u64 + 1;
            let attempt = AttemptId(learner.id(at(texts.len())?, seq));
            for body in course.sitting(turn, attempt) {
                let (at, seq) = (at(texts.len())?, texts.len() as u64 + 1);
                let record = Record {
                    at,
                    device: learner.device,
                    seq,
                    id: RecordId(learner.id(at, seq)),
                    profile: learner.profile,
                    body,
                };
                texts.push(wire::record::write(&record).context("a record has no form")?);
            }
            sitting += 1;
        }
        texts.truncate(count);
        Ok(texts)
    }
}

/// The body of a batch of records.
pub(crate) fn batch(records: &[String]) -> Vec<u8> {
    format!(r#"{{"records":[{}]}}"#, records.join(",")).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::citation::Basis;
    use domain::units::{Difficulty, Revision};
    use std::collections::{BTreeSet, HashMap};

    fn material() -> Material {
        let item = |number: usize| Item {
            id: format!("i-{number}").parse().unwrap(),
            revision: Revision(2),
            difficulty: Difficulty::new(1).unwrap(),
            group: None,
            topics: vec!["t".into()],
            stem: "s".into(),
            body: ItemBody::TrueFalse {
                answer: number.is_multiple_of(2),
                why: "w".into(),
            },
            basis: Basis::Article(vec!["a@2021-01-01#1".parse().unwrap()]),
            explanation: "e".into(),
        };
        Material(vec![Course {
            id: "c".parse().unwrap(),
            lessons: vec!["l-1".parse().unwrap(), "l-2".parse().unwrap()],
            bank: "b".parse().unwrap(),
            pack: wire::pack::hash(b"b"),
            items: (0..12).map(item).collect(),
        }])
    }

    #[test]
    fn records_are_of_many_kinds_and_each_its_own() {
        let material = material();
        let until = Timestamp(1_790_000_000_000);
        let (mut ids, mut kinds) = (BTreeSet::new(), HashMap::new());
        for number in [0, 1, 299] {
            let learner = Learner::new(number);
            let texts = material.records(learner, 100, until).unwrap();
            assert_eq!(texts.len(), 100);
            for (place, text) in texts.iter().enumerate() {
                let record = wire::record::read(text).unwrap();
                assert_eq!((record.profile, record.device), (learner.profile, learner.device));
                assert_eq!(record.seq, place as u64 + 1);
                assert!(record.at < until && record.id.0.is_v7());
                assert!(ids.insert(record.id));
                let kind: serde_json::Value = serde_json::from_str(text).unwrap();
                *kinds.entry(kind["kind"].as_str().unwrap().to_owned()).or_insert(0) += 1;
            }
        }
        // Seven sittings of fourteen records, and the first two of the next one.
        let expected = [
            ("attempt.started", 8),
            ("item.answered", 71),
            ("attempt.finished", 7),
            ("lesson.progress", 14),
        ];
        assert_eq!(kinds, expected.map(|(kind, count)| (kind.to_owned(), 3 * count)).into());
        assert_ne!(Learner::new(1).profile, Learner::new(2).profile);
    }
}
