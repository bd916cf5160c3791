//! The learner's app: courses, practice, handbook and record, in the browser, with or without a network.
//!
//! `platform` alone touches the browser, `state` holds the facades that live as long as the app, `ui` the stateless
//! components, `features` the pages. Native tests run on everything but `platform`.

pub use platform::{field, gesture, html};

pub mod app;
pub mod features;
pub mod page;
pub mod platform;
pub mod route;
pub mod state;
pub mod text;
pub mod ui;

/// Puts the app into the page, in place of its static skeleton: `kit` is what this wasm knows, `pages` shows its pages.
pub fn start(kit: state::app::Kit, pages: app::Pages) {
    platform::panic::install();
    platform::dom::mount(move || app::begin(kit), move |begun| app::root(begun, pages));
}

/// Puts the organizer's desk into the page: nothing of the learner's app is started for it.
pub fn start_desk() {
    platform::panic::install();
    platform::dom::mount(features::organize::begin, |()| features::organize::root());
}
