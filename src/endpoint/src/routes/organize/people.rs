//! People: finding, confirming, linking, revoking, merging, erasing.

use super::{BadFilter, NoSuch, Refused, Unread, act, act_only, asked, bad_field, codes, forms, sent};
use crate::openapi::ProblemDocument;
use crate::problem::{Code, Problem};
use crate::state::Shared;
use crate::store::{Act, PeopleFilter};
use crate::totals;
use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use std::sync::Arc;
use wire::api::LINK_TIME;

/// How many people a page has.
const PAGE: u32 = 50;

/// The most characters to look for.
const MOST_CHARACTERS: usize = 60;

/// Which people are asked for.
#[derive(Deserialize)]
pub(crate) struct Asked {
    unit: Option<i64>,
    find: Option<String>,
    after: Option<u32>,
}

/// What is looked for: none where it is blank.
pub(super) fn find(text: Option<&str>) -> Result<Option<String>, Problem> {
    let text = text.unwrap_or_default().trim();
    if text.chars().count() > MOST_CHARACTERS || text.contains('\0') {
        return Err(bad_field("find"));
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

/// People by unit and name.
#[utoipa::path(
    get,
    path = "/api/v1/organize/people",
    security(("desk" = [])),
    params(
        ("unit" = Option<i64>, Query, description = "Only of this unit"),
        ("find" = Option<String>, Query, max_length = 60, description = "Only those whose name or staff number holds this"),
        ("after" = Option<u32>, Query, minimum = 0, description = "`next` of an earlier answer"),
    ),
    responses((status = 200, description = "A page of them", body = forms::PeopleAnswer), BadFilter, Refused)
)]
pub(crate) async fn get(
    State(shared): State<Arc<Shared>>,
    query: Result<Query<Asked>, QueryRejection>,
    request: Request,
) -> Result<Response, Problem> {
    asked(&shared, request).await?;
    let Query(wish) = query.map_err(|_| bad_field("query"))?;
    let filter = PeopleFilter {
        unit: wish.unit,
        find: find(wish.find.as_deref())?,
    };
    let after = wish.after.unwrap_or(0);
    let (people, total) = shared.store.people(&filter, after, PAGE).await?;
    let next = after.saturating_add(PAGE);
    let next = (next < total).then_some(next);
    Ok(Json(forms::PeopleAnswer { people, total, next }).into_response())
}

/// The id of a person in an address.
fn id(path: Result<Path<String>, PathRejection>) -> Result<String, Problem> {
    path.map(|Path(id)| id).map_err(|_| Code::NotFound.into())
}

/// A person with their devices, and those who may be the same person.
#[utoipa::path(
    get,
    path = "/api/v1/organize/people/{id}",
    security(("desk" = [])),
    params(("id" = String, Path, description = "The person's id")),
    responses((status = 200, description = "The person", body = forms::PersonCard), NoSuch, Refused)
)]
pub(crate) async fn card(
    State(shared): State<Arc<Shared>>,
    path: Result<Path<String>, PathRejection>,
    request: Request,
) -> Result<Response, Problem> {
    asked(&shared, request).await?;
    let found = shared.store.card(&id(path)?).await?;
    let (person, devices, doubles) = found.ok_or(Code::NotFound)?;
    Ok(Json(forms::PersonCard {
        person,
        devices,
        doubles,
    })
    .into_response())
}

/// Erase everything on a person, as they asked for or the keeping time is over.
#[utoipa::path(
    delete,
    path = "/api/v1/organize/people/{id}",
    security(("desk" = [])),
    params(("id" = String, Path, description = "The person's id")),
    responses((status = 204, description = "Erased"), NoSuch, Refused)
)]
pub(crate) async fn erase(
    State(shared): State<Arc<Shared>>,
    path: Result<Path<String>, PathRejection>,
    request: Request,
) -> Result<Response, Problem> {
    let organizer = asked(&shared, request).await?;
    act_only(&shared, organizer, Act::Erase(id(path)?)).await
}

/// Confirm that a person is who they say.
#[utoipa::path(
    post,
    path = "/api/v1/organize/people/{id}/confirm",
    security(("desk" = [])),
    params(("id" = String, Path, description = "The person's id")),
    responses((status = 204, description = "Confirmed"), NoSuch, Refused)
)]
pub(crate) async fn confirm(
    State(shared): State<Arc<Shared>>,
    path: Result<Path<String>, PathRejection>,
    request: Request,
) -> Result<Response, Problem> {
    let organizer = asked(&shared, request).await?;
    act_only(&shared, organizer, Act::Confirm(id(path)?)).await
}

/// Make a one-time code for a further device of a person.
#[utoipa::path(
    post,
    path = "/api/v1/organize/people/{id}/link",
    security(("desk" = [])),
    params(("id" = String, Path, description = "The person's id")),
    responses((status = 201, description = "The code", body = forms::LinkAnswer), NoSuch, Refused)
)]
pub(crate) async fn link(
    State(shared): State<Arc<Shared>>,
    path: Result<Path<String>, PathRejection>,
    request: Request,
) -> Result<Response, Problem> {
    let organizer = asked(&shared, request).await?;
    let code = codes::random()?;
    let expires = shared.now().plus(LINK_TIME);
    let link = Act::Link {
        person: id(path)?,
        hash: code.hash(),
        expires,
    };
    act(&shared, organizer, link).await?;
    let answer = forms::LinkAnswer {
        code: code.to_string(),
        expires: expires.0,
    };
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

/// Merge a person into another, who stays: records, papers, profiles and devices become theirs.
#[utoipa::path(
    post,
    path = "/api/v1/organize/people/{id}/merge",
    security(("desk" = [])),
    params(("id" = String, Path, description = "The id of the double")),
    request_body = forms::MergeRequest,
    responses(
        (status = 204, description = "Merged"),
        (status = 409, description = "`merge-clash`", body = ProblemDocument, content_type = "application/problem+json"),
        NoSuch, Unread, Refused
    )
)]
pub(crate) async fn merge(
    State(shared): State<Arc<Shared>>,
    path: Result<Path<String>, PathRejection>,
    request: Request,
) -> Result<Response, Problem> {
    let (organizer, wish) = sent::<forms::MergeRequest>(&shared, request).await?;
    let merge = Act::Merge {
        double: id(path)?,
        into: wish.into,
    };
    act(&shared, organizer, merge).await?;
    // What an exam comes to may have changed with the records of the other device. It stays due where that fails.
    let settled = totals::settle_all(shared.store.as_ref(), &shared.packs, shared.now()).await;
    if let Err(error) = settled {
        tracing::error!(%error, "exams of merged people could not be marked now");
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Take the token of a device away: it keeps what it has and asks to be linked again.
#[utoipa::path(
    delete,
    path = "/api/v1/organize/people/{id}/devices/{device}",
    security(("desk" = [])),
    params(
        ("id" = String, Path, description = "The person's id"),
        ("device" = String, Path, description = "What names the device at the desk"),
    ),
    responses((status = 204, description = "Revoked"), NoSuch, Refused)
)]
pub(crate) async fn revoke(
    State(shared): State<Arc<Shared>>,
    path: Result<Path<(String, String)>, PathRejection>,
    request: Request,
) -> Result<Response, Problem> {
    let organizer = asked(&shared, request).await?;
    let Path((person, device)) = path.map_err(|_| Code::NotFound)?;
    act_only(&shared, organizer, Act::Revoke { person, device }).await
}
