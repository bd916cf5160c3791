//! What a sitting came to: passed or not, by topic and regulation, and what was wrong, with key, explanation and basis
//! where the keys may be shown.

use super::{card, mode_text};
use crate::html::{Html, dynamic, el, none};
use crate::page;
use crate::platform::timer::spawn;
use crate::route::Route;
use crate::state::app::App;
use crate::text::{self, Lang};
use crate::ui::exam::shares;
use crate::ui::question::{outcome_name, outcome_text};
use crate::ui::told::{Telling, told};
use domain::exam::{Exam, ExamResult, Row};
use domain::ids::{AttemptId, ItemId};
use domain::item::{Item, Response};
use domain::marking::{Mark, Outcome};
use domain::record::{Marked, Mode};
use domain::units::Points;
use indexmap::IndexMap;
use leptos::prelude::*;
use std::sync::Arc;
use wire::Bilingual;
use wire::exam::SittingAnswer;
use wire::pack::{Bank, RegulationRef};

/// The items of a paper with the bank that each is from.
type Items = IndexMap<ItemId, (Arc<Bank>, Arc<Item>)>;

/// The page of a sitting that was handed in.
pub(super) fn outcome(app: App, exam: String, id: AttemptId, state: Memo<Option<Exam>>) -> Html {
    let mode = state.with_untracked(|state| state.as_ref().map(|exam| exam.sitting.mode));
    if mode == Some(Mode::Assessment) {
        return assessed(app, exam, id, state);
    }
    let items: RwSignal<Option<Arc<Items>>, LocalStorage> = RwSignal::new_local(None);
    let title: RwSignal<Option<Bilingual>> = RwSignal::new(None);
    let Some(sitting) = state.with_untracked(|state| state.as_ref().map(|exam| exam.sitting.clone())) else {
        return page::not_found(app);
    };
    if sitting.mode == Mode::Contest {
        let wanted = exam.clone();
        spawn(async move {
            let pack = app.exams().await.ok();
            let found = pack.and_then(|pack| Some(pack.exams.iter().find(|form| form.id == wanted)?.title.clone()));
            title.try_set(found);
        });
    }
    spawn(async move {
        let mut found = Items::new();
        for entry in sitting.sections.iter().flat_map(|section| &section.items) {
            // What is not to be had any more is shown as such.
            let Ok(bank) = app.bank(entry.pack).await else { continue };
            if let Some(item) = bank.items.get(&entry.item) {
                let item = Arc::new(item.clone());
                found.insert(entry.item.clone(), (bank, item));
            }
        }
        let total = state.try_with_untracked(|state| {
            let known = state.as_ref()?;
            let complete = found.len() == known.answers.len();
            let result = known.result(|id| found.get(id).map(|(_, item)| &**item));
            // Noted once, for the lists that show it without the packs.
            (complete && known.total.is_none()).then(|| Some((known.handed_by?, result.total())))?
        });
        items.try_set(Some(Arc::new(found)));
        if let Some((record, mark)) = total.flatten() {
            app.note_total(record, Marked::Here(mark));
        }
    });
    dynamic(move || {
        let (Some(items), Some(known)) = (items.get(), state.get()) else {
            return page::loading(app);
        };
        let result = known.result(|id| items.get(id).map(|(_, item)| &**item));
        let title = title.get();
        local(app, &exam, &known, &result, &items, title.as_ref())
    })
}

fn score(points: Points, max: Points, passed: Option<bool>, lang: Lang) -> Html {
    let words = match passed {
        Some(true) => text::exam::PASSED,
        Some(false) => text::exam::FAILED,
        None => text::exam::AWAITING,
    };
    let name = match passed {
        Some(true) => "passed",
        Some(false) => "failed",
        None => "awaiting",
    };
    el("p")
        .class("score")
        .attr("data-test", "exam-score")
        .attr("data-points", &points.0.to_string())
        .attr("data-max", &max.0.to_string())
        .attr("data-passed", name)
        .child(el("b").text(&text::exam::POINTS_OF.with(lang, &[&points, &max])))
        .child(el("span").text(words.get(lang)))
}

fn took(exam: &Exam, lang: Lang) -> Option<Html> {
    let (_, handed) = exam.finished?;
    let seconds = handed.elapsed_ms / 1_000;
    let words = text::exam::TOOK.with(lang, &[&(seconds / 60), &(seconds % 60)]);
    let over = handed.by_time.then(|| {
        el("p")
            .attr("data-test", "by-time")
            .text(text::exam::TIME_OVER.get(lang))
    });
    let doubtful = handed.doubtful.then(|| {
        el("p")
            .class("flag")
            .attr("data-test", "doubtful")
            .text(text::exam::DOUBTFUL.get(lang))
    });
    Some(
        none()
            .child(el("p").class("quiet").text(&words))
            .maybe(over)
            .maybe(doubtful),
    )
}

