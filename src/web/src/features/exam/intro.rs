//! What an exam is: the two kinds, how to begin each, and how it went before.

use super::mode_text;
use crate::html::{Html, dynamic, el, none};
use crate::page;
use crate::page::begin_error;
use crate::platform::random;
use crate::platform::timer::spawn;
use crate::route::Route;
use crate::state::app::exams::BeginError;
use crate::state::app::{App, Link, app};
use crate::state::packs::LoadError;
use crate::text::{self, Lang};
use crate::ui::exam::{facts, history, past};
use domain::record::Mode;
use domain::shuffle::Seed;
use leptos::prelude::*;
use wire::exam::{ExamForm, OfferForm};

/// The page of an exam.
pub fn intro(id: &str) -> Html {
    let app = app();
    let form: RwSignal<Option<Result<ExamForm, LoadError>>, LocalStorage> = RwSignal::new_local(None);
    let offers: RwSignal<Option<Vec<OfferForm>>, LocalStorage> = RwSignal::new_local(None);
    let asked = StoredValue::new(false);
    let wanted = id.to_owned();
    // Talks to the outside: the pack of exams, once the catalogue names it.
    Effect::new(move |_| {
        let ready = app.catalogue.with(|load| load.ready().is_some());
        if ready && !asked.get_value() {
            asked.set_value(true);
            let wanted = wanted.clone();
            spawn(async move {
                let found = app.exams().await.and_then(|pack| {
                    let found = pack.exams.iter().find(|exam| exam.id == wanted && exam.kind == "unit");
                    found.cloned().ok_or(LoadError::Missing(404))
                });
                form.try_set(Some(found));
            });
        }
    });
    // Talks to the outside: what the endpoint offers, once there is one.
    Effect::new(move |_| {
        let linked = !matches!(app.link.get(), Link::NoEndpoint | Link::Unlinked);
        if linked && app.config.with(Option::is_some) && app.identity.with(Option::is_some) {
            spawn(async move {
                let found = app.offers().await;
                offers.try_set(found);
            });
        }
    });
    page::with_catalogue(app, move |_| {
        dynamic(move || {
            if app.identity.with(Option::is_none) {
                return page::loading(app);
            }
            form.with(|form| match form {
                None => page::loading(app),
                Some(Err(error)) => page::failed(app, error),
                Some(Ok(form)) => show(app, form, offers),
            })
        })
    })
}

fn show(app: App, form: &ExamForm, offers: RwSignal<Option<Vec<OfferForm>>, LocalStorage>) -> Html {
    let lang = app.lang.get();
    let title = text::exam::EXAM_OF.with(lang, &[&lang.of(&form.title)]);
    let error: RwSignal<Option<BeginError>> = RwSignal::new(None);
    let said = move || {
        let error = error.get();
        error.map_or_else(none, |error| {
            el("p").attr("role", "alert").text(&begin_error(&error, lang))
        })
    };
    let (one, two) = (form.clone(), form.clone());
    let id = form.id.clone();
    let body = none()
        .child(el("p").class("lead").text(&facts(form, lang)))
        .dynamic(said)
        .child(self_test(app, one, lang, error))
        .maybe(form.assessment.then(|| {
            dynamic(move || {
                let offer = offers.with(|offers| {
                    let offers = offers.as_ref()?;
                    offers.iter().find(|offer| offer.id == two.id).cloned()
                });
                assessment(app, &two, offer.as_ref(), lang, error)
            })
        }))
        .dynamic(move || {
            let past = app.ledger.with(|ledger| past(&ledger.evidence, &id));
            history(&past, &app.base(), lang, |mode| mode_text(mode).get(lang))
        });
    page::frame(app, "exam", &title, body)
}

fn card(name: &str, mode: Mode, lead: text::Text, lang: Lang) -> Html {
    el("section")
        .class("sheet exam-kind")
        .attr("data-test", name)
        .child(el("h2").text(mode_text(mode).get(lang)))
        .child(el("p").text(lead.get(lang)))
}

