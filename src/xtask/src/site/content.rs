//! The content as the site carries it: a catalogue and its packs; and the sealed packs beside the site.

use super::compress::write_whole;
use super::files::{Role, SiteFile};
use crate::courses;
use crate::place::Place;
use anyhow::{Context, Result};
use courseware::{Content, LockUse, Options};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// The content, loaded without a diagnostic.
///
/// # Errors
/// The content has problems; they are printed.
pub(crate) fn load(place: &Place, lock: LockUse) -> Result<Content> {
    let (content, diagnostics) = courseware::load(&place.courses(), Options { lock });
    courses::report(&diagnostics)?;
    Ok(content)
}

/// What the content becomes.
pub(crate) struct Made {
    /// The catalogue and the packs.
    pub(crate) files: Vec<SiteFile>,
    /// Id and sealed pack of each assessment: for the endpoint, never for a site.
    pub(crate) sealed: Vec<(String, Vec<u8>)>,
}

/// The catalogue, the packs and the sealed packs.
///
/// # Errors
/// The clock is before 1970, or an item list cannot be written as JSON.
pub(crate) fn make(content: &Content) -> Result<Made> {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .context("the clock is before 1970")?;
    let today = domain::time::Timestamp(i64::try_from(now.as_millis())?).day();
    let packs = courseware::packs::build(content, today)?;
    for item in &packs.stale {
        println!("left out until it is looked at again (its text was replaced): {item}");
    }
    for exam in &packs.unfilled {
        println!("not offered, or not as an assessment, until its bank can fill it again: {exam}");
    }
    let banks: Vec<String> = packs
        .catalogue
        .banks()
        .map(|(bank, _)| format!("packs/{}.json", bank.pack))
        .collect();
    let role = |path: &String| match path {
        path if banks.contains(path) => Role::Bank,
        path if path.starts_with("packs/") => Role::Pack,
        _ => Role::Catalogue,
    };
    let files = courseware::site::files(&packs)?.into_iter();
    let files = files
        .map(|(path, bytes)| SiteFile::named(path.clone(), role(&path), bytes))
        .collect();
    let sealed = packs.sealed;
    Ok(Made { files, sealed })
}

/// Writes the sealed packs to `folder`, one file an assessment, and removes what an earlier build left there. Only what
/// changed is touched, so that the endpoint is compiled anew for nothing else.
///
/// # Errors
/// The folder cannot be written.
pub(crate) fn write_sealed(folder: &Path, sealed: &[(String, Vec<u8>)]) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let files: Vec<PathBuf> = sealed
        .iter()
        .map(|(exam, _)| folder.join(format!("{exam}.json")))
        .collect();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "json") && !files.contains(&path) {
            fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
        }
    }
    for (path, (_, bytes)) in files.iter().zip(sealed) {
        if !fs::read(path).is_ok_and(|old| old == *bytes) {
            write_whole(path, bytes)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sealed_packs_of_an_earlier_build_go_and_nothing_else_does() {
        let folder = tempfile::tempdir().unwrap();
        let sealed = folder.path().join("sealed");
        write_sealed(&sealed, &[("one".into(), b"1".to_vec()), ("two".into(), b"2".to_vec())]).unwrap();
        fs::write(sealed.join("mine.txt"), "kept").unwrap();
        write_sealed(&sealed, &[("two".into(), b"3".to_vec())]).unwrap();
        let entries = fs::read_dir(&sealed).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["mine.txt", "two.json"]);
        assert_eq!(fs::read(sealed.join("two.json")).unwrap(), b"3");
    }
}
