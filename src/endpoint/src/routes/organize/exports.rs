//! Files, each with a line in the log, and the log itself.

use super::results::{Asked, page, progress_rows};
use super::{Refused, Unread, act, asked, bad_field, forms, sent};
use crate::desk::sheet::{Cell, Table};
use crate::problem::{Code, Problem};
use crate::state::Shared;
use crate::store::Act;
use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use domain::time::{Day, Timestamp};
use std::fmt::Write;
use std::sync::Arc;

/// How many people are read at a time.
const PAGE: u32 = 500;

/// How many lines of the log are told.
const LINES: u32 = 500;

/// A moment as people of Shanghai write it.
fn moment(at: i64) -> String {
    let minutes = Timestamp(at).plus(8 * 3_600_000).0.rem_euclid(86_400_000) / 60_000;
    format!("{} {:02}:{:02}", Timestamp(at).day(), minutes / 60, minutes % 60)
}

fn day(at: i64) -> String {
    Timestamp(at).day().to_string()
}

fn number(value: u64) -> Cell {
    // Counts of records stay far below 2^53.
    #[allow(clippy::cast_precision_loss)]
    Cell::Number(value as f64)
}

/// Hundredths as a number with two decimals at most.
fn points(hundredths: u32) -> Cell {
    Cell::Number(f64::from(hundredths) / 100.0)
}

async fn people(shared: &Shared, wish: &Asked) -> Result<Table, Problem> {
    let filter = wish.filter()?.people;
    let mut rows = Vec::new();
    let mut after = 0;
    loop {
        let (people, total) = shared.store.people(&filter, after, PAGE).await?;
        after += PAGE;
        rows.extend(people.into_iter().map(|person| {
            vec![
                person.unit_name.into(),
                person.name.into(),
                person.staff_no.into(),
                day(person.joined).into(),
                person.confirmed.map(day).into(),
                person.devices.into(),
                number(person.records),
                person.last_day.into(),
                person.id.into(),
            ]
        }));
        if after >= total {
            break;
        }
    }
    Ok(Table {
        headings: &[
            "单位",
            "姓名",
            "工号",
            "加入日期",
            "确认日期",
            "设备数",
            "记录数",
            "最近使用",
            "人员编号",
        ],
        rows,
    })
}

async fn results(shared: &Shared, wish: &Asked) -> Result<Table, Problem> {
    let filter = wish.filter()?;
    let mut rows = Vec::new();
    let mut after = None;
    loop {
        let (results, next) = page(shared, &filter, after).await?;
        rows.extend(results.into_iter().map(|result| {
            let mode = match result.mode.as_str() {
                "self-test" => "自测",
                "contest" => "比武练习",
                _ => "考核",
            };
            let state = match result.state.as_str() {
                "verified" => "已复核",
                "awaiting" => "待评阅",
                "open" => "进行中",
                _ => "未复核",
            };
            let marked = matches!(result.state.as_str(), "verified" | "awaiting");
            vec![
                result.unit_name.into(),
                result.name.into(),
                result.staff_no.into(),
                result.title.into(),
                mode.into(),
                result.handed_in.map(moment).into(),
                state.into(),
                if marked { points(result.points) } else { Cell::Empty },
                if marked { points(result.max) } else { Cell::Empty },
                result
                    .passed
                    .map(|passed| if passed { "合格" } else { "不合格" })
                    .into(),
                if result.doubtful { "存疑".into() } else { Cell::Empty },
                result.attempt.into(),
            ]
        }));
        after = next;
        if after.is_none() {
            break;
        }
    }
    Ok(Table {
        headings: &[
            "单位",
            "姓名",
            "工号",
            "项目",
            "类别",
            "交卷时间",
            "状态",
            "得分",
            "满分",
            "是否合格",
            "存疑",
            "作答编号",
        ],
        rows,
    })
}

async fn progress(shared: &Shared, wish: &Asked) -> Result<Table, Problem> {
    let rows = progress_rows(shared, wish.unit).await?;
    let row = |row: forms::ProgressRow| {
        vec![
            row.unit_name.into(),
            row.title.into(),
            row.lessons.into(),
            row.people.into(),
            row.active.into(),
            row.complete.into(),
            row.finished.into(),
            row.answered.into(),
            row.right.into(),
        ]
    };
    Ok(Table {
        headings: &[
            "单位",
            "课程",
            "课程课数",
            "单位人数",
            "参加人数",
            "学完人数",
            "学完课数合计",
            "答题数",
            "答对数",
        ],
        rows: rows.into_iter().map(row).collect(),
    })
}

