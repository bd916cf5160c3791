//! Getting back what the endpoint has of this person: records of their other devices, and those that this device lost.

use super::ledger::{key, received_key, write_mark};
use super::quarantine;
use super::vault::{Values, Vault};
use crate::platform::db::{Change, Contents, Store};
use crate::platform::http::{Answer, NoAnswer};
use domain::ids::{ProfileId, RecordId};
use domain::record::Marked;
use serde::Deserialize;
use wire::api::{MarkForm, RecordEntry, RecordsPage};

/// What gets a part of the records.
#[allow(async_fn_in_trait, reason = "one thread: the futures need no Send")]
pub trait Get {
    /// Gets what comes after `cursor`; from the beginning without one.
    ///
    /// # Errors
    /// No answer came.
    async fn get(&self, cursor: Option<&str>) -> Result<Answer, NoAnswer>;
}

/// How getting records back ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pulled {
    /// All that the endpoint has is here; so many records were new, and whether the endpoint has to be sent everything again.
    Done {
        /// Records that were not here before.
        new: usize,
        /// The endpoint was restored from a backup.
        resend: bool,
    },
    /// It did not work out this time; after so many seconds it may, where the endpoint said so.
    Later(Option<u32>),
    /// The endpoint does not know this person's token.
    Relink,
    /// The endpoint erased everything on this person.
    Erased,
}

/// The `Meta` key of the endpoint's epoch as this device last heard it.
pub fn epoch_key(profile: ProfileId) -> String {
    format!("epoch:{profile}")
}

/// The `Meta` key of the cursor behind the records that came back.
pub fn cursor_key(profile: ProfileId) -> String {
    format!("cursor:{profile}")
}

/// What follows from hearing `epoch` where `known` was the last one. Another epoch means that the endpoint was restored
/// from a backup (DESIGN §5): everything acknowledged waits to be sent again, what was refused is tried once more, and what
/// comes back comes from the beginning.
pub fn heard(contents: &Contents, profile: ProfileId, known: Option<&str>, epoch: &str) -> Vec<Change> {
    if known == Some(epoch) || epoch.is_empty() {
        return Vec::new();
    }
    let mut changes = vec![Change::Put(Store::Meta, epoch_key(profile), epoch.into())];
    if known.is_some() {
        let prefix = format!("{profile}:");
        let mine = contents
            .of(Store::Records)
            .iter()
            .filter(|(key, _)| key.starts_with(&prefix));
        let again = mine.filter(|(key, _)| contents.get(Store::Quarantine, key).is_none());
        changes.extend(again.map(|(key, _)| quarantine::again(key)));
        changes.extend(quarantine::after_restore(contents, profile));
        changes.push(Change::Delete(Store::Meta, cursor_key(profile)));
    }
    changes
}

#[derive(Deserialize)]
struct Head {
    id: String,
}

/// What a record that came back changes. A record that is here with other content stays as it is: the endpoint said
/// `conflict` when it was sent, and it lies in the quarantine.
fn take(contents: &Contents, profile: ProfileId, entry: &RecordEntry, changes: &mut Vec<Change>) -> bool {
    let text = entry.record.get();
    let id = serde_json::from_str::<Head>(text).ok();
    let Some(id) = id.and_then(|head| head.id.parse::<RecordId>().ok()) else {
        return false;
    };
    let key = key(profile, &id.to_string());
    let known = contents.get(Store::Records, &key);
    if known.is_some_and(|known| known != text) {
        return false;
    }
    if known.is_none() {
        changes.push(Change::Put(Store::Records, key.clone(), text.to_owned()));
    } else {
        // It arrived, and only the answer was lost; or it was refused once, and another device brought it since.
        for store in [Store::Pending, Store::Quarantine] {
            if contents.get(store, &key).is_some() {
                changes.push(Change::Delete(store, key.clone()));
            }
        }
    }
    // The note is what the endpoint says, also where it doubts no longer: after a restore it may have arrived anew.
    let noted = received_key(&key);
    let said = entry.received.map(|received| received.to_string());
    if contents.get(Store::Marks, &noted) != said.as_deref() {
        changes.push(match said {
            Some(said) => Change::Put(Store::Marks, noted, said),
            None => Change::Delete(Store::Marks, noted),
        });
    }
    if let Some(mark) = entry.mark.as_ref().and_then(MarkForm::mark) {
        let mark = write_mark(Marked::ByEndpoint(mark));
        if contents.get(Store::Marks, &key) != Some(mark.as_str()) {
            changes.push(Change::Put(Store::Marks, key, mark));
        }
    }
    known.is_none()
}

