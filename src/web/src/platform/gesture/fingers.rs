//! What the pointers on a picture mean: a tap, a pull, a pinch. Lengths are pixels of the page.

/// From this far on a pointer means to pull and not to tap.
const PULL: i64 = 8;

/// A pointer that is down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Finger {
    id: i32,
    at: (i64, i64),
}

/// What a movement meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moved {
    /// How far the picture goes along, to the right and down.
    pub(super) by: (i64, i64),
    /// For two fingers: how far apart they are now and were before, and the point between them.
    pub(super) pinch: Option<(i64, i64, (i64, i64))>,
}

/// A tap on the region with this id; none beside any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tap(pub(super) Option<String>);

/// The pointers that are down; the third and later ones mean nothing.
#[derive(Debug, Default)]
pub(super) struct Fingers {
    down: Vec<Finger>,
    /// What the first one is as long as it moves no further.
    tap: Option<Tap>,
}

impl Fingers {
    /// A pointer went down at `at`, over `region`.
    pub(super) fn down(&mut self, id: i32, at: (i64, i64), region: Option<String>) {
        // A pointer whose end was never told would otherwise stay for ever.
        self.down.retain(|finger| finger.id != id);
        self.tap = self.down.is_empty().then_some(Tap(region));
        if self.down.len() < 2 {
            self.down.push(Finger { id, at });
        }
    }

    /// A pointer is at `to` now; none where that means nothing.
    pub(super) fn moved(&mut self, id: i32, to: (i64, i64)) -> Option<Moved> {
        let mine = self.down.iter().position(|finger| finger.id == id)?;
        let from = self.down[mine].at;
        let by = (to.0 - from.0, to.1 - from.1);
        if self.tap.is_some() && length(by) < PULL {
            return None;
        }
        self.tap = None;
        self.down[mine].at = to;
        let other = self.down.iter().find(|finger| finger.id != id);
        let Some(Finger { at: other, .. }) = other else {
            return Some(Moved { by, pinch: None });
        };
        let apart = |at: (i64, i64)| length((at.0 - other.0, at.1 - other.1));
        Some(Moved {
            // The point between them goes half as far as the one that moves.
            by: (by.0 / 2, by.1 / 2),
            pinch: Some((
                apart(to),
                apart(from),
                (i64::midpoint(to.0, other.0), i64::midpoint(to.1, other.1)),
            )),
        })
    }

    /// A pointer went up: the tap that this was, if it was one.
    pub(super) fn up(&mut self, id: i32) -> Option<Tap> {
        let known = self.down.iter().any(|finger| finger.id == id);
        self.down.retain(|finger| finger.id != id);
        known.then(|| self.tap.take())?
    }

    /// The browser took a pointer for itself, to scroll the page.
    pub(super) fn lost(&mut self, id: i32) {
        self.down.retain(|finger| finger.id != id);
        self.tap = None;
    }
}

fn length((x, y): (i64, i64)) -> i64 {
    (x * x + y * y).isqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region() -> String {
        "stove".into()
    }

    #[test]
    fn a_tap_stays_within_eight_pixels() {
        let mut fingers = Fingers::default();
        fingers.down(1, (100, 100), Some(region()));
        assert_eq!(fingers.moved(1, (105, 105)), None);
        assert_eq!(fingers.up(1), Some(Tap(Some(region()))));
        fingers.down(1, (100, 100), None);
        assert_eq!(fingers.up(1), Some(Tap(None)));
        fingers.down(1, (100, 100), Some(region()));
        let moved = fingers.moved(1, (108, 100)).unwrap();
        assert_eq!((moved.by, moved.pinch), ((8, 0), None));
        // Coming back does not make a tap of it.
        assert_eq!(fingers.moved(1, (100, 100)).unwrap().by, (-8, 0));
        assert_eq!(fingers.up(1), None);
    }

    #[test]
    fn two_fingers_pinch_and_tap_nothing() {
        let mut fingers = Fingers::default();
        fingers.down(1, (0, 0), Some(region()));
        fingers.down(2, (100, 0), Some(region()));
        fingers.down(3, (50, 50), Some(region()));
        let moved = fingers.moved(2, (201, 0)).unwrap();
        assert_eq!(moved.pinch, Some((201, 100, (100, 0))));
        assert_eq!(moved.by, (50, 0));
        assert_eq!(fingers.moved(3, (0, 0)), None);
        assert_eq!(fingers.up(2), None);
        assert_eq!(fingers.moved(1, (4, 0)).unwrap().by, (4, 0));
        assert_eq!(fingers.up(1), None);
        assert_eq!(fingers.up(1), None);
    }

    #[test]
    fn scrolling_the_page_is_no_tap() {
        let mut fingers = Fingers::default();
        fingers.down(1, (0, 0), Some(region()));
        fingers.lost(1);
        assert_eq!(fingers.up(1), None);
        // A mouse that only passes over.
        assert_eq!(fingers.moved(1, (50, 50)), None);
    }
}
