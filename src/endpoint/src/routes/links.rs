//! Linking a further device, or the same one after its storage was lost.

use super::body;
use crate::code::{self, Token, UnitCode};
use crate::openapi::{self, ProblemDocument};
use crate::problem::{Code, Problem};
use crate::state::{Shared, too_many};
use crate::store::{LinkClaim, Linked, NewLink};
use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use std::time::Instant;
use wire::api::{LINK_TIME, LinkAnswer, LinkClaimRequest, LinkCode};

/// The most bytes of a request to be linked.
const MOST: usize = 1024;

/// Make a one-time code for a further device.
///
/// The code holds ten minutes and once. Of a person's codes five at most are open; a sixth closes the oldest.
#[utoipa::path(
    post,
    path = "/api/v1/links",
    security(("token" = [])),
    responses(
        (status = 201, description = "The code", body = openapi::LinkCode),
        (status = 401, description = "No valid token: link again, keep everything", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 410, description = "`erased`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "Wait as `Retry-After` says", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "The store cannot be used now", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 507, description = "The store is full: keep everything, try later", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn post(State(shared): State<Arc<Shared>>, request: Request) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let person = shared.person(&parts.headers).await;
    body::discard(&parts.headers, body).await;
    let person = person?;
    let code = UnitCode::from_bits(u64::from_be_bytes(code::random().map_err(out_of_order)?));
    let now = shared.now();
    let expires = now.plus(LINK_TIME);
    let link = NewLink {
        person,
        hash: code.hash(),
        expires,
    };
    if !shared.store.new_link(link, now).await? {
        return Err(Code::Erased.into());
    }
    let answer = LinkCode {
        code: code.to_string(),
        expires: expires.0,
    };
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

/// Be linked by a code.
///
/// The profile becomes the person's. May be sent again as it is when the answer was lost, as long as the token was not used.
#[utoipa::path(
    post,
    path = "/api/v1/links/claims",
    request_body = openapi::LinkClaimRequest,
    responses(
        (status = 201, description = "Linked", body = openapi::LinkAnswer),
        (status = 400, description = "Unreadable", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`code-refused`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 408, description = "Too slow", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`profile-claimed`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "A field that cannot be", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "Wait as `Retry-After` says", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "The store cannot be used now", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 507, description = "The store is full: keep everything, try later", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn claim(State(shared): State<Arc<Shared>>, request: Request) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    if let Err(problem) = body::expect_json(&parts.headers) {
        body::discard(&parts.headers, body).await;
        return Err(problem);
    }
    let body = body::read(&parts.headers, body, MOST, shared.options.body_time).await?;
    let wish: LinkClaimRequest = serde_json::from_slice(&body).map_err(|_| Code::Unreadable)?;
    let profile = wish.profile.parse().map_err(|_| Code::BadProfile)?;
    let address = shared.address(parts.extensions.get(), &parts.headers);
    if let Some(wait) = shared.wrong_codes.wait(&address, Instant::now()) {
        return Err(too_many(wait));
    }
    let token = Token::from_bits(code::random().map_err(out_of_order)?);
    let linked = match (UnitCode::typed(&wish.code), code::token_hash(token.text())) {
        (Some(typed), Some(hash)) => {
            let claim = LinkClaim {
                code: typed.hash(),
                profile,
                token: hash,
            };
            shared.store.link(claim, shared.now()).await?
        }
        _ => Linked::CodeRefused,
    };
    match linked {
        Linked::Linked(person) => {
            let answer = LinkAnswer {
                token: token.text().into(),
                person: person.person,
                name: person.name,
                unit: person.unit,
                epoch: shared.store.epoch().into(),
                records: person.records,
            };
            Ok((StatusCode::CREATED, Json(answer)).into_response())
        }
        Linked::ProfileClaimed => Err(Code::ProfileClaimed.into()),
        Linked::CodeRefused => {
            shared.wrong_codes.add(address, Instant::now());
            Err(Code::CodeRefused.into())
        }
    }
}

#[allow(clippy::needless_pass_by_value, reason = "for map_err")]
fn out_of_order(error: anyhow::Error) -> Problem {
    tracing::error!(%error, "no code can be made");
    Code::Internal.into()
}
