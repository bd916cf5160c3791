//! Drafts of exercises: what a person has done of one, kept at every change, so that a report half written outlives a closed
//! page. Under the `Meta` key `draft:PROFILE:ITEM@REVISION`, until the exercise is handed in.

use super::App;
use crate::platform::db::{Change, Store};
use crate::platform::timer::spawn;
use crate::state::vault::{Values, Vault};
use domain::item::{Item, Response};
use leptos::prelude::*;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wire::record::{read_response, write_response};

/// What is on its way to the disk. Outlives the page, so that the last change is kept even if the page is left at once.
struct Way {
    key: String,
    /// What is to be stored next; an empty text takes the draft away.
    next: RefCell<Option<String>>,
    writing: Cell<bool>,
}

/// The draft of one exercise on the page.
#[derive(Clone, Copy)]
pub struct Draft {
    app: App,
    way: StoredValue<Rc<Way>, LocalStorage>,
    /// Whether the last change could not be kept.
    pub failed: RwSignal<bool>,
}

impl Draft {
    /// The draft of this wording of an item, of the person who uses this browser now.
    pub fn of(app: App, item: &Item) -> Self {
        let profile = app.inner.with_value(|inner| inner.identity.profile);
        let way = Way {
            key: format!("draft:{profile}:{}@{}", item.id, item.revision.0),
            next: RefCell::new(None),
            writing: Cell::new(false),
        };
        Self {
            app,
            way: StoredValue::new_local(Rc::new(way)),
            failed: RwSignal::new(false),
        }
    }

    /// What was kept; none where nothing was, or it cannot be read.
    pub async fn read(self) -> Option<Response> {
        let key = self.way.with_value(|way| way.key.clone());
        let text = self.app.place()?.meta(&key).await.ok()??;
        read_response(&text).ok()
    }

    /// Keeps a response; an empty one takes the draft away. While one is being written, only the latest that comes waits.
    pub fn keep(self, response: &Response) {
        let text = if response.is_empty() {
            String::new()
        } else {
            write_response(response)
        };
        self.change(text);
    }

    /// Takes the draft away: the exercise is handed in.
    pub fn drop(self) {
        self.change(String::new());
    }

    fn change(self, text: String) {
        let way = self.way.get_value();
        *way.next.borrow_mut() = Some(text);
        if way.writing.replace(true) {
            return;
        }
        spawn(async move {
            loop {
                let next = way.next.borrow_mut().take();
                let (Some(text), Some(place)) = (next, self.app.place()) else {
                    break;
                };
                let change = if text.is_empty() {
                    Change::Delete(Store::Meta, way.key.clone())
                } else {
                    Change::Put(Store::Meta, way.key.clone(), text)
                };
                let done = place.write(&[change]).await;
                self.failed.try_set(done.is_err());
            }
            way.writing.set(false);
        });
    }
}
