//! One person on several devices, several people on one: linking, getting records back, leaving, what the endpoint holds.

use super::{App, JoinError, Link};
use crate::platform::db::{Change, Contents, Store};
use crate::platform::http::{self, Answer, NoAnswer};
use crate::platform::{random, timer};
use crate::state::identity::Identity;
use crate::state::inbox::{self, Get, Pulled};
use crate::state::ledger::Ledger;
use crate::state::vault::{Place, Vault};
use domain::ids::ProfileId;
use leptos::prelude::*;
use wire::api::{LinkAnswer, LinkClaimRequest, LinkCode, PersonAnswer, Problem, RecordsPage};

/// For how long records that came back are fresh enough, in milliseconds.
const FRESH: i64 = 60_000;

/// How leaving this browser ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaving {
    /// Nothing of the person is here any more.
    Left,
    /// So many records are here alone; nothing was removed.
    Unsent(usize),
    /// The browser did not do it.
    Failed,
}

/// Everything that the endpoint holds on a person.
#[derive(serde::Serialize)]
struct Held {
    person: PersonAnswer,
    records: Vec<Box<serde_json::value::RawValue>>,
}

pub(super) struct Fetch {
    pub(super) url: String,
    pub(super) token: Option<String>,
}

impl Get for Fetch {
    async fn get(&self, cursor: Option<&str>) -> Result<Answer, NoAnswer> {
        // Cursors are the endpoint's own: hexadecimal digits, and a number behind a dot.
        let after = cursor.map(|cursor| format!("&after={cursor}")).unwrap_or_default();
        http::get_with(&format!("{}?limit=500{after}", self.url), self.token.as_deref()).await
    }
}

impl App {
    /// Whether the endpoint can do it.
    pub fn can(self, capability: &str) -> bool {
        self.config
            .with(|config| config.as_ref().is_some_and(|config| config.can(capability)))
    }

    /// The address of a resource and this person's token, where there are both.
    fn of_person(self, resource: &str) -> Option<(String, String)> {
        let endpoint = self.config.get_untracked()?.endpoint?;
        let token = self.inner.with_value(|inner| inner.identity.token.clone())?;
        Some((self.api(&endpoint, resource), token))
    }

    /// Gets back what other devices of this person sent, at most once a minute unless it is `wanted` now. Whether the endpoint
    /// has to get everything again.
    pub(super) async fn pull(self, place: &Place, wanted: bool) -> Pulled {
        let done = Pulled::Done { new: 0, resend: false };
        let can = self
            .config
            .with_untracked(|config| config.as_ref().is_some_and(|config| config.can("pull")));
        let Some((url, token)) = self.of_person("records").filter(|_| can) else {
            return done;
        };
        let now = crate::platform::clock::now().0;
        let fresh = self.inner.with_value(|inner| (now - inner.pulled.get()).abs() < FRESH);
        if fresh && !wanted {
            return done;
        }
        let profile = self.inner.with_value(|inner| inner.identity.profile);
        let get = Fetch {
            url,
            token: Some(token),
        };
        let pulled = inbox::pull(place, &get, profile, || {}).await;
        if let Pulled::Done { new, resend } = pulled {
            self.inner.with_value(|inner| inner.pulled.set(now));
            if new > 0 || resend {
                self.reread().await;
                self.tell_others();
            }
        }
        pulled
    }

    /// Makes a one-time code for a further device of this person.
    ///
    /// # Errors
    /// There is none.
    pub async fn new_link(self) -> Result<LinkCode, JoinError> {
        let (url, token) = self.of_person("links").ok_or(JoinError::Offline)?;
        let answer = http::post(&url, Some(&token), "", false).await;
        let answer = answer.map_err(|_| JoinError::Offline)?;
        serde_json::from_slice(&answer.body).map_err(|_| refusal(&answer))
    }

    /// Links this browser by a code. `mine` says that the records of the profile in use are the same person's; otherwise they
    /// stay apart under their own profile, and a new one is linked. How many records came back.
    ///
    /// # Errors
    /// Nothing changed here.
    pub async fn link_by(self, code: String, mine: bool) -> Result<usize, JoinError> {
        let endpoint = self.config.get_untracked().and_then(|config| config.endpoint);
        let endpoint = endpoint.ok_or(JoinError::Offline)?;
        // A token that came before there is a place to keep it would be lost.
        while self
            .storage
            .with_untracked(|storage| *storage == super::Storage::Opening)
        {
            timer::sleep(50).await;
        }
        let place = self.place().ok_or(JoinError::NotStored)?;
        let mut identity = self.inner.with_value(|inner| inner.identity.clone());
        if !mine {
            identity.profile = Identity::new([random::bits(), random::bits()]).profile;
        }
        let request = LinkClaimRequest {
            code,
            profile: identity.profile.to_string(),
        };
        let body = serde_json::to_string(&request).map_err(|_| JoinError::Offline)?;
        let answer = http::post(&self.api(&endpoint, "links/claims"), None, &body, false).await;
        let answer = answer.map_err(|_| JoinError::Offline)?;
        let linked = serde_json::from_slice::<LinkAnswer>(&answer.body).map_err(|_| refusal(&answer))?;
        identity.token = Some(linked.token);
        identity.name = linked.name;
        identity.unit = linked.unit;
        place
            .write(&identity.changes())
            .await
            .map_err(|_| JoinError::NotStored)?;
        self.take_on(&place, identity).await;
        let pulled = self.pull(&place, true).await;
        self.send_now();
        Ok(if let Pulled::Done { new, .. } = pulled { new } else { 0 })
    }