/// Gets everything behind the cursor and stores it page by page; `noted` is called after each page that changed something.
pub async fn pull(
    vault: &(impl Vault + Values),
    get: &impl Get,
    profile: ProfileId,
    mut noted: impl FnMut(),
) -> Pulled {
    let Ok(contents) = vault.contents().await else {
        return Pulled::Later(None);
    };
    let mut cursor = contents.get(Store::Meta, &cursor_key(profile)).map(ToOwned::to_owned);
    let mut known = contents.get(Store::Meta, &epoch_key(profile)).map(ToOwned::to_owned);
    let (mut all, mut resend) = (0, false);
    loop {
        let Ok(answer) = get.get(cursor.as_deref()).await else {
            return Pulled::Later(None);
        };
        match answer.status {
            200 => {}
            401 | 403 => return Pulled::Relink,
            410 => return Pulled::Erased,
            _ => return Pulled::Later(answer.retry_after),
        }
        // A captive portal's page is no answer of the endpoint.
        if answer.media != "application/json" {
            return Pulled::Later(None);
        }
        let Ok(page) = serde_json::from_slice::<RecordsPage>(&answer.body) else {
            return Pulled::Later(None);
        };
        let mut changes = heard(&contents, profile, known.as_deref(), &page.epoch);
        resend |= known.as_ref().is_some_and(|known| *known != page.epoch);
        known = Some(page.epoch);
        let mut new = 0;
        for entry in &page.records {
            new += usize::from(take(&contents, profile, entry, &mut changes));
        }
        let moved = cursor.as_ref() != Some(&page.next);
        if moved {
            changes.push(Change::Put(Store::Meta, cursor_key(profile), page.next.clone()));
        }
        if !changes.is_empty() && vault.write(&changes).await.is_err() {
            return Pulled::Later(None);
        }
        if !page.records.is_empty() || resend {
            noted();
        }
        all += new;
        // A server that gives the same cursor again for ever must not keep the device busy for ever.
        if !page.more || !moved {
            return Pulled::Done { new: all, resend };
        }
        cursor = Some(page.next);
    }
}

#[cfg(test)]
mod tests {
    use super::super::ledger::Ledger;
    use super::super::vault::Memory;
    use super::*;
    use domain::ids::Uuid;
    use pollster::block_on;
    use std::cell::RefCell;

    const PROFILE: ProfileId = ProfileId(Uuid::from_u128(1));

    /// An endpoint with records in the order of commit, in pages of two.
    struct Shelf {
        epoch: &'static str,
        records: Vec<String>,
        asked: RefCell<Vec<Option<String>>>,
    }

    impl Get for Shelf {
        async fn get(&self, cursor: Option<&str>) -> Result<Answer, NoAnswer> {
            self.asked.borrow_mut().push(cursor.map(ToOwned::to_owned));
            let place = cursor.and_then(|cursor| cursor.strip_prefix(self.epoch)?.parse::<usize>().ok());
            let place = place.unwrap_or(0);
            let page: Vec<&str> = self.records[place..].iter().take(2).map(String::as_str).collect();
            let next = place + page.len();
            let body = format!(
                "{{\"epoch\":\"{}\",\"time\":0,\"next\":\"{}{next}\",\"more\":{},\"records\":[{}]}}",
                self.epoch,
                self.epoch,
                next < self.records.len(),
                page.join(",")
            );
            Ok(answer(200, "application/json", &body))
        }
    }

    struct Says(Answer);

    impl Get for Says {
        async fn get(&self, _: Option<&str>) -> Result<Answer, NoAnswer> {
            Ok(self.0.clone())
        }
    }

    fn answer(status: u16, media: &str, body: &str) -> Answer {
        Answer {
            status,
            media: media.into(),
            retry_after: None,
            body: body.as_bytes().to_vec(),
        }
    }

    fn id(n: u64) -> String {
        Uuid::v7(1_790_000_000_000, u128::from(n)).to_string()
    }

    /// The text of a record, with blanks that only its own bytes have.
    fn text(n: u64) -> String {
        format!("{{\"id\":\"{}\",  \"v\":9,\"kind\":\"of-tomorrow\"}}", id(n))
    }

    fn entry(n: u64, mark: &str) -> String {
        format!("{{\"record\":{},\"mark\":{mark}}}", text(n))
    }

    fn shelf(epoch: &'static str, records: Vec<String>) -> Shelf {
        Shelf {
            epoch,
            records,
            asked: RefCell::default(),
        }
    }

    fn run(vault: &Memory, get: &impl Get) -> Pulled {
        block_on(pull(vault, get, PROFILE, || {}))
    }

