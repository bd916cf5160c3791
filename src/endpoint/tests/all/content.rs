//! A deployment's own content: installed by the program alone, served without a restart, written out as a static site.

use crate::content_fixture::{BUILD, Deployment, SECRET, all, course, folder, stock};
use crate::process::{Running, join, start_with};
use crate::support::{Client, DEVICE, PROFILE, batch, id, post_head};
use serde_json::{Value, json};
use std::fs;
use std::time::{Duration, Instant};

const ATTEMPT: &str = "018f3c1e-7b2a-7cde-9abc-000000000001";
const LATER: &str = "018f3c1e-7b2a-7cde-9abc-000000000002";

#[test]
fn a_check_tells_everything_at_once_with_file_line_and_remedy() {
    let here = Deployment::new();
    let mut files = course("two", 1, "两个。");
    files[2].1 = files[2]
        .1
        .replace("fa@2021-06-10#2", "fa@2021-06-10#9")
        .replace("difficulty = 1", "difficulty = 7");
    files.push(("two/notes.txt".into(), "x".into()));
    let wrong = folder(&files);
    let path = wrong.path().to_str().unwrap();
    let said = here.refused(&["content", "check", path]);
    for expected in [
        "two/items.toml:6: [field-value]",
        "two/items.toml:10: [citation-article] two-001: `fa@2021-06-10#9`: 安全法 ends with article 3 — look the article up",
        "two/notes.txt:1: [file-unknown]",
        "3 problems",
    ] {
        assert!(said.contains(expected), "{said}");
    }
    let sound = folder(&course("two", 1, "两个。"));
    let said = here.well(&["content", "check", sound.path().to_str().unwrap()]);
    assert!(said.starts_with("checked: 2 lessons"), "{said}");
    assert!(!here.data.join("content").exists(), "a check changes nothing");
}

#[test]
fn what_is_installed_is_listed_overrides_by_id_and_can_be_removed() {
    let here = Deployment::new();
    here.install(&folder(&course("two", 1, "两个。")));
    here.install(&folder(
        &[
            course("one", 2, "老板真管安全。"),
            stock("own", "本区正式题库", "正式题"),
        ]
        .concat(),
    ));
    let listed = here.well(&["content", "list"]);
    let lines: Vec<&str> = listed.lines().collect();
    assert_eq!(
        lines,
        [
            "课程  c-one  one  替换内置  启用  one 课",
            "课程  c-two  two  新增  启用  two 课",
            "密封题库  st-own  stock/one  替换内置  启用  考核题"
        ]
    );
    let said = here.refused(&["content", "remove", "one"]);
    assert!(said.contains("any of one, stock/one"), "{said}");
    assert!(here.refused(&["content", "remove", "three"]).contains("content list"));
    here.well(&["content", "remove", "c-one"]);
    here.well(&["content", "remove", "stock/one"]);
    assert_eq!(here.well(&["content", "list"]).lines().count(), 1);
    // The lock remembers what was installed: the same revision with other words is refused, a higher one is not.
    let path = |folder: &tempfile::TempDir| folder.path().to_str().unwrap().to_owned();
    let changed = folder(&course("one", 2, "老板不管。"));
    let said = here.refused(&["content", "install", &path(&changed)]);
    assert!(said.contains("one/items.toml:1: [lock-changed]"), "{said}");
    here.install(&folder(&course("one", 3, "老板不管。")));
}

#[test]
fn entries_of_the_registry_and_of_the_list_of_venues_come_and_go_one_by_one() {
    let here = Deployment::new();
    let regulation = "[[regulation]]\nid = \"own\"\ntitle = \"本区办法\"\nshort = \"本区办法\"\nissuer = \"本区\"\n\
        kind = \"normative-document\"\nversion = \"2025-01-01\"\narticles = 3\ntext = true\nsource = \"https://example.cn/\"\n";
    let venues = "note = \"清单。\"\n\n[[venue]]\nslug = \"kiosk\"\ntitle = { zh = \"小亭\" }\nready = false\n";
    here.install(&folder(&[
        ("regulations.toml".into(), regulation.into()),
        ("handbook/venues.toml".into(), venues.into()),
    ]));
    let newer = regulation.replace("2025-01-01", "2026-02-02");
    here.install(&folder(&[("regulations.toml".into(), newer)]));
    assert_eq!(
        here.well(&["content", "list"]).lines().collect::<Vec<_>>(),
        [
            "场所目录  kiosk  handbook/venues.toml  新增  小亭",
            "法规  own@2025-01-01  regulations.toml  新增  本区办法",
            "法规  own@2026-02-02  regulations.toml  新增  本区办法"
        ]
    );
    assert!(
        here.refused(&["content", "remove", "own"])
            .contains("own@2025-01-01, own@2026-02-02")
    );
    here.well(&["content", "remove", "own@2025-01-01"]);
    here.well(&["content", "remove", "kiosk"]);
    assert_eq!(here.well(&["content", "list"]).lines().count(), 1);
    here.well(&["content", "remove", "own"]);
    assert!(here.well(&["content", "list"]).starts_with("没有安装"));
}

