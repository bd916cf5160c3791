//! Sending what waits: batches of the exact bytes stored, verdicts taken one by one, nothing believed without a verdict.

use super::inbox::{epoch_key, heard};
use super::ledger::{key, received_key, write_mark};
use super::quarantine;
use super::vault::{Values, Vault};
use crate::platform::db::{Change, Contents, DbError, Store};
use crate::platform::http::{Answer, NoAnswer};
use domain::ids::ProfileId;
use domain::record::Marked;
use wire::api::{BatchAnswer, VerdictForm};

/// Records in a batch, at the start of a round.
pub const BATCH: usize = 100;
/// Bytes in a batch: below the 64 KiB that browsers let a request of a closing page have.
pub const BATCH_BYTES: usize = 60 * 1024;

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

/// Who sends: what every verdict of a round is noted under.
#[derive(Debug, Clone, Copy)]
pub struct Sender<'a> {
    /// The profile whose records go up.
    pub profile: ProfileId,
    /// The app's build.
    pub build: &'a str,
}

/// Sends what waits for the sender's profile, batch after batch, calling `noted` after each batch whose verdicts were stored.
pub async fn send(
    vault: &(impl Vault + Values),
    post: &impl Post,
    sender: Sender<'_>,
    mut noted: impl FnMut(),
) -> Round {
    let profile = sender.profile;
    let (mut most, mut epochs) = (BATCH, 0);
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
        let settled = settled(batch, &verdicts, profile);
        if settled.is_empty() {
            return Round::Later(None);
        }
        // First what a restored endpoint has to get again, then what was just said.
        let Ok(changes) = changes(vault, &settled, sender, &epoch).await else {
            return Round::NotNoted;
        };
        if vault.write(&changes.0).await.is_err() {
            return Round::NotNoted;
        }
        noted();
        // A server whose epoch never stays the same must not get everything again without end.
        epochs += usize::from(changes.1);
        if epochs > 2 {
            return Round::Later(None);
        }
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

/// What follows from an answer's epoch and its verdicts, and whether the epoch is one that was not known.
async fn changes(
    vault: &(impl Vault + Values),
    settled: &[(String, &VerdictForm)],
    sender: Sender<'_>,
    epoch: &str,
) -> Result<(Vec<Change>, bool), DbError> {
    let known = vault.meta(&epoch_key(sender.profile)).await?;
    let refused = settled.iter().any(|(_, verdict)| !taken(verdict));
    // The whole of what is stored is read for the rare case alone.
    let contents = if refused || known.as_deref() != Some(epoch) {
        vault.contents().await?
    } else {
        Contents::default()
    };
    let mut changes = heard(&contents, sender.profile, known.as_deref(), epoch);
    let renewed = !changes.is_empty();
    for (key, verdict) in settled {
        note(&contents, key, verdict, sender.build, &mut changes);
    }
    Ok((changes, renewed))
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
        received: None,
    }
}

/// Whether the endpoint has the record.
fn taken(verdict: &VerdictForm) -> bool {
    matches!(verdict.verdict.as_str(), "stored" | "duplicate")
}

/// The verdicts that settle something, by their records' keys: only records of the batch, only what was said of them. A
/// verdict of an unknown name or of a record that was not sent settles nothing.
fn settled<'v>(
    batch: &[(String, String)],
    verdicts: &'v [VerdictForm],
    profile: ProfileId,
) -> Vec<(String, &'v VerdictForm)> {
    let known = |verdict: &&VerdictForm| taken(verdict) || matches!(verdict.verdict.as_str(), "conflict" | "rejected");
    let keyed = |verdict: &'v VerdictForm| {
        let key = key(profile, verdict.id.as_deref()?);
        batch.iter().any(|(sent, _)| *sent == key).then_some((key, verdict))
    };
    verdicts.iter().filter(known).filter_map(keyed).collect()
}

fn note(contents: &Contents, key: &str, verdict: &VerdictForm, build: &str, changes: &mut Vec<Change>) {
    changes.push(Change::Delete(Store::Pending, key.to_owned()));
    if !taken(verdict) {
        let why = verdict.code.as_ref().unwrap_or(&verdict.verdict);
        let noted = quarantine::note(why, contents.get(Store::Quarantine, key), build);
        changes.push(Change::Put(Store::Quarantine, key.to_owned(), noted));
        return;
    }
    // It may have been refused before.
    changes.push(Change::Delete(Store::Quarantine, key.to_owned()));
    if let Some(mark) = verdict.mark.as_ref().and_then(wire::api::MarkForm::mark) {
        changes.push(Change::Put(
            Store::Marks,
            key.to_owned(),
            write_mark(Marked::ByEndpoint(mark)),
        ));
    }
    if let Some(received) = verdict.received {
        changes.push(Change::Put(Store::Marks, received_key(key), received.to_string()));
    }
}

#[cfg(test)]
mod tests {
    use super::super::inbox::cursor_key;
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

    fn verdicts(list: &[(usize, &str)]) -> Result<Answer, NoAnswer> {
        in_epoch("e", list)
    }