/// What the log says of a wish: what and by which filter. Texts that were looked for may be names, so only that there was one.
fn detail(wish: &forms::ExportRequest) -> String {
    let mut detail = format!("{} {}", wish.what, wish.format);
    let fields = [
        ("mode", &wish.mode),
        ("exam", &wish.exam),
        ("from", &wish.from),
        ("to", &wish.to),
    ];
    if let Some(unit) = wish.unit {
        let _ = write!(detail, " unit={unit}");
    }
    if wish.find.as_deref().is_some_and(|find| !find.trim().is_empty()) {
        detail.push_str(" find");
    }
    for (name, value) in fields {
        if let Some(value) = value.as_deref().filter(|value| !value.is_empty()) {
            let _ = write!(detail, " {name}={value}");
        }
    }
    detail
}

fn file(name: &str, title: &str, today: Day, format: &str, bytes: Vec<u8>) -> Result<Response, Problem> {
    let media = if format == "csv" {
        "text/csv; charset=utf-8"
    } else {
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    };
    let encoded = title.bytes().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "%{byte:02X}");
        text
    });
    // A plain name for old clients, and the Chinese one (RFC 6266, RFC 8187).
    let name = format!("attachment; filename=\"{name}-{today}.{format}\"; filename*=UTF-8''{encoded}-{today}.{format}");
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    headers.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_str(&name).map_err(|_| Code::Internal)?,
    );
    Ok(response)
}

/// Take a file out; the log gets a line before the file leaves.
#[utoipa::path(
    post,
    path = "/api/v1/organize/exports",
    security(("desk" = [])),
    request_body = forms::ExportRequest,
    responses(
        (status = 200, description = "The file", content(
            (String = "text/csv"),
            (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        )),
        Unread, Refused
    )
)]
pub(crate) async fn post(State(shared): State<Arc<Shared>>, request: Request) -> Result<Response, Problem> {
    let (organizer, wish) = sent::<forms::ExportRequest>(&shared, request).await?;
    if !matches!(wish.format.as_str(), "csv" | "xlsx") {
        return Err(bad_field("format"));
    }
    let filter = Asked {
        unit: wish.unit,
        find: wish.find.clone(),
        mode: wish.mode.clone(),
        exam: wish.exam.clone(),
        from: wish.from.clone(),
        to: wish.to.clone(),
        after: None,
    };
    filter.filter()?;
    let (title, table) = match wish.what.as_str() {
        "people" => ("人员", people(&shared, &filter).await?),
        "results" => ("成绩", results(&shared, &filter).await?),
        "progress" => ("学习进度", progress(&shared, &filter).await?),
        _ => return Err(bad_field("what")),
    };
    let bytes = if wish.format == "csv" {
        table.csv()
    } else {
        table.xlsx(title).map_err(|error| {
            tracing::error!(%error, "a table cannot be written");
            Code::Internal
        })?
    };
    let export = Act::Export {
        detail: detail(&wish),
        rows: u32::try_from(table.rows.len()).unwrap_or(u32::MAX),
    };
    act(&shared, organizer, export).await?;
    file(&wish.what, title, shared.now().day(), &wish.format, bytes)
}

/// The log, the latest first.
#[utoipa::path(
    get,
    path = "/api/v1/organize/audit",
    security(("desk" = [])),
    responses((status = 200, description = "The log", body = forms::AuditAnswer), Refused)
)]
pub(crate) async fn audit(State(shared): State<Arc<Shared>>, request: Request) -> Result<Response, Problem> {
    asked(&shared, request).await?;
    let rows = shared.store.audit(LINES).await?;
    Ok(Json(forms::AuditAnswer { rows }).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_those_of_shanghai() {
        assert_eq!(moment(0), "1970-01-01 08:00");
        assert_eq!(moment(1_790_000_000_000), "2026-09-21 22:13");
    }
}
