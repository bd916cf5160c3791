//! The desk: one question at a time, the clock, the map, handing in. Every answer is stored before the page says so.

use super::mode_text;
use super::seat::{Holder, Seat};
use crate::html::{Html, dynamic, el, none};
use crate::page;
use crate::platform::dom;
use crate::platform::timer::{self, spawn};
use crate::state::app::App;
use crate::state::packs::LoadError;
use crate::text::{self, Lang};
use crate::ui::ask::{Asking, ask, kind_text};
use crate::ui::notice::{Tone, notice};
use domain::asked::Asked;
use domain::exam::Exam;
use domain::ids::{AttemptId, ItemId};
use domain::item::Response;
use domain::record::{Handed, Mode, RecordBody, Sitting, SittingItem};
use domain::time::Timestamp;
use domain::units::Points;
use leptos::prelude::*;
use std::sync::Arc;

/// How long a person may pause in typing before what was typed is stored, in milliseconds.
const TYPING_MS: u32 = 700;

/// A question of the paper.
#[derive(Clone)]
struct Place {
    asked: Arc<Asked>,
    entry: SittingItem,
    section: String,
    each: Points,
}

/// A paper, ready to be answered.
#[derive(Clone)]
struct Paper {
    places: Arc<Vec<Place>>,
    label: String,
    /// When it began by the endpoint's clock.
    started: Option<Timestamp>,
}

async fn load(app: App, sitting: Sitting) -> Result<Paper, LoadError> {
    let given = if sitting.mode == Mode::Assessment {
        Some(app.paper(sitting.attempt).await.ok_or(LoadError::Missing(404))?)
    } else {
        None
    };
    let mut places = Vec::new();
    for section in &sitting.sections {
        for entry in &section.items {
            let asked = if let Some(paper) = &given {
                let form = paper.items.iter().find(|form| form.id == entry.item.as_str());
                Asked::try_from(form.ok_or(LoadError::Missing(404))?)?
            } else {
                let bank = app.bank(entry.pack).await?;
                let item = bank.items.get(&entry.item).ok_or(LoadError::Missing(404))?;
                Asked::of(item, sitting.seed.derive(entry.item.as_str()))
            };
            places.push(Place {
                asked: Arc::new(asked),
                entry: entry.clone(),
                section: section.title.clone(),
                each: section.each,
            });
        }
    }
    Ok(Paper {
        places: Arc::new(places),
        label: given.as_ref().map(|paper| paper.label.clone()).unwrap_or_default(),
        started: given.map(|paper| Timestamp(paper.started)),
    })
}

/// What is being answered on this page.
#[derive(Clone, Copy)]
struct Desk {
    app: App,
    attempt: AttemptId,
    seat: Seat,
    state: Memo<Option<Exam>>,
    /// Writes under way.
    writing: RwSignal<u32>,
    /// Whether the last write failed.
    failed: RwSignal<bool>,
    /// What was typed and is not stored yet.
    typed: StoredValue<Option<(SittingItem, Response)>>,
    /// Counts the changes of what is typed.
    keys: StoredValue<u64>,
    confirming: RwSignal<bool>,
    handed: StoredValue<bool>,
}

/// The page of an open sitting.
pub(super) fn desk(app: App, exam: String, id: AttemptId, state: Memo<Option<Exam>>) -> Html {
    let paper: RwSignal<Option<Result<Paper, LoadError>>, LocalStorage> = RwSignal::new_local(None);
    let Some(sitting) = state.with_untracked(|state| state.as_ref().map(|exam| exam.sitting.clone())) else {
        return page::not_found(app);
    };
    spawn(async move {
        let loaded = load(app, sitting).await;
        paper.try_set(Some(loaded));
    });
    dynamic(move || {
        paper.with(|paper| match paper {
            None => page::loading(app),
            Some(Err(error)) => page::failed(app, error),
            Some(Ok(paper)) => open(app, &exam, id, state, paper),
        })
    })
}

