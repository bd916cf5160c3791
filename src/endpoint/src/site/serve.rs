//! Answering for the files of the site.

use super::negotiate::{Coding, coding, matches};
use super::{File, Form, csp, pack_hash};
use crate::problem::{Code, Problem};
use crate::state::Shared;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use std::sync::Arc;

const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// The page of a program without a site.
const NO_SITE: &str = "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><title>安学</title>\
    <p>本程序未内置网页，仅提供数据接口。请用 --site 指定网页所在文件夹后重新启动。\
    <p lang=\"en\">No site is inside this program; only the API is served. Start it with --site FOLDER.";

/// Every address that is not the API's.
pub(crate) async fn file(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let head = match *request.method() {
        Method::GET => false,
        Method::HEAD => true,
        _ => {
            let allow = [(header::ALLOW, "GET, HEAD")];
            return (allow, Problem::from(Code::MethodNotAllowed)).into_response();
        }
    };
    let path = request.uri().path().trim_start_matches('/');
    let headers = request.headers();
    let live = shared.live();
    if let Some(file) = live.site.file(path) {
        return answer(file, headers, head);
    }
    if let Some(hash) = pack_hash(path) {
        return match shared.store.pack(hash).await {
            Ok(Some(bytes)) => {
                let plain = Form::new(Bytes::from(bytes));
                let media = "application/json";
                answer(
                    &File {
                        media,
                        immutable: true,
                        plain,
                        gzip: None,
                        brotli: None,
                    },
                    headers,
                    head,
                )
            }
            Ok(None) => missing(),
            Err(error) => Problem::from(error).into_response(),
        };
    }
    let name = path.rsplit('/').next().unwrap_or(path);
    if name.contains('.') {
        return missing();
    }
    // An address inside the app, or at the organizer's desk: the page itself finds out what to show.
    let desk = (path == "organize" || path.starts_with("organize/")).then(|| live.site.file("organize.html"));
    match desk.flatten().or_else(|| live.site.file("index.html")) {
        Some(page) => answer(page, headers, head),
        None => no_site(headers, head),
    }
}

fn no_site(headers: &HeaderMap, head: bool) -> Response {
    let plain = Form::new(Bytes::from_static(NO_SITE.as_bytes()));
    let media = "text/html; charset=utf-8";
    answer(
        &File {
            media,
            immutable: false,
            plain,
            gzip: None,
            brotli: None,
        },
        headers,
        head,
    )
}

fn missing() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (StatusCode::NOT_FOUND, headers, "404\n").into_response()
}

fn answer(file: &File, asked: &HeaderMap, head: bool) -> Response {
    let text = |name| {
        asked
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    };
    let accepted: Vec<&str> = asked
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .collect();
    let (form, encoding) = match coding(&accepted.join(","), file.brotli.is_some(), file.gzip.is_some()) {
        Coding::Brotli => (file.brotli.as_ref(), Some("br")),
        Coding::Gzip => (file.gzip.as_ref(), Some("gzip")),
        Coding::Identity => (None, None),
    };
    let form = form.unwrap_or(&file.plain);
    let html = file.media.starts_with("text/html");
    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    let cache = if file.immutable { FOR_EVER } else { "no-cache" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(header::ETAG, form.tag.clone());
    let vary = if html {
        "Accept-Encoding, User-Agent"
    } else {
        "Accept-Encoding"
    };
    headers.insert(header::VARY, HeaderValue::from_static(vary));
    let policy = if html {
        csp::policy(text(header::USER_AGENT))
    } else {
        csp::STRICT
    };
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    let condition: Vec<&str> = asked
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .collect();
    if !condition.is_empty() && matches(&condition.join(","), &form.tag) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return response;
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.media));
    headers.insert(header::CONTENT_LENGTH, form.bytes.len().into());
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    if !head {
        *response.body_mut() = Body::from(form.bytes.clone());
    }
    response
}
