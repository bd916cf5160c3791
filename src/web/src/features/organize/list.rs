//! Lists: the filter above one, its table, and the way to its next page.

use super::frame::{button, form, input, labelled, link, turn};
use crate::html::{Html, dynamic, el, none};
use crate::platform::field;
use crate::state::desk::address::{Filter, MODES, Page, Place};
use crate::state::desk::{Desk, Got};
use crate::text::{Lang, Text, organize as t};
use leptos::prelude::*;

/// The filter of a page; what is chosen goes into the address. `draft` holds what is typed.
pub(super) fn filter(desk: Desk, place: &Place, draft: RwSignal<Filter>, apply: Text) -> Html {
    let lang = desk.lang.get();
    let fields = place.page.fields();
    let page = place.page.clone();
    let send = move || {
        let typed = draft.get_untracked();
        let filter = Filter {
            find: typed.find.trim().to_owned(),
            after: String::new(),
            ..typed
        };
        desk.go(page.clone().with(filter));
    };
    let piece = |name: &str| match name {
        "unit" => Some(labelled(t::UNIT.get(lang), units(desk, draft))),
        "find" => Some(labelled(
            t::FIND.get(lang),
            input("search", "find", &draft.get_untracked().find, move |value| {
                draft.update(|draft| draft.find = value);
            }),
        )),
        "mode" => Some(labelled(t::MODE.get(lang), modes(lang, draft))),
        "from" => Some(labelled(
            t::FROM.get(lang),
            input("date", "from", &draft.get_untracked().from, move |value| {
                draft.update(|draft| draft.from = value);
            }),
        )),
        "to" => Some(labelled(
            t::TO.get(lang),
            input("date", "to", &draft.get_untracked().to, move |value| {
                draft.update(|draft| draft.to = value);
            }),
        )),
        _ => None,
    };
    let narrowed = place.filter != Filter::default();
    let clear = narrowed.then(|| {
        let plain = place.page.clone().plain();
        link(desk, &plain, t::FILTER_CLEAR.get(lang)).class("button plain")
    });
    let buttons = el("p")
        .class("buttons")
        .child(
            el("button")
                .attr("type", "submit")
                .class("primary")
                .text(apply.get(lang)),
        )
        .maybe(clear);
    form(send)
        .class("filter")
        .attr("role", "search")
        .attr("aria-label", t::FILTER.get(lang))
        .all(fields.iter().filter_map(|name| piece(name)))
        .child(buttons)
}

/// The units to choose from, once they are there.
fn units(desk: Desk, draft: RwSignal<Filter>) -> Html {
    let options = move || {
        let lang = desk.lang.get();
        let chosen = draft.get_untracked().unit;
        let mut list = vec![option("", t::UNIT_ALL.get(lang), chosen.is_none())];
        let known = desk.units.with(|units| match units {
            Got::Here(units) => units.iter().map(|unit| (unit.id, unit.name.clone())).collect(),
            _ => Vec::new(),
        });
        // What the address asks for stays asked for, also before the units are there.
        if let Some(unit) = chosen.filter(|unit| !known.iter().any(|(id, _)| id == unit)) {
            list.push(option(&unit.to_string(), &t::UNIT_NO.with(lang, &[&unit]), true));
        }
        list.extend(
            known
                .iter()
                .map(|(id, name)| option(&id.to_string(), name, chosen == Some(*id))),
        );
        none().all(list)
    };
    el("select")
        .attr("name", "unit")
        .on("change", move |event| {
            let unit = field::value(event).parse().ok();
            draft.update(|draft| draft.unit = unit);
        })
        .dynamic(options)
}

fn modes(lang: Lang, draft: RwSignal<Filter>) -> Html {
    let chosen = draft.get_untracked().mode;
    let all = option("", t::MODE_ALL.get(lang), chosen.is_empty());
    el("select")
        .attr("name", "mode")
        .on("change", move |event| {
            let mode = field::value(event);
            draft.update(|draft| draft.mode = mode);
        })
        .child(all)
        .all(MODES.map(|mode| option(mode, &super::show::mode(mode, lang), chosen == mode)))
}

/// An entry of a list to choose from.
pub(super) fn option(value: &str, label: &str, chosen: bool) -> Html {
    let option = el("option").attr("value", value).text(label);
    if chosen { option.attr("selected", "") } else { option }
}

