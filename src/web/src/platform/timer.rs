//! Waiting.

/// Resolves after `ms` milliseconds; a background tab may take longer.
pub async fn sleep(ms: u32) {
    gloo_timers::future::TimeoutFuture::new(ms).await;
}
