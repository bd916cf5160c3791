//! The last words: a panic shows the screen that says the answers are kept. The boot script makes it, in plain DOM, because
//! nothing of the app can be trusted any more.

use super::js;
use std::panic::PanicHookInfo;

/// Shows the screen on every panic from now on.
pub fn install() {
    std::panic::set_hook(Box::new(show));
}

fn show(info: &PanicHookInfo<'_>) {
    let place = info.location().map(ToString::to_string).unwrap_or_default();
    // Without the boot script there is no screen, and nothing left to say it with.
    let _ = js::call(&js_sys::global(), "anxueStopped", &[place.as_str().into()]);
}
