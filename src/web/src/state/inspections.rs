//! Inspections with the handbook: which place, which check was found how, with which note. They are a person's own working
//! aid: they stay on this device and are no learning records.
//!
//! Each finding lies under a key of its own in the `Meta` store, so that two tabs with one inspection do not overwrite each
//! other's.

use crate::platform::db::{Change, Contents, Store};
use domain::ids::ProfileId;
use domain::time::Timestamp;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use wire::pack::{CheckForm, SectionForm};

/// The most characters of a place's name.
pub const PLACE: usize = 60;
/// The most characters of a note.
pub const NOTE: usize = 500;

/// An inspection of a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inspection {
    /// A UUIDv7, which also says when it began.
    pub id: String,
    /// The venue's slug.
    pub venue: String,
    /// The name of the place, as the person wrote it; may be empty.
    pub place: String,
    /// When it began, milliseconds since 1970.
    pub began: i64,
}

/// How a check was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Found {
    /// 符合
    Pass,
    /// 不符合
    Fail,
    /// 不适用
    NotApplicable,
}

/// What was found at one check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// How it was found.
    pub found: Found,
    /// The person's note; may be empty.
    #[serde(default)]
    pub note: String,
    /// The wording of the check that the person saw.
    pub revision: u32,
    /// When, milliseconds since 1970.
    pub at: i64,
}

/// An inspection with its findings by the check's id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The inspection.
    pub inspection: Inspection,
    /// The findings, in the order of the checks' ids.
    pub findings: IndexMap<String, Finding>,
}

fn head_key(profile: ProfileId, id: &str) -> String {
    format!("inspection:{profile}:{id}")
}

fn finding_key(profile: ProfileId, id: &str, check: &str) -> String {
    format!("finding:{profile}:{id}:{check}")
}

/// The inspections of `profile`, the latest first.
pub fn read(contents: &Contents, profile: ProfileId) -> Vec<Kept> {
    let meta = contents.of(Store::Meta);
    let starting = |prefix: String| {
        meta.iter()
            .filter_map(move |(key, value)| Some((key.strip_prefix(&prefix)?, value.as_str())))
    };
    let heads = starting(format!("inspection:{profile}:"));
    let mut kept: Vec<Kept> = heads
        .filter_map(|(_, text)| {
            let inspection: Inspection = serde_json::from_str(text).ok()?;
            let findings = starting(finding_key(profile, &inspection.id, ""));
            let findings =
                findings.filter_map(|(check, text)| Some((check.to_owned(), serde_json::from_str(text).ok()?)));
            Some(Kept {
                findings: findings.collect(),
                inspection,
            })
        })
        .collect();
    kept.sort_by_key(|kept| std::cmp::Reverse(kept.inspection.began));
    kept
}

/// How many inspections are here of `profile`.
pub fn count(contents: &Contents, profile: ProfileId) -> usize {
    let prefix = head_key(profile, "");
    let meta = contents.of(Store::Meta).iter();
    meta.filter(|(key, _)| key.starts_with(&prefix)).count()
}

/// The change that keeps an inspection.
pub fn keep(profile: ProfileId, inspection: &Inspection) -> Change {
    // A form of texts and a number always serialises.
    let text = serde_json::to_string(inspection).unwrap_or_default();
    Change::Put(Store::Meta, head_key(profile, &inspection.id), text)
}

/// The change that keeps what was found at a check, or takes it back.
pub fn note(profile: ProfileId, id: &str, check: &str, finding: Option<&Finding>) -> Change {
    let key = finding_key(profile, id, check);
    match finding {
        Some(finding) => Change::Put(Store::Meta, key, serde_json::to_string(finding).unwrap_or_default()),
        None => Change::Delete(Store::Meta, key),
    }
}

/// The changes that keep an inspection with all that was found.
pub fn whole(profile: ProfileId, kept: &Kept) -> Vec<Change> {
    let findings = kept.findings.iter();
    let findings = findings.map(|(check, finding)| note(profile, &kept.inspection.id, check, Some(finding)));
    std::iter::once(keep(profile, &kept.inspection))
        .chain(findings)
        .collect()
}

/// The changes that remove an inspection and all that was found, by another tab and since this page was drawn too. Findings
/// of inspections that are gone already go with it: another tab may have marked a check in the moment of the removal.
pub fn remove(contents: &Contents, profile: ProfileId, id: &str) -> Vec<Change> {
    let lives = |other: &str| other != id && contents.get(Store::Meta, &head_key(profile, other)).is_some();
    let prefix = format!("finding:{profile}:");
    let orphan = |key: &str| {
        let rest = key.strip_prefix(&prefix);
        rest.is_some_and(|rest| !lives(rest.split(':').next().unwrap_or_default()))
    };
    let meta = contents.of(Store::Meta).iter();
    let findings = meta.filter(|(key, _)| orphan(key)).map(|(key, _)| key.clone());
    std::iter::once(head_key(profile, id))
        .chain(findings)
        .map(|key| Change::Delete(Store::Meta, key))
        .collect()
}

