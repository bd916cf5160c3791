//! Serving the site.

use crate::support::{Home, call, site};
use axum::http::Request;
use endpoint::site::{Site, csp};

const FILES: &[(&str, &str)] = &[
    ("index.html", "<!doctype html>"),
    ("index.html.br", "br of index"),
    ("404.html", "<!doctype html>"),
    ("organize.html", "<!doctype html><title>desk"),
    ("app.0123456789abcdef.wasm", "wasm"),
    ("app.0123456789abcdef.wasm.br", "br of wasm"),
    ("app.0123456789abcdef.wasm.gz", "gz of wasm"),
    ("boot.0123456789abcdef.js", "js"),
    ("style.0123456789abcdef.css", "css"),
    ("sw.js", "worker"),
    ("manifest.webmanifest", "{}"),
    ("icons/192.png", "png"),
    ("config.json", "{\"endpoint\":null,\"auth\":\"none\"}"),
    ("catalogue.0123456789abcdef.json", "{}"),
];

#[tokio::test]
async fn the_table_of_types_and_caching() {
    let home = Home::with(site(FILES), |_| {}).await;
    let ever = "public, max-age=31536000, immutable";
    for (path, status, media, cache) in [
        ("/", 200, "text/html; charset=utf-8", "no-cache"),
        ("/index.html", 200, "text/html; charset=utf-8", "no-cache"),
        ("/app.0123456789abcdef.wasm", 200, "application/wasm", ever),
        ("/boot.0123456789abcdef.js", 200, "text/javascript; charset=utf-8", ever),
        ("/style.0123456789abcdef.css", 200, "text/css; charset=utf-8", ever),
        ("/catalogue.0123456789abcdef.json", 200, "application/json", ever),
        ("/sw.js", 200, "text/javascript; charset=utf-8", "no-cache"),
        ("/manifest.webmanifest", 200, "application/manifest+json", "no-cache"),
        ("/icons/192.png", 200, "image/png", "no-cache"),
        ("/config.json", 200, "application/json", "no-cache"),
        (
            "/courses/work-safety-law/l-1",
            200,
            "text/html; charset=utf-8",
            "no-cache",
        ),
        ("/join", 200, "text/html; charset=utf-8", "no-cache"),
        ("/old.0000000000000000.js", 404, "text/plain; charset=utf-8", "no-cache"),
        ("/index.html.br", 404, "text/plain; charset=utf-8", "no-cache"),
        ("/favicon.ico", 404, "text/plain; charset=utf-8", "no-cache"),
        ("/../Cargo.toml", 404, "text/plain; charset=utf-8", "no-cache"),
        (
            "/..%2f..%2fetc/passwd.txt",
            404,
            "text/plain; charset=utf-8",
            "no-cache",
        ),
        ("/api", 404, "application/problem+json", "no-store"),
        ("/api/v2/records", 404, "application/problem+json", "no-store"),
    ] {
        let answer = home.get(path, &[]).await;
        let got = (
            answer.status.as_u16(),
            answer.header("content-type"),
            answer.header("cache-control"),
        );
        assert_eq!(got, (status, media, cache), "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin", "{path}");
        assert!(
            answer
                .header("content-security-policy")
                .starts_with("default-src 'none'"),
            "{path}"
        );
    }
    let config = home.get("/config.json", &[]).await;
    assert_eq!(
        config.text(),
        "{\"endpoint\":\"api/v1\",\"auth\":\"enrolment\",\"capabilities\":[\"pull\",\"links\",\"person\",\"exams\"]}",
        "the endpoint's own, not the site's"
    );
}

#[tokio::test]
async fn the_desk_has_a_page_of_its_own_where_the_site_has_it() {
    let home = Home::with(site(FILES), |_| {}).await;
    for (path, status, desk) in [
        ("/organize", 200, true),
        ("/organize/people", 200, true),
        ("/organize/people/018f3c1e-7b2a-7cde-9abc-0123456789ad", 200, true),
        ("/organize.html", 200, true),
        ("/organizers", 200, false),
        ("/courses/organize", 200, false),
        ("/organize/people.js", 404, false),
    ] {
        let answer = home.get(path, &[]).await;
        let got = (answer.status.as_u16(), answer.text().contains("<title>desk"));
        assert_eq!(got, (status, desk), "{path}");
    }
    let without: Vec<_> = FILES
        .iter()
        .copied()
        .filter(|(path, _)| *path != "organize.html")
        .collect();
    let home = Home::with(site(&without), |_| {}).await;
    let answer = home.get("/organize/people", &[]).await;
    assert_eq!((answer.status.as_u16(), answer.text()), (200, "<!doctype html>"));
}

