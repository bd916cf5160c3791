//! Fingers, wheel and arrow keys on a picture: tapping, pulling, zooming. And the few things about fields that the exercises
//! with marks need.

mod fingers;
pub mod lens;
pub mod picture;

use super::html::{Event, Html, el};
use super::js;
use fingers::{Fingers, Tap};
use lens::{Lens, SIDE};
use leptos::prelude::*;
use picture::{PREFIX, Place};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent, MouseEvent};

/// How far an arrow key moves the picture, in ten-thousandths of the frame.
const STEP: i64 = 1_500;

/// What a frame is called and its buttons say.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    /// The picture's name, which stands for it where it is not seen.
    pub picture: &'static str,
    /// Of the button that enlarges.
    pub nearer: &'static str,
    /// Of the button that makes smaller.
    pub farther: &'static str,
    /// Of the button that shows the whole.
    pub whole: &'static str,
}

/// A picture from sanitised markup, in a frame in which it can be zoomed and pulled, with `over` (rings) lying over it.
/// `tapped` hears the region under a tap, none where there is none.
pub fn frame(markup: &str, over: Html, words: Words, tapped: impl Fn(Option<&str>) + 'static) -> Html {
    let lens = RwSignal::new(Lens::WHOLE);
    let canvas = el("div")
        .class("scene-canvas")
        // The property, because the content policy refuses the attribute.
        .prop_of("style", move || lens.get().css().into())
        .child(el("div").class("scene-picture").sanitised(markup))
        .child(over);
    let frame = el("div")
        .class("scene-frame")
        .attr("role", "img")
        .attr("aria-label", words.picture)
        .attr("tabindex", "0")
        .attr_of("data-zoomed", move || Some(lens.get().is_zoomed().to_string()))
        .child(canvas);
    let frame = touched(frame, lens, tapped)
        .on("wheel", move |event| wheel(event, lens))
        .on("keydown", move |event| arrows(event, lens));
    let button = |words: &str, sign: &str, off: fn(Lens) -> bool, to: fn(Lens) -> Lens| {
        el("button")
            .attr("type", "button")
            .class("plain")
            .attr("aria-label", words)
            // Not disabled: that would take the focus away from who keeps pressing.
            .attr_of("aria-disabled", move || off(lens.get()).then(|| "true".to_owned()))
            .on("click", move |_| lens.update(|lens| *lens = to(*lens)))
            .child(el("span").attr("aria-hidden", "true").text(sign))
    };
    let tools = el("div")
        .class("scene-tools")
        .child(button(words.nearer, "+", |lens| !lens.can_go_nearer(), Lens::nearer))
        .child(button(words.farther, "−", |lens| !lens.is_zoomed(), Lens::farther))
        .child(button(
            words.whole,
            words.whole,
            |lens| !lens.is_zoomed(),
            |_| Lens::WHOLE,
        ));
    el("div").class("scene").child(frame).child(tools)
}

/// A ring around a place of the picture with a short word at its corner; `kind` is for the styles.
pub fn ring(place: Place, kind: &'static str, word: &str) -> Html {
    el("span")
        .class("ring")
        .attr("data-ring", kind)
        .prop_of("style", move || place.css().into())
        .child(el("b").text(word))
}

/// Moves the focus to the element with this id once the page has been drawn, which brings it into view.
pub fn focus(id: String) {
    gloo_timers::callback::Timeout::new(0, move || {
        let found = document().get_element_by_id(&id);
        if let Some(element) = found.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
            let _ = element.focus();
        }
    })
    .forget();
}

/// A list of options, all of them in it already, whose choice follows signals.
pub fn choice_of(select: Html, value: impl Fn() -> String + 'static) -> Html {
    select.prop_of("value", move || value().into())
}

/// A box to tick that follows signals.
pub fn ticked_of(input: Html, ticked: impl Fn() -> bool + 'static) -> Html {
    input.prop_of("checked", move || ticked().into())
}

/// The value of the list of options that raised `event`.
pub fn chosen(event: &Event) -> String {
    let value = event.target().and_then(|target| js::get(&target, "value"));
    value.and_then(|value| value.as_string()).unwrap_or_default()
}

/// Whether a key press means what a press on a button means; if so, the page does not scroll by it.
pub fn presses(event: &Event) -> bool {
    let means = event
        .dyn_ref::<KeyboardEvent>()
        .is_some_and(|event| matches!(event.key().as_str(), "Enter" | " ") && !event.repeat());
    if means {
        event.prevent_default();
    }
    means
}

/// The frame that heard `event`.
fn frame_of(event: &Event) -> Option<Element> {
    event.current_target()?.dyn_into().ok()
}

/// Where `event` was, in pixels of the page.
fn point(event: &Event) -> Option<(i64, i64)> {
    let event = event.dyn_ref::<MouseEvent>()?;
    Some((event.client_x().into(), event.client_y().into()))
}

