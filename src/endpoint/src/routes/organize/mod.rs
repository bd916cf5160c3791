//! The organizer's desk, below `/api/v1/organize`.
//!
//! An organizer is known by a cookie that scripts cannot read and that no other site makes a browser send (`SameSite=Strict`).
//! Besides, every request carries a header that forms and links cannot set, so that neither an old browser without SameSite
//! nor a page on the same site but of another origin can act in the organizer's name.

mod codes;
mod exports;
mod people;
mod results;
mod session;
mod units;

use super::body;
use crate::openapi::ProblemDocument;
use crate::problem::{Code, Problem};
use crate::state::{Shared, too_many};
use crate::store::{Act, Acted, Hash, PersonId, Session};
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header, request::Parts};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, patch, post};
use serde::de::DeserializeOwned;
use std::sync::Arc;
use std::time::Instant;
use utoipa::openapi::OpenApi as Document;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityScheme};
use utoipa::{IntoResponses, Modify, OpenApi};
use wire::organize as forms;

/// The name of the cookie.
const COOKIE: &str = "anxue-desk";

/// How long a session lasts, in milliseconds: a working day.
const SESSION: i64 = 12 * 3_600_000;

/// The most bytes of a request.
const MOST: usize = 4 * 1024;

/// The addresses of the desk.
pub(crate) fn router() -> Router<Arc<Shared>> {
    let person = get(people::card).delete(people::erase);
    let desk = Router::new()
        .route(
            "/session",
            get(session::get).post(session::post).delete(session::delete),
        )
        .route("/units", get(units::get).post(units::post))
        .route("/units/{id}", patch(units::patch))
        .route("/codes", get(codes::get).post(codes::post))
        .route("/codes/{number}/close", post(codes::close))
        .route("/codes/{number}/rotate", post(codes::rotate))
        .route("/people", get(people::get))
        .route("/people/{id}", person)
        .route("/people/{id}/confirm", post(people::confirm))
        .route("/people/{id}/link", post(people::link))
        .route("/people/{id}/merge", post(people::merge))
        .route("/people/{id}/devices/{device}", delete(people::revoke))
        .route("/results", get(results::get))
        .route("/progress", get(results::progress))
        .route("/exports", post(exports::post))
        .route("/audit", get(exports::audit));
    Router::new().nest("/api/v1/organize", desk)
}

/// What any request of the desk may be answered with.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "described, never made")]
enum Refused {
    /// Nobody is signed in
    #[response(status = 401, content_type = "application/problem+json")]
    SignedOut(ProblemDocument),
    /// `cross-site`
    #[response(status = 403, content_type = "application/problem+json")]
    CrossSite(ProblemDocument),
    /// Wait as `Retry-After` says
    #[response(status = 429, content_type = "application/problem+json")]
    TooMany(ProblemDocument),
    /// The store cannot be used now
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(ProblemDocument),
    /// The store is full
    #[response(status = 507, content_type = "application/problem+json")]
    Full(ProblemDocument),
}

/// What a request with a body may be answered with besides.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "described, never made")]
enum Unread {
    /// Unreadable
    #[response(status = 400, content_type = "application/problem+json")]
    Unreadable(ProblemDocument),
    /// Too slow
    #[response(status = 408, content_type = "application/problem+json")]
    TooSlow(ProblemDocument),
    /// Too large
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(ProblemDocument),
    /// Not JSON
    #[response(status = 415, content_type = "application/problem+json")]
    NotJson(ProblemDocument),
    /// A field that cannot be
    #[response(status = 422, content_type = "application/problem+json")]
    BadField(ProblemDocument),
}

/// What a request for one thing may be answered with besides.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "described, never made")]
enum NoSuch {
    /// There is no such thing
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(ProblemDocument),
}

/// What a list with a filter may be answered with besides.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "described, never made")]
enum BadFilter {
    /// A parameter that cannot be
    #[response(status = 422, content_type = "application/problem+json")]
    BadField(ProblemDocument),
}

struct Cookie;

impl Modify for Cookie {
    fn modify(&self, document: &mut Document) {
        let cookie = ApiKey::Cookie(ApiKeyValue::with_description(
            COOKIE,
            "Set by POST session; every request also carries the header x-anxue-desk.",
        ));
        document
            .components
            .get_or_insert_default()
            .add_security_scheme("desk", SecurityScheme::ApiKey(cookie));
    }
}

#[derive(OpenApi)]
#[openapi(
    paths(
        session::post, session::get, session::delete, units::get, units::post, units::patch, codes::get, codes::post,
        codes::close, codes::rotate, people::get, people::card, people::erase, people::confirm, people::link,
        people::merge, people::revoke, results::get, results::progress, exports::post, exports::audit,
    ),
    modifiers(&Cookie)
)]
struct Desk;

/// The description of the desk's addresses.
pub(crate) fn description() -> Document {
    Desk::openapi()
}

