//! The clock, the health, and where results go.

use crate::metrics;
use crate::openapi::{Health, ProblemDocument, Time};
use crate::problem::{Code, Problem};
use crate::state::{Peer, Shared};
use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
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
        (status = 507, description = "The store is full: keep everything, try later", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn health(State(shared): State<Arc<Shared>>) -> Result<Response, Problem> {
    shared.store.health().await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], "{\"status\":\"ok\"}").into_response())
}

/// `GET /metrics`: counts for Prometheus, for this very machine alone; a reverse proxy does not open it to others.
pub(crate) async fn metrics(State(shared): State<Arc<Shared>>, request: Request) -> Result<Response, Problem> {
    let peer = request.extensions().get::<Peer>();
    let here = peer.is_some_and(|peer| peer.0.ip().to_canonical().is_loopback());
    if !here || request.headers().contains_key("x-forwarded-for") || request.headers().contains_key("forwarded") {
        return Err(Code::NotFound.into());
    }
    let page = shared.metrics.page(shared.store.commits(), metrics::memory());
    let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, kind)], page).into_response())
}

/// `GET /config.json`: tells the page that results go to this endpoint.
pub(crate) async fn config(State(shared): State<Arc<Shared>>) -> Response {
    let config = SiteConfig {
        endpoint: Some("api/v1".into()),
        auth: "enrolment".into(),
        token: None,
        capabilities: ["pull", "links", "person", "exams"].map(Into::into).to_vec(),
        office: shared.options.office.clone(),
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
