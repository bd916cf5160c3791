//! What the organizer's desk works with beside the store: the titles of what is offered, progress, and tables that are safe to
//! open in a spreadsheet.

pub(crate) mod key;
pub(crate) mod offer;
pub(crate) mod progress;
pub(crate) mod sheet;