#[test]
fn an_item_that_is_overridden_without_a_higher_revision_is_told() {
    let here = Deployment::new();
    let said = here.refused(&[
        "content",
        "check",
        folder(&course("one", 1, "别的话。")).path().to_str().unwrap(),
    ]);
    let expected = "one/items.toml:1: [lock-changed] `one-001` changed but is still revision 1 — set revision = 2";
    assert!(said.contains(expected), "{said}");
}

#[test]
fn a_refused_install_changes_nothing_at_all() {
    let here = Deployment::new();
    here.install(&folder(&course("two", 1, "两个。")));
    let before = all(&here.data);
    for files in [
        course("two", 1, "改了。"),
        [course("three", 1, "三个。"), vec![("three/x.txt".into(), "x".into())]].concat(),
        vec![("stock/one/bank.toml".into(), "id = ".into())],
        vec![],
    ] {
        let wrong = folder(&files);
        let output = here.run(&["content", "install", wrong.path().to_str().unwrap()]);
        // An empty folder has nothing wrong with it.
        assert_eq!(output.status.success(), files.is_empty());
        if !files.is_empty() {
            assert_eq!(all(&here.data), before);
        }
    }
    // What the rest needs stays: the exam of the built-in course draws from the bank of that name.
    here.install(&folder(&stock("own", "本区正式题库", "正式题")));
    let fewer = stock("own", "本区正式题库", "正式题");
    let cut = fewer[1]
        .1
        .split("[[item]]")
        .take(2)
        .collect::<Vec<_>>()
        .join("[[item]]");
    let files = [(fewer[0].0.clone(), fewer[0].1.clone()), (fewer[1].0.clone(), cut)];
    let before = all(&here.data);
    let said = here.refused(&["content", "install", folder(&files).path().to_str().unwrap()]);
    assert!(said.contains("built-in:one/exam.toml"), "{said}");
    assert_eq!(all(&here.data), before);
}

#[cfg(unix)]
#[test]
fn sealed_banks_can_be_read_by_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let here = Deployment::new();
    here.install(&folder(&stock("own", "本区正式题库", "正式题")));
    let current = fs::read_to_string(here.data.join("content/current")).unwrap();
    let root = here.data.join("content").join(current.trim());
    let mode = |path: &str| fs::metadata(root.join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("stock/one/items.toml"), 0o600);
    assert_eq!((mode("stock/one"), mode("stock"), mode("")), (0o700, 0o700, 0o700));
}

#[test]
fn a_kill_at_any_moment_leaves_the_old_content_or_the_new_one() {
    let here = Deployment::new();
    here.install(&folder(&course("two", 1, "第 1 次。")));
    let mut seen = (0, 0);
    for round in 2..=13_u32 {
        let next = folder(&course("two", round, &format!("第 {round} 次。")));
        let before = fs::read_to_string(here.data.join("content/current")).unwrap();
        let mut child = here
            .command(&["content", "install", next.path().to_str().unwrap()])
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        // The first at once, others while it reads and writes, some after its end.
        let until = Instant::now() + Duration::from_millis(u64::from(round - 2) * 8);
        while Instant::now() < until && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_millis(1));
        }
        drop(child.kill());
        drop(child.wait());
        let after = fs::read_to_string(here.data.join("content/current")).unwrap();
        let root = here.data.join("content").join(after.trim());
        let items = fs::read_to_string(root.join("two/items.toml")).unwrap();
        let is_new = items.contains(&format!("revision = {round}\n"));
        assert_eq!(is_new, before != after, "{items}");
        *(if is_new { &mut seen.1 } else { &mut seen.0 }) += 1;
        assert!(here.well(&["content", "list"]).starts_with("课程  c-two"));
    }
    assert!(seen.0 > 0, "no install was killed in time: {seen:?}");
    here.install(&folder(&course("two", 99, "最后。")));
}

