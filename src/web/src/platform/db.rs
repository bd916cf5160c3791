//! IndexedDB with strict durability: one transaction an action, all its requests issued before anything is awaited.

use super::js;
use futures_channel::oneshot;
use gloo_events::EventListener;
use js_sys::Array;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{IdbDatabase, IdbOpenDbRequest, IdbRequest, IdbTransaction};

/// The database's name.
const NAME: &str = "anxue";
/// The database's version; raised with every change of its stores.
const VERSION: u32 = 1;

/// The object stores; keys and values are texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Store {
    /// `PROFILE:RECORD` → the record's exact JSON.
    Records,
    /// `PROFILE:RECORD` → `1` while the endpoint has not acknowledged it.
    Pending,
    /// `PROFILE:RECORD` → its mark, and `PROFILE:RECORD:received` → when the endpoint received it, where its time is doubtful.
    Marks,
    /// `PROFILE:RECORD` → why the endpoint refused it, and which builds of the app it refused.
    Quarantine,
    /// Profile, device, counters, tokens.
    Meta,
}

impl Store {
    const ALL: [Self; 5] = [Self::Records, Self::Pending, Self::Marks, Self::Quarantine, Self::Meta];

    fn name(self) -> &'static str {
        match self {
            Self::Records => "records",
            Self::Pending => "pending",
            Self::Marks => "marks",
            Self::Quarantine => "quarantine",
            Self::Meta => "meta",
        }
    }
}

/// Why the database did not do what was asked. Nothing was stored by halves: a transaction is all or nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DbError {
    /// The browser has no IndexedDB or refuses it (private mode, policy).
    #[error("storage refused: {0}")]
    Refused(String),
    /// The database is there and cannot be opened: damaged, or of a newer version of the app.
    #[error("database cannot be opened: {0}")]
    Broken(String),
    /// The write was not done: disk full or quota reached.
    #[error("no room: {0}")]
    Full(String),
    /// The page was left while the database was being made; opening it again goes on.
    #[error("left while opening")]
    Left,
    /// Any other failed transaction.
    #[error("not done: {0}")]
    Failed(String),
}

/// One change within a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Puts a value under a key.
    Put(Store, String, String),
    /// Removes a key.
    Delete(Store, String),
}

/// Everything that the database holds, by store, each sorted by key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contents {
    stores: [Vec<(String, String)>; 5],
}

impl Contents {
    /// The entries of a store.
    pub fn of(&self, store: Store) -> &[(String, String)] {
        &self.stores[store as usize]
    }

    /// Adds an entry to store number `store`; entries come in the order of their keys.
    pub(crate) fn push(&mut self, store: usize, key: String, value: String) {
        self.stores[store].push((key, value));
    }

    /// The value under a key.
    pub fn get(&self, store: Store, key: &str) -> Option<&str> {
        let entries = self.of(store);
        let place = entries.binary_search_by(|(known, _)| known.as_str().cmp(key)).ok()?;
        Some(&entries[place].1)
    }
}

/// An open database, and the count that it gave last.
#[derive(Clone)]
pub struct Db(IdbDatabase, Rc<Cell<u64>>);

type Handler = Closure<dyn FnMut(web_sys::Event)>;

/// Resolves with `Ok` at the first of the events `good`, with `Err` at the first of `bad`.
async fn outcome(target: &web_sys::EventTarget, good: &[&str], bad: &[&str]) -> bool {
    let (sender, receiver) = oneshot::channel();
    let sender = Rc::new(RefCell::new(Some(sender)));
    let handler = |value: bool| -> Handler {
        let sender = Rc::clone(&sender);
        Closure::new(move |event: web_sys::Event| {
            if !value {
                // Firefox reports a prevented error nowhere else; without this it goes to the console as uncaught.
                event.prevent_default();
            }
            if let Some(sender) = sender.borrow_mut().take() {
                let _ = sender.send(value);
            }
        })
    };
    let (yes, no) = (handler(true), handler(false));
    for (names, closure) in [(good, &yes), (bad, &no)] {
        for name in names {
            // Only fails for a listener that is no function.
            let _ = target.add_event_listener_with_callback(name, closure.as_ref().unchecked_ref());
        }
    }
    receiver.await.unwrap_or(false)
}

