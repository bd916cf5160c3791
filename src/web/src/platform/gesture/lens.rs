//! Which part of a picture its frame shows. Integers: lengths are ten-thousandths of the frame, which the whole picture fills.

/// The length of a side of the frame.
pub const SIDE: i64 = 10_000;

/// The greatest enlargement.
const NEAREST: i64 = 4 * SIDE;

/// What the frame shows: how much larger than the frame the picture is, and how much of it lies left of and above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lens {
    /// The picture's side, `SIDE` to `NEAREST`.
    zoom: i64,
    /// Hidden on the left, 0 to `zoom - SIDE`.
    left: i64,
    /// Hidden at the top, 0 to `zoom - SIDE`.
    top: i64,
}

impl Lens {
    /// The whole picture.
    pub const WHOLE: Self = Self {
        zoom: SIDE,
        left: 0,
        top: 0,
    };

    /// Whether more than the frame is there to be seen.
    pub fn is_zoomed(self) -> bool {
        self.zoom > SIDE
    }

    /// Whether it can be enlarged further.
    pub fn can_go_nearer(self) -> bool {
        self.zoom < NEAREST
    }

    /// Enlarged by `times / of`, both 1 and up, so that the place at `at` of the frame stays where it is as far as the
    /// picture's edges let it.
    #[must_use]
    pub fn zoomed(self, times: i64, of: i64, at: (i64, i64)) -> Self {
        let zoom = (self.zoom * times.clamp(1, SIDE) / of.clamp(1, SIDE)).clamp(SIDE, NEAREST);
        let hidden = |before: i64, at: i64| (before + at) * zoom / self.zoom - at;
        Self {
            zoom,
            left: hidden(self.left, at.0),
            top: hidden(self.top, at.1),
        }
        .held()
    }

    /// A step nearer, around the middle of the frame.
    #[must_use]
    pub fn nearer(self) -> Self {
        self.zoomed(3, 2, (SIDE / 2, SIDE / 2))
    }

    /// A step back.
    #[must_use]
    pub fn farther(self) -> Self {
        self.zoomed(2, 3, (SIDE / 2, SIDE / 2))
    }

    /// With the picture pulled to the right and down by this much.
    #[must_use]
    pub fn pulled(self, right: i64, down: i64) -> Self {
        Self {
            left: self.left.saturating_sub(right),
            top: self.top.saturating_sub(down),
            ..self
        }
        .held()
    }

    /// No further than the picture's edges.
    fn held(self) -> Self {
        let most = self.zoom - SIDE;
        Self {
            left: self.left.clamp(0, most),
            top: self.top.clamp(0, most),
            ..self
        }
    }

    /// As declarations for the picture, whose untransformed box is the frame; `--zoom` is for what shall not grow with it.
    pub fn css(self) -> String {
        let zoom = format!("{}.{:04}", self.zoom / SIDE, self.zoom % SIDE);
        format!(
            "--zoom:{zoom};transform:translate(-{},-{}) scale({zoom})",
            percent(self.left),
            percent(self.top)
        )
    }
}

/// A length, 0 and up, as a percentage of the frame.
pub fn percent(length: i64) -> String {
    format!("{}.{:02}%", length / 100, length % 100)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn steps_lead_in_and_back_out() {
        let near = Lens::WHOLE.nearer();
        assert_eq!(
            near.css(),
            "--zoom:1.5000;transform:translate(-25.00%,-25.00%) scale(1.5000)"
        );
        assert_eq!(near.farther(), Lens::WHOLE);
        assert_eq!(Lens::WHOLE.farther(), Lens::WHOLE);
        let nearest = (0..9).fold(Lens::WHOLE, |lens, _| lens.nearer());
        assert!(!nearest.can_go_nearer() && nearest.is_zoomed());
        assert_eq!(nearest.zoom, NEAREST);
    }

    #[test]
    fn what_lies_under_the_fingers_stays_there() {
        let lens = Lens::WHOLE.zoomed(2, 1, (2_500, 5_000));
        assert_eq!((lens.left, lens.top), (2_500, 5_000));
        // In the corner there is nothing beyond the edge to show.
        let corner = Lens::WHOLE.zoomed(2, 1, (0, SIDE));
        assert_eq!((corner.left, corner.top), (0, SIDE));
    }

    #[test]
    fn the_whole_picture_does_not_move() {
        assert_eq!(Lens::WHOLE.pulled(500, -500), Lens::WHOLE);
        let lens = Lens::WHOLE.nearer();
        assert_eq!(lens.pulled(1_000, 0).left, 1_500);
        assert_eq!(
            lens.pulled(-9_000, 9_000),
            Lens {
                left: 5_000,
                top: 0,
                ..lens
            }
        );
    }

    proptest! {
        #[test]
        fn no_gesture_shows_what_is_not_there(
            steps in prop::collection::vec((0_u8..2, -9_000_i64..9_000, -9_000_i64..9_000, 0_i64..2_000), 0..40),
        ) {
            let mut lens = Lens::WHOLE;
            for (what, x, y, of) in steps {
                lens = if what == 0 { lens.pulled(x, y) } else { lens.zoomed(x.abs(), of, (x.abs(), y.abs())) };
                prop_assert!((SIDE..=NEAREST).contains(&lens.zoom));
                let most = lens.zoom - SIDE;
                prop_assert!((0..=most).contains(&lens.left) && (0..=most).contains(&lens.top));
            }
        }
    }
}
