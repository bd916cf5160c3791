//! Where records lie on this device: the database, or memory alone where the browser refuses one.

use crate::platform::db::{Change, Contents, Db, DbError, Store};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// What the records and the outbox ask of a place to store.
#[allow(async_fn_in_trait, reason = "one thread: the futures need no Send")]
pub trait Vault {
    /// Everything stored, as one consistent picture.
    ///
    /// # Errors
    /// What the place says.
    async fn contents(&self) -> Result<Contents, DbError>;

    /// At most `most` waiting records of `profile`, as key and exact JSON, in the order of their keys.
    ///
    /// # Errors
    /// What the place says.
    async fn pending(&self, profile: &str, most: u32) -> Result<Vec<(String, String)>, DbError>;

    /// All changes or none; they are durable when this returns.
    ///
    /// # Errors
    /// What the place says; then nothing was changed.
    async fn write(&self, changes: &[Change]) -> Result<(), DbError>;

    /// Does all `changes` if `Meta` has no `key` yet, otherwise nothing; says which.
    ///
    /// # Errors
    /// What the place says; then nothing was changed.
    async fn write_first(&self, key: &str, changes: Vec<Change>) -> Result<bool, DbError>;

    /// Counts `counter` up and does the changes made of the new count, in one go. `build` may be asked more than once, and
    /// changes the same keys for every count; what it made last holds.
    ///
    /// # Errors
    /// What the place says; then nothing was changed.
    async fn write_counted(&self, counter: &str, build: impl Fn(u64) -> Vec<Change> + 'static) -> Result<(), DbError>;
}

/// Reading and changing single values of `Meta`.
#[allow(async_fn_in_trait, reason = "one thread: the futures need no Send")]
pub trait Values {
    /// The value under a `Meta` key.
    ///
    /// # Errors
    /// What the place says.
    async fn meta(&self, key: &str) -> Result<Option<String>, DbError>;

    /// Reads a `Meta` key and does the changes that `decide` makes of it, in one go.
    ///
    /// # Errors
    /// What the place says; then nothing was changed.
    async fn after_reading(
        &self,
        key: &str,
        decide: impl FnOnce(Option<String>) -> Vec<Change> + 'static,
    ) -> Result<(), DbError>;
}

impl Values for Memory {
    async fn meta(&self, key: &str) -> Result<Option<String>, DbError> {
        Ok(self.0.borrow().get(&(Store::Meta as u8, key.to_owned())).cloned())
    }

    async fn after_reading(
        &self,
        key: &str,
        decide: impl FnOnce(Option<String>) -> Vec<Change> + 'static,
    ) -> Result<(), DbError> {
        let known = self.meta(key).await?;
        self.apply(decide(known));
        Ok(())
    }
}

impl Values for Place {
    async fn meta(&self, key: &str) -> Result<Option<String>, DbError> {
        match self {
            Self::Disk(db) => db.meta(key).await,
            Self::Memory(memory) => memory.meta(key).await,
        }
    }

    async fn after_reading(
        &self,
        key: &str,
        decide: impl FnOnce(Option<String>) -> Vec<Change> + 'static,
    ) -> Result<(), DbError> {
        match self {
            Self::Disk(db) => db.after_reading(key, decide).await,
            Self::Memory(memory) => memory.after_reading(key, decide).await,
        }
    }
}

/// Stores that end with the tab; also the native tests' database.
#[derive(Clone, Default)]
pub struct Memory(Rc<RefCell<BTreeMap<(u8, String), String>>>);

impl Memory {
    fn apply(&self, changes: Vec<Change>) {
        let mut stores = self.0.borrow_mut();
        for change in changes {
            match change {
                Change::Put(store, key, value) => stores.insert((store as u8, key), value),
                Change::Delete(store, key) => stores.remove(&(store as u8, key)),
            };
        }
    }
}

impl Vault for Memory {
    async fn contents(&self) -> Result<Contents, DbError> {
        let mut contents = Contents::default();
        for ((store, key), value) in self.0.borrow().iter() {
            contents.push(usize::from(*store), key.clone(), value.clone());
        }
        Ok(contents)
    }

