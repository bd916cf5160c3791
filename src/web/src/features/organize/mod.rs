//! The organizer's desk: its root and its pages, one file each. A module of wasm of its own; nothing here is reached from the
//! learner's app.

mod codes;
mod exports;
mod frame;
mod header;
mod list;
mod log;
mod people;
mod person;
mod progress;
mod results;
mod show;
mod sign_in;
mod units;

use crate::html::{Html, none};
use crate::platform::dom;
use crate::state::desk::address::{Page, Place};
use crate::state::desk::{Desk, Session, desk};
use leptos::prelude::*;

/// Makes the desk: who is signed in is being asked from here on.
pub fn begin() {
    provide_context(Desk::start());
}

/// What stands on the page: a change of session within one kind leaves it as it is, with what was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Asking,
    Out,
    Pages,
    Unknown,
}

/// The whole page.
pub fn root() -> Html {
    let desk = desk();
    // Talks to the outside: the document's language.
    Effect::new(move |_| dom::language(desk.lang.get().code()));
    let stage = Memo::new(move |_| match desk.session.get() {
        Session::Asking => Stage::Asking,
        Session::Out => Stage::Out,
        Session::In(_) | Session::Over(_) => Stage::Pages,
        Session::Unknown(_) => Stage::Unknown,
    });
    none()
        .child(header::header(desk, move || stage.get() == Stage::Pages))
        .child(sign_in::over(desk))
        .dynamic(move || match stage.get() {
            Stage::Asking => sign_in::asking(desk),
            Stage::Out => sign_in::page(desk),
            Stage::Unknown => sign_in::unknown(desk),
            Stage::Pages => pages(desk),
        })
}

fn pages(desk: Desk) -> Html {
    crate::html::dynamic(move || page(desk, &desk.place.get()))
}

fn page(desk: Desk, place: &Place) -> Html {
    match &place.page {
        Page::Units => units::page(desk),
        Page::Codes => codes::page(desk, place),
        Page::People => people::page(desk, place),
        Page::Person(id) => person::page(desk, id),
        Page::Results => results::page(desk, place),
        Page::Progress => progress::page(desk, place),
        Page::Exports(what) => exports::page(desk, place, *what),
        Page::Log => log::page(desk),
        Page::Unknown => frame::not_found(desk),
    }
}