fn sort_out(error: &JsValue) -> DbError {
    let text = js::message(error);
    if text.starts_with("QuotaExceeded") {
        DbError::Full(text)
    } else {
        DbError::Failed(text)
    }
}

impl Db {
    /// Opens the database, making it on first use.
    ///
    /// # Errors
    /// `Refused` where there is none to be had, `Broken` where it does not open.
    pub async fn open() -> Result<Self, DbError> {
        let refused = |error: &JsValue| DbError::Refused(js::message(error));
        let factory = leptos::prelude::window().indexed_db().map_err(|e| refused(&e))?;
        let factory = factory.ok_or_else(|| DbError::Refused("no IndexedDB".into()))?;
        let request: IdbOpenDbRequest = factory.open_with_u32(NAME, VERSION).map_err(|e| refused(&e))?;
        let made = request.clone();
        let upgrade = Closure::<dyn FnMut()>::new(move || {
            let Some(database) = made.result().ok().and_then(|v| v.dyn_into::<IdbDatabase>().ok()) else {
                return;
            };
            for store in Store::ALL {
                // Fails only for a store that exists, which a version 1 upgrade never meets.
                let _ = database.create_object_store(store.name());
            }
        });
        request.set_onupgradeneeded(Some(upgrade.as_ref().unchecked_ref()));
        // A page that is left while it makes the database is frozen with the open transaction, and every later page waits
        // for it: so it gives the transaction up.
        let making = request.clone();
        let leave = EventListener::new(&leptos::prelude::window(), "pagehide", move |_| {
            if let Some(transaction) = js::get(&making, "transaction") {
                let _ = js::call(&transaction, "abort", &[]);
            }
        });
        // Where the transaction has not even begun there is nothing to give up yet: a page that listens for `unload` is not
        // frozen but ended, and its request with it.
        let end = EventListener::new(&leptos::prelude::window(), "unload", |_| {});
        let opened = outcome(&request, &["success"], &["error"]).await;
        drop((leave, end));
        request.set_onupgradeneeded(None);
        if !opened {
            let error = js::get(&request, "error").unwrap_or(JsValue::UNDEFINED);
            let text = js::message(&error);
            if text.starts_with("AbortError") {
                return Err(DbError::Left);
            }
            // What private modes and policies answer; everything else is a database that is there but will not open.
            let refused = ["SecurityError", "InvalidStateError", "NotAllowedError"]
                .iter()
                .any(|n| text.starts_with(n));
            return Err(if refused {
                DbError::Refused(text)
            } else {
                DbError::Broken(text)
            });
        }
        let database: IdbDatabase = request
            .result()
            .and_then(JsCast::dyn_into)
            .map_err(|error| DbError::Broken(js::message(&error)))?;
        let closing = database.clone();
        // A newer version of the app in another tab must not wait for this one; this tab then reads and writes no more.
        let close = Closure::<dyn FnMut()>::new(move || closing.close());
        database.set_onversionchange(Some(close.as_ref().unchecked_ref()));
        close.forget();
        Ok(Self(database, Rc::default()))
    }

    /// Removes the whole database.
    ///
    /// # Errors
    /// `Failed` where another tab holds it open or the browser refuses.
    pub async fn destroy() -> Result<(), DbError> {
        let factory = leptos::prelude::window().indexed_db().ok().flatten();
        let factory = factory.ok_or_else(|| DbError::Refused("no IndexedDB".into()))?;
        let request = factory.delete_database(NAME).map_err(|error| sort_out(&error))?;
        if outcome(&request, &["success"], &["error", "blocked"]).await {
            Ok(())
        } else {
            Err(DbError::Failed("another tab holds the database open".into()))
        }
    }

    fn transaction(&self, mode: &str) -> Result<IdbTransaction, DbError> {
        let names: Array = Store::ALL.iter().map(|store| JsValue::from_str(store.name())).collect();
        let options = js::object(&[("durability", "strict".into())]);
        let transaction = js::call(&self.0, "transaction", &[names.into(), mode.into(), options]);
        transaction.and_then(JsCast::dyn_into).map_err(|error| sort_out(&error))
    }

