//! The store in one SQLite file: write-ahead log, `synchronous=FULL`, one writing connection with group commit, a few
//! connections that read.

mod append;
pub mod carry;
mod desk;
mod enrol;
mod exams;
mod migrate;
mod people;
mod read;
mod rows;
mod writer;

use super::{
    Appended, AttemptRecord, CodeLine, Due, Durability, Enrolled, Enrolment, Given, GivenSitting, Hash, Holder,
    LinkClaim, Linked, NewCode, NewLink, NewRecord, NewSitting, Page, PersonId, PersonLine, Place, SittingLine, Store,
    StoreError, Verdict, Waiting,
};
use append::Batch;
use async_trait::async_trait;
use domain::ids::{AttemptId, ItemId, PackHash, ProfileId};
use domain::item::Response;
use domain::time::{Day, Timestamp};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, query, query_scalar};
use std::collections::HashSet;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use writer::{Done, Job, Message, Work};

/// How long a connection waits for another process (a backup, `anxue codes`) that holds the file.
const BUSY: Duration = Duration::from_secs(10);

/// How many connections read.
const READERS: u32 = 3;

/// Pages of the log before it is folded into the file: 16 MiB, so that a busy endpoint is not held up by it all the time.
const CHECKPOINT: &str = "4000";

/// Makes an empty file for the eyes of its owner only, unless there is one: SQLite gives its other files the same rights.
fn private_file(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

#[allow(clippy::needless_pass_by_value, reason = "for map_err")]
fn failed(error: sqlx::Error) -> StoreError {
    if code(&error) == Some(SQLITE_FULL) {
        StoreError::Full(error.to_string())
    } else {
        StoreError::Unavailable(error.to_string())
    }
}

/// SQLite's primary result code for a disk, or a store, that is full.
const SQLITE_FULL: u32 = 13;

/// SQLite's primary result code.
fn code(error: &sqlx::Error) -> Option<u32> {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code)?;
    code.parse::<u32>().ok().map(|code| code & 0xff)
}

/// The store.
pub struct Sqlite {
    queue: mpsc::Sender<Message>,
    readers: SqlitePool,
    options: SqliteConnectOptions,
    epoch: String,
    commits: Arc<AtomicU64>,
    closed: Mutex<Option<oneshot::Receiver<()>>>,
}

impl Sqlite {
    /// Opens the store in `file`, which is made where there is none, with `new_epoch` (32 hexadecimal digits) for a new one.
    ///
    /// # Errors
    /// The file cannot be written, is another program's database or a newer version's.
    pub async fn open(file: &Path, new_epoch: &str) -> Result<Self, StoreError> {
        Self::open_within(file, new_epoch, None).await
    }

    /// `open`, for a store that takes no more than `most` MiB of data: then writing fails with `Full`, before the disk does.
    ///
    /// # Errors
    /// Those of `open`.
    pub async fn open_within(file: &Path, new_epoch: &str, most: Option<u32>) -> Result<Self, StoreError> {
        private_file(file).map_err(|error| StoreError::Unavailable(error.to_string()))?;
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY)
            .pragma("wal_autocheckpoint", CHECKPOINT)
            .statement_cache_capacity(200)
            .disable_statement_logging();
        // Of 4 KiB pages, SQLite's own size.
        let writing = match most {
            Some(most) => options
                .clone()
                .pragma("max_page_count", (u64::from(most) * 256).to_string()),
            None => options.clone(),
        };
        let mut connection = writing.connect().await.map_err(failed)?;
        migrate::migrate(&mut connection, new_epoch).await?;
        let epoch = query_scalar("SELECT value FROM meta WHERE key = 'epoch'")
            .fetch_one(&mut connection)
            .await;
        let epoch = epoch.map_err(failed)?;
        let reading = options.clone().pragma("query_only", "ON");
        let pool = SqlitePoolOptions::new()
            .max_connections(READERS)
            .min_connections(1)
            .test_before_acquire(false);
        let readers = pool.idle_timeout(None).max_lifetime(None).connect_lazy_with(reading);
        let commits = Arc::new(AtomicU64::new(0));
        let (queue, receiver) = mpsc::channel(writer::QUEUE);
        let (done, closed) = oneshot::channel();
        tokio::spawn(writer::run(connection, receiver, Arc::clone(&commits), done));
        Ok(Self {
            queue,
            readers,
            options,
            epoch,
            commits,
            closed: Mutex::new(Some(closed)),
        })
    }

    /// Whether the file is whole, by SQLite's own check of every page and of every reference.
    ///
    /// # Errors
    /// What is wrong with it.
    pub async fn check(&self) -> Result<(), StoreError> {
        let said: String = query_scalar("PRAGMA integrity_check(1)")
            .fetch_one(&self.readers)
            .await
            .map_err(failed)?;
        if said == "ok" {
            Ok(())
        } else {
            Err(StoreError::Foreign(format!("the database is damaged: {said}")))
        }
    }

    async fn write(&self, work: Work) -> Result<Done, StoreError> {
        let (reply, answer) = oneshot::channel();
        self.queue
            .send(Message::Write(Job { work, reply }))
            .await
            .map_err(|_| closing())?;
        answer.await.map_err(|_| closing())?
    }

    async fn change(&self, work: Work) -> Result<bool, StoreError> {
        match self.write(work).await? {
            Done::Changed(changed) => Ok(changed),
            _ => Err(closing()),
        }
    }
}

