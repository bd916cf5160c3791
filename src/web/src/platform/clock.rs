//! The device's clock.

use domain::time::Timestamp;

/// Now, by the device's own clock.
pub fn now() -> Timestamp {
    // Whole milliseconds well inside 2^53.
    #[allow(clippy::cast_possible_truncation)]
    Timestamp(js_sys::Date::now() as i64)
}