    /// Everything that is stored, as one consistent picture.
    ///
    /// # Errors
    /// `Failed` where it cannot be read.
    pub async fn contents(&self) -> Result<Contents, DbError> {
        let transaction = self.transaction("readonly")?;
        let mut requests: Vec<(IdbRequest, IdbRequest)> = Vec::new();
        for store in Store::ALL {
            let store = transaction
                .object_store(store.name())
                .map_err(|error| sort_out(&error))?;
            let pair = store.get_all_keys().and_then(|keys| Ok((keys, store.get_all()?)));
            requests.push(pair.map_err(|error| sort_out(&error))?);
        }
        finished(&transaction).await?;
        let list = |request: &IdbRequest| -> Array { request.result().map(|v| Array::from(&v)).unwrap_or_default() };
        let mut contents = Contents::default();
        for (place, (keys, values)) in requests.iter().enumerate() {
            let (keys, values) = (list(keys), list(values));
            let entry = |n: u32| Some((keys.get(n).as_string()?, values.get(n).as_string()?));
            contents.stores[place] = (0..keys.length()).filter_map(entry).collect();
        }
        Ok(contents)
    }

    /// At most `most` records of `profile` that wait to be sent, as key and exact JSON, in the order of their keys.
    ///
    /// # Errors
    /// `Failed` where they cannot be read.
    pub async fn pending(&self, profile: &str, most: u32) -> Result<Vec<(String, String)>, DbError> {
        let transaction = self.transaction("readonly")?;
        let store = |store: Store| transaction.object_store(store.name()).map_err(|error| sort_out(&error));
        // `;` follows `:`, so this range holds the keys that begin with `PROFILE:`.
        let bounds = [format!("{profile}:").into(), format!("{profile};").into()];
        let range = js::get(&js_sys::global(), "IDBKeyRange")
            .ok_or_else(|| DbError::Failed("no IDBKeyRange".into()))
            .and_then(|kind| js::call(&kind, "bound", &bounds).map_err(|error| sort_out(&error)))?;
        let keys = store(Store::Pending)?
            .get_all_keys_with_key_and_limit(&range, most)
            .map_err(|e| sort_out(&e))?;
        let records = store(Store::Records)?;
        let found: Rc<RefCell<Vec<(String, IdbRequest)>>> = Rc::default();
        let (read, fill) = (keys.clone(), Rc::clone(&found));
        let then = Closure::once(move || {
            for key in read.result().map(|v| Array::from(&v)).unwrap_or_default().iter() {
                if let (Some(text), Ok(request)) = (key.as_string(), records.get(&key)) {
                    fill.borrow_mut().push((text, request));
                }
            }
        });
        keys.set_onsuccess(Some(then.as_ref().unchecked_ref()));
        finished(&transaction).await?;
        let taken = found.take();
        let value = |request: IdbRequest| request.result().ok().and_then(|v| v.as_string());
        Ok(taken
            .into_iter()
            .filter_map(|(key, request)| Some((key, value(request)?)))
            .collect())
    }

    /// Does all `changes` or none; they are on the disk when this returns.
    ///
    /// # Errors
    /// `Full` or `Failed`; then nothing was changed.
    pub async fn write(&self, changes: &[Change]) -> Result<(), DbError> {
        let transaction = self.transaction("readwrite")?;
        issue(&transaction, changes)?;
        finished(&transaction).await
    }

    /// Does all `changes` if `Meta` has no `key` yet, otherwise nothing: of two tabs that begin at once, one decides. Says
    /// whether it was this one.
    ///
    /// # Errors
    /// `Full` or `Failed`; then nothing was changed.
    pub async fn write_first(&self, key: &str, changes: Vec<Change>) -> Result<bool, DbError> {
        let first = Rc::new(Cell::new(false));
        let ours = Rc::clone(&first);
        self.after_reading(key, move |known| {
            ours.set(known.is_none());
            if known.is_none() { changes } else { Vec::new() }
        })
        .await?;
        Ok(first.get())
    }

