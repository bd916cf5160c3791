//! Results as the endpoint has verified them, and progress.

use super::people::find;
use super::{BadFilter, Refused, asked, bad_field, forms};
use crate::desk::progress as fold;
use crate::problem::Problem;
use crate::routes::exams;
use crate::state::Shared;
use crate::store::{PeopleFilter, ResultLine, ResultPlace, ResultsFilter};
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, Request, State};
use axum::response::{IntoResponse, Response};
use domain::time::{Day, Timestamp};
use serde::Deserialize;
use std::sync::Arc;

/// How many results a page has.
pub(super) const PAGE: u32 = 100;

const DAY: i64 = 86_400_000;

/// Which results are asked for, as texts of an address or of a wish for a file.
#[derive(Deserialize)]
pub(crate) struct Asked {
    pub(super) unit: Option<i64>,
    pub(super) find: Option<String>,
    pub(super) mode: Option<String>,
    pub(super) exam: Option<String>,
    pub(super) from: Option<String>,
    pub(super) to: Option<String>,
    pub(super) after: Option<String>,
}

/// The first moment of a day in Shanghai.
fn begins(day: Day) -> Timestamp {
    Timestamp(day.0 * DAY - 8 * 3_600_000)
}

impl Asked {
    /// The filter, if all of it can be.
    pub(super) fn filter(&self) -> Result<ResultsFilter, Problem> {
        let day = |text: &Option<String>, name| match text.as_deref().filter(|text| !text.is_empty()) {
            None => Ok(None),
            Some(text) => Day::parse(text).map(Some).ok_or_else(|| bad_field(name)),
        };
        let mode = self.mode.clone().filter(|mode| !mode.is_empty());
        if mode
            .as_deref()
            .is_some_and(|mode| !matches!(mode, "self-test" | "contest" | "assessment"))
        {
            return Err(bad_field("mode"));
        }
        let exam = self.exam.clone().filter(|exam| !exam.is_empty());
        if exam.as_deref().is_some_and(|exam| exam.len() > 64) {
            return Err(bad_field("exam"));
        }
        Ok(ResultsFilter {
            people: PeopleFilter {
                unit: self.unit,
                find: find(self.find.as_deref())?,
            },
            mode,
            exam,
            from: day(&self.from, "from")?.map(begins),
            before: day(&self.to, "to")?.map(|day| begins(Day(day.0 + 1))),
        })
    }
}

fn cursor(place: ResultPlace) -> String {
    format!("{}-{}", place.at.0, place.attempt)
}

fn place(cursor: &str) -> Result<ResultPlace, Problem> {
    let (at, attempt) = cursor.split_once('-').ok_or_else(|| bad_field("after"))?;
    Ok(ResultPlace {
        at: Timestamp(at.parse().map_err(|_| bad_field("after"))?),
        attempt: attempt.parse().map_err(|_| bad_field("after"))?,
    })
}

/// Results, the latest first.
#[utoipa::path(
    get,
    path = "/api/v1/organize/results",
    security(("desk" = [])),
    params(
        ("unit" = Option<i64>, Query, description = "Only of people of this unit"),
        ("find" = Option<String>, Query, max_length = 60, description = "Only of people whose name or staff number holds this"),
        ("mode" = Option<String>, Query, description = "Only `self-test`, `contest` or `assessment`"),
        ("exam" = Option<String>, Query, max_length = 64, description = "Only of this exam"),
        ("from" = Option<String>, Query, description = "From this day on, `YYYY-MM-DD`"),
        ("to" = Option<String>, Query, description = "Up to this day, `YYYY-MM-DD`"),
        ("after" = Option<String>, Query, description = "`next` of an earlier answer"),
    ),
    responses((status = 200, description = "A page of them", body = forms::ResultsAnswer), BadFilter, Refused)
)]
pub(crate) async fn get(
    State(shared): State<Arc<Shared>>,
    query: Result<Query<Asked>, QueryRejection>,
    request: Request,
) -> Result<Response, Problem> {
    asked(&shared, request).await?;
    let Query(wish) = query.map_err(|_| bad_field("query"))?;
    let after = wish.after.as_deref().map(place).transpose()?;
    let (results, next) = page(&shared, &wish.filter()?, after).await?;
    let next = next.map(cursor);
    Ok(Json(forms::ResultsAnswer { results, next }).into_response())
}

