//! The list of people, by unit and name.

use super::frame::{self, Said, frame, link};
use super::list::{self, Table};
use super::show;
use crate::html::{Html, dynamic, el, none};
use crate::platform::clock;
use crate::platform::timer::spawn;
use crate::state::desk::address::{Filter, Page, Place, What, encoded};
use crate::state::desk::{Desk, Got};
use crate::text::{Lang, organize as t};
use leptos::prelude::*;
use wire::organize::{PeopleAnswer, PersonRow};

/// The page.
pub(super) fn page(desk: Desk, place: &Place) -> Html {
    let people = RwSignal::new(Got::<PeopleAnswer>::Waiting);
    let draft = RwSignal::new(place.filter.clone());
    let path = place.asked("people");
    let load = move || desk.load(path.clone(), people);
    load();
    let place = place.clone();
    dynamic(move || {
        let lang = desk.lang.get();
        let (here, load) = (place.clone(), load.clone());
        let list = move |answer: &PeopleAnswer| list(desk, &here, answer, people);
        let body = none()
            .child(el("p").class("quiet").text(t::CONFIRM_LEAD.get(lang)))
            .child(list::filter(desk, &place, draft, t::FILTER))
            .child(frame::found(desk, people, load, list));
        frame(desk, "people", t::PEOPLE.get(lang), body)
    })
}

fn list(desk: Desk, place: &Place, answer: &PeopleAnswer, people: RwSignal<Got<PeopleAnswer>>) -> Html {
    let lang = desk.lang.get_untracked();
    let count = el("p")
        .class("count")
        .attr("role", "status")
        .child(el("b").text(&t::FOUND_PEOPLE.with(lang, &[&answer.total])));
    if answer.people.is_empty() {
        return el("p")
            .class("quiet")
            .attr("role", "status")
            .text(t::PEOPLE_NONE.get(lang));
    }
    let heads = [
        t::NAME,
        t::STAFF,
        t::UNIT,
        t::JOINED,
        t::LAST_DAY,
        t::DEVICES,
        t::RECORDS,
        t::IDENTITY,
    ];
    let rows = answer.people.iter().fold(Table::new(lang, &heads), |table, person| {
        table.row(vec![
            link(desk, &Page::Person(person.id.clone()).plain(), &person.name),
            el("span").text(person.staff_no.as_deref().unwrap_or("—")),
            el("span").text(&person.unit_name),
            list::number(show::day(person.joined)),
            list::number(person.last_day.as_deref().unwrap_or("—")),
            list::number(person.devices),
            list::number(person.records),
            identity(desk, lang, person, people),
        ])
    });
    let exports = list::export(desk, Page::Exports(What::People), &place.filter);
    none()
        .child(el("div").class("list-head").child(count).child(exports))
        .child(rows.done(t::PEOPLE.get(lang)))
        .child(list::pager(
            desk,
            place,
            answer.next.map(|next| next.to_string()).as_deref(),
        ))
}

/// Whether the person is confirmed; the button where not. Confirming changes this cell alone, so that the list stays where it
/// was under the hands of whoever goes through it.
fn identity(desk: Desk, lang: Lang, person: &PersonRow, people: RwSignal<Got<PeopleAnswer>>) -> Html {
    let done = RwSignal::new(person.confirmed.is_some());
    let said = RwSignal::new(None);
    let (id, name) = (person.id.clone(), person.name.clone());
    let tag = format!("confirmed-{id}");
    dynamic(move || {
        if done.get() {
            return el("span")
                .class("tag tag-done")
                .attr("id", &tag)
                .attr("tabindex", "-1")
                .text(t::CONFIRMED.get(lang));
        }
        let (id, tag) = (id.clone(), tag.clone());
        let confirm = move || {
            let (id, tag) = (id.clone(), tag.clone());
            said.set(None);
            spawn(async move {
                match desk
                    .act("POST", &format!("people/{}/confirm", encoded(&id)), None)
                    .await
                {
                    Ok(()) => {
                        noted(people, &id);
                        done.try_set(true);
                        frame::focus_soon(tag);
                    }
                    Err(fail) => {
                        said.try_set(Some(Said::Failed(fail)));
                    }
                }
            });
        };
        let label = format!("{}: {name}", t::CONFIRM.get(lang));
        el("div")
            .class("actions")
            .child(el("span").class("tag tag-open").text(t::UNCONFIRMED.get(lang)))
            .child(frame::button("quiet-button", t::CONFIRM.get(lang), confirm).attr("aria-label", &label))
            .child(frame::said(desk, said))
    })
}

/// Notes in the list that a person is confirmed, for when it is drawn in another language; it is not drawn for that.
fn noted(people: RwSignal<Got<PeopleAnswer>>, id: &str) {
    people.try_update_untracked(|got| {
        if let Got::Here(answer) = got
            && let Some(row) = answer.people.iter_mut().find(|row| row.id == id)
        {
            // The moment by this device's clock: the list shows only that there is one.
            row.confirmed = Some(clock::now().0);
        }
    });
}

/// The results of a person, as a place to link to.
pub(super) fn results_of(person: &PersonRow) -> Place {
    Page::Results.with(Filter {
        unit: Some(person.unit),
        find: person.staff_no.clone().unwrap_or_else(|| person.name.clone()),
        ..Filter::default()
    })
}
