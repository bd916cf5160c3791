//! The API's description (OpenAPI 3.1), made from the handlers' own annotations.
//!
//! The forms themselves are in `wire`, which also goes into the browser and must not carry this description with it. Their
//! shapes are therefore told again here; a test holds them against what the endpoint really answers.

mod exams;

pub use exams::{
    AskedChoice, AskedItem, AskedPart, AskedPassage, AskedSituation, Label, Offer, Offers, Paper, PaperRequest, Rubric,
    Sitting, SittingResult, SittingRow, SittingSection,
};

use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use std::sync::LazyLock;
use utoipa::openapi::OpenApi as Document;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, OpenApi, ToSchema};

/// One learning record. Fields that are not named here are allowed anywhere, kept, and given back.
#[derive(Deserialize, ToSchema)]
pub struct Record {
    /// UUIDv7 made on the device (RFC 9562 §5.7), lower case.
    #[schema(example = "018f3c1e-7b2a-7cde-9abc-0123456789ae")]
    pub id: String,
    /// The version of the form, 1. Newer ones are kept without being understood.
    pub v: u32,
    /// `lesson.progress`, `attempt.started`, `item.answered`, `attempt.finished`, `exam.started`, `exam.flagged` or
    /// `exam.finished`; others are kept without being understood.
    #[schema(max_length = 64, example = "item.answered")]
    pub kind: String,
    /// The profile: a random UUID made on first use, lower case.
    pub profile: String,
    /// The device: a random UUID, lower case.
    pub device: String,
    /// The device's own count, 1 to 2^53 - 1.
    #[schema(minimum = 1)]
    pub seq: u64,
    /// When it happened, milliseconds since 1970, 0 to 2^53 - 1.
    #[schema(minimum = 0)]
    pub at: i64,
    /// What happened; its fields depend on the kind.
    #[schema(value_type = Object)]
    pub body: serde_json::Value,
}

/// Records on their way in: at most 500 and at most 1 MiB, each at most 64 KiB.
#[derive(Deserialize, ToSchema)]
pub struct Batch {
    /// The records, in any order.
    #[schema(max_items = 500)]
    pub records: Vec<Record>,
}

/// One verdict for each record sent, in the order sent.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchAnswer {
    /// Names the life of the store: another epoch means that a backup was restored and all must be sent again.
    pub epoch: String,
    /// The endpoint's clock, milliseconds since 1970.
    pub time: i64,
    /// The verdicts.
    pub verdicts: Vec<Verdict>,
}

/// What became of one record.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Verdict {
    /// The record's id; none where it has none that could be one.
    pub id: Option<String>,
    /// `stored` and `duplicate` acknowledge: the record is durable. `conflict`: another record with this id is there and
    /// stays. `rejected`: it will never be stored as it is.
    #[schema(example = "stored")]
    pub verdict: String,
    /// For `conflict`: `other-content`. For `rejected`: `too-large`, `unreadable`, `nesting`, `duplicate-key`,
    /// `bad-field:NAME`, `profile-of-another` or `erased`.
    pub code: Option<String>,
    /// For an answered item whose pack is known, and for the handing in of a self-test or contest: the mark of the whole.
    /// Never for anything of an assessment.
    pub mark: Option<Mark>,
    /// Only for `stored` and `duplicate`, and only where the record's own time lies more than an hour ahead of the endpoint's
    /// clock: when it arrived, milliseconds since 1970, to be used in its place.
    pub received: Option<i64>,
}

/// A mark given by the endpoint from the response alone.
#[derive(serde::Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    /// Hundredths of a point earned.
    pub points: u32,
    /// Hundredths of a point that could be earned.
    pub max: u32,
    /// `right`, `incomplete`, `partial`, `awaiting`, `wrong`, `unanswered`, `invalid-kind`, `invalid-option`,
    /// `invalid-repeat`, `invalid-count` or `invalid-length`. Of a whole exam: `right` where it is passed, `awaiting` where
    /// jurors decide that, `wrong` where it is not.
    #[schema(example = "right")]
    pub outcome: String,
}

/// A part of the person's records in the order of commit.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// Names the life of the store.
    pub epoch: String,
    /// The endpoint's clock, milliseconds since 1970.
    pub time: i64,
    /// The cursor for what comes after, also when nothing came.
    pub next: String,
    /// Whether there is more behind `next` now.
    pub more: bool,
    /// The records.
    pub records: Vec<Entry>,
}

/// A record as it was sent, and what the endpoint says of it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The exact bytes that were stored.
    pub record: Record,
    /// The mark that holds; `null` where there is none.
    #[schema(required = true)]
    pub mark: Option<Mark>,
    /// Only where the record's own time lies more than an hour ahead of the endpoint's clock: when it arrived, milliseconds
    /// since 1970, to be used in its place.
    pub received: Option<i64>,
}

