//! The units: their list, a new one, another name for one.

use super::frame::{self, Said, form, frame, input, labelled, link, submit};
use super::list::{Table, close, opened};
use crate::html::{Html, dynamic, el, none};
use crate::platform::timer::spawn;
use crate::state::desk::address::{Filter, Page};
use crate::state::desk::{Desk, Got};
use crate::text::{Lang, organize as t};
use leptos::prelude::*;
use wire::organize::{UnitLine, UnitRequest};

#[derive(Clone, Copy)]
struct Form {
    name: RwSignal<String>,
    busy: RwSignal<bool>,
    said: RwSignal<Option<Said>>,
}

impl Form {
    fn new(name: &str) -> Self {
        Self {
            name: RwSignal::new(name.to_owned()),
            busy: RwSignal::new(false),
            said: RwSignal::new(None),
        }
    }
}

/// The page.
pub(super) fn page(desk: Desk) -> Html {
    let new = Form::new("");
    // What came of a change of name outlives the row, which is made anew with the list.
    let said = RwSignal::new(None);
    desk.load_units();
    dynamic(move || {
        let lang = desk.lang.get();
        let list = move |units: &Vec<UnitLine>| list(desk, units, said);
        let body = none()
            .child(el("p").class("lead").text(t::UNITS_LEAD.get(lang)))
            .child(frame::said_here(desk, said))
            .child(frame::found(desk, desk.units, move || again(desk), list))
            .child(make(desk, lang, new));
        frame(desk, "units", t::UNITS.get(lang), body)
    })
}

fn again(desk: Desk) {
    desk.units.set(Got::Waiting);
    desk.load_units();
}

fn list(desk: Desk, units: &[UnitLine], said: RwSignal<Option<Said>>) -> Html {
    let lang = desk.lang.get_untracked();
    if units.is_empty() {
        return el("p").class("quiet").text(t::UNITS_NONE.get(lang));
    }
    let table = Table::new(lang, &[t::UNIT, t::UNIT_PEOPLE, t::UNIT_CODES, t::ACTIONS]);
    let rows = units.iter().fold(table, |table, unit| {
        let narrowed = || Filter {
            unit: Some(unit.id),
            ..Filter::default()
        };
        let to = |page: Page, label: &str| link(desk, &page.with(narrowed()), label);
        let actions = el("div")
            .class("actions")
            .child(to(Page::Results, t::RESULTS.get(lang)))
            .child(to(Page::Progress, t::PROGRESS.get(lang)))
            .child(rename(desk, lang, unit, said));
        table.row(vec![
            el("span").text(&unit.name),
            to(Page::People, &unit.people.to_string()).class("number"),
            to(Page::Codes, &unit.codes.to_string()).class("number"),
            actions,
        ])
    });
    rows.done(t::UNITS.get(lang))
}

fn rename(desk: Desk, lang: Lang, unit: &UnitLine, said: RwSignal<Option<Said>>) -> Html {
    let (id, before) = (unit.id, unit.name.clone());
    let open = RwSignal::new(false);
    let edit = Form::new(&before);
    let send = move || {
        if edit.busy.get_untracked() {
            return;
        }
        edit.busy.set(true);
        edit.said.set(None);
        spawn(async move {
            let name = edit.name.get_untracked().trim().to_owned();
            let body = serde_json::to_string(&UnitRequest { name: name.clone() }).unwrap_or_default();
            match desk.act("PATCH", &format!("units/{id}"), Some(&body)).await {
                Ok(()) => {
                    said.try_set(Some(Said::Done(t::UNIT_RENAMED, name)));
                    desk.load_units();
                    frame::focus_soon("said");
                }
                Err(fail) => {
                    edit.said.try_set(Some(Said::Failed(fail)));
                }
            }
            edit.busy.try_set(false);
        });
    };
    let key = format!("rename-{id}");
    opened(open, &key.clone(), t::UNIT_RENAME.get(lang), move || {
        let field = input("text", "name", &edit.name.get_untracked(), move |value| {
            edit.name.set(value);
        });
        let field = field.attr("maxlength", "60").attr("id", &format!("{key}-field"));
        let cancel = close(lang, open, &key);
        form(send)
            .class("inline-form")
            .child(labelled(t::UNIT_NAME.get(lang), field))
            .child(frame::said(desk, edit.said))
            .child(
                el("p")
                    .class("buttons")
                    .child(submit(lang, t::SAVE, move || edit.busy.get()))
                    .child(cancel),
            )
    })
}

fn make(desk: Desk, lang: Lang, new: Form) -> Html {
    let send = move || {
        if new.busy.get_untracked() {
            return;
        }
        new.busy.set(true);
        new.said.set(None);
        spawn(async move {
            let name = new.name.get_untracked().trim().to_owned();
            let body = serde_json::to_string(&UnitRequest { name }).unwrap_or_default();
            match desk.make::<UnitLine>("units", Some(&body)).await {
                Ok(unit) => {
                    new.name.try_set(String::new());
                    new.said.try_set(Some(Said::Done(t::UNIT_MADE, unit.name)));
                    desk.load_units();
                }
                Err(fail) => {
                    new.said.try_set(Some(Said::Failed(fail)));
                }
            }
            new.busy.try_set(false);
        });
    };
    let field = input("text", "name", "", move |value| new.name.set(value))
        .attr("maxlength", "60")
        .prop_of("value", move || new.name.get().into());
    el("section").child(el("h2").text(t::UNIT_NEW.get(lang))).child(
        form(send)
            .class("panel")
            .child(labelled(t::UNIT_NAME.get(lang), field))
            .child(frame::said(desk, new.said))
            .child(
                el("p")
                    .class("buttons")
                    .child(submit(lang, t::UNIT_NEW, move || new.busy.get())),
            ),
    )
}
