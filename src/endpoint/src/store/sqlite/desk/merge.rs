//! Merging a double into the person who stays.
//!
//! All records of both get new places behind all others, in the order that they had. A device asks for what lies behind the
//! last place that it has seen, so that with the old places each device would miss what the other one sent before.

use super::living;
use crate::canonical;
use crate::store::{Acted, PersonId};
use domain::time::Timestamp;
use sqlx::{Row, SqliteConnection, query, raw_sql};

/// Merges within the transaction that `tx` is in. What both have of the same content stays once.
pub(super) async fn merge(
    tx: &mut SqliteConnection,
    double: &str,
    into: &str,
    now: Timestamp,
) -> Result<Acted, sqlx::Error> {
    let (Some(from), Some(to)) = (living(&mut *tx, double).await?, living(&mut *tx, into).await?) else {
        return Ok(Acted::Missing);
    };
    if from == to {
        return Ok(Acted::Missing);
    }
    let clashes = settle_doubles(tx, from, to).await?;
    if clashes > 0 {
        return Ok(Acted::Clash(clashes));
    }
    // Records are named by their places in other tables; those follow within this transaction.
    raw_sql(
        "PRAGMA defer_foreign_keys = ON; CREATE TEMP TABLE IF NOT EXISTS moved (old INTEGER PRIMARY KEY, new INTEGER NOT NULL); \
         DELETE FROM temp.moved",
    )
    .execute(&mut *tx)
    .await?;
    let sql = "INSERT INTO temp.moved (old, new) SELECT seq, (SELECT coalesce(max(seq), 0) FROM sqlite_sequence \
               WHERE name = 'records') + row_number() OVER (ORDER BY seq) FROM records WHERE person IN (?, ?)";
    query(sql).bind(from.0).bind(to.0).execute(&mut *tx).await?;
    for (table, column) in [("verdicts", "record"), ("pending", "record"), ("records", "seq")] {
        // Names of tables of this file: parameters cannot stand for them.
        let sql = format!(
            "UPDATE {table} SET {column} = (SELECT new FROM temp.moved WHERE old = {column}) WHERE {column} IN (SELECT old FROM temp.moved)"
        );
        query(sqlx::AssertSqlSafe(sql)).execute(&mut *tx).await?;
    }
    let sql = "UPDATE sqlite_sequence SET seq = max(seq, coalesce((SELECT max(new) FROM temp.moved), 0)) WHERE name = 'records'";
    query(sql).execute(&mut *tx).await?;
    let sql = "UPDATE sittings SET person = ?1, told = CASE WHEN told IS NOT NULL THEN \
               coalesce((SELECT new FROM temp.moved WHERE old = told), told) END WHERE person IN (?1, ?2)";
    query(sql).bind(to.0).bind(from.0).execute(&mut *tx).await?;
    for table in ["records", "profiles", "tokens", "links"] {
        let sql = format!("UPDATE {table} SET person = ? WHERE person = ?");
        let update = query(sqlx::AssertSqlSafe(sql)).bind(to.0).bind(from.0);
        update.execute(&mut *tx).await?;
    }
    due_anew(tx, from, to).await?;
    let sql = "UPDATE persons SET name = '', staff_no = NULL, erased = ?, merged = ? WHERE id = ?";
    query(sql).bind(now.0).bind(to.0).bind(from.0).execute(&mut *tx).await?;
    Ok(Acted::Done(vec![from, to]))
}

/// Throws the double's copies of records that both have away; how many have the same id and other content.
async fn settle_doubles(tx: &mut SqliteConnection, from: PersonId, to: PersonId) -> Result<u32, sqlx::Error> {
    let sql =
        "SELECT a.seq, a.raw, b.raw FROM records a JOIN records b ON b.person = ? AND b.id = a.id WHERE a.person = ?";
    let rows = query(sql).bind(to.0).bind(from.0).fetch_all(&mut *tx).await?;
    let mut clashes = 0;
    let mut copies: Vec<i64> = Vec::new();
    for row in rows {
        let (one, other): (String, String) = (row.try_get(1)?, row.try_get(2)?);
        if one == other || canonical::same(&one, &other) {
            copies.push(row.try_get(0)?);
        } else {
            clashes += 1;
        }
    }
    if clashes == 0 {
        for copy in copies {
            for sql in [
                "DELETE FROM pending WHERE record = ?",
                "DELETE FROM verdicts WHERE record = ?",
                "DELETE FROM records WHERE seq = ?",
            ] {
                query(sql).bind(copy).execute(&mut *tx).await?;
            }
        }
    }
    Ok(clashes)
}

/// Exams of the one who stays are due to be marked with all their records.
async fn due_anew(tx: &mut SqliteConnection, from: PersonId, to: PersonId) -> Result<(), sqlx::Error> {
    query("DELETE FROM due WHERE person IN (?, ?)")
        .bind(from.0)
        .bind(to.0)
        .execute(&mut *tx)
        .await?;
    let sql = "INSERT INTO due (person, attempt, place) SELECT person, attempt, max(seq) FROM records \
               WHERE person = ? AND attempt IS NOT NULL AND length(attempt) = 16 \
               GROUP BY person, attempt HAVING sum(kind = 'exam.finished') > 0";
    query(sql).bind(to.0).execute(tx).await?;
    Ok(())
}
