//! Joining: a code's uses are counted in the same transaction that makes the person.

use crate::store::{Enrolled, Enrolment};
use domain::time::Timestamp;
use sqlx::{Row, SqliteConnection, query, query_scalar};

/// Joins a person within the transaction that `tx` is in.
pub(super) async fn enrol(
    tx: &mut SqliteConnection,
    wish: &Enrolment,
    now: Timestamp,
) -> Result<Enrolled, sqlx::Error> {
    let sql = "SELECT codes.id, codes.unit, units.name, codes.expires, codes.used < codes.max_uses FROM codes \
               JOIN units ON units.id = codes.unit WHERE codes.hash = ? AND codes.closed IS NULL";
    let Some(code) = query(sql).bind(wish.code.to_vec()).fetch_optional(&mut *tx).await? else {
        return Ok(Enrolled::CodeRefused);
    };
    let (id, unit, unit_name): (i64, i64, String) = (code.try_get(0)?, code.try_get(1)?, code.try_get(2)?);
    let expires: i64 = code.try_get(3)?;
    let open = code.try_get(4)? && now.0 < expires;
    let profile = wish.profile.0.as_u128().to_be_bytes().to_vec();

    let sql = "SELECT persons.id, persons.uuid, persons.code = ? AND persons.name = ? AND persons.staff_no IS ? \
               AND NOT EXISTS (SELECT 1 FROM tokens WHERE person = persons.id AND last_day IS NOT NULL) \
               FROM profiles JOIN persons ON persons.id = profiles.person WHERE profiles.profile = ?";
    let claimed = query(sql).bind(id).bind(&wish.name).bind(&wish.staff_no).bind(&profile);
    if let Some(claimed) = claimed.fetch_optional(&mut *tx).await? {
        let (person, uuid, lost): (i64, String, bool) = (claimed.try_get(0)?, claimed.try_get(1)?, claimed.try_get(2)?);
        if lost {
            query("DELETE FROM tokens WHERE person = ?")
                .bind(person)
                .execute(&mut *tx)
                .await?;
            issue(tx, wish, person, now).await?;
            return Ok(Enrolled::Joined {
                person: uuid,
                unit: unit_name,
            });
        }
        // Only who holds a good code learns that a profile is taken.
        return Ok(if open {
            Enrolled::ProfileClaimed
        } else {
            Enrolled::CodeRefused
        });
    }
    if !open {
        return Ok(Enrolled::CodeRefused);
    }
    query("UPDATE codes SET used = used + 1 WHERE id = ?")
        .bind(id)
        .execute(&mut *tx)
        .await?;
    let sql = "INSERT INTO persons (uuid, unit, code, name, staff_no, created) VALUES (?, ?, ?, ?, ?, ?) RETURNING id";
    let insert = query_scalar(sql)
        .bind(&wish.person)
        .bind(unit)
        .bind(id)
        .bind(&wish.name)
        .bind(&wish.staff_no);
    let person: i64 = insert.bind(now.0).fetch_one(&mut *tx).await?;
    let sql = "INSERT INTO profiles (profile, person, claimed) VALUES (?, ?, ?)";
    query(sql)
        .bind(profile)
        .bind(person)
        .bind(now.0)
        .execute(&mut *tx)
        .await?;
    issue(tx, wish, person, now).await?;
    Ok(Enrolled::Joined {
        person: wish.person.clone(),
        unit: unit_name,
    })
}

async fn issue(tx: &mut SqliteConnection, wish: &Enrolment, person: i64, now: Timestamp) -> Result<(), sqlx::Error> {
    let sql = "INSERT INTO tokens (hash, person, created) VALUES (?, ?, ?)";
    query(sql)
        .bind(wish.token.to_vec())
        .bind(person)
        .bind(now.0)
        .execute(tx)
        .await?;
    Ok(())
}
