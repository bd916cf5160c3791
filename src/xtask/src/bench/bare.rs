//! The floor of the endpoint: the least that axum and SQLite can do with the same bytes. Each request is one transaction with
//! one row for each record, in WAL with `synchronous=FULL`, on one connection. No people, no duplicates, no marking, and no
//! sharing of commits between requests.

use anyhow::{Context, Result};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use serde::Deserialize;
use serde_json::value::RawValue;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use std::path::Path;

#[derive(Deserialize)]
struct Batch<'a> {
    #[serde(borrow)]
    records: Vec<&'a RawValue>,
}

/// Serves until it is killed.
///
/// # Errors
/// The file or the address cannot be used.
pub(crate) async fn serve(file: &Path) -> Result<()> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .connect_with(options)
        .await
        .context("cannot open SQLite")?;
    sqlx::query("CREATE TABLE record (n INTEGER PRIMARY KEY, json TEXT NOT NULL)")
        .execute(&pool)
        .await?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("ready: http://{}/", listener.local_addr()?);
    let router = Router::new().route("/api/v1/records", post(insert)).with_state(pool);
    Ok(axum::serve(listener, router).await?)
}

async fn insert(State(pool): State<SqlitePool>, body: Bytes) -> Result<&'static str, StatusCode> {
    let batch: Batch = serde_json::from_slice(&body).map_err(|_| StatusCode::BAD_REQUEST)?;
    write(&pool, &batch)
        .await
        .map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok("{}")
}

async fn write(pool: &SqlitePool, batch: &Batch<'_>) -> sqlx::Result<()> {
    let mut transaction = pool.begin().await?;
    for record in &batch.records {
        let row = sqlx::query("INSERT INTO record (json) VALUES (?)").bind(record.get());
        row.execute(&mut *transaction).await?;
    }
    transaction.commit().await
}
