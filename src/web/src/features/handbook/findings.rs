//! The result of an inspection: what was not in order, on what basis, and to whom it goes. To be printed or copied; it stays on
//! the device.

use super::inspection::{Desk, authorities, with_desk};
use crate::html::{Html, el, none};
use crate::page;
use crate::platform::dom;
use crate::platform::timer::spawn;
use crate::route::Route;
use crate::state::app::App;
use crate::state::inspections::{Line, PLACE, Sheet, sheet};
use crate::text::{self, Lang};
use crate::ui::basis::citation_text;
use crate::ui::notice::{Tone, notice};
use domain::citation::Basis;
use leptos::prelude::*;
use std::fmt::Write;
use wire::pack::{CheckForm, VenuePack};

/// The page.
pub fn findings(venue: String, id: String) -> Html {
    let copied = RwSignal::new(None::<bool>);
    with_desk(venue, id, move |app, desk| show(app, desk, copied))
}

/// What a check rests on, in words.
fn rests(check: &CheckForm, pack: &VenuePack, lang: Lang) -> String {
    match Basis::try_from(&check.basis) {
        Ok(Basis::Article(list)) => {
            let list: Vec<String> = list
                .iter()
                .map(|cited| citation_text(cited, &pack.regulations))
                .collect();
            list.join("、")
        }
        Ok(Basis::Cited { citations, note, .. }) => {
            let list: Vec<String> = citations
                .iter()
                .map(|cited| citation_text(cited, &pack.regulations))
                .collect();
            format!("{}（{note}）", list.join("、"))
        }
        Ok(Basis::Practice(reason)) => format!("{}{reason}", text::BASIS_PRACTICE.get(lang)),
        Err(_) => String::new(),
    }
}