fn open(app: App, exam: &str, id: AttemptId, state: Memo<Option<Exam>>, paper: &Paper) -> Html {
    let Some(known) = state.get_untracked() else {
        return page::not_found(app);
    };
    let desk = Desk {
        app,
        attempt: id,
        seat: Seat::new(app, &known, paper.started),
        state,
        writing: RwSignal::new(0),
        failed: RwSignal::new(false),
        typed: StoredValue::new(None),
        keys: StoredValue::new(0),
        confirming: RwSignal::new(false),
        handed: StoredValue::new(false),
    };
    app.hold_attempt(true);
    on_cleanup(move || {
        desk.seat.leave();
        app.hold_attempt(false);
    });
    dom::on_visibility_while(move |visible| {
        if !visible {
            desk.flush();
            // A page that is hidden may never be shown again.
            desk.keep();
        }
    });
    spawn(async move {
        desk.seat.sit().await;
        if desk.seat.run().await {
            desk.hand_in(true).await;
        }
    });
    desk.page(exam, paper, known.sitting.mode)
}

impl Desk {
    /// Stores a response at once.
    fn store(self, entry: SittingItem, response: Response) {
        self.writing.update(|count| *count += 1);
        spawn(async move {
            let draft = matches!(response, Response::Text(_)).then(|| entry.item.clone());
            let body = RecordBody::Answered {
                attempt: Some(self.attempt),
                item: entry.item,
                revision: entry.revision,
                pack: entry.pack,
                response,
            };
            let done = self.app.record(body).await;
            if let (Ok(_), Some(item)) = (&done, draft) {
                // The record has it all now.
                let _ = self.app.keep_draft(self.attempt, &item, None).await;
            }
            self.failed.try_set(done.is_err());
            self.writing.try_update(|count| *count = count.saturating_sub(1));
        });
    }

    /// Stores a response once the person pauses; a long text goes into a draft then, and into a record when the question is
    /// left, so that a report of an hour is not a thousand records.
    fn store_typed(self, entry: SittingItem, response: Response) {
        self.typed.set_value(Some((entry, response)));
        let mine = self.keys.with_value(|keys| keys + 1);
        self.keys.set_value(mine);
        spawn(async move {
            timer::sleep(TYPING_MS).await;
            if self.keys.try_get_value() != Some(mine) {
                return;
            }
            match self.typed.try_get_value().flatten() {
                Some((entry, Response::Text(text))) => {
                    let kept = self.app.keep_draft(self.attempt, &entry.item, Some(text)).await;
                    self.failed.try_set(kept.is_err());
                }
                Some(_) => self.flush(),
                None => {}
            }
        });
    }

    /// Stores what was typed.
    fn flush(self) {
        if let Some((entry, response)) = self.typed.try_update_value(Option::take).flatten() {
            self.store(entry, response);
        }
    }

    fn go(self, place: usize) {
        self.flush();
        self.seat.place.set(place);
        self.keep();
        dom::scroll_to(None);
        dom::focus("#main .ask legend");
    }

    /// Stores timer and place.
    fn keep(self) {
        if self.seat.holder.try_get_untracked() == Some(Holder::Here) {
            spawn(async move {
                self.seat.keep(false).await;
            });
        }
    }

    /// Hands in: everything typed is stored first.
    async fn hand_in(self, by_time: bool) {
        if self.handed.try_get_value() != Some(false) {
            return;
        }
        self.handed.try_set_value(true);
        self.flush();
        // Writes are done in the order in which they were asked for, so every answer is stored before this.
        let (elapsed, doubtful) = self.seat.elapsed();
        let handed = Handed {
            elapsed_ms: elapsed.0,
            by_time,
            doubtful,
        };
        let body = RecordBody::ExamFinished {
            attempt: self.attempt,
            handed,
        };
        if self.app.record(body).await.is_err() {
            self.handed.try_set_value(false);
            self.failed.try_set(true);
            return;
        }
        dom::scroll_to(None);
        self.app.send_now();
    }

