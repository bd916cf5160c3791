//! Exams and contests: what is offered, beginning a sitting, its stored state, and what the endpoint says of it.

use super::App;
use crate::platform::db::{Change, DbError, Store};
use crate::platform::{clock, http};
use crate::state::clockwork::{self, Clockwork};
use crate::state::packs::{self, LoadError};
use crate::state::vault::{Values, Vault};
use domain::ids::{AttemptId, ItemId, PackHash};
use domain::paper::{Entry, Missing, draw};
use domain::record::{Mode, RecordBody, Sitting, SittingItem, SittingSection};
use domain::shuffle::Seed;
use domain::time::Timestamp;
use leptos::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use wire::exam::{ExamForm, ExamsPack, OfferForm, PaperAnswer, PaperRequest, SittingAnswer};
use wire::pack::Bank;

/// Why a sitting was not begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BeginError {
    /// A bank is not to be had.
    Load(LoadError),
    /// The banks do not have what the blueprint asks for.
    Missing(Vec<String>),
    /// It could not be stored here.
    NotStored,
    /// No endpoint, not joined, or no answer.
    Offline,
    /// The endpoint's stable code.
    Refused(String),
}

impl From<LoadError> for BeginError {
    fn from(error: LoadError) -> Self {
        Self::Load(error)
    }
}

/// The `Meta` key of an assessment's paper.
fn paper_key(attempt: AttemptId) -> String {
    format!("paper:{attempt}")
}

/// The `Meta` key of what the endpoint said of an assessment.
fn result_key(attempt: AttemptId) -> String {
    format!("result:{attempt}")
}

impl App {
    /// All exams and contests that the site offers.
    ///
    /// # Errors
    /// The pack is not to be had.
    pub async fn exams(self) -> Result<Arc<ExamsPack>, LoadError> {
        let hash = self
            .catalogue
            .with_untracked(|load| load.ready().map(|catalogue| catalogue.exams.clone()));
        let hash: PackHash = hash.and_then(|hash| hash.parse().ok()).ok_or(LoadError::Missing(404))?;
        Ok(Arc::new(packs::read(&self.pack(hash).await?)?))
    }

    /// Draws the paper of `seed` and begins a sitting with local keys.
    ///
    /// # Errors
    /// Nothing was begun.
    pub async fn begin_sitting(self, exam: &ExamForm, mode: Mode, seed: Seed) -> Result<AttemptId, BeginError> {
        let unreadable = |error| BeginError::Load(LoadError::from(error));
        let parts = exam.blueprints(false).map_err(unreadable)?;
        let mut sections: Vec<SittingSection> = Vec::new();
        let mut frame = None;
        for (id, pack, blueprint) in parts {
            let bank = self.bank(pack).await?;
            let drawn = draw(&entries(&bank), &blueprint, seed.derive(id.as_str())).map_err(|missing| {
                BeginError::Missing(missing.iter().map(|missing: &Missing| missing.to_string()).collect())
            })?;
            for section in drawn.sections {
                let entry = |item: ItemId| {
                    let revision = bank.items.get(&item)?.revision;
                    Some(SittingItem { item, revision, pack })
                };
                sections.push(SittingSection {
                    title: section.title,
                    each: section.each,
                    items: section.items.into_iter().filter_map(entry).collect(),
                });
            }
            frame = Some((blueprint.minutes, blueprint.pass, blueprint.rule));
        }
        let (minutes, pass, rule) = frame.ok_or(BeginError::Load(LoadError::Missing(404)))?;
        let attempt = AttemptId(self.new_id());
        let sitting = Sitting {
            attempt,
            exam: exam.exam_id().map_err(unreadable)?,
            mode,
            seed,
            minutes,
            closes: None,
            pass,
            rule,
            sections,
        };
        let body = RecordBody::ExamStarted(Box::new(sitting));
        self.record(body).await.map_err(|_| BeginError::NotStored)?;
        Ok(attempt)
    }

