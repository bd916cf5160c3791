//! Papers of assessments as a person gets them, and what a sitting comes to. Neither has a key in it.
//!
//! **Which answers count.** Those in the person's records of the attempt that were given in time: by the device's own clock
//! from its `exam.started` on, or because they arrived by the end by the endpoint's clock, whatever the device's said. They
//! may arrive at any time: what a sitting comes to is computed anew from what is stored whenever it is asked for. An
//! answer whose mark was told once is never replaced by a later arrival, so that a result cannot be used to find the key by
//! trying. Where the two clocks disagree, or something arrives when it could no longer be seen to be in time, the result is
//! doubtful and says so.

use crate::intake;
use crate::sealed::GRACE;
use crate::store::{AttemptRecord, GivenSitting, Place};
use domain::asked::Asked;
use domain::exam::{Exam, ExamResult};
use domain::ids::{DeviceId, ItemId, PackHash, ProfileId, RecordId, Uuid};
use domain::item::{Item, Response};
use domain::record::{Evidence, Mode, Record, RecordBody, Sitting};
use domain::shuffle::Seed;
use domain::time::Timestamp;
use domain::units::Minutes;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::Arc;
use wire::asked::AskedForm;
use wire::exam::{RowForm, SittingAnswer, SittingForm};
use wire::pack::Bank;

/// How far an answer may lie beyond the end, in milliseconds: the press of a button takes its time, and so does its way.
pub(crate) const LATE: i64 = 60_000;

/// The banks that a paper was drawn from.
pub(crate) type Banks = HashMap<PackHash, Arc<Bank>>;

/// A length of time in milliseconds.
pub(crate) fn millis(minutes: Minutes) -> i64 {
    i64::from(minutes.0) * 60_000
}

/// What puts the options of an item into order. Not of the seed that the person gets with the paper: whoever knows a seed
/// can undo its shuffle, and the author's order of steps or targets is the key.
fn order(salt: &[u8; 32], item: &ItemId) -> Seed {
    let digest: [u8; 32] = Sha256::new()
        .chain_update(salt)
        .chain_update(item.as_str())
        .finalize()
        .into();
    let (first, _) = digest.split_at(8);
    Seed(first.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

pub(crate) fn find<'b>(sitting: &Sitting, banks: &'b Banks) -> HashMap<ItemId, &'b Item> {
    let entries = sitting.sections.iter().flat_map(|section| &section.items);
    let found = entries.filter_map(|entry| Some((entry.item.clone(), banks.get(&entry.pack)?.items.get(&entry.item)?)));
    found.collect()
}

/// The items of a paper in the order asked, without their keys; none where a bank is not at hand.
pub(crate) fn asked(sitting: &Sitting, salt: &[u8; 32], banks: &Banks) -> Option<Vec<AskedForm>> {
    let items = find(sitting, banks);
    let entries = sitting.sections.iter().flat_map(|section| &section.items);
    let asked = entries.map(|entry| {
        let item = items.get(&entry.item).filter(|item| item.revision == entry.revision)?;
        Some(AskedForm::from(&Asked::of(item, order(salt, &entry.item))))
    });
    asked.collect()
}

/// The packs that a sitting names, each once.
pub(crate) fn packs(sitting: &Sitting) -> Vec<PackHash> {
    let entries = sitting.sections.iter().flat_map(|section| &section.items);
    let mut packs: Vec<PackHash> = entries.map(|entry| entry.pack).collect();
    packs.sort_unstable();
    packs.dedup();
    packs
}

/// What a sitting comes to, and what is to be noted before it is told.
pub(crate) struct Told {
    pub(crate) answer: SittingAnswer,
    /// The last record that was taken into account.
    pub(crate) place: Place,
    /// The answers whose marks are in it and that are not locked yet.
    pub(crate) fresh: Vec<(ItemId, Response)>,
}

/// What is said of a sitting that goes on.
pub(crate) fn open(given: &GivenSitting, sitting: &Sitting) -> SittingAnswer {
    let worth = sitting
        .sections
        .iter()
        .map(|section| (section.items.len() as u64) * u64::from(section.each.0));
    SittingAnswer {
        state: "open".into(),
        counts: true,
        points: 0,
        max: u32::try_from(worth.sum::<u64>()).unwrap_or(u32::MAX),
        passed: None,
        doubtful: false,
        label: given.label.clone(),
        rows: Vec::new(),
    }
}

/// What is said of an attempt that the endpoint never gave a paper for.
pub(crate) fn surplus(label: String) -> SittingAnswer {
    SittingAnswer {
        state: "marked".into(),
        counts: false,
        points: 0,
        max: 0,
        passed: None,
        doubtful: false,
        label,
        rows: Vec::new(),
    }
}

/// Reads the sitting as it was given.
pub(crate) fn read(given: &GivenSitting) -> Option<Sitting> {
    let form: SittingForm = serde_json::from_str(&given.form).ok()?;
    Sitting::try_from(&form).ok()
}

/// The records of an attempt that this program can read, each with what is known of its arrival.
pub(crate) fn readable(records: &[AttemptRecord]) -> Vec<(&AttemptRecord, Record)> {
    let read = |record: &'_ AttemptRecord| wire::record::read(&record.raw).ok();
    records
        .iter()
        .filter_map(|record| Some((record, read(record)?)))
        .collect()
}

