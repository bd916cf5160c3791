//! Pieces that open beside a link and close again.

use super::dom::plain_link;
use super::html::{Html, el};
use gloo_events::{EventListener, EventListenerOptions};
use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlAnchorElement};

/// The class of what opens.
const OPEN: &str = "beside";

/// A link within the site that was pressed in the plain way.
pub struct Link(HtmlAnchorElement);

/// Calls `pressed` with each such link before it is followed, its path, query and fragment first; what `pressed` takes, by
/// answering true, is not followed.
pub fn on_links(mut pressed: impl FnMut([String; 3], Link) -> bool + 'static) {
    let options = EventListenerOptions::enable_prevent_default();
    let listener = move |event: &web_sys::Event| {
        if let Some(link) = plain_link(event)
            && pressed([link.pathname(), link.search(), link.hash()], Link(link))
        {
            event.prevent_default();
        }
    };
    // The document hears of it before the window, where links are followed.
    EventListener::new_with_options(&document(), "click", options, listener).forget();
}

impl Link {
    /// What the piece stands in: the entry of a list or the paragraph with the link, and whether it stands inside of that.
    fn place(&self) -> (Element, bool) {
        let around = |selector| self.0.closest(selector).ok().flatten();
        if let Some(entry) = around("li, dd, td") {
            return (entry, true);
        }
        (around("p").unwrap_or_else(|| self.0.clone().into()), false)
    }

    fn opened(&self) -> Option<Element> {
        let (place, inside) = self.place();
        let found = if inside {
            place.last_element_child()
        } else {
            place.next_element_sibling()
        };
        found.filter(|piece| piece.class_list().contains(OPEN))
    }

    /// Closes what is open beside the link; whether it was what this very link had opened.
    pub fn close(&self) -> bool {
        let own = self.0.get_attribute("aria-expanded").is_some_and(|open| open == "true");
        if let Some(piece) = self.opened() {
            piece.remove();
        }
        // Another link of the same paragraph may have been open.
        let links = self.place().0.query_selector_all("a[aria-expanded]").ok();
        for nth in 0..links.as_ref().map_or(0, web_sys::NodeList::length) {
            let link = links.as_ref().and_then(|links| links.get(nth));
            if let Some(link) = link.and_then(|link| link.dyn_into::<Element>().ok()) {
                let _ = link.remove_attribute("aria-expanded");
            }
        }
        own
    }

    /// Opens a piece beside the link, in the place of what is open there. The piece follows no signals: it goes when the page
    /// around it goes.
    pub fn open(&self, piece: Html) {
        self.close();
        let _ = self.0.set_attribute("aria-expanded", "true");
        let (place, inside) = self.place();
        let Ok(holder) = document().create_element("div") else {
            return;
        };
        let put = if inside {
            place.append_child(&holder).map(drop)
        } else {
            place.after_with_node_1(&holder)
        };
        holder.set_class_name(OPEN);
        let _ = holder.set_attribute("role", "note");
        if put.is_ok() {
            el("div").child(piece).mount(&holder);
        }
    }
}
