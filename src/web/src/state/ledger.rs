//! One profile's records as they stand on this device: a pure picture of the vault.

use crate::platform::db::{Contents, Store};
use domain::ids::{ProfileId, RecordId};
use domain::marking::Mark;
use domain::record::{Evidence, Marked};
use indexmap::{IndexMap, IndexSet};
use wire::api::MarkForm;

/// The records of a profile, what waits to be sent and what was refused.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger {
    /// Every record that can be read, in the order of their ids.
    pub evidence: IndexMap<RecordId, Evidence>,
    /// Records that the endpoint has not acknowledged, quarantined ones aside.
    pub pending: IndexSet<String>,
    /// Records that the endpoint refused, by record id, with its code.
    pub quarantine: IndexMap<String, String>,
    /// Entries that cannot be read: kept, exported, of no effect.
    pub unreadable: usize,
}

/// The database key of a record.
pub fn key(profile: ProfileId, record: &str) -> String {
    format!("{profile}:{record}")
}

/// How a mark is kept: `h` (given here) or `e` (given by the endpoint), points, most points, outcome.
pub fn write_mark(mark: Marked) -> String {
    let form = MarkForm::from(mark.mark());
    let who = if mark.verified() { 'e' } else { 'h' };
    format!("{who},{},{},{}", form.points, form.max, form.outcome)
}

fn read_mark(text: &str) -> Option<Marked> {
    let mut parts = text.splitn(4, ',');
    let who = parts.next()?;
    let points = parts.next()?.parse().ok()?;
    let max = parts.next()?.parse().ok()?;
    let mark: Mark = MarkForm {
        points,
        max,
        outcome: parts.next()?.to_owned(),
    }
    .mark()?;
    Some(if who == "e" {
        Marked::ByEndpoint(mark)
    } else {
        Marked::Here(mark)
    })
}

impl Ledger {
    /// The ledger of `profile` out of all that is stored.
    pub fn read(contents: &Contents, profile: ProfileId) -> Self {
        let prefix = format!("{profile}:");
        let of = |store: Store| -> Vec<(&str, &str)> {
            let entries = contents.of(store).iter();
            entries
                .filter_map(|(key, value)| Some((key.strip_prefix(&prefix)?, value.as_str())))
                .collect()
        };
        let marks: IndexMap<&str, &str> = of(Store::Marks).into_iter().collect();
        let mut ledger = Self::default();
        for (id, text) in of(Store::Records) {
            match wire::record::read(text) {
                Ok(record) => {
                    let mark = marks.get(id).and_then(|text| read_mark(text));
                    ledger.evidence.insert(record.id, Evidence { record, mark });
                }
                Err(_) => ledger.unreadable += 1,
            }
        }
        for (id, text) in of(Store::Quarantine) {
            ledger.quarantine.insert(id.to_owned(), text.to_owned());
        }
        ledger.pending = of(Store::Pending).into_iter().map(|(id, _)| id.to_owned()).collect();
        ledger
    }

    /// How many records are stored here, unreadable ones included.
    pub fn stored(&self) -> usize {
        self.evidence.len() + self.unreadable
    }

    /// How many records the endpoint has acknowledged.
    pub fn acknowledged(&self) -> usize {
        self.stored().saturating_sub(self.pending.len() + self.quarantine.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::marking::Outcome;
    use domain::units::Points;

    #[test]
    fn marks_round_trip() {
        let mark = Mark {
            points: Points(100),
            max: Points(200),
            outcome: Outcome::Incomplete,
        };
        for marked in [Marked::Here(mark), Marked::ByEndpoint(mark)] {
            assert_eq!(read_mark(&write_mark(marked)), Some(marked));
        }
        for bad in ["", "h", "h,1,2", "h,3,2,right", "h,1,2,splendid", "h,-1,2,wrong"] {
            assert_eq!(read_mark(bad), None, "{bad}");
        }
    }
}
