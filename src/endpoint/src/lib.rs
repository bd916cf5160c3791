//! The JSON endpoint with the site inside (DESIGN §5): one program that takes learning records in, keeps them durably,
//! marks what was answered, gives each person their own records back, and serves the site.
//!
//! Marking itself is in `domain` and the forms are in `wire`; nothing here knows how an item is marked or how a record is
//! written. `store` is the only place that knows of a database, `site` the only one that knows of files.

mod app;
pub mod canonical;
pub mod cli;
pub mod code;
mod content;
pub mod cors;
mod deploy;
mod desk;
pub mod intake;
mod keep;
pub mod limit;
mod metrics;
pub mod office;
pub mod openapi;
mod packs;
mod problem;
pub mod proxy;
mod regulations;
mod routes;
pub mod sealed;
mod server;
pub mod site;
mod sitting;
mod state;
pub mod store;
pub mod tls;
mod totals;
mod visible;

pub use app::Endpoint;
pub use content::Live;
pub use packs::Packs;
pub use problem::{Code, Problem};
pub use server::{serve, serve_with};
pub use state::{Clock, Options, Peer, system_clock};
