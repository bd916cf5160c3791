//! The endpoint marks what was answered, and believes nobody.

use crate::support::{Home, PROFILE, batch, pack, record, site, site_with_pack};
use serde_json::{Value, json};

fn answer(n: u64, item: &str, revision: u32, response: &Value) -> String {
    let body = json!({"item": item, "revision": revision, "pack": pack().0.to_string(), "response": response});
    record(n, "item.answered", &body)
}

async fn marks(home: &Home, token: &str, records: &[String]) -> Vec<String> {
    let answer = home.post(token, batch(records)).await.json();
    let show = |verdict: &Value| {
        let mark = &verdict["mark"];
        let verdict = verdict["verdict"].as_str().unwrap();
        if mark.is_null() {
            format!("{verdict} -")
        } else {
            format!(
                "{verdict} {}/{} {}",
                mark["points"],
                mark["max"],
                mark["outcome"].as_str().unwrap()
            )
        }
    };
    answer["verdicts"].as_array().unwrap().iter().map(show).collect()
}

#[tokio::test]
async fn responses_are_marked_against_the_pack_that_was_seen() {
    let home = Home::with(site_with_pack(), |_| {}).await;
    let token = home.join(PROFILE).await;
    let options = |ids: &[&str]| json!({"options": ids});
    let table = [
        ("i-1", 2, options(&["b"]), "100/100 right"),
        ("i-1", 2, options(&["a"]), "0/100 wrong"),
        ("i-1", 2, options(&[]), "0/100 unanswered"),
        ("i-1", 2, options(&["a", "b"]), "0/100 invalid-count"),
        ("i-1", 2, options(&["z"]), "0/100 invalid-option"),
        ("i-1", 2, json!({"truth": true}), "0/100 invalid-kind"),
        ("i-2", 2, options(&["c", "a"]), "200/200 right"),
        ("i-2", 2, options(&["a"]), "100/200 incomplete"),
        ("i-2", 2, options(&["a", "a"]), "0/200 invalid-repeat"),
        ("i-3", 2, json!({"truth": true}), "100/100 right"),
        ("i-3", 2, json!({"truth": false}), "0/100 wrong"),
        ("i-1", 1, options(&["b"]), "-"),
        ("i-9", 2, options(&["b"]), "-"),
    ];
    let records: Vec<String> = (0..)
        .zip(&table)
        .map(|(n, (item, revision, response, _))| answer(n, item, *revision, response))
        .collect();
    let expected: Vec<String> = table.iter().map(|(.., mark)| format!("stored {mark}")).collect();
    assert_eq!(marks(&home, &token, &records).await, expected);
    let again: Vec<String> = table.iter().map(|(.., mark)| format!("duplicate {mark}")).collect();
    assert_eq!(
        marks(&home, &token, &records).await,
        again,
        "a duplicate tells the mark that holds"
    );
    let page = home.fetch(&token, "").await.json();
    let given = page["records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["mark"]["outcome"].as_str().unwrap_or("-").to_owned());
    let outcomes: Vec<String> = table
        .iter()
        .map(|(.., mark)| mark.rsplit(' ').next().unwrap().to_owned())
        .collect();
    assert_eq!(given.collect::<Vec<_>>(), outcomes);
}

#[tokio::test]
async fn a_score_that_a_client_sends_is_not_looked_at() {
    let home = Home::with(site_with_pack(), |_| {}).await;
    let token = home.join(PROFILE).await;
    let boast = answer(1, "i-1", 2, &json!({"options": ["a"]})).replace(
        "\"body\":{",
        "\"mark\":{\"points\":100,\"max\":100,\"outcome\":\"right\"},\"body\":{\"score\":100,",
    );
    assert_eq!(marks(&home, &token, &[boast]).await, ["stored 0/100 wrong"]);
}

#[tokio::test]
async fn an_answer_to_an_unknown_pack_is_stored_and_marked_when_the_pack_arrives() {
    let home = Home::new().await;
    let token = home.join(PROFILE).await;
    let records = [
        answer(1, "i-1", 2, &json!({"options": ["b"]})),
        answer(2, "i-9", 2, &json!({"options": ["b"]})),
    ];
    assert_eq!(marks(&home, &token, &records).await, ["stored -", "stored -"]);
    assert_eq!(marks(&home, &token, &records).await, ["duplicate -", "duplicate -"]);

    let home = home.restart(site_with_pack()).await;
    assert_eq!(
        marks(&home, &token, &records).await,
        ["duplicate 100/100 right", "duplicate -"]
    );
    assert!(
        home.endpoint
            .store()
            .waiting(endpoint::store::Place(0), 9)
            .await
            .unwrap()
            .is_empty(),
        "nothing waits for ever"
    );
    let page = home.fetch(&token, "").await.json();
    assert_eq!(
        page["records"][0]["mark"],
        json!({"points": 100, "max": 100, "outcome": "right"})
    );

    // The next program no longer has the pack in its site; the store still has it.
    let home = home.restart(site(&[("index.html", "<p>")])).await;
    assert_eq!(
        marks(&home, &token, &[answer(3, "i-3", 2, &json!({"truth": true}))]).await,
        ["stored 100/100 right"]
    );
    let (hash, text) = pack();
    let old = home.get(&format!("/packs/{hash}.json"), &[]).await;
    assert_eq!(
        (old.status.as_u16(), old.text(), old.header("content-type")),
        (200, text.as_str(), "application/json")
    );
    assert!(old.header("cache-control").contains("immutable"));
    assert_eq!(
        home.get(&format!("/packs/{}.json", "0".repeat(32)), &[]).await.status,
        404
    );
}

#[tokio::test]
async fn a_pack_without_items_marks_nothing() {
    let text = "{\"v\":1,\"course\":\"c-1\",\"regulations\":{},\"lessons\":[]}";
    let hash = wire::pack::hash(text.as_bytes());
    let home = Home::with(site(&[(&wire::pack::path(hash), text)]), |_| {}).await;
    let token = home.join(PROFILE).await;
    let record = answer(1, "i-1", 2, &json!({"options": ["b"]})).replace(&pack().0.to_string(), &hash.to_string());
    assert_eq!(marks(&home, &token, &[record]).await, ["stored -"]);
    assert!(
        home.endpoint
            .store()
            .waiting(endpoint::store::Place(0), 9)
            .await
            .unwrap()
            .is_empty()
    );
}
