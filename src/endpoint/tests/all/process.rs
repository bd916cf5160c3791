//! The program itself: first run, codes, sudden death, a quiet end.

use crate::support::{Client, PROFILE, batch, lesson, post_head};
use futures::future::join_all;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub(crate) struct Running {
    pub(crate) child: Child,
    out: BufReader<ChildStdout>,
    pub(crate) code: Option<String>,
    pub(crate) address: SocketAddr,
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

pub(crate) fn anxue(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_anxue"));
    command
        .args(arguments)
        .arg("--data")
        .arg(folder)
        .env("ANXUE_LOG", "warn");
    command
}

fn start(folder: &Path) -> Running {
    start_with(folder, &[])
}

pub(crate) fn start_with(folder: &Path, more: &[&str]) -> Running {
    let mut command = anxue(folder, &["serve", "--addr", "127.0.0.1:0", "--rate", "0"]);
    command.args(more);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    // From here on the child is ended with the test, however that ends.
    let mut running = Running {
        child,
        out,
        code: None,
        address: SocketAddr::from(([0; 4], 0)),
    };
    while running.address.port() == 0 {
        let mut line = String::new();
        assert!(
            running.out.read_line(&mut line).unwrap() > 0,
            "ended before it was ready"
        );
        if let Some(rest) = line.strip_prefix("code: ") {
            running.code = Some(rest.split_whitespace().next().unwrap().to_owned());
        }
        if let Some(url) = line.strip_prefix("ready: http://") {
            running.address = url.trim_end().trim_end_matches('/').parse().unwrap();
        }
    }
    running
}

pub(crate) async fn join(running: &Running, code: &str, profile: &str) -> Result<String, Value> {
    let wish = json!({"code": code, "profile": profile, "name": "张三"}).to_string();
    let head = "POST /api/v1/enrolments HTTP/1.1\r\ncontent-type: application/json";
    let (status, body) = Client::connect(running.address).await.call(head, wish.as_bytes()).await;
    let body: Value = serde_json::from_slice(&body).unwrap();
    if status == 201 {
        Ok(body["token"].as_str().unwrap().to_owned())
    } else {
        Err(body)
    }
}

async fn stored(running: &Running, token: &str) -> std::collections::HashSet<String> {
    let mut client = Client::connect(running.address).await;
    let mut after = String::new();
    let mut ids = std::collections::HashSet::new();
    loop {
        let head = format!("GET /api/v1/records?limit=500{after} HTTP/1.1\r\nauthorization: Bearer {token}");
        let (status, body) = client.call(&head, b"").await;
        assert_eq!(status, 200);
        let page: Value = serde_json::from_slice(&body).unwrap();
        for entry in page["records"].as_array().unwrap() {
            assert!(
                ids.insert(entry["record"]["id"].as_str().unwrap().to_owned()),
                "given twice"
            );
        }
        if page["more"] == false {
            return ids;
        }
        after = format!("&after={}", page["next"].as_str().unwrap());
    }
}

/// Clients that send without end, and again what was not answered.
struct Load {
    address: Mutex<SocketAddr>,
    next: AtomicU64,
    acknowledged: Mutex<Vec<String>>,
    enough: AtomicBool,
}

impl Load {
    async fn client(self: Arc<Self>, head: String) {
        let mut client = None;
        while !self.enough.load(Ordering::Relaxed) {
            let first = self.next.fetch_add(3, Ordering::Relaxed);
            let body = batch(&(first..first + 3).map(lesson).collect::<Vec<_>>());
            while !self.enough.load(Ordering::Relaxed) {
                let address = *self.address.lock().unwrap();
                let mut connection = if let Some(connection) = client.take() {
                    connection
                } else if let Ok(stream) = tokio::net::TcpStream::connect(address).await {
                    Client(stream)
                } else {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                    continue;
                };
                let Ok((status, answer)) = connection.try_call(&head, body.as_bytes()).await else {
                    continue;
                };
                assert_eq!(status, 200);
                let answer: wire::api::BatchAnswer = serde_json::from_slice(&answer).unwrap();
                let ids = answer.verdicts.into_iter().map(|verdict| {
                    assert!(matches!(verdict.verdict.as_str(), "stored" | "duplicate"));
                    verdict.id.unwrap()
                });
                self.acknowledged.lock().unwrap().extend(ids);
                client = Some(connection);
                break;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_is_there_after_sudden_death() {
    let folder = tempfile::tempdir().unwrap();
    let mut running = start(folder.path());
    let token = join(&running, &running.code.clone().unwrap(), PROFILE).await.unwrap();
    let load = Arc::new(Load {
        address: Mutex::new(running.address),
        next: AtomicU64::default(),
        acknowledged: Mutex::default(),
        enough: AtomicBool::default(),
    });
    let clients: Vec<_> = (0..24)
        .map(|_| tokio::spawn(Arc::clone(&load).client(post_head(&token))))
        .collect();
    for death in 1..=3 {
        // In the middle of the load, each time some hundred records later.
        while load.acknowledged.lock().unwrap().len() < 400 * death {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        running.child.kill().unwrap();
        running.child.wait().unwrap();
        running = start(folder.path());
        assert!(running.code.is_none(), "only the first run makes a code");
        *load.address.lock().unwrap() = running.address;
    }
    load.enough.store(true, Ordering::Relaxed);
    for client in join_all(clients).await {
        client.unwrap();
    }
    running.child.kill().unwrap();
    running.child.wait().unwrap();
    let running = start(folder.path());
    let stored = stored(&running, &token).await;
    let acknowledged = load.acknowledged.lock().unwrap();
    let lost: Vec<_> = acknowledged.iter().filter(|id| !stored.contains(*id)).collect();
    assert!(lost.is_empty(), "{} of {} lost", lost.len(), acknowledged.len());
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_signal_ends_it_quietly_and_all_is_there_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let mut running = start(folder.path());
    let token = join(&running, &running.code.clone().unwrap(), PROFILE).await.unwrap();
    let mut client = Client::connect(running.address).await;
    let (status, _) = client.call(&post_head(&token), batch(&[lesson(1)]).as_bytes()).await;
    assert_eq!(status, 200);
    let id = running.child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    let ended = running.child.wait().unwrap();
    assert!(ended.success(), "{ended}");
    let mut rest = String::new();
    assert_eq!(running.out.read_line(&mut rest).unwrap(), 0, "{rest}");
    assert!(
        !folder.path().join("anxue.sqlite-wal").exists(),
        "the log is folded in when the store is closed"
    );
    assert_eq!(stored(&start(folder.path()), &token).await.len(), 1);
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    anxue(folder, arguments).output().unwrap()
}

fn text(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_are_made_listed_and_closed_while_it_runs() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(folder.path());
    let made = text(&run(
        folder.path(),
        &["codes", "new", "--unit", "城东街道", "--uses", "2", "--days", "7"],
    ));
    let code = made
        .strip_prefix("code: ")
        .unwrap()
        .split_whitespace()
        .next()
        .unwrap()
        .to_owned();
    assert!(made.contains("城东街道") && code.len() == 11, "{made}");
    join(&running, &code, PROFILE).await.unwrap();
    let list = text(&run(folder.path(), &["codes", "list"]));
    let line = list.lines().next().unwrap();
    assert!(
        line.starts_with("2  ") && line.contains("1/2") && line.contains("有效") && line.ends_with("城东街道"),
        "{list}"
    );
    assert!(list.contains("本单位") && !list.contains(&code), "{list}");
    text(&run(folder.path(), &["codes", "close", "2"]));
    let refused = join(&running, &code, "7d444840-9dc0-41d1-b245-5ffdce74fad3")
        .await
        .unwrap_err();
    assert_eq!(refused["code"], "code-refused");
    assert!(
        text(&run(folder.path(), &["codes", "list"]))
            .lines()
            .next()
            .unwrap()
            .contains("已关闭")
    );
    assert!(!run(folder.path(), &["codes", "close", "99"]).status.success());
    let copy = folder.path().join("copy.sqlite");
    text(
        &anxue(folder.path(), &["backup", copy.to_str().unwrap()])
            .output()
            .unwrap(),
    );
    assert!(copy.metadata().unwrap().len() > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_restored_and_what_it_lacks_comes_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut running = start(folder.path());
    let code = running.code.clone().unwrap();
    let token = join(&running, &code, PROFILE).await.unwrap();
    let head = post_head(&token);
    let send = async |running: &Running, n: u64| {
        let body = batch(&[lesson(n)]);
        let (status, answer) = Client::connect(running.address)
            .await
            .call(&head, body.as_bytes())
            .await;
        assert_eq!(status, 200);
        serde_json::from_slice::<wire::api::BatchAnswer>(&answer).unwrap()
    };
    let before = send(&running, 1).await;
    let copy = folder.path().join("copy.sqlite");
    text(&run(folder.path(), &["backup", copy.to_str().unwrap()]));
    send(&running, 2).await;
    // Not under a running endpoint, by whatever command.
    for arguments in [vec!["restore", copy.to_str().unwrap()], vec!["restored"]] {
        let refused = run(folder.path(), &arguments);
        let said = String::from_utf8(refused.stderr).unwrap();
        assert!(refused.status.code() == Some(1) && said.contains("serves"), "{said}");
    }
    let second = run(folder.path(), &["serve", "--addr", "127.0.0.1:0"]);
    let said = String::from_utf8(second.stderr).unwrap();
    assert!(
        second.status.code() == Some(1) && said.contains("another anxue"),
        "{said}"
    );
    assert_eq!(stored(&running, &token).await.len(), 2);
    drop(running.child.kill());
    drop(running.child.wait());
    // Not from rubbish, and not from half a backup.
    let bytes = std::fs::read(&copy).unwrap();
    let bad = folder.path().join("bad.sqlite");
    for content in [b"no database".to_vec(), bytes[..bytes.len() / 2].to_vec()] {
        std::fs::write(&bad, content).unwrap();
        let refused = run(folder.path(), &["restore", bad.to_str().unwrap()]);
        let said = String::from_utf8(refused.stderr).unwrap();
        assert!(
            refused.status.code() == Some(1) && said.contains("nothing was changed"),
            "{said}"
        );
    }
    let said = text(&run(folder.path(), &["restore", copy.to_str().unwrap()]));
    let former = said.trim().rsplit(": ").next().unwrap();
    assert!(Path::new(former).is_file(), "{said}");
    let running = start(folder.path());
    assert_eq!(stored(&running, &token).await.len(), 1, "last night's");
    let after = send(&running, 2).await;
    assert_eq!(
        (after.verdicts[0].verdict.as_str(), before.epoch == after.epoch),
        ("stored", false)
    );
    assert_eq!(stored(&running, &token).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_store_refuses_without_loss_and_goes_on_when_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let mut running = start_with(folder.path(), &["--most-mib", "1"]);
    let code = running.code.clone().unwrap();
    let token = join(&running, &code, PROFILE).await.unwrap();
    let head = post_head(&token);
    let body = |first: u64| batch(&(first..first + 100).map(lesson).collect::<Vec<_>>());
    let mut acknowledged = 0;
    let full = loop {
        let (status, answer) = Client::connect(running.address)
            .await
            .call(&head, body(acknowledged).as_bytes())
            .await;
        if status != 200 {
            break (status, serde_json::from_slice::<Value>(&answer).unwrap());
        }
        acknowledged += 100;
        assert!(acknowledged < 100_000, "it never fills up");
    };
    assert_eq!((full.0, full.1["code"].as_str()), (507, Some("full")));
    // Reading goes on, and everything that was acknowledged is there.
    assert_eq!(stored(&running, &token).await.len() as u64, acknowledged);
    let (status, page) = Client::connect(running.address)
        .await
        .call("GET /metrics HTTP/1.1", b"")
        .await;
    let page = String::from_utf8(page).unwrap();
    assert!(
        status == 200 && page.contains(&format!("anxue_records_total{{verdict=\"stored\"}} {acknowledged}\n")),
        "{page}"
    );
    assert!(page.contains("anxue_answers_total{class=\"5xx\"} 1\n"), "{page}");
    drop(running.child.kill());
    drop(running.child.wait());
    let roomy = start(folder.path());
    let (status, _) = Client::connect(roomy.address)
        .await
        .call(&head, body(acknowledged).as_bytes())
        .await;
    assert_eq!(status, 200);
    assert_eq!(stored(&roomy, &token).await.len() as u64, acknowledged + 100);
}

#[test]
fn what_cannot_be_is_said_with_a_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let missing = folder.path().join("none");
    let file = folder.path().join("file");
    std::fs::write(&file, "x").unwrap();
    for (folder, arguments, word) in [
        (folder.path(), vec!["serve", "--addr", &address], "--addr"),
        (&file, vec!["serve", "--addr", "127.0.0.1:0"], "--data"),
        (&missing, vec!["codes", "list"], "--data"),
        (&missing, vec!["restored"], "--data"),
        (
            folder.path(),
            vec!["serve", "--addr", "127.0.0.1:0", "--site", missing.to_str().unwrap()],
            "none",
        ),
        (folder.path(), vec!["codes", "new", "--unit", " "], "1 to 60"),
    ] {
        let output = run(folder, &arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(
            output.status.code() == Some(1) && said.contains(word),
            "{arguments:?}: {said}"
        );
    }
    assert!(!missing.exists());
}
