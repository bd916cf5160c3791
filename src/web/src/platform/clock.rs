//! The device's clock.

use domain::time::Timestamp;

/// Now, by the device's own clock.
pub fn now() -> Timestamp {
    // Whole milliseconds well inside 2^53.
    #[allow(clippy::cast_possible_truncation)]
    Timestamp(js_sys::Date::now() as i64)
}

/// Milliseconds since this page was opened, by a clock that cannot be set.
pub fn mono() -> domain::timer::Millis {
    let ms = leptos::prelude::window()
        .performance()
        .map_or(0.0, |performance| performance.now());
    // Never negative, and far below 2^53.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    domain::timer::Millis(ms.max(0.0) as u64)
}