fn closing() -> StoreError {
    StoreError::Unavailable("the store is closing".into())
}

#[async_trait]
impl Store for Sqlite {
    fn epoch(&self) -> &str {
        &self.epoch
    }

    async fn append(
        &self,
        person: PersonId,
        now: Timestamp,
        records: Vec<NewRecord>,
    ) -> Result<Vec<Appended>, StoreError> {
        if records.is_empty() {
            return Ok(Vec::new());
        }
        match self.write(Work::Append(Batch { person, now, records })).await? {
            Done::Appended(appended) => Ok(appended),
            _ => Err(closing()),
        }
    }

    async fn records(&self, person: PersonId, after: Place, limit: usize) -> Result<Page, StoreError> {
        read::records(&self.readers, person, after, limit).await.map_err(failed)
    }

    async fn enrol(&self, enrolment: Enrolment, now: Timestamp) -> Result<Enrolled, StoreError> {
        match self.write(Work::Enrol(enrolment, now)).await? {
            Done::Enrolled(enrolled) => Ok(enrolled),
            _ => Err(closing()),
        }
    }

    async fn holder(&self, token: &Hash) -> Result<Option<Holder>, StoreError> {
        read::holder(&self.readers, token).await.map_err(failed)
    }

    async fn touch(&self, token: &Hash, day: Day) -> Result<(), StoreError> {
        self.change(Work::Touch(*token, day)).await.map(drop)
    }

    async fn new_link(&self, link: NewLink, now: Timestamp) -> Result<bool, StoreError> {
        self.change(Work::NewLink(link, now)).await
    }

    async fn link(&self, claim: LinkClaim, now: Timestamp) -> Result<Linked, StoreError> {
        match self.write(Work::Link(claim, now)).await? {
            Done::Linked(linked) => Ok(linked),
            _ => Err(closing()),
        }
    }

    async fn person(&self, person: PersonId) -> Result<Option<PersonLine>, StoreError> {
        people::person(&self.readers, person).await.map_err(failed)
    }

    async fn erase(&self, person: PersonId, now: Timestamp) -> Result<bool, StoreError> {
        self.change(Work::Erase(person, now)).await
    }

    async fn new_code(&self, code: NewCode, now: Timestamp) -> Result<(), StoreError> {
        self.change(Work::NewCode(code, now)).await.map(drop)
    }

    async fn codes(&self) -> Result<Vec<CodeLine>, StoreError> {
        read::codes(&self.readers).await.map_err(failed)
    }

    async fn close_code(&self, number: i64, now: Timestamp) -> Result<bool, StoreError> {
        self.change(Work::CloseCode(number, now)).await
    }

    async fn put_packs(&self, packs: Vec<(PackHash, Vec<u8>)>, now: Timestamp) -> Result<(), StoreError> {
        self.change(Work::PutPacks(packs, now)).await.map(drop)
    }

    async fn pack(&self, hash: PackHash) -> Result<Option<Vec<u8>>, StoreError> {
        let select = query_scalar("SELECT bytes FROM packs WHERE hash = ?").bind(hash.to_string());
        select.fetch_optional(&self.readers).await.map_err(failed)
    }

    async fn waiting(&self, after: Place, limit: usize) -> Result<Vec<Waiting>, StoreError> {
        read::waiting(&self.readers, after, limit).await.map_err(failed)
    }

    async fn settle(&self, verdicts: Vec<(Waiting, Verdict)>, now: Timestamp) -> Result<(), StoreError> {
        self.change(Work::Settle(verdicts, now)).await.map(drop)
    }

