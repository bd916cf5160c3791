//! The endpoint as its callers see it: through the router, over sockets, and as a program.

#![allow(clippy::unwrap_used, reason = "in a test that is how it fails")]

mod assessment;
mod content;
mod content_fixture;
mod enrolment;
mod linking;
mod load;
mod marking;
mod process;
mod records;
mod regulations;
mod service;
mod site;
mod sqlite;
mod store_suite;
mod support;
