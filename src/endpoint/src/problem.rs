//! Problems of whole requests as RFC 9457 documents with stable codes. Problems of single records are verdicts instead.

use crate::store::StoreError;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::ids::AttemptId;
use domain::time::Timestamp;
use serde::Serialize;

/// What is wrong with a request. Nothing is stored of a request that is answered by one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// The body is not JSON of the form asked for.
    Unreadable,
    /// The cursor is none that this endpoint gave out.
    BadCursor,
    /// `limit` is no number from 1 to 500.
    BadLimit,
    /// No token, or one that does not hold: the person should link again.
    Unauthorized,
    /// No such code to join, or it is expired, closed or used up: not told which.
    CodeRefused,
    /// Everything on the person was erased, as they or the organizer wished: nothing more is taken.
    Erased,
    /// The profile is another person's.
    ProfileOfAnother,
    /// There is nothing at this address.
    NotFound,
    /// There is no such assessment here.
    ExamUnknown,
    /// The address does not know this method.
    MethodNotAllowed,
    /// The body did not arrive in time.
    TooSlow,
    /// The profile to join with belongs to somebody already.
    ProfileClaimed,
    /// The attempt is another person's, or one at another exam: make another id.
    AttemptTaken,
    /// Another attempt at this exam is open: `attempt` says which.
    AttemptOpen,
    /// No attempts at this exam are left.
    AttemptsUsedUp,
    /// The next attempt may not begin before `next`.
    TooEarly,
    /// The body has too many bytes: halve the batch.
    BodyTooLarge,
    /// The batch has too many records: halve it.
    BatchTooLarge,
    /// The body is not sent as `application/json` without content coding.
    NotJson,
    /// The name does not have 1 to 40 characters, or has some that cannot be seen.
    BadName,
    /// The staff number has more than 40 characters, or some that cannot be seen.
    BadStaffNo,
    /// The profile is no UUID.
    BadProfile,
    /// The attempt is no UUIDv7.
    BadAttempt,
    /// Too much from one token or address: wait as `Retry-After` says.
    TooMany,
    /// The endpoint made a mistake.
    Internal,
    /// The store cannot be written now: try again later.
    Unavailable,
    /// The store is full: keep everything and try again later.
    Full,
    /// Nobody is signed in at the desk by this cookie.
    SignedOut,
    /// No such key of a one-time link, or it was used or is over: not told which.
    KeyRefused,
    /// The request lacks the header that the desk's own page sends: it may come from another site.
    CrossSite,
    /// Another unit has the name.
    UnitTaken,
    /// The code is closed, expired or used up.
    CodeOver,
    /// The two people have records of one id with different content.
    MergeClash,
    /// Not a unit's name of 1 to 60 characters.
    BadUnit,
    /// A field or parameter holds what it cannot: `detail` says which.
    BadField,
}

impl Code {
    /// All codes.
    pub const ALL: [Self; 35] = [
        Self::Unreadable,
        Self::BadCursor,
        Self::BadLimit,
        Self::Unauthorized,
        Self::CodeRefused,
        Self::Erased,
        Self::ProfileOfAnother,
        Self::NotFound,
        Self::ExamUnknown,
        Self::MethodNotAllowed,
        Self::TooSlow,
        Self::ProfileClaimed,
        Self::AttemptTaken,
        Self::AttemptOpen,
        Self::AttemptsUsedUp,
        Self::TooEarly,
        Self::BodyTooLarge,
        Self::BatchTooLarge,
        Self::NotJson,
        Self::BadName,
        Self::BadStaffNo,
        Self::BadProfile,
        Self::BadAttempt,
        Self::TooMany,
        Self::Internal,
        Self::Unavailable,
        Self::Full,
        Self::SignedOut,
        Self::KeyRefused,
        Self::CrossSite,
        Self::UnitTaken,
        Self::CodeOver,
        Self::MergeClash,
        Self::BadUnit,
        Self::BadField,
    ];

