//! Stateless components: no fetch, no storage, no context. What they show and what they call comes in as arguments.

pub mod article;
pub mod ask;
pub mod basis;
pub mod exam;
pub mod meter;
pub mod notice;
pub mod qr;
pub mod question;
pub mod radar;
pub mod told;
