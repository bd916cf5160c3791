//! Practice: a set of items, one at a time, each answer stored before it is marked; then what came of it.

mod result;
mod set;

pub use result::result;
pub use set::practice;

use crate::state::app::App;
use domain::attempt::Attempt;
use domain::ids::{AttemptId, BankId};
use domain::record::RecordBody;
use leptos::prelude::*;
use wire::catalogue::BankEntry;

/// The bank called `id` in the catalogue; none while the catalogue is on its way, or where it has no such bank.
fn bank_entry(app: App, id: &str) -> Option<(BankEntry, wire::Bilingual)> {
    app.catalogue.with(|load| {
        let found = load.ready()?.banks().find(|(bank, _)| bank.id == id)?;
        Some((found.0.clone(), found.1.clone()))
    })
}

/// The attempt `id` as the records have it.
fn attempt(app: App, id: AttemptId) -> Option<Attempt> {
    app.ledger.with(|ledger| Attempt::fold(id, ledger.evidence.values()))
}

/// The latest attempt at `bank` that is still open.
fn open_attempt(app: App, bank: &BankId) -> Option<Attempt> {
    app.ledger.with_untracked(|ledger| {
        let begun = ledger
            .evidence
            .values()
            .rev()
            .filter_map(|evidence| match &evidence.record.body {
                RecordBody::AttemptStarted { attempt, bank: of, .. } if of == bank => Some(*attempt),
                _ => None,
            });
        // Ids begin with their time, so the first from the end is the latest.
        let latest = begun.into_iter().next()?;
        Attempt::fold(latest, ledger.evidence.values()).filter(|attempt| attempt.finished.is_none())
    })
}

/// Where the link back leads: the course or venue that the bank belongs to.
fn home_of(app: App, bank: &str) -> crate::route::Route {
    let venue = app.catalogue.with_untracked(|load| {
        load.ready()
            .is_some_and(|catalogue| catalogue.venues.iter().any(|venue| venue.slug == bank))
    });
    if venue {
        crate::route::Route::Venue(bank.into())
    } else {
        crate::route::Route::Course(bank.into())
    }
}
