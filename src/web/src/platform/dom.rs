//! Address, title, language, focus, and the events of the page's life.

use super::js;
use gloo_events::{EventListener, EventListenerOptions};
use leptos::prelude::{Owner, document, window};
use wasm_bindgen::{JsCast, JsValue};

/// The path of the page's `<base>`, with a slash at its end.
pub fn base() -> String {
    let href = document().base_uri().ok().flatten().unwrap_or_default();
    web_sys::Url::new(&href).map_or_else(|_| "/".into(), |url| url.pathname())
}

/// Path, query and fragment of the address bar, the latter two with their `?` and `#`.
pub fn address() -> (String, String, String) {
    let location = window().location();
    let part = |part: Result<String, JsValue>| part.unwrap_or_default();
    (
        part(location.pathname()),
        part(location.search()),
        part(location.hash()),
    )
}

/// Puts `path` into the address bar, as a new entry of the history or in place of the present one.
pub fn go(path: &str, replace: bool) {
    let Ok(history) = window().history() else { return };
    let state = JsValue::NULL;
    let _ = if replace {
        history.replace_state_with_url(&state, "", Some(path))
    } else {
        history.push_state_with_url(&state, "", Some(path))
    };
}

/// A text as it stands in an address.
pub fn encoded(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}

/// The text that stands in an address; as it is where it is no encoding.
pub fn decoded(text: &str) -> String {
    js_sys::decode_uri_component(text).map_or_else(|_| text.to_owned(), Into::into)
}

/// Opens what is folded in the element with this id, and scrolls to it.
pub fn reveal(id: &str) {
    let Some(element) = document().get_element_by_id(id) else {
        return;
    };
    if let Ok(Some(details)) = element.query_selector("details") {
        let _ = details.set_attribute("open", "");
    }
    element.scroll_into_view();
}

/// The site's origin, such as `https://host:port`.
pub fn origin() -> String {
    window().location().origin().unwrap_or_default()
}

/// Leaves this document for the page at `address`.
pub fn leave(address: &str) {
    // Fails only for what is no address.
    let _ = window().location().assign(address);
}

/// Loads the document of the address that the bar shows.
pub fn reload() {
    let _ = window().location().reload();
}

/// Takes the fragment out of the address bar, so that a code in it is not left for the next person.
pub fn clear_fragment() {
    let (path, query, _) = address();
    go(&format!("{path}{query}"), true);
}

/// Calls `moved` when the person goes back or forward.
pub fn on_history(mut moved: impl FnMut() + 'static) {
    EventListener::new(&window(), "popstate", move |_| moved()).forget();
}

/// Calls `followed` with the path of links within the site that are followed in the plain way, instead of loading them.
pub fn on_links(mut followed: impl FnMut(String) + 'static) {
    let options = EventListenerOptions::enable_prevent_default();
    let listener = move |event: &web_sys::Event| {
        if let Some(link) = plain_link(event) {
            event.prevent_default();
            followed(format!("{}{}{}", link.pathname(), link.search(), link.hash()));
        }
    };
    EventListener::new_with_options(&window(), "click", options, listener).forget();
}

/// The link within the site that a press follows in the plain way: in this tab, and nobody has taken the press before.
fn plain_link(event: &web_sys::Event) -> Option<web_sys::HtmlAnchorElement> {
    let event = event.dyn_ref::<web_sys::MouseEvent>()?;
    let plain = event.button() == 0 && !event.ctrl_key() && !event.meta_key() && !event.shift_key();
    if !plain || event.default_prevented() {
        return None;
    }
    let target = event.target()?.dyn_into::<web_sys::Element>().ok()?;
    let link = target.closest("a[href]").ok().flatten()?;
    let link = link.dyn_into::<web_sys::HtmlAnchorElement>().ok()?;
    let here = window().location().origin().unwrap_or_default();
    let inside = link.origin() == here && !link.has_attribute("download") && link.target().is_empty();
    inside.then_some(link)
}

/// Calls `hear` on every event called `name` of the window.
pub fn on_window(name: &'static str, mut hear: impl FnMut() + 'static) {
    EventListener::new(&window(), name, move |_| hear()).forget();
}

/// Calls `hear` with true when the page becomes visible and with false when it is hidden.
pub fn on_visibility(mut hear: impl FnMut(bool) + 'static) {
    let visible = || document().visibility_state() == web_sys::VisibilityState::Visible;
    EventListener::new(&document(), "visibilitychange", move |_| hear(visible())).forget();
}

