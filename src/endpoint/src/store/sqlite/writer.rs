//! The one task that writes. Requests that arrive while a transaction is being committed wait in a queue and are then
//! committed together, so that the disk is synced once for all of them; each is answered only after its commit.

use super::append::{self, Batch, Claims};
use super::{desk, enrol, exams, failed, people};
use crate::store::{
    Act, Acted, Appended, Due, Durability, Enrolled, Enrolment, Given, Hash, LinkClaim, Linked, MARKER, NewCode,
    NewKey, NewLink, NewSitting, PersonId, Place, Session, StoreError, Verdict, Waiting,
};
use domain::ids::{AttemptId, ItemId, PackHash};
use domain::item::Response;
use domain::time::{Day, Timestamp};
use sqlx::{Connection, Row, SqliteConnection, query, query_scalar};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::{mpsc, oneshot};

/// The most requests of one transaction.
const MOST_REQUESTS: usize = 256;

/// About how many records one transaction has at most: it holds the answers of all of its requests back.
const MOST_RECORDS: usize = 5_000;

/// How many requests may wait; whoever comes then waits to wait.
pub(super) const QUEUE: usize = 1_024;

/// Something to write.
pub(super) enum Work {
    Append(Batch),
    Enrol(Enrolment, Timestamp),
    Link(LinkClaim, Timestamp),
    NewLink(NewLink, Timestamp),
    Erase(PersonId, Timestamp),
    Touch(Hash, Day),
    NewCode(NewCode, Timestamp),
    CloseCode(i64, Timestamp),
    PutPacks(Vec<(PackHash, Vec<u8>)>, Timestamp),
    Settle(Vec<(Waiting, Verdict)>, Timestamp),
    RenewEpoch(String),
    PutSealed(Vec<(PackHash, Vec<u8>)>, Timestamp),
    Give(PersonId, Box<NewSitting>, Timestamp),
    Tell(AttemptId, Place, Vec<(ItemId, Response)>, Timestamp),
    /// What is due, its verdicts, and whether it waits for a pack.
    SettleTotal(Due, Vec<(Place, Verdict)>, bool, Timestamp),
    NewKey(NewKey, Timestamp),
    /// The key, the session, until when it holds, and now.
    SignIn(Hash, Hash, Timestamp, Timestamp),
    SignOut(Hash),
    /// What an organizer does, and the organizer's name.
    Act(Box<Act>, String, Timestamp),
}

/// What came of it.
pub(super) enum Done {
    Appended(Vec<Appended>),
    Enrolled(Enrolled),
    Given(Given),
    Linked(Linked),
    SignedIn(Option<Session>),
    Acted(Acted),
    /// Whether anything was there to be changed.
    Changed(bool),
}

/// Work with the one who waits for it.
pub(super) struct Job {
    pub(super) work: Work,
    pub(super) reply: oneshot::Sender<Result<Done, StoreError>>,
}

/// What the queue carries.
pub(super) enum Message {
    Write(Job),
    Durability(oneshot::Sender<Result<Durability, StoreError>>),
    Close,
}

/// Runs until it is told to close or nobody can send any more, then finishes what is queued.
pub(super) async fn run(
    mut connection: SqliteConnection,
    mut queue: mpsc::Receiver<Message>,
    commits: Arc<AtomicU64>,
    closed: oneshot::Sender<()>,
) {
    let mut claims = Claims::new();
    while let Some(first) = queue.recv().await {
        let mut group = Vec::new();
        let mut records = 0;
        let mut next = Some(first);
        while let Some(message) = next.take() {
            match message {
                Message::Write(job) => {
                    if let Work::Append(batch) = &job.work {
                        records += batch.records.len();
                    }
                    group.push(job);
                }
                Message::Durability(reply) => drop(reply.send(durability(&mut connection).await)),
                // What was queued before is still received.
                Message::Close => queue.close(),
            }
            if group.len() < MOST_REQUESTS && records < MOST_RECORDS {
                next = queue.try_recv().ok();
            }
        }
        if !group.is_empty() {
            commit(&mut connection, &mut claims, group, &commits).await;
        }
    }
    if let Err(error) = connection.close().await {
        tracing::warn!(%error, "the store was not closed well");
    }
    // Nobody may be waiting.
    let _ = closed.send(());
}

