//! Stateless components: no fetch, no storage, no context. What they show and what they call comes in as arguments.

pub mod basis;
pub mod meter;
pub mod notice;
pub mod question;
