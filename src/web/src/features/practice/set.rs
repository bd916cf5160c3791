//! The set itself: begun or resumed, one question at a time.

use super::{attempt, bank_entry, home_of, open_attempt};
use crate::html::{Html, dynamic, el, later, none};
use crate::page;
use crate::platform::timer::spawn;
use crate::platform::{dom, random, timer};
use crate::route::Route;
use crate::state::app::giving::{Given, Giving};
use crate::state::app::{App, Storage, app};
use crate::state::packs::LoadError;
use crate::text;
use crate::ui::ask::kind_text;
use crate::ui::meter::meter;
use crate::ui::question::{Question, Shown, choice_selector, question};
use domain::attempt::Attempt;
use domain::ids::{AttemptId, ItemId, PackHash};
use domain::item::{Item, Response};
use domain::practice::{SET, draw};
use domain::record::{Marked, Mode, RecordBody};
use domain::shuffle::Seed;
use domain::units::Share;
use leptos::prelude::*;
use std::sync::Arc;
use wire::pack::Bank;

/// A set under way.
#[derive(Clone)]
struct Running {
    attempt: AttemptId,
    bank: Arc<Bank>,
    pack: PackHash,
    seed: Seed,
    items: Arc<Vec<ItemId>>,
    /// Where the person was when the page was opened.
    place: usize,
}

impl Running {
    fn resumed(attempt: &Attempt, bank: Arc<Bank>) -> Self {
        let place = attempt
            .next()
            .and_then(|next| attempt.items.get_index_of(next))
            .unwrap_or(0);
        let items = attempt.items.keys().cloned().collect();
        Self {
            attempt: attempt.id,
            bank,
            pack: attempt.pack,
            seed: attempt.seed,
            items: Arc::new(items),
            place,
        }
    }
}

async fn begin(app: App, bank_id: &str, current: PackHash) -> Result<Running, LoadError> {
    let bank_id: domain::ids::BankId = bank_id.parse().map_err(|_| LoadError::Missing(404))?;
    if let Some(open) = open_attempt(app, &bank_id).filter(|attempt| attempt.next().is_some()) {
        // An open set goes on with the wording it began with, even after the content was updated.
        match app.bank(open.pack).await {
            Ok(bank) if open.items.keys().all(|item| bank.items.contains_key(item)) => {
                return Ok(Running::resumed(&open, bank));
            }
            Ok(_) => {}
            Err(error) if open.pack == current => return Err(error),
            // The old pack is not to be had any more; its answers stay in the record.
            Err(_) => {}
        }
    }
    let bank = app.bank(current).await?;
    if bank.left_out > 0 {
        // The other module has a page that shows every kind.
        app.go(Route::Exercise(bank_id.to_string()), true);
        return Err(LoadError::Newer);
    }
    #[allow(clippy::cast_possible_truncation)]
    let seed = Seed(random::bits() as u64);
    let items = app
        .progress
        .with_untracked(|progress| draw(bank.items.keys(), progress, seed, SET));
    let attempt = AttemptId(app.new_id());
    let body = RecordBody::AttemptStarted {
        attempt,
        mode: Mode::Practice,
        bank: bank_id,
        pack: current,
        seed,
        items: items.clone(),
    };
    // The question need not wait for this write: the database does writes in the order in which they were asked for, so
    // no answer is ever stored before it.
    spawn(async move {
        let _ = app.record(body).await;
    });
    Ok(Running {
        attempt,
        bank,
        pack: current,
        seed,
        items: Arc::new(items),
        place: 0,
    })
}

/// The page of a practice set.
pub fn practice(bank: String) -> Html {
    let app = app();
    let set: RwSignal<Option<Result<Running, LoadError>>, LocalStorage> = RwSignal::new_local(None);
    // Outside of what is drawn anew, so that a change of language keeps the place.
    let place = RwSignal::new(0);
    let begun = StoredValue::new(false);
    let wanted = bank.clone();
    // Talks to the outside: begins or resumes once catalogue and records are there.
    Effect::new(move |_| {
        let entry = bank_entry(app, &wanted);
        let ready = app.identity.with(Option::is_some);
        let Some((entry, _)) = entry else { return };
        let Ok(hash) = entry.pack.parse::<PackHash>() else {
            return;
        };
        if !ready {
            // The pack is fetched while the database is being opened.
            spawn(async move { drop(app.bank(hash).await) });
        } else if !begun.get_value() {
            begun.set_value(true);
            let bank = wanted.clone();
            spawn(async move {
                // What waited for the database is drawn first.
                timer::sleep(0).await;
                let result = begin(app, &bank, hash).await;
                app.hold_attempt(result.is_ok());
                if let Ok(running) = &result {
                    place.try_set(running.place);
                }
                set.try_set(Some(result));
            });
        }
    });
    on_cleanup(move || app.hold_attempt(false));
    let keys = dom::on_keys(|key| {
        let digit = key.parse::<usize>().ok().filter(|digit| key.len() == 1 && *digit > 0);
        if let Some(selector) = digit.and_then(|digit| choice_selector(digit - 1)) {
            dom::press(selector);
        }
    });
    let keys = StoredValue::new_local(keys);
    on_cleanup(move || keys.dispose());
    // Any other change of the storage leaves the page, and what is chosen on it, as it is.
    let broken = Memo::new(move |_| app.storage.with(|storage| matches!(storage, Storage::Broken(_))));
    page::with_catalogue(app, move |catalogue| {
        let Some((_, title)) = catalogue.banks().find(|(entry, _)| entry.id == bank) else {
            return page::not_found(app);
        };
        let (title, bank) = (title.clone(), bank.clone());
        dynamic(move || {
            let title = app.lang.get().of(&title);
            if broken.get() {
                // The notice above says what to do; no answer is taken that could not be kept.
                return page::frame(app, "practice", &title, none());
            }
            set.with(|set| match set {
                None => page::loading(app),
                Some(Err(error)) => page::failed(app, error),
                Some(Ok(set)) => show(app, &bank, set, place, &title),
            })
        })
    })
}

