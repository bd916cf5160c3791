//! What the tests stand on: the endpoint as a process, real browsers, an API client and stand-ins for other people's
//! servers. Knows the pages only by the attributes that they promise (`data-page`, `data-bench`, `data-test`), never by
//! their texts or classes, so that wording and looks may change freely.
//!
//! Nothing here decides what is right: that stands in the tests.

// Every helper fails in the same way: what it waited for did not come, and the message says what and where.
#![allow(clippy::missing_errors_doc)]

pub mod api;
pub mod browser;
pub mod cdp;
pub mod hands;
pub mod keyboard;
pub mod local;
pub mod looks;
pub mod process;
pub mod quiz;
pub mod server;
pub mod site;
pub mod stage;
pub mod stand_in;

pub use api::Api;
pub use browser::Browser;
pub use hands::Hands;
pub use local::Local;
pub use quiz::{Keys, Step, Wish};
pub use server::Server;
pub use stage::{Need, Stage, journey};
pub use stand_in::{Asked, Reply, StandIn};