    fn contents(vault: &Memory) -> Contents {
        block_on(vault.contents()).unwrap()
    }

    #[test]
    fn everything_comes_back_byte_for_byte_and_only_what_is_new_is_asked_for_again() {
        let vault = Memory::default();
        let right = r#"{"points":100,"max":100,"outcome":"right"}"#;
        let mut shelf = shelf("e", vec![entry(1, "null"), entry(2, right), entry(3, "null")]);
        assert_eq!(run(&vault, &shelf), Pulled::Done { new: 3, resend: false });
        let stored = contents(&vault);
        assert_eq!(
            stored.get(Store::Records, &key(PROFILE, &id(1))),
            Some(text(1).as_str())
        );
        assert_eq!(stored.get(Store::Marks, &key(PROFILE, &id(2))), Some("e,100,100,right"));
        assert!(stored.of(Store::Pending).is_empty(), "what came back is acknowledged");
        assert_eq!(Ledger::read(&stored, PROFILE).stored(), 3);
        shelf.asked.borrow_mut().clear();
        shelf.records.push(entry(4, "null"));
        assert_eq!(run(&vault, &shelf), Pulled::Done { new: 1, resend: false });
        assert_eq!(*shelf.asked.borrow(), [Some("e3".to_owned())]);
    }

    #[test]
    fn a_record_whose_acknowledgement_was_lost_no_longer_waits_and_another_content_stays() {
        let vault = Memory::default();
        let put = |n: u64, text: String| {
            [
                Change::Put(Store::Records, key(PROFILE, &id(n)), text),
                Change::Put(Store::Pending, key(PROFILE, &id(n)), "1".into()),
            ]
        };
        block_on(vault.write(&[put(1, text(1)), put(2, text(2).replace("tomorrow", "here"))].concat())).unwrap();
        let shelf = shelf("e", vec![entry(1, "null"), entry(2, "null")]);
        assert_eq!(run(&vault, &shelf), Pulled::Done { new: 0, resend: false });
        let stored = contents(&vault);
        assert_eq!(stored.of(Store::Pending).len(), 1);
        assert!(
            stored
                .get(Store::Records, &key(PROFILE, &id(2)))
                .unwrap()
                .contains("here")
        );
    }

    #[test]
    fn after_a_restore_everything_is_sent_again_and_comes_from_the_beginning() {
        let vault = Memory::default();
        assert_eq!(
            run(&vault, &shelf("e", vec![entry(1, "null"), entry(2, "null")])),
            Pulled::Done { new: 2, resend: false }
        );
        let refused = |n: u64, code: &str| {
            let key = key(PROFILE, &id(n));
            [
                Change::Put(Store::Records, key.clone(), text(n)),
                Change::Put(Store::Quarantine, key, code.to_owned()),
            ]
        };
        block_on(vault.write(&[refused(3, "too-large"), refused(4, "erased")].concat())).unwrap();
        // Last night's backup has the first record alone, and a new epoch.
        let restored = shelf("f", vec![entry(1, "null")]);
        assert_eq!(run(&vault, &restored), Pulled::Done { new: 0, resend: true });
        let stored = contents(&vault);
        let waiting: Vec<&str> = stored.of(Store::Pending).iter().map(|(key, _)| key.as_str()).collect();
        // The refused one may be taken now; of an erased person nothing ever is.
        assert_eq!(waiting, [1, 2, 3].map(|n| key(PROFILE, &id(n))));
        assert_eq!(stored.get(Store::Meta, &epoch_key(PROFILE)), Some("f"));
        assert_eq!(run(&vault, &restored), Pulled::Done { new: 0, resend: false });
    }

    #[test]
    fn what_is_no_answer_of_the_endpoint_changes_nothing() {
        let vault = Memory::default();
        for (said, pulled) in [
            (answer(200, "text/html", "<p>请先登录校园网"), Pulled::Later(None)),
            (answer(200, "application/json", "{\"ok\":true}"), Pulled::Later(None)),
            (
                answer(
                    200,
                    "text/html",
                    r#"{"epoch":"e","next":"e1","more":false,"records":[]}"#,
                ),
                Pulled::Later(None),
            ),
            (answer(503, "application/problem+json", "{}"), Pulled::Later(None)),
            (answer(401, "application/problem+json", "{}"), Pulled::Relink),
            (answer(410, "application/problem+json", "{}"), Pulled::Erased),
        ] {
            assert_eq!(run(&vault, &Says(said)), pulled);
            assert_eq!(contents(&vault), Contents::default());
        }
        let slow = Answer {
            retry_after: Some(7),
            ..answer(429, "application/problem+json", "{}")
        };
        assert_eq!(run(&vault, &Says(slow)), Pulled::Later(Some(7)));
        // A page that promises more and gives the same cursor for ever.
        let body = r#"{"epoch":"e","next":"e0","more":true,"records":[]}"#;
        let said = Says(answer(200, "application/json", body));
        assert_eq!(run(&vault, &said), Pulled::Done { new: 0, resend: false });
    }

