//! The timer of an exam (DESIGN §6): the endpoint's clock where it is heard; in between, what this device counts.
//!
//! The device has two clocks. The monotonic one cannot be set, but begins anew with every page and stops on some
//! systems while the device sleeps. The wall clock goes on through both, but can be set. Elapsed time is therefore the
//! largest of what was stored, what the monotonic clock says and what the wall clock says; it never falls offline. Once
//! the two part by more than `SLACK` both are counted on from there, so that setting the wall clock back takes nothing
//! off what is counted, then or during a later sleep. Setting it forward costs what it was set forward by, until the
//! endpoint is heard.
//!
//! What can be gained offline by killing the page and setting the wall clock back: the time since the last store is
//! lost, at most `STORE_EVERY` if the timer ticks every second. Each resumption is charged at least `STORE_EVERY`, so
//! any number of kills gains nothing, provided that a page stores the resumption before it shows a question. What no clock of the device can tell is time away from the page (its questions out
//! of sight) with the wall clock set back by as much before the page is opened again: the endpoint, once heard, counts
//! it all the same, and the difference is flagged.

mod offset;
#[cfg(test)]
mod tests;

pub use offset::{Offset, Sample, offset};

use crate::time::Timestamp;
use crate::units::Minutes;

/// A span of time in milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Millis(pub u64);

/// How much elapsed time may go by without being stored; what each resumption is charged at least.
pub const STORE_EVERY: Millis = Millis(5_000);

/// After how much a store is asked for: a tick (once a second) and the writing still fit before `STORE_EVERY`.
const STORE_DUE: Millis = Millis(3_500);

/// How far clocks may disagree without being flagged.
pub const TOLERANCE: Millis = Millis(30_000);

/// How far the two clocks of the device may part before both are counted on from where they are: more than the coarse
/// clocks of browsers (100 ms) jitter, less than is worth having.
const SLACK: Millis = Millis(1_000);

/// When the person is told how much is left. A mark that is not below the whole time given is never crossed.
pub const WARNINGS: [Minutes; 3] = [Minutes(15), Minutes(5), Minutes(1)];

impl From<Minutes> for Millis {
    fn from(minutes: Minutes) -> Self {
        Self(u64::from(minutes.0) * 60_000)
    }
}

impl Millis {
    fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    fn less(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// From `from` to `to`; nothing where `to` is the earlier.
    fn between(from: Timestamp, to: Timestamp) -> Self {
        Self(u64::try_from(to.0.saturating_sub(from.0)).unwrap_or(0))
    }
}

/// Which clock the start and the closing of an attempt are told by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Clock {
    /// The endpoint's: it gave out the paper.
    Endpoint,
    /// This device's wall clock: nobody else knows of the attempt, and the endpoint's time is not asked.
    Device,
}

/// What does not change while the timer runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Begin {
    /// When the attempt was begun, by `clock`.
    pub started: Timestamp,
    /// The time to answer.
    pub duration: Millis,
    /// When answering ends for all, by `clock`, however late one began.
    pub closes: Option<Timestamp>,
    /// Whose clock it is.
    pub clock: Clock,
}

impl Begin {
    /// How much may elapse: the time to answer, or less where answering ends for all before.
    pub fn limit(&self) -> Millis {
        let open = self.closes.map(|closes| Millis::between(self.started, closes));
        open.map_or(self.duration, |open| open.min(self.duration))
    }
}

/// What the clocks say now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// The monotonic clock: since this page was opened.
    pub mono: Millis,
    /// The device's wall clock.
    pub wall: Timestamp,
    /// The endpoint's now, if it was heard just now. To be given with the tick that follows the endpoint's response and not
    /// reckoned from an earlier one: the clock that would bridge the gap is the one that is being checked.
    pub endpoint: Option<Timestamp>,
}

/// What two clocks disagreed on by more than `TOLERANCE`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Disagreement {
    /// The wall clock lost against the monotonic one: it was set back.
    WallLost,
    /// The wall clock won against the monotonic one: it was set forward, or the device slept.
    WallWon,
    /// The wall clock stood before the last store when the page was opened again: it was set back.
    WallBeforeStore,
    /// The monotonic clock fell within one page.
    MonotonicFell,
    /// The endpoint counts more than the device did: time was kept from the device's clocks.
    EndpointMore,
    /// The endpoint counts less than the device did: the wall clock was set forward.
    EndpointLess,
}

