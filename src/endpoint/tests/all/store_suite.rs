//! What every store must do. Each function takes an empty store.

use crate::support::{NOW, OTHER_PROFILE, PROFILE, fresh, id, new_code, profile, record_id};
use domain::ids::PackHash;
use domain::time::{Day, Timestamp};
use endpoint::code::UnitCode;
use endpoint::store::{Appended, Enrolled, Enrolment, Hash, NewRecord, PersonId, Place, Store, Verdict};
use wire::api::MarkForm;

const LATER: Timestamp = Timestamp(NOW + 1);

/// A new code for `uses` people.
async fn code<S: Store>(store: &S, uses: u32) -> UnitCode {
    let code = UnitCode::from_bits(fresh());
    store.new_code(new_code(&code, uses), Timestamp(NOW)).await.unwrap();
    code
}

fn wish(code: &UnitCode, profile_: &str) -> Enrolment {
    let mut token = [0; 32];
    token[..8].copy_from_slice(&fresh().to_be_bytes());
    Enrolment {
        code: code.hash(),
        profile: profile(profile_),
        name: "张三".into(),
        staff_no: None,
        token,
        person: id(fresh()),
    }
}

/// A person with a profile.
async fn person<S: Store>(store: &S, profile: &str) -> (PersonId, Hash) {
    let wish = wish(&code(store, 1).await, profile);
    assert!(matches!(
        store.enrol(wish.clone(), Timestamp(NOW)).await.unwrap(),
        Enrolled::Joined { .. }
    ));
    (store.holder(&wish.token).await.unwrap().unwrap().person, wish.token)
}

fn new(n: u64, profile_: &str, raw: &str, verdict: Option<Verdict>) -> NewRecord {
    let (id, profile) = (record_id(n), profile(profile_));
    NewRecord {
        id,
        profile,
        kind: "k".into(),
        at: Timestamp(NOW),
        doubtful: n == 9,
        attempt: None,
        raw: raw.into(),
        verdict,
    }
}

fn mark(points: u32) -> MarkForm {
    MarkForm {
        points,
        max: 100,
        outcome: if points == 100 { "right" } else { "wrong" }.into(),
    }
}

pub(crate) async fn verdicts_on_appended_records<S: Store>(store: S) {
    let (one, _) = person(&store, PROFILE).await;
    let (other, _) = person(&store, OTHER_PROFILE).await;
    let marked = Some(Verdict::Marked(mark(100)));
    let twice = vec![
        new(1, PROFILE, "{\"a\":1,\"b\":2}", marked.clone()),
        new(1, PROFILE, "{\"b\":2, \"a\":1}", None),
        new(1, PROFILE, "{\"a\":2}", None),
        new(2, OTHER_PROFILE, "{}", None),
        new(3, PROFILE, "{}", None),
    ];
    let duplicate = Appended::Duplicate {
        mark: Some(mark(100)),
        doubtful: None,
    };
    let expected = [
        Appended::Stored,
        duplicate.clone(),
        Appended::Conflict,
        Appended::ProfileOfAnother,
        Appended::Stored,
    ];
    assert_eq!(store.append(one, LATER, twice).await.unwrap(), expected);
    let again = vec![
        new(1, PROFILE, "{\"a\":1,\"b\":2}", Some(Verdict::Marked(mark(0)))),
        new(1, PROFILE, "{}", None),
    ];
    assert_eq!(
        store.append(one, LATER, again).await.unwrap(),
        [duplicate, Appended::Conflict]
    );
    // The same id is another record for another person, who learns nothing of the first.
    let foreign = vec![new(1, OTHER_PROFILE, "{\"z\":1}", None)];
    assert_eq!(store.append(other, LATER, foreign).await.unwrap(), [Appended::Stored]);
    let page = store.records(one, Place(0), 10).await.unwrap();
    let raws: Vec<_> = page
        .records
        .iter()
        .map(|record| (record.raw.as_str(), record.mark.clone()))
        .collect();
    assert_eq!(raws, [("{\"a\":1,\"b\":2}", Some(mark(100))), ("{}", None)]);
    assert_eq!(store.append(one, LATER, Vec::new()).await.unwrap(), []);
}

