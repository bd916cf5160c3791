//! Sending what waits: batches of the exact bytes stored, verdicts taken one by one, nothing believed without a verdict.

use super::inbox::{epoch_key, heard};
use super::ledger::{key, write_mark};
use super::vault::{Values, Vault};
use crate::platform::db::{Change, DbError, Store};
use crate::platform::http::{Answer, NoAnswer};
use domain::ids::ProfileId;
use domain::record::Marked;
use wire::api::{BatchAnswer, VerdictForm};

/// Records in a batch, at the start of a round.
pub const BATCH: usize = 100;
/// Bytes in a batch: below the 64 KiB that browsers let a request of a closing page have.
pub const BATCH_BYTES: usize = 60 * 1024;
/// The shortest and longest wait after a failure, in milliseconds.
pub const WAIT: (u32, u32) = (2_000, 300_000);

/// What posts a batch.
#[allow(async_fn_in_trait, reason = "one thread: the futures need no Send")]
pub trait Post {
    /// Posts `body` to the records resource.
    ///
    /// # Errors
    /// No answer came.
    async fn post(&self, body: &str) -> Result<Answer, NoAnswer>;
}

/// How a round of sending ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Round {
    /// Nothing waits any more.
    Done,
    /// Try again: after so many seconds where the endpoint said so, else after a growing wait.
    Later(Option<u32>),
    /// The endpoint does not know this person's token: all is kept, link again.
    Relink,
    /// The endpoint erased everything on this person: all is kept here, nothing is sent any more.
    Erased,
    /// This device could not note what the endpoint said; sending again is harmless.
    NotNoted,
}

/// Sends what waits for `profile`, batch after batch, calling `noted` after each batch whose verdicts were stored.
pub async fn send(
    vault: &(impl Vault + Values),
    post: &impl Post,
    profile: ProfileId,
    mut noted: impl FnMut(),
) -> Round {
    let mut most = BATCH;
    loop {
        let Ok(waiting) = vault
            .pending(&profile.to_string(), u32::try_from(most).unwrap_or(1))
            .await
        else {
            return Round::NotNoted;
        };
        let batch = cut(&waiting, most);
        if batch.is_empty() {
            return Round::Done;
        }
        let Ok(answer) = post.post(&body(batch)).await else {
            return Round::Later(None);
        };
        let (epoch, verdicts) = match answer.status {
            200 | 202 => match read(&answer) {
                // A login page of a captive portal, a proxy's greeting: not ours, nothing was acknowledged.
                None => return Round::Later(None),
                Some(answer) => (answer.epoch, answer.verdicts),
            },
            401 | 403 => return Round::Relink,
            410 => return Round::Erased,
            413 if batch.len() > 1 => {
                most = batch.len() / 2;
                continue;
            }
            // One record alone that the endpoint finds too large will never get through.
            413 => (String::new(), vec![refusal(&batch[0].0, "too-large")]),
            _ => return Round::Later(answer.retry_after),
        };
        let changes = changes(batch, &verdicts, profile);
        if changes.is_empty() {
            return Round::Later(None);
        }
        // First what a restored endpoint has to get again, then what was just acknowledged.
        let Ok(mut all) = hear(vault, profile, &epoch).await else {
            return Round::NotNoted;
        };
        all.extend(changes);
        let changes = all;
        if vault.write(&changes).await.is_err() {
            return Round::NotNoted;
        }
        noted();
    }
}

/// The longest beginning of `waiting` within the limits; one record at least.
fn cut(waiting: &[(String, String)], most: usize) -> &[(String, String)] {
    let mut bytes = 0;
    let fits = waiting.iter().take(most).take_while(|(_, text)| {
        bytes += text.len() + 1;
        bytes <= BATCH_BYTES
    });
    let count = fits.count().max(1).min(waiting.len());
    &waiting[..count]
}

/// The body of a batch: the stored bytes, not a new rendering of them.
pub fn body(batch: &[(String, String)]) -> String {
    let records: Vec<&str> = batch.iter().map(|(_, text)| text.as_str()).collect();
    format!("{{\"records\":[{}]}}", records.join(","))
}

/// What follows from the epoch of an answer.
async fn hear(vault: &(impl Vault + Values), profile: ProfileId, epoch: &str) -> Result<Vec<Change>, DbError> {
    let known = vault.meta(&epoch_key(profile)).await?;
    if known.as_deref() == Some(epoch) {
        return Ok(Vec::new());
    }
    let contents = vault.contents().await?;
    Ok(heard(&contents, profile, known.as_deref(), epoch))
}

