//! `fetch`, with what the outbox and the packs need of it: status, a few headers, the body's bytes.

use super::js;
use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{RequestCache, RequestInit, Response};

/// An answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The media type without parameters, in lower case; empty where there was none.
    pub media: String,
    /// Seconds of `Retry-After`, where it was given as a number.
    pub retry_after: Option<u32>,
    /// The body.
    pub body: Vec<u8>,
}

/// No answer came: no network, server down, blocked by the browser.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no answer: {0}")]
pub struct NoAnswer(pub String);

async fn send(url: &str, init: &RequestInit) -> Result<Answer, NoAnswer> {
    let fail = |error: JsValue| NoAnswer(js::message(&error));
    let promise = leptos::prelude::window().fetch_with_str_and_init(url, init);
    let response: Response = JsFuture::from(promise).await.and_then(JsCast::dyn_into).map_err(fail)?;
    let header = |name: &str| response.headers().get(name).ok().flatten();
    let media = header("content-type").unwrap_or_default().to_ascii_lowercase();
    let retry_after = header("retry-after").and_then(|v| v.trim().parse().ok());
    let buffer = JsFuture::from(response.array_buffer().map_err(fail)?)
        .await
        .map_err(fail)?;
    Ok(Answer {
        status: response.status(),
        media: media.split(';').next().unwrap_or_default().trim().to_owned(),
        retry_after,
        body: Uint8Array::new(&buffer).to_vec(),
    })
}

/// Fetches `url`; `fresh` goes past the HTTP cache.
///
/// # Errors
/// No answer came; a bad status is an answer.
pub async fn get(url: &str, fresh: bool) -> Result<Answer, NoAnswer> {
    let init = RequestInit::new();
    if fresh {
        init.set_cache(RequestCache::Reload);
    }
    send(url, &init).await
}

/// Fetches `url` past the HTTP cache, with a bearer token where there is one.
///
/// # Errors
/// No answer came; a bad status is an answer.
pub async fn get_with(url: &str, token: Option<&str>) -> Result<Answer, NoAnswer> {
    let init = RequestInit::new();
    init.set_cache(RequestCache::NoStore);
    if let Some(token) = token {
        let bearer = JsValue::from_str(&format!("Bearer {token}"));
        init.set_headers(&js::object(&[("authorization", bearer)]));
    }
    send(url, &init).await
}

/// Deletes what `url` names, with a bearer token.
///
/// # Errors
/// No answer came; a bad status is an answer.
pub async fn delete(url: &str, token: &str) -> Result<Answer, NoAnswer> {
    let init = RequestInit::new();
    init.set_method("DELETE");
    init.set_cache(RequestCache::NoStore);
    let bearer = JsValue::from_str(&format!("Bearer {token}"));
    init.set_headers(&js::object(&[("authorization", bearer)]));
    send(url, &init).await
}

/// Posts a JSON body, with a bearer token where there is one. `keepalive` lets it outlive the page; browsers refuse that
/// above 64 KiB.
///
/// # Errors
/// No answer came; a bad status is an answer.
pub async fn post(url: &str, token: Option<&str>, body: &str, keepalive: bool) -> Result<Answer, NoAnswer> {
    let mut headers = vec![("content-type", JsValue::from_str("application/json"))];
    let bearer = token.map(|token| JsValue::from_str(&format!("Bearer {token}")));
    headers.extend(bearer.map(|bearer| ("authorization", bearer)));
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_headers(&js::object(&headers));
    init.set_body(&body.into());
    init.set_cache(RequestCache::NoStore);
    if keepalive {
        let _ = js_sys::Reflect::set(&init, &"keepalive".into(), &JsValue::TRUE);
    }
    send(url, &init).await
}