    fn page(self, exam: &str, paper: &Paper, mode: Mode) -> Html {
        let app = self.app;
        let lang = app.lang.get_untracked();
        let title = self.title(exam);
        let places = Arc::clone(&paper.places);
        let question = {
            let places = Arc::clone(&places);
            move || {
                let place = self.seat.place.get().min(places.len().saturating_sub(1));
                places
                    .get(place)
                    .map_or_else(none, |one| self.question(one, place, places.len(), lang))
            }
        };
        let label = (!paper.label.is_empty()).then(|| {
            let label = text::exam::STOCK_LABEL.with(lang, &[&paper.label]);
            el("p").class("quiet").text(&label)
        });
        let body = none()
            .child(
                el("p").class("facts").child(
                    el("span")
                        .class("tag")
                        .attr("data-test", "mode")
                        .text(mode_text(mode).get(lang)),
                ),
            )
            .maybe(label)
            .child(self.bar(lang))
            .dynamic(move || self.elsewhere(lang))
            .dynamic(question)
            .child(self.map(&places, lang))
            .dynamic(move || self.handing(lang));
        page::frame(app, "sitting", &title, body)
    }

    fn title(self, exam: &str) -> String {
        let lang = self.app.lang.get_untracked();
        let course = self.app.catalogue.with_untracked(|load| {
            let catalogue = load.ready()?;
            let course = catalogue.courses.iter().find(|course| course.slug == exam);
            let venue = catalogue.venues.iter().find(|venue| venue.slug == exam);
            let title = course.map(|course| &course.title).or(venue.map(|venue| &venue.title))?;
            Some(lang.of(title))
        });
        course.map_or_else(
            || text::exam::CONTESTS.get(lang).to_owned(),
            |course| text::exam::EXAM_OF.with(lang, &[&course]),
        )
    }

    /// The clock and whether everything is stored.
    fn bar(self, lang: Lang) -> Html {
        let shown = move || {
            let left = self.seat.left.get();
            format!("{:02}:{:02}", left / 60, left % 60)
        };
        let clock = el("b")
            .class("clock")
            .attr("role", "timer")
            .attr("data-test", "remaining")
            .attr_of("data-seconds", move || Some(self.seat.left.get().to_string()))
            .text_of(shown);
        let saved = move || {
            let words = match (self.failed.get(), self.writing.get()) {
                (true, _) => text::exam::SAVE_FAILED,
                (false, 0) => text::exam::SAVED_ALL,
                (false, _) => text::exam::SAVING_NOW,
            };
            words.get(lang).to_owned()
        };
        let state = move || {
            let name = match (self.failed.get(), self.writing.get()) {
                (true, _) => "failed",
                (false, 0) => "saved",
                (false, _) => "saving",
            };
            Some(name.to_owned())
        };
        let warning = move || {
            let mark = self.seat.warned.get();
            mark.map_or_else(none, |mark| {
                el("p")
                    .class("warned")
                    .text(&text::exam::WARN_LEFT.with(lang, &[&mark.0]))
            })
        };
        el("div")
            .class("exam-bar")
            .child(
                el("p")
                    .child(
                        el("span")
                            .class("quiet")
                            .text(text::exam::TIME_LEFT.get(lang))
                            .text(" "),
                    )
                    .child(clock),
            )
            .child(
                el("p")
                    .class("quiet")
                    .attr("data-test", "saved")
                    .attr_of("data-state", state)
                    .attr("role", "status")
                    .text_of(saved),
            )
            .child(el("div").attr("aria-live", "assertive").dynamic(warning))
    }

    fn elsewhere(self, lang: Lang) -> Html {
        if self.seat.holder.get() != Holder::Elsewhere {
            return none();
        }
        let take = move || spawn(async move { self.seat.take().await });
        let button = page::button("primary", text::exam::TAKE_OVER.get(lang), take).attr("data-test", "take-over");
        notice(
            Tone::Warn,
            text::exam::OTHER_TAB.get(lang),
            el("p").class("buttons").child(button),
        )
    }

