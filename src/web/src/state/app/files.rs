//! The file of records, and the profiles of this browser.

use super::{App, Imported, Link};
use crate::platform::db::{Db, DbError};
use crate::state::identity::Identity;
use crate::state::ledger::{Ledger, key};
use crate::state::portable::{self, ImportError};
use crate::state::quarantine;
use crate::state::vault::Vault;
use domain::ids::ProfileId;
use leptos::prelude::*;

impl App {
    /// All records of the profile as the text of a file; none where the database cannot be read.
    pub async fn export(self) -> Option<String> {
        let contents = match self.place() {
            Some(place) => place.contents().await.ok()?,
            // A database that could not be read at the start may be readable in part now.
            None => Db::open().await.ok()?.contents().await.ok()?,
        };
        let profile = Identity::read(&contents).map(|identity| identity.profile);
        let profile = profile.unwrap_or_else(|| self.inner.with_value(|inner| inner.identity.profile));
        Some(portable::export(&contents, profile))
    }

    /// Takes in a file of records; what came of it. On a browser that has no records yet the file's profile becomes the
    /// one in use: somebody has moved. Otherwise another person's records stay apart, under their own profile.
    ///
    /// # Errors
    /// Nothing of the file was taken in; the inner result tells a file that was refused from a failed write.
    pub async fn import(self, text: &str) -> Result<Result<Imported, ImportError>, DbError> {
        let place = self.place().ok_or_else(|| DbError::Broken("not open".into()))?;
        let contents = place.contents().await?;
        let import = match portable::import(&contents, text) {
            Ok(import) => import,
            Err(error) => return Ok(Err(error)),
        };
        place.write(&import.changes).await?;
        let (profile, unlinked) = self
            .inner
            .with_value(|inner| (inner.identity.profile, inner.identity.token.is_none()));
        let fresh = unlinked && self.ledger.with_untracked(|ledger| ledger.stored() == 0);
        let apart = profile != import.profile && !fresh;
        if fresh {
            self.switch(import.profile).await;
        }
        self.reread().await;
        self.tell_others();
        self.send_now();
        Ok(Ok(Imported { new: import.new, apart }))
    }

    /// Puts what the endpoint refused back among what waits: after an update of either side it may pass.
    ///
    /// # Errors
    /// Nothing was changed.
    pub async fn retry_refused(self) -> Result<(), DbError> {
        let place = self.place().ok_or_else(|| DbError::Broken("not open".into()))?;
        let profile = self.inner.with_value(|inner| inner.identity.profile);
        let refused: Vec<String> = self
            .ledger
            .with_untracked(|ledger| ledger.quarantine.keys().cloned().collect());
        let back = |id: &String| quarantine::again(&key(profile, id));
        place.write(&refused.iter().map(back).collect::<Vec<_>>()).await?;
        self.reread().await;
        self.send_now();
        Ok(())
    }

    /// The profiles that have records or a name in this browser, each with the person's name, empty before joining.
    pub async fn profiles(self) -> Vec<(ProfileId, String)> {
        let Some(place) = self.place() else { return Vec::new() };
        let Ok(contents) = place.contents().await else {
            return Vec::new();
        };
        let name = |profile| {
            Identity::of(&contents, profile)
                .map(|known| known.name)
                .unwrap_or_default()
        };
        let profiles = portable::profiles(&contents);
        profiles.into_iter().map(|profile| (profile, name(profile))).collect()
    }

    /// Makes `profile` the one in use.
    pub async fn switch(self, profile: ProfileId) {
        let Some(place) = self.place() else { return };
        let Ok(contents) = place.contents().await else { return };
        let Some(identity) = Identity::of(&contents, profile) else {
            return;
        };
        if place.write(&identity.changes()).await.is_ok() {
            self.inner.update_value(|inner| inner.identity = identity.clone());
            self.link.set(Link::Resting);
            self.ledger.set(Ledger::read(&contents, profile));
            self.identity.set(Some(identity));
            self.tell_others();
            self.send_now();
        }
    }
}
