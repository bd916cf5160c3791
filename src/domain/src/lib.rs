//! The rules of Anxue: courses, items, marking, attempts, records and progress.
//!
//! Pure: no I/O, clock, randomness, async or serde. Time and seeds are passed in, every result is a function of its
//! arguments, and whatever a person compares is in integers and in a documented order.

pub mod asked;
pub mod attempt;
pub mod catalogue;
pub mod citation;
pub mod exam;
pub mod ids;
pub mod item;
pub mod kinds;
pub mod marking;
pub mod paper;
pub mod practice;
pub mod progress;
pub mod record;
pub mod shuffle;
pub mod time;
pub mod timer;
pub mod units;
