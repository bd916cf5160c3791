//! Exercises: the banks, and one exercise after the other, each answered, stored, marked and told.

use crate::html::{Html, dynamic, el, none};
use crate::page;
use crate::platform::timer::spawn;
use crate::platform::{dom, timer};
use crate::route::Route;
use crate::state::app::drafts::Draft;
use crate::state::app::giving::{self, Giving};
use crate::state::app::{App, app};
use crate::state::packs::LoadError;
use crate::text::{self, Lang};
use crate::ui::ask::{Asking, ask, kind_text};
use crate::ui::question::{outcome_name, outcome_text};
use crate::ui::told::{Telling, told};
use domain::asked::Asked;
use domain::ids::PackHash;
use domain::item::{Item, Response};
use domain::marking::{Mark, Outcome};
use domain::shuffle::Seed;
use domain::units::Share;
use leptos::prelude::*;
use std::sync::Arc;
use wire::catalogue::{Catalogue, ExerciseEntry};
use wire::pack::Bank;

/// The list of banks.
pub fn banks() -> Html {
    let app = app();
    page::with_catalogue(app, move |catalogue| list(app, catalogue))
}

fn list(app: App, catalogue: &Catalogue) -> Html {
    let lang = app.lang.get();
    let entry = |entry: &ExerciseEntry| {
        let link = el("a")
            .attr("href", &app.href(&Route::Exercise(entry.bank.id.clone())))
            .attr("data-test", "exercise-bank")
            .child(el("h2").text(&lang.of(&entry.title)));
        let kinds = entry.kinds.iter().filter_map(|kind| wire::item::kind_named(kind));
        let kinds: Vec<&str> = kinds.map(|kind| kind_text(kind).get(lang)).collect();
        let facts = format!(
            "{} · {}",
            kinds.join("、"),
            text::ITEMS_N.with(lang, &[&entry.bank.items])
        );
        el("li")
            .class("card")
            .child(link)
            .child(el("p").class("facts").text(&facts))
            .child(el("p").text(&lang.of(&entry.summary)))
    };
    let contests = page::button_link(app, "plain", &Route::Competitions, text::exam::CONTESTS.get(lang));
    let body = none()
        .child(el("p").class("lead").text(text::exam::EXERCISES_LEAD.get(lang)))
        .child(el("p").class("buttons").child(contests))
        .child(el("ul").class("cards").all(catalogue.exercises.iter().map(entry)));
    page::frame(app, "exercises", text::exam::EXERCISES.get(lang), body)
}

type LoadedBank = RwSignal<Option<Result<(Arc<Bank>, PackHash), LoadError>>, LocalStorage>;

/// The page of a bank: its exercises in order, beginning with the first that was not done well yet.
pub fn bank(id: String) -> Html {
    let app = app();
    let bank: LoadedBank = RwSignal::new_local(None);
    let place = RwSignal::new(0_usize);
    let asked = StoredValue::new(false);
    let wanted = id.clone();
    // Talks to the outside: the pack, once catalogue and records are there.
    Effect::new(move |_| {
        let hash = app.catalogue.with(|load| {
            let found = load.ready()?.banks().find(|(bank, _)| bank.id == wanted)?;
            found.0.pack.parse::<PackHash>().ok()
        });
        let Some(hash) = hash else { return };
        if app.identity.with(Option::is_none) || asked.get_value() {
            return;
        }
        asked.set_value(true);
        spawn(async move {
            let found = app.bank(hash).await;
            if let Ok(bank) = &found {
                let open = app.progress.with_untracked(|progress| {
                    bank.items.keys().position(|item| {
                        let last = progress.items.get(item).and_then(|known| known.last);
                        !matches!(last, Some(Outcome::Right | Outcome::Awaiting))
                    })
                });
                place.try_set(open.unwrap_or(0));
            }
            bank.try_set(Some(found.map(|bank| (bank, hash))));
        });
    });
    page::with_catalogue(app, move |catalogue| {
        let Some((_, title)) = catalogue.banks().find(|(bank, _)| bank.id == id) else {
            return page::not_found(app);
        };
        let title = title.clone();
        dynamic(move || {
            let title = app.lang.get().of(&title);
            bank.with(|bank| match bank {
                None => page::loading(app),
                Some(Err(error)) => page::failed(app, error),
                Some(Ok((bank, hash))) => show(app, bank, *hash, place, &title),
            })
        })
    })
}

fn show(app: App, bank: &Arc<Bank>, pack: PackHash, place: RwSignal<usize>, title: &str) -> Html {
    let lang = app.lang.get();
    let home = el("a")
        .attr("href", &app.href(&Route::Exercises))
        .text(text::exam::EXERCISES.get(lang));
    let bank = Arc::clone(bank);
    let current = move || {
        let at = place.get();
        bank.items
            .values()
            .nth(at)
            .map_or_else(none, |item| one(app, &bank, pack, &Arc::new(item.clone()), place, lang))
    };
    let body = none()
        .child(
            el("p")
                .class("facts")
                .child(home)
                .text(" · ")
                .text(text::MODE_PRACTICE.get(lang)),
        )
        .dynamic(current);
    page::frame(app, "exercise", title, body)
}

/// A response that was stored, with its mark.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Given {
    response: Response,
    mark: Mark,
}

/// One exercise under way.
#[derive(Clone, Copy)]
struct Work {
    app: App,
    lang: Lang,
    item: StoredValue<Arc<Item>, LocalStorage>,
    pack: PackHash,
    response: RwSignal<Response, LocalStorage>,
    given: RwSignal<Option<Given>, LocalStorage>,
    giving: Giving,
    draft: Draft,
}

