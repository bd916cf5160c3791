//! The papers of assessments, and the exams that wait to be marked as a whole.

use super::append;
use super::rows::{Many, chunks};
use crate::store::{
    AttemptRecord, Due, Given, GivenSitting, MARKER, NewSitting, PersonId, Place, SittingLine, Verdict, may_begin,
};
use domain::ids::{AttemptId, ItemId, PackHash, Uuid};
use domain::item::Response;
use domain::time::Timestamp;
use sqlx::sqlite::{SqlitePool, SqliteRow};
use sqlx::{Row, SqliteConnection, SqliteExecutor, query, query_scalar};
use std::collections::HashSet;
use std::sync::LazyLock;

pub(super) fn bytes(attempt: AttemptId) -> Vec<u8> {
    attempt.0.as_u128().to_be_bytes().to_vec()
}

fn broken(what: &str) -> sqlx::Error {
    sqlx::Error::Decode(format!("a stored {what} is none").into())
}

fn attempt(bytes: Vec<u8>) -> Result<AttemptId, sqlx::Error> {
    let bytes = <[u8; 16]>::try_from(bytes).map_err(|_| broken("attempt"))?;
    Ok(AttemptId(Uuid::from_u128(u128::from_be_bytes(bytes))))
}

/// `handed_in` is when the first handing in of the attempt arrived.
const LINES: &str = "SELECT s.attempt, s.exam, s.started, s.ends, (SELECT min(r.received) FROM records r \
                     WHERE r.person = s.person AND r.attempt = s.attempt AND r.kind = 'exam.finished') \
                     FROM sittings s WHERE s.person = ? ORDER BY s.id";

fn line(row: &SqliteRow) -> Result<SittingLine, sqlx::Error> {
    let exam: String = row.try_get(1)?;
    let handed_in: Option<i64> = row.try_get(4)?;
    Ok(SittingLine {
        attempt: attempt(row.try_get(0)?)?,
        exam: exam.parse().map_err(|_| broken("exam"))?,
        started: Timestamp(row.try_get(2)?),
        ends: Timestamp(row.try_get(3)?),
        handed_in: handed_in.map(Timestamp),
    })
}

/// The person's attempts at all assessments, the oldest first.
pub(super) async fn lines<'e>(by: impl SqliteExecutor<'e>, person: PersonId) -> Result<Vec<SittingLine>, sqlx::Error> {
    let rows = query(LINES).bind(person.0).fetch_all(by).await?;
    rows.iter().map(line).collect()
}

/// Gives a paper within the transaction that `tx` is in, or says why not.
pub(super) async fn give(
    tx: &mut SqliteConnection,
    person: PersonId,
    new: &NewSitting,
    now: Timestamp,
) -> Result<Given, sqlx::Error> {
    let profile = new.profile.0.as_u128().to_be_bytes().to_vec();
    let select = query_scalar("SELECT person FROM profiles WHERE profile = ?").bind(&profile);
    let holder: Option<i64> = select.fetch_optional(&mut *tx).await?;
    if holder.is_some_and(|holder| holder != person.0) {
        return Ok(Given::ProfileOfAnother);
    }
    let select = query("SELECT person = ? AND exam = ? FROM sittings WHERE attempt = ?").bind(person.0);
    let select = select.bind(new.exam.as_str()).bind(bytes(new.attempt));
    if let Some(row) = select.fetch_optional(&mut *tx).await? {
        return Ok(if row.try_get(0)? { Given::Again } else { Given::Taken });
    }
    let mut lines = lines(&mut *tx, person).await?;
    lines.retain(|line| line.exam == new.exam);
    if let Err(refusal) = may_begin(&lines, new.limits, now) {
        return Ok(Given::Refused(refusal));
    }
    let sql = "INSERT INTO profiles (profile, person, claimed) VALUES (?, ?, ?) ON CONFLICT DO NOTHING";
    let claim = query(sql).bind(&profile).bind(person.0).bind(now.0);
    claim.execute(&mut *tx).await?;
    let sql = "INSERT INTO sittings (attempt, person, profile, exam, form, label, salt, started, ends) \
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
    let insert = query(sql).bind(bytes(new.attempt)).bind(person.0).bind(profile);
    let insert = insert.bind(new.exam.as_str()).bind(&new.form).bind(&new.label);
    let insert = insert.bind(new.salt.to_vec()).bind(new.started.0).bind(new.ends.0);
    insert.execute(&mut *tx).await?;
    Ok(Given::New)
}

