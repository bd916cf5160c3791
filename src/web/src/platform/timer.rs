//! Waiting, and work that goes on by itself.

use futures_channel::oneshot;
use leptos::prelude::window;
use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

/// Resolves after `ms` milliseconds; a background tab may take longer.
pub async fn sleep(ms: u32) {
    gloo_timers::future::TimeoutFuture::new(ms).await;
}

/// Resolves once what was put on the page before has been drawn; without waiting for that in a tab that is not shown, where
/// nothing is drawn.
pub async fn drawn() {
    let (sender, receiver) = oneshot::channel::<()>();
    let sender = Rc::new(Cell::new(Some(sender)));
    let tell = move || {
        if let Some(sender) = sender.take() {
            let _ = sender.send(());
        }
    };
    let late = gloo_timers::callback::Timeout::new(DRAWN_AT_LATEST_MS, tell.clone());
    // A frame's callback runs before that frame is drawn; the next frame's begins when it has been.
    let frame = Closure::once_into_js(move || {
        let next = Closure::once_into_js(move || gloo_timers::callback::Timeout::new(0, tell).forget());
        let _ = window().request_animation_frame(next.unchecked_ref());
    });
    let _ = window().request_animation_frame(frame.unchecked_ref());
    let _ = receiver.await;
    drop(late);
}

/// How long `drawn` waits for a frame, in milliseconds.
const DRAWN_AT_LATEST_MS: u32 = 250;

/// Starts `work`, which goes on by itself. One copy of the executor's code serves all: futures come boxed.
pub fn spawn(work: impl Future<Output = ()> + 'static) {
    boxed(Box::pin(work));
}

fn boxed(work: Pin<Box<dyn Future<Output = ()>>>) {
    wasm_bindgen_futures::spawn_local(work);
}