/// Who is signed in.
struct Organizer {
    session: Session,
    hash: Hash,
}

/// Whether the request was made by a page of the desk.
fn own_page(headers: &HeaderMap) -> Result<(), Problem> {
    let from = headers.get("sec-fetch-site").and_then(|value| value.to_str().ok());
    let own = headers.contains_key(forms::HEADER) && from.is_none_or(|from| matches!(from, "same-origin" | "none"));
    own.then_some(()).ok_or(Code::CrossSite.into())
}

/// What is stored of the cookie; none where there is none that could be one.
fn cookie(headers: &HeaderMap) -> Option<Hash> {
    let cookies = headers
        .get_all(header::COOKIE)
        .into_iter()
        .filter_map(|value| value.to_str().ok());
    let mut pairs = cookies
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    let (_, value) = pairs.find(|(name, _)| *name == COOKIE)?;
    crate::code::token_hash(value)
}

/// The organizer who asks.
async fn organizer(shared: &Shared, headers: &HeaderMap) -> Result<Organizer, Problem> {
    own_page(headers)?;
    let hash = cookie(headers).ok_or(Code::SignedOut)?;
    let session = shared
        .store
        .session(&hash, shared.now())
        .await?
        .ok_or(Code::SignedOut)?;
    shared.records.take(hash, Instant::now()).map_err(too_many)?;
    Ok(Organizer { session, hash })
}

/// The organizer who asks, and what they send. What is refused is still read for a while, so that the answer arrives.
async fn sent<T: DeserializeOwned>(shared: &Shared, request: Request) -> Result<(Organizer, T), Problem> {
    let (parts, body) = request.into_parts();
    let allowed = match body::expect_json(&parts.headers) {
        Ok(()) => organizer(shared, &parts.headers).await,
        Err(problem) => Err(problem),
    };
    match allowed {
        Ok(organizer) => Ok((organizer, read(shared, &parts, body).await?)),
        Err(problem) => {
            body::discard(&parts.headers, body).await;
            Err(problem)
        }
    }
}

async fn read<T: DeserializeOwned>(shared: &Shared, parts: &Parts, body: Body) -> Result<T, Problem> {
    let body = body::read(&parts.headers, body, MOST, shared.options.body_time).await?;
    Ok(serde_json::from_slice(&body).map_err(|_| Code::Unreadable)?)
}

/// The organizer who asks for something without a body.
async fn asked(shared: &Shared, request: Request) -> Result<Organizer, Problem> {
    let (parts, body) = request.into_parts();
    let organizer = organizer(shared, &parts.headers).await;
    body::discard(&parts.headers, body).await;
    organizer
}

/// Does something; the problem where it could not be done.
async fn act(shared: &Shared, organizer: Organizer, act: Act) -> Result<Acted, Problem> {
    let acted = shared.store.act(act, organizer.session.name, shared.now()).await?;
    match acted {
        Acted::Missing => Err(Code::NotFound.into()),
        Acted::UnitTaken => Err(Code::UnitTaken.into()),
        Acted::CodeOver => Err(Code::CodeOver.into()),
        Acted::Clash(records) => Err(Problem {
            detail: format!("{records} records"),
            ..Code::MergeClash.into()
        }),
        acted => {
            if let Acted::Done(people) = &acted {
                forget(shared, people);
            }
            Ok(acted)
        }
    }
}

fn forget(shared: &Shared, people: &[PersonId]) {
    for person in people {
        shared.forget(*person);
    }
}

/// Does something that has no answer.
async fn act_only(shared: &Shared, organizer: Organizer, what: Act) -> Result<Response, Problem> {
    act(shared, organizer, what).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// A parameter that cannot be what it is.
fn bad_field(name: &str) -> Problem {
    Problem {
        detail: name.to_owned(),
        ..Code::BadField.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_page_of_the_desk_is_listened_to() {
        for (own, from, expected) in [
            (true, None, true),
            (true, Some("same-origin"), true),
            (true, Some("none"), true),
            (true, Some("same-site"), false),
            (true, Some("cross-site"), false),
            (false, None, false),
            (false, Some("same-origin"), false),
        ] {
            let mut headers = HeaderMap::new();
            if own {
                headers.insert(forms::HEADER, "1".parse().unwrap());
            }
            if let Some(from) = from {
                headers.insert("sec-fetch-site", from.parse().unwrap());
            }
            assert_eq!(own_page(&headers).is_ok(), expected, "{own} {from:?}");
        }
    }

    #[test]
    fn the_cookie_is_found_among_others() {
        let token = "a".repeat(43);
        for (value, there) in [
            (format!("anxue-desk={token}"), true),
            (format!("x=1; anxue-desk={token}; y=2"), true),
            (format!("not-anxue-desk={token}"), false),
            ("anxue-desk=short".to_owned(), false),
            ("anxue-desk".to_owned(), false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, value.parse().unwrap());
            assert_eq!(cookie(&headers).is_some(), there, "{value}");
        }
    }
}