/// Commits a group and answers each of its requests.
async fn commit(connection: &mut SqliteConnection, claims: &mut Claims, group: Vec<Job>, commits: &AtomicU64) {
    let works: Vec<&Work> = group.iter().map(|job| &job.work).collect();
    let results = match transact(connection, claims, &works, commits).await {
        Ok(done) => done.into_iter().map(Ok).collect(),
        // One that the database refuses must not take the others with it: each for itself.
        Err(error) if works.len() > 1 && refused(&error) => {
            tracing::error!(%error, requests = works.len(), "a group was refused; trying each request alone");
            let mut results = Vec::with_capacity(works.len());
            for work in &works {
                let done = transact(connection, claims, &[work], commits).await;
                results.push(
                    done.map_err(failed)
                        .and_then(|done| done.into_iter().next().ok_or_else(lost)),
                );
            }
            results
        }
        Err(error) => {
            tracing::error!(%error, requests = works.len(), "a transaction failed; nothing of it was stored");
            let error = failed(error);
            works.iter().map(|_| Err(error.clone())).collect::<Vec<_>>()
        }
    };
    for (job, result) in group.into_iter().zip(results) {
        // Whoever asked may have gone away; what they sent is stored all the same.
        drop(job.reply.send(result));
    }
}

fn lost() -> StoreError {
    StoreError::Unavailable("no result".into())
}

/// Whether the database objects to the data, as against being out of order: SQLITE_TOOBIG, _CONSTRAINT, _MISMATCH.
fn refused(error: &sqlx::Error) -> bool {
    super::code(error).is_some_and(|code| matches!(code, 18..=20))
}

/// Does all works in one transaction: one result for each.
async fn transact(
    connection: &mut SqliteConnection,
    claims: &mut Claims,
    works: &[&Work],
    commits: &AtomicU64,
) -> Result<Vec<Done>, sqlx::Error> {
    let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
    let result = all(&mut tx, claims, works).await;
    let result = match result {
        Ok(done) => tx.commit().await.map(|()| done),
        Err(error) => tx.rollback().await.and(Err(error)),
    };
    match result {
        Ok(done) => {
            commits.fetch_add(1, Ordering::Relaxed);
            Ok(done)
        }
        Err(error) => {
            // Claims of a transaction that came to nothing hold for nobody.
            claims.clear();
            Err(error)
        }
    }
}

async fn all(tx: &mut SqliteConnection, claims: &mut Claims, works: &[&Work]) -> Result<Vec<Done>, sqlx::Error> {
    let batches: Vec<&Batch> = works
        .iter()
        .filter_map(|work| {
            if let Work::Append(batch) = work {
                Some(batch)
            } else {
                None
            }
        })
        .collect();
    let mut appended = if batches.is_empty() {
        Vec::new()
    } else {
        append::append(tx, claims, &batches).await?
    }
    .into_iter();
    let mut done = Vec::with_capacity(works.len());
    for work in works {
        done.push(match work {
            Work::Append(_) => Done::Appended(appended.next().unwrap_or_default()),
            Work::Enrol(wish, now) => Done::Enrolled(enrol::enrol(tx, wish, *now).await?),
            Work::Link(claim, now) => Done::Linked(people::link(tx, claim, *now).await?),
            Work::Give(person, new, now) => Done::Given(exams::give(tx, *person, new, *now).await?),
            Work::SettleTotal(due, verdicts, waits, now) => {
                Done::Changed(exams::settle_total(tx, due, verdicts, *waits, *now).await?)
            }
            Work::SignIn(key, session, until, now) => {
                Done::SignedIn(desk::sign_in(tx, (key, session), *until, *now).await?)
            }
            Work::Act(act, by, now) => {
                // Merging gives the profiles of one person to another.
                claims.clear();
                Done::Acted(desk::act(tx, act, by, *now).await?)
            }
            other => Done::Changed(rare(tx, other).await?),
        });
    }
    Ok(done)
}