    /// Makes `identity`, which is stored, the one in use.
    async fn take_on(self, place: &Place, identity: Identity) {
        let contents = place.contents().await.unwrap_or_default();
        self.inner.update_value(|inner| inner.identity = identity.clone());
        self.ledger.set(Ledger::read(&contents, identity.profile));
        self.identity.set(Some(identity));
        self.link.set(Link::Resting);
        self.tell_others();
    }

    /// Sends what waits and then removes token and data of the profile in use from this browser. Where something could not be
    /// sent, nothing is removed unless `all_the_same`.
    pub async fn leave(self, all_the_same: bool) -> Leaving {
        let Some(place) = self.place() else {
            return Leaving::Failed;
        };
        if !all_the_same {
            self.send_round().await;
            let alone = self.inspections().await.len()
                + self.ledger.with_untracked(|ledger| {
                    let linked = self.inner.with_value(|inner| inner.identity.token.is_some());
                    if linked {
                        ledger.pending.len() + ledger.quarantine.len()
                    } else {
                        ledger.stored()
                    }
                });
            if alone > 0 {
                return Leaving::Unsent(alone);
            }
        }
        let Ok(contents) = place.contents().await else {
            return Leaving::Failed;
        };
        let profile = self.inner.with_value(|inner| inner.identity.profile);
        let next = Identity {
            device: self.inner.with_value(|inner| inner.identity.device),
            ..Identity::new([random::bits(), random::bits()])
        };
        let mut changes = of_profile(&contents, profile);
        changes.extend(next.changes());
        if place.write(&changes).await.is_err() {
            return Leaving::Failed;
        }
        self.take_on(&place, next).await;
        Leaving::Left
    }

    /// Everything that the endpoint holds on this person, as the text of a file.
    ///
    /// # Errors
    /// It could not be had in full.
    pub async fn held(self) -> Result<String, JoinError> {
        let (url, token) = self.of_person("person").ok_or(JoinError::Offline)?;
        let answer = http::get_with(&url, Some(&token)).await;
        let answer = answer.map_err(|_| JoinError::Offline)?;
        let person = serde_json::from_slice(&answer.body).map_err(|_| refusal(&answer))?;
        let (url, token) = self.of_person("records").ok_or(JoinError::Offline)?;
        let fetch = Fetch {
            url,
            token: Some(token),
        };
        let (mut records, mut cursor) = (Vec::new(), None::<String>);
        loop {
            let answer = fetch.get(cursor.as_deref()).await.map_err(|_| JoinError::Offline)?;
            let page: RecordsPage = serde_json::from_slice(&answer.body).map_err(|_| refusal(&answer))?;
            let moved = cursor.as_ref() != Some(&page.next);
            records.extend(page.records.into_iter().map(|entry| entry.record));
            if !page.more || !moved {
                break;
            }
            cursor = Some(page.next);
        }
        serde_json::to_string_pretty(&Held { person, records }).map_err(|_| JoinError::Offline)
    }

    /// Has the endpoint erase everything on this person. What is here stays until the person leaves.
    ///
    /// # Errors
    /// It was not erased.
    pub async fn erase_held(self) -> Result<(), JoinError> {
        let (url, token) = self.of_person("person").ok_or(JoinError::Offline)?;
        let answer = http::delete(&url, &token).await.map_err(|_| JoinError::Offline)?;
        if answer.status != 204 && answer.status != 410 {
            return Err(refusal(&answer));
        }
        self.link.set(Link::Erased);
        Ok(())
    }
}

fn refusal(answer: &Answer) -> JoinError {
    let problem = serde_json::from_slice::<Problem>(&answer.body);
    problem.map_or(JoinError::Offline, |problem| JoinError::Refused(problem.code))
}

/// The changes that remove everything of a profile.
fn of_profile(contents: &Contents, profile: ProfileId) -> Vec<Change> {
    let (first, last) = (format!("{profile}:"), format!(":{profile}"));
    let stores = [
        Store::Records,
        Store::Pending,
        Store::Marks,
        Store::Quarantine,
        Store::Meta,
    ];
    let mut changes = Vec::new();
    for store in stores {
        let entries = contents.of(store).iter().map(|(key, _)| key);
        let mine = entries.filter(|key| key.starts_with(&first) || (store == Store::Meta && key.contains(&last)));
        changes.extend(mine.map(|key| Change::Delete(store, key.clone())));
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::vault::Memory;
    use pollster::block_on;

    #[test]
    fn leaving_takes_everything_of_one_profile_and_nothing_of_another() {
        let (mine, other) = (Identity::new([1, 2]), Identity::new([3, 2]));
        let vault = Memory::default();
        for identity in [&other, &mine] {
            let identity = Identity {
                token: Some("secret".into()),
                name: "张三".into(),
                ..identity.clone()
            };
            let key = crate::state::ledger::key(identity.profile, "r");
            let mut changes = identity.changes();
            for store in [Store::Records, Store::Pending, Store::Marks, Store::Quarantine] {
                changes.push(Change::Put(store, key.clone(), "x".into()));
            }
            changes.push(Change::Put(
                Store::Meta,
                inbox::cursor_key(identity.profile),
                "c".into(),
            ));
            block_on(vault.write(&changes)).unwrap();
        }
        let before = block_on(vault.contents()).unwrap();
        block_on(vault.write(&of_profile(&before, mine.profile))).unwrap();
        let after = block_on(vault.contents()).unwrap();
        let text = format!("{after:?}");
        // The name of the profile in use is replaced by that of the next one.
        assert_eq!(text.matches(&mine.profile.to_string()).count(), 1);
        assert_eq!(
            Identity::of(&after, other.profile).unwrap().token.as_deref(),
            Some("secret")
        );
        assert_eq!(after.of(Store::Records).len(), 1);
        assert!(after.get(Store::Meta, &inbox::cursor_key(other.profile)).is_some());
    }
}