/// A number that the engine gives, in whole.
#[allow(
    clippy::cast_possible_truncation,
    reason = "pixels and ids of pointers are small, and casts saturate"
)]
fn whole(target: &wasm_bindgen::JsValue, name: &str) -> Option<i64> {
    Some(js::get(target, name)?.as_f64()? as i64)
}

/// Left, top, width and height of the frame in pixels of the page, the latter two 1 and up.
fn bounds(frame: &Element) -> Option<(i64, i64, i64, i64)> {
    let bounds = js::call(frame, "getBoundingClientRect", &[]).ok()?;
    let number = |name| whole(&bounds, name);
    Some((
        number("left")?,
        number("top")?,
        number("width")?.max(1),
        number("height")?.max(1),
    ))
}

/// Hands pointers on the frame to `lens` and `tapped`.
fn touched(frame: Html, lens: RwSignal<Lens>, tapped: impl Fn(Option<&str>) + 'static) -> Html {
    let fingers = Rc::new(RefCell::new(Fingers::default()));
    let (down, moved, up) = (Rc::clone(&fingers), Rc::clone(&fingers), Rc::clone(&fingers));
    frame
        .on("pointerdown", move |event| {
            let main = event.dyn_ref::<MouseEvent>().is_some_and(|event| event.button() == 0);
            let (Some(id), Some(at)) = (pointer(event).filter(|_| main), point(event)) else {
                return;
            };
            // What goes on outside of the frame belongs to it, its end above all.
            if let Some(frame) = frame_of(event) {
                let _ = frame.set_pointer_capture(id);
            }
            down.borrow_mut().down(id, at, region(event));
        })
        .on("pointermove", move |event| {
            let (Some(id), Some(at)) = (pointer(event), point(event)) else {
                return;
            };
            let meant = moved.borrow_mut().moved(id, at);
            let Some((meant, (left, top, width, height))) = meant.zip(frame_of(event).as_ref().and_then(bounds)) else {
                return;
            };
            let part = |x: i64, y: i64| (x * SIDE / width, y * SIDE / height);
            let mut now = lens.get_untracked();
            if let Some((apart, before, (x, y))) = meant.pinch {
                now = now.zoomed(apart, before, part(x - left, y - top));
            }
            let (right, below) = part(meant.by.0, meant.by.1);
            now = now.pulled(right, below);
            if now != lens.get_untracked() {
                lens.set(now);
            }
        })
        .on("pointerup", move |event| {
            let tap = pointer(event).and_then(|id| up.borrow_mut().up(id));
            if let Some(Tap(region)) = tap {
                tapped(region.as_deref());
            }
        })
        .on("pointercancel", move |event| {
            if let Some(id) = pointer(event) {
                fingers.borrow_mut().lost(id);
            }
        })
}

fn pointer(event: &Event) -> Option<i32> {
    whole(event, "pointerId").and_then(|id| i32::try_from(id).ok())
}

/// The region that `event` hit.
fn region(event: &Event) -> Option<String> {
    let target: Element = event.target()?.dyn_into().ok()?;
    let group = target.closest(&format!("g[id^='{PREFIX}']")).ok()??;
    group.id().strip_prefix(PREFIX).map(str::to_owned)
}

/// The wheel with Ctrl, which is also what a touchpad's pinch sends; without Ctrl it scrolls the page.
fn wheel(event: &Event, lens: RwSignal<Lens>) {
    let ctrl = event.dyn_ref::<MouseEvent>().is_some_and(MouseEvent::ctrl_key);
    let frame = frame_of(event).filter(|_| ctrl);
    let (Some(turn), Some((x, y)), Some((left, top, width, height))) =
        (whole(event, "deltaY"), point(event), frame.as_ref().and_then(bounds))
    else {
        return;
    };
    event.prevent_default();
    let at = ((x - left) * SIDE / width, (y - top) * SIDE / height);
    lens.update(|lens| *lens = lens.zoomed(500 - turn.clamp(-200, 200), 500, at));
}

/// The arrow keys look around in an enlarged picture; otherwise they scroll the page.
fn arrows(event: &Event, lens: RwSignal<Lens>) {
    let Some(key) = event.dyn_ref::<KeyboardEvent>().map(KeyboardEvent::key) else {
        return;
    };
    let (right, down) = match key.as_str() {
        "ArrowLeft" => (STEP, 0),
        "ArrowRight" => (-STEP, 0),
        "ArrowUp" => (0, STEP),
        "ArrowDown" => (0, -STEP),
        _ => return,
    };
    if lens.get_untracked().is_zoomed() {
        event.prevent_default();
        lens.update(|lens| *lens = lens.pulled(right, down));
    }
}
