//! The organizer's desk: signing in, units and codes, people, results, files and the log.

mod results;

use crate::support::{Answer, Home, NOW, OTHER_PROFILE, PROFILE, call, lesson};
use axum::http::Request;
use domain::time::Timestamp;
use endpoint::code::{Token, token_hash};
use endpoint::store::NewKey;
use serde_json::{Value, json};
use std::sync::atomic::Ordering;

const PATH: &str = "/api/v1/organize";

/// An organizer who is signed in.
pub(crate) struct Desk<'h> {
    home: &'h Home,
    cookie: String,
}

async fn new_key(home: &Home, byte: u8, name: &str) -> String {
    let token = Token::from_bits([byte; 32]);
    let key = NewKey {
        hash: token_hash(token.text()).unwrap(),
        name: name.into(),
        expires: Timestamp(home.clock.load(Ordering::Relaxed) + 1_000_000),
    };
    home.endpoint.store().new_key(key, Timestamp(NOW)).await.unwrap();
    token.text().to_owned()
}

async fn sign_in(home: &Home, key: &str) -> Answer {
    let request = Request::post(format!("{PATH}/session"))
        .header("content-type", "application/json")
        .header("x-anxue-desk", "1");
    call(&home.router, request, json!({ "key": key }).to_string()).await
}

impl<'h> Desk<'h> {
    async fn open(home: &'h Home) -> Self {
        // Each opening has a key of its own.
        let byte = u8::try_from(crate::support::fresh() % 200).unwrap();
        let key = new_key(home, byte, "王组织").await;
        let answer = sign_in(home, &key).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
        Self { home, cookie }
    }

    async fn ask(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let encode = |c: char| match c {
            c if c.is_ascii() && c != ' ' => c.to_string(),
            c => c
                .to_string()
                .bytes()
                .fold(String::new(), |text, byte| format!("{text}%{byte:02X}")),
        };
        let path: String = path.chars().map(encode).collect();
        let request = Request::builder().method(method).uri(format!("{PATH}{path}"));
        let request = request.header("x-anxue-desk", "1").header("cookie", &self.cookie);
        match body {
            Some(body) => {
                let request = request.header("content-type", "application/json");
                call(&self.home.router, request, body.to_string()).await
            }
            None => call(&self.home.router, request, "").await,
        }
    }

    async fn get(&self, path: &str) -> Value {
        let answer = self.ask("GET", path, None).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.json()
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        self.ask("POST", path, Some(body)).await
    }

    async fn person(&self, find: &str) -> Value {
        let found = self.get(&format!("/people?find={find}")).await;
        assert_eq!(found["total"], 1, "{found}");
        found["people"][0].clone()
    }

    async fn actions(&self) -> Vec<String> {
        let log = self.get("/audit").await;
        let action = |row: &Value| row["action"].as_str().unwrap().to_owned();
        log["rows"].as_array().unwrap().iter().map(action).collect()
    }
}

/// The cookie of an organizer who is signed in.
pub(crate) async fn cookie(home: &Home) -> String {
    Desk::open(home).await.cookie
}

async fn join(home: &Home, profile: &str, name: &str) -> String {
    let wish = json!({"code": home.code.to_string(), "profile": profile, "name": name, "staff_no": "007"});
    let answer = home.enrol(wish).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()["token"].as_str().unwrap().to_owned()
}

fn status(answer: &Answer, status: u16) {
    assert_eq!(answer.status, status, "{}", answer.text());
}

