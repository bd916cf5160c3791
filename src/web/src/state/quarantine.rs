//! What the endpoint refused. It stays here with the endpoint's code and the builds of the app that sent it: each later build
//! tries once more by itself, for a newer app may send it otherwise, and a newer endpoint may take it.
//!
//! A note is the code, and on a line of its own each build that was refused. Notes of builds that wrote the code alone are read
//! as well: no build is known to have tried.

use super::ledger::key;
use super::vault::Vault;
use crate::platform::db::{Change, Contents, DbError, Store};
use domain::ids::ProfileId;

/// The code of a refusal that no build changes: everything on the person was erased.
const ERASED: &str = "erased";

/// The endpoint's code in a note.
pub fn code(note: &str) -> &str {
    note.split('\n').next().unwrap_or(note)
}

/// Whether a refusal may ever end by itself.
fn hopeless(note: &str) -> bool {
    code(note) == ERASED
}

fn tried(note: &str, build: &str) -> bool {
    note.split('\n').skip(1).any(|known| known == build)
}

/// The note that `build` was refused with `why`, where `before` is what was noted so far.
pub fn note(why: &str, before: Option<&str>, build: &str) -> String {
    let builds = before.unwrap_or_default().split('\n').skip(1);
    let builds = builds.filter(|known| *known != build).chain([build]);
    builds.fold(code(why).to_owned(), |note, build| note + "\n" + build)
}

/// Puts `key` among what waits; its note stays until the endpoint has taken it.
pub fn again(key: &str) -> Change {
    Change::Put(Store::Pending, key.to_owned(), "1".into())
}

/// What a new life of the endpoint changes: it may take what the former one refused.
pub fn after_restore(contents: &Contents, profile: ProfileId) -> impl Iterator<Item = Change> {
    of(contents, profile)
        .filter(|(_, note)| !hopeless(note))
        .map(|(key, _)| again(key))
}

/// Puts what no page of this build has tried among what waits. That it was tried is noted at once, so that a build tries once
/// whatever comes of it. Whether there was anything.
///
/// # Errors
/// What the place says; then nothing was changed.
pub async fn retry(vault: &impl Vault, profile: ProfileId, build: &str) -> Result<bool, DbError> {
    let contents = vault.contents().await?;
    let due = of(&contents, profile).filter(|(_, note)| !hopeless(note) && !tried(note, build));
    let changes: Vec<Change> = due
        .flat_map(|(key, before)| {
            let noted = note(before, Some(before), build);
            [Change::Put(Store::Quarantine, key.to_owned(), noted), again(key)]
        })
        .collect();
    if !changes.is_empty() {
        vault.write(&changes).await?;
    }
    Ok(!changes.is_empty())
}

fn of(contents: &Contents, profile: ProfileId) -> impl Iterator<Item = (&str, &str)> {
    let first = key(profile, "");
    let entries = contents.of(Store::Quarantine).iter();
    let mine = entries.filter(move |(key, _)| key.starts_with(&first));
    mine.map(|(key, note)| (key.as_str(), note.as_str()))
}

#[cfg(test)]
mod tests {
    use super::super::ledger::Ledger;
    use super::super::vault::Memory;
    use super::*;
    use domain::ids::Uuid;
    use pollster::block_on;

    const PROFILE: ProfileId = ProfileId(Uuid::from_u128(1));
    const OTHER: ProfileId = ProfileId(Uuid::from_u128(2));

    fn refused(profile: ProfileId, list: &[(&str, &str)]) -> Vec<Change> {
        let put = |(id, note): &(&str, &str)| {
            let key = key(profile, id);
            [
                Change::Put(Store::Records, key.clone(), "{}".into()),
                Change::Put(Store::Quarantine, key, (*note).to_owned()),
            ]
        };
        list.iter().flat_map(put).collect()
    }

    fn waiting(vault: &Memory, profile: ProfileId) -> Vec<String> {
        let list = block_on(vault.pending(&profile.to_string(), 100)).unwrap();
        let first = key(profile, "");
        list.into_iter().map(|(key, _)| key[first.len()..].to_owned()).collect()
    }

    #[test]
    fn a_build_tries_once_what_it_has_not_tried_and_an_erased_person_never() {
        let vault = Memory::default();
        let list = [
            ("a", "bad-field:seq"),
            ("b", "other-content\nb1"),
            ("c", "too-large\nb1\nb2"),
            ("d", "erased"),
            ("e", "erased\nb1"),
        ];
        block_on(vault.write(&refused(PROFILE, &list))).unwrap();
        block_on(vault.write(&refused(OTHER, &[("a", "unreadable")]))).unwrap();
        assert_eq!(block_on(retry(&vault, PROFILE, "b2")), Ok(true));
        assert_eq!(waiting(&vault, PROFILE), ["a", "b"]);
        assert!(waiting(&vault, OTHER).is_empty());
        let contents = block_on(vault.contents()).unwrap();
        assert_eq!(
            contents.get(Store::Quarantine, &key(PROFILE, "b")),
            Some("other-content\nb1\nb2")
        );
        let ledger = Ledger::read(&contents, PROFILE);
        let shown: Vec<(&str, &str)> = ledger.quarantine.iter().map(|(id, why)| (&**id, &**why)).collect();
        assert_eq!(shown, [("c", "too-large"), ("d", "erased"), ("e", "erased")]);
        assert_eq!(block_on(retry(&vault, PROFILE, "b2")), Ok(false), "once a build");
        assert_eq!(block_on(retry(&vault, PROFILE, "b3")), Ok(true));
        assert_eq!(waiting(&vault, PROFILE), ["a", "b", "c"]);
    }

    #[test]
    fn a_note_keeps_every_build_once_and_the_last_code() {
        assert_eq!(note("bad", None, ""), "bad\n");
        assert!(tried("bad\n", "") && !tried("bad", ""));
        assert_eq!(note("worse", Some("bad\nb1\nb2"), "b1"), "worse\nb2\nb1");
        assert_eq!(
            note("two\nlines", Some("bad"), "b1"),
            "two\nb1",
            "somebody's own server"
        );
        assert_eq!(code("worse\nb2\nb1"), "worse");
    }
}
