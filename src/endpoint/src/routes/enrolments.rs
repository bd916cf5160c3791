//! Joining with a unit's code.

use super::body;
use crate::code::{self, Token, UnitCode};
use crate::openapi::{self, ProblemDocument};
use crate::problem::{Code, Problem};
use crate::state::{Shared, too_many};
use crate::store::{Enrolled, Enrolment};
use crate::visible::visible;
use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::ids::Uuid;
use std::sync::Arc;
use std::time::Instant;
use wire::api::{EnrolmentAnswer, EnrolmentRequest};

/// The most bytes of a request to join.
const MOST: usize = 4 * 1024;

/// The most characters of a name and of a staff number.
const MOST_CHARACTERS: usize = 40;

/// Join with a unit's code.
///
/// May be sent again as it is when the answer was lost: as long as no token of the person was used, it gives a new one for
/// the same person and takes no further use of the code.
#[utoipa::path(
    post,
    path = "/api/v1/enrolments",
    request_body = openapi::EnrolmentRequest,
    responses(
        (status = 201, description = "Joined", body = openapi::EnrolmentAnswer),
        (status = 400, description = "Unreadable", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`code-refused`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 408, description = "Too slow", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`profile-claimed`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 413, description = "Too large: halve the batch", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "A field that cannot be", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "Wait as `Retry-After` says", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "The store cannot be used now", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 507, description = "The store is full: keep everything, try later", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn post(State(shared): State<Arc<Shared>>, request: Request) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    if let Err(problem) = body::expect_json(&parts.headers) {
        body::discard(&parts.headers, body).await;
        return Err(problem);
    }
    let body = body::read(&parts.headers, body, MOST, shared.options.body_time).await?;
    let wish: EnrolmentRequest = serde_json::from_slice(&body).map_err(|_| Code::Unreadable)?;
    let profile = wish.profile.parse().map_err(|_| Code::BadProfile)?;
    let name = visible(&wish.name, MOST_CHARACTERS)
        .filter(|name| !name.is_empty())
        .ok_or(Code::BadName)?;
    let staff_no = visible(wish.staff_no.as_deref().unwrap_or_default(), MOST_CHARACTERS).ok_or(Code::BadStaffNo)?;

    let address = shared.address(parts.extensions.get(), &parts.headers);
    if let Some(wait) = shared.wrong_codes.wait(&address, Instant::now()) {
        return Err(too_many(wait));
    }
    let token = Token::from_bits(code::random().map_err(out_of_order)?);
    let joined = match (UnitCode::typed(&wish.code), code::token_hash(token.text())) {
        (Some(typed), Some(hash)) => {
            let person = uuid_v4(u128::from_be_bytes(code::random().map_err(out_of_order)?));
            let staff_no = Some(staff_no).filter(|text| !text.is_empty());
            let enrolment = Enrolment {
                code: typed.hash(),
                profile,
                name,
                staff_no,
                token: hash,
                person,
            };
            shared.store.enrol(enrolment, shared.now()).await?
        }
        _ => Enrolled::CodeRefused,
    };
    match joined {
        Enrolled::Joined { person, unit } => {
            let epoch = shared.store.epoch().into();
            let answer = EnrolmentAnswer {
                token: token.text().into(),
                person,
                unit,
                epoch,
            };
            Ok((StatusCode::CREATED, Json(answer)).into_response())
        }
        Enrolled::ProfileClaimed => Err(Code::ProfileClaimed.into()),
        Enrolled::CodeRefused => {
            shared.wrong_codes.add(address, Instant::now());
            Err(Code::CodeRefused.into())
        }
    }
}

#[allow(clippy::needless_pass_by_value, reason = "for map_err")]
fn out_of_order(error: anyhow::Error) -> Problem {
    tracing::error!(%error, "no token can be made");
    Code::Internal.into()
}

/// A random UUID (RFC 9562 §5.4).
fn uuid_v4(random: u128) -> String {
    let random = random & !(0xf << 76) & !(0b11 << 62);
    Uuid::from_u128(random | 0x4 << 76 | 0b10 << 62).to_string()
}