impl Work {
    /// Stores the response, then has it marked and shown.
    fn submit(self) {
        let what = giving::Given {
            item: self.item.get_value(),
            pack: self.pack,
            attempt: None,
        };
        self.giving
            .give(self.app, what, self.response.get_untracked(), move |response, mark| {
                self.draft.drop();
                self.given.try_set(Some(Given { response, mark }));
                spawn(async {
                    timer::drawn().await;
                    dom::focus("[data-test=next]");
                });
            });
    }

    fn check(self) -> Html {
        if self.given.with(Option::is_some) {
            return none();
        }
        let button = page::button("primary wide", text::exam::CHECK_ANSWER.get(self.lang), move || {
            self.submit();
        });
        button.attr("data-bench", "check").attr_of("disabled", move || {
            (self.giving.taken.get() || self.response.with(Response::is_empty)).then(String::new)
        })
    }

    fn problem(self) -> Html {
        if !self.giving.failed.get() && !self.draft.failed.get() {
            return none();
        }
        el("p")
            .class("notice notice-warn")
            .attr("role", "alert")
            .text(text::FULL_BODY.get(self.lang))
    }

    fn forward(self, place: RwSignal<usize>, count: usize) -> Html {
        if self.given.with(Option::is_none) {
            return none();
        }
        let at = place.get_untracked();
        if at + 1 < count {
            let next = move || {
                place.set(at + 1);
                dom::scroll_to(None);
                dom::focus("#main .ask legend");
            };
            let button = page::button("primary wide", text::exam::NEXT_EXERCISE.get(self.lang), next);
            return el("p").class("buttons sticky").child(button.attr("data-test", "next"));
        }
        let words = text::exam::EXERCISES.get(self.lang);
        let again = page::button_link(self.app, "primary", &Route::Exercises, words);
        el("div")
            .child(el("p").text(text::exam::ALL_DONE.get(self.lang)))
            .child(el("p").class("buttons").child(again.attr("data-test", "next")))
    }
}

fn one(app: App, bank: &Arc<Bank>, pack: PackHash, item: &Arc<Item>, place: RwSignal<usize>, lang: Lang) -> Html {
    let (at, count) = (place.get_untracked(), bank.items.len());
    // Another order at each go, the same while the page is open.
    let done = app
        .progress
        .with_untracked(|progress| progress.items.get(&item.id).map_or(0, |known| known.answers));
    let seed = Seed(u64::from(done)).derive(item.id.as_str());
    let asked = Arc::new(Asked::of(item, seed));
    let work = Work {
        app,
        lang,
        item: StoredValue::new_local(Arc::clone(item)),
        pack,
        response: RwSignal::new_local(asked.empty()),
        given: RwSignal::new_local(None),
        giving: Giving::default(),
        draft: Draft::of(app, item),
    };
    // What was done of it before the page was left, unless the person has begun again by now.
    spawn(async move {
        if let Some(kept) = work.draft.read().await {
            let untouched = work.response.try_with_untracked(Response::is_empty) == Some(true);
            let same = work
                .response
                .try_with_untracked(|now| std::mem::discriminant(now) == std::mem::discriminant(&kept));
            if untouched && same == Some(true) {
                work.response.try_set(kept);
            }
        }
    });
    let telling = Telling {
        item: Arc::clone(item),
        seed,
        response: asked.empty(),
        regulations: Arc::new(bank.regulations.clone()),
        lang,
        base: app.base(),
    };
    let asking = Asking {
        asked,
        lang,
        response: work.response.into(),
        locked: Signal::derive(move || work.giving.taken.get()),
        changed: Callback::new(move |(changed,): (Response,)| {
            work.draft.keep(&changed);
            work.response.set(changed);
        }),
    };
    let feedback = move || {
        work.given.with(|given| {
            given.as_ref().map_or_else(none, |given| {
                let telling = Telling {
                    response: given.response.clone(),
                    ..telling.clone()
                };
                told_with(&telling, given.mark, lang)
            })
        })
    };
    let words = text::PLACE_OF.with(lang, &[&(at + 1), &count]);
    let kind = el("span").class("tag").text(kind_text(item.body.kind()).get(lang));
    el("section")
        .class("sheet")
        .attr("data-item", item.id.as_str())
        .attr("data-kind", wire::item::kind_name(item.body.kind()))
        .attr("data-place", &(at + 1).to_string())
        .child(el("p").class("eyebrow").child(kind).text(" ").text(&words))
        .child(crate::ui::meter::meter(Share::of(at, count), &words))
        .child(ask(&asking))
        .dynamic(move || work.problem())
        .dynamic(move || work.check())
        .child(el("div").attr("aria-live", "polite").dynamic(feedback))
        .dynamic(move || work.forward(place, count))
}

fn told_with(telling: &Telling, mark: Mark, lang: Lang) -> Html {
    let score = text::exam::SCORE_PARTS.with(lang, &[&mark.points, &mark.max]);
    el("section")
        .class("feedback")
        .attr("data-bench", "feedback")
        .attr("data-outcome", outcome_name(mark.outcome))
        .attr("data-points", &mark.points.0.to_string())
        .attr("data-max", &mark.max.0.to_string())
        .child(el("h2").text(outcome_text(mark.outcome).get(lang)))
        .child(el("p").class("key").text(&score))
        .child(told(telling))
}
