//! Records: sending them, and getting them back.

use super::body;
use crate::intake::{self, CONFLICT, Rejection};
use crate::openapi::{self, Batch, ProblemDocument};
use crate::problem::{Code, Problem};
use crate::state::Shared;
use crate::store::{Appended, NewRecord, PersonId, Place, StoreError, StoredRecord, Verdict};
use crate::totals;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, Request, State};
use axum::response::{IntoResponse, Response};
use domain::ids::{AttemptId, RecordId};
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use wire::api::{BatchAnswer, MAX_BATCH, MAX_BODY, MarkForm, VerdictForm};

/// The most records of one answer, and how many there are without `limit`.
const MOST: usize = 500;
const USUAL: usize = 200;

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    records: Vec<&'a RawValue>,
}

/// Send records.
///
/// Each record gets a verdict of its own; a bad one never holds the others back.
#[utoipa::path(
    post,
    path = "/api/v1/records",
    security(("token" = [])),
    request_body = Batch,
    responses(
        (status = 200, description = "One verdict for each record", body = openapi::BatchAnswer),
        (status = 400, description = "Unreadable", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "No valid token: link again, keep everything", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 410, description = "`erased`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 408, description = "Too slow", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 413, description = "Too large: halve the batch", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "Wait as `Retry-After` says", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "The store cannot be used now", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 507, description = "The store is full: keep everything, try later", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn post(State(shared): State<Arc<Shared>>, request: Request) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let headers = &parts.headers;
    let allowed = match body::expect_json(headers) {
        Ok(()) => shared.person(headers).await,
        Err(problem) => Err(problem),
    };
    let person = match allowed {
        Ok(person) => person,
        Err(problem) => {
            body::discard(headers, body).await;
            return Err(problem);
        }
    };
    let body = body::read(headers, body, MAX_BODY, shared.options.body_time).await?;
    let records = envelope(&body)?;
    let now = shared.now();
    let judged: Vec<_> = records
        .into_iter()
        .map(|record| intake::judge(record.get(), now).map_err(|rejection| (record, rejection)))
        .collect();
    let attempts = judged
        .iter()
        .flatten()
        .filter_map(|(record, _)| record.attempt)
        .collect();
    let sealed = given(&shared, person, &attempts).await?;
    let mut verdicts = Vec::with_capacity(judged.len());
    let mut fit = Vec::with_capacity(judged.len());
    let mut missing = HashSet::new();
    for record in judged {
        match record {
            Err((record, rejection)) => verdicts.push(Some(rejected(intake::claimed_id(record.get()), rejection))),
            Ok((record, body)) => {
                let verdict = match record.attempt {
                    // Of an assessment nothing is marked but the whole.
                    Some(attempt) if sealed.contains(&attempt) => None,
                    _ => shared.packs.verdict(&body, &mut missing).await?,
                };
                fit.push(NewRecord { verdict, ..record });
                verdicts.push(None);
            }
        }
    }
    let heads: Vec<_> = fit
        .iter()
        .map(|record| {
            (
                record.id,
                marked(record.verdict.as_ref()),
                record.doubtful.then_some(now),
            )
        })
        .collect();
    let appended = shared.store.append(person, now, fit).await?;
    let totals = totals(&shared, person, &attempts).await;
    let mut appended = heads.into_iter().zip(appended).map(|((id, mark, doubtful), appended)| {
        let total = totals.get(&id).cloned();
        verdict(id, (mark, doubtful), total, appended)
    });
    let verdicts: Vec<VerdictForm> = verdicts
        .into_iter()
        .map_while(|verdict| verdict.or_else(|| appended.next()))
        .collect();
    for verdict in &verdicts {
        shared.metrics.record(&verdict.verdict);
    }
    Ok(Json(BatchAnswer {
        epoch: shared.store.epoch().into(),
        time: now.0,
        verdicts,
    })
    .into_response())
}

/// Which of the attempts are assessments whose paper the person got.
async fn given(
    shared: &Shared,
    person: PersonId,
    attempts: &HashSet<AttemptId>,
) -> Result<HashSet<AttemptId>, StoreError> {
    if attempts.is_empty() {
        return Ok(HashSet::new());
    }
    let attempts: Vec<AttemptId> = attempts.iter().copied().collect();
    shared.store.given(person, &attempts).await
}

/// The totals of exams that the records just stored belong to.
async fn totals(shared: &Shared, person: PersonId, attempts: &HashSet<AttemptId>) -> HashMap<RecordId, MarkForm> {
    if attempts.is_empty() {
        return HashMap::new();
    }
    let settled = totals::settle(shared.store.as_ref(), &shared.packs, person, attempts, shared.now()).await;
    settled.unwrap_or_else(|error| {
        // The records are stored, and that is to be said; the totals stay due.
        tracing::error!(%error, "an exam could not be marked now");
        HashMap::new()
    })
}

fn envelope(body: &[u8]) -> Result<Vec<&RawValue>, Problem> {
    let unreadable = |detail: String| Problem {
        detail,
        ..Code::Unreadable.into()
    };
    let text = std::str::from_utf8(body).map_err(|_| unreadable("not UTF-8".into()))?;
    let envelope: Envelope = serde_json::from_str(text).map_err(|error| {
        // The words of the parser may quote what was sent; its place is enough to find it.
        unreadable(format!(
            "no {{\"records\": […]}} at line {} column {}",
            error.line(),
            error.column()
        ))
    })?;
    if envelope.records.len() > MAX_BATCH {
        return Err(Problem {
            detail: format!("at most {MAX_BATCH} records"),
            ..Code::BatchTooLarge.into()
        });
    }
    Ok(envelope.records)
}

fn marked(verdict: Option<&Verdict>) -> Option<MarkForm> {
    match verdict {
        Some(Verdict::Marked(mark)) => Some(mark.clone()),
        _ => None,
    }
}

fn rejected(id: Option<String>, rejection: Rejection) -> VerdictForm {
    VerdictForm {
        id,
        verdict: "rejected".into(),
        code: Some(rejection.code()),
        mark: None,
        received: None,
    }
}

/// What is said of a record: `fresh` holds the mark of a new one, and when it arrived where its own time is not believed.
fn verdict(
    id: RecordId,
    fresh: (Option<MarkForm>, Option<Timestamp>),
    total: Option<MarkForm>,
    appended: Appended,
) -> VerdictForm {
    let id = id.to_string();
    let (verdict, code, mark, doubtful) = match appended {
        Appended::Stored => ("stored", None, total.or(fresh.0), fresh.1),
        Appended::Duplicate { mark, doubtful } => ("duplicate", None, total.or(mark), doubtful),
        Appended::Conflict => ("conflict", Some(CONFLICT.into()), None, None),
        Appended::Erased => return rejected(Some(id), Rejection::Erased),
        Appended::ProfileOfAnother => return rejected(Some(id), Rejection::ProfileOfAnother),
    };
    VerdictForm {
        id: Some(id),
        verdict: verdict.into(),
        code,
        mark,
        received: doubtful.map(|received| received.0),
    }
}

/// What a `GET` may say.
#[derive(Deserialize)]
pub(crate) struct Asked {
    after: Option<String>,
    limit: Option<String>,
}

#[derive(Serialize)]
struct PageAnswer<'a> {
    epoch: &'a str,
    time: i64,
    next: String,
    more: bool,
    records: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    record: Box<RawValue>,
    mark: Option<MarkForm>,
    #[serde(skip_serializing_if = "Option::is_none")]
    received: Option<i64>,
}

