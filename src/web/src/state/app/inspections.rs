//! Inspections with the handbook, in the database of this device.

use super::App;
use crate::platform::clock;
use crate::platform::db::{Change, DbError};
use crate::state::inspections::{self, Inspection, Kept, Unstored};
use crate::state::vault::Vault;
use domain::ids::ProfileId;
use leptos::prelude::*;

impl App {
    fn own(self) -> ProfileId {
        self.inner.with_value(|inner| inner.identity.profile)
    }

    /// The inspections of the person who uses this browser, the latest first; none where the database cannot be read.
    pub async fn inspections(self) -> Vec<Kept> {
        let Some(place) = self.place() else { return Vec::new() };
        let contents = place.contents().await;
        contents
            .map(|contents| inspections::read(&contents, self.own()))
            .unwrap_or_default()
    }

    /// Begins an inspection.
    ///
    /// # Errors
    /// It was not stored.
    pub async fn begin_inspection(self, venue: &str, name: &str) -> Result<Inspection, DbError> {
        let inspection = Inspection::new(self.new_id().to_string(), venue, name, clock::now());
        self.keep(&[inspections::keep(self.own(), &inspection)]).await?;
        Ok(inspection)
    }

    /// Gives the place another name.
    ///
    /// # Errors
    /// It was not stored.
    pub async fn rename_inspection(self, mut inspection: Inspection, name: &str) -> Result<Inspection, DbError> {
        inspection.place = inspections::cut(name, inspections::PLACE);
        self.keep(&[inspections::keep(self.own(), &inspection)]).await?;
        Ok(inspection)
    }

    /// Removes an inspection with all that was found.
    ///
    /// # Errors
    /// Nothing was removed.
    pub async fn remove_inspection(self, id: &str) -> Result<(), DbError> {
        let place = self.place().ok_or_else(|| DbError::Broken("not open".into()))?;
        let contents = place.contents().await?;
        self.keep(&inspections::remove(&contents, self.own(), id)).await
    }

    /// Stores what was found at checks, or takes it back: all or nothing.
    ///
    /// # Errors
    /// Nothing was stored.
    pub async fn note_findings(self, inspection: &str, unstored: &Unstored) -> Result<(), DbError> {
        let note = |(check, finding): (&String, &Option<_>)| {
            inspections::note(self.own(), inspection, check, finding.as_ref())
        };
        self.keep(&unstored.iter().map(note).collect::<Vec<_>>()).await
    }

    /// Writes, tells the other tabs, and says on the page where there was no room.
    async fn keep(self, changes: &[Change]) -> Result<(), DbError> {
        let place = self.place().ok_or_else(|| DbError::Broken("not open".into()))?;
        if let Err(error) = place.write(changes).await {
            self.storage.set(super::Storage::Full);
            return Err(error);
        }
        if self.storage.with_untracked(|storage| *storage == super::Storage::Full) {
            self.storage.set(super::Storage::Disk);
        }
        self.tell_others();
        Ok(())
    }
}