fn show(app: App, bank: &str, set: &Running, place: RwSignal<usize>, title: &str) -> Html {
    let lang = app.lang.get();
    let count = set.items.len();
    let (attempt, bank_id) = (set.attempt, StoredValue::new(bank.to_owned()));
    let next = move || {
        if place.get_untracked() + 1 < count {
            place.update(|place| *place += 1);
            dom::focus("#main [data-bench=choice]");
            return;
        }
        spawn(async move {
            // Without this record the set stays open and is offered again: nothing is lost.
            let _ = app.record(RecordBody::AttemptFinished { attempt }).await;
            app.hold_attempt(false);
            app.go(Route::Result(bank_id.get_value(), attempt.to_string()), true);
        });
    };
    let set = set.clone();
    let current = move || {
        let place = place.get();
        let item = set.items.get(place).and_then(|id| set.bank.items.get(id));
        item.map_or_else(none, |item| one(app, &set, &Arc::new(item.clone()), place, next))
    };
    let home = el("a").attr("href", &app.href(&home_of(app, bank))).text(title);
    let body = none()
        .child(
            el("p")
                .class("facts")
                .child(home)
                .text(" · ")
                .text(text::MODE_PRACTICE.get(lang)),
        )
        .dynamic(current)
        .child(el("p").class("quiet keys").text(text::KEYS_HINT.get(lang)));
    page::frame(app, "practice", text::PRACTICE.get(lang), body)
}

fn one(app: App, set: &Running, item: &Arc<Item>, place: usize, next: impl Fn() + Copy + 'static) -> Html {
    let lang = app.lang.get_untracked();
    let count = set.items.len();
    let giving = Giving::default();
    let here: RwSignal<Option<Shown>, LocalStorage> = RwSignal::new_local(None);
    // The answer on record counts, so that a second tab or a reload shows it too.
    let (attempt_id, item_id, stored_item) = (set.attempt, item.id.clone(), Arc::clone(item));
    let answer = Signal::derive_local(move || {
        here.get().or_else(|| {
            let attempt = attempt(app, attempt_id)?;
            let answer = attempt.items.get(&item_id)?.clone()?;
            let mark = answer
                .mark
                .map_or_else(|| app.mark(&stored_item, &answer.response), Marked::mark);
            Some(Shown {
                response: answer.response,
                mark,
            })
        })
    });
    // Drawn anew only when the answer itself changes, not with every record that comes in.
    let answer = Memo::new(move |_| answer.get());
    let answer = Signal::derive_local(move || answer.get());
    let what = Given {
        item: Arc::clone(item),
        pack: set.pack,
        attempt: Some(set.attempt),
    };
    let what = StoredValue::new_local(what);
    let answered = Callback::new(move |(response,): (Response,)| {
        giving.give(app, what.get_value(), response, move |response, mark| {
            here.try_set(Some(Shown { response, mark }));
        });
    });
    let last = place + 1 == count;
    let forward = move || {
        if answer.with(Option::is_none) {
            return none();
        }
        let label = if last { text::FINISH } else { text::NEXT };
        // The verdict is drawn first, and the way on gets the focus.
        let fresh = here.with_untracked(Option::is_some);
        later(move || {
            if fresh {
                spawn(async {
                    timer::sleep(0).await;
                    dom::focus("[data-test=next]");
                });
            }
            let button = page::button("primary wide", label.get(lang), next).attr("data-test", "next");
            el("p").class("buttons sticky").child(button)
        })
    };
    let problem = move || {
        if !giving.failed.get() {
            return none();
        }
        el("p")
            .class("notice notice-warn")
            .attr("role", "alert")
            .text(text::FULL_BODY.get(lang))
    };
    let words = text::PLACE_OF.with(lang, &[&(place + 1), &count]);
    let shown = question(Question {
        item: Arc::clone(item),
        regulations: Arc::new(set.bank.regulations.clone()),
        seed: set.seed.derive(item.id.as_str()),
        lang,
        base: app.base(),
        answer,
        busy: giving.slow.into(),
        answered,
    });
    let kind = el("span").class("tag").text(kind_text(item.body.kind()).get(lang));
    el("section")
        .class("sheet")
        .attr("data-item", item.id.as_str())
        .attr("data-kind", wire::item::kind_name(item.body.kind()))
        .attr("data-place", &(place + 1).to_string())
        .child(el("p").class("eyebrow").child(kind).text(" ").text(&words))
        .child(meter(Share::of(place, count), &words))
        .child(shown)
        .dynamic(problem)
        .dynamic(forward)
}
