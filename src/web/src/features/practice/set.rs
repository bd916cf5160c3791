//! The set itself: begun or resumed, one question at a time.

use super::{attempt, bank_entry, home_of, open_attempt};
use crate::page;
use crate::platform::{dom, random};
use crate::route::Route;
use crate::state::app::{self, App, Storage, app};
use crate::state::load::Load;
use crate::state::packs::LoadError;
use crate::text;
use crate::ui::meter::meter;
use crate::ui::question::{Question, Shown, choice_selector, kind_text, question};
use domain::attempt::Attempt;
use domain::ids::{AttemptId, ItemId, PackHash};
use domain::item::{Item, Response};
use domain::practice::{SET, draw};
use domain::record::{Mode, RecordBody};
use domain::shuffle::Seed;
use domain::units::Share;
use leptos::prelude::*;
use leptos::task::spawn_local;
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
        let place = attempt.next().and_then(|next| attempt.items.get_index_of(next)).unwrap_or(0);
        let items = attempt.items.keys().cloned().collect();
        Self { attempt: attempt.id, bank, pack: attempt.pack, seed: attempt.seed, items: Arc::new(items), place }
    }
}

async fn begin(app: App, bank_id: &str, current: PackHash) -> Result<Running, LoadError> {
    let bank_id: domain::ids::BankId = bank_id.parse().map_err(|_| LoadError::Missing(404))?;
    if let Some(open) = open_attempt(app, &bank_id).filter(|attempt| attempt.next().is_some()) {
        // An open set goes on with the wording it began with, even after the content was updated.
        match app.bank(open.pack).await {
            Ok(bank) if open.items.keys().all(|item| bank.items.contains_key(item)) => return Ok(Running::resumed(&open, bank)),
            Ok(_) => {}
            Err(error) if open.pack == current => return Err(error),
            // The old pack is not to be had any more; its answers stay in the record.
            Err(_) => {}
        }
    }
    let bank = app.bank(current).await?;
    #[allow(clippy::cast_possible_truncation)]
    let seed = Seed(random::bits() as u64);
    let items = app.progress.with_untracked(|progress| draw(bank.items.keys(), progress, seed, SET));
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
    spawn_local(async move {
        let _ = app.record(body).await;
    });
    Ok(Running { attempt, bank, pack: current, seed, items: Arc::new(items), place: 0 })
}

/// The page of a practice set.
pub fn practice(bank: String) -> AnyView {
    let app = app();
    let set: RwSignal<Option<Result<Running, LoadError>>, LocalStorage> = RwSignal::new_local(None);
    let begun = StoredValue::new(false);
    let wanted = bank.clone();
    // Talks to the outside: begins or resumes once catalogue and records are there.
    Effect::new(move |_| {
        let entry = bank_entry(app, &wanted);
        let ready = app.identity.with(Option::is_some);
        let Some(Some((entry, _))) = entry else { return };
        if let Ok(hash) = entry.pack.parse::<PackHash>() {
            // The pack is fetched while the database is being opened.
            spawn_local(async move { drop(app.bank(hash).await) });
            if ready && !begun.get_value() {
                begun.set_value(true);
                let bank = wanted.clone();
                spawn_local(async move {
                    let result = begin(app, &bank, hash).await;
                    app.hold_attempt(result.is_ok());
                    set.try_set(Some(result));
                });
            }
        }
    });
    on_cleanup(move || app.hold_attempt(false));
    view! {
        {move || {
            if let Some(page) = app.catalogue.with(|load| match load {
                Load::Failed(error) => Some(page::failed(app, error)),
                _ => None,
            }) {
                return page;
            }
            match bank_entry(app, &bank) {
                None => page::loading(app),
                Some(None) => page::not_found(app),
                Some(Some((_, title))) => {
                    if matches!(app.storage.get(), Storage::Broken(_)) {
                        // The notice above says what to do; no answer is taken that could not be kept.
                        return page::frame(app, "practice", app.lang.get().of(&title), ());
                    }
                    set.with(|set| match set {
                        None => page::loading(app),
                        Some(Err(error)) => page::failed(app, error),
                        Some(Ok(set)) => show(app, &bank, set, app.lang.get().of(&title)),
                    })
                }
            }
        }}
    }
    .into_any()
}

