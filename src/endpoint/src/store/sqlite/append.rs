//! Appending records: what a whole group of requests brings goes in with a handful of statements.

use super::exams;
use super::rows::{Many, chunks};
use crate::canonical;
use crate::store::{Appended, MARKER, NewRecord, PersonId, Verdict};
use domain::time::Timestamp;
use sqlx::{Row, SqliteConnection, query, query_scalar};
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;
use wire::api::MarkForm;

/// One request's records.
pub(super) struct Batch {
    pub(super) person: PersonId,
    pub(super) now: Timestamp,
    pub(super) records: Vec<NewRecord>,
}

/// Who has which profile, as far as it was looked up. A claim never changes, so whatever is here stays true.
pub(super) type Claims = HashMap<u128, PersonId>;

/// The most claims that are remembered; then it begins anew.
const MOST_CLAIMS: usize = 50_000;

/// A record on its way in, with the place that it gets if it is new.
struct Entry<'a> {
    person: PersonId,
    now: Timestamp,
    place: i64,
    record: &'a NewRecord,
}

static CLAIM: LazyLock<Many> = LazyLock::new(|| {
    Many::new(
        "INSERT INTO profiles (profile, person, claimed) VALUES",
        3,
        "ON CONFLICT DO NOTHING",
    )
});
static CLAIMED: LazyLock<Many> =
    LazyLock::new(|| Many::new("SELECT profile, person FROM profiles WHERE profile IN (VALUES", 1, ")"));
static INSERT: LazyLock<Many> = LazyLock::new(|| {
    let head = "INSERT INTO records (seq, person, id, profile, kind, at, doubtful, received, attempt, raw) VALUES";
    Many::new(head, 10, "ON CONFLICT (person, id) DO NOTHING")
});
static KNOWN: LazyLock<Many> = LazyLock::new(|| {
    let tail = ") SELECT sent.place, records.seq, records.raw = sent.raw, \
                CASE WHEN records.doubtful THEN records.received END FROM sent CROSS JOIN records \
                ON records.person = sent.person AND records.id = sent.id WHERE records.seq <> sent.place";
    Many::new("WITH sent (place, person, id, raw) AS (VALUES", 4, tail)
});
static JUDGE: LazyLock<Many> = LazyLock::new(|| {
    Many::new(
        "INSERT INTO verdicts (record, number, at, marker, outcome, points, max) VALUES",
        7,
        "",
    )
});
static WAIT: LazyLock<Many> = LazyLock::new(|| Many::new("INSERT INTO pending (pack, record) VALUES", 2, ""));
static MARKS: LazyLock<Many> = LazyLock::new(|| {
    let tail = ") SELECT v.record, v.outcome, v.points, v.max FROM asked CROSS JOIN verdicts v ON v.record = asked.record \
                AND v.number = (SELECT max(number) FROM verdicts WHERE record = asked.record)";
    Many::new("WITH asked (record) AS (VALUES", 1, tail)
});

/// Appends all batches within the transaction that `tx` is in: one list of results for each.
pub(super) async fn append(
    tx: &mut SqliteConnection,
    claims: &mut Claims,
    batches: &[&Batch],
) -> Result<Vec<Vec<Appended>>, sqlx::Error> {
    let erased = erased(tx, batches).await?;
    claim(tx, claims, batches).await?;
    let last: Option<i64> = query_scalar("SELECT seq FROM sqlite_sequence WHERE name = 'records'")
        .fetch_optional(&mut *tx)
        .await?;
    let before = last.unwrap_or(0);
    let mut place = before;
    let mut results: Vec<Vec<Appended>> = Vec::with_capacity(batches.len());
    let mut rows = Vec::new();
    // Where each row's result belongs: the batch and the record's position in it.
    let mut homes = Vec::new();
    for (number, batch) in batches.iter().enumerate() {
        if erased.contains(&batch.person) {
            results.push(vec![Appended::Erased; batch.records.len()]);
            continue;
        }
        results.push(vec![Appended::ProfileOfAnother; batch.records.len()]);
        for (position, record) in batch.records.iter().enumerate() {
            if claims.get(&record.profile.0.as_u128()) == Some(&batch.person) {
                place += 1;
                rows.push(Entry {
                    person: batch.person,
                    now: batch.now,
                    place,
                    record,
                });
                homes.push((number, position));
            }
        }
    }
    let known = insert(tx, &rows).await?;
    let stored: Vec<&Entry> = rows.iter().filter(|row| !known.contains_key(&row.place)).collect();
    judge(tx, &stored).await?;
    if stored.iter().any(|row| row.record.attempt.is_some()) {
        exams::note_due(tx, before).await?;
    }
    let marks = marks(tx, &known).await?;
    for (row, (number, position)) in rows.iter().zip(homes) {
        results[number][position] = match known.get(&row.place) {
            None => Appended::Stored,
            Some(Known {
                place,
                same: true,
                doubtful,
            }) => Appended::Duplicate {
                mark: marks.get(place).cloned(),
                doubtful: *doubtful,
            },
            Some(_) => Appended::Conflict,
        };
    }
    Ok(results)
}

