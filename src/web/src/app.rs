//! The root: makes the app, and shows the page that the address names.

use crate::features::{catalogue, handbook, join, lesson, practice, record, regulation, settings, shell};
use crate::html::{Html, dynamic, none};
use crate::page;
use crate::platform::dom;
use crate::route::Route;
use crate::state::app::App;
use leptos::prelude::*;

/// The whole of it.
pub fn root() -> Html {
    let app = App::start();
    provide_context(app);
    // Talks to the outside: the document's language.
    Effect::new(move |_| dom::language(app.lang.get().code()));
    let page = move || match app.route.get() {
        Route::Courses => catalogue::courses(),
        Route::Course(course) => catalogue::course(course),
        Route::Lesson(course, slug) => lesson::lesson(course, slug),
        Route::Practice(bank) => practice::practice(bank),
        Route::Result(bank, attempt) => practice::result(bank, &attempt),
        Route::Handbook => handbook::venues(),
        Route::Venue(venue) => handbook::venue(venue),
        Route::Regulation { id, version, article } => regulation::regulation(id, version, article),
        Route::Record => record::record(),
        Route::Join(code) => join::join(code),
        Route::Settings => settings::settings(),
        Route::Privacy => settings::privacy(),
        Route::NotFound => dynamic(move || page::not_found(app)),
    };
    none()
        .child(shell::header())
        .child(shell::notices())
        .dynamic(page)
        .child(shell::state())
}
