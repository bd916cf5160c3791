//! The file that carries records from one browser to another: exact bytes, marks and refusals of every profile.

use crate::platform::db::{Change, Contents, Store};
use crate::state::inspections::{self, Kept};
use crate::state::ledger::received_key;
use crate::state::quarantine;
use domain::ids::ProfileId;
use serde::{Deserialize, Serialize};

/// The version of the file.
const VERSION: u32 = 1;

/// The largest file that is read, in bytes.
pub const LIMIT: f64 = 64.0 * 1024.0 * 1024.0;

#[derive(Serialize, Deserialize)]
struct File {
    anxue: String,
    v: u32,
    profile: String,
    records: Vec<Entry>,
    /// Inspections with the handbook: no records, but the person's own work as well.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    inspections: Vec<Kept>,
}

/// A record with what is known of it. The record is a text, so that its bytes come back as they were.
#[derive(Serialize, Deserialize)]
struct Entry {
    record: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mark: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refused: Option<String>,
    /// When the endpoint received it, where it doubts the record's own time; its next word on it replaces this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    received: Option<i64>,
}

/// Why a file was not taken in. Nothing of it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// Not a file of records of this app.
    #[error("no file of learning records")]
    Foreign,
    /// Written by a newer version.
    #[error("written by a newer version")]
    Newer,
    /// A record in it cannot be read; its place in the file, from 1.
    #[error("record {0} cannot be read")]
    Record(usize),
}

/// The profiles that have records or a token here, in the order of their ids.
pub fn profiles(contents: &Contents) -> Vec<ProfileId> {
    let records = contents.of(Store::Records).iter();
    let of_records = records.filter_map(|(key, _)| key.split(':').next()?.parse().ok());
    let meta = contents.of(Store::Meta).iter();
    let of_tokens = meta.filter_map(|(key, _)| key.strip_prefix("token:")?.parse().ok());
    let mut profiles: Vec<ProfileId> = of_records.chain(of_tokens).collect();
    profiles.sort_unstable();
    profiles.dedup();
    profiles
}

/// What taking in a file comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// The changes that take it in.
    pub changes: Vec<Change>,
    /// How many records are new here.
    pub new: usize,
    /// The profile whose file it is.
    pub profile: ProfileId,
}

/// All records of `profile`, unreadable ones included, and the inspections.
pub fn export(contents: &Contents, profile: ProfileId) -> String {
    let prefix = format!("{profile}:");
    let get = |store, key: &str| contents.get(store, key).map(ToOwned::to_owned);
    let mine = contents
        .of(Store::Records)
        .iter()
        .filter(|(key, _)| key.starts_with(&prefix));
    let entry = |(key, record): &(String, String)| Entry {
        record: record.clone(),
        mark: get(Store::Marks, key),
        // Without the builds that tried: where it is taken in, it may be tried once.
        refused: contents
            .get(Store::Quarantine, key)
            .map(|note| quarantine::code(note).to_owned()),
        received: get(Store::Marks, &received_key(key)).and_then(|text| text.parse().ok()),
    };
    let file = File {
        anxue: "records".into(),
        v: VERSION,
        profile: profile.to_string(),
        records: mine.map(entry).collect(),
        inspections: inspections::read(contents, profile),
    };
    serde_json::to_string(&file).unwrap_or_default()
}