fn self_test(app: App, form: ExamForm, lang: Lang, error: RwSignal<Option<BeginError>>) -> Html {
    let id = form.id.clone();
    let card = card("self-test", Mode::SelfTest, text::exam::SELF_TEST_LEAD, lang);
    card.dynamic(move || {
        let open = app.ledger.with(|ledger| {
            let past = past(&ledger.evidence, &id);
            past.into_iter()
                .find(|exam| exam.sitting.mode == Mode::SelfTest && exam.finished.is_none())
        });
        if let Some(open) = open {
            return resume(app, &id, &open.sitting.attempt.to_string(), lang);
        }
        let form = form.clone();
        let begin = move || {
            let form = form.clone();
            #[allow(clippy::cast_possible_truncation, reason = "any 64 of the bits will do")]
            let seed = Seed(random::bits() as u64);
            spawn(async move {
                match app.begin_sitting(&form, Mode::SelfTest, seed).await {
                    Ok(attempt) => app.go(Route::Sitting(form.id.clone(), attempt.to_string()), false),
                    Err(problem) => drop(error.try_set(Some(problem))),
                }
            });
        };
        let button = page::button("primary", text::exam::BEGIN_SELF.get(lang), begin);
        el("p")
            .class("buttons")
            .child(button.attr("data-test", "begin-self-test"))
    })
}

fn resume(app: App, exam: &str, attempt: &str, lang: Lang) -> Html {
    let route = Route::Sitting(exam.into(), attempt.into());
    let link = page::button_link(app, "primary", &route, text::exam::RESUME.get(lang));
    none()
        .child(el("p").text(text::exam::OPEN_SITTING.get(lang)))
        .child(el("p").class("buttons").child(link.attr("data-test", "resume")))
}

fn assessment(
    app: App,
    form: &ExamForm,
    offer: Option<&OfferForm>,
    lang: Lang,
    error: RwSignal<Option<BeginError>>,
) -> Html {
    let card = card("assessment", Mode::Assessment, text::exam::ASSESSMENT_LEAD, lang);
    let open = app.ledger.with(|ledger| {
        let past = past(&ledger.evidence, &form.id);
        past.into_iter()
            .find(|exam| exam.sitting.mode == Mode::Assessment && exam.finished.is_none())
    });
    if let Some(open) = open {
        return card.child(resume(app, &form.id, &open.sitting.attempt.to_string(), lang));
    }
    let note = |words: &str| el("p").class("quiet").text(words);
    match app.link.get() {
        Link::NoEndpoint | Link::Unlinked => {
            let join = page::button_link(app, "plain", &Route::Join(String::new()), text::JOIN.get(lang));
            return card
                .child(note(text::exam::NEEDS_JOIN.get(lang)))
                .child(el("p").class("buttons").child(join));
        }
        _ => {}
    }
    let Some(offer) = offer else {
        return card.child(note(text::exam::NEEDS_NETWORK.get(lang)));
    };
    let card = card.child(note(&text::exam::STOCK_LABEL.with(lang, &[&offer.label])));
    let card = match offer.left {
        Some(0) => return card.child(note(text::exam::ATTEMPTS_NONE.get(lang))),
        Some(left) => card.child(note(&text::exam::ATTEMPTS_LEFT.with(lang, &[&left]))),
        None => card,
    };
    if let Some(next) = offer.next {
        let when = text::moment(next);
        return card.child(note(&text::exam::WAIT_UNTIL.with(lang, &[&when])));
    }
    let id = form.id.clone();
    let busy = RwSignal::new(false);
    let begin = move || {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let id = id.clone();
        spawn(async move {
            match app.begin_assessment(&id).await {
                Ok(attempt) => app.go(Route::Sitting(id, attempt.to_string()), false),
                Err(problem) => drop(error.try_set(Some(problem))),
            }
            busy.try_set(false);
        });
    };
    let button = page::button("primary", text::exam::BEGIN_ASSESSMENT.get(lang), begin);
    card.child(
        el("p").class("buttons").child(
            button
                .attr("data-test", "begin-assessment")
                .attr_of("aria-disabled", move || busy.get().then(|| "true".to_owned())),
        ),
    )
}
