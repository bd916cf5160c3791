//! What a browser has stored, read past the app: the database `anxue`, as the page contract lays it out.

use crate::browser::Browser;
use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Opens the database only if it is there, so that looking never makes one.
const READ: &str = "
    const db = await new Promise((done, fail) => {
        const request = indexedDB.open('anxue');
        request.onupgradeneeded = () => request.transaction.abort();
        request.onerror = () => done(null);
        request.onsuccess = () => done(request.result);
    });
    const all = { records: {}, pending: {}, marks: {}, quarantine: {}, meta: {} };
    if (!db) return all;
    try {
        const names = Object.keys(all).filter(name => db.objectStoreNames.contains(name));
        const view = db.transaction(names);
        await Promise.all(names.map(name => new Promise((done, fail) => {
            const request = view.objectStore(name).openCursor();
            request.onerror = () => fail(request.error);
            request.onsuccess = () => {
                const at = request.result;
                if (!at) return done();
                all[name][String(at.key)] = at.value;
                at.continue();
            };
        })));
    } finally { db.close(); }
    return all;";

/// The stores, each value by its key.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Local {
    /// `PROFILE:RECORDID` to the record's exact JSON.
    pub records: BTreeMap<String, String>,
    /// `PROFILE:RECORDID` of what the endpoint has not acknowledged.
    pub pending: BTreeMap<String, Value>,
    /// `PROFILE:RECORDID` to a mark.
    pub marks: BTreeMap<String, Value>,
    /// `PROFILE:RECORDID` to why it was refused.
    pub quarantine: BTreeMap<String, Value>,
    /// Everything else.
    pub meta: BTreeMap<String, Value>,
}

impl Browser {
    /// What the browser has stored for the page's origin; all empty where there is no database.
    pub async fn local(&self) -> Result<Local> {
        let all = self.script(READ, vec![]).await?;
        serde_json::from_value(all).context("the database is not laid out as the page contract says")
    }
}

impl Local {
    /// The records by id; an id that two profiles have is an error.
    pub fn by_id(&self) -> Result<BTreeMap<String, String>> {
        let mut found = BTreeMap::new();
        for (key, text) in &self.records {
            let (_, id) = key
                .split_once(':')
                .with_context(|| format!("{key} is not PROFILE:RECORDID"))?;
            ensure!(
                found.insert(id.to_owned(), text.clone()).is_none(),
                "{id} is stored twice"
            );
        }
        Ok(found)
    }

    /// The records as JSON.
    pub fn parsed(&self) -> Result<Vec<Value>> {
        self.records
            .values()
            .map(|text| Ok(serde_json::from_str(text)?))
            .collect()
    }

    /// How many records there are of a kind.
    pub fn count(&self, kind: &str) -> Result<usize> {
        Ok(self.parsed()?.iter().filter(|record| record["kind"] == kind).count())
    }

    /// The profiles that have records.
    pub fn profiles(&self) -> BTreeSet<&str> {
        self.records
            .keys()
            .filter_map(|key| key.split_once(':'))
            .map(|(profile, _)| profile)
            .collect()
    }

    /// The only token stored, as joining left it.
    pub fn token(&self) -> Result<String> {
        let mut tokens = self.meta.iter().filter(|(key, _)| key.starts_with("token:"));
        let (_, token) = tokens.next().context("no `token:PROFILE` in the store meta")?;
        ensure!(tokens.next().is_none(), "more than one token is stored");
        Ok(token.as_str().context("the token is no text")?.to_owned())
    }

    /// Checks that no device used a sequence number twice.
    pub fn sequences_are_unique(&self) -> Result<()> {
        let mut seen = BTreeSet::new();
        for record in self.parsed()? {
            let place = (record["device"].to_string(), record["seq"].to_string());
            ensure!(seen.insert(place), "device and seq are used twice: {record}");
        }
        Ok(())
    }
}
