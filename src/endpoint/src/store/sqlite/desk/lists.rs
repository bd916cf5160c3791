//! The lists of the organizer's desk, on the connections that do not write.

use super::DEVICE_BYTES;
use crate::store::{ItemDone, LessonsDone, PeopleFilter, PersonId, ResultLine, ResultPlace, ResultsFilter};
use domain::ids::{AttemptId, Uuid};
use domain::time::{Day, Timestamp};
use sqlx::sqlite::{SqlitePool, SqliteRow};
use sqlx::{AssertSqlSafe, Row, query, query_scalar};
use wire::organize::{AuditRow, CodeLine, DeviceRow, PersonRow, UnitLine};

/// All units by name.
pub(super) async fn units(pool: &SqlitePool, now: Timestamp) -> Result<Vec<UnitLine>, sqlx::Error> {
    let sql = "SELECT id, name, (SELECT count(*) FROM persons WHERE unit = units.id AND erased IS NULL), \
               (SELECT count(*) FROM codes WHERE unit = units.id AND closed IS NULL AND expires > ? AND used < max_uses) \
               FROM units ORDER BY name";
    let line = |row: SqliteRow| {
        Ok(UnitLine {
            id: row.try_get(0)?,
            name: row.try_get(1)?,
            people: row.try_get(2)?,
            codes: row.try_get(3)?,
        })
    };
    query(sql).bind(now.0).try_map(line).fetch_all(pool).await
}

/// All codes, the newest first.
pub(super) async fn codes(pool: &SqlitePool, now: Timestamp) -> Result<Vec<CodeLine>, sqlx::Error> {
    let sql = "SELECT codes.id, shown, units.id, units.name, expires, max_uses, used, \
               CASE WHEN closed IS NOT NULL THEN 'closed' WHEN expires <= ? THEN 'expired' \
               WHEN used >= max_uses THEN 'used-up' ELSE 'open' END \
               FROM codes JOIN units ON units.id = codes.unit ORDER BY codes.id DESC";
    let line = |row: SqliteRow| {
        Ok(CodeLine {
            number: row.try_get(0)?,
            shown: row.try_get(1)?,
            unit: row.try_get(2)?,
            unit_name: row.try_get(3)?,
            expires: row.try_get(4)?,
            max_uses: row.try_get(5)?,
            used: row.try_get(6)?,
            state: row.try_get(7)?,
        })
    };
    query(sql).bind(now.0).try_map(line).fetch_all(pool).await
}

/// The columns of `row`.
const PERSON: &str = "SELECT p.uuid, p.name, p.staff_no, u.id, u.name, p.created, p.confirmed, \
                      (SELECT count(*) FROM tokens WHERE person = p.id), (SELECT count(*) FROM records WHERE person = p.id), \
                      (SELECT max(last_day) FROM tokens WHERE person = p.id) \
                      FROM persons p JOIN units u ON u.id = p.unit WHERE p.erased IS NULL";

/// Those who fit a filter: the unit is ?1, what the name or number holds ?2.
const FITS: &str = "(?1 IS NULL OR p.unit = ?1) AND \
                    (?2 IS NULL OR instr(lower(p.name), ?2) > 0 OR instr(lower(coalesce(p.staff_no, '')), ?2) > 0)";

fn row(row: &SqliteRow) -> Result<PersonRow, sqlx::Error> {
    let last_day: Option<i64> = row.try_get(9)?;
    let records: i64 = row.try_get(8)?;
    Ok(PersonRow {
        id: row.try_get(0)?,
        name: row.try_get(1)?,
        staff_no: row.try_get(2)?,
        unit: row.try_get(3)?,
        unit_name: row.try_get(4)?,
        joined: row.try_get(5)?,
        confirmed: row.try_get(6)?,
        devices: row.try_get(7)?,
        records: records.unsigned_abs(),
        last_day: last_day.map(|day| Day(day).to_string()),
    })
}

fn wanted(filter: &PeopleFilter) -> Option<String> {
    filter.find.as_ref().map(|find| find.to_lowercase())
}

/// People by unit and name, `limit` from the one numbered `after` on, and how many there are.
pub(super) async fn people(
    pool: &SqlitePool,
    filter: &PeopleFilter,
    after: u32,
    limit: u32,
) -> Result<(Vec<PersonRow>, u32), sqlx::Error> {
    let sql = format!("{PERSON} AND {FITS} ORDER BY u.name, p.name, p.id LIMIT ?3 OFFSET ?4");
    let select = query(AssertSqlSafe(sql)).bind(filter.unit).bind(wanted(filter));
    let rows = select.bind(limit).bind(after).fetch_all(pool).await?;
    let sql = format!("SELECT count(*) FROM persons p WHERE p.erased IS NULL AND {FITS}");
    let count = query_scalar(AssertSqlSafe(sql)).bind(filter.unit).bind(wanted(filter));
    let total: u32 = count.fetch_one(pool).await?;
    Ok((rows.iter().map(row).collect::<Result<_, _>>()?, total))
}