#[tokio::test]
async fn forms_are_chosen_by_the_client_and_told_apart() {
    let home = Home::with(site(FILES), |_| {}).await;
    let path = "/app.0123456789abcdef.wasm";
    let mut tags = Vec::new();
    for (accept, encoding, body) in [
        ("gzip, deflate, br", "br", "br of wasm"),
        ("gzip", "gzip", "gz of wasm"),
        ("br;q=0, gzip;q=0.5", "gzip", "gz of wasm"),
        ("identity", "", "wasm"),
    ] {
        let answer = home.get(path, &[("accept-encoding", accept)]).await;
        assert_eq!(
            (answer.header("content-encoding"), answer.text(), answer.header("vary")),
            (encoding, body, "Accept-Encoding")
        );
        assert_eq!(answer.header("content-length"), body.len().to_string());
        tags.push(answer.header("etag").to_owned());
        let known = home
            .get(
                path,
                &[("accept-encoding", accept), ("if-none-match", tags.last().unwrap())],
            )
            .await;
        assert_eq!(
            (known.status.as_u16(), known.text(), known.header("etag")),
            (304, "", tags.last().unwrap().as_str())
        );
        assert!(known.header("cache-control").contains("immutable"));
    }
    assert_eq!(tags[1], tags[2]);
    assert!(tags[0] != tags[1] && tags[1] != tags[3] && tags.iter().all(|tag| tag.starts_with('"')));
    let other = home
        .get(path, &[("accept-encoding", "br"), ("if-none-match", &tags[1])])
        .await;
    assert_eq!(
        (other.status.as_u16(), other.text()),
        (200, "br of wasm"),
        "another form's tag does not match"
    );
}

#[tokio::test]
async fn head_tells_the_same_without_the_body_and_other_methods_are_refused() {
    let home = Home::with(site(FILES), |_| {}).await;
    let head = call(
        &home.router,
        Request::head("/app.0123456789abcdef.wasm").header("accept-encoding", "br"),
        "",
    )
    .await;
    assert_eq!(
        (head.status.as_u16(), head.text(), head.header("content-length")),
        (200, "", "10")
    );
    for path in ["/", "/index.html", "/courses"] {
        let post = call(&home.router, Request::post(path), "").await;
        assert_eq!(
            (post.status.as_u16(), post.header("allow")),
            (405, "GET, HEAD"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn the_page_carries_the_policy_that_the_engine_understands() {
    let home = Home::with(site(FILES), |_| {}).await;
    let old = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/86.0.4240.198 Safari/537.36";
    let new = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36";
    for (path, agent, policy, vary) in [
        ("/", old, csp::OLD, "Accept-Encoding, User-Agent"),
        ("/record", old, csp::OLD, "Accept-Encoding, User-Agent"),
        ("/", new, csp::STRICT, "Accept-Encoding, User-Agent"),
        ("/sw.js", old, csp::STRICT, "Accept-Encoding"),
    ] {
        let answer = home.get(path, &[("user-agent", agent)]).await;
        assert_eq!(
            (answer.header("content-security-policy"), answer.header("vary")),
            (policy, vary),
            "{path}"
        );
    }
}

#[tokio::test]
async fn without_a_site_the_program_says_so_and_the_api_works() {
    let home = Home::new().await;
    let page = home.get("/", &[]).await;
    assert!(page.status == 200 && page.text().contains("--site"));
    assert_eq!(home.get("/health", &[]).await.json()["status"], "ok");
}

#[test]
fn a_folder_is_read_whole_and_must_be_a_site() {
    let folder = tempfile::tempdir().unwrap();
    assert!(
        Site::read(folder.path())
            .unwrap_err()
            .to_string()
            .contains("index.html")
    );
    assert!(Site::read(&folder.path().join("none")).is_err());
    std::fs::write(folder.path().join("index.html"), "x").unwrap();
    std::fs::create_dir(folder.path().join("packs")).unwrap();
    let (hash, text) = crate::support::pack();
    std::fs::write(folder.path().join(wire::pack::path(hash)), &text).unwrap();
    let site = Site::read(folder.path()).unwrap();
    assert_eq!(site.packs(), [(hash, text.into_bytes())]);
}
