//! The content as the site carries it: a catalogue and its packs.

use super::files::{Role, SiteFile};
use crate::courses;
use crate::place::Place;
use anyhow::{Context, Result};
use courseware::{Content, LockUse, Options};
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

/// The catalogue and the packs.
///
/// # Errors
/// The clock is before 1970, or an item list cannot be written as JSON.
pub(crate) fn files(content: &Content) -> Result<Vec<SiteFile>> {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .context("the clock is before 1970")?;
    let today = domain::time::Timestamp(i64::try_from(now.as_millis())?).day();
    let packs = courseware::packs::build(content, today)?;
    for item in &packs.stale {
        println!("left out until it is looked at again (its text was replaced): {item}");
    }
    let banks: Vec<String> = packs
        .catalogue
        .banks()
        .map(|(bank, _)| format!("packs/{}.json", bank.pack))
        .collect();
    let mut files = vec![SiteFile::hashed(
        "catalogue",
        "json",
        Role::Catalogue,
        packs.catalogue_json()?,
    )];
    files.extend(packs.files.into_iter().map(|(path, bytes)| {
        let role = if banks.contains(&path) { Role::Bank } else { Role::Pack };
        SiteFile::named(path, role, bytes)
    }));
    Ok(files)
}
