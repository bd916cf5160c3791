//! The organizer's desk: what it changes, each with its line of the log. Reading is in `lists`.

mod lists;
mod merge;
mod store;

use crate::store::{Act, Acted, Hash, NewKey, NewLink, PersonId, Session};
use domain::time::Timestamp;
use sqlx::sqlite::SqlitePool;
use sqlx::{Row, SqliteConnection, query, query_scalar};

/// How many of a token's bytes name a device at the desk.
const DEVICE_BYTES: i64 = 8;

/// Keeps a one-time link; those that are over for more than the log needs are thrown away.
pub(super) async fn new_key(tx: &mut SqliteConnection, key: &NewKey, now: Timestamp) -> Result<u64, sqlx::Error> {
    let sql = "INSERT INTO desk_keys (hash, name, created, expires) VALUES (?, ?, ?, ?)";
    let insert = query(sql).bind(key.hash.to_vec()).bind(&key.name).bind(now.0);
    Ok(insert.bind(key.expires.0).execute(tx).await?.rows_affected())
}

/// Whether there ever was a link.
pub(super) async fn has_key(pool: &SqlitePool) -> Result<bool, sqlx::Error> {
    query_scalar("SELECT EXISTS (SELECT 1 FROM desk_keys)")
        .fetch_one(pool)
        .await
}

/// Uses a link and begins a session within the transaction that `tx` is in.
pub(super) async fn sign_in(
    tx: &mut SqliteConnection,
    (key, session): (&Hash, &Hash),
    until: Timestamp,
    now: Timestamp,
) -> Result<Option<Session>, sqlx::Error> {
    query("DELETE FROM desk_sessions WHERE expires <= ?")
        .bind(now.0)
        .execute(&mut *tx)
        .await?;
    let sql = "UPDATE desk_keys SET used = ?1 WHERE hash = ?2 AND used IS NULL AND expires > ?1 RETURNING name";
    let name: Option<String> = query_scalar(sql)
        .bind(now.0)
        .bind(key.to_vec())
        .fetch_optional(&mut *tx)
        .await?;
    let Some(name) = name else { return Ok(None) };
    let sql = "INSERT INTO desk_sessions (hash, name, created, expires) VALUES (?, ?, ?, ?)";
    let insert = query(sql).bind(session.to_vec()).bind(&name).bind(now.0);
    insert.bind(until.0).execute(&mut *tx).await?;
    log(tx, "sign-in", "", None, (&name, now)).await?;
    Ok(Some(Session { name, expires: until }))
}

/// The session of a cookie.
pub(super) async fn session(pool: &SqlitePool, hash: &Hash, now: Timestamp) -> Result<Option<Session>, sqlx::Error> {
    let sql = "SELECT name, expires FROM desk_sessions WHERE hash = ? AND expires > ?";
    let row = query(sql).bind(hash.to_vec()).bind(now.0).fetch_optional(pool).await?;
    row.map(|row| {
        Ok(Session {
            name: row.try_get(0)?,
            expires: Timestamp(row.try_get(1)?),
        })
    })
    .transpose()
}

/// Ends a session.
pub(super) async fn sign_out(tx: &mut SqliteConnection, hash: &Hash) -> Result<u64, sqlx::Error> {
    let delete = query("DELETE FROM desk_sessions WHERE hash = ?").bind(hash.to_vec());
    Ok(delete.execute(tx).await?.rows_affected())
}

/// Writes a line of the log.
async fn log(
    tx: &mut SqliteConnection,
    action: &str,
    detail: &str,
    rows: Option<u32>,
    (organizer, now): (&str, Timestamp),
) -> Result<(), sqlx::Error> {
    let sql = "INSERT INTO desk_audit (at, organizer, action, detail, rows) VALUES (?, ?, ?, ?, ?)";
    let insert = query(sql).bind(now.0).bind(organizer).bind(action).bind(detail);
    insert.bind(rows).execute(tx).await?;
    Ok(())
}

