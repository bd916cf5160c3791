//! Packs read back: of a hash, or all banks of a built site.

use domain::ids::PackHash;
use std::collections::BTreeMap;
use std::path::Path;
use wire::FormError;
use wire::exam::ExamsPack;
use wire::pack::{self, CoursePack, RegistryPack, VenuePack};
use wire::search::SearchPack;

/// A pack of any kind.
#[derive(Debug, Clone)]
pub enum Pack {
    /// An item bank, read into the domain.
    Bank(pack::Bank),
    /// The lessons of a course.
    Course(CoursePack),
    /// The checks of a venue.
    Venue(VenuePack),
    /// The exams and contests.
    Exams(ExamsPack),
    /// The registry.
    Registry(RegistryPack),
    /// The index for searching.
    Search(SearchPack),
}

/// Why a pack is refused.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// The file or folder cannot be read.
    #[error("cannot be read: {0}")]
    Io(#[from] std::io::Error),
    /// The file's name is not the hash of its bytes.
    #[error("the name is not the hash of the bytes")]
    Hash,
    /// Not a pack of a known kind and version.
    #[error("no pack: {0}")]
    Form(#[from] FormError),
}

/// Reads a pack that is named by `hash`.
///
/// # Errors
/// The bytes have another hash, or are no pack of a known kind and version.
pub fn read(hash: PackHash, bytes: &[u8]) -> Result<Pack, PackError> {
    if pack::hash(bytes) != hash {
        return Err(PackError::Hash);
    }
    let value: serde_json::Value = serde_json::from_slice(bytes).map_err(FormError::from)?;
    let form = |error: serde_json::Error| PackError::Form(error.into());
    let version = value.get("v").and_then(serde_json::Value::as_u64);
    if let Some(newer) = version.filter(|v| *v != u64::from(pack::VERSION)) {
        return Err(FormError::Version(u32::try_from(newer).unwrap_or(u32::MAX)).into());
    }
    if value.get("bank").is_some() {
        Ok(Pack::Bank(pack::read_bank(bytes)?))
    } else if value.get("course").is_some() {
        Ok(Pack::Course(serde_json::from_value(value).map_err(form)?))
    } else if value.get("venue").is_some() {
        Ok(Pack::Venue(serde_json::from_value(value).map_err(form)?))
    } else if value.get("exams").is_some() {
        Ok(Pack::Exams(serde_json::from_value(value).map_err(form)?))
    } else if value.get("entries").is_some() {
        Ok(Pack::Search(serde_json::from_value(value).map_err(form)?))
    } else {
        Ok(Pack::Registry(serde_json::from_value(value).map_err(form)?))
    }
}

/// Reads the banks among the packs of a built site: the files `packs/HASH.json` below `site`.
///
/// # Errors
/// The folder cannot be read, or a pack in it is refused.
pub fn read_banks(site: &Path) -> Result<BTreeMap<PackHash, pack::Bank>, PackError> {
    let mut banks = BTreeMap::new();
    for entry in std::fs::read_dir(site.join("packs"))? {
        let path = entry?.path();
        if path.extension().is_none_or(|ending| ending != "json") {
            continue;
        }
        let name = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let hash: PackHash = name.parse().map_err(|_| PackError::Hash)?;
        if let Pack::Bank(bank) = read(hash, &std::fs::read(&path)?)? {
            banks.insert(hash, bank);
        }
    }
    Ok(banks)
}
