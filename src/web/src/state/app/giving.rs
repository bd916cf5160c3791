//! Giving an answer: stored, then marked and shown, once.

use super::App;
use crate::platform::timer::{self, spawn};
use domain::ids::{AttemptId, PackHash};
use domain::item::{Item, Response};
use domain::marking::Mark;
use domain::record::RecordBody;
use leptos::prelude::*;
use std::sync::Arc;

/// How long a page may look as if nothing had happened while an answer is stored, in milliseconds. Drawing that it is being
/// stored costs an old phone more time than the storing.
const PATIENCE_MS: u32 = 150;

/// One place on a page where an answer can be given, and how storing it fares.
#[derive(Clone, Copy)]
pub struct Giving {
    /// Whether storing takes long enough to be shown.
    pub slow: RwSignal<bool>,
    /// Whether the last answer could not be stored; it may be given again.
    pub failed: RwSignal<bool>,
    /// Whether an answer is on its way to the disk or there.
    pub taken: RwSignal<bool>,
    done: StoredValue<bool>,
}

/// What is answered.
#[derive(Clone)]
pub struct Given {
    /// The item.
    pub item: Arc<Item>,
    /// The pack that its wording came from.
    pub pack: PackHash,
    /// The set that it belongs to, if any.
    pub attempt: Option<AttemptId>,
}

impl Default for Giving {
    fn default() -> Self {
        Self {
            slow: RwSignal::new(false),
            failed: RwSignal::new(false),
            taken: RwSignal::new(false),
            done: StoredValue::new(false),
        }
    }
}

impl Giving {
    /// Stores `response`; only when it is on the disk is it marked and handed to `show`. A second answer at the same place does
    /// nothing.
    pub fn give(self, app: App, what: Given, response: Response, show: impl FnOnce(Response, Mark) + 'static) {
        if self.taken.get_untracked() {
            return;
        }
        self.taken.set(true);
        spawn(async move {
            timer::sleep(PATIENCE_MS).await;
            if self.taken.try_get_untracked() == Some(true) && self.done.try_get_value() == Some(false) {
                self.slow.try_set(true);
            }
        });
        spawn(async move {
            let body = RecordBody::Answered {
                attempt: what.attempt,
                item: what.item.id.clone(),
                revision: what.item.revision,
                pack: what.pack,
                response: response.clone(),
            };
            let stored = app
                .answer(body, || {
                    let mark = app.mark(&what.item, &response);
                    self.done.try_update_value(|done| *done = true);
                    self.failed.try_set(false);
                    self.slow.try_set(false);
                    show(response, mark);
                    mark
                })
                .await;
            if stored.is_err() {
                self.slow.try_set(false);
                self.failed.try_set(true);
                self.taken.try_set(false);
            }
        });
    }
}