fn local(app: App, exam: &str, known: &Exam, result: &ExamResult, items: &Items, title: Option<&Bilingual>) -> Html {
    let lang = app.lang.get();
    let proof = match known.total {
        Some(Marked::ByEndpoint(mark)) if mark.points == result.points => text::exam::PROOF_CHECKED,
        _ => text::exam::PROOF_LOCAL,
    };
    let mode = el("p")
        .class("facts")
        .child(
            el("span")
                .class("tag")
                .attr("data-test", "mode")
                .text(mode_text(known.sitting.mode).get(lang)),
        )
        .text(" ")
        .text(proof.get(lang))
        .text(" · ")
        .text(&text::exam::NEEDED.with(lang, &[&result.needed()]));
    let shorts = |rows: &IndexMap<String, (Points, Points)>| -> IndexMap<String, (Points, Points)> {
        let name = |key: &str| {
            let known = items.values().find_map(|(bank, _)| bank.regulations.get(key));
            known.map_or_else(|| key.to_owned(), |regulation: &RegulationRef| regulation.short.clone())
        };
        rows.iter().map(|(key, value)| (name(key), *value)).collect()
    };
    let only_wrong = RwSignal::new(false);
    let filter = el("label")
        .class("check")
        .child(
            el("input")
                .attr("type", "checkbox")
                .attr("data-test", "only-wrong")
                .prop_of("checked", move || only_wrong.get().into())
                .on("change", move |_| only_wrong.update(|on| *on = !*on)),
        )
        .text(text::exam::ONLY_WRONG.get(lang));
    let rows = result
        .rows
        .iter()
        .enumerate()
        .map(|(place, one)| row(app, known, place, one, items, only_wrong, lang));
    let review = el("section")
        .child(el("h2").text(text::exam::REVIEW_ALL.get(lang)))
        .child(filter)
        .child(el("ol").class("review").all(rows));
    let again = match known.sitting.mode {
        Mode::Contest => Route::Competition(exam.into(), String::new()),
        _ => Route::Exam(exam.into()),
    };
    let card = title.and_then(|title| card::card(app, known, result, title, lang));
    // The card brings its own.
    let print = card
        .is_none()
        .then(|| page::button("plain", text::exam::PRINT.get(lang), crate::platform::dom::print));
    let buttons = el("p")
        .class("buttons")
        .child(page::button_link(
            app,
            "primary",
            &again,
            text::exam::NEW_PAPER.get(lang),
        ))
        .maybe(print);
    let body = none()
        .child(mode)
        .child(score(result.points, result.max, result.passed(), lang))
        .maybe(took(known, lang))
        .maybe(card)
        .child(buttons)
        .child(shares(text::exam::BY_TOPIC, &result.topics, lang))
        .child(shares(text::exam::BY_REGULATION, &shorts(&result.regulations), lang))
        .child(review);
    page::frame(app, "exam-result", text::exam::RESULT_TITLE.get(lang), body)
}

fn row(app: App, exam: &Exam, place: usize, row: &Row, items: &Items, only_wrong: RwSignal<bool>, lang: Lang) -> Html {
    let found = items.get(&row.item);
    let stem = found.map_or_else(|| row.item.to_string(), |(_, item)| item.stem.clone());
    let right = row.mark.outcome == Outcome::Right;
    let entry = el("li")
        .attr("data-item", row.item.as_str())
        .attr("data-outcome", outcome_name(row.mark.outcome))
        .attr_of("hidden", move || (right && only_wrong.get()).then(String::new));
    let summary = el("summary")
        .child(tag(row.mark, lang))
        .child(el("span").attr("lang", "zh-CN").text(&format!("{}. {stem}", place + 1)));
    let Some((bank, item)) = found else {
        return entry.child(
            el("details")
                .child(summary)
                .child(el("p").text(text::exam::ITEM_GONE.get(lang))),
        );
    };
    let empty = || domain::asked::Asked::of(item, exam.sitting.seed).empty();
    let response: Response = exam.answers.get(&row.item).cloned().flatten().unwrap_or_else(empty);
    let telling = Telling {
        item: Arc::clone(item),
        seed: exam.sitting.seed.derive(row.item.as_str()),
        response,
        regulations: Arc::new(bank.regulations.clone()),
        lang,
        base: app.base(),
    };
    let revision = text::exam::REVISION_NOTE.with(lang, &[&item.revision.0]);
    let detail = el("div")
        .child(el("p").class("stem").attr("lang", "zh-CN").text(&item.stem))
        .child(told(&telling))
        .child(el("p").class("quiet").text(&revision));
    entry.child(el("details").child(summary).child(detail))
}

fn tag(mark: Mark, lang: Lang) -> Html {
    let class = match mark.outcome {
        Outcome::Right => "tag tag-done",
        Outcome::Awaiting => "tag",
        _ => "tag tag-wrong",
    };
    let words = format!(
        "{} {}",
        outcome_text(mark.outcome).get(lang),
        text::exam::POINTS_OF.with(lang, &[&mark.points, &mark.max])
    );
    el("span").class(class).text(&words)
}