fn serve(here: &Deployment) -> Running {
    let words = [
        "--site",
        here.site.to_str().unwrap(),
        "--courses",
        here.courses.to_str().unwrap(),
    ];
    start_with(&here.data, &words)
}

pub(crate) async fn get(running: &Running, path: &str) -> (u16, Vec<u8>) {
    let head = format!("GET {path} HTTP/1.1");
    Client::connect(running.address).await.call(&head, b"").await
}

async fn page(running: &Running) -> String {
    let (status, bytes) = get(running, "/").await;
    assert_eq!(status, 200);
    String::from_utf8(bytes).unwrap()
}

/// The catalogue that the page names.
pub(crate) async fn catalogue(running: &Running) -> Value {
    let page = page(running).await;
    let name = page.split("<link href=\"").nth(1).unwrap().split('"').next().unwrap();
    let (status, bytes) = get(running, &format!("/{name}")).await;
    assert_eq!(status, 200, "{name}");
    serde_json::from_slice(&bytes).unwrap()
}

/// Waits until the page is another one than `before`.
pub(crate) async fn swapped(running: &Running, before: &str) -> String {
    let until = Instant::now() + Duration::from_secs(30);
    loop {
        let now = page(running).await;
        if now != before {
            return now;
        }
        assert!(Instant::now() < until, "the server did not notice");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn paper(running: &Running, token: &str, attempt: &str) -> (u16, Value) {
    let head = format!(
        "POST /api/v1/exams/one/sittings HTTP/1.1\r\ncontent-type: application/json\r\nauthorization: Bearer {token}"
    );
    let wish = json!({"profile": PROFILE, "attempt": attempt}).to_string();
    let (status, bytes) = Client::connect(running.address)
        .await
        .call(&head, wish.as_bytes())
        .await;
    (status, serde_json::from_slice(&bytes).unwrap())
}

async fn asked(running: &Running, token: &str, path: &str) -> Value {
    let head = format!("GET {path} HTTP/1.1\r\nauthorization: Bearer {token}");
    let (_, bytes) = Client::connect(running.address).await.call(&head, b"").await;
    serde_json::from_slice(&bytes).unwrap()
}

/// Answers all items of a paper rightly and hands in.
async fn hand_in(running: &Running, token: &str, paper: &Value) {
    let at = paper["started"].as_i64().unwrap();
    let record = |n: u64, at: i64, kind: &str, body: &Value| {
        json!({"id": id(n), "v": 1, "kind": kind, "profile": PROFILE, "device": DEVICE, "seq": n, "at": at, "body": body})
            .to_string()
    };
    let attempt = &paper["sitting"]["attempt"];
    let mut records = vec![record(1, at, "exam.started", &paper["sitting"])];
    let items = paper["sitting"]["sections"][0]["items"].as_array().unwrap();
    for (n, item) in (2..).zip(items) {
        let body = json!({"attempt": attempt, "item": item[0], "revision": item[1], "pack": item[2], "response": {"truth": true}});
        records.push(record(n, at + 1_000, "item.answered", &body));
    }
    records.push(record(
        9,
        at + 2_000,
        "exam.finished",
        &json!({"attempt": attempt, "elapsed": 2_000}),
    ));
    let head = post_head(token);
    let (status, bytes) = Client::connect(running.address)
        .await
        .call(&head, batch(&records).as_bytes())
        .await;
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&bytes));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_server_serves_new_content_and_what_was_open_goes_on() {
    let here = Deployment::new();
    let running = serve(&here);
    let first = page(&running).await;
    assert!(
        first.contains(BUILD),
        "without content of its own the site is as it was built"
    );
    let old = catalogue(&running).await;
    let old_bank = old["courses"][0]["bank"]["pack"].as_str().unwrap().to_owned();
    let code = running.code.clone().unwrap();
    let token = join(&running, &code, PROFILE).await.unwrap();
    let (status, open) = paper(&running, &token, ATTEMPT).await;
    assert_eq!(
        (status, &open["label"]),
        (200, &json!("公开题库，不得用于正式比赛")),
        "{open}"
    );

    let mine = [
        course("one", 2, "老板真管安全。"),
        course("two", 1, "两个。"),
        stock("own", "本区正式题库", "正式题"),
        // The whole course is overridden, so its exam is what comes with it.
        vec![(
            "one/exam.toml".into(),
            fs::read_to_string(here.courses.join("one/exam.toml")).unwrap(),
        )],
    ];
    here.install(&folder(&mine.concat()));
    let second = swapped(&running, &first).await;
    assert!(!second.contains(BUILD));
    let new = catalogue(&running).await;
    let slugs: Vec<&str> = new["courses"]
        .as_array()
        .unwrap()
        .iter()
        .map(|course| course["slug"].as_str().unwrap())
        .collect();
    assert_eq!(slugs, ["one", "two"]);
    let new_bank = new["courses"][0]["bank"]["pack"].as_str().unwrap();
    assert_ne!(new_bank, old_bank);
    // The worker of an installed app finds the new build and keeps its files.
    let (_, worker) = get(&running, "/sw.js").await;
    let worker = String::from_utf8(worker).unwrap();
    assert!(
        worker.contains(new_bank) && !worker.contains(&old_bank) && !worker.contains(BUILD),
        "{worker}"
    );
    let (_, info) = get(&running, "/build.json").await;
    let info: Value = serde_json::from_slice(&info).unwrap();
    assert!(second.contains(info["build"].as_str().unwrap()) && worker.contains(info["build"].as_str().unwrap()));
    // Tabs with the old page load what it names.
    let name = first.split("<link href=\"").nth(1).unwrap().split('"').next().unwrap();
    for path in [
        format!("/{name}"),
        format!("/packs/{old_bank}.json"),
        format!("/packs/{new_bank}.json"),
    ] {
        assert_eq!(get(&running, &path).await.0, 200, "{path}");
    }
    // The open sitting is marked by the bank that it was drawn from; the next one is drawn from the new bank.
    let (_, again) = paper(&running, &token, ATTEMPT).await;
    assert_eq!(again["items"], open["items"]);
    hand_in(&running, &token, &open).await;
    let result = asked(&running, &token, &format!("/api/v1/exams/one/sittings/{ATTEMPT}")).await;
    assert_eq!(
        (&result["state"], &result["points"], &result["max"]),
        (&json!("marked"), &json!(200), &json!(200)),
        "{result}"
    );
    let offers = asked(&running, &token, "/api/v1/exams").await;
    assert_eq!(offers["exams"][0]["label"], "本区正式题库");
    let (status, next) = paper(&running, &token, LATER).await;
    assert_eq!((status, &next["label"]), (200, &json!("本区正式题库")), "{next}");
    assert!(next.to_string().contains("正式题") && !next.to_string().contains(SECRET));
    // Neither the old sealed bank nor the new one is to be had.
    for sitting in [&open, &next] {
        let pack = sitting["sitting"]["sections"][0]["items"][0][2].as_str().unwrap();
        assert_eq!(get(&running, &format!("/packs/{pack}.json")).await.0, 404);
    }
    // After a restart the old bank comes from the store.
    drop(running);
    let restarted = serve(&here);
    assert_eq!(page(&restarted).await, second);
    assert_eq!(get(&restarted, &format!("/packs/{old_bank}.json")).await.0, 200);
    here.well(&["content", "remove", "two"]);
    swapped(&restarted, &second).await;
    assert_eq!(catalogue(&restarted).await["courses"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn content_that_does_not_go_with_the_program_leaves_what_is_served() {
    let here = Deployment::new();
    here.install(&folder(&course("two", 1, "两个。")));
    // As if a newer program had a course of that slug and other items of that id.
    let newer = Deployment::new();
    for (file, text) in course("three", 1, "三个。") {
        let path = newer.courses.join(&file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text.replace("three-001", "two-001")).unwrap();
    }
    fs::create_dir_all(&newer.data).unwrap();
    let words = [
        "--site",
        newer.site.to_str().unwrap(),
        "--courses",
        newer.courses.to_str().unwrap(),
    ];
    let running = start_with(&here.data, &words);
    assert!(page(&running).await.contains(BUILD), "what is built in is served");
    let mut list = crate::process::anxue(
        &here.data,
        &["content", "list", "--courses", newer.courses.to_str().unwrap()],
    );
    let said = String::from_utf8(list.output().unwrap().stdout).unwrap();
    assert!(said.contains("installed:two/items.toml:2: [id-duplicate]"), "{said}");
    // Damaged by hand while it is served: what was served goes on.
    let good = Deployment::new();
    good.install(&folder(&course("two", 1, "两个。")));
    let running = serve(&good);
    let before = page(&running).await;
    good.install(&folder(&course("four", 1, "四个。")));
    let after = swapped(&running, &before).await;
    fs::write(good.data.join("content/current"), "g-77\n").unwrap();
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    assert_eq!(page(&running).await, after);
}

#[test]
fn the_exported_site_has_the_content_and_nothing_of_the_sealed_banks() {
    let here = Deployment::new();
    let mine = [course("two", 1, "两个。"), stock("own", "本区正式题库", "正式题")].concat();
    here.install(&folder(&mine));
    let out = here.data.with_file_name("out");
    let (out_text, site) = (out.to_str().unwrap(), here.site.to_str().unwrap());
    here.well(&["site", "export", out_text, "--site", site, "--base", "/anxue/"]);
    let files = all(&out);
    for (name, bytes) in &files {
        let text = String::from_utf8_lossy(bytes);
        for secret in [SECRET, "正式题", "本区正式题库", "内置密封题", "st-own", "st-old"] {
            assert!(!text.contains(secret), "{name} has {secret}");
        }
    }
    let text = |name: &str| fs::read_to_string(out.join(name)).unwrap();
    let page = text("index.html");
    assert!(page.contains("<base href=\"/anxue/\">") && !page.contains(BUILD));
    let name = page.split("<link href=\"").nth(1).unwrap().split('"').next().unwrap();
    assert!(text(name).contains("two 课") && out.join(format!("{name}.br")).is_file());
    let catalogue: Value = serde_json::from_str(&text(name)).unwrap();
    for course in catalogue["courses"].as_array().unwrap() {
        for pack in [&course["pack"], &course["bank"]["pack"]] {
            assert!(out.join(format!("packs/{}.json", pack.as_str().unwrap())).is_file());
        }
    }
    // Again over the first: what the deployer wrote stays, what is gone is removed, and other folders are left alone.
    fs::write(
        out.join("config.json"),
        "{\"endpoint\":\"https://r.example.cn/api/v1\",\"auth\":\"enrolment\"}",
    )
    .unwrap();
    here.well(&["content", "remove", "two"]);
    here.well(&["site", "export", out_text, "--site", site, "--base", "/anxue/"]);
    assert!(!out.join(name).exists() && text("config.json").contains("r.example.cn"));
    assert!(!out.join("config.json.br").exists());
    let other = here.data.with_file_name("other");
    fs::create_dir(&other).unwrap();
    fs::write(other.join("mine.txt"), "x").unwrap();
    let said = here.refused(&["site", "export", other.to_str().unwrap(), "--site", site]);
    assert!(said.contains("holds no site") && all(&other).len() == 1, "{said}");
}

#[test]
fn a_backup_carries_what_is_installed_and_restoring_brings_it_back() {
    let here = Deployment::new();
    here.install(&folder(&course("two", 1, "昨晚的。")));
    here.install(&folder(&stock("own", "本区正式题库", "正式题")));
    // A store, as after the first start.
    here.plain(&["codes", "new", "--unit", "甲"]);
    let copy = here.data.with_extension("backup");
    here.plain(&["backup", copy.to_str().unwrap()]);
    let before = here.well(&["content", "list"]);
    here.install(&folder(&course("two", 2, "今天弄坏的。")));
    here.well(&["content", "remove", "stock/one"]);
    assert_ne!(here.well(&["content", "list"]), before);
    here.plain(&["restore", copy.to_str().unwrap()]);
    assert_eq!(here.well(&["content", "list"]), before);
    let current = fs::read_to_string(here.data.join("content/current")).unwrap();
    let items = here.data.join("content").join(current.trim()).join("two/items.toml");
    assert!(fs::read_to_string(items).unwrap().contains("revision = 1\n"));
    // Restored into an empty folder, by whoever lost the machine.
    let other = Deployment::new();
    other.plain(&["restore", copy.to_str().unwrap()]);
    assert_eq!(other.well(&["content", "list"]), before);
    assert!(other.plain(&["codes", "list"]).contains('甲'));
}