    /// Fetches a paper of the assessment `exam` from the endpoint and begins it. The paper is on the disk, and the beginning
    /// on record, when this returns: from then on it can be answered without a network.
    ///
    /// # Errors
    /// Nothing was begun here; the endpoint gives the same paper for the same attempt again.
    pub async fn begin_assessment(self, exam: &str) -> Result<AttemptId, BeginError> {
        let place = self.place().ok_or(BeginError::NotStored)?;
        let (url, token) = self.assessment_url(exam, "sittings").ok_or(BeginError::Offline)?;
        // An attempt whose answer got lost is asked for again, so that it is not begun twice.
        let wanted = format!("asked:{exam}");
        let known = place.meta(&wanted).await.ok().flatten();
        let attempt = known.and_then(|id| id.parse::<AttemptId>().ok());
        let attempt = attempt.unwrap_or_else(|| AttemptId(self.new_id()));
        let asked = Change::Put(Store::Meta, wanted.clone(), attempt.to_string());
        place.write(&[asked]).await.map_err(|_| BeginError::NotStored)?;
        let profile = self.inner.with_value(|inner| inner.identity.profile);
        let request = PaperRequest {
            profile: profile.to_string(),
            attempt: attempt.to_string(),
        };
        let body = serde_json::to_string(&request).map_err(|_| BeginError::Offline)?;
        let answer = http::post(&url, token.as_deref(), &body, false).await;
        let answer = answer.map_err(|_| BeginError::Offline)?;
        let Ok(paper) = serde_json::from_slice::<PaperAnswer>(&answer.body) else {
            let problem = serde_json::from_slice::<wire::api::Problem>(&answer.body);
            // Refused for good: the next try is another attempt.
            if problem.is_ok() {
                let _ = place.write(&[Change::Delete(Store::Meta, wanted)]).await;
            }
            return Err(problem.map_or(BeginError::Offline, |problem| BeginError::Refused(problem.code)));
        };
        let sitting = Sitting::try_from(&paper.sitting).map_err(|_| BeginError::Offline)?;
        let text = String::from_utf8(answer.body).map_err(|_| BeginError::Offline)?;
        let kept = [
            Change::Put(Store::Meta, paper_key(attempt), text),
            Change::Delete(Store::Meta, wanted),
        ];
        place.write(&kept).await.map_err(|_| BeginError::NotStored)?;
        let body = RecordBody::ExamStarted(Box::new(sitting));
        self.record(body).await.map_err(|_| BeginError::NotStored)?;
        Ok(attempt)
    }

    /// The paper of an assessment as it was fetched.
    pub async fn paper(self, attempt: AttemptId) -> Option<PaperAnswer> {
        let text = self.place()?.meta(&paper_key(attempt)).await.ok()??;
        serde_json::from_str(&text).ok()
    }

    /// What the endpoint offers this person; none where it cannot be asked.
    pub async fn offers(self) -> Option<Vec<OfferForm>> {
        #[derive(serde::Deserialize)]
        struct Offers {
            exams: Vec<OfferForm>,
        }
        let (endpoint, token) = self.way()?;
        let answer = http::get_with(&self.api(&endpoint, "exams"), token.as_deref())
            .await
            .ok()?;
        let offers: Offers = serde_json::from_slice(&answer.body).ok()?;
        Some(offers.exams)
    }

    /// What the endpoint says of an assessment: asked for, else as it was last heard.
    pub async fn verdict(self, exam: &str, attempt: AttemptId) -> Option<SittingAnswer> {
        let place = self.place()?;
        let heard = async {
            let (url, token) = self.assessment_url(exam, &format!("sittings/{attempt}"))?;
            let answer = http::get_with(&url, token.as_deref()).await.ok()?;
            let read = serde_json::from_slice::<SittingAnswer>(&answer.body).ok()?;
            let text = String::from_utf8(answer.body).ok()?;
            Some((read, text))
        };
        if let Some((read, text)) = heard.await {
            let _ = place
                .write(&[Change::Put(Store::Meta, result_key(attempt), text)])
                .await;
            return Some(read);
        }
        let text = place.meta(&result_key(attempt)).await.ok()??;
        serde_json::from_str(&text).ok()
    }