/// A person with their devices and possible doubles.
pub(super) async fn card(
    pool: &SqlitePool,
    person: &str,
) -> Result<Option<(PersonRow, Vec<DeviceRow>, Vec<PersonRow>)>, sqlx::Error> {
    let select = query(AssertSqlSafe(format!("{PERSON} AND p.uuid = ?"))).bind(person);
    let Some(found) = select.fetch_optional(pool).await? else {
        return Ok(None);
    };
    let found = row(&found)?;
    let sql = "SELECT lower(hex(substr(t.hash, 1, ?))), t.created, t.last_day FROM tokens t \
               JOIN persons p ON p.id = t.person WHERE p.uuid = ? ORDER BY t.created DESC, t.hash";
    let device = |row: SqliteRow| {
        let last_day: Option<i64> = row.try_get(2)?;
        Ok(DeviceRow {
            id: row.try_get(0)?,
            linked: row.try_get(1)?,
            last_day: last_day.map(|day| Day(day).to_string()),
        })
    };
    let devices = query(sql).bind(DEVICE_BYTES).bind(person).try_map(device);
    let devices = devices.fetch_all(pool).await?;
    let sql =
        format!("{PERSON} AND p.uuid <> ?1 AND (p.name = ?2 OR p.staff_no = ?3) ORDER BY p.created, p.id LIMIT 20");
    let select = query(AssertSqlSafe(sql)).bind(person).bind(&found.name);
    let doubles = select.bind(&found.staff_no).fetch_all(pool).await?;
    let doubles = doubles.iter().map(row).collect::<Result<_, _>>()?;
    Ok(Some((found, devices, doubles)))
}

/// What was handed in with local keys, once each, and what was given as an assessment. `body` was written by a device, but the
/// endpoint read it before it stored it (`attempt` is set for nothing else).
const RESULTS: &str = "WITH local AS ( \
      SELECT min(f.seq) AS seq, f.person, f.attempt, f.received AS at, f.received AS handed_in, \
             json_extract(s.raw, '$.body.exam') AS exam, json_extract(s.raw, '$.body.mode') AS mode, \
             coalesce(json_extract(f.raw, '$.body.doubtful'), 0) OR f.doubtful AS doubtful \
      FROM records f JOIN records s ON s.person = f.person AND s.attempt = f.attempt AND s.kind = 'exam.started' \
      WHERE f.kind = 'exam.finished' AND NOT EXISTS (SELECT 1 FROM sittings WHERE attempt = f.attempt) \
      GROUP BY f.person, f.attempt), \
    given AS ( \
      SELECT NULL AS seq, t.person, t.attempt, t.started AS at, (SELECT min(r.received) FROM records r \
             WHERE r.person = t.person AND r.attempt = t.attempt AND r.kind = 'exam.finished') AS handed_in, \
             t.exam, 'assessment' AS mode, 0 AS doubtful FROM sittings t), \
    listed AS (SELECT * FROM local WHERE mode IN ('self-test', 'contest') UNION ALL SELECT * FROM given) \
    SELECT l.at, l.attempt, l.person, p.uuid, p.name, p.staff_no, u.name, l.exam, l.mode, l.handed_in, l.doubtful, \
           v.outcome, v.points, v.max \
    FROM listed l JOIN persons p ON p.id = l.person JOIN units u ON u.id = p.unit \
    LEFT JOIN verdicts v ON v.record = l.seq AND v.number = (SELECT max(number) FROM verdicts WHERE record = l.seq) \
    WHERE p.erased IS NULL";

fn result(row: &SqliteRow) -> Result<ResultLine, sqlx::Error> {
    let bytes: Vec<u8> = row.try_get(1)?;
    let bytes = <[u8; 16]>::try_from(bytes).map_err(|_| sqlx::Error::Decode("a stored attempt is none".into()))?;
    let handed_in: Option<i64> = row.try_get(9)?;
    let outcome: Option<String> = row.try_get(11)?;
    let (points, max): (Option<u32>, Option<u32>) = (row.try_get(12)?, row.try_get(13)?);
    Ok(ResultLine {
        place: ResultPlace {
            at: Timestamp(row.try_get(0)?),
            attempt: AttemptId(Uuid::from_u128(u128::from_be_bytes(bytes))),
        },
        person: PersonId(row.try_get(2)?),
        uuid: row.try_get(3)?,
        name: row.try_get(4)?,
        staff_no: row.try_get(5)?,
        unit: row.try_get(6)?,
        exam: row.try_get(7)?,
        mode: row.try_get(8)?,
        handed_in: handed_in.map(Timestamp),
        doubtful: row.try_get(10)?,
        verdict: outcome.map(|outcome| (outcome, points.zip(max))),
    })
}

