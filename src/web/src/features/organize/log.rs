//! The log of what organizers did.

use super::frame::{self, frame};
use super::list::{Table, number};
use super::show;
use crate::html::{Html, dynamic, el, none};
use crate::state::desk::{Desk, Got};
use crate::text::{self, organize as t};
use leptos::prelude::*;
use wire::organize::AuditAnswer;

/// The page.
pub(super) fn page(desk: Desk) -> Html {
    let lines = RwSignal::new(Got::<AuditAnswer>::Waiting);
    let load = move || desk.load("audit".to_owned(), lines);
    load();
    dynamic(move || {
        let lang = desk.lang.get();
        let body = none()
            .child(el("p").class("lead").text(t::LOG_LEAD.get(lang)))
            .child(frame::found(desk, lines, load, move |answer| list(desk, answer)));
        frame(desk, "log", t::LOG.get(lang), body)
    })
}

fn list(desk: Desk, answer: &AuditAnswer) -> Html {
    let lang = desk.lang.get_untracked();
    if answer.rows.is_empty() {
        return el("p").class("quiet").text(t::LOG_NONE.get(lang));
    }
    let heads = [t::LOG_AT, t::LOG_WHO, t::LOG_WHAT, t::LOG_DETAIL, t::LOG_ROWS];
    let rows = answer.rows.iter().fold(Table::new(lang, &heads), |table, row| {
        let count = row.rows.map_or_else(|| "—".to_owned(), |rows| rows.to_string());
        table.row(vec![
            number(text::moment(row.at)),
            el("span").text(&row.organizer),
            el("span").text(&show::action(&row.action, lang)),
            el(if row.detail.is_empty() { "span" } else { "code" }).text(&row.detail),
            number(count),
        ])
    });
    rows.done(t::LOG.get(lang))
}