    /// Counts `Meta` key `counter` up by one and does the changes that `build` makes of the new count, all in one
    /// transaction: no two tabs ever get the same count. `build` changes the same keys for every count.
    ///
    /// The changes are asked for at once with the count that follows the last one given here, which saves a way to the
    /// database and back; if another tab has counted in the meantime, the same transaction puts the right ones over them.
    ///
    /// # Errors
    /// `Full` or `Failed`; then nothing was changed, the counter included.
    pub async fn write_counted(
        &self,
        counter: &str,
        build: impl Fn(u64) -> Vec<Change> + 'static,
    ) -> Result<(), DbError> {
        let transaction = self.transaction("readwrite")?;
        let meta = transaction
            .object_store(Store::Meta.name())
            .map_err(|error| sort_out(&error))?;
        let request = meta.get(&counter.into()).map_err(|error| sort_out(&error))?;
        let key = counter.to_owned();
        let put = move |transaction: &IdbTransaction, count: u64| {
            let mut changes = build(count);
            changes.push(Change::Put(Store::Meta, key.clone(), count.to_string()));
            issue(transaction, &changes)
        };
        let guess = self.1.get() + 1;
        put(&transaction, guess)?;
        let (read, inside, given) = (request.clone(), transaction.clone(), Rc::clone(&self.1));
        let then = Closure::once(move || {
            let last = read.result().ok().and_then(|value| value.as_string());
            let count = last.and_then(|last| last.parse::<u64>().ok()).unwrap_or(0) + 1;
            given.set(count);
            if count != guess && put(&inside, count).is_err() {
                // Whatever could not be asked for takes the rest with it.
                let _ = inside.abort();
            }
        });
        request.set_onsuccess(Some(then.as_ref().unchecked_ref()));
        finished(&transaction).await
    }

    /// The value under a `Meta` key.
    ///
    /// # Errors
    /// `Failed` where it cannot be read.
    pub async fn meta(&self, key: &str) -> Result<Option<String>, DbError> {
        let transaction = self.transaction("readonly")?;
        let meta = transaction
            .object_store(Store::Meta.name())
            .map_err(|error| sort_out(&error))?;
        let request = meta.get(&key.into()).map_err(|error| sort_out(&error))?;
        finished(&transaction).await?;
        Ok(request.result().ok().and_then(|value| value.as_string()))
    }

    /// Reads a `Meta` key and does the changes that `decide` makes of it, in one transaction.
    ///
    /// # Errors
    /// `Full` or `Failed`; then nothing was changed.
    pub async fn after_reading(
        &self,
        key: &str,
        decide: impl FnOnce(Option<String>) -> Vec<Change> + 'static,
    ) -> Result<(), DbError> {
        let transaction = self.transaction("readwrite")?;
        let meta = transaction
            .object_store(Store::Meta.name())
            .map_err(|error| sort_out(&error))?;
        let request = meta.get(&key.into()).map_err(|error| sort_out(&error))?;
        let (read, inside) = (request.clone(), transaction.clone());
        let then = Closure::once(move || {
            let known = read.result().ok().and_then(|value| value.as_string());
            if issue(&inside, &decide(known)).is_err() {
                // Whatever could not be issued takes the rest with it.
                let _ = inside.abort();
            }
        });
        request.set_onsuccess(Some(then.as_ref().unchecked_ref()));
        finished(&transaction).await
    }
}

fn issue(transaction: &IdbTransaction, changes: &[Change]) -> Result<(), DbError> {
    for change in changes {
        let done = match change {
            Change::Put(store, key, value) => transaction
                .object_store(store.name())
                .and_then(|store| store.put_with_key(&value.into(), &key.into())),
            Change::Delete(store, key) => transaction
                .object_store(store.name())
                .and_then(|store| store.delete(&key.into())),
        };
        done.map_err(|error| sort_out(&error))?;
    }
    Ok(())
}

async fn finished(transaction: &IdbTransaction) -> Result<(), DbError> {
    if outcome(transaction, &["complete"], &["abort", "error"]).await {
        return Ok(());
    }
    Err(sort_out(&js::get(transaction, "error").unwrap_or(JsValue::UNDEFINED)))
}
