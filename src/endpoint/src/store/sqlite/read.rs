//! Reading, on the connections that do not write.

use crate::store::{CodeLine, Hash, Holder, Page, PersonId, Place, StoredRecord, Waiting};
use domain::time::{Day, Timestamp};
use futures::TryStreamExt;
use sqlx::sqlite::{SqlitePool, SqliteRow};
use sqlx::{Row, query};
use wire::api::MarkForm;

/// Where a page of records ends at the latest, in bytes of their texts.
const MOST_BYTES: usize = 1024 * 1024;

/// A part of a person's records.
pub(super) async fn records(
    pool: &SqlitePool,
    person: PersonId,
    after: Place,
    limit: usize,
) -> Result<Page, sqlx::Error> {
    let sql = "SELECT r.seq, r.raw, CASE WHEN r.doubtful THEN r.received END, v.outcome, v.points, v.max FROM records r \
               LEFT JOIN verdicts v ON v.record = r.seq AND v.number = (SELECT max(number) FROM verdicts WHERE record = r.seq) \
               WHERE r.person = ? AND r.seq > ? ORDER BY r.seq LIMIT ?";
    let most = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    let mut rows = query(sql).bind(person.0).bind(after.0).bind(most).fetch(pool);
    let mut records: Vec<StoredRecord> = Vec::new();
    let mut bytes = 0;
    while let Some(row) = rows.try_next().await? {
        let record = stored(&row)?;
        bytes += record.raw.len();
        if records.len() == limit || (bytes > MOST_BYTES && !records.is_empty()) {
            return Ok(Page { records, more: true });
        }
        records.push(record);
    }
    Ok(Page { records, more: false })
}

fn stored(row: &SqliteRow) -> Result<StoredRecord, sqlx::Error> {
    let doubtful: Option<i64> = row.try_get(2)?;
    let mark = match (row.try_get(4)?, row.try_get(5)?) {
        (Some(points), Some(max)) => Some(MarkForm {
            points,
            max,
            outcome: row.try_get(3)?,
        }),
        _ => None,
    };
    Ok(StoredRecord {
        place: Place(row.try_get(0)?),
        raw: row.try_get(1)?,
        doubtful: doubtful.map(Timestamp),
        mark,
    })
}

/// The holder of a token.
pub(super) async fn holder(pool: &SqlitePool, token: &Hash) -> Result<Option<Holder>, sqlx::Error> {
    let sql = "SELECT tokens.person, tokens.last_day, persons.erased IS NOT NULL FROM tokens \
               JOIN persons ON persons.id = tokens.person WHERE tokens.hash = ?";
    let Some(row) = query(sql).bind(token.to_vec()).fetch_optional(pool).await? else {
        return Ok(None);
    };
    let last_day: Option<i64> = row.try_get(1)?;
    Ok(Some(Holder {
        person: PersonId(row.try_get(0)?),
        last_day: last_day.map(Day),
        erased: row.try_get(2)?,
    }))
}

/// All codes, the newest first.
pub(super) async fn codes(pool: &SqlitePool) -> Result<Vec<CodeLine>, sqlx::Error> {
    let sql = "SELECT codes.id, shown, units.name, expires, max_uses, used, closed IS NOT NULL FROM codes \
               JOIN units ON units.id = codes.unit ORDER BY codes.id DESC";
    let line = |row: SqliteRow| {
        Ok(CodeLine {
            number: row.try_get(0)?,
            shown: row.try_get(1)?,
            unit: row.try_get(2)?,
            expires: Timestamp(row.try_get(3)?),
            max_uses: row.try_get(4)?,
            used: row.try_get(5)?,
            closed: row.try_get(6)?,
        })
    };
    query(sql).try_map(line).fetch_all(pool).await
}

/// Answers that wait for a pack that is there.
pub(super) async fn waiting(pool: &SqlitePool, after: Place, limit: usize) -> Result<Vec<Waiting>, sqlx::Error> {
    let sql = "SELECT pending.record, pending.pack, records.raw FROM pending JOIN packs ON packs.hash = pending.pack \
               JOIN records ON records.seq = pending.record WHERE pending.record > ? ORDER BY pending.record LIMIT ?";
    let rows = query(sql)
        .bind(after.0)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(pool)
        .await?;
    let waiting = |row: SqliteRow| {
        let pack: String = row.try_get(1)?;
        let pack = pack.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
        Ok(Waiting {
            place: Place(row.try_get(0)?),
            pack,
            raw: row.try_get(2)?,
        })
    };
    rows.into_iter().map(waiting).collect()
}
