//! A message that stands in the page, with what can be done about it.

use leptos::prelude::*;

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

/// A notice with a body of any kind.
pub fn notice(tone: Tone, title: &'static str, body: impl IntoView) -> AnyView {
    let class = match tone {
        Tone::Plain => "notice",
        Tone::Good => "notice notice-good",
        Tone::Warn => "notice notice-warn",
    };
    let role = if tone == Tone::Warn { "alert" } else { "status" };
    let title = (!title.is_empty()).then(|| view! { <strong>{title}</strong> });
    view! { <div class=class role=role>{title} {body.into_any()}</div> }.into_any()
}