    /// The status, the stable code and the title.
    pub fn parts(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::Unreadable => (StatusCode::BAD_REQUEST, "unreadable", "The body cannot be read"),
            Self::BadCursor => (StatusCode::BAD_REQUEST, "bad-cursor", "Not a cursor of this endpoint"),
            Self::BadLimit => (StatusCode::BAD_REQUEST, "bad-limit", "Not a number from 1 to 500"),
            Self::Unauthorized => (StatusCode::UNAUTHORIZED, "unauthorized", "No valid token"),
            Self::CodeRefused => (StatusCode::FORBIDDEN, "code-refused", "The code does not hold"),
            Self::Erased => (StatusCode::GONE, "erased", "Everything on this person was erased"),
            Self::ProfileOfAnother => (
                StatusCode::FORBIDDEN,
                "profile-of-another",
                "The profile is another person's",
            ),
            Self::NotFound => (StatusCode::NOT_FOUND, "not-found", "Nothing here"),
            Self::ExamUnknown => (StatusCode::NOT_FOUND, "exam-unknown", "No such assessment here"),
            Self::MethodNotAllowed => (
                StatusCode::METHOD_NOT_ALLOWED,
                "method-not-allowed",
                "Not by this method",
            ),
            Self::TooSlow => (
                StatusCode::REQUEST_TIMEOUT,
                "too-slow",
                "The body did not arrive in time",
            ),
            Self::ProfileClaimed => (StatusCode::CONFLICT, "profile-claimed", "The profile is linked already"),
            Self::AttemptTaken => (
                StatusCode::CONFLICT,
                "attempt-taken",
                "The attempt is another one already",
            ),
            Self::AttemptOpen => (StatusCode::CONFLICT, "attempt-open", "Another attempt is still open"),
            Self::AttemptsUsedUp => (StatusCode::CONFLICT, "attempts-used-up", "No attempts are left"),
            Self::TooEarly => (StatusCode::CONFLICT, "too-early", "The next attempt may not begin yet"),
            Self::BodyTooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "body-too-large", "The body is too large"),
            Self::BatchTooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "batch-too-large",
                "Too many records at once",
            ),
            Self::NotJson => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "not-json",
                "Send application/json without coding",
            ),
            Self::BadName => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "bad-name",
                "Not a name of 1 to 40 characters",
            ),
            Self::BadStaffNo => (StatusCode::UNPROCESSABLE_ENTITY, "bad-staff-no", "Not a staff number"),
            Self::BadProfile => (StatusCode::UNPROCESSABLE_ENTITY, "bad-profile", "Not a profile's id"),
            Self::BadAttempt => (StatusCode::UNPROCESSABLE_ENTITY, "bad-attempt", "Not an attempt's id"),
            Self::TooMany => (StatusCode::TOO_MANY_REQUESTS, "too-many-requests", "Too many requests"),
            Self::Internal => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal",
                "The endpoint made a mistake",
            ),
            Self::Full => (
                StatusCode::INSUFFICIENT_STORAGE,
                "full",
                "The store is full; keep everything",
            ),
            Self::SignedOut => (StatusCode::UNAUTHORIZED, "signed-out", "Nobody is signed in"),
            Self::KeyRefused => (StatusCode::FORBIDDEN, "key-refused", "The link does not hold"),
            Self::CrossSite => (StatusCode::FORBIDDEN, "cross-site", "Not from the desk's own page"),
            Self::UnitTaken => (StatusCode::CONFLICT, "unit-taken", "Another unit has this name"),
            Self::CodeOver => (StatusCode::CONFLICT, "code-over", "The code is not open"),
            Self::MergeClash => (
                StatusCode::CONFLICT,
                "merge-clash",
                "Both have records of one id with different content",
            ),
            Self::BadUnit => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "bad-unit",
                "Not a name of 1 to 60 characters",
            ),
            Self::BadField => (StatusCode::UNPROCESSABLE_ENTITY, "bad-field", "A field that cannot be"),
            Self::Unavailable => (
                StatusCode::SERVICE_UNAVAILABLE,
                "unavailable",
                "The store cannot be used now",
            ),
        }
    }
}

/// A problem document on its way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub code: Code,
    /// What is wrong here, for a developer's eyes; empty where the title says it all.
    pub detail: String,
    /// For `TooMany` and `Unavailable`: after how many seconds to try again.
    pub retry_after: u32,
    /// For `TooEarly`: when the next attempt may begin.
    pub next: Option<Timestamp>,
    /// For `AttemptOpen`: the one that is open.
    pub attempt: Option<AttemptId>,
}

/// The document with what single problems add to it (RFC 9457 §3.2).
#[derive(Serialize)]
struct Document {
    #[serde(flatten)]
    form: wire::api::Problem,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attempt: Option<String>,
}

impl From<Code> for Problem {
    fn from(code: Code) -> Self {
        Self {
            code,
            detail: String::new(),
            retry_after: 5,
            next: None,
            attempt: None,
        }
    }
}

impl From<StoreError> for Problem {
    /// What went wrong inside is logged and not told to strangers.
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the store failed");
        match error {
            StoreError::Full(_) => Problem {
                // Somebody has to make room first.
                retry_after: 300,
                ..Code::Full.into()
            },
            _ => Code::Unavailable.into(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, code, title) = self.code.parts();
        let form = wire::api::Problem {
            kind: "about:blank".into(),
            title: title.into(),
            status: status.as_u16(),
            detail: self.detail,
            code: code.into(),
        };
        let document = Document {
            form,
            next: self.next.map(|at| at.0),
            attempt: self.attempt.map(|id| id.to_string()),
        };
        let body = serde_json::to_string(&document).unwrap_or_default();
        let mut response = (status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response();
        let headers = response.headers_mut();
        match self.code {
            Code::Unauthorized => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            // A scheme of our own, which no browser asks a password for.
            Code::SignedOut => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("AnxueDesk"));
            }
            Code::TooMany | Code::Unavailable | Code::Full => {
                headers.insert(header::RETRY_AFTER, self.retry_after.max(1).into());
            }
            // What is left of the body may still be on its way.
            Code::TooSlow => {
                headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            _ => {}
        }
        response
    }
}