/// A record as a fold takes it: a time far ahead of this clock is ordered by receipt, as on the person's devices.
pub(crate) fn evidence_of(arrival: &AttemptRecord, record: Record) -> Evidence {
    Evidence {
        mark: None,
        received: intake::doubtful(record.at, arrival.received).then_some(arrival.received),
        record,
    }
}

/// When answers were given and when they had to be.
struct Times<'a> {
    given: &'a GivenSitting,
    /// By the device's clock; none where its beginning is not on record yet.
    began: Option<Timestamp>,
    /// How long it may take, in milliseconds.
    most: i64,
}

impl Times<'_> {
    /// Whether the device says that it was in time; none where that cannot be said.
    fn claimed(&self, at: Timestamp) -> Option<bool> {
        self.began.map(|began| at.0.saturating_sub(began.0) <= self.most)
    }

    fn counts(&self, arrival: &AttemptRecord, record: &Record) -> bool {
        self.claimed(record.at) == Some(true) || arrival.received <= self.given.ends.plus(LATE)
    }

    /// Whether what counts was given or sent at a time that somebody should look at.
    fn doubtful(&self, arrival: &AttemptRecord, record: &Record) -> bool {
        let claimed = self.claimed(record.at);
        let before = self.began.is_some_and(|began| record.at < began);
        let seen = self.given.told.is_some_and(|told| arrival.place > told);
        before || seen || claimed == Some(false) || self.unseen(arrival, claimed)
    }

    fn unseen(&self, arrival: &AttemptRecord, claimed: Option<bool>) -> bool {
        claimed == Some(true) && arrival.received > self.given.ends.plus(GRACE)
    }
}

/// Marks a sitting from the person's records of it.
pub(crate) fn mark(given: &GivenSitting, sitting: &Sitting, records: &[AttemptRecord], banks: &Banks) -> Told {
    let read = readable(records);
    let begun = |(_, record): &(_, Record)| matches!(record.body, RecordBody::ExamStarted(_)).then_some(record.at);
    let times = Times {
        given,
        began: read.iter().filter_map(begun).min(),
        most: millis(sitting.minutes).saturating_add(LATE),
    };
    // The paper is the one that was given, not what a record says of it.
    let mut evidence = vec![beginning(sitting, times.began.unwrap_or(given.started))];
    let mut doubtful = false;
    for (arrival, record) in read {
        match &record.body {
            RecordBody::Answered { item, response, .. } => {
                let told = given.locked.get(item).is_none_or(|told| told == response);
                if !told || !times.counts(arrival, &record) {
                    continue;
                }
                doubtful |= times.doubtful(arrival, &record);
            }
            RecordBody::ExamFinished { handed, .. } => {
                doubtful |= handed.doubtful || times.unseen(arrival, times.claimed(record.at));
            }
            _ => continue,
        }
        evidence.push(evidence_of(arrival, record));
    }
    let items = find(sitting, banks);
    let exam = Exam::fold(sitting.attempt, &evidence);
    let result = exam.as_ref().map(|exam| exam.result(|id| items.get(id).copied()));
    let answered = exam.into_iter().flat_map(|exam| exam.answers);
    let told = answered.filter_map(|(item, response)| Some((item, response.filter(|given| !given.is_empty())?)));
    let fresh = told.filter(|(item, _)| !given.locked.contains_key(item)).collect();
    let answer = match result {
        Some(result) => told_as(given, &result, doubtful, &items),
        // Cannot be: the beginning is among the evidence.
        None => open(given, sitting),
    };
    Told {
        answer,
        place: records.last().map_or(Place(0), |record| record.place),
        fresh,
    }
}

/// The beginning of a sitting as a record of its own.
fn beginning(sitting: &Sitting, at: Timestamp) -> Evidence {
    let none = Uuid::from_u128(0);
    let record = Record {
        at,
        device: DeviceId(none),
        seq: 0,
        id: RecordId(none),
        profile: ProfileId(none),
        body: RecordBody::ExamStarted(Box::new(sitting.clone())),
    };
    Evidence {
        record,
        mark: None,
        received: None,
    }
}

fn told_as(given: &GivenSitting, result: &ExamResult, doubtful: bool, items: &HashMap<ItemId, &Item>) -> SittingAnswer {
    let awaiting = result.awaiting.0 > 0;
    let row = |row: &domain::exam::Row| {
        let item = items.get(&row.item);
        let citations = item.map(|item| item.basis.citations()).unwrap_or_default();
        RowForm {
            item: row.item.to_string(),
            mark: row.mark.into(),
            topics: item.map(|item| item.topics.clone()).unwrap_or_default(),
            citations: citations.iter().map(ToString::to_string).collect(),
        }
    };
    SittingAnswer {
        state: if awaiting { "awaiting" } else { "marked" }.into(),
        counts: true,
        points: result.points.0,
        max: result.max.0,
        passed: result.passed().filter(|_| !awaiting),
        doubtful,
        label: given.label.clone(),
        rows: result.rows.iter().map(row).collect(),
    }
}

/// Whether one of the records begins an assessment of this exam.
pub(crate) fn claims(records: &[AttemptRecord], exam: &str) -> bool {
    let begins = |(_, record): &(_, Record)| match &record.body {
        RecordBody::ExamStarted(sitting) => sitting.mode == Mode::Assessment && sitting.exam.as_str() == exam,
        _ => false,
    };
    readable(records).iter().any(begins)
}
