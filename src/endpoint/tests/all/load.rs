//! Many at once over real connections, and some who misbehave.

use crate::support::{Client, Home, PROFILE, batch, lesson, post_head, site};
use endpoint::limit::Rate;
use futures::future::join_all;
use std::time::Duration;
use tokio::io::AsyncWriteExt;

async fn home() -> Home {
    Home::with(site(&[]), |options| {
        options.records = Rate {
            burst: 1,
            per_minute: 0,
        }
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_share_commits_and_each_record_arrives_once() {
    let home = home().await;
    let token = home.join(PROFILE).await;
    let address = home.listen().await;
    let before = home.endpoint.store().commits();
    let clients = (0..64).map(|client: u64| {
        let head = post_head(&token);
        async move {
            let mut connection = Client::connect(address).await;
            for n in 0..5 {
                let (status, body) = connection
                    .call(&head, batch(&[lesson(client * 5 + n)]).as_bytes())
                    .await;
                assert_eq!(status, 200);
                assert!(String::from_utf8(body).unwrap().contains("\"stored\""));
            }
        }
    });
    join_all(clients).await;
    let commits = home.endpoint.store().commits() - before;
    assert!(commits < 200, "{commits} commits for 320 requests");
    let page = home.fetch(&token, "?limit=500").await.json();
    assert_eq!(page["records"].as_array().unwrap().len(), 320);
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_mebibytes_are_refused_with_an_answer_and_slow_ones_hold_nobody_up() {
    let home = home().await;
    let token = home.join(PROFILE).await;
    let address = home.listen().await;
    // Some never finish their head, some their body.
    let mut stalled = Vec::new();
    for n in 0..40 {
        let mut client = Client::connect(address).await;
        let head = if n % 2 == 0 {
            "POST /api/v1/rec".to_owned()
        } else {
            format!("{}\r\nhost: x\r\ncontent-length: 900\r\n\r\n{{", post_head(&token))
        };
        client.0.write_all(head.as_bytes()).await.unwrap();
        stalled.push(client);
    }
    let mut client = Client::connect(address).await;
    let (status, body) = client.call(&post_head(&token), &vec![b' '; 10 * 1024 * 1024]).await;
    assert_eq!(status, 413, "{}", String::from_utf8_lossy(&body));
    assert!(String::from_utf8(body).unwrap().contains("body-too-large"));
    let mut client = Client::connect(address).await;
    let one = tokio::time::timeout(Duration::from_secs(20), async {
        client.call(&post_head(&token), batch(&[lesson(1)]).as_bytes()).await
    });
    assert_eq!(one.await.expect("held up by slow clients").0, 200);
    let (status, _) = Client::connect(address)
        .await
        .call(&post_head("x"), &vec![b' '; 900_000])
        .await;
    assert_eq!(status, 401, "a refusal is heard even by who is still sending");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_waits_for_open_requests() {
    let home = home().await;
    let token = home.join(PROFILE).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (end, ended) = tokio::sync::oneshot::channel::<()>();
    let serving = tokio::spawn(endpoint::serve(listener, home.router.clone(), async {
        drop(ended.await);
    }));
    let body = batch(&[lesson(1)]);
    let mut client = Client::connect(address).await;
    let head = format!(
        "{}\r\nhost: x\r\ncontent-length: {}\r\n\r\n",
        post_head(&token),
        body.len()
    );
    client.0.write_all(head.as_bytes()).await.unwrap();
    let mut idle = Client::connect(address).await;
    assert_eq!(idle.call("GET /health HTTP/1.1", b"").await.0, 200);
    end.send(()).unwrap();
    // The idle connection is closed at once, the open request goes on.
    assert!(idle.answer().await.is_err());
    assert!(
        tokio::net::TcpStream::connect(address).await.is_err(),
        "nothing new is accepted"
    );
    client.0.write_all(body.as_bytes()).await.unwrap();
    let (status, answer) = client.answer().await.unwrap();
    assert_eq!(
        (status, String::from_utf8(answer).unwrap().contains("\"stored\"")),
        (200, true)
    );
    serving.await.unwrap();
}
