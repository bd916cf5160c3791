//! Catalogue and packs: fetched on demand, proven by their hash, kept for the life of the tab.

use crate::platform::http;
use domain::ids::PackHash;
use serde::de::DeserializeOwned;
use wire::FormError;
use wire::catalogue::Catalogue;
use wire::text::{TextForm, TextsPack};

/// Why a file of the site is not to be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// No answer came.
    #[error("no answer")]
    Offline,
    /// The site does not have it.
    #[error("not there ({0})")]
    Missing(u16),
    /// It came twice with bytes that do not fit its name, or that cannot be read.
    #[error("damaged: {0}")]
    Damaged(String),
    /// It was made for a newer version of the app.
    #[error("made for a newer version")]
    Newer,
}

impl From<FormError> for LoadError {
    fn from(error: FormError) -> Self {
        match error {
            FormError::Version(_) => Self::Newer,
            other => Self::Damaged(other.to_string()),
        }
    }
}

async fn bytes(url: &str, fresh: bool) -> Result<Vec<u8>, LoadError> {
    let answer = http::get(url, fresh).await.map_err(|_| LoadError::Offline)?;
    if answer.status == 200 {
        Ok(answer.body)
    } else {
        Err(LoadError::Missing(answer.status))
    }
}

/// The catalogue at `url`.
///
/// # Errors
/// It does not come or cannot be read, a second time past the caches included.
pub async fn catalogue(url: &str) -> Result<Catalogue, LoadError> {
    match Catalogue::read(&bytes(url, false).await?) {
        Ok(catalogue) => Ok(catalogue),
        Err(_) => Ok(Catalogue::read(&bytes(url, true).await?)?),
    }
}

/// The bytes of the pack `hash` below `base`, proven: what does not fit is fetched once more, past the caches.
///
/// # Errors
/// It does not come, or does not fit its hash twice.
pub async fn pack(base: &str, hash: PackHash) -> Result<Vec<u8>, LoadError> {
    let url = format!("{base}{}", wire::pack::path(hash));
    let first = bytes(&url, false).await?;
    if wire::pack::hash(&first) == hash {
        return Ok(first);
    }
    let second = bytes(&url, true).await?;
    if wire::pack::hash(&second) == hash {
        return Ok(second);
    }
    Err(LoadError::Damaged(hash.to_string()))
}

/// The list of the regulation texts that are installed; none where the catalogue promises none.
///
/// # Errors
/// It does not come, or cannot be read.
pub async fn texts(base: &str, catalogue_texts: &str) -> Result<Option<TextsPack>, LoadError> {
    let Ok(hash) = catalogue_texts.parse() else {
        return Ok(None);
    };
    Ok(Some(TextsPack::read(&pack(base, hash).await?)?))
}

/// The text at `path` below `base`, proven by the hash in its name: what does not fit is fetched once more, past the caches.
///
/// # Errors
/// It does not come, does not fit its name twice, or cannot be read.
pub async fn text(base: &str, path: &str) -> Result<TextForm, LoadError> {
    let url = format!("{base}{path}");
    let proven = |bytes: &[u8]| {
        let named = path.rsplit('.').nth(1).filter(|hex| hex.len() == 16);
        named.is_some_and(|hex| wire::pack::hash(bytes).to_string().starts_with(hex))
    };
    let mut found = bytes(&url, false).await?;
    if !proven(&found) {
        found = bytes(&url, true).await?;
    }
    if proven(&found) {
        Ok(TextForm::read(&found)?)
    } else {
        Err(LoadError::Damaged(path.to_owned()))
    }
}

/// A pack read from its JSON.
///
/// # Errors
/// Not of the form.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, LoadError> {
    serde_json::from_slice(bytes).map_err(|error| LoadError::Damaged(error.to_string()))
}
