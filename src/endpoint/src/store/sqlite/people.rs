//! Linking further devices, reading what is held on a person, erasing it.

use crate::store::{LinkClaim, Linked, MOST_LINKS, NewLink, PersonId, PersonLine};
use domain::ids::{ProfileId, Uuid};
use domain::time::Timestamp;
use sqlx::sqlite::SqlitePool;
use sqlx::{Executor, Row, Sqlite, SqliteConnection, query, query_scalar};

/// Stores a code, and closes what is over: expired codes, and the person's oldest beyond the most.
pub(super) async fn new_link(tx: &mut SqliteConnection, link: &NewLink, now: Timestamp) -> Result<u64, sqlx::Error> {
    query("DELETE FROM links WHERE expires <= ?")
        .bind(now.0)
        .execute(&mut *tx)
        .await?;
    let sql = "DELETE FROM links WHERE person = ?1 AND used IS NULL AND hash NOT IN \
               (SELECT hash FROM links WHERE person = ?1 AND used IS NULL ORDER BY created DESC, hash LIMIT ?2)";
    query(sql)
        .bind(link.person.0)
        .bind(MOST_LINKS - 1)
        .execute(&mut *tx)
        .await?;
    let sql = "INSERT INTO links (hash, person, created, expires) SELECT ?, id, ?, ? FROM persons \
               WHERE id = ? AND erased IS NULL";
    let insert = query(sql).bind(link.hash.to_vec()).bind(now.0).bind(link.expires.0);
    Ok(insert.bind(link.person.0).execute(tx).await?.rows_affected())
}

/// Links a device within the transaction that `tx` is in.
pub(super) async fn link(tx: &mut SqliteConnection, claim: &LinkClaim, now: Timestamp) -> Result<Linked, sqlx::Error> {
    let profile = claim.profile.0.as_u128().to_be_bytes().to_vec();
    // A code that was used holds once more for the device that used it, as long as its token was not: the answer was lost.
    let sql = "SELECT links.person, links.token FROM links JOIN persons ON persons.id = links.person \
               WHERE links.hash = ? AND links.expires > ? AND persons.erased IS NULL AND (links.used IS NULL \
               OR links.profile = ? AND EXISTS (SELECT 1 FROM tokens WHERE hash = links.token AND last_day IS NULL))";
    let select = query(sql).bind(claim.code.to_vec()).bind(now.0).bind(&profile);
    let Some(found) = select.fetch_optional(&mut *tx).await? else {
        return Ok(Linked::CodeRefused);
    };
    let (person, lost): (i64, Option<Vec<u8>>) = (found.try_get(0)?, found.try_get(1)?);
    let owner: Option<i64> = query_scalar("SELECT person FROM profiles WHERE profile = ?")
        .bind(&profile)
        .fetch_optional(&mut *tx)
        .await?;
    if owner.is_some_and(|owner| owner != person) {
        return Ok(Linked::ProfileClaimed);
    }
    if let Some(lost) = lost {
        query("DELETE FROM tokens WHERE hash = ?")
            .bind(lost)
            .execute(&mut *tx)
            .await?;
    }
    query("INSERT INTO profiles (profile, person, claimed) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
        .bind(&profile)
        .bind(person)
        .bind(now.0)
        .execute(&mut *tx)
        .await?;
    query("INSERT INTO tokens (hash, person, created) VALUES (?, ?, ?)")
        .bind(claim.token.to_vec())
        .bind(person)
        .bind(now.0)
        .execute(&mut *tx)
        .await?;
    query("UPDATE links SET used = ?, profile = ?, token = ? WHERE hash = ?")
        .bind(now.0)
        .bind(&profile)
        .bind(claim.token.to_vec())
        .bind(claim.code.to_vec())
        .execute(&mut *tx)
        .await?;
    let line = line(&mut *tx, PersonId(person)).await?;
    Ok(line.map_or(Linked::CodeRefused, |line| Linked::Linked(Box::new(line))))
}

/// The person; none where there is none or they were erased.
pub(super) async fn person(pool: &SqlitePool, person: PersonId) -> Result<Option<PersonLine>, sqlx::Error> {
    let mut connection = pool.acquire().await?;
    line(&mut connection, person).await
}

async fn line(connection: &mut SqliteConnection, person: PersonId) -> Result<Option<PersonLine>, sqlx::Error> {
    let sql = "SELECT persons.uuid, persons.name, persons.staff_no, units.name, persons.created, \
               (SELECT count(*) FROM tokens WHERE person = persons.id), \
               (SELECT count(*) FROM records WHERE person = persons.id) \
               FROM persons JOIN units ON units.id = persons.unit WHERE persons.id = ? AND persons.erased IS NULL";
    let Some(row) = query(sql).bind(person.0).fetch_optional(&mut *connection).await? else {
        return Ok(None);
    };
    let records: i64 = row.try_get(6)?;
    Ok(Some(PersonLine {
        person: row.try_get(0)?,
        name: row.try_get(1)?,
        staff_no: row.try_get(2)?,
        unit: row.try_get(3)?,
        joined: Timestamp(row.try_get(4)?),
        profiles: profiles(connection, person).await?,
        tokens: row.try_get(5)?,
        records: records.unsigned_abs(),
    }))
}

async fn profiles<'e>(
    executor: impl Executor<'e, Database = Sqlite>,
    person: PersonId,
) -> Result<Vec<ProfileId>, sqlx::Error> {
    let sql = "SELECT profile FROM profiles WHERE person = ? ORDER BY claimed, profile";
    let bytes: Vec<Vec<u8>> = query_scalar(sql).bind(person.0).fetch_all(executor).await?;
    // The column holds the 16 bytes of a UUID and nothing else.
    let id = |bytes: Vec<u8>| Some(ProfileId(Uuid::from_u128(u128::from_be_bytes(bytes.try_into().ok()?))));
    Ok(bytes.into_iter().filter_map(id).collect())
}

/// Deletes everything on a person but the tombstone, children before parents.
pub(super) async fn erase(tx: &mut SqliteConnection, person: PersonId, now: Timestamp) -> Result<u64, sqlx::Error> {
    const OF: [&str; 8] = [
        "DELETE FROM pending WHERE record IN (SELECT seq FROM records WHERE person = ?)",
        "DELETE FROM verdicts WHERE record IN (SELECT seq FROM records WHERE person = ?)",
        "DELETE FROM due WHERE person = ?",
        "DELETE FROM told WHERE attempt IN (SELECT attempt FROM sittings WHERE person = ?)",
        "DELETE FROM sittings WHERE person = ?",
        "DELETE FROM records WHERE person = ?",
        "DELETE FROM links WHERE person = ?",
        "UPDATE persons SET name = '', staff_no = NULL WHERE id = ?",
    ];
    for sql in OF {
        query(sql).bind(person.0).execute(&mut *tx).await?;
    }
    let sql = "UPDATE persons SET erased = ? WHERE id = ? AND erased IS NULL";
    Ok(query(sql).bind(now.0).bind(person.0).execute(tx).await?.rows_affected())
}
