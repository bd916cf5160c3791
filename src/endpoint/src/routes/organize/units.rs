//! Units.

use super::{NoSuch, Refused, Unread, act, act_only, asked, forms, sent};
use crate::openapi::ProblemDocument;
use crate::problem::{Code, Problem};
use crate::state::Shared;
use crate::store::{Act, Acted};
use crate::visible::visible;
use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// The most characters of a unit's name.
const MOST_CHARACTERS: usize = 60;

fn name(text: &str) -> Result<String, Problem> {
    let name = visible(text, MOST_CHARACTERS).filter(|name| !name.is_empty());
    name.ok_or(Code::BadUnit.into())
}

/// All units by name.
#[utoipa::path(
    get,
    path = "/api/v1/organize/units",
    security(("desk" = [])),
    responses((status = 200, description = "The units", body = forms::UnitsAnswer), Refused)
)]
pub(crate) async fn get(State(shared): State<Arc<Shared>>, request: Request) -> Result<Response, Problem> {
    asked(&shared, request).await?;
    let units = shared.store.units(shared.now()).await?;
    Ok(Json(forms::UnitsAnswer { units }).into_response())
}

/// Make a unit.
#[utoipa::path(
    post,
    path = "/api/v1/organize/units",
    security(("desk" = [])),
    request_body = forms::UnitRequest,
    responses(
        (status = 201, description = "Made", body = forms::UnitLine),
        (status = 409, description = "`unit-taken`", body = ProblemDocument, content_type = "application/problem+json"),
        Unread, Refused
    )
)]
pub(crate) async fn post(State(shared): State<Arc<Shared>>, request: Request) -> Result<Response, Problem> {
    let (organizer, wish) = sent::<forms::UnitRequest>(&shared, request).await?;
    let name = name(&wish.name)?;
    let Acted::Unit(id) = act(&shared, organizer, Act::NewUnit(name.clone())).await? else {
        return Err(Code::Internal.into());
    };
    let unit = forms::UnitLine {
        id,
        name,
        people: 0,
        codes: 0,
    };
    Ok((StatusCode::CREATED, Json(unit)).into_response())
}

/// Give a unit another name.
#[utoipa::path(
    patch,
    path = "/api/v1/organize/units/{id}",
    security(("desk" = [])),
    params(("id" = i64, Path, description = "The unit's number")),
    request_body = forms::UnitRequest,
    responses(
        (status = 204, description = "Named"),
        (status = 409, description = "`unit-taken`", body = ProblemDocument, content_type = "application/problem+json"),
        NoSuch, Unread, Refused
    )
)]
pub(crate) async fn patch(
    State(shared): State<Arc<Shared>>,
    id: Result<Path<i64>, PathRejection>,
    request: Request,
) -> Result<Response, Problem> {
    let (organizer, wish) = sent::<forms::UnitRequest>(&shared, request).await?;
    let Path(id) = id.map_err(|_| Code::NotFound)?;
    let name = name(&wish.name)?;
    act_only(&shared, organizer, Act::NameUnit(id, name)).await
}