/// A disagreement, kept for review.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flag {
    /// What disagreed.
    pub what: Disagreement,
    /// By how much at most.
    pub most: Millis,
    /// What had elapsed when it was first seen.
    pub first: Millis,
}

/// What is stored, so that a timer survives its page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// What had elapsed.
    pub elapsed: Millis,
    /// The device's wall clock at that moment.
    pub wall: Timestamp,
    /// What disagreed so far: at most one of each kind, in the order of `Disagreement`.
    pub flags: Vec<Flag>,
}

/// What a tick tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tick {
    /// What has elapsed; may exceed what the attempt allows.
    pub elapsed: Millis,
    /// What is left to show: the smaller of the time to answer and the time to the close.
    pub remaining: Millis,
    /// The marks of `WARNINGS` that were crossed since the tick before, longest first. A correction by the endpoint that
    /// gives time back sets them up again.
    pub warnings_passed: Vec<Minutes>,
    /// Nothing is left.
    pub over: bool,
    /// It is time to store. Stays true until `confirm` says that it was done.
    pub store: bool,
}

/// Counts the time of one attempt on one page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timer {
    begin: Begin,
    elapsed: Millis,
    /// Where both clocks are counted from: what had elapsed and what they said.
    base: (Millis, Millis, Timestamp),
    gap: Gap,
    /// What was left at the last tick.
    told: Millis,
    /// The device's clocks at the last tick.
    last: (Millis, Timestamp),
    /// What had elapsed at the last confirmed store, and the flags in it.
    stored: Option<(Millis, Vec<Flag>)>,
    flags: Vec<Flag>,
}

/// How far the wall clock has got ahead of the monotonic one since the page was opened, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Gap {
    mono: Millis,
    wall: Timestamp,
    least: i64,
    greatest: i64,
}

impl Timer {
    /// A timer for an attempt that begins now. With the endpoint's now the time since its start is counted.
    pub fn begin(begin: Begin, now: Reading) -> Self {
        let mut timer = Self::at(begin, Millis(0), now);
        timer.told = begin.limit();
        if let Some(true_elapsed) = timer.by_endpoint(now) {
            timer.rebase(true_elapsed, now);
        }
        timer
    }

    /// The timer of an attempt whose page was closed, reloaded or killed. What passed since the store is counted by the
    /// wall clock, and at least `STORE_EVERY`, so that no page gains by being killed; the endpoint's now corrects it. To be
    /// ticked and stored at once, before a question is shown: a page killed before that would be charged only once.
    pub fn resume(begin: Begin, stored: Stored, now: Reading) -> Self {
        let away = Millis::between(stored.wall, now.wall).max(STORE_EVERY);
        let mut timer = Self::at(begin, stored.elapsed.plus(away), now);
        timer.told = begin.limit().less(stored.elapsed);
        timer.flags = stored.flags;
        timer.raise(Disagreement::WallBeforeStore, Millis::between(now.wall, stored.wall));
        timer.hear(now);
        timer
    }

    fn at(begin: Begin, elapsed: Millis, now: Reading) -> Self {
        Self {
            begin,
            elapsed,
            base: (elapsed, now.mono, now.wall),
            gap: Gap::new(now),
            told: Millis(0),
            last: (now.mono, now.wall),
            stored: None,
            flags: Vec::new(),
        }
    }

    /// Counts up to now. To be called once a second, and at once when the page becomes visible again.
    pub fn tick(&mut self, now: Reading) -> Tick {
        let (at, mono, wall) = self.base;
        let by_mono = at.plus(now.mono.less(mono));
        let by_wall = at.plus(Millis::between(wall, now.wall));
        let set_back = Millis::between(now.wall, wall);
        let fell = self.last.0.less(now.mono);
        if fell > Millis(0) {
            self.gap = Gap::new(now);
        }
        let (lost, won) = self.gap.widen(now);
        self.elapsed = self.elapsed.max(by_mono).max(by_wall);
        self.raise(Disagreement::MonotonicFell, fell);
        self.raise(Disagreement::WallLost, lost);
        self.raise(Disagreement::WallWon, won);
        let parted = by_mono.less(by_wall).plus(by_wall.less(by_mono)).plus(set_back);
        if parted > SLACK || fell > Millis(0) {
            self.rebase(self.elapsed, now);
        }
        self.last = (now.mono, now.wall);
        self.hear(now);
        self.report()
    }

