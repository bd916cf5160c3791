//! Brings a database to the version of this program, or says why it cannot.

use super::{StoreError, failed};
use sqlx::{Connection, SqliteConnection, query, query_scalar, raw_sql};

/// Says whose database a file is (`PRAGMA application_id`): the letters `anxu`.
const APPLICATION: i64 = 0x616e_7875;

/// The steps in order; the version of a database is how many of them it has.
const STEPS: [&str; 4] = [
    include_str!("../sql/001.sql"),
    include_str!("../sql/002.sql"),
    include_str!("../sql/003.sql"),
    include_str!("../sql/004.sql"),
];

/// Takes all steps that the database does not have yet, together or not at all.
///
/// # Errors
/// The database is another program's or newer than this one, or could not be written.
pub(super) async fn migrate(connection: &mut SqliteConnection, new_epoch: &str) -> Result<(), StoreError> {
    // IMMEDIATE: two processes that open a new store at once must not both create it.
    let mut tx = connection.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
    let version: i64 = query_scalar("PRAGMA user_version")
        .fetch_one(&mut *tx)
        .await
        .map_err(failed)?;
    let application: i64 = query_scalar("PRAGMA application_id")
        .fetch_one(&mut *tx)
        .await
        .map_err(failed)?;
    let tables: i64 = query_scalar("SELECT count(*) FROM sqlite_schema")
        .fetch_one(&mut *tx)
        .await
        .map_err(failed)?;
    if (application != APPLICATION && tables > 0) || version < 0 {
        return Err(StoreError::Foreign(
            "the file is a database of another program; choose another --data folder".into(),
        ));
    }
    let Some(steps) = usize::try_from(version).ok().and_then(|done| STEPS.get(done..)) else {
        return Err(StoreError::Foreign(format!(
            "the database has version {version}, this program knows up to {}; start the newer program",
            STEPS.len()
        )));
    };
    for step in steps {
        raw_sql(*step).execute(&mut *tx).await.map_err(failed)?;
    }
    // Both numbers are constants of this file: PRAGMA takes no parameters.
    let pragmas = format!(
        "PRAGMA user_version = {}; PRAGMA application_id = {APPLICATION}",
        STEPS.len()
    );
    raw_sql(sqlx::AssertSqlSafe(pragmas))
        .execute(&mut *tx)
        .await
        .map_err(failed)?;
    let epoch = "INSERT INTO meta (key, value) VALUES ('epoch', ?) ON CONFLICT DO NOTHING";
    query(epoch).bind(new_epoch).execute(&mut *tx).await.map_err(failed)?;
    tx.commit().await.map_err(failed)
}
