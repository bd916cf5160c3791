//! Answers given on one build of the site and sent to a later one are marked against what the person saw.

use crate::support::{DEVICE, Home, NOW, PROFILE, batch, file, id, pack, site};
use domain::ids::PackHash;
use endpoint::site::Site;
use endpoint::store::Place;
use serde_json::{Value, json};
use std::process::Command;

/// The next build's bank: `i-1` is worded anew with another key, `i-2` is withdrawn, `i-3` is as it was, `i-4` is new.
fn next_pack() -> (PackHash, String) {
    let (_, text) = pack();
    let mut bank: Value = serde_json::from_str(&text).unwrap();
    let items = bank["items"].as_array_mut().unwrap();
    let mut changed = items.remove(0);
    let withdrawn = items.remove(0);
    assert_eq!([&changed["id"], &withdrawn["id"]], ["i-1", "i-2"]);
    changed["revision"] = json!(3);
    changed["stem"] = json!("worded anew");
    for (place, right) in [(0, true), (1, false)] {
        changed["options"][place]["right"] = json!(right);
        changed["options"][place]["why"] = json!(if right { "" } else { "no longer so" });
    }
    let mut new = items[0].clone();
    new["id"] = json!("i-4");
    items.extend([changed, new]);
    let text = bank.to_string();
    (wire::pack::hash(text.as_bytes()), text)
}

/// The site of a build that has one bank.
fn build((hash, text): &(PackHash, String)) -> Site {
    site(&[("index.html", "<p>"), (&wire::pack::path(*hash), text)])
}

fn answer(n: u64, pack: PackHash, item: &str, revision: u32, response: &Value) -> String {
    let body = json!({"item": item, "revision": revision, "pack": pack.to_string(), "response": response});
    let head = json!({"id": id(n), "v": 1, "kind": "item.answered", "profile": PROFILE, "device": DEVICE, "seq": n + 1, "at": NOW});
    let mut record = head;
    record["body"] = body;
    record.to_string()
}

/// Answers of somebody who has the first build's page open, each with its mark by what that page showed.
fn of_the_first_build(first: u64) -> (Vec<String>, Vec<&'static str>) {
    let old = pack().0;
    let options = |ids: &[&str]| json!({"options": ids});
    let table = [
        // Right then, wrong by the new wording, and the other way round.
        (answer(first, old, "i-1", 2, &options(&["b"])), "100 right"),
        (answer(first + 1, old, "i-1", 2, &options(&["a"])), "0 wrong"),
        // Withdrawn since.
        (answer(first + 2, old, "i-2", 2, &options(&["a", "c"])), "200 right"),
        (answer(first + 3, old, "i-2", 2, &options(&["b"])), "0 wrong"),
        (answer(first + 4, old, "i-3", 2, &json!({"truth": true})), "100 right"),
        // Of the next build; the person cannot have seen these in this pack.
        (answer(first + 5, old, "i-1", 3, &options(&["a"])), "-"),
        (answer(first + 6, old, "i-4", 2, &json!({"truth": true})), "-"),
    ];
    table.into_iter().unzip()
}

/// Answers of somebody who has the next build's page.
fn of_the_next_build(first: u64) -> (Vec<String>, Vec<&'static str>) {
    let new = next_pack().0;
    let options = |ids: &[&str]| json!({"options": ids});
    let table = [
        (answer(first, new, "i-1", 3, &options(&["a"])), "100 right"),
        (answer(first + 1, new, "i-1", 3, &options(&["b"])), "0 wrong"),
        // A wording and an item that this pack does not have.
        (answer(first + 2, new, "i-1", 2, &options(&["b"])), "-"),
        (answer(first + 3, new, "i-2", 2, &options(&["a", "c"])), "-"),
    ];
    table.into_iter().unzip()
}

fn mark(of: &Value) -> String {
    let mark = &of["mark"];
    match mark["outcome"].as_str() {
        Some(outcome) => format!("{} {outcome}", mark["points"]),
        None => "-".into(),
    }
}

/// Sends records; the verdict that all of them got, and the mark of each.
async fn send(home: &Home, token: &str, records: &[String]) -> (String, Vec<String>) {
    let answer = home.post(token, batch(records)).await.json();
    let verdicts = answer["verdicts"].as_array().unwrap();
    let verdict = verdicts[0]["verdict"].as_str().unwrap();
    assert!(verdicts.iter().all(|one| one["verdict"] == verdict), "{answer}");
    (verdict.to_owned(), verdicts.iter().map(mark).collect())
}

