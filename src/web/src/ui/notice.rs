//! A message that stands in the page, with what can be done about it.

use crate::html::{Html, el};

/// How a notice looks and how insistently it is read out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// For information.
    Plain,
    /// Something is in order.
    Good,
    /// Something needs attention.
    Warn,
}

/// A notice with a title (none where empty) and a body.
pub fn notice(tone: Tone, title: &str, body: Html) -> Html {
    let class = match tone {
        Tone::Plain => "notice",
        Tone::Good => "notice notice-good",
        Tone::Warn => "notice notice-warn",
    };
    let role = if tone == Tone::Warn { "alert" } else { "status" };
    let title = (!title.is_empty()).then(|| el("strong").text(title));
    el("div").class(class).attr("role", role).maybe(title).child(body)
}
