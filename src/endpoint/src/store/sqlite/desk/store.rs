//! The organizer's part of the store, on its two sides.

use super::super::writer::{Done, Work};
use super::super::{Sqlite, closing, failed};
use super::lists;
use crate::store::{
    Act, Acted, Desk, Hash, ItemDone, LessonsDone, NewKey, PeopleFilter, ResultLine, ResultPlace, ResultsFilter,
    Session, StoreError,
};
use async_trait::async_trait;
use domain::time::Timestamp;
use wire::organize::{AuditRow, CodeLine, DeviceRow, PersonRow, UnitLine};

#[async_trait]
impl Desk for Sqlite {
    async fn new_key(&self, key: NewKey, now: Timestamp) -> Result<(), StoreError> {
        self.change(Work::NewKey(key, now)).await.map(drop)
    }

    async fn has_key(&self) -> Result<bool, StoreError> {
        super::has_key(&self.readers).await.map_err(failed)
    }

    async fn sign_in(
        &self,
        key: Hash,
        session: Hash,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<Option<Session>, StoreError> {
        match self.write(Work::SignIn(key, session, until, now)).await? {
            Done::SignedIn(session) => Ok(session),
            _ => Err(closing()),
        }
    }

    async fn session(&self, session: &Hash, now: Timestamp) -> Result<Option<Session>, StoreError> {
        super::session(&self.readers, session, now).await.map_err(failed)
    }

    async fn sign_out(&self, session: Hash) -> Result<(), StoreError> {
        self.change(Work::SignOut(session)).await.map(drop)
    }

    async fn act(&self, act: Act, organizer: String, now: Timestamp) -> Result<Acted, StoreError> {
        match self.write(Work::Act(Box::new(act), organizer, now)).await? {
            Done::Acted(acted) => Ok(acted),
            _ => Err(closing()),
        }
    }

    async fn units(&self, now: Timestamp) -> Result<Vec<UnitLine>, StoreError> {
        lists::units(&self.readers, now).await.map_err(failed)
    }

    async fn code_lines(&self, now: Timestamp) -> Result<Vec<CodeLine>, StoreError> {
        lists::codes(&self.readers, now).await.map_err(failed)
    }

    async fn people(&self, filter: &PeopleFilter, after: u32, limit: u32) -> Result<(Vec<PersonRow>, u32), StoreError> {
        lists::people(&self.readers, filter, after, limit).await.map_err(failed)
    }

    async fn card(&self, person: &str) -> Result<Option<(PersonRow, Vec<DeviceRow>, Vec<PersonRow>)>, StoreError> {
        lists::card(&self.readers, person).await.map_err(failed)
    }

    async fn results(
        &self,
        filter: &ResultsFilter,
        after: Option<ResultPlace>,
        limit: u32,
    ) -> Result<Vec<ResultLine>, StoreError> {
        lists::results(&self.readers, filter, after, limit)
            .await
            .map_err(failed)
    }

    async fn lessons_done(&self, unit: Option<i64>) -> Result<Vec<LessonsDone>, StoreError> {
        lists::lessons_done(&self.readers, unit).await.map_err(failed)
    }

    async fn items_done(&self, unit: Option<i64>) -> Result<Vec<ItemDone>, StoreError> {
        lists::items_done(&self.readers, unit).await.map_err(failed)
    }

    async fn audit(&self, limit: u32) -> Result<Vec<AuditRow>, StoreError> {
        lists::audit(&self.readers, limit).await.map_err(failed)
    }
}