/// What taking in `text` comes to. Records of another person stay apart, under the profile whose file it is. What is here
/// already stays as it is.
///
/// # Errors
/// The file is not taken in at all where a part of it cannot be read.
pub fn import(contents: &Contents, text: &str) -> Result<Import, ImportError> {
    let file: File = serde_json::from_str(text).map_err(|_| ImportError::Foreign)?;
    if file.anxue != "records" {
        return Err(ImportError::Foreign);
    }
    if file.v > VERSION {
        return Err(ImportError::Newer);
    }
    let profile: ProfileId = file.profile.parse().map_err(|_| ImportError::Foreign)?;
    let (mut changes, mut new) = (Vec::new(), 0);
    for (place, entry) in file.records.into_iter().enumerate() {
        let record = wire::record::read(&entry.record).map_err(|_| ImportError::Record(place + 1))?;
        // The records of a person who was linked bear the profiles of all their devices; the file is one person's.
        let key = super::ledger::key(profile, &record.id.to_string());
        if contents.get(Store::Records, &key).is_some() {
            continue;
        }
        new += 1;
        // Marks of a file prove nothing: only what the endpoint says to this browser is verified.
        if let Some(mark) = entry.mark {
            changes.push(Change::Put(Store::Marks, key.clone(), mark.replacen('e', "h", 1)));
        }
        if let Some(received) = entry.received {
            changes.push(Change::Put(Store::Marks, received_key(&key), received.to_string()));
        }
        changes.push(match entry.refused {
            Some(code) => Change::Put(Store::Quarantine, key.clone(), code),
            None => Change::Put(Store::Pending, key.clone(), "1".into()),
        });
        changes.push(Change::Put(Store::Records, key, entry.record));
    }
    let here = inspections::read(contents, profile);
    for kept in file.inspections {
        if here.iter().all(|known| known.inspection.id != kept.inspection.id) {
            changes.extend(inspections::whole(profile, &kept));
        }
    }
    Ok(Import { changes, new, profile })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::vault::{Memory, Vault};
    use pollster::block_on;

    const RECORD: &str = r#"{"id":"018f3c1e-7b2a-7cde-9abc-0123456789b0","v":1,"kind":"attempt.finished","profile":"7d444840-9dc0-41d1-b245-5ffdce74fad2","device":"00000000-0000-4000-8000-000000000001","seq":5,"at":1790000000004,  "later":[1],"body":{"attempt":"018f3c1e-7b2a-7cde-9abc-0123456789ad"}}"#;

    fn filled() -> (Memory, ProfileId) {
        let profile: ProfileId = "7d444840-9dc0-41d1-b245-5ffdce74fad2".parse().unwrap();
        let key = crate::state::ledger::key(profile, "018f3c1e-7b2a-7cde-9abc-0123456789b0");
        let memory = Memory::default();
        let mark = Change::Put(Store::Marks, key.clone(), "e,1,1,right".into());
        block_on(memory.write(&[Change::Put(Store::Records, key, RECORD.into()), mark])).unwrap();
        (memory, profile)
    }

    #[test]
    fn what_goes_out_comes_in_byte_for_byte_and_only_once() {
        let (from, profile) = filled();
        let file = export(&block_on(from.contents()).unwrap(), profile);
        let to = Memory::default();
        let taken = import(&block_on(to.contents()).unwrap(), &file).unwrap();
        assert_eq!((taken.new, taken.profile), (1, profile));
        block_on(to.write(&taken.changes)).unwrap();
        let contents = block_on(to.contents()).unwrap();
        assert_eq!(contents.of(Store::Records)[0].1, RECORD);
        assert_eq!(contents.of(Store::Marks)[0].1, "h,1,1,right", "a file cannot verify");
        assert_eq!(contents.of(Store::Pending).len(), 1);
        assert_eq!(profiles(&contents), [profile]);
        assert_eq!(
            import(&contents, &file).unwrap(),
            Import {
                changes: vec![],
                new: 0,
                profile
            }
        );
    }

    #[test]
    fn a_refusal_and_a_doubt_go_along_and_the_refused_may_be_tried_where_it_arrives() {
        let (from, profile) = filled();
        let key = block_on(from.contents()).unwrap().of(Store::Records)[0].0.clone();
        let notes = [
            Change::Put(Store::Quarantine, key.clone(), "unreadable\nb1".into()),
            Change::Put(Store::Marks, received_key(&key), "1000".into()),
        ];
        block_on(from.write(&notes)).unwrap();
        let file = export(&block_on(from.contents()).unwrap(), profile);
        let to = Memory::default();
        let taken = import(&block_on(to.contents()).unwrap(), &file).unwrap();
        block_on(to.write(&taken.changes)).unwrap();
        let contents = block_on(to.contents()).unwrap();
        assert_eq!(contents.get(Store::Marks, &received_key(&key)), Some("1000"));
        assert_eq!(contents.get(Store::Quarantine, &key), Some("unreadable"));
        assert_eq!(block_on(quarantine::retry(&to, profile, "b1")), Ok(true));
    }

    #[test]
    fn rubbish_is_refused_whole() {
        let (from, profile) = filled();
        let contents = block_on(from.contents()).unwrap();
        let file = export(&contents, profile);
        for (text, error) in [
            (String::new(), ImportError::Foreign),
            ("[]".into(), ImportError::Foreign),
            (
                file.replace("\"anxue\":\"records\"", "\"anxue\":\"other\""),
                ImportError::Foreign,
            ),
            (
                file.replace("\"v\":1,\"profile\"", "\"v\":2,\"profile\""),
                ImportError::Newer,
            ),
            (
                file.replace("attempt.finished", "item.answered"),
                ImportError::Record(1),
            ),
        ] {
            assert_eq!(import(&contents, &text), Err(error));
        }
    }
}