fn show(app: App, desk: &Desk, copied: RwSignal<Option<bool>>) -> Html {
    let lang = app.lang.get();
    let kept = desk.kept.get();
    let sheet = sheet(&desk.pack.sections, &kept.findings);
    let back = Route::Inspection(desk.entry.slug.clone(), kept.inspection.id.clone());
    let when = dom::date_time(kept.inspection.began, lang.code());
    let place = if kept.inspection.place.is_empty() {
        text::INSPECT_UNNAMED.get(lang).to_owned()
    } else {
        kept.inspection.place.clone()
    };
    let head = format!("{place} · {} · {when}", lang.of(&desk.entry.title));
    let counts = text::FINDINGS_COUNTS.with(
        lang,
        &[
            &sheet.failed.len(),
            &sheet.passed.len(),
            &sheet.not_applicable.len(),
            &sheet.open.len(),
        ],
    );
    let words = plain(&head, &counts, &sheet, &desk.pack, lang);
    let shown = words.clone();
    let copy = move || {
        let words = words.clone();
        spawn(async move {
            let done = !matches!(dom::hand_out(&words).await, dom::HandedOut::No);
            copied.try_set(Some(done));
        });
    };
    let said = move || match copied.get() {
        None => none(),
        Some(true) => el("p").attr("role", "status").text(text::FINDINGS_COPIED.get(lang)),
        Some(false) => {
            let area = el("textarea").attr("readonly", "").attr("rows", "8").text(&shown);
            el("label")
                .class("field")
                .child(el("span").text(text::FINDINGS_NOT_COPIED.get(lang)))
                .child(area)
        }
    };
    let buttons = el("p")
        .class("buttons")
        .child(page::button("primary", text::exam::PRINT.get(lang), dom::print).attr("data-test", "print"))
        .child(page::button("plain", text::FINDINGS_COPY.get(lang), copy).attr("data-test", "copy"))
        .child(page::button_link(app, "plain", &back, text::FINDINGS_BACK.get(lang)));
    let failed = if sheet.failed.is_empty() {
        el("p").text(text::FINDINGS_NONE.get(lang))
    } else {
        el("ol")
            .class("findings")
            .all(sheet.failed.iter().map(|line| row(line, &desk.pack, lang)))
    };
    let part = |title: text::Text, rows: Vec<String>| {
        (!rows.is_empty()).then(|| {
            let heading = format!("{}（{}）", title.get(lang), rows.len());
            let rows = rows.iter().map(|words| el("li").text(words));
            el("section")
                .child(el("h2").text(&heading))
                .child(el("ul").attr("lang", "zh-CN").all(rows))
        })
    };
    let lines = |lines: &[Line<'_>]| lines.iter().map(noted).collect::<Vec<_>>();
    let open = sheet.open.iter().map(|check| check.title.clone()).collect();
    let gone = (!sheet.gone.is_empty()).then(|| {
        let rows = sheet
            .gone
            .iter()
            .map(|(id, finding)| el("li").text(&format!("{id} {}", finding.note)));
        notice(Tone::Warn, text::FINDINGS_GONE.get(lang), el("ul").all(rows))
    });
    let body = none()
        .child(el("p").class("lead").text(&head))
        .child(el("p").attr("data-test", "counts").text(&counts))
        .child(
            el("p")
                .class("flag")
                .attr("data-test", "aid")
                .text(text::FINDINGS_AID.get(lang)),
        )
        .child(buttons)
        .dynamic(said)
        .child(rename(app, desk, lang))
        .child(
            el("section")
                .child(el("h2").text(text::FINDINGS_FAILED.get(lang)))
                .child(failed),
        )
        .maybe(gone)
        .maybe(part(text::FINDINGS_OPEN, open))
        .maybe(part(text::FINDINGS_PASSED, lines(&sheet.passed)))
        .maybe(part(text::FINDINGS_NA, lines(&sheet.not_applicable)))
        .child(el("p").class("quiet").text(text::INSPECT_HERE.get(lang)));
    page::frame(app, "findings", text::INSPECT_FINDINGS.get(lang), body)
}

/// The title of a check, with the note where the person wrote one.
fn noted(line: &Line<'_>) -> String {
    if line.finding.note.is_empty() {
        line.check.title.clone()
    } else {
        format!("{}（{}）", line.check.title, line.finding.note)
    }
}

/// The field that names the place: on site there may have been no time to write it.
fn rename(app: App, desk: &Desk, lang: Lang) -> Html {
    let kept = desk.kept;
    let input = el("input")
        .attr("name", "place")
        .attr("maxlength", &PLACE.to_string())
        .attr("autocomplete", "off")
        .prop_of("value", move || kept.with(|kept| kept.inspection.place.clone()).into())
        .on("change", move |event| {
            let name = dom::value(event);
            let inspection = kept.with_untracked(|kept| kept.inspection.clone());
            spawn(async move {
                // Where there is no room the notice above the page says so, and the field keeps what was written.
                if let Ok(inspection) = app.rename_inspection(inspection, &name).await {
                    kept.try_update(|kept| kept.inspection = inspection);
                }
            });
        });
    el("label")
        .class("field screen")
        .child(el("span").text(text::INSPECT_NAME.get(lang)))
        .child(input)
}

fn row(line: &Line<'_>, pack: &VenuePack, lang: Lang) -> Html {
    let check = line.check;
    let stop = check
        .stop
        .then(|| el("span").class("tag tag-wrong").text(text::CHECK_STOP.get(lang)));
    let part = |label: text::Text, words: &str| {
        let words = el("dd").attr("lang", "zh-CN").text(words);
        none().child(el("dt").text(label.get(lang))).child(words)
    };
    let stop_note = (check.stop && !check.stop_note.is_empty()).then(|| part(text::CHECK_STOP, &check.stop_note));
    let note = (!line.finding.note.is_empty()).then(|| part(text::INSPECT_NOTE, &line.finding.note));
    let changed = line
        .changed
        .then(|| el("p").class("flag").text(text::FINDINGS_CHANGED.get(lang)));
    let facts = el("dl")
        .maybe(note)
        .maybe(stop_note)
        .child(part(text::BASIS, &rests(check, pack, lang)))
        .child(part(text::CHECK_AUTHORITY, &authorities(check, lang)))
        .child(part(text::CHECK_HANDOVER, &check.handover));
    el("li")
        .attr("data-check", &check.id)
        .child(el("h3").attr("lang", "zh-CN").text(&check.title).maybe(stop))
        .maybe(changed)
        .maybe(super::revised(check, pack, lang))
        .child(facts)
}

/// The result as plain text, for a message or a document.
fn plain(head: &str, counts: &str, sheet: &Sheet<'_>, pack: &VenuePack, lang: Lang) -> String {
    let mut words = format!(
        "{}\n{head}\n{counts}\n{}\n",
        text::INSPECT_FINDINGS.get(lang),
        text::FINDINGS_AID.get(lang)
    );
    for (place, line) in sheet.failed.iter().enumerate() {
        let check = line.check;
        let stop = if check.stop {
            format!("【{}】", text::CHECK_STOP.get(lang))
        } else {
            String::new()
        };
        // Writing to a String cannot fail.
        let _ = write!(words, "\n{}. {stop}{}\n", place + 1, check.title);
        for (label, what) in [
            (text::INSPECT_NOTE, line.finding.note.clone()),
            (text::BASIS, rests(check, pack, lang)),
            (text::CHECK_AUTHORITY, authorities(check, lang)),
            (text::CHECK_HANDOVER, check.handover.clone()),
        ] {
            if !what.is_empty() {
                let _ = writeln!(words, "   {}：{what}", label.get(lang));
            }
        }
    }
    for (label, lines) in [
        (text::FINDINGS_PASSED, &sheet.passed),
        (text::FINDINGS_NA, &sheet.not_applicable),
    ] {
        let told = lines.iter().filter(|line| !line.finding.note.is_empty());
        let told: Vec<String> = told.map(noted).collect();
        if !told.is_empty() {
            let _ = write!(words, "\n{}：{}\n", label.get(lang), told.join("；"));
        }
    }
    if !sheet.open.is_empty() {
        let open: Vec<&str> = sheet.open.iter().map(|check| check.title.as_str()).collect();
        let _ = write!(words, "\n{}：{}\n", text::FINDINGS_OPEN.get(lang), open.join("；"));
    }
    words
}