/// What is on the page of an inspection and not stored yet, by the check's id; none takes a mark back.
pub type Unstored = IndexMap<String, Option<Finding>>;

/// `kept` with `unstored` over it: what another tab wrote must not wipe off what this one could not.
pub fn over(mut kept: Kept, unstored: &Unstored) -> Kept {
    for (check, finding) in unstored {
        match finding {
            Some(finding) => kept.findings.insert(check.clone(), finding.clone()),
            None => kept.findings.shift_remove(check),
        };
    }
    kept.findings.sort_unstable_keys();
    kept
}

/// One line of the result: a check and what was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'a> {
    /// The check.
    pub check: &'a CheckForm,
    /// What was found.
    pub finding: &'a Finding,
    /// Whether the check's wording has changed since.
    pub changed: bool,
}

/// The result of an inspection, held against the checks as they are now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sheet<'a> {
    /// What was not in order: first what must be stopped at once, each in the order of the handbook.
    pub failed: Vec<Line<'a>>,
    /// What was in order.
    pub passed: Vec<Line<'a>>,
    /// What did not apply.
    pub not_applicable: Vec<Line<'a>>,
    /// What was not looked at.
    pub open: Vec<&'a CheckForm>,
    /// Findings at checks that the handbook no longer has, by the check's id.
    pub gone: Vec<(&'a str, &'a Finding)>,
}

/// The result of `findings`.
pub fn sheet<'a>(sections: &'a [SectionForm], findings: &'a IndexMap<String, Finding>) -> Sheet<'a> {
    let mut sheet = Sheet::default();
    let checks = || sections.iter().flat_map(|section| &section.checks);
    for check in checks() {
        let Some(finding) = findings.get(&check.id) else {
            sheet.open.push(check);
            continue;
        };
        let line = Line {
            check,
            finding,
            changed: finding.revision != check.revision,
        };
        match finding.found {
            Found::Fail => sheet.failed.push(line),
            Found::Pass => sheet.passed.push(line),
            Found::NotApplicable => sheet.not_applicable.push(line),
        }
    }
    // Stable: within each group the order of the handbook stays.
    sheet.failed.sort_by_key(|line| !line.check.stop);
    let gone = findings.iter().filter(|(id, _)| checks().all(|check| check.id != **id));
    sheet.gone = gone.map(|(id, finding)| (id.as_str(), finding)).collect();
    sheet
}

impl Inspection {
    /// A new inspection; the name of the place is cut to its length.
    pub fn new(id: String, venue: &str, place: &str, now: Timestamp) -> Self {
        Self {
            id,
            venue: venue.into(),
            place: cut(place, PLACE),
            began: now.0,
        }
    }
}

