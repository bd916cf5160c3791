//! Who answers: of several pages with one sitting only one, and the clock goes on whatever becomes of it.

use crate::platform::{clock, locks, timer};
use crate::state::app::App;
use crate::state::clockwork::Clockwork;
use domain::exam::Exam;
use domain::ids::AttemptId;
use domain::record::Mode;
use domain::time::Timestamp;
use domain::timer::{Begin, Clock, Millis, Reading, Tick, Timer};
use domain::units::Minutes;
use leptos::prelude::*;

/// Whether this page answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holder {
    /// Not known yet.
    Unknown,
    /// This page.
    Here,
    /// Another page: here it can only be read.
    Elsewhere,
}

/// How often the endpoint's clock is asked for, in milliseconds.
const ASK_EVERY_MS: u64 = 60_000;

/// The seat of a sitting on this page.
#[derive(Clone, Copy)]
pub(super) struct Seat {
    app: App,
    attempt: AttemptId,
    id: StoredValue<String>,
    begin: Begin,
    /// Whether this page answers.
    pub(super) holder: RwSignal<Holder>,
    /// The question's place.
    pub(super) place: RwSignal<usize>,
    /// Whole seconds left.
    pub(super) left: RwSignal<u64>,
    /// The last warning, in minutes left.
    pub(super) warned: RwSignal<Option<Minutes>>,
    timer: StoredValue<Option<Timer>>,
    heard: StoredValue<Option<Timestamp>>,
    lock: StoredValue<Option<locks::Held>, LocalStorage>,
    alive: StoredValue<bool>,
}

impl Seat {
    /// The seat at `exam`, with `started` by the endpoint's clock where that gave out the paper.
    pub(super) fn new(app: App, exam: &Exam, started: Option<Timestamp>) -> Self {
        let duration = Millis::from(exam.sitting.minutes);
        let clock = match (exam.sitting.mode, started) {
            (Mode::Assessment, Some(_)) => Clock::Endpoint,
            _ => Clock::Device,
        };
        let seat = Self {
            app,
            attempt: exam.sitting.attempt,
            id: StoredValue::new(app.new_id().to_string()),
            begin: Begin {
                started: started.unwrap_or(exam.started),
                duration,
                closes: exam.sitting.closes,
                clock,
            },
            holder: RwSignal::new(Holder::Unknown),
            place: RwSignal::new(0),
            left: RwSignal::new(duration.0 / 1_000),
            warned: RwSignal::new(None),
            timer: StoredValue::new(None),
            heard: StoredValue::new(None),
            lock: StoredValue::new_local(None),
            alive: StoredValue::new(true),
        };
        on_cleanup(move || {
            seat.alive.try_set_value(false);
        });
        seat
    }

    fn reading(self) -> Reading {
        let endpoint = self.heard.try_update_value(Option::take).flatten();
        Reading {
            mono: clock::mono(),
            wall: clock::now(),
            endpoint,
        }
    }

    fn lock_name(self) -> String {
        format!("anxue-seat-{}", self.attempt)
    }

    /// Sits down: takes the seat where it is free, and sets the timer to where it was.
    pub(super) async fn sit(self) {
        let known = self.app.clockwork(self.attempt).await;
        if self.begin.clock == Clock::Endpoint {
            let heard = self.app.endpoint_now().await;
            self.heard.try_set_value(heard);
        }
        // The page may have been left meanwhile.
        if self.alive.try_get_value() != Some(true) {
            return;
        }
        let now = self.reading();
        let id = self.id.get_value();
        let timer = match &known {
            Some(known) => Timer::resume(self.begin, known.timer.clone(), now),
            None => Timer::begin(self.begin, now),
        };
        if let Some(known) = &known {
            self.place.try_set(known.place);
        }
        self.timer.set_value(Some(timer));
        // Where there are locks they know at once whether another page is alive; elsewhere its last sign tells.
        let busy = known.is_some_and(|known| known.held_by_another(&id, now.wall));
        let free = match locks::ask(&self.lock_name(), false).await {
            locks::Lock::Ours(held) => {
                self.lock.try_update_value(|lock| *lock = Some(held));
                true
            }
            locks::Lock::Taken => false,
            locks::Lock::None => !busy,
        };
        if free {
            self.take().await;
        } else {
            self.holder.try_set(Holder::Elsewhere);
        }
    }

