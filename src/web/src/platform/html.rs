//! Pieces of page: DOM nodes made at once, kept up to date by Leptos effects.
//!
//! Leptos' `view!` gives each piece a type of its own, and the wasm a copy of the rendering code for each type: this app
//! was 273,433 bytes of brotli with it and 206,456 with one type for all pieces. Signals, owners, effects, context and
//! mounting are Leptos'.

use gloo_events::{EventListener, EventListenerOptions};
use leptos::prelude::{Get, RenderEffect, RwSignal, Set, document};
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
pub use web_sys::Event;
use web_sys::{Element, Node};

/// A piece of page: an element, a text or a run of nodes, with the effects and listeners that keep it alive. Dropping one
/// that is in the page leaves the nodes as they are, without life.
pub struct Html {
    node: Node,
    held: Vec<Box<dyn Any>>,
}

/// An element of this tag.
pub fn el(tag: &str) -> Html {
    // Fails only for a name that is no tag; all names here are literals.
    let element = document().create_element(tag);
    Html {
        node: element.map_or_else(|_| document().create_text_node("").into(), Into::into),
        held: Vec::new(),
    }
}

/// An element of this tag in a picture: `svg` itself and all that stands in it.
pub fn svg(tag: &str) -> Html {
    let element = document().create_element_ns(Some("http://www.w3.org/2000/svg"), tag);
    Html {
        node: element.map_or_else(|_| document().create_text_node("").into(), Into::into),
        held: Vec::new(),
    }
}

/// Nothing, or a place to collect pieces that have no element around them.
pub fn none() -> Html {
    Html {
        node: document().create_document_fragment().into(),
        held: Vec::new(),
    }
}

/// A text.
pub fn text(words: &str) -> Html {
    Html {
        node: document().create_text_node(words).into(),
        held: Vec::new(),
    }
}

/// What the present piece of a dynamic one holds.
type Inside = Rc<RefCell<Vec<Box<dyn Any>>>>;

/// Whether a piece is still there. An effect that was told of a change runs a moment later, and by then its piece, with the
/// signals made for it, may be gone. What stands inside goes with it at once: Leptos keeps an effect's value until the
/// effect's task has ended.
struct Alive(Rc<Cell<bool>>, Inside);

impl Alive {
    fn new() -> (Self, Rc<Cell<bool>>) {
        let alive = Rc::new(Cell::new(true));
        (Self(Rc::clone(&alive), Inside::default()), alive)
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.set(false);
        // Taken out first: what is dropped may come back here.
        drop(self.1.take());
    }
}

/// A piece that is made anew whenever a signal that `make` read has changed.
pub fn dynamic(make: impl Fn() -> Html + 'static) -> Html {
    let place = none();
    // Empty texts mark both ends: what stands between them is replaced.
    let (start, end): (Node, Node) = (
        document().create_text_node("").into(),
        document().create_text_node("").into(),
    );
    let _ = place.node.append_child(&start);
    let _ = place.node.append_child(&end);
    run(place, start, end, Box::new(make))
}

/// A piece that is made once what stands around it has been drawn.
pub fn later(make: impl Fn() -> Html + 'static) -> Html {
    let due = RwSignal::new(false);
    super::timer::spawn(async move {
        super::timer::drawn().await;
        due.try_set(true);
    });
    dynamic(move || if due.get() { make() } else { none() })
}

/// Apart from `dynamic`, so that this code exists once and not for each closure.
fn run(mut place: Html, start: Node, end: Node, make: Box<dyn Fn() -> Html>) -> Html {
    let (guard, alive) = Alive::new();
    let inside = Rc::clone(&guard.1);
    let effect = RenderEffect::new(move |_: Option<()>| {
        if !alive.get() {
            return;
        }
        // The effects of the old piece end before the new one is made.
        drop(inside.take());
        let piece = make();
        while let Some(old) = start.next_sibling().filter(|node| !node.is_same_node(Some(&end))) {
            if let Some(parent) = old.parent_node() {
                let _ = parent.remove_child(&old);
            }
        }
        if let Some(parent) = end.parent_node() {
            let _ = parent.insert_before(&piece.node, Some(&end));
        }
        *inside.borrow_mut() = piece.held;
    });
    place.held.push(Box::new((guard, effect)));
    place
}