pub(crate) async fn texts_are_kept_to_the_byte<S: Store>(store: S) {
    let (one, _) = person(&store, PROFILE).await;
    let texts = [
        "{ \"é\":\"安全\\u0000\\\"\" ,\n\t\"𠮷\":[1.0,1e2]}",
        "'; DROP TABLE records; --",
        "\u{202e}\r\n",
        "{}",
    ];
    let records = (1..).zip(texts).map(|(n, text)| new(n, PROFILE, text, None)).collect();
    store.append(one, LATER, records).await.unwrap();
    let page = store.records(one, Place(0), 10).await.unwrap();
    assert_eq!(
        page.records
            .iter()
            .map(|record| record.raw.as_str())
            .collect::<Vec<_>>(),
        texts
    );
}

pub(crate) async fn pages_follow_the_order_of_commit<S: Store>(store: S) {
    let (one, _) = person(&store, PROFILE).await;
    for n in [5, 3, 9, 1] {
        store
            .append(one, LATER, vec![new(n, PROFILE, &format!("[{n}]"), None)])
            .await
            .unwrap();
    }
    let mut after = Place(0);
    let mut seen = Vec::new();
    loop {
        let page = store.records(one, after, 3).await.unwrap();
        seen.extend(page.records.iter().map(|record| (record.raw.clone(), record.doubtful)));
        let Some(last) = page.records.last() else { break };
        assert!(page.records.iter().all(|record| record.place > after));
        assert_eq!(page.more, seen.len() == 3);
        after = last.place;
    }
    let expected = [("[5]", None), ("[3]", None), ("[9]", Some(LATER)), ("[1]", None)];
    assert_eq!(seen, expected.map(|(raw, doubtful)| (raw.to_owned(), doubtful)));
    // A page ends where it gets heavy, but is never empty.
    let heavy = "x".repeat(600_000);
    let records = (20..24).map(|n| new(n, PROFILE, &heavy, None)).collect();
    store.append(one, LATER, records).await.unwrap();
    let page = store.records(one, after, 100).await.unwrap();
    assert_eq!((page.records.len(), page.more), (1, true));
}

pub(crate) async fn a_profile_belongs_to_whoever_presents_it_first<S: Store>(store: S) {
    let (one, _) = person(&store, PROFILE).await;
    let (other, _) = person(&store, OTHER_PROFILE).await;
    let free = "7d444840-9dc0-41d1-b245-5ffdce74fad4";
    assert_eq!(
        store
            .append(other, LATER, vec![new(1, free, "{}", None)])
            .await
            .unwrap(),
        [Appended::Stored]
    );
    assert_eq!(
        store.append(one, LATER, vec![new(1, free, "{}", None)]).await.unwrap(),
        [Appended::ProfileOfAnother]
    );
    let late = wish(&code(&store, 5).await, free);
    assert_eq!(store.enrol(late, LATER).await.unwrap(), Enrolled::ProfileClaimed);
}

pub(crate) async fn a_code_is_used_as_often_as_it_allows<S: Store>(store: S) {
    let code = code(&store, 2).await;
    let profile = |n: u64| format!("7d444840-9dc0-41d1-b245-{n:012x}");
    let expired = Timestamp(NOW + 30 * 86_400_000);
    let mut answers = Vec::new();
    answers.push(store.enrol(wish(&code, &profile(0)), expired).await.unwrap());
    for n in 1..4 {
        answers.push(store.enrol(wish(&code, &profile(n)), expired.plus(-1)).await.unwrap());
    }
    let joined: Vec<_> = answers
        .iter()
        .map(|answer| matches!(answer, Enrolled::Joined { .. }))
        .collect();
    assert_eq!(joined, [false, true, true, false]);
    assert_eq!(
        (&answers[0], &answers[3]),
        (&Enrolled::CodeRefused, &Enrolled::CodeRefused)
    );
    let listed = store.codes().await.unwrap();
    assert_eq!(
        (listed.len(), listed[0].used, listed[0].max_uses, listed[0].closed),
        (1, 2, 2, false)
    );
    assert_eq!((listed[0].unit.as_str(), &listed[0].shown), ("城东街道", &code.shown()));
}

pub(crate) async fn a_closed_code_lets_nobody_in<S: Store>(store: S) {
    let code = code(&store, 2).await;
    let wish = wish(&code, PROFILE);
    assert!(matches!(
        store.enrol(wish.clone(), LATER).await.unwrap(),
        Enrolled::Joined { .. }
    ));
    let number = store.codes().await.unwrap()[0].number;
    assert!(store.close_code(number, LATER).await.unwrap());
    assert!(!store.close_code(number + 1, LATER).await.unwrap());
    assert_eq!(store.enrol(wish, LATER).await.unwrap(), Enrolled::CodeRefused);
    assert!(store.codes().await.unwrap()[0].closed);
}