/// Those of the batches' people that were erased: a request may have passed the door just before.
async fn erased(tx: &mut SqliteConnection, batches: &[&Batch]) -> Result<HashSet<PersonId>, sqlx::Error> {
    let any: Option<i64> = query_scalar("SELECT 1 FROM persons WHERE erased IS NOT NULL LIMIT 1")
        .fetch_optional(&mut *tx)
        .await?;
    let mut erased = HashSet::new();
    if any.is_none() {
        return Ok(erased);
    }
    for person in batches.iter().map(|batch| batch.person).collect::<HashSet<_>>() {
        let gone: Option<i64> = query_scalar("SELECT 1 FROM persons WHERE id = ? AND erased IS NOT NULL")
            .bind(person.0)
            .fetch_optional(&mut *tx)
            .await?;
        erased.extend(gone.map(|_| person));
    }
    Ok(erased)
}

/// Claims the profiles that nobody has and learns whose the others are.
async fn claim(tx: &mut SqliteConnection, claims: &mut Claims, batches: &[&Batch]) -> Result<(), sqlx::Error> {
    if claims.len() > MOST_CLAIMS {
        claims.clear();
    }
    let mut asked = Vec::new();
    let mut seen = HashSet::new();
    for batch in batches {
        for record in &batch.records {
            let profile = record.profile.0.as_u128();
            if !claims.contains_key(&profile) && seen.insert(profile) {
                asked.push((profile, batch.person, batch.now));
            }
        }
    }
    for chunk in chunks(&asked) {
        let mut insert = query(CLAIM.sql(chunk.len()));
        let mut select = query(CLAIMED.sql(chunk.len()));
        for (profile, person, now) in chunk {
            insert = insert.bind(profile.to_be_bytes().to_vec()).bind(person.0).bind(now.0);
            select = select.bind(profile.to_be_bytes().to_vec());
        }
        insert.execute(&mut *tx).await?;
        for row in select.fetch_all(&mut *tx).await? {
            let profile: Vec<u8> = row.try_get(0)?;
            if let Ok(bytes) = <[u8; 16]>::try_from(profile) {
                claims.insert(u128::from_be_bytes(bytes), PersonId(row.try_get(1)?));
            }
        }
    }
    Ok(())
}

/// The record that is there instead of a new one.
struct Known {
    place: i64,
    same: bool,
    doubtful: Option<Timestamp>,
}