/// The works that are rare enough to go statement by statement.
async fn rare(tx: &mut SqliteConnection, work: &Work) -> Result<bool, sqlx::Error> {
    let mut changed = 0;
    match work {
        Work::Append(_)
        | Work::Enrol(..)
        | Work::Link(..)
        | Work::Give(..)
        | Work::SettleTotal(..)
        | Work::SignIn(..)
        | Work::Act(..) => {}
        Work::NewKey(key, now) => changed += desk::new_key(tx, key, *now).await?,
        Work::SignOut(session) => changed += desk::sign_out(tx, session).await?,
        Work::NewLink(link, now) => changed += people::new_link(tx, link, *now).await?,
        Work::Erase(person, now) => changed += people::erase(tx, *person, *now).await?,
        Work::Touch(token, day) => {
            let sql = "UPDATE tokens SET last_day = ? WHERE hash = ?";
            changed += query(sql)
                .bind(day.0)
                .bind(token.to_vec())
                .execute(&mut *tx)
                .await?
                .rows_affected();
        }
        Work::NewCode(code, now) => {
            let sql = "INSERT INTO units (name, created) VALUES (?, ?) ON CONFLICT DO NOTHING";
            query(sql).bind(&code.unit).bind(now.0).execute(&mut *tx).await?;
            let sql = "INSERT INTO codes (hash, shown, unit, created, expires, max_uses) \
                       SELECT ?, ?, id, ?, ?, ? FROM units WHERE name = ?";
            let insert = query(sql)
                .bind(code.hash.to_vec())
                .bind(&code.shown)
                .bind(now.0)
                .bind(code.expires.0);
            changed += insert
                .bind(code.max_uses)
                .bind(&code.unit)
                .execute(&mut *tx)
                .await?
                .rows_affected();
        }
        Work::CloseCode(number, now) => {
            let sql = "UPDATE codes SET closed = coalesce(closed, ?) WHERE id = ?";
            changed += query(sql)
                .bind(now.0)
                .bind(number)
                .execute(&mut *tx)
                .await?
                .rows_affected();
        }
        Work::PutPacks(packs, now) => {
            for (hash, bytes) in packs {
                let sql = "INSERT INTO packs (hash, bytes, served) VALUES (?, ?, ?) ON CONFLICT DO NOTHING";
                let insert = query(sql).bind(hash.to_string()).bind(bytes.as_slice()).bind(now.0);
                changed += insert.execute(&mut *tx).await?.rows_affected();
            }
        }
        Work::Settle(verdicts, now) => {
            for (waiting, verdict) in verdicts {
                changed += settle(tx, waiting, verdict, *now).await?;
            }
        }
        Work::PutSealed(packs, now) => changed += exams::put_sealed(tx, packs, *now).await?,
        Work::Tell(attempt, place, answers, now) => changed += exams::tell(tx, *attempt, *place, answers, *now).await?,
        Work::RenewEpoch(epoch) => {
            let sql = "UPDATE meta SET value = ? WHERE key = 'epoch'";
            changed += query(sql).bind(epoch).execute(&mut *tx).await?.rows_affected();
        }
    }
    Ok(changed > 0)
}

async fn settle(
    tx: &mut SqliteConnection,
    waiting: &Waiting,
    verdict: &Verdict,
    now: Timestamp,
) -> Result<u64, sqlx::Error> {
    let sql = "DELETE FROM pending WHERE pack = ? AND record = ?";
    let waited = query(sql)
        .bind(waiting.pack.to_string())
        .bind(waiting.place.0)
        .execute(&mut *tx)
        .await?;
    if waited.rows_affected() == 0 {
        return Ok(0);
    }
    let (outcome, points, max) = append::columns(verdict);
    let sql = "INSERT INTO verdicts (record, number, at, marker, outcome, points, max) \
               SELECT ?1, coalesce(max(number) + 1, 0), ?2, ?3, ?4, ?5, ?6 FROM verdicts WHERE record = ?1";
    let insert = query(sql)
        .bind(waiting.place.0)
        .bind(now.0)
        .bind(MARKER)
        .bind(outcome)
        .bind(points)
        .bind(max);
    Ok(insert.execute(&mut *tx).await?.rows_affected())
}

async fn durability(connection: &mut SqliteConnection) -> Result<Durability, StoreError> {
    let synchronous = query_scalar("PRAGMA synchronous")
        .fetch_one(&mut *connection)
        .await
        .map_err(failed)?;
    let row = query("PRAGMA journal_mode")
        .fetch_one(&mut *connection)
        .await
        .map_err(failed)?;
    Ok(Durability {
        synchronous,
        journal_mode: row.try_get(0).map_err(failed)?,
    })
}