/// Does what an organizer wants and writes it into the log, within the transaction that `tx` is in.
pub(super) async fn act(tx: &mut SqliteConnection, act: &Act, by: &str, now: Timestamp) -> Result<Acted, sqlx::Error> {
    let (acted, detail) = done(&mut *tx, act, now).await?;
    let (action, rows) = named(act);
    if matches!(acted, Acted::Done(_) | Acted::Unit(_) | Acted::Code { .. }) {
        log(tx, action, &detail, rows, (by, now)).await?;
    }
    Ok(acted)
}

/// What the log calls an act, and how many rows it took out.
fn named(act: &Act) -> (&'static str, Option<u32>) {
    match act {
        Act::NewUnit(_) => ("unit-new", None),
        Act::NameUnit(..) => ("unit-name", None),
        Act::NewCode { .. } => ("code-new", None),
        Act::RotateCode { .. } => ("code-rotate", None),
        Act::CloseCode(_) => ("code-close", None),
        Act::Confirm(_) => ("person-confirm", None),
        Act::Link { .. } => ("person-link", None),
        Act::Revoke { .. } => ("device-revoke", None),
        Act::Merge { .. } => ("person-merge", None),
        Act::Erase(_) => ("person-erase", None),
        Act::Export { rows, .. } => ("export", Some(*rows)),
    }
}

/// What came of it, and the detail for the log.
async fn done(tx: &mut SqliteConnection, act: &Act, now: Timestamp) -> Result<(Acted, String), sqlx::Error> {
    Ok(match act {
        Act::NewUnit(name) => {
            let sql = "INSERT INTO units (name, created) VALUES (?, ?) ON CONFLICT DO NOTHING RETURNING id";
            let id: Option<i64> = query_scalar(sql).bind(name).bind(now.0).fetch_optional(tx).await?;
            (
                id.map_or(Acted::UnitTaken, Acted::Unit),
                id.map(|id| format!("unit {id}")).unwrap_or_default(),
            )
        }
        Act::NameUnit(id, name) => (name_unit(tx, *id, name).await?, format!("unit {id}")),
        Act::NewCode {
            unit,
            hash,
            shown,
            expires,
            max_uses,
        } => new_code(tx, *unit, (hash, shown), (*expires, *max_uses), now).await?,
        Act::RotateCode { number, hash, shown } => rotate(tx, *number, (hash, shown), now).await?,
        Act::CloseCode(number) => {
            let sql = "UPDATE codes SET closed = coalesce(closed, ?) WHERE id = ?";
            let closed = query(sql).bind(now.0).bind(number).execute(tx).await?.rows_affected();
            (found(closed > 0, None), format!("code {number}"))
        }
        Act::Confirm(person) => {
            let sql = "UPDATE persons SET confirmed = coalesce(confirmed, ?) WHERE uuid = ? AND erased IS NULL";
            let confirmed = query(sql).bind(now.0).bind(person).execute(tx).await?.rows_affected();
            (found(confirmed > 0, None), format!("person {person}"))
        }
        Act::Link { person, hash, expires } => {
            let Some(id) = living(&mut *tx, person).await? else {
                return Ok((Acted::Missing, String::new()));
            };
            let link = NewLink {
                person: id,
                hash: *hash,
                expires: *expires,
            };
            let made = super::people::new_link(tx, &link, now).await?;
            (found(made > 0, None), format!("person {person}"))
        }
        Act::Revoke { person, device } => revoke(tx, person, device).await?,
        Act::Merge { double, into } => {
            let acted = merge::merge(tx, double, into, now).await?;
            (acted, format!("person {double} into {into}"))
        }
        Act::Erase(person) => {
            let Some(id) = living(&mut *tx, person).await? else {
                return Ok((Acted::Missing, String::new()));
            };
            let erased = super::people::erase(tx, id, now).await?;
            (found(erased > 0, Some(id)), format!("person {person}"))
        }
        Act::Export { detail, .. } => (Acted::Done(Vec::new()), detail.clone()),
    })
}