/// Results behind `after`, the latest first.
pub(super) async fn results(
    pool: &SqlitePool,
    filter: &ResultsFilter,
    after: Option<ResultPlace>,
    limit: u32,
) -> Result<Vec<ResultLine>, sqlx::Error> {
    let sql = format!(
        "{RESULTS} AND {FITS} AND (?3 IS NULL OR l.mode = ?3) AND (?4 IS NULL OR l.exam = ?4) \
         AND (?5 IS NULL OR l.at >= ?5) AND (?6 IS NULL OR l.at < ?6) \
         AND (?7 IS NULL OR (l.at, l.attempt) < (?7, ?8)) ORDER BY l.at DESC, l.attempt DESC LIMIT ?9"
    );
    let select = query(AssertSqlSafe(sql))
        .bind(filter.people.unit)
        .bind(wanted(&filter.people));
    let select = select.bind(&filter.mode).bind(&filter.exam);
    let select = select
        .bind(filter.from.map(|at| at.0))
        .bind(filter.before.map(|at| at.0));
    let select = select.bind(after.map(|place| place.at.0));
    let select = select.bind(after.map(|place| place.attempt.0.as_u128().to_be_bytes().to_vec()));
    let rows = select.bind(limit).fetch_all(pool).await?;
    rows.iter().map(result).collect()
}

/// Finished lessons, each of each person once.
pub(super) async fn lessons_done(pool: &SqlitePool, unit: Option<i64>) -> Result<Vec<LessonsDone>, sqlx::Error> {
    let sql = "SELECT DISTINCT p.unit, p.id, json_extract(r.raw, '$.body.course'), json_extract(r.raw, '$.body.lesson') \
               FROM records r JOIN persons p ON p.id = r.person WHERE p.erased IS NULL AND (?1 IS NULL OR p.unit = ?1) \
               AND r.kind = 'lesson.progress' AND json_extract(r.raw, '$.v') = 1 \
               AND json_extract(r.raw, '$.body.state') = 'finished'";
    let line = |row: SqliteRow| {
        Ok(LessonsDone {
            unit: row.try_get(0)?,
            person: PersonId(row.try_get(1)?),
            course: row.try_get(2)?,
            lesson: row.try_get(3)?,
        })
    };
    query(sql).bind(unit).try_map(line).fetch_all(pool).await
}

/// Answered items, each of each person once, with the last answer that has a mark. Assessments tell nothing here: their
/// answers have no marks of their own.
pub(super) async fn items_done(pool: &SqlitePool, unit: Option<i64>) -> Result<Vec<ItemDone>, sqlx::Error> {
    // Of rows that are grouped SQLite takes the other columns from the row of the maximum.
    let sql = "SELECT p.unit, p.id, json_extract(r.raw, '$.body.item') AS item, v.outcome = 'right', max(r.seq) \
               FROM records r JOIN persons p ON p.id = r.person \
               JOIN verdicts v ON v.record = r.seq AND v.number = (SELECT max(number) FROM verdicts WHERE record = r.seq) \
               WHERE p.erased IS NULL AND (?1 IS NULL OR p.unit = ?1) AND r.kind = 'item.answered' \
               AND v.points IS NOT NULL GROUP BY p.id, item";
    let line = |row: SqliteRow| {
        Ok(ItemDone {
            unit: row.try_get(0)?,
            person: PersonId(row.try_get(1)?),
            item: row.try_get(2)?,
            right: row.try_get(3)?,
        })
    };
    query(sql).bind(unit).try_map(line).fetch_all(pool).await
}

/// The log, the latest first.
pub(super) async fn audit(pool: &SqlitePool, limit: u32) -> Result<Vec<AuditRow>, sqlx::Error> {
    let sql = "SELECT at, organizer, action, detail, rows FROM desk_audit ORDER BY id DESC LIMIT ?";
    let line = |row: SqliteRow| {
        Ok(AuditRow {
            at: row.try_get(0)?,
            organizer: row.try_get(1)?,
            action: row.try_get(2)?,
            detail: row.try_get(3)?,
            rows: row.try_get(4)?,
        })
    };
    query(sql).bind(limit).try_map(line).fetch_all(pool).await
}
