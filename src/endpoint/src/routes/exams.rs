//! Assessments: what is offered, a paper, and what a sitting came to.

use super::body;
use crate::openapi::{self, ProblemDocument};
use crate::problem::{Code, Problem};
use crate::sealed::{GRACE, SealedExam};
use crate::sitting;
use crate::state::Shared;
use crate::store::{Given, GivenSitting, Limits, NewSitting, PersonId, Refusal, SittingLine, may_begin};
use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use domain::ids::{AttemptId, ExamId, ProfileId};
use domain::record::{Mode, Sitting};
use domain::shuffle::Seed;
use domain::time::Timestamp;
use serde::Serialize;
use std::sync::Arc;
use wire::exam::{OfferForm, PaperAnswer, PaperRequest, SittingAnswer, SittingForm};

/// The most bytes of a request for a paper.
const MOST: usize = 4 * 1024;

/// How often a result is computed anew because something arrived meanwhile.
const TRIES: usize = 5;

#[derive(Serialize)]
struct Offers {
    exams: Vec<OfferForm>,
}

/// The assessments that are offered to the person.
#[utoipa::path(
    get,
    path = "/api/v1/exams",
    security(("token" = [])),
    responses(
        (status = 200, description = "The assessments", body = openapi::Offers),
        (status = 401, description = "No valid token: link again, keep everything", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 410, description = "`erased`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "Wait as `Retry-After` says", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "The store cannot be used now", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 507, description = "The store is full: keep everything, try later", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn offers(State(shared): State<Arc<Shared>>, request: Request) -> Result<Response, Problem> {
    let person = shared.person(request.headers()).await?;
    let now = shared.now();
    let lines = shared.store.sittings(person).await?;
    let live = shared.live();
    let exams = live.sealed.all().map(|exam| offer(exam, &lines, now)).collect();
    Ok(Json(Offers { exams }).into_response())
}

fn offer(exam: &SealedExam, lines: &[SittingLine], now: Timestamp) -> OfferForm {
    let lines: Vec<SittingLine> = lines.iter().filter(|line| line.exam == exam.id).cloned().collect();
    let limits = limits(exam);
    let left = left(limits, lines.len());
    let next = match may_begin(&lines, limits, now) {
        Ok(()) | Err(Refusal::UsedUp) => None,
        Err(Refusal::TooEarly(next)) => Some(next),
        Err(Refusal::Open(_)) if left == Some(0) => None,
        // At the latest: handing in earlier lets the next one begin earlier.
        Err(Refusal::Open(_)) => lines.iter().map(|line| line.ends.plus(limits.wait.max(GRACE))).max(),
    };
    OfferForm {
        id: exam.id.to_string(),
        label: exam.label.clone(),
        used: u16::try_from(lines.len()).unwrap_or(u16::MAX),
        left,
        next: next.map(|at| at.0),
        attempts: lines.iter().map(|line| line.attempt.to_string()).collect(),
    }
}

fn limits(exam: &SealedExam) -> Limits {
    let retakes = exam.frame().map(|frame| frame.retakes);
    Limits {
        most: retakes.and_then(|retakes| retakes.most).map(|most| u32::from(most) + 1),
        wait: retakes.map_or(0, |retakes| sitting::millis(retakes.wait)),
        grace: GRACE,
    }
}

fn left(limits: Limits, used: usize) -> Option<u16> {
    let left = (limits.most? as usize).saturating_sub(used);
    Some(u16::try_from(left).unwrap_or(u16::MAX))
}

/// Get a paper.
///
/// Begins an attempt of the person: the paper is drawn for it alone, and its time runs by the endpoint's clock from then
/// on. The same attempt gives the same paper and times again, also after its end. There are no keys in it.
#[utoipa::path(
    post,
    path = "/api/v1/exams/{id}/sittings",
    security(("token" = [])),
    params(("id" = String, Path, description = "The exam")),
    request_body = openapi::PaperRequest,
    responses(
        (status = 200, description = "The paper", body = openapi::Paper),
        (status = 400, description = "Unreadable", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "No valid token: link again, keep everything", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 410, description = "`erased`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`profile-of-another`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`exam-unknown`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 408, description = "Too slow", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`attempt-taken`, `attempt-open`, `attempts-used-up` or `too-early`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "A field that cannot be", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "Wait as `Retry-After` says", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "The store cannot be used now", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 507, description = "The store is full: keep everything, try later", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn give(
    State(shared): State<Arc<Shared>>,
    id: Result<Path<String>, PathRejection>,
    request: Request,
) -> Result<Response, Problem> {
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
    let body = body::read(headers, body, MOST, shared.options.body_time).await?;
    let wish: PaperRequest = serde_json::from_slice(&body).map_err(|_| Code::Unreadable)?;
    let profile: ProfileId = wish.profile.parse().map_err(|_| Code::BadProfile)?;
    let attempt: AttemptId = wish.attempt.parse().map_err(|_| Code::BadAttempt)?;
    let exam: ExamId = id.ok().and_then(|Path(id)| id.parse().ok()).ok_or(Code::ExamUnknown)?;
    if shared.store.profile_of_another(person, profile).await? {
        return Err(Code::ProfileOfAnother.into());
    }
    let now = shared.now();
    // What was given once is given again, whatever became of the exam since.
    let known = shared.store.sitting(person, attempt).await?;
    let given = match known.filter(|given| given.exam == exam) {
        Some(given) => given,
        None => begin(&shared, person, profile, attempt, &exam, now).await?,
    };
    Ok(Json(paper(&shared, person, &given, now).await?).into_response())
}

/// Draws a paper and stores that it is given.
async fn begin(
    shared: &Shared,
    person: PersonId,
    profile: ProfileId,
    attempt: AttemptId,
    id: &ExamId,
    now: Timestamp,
) -> Result<GivenSitting, Problem> {
    let live = shared.live();
    let exam = live.sealed.get(id).ok_or(Code::ExamUnknown)?;
    let new = drawn(exam, profile, attempt, now)?;
    let refused = |code: Code, next, attempt| Problem {
        next,
        attempt,
        ..code.into()
    };
    match shared.store.give(person, new, now).await? {
        Given::New => tracing::info!(exam = %id, %attempt, "a paper is given"),
        // Another request for the same was faster.
        Given::Again => {}
        Given::Taken => return Err(Code::AttemptTaken.into()),
        Given::ProfileOfAnother => return Err(Code::ProfileOfAnother.into()),
        Given::Refused(Refusal::Open(open)) => return Err(refused(Code::AttemptOpen, None, Some(open))),
        Given::Refused(Refusal::UsedUp) => return Err(Code::AttemptsUsedUp.into()),
        Given::Refused(Refusal::TooEarly(next)) => return Err(refused(Code::TooEarly, Some(next), None)),
    }
    let given = shared.store.sitting(person, attempt).await?;
    given.ok_or_else(|| out_of_order("a paper that was given is not there"))
}

fn drawn(exam: &SealedExam, profile: ProfileId, attempt: AttemptId, now: Timestamp) -> Result<NewSitting, Problem> {
    let random = |error: anyhow::Error| out_of_order(&error.to_string());
    let frame = exam.frame().ok_or_else(|| out_of_order("an exam without parts"))?;
    let seed = Seed(u64::from_be_bytes(crate::code::random().map_err(random)?));
    let sections = exam.draw(seed).map_err(|_| out_of_order("no paper can be drawn"))?;
    let sitting = Sitting {
        attempt,
        exam: exam.id.clone(),
        mode: Mode::Assessment,
        seed,
        minutes: frame.minutes,
        closes: None,
        pass: frame.pass,
        rule: frame.rule,
        sections,
    };
    let form = serde_json::to_string(&SittingForm::from(&sitting));
    Ok(NewSitting {
        attempt,
        profile,
        exam: exam.id.clone(),
        form: form.map_err(|error| out_of_order(&error.to_string()))?,
        label: exam.label.clone(),
        salt: crate::code::random().map_err(random)?,
        started: now,
        ends: now.plus(sitting::millis(frame.minutes)),
        limits: limits(exam),
    })
}

/// The paper as the person gets it.
async fn paper(
    shared: &Shared,
    person: PersonId,
    given: &GivenSitting,
    now: Timestamp,
) -> Result<PaperAnswer, Problem> {
    let (sitting, banks) = stored(shared, given).await?;
    let items = sitting::asked(&sitting, &given.salt, &banks);
    let lines = shared.store.sittings(person).await?;
    let used = lines.iter().filter(|line| line.exam == given.exam).count();
    let left = match shared.live().sealed.get(&given.exam) {
        Some(exam) => left(limits(exam), used),
        None => Some(0),
    };
    Ok(PaperAnswer {
        sitting: SittingForm::from(&sitting),
        items: items.ok_or_else(|| out_of_order("a sealed bank lacks an item of a paper"))?,
        label: given.label.clone(),
        started: given.started.0,
        ends: given.ends.0,
        now: now.0,
        left,
    })
}

/// The sitting as it was given, and the banks as they were.
async fn stored(shared: &Shared, given: &GivenSitting) -> Result<(Sitting, sitting::Banks), Problem> {
    let sitting = sitting::read(given).ok_or_else(|| out_of_order("a stored sitting cannot be read"))?;
    let banks = shared.packs.sealed(&sitting::packs(&sitting)).await?;
    let banks = banks.ok_or_else(|| out_of_order("a sealed bank is not there"))?;
    Ok((sitting, banks))
}

fn out_of_order(what: &str) -> Problem {
    tracing::error!(what, "an assessment is out of order");
    Code::Internal.into()
}

/// What a sitting came to.
///
/// Open until its handing in has arrived, or its time and 120 s more are over by the endpoint's clock. Then it is computed
/// anew from what is stored whenever it is asked for, so that answers given in time count even if they arrive later; an
/// answer whose mark was told stays. There are no keys in it.
#[utoipa::path(
    get,
    path = "/api/v1/exams/{id}/sittings/{attempt}",
    security(("token" = [])),
    params(
        ("id" = String, Path, description = "The exam"),
        ("attempt" = String, Path, description = "The attempt"),
    ),
    responses(
        (status = 200, description = "The result, or that there is none yet", body = openapi::SittingResult),
        (status = 401, description = "No valid token: link again, keep everything", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 410, description = "`erased`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "The person has no such attempt", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "Wait as `Retry-After` says", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "The store cannot be used now", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 507, description = "The store is full: keep everything, try later", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn result(
    State(shared): State<Arc<Shared>>,
    place: Result<Path<(String, String)>, PathRejection>,
    request: Request,
) -> Result<Response, Problem> {
    let person = shared.person(request.headers()).await?;
    let Path((exam, attempt)) = place.map_err(|_| Code::NotFound)?;
    let exam: ExamId = exam.parse().map_err(|_| Code::NotFound)?;
    let attempt: AttemptId = attempt.parse().map_err(|_| Code::NotFound)?;
    Ok(Json(answer(&shared, person, &exam, attempt).await?).into_response())
}

/// What a sitting would come to now, for an organizer's eyes: nothing is noted as told.
pub(crate) async fn look(
    shared: &Shared,
    person: PersonId,
    attempt: AttemptId,
) -> Result<Option<SittingAnswer>, Problem> {
    let Some(given) = shared.store.sitting(person, attempt).await? else {
        return Ok(None);
    };
    let (sitting, banks) = stored(shared, &given).await?;
    if given.handed_in.is_none() && shared.now() < given.ends.plus(GRACE) {
        return Ok(Some(sitting::open(&given, &sitting)));
    }
    let records = shared.store.attempt_records(person, attempt).await?;
    Ok(Some(sitting::mark(&given, &sitting, &records, &banks).answer))
}

async fn answer(
    shared: &Shared,
    person: PersonId,
    exam: &ExamId,
    attempt: AttemptId,
) -> Result<SittingAnswer, Problem> {
    for _ in 0..TRIES {
        let Some(given) = shared.store.sitting(person, attempt).await? else {
            let records = shared.store.attempt_records(person, attempt).await?;
            let label = shared.live().sealed.get(exam).map(|exam| exam.label.clone());
            let known = sitting::claims(&records, exam.as_str());
            return known
                .then(|| sitting::surplus(label.unwrap_or_default()))
                .ok_or(Code::NotFound.into());
        };
        if given.exam != *exam {
            return Err(Code::NotFound.into());
        }
        let (sitting, banks) = stored(shared, &given).await?;
        let now = shared.now();
        if given.handed_in.is_none() && now < given.ends.plus(GRACE) {
            return Ok(sitting::open(&given, &sitting));
        }
        let records = shared.store.attempt_records(person, attempt).await?;
        let told = sitting::mark(&given, &sitting, &records, &banks);
        if given.told.is_some() && told.fresh.is_empty() {
            return Ok(told.answer);
        }
        // First it is noted what will be told, then it is computed from what is noted: of two answers that raced each
        // other to the same item one only is ever told.
        shared.store.tell(attempt, told.place, told.fresh, now).await?;
        let SittingAnswer {
            points, max, doubtful, ..
        } = told.answer;
        tracing::info!(%exam, %attempt, points, max, doubtful, "a sitting is marked");
    }
    Err(Code::Unavailable.into())
}