impl Html {
    fn element(&self) -> Option<&Element> {
        self.node.dyn_ref()
    }

    /// With these classes.
    #[must_use]
    pub fn class(self, names: &str) -> Self {
        self.attr("class", names)
    }

    /// With an attribute.
    #[must_use]
    pub fn attr(self, name: &str, value: &str) -> Self {
        if let Some(element) = self.element() {
            let _ = element.set_attribute(name, value);
        }
        self
    }

    /// With an attribute that follows signals; none takes it away.
    #[must_use]
    pub fn attr_of(mut self, name: &'static str, value: impl Fn() -> Option<String> + 'static) -> Self {
        if let Some(element) = self.element().cloned() {
            self.held.push(attribute(element, name, Box::new(value)));
        }
        self
    }

    /// With a property that follows signals, such as `checked` or `value`.
    #[must_use]
    pub fn prop_of(mut self, name: &'static str, value: impl Fn() -> JsValue + 'static) -> Self {
        let node = self.node.clone();
        let (guard, alive) = Alive::new();
        let effect = RenderEffect::new(move |_: Option<()>| {
            if !alive.get() {
                return;
            }
            let _ = js_sys::Reflect::set(&node, &name.into(), &value());
        });
        self.held.push(Box::new((guard, effect)));
        self
    }

    /// With a listener.
    #[must_use]
    pub fn on(mut self, name: &'static str, hear: impl FnMut(&Event) + 'static) -> Self {
        let options = EventListenerOptions::enable_prevent_default();
        let listener = EventListener::new_with_options(&self.node, name, options, hear);
        self.held.push(Box::new(listener));
        self
    }

    /// With a text after what is there.
    #[must_use]
    pub fn text(self, words: &str) -> Self {
        let _ = self.node.append_child(&document().create_text_node(words));
        self
    }

    /// With a text that follows signals.
    #[must_use]
    pub fn text_of(mut self, words: impl Fn() -> String + 'static) -> Self {
        let node = document().create_text_node("");
        let _ = self.node.append_child(&node);
        self.held.push(said(node, Box::new(words)));
        self
    }

    /// With another piece after what is there.
    #[must_use]
    pub fn child(mut self, mut piece: Self) -> Self {
        let _ = self.node.append_child(&piece.node);
        self.held.append(&mut piece.held);
        self
    }

    /// With the piece, if there is one.
    #[must_use]
    pub fn maybe(self, piece: Option<Self>) -> Self {
        match piece {
            Some(piece) => self.child(piece),
            None => self,
        }
    }

    /// With all pieces, in order.
    #[must_use]
    pub fn all(self, pieces: impl IntoIterator<Item = Self>) -> Self {
        pieces.into_iter().fold(self, Self::child)
    }

    /// With a piece that follows signals.
    #[must_use]
    pub fn dynamic(self, make: impl Fn() -> Self + 'static) -> Self {
        self.child(dynamic(make))
    }

    /// With markup as its content. Only for what was sanitised when its pack was built and proven by the pack's hash.
    #[must_use]
    pub fn sanitised(self, markup: &str) -> Self {
        if let Some(element) = self.element() {
            element.set_inner_html(markup);
        }
        self
    }

    /// Puts the piece into `parent`, for as long as the page lives.
    pub fn mount(self, parent: &Node) {
        let _ = parent.append_child(&self.node);
        std::mem::forget(self.held);
    }
}

fn attribute(element: Element, name: &'static str, value: Box<dyn Fn() -> Option<String>>) -> Box<dyn Any> {
    let (guard, alive) = Alive::new();
    let effect = RenderEffect::new(move |before: Option<Option<String>>| {
        if !alive.get() {
            return None;
        }
        let now = value();
        if before.as_ref() != Some(&now) {
            let _ = match &now {
                Some(value) => element.set_attribute(name, value),
                None => element.remove_attribute(name),
            };
        }
        now
    });
    Box::new((guard, effect))
}

fn said(node: web_sys::Text, words: Box<dyn Fn() -> String>) -> Box<dyn Any> {
    let (guard, alive) = Alive::new();
    let effect = RenderEffect::new(move |_: Option<()>| {
        if alive.get() {
            node.set_data(&words());
        }
    });
    Box::new((guard, effect))
}
