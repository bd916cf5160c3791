//! `fetch` as the organizer's desk needs it: any method, headers, and the name of a file that comes back. Apart from `http`,
//! so that the learner's modules do not carry it.

use super::http::NoAnswer;
use super::js;
use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{RequestCache, RequestInit, Response};

/// An answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The media type without parameters, in lower case; empty where there was none.
    pub media: String,
    /// The header `content-disposition`; empty where there was none.
    pub disposition: String,
    /// The body.
    pub body: Vec<u8>,
}

/// Asks for `url` past the HTTP cache, with a JSON body where there is one. Cookies of the site go along.
///
/// # Errors
/// No answer came; a bad status is an answer.
pub async fn ask(method: &str, url: &str, header: &str, body: Option<&str>) -> Result<Reply, NoAnswer> {
    let fail = |error: JsValue| NoAnswer(js::message(&error));
    let init = RequestInit::new();
    init.set_method(method);
    init.set_cache(RequestCache::NoStore);
    let mut headers = vec![(header, JsValue::from_str("1"))];
    if let Some(body) = body {
        headers.push(("content-type", JsValue::from_str("application/json")));
        init.set_body(&body.into());
    }
    init.set_headers(&js::object(&headers));
    let promise = leptos::prelude::window().fetch_with_str_and_init(url, &init);
    let response: Response = JsFuture::from(promise).await.and_then(JsCast::dyn_into).map_err(fail)?;
    let header = |name: &str| response.headers().get(name).ok().flatten().unwrap_or_default();
    let media = header("content-type").to_ascii_lowercase();
    let buffer = JsFuture::from(response.array_buffer().map_err(fail)?)
        .await
        .map_err(fail)?;
    Ok(Reply {
        status: response.status(),
        media: media.split(';').next().unwrap_or_default().trim().to_owned(),
        disposition: header("content-disposition"),
        body: Uint8Array::new(&buffer).to_vec(),
    })
}
