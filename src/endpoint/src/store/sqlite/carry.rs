//! Files that a backup carries beside the database: what is installed in the data folder, so that one file brings all of it back.

use super::{failed, private_file};
use crate::store::StoreError;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, Row, SqliteConnection, query, query_scalar, raw_sql};
use std::path::Path;

/// A file that is carried: what it belongs to, its path there, and its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// The folder in the data folder.
    pub place: String,
    /// The path in it, with slashes.
    pub path: String,
    /// The content.
    pub bytes: Vec<u8>,
}

async fn open(file: &Path) -> Result<SqliteConnection, StoreError> {
    let options = SqliteConnectOptions::new().filename(file).disable_statement_logging();
    options.connect().await.map_err(failed)
}

/// Puts files into a backup that was just written.
///
/// # Errors
/// The backup cannot be written.
pub async fn put(backup: &Path, files: &[Carried]) -> Result<(), StoreError> {
    private_file(backup).map_err(|error| StoreError::Unavailable(error.to_string()))?;
    let mut connection = open(backup).await?;
    let mut tx = connection.begin().await.map_err(failed)?;
    let sql = "CREATE TABLE carried (place TEXT NOT NULL, path TEXT NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (place, path)) \
               STRICT, WITHOUT ROWID";
    raw_sql(sql).execute(&mut *tx).await.map_err(failed)?;
    for file in files {
        let insert = query("INSERT INTO carried (place, path, bytes) VALUES (?, ?, ?)");
        let insert = insert.bind(&file.place).bind(&file.path).bind(file.bytes.as_slice());
        insert.execute(&mut *tx).await.map_err(failed)?;
    }
    tx.commit().await.map_err(failed)?;
    connection.close().await.map_err(failed)
}

/// Takes the files out of a copy of a backup, which is then a database like any other; none where it carries none, as those that
/// were written before there was anything to carry.
///
/// # Errors
/// The copy cannot be read or written.
pub async fn take(copy: &Path) -> Result<Vec<Carried>, StoreError> {
    let mut connection = open(copy).await?;
    let sql = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'carried')";
    let there: bool = query_scalar(sql).fetch_one(&mut connection).await.map_err(failed)?;
    let mut files = Vec::new();
    if there {
        let rows = query("SELECT place, path, bytes FROM carried ORDER BY place, path");
        for row in rows.fetch_all(&mut connection).await.map_err(failed)? {
            files.push(Carried {
                place: row.try_get(0).map_err(failed)?,
                path: row.try_get(1).map_err(failed)?,
                bytes: row.try_get(2).map_err(failed)?,
            });
        }
        raw_sql("DROP TABLE carried")
            .execute(&mut connection)
            .await
            .map_err(failed)?;
    }
    connection.close().await.map_err(failed)?;
    Ok(files)
}
