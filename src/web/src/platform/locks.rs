//! Web Locks: one sender among tabs, and the sign that an attempt is open somewhere. Absent in insecure contexts.

use super::js;
use futures_channel::oneshot;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Held by the tab that sends.
pub const OUTBOX: &str = "anxue-outbox";
/// Held, shared, by every tab with an open attempt.
pub const ATTEMPT: &str = "anxue-attempt";

fn manager() -> Option<JsValue> {
    js::get(&leptos::prelude::window().navigator(), "locks")
}

/// A held lock; dropping it lets it go.
pub struct Held(Option<oneshot::Sender<()>>);

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(sender) = self.0.take() {
            let _ = sender.send(());
        }
    }
}

/// What became of asking for a lock.
pub enum Lock {
    /// It is ours.
    Ours(Held),
    /// Another tab has it.
    Taken,
    /// The browser has no locks here.
    None,
}

/// Asks for the lock `name` without waiting, `shared` or for this tab alone.
pub async fn ask(name: &str, shared: bool) -> Lock {
    let Some(manager) = manager() else { return Lock::None };
    let (told, answer) = oneshot::channel::<bool>();
    let (release, released) = oneshot::channel::<()>();
    let inner = Rc::new(RefCell::new(Some((told, released))));
    let granted = Closure::once(move |lock: JsValue| -> JsValue {
        let Some((told, released)) = inner.borrow_mut().take() else {
            return JsValue::UNDEFINED;
        };
        let ours = !lock.is_null() && !lock.is_undefined();
        let _ = told.send(ours);
        if !ours {
            return JsValue::UNDEFINED;
        }
        // The lock is held until this promise settles: when `Held` is dropped, or with the tab.
        wasm_bindgen_futures::future_to_promise(async move {
            let _ = released.await;
            Ok(JsValue::UNDEFINED)
        })
        .into()
    });
    let mode = if shared { "shared" } else { "exclusive" };
    let options = js::object(&[("mode", mode.into()), ("ifAvailable", true.into())]);
    let asked = js::call(&manager, "request", &[name.into(), options, granted.into_js_value()]);
    if asked.is_err() {
        return Lock::None;
    }
    match answer.await {
        Ok(true) => Lock::Ours(Held(Some(release))),
        Ok(false) => Lock::Taken,
        Err(_) => Lock::None,
    }
}

/// Whether any tab holds the lock `name`; none where the browser cannot say.
pub async fn held(name: &str) -> Option<bool> {
    let promise = js::call(&manager()?, "query", &[])
        .ok()?
        .dyn_into::<js_sys::Promise>()
        .ok()?;
    let snapshot = JsFuture::from(promise).await.ok()?;
    let locks = js_sys::Array::from(&js::get(&snapshot, "held")?);
    let is_it = |lock: JsValue| js::get(&lock, "name").and_then(|v| v.as_string()).as_deref() == Some(name);
    Some(locks.iter().any(is_it))
}
