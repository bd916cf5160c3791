//! All tests that span crates: the architecture, the README's promises, faults of the endpoint, and journeys in browsers.

// What cannot go on has failed; that is true of the helpers of tests as well.
#![allow(clippy::unwrap_used)]

mod architecture;
mod checks;
mod journeys;
mod killed_endpoint;
mod marking;
mod readme;
mod wire_rules;