    /// What has elapsed, as of the last tick.
    pub fn elapsed(&self) -> Millis {
        self.elapsed
    }

    /// What is left, as of the last tick.
    pub fn remaining(&self) -> Millis {
        self.begin.limit().less(self.elapsed)
    }

    /// What disagreed so far: at most one of each kind, in the order of `Disagreement`.
    pub fn flags(&self) -> &[Flag] {
        &self.flags
    }

    /// What to store now.
    pub fn stored(&self) -> Stored {
        Stored {
            elapsed: self.elapsed,
            wall: self.last.1,
            flags: self.flags.clone(),
        }
    }

    /// Notes that this was stored, durably.
    pub fn confirm(&mut self, stored: Stored) {
        self.stored = Some((stored.elapsed, stored.flags));
    }

    /// What has elapsed by the endpoint's clock, if it was heard and is the clock of this attempt.
    fn by_endpoint(&self, now: Reading) -> Option<Millis> {
        let heard = now.endpoint.filter(|_| self.begin.clock == Clock::Endpoint);
        heard.map(|endpoint| Millis::between(self.begin.started, endpoint))
    }

    /// Takes the endpoint's word over what was counted, even where it is less.
    fn hear(&mut self, now: Reading) {
        if let Some(elapsed) = self.by_endpoint(now) {
            self.raise(Disagreement::EndpointMore, elapsed.less(self.elapsed));
            self.raise(Disagreement::EndpointLess, self.elapsed.less(elapsed));
            self.rebase(elapsed, now);
        }
    }

    /// Counts both clocks on from here.
    fn rebase(&mut self, elapsed: Millis, now: Reading) {
        self.elapsed = elapsed;
        self.base = (elapsed, now.mono, now.wall);
    }

    fn raise(&mut self, what: Disagreement, by: Millis) {
        if by <= TOLERANCE {
            return;
        }
        match self.flags.binary_search_by_key(&what, |flag| flag.what) {
            Ok(place) => self.flags[place].most = self.flags[place].most.max(by),
            Err(place) => {
                let (most, first) = (by, self.elapsed);
                self.flags.insert(place, Flag { what, most, first });
            }
        }
    }

    fn report(&mut self) -> Tick {
        let remaining = self.remaining();
        let crossed = |mark: &Minutes| self.told > Millis::from(*mark) && remaining <= Millis::from(*mark);
        let warnings_passed = WARNINGS.into_iter().filter(crossed).collect();
        self.told = remaining;
        let store = self.stored.as_ref().is_none_or(|(elapsed, flags)| {
            // Both ways: a correction downwards that is not stored would be lost with the page.
            let apart = self.elapsed.less(*elapsed).plus(elapsed.less(self.elapsed));
            apart >= STORE_DUE || *flags != self.flags
        });
        Tick {
            elapsed: self.elapsed,
            remaining,
            warnings_passed,
            over: remaining == Millis(0),
            store,
        }
    }
}

impl Gap {
    fn new(now: Reading) -> Self {
        let (mono, wall) = (now.mono, now.wall);
        Self {
            mono,
            wall,
            least: 0,
            greatest: 0,
        }
    }

    /// How much the wall clock has lost since it was furthest ahead, and won since it was furthest behind.
    fn widen(&mut self, now: Reading) -> (Millis, Millis) {
        let mono = i64::try_from(now.mono.less(self.mono).0).unwrap_or(i64::MAX);
        let ahead = now.wall.0.saturating_sub(self.wall.0).saturating_sub(mono);
        self.least = self.least.min(ahead);
        self.greatest = self.greatest.max(ahead);
        let span = |from, to| Millis::between(Timestamp(from), Timestamp(to));
        (span(ahead, self.greatest), span(self.least, ahead))
    }
}