    async fn profile_of_another(&self, person: PersonId, profile: ProfileId) -> Result<bool, StoreError> {
        let select = query_scalar("SELECT count(*) FROM profiles WHERE profile = ? AND person <> ?")
            .bind(profile.0.as_u128().to_be_bytes().to_vec())
            .bind(person.0);
        let count: i64 = select.fetch_one(&self.readers).await.map_err(failed)?;
        Ok(count > 0)
    }

    async fn put_sealed(&self, packs: Vec<(PackHash, Vec<u8>)>, now: Timestamp) -> Result<(), StoreError> {
        self.change(Work::PutSealed(packs, now)).await.map(drop)
    }

    async fn sealed_pack(&self, hash: PackHash) -> Result<Option<Vec<u8>>, StoreError> {
        let select = query_scalar("SELECT bytes FROM sealed_packs WHERE hash = ?").bind(hash.to_string());
        select.fetch_optional(&self.readers).await.map_err(failed)
    }

    async fn give(&self, person: PersonId, new: NewSitting, now: Timestamp) -> Result<Given, StoreError> {
        match self.write(Work::Give(person, Box::new(new), now)).await? {
            Done::Given(given) => Ok(given),
            _ => Err(closing()),
        }
    }

    async fn sitting(&self, person: PersonId, attempt: AttemptId) -> Result<Option<GivenSitting>, StoreError> {
        exams::sitting(&self.readers, person, attempt).await.map_err(failed)
    }

    async fn sittings(&self, person: PersonId) -> Result<Vec<SittingLine>, StoreError> {
        exams::lines(&self.readers, person).await.map_err(failed)
    }

    async fn given(&self, person: PersonId, attempts: &[AttemptId]) -> Result<HashSet<AttemptId>, StoreError> {
        exams::given(&self.readers, person, attempts).await.map_err(failed)
    }

    async fn attempt_records(&self, person: PersonId, attempt: AttemptId) -> Result<Vec<AttemptRecord>, StoreError> {
        exams::records(&self.readers, person, attempt).await.map_err(failed)
    }

    async fn tell(
        &self,
        attempt: AttemptId,
        place: Place,
        answers: Vec<(ItemId, Response)>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.change(Work::Tell(attempt, place, answers, now)).await.map(drop)
    }

    async fn due(&self, after: Option<Due>, limit: usize) -> Result<Vec<Due>, StoreError> {
        exams::due(&self.readers, after, limit).await.map_err(failed)
    }

    async fn due_of(&self, person: PersonId, attempts: &HashSet<AttemptId>) -> Result<Vec<Due>, StoreError> {
        exams::due_of(&self.readers, person, attempts).await.map_err(failed)
    }

    async fn settle_total(
        &self,
        due: Due,
        verdicts: Vec<(Place, Verdict)>,
        waits: bool,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.change(Work::SettleTotal(due, verdicts, waits, now)).await
    }

    async fn renew_epoch(&self, epoch: String) -> Result<(), StoreError> {
        self.change(Work::RenewEpoch(epoch)).await.map(drop)
    }

    async fn backup(&self, to: &Path) -> Result<(), StoreError> {
        let to = to
            .to_str()
            .ok_or_else(|| StoreError::Foreign("the file's name is not UTF-8".into()))?;
        private_file(Path::new(to)).map_err(|error| StoreError::Unavailable(error.to_string()))?;
        // A connection of its own: the copy takes a while, and neither readers nor the writer should wait for it.
        let mut connection = self.options.connect().await.map_err(failed)?;
        query("VACUUM INTO ?")
            .bind(to)
            .execute(&mut connection)
            .await
            .map_err(failed)?;
        Ok(())
    }

    async fn health(&self) -> Result<(), StoreError> {
        if self.queue.is_closed() {
            return Err(closing());
        }
        let one: i64 = query_scalar("SELECT count(*) FROM meta")
            .fetch_one(&self.readers)
            .await
            .map_err(failed)?;
        if one > 0 {
            Ok(())
        } else {
            Err(StoreError::Foreign("the database lost its epoch".into()))
        }
    }

    async fn durability(&self) -> Result<Durability, StoreError> {
        let (reply, answer) = oneshot::channel();
        self.queue
            .send(Message::Durability(reply))
            .await
            .map_err(|_| closing())?;
        answer.await.map_err(|_| closing())?
    }

    fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    async fn close(&self) {
        // Fails where the writer has ended already.
        drop(self.queue.send(Message::Close).await);
        let closed = self
            .closed
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .take();
        if let Some(closed) = closed {
            drop(closed.await);
        }
        self.readers.close().await;
    }
}
