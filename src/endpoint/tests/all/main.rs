//! The endpoint as its callers see it: through the router, over sockets, and as a program.

#![allow(clippy::unwrap_used, reason = "in a test that is how it fails")]

mod assessment;
mod content;
mod content_fixture;
mod cross_origin;
mod desk;
mod enrolment;
mod linking;
mod load;
mod marking;
mod packs_for_ever;
mod process;
mod records;
mod regulations;
mod security;
mod service;
mod site;
mod sqlite;
mod store_suite;
mod support;
mod tls;