/// A paper that was given to the person.
pub(super) async fn sitting(
    pool: &SqlitePool,
    person: PersonId,
    wanted: AttemptId,
) -> Result<Option<GivenSitting>, sqlx::Error> {
    let sql = "SELECT form, label, salt, told, attempt, exam, started, ends, (SELECT min(r.received) FROM records r \
               WHERE r.person = s.person AND r.attempt = s.attempt AND r.kind = 'exam.finished') \
               FROM sittings s WHERE person = ? AND attempt = ?";
    // Two statements, one picture: what was told is never newer than the answers locked by it.
    let mut tx = pool.begin().await?;
    let select = query(sql).bind(person.0).bind(bytes(wanted));
    let Some(row) = select.fetch_optional(&mut *tx).await? else {
        return Ok(None);
    };
    let select = query("SELECT item, response FROM told WHERE attempt = ?").bind(bytes(wanted));
    let told = select.fetch_all(&mut *tx).await?;
    tx.rollback().await?;
    let salt: Vec<u8> = row.try_get(2)?;
    let place: Option<i64> = row.try_get(3)?;
    let exam: String = row.try_get(5)?;
    let handed_in: Option<i64> = row.try_get(8)?;
    let locked = |row: &SqliteRow| -> Result<(ItemId, Response), sqlx::Error> {
        let (item, response): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        let item = item.parse().map_err(|_| broken("item"))?;
        let response = wire::record::read_response(&response).map_err(|_| broken("response"))?;
        Ok((item, response))
    };
    Ok(Some(GivenSitting {
        attempt: wanted,
        exam: exam.parse().map_err(|_| broken("exam"))?,
        form: row.try_get(0)?,
        label: row.try_get(1)?,
        salt: salt.try_into().map_err(|_| broken("salt"))?,
        started: Timestamp(row.try_get(6)?),
        ends: Timestamp(row.try_get(7)?),
        handed_in: handed_in.map(Timestamp),
        told: place.map(Place),
        locked: told.iter().map(locked).collect::<Result<_, _>>()?,
    }))
}

/// Which of these attempts are papers that were given to the person.
pub(super) async fn given(
    pool: &SqlitePool,
    person: PersonId,
    attempts: &[AttemptId],
) -> Result<HashSet<AttemptId>, sqlx::Error> {
    static GIVEN: LazyLock<Many> =
        LazyLock::new(|| Many::new("SELECT attempt, person FROM sittings WHERE attempt IN (VALUES", 1, ")"));
    let mut found = HashSet::new();
    for chunk in chunks(attempts) {
        let mut select = query(GIVEN.sql(chunk.len()));
        for wanted in chunk {
            select = select.bind(bytes(*wanted));
        }
        for row in select.fetch_all(pool).await? {
            if row.try_get::<i64, _>(1)? == person.0 {
                found.insert(attempt(row.try_get(0)?)?);
            }
        }
    }
    Ok(found)
}

/// The person's records of an attempt in the order of commit.
pub(super) async fn records(
    pool: &SqlitePool,
    person: PersonId,
    wanted: AttemptId,
) -> Result<Vec<AttemptRecord>, sqlx::Error> {
    let sql = "SELECT seq, received, raw FROM records WHERE person = ? AND attempt = ? ORDER BY seq";
    let record = |row: SqliteRow| {
        Ok(AttemptRecord {
            place: Place(row.try_get(0)?),
            received: Timestamp(row.try_get(1)?),
            raw: row.try_get(2)?,
        })
    };
    let select = query(sql).bind(person.0).bind(bytes(wanted));
    select.try_map(record).fetch_all(pool).await
}

/// Notes what was told of a sitting within the transaction that `tx` is in.
pub(super) async fn tell(
    tx: &mut SqliteConnection,
    told: AttemptId,
    place: Place,
    answers: &[(ItemId, Response)],
    now: Timestamp,
) -> Result<u64, sqlx::Error> {
    let sql = "UPDATE sittings SET told = ? WHERE attempt = ? AND told IS NULL";
    let update = query(sql).bind(place.0).bind(bytes(told));
    let mut changed = update.execute(&mut *tx).await?.rows_affected();
    for (item, response) in answers {
        let sql = "INSERT INTO told (attempt, item, response, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING";
        let insert = query(sql).bind(bytes(told)).bind(item.as_str());
        let insert = insert.bind(wire::record::write_response(response)).bind(now.0);
        changed += insert.execute(&mut *tx).await?.rows_affected();
    }
    Ok(changed)
}

