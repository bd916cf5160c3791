//! One person: who they are, their devices, a one-time link, possible doubles, and erasing.

use super::frame::{self, Said, form, frame, input, labelled, link};
use super::list::{Table, close, number, opened};
use super::{people, show};
use crate::html::{Html, dynamic, el, none};
use crate::platform::timer::spawn;
use crate::state::desk::address::{Filter, Page, encoded};
use crate::state::desk::answer::Fail;
use crate::state::desk::{Desk, Got};
use crate::text::{self, Lang, Text, organize as t};
use crate::ui::notice::{Tone, notice};
use crate::ui::qr;
use leptos::prelude::*;
use wire::organize::{DeviceRow, LinkAnswer, MergeRequest, PersonCard, PersonRow};

#[derive(Clone, Copy)]
struct State {
    /// The person's id as it stands in the API's addresses.
    path: StoredValue<String>,
    card: RwSignal<Got<PersonCard>>,
    link: RwSignal<Option<LinkAnswer>>,
    said: RwSignal<Option<Said>>,
    erase_open: RwSignal<bool>,
    typed: RwSignal<String>,
    busy: RwSignal<bool>,
    gone: RwSignal<bool>,
}

/// The page of the person with this id.
pub(super) fn page(desk: Desk, id: &str) -> Html {
    let state = State {
        path: StoredValue::new(format!("people/{}", encoded(id))),
        card: RwSignal::new(Got::Waiting),
        link: RwSignal::new(None),
        said: RwSignal::new(None),
        erase_open: RwSignal::new(false),
        typed: RwSignal::new(String::new()),
        busy: RwSignal::new(false),
        gone: RwSignal::new(false),
    };
    load(desk, state);
    dynamic(move || {
        let lang = desk.lang.get();
        if state.gone.get() {
            let body = notice(Tone::Good, "", el("p").text(t::ERASED.get(lang)));
            let back = frame::link_button(desk, &Page::People.plain(), t::BACK_PEOPLE.get(lang));
            let body = none().child(body).child(el("p").class("buttons").child(back));
            return frame(desk, "person", t::PEOPLE.get(lang), body);
        }
        let back = link(desk, &Page::People.plain(), t::BACK_PEOPLE.get(lang));
        let body = none()
            .child(el("p").class("eyebrow").child(back))
            .child(frame::said_here(desk, state.said))
            .child(frame::found(
                desk,
                state.card,
                move || load(desk, state),
                move |card| show_card(desk, state, card),
            ));
        frame(desk, "person", t::PEOPLE.get(lang), body)
    })
}

fn load(desk: Desk, state: State) {
    desk.load(state.path.get_value(), state.card);
}

/// Does something to the person and says what came of it; afterwards the card is read anew.
fn act(desk: Desk, state: State, method: &'static str, path: String, body: Option<String>, done: Text) {
    if state.busy.get_untracked() {
        return;
    }
    state.busy.set(true);
    state.said.set(None);
    spawn(async move {
        let outcome: Result<(), Fail> = desk.act(method, &path, body.as_deref()).await;
        let worked = outcome.is_ok();
        state.said.try_set(Some(match outcome {
            Ok(()) => Said::Done(done, String::new()),
            Err(fail) => Said::Failed(fail),
        }));
        state.busy.try_set(false);
        if worked {
            load(desk, state);
        }
        frame::focus_soon("said");
    });
}

fn show_card(desk: Desk, state: State, card: &PersonCard) -> Html {
    let lang = desk.lang.get_untracked();
    none()
        .child(el("h2").class("person-name").text(&card.person.name))
        .child(facts(desk, lang, state, &card.person))
        .maybe((!card.doubles.is_empty()).then(|| doubles(desk, lang, state, card)))
        .child(devices(desk, lang, state, &card.devices))
        .child(link_code(desk, lang, state))
        .child(erase(desk, lang, state, &card.person.name))
}

