//! Progress by unit and course, as bars with their numbers.

use super::frame::{self, frame};
use super::list::{self, Table};
use super::show;
use crate::html::{Html, dynamic, el, none};
use crate::state::desk::address::{Page, Place, What};
use crate::state::desk::{Desk, Got};
use crate::text::{Lang, organize as t};
use crate::ui::meter::meter;
use leptos::prelude::*;
use wire::organize::{ProgressAnswer, ProgressRow};

/// The page.
pub(super) fn page(desk: Desk, place: &Place) -> Html {
    let progress = RwSignal::new(Got::<ProgressAnswer>::Waiting);
    let draft = RwSignal::new(place.filter.clone());
    let path = place.asked("progress");
    let load = move || desk.load(path.clone(), progress);
    load();
    let place = place.clone();
    dynamic(move || {
        let lang = desk.lang.get();
        let (here, load) = (place.clone(), load.clone());
        let list = move |answer: &ProgressAnswer| list(desk, &here, answer);
        let body = none()
            .child(list::filter(desk, &place, draft, t::FILTER))
            .child(frame::found(desk, progress, load, list))
            .child(el("p").class("quiet").text(t::PROGRESS_KEY.get(lang)));
        frame(desk, "progress", t::PROGRESS.get(lang), body)
    })
}

fn list(desk: Desk, place: &Place, answer: &ProgressAnswer) -> Html {
    let lang = desk.lang.get_untracked();
    if answer.rows.is_empty() {
        return el("p")
            .class("quiet")
            .attr("role", "status")
            .text(t::PROGRESS_NONE.get(lang));
    }
    // The rows come by unit.
    let sections = answer
        .rows
        .chunk_by(|one, other| one.unit_name == other.unit_name)
        .map(|rows| unit(lang, rows));
    let exports = list::export(desk, Page::Exports(What::Progress), &place.filter);
    none()
        .child(el("div").class("list-head").child(el("span")).child(exports))
        .all(sections)
}

fn unit(lang: Lang, rows: &[ProgressRow]) -> Html {
    let name = rows.first().map(|row| row.unit_name.as_str()).unwrap_or_default();
    let heads = [t::COURSE, t::STUDYING, t::COMPLETE, t::LESSONS, t::RIGHT];
    let table = rows.iter().fold(Table::new(lang, &heads), |table, row| {
        let people = u64::from(row.people);
        let lessons = u64::from(row.lessons) * people;
        table.row(vec![
            el("span").attr("lang", "zh-CN").text(&row.title),
            list::number(t::PEOPLE_OF.with(lang, &[&row.active, &row.people])),
            bar(
                lang,
                u64::from(row.complete),
                people,
                &format!("{} {}", row.title, t::COMPLETE.get(lang)),
            ),
            bar(
                lang,
                u64::from(row.finished),
                lessons,
                &format!("{} {}", row.title, t::LESSONS.get(lang)),
            ),
            bar(
                lang,
                u64::from(row.right),
                u64::from(row.answered),
                &format!("{} {}", row.title, t::RIGHT.get(lang)),
            ),
        ])
    });
    el("section").child(el("h2").text(name)).child(table.done(name))
}

/// A bar with its number below.
fn bar(lang: Lang, part: u64, whole: u64, label: &str) -> Html {
    if whole == 0 {
        return el("span").class("quiet").text("—");
    }
    let share = show::share(part, whole);
    let words = t::SHARE_OF.with(lang, &[&share.percent(), &part, &whole]);
    el("div")
        .class("bar")
        .child(meter(share, label))
        .child(el("small").text(&words))
}
