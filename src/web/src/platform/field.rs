//! Fields and lists under the hands of a person: what was typed, which row is being dragged where.

use super::js;
use leptos::prelude::{document, window};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, KeyboardEvent, MouseEvent};

/// What stands in the field that the event came from (an input, a text area or a select); empty where it came from none.
pub fn value(event: &Event) -> String {
    event
        .target()
        .and_then(|target| js::get(&target, "value")?.as_string())
        .unwrap_or_default()
}

/// Whether the box or radio button that the event came from is on.
pub fn ticked(event: &Event) -> bool {
    super::dom::ticked(event)
}

/// The value of the attribute `name` of the nearest element around the event's target that has it.
pub fn attribute_around(event: &Event, name: &str) -> Option<String> {
    let target: Element = event.target()?.dyn_into().ok()?;
    target.closest(&format!("[{name}]")).ok()??.get_attribute(name)
}

/// Moves the focus to the element with this id, if it is on the page.
pub fn focus(id: &str) {
    let element = document().get_element_by_id(id);
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// A key that was pressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Its name, such as `ArrowUp`.
    pub name: String,
    /// Whether Alt was held.
    pub alt: bool,
    /// Whether another modifier was held: such keys belong to the browser.
    pub other: bool,
}

/// The key of a keyboard event.
pub fn key(event: &Event) -> Option<Key> {
    let event: &KeyboardEvent = event.dyn_ref()?;
    Some(Key {
        name: event.key(),
        alt: event.alt_key(),
        other: event.ctrl_key() || event.meta_key() || event.shift_key(),
    })
}

/// Takes hold of the element that a pointer was pressed on: until it is let go, all that the pointer does comes to that
/// element, wherever the pointer is. False for a second finger and for the lesser buttons of a mouse.
pub fn grab(event: &Event) -> bool {
    let first = js::get(event, "isPrimary").and_then(|first| first.as_bool());
    let main = event.dyn_ref::<MouseEvent>().is_some_and(|event| event.button() == 0);
    if !main || first == Some(false) {
        return false;
    }
    if let (Some(element), Some(pointer)) = (event.current_target(), js::get(event, "pointerId")) {
        // Throws where the pointer is gone already; then its next event ends the drag.
        let _ = js::call(&element, "setPointerCapture", &[pointer]);
    }
    true
}

/// Where in its list the row that a pointer holds would stand if it were let go now, from 0. Rows have `attribute`.
pub fn place_under(event: &Event, attribute: &str) -> Option<usize> {
    let at = event.dyn_ref::<MouseEvent>()?.client_y();
    let held: Element = event.current_target()?.dyn_into().ok()?;
    let held = held.closest(&format!("[{attribute}]")).ok()??;
    let list = held.parent_element()?;
    let above = |row: &Element| !row.is_same_node(Some(&held)) && middle(row).is_some_and(|middle| middle < at);
    Some(rows(&list, attribute).iter().filter(|row| above(row)).count())
}

/// Scrolls the page a little when a pointer that holds something comes near the upper or lower edge of the window.
pub fn scroll_at_edge(event: &Event) {
    const EDGE_PX: i32 = 64;
    const STEP_PX: f64 = 14.0;
    let Some(at) = event.dyn_ref::<MouseEvent>().map(MouseEvent::client_y) else {
        return;
    };
    let height = window().inner_height().ok().and_then(|height| height.as_f64());
    if at < EDGE_PX {
        window().scroll_by_with_x_and_y(0.0, -STEP_PX);
    } else if height.is_some_and(|height| at > whole(height) - EDGE_PX) {
        window().scroll_by_with_x_and_y(0.0, STEP_PX);
    }
}

/// Puts the rows of the list with the id `list` into the order of `order`, which names the values of their `attribute`.
///
/// The row that is held (`data-state=held`), or else the one with the focus, is never taken out of the page: the others
/// are put around it, so that it keeps pointer and focus.
pub fn arrange(list: &str, attribute: &str, order: &[String]) {
    let Some(list) = document().get_element_by_id(list) else {
        return;
    };
    let standing = rows(&list, attribute);
    let named = |id: &String| {
        standing
            .iter()
            .find(|row| row.get_attribute(attribute).as_ref() == Some(id))
    };
    let wanted: Vec<&Element> = order.iter().filter_map(named).collect();
    if wanted.iter().copied().eq(standing.iter()) {
        return;
    }
    let active = document().active_element();
    let has_focus = |row: &Element| active.as_ref().is_some_and(|active| row.contains(Some(active)));
    let held = wanted
        .iter()
        .position(|row| row.get_attribute("data-state").as_deref() == Some("held"));
    let focused = wanted.iter().position(|row| has_focus(row));
    let kept = held.or(focused);
    for (place, row) in wanted.iter().enumerate() {
        let _ = match kept {
            Some(kept) if place < kept => list.insert_before(row, Some(wanted[kept])),
            Some(kept) if place == kept => continue,
            _ => list.append_child(row),
        };
    }
    if let (None, Some(row)) = (held, focused.and_then(|place| wanted.get(place))) {
        let near = js::object(&[("block", "nearest".into())]);
        let _ = js::call(row, "scrollIntoView", &[near]);
    }
}

/// The children of `list` that have `attribute`, in their order.
fn rows(list: &Element, attribute: &str) -> Vec<Element> {
    std::iter::successors(list.first_element_child(), Element::next_element_sibling)
        .filter(|row| row.has_attribute(attribute))
        .collect()
}

/// The middle of an element, in whole pixels below the window's upper edge.
fn middle(element: &Element) -> Option<i32> {
    let bounds = js::call(element, "getBoundingClientRect", &[]).ok()?;
    let side = |name| js::get(&bounds, name)?.as_f64();
    Some(whole(side("top")? + side("height")? / 2.0))
}

#[allow(clippy::cast_possible_truncation)]
fn whole(pixels: f64) -> i32 {
    pixels as i32
}

/// Whether the event is the second or a later press of a double click: what stands there by now may not be what was meant.
pub fn again(event: &Event) -> bool {
    event.dyn_ref::<MouseEvent>().is_some_and(|mouse| mouse.detail() > 1)
}