/// The marks of all records as another device gets them.
async fn given_back(home: &Home, token: &str) -> Vec<String> {
    let page = home.fetch(token, "?limit=500").await.json();
    page["records"].as_array().unwrap().iter().map(mark).collect()
}

async fn served(home: &Home, pack: &(PackHash, String)) {
    let answer = home.get(&format!("/packs/{}.json", pack.0), &[]).await;
    assert_eq!((answer.status.as_u16(), answer.text()), (200, pack.1.as_str()));
    assert!(answer.header("cache-control").contains("immutable"));
}

/// Puts a backup into the place of the data, with the program that the manual says.
fn restore(home: &Home, backup: &std::path::Path) {
    let output = Command::new(env!("CARGO_BIN_EXE_anxue"))
        .arg("restore")
        .arg(backup)
        .arg("--data")
        .arg(home.folder.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test]
async fn an_answer_is_marked_against_what_was_seen_when_the_item_has_changed_or_gone() {
    let (first, next) = (pack(), next_pack());
    let home = Home::with(build(&first), |_| {}).await;
    let token = home.join(PROFILE).await;
    let (early, expected_early) = of_the_first_build(0);
    assert_eq!(send(&home, &token, &early).await.1, expected_early, "on its own build");

    // The next build replaces the site. Somebody was offline, or has the old tab open.
    let home = home.restart(build(&next)).await;
    let (late, expected_late) = of_the_first_build(20);
    let (fresh, expected_fresh) = of_the_next_build(40);
    assert_eq!(send(&home, &token, &late).await.1, expected_late);
    assert_eq!(send(&home, &token, &fresh).await.1, expected_fresh);
    served(&home, &first).await;
    served(&home, &next).await;
    let all = [expected_early, expected_late, expected_fresh].concat();
    assert_eq!(given_back(&home, &token).await, all, "what was marked before stays so");
    let again = (
        "duplicate".to_owned(),
        all[7..14].iter().map(ToString::to_string).collect(),
    );
    assert_eq!(send(&home, &token, &late).await, again);

    // A build later, and from a backup, it is the same.
    let backup = home.folder.path().join("night.sqlite");
    home.endpoint.store().backup(&backup).await.unwrap();
    home.endpoint.store().close().await;
    restore(&home, &backup);
    assert!(file(&home.folder).is_file());
    let home = home.restart(site(&[("index.html", "<p>")])).await;
    assert_eq!(given_back(&home, &token).await, all);
    let (latest, expected_latest) = of_the_first_build(60);
    assert_eq!(send(&home, &token, &latest).await.1, expected_latest);
    served(&home, &first).await;
    served(&home, &next).await;
}

#[tokio::test]
async fn an_answer_to_an_unknown_pack_waits_through_restarts_and_a_restore_until_the_pack_is_there() {
    let (first, next) = (pack(), next_pack());
    // The data come to a server that never had the first build, as after moving to another machine.
    let home = Home::with(build(&next), |_| {}).await;
    let token = home.join(PROFILE).await;
    let (late, expected) = of_the_first_build(0);
    let unverified = ("stored".to_owned(), vec!["-".to_owned(); late.len()]);
    assert_eq!(send(&home, &token, &late).await, unverified);
    let waiting = async |home: &Home| {
        let body = home.get(&format!("/packs/{}.json", first.0), &[]).await;
        assert_eq!(body.status, 404);
        given_back(home, &token).await
    };
    let none = vec!["-".to_owned(); late.len()];
    assert_eq!(waiting(&home).await, none);

    let home = home.restart(build(&next)).await;
    assert_eq!(waiting(&home).await, none, "no mark by another pack's wording");
    let backup = home.folder.path().join("night.sqlite");
    home.endpoint.store().backup(&backup).await.unwrap();
    home.endpoint.store().close().await;
    restore(&home, &backup);
    let home = home.restart(build(&next)).await;
    assert_eq!(waiting(&home).await, none);

    // The pack arrives with a site that has it.
    let home = home.restart(build(&first)).await;
    assert_eq!(given_back(&home, &token).await, expected);
    assert!(home.endpoint.store().waiting(Place(0), 9).await.unwrap().is_empty());
    let home = home.restart(build(&next)).await;
    assert_eq!(given_back(&home, &token).await, expected, "and the mark stays");
    served(&home, &first).await;
}