    async fn pending(&self, profile: &str, most: u32) -> Result<Vec<(String, String)>, DbError> {
        let stores = self.0.borrow();
        let prefix = format!("{profile}:");
        let keys = stores
            .keys()
            .filter(|(store, key)| *store == Store::Pending as u8 && key.starts_with(&prefix));
        let record = |key: &String| Some((key.clone(), stores.get(&(Store::Records as u8, key.clone()))?.clone()));
        Ok(keys.take(most as usize).filter_map(|(_, key)| record(key)).collect())
    }

    async fn write(&self, changes: &[Change]) -> Result<(), DbError> {
        self.apply(changes.to_vec());
        Ok(())
    }

    async fn write_first(&self, key: &str, changes: Vec<Change>) -> Result<bool, DbError> {
        let first = !self.0.borrow().contains_key(&(Store::Meta as u8, key.to_owned()));
        if first {
            self.apply(changes);
        }
        Ok(first)
    }

    async fn write_counted(&self, counter: &str, build: impl Fn(u64) -> Vec<Change> + 'static) -> Result<(), DbError> {
        let key = (Store::Meta as u8, counter.to_owned());
        let count = self
            .0
            .borrow()
            .get(&key)
            .and_then(|v| v.parse::<u64>().ok())
            .unwrap_or(0)
            + 1;
        let mut changes = build(count);
        changes.push(Change::Put(Store::Meta, counter.to_owned(), count.to_string()));
        self.apply(changes);
        Ok(())
    }
}

/// The vault of the running app.
#[derive(Clone)]
pub enum Place {
    /// On the disk.
    Disk(Db),
    /// In memory: the person is told that nothing outlives the tab.
    Memory(Memory),
}

impl Vault for Place {
    async fn contents(&self) -> Result<Contents, DbError> {
        match self {
            Self::Disk(db) => db.contents().await,
            Self::Memory(memory) => memory.contents().await,
        }
    }

    async fn pending(&self, profile: &str, most: u32) -> Result<Vec<(String, String)>, DbError> {
        match self {
            Self::Disk(db) => db.pending(profile, most).await,
            Self::Memory(memory) => memory.pending(profile, most).await,
        }
    }

    async fn write(&self, changes: &[Change]) -> Result<(), DbError> {
        match self {
            Self::Disk(db) => db.write(changes).await,
            Self::Memory(memory) => memory.write(changes).await,
        }
    }

    async fn write_first(&self, key: &str, changes: Vec<Change>) -> Result<bool, DbError> {
        match self {
            Self::Disk(db) => db.write_first(key, changes).await,
            Self::Memory(memory) => memory.write_first(key, changes).await,
        }
    }

    async fn write_counted(&self, counter: &str, build: impl Fn(u64) -> Vec<Change> + 'static) -> Result<(), DbError> {
        match self {
            Self::Disk(db) => db.write_counted(counter, build).await,
            Self::Memory(memory) => memory.write_counted(counter, build).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pollster::block_on;

    #[test]
    fn of_two_tabs_that_begin_at_once_the_first_decides() {
        let vault = Memory::default();
        for name in ["first", "second"] {
            let put = Change::Put(Store::Meta, "profile".into(), name.into());
            let first = block_on(vault.write_first("profile", vec![put])).unwrap();
            assert_eq!(first, name == "first");
        }
        assert_eq!(
            block_on(vault.contents()).unwrap().get(Store::Meta, "profile"),
            Some("first")
        );
    }

    #[test]
    fn no_count_is_given_twice() {
        let vault = Memory::default();
        let seen: Rc<RefCell<Vec<u64>>> = Rc::default();
        for _ in 0..3 {
            let out = Rc::clone(&seen);
            block_on(vault.write_counted("seq", move |count| {
                out.borrow_mut().push(count);
                Vec::new()
            }))
            .unwrap();
        }
        assert_eq!(*seen.borrow(), [1, 2, 3]);
    }
}