fn found(there: bool, person: Option<PersonId>) -> Acted {
    if there {
        Acted::Done(person.into_iter().collect())
    } else {
        Acted::Missing
    }
}

/// The person of an id, unless they were erased.
async fn living(tx: &mut SqliteConnection, person: &str) -> Result<Option<PersonId>, sqlx::Error> {
    let id = query_scalar("SELECT id FROM persons WHERE uuid = ? AND erased IS NULL").bind(person);
    Ok(id.fetch_optional(tx).await?.map(PersonId))
}

async fn name_unit(tx: &mut SqliteConnection, id: i64, name: &str) -> Result<Acted, sqlx::Error> {
    let taken = query_scalar("SELECT EXISTS (SELECT 1 FROM units WHERE name = ? AND id <> ?)");
    if taken.bind(name).bind(id).fetch_one(&mut *tx).await? {
        return Ok(Acted::UnitTaken);
    }
    let update = query("UPDATE units SET name = ? WHERE id = ?").bind(name).bind(id);
    Ok(found(update.execute(tx).await?.rows_affected() > 0, None))
}

async fn new_code(
    tx: &mut SqliteConnection,
    unit: i64,
    (hash, shown): (&Hash, &str),
    (expires, max_uses): (Timestamp, u32),
    now: Timestamp,
) -> Result<(Acted, String), sqlx::Error> {
    let name: Option<String> = query_scalar("SELECT name FROM units WHERE id = ?")
        .bind(unit)
        .fetch_optional(&mut *tx)
        .await?;
    let Some(name) = name else {
        return Ok((Acted::Missing, String::new()));
    };
    let sql =
        "INSERT INTO codes (hash, shown, unit, created, expires, max_uses) VALUES (?, ?, ?, ?, ?, ?) RETURNING id";
    let insert = query_scalar(sql).bind(hash.to_vec()).bind(shown).bind(unit).bind(now.0);
    let number: i64 = insert.bind(expires.0).bind(max_uses).fetch_one(tx).await?;
    let detail = format!("code {number} of unit {unit} for {max_uses}");
    let code = Acted::Code {
        number,
        unit: name,
        expires,
        max_uses,
    };
    Ok((code, detail))
}

async fn rotate(
    tx: &mut SqliteConnection,
    number: i64,
    new: (&Hash, &str),
    now: Timestamp,
) -> Result<(Acted, String), sqlx::Error> {
    let sql = "SELECT unit, expires, max_uses - used, closed IS NOT NULL FROM codes WHERE id = ?";
    let Some(row) = query(sql).bind(number).fetch_optional(&mut *tx).await? else {
        return Ok((Acted::Missing, String::new()));
    };
    let (unit, expires, left, closed): (i64, i64, u32, bool) =
        (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?);
    if closed || expires <= now.0 || left == 0 {
        return Ok((Acted::CodeOver, String::new()));
    }
    query("UPDATE codes SET closed = ? WHERE id = ?")
        .bind(now.0)
        .bind(number)
        .execute(&mut *tx)
        .await?;
    let (made, detail) = new_code(tx, unit, new, (Timestamp(expires), left), now).await?;
    Ok((made, format!("code {number}; {detail}")))
}

async fn revoke(tx: &mut SqliteConnection, person: &str, device: &str) -> Result<(Acted, String), sqlx::Error> {
    let Some(id) = living(&mut *tx, person).await? else {
        return Ok((Acted::Missing, String::new()));
    };
    let sql = "DELETE FROM tokens WHERE person = ? AND lower(hex(substr(hash, 1, ?))) = ?";
    let delete = query(sql).bind(id.0).bind(DEVICE_BYTES).bind(device);
    let gone = delete.execute(&mut *tx).await?.rows_affected() > 0;
    Ok((found(gone, Some(id)), format!("person {person} device {device}")))
}
