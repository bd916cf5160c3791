//! What the endpoint holds on the person who asks, and its erasure.

use crate::openapi::{self, ProblemDocument};
use crate::problem::{Code, Problem};
use crate::state::Shared;
use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use wire::api::PersonAnswer;

/// What is held on the person who asks; their records are had by `GET /api/v1/records`.
#[utoipa::path(
    get,
    path = "/api/v1/person",
    security(("token" = [])),
    responses(
        (status = 200, description = "The person", body = openapi::PersonAnswer),
        (status = 401, description = "No valid token: link again, keep everything", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 410, description = "`erased`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "Wait as `Retry-After` says", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "The store cannot be used now", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 507, description = "The store is full: keep everything, try later", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn get(State(shared): State<Arc<Shared>>, request: Request) -> Result<Response, Problem> {
    let person = shared.person(request.headers()).await?;
    let line = shared.store.person(person).await?.ok_or(Code::Erased)?;
    let answer = PersonAnswer {
        person: line.person,
        name: line.name,
        staff_no: line.staff_no,
        unit: line.unit,
        joined: line.joined.0,
        profiles: line.profiles.iter().map(ToString::to_string).collect(),
        devices: line.tokens,
        records: line.records,
    };
    Ok(Json(answer).into_response())
}

/// Erase everything on the person who asks.
///
/// At once and for good; backups that were made before keep it until they are thrown away. Devices that send again are
/// told `erased`.
#[utoipa::path(
    delete,
    path = "/api/v1/person",
    security(("token" = [])),
    responses(
        (status = 204, description = "Erased"),
        (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 410, description = "`erased`: it was done before", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "Wait as `Retry-After` says", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "The store cannot be used now", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 507, description = "The store is full: keep everything, try later", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn delete(State(shared): State<Arc<Shared>>, request: Request) -> Result<Response, Problem> {
    let person = shared.person(request.headers()).await?;
    let erased = shared.store.erase(person, shared.now()).await?;
    shared.forget(person);
    if erased {
        Ok(StatusCode::NO_CONTENT.into_response())
    } else {
        Err(Code::Erased.into())
    }
}
