//! Calls by name, for what web-sys marks unstable and for what an engine may lack.

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// The property `name` of `target`; none if it is not there.
pub fn get(target: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(target, &name.into())
        .ok()
        .filter(|value| !value.is_undefined() && !value.is_null())
}

/// Calls the method `name` of `target`.
///
/// # Errors
/// What the method threw, or `undefined` where there is no such method.
pub fn call(target: &JsValue, name: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    let method: Function = get(target, name).ok_or(JsValue::UNDEFINED)?.dyn_into()?;
    method.apply(target, &arguments.iter().collect::<Array>())
}

/// A plain object with these properties.
pub fn object(properties: &[(&str, JsValue)]) -> JsValue {
    let object = js_sys::Object::new();
    for (name, value) in properties {
        // Setting a property of a fresh plain object cannot fail.
        let _ = Reflect::set(&object, &(*name).into(), value);
    }
    object.into()
}

/// What a thrown value says of itself: `name: message` of an exception, else its text.
pub fn message(error: &JsValue) -> String {
    match (
        get(error, "name").and_then(|v| v.as_string()),
        get(error, "message").and_then(|v| v.as_string()),
    ) {
        (Some(name), Some(text)) => format!("{name}: {text}"),
        _ => error.as_string().unwrap_or_else(|| "unknown".into()),
    }
}