/// A table. On narrow screens its rows become blocks with the heads beside the cells; the roles keep its meaning then.
pub(super) struct Table {
    heads: Vec<&'static str>,
    body: Html,
}

impl Table {
    /// A table with these heads.
    pub(super) fn new(lang: Lang, heads: &[Text]) -> Self {
        Self {
            heads: heads.iter().map(|head| head.get(lang)).collect(),
            body: el("tbody").attr("role", "rowgroup"),
        }
    }

    /// With a row more: a cell for each head, the first of them naming the row.
    pub(super) fn row(mut self, cells: Vec<Html>) -> Self {
        let mut row = el("tr").attr("role", "row");
        for (place, (cell, head)) in cells.into_iter().zip(&self.heads).enumerate() {
            let (tag, role) = if place == 0 {
                ("th", "rowheader")
            } else {
                ("td", "cell")
            };
            let mut made = el(tag).attr("role", role).attr("data-head", head);
            if place == 0 {
                made = made.attr("scope", "row");
            }
            // One box beside the head, whatever is in the cell.
            row = row.child(made.child(el("div").child(cell)));
        }
        self.body = self.body.child(row);
        self
    }

    /// The table, named `label`.
    pub(super) fn done(self, label: &str) -> Html {
        let head = |head: &&str| el("th").attr("scope", "col").attr("role", "columnheader").text(head);
        let heads = el("tr").attr("role", "row").all(self.heads.iter().map(head));
        el("table")
            .class("desk-table")
            .attr("role", "table")
            .attr("aria-label", label)
            .child(el("thead").attr("role", "rowgroup").child(heads))
            .child(self.body)
    }
}

/// A number in a cell.
pub(super) fn number(value: impl std::fmt::Display) -> Html {
    el("span").class("number").text(&value.to_string())
}

/// Links to the next page of a list and back to its first.
pub(super) fn pager(desk: Desk, place: &Place, next: Option<&str>) -> Html {
    let lang = desk.lang.get();
    let first =
        (!place.filter.after.is_empty()).then(|| link(desk, &place.first(), t::FIRST.get(lang)).class("button plain"));
    let next = next.map(|next| {
        link(desk, &place.from(next), t::NEXT.get(lang))
            .class("button plain")
            .attr("rel", "next")
    });
    if first.is_none() && next.is_none() {
        return none();
    }
    el("p").class("buttons").maybe(first).maybe(next)
}

/// A link to the export of what the list shows.
pub(super) fn export(desk: Desk, page: Page, filter: &Filter) -> Html {
    let mut filter = filter.clone();
    filter.after = String::new();
    link(desk, &page.with(filter), t::EXPORT_THESE.get(desk.lang.get()))
}

/// The exam that the list is narrowed down to, with a way out of it; `title` where it is known.
pub(super) fn only_exam(desk: Desk, place: &Place, title: Option<&str>) -> Html {
    if place.filter.exam.is_empty() {
        return none();
    }
    let lang = desk.lang.get();
    let mut wider = place.first();
    wider.filter.exam = String::new();
    let words = t::ONLY_EXAM.with(lang, &[&title.unwrap_or(&place.filter.exam)]);
    el("p")
        .class("chip")
        .child(el("span").text(&words))
        .child(link(desk, &wider, t::ALL_EXAMS.get(lang)))
}

/// A button that opens a form in its place; `key` names the button on the page, `key-field` the form's first field, which gets
/// the focus.
pub(super) fn opened(open: RwSignal<bool>, key: &str, label: &str, made: impl Fn() -> Html + 'static) -> Html {
    let (key, label) = (key.to_owned(), label.to_owned());
    dynamic(move || {
        if open.get() {
            return made();
        }
        let field = format!("{key}-field");
        button("quiet-button", &label, move || turn(open, true, field.clone())).attr("id", &key)
    })
}

/// The button that closes such a form; the focus goes back to the button that opened it.
pub(super) fn close(lang: Lang, open: RwSignal<bool>, key: &str) -> Html {
    let key = key.to_owned();
    button("plain", t::CANCEL.get(lang), move || turn(open, false, key.clone()))
}
