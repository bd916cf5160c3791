//! What is stored of a sitting beside its records: its timer, who holds the seat, and where the person was.
//!
//! One text under the `Meta` key `clock:ATTEMPT`, so that one transaction reads and changes all of it: of two tabs one holds
//! the seat, and the other learns it before it writes anything.

use domain::ids::AttemptId;
use domain::time::Timestamp;
use domain::timer::{Disagreement, Flag, Millis, Stored};
use std::fmt::Write;

/// After how many milliseconds without a sign a seat counts as left, where the browser has no locks to tell.
pub const SILENT_MS: i64 = 8_000;

/// A sitting's stored state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clockwork {
    /// The page that holds the seat; empty where it was given up.
    pub seat: String,
    /// The question's place, from 0.
    pub place: usize,
    /// The timer.
    pub timer: Stored,
}

/// The `Meta` key of a sitting's state.
pub fn key(attempt: AttemptId) -> String {
    format!("clock:{attempt}")
}

const FLAGS: [(Disagreement, &str); 6] = [
    (Disagreement::WallLost, "wall-lost"),
    (Disagreement::WallWon, "wall-won"),
    (Disagreement::WallBeforeStore, "wall-before-store"),
    (Disagreement::MonotonicFell, "monotonic-fell"),
    (Disagreement::EndpointMore, "endpoint-more"),
    (Disagreement::EndpointLess, "endpoint-less"),
];

impl Clockwork {
    /// As one text: `1 SEAT PLACE ELAPSED WALL [FLAG:MOST:FIRST]…`; `-` for no seat.
    pub fn write(&self) -> String {
        let seat = if self.seat.is_empty() { "-" } else { &self.seat };
        let Stored { elapsed, wall, flags } = &self.timer;
        let mut text = format!("1 {seat} {} {} {}", self.place, elapsed.0, wall.0);
        for Flag { what, most, first } in flags {
            let name = FLAGS
                .iter()
                .find(|(known, _)| known == what)
                .map_or("", |(_, name)| name);
            // Writing to a String cannot fail.
            let _ = write!(text, " {name}:{}:{}", most.0, first.0);
        }
        text
    }

    /// Reads what `write` wrote; none where it is something else.
    pub fn read(text: &str) -> Option<Self> {
        let mut parts = text.split(' ');
        if parts.next()? != "1" {
            return None;
        }
        let seat = parts.next().filter(|seat| *seat != "-").unwrap_or_default().to_owned();
        let place = parts.next()?.parse().ok()?;
        let elapsed = Millis(parts.next()?.parse().ok()?);
        let wall = Timestamp(parts.next()?.parse().ok()?);
        let flag = |part: &str| {
            let mut fields = part.split(':');
            let name = fields.next()?;
            let what = FLAGS.iter().find(|(_, known)| *known == name)?.0;
            let most = Millis(fields.next()?.parse().ok()?);
            let first = Millis(fields.next()?.parse().ok()?);
            Some(Flag { what, most, first })
        };
        let flags = parts.map(flag).collect::<Option<Vec<_>>>()?;
        Some(Self {
            seat,
            place,
            timer: Stored { elapsed, wall, flags },
        })
    }

    /// Whether another page than `mine` holds the seat and gave a sign of life not long before `now`.
    pub fn held_by_another(&self, mine: &str, now: Timestamp) -> bool {
        let silent = now.0.saturating_sub(self.timer.wall.0);
        !self.seat.is_empty() && self.seat != mine && (-SILENT_MS..SILENT_MS).contains(&silent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clockwork(seat: &str) -> Clockwork {
        let flag = |what| Flag {
            what,
            most: Millis(31_000),
            first: Millis(5),
        };
        Clockwork {
            seat: seat.into(),
            place: 7,
            timer: Stored {
                elapsed: Millis(90_000),
                wall: Timestamp(1_700_000_000_000),
                flags: vec![flag(Disagreement::WallLost), flag(Disagreement::EndpointLess)],
            },
        }
    }

    #[test]
    fn it_is_read_as_it_was_written() {
        for seat in ["", "018f"] {
            let known = clockwork(seat);
            assert_eq!(Clockwork::read(&known.write()), Some(known));
        }
        for bad in [
            "",
            "1",
            "2 a 0 1 2",
            "1 a 0 1",
            "1 a 0 1 x",
            "1 a 0 1 2 nothing:1:2",
            "1 a 0 1 2 wall-lost:1",
        ] {
            assert_eq!(Clockwork::read(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_seat_is_held_while_its_page_gives_signs_of_life() {
        let now = |after: i64| Timestamp(1_700_000_000_000 + after);
        assert!(clockwork("a").held_by_another("b", now(3_000)));
        assert!(!clockwork("a").held_by_another("a", now(3_000)));
        assert!(!clockwork("a").held_by_another("b", now(SILENT_MS)));
        assert!(!clockwork("").held_by_another("b", now(0)));
    }
}