    #[test]
    fn what_was_refused_and_has_arrived_since_is_refused_no_longer() {
        let vault = Memory::default();
        let key = key(PROFILE, &id(1));
        let put = [
            Change::Put(Store::Records, key.clone(), text(1)),
            Change::Put(Store::Quarantine, key, "unreadable\nb1".into()),
        ];
        block_on(vault.write(&put)).unwrap();
        assert_eq!(
            run(&vault, &shelf("e", vec![entry(1, "null")])),
            Pulled::Done { new: 0, resend: false }
        );
        assert!(contents(&vault).of(Store::Quarantine).is_empty());
    }

    /// A true answer to `i-1` at `at`, marked `mark` by the endpoint.
    fn answer_at(n: u64, at: i64) -> String {
        format!(
            "{{\"id\":\"{}\",\"v\":1,\"kind\":\"item.answered\",\"profile\":\"{PROFILE}\",\
             \"device\":\"00000000-0000-4000-8000-000000000001\",\"seq\":{n},\"at\":{at},\"body\":{{\"item\":\"i-1\",\
             \"revision\":1,\"pack\":\"{}\",\"response\":{{\"truth\":true}}}}}}",
            id(n),
            "0".repeat(32),
        )
    }

    #[test]
    fn both_devices_of_a_person_come_to_the_same_order_of_doubtful_times() {
        use super::super::outbox::{Post, Round, Sender, send};
        use domain::progress::Progress;

        struct Judges;
        impl Post for Judges {
            async fn post(&self, _: &str) -> Result<Answer, NoAnswer> {
                let wrong = r#"{"points":0,"max":100,"outcome":"wrong"}"#;
                let body = format!(
                    r#"{{"epoch":"e","time":0,"verdicts":[{{"id":"{}","verdict":"stored","mark":{wrong},"received":1000}}]}}"#,
                    id(1)
                );
                Ok(answer(200, "application/json", &body))
            }
        }

        let (ahead, after) = (answer_at(1, 99_999_000), answer_at(2, 2_000));
        let right = r#"{"points":100,"max":100,"outcome":"right"}"#;
        let wrong = r#"{"points":0,"max":100,"outcome":"wrong"}"#;
        let doubtful = format!("{{\"record\":{ahead},\"mark\":{wrong},\"received\":1000}}");
        let later = format!("{{\"record\":{after},\"mark\":{right}}}");
        // The device whose clock is ahead sends, and learns it from the verdict; where nothing more came it knows by that alone.
        let sending = Memory::default();
        let key = key(PROFILE, &id(1));
        let put = |store, text: &str| Change::Put(store, key.clone(), text.to_owned());
        block_on(sending.write(&[put(Store::Records, &ahead), put(Store::Pending, "1")])).unwrap();
        let sender = Sender {
            profile: PROFILE,
            build: "b1",
        };
        assert_eq!(block_on(send(&sending, &Judges, sender, || {})), Round::Done);
        assert_eq!(Ledger::read(&contents(&sending), PROFILE).doubtful(), 1);
        run(&sending, &shelf("e", vec![doubtful.clone(), later.clone()]));
        // Another device gets all of it, in another order.
        let other = Memory::default();
        run(&other, &shelf("e", vec![later, doubtful.clone()]));
        let fold = |vault: &Memory| {
            let ledger = Ledger::read(&contents(vault), PROFILE);
            Progress::fold(ledger.evidence.values())
        };
        assert_eq!(fold(&sending), fold(&other));
        let item = fold(&other).items[&"i-1".parse().unwrap()];
        assert_eq!((item.last_at.0, item.right), (2_000, 1));
        assert_eq!(
            item.last,
            Some(domain::marking::Outcome::Right),
            "not the one of tomorrow"
        );
        // A restored endpoint got the record anew, at a time at which it is no longer far ahead.
        let believed = doubtful.replace(",\"received\":1000", "");
        run(&other, &shelf("f", vec![believed]));
        assert_eq!(Ledger::read(&contents(&other), PROFILE).doubtful(), 0);
        assert_eq!(fold(&other).items[&"i-1".parse().unwrap()].last_at.0, 99_999_000);
    }
}