/// `text` without blanks around it, at most `most` characters.
pub fn cut(text: &str, most: usize) -> String {
    text.trim().chars().take(most).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::vault::{Memory, Vault};
    use domain::ids::Uuid;
    use pollster::block_on;

    const PROFILE: ProfileId = ProfileId(Uuid::from_u128(1));
    const OTHER: ProfileId = ProfileId(Uuid::from_u128(2));

    fn finding(found: Found, revision: u32) -> Finding {
        Finding {
            found,
            note: "在门口".into(),
            revision,
            at: 5,
        }
    }

    fn inspection(id: &str, began: i64) -> Inspection {
        Inspection::new(id.into(), "shop", " 某店 ", Timestamp(began))
    }

    fn sections(checks: &[(&str, u32, bool)]) -> Vec<SectionForm> {
        let check = |(id, revision, stop): &(&str, u32, bool)| {
            serde_json::json!({"id": id, "revision": revision, "title": "t", "look": "l", "how": "h", "violation": "v",
                "basis": {"practice": "p"}, "authority": ["fire-rescue"], "handover": "o", "stop": stop})
        };
        let checks: Vec<_> = checks.iter().map(check).collect();
        serde_json::from_value(serde_json::json!([{"id": "s", "title": {"zh": "段"}, "checks": checks}])).unwrap()
    }

    #[test]
    fn what_was_found_is_read_again_and_people_are_kept_apart() {
        let vault = Memory::default();
        let write = |changes: &[Change]| block_on(vault.write(changes)).unwrap();
        write(&[keep(PROFILE, &inspection("a", 1)), keep(PROFILE, &inspection("b", 2))]);
        write(&[keep(OTHER, &inspection("c", 3))]);
        // Two tabs, each with a check of its own.
        write(&[note(PROFILE, "a", "one", Some(&finding(Found::Fail, 1)))]);
        write(&[note(PROFILE, "a", "two", Some(&finding(Found::Pass, 1)))]);
        write(&[note(OTHER, "a", "one", Some(&finding(Found::Pass, 1)))]);
        write(&[note(PROFILE, "gone", "one", Some(&finding(Found::Pass, 1)))]);
        let contents = block_on(vault.contents()).unwrap();
        let kept = read(&contents, PROFILE);
        assert_eq!(
            kept.iter().map(|kept| kept.inspection.id.as_str()).collect::<Vec<_>>(),
            ["b", "a"],
            "the latest first"
        );
        assert_eq!(kept[1].inspection.place, "某店");
        assert_eq!(kept[1].findings.keys().collect::<Vec<_>>(), ["one", "two"]);
        assert_eq!(kept[1].findings["one"], finding(Found::Fail, 1));
        assert!(kept[0].findings.is_empty());
        assert_eq!((count(&contents, PROFILE), count(&contents, OTHER)), (2, 1));
        // What another tab found since is removed as well.
        write(&[note(PROFILE, "a", "three", Some(&finding(Found::Pass, 1)))]);
        write(&remove(&block_on(vault.contents()).unwrap(), PROFILE, "a"));
        let contents = block_on(vault.contents()).unwrap();
        assert_eq!(read(&contents, PROFILE).len(), 1);
        assert_eq!(
            contents.of(Store::Meta).len(),
            3,
            "b, c, and the finding of another person"
        );
        write(&whole(PROFILE, &kept[1]));
        assert_eq!(read(&block_on(vault.contents()).unwrap(), PROFILE)[1], kept[1]);
    }

    #[test]
    fn what_could_not_be_stored_stays_over_what_is_read_again() {
        let inspection = inspection("a", 1);
        let findings = [("one", 1), ("two", 1)].map(|(id, revision)| (id.to_owned(), finding(Found::Pass, revision)));
        let kept = Kept {
            inspection,
            findings: findings.into(),
        };
        let unstored: Unstored = [
            ("two".to_owned(), None),
            ("one".to_owned(), Some(finding(Found::Fail, 1))),
            ("a".to_owned(), Some(finding(Found::Fail, 1))),
        ]
        .into();
        let over = over(kept.clone(), &unstored);
        assert_eq!(over.findings.keys().collect::<Vec<_>>(), ["a", "one"]);
        assert_eq!(over.findings["one"].found, Found::Fail);
        assert_eq!(super::over(kept.clone(), &Unstored::default()), kept);
    }

    #[test]
    fn a_mark_is_taken_back() {
        let vault = Memory::default();
        let keep = keep(PROFILE, &inspection("a", 1));
        block_on(vault.write(&[keep, note(PROFILE, "a", "one", Some(&finding(Found::Pass, 1)))])).unwrap();
        block_on(vault.write(&[note(PROFILE, "a", "one", None)])).unwrap();
        assert!(
            read(&block_on(vault.contents()).unwrap(), PROFILE)[0]
                .findings
                .is_empty()
        );
    }

    #[test]
    fn the_result_puts_first_what_must_be_stopped_and_hides_nothing() {
        let sections = sections(&[
            ("a", 1, false),
            ("b", 2, true),
            ("c", 1, false),
            ("d", 1, false),
            ("e", 1, true),
        ]);
        let findings: IndexMap<String, Finding> = [
            ("a", finding(Found::Fail, 1)),
            ("b", finding(Found::Fail, 1)),
            ("c", finding(Found::Pass, 1)),
            ("d", finding(Found::NotApplicable, 1)),
            ("x", finding(Found::Fail, 1)),
        ]
        .map(|(id, finding)| (id.to_owned(), finding))
        .into();
        let sheet = sheet(&sections, &findings);
        let ids = |lines: &[Line<'_>]| -> Vec<String> { lines.iter().map(|line| line.check.id.clone()).collect() };
        assert_eq!(ids(&sheet.failed), ["b", "a"]);
        assert_eq!(
            sheet.failed.iter().map(|line| line.changed).collect::<Vec<_>>(),
            [true, false]
        );
        assert_eq!(
            (ids(&sheet.passed), ids(&sheet.not_applicable)),
            (vec!["c".to_owned()], vec!["d".to_owned()])
        );
        assert_eq!(
            sheet.open.iter().map(|check| check.id.as_str()).collect::<Vec<_>>(),
            ["e"]
        );
        assert_eq!(sheet.gone, [("x", &findings["x"])]);
    }

    #[test]
    fn names_and_notes_have_an_end() {
        assert_eq!(cut(&format!("  {}", "长".repeat(100)), PLACE).chars().count(), PLACE);
        assert_eq!(cut(" 短 ", PLACE), "短");
    }
}
