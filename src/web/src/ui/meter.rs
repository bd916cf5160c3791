//! A bar that shows how much of a whole is done.

use domain::units::Share;
use leptos::prelude::*;

/// A bar with an accessible name; the number itself stands beside it in the page's text.
pub fn meter(share: Share, label: String) -> AnyView {
    let percent = share.percent();
    view! { <progress class="meter" max="100" value=percent.to_string() aria-label=label>{percent} "%"</progress> }.into_any()
}
