//! The root: makes the app, and shows the page that the address names.
//!
//! The app is two wasm modules of one source, so that the way to the first question stays small: `study` and `more`. The
//! boot script picks one by the address; a link from one to the other is an ordinary change of page.

use crate::features::{
    catalogue, contest, exam, exercise, handbook, join, lesson, practice, record, regulation, search, settings, shell,
};
use crate::html::{Html, dynamic, none};
use crate::page;
use crate::platform::dom;
use crate::route::{Module, Route};
use crate::state::app::{App, Kit};
use leptos::prelude::*;

/// The pages of a module; `not_found` for a route that it does not have.
pub type Pages = fn(App, Route) -> Html;

/// What the study module knows: choices and judgements alone.
pub const STUDY: Kit = Kit {
    module: Module::Study,
    exercise: None,
    mark: domain::marking::mark_choice,
};

/// What the other module knows: every kind.
pub const MORE: Kit = Kit {
    module: Module::More,
    exercise: Some(wire::exercise::read),
    mark: domain::marking::mark,
};

/// Makes the app: what it reads is on its way from here on.
pub fn begin(kit: Kit) -> App {
    let app = App::start(kit);
    provide_context(app);
    app
}

/// The whole page.
pub fn root(app: App, pages: Pages) -> Html {
    // Talks to the outside: the document's language, and the office's name in its title once it is known; later pages bring
    // it themselves.
    Effect::new(move |_| {
        dom::language(app.lang.get().code());
        if let Some(office) = app.office() {
            dom::rename(&office.name);
        }
    });
    none()
        .child(shell::header())
        .child(shell::notices())
        .dynamic(move || pages(app, app.route.get()))
        .child(shell::state())
}

/// The pages on the way to the first question and its result.
pub fn study(app: App, route: Route) -> Html {
    match route {
        Route::Courses => catalogue::courses(),
        Route::Course(course) => catalogue::course(course),
        Route::Lesson(course, slug) => lesson::lesson(course, slug),
        Route::Practice(bank) => practice::practice(bank),
        Route::Result(bank, attempt) => practice::result(bank, &attempt),
        _ => dynamic(move || page::not_found(app)),
    }
}

/// All other pages.
pub fn more(app: App, route: Route) -> Html {
    match route {
        Route::Exercises => exercise::banks(),
        Route::Exercise(bank) => exercise::bank(bank),
        Route::Exam(exam) => exam::intro(&exam),
        Route::Sitting(exam, attempt) => exam::sitting(exam, &attempt),
        Route::Competitions => contest::contests(),
        Route::Competition(id, seed) => contest::contest(id, &seed),
        Route::Handbook => handbook::venues(),
        Route::Venue(venue) => handbook::venue(venue),
        Route::Inspection(venue, id) => handbook::inspection(venue, id),
        Route::Findings(venue, id) => handbook::findings(venue, id),
        Route::Regulations => regulation::regulations(),
        Route::Regulation { id, version, article } => regulation::regulation(id, version, article),
        Route::Search(asked) => search::search(&asked),
        Route::Record => record::record(),
        Route::Join(code) => join::join(code),
        Route::Settings => settings::settings(),
        Route::Privacy => settings::privacy(),
        _ => dynamic(move || page::not_found(app)),
    }
}
