//! Sending what waits: when, by which tab, and what follows from how it went.

use super::{App, Link};
use crate::platform::http::{self, Answer, NoAnswer};
use crate::platform::timer::spawn;
use crate::platform::{clock, dom, locks, random, timer};
use crate::state::inbox::Pulled;
use crate::state::outbox::{self, Post, Round, Sender};
use crate::state::pace::{self, Rest};
use crate::state::quarantine;
use crate::state::vault::Place;
use domain::ids::ProfileId;
use leptos::prelude::*;
use std::cell::Cell;
use std::rc::Rc;

struct Records {
    url: String,
    token: Option<String>,
}

impl Post for Records {
    async fn post(&self, body: &str) -> Result<Answer, NoAnswer> {
        // Every batch is below the limit of keepalive, so a page that closes takes none with it.
        http::post(&self.url, self.token.as_deref(), body, true).await
    }
}

impl App {
    pub(super) fn send_soon(self) {
        self.schedule(300);
    }

    /// Sends what waits, now, if there is an endpoint and a way.
    pub fn send_now(self) {
        self.inner.with_value(|inner| inner.failures.set(0));
        spawn(async move { self.send_round().await });
    }

    pub(super) fn schedule(self, ms: u32) {
        // Only the latest timer counts.
        let mine = self.inner.with_value(|inner| {
            inner.timer.set(inner.timer.get() + 1);
            inner.timer.get()
        });
        spawn(async move {
            timer::sleep(ms).await;
            if self.inner.with_value(|inner| inner.timer.get() == mine) {
                self.send_round().await;
            }
        });
    }

    pub(super) async fn send_round(self) {
        let config = self.config.get_untracked();
        let Some(endpoint) = config.as_ref().and_then(|config| config.endpoint.clone()) else {
            self.link.set(Link::NoEndpoint);
            return;
        };
        let Some(place) = self.place() else { return };
        let (profile, own) = self
            .inner
            .with_value(|inner| (inner.identity.profile, inner.identity.token.clone()));
        let config = config.unwrap_or_default();
        let token = if config.auth == "token" {
            config.token.clone()
        } else {
            own
        };
        if token.is_none() && config.auth != "none" {
            self.link.set(Link::Unlinked);
            return;
        }
        // An answer just given or a network that came back is no reason to press an endpoint that asked to be left alone.
        let rest = self.inner.with_value(|inner| inner.rest.get().left(clock::now()));
        if rest > 0 {
            self.schedule(rest);
            return;
        }
        if matches!(self.link.get_untracked(), Link::Relink | Link::Erased)
            || self.inner.with_value(|inner| inner.sending.replace(true))
        {
            self.inner.with_value(|inner| inner.again.set(true));
            return;
        }
        let lock = locks::ask(locks::OUTBOX, false).await;
        if matches!(lock, locks::Lock::Taken) {
            // The tab that sends reads the same database; look again in case it closes.
            self.inner.with_value(|inner| inner.sending.set(false));
            self.link.set(Link::Resting);
            if self.ledger.with_untracked(|ledger| !ledger.pending.is_empty()) {
                self.schedule(5_000);
            }
            return;
        }
        let build = dom::meta("anxue-build").unwrap_or_default();
        self.retry_after_update(&place, profile, &build).await;
        if self.ledger.with_untracked(|ledger| !ledger.pending.is_empty()) {
            self.link.set(Link::Sending);
        }
        let post = Records {
            url: self.api(&endpoint, "records"),
            token,
        };
        let noted = Rc::new(Cell::new(false));
        let saw = Rc::clone(&noted);
        let sender = Sender { profile, build: &build };
        let mut round = outbox::send(&place, &post, sender, move || saw.set(true)).await;
        let own = config.auth != "token";
        if round == Round::Done && own {
            round = match self.pull(&place, false).await {
                Pulled::Relink => Round::Relink,
                Pulled::Erased => Round::Erased,
                // What has to go up again goes with the next round.
                Pulled::Done { resend: true, .. } => Round::Later(Some(0)),
                // Getting records back is no reason to say that sending failed.
                Pulled::Later(after) => {
                    self.rest(after);
                    Round::Done
                }
                Pulled::Done { .. } => Round::Done,
            };
        }
        drop(lock);
        if noted.get() {
            self.reread().await;
            self.tell_others();
        }
        let again = self.inner.with_value(|inner| {
            inner.sending.set(false);
            inner.again.replace(false)
        });
        match round {
            Round::Done => {
                self.inner.with_value(|inner| inner.failures.set(0));
                self.link.set(Link::Resting);
                if again && self.ledger.with_untracked(|ledger| !ledger.pending.is_empty()) {
                    self.schedule(50);
                }
            }
            Round::Relink => self.link.set(Link::Relink),
            Round::Erased => self.link.set(Link::Erased),
            Round::Later(after) => self.try_later(after),
            Round::NotNoted => {
                self.link.set(Link::Offline);
                self.schedule(pace::WAIT.1 / 10);
            }
        }
    }

    /// Tries again after a wait that grows with each failure, and no earlier than the endpoint asked for.
    fn try_later(self, after: Option<u32>) {
        self.link.set(Link::Offline);
        let failures = self.inner.with_value(|inner| {
            inner.failures.set(inner.failures.get().saturating_add(1));
            inner.failures.get()
        });
        #[allow(clippy::cast_possible_truncation)]
        let wait = pace::wait(failures, random::bits() as u64);
        self.schedule(wait.max(self.rest(after)));
    }

    /// Leaves the endpoint alone for as many seconds as it asked for; how long that is, in milliseconds.
    fn rest(self, after: Option<u32>) -> u32 {
        let rest = Rest::begin(clock::now(), after.unwrap_or(0));
        self.inner.with_value(|inner| inner.rest.set(rest));
        rest.left(clock::now())
    }

    /// Has what was refused tried once by this build of the app. Asked once a page and profile; the tab that sends asks.
    async fn retry_after_update(self, place: &Place, profile: ProfileId, build: &str) {
        let refused = self.ledger.with_untracked(|ledger| !ledger.quarantine.is_empty());
        let asked = self.inner.with_value(|inner| inner.retried.get() == Some(profile));
        if !refused || asked {
            return;
        }
        if let Ok(due) = quarantine::retry(place, profile, build).await {
            self.inner.with_value(|inner| inner.retried.set(Some(profile)));
            if due {
                self.reread().await;
            }
        }
    }

    /// The absolute or site-relative address of a resource of the endpoint's API.
    pub(super) fn api(self, endpoint: &str, resource: &str) -> String {
        let endpoint = endpoint.trim_end_matches('/');
        if endpoint.contains("://") || endpoint.starts_with('/') {
            format!("{endpoint}/{resource}")
        } else {
            format!("{}{endpoint}/{resource}", self.base.get_value())
        }
    }
}
