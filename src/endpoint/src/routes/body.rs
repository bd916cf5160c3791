//! Reading the body of a request within limits of size and time.

use crate::problem::{Code, Problem};
use axum::body::Body;
use axum::http::HeaderMap;
use axum::http::header;
use bytes::Bytes;
use http_body_util::BodyExt;
use std::time::Duration;

/// How much of a body that is refused is still read. Closing a connection while the client is sending makes many clients
/// lose the answer, and with it the reason.
const PATIENCE: usize = 16 * 1024 * 1024;

/// How long a body that is refused is still read.
const PATIENT: Duration = Duration::from_secs(5);

/// Whether the request says that its body is JSON without content coding.
pub(crate) fn expect_json(headers: &HeaderMap) -> Result<(), Problem> {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or("?").trim());
    let media = text(header::CONTENT_TYPE)
        .and_then(|value| value.split(';').next())
        .map(str::trim);
    let json = media.is_some_and(|media| media.eq_ignore_ascii_case("application/json"));
    let plain = text(header::CONTENT_ENCODING).is_none_or(|coding| coding.eq_ignore_ascii_case("identity"));
    if json && plain {
        Ok(())
    } else {
        Err(Code::NotJson.into())
    }
}

/// The whole body, of at most `most` bytes, if it arrives within `time`.
pub(crate) async fn read(headers: &HeaderMap, body: Body, most: usize, time: Duration) -> Result<Bytes, Problem> {
    let too_large = || Problem {
        detail: format!("at most {most} bytes"),
        ..Code::BodyTooLarge.into()
    };
    let length = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > most as u64) {
        discard(headers, body).await;
        return Err(too_large());
    }
    match tokio::time::timeout(time, collect(body, most)).await {
        Err(_) => Err(Code::TooSlow.into()),
        Ok(Err(Broken::Connection)) => Err(Problem {
            detail: "the body broke off".into(),
            ..Code::Unreadable.into()
        }),
        Ok(Err(Broken::Large(rest))) => {
            discard(headers, rest).await;
            Err(too_large())
        }
        Ok(Ok(bytes)) => Ok(bytes),
    }
}

enum Broken {
    Connection,
    Large(Body),
}

async fn collect(mut body: Body, most: usize) -> Result<Bytes, Broken> {
    let mut first = Bytes::new();
    let mut all = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Broken::Connection)?.into_data() else {
            continue;
        };
        if first.len().max(all.len()) + data.len() > most {
            return Err(Broken::Large(body));
        }
        if first.is_empty() && all.is_empty() {
            // Most bodies are one frame: no copy.
            first = data;
            continue;
        }
        if all.is_empty() {
            all.extend_from_slice(&first);
        }
        all.extend_from_slice(&data);
    }
    Ok(if all.is_empty() { first } else { all.into() })
}

/// Reads on for a while and keeps nothing, so that the client gets to read the answer.
pub(crate) async fn discard(headers: &HeaderMap, mut body: Body) {
    // Whoever waits for leave to send it will not send it at all.
    if headers.contains_key(header::EXPECT) {
        return;
    }
    let reading = async {
        let mut read = 0;
        while let Some(Ok(frame)) = body.frame().await {
            read += frame.data_ref().map_or(0, Bytes::len);
            if read > PATIENCE {
                break;
            }
        }
    };
    drop(tokio::time::timeout(PATIENT, reading).await);
}
