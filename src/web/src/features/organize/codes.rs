//! Codes to join: their list, a new one with its sheet for the wall, replacing and closing one.

use super::frame::{self, Said, form, frame, input, labelled, submit};
use super::list::{self, Table, option};
use super::show;
use crate::html::{Html, dynamic, el, none};
use crate::platform::timer::spawn;
use crate::platform::{dom, field};
use crate::state::desk::address::{Filter, Place};
use crate::state::desk::answer::Fail;
use crate::state::desk::{Desk, Got};
use crate::text::{self, Lang, organize as t};
use crate::ui::notice::{Tone, notice};
use crate::ui::qr;
use leptos::prelude::*;
use wire::organize::{CodeAnswer, CodeLine, CodeRequest, CodesAnswer};

#[derive(Clone, Copy)]
struct State {
    codes: RwSignal<Got<CodesAnswer>>,
    draft: RwSignal<Filter>,
    /// The code that was just made.
    made: RwSignal<Option<CodeAnswer>>,
    said: RwSignal<Option<Said>>,
    busy: RwSignal<bool>,
    unit: RwSignal<Option<i64>>,
    uses: RwSignal<String>,
    days: RwSignal<String>,
    /// What came of the form for a new code, beside that form.
    wrong: RwSignal<Option<Said>>,
}

/// The page.
pub(super) fn page(desk: Desk, place: &Place) -> Html {
    let state = State {
        codes: RwSignal::new(Got::Waiting),
        draft: RwSignal::new(place.filter.clone()),
        made: RwSignal::new(None),
        said: RwSignal::new(None),
        busy: RwSignal::new(false),
        unit: RwSignal::new(place.filter.unit),
        uses: RwSignal::new("100".to_owned()),
        days: RwSignal::new("30".to_owned()),
        wrong: RwSignal::new(None),
    };
    load(desk, state);
    let place = place.clone();
    dynamic(move || {
        let lang = desk.lang.get();
        let only = place.filter.unit;
        let list = move |answer: &CodesAnswer| list(desk, state, answer, only);
        let body = none()
            .dynamic(move || {
                state
                    .made
                    .with(|made| made.as_ref().map_or_else(none, |made| sheet(desk, lang, state, made)))
            })
            .child(el("p").class("lead").text(t::CODES_LEAD.get(lang)))
            .child(frame::said_here(desk, state.said))
            .child(make(desk, lang, state))
            .child(list::filter(desk, &place, state.draft, t::FILTER))
            .child(frame::found(desk, state.codes, move || load(desk, state), list));
        frame(desk, "codes", t::CODES.get(lang), body).attr_of("data-sheet", move || {
            state.made.with(Option::is_some).then(|| "shown".to_owned())
        })
    })
}

fn load(desk: Desk, state: State) {
    desk.load("codes".to_owned(), state.codes);
}

/// Does what makes a code, shows it, and reads the list anew.
fn made(desk: Desk, state: State, path: String, body: Option<String>, said: RwSignal<Option<Said>>) {
    if state.busy.get_untracked() {
        return;
    }
    state.busy.set(true);
    said.set(None);
    spawn(async move {
        match desk.make::<CodeAnswer>(&path, body.as_deref()).await {
            Ok(code) => {
                state.made.try_set(Some(code));
                frame::focus_soon("sheet");
                dom::scroll_to(None);
                load(desk, state);
                desk.load_units();
            }
            Err(fail) => {
                said.try_set(Some(Said::Failed(fail)));
            }
        }
        state.busy.try_set(false);
    });
}

fn make(desk: Desk, lang: Lang, state: State) -> Html {
    let send = move || {
        let numbers = show::code_numbers(&state.uses.get_untracked(), &state.days.get_untracked());
        let (Some(unit), Some((uses, days))) = (state.unit.get_untracked(), numbers) else {
            state.wrong.set(Some(Said::Wrong(t::CODE_BAD)));
            return;
        };
        let body = serde_json::to_string(&CodeRequest { unit, uses, days }).ok();
        made(desk, state, "codes".to_owned(), body, state.wrong);
    };
    let units = move || {
        let chosen = state.unit.get_untracked();
        let known = desk.units.with(|units| match units {
            Got::Here(units) => units.clone(),
            _ => Vec::new(),
        });
        let entries = known
            .iter()
            .map(|unit| option(&unit.id.to_string(), &unit.name, chosen == Some(unit.id)));
        none()
            .child(option("", t::UNIT_CHOOSE.get(lang), chosen.is_none()))
            .all(entries)
    };
    let unit = el("select")
        .attr("name", "new-unit")
        .on("change", move |event| state.unit.set(field::value(event).parse().ok()))
        .dynamic(units);
    let count = |name: &str, value: RwSignal<String>, most: &str| {
        input("number", name, &value.get_untracked(), move |typed| value.set(typed))
            .attr("min", "1")
            .attr("max", most)
            .attr("inputmode", "numeric")
    };
    let fields = form(send)
        .class("panel")
        .child(
            el("div")
                .class("filter")
                .child(labelled(t::CODE_UNIT.get(lang), unit))
                .child(labelled(t::CODE_USES.get(lang), count("uses", state.uses, "1000000")))
                .child(labelled(t::CODE_DAYS.get(lang), count("days", state.days, "3660"))),
        )
        .child(frame::said(desk, state.wrong))
        .child(
            el("p")
                .class("buttons")
                .child(submit(lang, t::CODE_MAKE, move || state.busy.get())),
        );
    el("section").child(el("h2").text(t::CODE_NEW.get(lang))).child(fields)
}

