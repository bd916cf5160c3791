//! Files: handing one out, reading one in.

use super::js;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Offers `text` as a download called `name`. False where the browser does not let us.
pub fn download(name: &str, text: &str) -> bool {
    let document = leptos::prelude::document();
    let made = || -> Result<(), JsValue> {
        let options = web_sys::BlobPropertyBag::new();
        options.set_type("application/json");
        let parts = js_sys::Array::of1(&text.into());
        let blob = web_sys::Blob::new_with_str_sequence_and_options(&parts, &options)?;
        let url = web_sys::Url::create_object_url_with_blob(&blob)?;
        let link: web_sys::HtmlAnchorElement = document.create_element("a")?.unchecked_into();
        link.set_href(&url);
        link.set_download(name);
        link.click();
        // Revoked late: the download reads the address after this task.
        gloo_timers::callback::Timeout::new(60_000, move || {
            let _ = web_sys::Url::revoke_object_url(&url);
        })
        .forget();
        Ok(())
    };
    made().is_ok()
}

/// Offers `bytes` of this media type as a download called `name`. False where the browser does not let us. Apart from
/// `download`, which the learner's modules carry.
pub fn download_bytes(name: &str, media: &str, bytes: &[u8]) -> bool {
    let made = || -> Result<(), JsValue> {
        let options = web_sys::BlobPropertyBag::new();
        options.set_type(media);
        let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(bytes));
        let blob = web_sys::Blob::new_with_u8_array_sequence_and_options(&parts, &options)?;
        let url = web_sys::Url::create_object_url_with_blob(&blob)?;
        let link: web_sys::HtmlAnchorElement = leptos::prelude::document().create_element("a")?.unchecked_into();
        link.set_href(&url);
        link.set_download(name);
        link.click();
        // Revoked late: the download reads the address after this task.
        gloo_timers::callback::Timeout::new(60_000, move || {
            let _ = web_sys::Url::revoke_object_url(&url);
        })
        .forget();
        Ok(())
    };
    made().is_ok()
}

/// The text of the file chosen in `input`; none where none was chosen.
///
/// # Errors
/// What the browser says, or a file above `limit` bytes.
pub async fn chosen(input: &web_sys::HtmlInputElement, limit: f64) -> Result<Option<String>, String> {
    let Some(file) = input.files().and_then(|files| files.get(0)) else {
        return Ok(None);
    };
    if file.size() > limit {
        return Err("too large".into());
    }
    let promise = js::call(&file, "text", &[]).map_err(|error| js::message(&error))?;
    let promise: js_sys::Promise = promise.unchecked_into();
    let text = JsFuture::from(promise).await.map_err(|error| js::message(&error))?;
    Ok(text.as_string())
}