    /// Takes the seat over, wherever it was; the other page learns it at its next store.
    pub(super) async fn take(self) {
        if self.keep(true).await {
            self.holder.try_set(Holder::Here);
            self.app.tell_tabs();
        }
    }

    /// Gives the seat up, for a page that is being left.
    pub(super) fn leave(self) {
        self.lock.try_update_value(|lock| *lock = None);
        if self.holder.try_get_untracked() != Some(Holder::Here) {
            return;
        }
        let Some(mut state) = self.state() else { return };
        crate::platform::timer::spawn(async move {
            // Another page that took over meanwhile keeps it: only our own seat is given up.
            let kept = self.app.keep_clockwork(self.attempt, state.clone(), false).await;
            if kept == Ok(true) {
                state.seat.clear();
                let _ = self.app.keep_clockwork(self.attempt, state, true).await;
            }
        });
    }

    fn state(self) -> Option<Clockwork> {
        let timer = self.timer.try_with_value(|timer| timer.as_ref().map(Timer::stored))??;
        Some(Clockwork {
            seat: self.id.try_get_value()?,
            place: self.place.try_get_untracked()?,
            timer,
        })
    }

    /// Stores timer and place. False where the seat is another page's, or it could not be stored.
    pub(super) async fn keep(self, taken: bool) -> bool {
        let Some(state) = self.state() else { return false };
        let stored = state.timer.clone();
        match self.app.keep_clockwork(self.attempt, state, taken).await {
            Ok(true) => {
                self.timer.try_update_value(|timer| {
                    if let Some(timer) = timer {
                        timer.confirm(stored);
                    }
                });
                true
            }
            Ok(false) => {
                self.holder.try_set(Holder::Elsewhere);
                self.lock.try_update_value(|lock| *lock = None);
                false
            }
            Err(_) => false,
        }
    }

    fn tick(self) -> Option<Tick> {
        let now = self.reading();
        let tick = self
            .timer
            .try_update_value(|timer| timer.as_mut().map(|timer| timer.tick(now)))??;
        self.left.try_set(tick.remaining.0.div_ceil(1_000));
        if let Some(mark) = tick.warnings_passed.last() {
            self.warned.try_set(Some(*mark));
        }
        Some(tick)
    }

    /// Counts until the time is over, as long as the page is there. True where it is over and this page is to hand in.
    pub(super) async fn run(self) -> bool {
        let mut asked = clock::mono().0;
        while self.alive.try_get_value() == Some(true) {
            let Some(tick) = self.tick() else { return false };
            let Some(holder) = self.holder.try_get_untracked() else {
                return false;
            };
            if tick.over && holder == Holder::Here {
                return true;
            }
            if holder == Holder::Here && tick.store {
                self.keep(false).await;
            } else if holder == Holder::Elsewhere {
                self.look().await;
            }
            let now = clock::mono().0;
            if self.begin.clock == Clock::Endpoint && now.saturating_sub(asked) >= ASK_EVERY_MS {
                asked = now;
                self.heard.try_set_value(self.app.endpoint_now().await);
            }
            timer::sleep(1_000).await;
        }
        false
    }

    /// Looks whether the other page has gone, and takes its seat then.
    async fn look(self) {
        let Some(known) = self.app.clockwork(self.attempt).await else {
            return;
        };
        let Some(id) = self.id.try_get_value() else { return };
        if known.held_by_another(&id, clock::now()) {
            return;
        }
        match locks::ask(&self.lock_name(), false).await {
            locks::Lock::Taken => {}
            locks::Lock::Ours(held) => {
                self.lock.try_update_value(|lock| *lock = Some(held));
                self.take().await;
            }
            locks::Lock::None => self.take().await,
        }
    }

    /// How long it has taken, and whether the clocks disagreed.
    pub(super) fn elapsed(self) -> (Millis, bool) {
        let known = self
            .timer
            .try_with_value(|timer| timer.as_ref().map(|timer| (timer.elapsed(), !timer.flags().is_empty())));
        known.flatten().unwrap_or((Millis(0), false))
    }
}