/// Keeps sealed banks.
pub(super) async fn put_sealed(
    tx: &mut SqliteConnection,
    packs: &[(PackHash, Vec<u8>)],
    now: Timestamp,
) -> Result<u64, sqlx::Error> {
    let mut changed = 0;
    for (hash, bytes) in packs {
        let sql = "INSERT INTO sealed_packs (hash, bytes, stored) VALUES (?, ?, ?) ON CONFLICT DO NOTHING";
        let insert = query(sql).bind(hash.to_string()).bind(bytes.as_slice()).bind(now.0);
        changed += insert.execute(&mut *tx).await?.rows_affected();
    }
    Ok(changed)
}

/// Notes which exams that were handed in have new records, those after `after`.
pub(super) async fn note_due(tx: &mut SqliteConnection, after: i64) -> Result<(), sqlx::Error> {
    let sql = "INSERT INTO due (person, attempt, place) SELECT r.person, r.attempt, max(r.seq) FROM records r \
               WHERE r.seq > ? AND r.attempt IS NOT NULL AND EXISTS (SELECT 1 FROM records f \
               WHERE f.person = r.person AND f.attempt = r.attempt AND f.kind = 'exam.finished') \
               GROUP BY r.person, r.attempt ON CONFLICT (person, attempt) DO UPDATE SET place = excluded.place";
    query(sql).bind(after).execute(tx).await.map(drop)
}

fn due_row(row: &SqliteRow) -> Result<Due, sqlx::Error> {
    Ok(Due {
        person: PersonId(row.try_get(0)?),
        attempt: attempt(row.try_get(1)?)?,
        place: Place(row.try_get(2)?),
    })
}

/// The exams after `after` that wait to be marked.
pub(super) async fn due(pool: &SqlitePool, after: Option<Due>, limit: usize) -> Result<Vec<Due>, sqlx::Error> {
    let sql =
        "SELECT person, attempt, place FROM due WHERE (person, attempt) > (?, ?) ORDER BY person, attempt LIMIT ?";
    let (person, after) = after.map_or((i64::MIN, Vec::new()), |due| (due.person.0, bytes(due.attempt)));
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = query(sql).bind(person).bind(after).bind(limit).fetch_all(pool).await?;
    rows.iter().map(due_row).collect()
}

/// Those of the person's exams among `attempts` that wait to be marked.
pub(super) async fn due_of(
    pool: &SqlitePool,
    person: PersonId,
    attempts: &HashSet<AttemptId>,
) -> Result<Vec<Due>, sqlx::Error> {
    let mut found = Vec::new();
    for wanted in attempts {
        let sql = "SELECT person, attempt, place FROM due WHERE person = ? AND attempt = ?";
        let select = query(sql).bind(person.0).bind(bytes(*wanted));
        found.extend(select.fetch_optional(pool).await?.as_ref().map(due_row).transpose()?);
    }
    Ok(found)
}

/// Writes the marks of a whole exam, unless its records have changed since they were read.
pub(super) async fn settle_total(
    tx: &mut SqliteConnection,
    due: &Due,
    verdicts: &[(Place, Verdict)],
    waits: bool,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let sql = "SELECT 1 FROM due WHERE person = ? AND attempt = ? AND place <= ?";
    let select = query(sql).bind(due.person.0).bind(bytes(due.attempt)).bind(due.place.0);
    if select.fetch_optional(&mut *tx).await?.is_none() {
        return Ok(false);
    }
    for (place, verdict) in verdicts {
        let (outcome, points, max) = append::columns(verdict);
        // A verdict that says nothing new is not written.
        let sql = "INSERT INTO verdicts (record, number, at, marker, outcome, points, max) \
                   SELECT ?1, coalesce(max(number) + 1, 0), ?2, ?3, ?4, ?5, ?6 FROM verdicts WHERE record = ?1 \
                   HAVING NOT EXISTS (SELECT 1 FROM verdicts v WHERE v.record = ?1 \
                   AND v.number = (SELECT max(number) FROM verdicts WHERE record = ?1) \
                   AND v.outcome = ?4 AND v.points IS ?5 AND v.max IS ?6)";
        let insert = query(sql).bind(place.0).bind(now.0).bind(MARKER);
        insert.bind(outcome).bind(points).bind(max).execute(&mut *tx).await?;
    }
    if !waits {
        let sql = "DELETE FROM due WHERE person = ? AND attempt = ?";
        let delete = query(sql).bind(due.person.0).bind(bytes(due.attempt));
        delete.execute(&mut *tx).await?;
    }
    Ok(true)
}
