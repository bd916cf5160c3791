//! Pieces that exams and contests share: their facts, their history, their errors in words, a table of shares.

use crate::html::{Html, el, none};
use crate::route::Route;
use crate::text::{self, Lang};
use domain::exam::Exam;
use domain::ids::{AttemptId, RecordId};
use domain::record::{Evidence, Mode, RecordBody};
use domain::units::{Points, Share};
use indexmap::IndexMap;
use wire::exam::ExamForm;

/// How many items, points and minutes, and what passes.
pub fn facts(form: &ExamForm, lang: Lang) -> String {
    let sections = form.parts.iter().flat_map(|part| &part.sections);
    let (mut items, mut points) = (0_u32, Points::ZERO);
    for section in sections {
        let count = section
            .count
            .map_or_else(|| section.points.unwrap_or_default() / section.each.max(1), u32::from);
        items += count;
        points = points + Points(count.saturating_mul(section.each));
    }
    let pass = points.share(Share::of(usize::from(form.pass), 100));
    text::exam::FACTS.with(lang, &[&items, &points, &form.minutes, &pass])
}

/// The sittings of `exam` in the records, newest first.
pub fn past(evidence: &IndexMap<RecordId, Evidence>, exam: &str) -> Vec<Exam> {
    let of_exam = |evidence: &Evidence| match &evidence.record.body {
        RecordBody::ExamStarted(sitting) if sitting.exam.as_str() == exam => Some(sitting.attempt),
        _ => None,
    };
    let attempts: Vec<AttemptId> = evidence.values().filter_map(of_exam).collect();
    let mut found: Vec<Exam> = attempts
        .into_iter()
        .filter_map(|attempt| Exam::fold(attempt, evidence.values()))
        .collect();
    found.sort_by_key(|exam| std::cmp::Reverse(exam.begun()));
    found
}

/// A list of sittings, each a link to its result.
pub fn history(past: &[Exam], base: &str, lang: Lang, mode: impl Fn(Mode) -> &'static str) -> Html {
    let entry = |exam: &Exam| {
        let route = Route::Sitting(exam.sitting.exam.to_string(), exam.sitting.attempt.to_string());
        let doubt = text::doubt(exam.received.is_some(), lang);
        let words = format!("{}{doubt} · {}", text::moment(exam.begun().0), mode(exam.sitting.mode));
        let points = exam.total.map(|total| {
            let mark = total.mark();
            let words = text::exam::POINTS_OF.with(lang, &[&mark.points, &mark.max]);
            el("span").class("tag tag-done").text(&words)
        });
        el("li")
            .child(el("a").attr("href", &format!("{base}{}", route.path())).text(&words))
            .text(" ")
            .maybe(points)
    };
    let list = if past.is_empty() {
        el("p").class("quiet").text(text::exam::NO_HISTORY.get(lang))
    } else {
        el("ul")
            .class("history")
            .attr("data-test", "history")
            .all(past.iter().map(entry))
    };
    el("section")
        .child(el("h2").text(text::exam::HISTORY.get(lang)))
        .child(list)
}

/// What each topic or regulation came to.
pub fn shares(title: text::Text, rows: &IndexMap<String, (Points, Points)>, lang: Lang) -> Html {
    if rows.is_empty() {
        return none();
    }
    let row = |(name, (points, max)): (&String, &(Points, Points))| {
        let share = Share::of(points.0 as usize, max.0 as usize);
        let words = text::exam::POINTS_OF.with(lang, &[points, max]);
        el("tr")
            .child(el("th").attr("scope", "row").attr("lang", "zh-CN").text(name))
            .child(el("td").text(&words))
            .child(el("td").child(super::meter::meter(share, name)))
    };
    el("section")
        .child(el("h2").text(title.get(lang)))
        .child(el("table").class("shares").child(el("tbody").all(rows.iter().map(row))))
}