/// The sheet of a code that was just made: shown once, and all that is printed while it is there.
fn sheet(desk: Desk, lang: Lang, state: State, made: &CodeAnswer) -> Html {
    let join = desk.learners("join");
    let until = t::SHEET_UNTIL.with(lang, &[&show::last_day(made.expires), &made.max_uses]);
    let steps = el("ol")
        .child(el("li").text(&t::SHEET_1.with(lang, &[&join])))
        .child(el("li").text(t::SHEET_2.get(lang)));
    let page = el("section")
        .class("sheet")
        .attr("id", "sheet")
        .attr("tabindex", "-1")
        .attr("aria-label", &made.unit_name)
        .child(
            el("p")
                .class("sheet-head")
                .text(text::APP.get(lang))
                .text(" · ")
                .text(t::SHEET.get(lang)),
        )
        .child(el("h2").text(&made.unit_name))
        .child(qr::code(
            &desk.learners(&format!("join#{}", made.code)),
            t::SHEET_QR.get(lang),
        ))
        .child(el("p").class("sheet-code").attr("data-test", "code").text(&made.code))
        .child(steps)
        .child(el("p").class("sheet-until").text(&until));
    let close = move || state.made.set(None);
    let buttons = el("p")
        .class("buttons")
        .child(frame::button("primary", t::PRINT.get(lang), dom::print))
        .child(frame::button("plain", t::CLOSE.get(lang), close));
    none()
        .child(notice(
            Tone::Warn,
            "",
            none().child(el("p").text(t::CODE_ONCE.get(lang))).child(buttons),
        ))
        .child(page)
}

fn list(desk: Desk, state: State, answer: &CodesAnswer, only: Option<i64>) -> Html {
    let lang = desk.lang.get_untracked();
    let codes: Vec<&CodeLine> = answer
        .codes
        .iter()
        .filter(|code| only.is_none_or(|unit| code.unit == unit))
        .collect();
    if codes.is_empty() {
        return el("p").class("quiet").text(t::CODES_NONE.get(lang));
    }
    let heads = [t::CODE, t::UNIT, t::CODE_STATE, t::CODE_USED, t::CODE_UNTIL, t::ACTIONS];
    let rows = codes.iter().fold(Table::new(lang, &heads), |table, code| {
        let (words, class) = show::code_state(&code.state);
        let words = words.map_or(code.state.as_str(), |words| words.get(lang));
        table.row(vec![
            el("code").text(&format!("{}…", code.shown)),
            el("span").text(&code.unit_name),
            el("span").class(class).text(words),
            list::number(t::CODE_USED_OF.with(lang, &[&code.used, &code.max_uses])),
            list::number(show::last_day(code.expires)),
            actions(desk, lang, state, code),
        ])
    });
    rows.done(t::CODES.get(lang))
}

fn actions(desk: Desk, lang: Lang, state: State, code: &CodeLine) -> Html {
    if code.state != "open" {
        return el("span").class("quiet").text("—");
    }
    let number = code.number;
    let rotate = move || made(desk, state, format!("codes/{number}/rotate"), None, state.said);
    let close = move || {
        state.said.set(None);
        spawn(async move {
            let outcome: Result<(), Fail> = desk.act("POST", &format!("codes/{number}/close"), None).await;
            state.said.try_set(Some(match outcome {
                Ok(()) => Said::Done(t::CODE_WAS_CLOSED, String::new()),
                Err(fail) => Said::Failed(fail),
            }));
            load(desk, state);
            desk.load_units();
            frame::focus_soon("said");
        });
    };
    let rotate_key = format!("rotate-{number}");
    let close_key = format!("close-{number}");
    let (rotate_words, close_words) = (t::CODE_ROTATE.get(lang), t::CODE_CLOSE.get(lang));
    el("div")
        .class("actions")
        .child(frame::sure(
            lang,
            &rotate_key,
            (rotate_words, rotate_words),
            t::CODE_ROTATE_SURE.get(lang).to_owned(),
            rotate,
        ))
        .child(frame::sure(
            lang,
            &close_key,
            (close_words, close_words),
            t::CODE_CLOSE_SURE.get(lang).to_owned(),
            close,
        ))
}
