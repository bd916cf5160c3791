//! Texts of regulations that a deployment has installed: which there are, and each of them.

use crate::FormError;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// The version of these forms that this build writes and reads.
pub const VERSION: u32 = 1;

/// The folder below the site's root that the texts are served from.
pub const FOLDER: &str = "regulations-text";

/// The texts that are installed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextsPack {
    /// `VERSION`.
    pub v: u32,
    /// `regulation-id@version` to the path of the text below the site's root, in the registry's order.
    pub texts: IndexMap<String, String>,
}

/// The text of one version of a regulation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextForm {
    /// `VERSION`.
    pub v: u32,
    /// The regulation's id in the registry.
    pub id: String,
    /// The day of the text, `YYYY-MM-DD`.
    pub version: String,
    /// The title.
    pub title: String,
    /// The articles in order.
    pub articles: Vec<ArticleForm>,
}

/// An article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArticleForm {
    /// The number, 1 and up.
    pub n: u16,
    /// The number after 之: 1 for 第一百三十四条之一; 0 where there is none.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub sub: u8,
    /// The headings above it, from the outermost in; empty where there are none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub chapter: String,
    /// Its words; each paragraph (款) and each item of a list on a line of its own.
    pub text: String,
}

// The form that serde's `skip_serializing_if` asks for.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_zero(sub: &u8) -> bool {
    *sub == 0
}

impl TextsPack {
    /// Reads the list.
    ///
    /// # Errors
    /// Not JSON of the form, or of a newer version.
    pub fn read(bytes: &[u8]) -> Result<Self, FormError> {
        let pack: Self = serde_json::from_slice(bytes)?;
        if pack.v == VERSION {
            Ok(pack)
        } else {
            Err(FormError::Version(pack.v))
        }
    }
}

impl TextForm {
    /// Reads a text.
    ///
    /// # Errors
    /// Not JSON of the form, or of a newer version.
    pub fn read(bytes: &[u8]) -> Result<Self, FormError> {
        let text: Self = serde_json::from_slice(bytes)?;
        if text.v == VERSION {
            Ok(text)
        } else {
            Err(FormError::Version(text.v))
        }
    }

    /// The article with this number, where the text has it.
    pub fn article(&self, n: u16, sub: u8) -> Option<&ArticleForm> {
        self.articles
            .iter()
            .find(|article| article.n == n && article.sub == sub)
    }
}