#[tokio::test]
async fn a_link_signs_in_once_and_a_session_ends_by_time_or_by_hand() {
    let home = Home::new().await;
    let key = new_key(&home, 7, "王组织").await;
    let answer = sign_in(&home, &key).await;
    status(&answer, 200);
    let cookie = answer.header("set-cookie").to_owned();
    for part in ["anxue-desk=", "; HttpOnly", "; SameSite=Strict", "; Max-Age=43200"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Secure") && !cookie.contains("Path"), "{cookie}");
    assert_eq!(sign_in(&home, &key).await.problem(), "key-refused");
    assert_eq!(sign_in(&home, "x").await.problem(), "key-refused");

    let desk = Desk {
        home: &home,
        cookie: cookie.split(';').next().unwrap().to_owned(),
    };
    assert_eq!(desk.get("/session").await["name"], "王组织");
    // A page of another site has the cookie at best, never the header.
    let forged = [("cookie", desk.cookie.as_str())];
    assert_eq!(
        home.get(&format!("{PATH}/units"), &forged).await.problem(),
        "cross-site"
    );
    let forged = [
        ("cookie", desk.cookie.as_str()),
        ("x-anxue-desk", "1"),
        ("sec-fetch-site", "cross-site"),
    ];
    assert_eq!(
        home.get(&format!("{PATH}/units"), &forged).await.problem(),
        "cross-site"
    );
    // A learner's token opens nothing here.
    let token = home.join(PROFILE).await;
    let bearer = format!("Bearer {token}");
    let learner = [("authorization", bearer.as_str()), ("x-anxue-desk", "1")];
    assert_eq!(
        home.get(&format!("{PATH}/people"), &learner).await.problem(),
        "signed-out"
    );

    status(&desk.ask("DELETE", "/session", None).await, 204);
    assert_eq!(desk.ask("GET", "/session", None).await.problem(), "signed-out");
    let key = new_key(&home, 8, "王组织").await;
    let cookie = sign_in(&home, &key)
        .await
        .header("set-cookie")
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let desk = Desk { home: &home, cookie };
    desk.get("/session").await;
    home.clock.fetch_add(12 * 3_600_000, Ordering::Relaxed);
    assert_eq!(desk.ask("GET", "/session", None).await.problem(), "signed-out");
    let late = new_key(&home, 9, "晚").await;
    home.clock.fetch_add(1_000_000, Ordering::Relaxed);
    assert_eq!(sign_in(&home, &late).await.problem(), "key-refused", "its time is over");
}

#[tokio::test]
async fn keys_cannot_be_tried_for_ever() {
    let home = Home::new().await;
    let mut answers = Vec::new();
    for n in 0..32_u8 {
        answers.push(sign_in(&home, Token::from_bits([n; 32]).text()).await.problem());
    }
    assert_eq!(answers[0], "key-refused");
    assert_eq!(answers[31], "too-many-requests");
}

#[tokio::test]
async fn units_and_codes_are_made_named_rotated_and_closed() {
    let home = Home::new().await;
    let desk = Desk::open(&home).await;
    let unit = desk.post("/units", json!({"name": " 城西街道 "})).await;
    status(&unit, 201);
    let unit = unit.json()["id"].as_i64().unwrap();
    assert_eq!(
        desk.post("/units", json!({"name": "城西街道"})).await.problem(),
        "unit-taken"
    );
    for bad in ["", " ", "a\nb", "\u{202e}x", &"长".repeat(61)] {
        assert_eq!(
            desk.post("/units", json!({ "name": bad })).await.problem(),
            "bad-unit",
            "{bad}"
        );
    }
    let rename = |id: i64, name: &str| (format!("/units/{id}"), json!({ "name": name }));
    let (path, body) = rename(unit, "城东街道");
    assert_eq!(desk.ask("PATCH", &path, Some(body)).await.problem(), "unit-taken");
    let (path, body) = rename(unit, "城西街道应急办");
    status(&desk.ask("PATCH", &path, Some(body)).await, 204);
    let (path, body) = rename(9_999, "谁");
    assert_eq!(desk.ask("PATCH", &path, Some(body)).await.problem(), "not-found");

    for (uses, days) in [(0, 1), (1_000_001, 1), (1, 0), (1, 3_661)] {
        let wish = json!({"unit": unit, "uses": uses, "days": days});
        assert_eq!(desk.post("/codes", wish).await.problem(), "bad-field");
    }
    assert_eq!(
        desk.post("/codes", json!({"unit": 9_999, "uses": 1, "days": 1}))
            .await
            .problem(),
        "not-found"
    );
    let made = desk.post("/codes", json!({"unit": unit, "uses": 2, "days": 7})).await;
    status(&made, 201);
    let made = made.json();
    assert_eq!(made["unit_name"], "城西街道应急办");
    let enrol =
        |code: &Value, profile: &str, name: &str| home.enrol(json!({"code": code, "profile": profile, "name": name}));
    status(&enrol(&made["code"], PROFILE, "甲").await, 201);
    let rotated = desk
        .ask("POST", &format!("/codes/{}/rotate", made["number"]), None)
        .await;
    status(&rotated, 201);
    let rotated = rotated.json();
    assert_eq!(
        (&rotated["max_uses"], &rotated["expires"]),
        (&json!(1), &made["expires"])
    );
    assert_eq!(
        enrol(&made["code"], OTHER_PROFILE, "乙").await.problem(),
        "code-refused"
    );
    status(&enrol(&rotated["code"], OTHER_PROFILE, "乙").await, 201);
    for number in [&made["number"], &rotated["number"]] {
        let again = desk.ask("POST", &format!("/codes/{number}/rotate"), None).await;
        assert_eq!(again.problem(), "code-over", "closed, and used up");
    }
    let states: Vec<String> = desk.get("/codes").await["codes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|code| code["state"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(states, ["used-up", "closed", "open"]);
    status(&desk.ask("POST", "/codes/1/close", None).await, 204);
    assert_eq!(
        enrol(&json!(home.code.to_string()), PROFILE, "甲").await.problem(),
        "code-refused"
    );
    let units = desk.get("/units").await;
    let people: Vec<_> = units["units"]
        .as_array()
        .unwrap()
        .iter()
        .map(|unit| unit["people"].clone())
        .collect();
    assert_eq!(people, [json!(0), json!(2)], "{units}");
    // Only what was done is in the log, and no code and no name.
    let log = desk.ask("GET", "/audit", None).await;
    assert!(
        !log.text().contains(made["code"].as_str().unwrap()) && !log.text().contains("城西"),
        "{}",
        log.text()
    );
    assert_eq!(
        desk.actions().await,
        [
            "code-close",
            "code-rotate",
            "code-new",
            "unit-name",
            "unit-new",
            "sign-in"
        ]
    );
}

#[tokio::test]
async fn people_are_found_confirmed_linked_revoked_and_erased() {
    let home = Home::new().await;
    let desk = Desk::open(&home).await;
    let token = join(&home, PROFILE, "<b>李四</b>").await;
    let other = join(&home, OTHER_PROFILE, "=1+1").await;
    home.send(&token, &[lesson(1)]).await;
    assert_eq!(desk.get("/people?find=%25").await["total"], 0, "no pattern, a text");
    assert_eq!(desk.get("/people?find=007").await["total"], 2);
    let person = desk.person("李四").await;
    assert_eq!(
        (&person["records"], &person["devices"], &person["confirmed"]),
        (&json!(1), &json!(1), &Value::Null)
    );
    let id = person["id"].as_str().unwrap();
    status(&desk.ask("POST", &format!("/people/{id}/confirm"), None).await, 204);
    home.clock.fetch_add(5, Ordering::Relaxed);
    status(&desk.ask("POST", &format!("/people/{id}/confirm"), None).await, 204);
    assert_eq!(desk.person("李四").await["confirmed"], NOW, "the first time stays");

    let link = desk.ask("POST", &format!("/people/{id}/link"), None).await;
    status(&link, 201);
    let third = "7d444840-9dc0-41d1-b245-5ffdce74fad5";
    let linked = crate::linking::claim(&home, link.json()["code"].as_str().unwrap(), third).await;
    status(&linked, 201);
    let second = linked.json()["token"].as_str().unwrap().to_owned();
    assert_eq!(
        home.fetch(&second, "").await.json()["records"]
            .as_array()
            .unwrap()
            .len(),
        1
    );

    let card = desk.get(&format!("/people/{id}")).await;
    assert_eq!(card["devices"].as_array().unwrap().len(), 2);
    assert_eq!(card["doubles"][0]["name"], "=1+1", "the same staff number");
    let device = card["devices"]
        .as_array()
        .unwrap()
        .iter()
        .map(|device| device["id"].as_str().unwrap());
    let second_hash = token_hash(&second).unwrap();
    let named: String = second_hash[..8]
        .iter()
        .fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    assert!(device.clone().any(|device| device == named));
    status(
        &desk.ask("DELETE", &format!("/people/{id}/devices/{named}"), None).await,
        204,
    );
    assert_eq!(home.fetch(&second, "").await.problem(), "unauthorized");
    status(&home.fetch(&token, "").await, 200);
    assert_eq!(
        desk.ask("DELETE", &format!("/people/{id}/devices/{named}"), None)
            .await
            .problem(),
        "not-found"
    );

    status(&desk.ask("DELETE", &format!("/people/{id}"), None).await, 204);
    assert_eq!(home.fetch(&token, "").await.problem(), "erased");
    for path in [format!("/people/{id}"), "/people/nobody".into()] {
        assert_eq!(desk.ask("GET", &path, None).await.problem(), "not-found");
        assert_eq!(desk.ask("DELETE", &path, None).await.problem(), "not-found");
    }
    status(&home.fetch(&other, "").await, 200);
    assert_eq!(
        desk.actions().await,
        [
            "person-erase",
            "device-revoke",
            "person-link",
            "person-confirm",
            "person-confirm",
            "sign-in"
        ]
    );
}

/// Every address of the desk called once with success, for the description of the API: path, method, answer.
pub(crate) async fn answers(home: &Home) -> Vec<(&'static str, &'static str, Answer)> {
    let desk = Desk::open(home).await;
    let token = join(home, "7d444840-9dc0-41d1-b245-5ffdce74faa1", "郑九").await;
    let second = join(home, "7d444840-9dc0-41d1-b245-5ffdce74faa2", "吴十").await;
    for token in [token, second] {
        status(&home.fetch(&token, "").await, 200);
    }
    let (person, double) = (
        desk.person("郑九").await["id"].clone(),
        desk.person("吴十").await["id"].clone(),
    );
    let (person, double) = (person.as_str().unwrap(), double.as_str().unwrap());
    let key = new_key(home, 233, "另一位").await;
    let mut all = vec![("/api/v1/organize/session", "post", sign_in(home, &key).await)];
    let device = desk.get(&format!("/people/{person}")).await["devices"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let calls: Vec<(&'static str, &'static str, String, Option<Value>)> = vec![
        ("/session", "get", "/session".into(), None),
        ("/units", "post", "/units".into(), Some(json!({"name": "新单位"}))),
        ("/units", "get", "/units".into(), None),
        (
            "/units/{id}",
            "patch",
            "/units/1".into(),
            Some(json!({"name": "新名称"})),
        ),
        (
            "/codes",
            "post",
            "/codes".into(),
            Some(json!({"unit": 1, "uses": 3, "days": 3})),
        ),
        ("/codes", "get", "/codes".into(), None),
        ("/codes/{number}/rotate", "post", "/codes/2/rotate".into(), None),
        ("/codes/{number}/close", "post", "/codes/3/close".into(), None),
        ("/people", "get", "/people".into(), None),
        ("/people/{id}", "get", format!("/people/{person}"), None),
        (
            "/people/{id}/confirm",
            "post",
            format!("/people/{person}/confirm"),
            None,
        ),
        ("/people/{id}/link", "post", format!("/people/{person}/link"), None),
        (
            "/people/{id}/merge",
            "post",
            format!("/people/{double}/merge"),
            Some(json!({ "into": person })),
        ),
        (
            "/people/{id}/devices/{device}",
            "delete",
            format!("/people/{person}/devices/{device}"),
            None,
        ),
        ("/results", "get", "/results".into(), None),
        ("/progress", "get", "/progress".into(), None),
        (
            "/exports",
            "post",
            "/exports".into(),
            Some(json!({"what": "people", "format": "csv"})),
        ),
        ("/audit", "get", "/audit".into(), None),
        ("/people/{id}", "delete", format!("/people/{person}"), None),
        ("/session", "delete", "/session".into(), None),
    ];
    for (path, method, at, body) in calls {
        let answer = desk.ask(&method.to_uppercase(), &at, body).await;
        assert!(answer.status.is_success(), "{method} {at}: {}", answer.text());
        all.push((Box::leak(format!("{PATH}{path}").into_boxed_str()), method, answer));
    }
    all
}
