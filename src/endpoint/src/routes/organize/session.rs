//! Signing in by a one-time link, and out.

use super::{COOKIE, Refused, SESSION, Unread, asked, forms, own_page, read};
use crate::code::{self, Token};
use crate::problem::{Code, Problem};
use crate::routes::body;
use crate::state::{Shared, too_many};
use crate::store::Session;
use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use std::time::Instant;

fn answer(session: Session, shared: &Shared) -> Json<forms::SessionAnswer> {
    Json(forms::SessionAnswer {
        name: session.name,
        expires: session.expires.0,
        time: shared.now().0,
    })
}

/// Sign in by the key of a one-time link.
///
/// The answer sets the cookie `anxue-desk`, which holds for twelve hours.
#[utoipa::path(
    post,
    path = "/api/v1/organize/session",
    request_body = forms::KeyRequest,
    responses(
        (status = 200, description = "Signed in", body = forms::SessionAnswer),
        (status = 403, description = "`key-refused` or `cross-site`", body = crate::openapi::ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "Wait as `Retry-After` says", body = crate::openapi::ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "The store cannot be used now", body = crate::openapi::ProblemDocument, content_type = "application/problem+json"),
        (status = 507, description = "The store is full", body = crate::openapi::ProblemDocument, content_type = "application/problem+json"),
        Unread
    )
)]
pub(crate) async fn post(State(shared): State<Arc<Shared>>, request: Request) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let allowed = body::expect_json(&parts.headers).and_then(|()| own_page(&parts.headers));
    if let Err(problem) = allowed {
        body::discard(&parts.headers, body).await;
        return Err(problem);
    }
    let wish: forms::KeyRequest = read(&shared, &parts, body).await?;
    let address = shared.address(parts.extensions.get(), &parts.headers);
    if let Some(wait) = shared.wrong_codes.wait(&address, Instant::now()) {
        return Err(too_many(wait));
    }
    let random = code::random().map_err(|error| {
        tracing::error!(%error, "no session can be made");
        Code::Internal
    })?;
    let token = Token::from_bits(random);
    let (key, hash) = (code::token_hash(&wish.key), code::token_hash(token.text()));
    let now = shared.now();
    let session = match (key, hash) {
        (Some(key), Some(hash)) => shared.store.sign_in(key, hash, now.plus(SESSION), now).await?,
        _ => None,
    };
    let Some(session) = session else {
        shared.wrong_codes.add(address, Instant::now());
        return Err(Code::KeyRefused.into());
    };
    tracing::info!("an organizer signed in");
    let secure = if shared.options.is_secure(parts.extensions.get(), &parts.headers) {
        "; Secure"
    } else {
        ""
    };
    // Without `Path` the cookie holds for the folder of this address: the desk's own, also below a path of a proxy.
    let text = format!(
        "{COOKIE}={}; HttpOnly; SameSite=Strict; Max-Age={}{secure}",
        token.text(),
        SESSION / 1000
    );
    let mut response = answer(session, &shared).into_response();
    let value = HeaderValue::from_str(&text).map_err(|_| Code::Internal)?;
    response.headers_mut().insert(header::SET_COOKIE, value);
    Ok(response)
}

/// Who is signed in.
#[utoipa::path(
    get,
    path = "/api/v1/organize/session",
    security(("desk" = [])),
    responses((status = 200, description = "The session", body = forms::SessionAnswer), Refused)
)]
pub(crate) async fn get(State(shared): State<Arc<Shared>>, request: Request) -> Result<Response, Problem> {
    let organizer = asked(&shared, request).await?;
    Ok(answer(organizer.session, &shared).into_response())
}

/// Sign out.
#[utoipa::path(
    delete,
    path = "/api/v1/organize/session",
    security(("desk" = [])),
    responses((status = 204, description = "Signed out"), Refused)
)]
pub(crate) async fn delete(State(shared): State<Arc<Shared>>, request: Request) -> Result<Response, Problem> {
    let organizer = asked(&shared, request).await?;
    shared.store.sign_out(organizer.hash).await?;
    let gone = format!("{COOKIE}=; HttpOnly; SameSite=Strict; Max-Age=0");
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, gone)]).into_response())
}
