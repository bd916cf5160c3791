//! Results: each with what it is worth. What is not verified is never shown as if it were.

use super::frame::{self, frame, link};
use super::list::{self, Table};
use super::show;
use crate::html::{Html, dynamic, el, none};
use crate::state::desk::address::{Page, Place, What};
use crate::state::desk::{Desk, Got};
use crate::text::{self, Lang, organize as t};
use leptos::prelude::*;
use wire::organize::{ResultRow, ResultsAnswer};

/// The page.
pub(super) fn page(desk: Desk, place: &Place) -> Html {
    let results = RwSignal::new(Got::<ResultsAnswer>::Waiting);
    let draft = RwSignal::new(place.filter.clone());
    let path = place.asked("results");
    let load = move || desk.load(path.clone(), results);
    load();
    let place = place.clone();
    dynamic(move || {
        let lang = desk.lang.get();
        let (here, load) = (place.clone(), load.clone());
        let list = move |answer: &ResultsAnswer| list(desk, &here, answer);
        let body = none()
            .child(list::filter(desk, &place, draft, t::FILTER))
            .child(frame::found(desk, results, load, list))
            .child(el("p").class("quiet").text(t::RESULTS_KEY.get(lang)));
        frame(desk, "results", t::RESULTS.get(lang), body)
    })
}

fn list(desk: Desk, place: &Place, answer: &ResultsAnswer) -> Html {
    let lang = desk.lang.get_untracked();
    let of_exam = answer.results.iter().find(|row| row.exam == place.filter.exam);
    let chip = list::only_exam(desk, place, of_exam.map(|row| row.title.as_str()));
    if answer.results.is_empty() {
        let words = el("p")
            .class("quiet")
            .attr("role", "status")
            .text(t::RESULTS_NONE.get(lang));
        return none()
            .child(chip)
            .child(words)
            .child(list::pager(desk, place, answer.next.as_deref()));
    }
    let heads = [
        t::NAME,
        t::STAFF,
        t::UNIT,
        t::EXAM,
        t::HANDED_IN,
        t::POINTS,
        t::OUTCOME,
        t::CODE_STATE,
    ];
    let rows = answer.results.iter().fold(Table::new(lang, &heads), |table, row| {
        table.row(vec![
            link(desk, &Page::Person(row.person.clone()).plain(), &row.name),
            el("span").text(row.staff_no.as_deref().unwrap_or("—")),
            el("span").text(&row.unit_name),
            exam(desk, lang, place, row),
            handed_in(lang, row),
            points(lang, row),
            outcome(lang, row),
            state(lang, row),
        ])
    });
    let count = el("p")
        .class("count")
        .attr("role", "status")
        .text(&t::FOUND_RESULTS.with(lang, &[&answer.results.len()]));
    let exports = list::export(desk, Page::Exports(What::Results), &place.filter);
    none()
        .child(chip)
        .child(el("div").class("list-head").child(count).child(exports))
        .child(rows.done(t::RESULTS.get(lang)))
        .child(list::pager(desk, place, answer.next.as_deref()))
}

fn exam(desk: Desk, lang: Lang, place: &Place, row: &ResultRow) -> Html {
    let mut only = place.first();
    only.filter.exam.clone_from(&row.exam);
    el("div")
        .child(link(desk, &only, &row.title))
        .child(el("br"))
        .child(el("small").text(&show::mode(&row.mode, lang)))
}

fn handed_in(lang: Lang, row: &ResultRow) -> Html {
    match row.handed_in {
        Some(at) => list::number(text::moment(at)),
        None => el("span").class("quiet").text(t::NOT_HANDED_IN.get(lang)),
    }
}

/// The points; where the result is not closed or not verified they are said to be those of now.
fn points(lang: Lang, row: &ResultRow) -> Html {
    let (points, max) = (show::points(row.points), show::points(row.max));
    match row.state.as_str() {
        "verified" => list::number(t::POINTS_OF.with(lang, &[&points, &max])),
        "open" => list::number("—"),
        _ => list::number(t::POINTS_NOW.with(lang, &[&points, &max])).class("number quiet"),
    }
}

fn outcome(lang: Lang, row: &ResultRow) -> Html {
    match (row.state.as_str(), row.passed) {
        ("verified", Some(true)) => el("span").class("tag tag-done").text(t::PASSED.get(lang)),
        ("verified", Some(false)) => el("span").class("tag tag-wrong").text(t::FAILED.get(lang)),
        _ => el("span").text("—"),
    }
}

fn state(lang: Lang, row: &ResultRow) -> Html {
    let (words, class) = show::result_state(&row.state);
    let words = words.map_or(row.state.as_str(), |words| words.get(lang));
    let doubtful = row.doubtful.then(|| {
        el("span")
            .class("tag tag-wrong")
            .attr("title", t::DOUBTFUL_WHY.get(lang))
            .text(t::DOUBTFUL.get(lang))
    });
    el("div")
        .class("tags")
        .child(el("span").class(class).text(words))
        .maybe(doubtful)
}