fn read(answer: &Answer) -> Option<BatchAnswer> {
    if answer.media != "application/json" {
        return None;
    }
    serde_json::from_slice(&answer.body).ok()
}

fn refusal(key: &str, code: &str) -> VerdictForm {
    let id = key.rsplit(':').next().unwrap_or_default().to_owned();
    VerdictForm {
        id: Some(id),
        verdict: "rejected".into(),
        code: Some(code.into()),
        mark: None,
    }
}

/// What the verdicts change: only records of the batch, only what was said of them. A verdict of an unknown name or of a
/// record that was not sent changes nothing.
fn changes(batch: &[(String, String)], verdicts: &[VerdictForm], profile: ProfileId) -> Vec<Change> {
    let mut changes = Vec::new();
    for verdict in verdicts {
        let Some(key) = verdict.id.as_deref().map(|id| key(profile, id)) else {
            continue;
        };
        if !batch.iter().any(|(sent, _)| *sent == key) {
            continue;
        }
        match verdict.verdict.as_str() {
            "stored" | "duplicate" => {
                changes.push(Change::Delete(Store::Pending, key.clone()));
                if let Some(mark) = verdict.mark.as_ref().and_then(wire::api::MarkForm::mark) {
                    changes.push(Change::Put(Store::Marks, key, write_mark(Marked::ByEndpoint(mark))));
                }
            }
            "conflict" | "rejected" => {
                let code = verdict.code.clone().unwrap_or_else(|| verdict.verdict.clone());
                changes.push(Change::Delete(Store::Pending, key.clone()));
                changes.push(Change::Put(Store::Quarantine, key, code));
            }
            _ => {}
        }
    }
    changes
}

/// The wait before try number `failures` (1 and up), in milliseconds: doubling, between half and all of it by `random`,
/// so that a hall of devices does not come back at once (exponential backoff with equal jitter).
pub fn wait(failures: u32, random: u64) -> u32 {
    let full = u64::from(WAIT.0)
        .checked_shl(failures.saturating_sub(1).min(20))
        .unwrap_or(u64::MAX);
    let full = full.min(u64::from(WAIT.1));
    u32::try_from(full / 2 + random % (full / 2 + 1)).unwrap_or(WAIT.1)
}

#[cfg(test)]
mod tests {
    use super::super::vault::Memory;
    use super::*;
    use domain::ids::Uuid;
    use pollster::block_on;
    use std::cell::RefCell;

    const PROFILE: ProfileId = ProfileId(Uuid::from_u128(1));

    /// Answers from a list, and what was posted.
    struct Script {
        answers: RefCell<Vec<Result<Answer, NoAnswer>>>,
        posted: RefCell<Vec<String>>,
    }

    impl Script {
        fn new(answers: Vec<Result<Answer, NoAnswer>>) -> Self {
            Self {
                answers: RefCell::new(answers),
                posted: RefCell::default(),
            }
        }
    }

    impl Post for Script {
        async fn post(&self, body: &str) -> Result<Answer, NoAnswer> {
            self.posted.borrow_mut().push(body.into());
            let mut answers = self.answers.borrow_mut();
            if answers.is_empty() {
                Err(NoAnswer("end of script".into()))
            } else {
                answers.remove(0)
            }
        }
    }

    fn record(n: usize) -> String {
        format!("r{n:03}")
    }

    fn vault(count: usize) -> Memory {
        let memory = Memory::default();
        let put = |n: usize| {
            let key = key(PROFILE, &record(n));
            [
                Change::Put(Store::Records, key.clone(), format!("{{\"n\":{n}}}")),
                Change::Put(Store::Pending, key, "1".into()),
            ]
        };
        block_on(memory.write(&(0..count).flat_map(put).collect::<Vec<_>>())).unwrap();
        memory
    }

    #[allow(clippy::unnecessary_wraps, reason = "a line of a script")]
    fn status(status: u16) -> Result<Answer, NoAnswer> {
        Ok(Answer {
            status,
            ..Answer::default()
        })
    }

    #[allow(clippy::unnecessary_wraps, reason = "a line of a script")]
    fn verdicts(list: &[(usize, &str)]) -> Result<Answer, NoAnswer> {
        let form = |(n, verdict): &(usize, &str)| VerdictForm {
            id: Some(record(*n)),
            verdict: (*verdict).into(),
            code: (*verdict == "rejected").then(|| "bad-field".into()),
            mark: None,
        };
        let answer = BatchAnswer {
            epoch: "e".into(),
            time: 0,
            verdicts: list.iter().map(form).collect(),
        };
        Ok(Answer {
            status: 200,
            media: "application/json".into(),
            retry_after: None,
            body: serde_json::to_vec(&answer).unwrap(),
        })
    }