/// The same, for as long as the present Leptos owner lives.
pub fn on_visibility_while(mut hear: impl FnMut(bool) + 'static) {
    let visible = || document().visibility_state() == web_sys::VisibilityState::Visible;
    let listener = EventListener::new(&document(), "visibilitychange", move |_| hear(visible()));
    let held = leptos::prelude::StoredValue::new_local(listener);
    leptos::prelude::on_cleanup(move || leptos::prelude::Dispose::dispose(held));
}

/// Keys of the keyboard that were pressed outside of text fields, without a modifier; stops when dropped.
pub struct Keys(#[allow(dead_code, reason = "held for its drop")] EventListener);

/// Calls `hear` with the name of each such key.
pub fn on_keys(mut hear: impl FnMut(&str) + 'static) -> Keys {
    Keys(EventListener::new(&window(), "keydown", move |event| {
        let Some(event) = event.dyn_ref::<web_sys::KeyboardEvent>() else {
            return;
        };
        let target = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let typing = target.is_some_and(|element| {
            let kind = element.get_attribute("type").unwrap_or_default();
            element.tag_name() == "TEXTAREA" || element.tag_name() == "INPUT" && kind != "checkbox"
        });
        if !(typing || event.ctrl_key() || event.meta_key() || event.alt_key() || event.repeat()) {
            hear(&event.key());
        }
    }))
}

/// Whether the browser believes that there is a network; true where it cannot say.
pub fn online() -> bool {
    window().navigator().on_line()
}

/// Whether the page runs in a secure context.
pub fn secure() -> bool {
    window().is_secure_context()
}

/// Sets the document's title: the page's, and the site's name.
pub fn title(page: &str, site: &str) {
    document().set_title(&format!("{page} · {site}"));
}

/// Puts another name of the site into the document's title.
pub fn rename(site: &str) {
    if let Some((page, _)) = document().title().rsplit_once(" · ") {
        title(page, site);
    }
}

/// Sets the language of the document.
pub fn language(code: &str) {
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("lang", code);
    }
}

/// Names the list of installed regulation texts to the script that opens articles beside their citations (`public/beside.js`);
/// empty where there are none.
pub fn texts(hash: &str) {
    if let Some(root) = document().document_element().filter(|_| !hash.is_empty()) {
        let _ = root.set_attribute("data-texts", hash);
    }
}

/// Moves the focus to the first element of `selector`, once the page has been drawn, without a jump where it is in view.
pub fn focus(selector: &'static str) {
    gloo_timers::callback::Timeout::new(0, move || {
        let found = document().query_selector(selector).ok().flatten();
        if let Some(element) = found.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
            let _ = element.focus();
        }
    })
    .forget();
}

/// Scrolls to the element with this id, or to the top.
pub fn scroll_to(id: Option<&str>) {
    match id.and_then(|id| document().get_element_by_id(id)) {
        Some(element) => element.scroll_into_view(),
        None => window().scroll_to_with_x_and_y(0.0, 0.0),
    }
}

/// What became of words that were to be handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HandedOut {
    /// The system's own share sheet took them, or the person closed it.
    Shared,
    /// They are on the clipboard.
    Copied,
    /// The browser offers neither here; both need a secure context.
    No,
}

/// Hands `words` to the system's share sheet, or to the clipboard where there is none.
pub async fn hand_out(words: &str) -> HandedOut {
    let navigator: JsValue = window().navigator().into();
    let given = js::object(&[("text", words.into())]);
    if js::get(&navigator, "share").is_some() {
        let Ok(answer) = js::call(&navigator, "share", &[given]) else {
            return HandedOut::No;
        };
        // Refused also where the person closed the sheet.
        let _ = wasm_bindgen_futures::JsFuture::from(js_sys::Promise::resolve(&answer)).await;
        return HandedOut::Shared;
    }
    let Some(clipboard) = js::get(&navigator, "clipboard") else {
        return HandedOut::No;
    };
    let Ok(answer) = js::call(&clipboard, "writeText", &[words.into()]) else {
        return HandedOut::No;
    };
    match wasm_bindgen_futures::JsFuture::from(js_sys::Promise::resolve(&answer)).await {
        Ok(_) => HandedOut::Copied,
        Err(_) => HandedOut::No,
    }
}

