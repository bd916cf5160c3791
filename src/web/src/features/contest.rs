//! Practice contests: the list, and one with its shared paper, own best and history.

use crate::html::{Html, dynamic, el, none};
use crate::page;
use crate::platform::timer::spawn;
use crate::platform::{dom, random};
use crate::route::Route;
use crate::state::app::exams::BeginError;
use crate::state::app::{App, app};
use crate::state::packs::LoadError;
use crate::text::{self, Lang};
use crate::ui::exam::{facts, history, past};
use domain::exam::Exam;
use domain::record::Mode;
use domain::shuffle::Seed;
use leptos::prelude::*;
use std::sync::Arc;
use wire::exam::{ExamForm, ExamsPack};

type Loaded = RwSignal<Option<Result<Arc<ExamsPack>, LoadError>>, LocalStorage>;

fn loaded(app: App) -> Loaded {
    let pack: Loaded = RwSignal::new_local(None);
    let asked = StoredValue::new(false);
    // Talks to the outside: the pack of exams, once the catalogue names it.
    Effect::new(move |_| {
        let ready = app.catalogue.with(|load| load.ready().is_some());
        if ready && !asked.get_value() {
            asked.set_value(true);
            spawn(async move {
                let found = app.exams().await;
                pack.try_set(Some(found));
            });
        }
    });
    pack
}

fn with_pack(app: App, show: impl Fn(&ExamsPack) -> Html + Clone + 'static) -> Html {
    let pack = loaded(app);
    page::with_catalogue(app, move |_| {
        let show = show.clone();
        dynamic(move || {
            if app.identity.with(Option::is_none) {
                return page::loading(app);
            }
            pack.with(|pack| match pack {
                None => page::loading(app),
                Some(Err(error)) => page::failed(app, error),
                Some(Ok(pack)) => show(pack),
            })
        })
    })
}

/// The list of contests.
pub fn contests() -> Html {
    let app = app();
    with_pack(app, move |pack| {
        let lang = app.lang.get();
        let entry = |form: &ExamForm| {
            let href = app.href(&Route::Competition(form.id.clone(), String::new()));
            let link = el("a")
                .attr("href", &href)
                .attr("data-test", "contest")
                .child(el("h2").text(&lang.of(&form.title)));
            el("li")
                .class("card")
                .child(link)
                .child(el("p").class("facts").text(&facts(form, lang)))
                .child(el("p").text(&lang.of(&form.summary)))
        };
        let contests = pack.exams.iter().filter(|exam| exam.kind == "contest");
        let body = none()
            .child(el("p").class("lead").text(text::exam::CONTESTS_LEAD.get(lang)))
            .child(el("ul").class("cards").all(contests.map(entry)))
            .child(el("p").class("buttons").child(page::button_link(
                app,
                "plain",
                &Route::Exercises,
                text::exam::EXERCISES.get(lang),
            )));
        page::frame(app, "competitions", text::exam::CONTESTS.get(lang), body)
    })
}

/// The page of one contest; `seed` is the shared paper's, 16 hexadecimal digits, or empty.
pub fn contest(id: String, seed: &str) -> Html {
    let app = app();
    let shared = wire::record::read_seed(seed).ok();
    #[allow(clippy::cast_possible_truncation, reason = "any 64 of the bits will do")]
    let own = Seed(random::bits() as u64);
    with_pack(app, move |pack| {
        let found = pack.exams.iter().find(|exam| exam.id == id && exam.kind == "contest");
        found.map_or_else(|| page::not_found(app), |form| show(app, form, shared, own))
    })
}

fn best(past: &[Exam]) -> Option<domain::marking::Mark> {
    past.iter()
        .filter_map(|exam| Some(exam.total?.mark()))
        .max_by_key(|mark| mark.points)
}

fn show(app: App, form: &ExamForm, shared: Option<Seed>, own: Seed) -> Html {
    let lang = app.lang.get();
    let seed = shared.unwrap_or(own);
    let error: RwSignal<Option<BeginError>> = RwSignal::new(None);
    let said = move || {
        let error = error.get();
        error.map_or_else(none, |error| {
            el("p").attr("role", "alert").text(&page::begin_error(&error, lang))
        })
    };
    let (id, wanted) = (form.id.clone(), form.clone());
    let start = move || {
        let open = app.ledger.with(|ledger| {
            let past = past(&ledger.evidence, &id);
            past.into_iter().find(|exam| exam.finished.is_none())
        });
        if let Some(open) = open {
            let route = Route::Sitting(id.clone(), open.sitting.attempt.to_string());
            let link = page::button_link(app, "primary", &route, text::exam::RESUME.get(lang));
            return none()
                .child(el("p").text(text::exam::OPEN_SITTING.get(lang)))
                .child(el("p").class("buttons").child(link.attr("data-test", "resume")));
        }
        let form = wanted.clone();
        let begin = move || {
            let form = form.clone();
            spawn(async move {
                match app.begin_sitting(&form, Mode::Contest, seed).await {
                    Ok(attempt) => app.go(Route::Sitting(form.id.clone(), attempt.to_string()), false),
                    Err(problem) => drop(error.try_set(Some(problem))),
                }
            });
        };
        let button = page::button("primary", text::exam::BEGIN_CONTEST.get(lang), begin);
        el("p")
            .class("buttons")
            .child(button.attr("data-test", "begin-contest"))
    };
    let number = wire::record::write_seed(seed);
    let same = shared.map(|_| {
        el("p")
            .class("flag")
            .attr("data-test", "shared-seed")
            .text(&text::exam::SAME_PAPER.with(lang, &[&number]))
    });
    let id = form.id.clone();
    let body = none()
        .child(el("p").class("lead").text(&lang.of(&form.summary)))
        .child(el("p").class("facts").text(&facts(form, lang)))
        .maybe(same)
        .dynamic(said)
        .dynamic(start)
        .child(share(app, form, seed, lang))
        .dynamic(move || {
            let past = app.ledger.with(|ledger| past(&ledger.evidence, &id));
            let best = best(&past).map(|mark| {
                el("p")
                    .attr("data-test", "best")
                    .text(&text::exam::BEST.with(lang, &[&mark.points, &mark.max]))
            });
            none().maybe(best).child(history(&past, &app.base(), lang, |_| {
                text::exam::CONTEST_MODE.get(lang)
            }))
        });
    page::frame(app, "competition", &lang.of(&form.title), body)
}

/// The link and the QR code of a paper.
fn share(app: App, form: &ExamForm, seed: Seed, lang: Lang) -> Html {
    let path = app.href(&Route::Competition(form.id.clone(), wire::record::write_seed(seed)));
    let address = format!("{}{path}", dom::origin());
    let field = el("input")
        .attr("type", "text")
        .attr("readonly", "")
        .attr("data-test", "share-link")
        .attr("aria-label", text::exam::SHARE_LINK.get(lang))
        .attr("value", &address);
    el("details")
        .class("share")
        .child(el("summary").text(text::exam::SHARE_TITLE.get(lang)))
        .child(el("p").class("quiet").text(text::exam::SHARE_LEAD.get(lang)))
        .child(field)
        .child(crate::ui::qr::code(&address, text::exam::SHARE_TITLE.get(lang)))
}
