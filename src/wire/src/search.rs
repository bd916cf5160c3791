//! The index of what can be looked up: titles and plain texts of lessons, checks and regulations. Made when the content is
//! built, so that neither a parser nor a table of readings ships to the browser.

use serde::{Deserialize, Serialize};

/// The index as the site carries it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchPack {
    /// `wire::pack::VERSION`.
    pub v: u32,
    /// What can be found: courses with their lessons, then checks, then regulations, each in the order of its page.
    pub entries: Vec<SearchEntry>,
}

/// Something that can be found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchEntry {
    /// `course`, `lesson`, `check` or `regulation`.
    pub kind: String,
    /// What it is called.
    pub title: String,
    /// Where it stands, for the reader: the course of a lesson, the venue of a check; empty for others.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub under: String,
    /// The address of its page relative to the site's base, with the fragment of a check.
    pub path: String,
    /// The readings of the title in plain letters: initials, a blank, the whole (`aqscf anquanshengchanfa`).
    pub keys: String,
    /// The plain text, lines joined by blanks. Never an item, a key or an explanation.
    pub text: String,
}