/// The result of an assessment: what the endpoint says of it.
fn assessed(app: App, exam: String, id: AttemptId, state: Memo<Option<Exam>>) -> Html {
    let verdict: RwSignal<Option<Option<SittingAnswer>>, LocalStorage> = RwSignal::new_local(None);
    let wanted = exam.clone();
    // Talks to the outside: asks again whenever everything that waited has been sent.
    Effect::new(move |_| {
        let waiting = app.ledger.with(|ledger| ledger.pending.len());
        let ready = app.config.with(Option::is_some);
        let wanted = wanted.clone();
        if ready || waiting == 0 {
            spawn(async move {
                let heard = app.verdict(&wanted, id).await;
                let record = state.try_with_untracked(|state| state.as_ref()?.handed_by).flatten();
                if let (Some(mark), Some(record)) = (heard.as_ref().and_then(total), record) {
                    app.note_total(record, Marked::ByEndpoint(mark));
                }
                verdict.try_set(Some(heard));
            });
        }
    });
    dynamic(move || {
        let lang = app.lang.get();
        let Some(known) = state.get() else {
            return page::loading(app);
        };
        let mode = el("p").class("facts").child(
            el("span")
                .class("tag")
                .attr("data-test", "mode")
                .text(mode_text(Mode::Assessment).get(lang)),
        );
        let shown = verdict.with(|verdict| match verdict {
            Some(Some(answer)) if answer.state != "open" => marked(answer, lang),
            _ => el("p")
                .attr("data-test", "not-marked")
                .text(text::exam::NOT_MARKED.get(lang)),
        });
        let back = page::button_link(app, "plain", &Route::Exam(exam.clone()), text::exam::EXAM.get(lang));
        let body = none()
            .child(mode)
            .child(shown)
            .maybe(took(&known, lang))
            .child(el("p").class("buttons").child(back));
        page::frame(app, "exam-result", text::exam::RESULT_TITLE.get(lang), body)
    })
}

/// The mark of the whole by the endpoint; none while it is open, or where it does not count.
fn total(answer: &SittingAnswer) -> Option<Mark> {
    let outcome = match answer.passed {
        Some(true) => Outcome::Right,
        Some(false) => Outcome::Wrong,
        None => Outcome::Awaiting,
    };
    let mark = Mark {
        points: Points(answer.points),
        max: Points(answer.max),
        outcome,
    };
    (answer.state != "open" && answer.counts).then_some(mark)
}

fn marked(answer: &SittingAnswer, lang: Lang) -> Html {
    let mut topics: IndexMap<String, (Points, Points)> = IndexMap::new();
    let mut regulations: IndexMap<String, (Points, Points)> = IndexMap::new();
    let add = |map: &mut IndexMap<String, (Points, Points)>, key: &str, mark: Mark| {
        let sum = map.entry(key.to_owned()).or_default();
        *sum = (sum.0 + mark.points, sum.1 + mark.max);
    };
    let mut rows = Vec::new();
    for (place, one) in answer.rows.iter().enumerate() {
        let Some(mark) = one.mark.clone().mark() else { continue };
        for topic in &one.topics {
            add(&mut topics, topic, mark);
        }
        let mut cited: Vec<&str> = Vec::new();
        for citation in &one.citations {
            let whole = citation.split('#').next().unwrap_or_default();
            if !cited.contains(&whole) {
                cited.push(whole);
                add(&mut regulations, whole, mark);
            }
        }
        let words = format!("{}. {}", place + 1, one.topics.join("、"));
        rows.push(
            el("li")
                .attr("data-outcome", outcome_name(mark.outcome))
                .child(tag(mark, lang))
                .text(" ")
                .child(el("span").attr("lang", "zh-CN").text(&words)),
        );
    }
    let surplus = (!answer.counts).then(|| {
        el("p")
            .class("flag")
            .attr("data-test", "surplus")
            .text(text::exam::SURPLUS.get(lang))
    });
    none()
        .child(score(Points(answer.points), Points(answer.max), answer.passed, lang))
        .child(el("p").class("quiet").text(text::exam::PROOF_ENDPOINT.get(lang)))
        .child(
            el("p")
                .class("quiet")
                .text(&text::exam::STOCK_LABEL.with(lang, &[&answer.label])),
        )
        .maybe(surplus)
        .child(shares(text::exam::BY_TOPIC, &topics, lang))
        .child(shares(text::exam::BY_REGULATION, &regulations, lang))
        .child(
            el("section")
                .child(el("h2").text(text::exam::REVIEW_ALL.get(lang)))
                .child(el("p").class("quiet").text(text::exam::NO_KEYS.get(lang)))
                .child(el("ol").class("review").all(rows)),
        )
}