    /// The endpoint's clock; none where it is not reached.
    pub async fn endpoint_now(self) -> Option<Timestamp> {
        #[derive(serde::Deserialize)]
        struct Time {
            time: i64,
        }
        let (endpoint, _) = self.way()?;
        let sent = clock::now();
        let answer = http::get(&self.api(&endpoint, "time"), true).await.ok()?;
        let received = clock::now();
        let time: Time = serde_json::from_slice(&answer.body).ok()?;
        // Half the way back has passed since the endpoint looked at its clock.
        let late = received.0.saturating_sub(sent.0).max(0) / 2;
        Some(Timestamp(time.time.saturating_add(late)))
    }

    fn way(self) -> Option<(String, Option<String>)> {
        let endpoint = self.config.get_untracked()?.endpoint?;
        let token = self.inner.with_value(|inner| inner.identity.token.clone());
        Some((endpoint, token))
    }

    fn assessment_url(self, exam: &str, rest: &str) -> Option<(String, Option<String>)> {
        let (endpoint, token) = self.way()?;
        token
            .is_some()
            .then(|| (self.api(&endpoint, &format!("exams/{exam}/{rest}")), token))
    }

    /// The stored state of a sitting.
    pub async fn clockwork(self, attempt: AttemptId) -> Option<Clockwork> {
        let text = self.place()?.meta(&clockwork::key(attempt)).await.ok()??;
        Clockwork::read(&text)
    }

    /// Stores the state of a sitting if its seat is still held by `state.seat`, was given up, or is `taken` over. False
    /// where another page holds it: then nothing was stored.
    ///
    /// # Errors
    /// It could not be stored.
    pub async fn keep_clockwork(self, attempt: AttemptId, state: Clockwork, taken: bool) -> Result<bool, DbError> {
        let place = self.place().ok_or_else(|| DbError::Broken("not open".into()))?;
        let ours = Rc::new(RefCell::new(false));
        let out = Rc::clone(&ours);
        let key = clockwork::key(attempt);
        let under = key.clone();
        place
            .after_reading(&key, move |known| {
                let known = known.as_deref().and_then(Clockwork::read);
                let other = known.is_some_and(|known| !known.seat.is_empty() && known.seat != state.seat);
                if other && !taken {
                    return Vec::new();
                }
                *out.borrow_mut() = true;
                vec![Change::Put(Store::Meta, under, state.write())]
            })
            .await?;
        let ours = *ours.borrow();
        Ok(ours)
    }

    /// A draft that is not an answer yet; none where there is none.
    pub async fn draft(self, attempt: AttemptId, item: &ItemId) -> Option<String> {
        self.place()?.meta(&format!("draft:{attempt}:{item}")).await.ok()?
    }

    /// Keeps a draft, or takes it away.
    ///
    /// # Errors
    /// It could not be stored.
    pub async fn keep_draft(self, attempt: AttemptId, item: &ItemId, text: Option<String>) -> Result<(), DbError> {
        let place = self.place().ok_or_else(|| DbError::Broken("not open".into()))?;
        let key = format!("draft:{attempt}:{item}");
        let change = match text {
            Some(text) => Change::Put(Store::Meta, key, text),
            None => Change::Delete(Store::Meta, key),
        };
        place.write(&[change]).await
    }

    /// Says to the other tabs of this browser that something of a sitting has changed.
    pub fn tell_tabs(self) {
        self.tell_others();
    }
}

/// What a draw needs to know of a bank.
fn entries(bank: &Bank) -> Vec<Entry<'_>> {
    bank.items
        .values()
        .map(|item| Entry {
            id: &item.id,
            kind: item.body.kind(),
            difficulty: item.difficulty,
            topics: &item.topics,
            group: item.group.as_deref(),
            assessable: !matches!(item.basis, domain::citation::Basis::Practice(_)),
        })
        .collect()
}