    fn run(vault: &Memory, script: &Script) -> Round {
        block_on(send(vault, script, PROFILE, || {}))
    }

    fn left(vault: &Memory) -> usize {
        block_on(vault.pending(&PROFILE.to_string(), 1_000)).unwrap().len()
    }

    #[test]
    fn the_stored_bytes_are_sent_and_each_verdict_settles_its_record_alone() {
        let vault = vault(3);
        let script = Script::new(vec![verdicts(&[(0, "stored"), (1, "rejected"), (2, "duplicate")])]);
        assert_eq!(run(&vault, &script), Round::Done);
        assert_eq!(*script.posted.borrow(), [r#"{"records":[{"n":0},{"n":1},{"n":2}]}"#]);
        let contents = block_on(vault.contents()).unwrap();
        assert_eq!(
            contents.of(Store::Quarantine),
            [(key(PROFILE, "r001"), "bad-field".into())]
        );
        assert_eq!(contents.of(Store::Records).len(), 3, "what was refused stays here");
    }

    #[test]
    fn a_captive_portal_acknowledges_nothing() {
        let html = Answer {
            status: 200,
            media: "text/html".into(),
            body: b"<h1>Welcome".to_vec(),
            retry_after: None,
        };
        let lying = Answer {
            media: "application/json".into(),
            body: b"{\"ok\":true}".to_vec(),
            ..html.clone()
        };
        for answer in [html, lying] {
            let vault = vault(2);
            assert_eq!(run(&vault, &Script::new(vec![Ok(answer)])), Round::Later(None));
            assert_eq!(left(&vault), 2);
        }
    }

    #[test]
    fn verdicts_on_records_that_were_not_sent_or_of_unknown_name_settle_nothing() {
        let vault = vault(1);
        assert_eq!(
            run(&vault, &Script::new(vec![verdicts(&[(7, "stored"), (0, "maybe")])])),
            Round::Later(None)
        );
        assert_eq!(left(&vault), 1);
    }

    #[test]
    fn a_batch_too_large_is_halved_until_the_one_record_at_fault_is_found() {
        let vault = vault(4);
        let script = Script::new(vec![
            status(413),
            status(413),
            verdicts(&[(0, "stored")]),
            status(413),
            verdicts(&[(2, "stored")]),
            verdicts(&[(3, "stored")]),
        ]);
        assert_eq!(run(&vault, &script), Round::Done);
        let sizes: Vec<usize> = script
            .posted
            .borrow()
            .iter()
            .map(|body| body.matches("\"n\"").count())
            .collect();
        assert_eq!(sizes, [4, 2, 1, 1, 1, 1]);
        let contents = block_on(vault.contents()).unwrap();
        assert_eq!(
            contents.of(Store::Quarantine),
            [(key(PROFILE, "r001"), "too-large".into())]
        );
    }

    #[test]
    fn refusals_of_the_whole_keep_everything() {
        let slow = Answer {
            status: 429,
            retry_after: Some(30),
            ..Answer::default()
        };
        for (answer, round) in [
            (status(401), Round::Relink),
            (status(403), Round::Relink),
            (Ok(slow), Round::Later(Some(30))),
            (status(500), Round::Later(None)),
            (status(404), Round::Later(None)),
            (status(400), Round::Later(None)),
            (Err(NoAnswer("offline".into())), Round::Later(None)),
        ] {
            let vault = vault(2);
            assert_eq!(run(&vault, &Script::new(vec![answer])), round);
            assert_eq!(left(&vault), 2);
        }
    }

    #[test]
    fn a_batch_stays_below_the_limits_and_is_never_empty() {
        let long = |n: usize| (n.to_string(), "x".repeat(25_000));
        assert_eq!(cut(&[long(0), long(1), long(2)], BATCH).len(), 2);
        assert_eq!(cut(&[("0".into(), "x".repeat(80_000)), long(1)], BATCH).len(), 1);
        assert_eq!(cut(&[], BATCH).len(), 0);
    }

    #[test]
    fn waits_grow_and_spread_and_have_an_end() {
        assert_eq!(
            (wait(1, 0), wait(1, u64::MAX)),
            (1_000, 1_000 + u32::try_from(u64::MAX % 1_001).unwrap())
        );
        assert!((wait(3, 0)..=8_000).contains(&wait(3, 123_456_789)));
        assert!(wait(1_000, 77) <= WAIT.1 && wait(1_000, 0) >= WAIT.1 / 2);
    }
}