/// Get the person's own records back.
///
/// In the order of commit, so that whoever goes on from `next` misses nothing.
#[utoipa::path(
    get,
    path = "/api/v1/records",
    security(("token" = [])),
    params(
        ("after" = Option<String>, Query, description = "`next` of an earlier answer; of another epoch: from the beginning"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 500, description = "The most records, 200 if not said"),
    ),
    responses(
        (status = 200, description = "A part of the records", body = openapi::Page),
        (status = 400, description = "Unreadable", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "No valid token: link again, keep everything", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 410, description = "`erased`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "Wait as `Retry-After` says", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "The store cannot be used now", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 507, description = "The store is full: keep everything, try later", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn get(
    State(shared): State<Arc<Shared>>,
    asked: Result<Query<Asked>, QueryRejection>,
    request: Request,
) -> Result<Response, Problem> {
    let person = shared.person(request.headers()).await?;
    let Query(asked) = asked.map_err(|_| Code::BadCursor)?;
    let epoch = shared.store.epoch();
    let after = match &asked.after {
        Some(cursor) => place(cursor, epoch)?,
        None => Place(0),
    };
    let limit = match &asked.limit {
        Some(limit) => limit
            .parse()
            .ok()
            .filter(|limit| (1..=MOST).contains(limit))
            .ok_or(Code::BadLimit)?,
        None => USUAL,
    };
    let page = shared.store.records(person, after, limit).await?;
    let last = page.records.last().map_or(after, |record| record.place);
    let records = page.records.into_iter().map(entry).collect::<Result<_, _>>()?;
    let answer = PageAnswer {
        epoch,
        time: shared.now().0,
        next: cursor(last, epoch),
        more: page.more,
        records,
    };
    Ok(Json(answer).into_response())
}

fn entry(record: StoredRecord) -> Result<Entry, Problem> {
    let StoredRecord {
        raw,
        mark,
        doubtful,
        place,
    } = record;
    let record = RawValue::from_string(raw).map_err(|error| {
        tracing::error!(%error, place = place.0, "a stored record is no longer JSON");
        Code::Internal
    })?;
    Ok(Entry {
        record,
        mark,
        received: doubtful.map(|received| received.0),
    })
}

fn cursor(place: Place, epoch: &str) -> String {
    format!("{epoch}-{:x}", place.0)
}

/// The place that a cursor stands for. A cursor of another epoch begins anew: after a restored backup the order of commit is
/// another one, and the client sees the new epoch in the answer.
fn place(cursor: &str, now: &str) -> Result<Place, Problem> {
    let (epoch, place) = cursor.split_once('-').ok_or(Code::BadCursor)?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if epoch.len() != 32 || !digits(epoch) || !digits(place) {
        return Err(Code::BadCursor.into());
    }
    let place = i64::from_str_radix(place, 16).map_err(|_| Code::BadCursor)?;
    Ok(Place(if epoch == now { place } else { 0 }))
}