    #[allow(clippy::unnecessary_wraps, reason = "a line of a script")]
    fn in_epoch(epoch: &str, list: &[(usize, &str)]) -> Result<Answer, NoAnswer> {
        let form = |(n, verdict): &(usize, &str)| VerdictForm {
            id: Some(record(*n)),
            verdict: (*verdict).into(),
            code: (*verdict == "rejected").then(|| "bad-field".into()),
            mark: None,
            received: (*verdict == "stored" && *n >= 900).then_some(5_000),
        };
        let answer = BatchAnswer {
            epoch: epoch.into(),
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
        run_as("b1", vault, script)
    }

    fn run_as(build: &str, vault: &Memory, script: &Script) -> Round {
        let sender = Sender {
            profile: PROFILE,
            build,
        };
        block_on(send(vault, script, sender, || {}))
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
            [(key(PROFILE, "r001"), "bad-field\nb1".into())]
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
        // Whatever it says, a page is no answer.
        let repeated = Answer {
            media: "text/html".into(),
            ..verdicts(&[(0, "stored"), (1, "stored")]).unwrap()
        };
        for answer in [html, lying, repeated] {
            let vault = vault(2);
            assert_eq!(run(&vault, &Script::new(vec![Ok(answer)])), Round::Later(None));
            assert_eq!(left(&vault), 2);
        }
    }

    #[test]
    fn verdicts_on_records_that_were_not_sent_or_of_unknown_name_settle_nothing() {
        let vault = vault(1);
        let before = block_on(vault.contents()).unwrap();
        let script = Script::new(vec![verdicts(&[(7, "rejected"), (8, "stored"), (0, "maybe")])]);
        assert_eq!(run(&vault, &script), Round::Later(None));
        assert_eq!(block_on(vault.contents()).unwrap(), before);
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
            [(key(PROFILE, "r001"), "too-large\nb1".into())]
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
    fn a_new_epoch_has_everything_sent_again_and_what_was_refused_tried_again() {
        let vault = vault(3);
        let first = Script::new(vec![verdicts(&[(0, "stored"), (1, "rejected"), (2, "stored")])]);
        assert_eq!(run(&vault, &first), Round::Done);
        let late = key(PROFILE, "r003");
        let next = [
            Change::Put(Store::Records, late.clone(), "{\"n\":3}".into()),
            Change::Put(Store::Pending, late, "1".into()),
            Change::Put(Store::Records, key(PROFILE, "r004"), "{\"n\":4}".into()),
            Change::Put(Store::Quarantine, key(PROFILE, "r004"), "erased".into()),
            Change::Put(Store::Meta, cursor_key(PROFILE), "e5".into()),
        ];
        block_on(vault.write(&next)).unwrap();
        let restored = Script::new(vec![
            in_epoch("f", &[(3, "stored")]),
            in_epoch("f", &[(0, "duplicate"), (1, "stored"), (2, "stored")]),
        ]);
        assert_eq!(run(&vault, &restored), Round::Done);
        assert_eq!(
            *restored.posted.borrow(),
            [r#"{"records":[{"n":3}]}"#, r#"{"records":[{"n":0},{"n":1},{"n":2}]}"#]
        );
        let left = block_on(vault.contents()).unwrap();
        assert_eq!(left.of(Store::Quarantine), [(key(PROFILE, "r004"), "erased".into())]);
        assert_eq!(left.get(Store::Meta, &cursor_key(PROFILE)), None, "from the beginning");
    }

    #[test]
    fn an_epoch_that_never_stays_the_same_does_not_send_without_end() {
        let vault = vault(2);
        let answers = (0..50)
            .map(|n| in_epoch(&n.to_string(), &[(n % 2, "stored")]))
            .collect();
        let script = Script::new(answers);
        assert_eq!(run(&vault, &script), Round::Later(None));
        assert!(script.posted.borrow().len() < 5, "{}", script.posted.borrow().len());
    }

    #[test]
    fn an_endpoint_that_refuses_for_ever_is_asked_once_by_each_build_also_where_two_are_open() {
        let vault = vault(1);
        let script = Script::new((0..50).map(|_| verdicts(&[(0, "rejected")])).collect());
        for build in ["b1", "b1", "b2", "b1", "b2", "b1", "b3", "b2", "b3"] {
            block_on(quarantine::retry(&vault, PROFILE, build)).unwrap();
            assert_eq!(run_as(build, &vault, &script), Round::Done);
        }
        assert_eq!(script.posted.borrow().len(), 3);
        // The endpoint was updated, and so was the app.
        let taken = Script::new(vec![verdicts(&[(0, "stored")])]);
        block_on(quarantine::retry(&vault, PROFILE, "b4")).unwrap();
        assert_eq!(run_as("b4", &vault, &taken), Round::Done);
        let contents = block_on(vault.contents()).unwrap();
        assert!(contents.of(Store::Quarantine).is_empty() && contents.of(Store::Pending).is_empty());
        assert_eq!(contents.of(Store::Records).len(), 1);
    }

    #[test]
    fn a_receipt_is_kept_beside_the_mark() {
        let vault = Memory::default();
        let key = key(PROFILE, &record(900));
        let put = [Store::Records, Store::Pending].map(|store| Change::Put(store, key.clone(), "{}".into()));
        block_on(vault.write(&put)).unwrap();
        assert_eq!(
            run(&vault, &Script::new(vec![verdicts(&[(900, "stored")])])),
            Round::Done
        );
        let marks = block_on(vault.contents()).unwrap();
        assert_eq!(marks.of(Store::Marks), [(received_key(&key), "5000".to_owned())]);
    }
}