/// A page of results, and where the next one begins.
pub(super) async fn page(
    shared: &Shared,
    filter: &ResultsFilter,
    after: Option<ResultPlace>,
) -> Result<(Vec<forms::ResultRow>, Option<ResultPlace>), Problem> {
    // One more tells whether there is another page.
    let mut lines = shared.store.results(filter, after, PAGE + 1).await?;
    let more = lines.len() > PAGE as usize;
    lines.truncate(PAGE as usize);
    let next = lines.last().filter(|_| more).map(|line| line.place);
    let mut rows = Vec::with_capacity(lines.len());
    for line in lines {
        rows.push(row(shared, line).await?);
    }
    Ok((rows, next))
}

async fn row(shared: &Shared, line: ResultLine) -> Result<forms::ResultRow, Problem> {
    let served = shared.live();
    let titles = &served.site.offer().exams;
    let mut row = forms::ResultRow {
        attempt: line.place.attempt.to_string(),
        person: line.uuid,
        name: line.name,
        staff_no: line.staff_no,
        unit_name: line.unit,
        title: titles.get(&line.exam).unwrap_or(&line.exam).clone(),
        exam: line.exam,
        mode: line.mode,
        handed_in: line.handed_in.map(|at| at.0),
        state: "unverified".into(),
        points: 0,
        max: 0,
        passed: None,
        doubtful: line.doubtful,
    };
    if row.mode == "assessment" {
        if let Some(seen) = exams::look(shared, line.person, line.place.attempt).await? {
            row.state = if seen.state == "marked" {
                "verified".into()
            } else {
                seen.state
            };
            (row.points, row.max, row.passed) = (seen.points, seen.max, seen.passed);
            row.doubtful |= seen.doubtful;
        }
    } else if let Some((outcome, Some((points, max)))) = line.verdict {
        // A whole exam is `right` where it is passed, `awaiting` where jurors decide that.
        let awaiting = outcome == "awaiting";
        row.state = if awaiting { "awaiting".into() } else { "verified".into() };
        (row.points, row.max) = (points, max);
        row.passed = (!awaiting).then_some(outcome == "right");
    }
    Ok(row)
}

/// Of which unit progress is asked for.
#[derive(Deserialize)]
pub(crate) struct OfUnit {
    unit: Option<i64>,
}

/// Progress by unit and course.
#[utoipa::path(
    get,
    path = "/api/v1/organize/progress",
    security(("desk" = [])),
    params(("unit" = Option<i64>, Query, description = "Only of this unit")),
    responses((status = 200, description = "The rows", body = forms::ProgressAnswer), BadFilter, Refused)
)]
pub(crate) async fn progress(
    State(shared): State<Arc<Shared>>,
    query: Result<Query<OfUnit>, QueryRejection>,
    request: Request,
) -> Result<Response, Problem> {
    asked(&shared, request).await?;
    let Query(wish) = query.map_err(|_| bad_field("query"))?;
    let rows = progress_rows(&shared, wish.unit).await?;
    Ok(Json(forms::ProgressAnswer { rows }).into_response())
}

pub(super) async fn progress_rows(shared: &Shared, unit: Option<i64>) -> Result<Vec<forms::ProgressRow>, Problem> {
    let units = shared.store.units(shared.now()).await?;
    let lessons = shared.store.lessons_done(unit).await?;
    let items = shared.store.items_done(unit).await?;
    Ok(fold::rows(shared.live().site.offer(), &units, &lessons, &items))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_what_it_was() {
        let at = ResultPlace {
            at: Timestamp(1_790_000_000_002),
            attempt: "01928f3c-1e7b-7cde-9abc-0123456789ad".parse().unwrap(),
        };
        assert_eq!(place(&cursor(at)).unwrap(), at);
        for bad in ["", "1", "x-01928f3c-1e7b-7cde-9abc-0123456789ad", "1-2"] {
            assert!(place(bad).is_err(), "{bad}");
        }
    }
}