fn facts(desk: Desk, lang: Lang, state: State, person: &PersonRow) -> Html {
    let line = |label: Text, value: Html| {
        el("div")
            .child(el("dt").text(label.get(lang)))
            .child(el("dd").child(value))
    };
    let plain = |words: &str| el("span").text(words);
    let of_unit = Page::People.with(Filter {
        unit: Some(person.unit),
        ..Filter::default()
    });
    let identity = if let Some(at) = person.confirmed {
        el("span")
            .child(el("span").class("tag tag-done").text(t::CONFIRMED.get(lang)))
            .text(" ")
            .text(&t::SINCE.with(lang, &[&show::day(at)]))
    } else {
        let confirm = move || {
            let path = format!("{}/confirm", state.path.get_value());
            act(desk, state, "POST", path, None, t::CONFIRMED);
        };
        el("div")
            .class("actions")
            .child(el("span").class("tag tag-open").text(t::UNCONFIRMED.get(lang)))
            .child(frame::button("quiet-button", t::CONFIRM.get(lang), confirm))
    };
    let records = el("span").text(&person.records.to_string()).text(" · ").child(link(
        desk,
        &people::results_of(person),
        t::SEE_RESULTS.get(lang),
    ));
    el("dl")
        .class("desk-facts")
        .child(line(t::UNIT, link(desk, &of_unit, &person.unit_name)))
        .child(line(t::STAFF, plain(person.staff_no.as_deref().unwrap_or("—"))))
        .child(line(t::IDENTITY, identity))
        .child(line(t::JOINED, plain(&text::moment(person.joined))))
        .child(line(t::LAST_DAY, plain(person.last_day.as_deref().unwrap_or("—"))))
        .child(line(t::RECORDS, records))
}

fn doubles(desk: Desk, lang: Lang, state: State, card: &PersonCard) -> Html {
    let staff = |person: &PersonRow| {
        let none = || t::NO_STAFF.get(lang).to_owned();
        person.staff_no.clone().unwrap_or_else(none)
    };
    let heads = [t::NAME, t::STAFF, t::UNIT, t::JOINED, t::RECORDS, t::ACTIONS];
    let stays = &card.person;
    let rows = card.doubles.iter().fold(Table::new(lang, &heads), |table, double| {
        let question = t::MERGE_SURE.with(lang, &[&double.name, &staff(double), &stays.name, &staff(stays)]);
        let path = format!("people/{}/merge", encoded(&double.id));
        let into = stays.id.clone();
        let merge = move || {
            let body = serde_json::to_string(&MergeRequest { into: into.clone() }).ok();
            act(desk, state, "POST", path.clone(), body, t::MERGED);
        };
        let key = format!("merge-{}", double.id);
        table.row(vec![
            link(desk, &Page::Person(double.id.clone()).plain(), &double.name),
            el("span").text(&staff(double)),
            el("span").text(&double.unit_name),
            number(show::day(double.joined)),
            number(double.records),
            frame::sure(lang, &key, (t::MERGE.get(lang), t::MERGE_DO.get(lang)), question, merge),
        ])
    });
    el("section")
        .child(el("h2").text(t::DOUBLES.get(lang)))
        .child(el("p").text(t::DOUBLES_LEAD.get(lang)))
        .child(rows.done(t::DOUBLES.get(lang)))
}

fn devices(desk: Desk, lang: Lang, state: State, devices: &[DeviceRow]) -> Html {
    let list = if devices.is_empty() {
        el("p").class("quiet").text(t::DEVICES_NONE.get(lang))
    } else {
        let heads = [t::DEVICE, t::LINKED, t::LAST_DAY, t::ACTIONS];
        let rows = devices.iter().fold(Table::new(lang, &heads), |table, device| {
            let path = format!("{}/devices/{}", state.path.get_value(), encoded(&device.id));
            let revoke = move || act(desk, state, "DELETE", path.clone(), None, t::REVOKED);
            let words = t::REVOKE.get(lang);
            table.row(vec![
                el("code").text(&device.id),
                number(text::moment(device.linked)),
                number(device.last_day.as_deref().unwrap_or(t::NEVER.get(lang))),
                frame::sure(
                    lang,
                    &format!("revoke-{}", device.id),
                    (words, words),
                    t::REVOKE_SURE.get(lang).to_owned(),
                    revoke,
                ),
            ])
        });
        rows.done(t::DEVICES.get(lang))
    };
    el("section").child(el("h2").text(t::DEVICES.get(lang))).child(list)
}