/// Inserts the rows; those whose id the person has already are returned by the place that they would have got.
async fn insert(tx: &mut SqliteConnection, rows: &[Entry<'_>]) -> Result<HashMap<i64, Known>, sqlx::Error> {
    let mut known = HashMap::new();
    for chunk in chunks(rows) {
        let mut insert = query(INSERT.sql(chunk.len()));
        for Entry {
            person,
            now,
            place,
            record,
        } in chunk
        {
            insert = insert
                .bind(place)
                .bind(person.0)
                .bind(bytes(record))
                .bind(record.profile.0.as_u128().to_be_bytes().to_vec());
            insert = insert
                .bind(record.kind.as_str())
                .bind(record.at.0)
                .bind(record.doubtful)
                .bind(now.0);
            insert = insert.bind(record.attempt.map(exams::bytes)).bind(record.raw.as_str());
        }
        let inserted = insert.execute(&mut *tx).await?.rows_affected();
        if inserted == chunk.len() as u64 {
            continue;
        }
        let mut select = query(KNOWN.sql(chunk.len()));
        for Entry {
            person, place, record, ..
        } in chunk
        {
            select = select
                .bind(place)
                .bind(person.0)
                .bind(bytes(record))
                .bind(record.raw.as_str());
        }
        for row in select.fetch_all(&mut *tx).await? {
            let doubtful: Option<i64> = row.try_get(3)?;
            known.insert(
                row.try_get(0)?,
                Known {
                    place: row.try_get(1)?,
                    same: row.try_get(2)?,
                    doubtful: doubtful.map(Timestamp),
                },
            );
        }
        for Entry { place, record, .. } in chunk {
            if let Some(other @ Known { same: false, .. }) = known.get_mut(place) {
                // Other bytes may still be the same content: other blanks, another order of keys.
                let query = query_scalar("SELECT raw FROM records WHERE seq = ?").bind(other.place);
                let there: String = query.fetch_one(&mut *tx).await?;
                other.same = canonical::same(&there, &record.raw);
            }
        }
    }
    Ok(known)
}

fn bytes(record: &NewRecord) -> Vec<u8> {
    record.id.0.as_u128().to_be_bytes().to_vec()
}

/// The columns `outcome`, `points` and `max` of a verdict.
pub(super) fn columns(verdict: &Verdict) -> (&str, Option<u32>, Option<u32>) {
    match verdict {
        Verdict::Marked(mark) => (&mark.outcome, Some(mark.points), Some(mark.max)),
        Verdict::Unverified(_) => ("unverified", None, None),
        Verdict::UnknownItem => ("unknown-item", None, None),
    }
}

/// Writes the first verdicts on new answers, and notes which of them wait for a pack.
async fn judge(tx: &mut SqliteConnection, stored: &[&Entry<'_>]) -> Result<(), sqlx::Error> {
    let judged: Vec<_> = stored
        .iter()
        .filter_map(|row| row.record.verdict.as_ref().map(|verdict| (row.place, row.now, verdict)))
        .collect();
    for chunk in chunks(&judged) {
        let mut insert = query(JUDGE.sql(chunk.len()));
        for (place, now, verdict) in chunk {
            let (outcome, points, max) = columns(verdict);
            insert = insert
                .bind(place)
                .bind(0)
                .bind(now.0)
                .bind(MARKER)
                .bind(outcome)
                .bind(points)
                .bind(max);
        }
        insert.execute(&mut *tx).await?;
    }
    let wait = |(place, _, verdict): &(i64, Timestamp, &Verdict)| match verdict {
        Verdict::Unverified(pack) => Some((*pack, *place)),
        _ => None,
    };
    let waiting: Vec<_> = judged.iter().filter_map(wait).collect();
    for chunk in chunks(&waiting) {
        let mut insert = query(WAIT.sql(chunk.len()));
        for (pack, place) in chunk {
            insert = insert.bind(pack.to_string()).bind(place);
        }
        insert.execute(&mut *tx).await?;
    }
    Ok(())
}

/// The marks that hold for the records that were there already, by their places.
async fn marks(tx: &mut SqliteConnection, known: &HashMap<i64, Known>) -> Result<HashMap<i64, MarkForm>, sqlx::Error> {
    let places: Vec<i64> = known
        .values()
        .filter(|known| known.same)
        .map(|known| known.place)
        .collect();
    let mut marks = HashMap::new();
    for chunk in chunks(&places) {
        let mut select = query(MARKS.sql(chunk.len()));
        for place in chunk {
            select = select.bind(place);
        }
        for row in select.fetch_all(&mut *tx).await? {
            if let (Some(points), Some(max)) = (row.try_get(2)?, row.try_get(3)?) {
                marks.insert(
                    row.try_get(0)?,
                    MarkForm {
                        points,
                        max,
                        outcome: row.try_get(1)?,
                    },
                );
            }
        }
    }
    Ok(marks)
}
