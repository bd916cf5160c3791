//! The service worker as the page sees it: whether a new version waits, and letting it take over.

use super::js;
use gloo_events::EventListener;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{ServiceWorker, ServiceWorkerContainer, ServiceWorkerRegistration};

fn container() -> Option<ServiceWorkerContainer> {
    js::get(&leptos::prelude::window().navigator(), "serviceWorker")?
        .dyn_into()
        .ok()
}

/// Whether this page can start without a network later on: a secure context with service workers.
pub fn possible() -> bool {
    container().is_some() && leptos::prelude::window().is_secure_context()
}

/// Calls `waiting` whenever a new version is installed and waits for the old one to end.
pub async fn watch(waiting: impl Fn() + 'static) {
    let Some(container) = container() else { return };
    let Ok(ready) = container.ready() else { return };
    let Ok(registration) = JsFuture::from(ready).await else {
        return;
    };
    let Ok(registration) = registration.dyn_into::<ServiceWorkerRegistration>() else {
        return;
    };
    let waiting = Rc::new(waiting);
    if registration.waiting().is_some() {
        waiting();
    }
    let found = registration.clone();
    EventListener::new(&registration, "updatefound", move |_| {
        let Some(worker) = found.installing() else { return };
        let (waiting, found) = (Rc::clone(&waiting), found.clone());
        EventListener::new(&worker, "statechange", move |_| {
            if found.waiting().is_some() {
                waiting();
            }
        })
        .forget();
    })
    .forget();
}

/// Lets the waiting version take over, then reloads the page. The caller has made sure that no attempt is open.
pub async fn take_over() {
    let Some(container) = container() else { return };
    let reload = || {
        let _ = leptos::prelude::window().location().reload();
    };
    let registration = JsFuture::from(container.get_registration()).await.ok();
    let waiting: Option<ServiceWorker> = registration
        .and_then(|value| value.dyn_into::<ServiceWorkerRegistration>().ok())
        .and_then(|registration| registration.waiting());
    match waiting {
        Some(worker) => {
            EventListener::once(&container, "controllerchange", move |_| reload()).forget();
            let message = js::object(&[("type", JsValue::from_str("update"))]);
            let _ = worker.post_message(&message);
        }
        None => reload(),
    }
}