fn link_code(desk: Desk, lang: Lang, state: State) -> Html {
    let make = move || {
        if state.busy.get_untracked() {
            return;
        }
        state.busy.set(true);
        state.said.set(None);
        spawn(async move {
            let path = format!("{}/link", state.path.get_value());
            match desk.make::<LinkAnswer>(&path, None).await {
                Ok(link) => {
                    state.link.try_set(Some(link));
                    frame::focus_soon("link-code");
                }
                Err(fail) => {
                    state.said.try_set(Some(Said::Failed(fail)));
                    frame::focus_soon("said");
                }
            }
            state.busy.try_set(false);
        });
    };
    let shown = move || {
        state.link.get().map_or_else(none, |link| {
            let address = desk.learners(&format!("join#link-{}", link.code));
            el("div")
                .class("link-code")
                .attr("id", "link-code")
                .attr("tabindex", "-1")
                .child(qr::code(&address, t::LINK_QR.get(lang)))
                .child(
                    el("div")
                        .child(
                            el("p")
                                .class("sheet-code")
                                .attr("data-test", "link-code")
                                .text(&link.code),
                        )
                        .child(el("p").text(&t::LINK_UNTIL.with(lang, &[&text::moment(link.expires)]))),
                )
        })
    };
    el("section")
        .child(el("h2").text(t::LINK.get(lang)))
        .child(el("p").text(t::LINK_LEAD.get(lang)))
        .child(
            el("p")
                .class("buttons")
                .child(frame::button("plain", t::LINK_MAKE.get(lang), make)),
        )
        .dynamic(shown)
}

fn erase(desk: Desk, lang: Lang, state: State, name: &str) -> Html {
    let name = name.to_owned();
    let wrong = RwSignal::new(None);
    let fields = move || {
        let name = name.clone();
        let label = t::ERASE_TYPE.with(lang, &[&name]);
        let send = move || {
            if !show::same_name(&state.typed.get_untracked(), &name) {
                wrong.set(Some(Said::Wrong(t::ERASE_DIFFERS)));
                return;
            }
            erase_now(desk, state, wrong);
        };
        let field = input("text", "erase", &state.typed.get_untracked(), move |value| {
            state.typed.set(value);
        });
        let field = field.attr("id", "erase-field");
        let cancel = close(lang, state.erase_open, "erase");
        let submit = el("button")
            .attr("type", "submit")
            .class("danger")
            .text(t::ERASE_DO.get(lang));
        form(send)
            .child(labelled(&label, field))
            .child(frame::said(desk, wrong))
            .child(el("p").class("buttons").child(submit).child(cancel))
    };
    el("section")
        .class("panel danger-panel")
        .child(el("h2").text(t::ERASE.get(lang)))
        .child(el("p").text(t::ERASE_LEAD.get(lang)))
        .child(opened(state.erase_open, "erase", t::ERASE_OPEN.get(lang), fields))
}

fn erase_now(desk: Desk, state: State, wrong: RwSignal<Option<Said>>) {
    if state.busy.get_untracked() {
        return;
    }
    state.busy.set(true);
    wrong.set(None);
    spawn(async move {
        match desk.act("DELETE", &state.path.get_value(), None).await {
            Ok(()) => {
                state.gone.try_set(true);
                frame::focus_soon("main");
            }
            Err(fail) => {
                wrong.try_set(Some(Said::Failed(fail)));
            }
        }
        state.busy.try_set(false);
    });
}