    fn question(self, one: &Place, place: usize, count: usize, lang: Lang) -> Html {
        let entry = one.entry.clone();
        let item = entry.item.clone();
        let stored = move |item: &ItemId| {
            self.state.with_untracked(|state| {
                state
                    .as_ref()
                    .and_then(|exam| exam.answers.get(item).cloned().flatten())
            })
        };
        let empty = one.asked.empty();
        let response: RwSignal<Response, LocalStorage> =
            RwSignal::new_local(stored(&item).unwrap_or_else(|| empty.clone()));
        let typed = matches!(empty, Response::Text(_) | Response::Blanks(_) | Response::Parts(_));
        if matches!(empty, Response::Text(_)) {
            // A draft is newer than the record, or it would have been taken away.
            let wanted = item.clone();
            spawn(async move {
                if let Some(text) = self.app.draft(self.attempt, &wanted).await {
                    response.try_set(Response::Text(text));
                }
            });
        }
        // A page that only reads follows the one that answers.
        let followed = item.clone();
        Effect::new(move |_| {
            let known = self.state.with(|state| {
                state
                    .as_ref()
                    .and_then(|exam| exam.answers.get(&followed).cloned().flatten())
            });
            if let (Some(Holder::Elsewhere), Some(known)) = (self.seat.holder.try_get(), known) {
                response.try_set(known);
            }
        });
        let changed = {
            let entry = entry.clone();
            Callback::new(move |(given,): (Response,)| {
                response.set(given.clone());
                if typed {
                    self.store_typed(entry.clone(), given);
                } else {
                    self.store(entry.clone(), given);
                }
            })
        };
        let asking = Asking {
            asked: Arc::clone(&one.asked),
            lang,
            response: response.into(),
            locked: Signal::derive(move || self.seat.holder.get() != Holder::Here),
            changed,
        };
        let words = text::exam::QUESTION_N.with(lang, &[&(place + 1), &count, &one.each]);
        let kind = el("span").class("tag").text(kind_text(one.asked.kind()).get(lang));
        // Many a section is called after its only kind.
        let named = kind_text(one.asked.kind()).get(Lang::Zh) != one.section;
        let section = named.then(|| el("span").attr("lang", "zh-CN").text(&one.section).text(" "));
        el("section")
            .class("sheet")
            .attr("data-item", item.as_str())
            .attr("data-kind", wire::item::kind_name(one.asked.kind()))
            .attr("data-place", &(place + 1).to_string())
            .child(
                el("p")
                    .class("eyebrow")
                    .child(kind)
                    .text(" ")
                    .maybe(section)
                    .text(&words),
            )
            .child(ask(&asking))
            .child(self.steps(item, place, count, lang))
    }

    fn steps(self, item: ItemId, place: usize, count: usize, lang: Lang) -> Html {
        let flagged = {
            let item = item.clone();
            Memo::new(move |_| {
                self.state
                    .with(|state| state.as_ref().is_some_and(|exam| exam.flagged.contains(&item)))
            })
        };
        let flip = move |_: &crate::html::Event| {
            if self.seat.holder.get_untracked() != Holder::Here {
                return;
            }
            let body = RecordBody::Flagged {
                attempt: self.attempt,
                item: item.clone(),
                on: !flagged.get_untracked(),
            };
            spawn(async move {
                let done = self.app.record(body).await;
                self.failed.try_set(done.is_err());
            });
        };
        let flag = el("button")
            .attr("type", "button")
            .class("plain")
            .attr("data-test", "flag")
            .attr_of("aria-pressed", move || Some(flagged.get().to_string()))
            .on("click", flip)
            .text_of(move || {
                let words = if flagged.get() {
                    text::exam::UNFLAG
                } else {
                    text::exam::FLAG
                };
                words.get(lang).to_owned()
            });
        let mut row = el("p").class("buttons").child(flag);
        if place > 0 {
            let back = page::button("plain", text::exam::PREVIOUS.get(lang), move || self.go(place - 1));
            row = row.child(back.attr("data-test", "previous"));
        }
        if place + 1 < count {
            let next = page::button("primary", text::exam::NEXT_ONE.get(lang), move || self.go(place + 1));
            row = row.child(next.attr("data-test", "next"));
        }
        row
    }

