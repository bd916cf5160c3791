//! The JSON forms that leave a process: learning records, the endpoint's API, content packs and the catalogue.
//!
//! Each form has a version; internal types are never serialised. Forms become domain types here and nowhere else
//! (`TryFrom`, `read`), so that whatever is past this crate is valid. Does no I/O and reads no clock.

pub mod api;
pub mod asked;
pub mod catalogue;
pub mod exam;
pub mod exercise;
pub mod item;
pub mod organize;
pub mod pack;
pub mod record;
pub mod search;
pub mod text;

use serde::{Deserialize, Serialize};

/// A text in the languages of the interface. Content has Chinese everywhere and English where it was written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bilingual {
    /// Chinese (zh-CN).
    pub zh: String,
    /// English; empty where there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub en: String,
}

/// Why a form is not what it claims to be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// Not JSON, or a field is missing or of another type.
    #[error("not readable: {0}")]
    Json(String),
    /// Of a version newer than this build.
    #[error("version {0} is newer than this build knows")]
    Version(u32),
    /// A field holds what its type does not allow.
    #[error("field {0} holds no valid value")]
    Field(&'static str),
    /// The domain refuses the body of an exercise, and says why.
    #[error("{0}")]
    Body(String),
}

impl From<serde_json::Error> for FormError {
    fn from(error: serde_json::Error) -> Self {
        Self::Json(error.to_string())
    }
}
