//! The SQLite store: the suite of all stores, and what holds for it alone.

use crate::support::{Home, NOW, PROFILE, file, lesson, open, profile, record_id};
use crate::{store_suite, support};
use domain::time::Timestamp;
use endpoint::store::sqlite::Sqlite;
use endpoint::store::{Appended, NewRecord, Store, StoreError};
use futures::future::join_all;
use sqlx::{Connection, SqliteConnection, query, query_scalar};
use std::sync::Arc;

macro_rules! suite {
    ($($name:ident),* $(,)?) => { $(
        #[tokio::test]
        async fn $name() {
            let folder = tempfile::tempdir().unwrap();
            store_suite::$name(open(&folder).await).await;
        }
    )* };
}

suite!(
    verdicts_on_appended_records,
    texts_are_kept_to_the_byte,
    pages_follow_the_order_of_commit,
    a_profile_belongs_to_whoever_presents_it_first,
    a_code_is_used_as_often_as_it_allows,
    a_closed_code_lets_nobody_in,
    a_lost_answer_to_joining_costs_nothing,
    answers_wait_for_their_pack,
    what_is_closed_says_so,
);

async fn connect(home: &Home) -> SqliteConnection {
    SqliteConnection::connect(&format!("sqlite://{}", file(&home.folder).display()))
        .await
        .unwrap()
}

fn new(n: u64, raw: String) -> NewRecord {
    let (id, profile) = (record_id(n), profile(PROFILE));
    NewRecord {
        id,
        profile,
        kind: "k".into(),
        at: Timestamp(NOW),
        doubtful: false,
        attempt: None,
        raw,
        verdict: None,
    }
}

#[tokio::test]
async fn the_writing_connection_syncs_its_log_at_every_commit() {
    let folder = tempfile::tempdir().unwrap();
    let durability = open(&folder).await.durability().await.unwrap();
    assert_eq!((durability.synchronous, durability.journal_mode.as_str()), (2, "wal"));
}

#[tokio::test]
async fn what_the_database_refuses_does_not_take_its_group_along() {
    let home = Home::new().await;
    let token = home.join(PROFILE).await;
    let hash = endpoint::code::token_hash(&token).unwrap();
    let store = Arc::clone(home.endpoint.store());
    let person = store.holder(&hash).await.unwrap().unwrap().person;
    let mut connection = connect(&home).await;
    let trigger = "CREATE TRIGGER poison BEFORE INSERT ON records WHEN NEW.raw LIKE '%poison%' BEGIN SELECT RAISE(ABORT, 'no'); END";
    query(trigger).execute(&mut connection).await.unwrap();
    // A lock holds the writer up, so that the requests meet in one group.
    query("BEGIN IMMEDIATE").execute(&mut connection).await.unwrap();
    let before = store.commits();
    let append = |n: u64| {
        let store = Arc::clone(&store);
        let raw = if n == 7 { "poison".to_owned() } else { lesson(n) };
        tokio::spawn(async move { store.append(person, Timestamp(NOW), vec![new(n, raw)]).await })
    };
    let appends: Vec<_> = (0..20).map(append).collect();
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    query("ROLLBACK").execute(&mut connection).await.unwrap();
    let results: Vec<_> = join_all(appends).await.into_iter().map(Result::unwrap).collect();
    for (n, result) in results.iter().enumerate() {
        match result {
            Ok(appended) => assert_eq!((n != 7, appended.as_slice()), (true, &[Appended::Stored][..])),
            Err(error) => assert!(n == 7 && matches!(error, StoreError::Unavailable(_)), "{n} {error}"),
        }
    }
    assert!(store.commits() > before);
    let count: i64 = query_scalar("SELECT count(*) FROM records")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(count, 19);
}

#[tokio::test]
async fn requests_that_wait_share_a_commit() {
    let home = Home::new().await;
    let token = home.join(PROFILE).await;
    home.send(&token, &[lesson(0)]).await;
    let before = home.endpoint.store().commits();
    let records: Vec<[String; 1]> = (1..=200).map(|n| [lesson(n)]).collect();
    let answers = join_all(records.iter().map(|record| home.send(&token, record))).await;
    assert!(answers.iter().all(|answer| answer == &["stored"]));
    let commits = home.endpoint.store().commits() - before;
    assert!((1..=50).contains(&commits), "{commits} commits for 200 requests");
}

#[tokio::test]
async fn a_database_of_another_program_or_time_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    open(&folder).await.close().await;
    let url = format!("sqlite://{}", file(&folder).display());
    for (pragma, word) in [
        ("PRAGMA user_version = 99", "newer"),
        ("PRAGMA application_id = 1", "another program"),
    ] {
        let mut connection = SqliteConnection::connect(&url).await.unwrap();
        query(pragma).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        let Err(error) = Sqlite::open(&file(&folder), "0").await else {
            panic!("opened")
        };
        assert!(error.to_string().contains(word), "{error}");
    }
}

#[tokio::test]
async fn a_backup_is_whole_and_a_renewed_epoch_holds() {
    let home = Home::new().await;
    let token = home.join(PROFILE).await;
    home.send(&token, &[lesson(1), lesson(2)]).await;
    let epoch = home.endpoint.store().epoch().to_owned();
    let copy = tempfile::tempdir().unwrap();
    home.endpoint.store().backup(&file(&copy)).await.unwrap();
    assert!(
        home.endpoint.store().backup(&file(&copy)).await.is_err(),
        "an older backup is not overwritten"
    );
    home.send(&token, &[lesson(3)]).await;

    let store = open(&copy).await;
    assert_eq!(store.epoch(), epoch);
    store.renew_epoch("f".repeat(32)).await.unwrap();
    store.close().await;
    let restored = Home { folder: copy, ..home }.restart(support::site(&[])).await;
    let old = restored.fetch(&token, &format!("?after={epoch}-3")).await.json();
    assert_eq!(
        (old["epoch"].as_str(), old["records"].as_array().unwrap().len()),
        (Some("f".repeat(32).as_str()), 2)
    );
    assert_eq!(
        restored.send(&token, &[lesson(1), lesson(2), lesson(3)]).await,
        ["duplicate", "duplicate", "stored"]
    );
}

#[cfg(unix)]
#[tokio::test]
async fn the_files_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new().await;
    let mut modes = Vec::new();
    for entry in std::fs::read_dir(home.folder.path()).unwrap() {
        modes.push(entry.unwrap().metadata().unwrap().permissions().mode() & 0o777);
    }
    assert_eq!(
        (modes.len(), modes.iter().all(|mode| *mode == 0o600)),
        (3, true),
        "{modes:?}"
    );
}