/// A wish to join.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnrolmentRequest {
    /// The unit's code as typed: any case, blanks and hyphens ignored, O read as 0, I and L as 1.
    #[schema(example = "4JZ7K-0M2QX")]
    pub code: String,
    /// The profile that will be the person's.
    pub profile: String,
    /// The name, one line of 1 to 40 characters.
    #[schema(min_length = 1, max_length = 40)]
    pub name: String,
    /// The staff number, at most 40 characters.
    #[schema(max_length = 40)]
    pub staff_no: Option<String>,
}

/// The token of one who joined.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnrolmentAnswer {
    /// The bearer token; shown this once.
    pub token: String,
    /// The person's id at the endpoint.
    pub person: String,
    /// The unit's name.
    pub unit: String,
    /// Names the life of the store.
    pub epoch: String,
}

/// A one-time code for a further device.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkCode {
    /// The code.
    #[schema(example = "4JZ7K-0M2QX")]
    pub code: String,
    /// Not to be used from this moment on, milliseconds since 1970.
    pub expires: i64,
}

/// A wish to be linked.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkClaimRequest {
    /// The code as typed.
    #[schema(example = "4JZ7K-0M2QX")]
    pub code: String,
    /// The profile of the device, which becomes the person's.
    pub profile: String,
}

/// The token of a device that was linked.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkAnswer {
    /// The bearer token; shown this once.
    pub token: String,
    /// The person's id at the endpoint.
    pub person: String,
    /// The person's name.
    pub name: String,
    /// The unit's name.
    pub unit: String,
    /// Names the life of the store.
    pub epoch: String,
    /// How many records the endpoint has of the person.
    pub records: u64,
}

/// What is held on a person, beside their records.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonAnswer {
    /// The person's id.
    pub person: String,
    /// The name.
    pub name: String,
    /// The staff number.
    pub staff_no: Option<String>,
    /// The unit's name.
    pub unit: String,
    /// When they joined, milliseconds since 1970.
    pub joined: i64,
    /// Their profiles: one for each browser that was linked.
    pub profiles: Vec<String>,
    /// How many devices hold a token.
    pub devices: u32,
    /// How many records are stored.
    pub records: u64,
}

/// The endpoint's clock.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Time {
    /// Milliseconds since 1970.
    pub time: i64,
}

/// The endpoint is well.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Health {
    /// `ok`
    pub status: String,
}

/// A problem of the whole request (RFC 9457); nothing of it was stored.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProblemDocument {
    /// `about:blank`
    #[serde(rename = "type")]
    pub kind: String,
    /// A short title.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong here.
    pub detail: Option<String>,
    /// A stable code that programs may read.
    pub code: String,
    /// For `too-early`: when the next attempt may begin, milliseconds since 1970.
    pub next: Option<i64>,
    /// For `attempt-open`: the attempt that is open.
    pub attempt: Option<String>,
}

struct Token;

impl Modify for Token {
    fn modify(&self, document: &mut Document) {
        let scheme = Http::builder()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("The token of an enrolment."))
            .build();
        document
            .components
            .get_or_insert_default()
            .add_security_scheme("token", SecurityScheme::Http(scheme));
    }
}

#[derive(OpenApi)]
#[openapi(
    info(title = "Anxue endpoint", description = "Takes learning records in, keeps them durably and gives them back; gives papers of assessments and marks them.", version = "1"),
    paths(
        crate::routes::records::post,
        crate::routes::records::get,
        crate::routes::enrolments::post,
        crate::routes::links::post,
        crate::routes::links::claim,
        crate::routes::person::get,
        crate::routes::person::delete,
        crate::routes::exams::offers,
        crate::routes::exams::give,
        crate::routes::exams::result,
        crate::routes::service::time,
        crate::routes::service::health,
    ),
    components(schemas(
        Record, Batch, BatchAnswer, Verdict, Mark, Page, Entry, EnrolmentRequest, EnrolmentAnswer, LinkCode,
        LinkClaimRequest, LinkAnswer, PersonAnswer, Time, Health,
        ProblemDocument, Offers, Offer, PaperRequest, Paper, Sitting, SittingSection, AskedItem, Label, AskedPart,
        AskedPassage, AskedSituation, AskedChoice, Rubric, SittingResult, SittingRow
    )),
    modifiers(&Token)
)]
struct Api;

static DOCUMENT: LazyLock<String> = LazyLock::new(|| {
    let mut document = Api::openapi();
    document.merge(crate::routes::organize::description());
    document.to_pretty_json().unwrap_or_default()
});

/// The description as JSON.
pub fn document() -> &'static str {
    &DOCUMENT
}

/// `GET /api/v1/openapi.json`
pub(crate) async fn get() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], document()).into_response()
}
