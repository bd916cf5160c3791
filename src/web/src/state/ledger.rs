//! One profile's records as they stand on this device: a pure picture of the vault.

use super::quarantine;
use crate::platform::db::{Contents, Store};
use domain::ids::{ProfileId, RecordId};
use domain::marking::Mark;
use domain::record::{Evidence, Marked};
use domain::time::Timestamp;
use indexmap::{IndexMap, IndexSet};
use wire::api::MarkForm;

/// The records of a profile, what waits to be sent and what was refused.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger {
    /// Every record that can be read, in the order of their ids.
    pub evidence: IndexMap<RecordId, Evidence>,
    /// Records that the endpoint has not acknowledged, quarantined ones aside.
    pub pending: IndexSet<String>,
    /// Records that the endpoint refused and that do not wait to be tried again, by record id, with its code.
    pub quarantine: IndexMap<String, String>,
    /// Entries that cannot be read: kept, exported, of no effect.
    pub unreadable: usize,
}

/// The database key of a record.
pub fn key(profile: ProfileId, record: &str) -> String {
    format!("{profile}:{record}")
}

/// The key beside a record's mark under which the endpoint's receipt of a doubtful time is kept, in milliseconds since 1970.
pub fn received_key(key: &str) -> String {
    format!("{key}{RECEIVED}")
}

const RECEIVED: &str = ":received";

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
                    ledger.evidence.insert(
                        record.id,
                        Evidence {
                            record,
                            mark,
                            received: None,
                        },
                    );
                }
                Err(_) => ledger.unreadable += 1,
            }
        }
        for (key, text) in marks {
            let id = key.strip_suffix(RECEIVED).and_then(|id| id.parse().ok());
            if let Some(evidence) = id.and_then(|id: RecordId| ledger.evidence.get_mut(&id)) {
                evidence.received = text.parse().ok().map(Timestamp);
            }
        }
        ledger.pending = of(Store::Pending).into_iter().map(|(id, _)| id.to_owned()).collect();
        for (id, note) in of(Store::Quarantine) {
            if !ledger.pending.contains(id) {
                ledger
                    .quarantine
                    .insert(id.to_owned(), quarantine::code(note).to_owned());
            }
        }
        ledger
    }

    /// This picture of the vault with what `known`, an earlier one of the same profile, has beyond it. A picture may have
    /// been taken just before a record or a mark was written: records are only ever added, and a mark is never taken away.
    #[must_use]
    pub fn with(mut self, known: &Self) -> Self {
        for (id, evidence) in &known.evidence {
            if let Some(read) = self.evidence.get_mut(id) {
                read.mark = read.mark.max(evidence.mark);
                continue;
            }
            self.evidence.insert(*id, evidence.clone());
            let text = id.to_string();
            if known.pending.contains(&text) {
                self.pending.insert(text);
            }
        }
        self.evidence.sort_unstable_keys();
        self
    }

    /// How many records are stored here, unreadable ones included.
    pub fn stored(&self) -> usize {
        self.evidence.len() + self.unreadable
    }

    /// How many records have a time that the endpoint doubts.
    pub fn doubtful(&self) -> usize {
        let received = self.evidence.values().filter(|evidence| evidence.received.is_some());
        received.count()
    }

    /// How many records the endpoint has acknowledged.
    pub fn acknowledged(&self) -> usize {
        self.stored().saturating_sub(self.pending.len() + self.quarantine.len())
    }
}

#[cfg(test)]
mod tests {
    use super::super::vault::{Memory, Vault};
    use super::*;
    use crate::platform::db::Change;
    use domain::ids::{DeviceId, Uuid};
    use domain::marking::Outcome;
    use domain::record::{Record, RecordBody};
    use domain::units::Points;
    use pollster::block_on;

    #[test]
    fn a_picture_taken_just_before_a_write_takes_nothing_away() {
        let profile = ProfileId(Uuid::from_u128(1));
        let id = |n: u64| RecordId(Uuid::v7(n, 0));
        let mark = Mark {
            points: Points(100),
            max: Points(100),
            outcome: Outcome::Right,
        };
        let evidence = |n: u64, mark| Evidence {
            record: Record {
                at: Timestamp(0),
                device: DeviceId(Uuid::from_u128(2)),
                seq: n,
                id: id(n),
                profile,
                body: RecordBody::Unknown,
            },
            mark,
            received: None,
        };
        let mut known = Ledger::default();
        known.evidence.insert(id(1), evidence(1, Some(Marked::Here(mark))));
        known.evidence.insert(id(2), evidence(2, Some(Marked::Here(mark))));
        known.pending.insert(id(1).to_string());
        let mut read = Ledger::default();
        read.evidence.insert(id(2), evidence(2, Some(Marked::ByEndpoint(mark))));
        read.evidence.insert(id(3), evidence(3, None));
        let merged = read.with(&known);
        assert_eq!(
            merged.evidence.keys().copied().collect::<Vec<_>>(),
            [id(1), id(2), id(3)]
        );
        assert_eq!(merged.evidence[&id(1)].mark, Some(Marked::Here(mark)));
        assert_eq!(merged.evidence[&id(2)].mark, Some(Marked::ByEndpoint(mark)));
        assert_eq!(merged.pending.len(), 1);
    }

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

    #[test]
    fn what_is_tried_again_counts_once_and_notes_of_earlier_builds_are_read() {
        let profile = ProfileId(Uuid::from_u128(1));
        let vault = Memory::default();
        let keys = [1, 2, 3].map(|n| key(profile, &RecordId(Uuid::v7(n, 0)).to_string()));
        let mut changes = Vec::new();
        for (n, key) in keys.iter().enumerate() {
            let text = format!(
                "{{\"id\":\"{}\",\"v\":9,\"kind\":\"k\",\"profile\":\"{profile}\",\
                 \"device\":\"{profile}\",\"seq\":1,\"at\":7}}",
                RecordId(Uuid::v7(n as u64 + 1, 0))
            );
            changes.push(Change::Put(Store::Records, key.clone(), text));
        }
        let put = |store, key: &str, value: &str| Change::Put(store, key.to_owned(), value.to_owned());
        changes.extend([
            put(Store::Quarantine, &keys[0], "too-large\nb1\nb2"),
            put(Store::Pending, &keys[0], "1"),
            put(Store::Quarantine, &keys[1], "bad-field:seq"),
            put(Store::Marks, &keys[2], "e,100,100,right"),
            put(Store::Marks, &received_key(&keys[2]), "5"),
        ]);
        block_on(vault.write(&changes)).unwrap();
        let ledger = Ledger::read(&block_on(vault.contents()).unwrap(), profile);
        assert_eq!((ledger.stored(), ledger.acknowledged(), ledger.doubtful()), (3, 1, 1));
        assert_eq!((ledger.pending.len(), ledger.quarantine.len()), (1, 1));
        assert_eq!(ledger.quarantine[0], "bad-field:seq");
        let last = &ledger.evidence[2];
        assert!(last.mark.is_some_and(Marked::verified));
        assert_eq!((last.record.at, last.received), (Timestamp(7), Some(Timestamp(5))));
    }
}
