//! The packs that answers are marked against. A pack never changes, so it is read once and remembered.

use crate::store::{Place, Store, StoreError, Verdict};
use domain::ids::{ItemId, PackHash};
use domain::item::Response;
use domain::marking::{self, Rule};
use domain::record::RecordBody;
use domain::time::Timestamp;
use domain::units::Revision;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock};
use wire::FormError;
use wire::pack::Bank;

/// The most banks that are remembered; then it begins anew. A bank of 100 items takes about 200 KiB.
const MOST: usize = 64;

/// How many waiting answers are verified at a time.
const PAGE: usize = 200;

/// What a hash stands for.
#[derive(Clone)]
pub(crate) enum Found {
    /// A bank that everybody may have.
    Bank(Arc<Bank>),
    /// A pack that holds no items.
    Other,
    /// A sealed bank: nothing is ever marked against it but a whole assessment.
    Sealed,
    /// Nothing, or nothing that this program can read.
    Nothing,
}

/// The packs of a store.
pub struct Packs {
    store: Arc<dyn Store>,
    known: RwLock<HashMap<PackHash, Found>>,
    sealed: RwLock<HashMap<PackHash, Arc<Bank>>>,
}

impl Packs {
    /// The packs of `store`.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            known: RwLock::default(),
            sealed: RwLock::default(),
        }
    }

    /// The verdict on what a record says; none where there is nothing to be marked, as in an answer to a sealed item. Only the response counts: what else the
    /// record holds, a score perhaps, is not looked at. `missing` are the packs that one request asked for in vain: they are
    /// not asked for again.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn verdict(
        &self,
        body: &RecordBody,
        missing: &mut HashSet<PackHash>,
    ) -> Result<Option<Verdict>, StoreError> {
        let RecordBody::Answered {
            item,
            revision,
            pack,
            response,
            ..
        } = body
        else {
            return Ok(None);
        };
        if missing.contains(pack) {
            return Ok(Some(Verdict::Unverified(*pack)));
        }
        Ok(match self.find(*pack).await? {
            Found::Bank(bank) => Some(mark(&bank, item, *revision, response)),
            Found::Other => Some(Verdict::UnknownItem),
            Found::Sealed => None,
            Found::Nothing => {
                missing.insert(*pack);
                Some(Verdict::Unverified(*pack))
            }
        })
    }

    /// What a hash stands for. Sealed comes first: a bank that is sealed stays so whatever else has its hash.
    pub(crate) async fn find(&self, hash: PackHash) -> Result<Found, StoreError> {
        if let Some(found) = remembered(&self.known, hash) {
            return Ok(found);
        }
        let found = if self.store.sealed_pack(hash).await?.is_some() {
            Found::Sealed
        } else {
            let Some(bytes) = self.store.pack(hash).await? else {
                return Ok(Found::Nothing);
            };
            match wire::pack::read_bank(&bytes) {
                Ok(bank) => Found::Bank(Arc::new(bank)),
                // For a newer program to mark.
                Err(FormError::Version(_)) => return Ok(Found::Nothing),
                Err(_) => Found::Other,
            }
        };
        remember(&self.known, hash, found.clone());
        Ok(found)
    }

    /// The sealed banks of these hashes; none where one of them is not there or cannot be read.
    pub(crate) async fn sealed(&self, hashes: &[PackHash]) -> Result<Option<HashMap<PackHash, Arc<Bank>>>, StoreError> {
        let mut banks = HashMap::new();
        for hash in hashes {
            if let Some(bank) = remembered(&self.sealed, *hash) {
                banks.insert(*hash, bank);
                continue;
            }
            let bytes = self.store.sealed_pack(*hash).await?;
            let Some(bank) = bytes.and_then(|bytes| wire::pack::read_bank(&bytes).ok()) else {
                return Ok(None);
            };
            let bank = Arc::new(bank);
            remember(&self.sealed, *hash, Arc::clone(&bank));
            banks.insert(*hash, bank);
        }
        Ok(Some(banks))
    }

    /// Marks the answers whose packs have arrived since, and says how many got a verdict.
    ///
    /// # Errors
    /// The store cannot be read or written; what was not reached waits on.
    pub async fn verify_pending(&self, now: Timestamp) -> Result<usize, StoreError> {
        let mut after = Place(0);
        let mut verified = 0;
        let mut missing = HashSet::new();
        loop {
            let waiting = self.store.waiting(after, PAGE).await?;
            let Some(last) = waiting.last() else {
                return Ok(verified);
            };
            after = last.place;
            let mut settled = Vec::with_capacity(waiting.len());
            for answer in waiting {
                // A stored record could be read when it came; if this program no longer can, a newer one may.
                let Ok(record) = wire::record::read(&answer.raw) else {
                    continue;
                };
                match self.verdict(&record.body, &mut missing).await? {
                    None | Some(Verdict::Unverified(_)) => {}
                    Some(verdict) => settled.push((answer, verdict)),
                }
            }
            verified += settled.len();
            self.store.settle(settled, now).await?;
        }
    }
}

fn remembered<T: Clone>(known: &RwLock<HashMap<PackHash, T>>, hash: PackHash) -> Option<T> {
    let known = known.read().unwrap_or_else(PoisonError::into_inner);
    known.get(&hash).cloned()
}

fn remember<T>(known: &RwLock<HashMap<PackHash, T>>, hash: PackHash, found: T) {
    let mut known = known.write().unwrap_or_else(PoisonError::into_inner);
    if known.len() >= MOST {
        known.clear();
    }
    known.insert(hash, found);
}

fn mark(bank: &Bank, item: &ItemId, revision: Revision, response: &Response) -> Verdict {
    match bank.items.get(item) {
        Some(item) if item.revision == revision => {
            let max = item.body.kind().default_points();
            Verdict::Marked(marking::mark(&item.body, response, max, Rule::default()).into())
        }
        _ => Verdict::UnknownItem,
    }
}
