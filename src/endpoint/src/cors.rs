//! Pages of other origins that may use the API (CORS): those on a list, exactly, and no others. No cookies: the API knows
//! people by their token alone, and what an organizer does by cookie is never opened to another origin.

use crate::state::Shared;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::str::FromStr;
use std::sync::Arc;

const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, DELETE");
const HEADERS: HeaderValue = HeaderValue::from_static("authorization, content-type");
const EXPOSED: HeaderValue = HeaderValue::from_static("retry-after");
/// Two hours, the most that browsers keep a permission.
const MAX_AGE: HeaderValue = HeaderValue::from_static("7200");

/// An origin as browsers write it: scheme, host, and the port where it is not the scheme's own (RFC 6454 §6.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(HeaderValue);

/// What is no origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not an origin: write it as https://a.example or http://10.0.0.5:8080, with no path and no wildcard; other letters than \
     a-z as xn--…"
)]
pub struct NoOrigin;

impl FromStr for Origin {
    type Err = NoOrigin;

    fn from_str(text: &str) -> Result<Self, NoOrigin> {
        let text = text.trim().to_ascii_lowercase();
        let (scheme, rest) = text.split_once("://").ok_or(NoOrigin)?;
        let usual = match scheme {
            "https" => ":443",
            "http" => ":80",
            _ => return Err(NoOrigin),
        };
        let rest = rest.strip_suffix(usual).unwrap_or(rest);
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
            _ => (rest, None),
        };
        let inner = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let good_host = if let Some(address) = inner {
            address.parse::<std::net::Ipv6Addr>().is_ok()
        } else {
            let fit = |c: u8| c.is_ascii_alphanumeric() || c == b'-' || c == b'_';
            host.split('.').all(|label| !label.is_empty() && label.bytes().all(fit))
        };
        let good_port = port.is_none_or(|port| port.parse::<u16>().is_ok_and(|number| number.to_string() == port));
        if !good_host || !good_port {
            return Err(NoOrigin);
        }
        HeaderValue::from_str(&format!("{scheme}://{rest}"))
            .map(Self)
            .map_err(|_| NoOrigin)
    }
}

/// The origins whose pages may use the API; mostly none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AllowedOrigins(Vec<Origin>);

impl AllowedOrigins {
    /// These.
    pub fn new(origins: Vec<Origin>) -> Self {
        Self(origins)
    }

    /// The origin to be named in an answer: the request's, if it is on the list.
    fn named(&self, headers: &HeaderMap) -> Option<HeaderValue> {
        let asked = headers.get(header::ORIGIN)?;
        self.0
            .iter()
            .find(|origin| origin.0 == *asked)
            .map(|origin| origin.0.clone())
    }
}

/// Whether other origins are let in at this address: the API for learners, and nothing of the organizers'.
fn open(path: &str) -> bool {
    let Some(rest) = path.strip_prefix("/api/v1/") else {
        return false;
    };
    rest != "organize" && !rest.starts_with("organize/")
}

/// Answers what a browser asks before it lets a page of another origin send, and says in answers who may read them.
pub(crate) async fn around(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let origins = &shared.options.origins;
    if origins.0.is_empty() || !open(request.uri().path()) {
        return next.run(request).await;
    }
    let origin = origins.named(request.headers());
    let preflight =
        *request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if preflight && origin.is_some() {
        StatusCode::NO_CONTENT.into_response()
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    // Also without an origin: a store between must not give one page the answer for another.
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    let Some(origin) = origin else { return response };
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    if preflight {
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS);
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    } else {
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_read_as_browsers_write_them() {
        for (text, expected) in [
            ("https://a.example", "https://a.example"),
            (" HTTPS://A.example:443", "https://a.example"),
            ("http://a.example:80", "http://a.example"),
            ("http://a.example:443", "http://a.example:443"),
            ("http://10.0.0.5:8080", "http://10.0.0.5:8080"),
            ("https://[fd00::1]:8443", "https://[fd00::1]:8443"),
            ("https://[fd00::1]", "https://[fd00::1]"),
            ("http://localhost:5173", "http://localhost:5173"),
            ("https://xn--fiqs8s.example", "https://xn--fiqs8s.example"),
        ] {
            let origin: Origin = text.parse().unwrap_or_else(|_| panic!("{text}"));
            assert_eq!(origin.0, expected, "{text}");
        }
        for text in [
            "",
            "*",
            "null",
            "a.example",
            "https://",
            "https://*",
            "https://*.example",
            "https://a.example/",
            "https://a.example/x",
            "https://a.example:",
            "https://a.example:0x1",
            "https://a.example:099",
            "https://a.example:70000",
            "https://user@a.example",
            "https://a..example",
            "https://中国.example",
            "https://[fd00::1",
            "ftp://a.example",
        ] {
            assert_eq!(text.parse::<Origin>(), Err(NoOrigin), "{text}");
        }
    }
}