    /// The map of questions, and the way to hand in.
    fn map(self, places: &Arc<Vec<Place>>, lang: Lang) -> Html {
        let entry = |(place, one): (usize, &Place)| {
            let item = StoredValue::new(one.entry.item.clone());
            let state = Memo::new(move |_| {
                self.state.with(|state| {
                    let exam = state.as_ref()?;
                    item.with_value(|item| {
                        let answered = exam.answers.get(item).and_then(Option::as_ref);
                        let answered = answered.is_some_and(|response| !response.is_empty());
                        Some((answered, exam.flagged.contains(item)))
                    })
                })
            });
            let name = move || match state.get() {
                Some((true, true)) => "answered flagged",
                Some((true, false)) => "answered",
                Some((false, true)) => "open flagged",
                _ => "open",
            };
            let words = move || {
                let (answered, flagged) = state.get().unwrap_or_default();
                let answered = if answered {
                    text::exam::MAP_ANSWERED
                } else {
                    text::exam::MAP_OPEN
                };
                let mut words = format!("{}，{}", place + 1, answered.get(lang));
                if flagged {
                    words.push('，');
                    words.push_str(text::exam::MAP_FLAGGED.get(lang));
                }
                Some(words)
            };
            let button = el("button")
                .attr("type", "button")
                .attr("data-test", "map")
                .attr_of("data-state", move || Some(name().to_owned()))
                .attr_of("aria-current", move || {
                    (self.seat.place.get() == place).then(|| "step".to_owned())
                })
                .attr_of("aria-label", words)
                .on("click", move |_| self.go(place))
                .text(&(place + 1).to_string());
            el("li").child(button)
        };
        let list = el("ol").class("map").all(places.iter().enumerate().map(entry));
        let hand = page::button("plain", text::exam::HAND_IN.get(lang), move || {
            self.flush();
            self.confirming.set(true);
            dom::focus("[data-test=hand-in-sure]");
        });
        el("section")
            .class("exam-map")
            .attr("aria-label", text::exam::MAP.get(lang))
            .child(el("h2").text(text::exam::MAP.get(lang)))
            .child(list)
            .child(
                el("p")
                    .class("buttons")
                    .child(hand.attr("data-test", "hand-in").attr_of("disabled", move || {
                        (self.seat.holder.get() != Holder::Here).then(String::new)
                    })),
            )
    }

    fn handing(self, lang: Lang) -> Html {
        if !self.confirming.get() {
            return none();
        }
        let (open, flagged) = self.state.with(|state| {
            state
                .as_ref()
                .map_or((0, 0), |exam| (exam.unanswered(), exam.flagged.len()))
        });
        let words = if open == 0 && flagged == 0 {
            text::exam::HAND_IN_ALL.get(lang).to_owned()
        } else {
            text::exam::HAND_IN_OPEN.with(lang, &[&open, &flagged])
        };
        let sure = page::button("primary", text::exam::HAND_IN_SURE.get(lang), move || {
            spawn(async move { self.hand_in(false).await });
        });
        let back = page::button("plain", text::exam::HAND_IN_BACK.get(lang), move || {
            self.confirming.set(false);
        });
        let buttons = el("p")
            .class("buttons")
            .child(sure.attr("data-test", "hand-in-sure"))
            .child(back);
        let body = el("div")
            .child(
                el("p")
                    .attr("data-test", "unanswered")
                    .attr("data-count", &open.to_string())
                    .text(&words),
            )
            .child(buttons);
        notice(Tone::Warn, text::exam::HAND_IN.get(lang), body)
    }
}
