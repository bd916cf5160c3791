//! Facades that live as long as the app. What decides is in plain, natively tested modules (`ledger`, `outbox`, `vault`);
//! `app` binds them to the browser and to signals made at the root.

pub mod app;
pub mod clockwork;
pub mod desk;
pub mod identity;
pub mod inbox;
pub mod inspections;
pub mod ledger;
pub mod load;
pub mod outbox;
pub mod pace;
pub mod packs;
pub mod portable;
pub mod quarantine;
pub mod search;
pub mod vault;
