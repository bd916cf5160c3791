//! The totals of exams with local keys: self-tests and contests are marked as a whole from the person's records, once they
//! are handed in and again whenever a record of them arrives. What is worth a mark is marked after it is stored: what still
//! waits for it is noted in the store, so that a sudden end loses nothing.

use crate::packs::{Found, Packs};
use crate::sitting;
use crate::store::{Due, PersonId, Place, Store, StoreError, Verdict};
use domain::exam::{Exam, ExamResult};
use domain::ids::{AttemptId, RecordId};
use domain::item::Item;
use domain::record::{Evidence, Mode, Record, RecordBody};
use domain::time::Timestamp;
use std::collections::{HashMap, HashSet};
use wire::api::MarkForm;

/// How many exams are looked up at a time.
const PAGE: usize = 200;

/// How often an exam is marked anew where records keep arriving; whoever brings the next one marks it then.
const TRIES: usize = 3;

/// What the records of an exam come to.
struct Total {
    /// The records that hand it in.
    handed_in: Vec<(Place, RecordId)>,
    /// None where it gets no mark.
    verdict: Option<Verdict>,
}

/// Marks those of a person's exams among `attempts` that are due: the marks that the records handing them in now have.
///
/// # Errors
/// The store cannot be read or written; what was not reached stays due.
pub(crate) async fn settle(
    store: &dyn Store,
    packs: &Packs,
    person: PersonId,
    attempts: &HashSet<AttemptId>,
    now: Timestamp,
) -> Result<HashMap<RecordId, MarkForm>, StoreError> {
    let mut marks = HashMap::new();
    for due in store.due_of(person, attempts).await? {
        marks.extend(one(store, packs, due, now).await?);
    }
    Ok(marks)
}

/// Marks all exams that are due, and says how many got a mark.
///
/// # Errors
/// The store cannot be read or written; what was not reached stays due.
pub(crate) async fn settle_all(store: &dyn Store, packs: &Packs, now: Timestamp) -> Result<usize, StoreError> {
    let mut after = None;
    let mut marked = 0;
    loop {
        let page = store.due(after, PAGE).await?;
        let Some(last) = page.last() else {
            return Ok(marked);
        };
        after = Some(*last);
        for due in page {
            marked += usize::from(!one(store, packs, due, now).await?.is_empty());
        }
    }
}

async fn one(
    store: &dyn Store,
    packs: &Packs,
    mut due: Due,
    now: Timestamp,
) -> Result<HashMap<RecordId, MarkForm>, StoreError> {
    for _ in 0..TRIES {
        let total = total(store, packs, &mut due).await?;
        let waits = matches!(total.verdict, Some(Verdict::Unverified(_)));
        let verdicts = match &total.verdict {
            Some(verdict) => total
                .handed_in
                .iter()
                .map(|(place, _)| (*place, verdict.clone()))
                .collect(),
            None => Vec::new(),
        };
        if store.settle_total(due, verdicts, waits, now).await? {
            return Ok(match total.verdict {
                Some(Verdict::Marked(mark)) => total.handed_in.iter().map(|(_, id)| (*id, mark.clone())).collect(),
                _ => HashMap::new(),
            });
        }
        let attempts = HashSet::from([due.attempt]);
        match store.due_of(due.person, &attempts).await?.pop() {
            Some(newer) => due = newer,
            // Another request marked it with all that is there.
            None => break,
        }
    }
    Ok(HashMap::new())
}

/// Marks an exam; `due` then says which records were taken into account.
async fn total(store: &dyn Store, packs: &Packs, due: &mut Due) -> Result<Total, StoreError> {
    let records = store.attempt_records(due.person, due.attempt).await?;
    if let Some(last) = records.last() {
        due.place = due.place.max(last.place);
    }
    let read = sitting::readable(&records);
    let hands_in = |(arrival, record): &(&crate::store::AttemptRecord, Record)| {
        matches!(record.body, RecordBody::ExamFinished { .. }).then_some((arrival.place, record.id))
    };
    let handed_in = read.iter().filter_map(hands_in).collect();
    let evidence: Vec<Evidence> = read
        .into_iter()
        .map(|(arrival, record)| sitting::evidence_of(arrival, record))
        .collect();
    let mut total = Total {
        handed_in,
        verdict: None,
    };
    let Some(exam) = Exam::fold(due.attempt, &evidence).filter(|exam| exam.finished.is_some()) else {
        return Ok(total);
    };
    // An assessment is marked by its own rules, and not at all where the endpoint never gave its paper.
    let local = matches!(exam.sitting.mode, Mode::SelfTest | Mode::Contest);
    if !local || !store.given(due.person, &[due.attempt]).await?.is_empty() {
        return Ok(total);
    }
    let mut banks = sitting::Banks::new();
    let mut unknown = None;
    for pack in sitting::packs(&exam.sitting) {
        match packs.find(pack).await? {
            Found::Bank(bank) => drop(banks.insert(pack, bank)),
            Found::Other => {}
            Found::Sealed => return Ok(total),
            Found::Nothing => unknown = unknown.or(Some(pack)),
        }
    }
    total.verdict = Some(if let Some(pack) = unknown {
        Verdict::Unverified(pack)
    } else {
        let items = sitting::find(&exam.sitting, &banks);
        let find = |id: &_| -> Option<&Item> { items.get(id).copied() };
        Verdict::Marked(mark(&exam.result(find)))
    });
    Ok(total)
}

/// The total as a mark: right where it is passed.
fn mark(result: &ExamResult) -> MarkForm {
    let outcome = match result.passed() {
        Some(true) => "right",
        None => "awaiting",
        Some(false) => "wrong",
    };
    MarkForm {
        points: result.points.0,
        max: result.max.0,
        outcome: outcome.into(),
    }
}
