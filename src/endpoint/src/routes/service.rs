//! The clock, the health, and where results go.

use crate::openapi::{Health, ProblemDocument, Time};
use crate::problem::{Code, Problem};
use crate::state::Shared;
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use wire::api::{SiteConfig, TimeAnswer};

/// The endpoint's clock.
#[utoipa::path(get, path = "/api/v1/time", responses((status = 200, description = "The time", body = Time)))]
pub(crate) async fn time(State(shared): State<Arc<Shared>>) -> Json<TimeAnswer> {
    Json(TimeAnswer { time: shared.now().0 })
}

/// Whether the store can be read and its writer is at work.
#[utoipa::path(
    get,
    path = "/health",
    responses(
        (status = 200, description = "Well", body = Health),
        (status = 503, description = "The store cannot be used now", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn health(State(shared): State<Arc<Shared>>) -> Result<Response, Problem> {
    shared.store.health().await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], "{\"status\":\"ok\"}").into_response())
}

/// `GET /config.json`: tells the page that results go to this endpoint.
pub(crate) async fn config() -> Response {
    let config = SiteConfig {
        endpoint: Some("api/v1".into()),
        auth: "enrolment".into(),
        token: None,
        capabilities: ["pull", "links", "person", "exams"].map(Into::into).to_vec(),
    };
    ([(header::CACHE_CONTROL, "no-cache")], Json(config)).into_response()
}

/// Whatever the API does not know.
pub(crate) async fn not_found() -> Problem {
    Code::NotFound.into()
}

/// An address of the API by a method that it does not know.
pub(crate) async fn method_not_allowed() -> Problem {
    Code::MethodNotAllowed.into()
}
