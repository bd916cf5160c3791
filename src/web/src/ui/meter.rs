//! A bar that shows how much of a whole is done.

use crate::html::{Html, el};
use domain::units::Share;

/// A bar with an accessible name; the number itself stands beside it in the page's text.
pub fn meter(share: Share, label: &str) -> Html {
    let percent = share.percent().to_string();
    el("progress")
        .class("meter")
        .attr("max", "100")
        .attr("value", &percent)
        .attr("aria-label", label)
}
