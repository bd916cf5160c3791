//! Exports: the lists of people, results and progress as files, by the filter in use.

use super::frame::{self, Said, frame};
use super::{list, show};
use crate::html::{Html, dynamic, el, none};
use crate::platform::timer::spawn;
use crate::state::desk::Desk;
use crate::state::desk::address::{Filter, Page, Place, What};
use crate::text::{Lang, Text, organize as t};
use leptos::prelude::*;
use wire::organize::ExportRequest;

/// The page for an export of `what`.
pub(super) fn page(desk: Desk, place: &Place, what: What) -> Html {
    let draft = RwSignal::new(place.filter.clone());
    let said = RwSignal::new(None);
    let busy = RwSignal::new(false);
    let place = place.clone();
    dynamic(move || {
        let lang = desk.lang.get();
        let here = place.clone();
        let body = none()
            .child(el("p").class("lead").text(t::EXPORT_LEAD.get(lang)))
            .child(kinds(desk, lang, &place, what))
            .child(list::filter(desk, &place, draft, t::EXPORT_APPLY))
            .child(
                el("div")
                    .attr("id", "found")
                    .attr("tabindex", "-1")
                    .child(list::only_exam(desk, &place, None))
                    .dynamic(move || in_use(desk, lang, &here)),
            )
            .child(downloads(desk, lang, &place, what, (said, busy)))
            .child(frame::said(desk, said));
        frame(desk, "exports", t::EXPORTS.get(lang), body)
    })
}

fn name(what: What) -> Text {
    match what {
        What::People => t::PEOPLE,
        What::Results => t::RESULTS,
        What::Progress => t::PROGRESS,
    }
}

/// Links to the kinds of export; each takes along what it knows of the filter.
fn kinds(desk: Desk, lang: Lang, place: &Place, now: What) -> Html {
    let link = |what: What| {
        let link = frame::link(
            desk,
            &Page::Exports(what).with(place.filter.clone()),
            name(what).get(lang),
        );
        let link = if what == now {
            link.attr("aria-current", "page")
        } else {
            link
        };
        el("li").child(link)
    };
    el("nav")
        .class("kinds")
        .attr("aria-label", t::EXPORT_WHAT.get(lang))
        .child(el("ul").all(What::ALL.map(link)))
}

/// The filter in use, in words: what is exported is what the address says, not what is typed and not applied.
fn in_use(desk: Desk, lang: Lang, place: &Place) -> Html {
    let filter = &place.filter;
    let value = |field: &str| match field {
        "unit" => filter.unit.map(|unit| {
            let no = || t::UNIT_NO.with(lang, &[&unit]);
            desk.unit_name(unit).unwrap_or_else(no)
        }),
        "mode" => Some(show::mode(&filter.mode, lang)),
        other => Some(filter.field(other)),
    };
    let label = |field: &str| match field {
        "unit" => t::UNIT,
        "find" => t::FIND,
        "mode" => t::MODE,
        "exam" => t::EXAM,
        "from" => t::FROM,
        _ => t::TO,
    };
    let known = place.page.fields().iter();
    let used: Vec<String> = known
        .filter_map(|field| Some((field, value(field).filter(|value| !value.is_empty())?)))
        .map(|(field, value)| format!("{} {value}", label(field).get(lang)))
        .collect();
    let words = if used.is_empty() {
        t::EXPORT_ALL.get(lang).to_owned()
    } else {
        t::EXPORT_SOME.with(lang, &[&used.join(" · ")])
    };
    el("p").attr("data-test", "filter-in-use").text(&words)
}

/// What came of the last download, and whether one is under way.
type Fate = (RwSignal<Option<Said>>, RwSignal<bool>);

fn downloads(desk: Desk, lang: Lang, place: &Place, what: What, (said, busy): Fate) -> Html {
    let button = |class: &str, label: Text, format: &'static str| {
        let filter = place.filter.clone();
        let fields = place.page.fields();
        let press = move || {
            if busy.get_untracked() {
                return;
            }
            busy.set(true);
            said.set(None);
            let wanted = request(what, format, &filter, fields);
            spawn(async move {
                said.try_set(Some(match desk.export(&wanted).await {
                    Ok(name) => Said::Done(t::EXPORT_DONE, name),
                    Err(fail) => Said::Failed(fail),
                }));
                busy.try_set(false);
            });
        };
        frame::button(class, label.get(lang), press)
            .attr("data-format", format)
            .attr_of("aria-disabled", move || busy.get().then(|| "true".to_owned()))
    };
    el("p")
        .class("buttons")
        .child(button("primary", t::EXPORT_XLSX, "xlsx"))
        .child(button("plain", t::EXPORT_CSV, "csv"))
}

/// The request for a file; of the filter only what the kind knows.
fn request(what: What, format: &str, filter: &Filter, fields: &[&str]) -> ExportRequest {
    let field = |name: &str| {
        let value = filter.field(name);
        (fields.contains(&name) && !value.is_empty()).then_some(value)
    };
    ExportRequest {
        what: what.name().to_owned(),
        format: format.to_owned(),
        unit: filter.unit.filter(|_| fields.contains(&"unit")),
        find: field("find"),
        mode: field("mode"),
        exam: field("exam"),
        from: field("from"),
        to: field("to"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_asked_for_by_what_its_kind_knows_of_the_filter() {
        let filter = Filter {
            unit: Some(3),
            find: "王".into(),
            mode: "assessment".into(),
            exam: String::new(),
            from: "2026-01-01".into(),
            to: String::new(),
            after: "40".into(),
        };
        let of = |what: What| request(what, "csv", &filter, Page::Exports(what).fields());
        let results = of(What::Results);
        assert_eq!((results.unit, results.find.as_deref()), (Some(3), Some("王")));
        assert_eq!((results.mode.as_deref(), results.exam), (Some("assessment"), None));
        assert_eq!((results.from.as_deref(), results.to), (Some("2026-01-01"), None));
        let people = of(What::People);
        assert_eq!(
            (people.find.as_deref(), people.mode, people.from),
            (Some("王"), None, None)
        );
        let progress = of(What::Progress);
        assert_eq!(
            (progress.unit, progress.find, progress.what.as_str()),
            (Some(3), None, "progress")
        );
    }
}