fn show(app: App, bank: &str, set: &Running, title: String) -> AnyView {
    let lang = app.lang.get();
    let place = RwSignal::new(set.place);
    let count = set.items.len();
    let bank_id = bank.to_owned();
    let home = home_of(app, bank);
    let finish = {
        let (attempt, bank) = (set.attempt, bank_id.clone());
        move || {
            let bank = bank.clone();
            spawn_local(async move {
                // Without this record the set stays open and is offered again: nothing is lost.
                let _ = app.record(RecordBody::AttemptFinished { attempt }).await;
                app.hold_attempt(false);
                app.go(Route::Result(bank, attempt.to_string()), true);
            });
        }
    };
    let finish = StoredValue::new_local(finish);
    let next = move || {
        if place.get_untracked() + 1 < count {
            place.update(|place| *place += 1);
            dom::focus("fieldset.question [data-bench=choice]");
        } else {
            finish.with_value(|finish| finish());
        }
    };
    let keys = dom::on_keys(move |key| match key {
        "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" => {
            let digit = key.parse::<usize>().unwrap_or(1);
            if let Some(selector) = choice_selector(digit - 1) {
                dom::press(selector);
            }
        }
        _ => {}
    });
    let keys = StoredValue::new_local(keys);
    on_cleanup(move || keys.dispose());
    let set = StoredValue::new_local(set.clone());
    let current = move || {
        let place = place.get();
        set.with_value(|set| {
            let item = set.items.get(place).and_then(|id| set.bank.items.get(id));
            item.map(|item| one(app, set, Arc::new(item.clone()), place, next))
        })
    };
    let body = view! {
        <p class="facts"><a href=app.href(&home)>{title.clone()}</a> " · " {text::MODE_PRACTICE.get(lang)}</p>
        {current}
        <p class="quiet keys">{text::KEYS_HINT.get(lang)}</p>
    };
    let _ = bank_id;
    page::frame(app, "practice", format!("{} · {title}", text::PRACTICE.get(lang)), body)
}

fn one(app: App, set: &Running, item: Arc<Item>, place: usize, next: impl Fn() + Copy + Send + Sync + 'static) -> AnyView {
    let lang = app.lang.get_untracked();
    let count = set.items.len();
    let busy = RwSignal::new(false);
    let failed = RwSignal::new(false);
    let here: RwSignal<Option<Shown>, LocalStorage> = RwSignal::new_local(None);
    // The answer on record counts, so that a second tab or a reload shows it too.
    let (attempt_id, item_id, stored_item) = (set.attempt, item.id.clone(), Arc::clone(&item));
    let answer = Signal::derive_local(move || {
        here.get().or_else(|| {
            let attempt = attempt(app, attempt_id)?;
            let answer = attempt.items.get(&item_id)?.clone()?;
            let mark = answer.mark.map_or_else(|| app::mark(&stored_item, &answer.response), domain::record::Marked::mark);
            Some(Shown { response: answer.response, mark })
        })
    });
    let answered = {
        let (item, pack, attempt) = (StoredValue::new_local(Arc::clone(&item)), set.pack, set.attempt);
        Callback::new(move |(response,): (Response,)| {
            busy.set(true);
            spawn_local(async move {
                let item = item.get_value();
                let body = RecordBody::Answered {
                    attempt: Some(attempt),
                    item: item.id.clone(),
                    revision: item.revision,
                    pack,
                    response: response.clone(),
                };
                match app.record(body).await {
                    // Stored; only now is it marked and shown.
                    Ok(record) => {
                        let mark = app::mark(&item, &response);
                        failed.try_set(false);
                        here.try_set(Some(Shown { response, mark }));
                        app.note_mark(record, mark);
                        dom::focus("[data-test=next]");
                    }
                    Err(_) => drop(failed.try_set(true)),
                }
                busy.try_set(false);
            });
        })
    };
    let last = place + 1 == count;
    let forward = move || {
        answer.with(Option::is_some).then(|| {
            let label = if last { text::FINISH } else { text::NEXT };
            view! {
                <p class="buttons sticky">
                    <button type="button" class="primary wide" data-test="next" on:click=move |_| next()>{label.get(lang)}</button>
                </p>
            }
        })
    };
    let words = text::PLACE_OF.with(lang, &[&(place + 1), &count]);
    let shown = question(Question {
        item: Arc::clone(&item),
        regulations: Arc::new(set.bank.regulations.clone()),
        seed: set.seed.derive(item.id.as_str()),
        lang,
        base: app.base(),
        answer: answer.into(),
        busy: busy.into(),
        answered,
    });
    view! {
        <section
            class="sheet"
            data-item=item.id.to_string()
            data-kind=wire::item::kind_name(item.body.kind())
            data-place=(place + 1).to_string()
        >
            <p class="eyebrow"><span class="tag">{kind_text(&item.body).get(lang)}</span> {words.clone()}</p>
            {meter(Share::of(place, count), words)}
            {shown}
            {move || failed.get().then(|| view! { <p class="notice notice-warn" role="alert">{text::FULL_BODY.get(lang)}</p> })}
            {forward}
        </section>
    }
    .into_any()
}