/// Opens the browser's print dialogue.
pub fn print() {
    let _ = window().print();
}

/// The content of `<meta name=…>`.
pub fn meta(name: &str) -> Option<String> {
    let found = document()
        .query_selector(&format!("meta[name={name}]"))
        .ok()
        .flatten()?;
    found.get_attribute("content")
}

/// The absolute address of the `<link>` with this id.
pub fn link(id: &str) -> Option<String> {
    let link = document().get_element_by_id(id)?;
    js::get(&link, "href")?.as_string()
}

/// What is remembered outside of the database: the language. Refusal is no harm.
pub fn remember(key: &str, value: &str) {
    if let Some(storage) = window().local_storage().ok().flatten() {
        let _ = storage.set_item(key, value);
    }
}

/// What `remember` kept.
pub fn remembered(key: &str) -> Option<String> {
    window().local_storage().ok().flatten()?.get_item(key).ok().flatten()
}

/// Asks the browser to keep the stored data; the answer where it gives one.
pub async fn persist() -> Option<bool> {
    let storage = js::get(&window().navigator(), "storage")?;
    let promise = js::call(&storage, "persist", &[])
        .ok()?
        .dyn_into::<js_sys::Promise>()
        .ok()?;
    wasm_bindgen_futures::JsFuture::from(promise).await.ok()?.as_bool()
}

/// `ms` since 1970 as date and time in the reader's language, in Asia/Shanghai.
pub fn date_time(ms: i64, language: &str) -> String {
    #[allow(clippy::cast_precision_loss)]
    let date = js_sys::Date::new(&JsValue::from_f64(ms as f64));
    let options = js::object(&[
        ("timeZone", "Asia/Shanghai".into()),
        ("dateStyle", "medium".into()),
        ("timeStyle", "short".into()),
    ]);
    date.to_locale_string(language, &options).into()
}

/// The element that raised `event`, as an input.
pub fn input(event: &web_sys::Event) -> Option<web_sys::HtmlInputElement> {
    event.target()?.dyn_into().ok()
}

/// The text in the input that raised `event`.
pub fn value(event: &web_sys::Event) -> String {
    input(event).map(|input| input.value()).unwrap_or_default()
}

/// The text in the field of several lines that raised `event`.
pub fn lines(event: &web_sys::Event) -> String {
    let field = event.target().and_then(|field| js::get(&field, "value"));
    field.and_then(|value| value.as_string()).unwrap_or_default()
}

/// Whether the box that raised `event` is ticked.
pub fn ticked(event: &web_sys::Event) -> bool {
    input(event).is_some_and(|input| input.checked())
}

/// Presses the first element of `selector` as a click would.
pub fn press(selector: &str) {
    let found = document().query_selector(selector).ok().flatten();
    if let Some(element) = found.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        element.click();
    }
}

/// Opens or closes every `<details>` inside the first element of `selector`.
pub fn open_all(selector: &str, open: bool) {
    let Ok(list) = document().query_selector_all(&format!("{selector} details")) else {
        return;
    };
    for place in 0..list.length() {
        let element = list
            .get(place)
            .and_then(|node| node.dyn_into::<web_sys::Element>().ok());
        if let Some(element) = element {
            let _ = if open {
                element.set_attribute("open", "")
            } else {
                element.remove_attribute("open")
            };
        }
    }
}

/// Begins the app with `begin`, then puts what `make` makes of it into `#app`, in place of the page's static skeleton, inside a
/// Leptos owner that lives as long as the page. Each part is a task of its own, so that a slow phone can draw and take
/// presses in between.
pub fn mount<T: 'static>(begin: impl FnOnce() -> T + 'static, make: impl FnOnce(T) -> super::html::Html + 'static) {
    let Some(place) = document().get_element_by_id("app") else {
        return;
    };
    let Ok(place) = place.dyn_into::<web_sys::HtmlElement>() else {
        return;
    };
    super::timer::spawn(async move {
        super::timer::sleep(0).await;
        let inside = place.clone();
        let handle = leptos::mount::mount_to(place, move || {
            let owner = Owner::current();
            let app = begin();
            super::timer::spawn(async move {
                super::timer::sleep(0).await;
                let build = move || {
                    let page = make(app);
                    inside.set_inner_html("");
                    page.mount(&inside);
                };
                match owner {
                    Some(owner) => owner.with(build),
                    None => build(),
                }
            });
        });
        handle.forget();
    });
}