pub(crate) async fn a_lost_answer_to_joining_costs_nothing<S: Store>(store: S) {
    let code = code(&store, 1).await;
    let (first, second, third) = (wish(&code, PROFILE), wish(&code, PROFILE), wish(&code, PROFILE));
    let Enrolled::Joined { person, .. } = store.enrol(first.clone(), LATER).await.unwrap() else {
        panic!("not joined")
    };
    // Somebody else with the same profile and code is not the same person.
    let stranger = Enrolment {
        name: "李四".into(),
        ..wish(&code, PROFILE)
    };
    assert_eq!(store.enrol(stranger, LATER).await.unwrap(), Enrolled::CodeRefused);
    let again = store.enrol(second.clone(), LATER).await.unwrap();
    assert!(matches!(again, Enrolled::Joined { person: same, .. } if same == person));
    assert!(
        store.holder(&first.token).await.unwrap().is_none(),
        "the token that was lost must not live on"
    );
    assert_eq!(store.codes().await.unwrap()[0].used, 1);
    store.touch(&second.token, Day(20_000)).await.unwrap();
    assert_eq!(
        store.holder(&second.token).await.unwrap().unwrap().last_day,
        Some(Day(20_000))
    );
    assert_eq!(
        store.enrol(third, LATER).await.unwrap(),
        Enrolled::CodeRefused,
        "a token that was used is not replaced"
    );
}

pub(crate) async fn answers_wait_for_their_pack<S: Store>(store: S) {
    let (one, _) = person(&store, PROFILE).await;
    let (known, unknown): (PackHash, PackHash) = ("0".repeat(32).parse().unwrap(), "1".repeat(32).parse().unwrap());
    let records = vec![
        new(1, PROFILE, "[1]", Some(Verdict::Unverified(unknown))),
        new(2, PROFILE, "[2]", Some(Verdict::Unverified(known))),
        new(3, PROFILE, "[3]", Some(Verdict::UnknownItem)),
    ];
    store.append(one, LATER, records.clone()).await.unwrap();
    assert_eq!(store.waiting(Place(0), 10).await.unwrap(), []);
    store.put_packs(vec![(known, b"p".to_vec())], LATER).await.unwrap();
    store.put_packs(vec![(known, b"q".to_vec())], LATER).await.unwrap();
    assert_eq!(store.pack(known).await.unwrap().as_deref(), Some(&b"p"[..]));
    assert_eq!(store.pack(unknown).await.unwrap(), None);
    let waiting = store.waiting(Place(0), 10).await.unwrap();
    assert_eq!(
        waiting
            .iter()
            .map(|waiting| (waiting.raw.as_str(), waiting.pack))
            .collect::<Vec<_>>(),
        [("[2]", known)]
    );
    let settled = vec![(waiting[0].clone(), Verdict::Marked(mark(100)))];
    store.settle(settled, LATER).await.unwrap();
    // Another process that settles the same changes nothing.
    store
        .settle(vec![(waiting[0].clone(), Verdict::Marked(mark(0)))], LATER)
        .await
        .unwrap();
    assert_eq!(store.waiting(Place(0), 10).await.unwrap(), []);
    let page = store.records(one, Place(0), 10).await.unwrap();
    assert_eq!(
        page.records
            .iter()
            .map(|record| record.mark.clone())
            .collect::<Vec<_>>(),
        [None, Some(mark(100)), None]
    );
    let again = store.append(one, LATER, records[1..2].to_vec()).await.unwrap();
    assert_eq!(
        again,
        [Appended::Duplicate {
            mark: Some(mark(100)),
            doubtful: None
        }]
    );
}

pub(crate) async fn what_is_closed_says_so<S: Store>(store: S) {
    let (one, _) = person(&store, PROFILE).await;
    assert!(store.health().await.is_ok());
    store.close().await;
    assert!(
        store
            .append(one, LATER, vec![new(1, PROFILE, "{}", None)])
            .await
            .is_err()
    );
    assert!(store.health().await.is_err());
    assert!(store.records(one, Place(0), 1).await.is_err());
}
