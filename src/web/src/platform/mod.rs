//! The only place that touches the browser.
//!
//! Everything above works with the plain types that these modules return. Where gloo stops (IndexedDB with a durability,
//! `fetch` with keepalive, locks, the service worker) web-sys and `js_sys::Reflect` go on; features that an engine lacks
//! are asked for by name, so that their absence is a value and not an exception.

pub mod channel;
pub mod clock;
pub mod db;
pub mod dom;
pub mod field;
pub mod file;
pub mod gesture;
pub mod html;
pub mod http;
pub mod js;
pub mod locks;
pub mod panic;
pub mod random;
pub mod request;
pub mod timer;
pub mod worker;
