//! Waiting, and work that goes on by itself.

use std::future::Future;
use std::pin::Pin;

/// Resolves after `ms` milliseconds; a background tab may take longer.
pub async fn sleep(ms: u32) {
    gloo_timers::future::TimeoutFuture::new(ms).await;
}

/// Starts `work`, which goes on by itself. One copy of the executor's code serves all: futures come boxed.
pub fn spawn(work: impl Future<Output = ()> + 'static) {
    boxed(Box::pin(work));
}

fn boxed(work: Pin<Box<dyn Future<Output = ()>>>) {
    wasm_bindgen_futures::spawn_local(work);
}
