//! Codes to join.

use super::{NoSuch, Refused, Unread, act, act_only, asked, bad_field, forms, sent};
use crate::code::{self, UnitCode, code_until};
use crate::openapi::ProblemDocument;
use crate::problem::{Code, Problem};
use crate::state::Shared;
use crate::store::{Act, Acted};
use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// A code that nobody has yet.
pub(super) fn random() -> Result<UnitCode, Problem> {
    let bits = code::random().map_err(|error| {
        tracing::error!(%error, "no code can be made");
        Code::Internal
    })?;
    Ok(UnitCode::from_bits(u64::from_be_bytes(bits)))
}

fn made(acted: Acted, code: &UnitCode) -> Result<Response, Problem> {
    let Acted::Code {
        number,
        unit,
        expires,
        max_uses,
    } = acted
    else {
        return Err(Code::Internal.into());
    };
    let answer = forms::CodeAnswer {
        number,
        code: code.to_string(),
        unit_name: unit,
        expires: expires.0,
        max_uses,
    };
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

/// All codes, the newest first.
#[utoipa::path(
    get,
    path = "/api/v1/organize/codes",
    security(("desk" = [])),
    responses((status = 200, description = "The codes", body = forms::CodesAnswer), Refused)
)]
pub(crate) async fn get(State(shared): State<Arc<Shared>>, request: Request) -> Result<Response, Problem> {
    asked(&shared, request).await?;
    let codes = shared.store.code_lines(shared.now()).await?;
    Ok(Json(forms::CodesAnswer { codes }).into_response())
}

/// Make a code; it is shown this once.
#[utoipa::path(
    post,
    path = "/api/v1/organize/codes",
    security(("desk" = [])),
    request_body = forms::CodeRequest,
    responses((status = 201, description = "Made", body = forms::CodeAnswer), NoSuch, Unread, Refused)
)]
pub(crate) async fn post(State(shared): State<Arc<Shared>>, request: Request) -> Result<Response, Problem> {
    let (organizer, wish) = sent::<forms::CodeRequest>(&shared, request).await?;
    if !(1..=1_000_000).contains(&wish.uses) {
        return Err(bad_field("uses"));
    }
    if !(1..=3_660).contains(&wish.days) {
        return Err(bad_field("days"));
    }
    let code = random()?;
    let new = Act::NewCode {
        unit: wish.unit,
        hash: code.hash(),
        shown: code.shown(),
        expires: code_until(shared.now(), wish.days),
        max_uses: wish.uses,
    };
    made(act(&shared, organizer, new).await?, &code)
}

/// Close a code: nobody can join by it any more.
#[utoipa::path(
    post,
    path = "/api/v1/organize/codes/{number}/close",
    security(("desk" = [])),
    params(("number" = i64, Path, description = "Its number")),
    responses((status = 204, description = "Closed"), NoSuch, Refused)
)]
pub(crate) async fn close(
    State(shared): State<Arc<Shared>>,
    number: Result<Path<i64>, PathRejection>,
    request: Request,
) -> Result<Response, Problem> {
    let organizer = asked(&shared, request).await?;
    let Path(number) = number.map_err(|_| Code::NotFound)?;
    act_only(&shared, organizer, Act::CloseCode(number)).await
}

/// Close a code and make another one for the same unit, with the same end and the uses that were left.
#[utoipa::path(
    post,
    path = "/api/v1/organize/codes/{number}/rotate",
    security(("desk" = [])),
    params(("number" = i64, Path, description = "Its number")),
    responses(
        (status = 201, description = "The new one", body = forms::CodeAnswer),
        (status = 409, description = "`code-over`", body = ProblemDocument, content_type = "application/problem+json"),
        NoSuch, Refused
    )
)]
pub(crate) async fn rotate(
    State(shared): State<Arc<Shared>>,
    number: Result<Path<i64>, PathRejection>,
    request: Request,
) -> Result<Response, Problem> {
    let organizer = asked(&shared, request).await?;
    let Path(number) = number.map_err(|_| Code::NotFound)?;
    let code = random()?;
    let rotate = Act::RotateCode {
        number,
        hash: code.hash(),
        shown: code.shown(),
    };
    made(act(&shared, organizer, rotate).await?, &code)
}
