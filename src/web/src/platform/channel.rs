//! Word between the tabs of one browser.

use super::js;
use gloo_events::EventListener;
use wasm_bindgen::JsValue;

/// Tells the other tabs that the stored records have changed, and hears of their changes.
pub struct Channel {
    inner: Option<web_sys::BroadcastChannel>,
    _listener: Option<EventListener>,
}

impl Channel {
    /// Joins the channel; without `BroadcastChannel` the tab is alone, and its records are still safe in the database.
    pub fn join(mut heard: impl FnMut() + 'static) -> Self {
        let known = js::get(&js_sys::global(), "BroadcastChannel").is_some();
        let inner = if known {
            web_sys::BroadcastChannel::new("anxue-records").ok()
        } else {
            None
        };
        let listener = inner
            .as_ref()
            .map(|channel| EventListener::new(channel, "message", move |_| heard()));
        Self {
            inner,
            _listener: listener,
        }
    }

    /// Tells the others.
    pub fn tell(&self) {
        if let Some(channel) = &self.inner {
            // A closed channel means a closing page: nobody is left to tell.
            let _ = channel.post_message(&JsValue::TRUE);
        }
    }
}
