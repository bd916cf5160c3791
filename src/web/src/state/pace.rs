//! When to try again: after a failure, and after the endpoint asked to be left alone.

use domain::time::Timestamp;

/// The shortest and longest wait after a failure, in milliseconds.
pub const WAIT: (u32, u32) = (2_000, 300_000);

/// The wait before try number `failures` (1 and up), in milliseconds: doubling, between half and all of it by `random`,
/// so that a hall of devices does not come back at once (exponential backoff with equal jitter).
pub fn wait(failures: u32, random: u64) -> u32 {
    let full = u64::from(WAIT.0)
        .checked_shl(failures.saturating_sub(1).min(20))
        .unwrap_or(u64::MAX);
    let full = full.min(u64::from(WAIT.1));
    u32::try_from(full / 2 + random % (full / 2 + 1)).unwrap_or(WAIT.1)
}

/// For how long the endpoint asked to be left alone.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rest {
    /// When it said so, by the device's clock.
    from: Timestamp,
    ms: u32,
}

impl Rest {
    /// The rest that begins `now` and lasts as long as `Retry-After` says.
    pub fn begin(now: Timestamp, seconds: u32) -> Self {
        Self {
            from: now,
            ms: seconds.saturating_mul(1_000),
        }
    }

    /// How much of it is left, in milliseconds. A clock that was set back ends it: the endpoint will say it again.
    pub fn left(self, now: Timestamp) -> u32 {
        let passed = u32::try_from(now.0.saturating_sub(self.from.0)).unwrap_or(u32::MAX);
        self.ms.saturating_sub(passed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_spread_and_have_an_end() {
        assert_eq!(
            (wait(1, 0), wait(1, u64::MAX)),
            (1_000, 1_000 + u32::try_from(u64::MAX % 1_001).unwrap())
        );
        assert!((wait(3, 0)..=8_000).contains(&wait(3, 123_456_789)));
        assert!(wait(1_000, 77) <= WAIT.1 && wait(1_000, 0) >= WAIT.1 / 2);
    }

    #[test]
    fn an_endpoint_that_asked_to_be_left_alone_is_left_alone() {
        let rest = Rest::begin(Timestamp(10_000), 30);
        let left = |at| rest.left(Timestamp(at));
        assert_eq!(
            [left(10_000), left(39_999), left(40_000), left(90_000)],
            [30_000, 1, 0, 0]
        );
        assert_eq!(left(9_999), 0, "the clock was set back");
        assert_eq!(Rest::default().left(Timestamp(0)), 0);
    }
}
