//! How far the endpoint's clock is from the device's, from a few questions and answers.

use super::Millis;
use crate::time::Timestamp;
use std::cmp::Reverse;

/// One question to the endpoint and its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sample {
    /// When the question was sent, by the device.
    pub sent: Timestamp,
    /// When the answer arrived, by the same clock of the device.
    pub received: Timestamp,
    /// The endpoint's clock in the answer.
    pub server: Timestamp,
}

/// How far the endpoint's clock is ahead of the device's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Offset {
    /// In milliseconds; negative where the endpoint's is behind.
    pub by: i64,
    /// How far off this can be: half the round trip.
    pub within: Millis,
}

impl Offset {
    /// What the endpoint's clock says when the device's says `device`.
    pub fn endpoint(self, device: Timestamp) -> Timestamp {
        device.plus(self.by)
    }
}

/// The offset by the sample with the shortest round trip, whose error is the smallest (D. Mills, RFC 5905 §10); of equals
/// the latest. Samples that end before they begin (the clock was set meanwhile) are left out; none where no sample is left.
pub fn offset(samples: &[Sample]) -> Option<Offset> {
    let usable = samples.iter().filter(|sample| sample.received >= sample.sent);
    let trip = |sample: &Sample| Millis::between(sample.sent, sample.received);
    let best = usable.min_by_key(|sample| (trip(sample), Reverse(**sample)))?;
    // Rounded up, so that the truth is never outside.
    let within = Millis(trip(best).0.div_ceil(2));
    let half = i64::try_from(trip(best).0 / 2).unwrap_or(i64::MAX);
    let by = best.server.0.saturating_sub(best.sent.0.saturating_add(half));
    Some(Offset { by, within })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shortest_round_trip_counts() {
        // sent, received, server; ... | offset ± error
        let table = [
            (&[(0, 100, 1_050)][..], Some((1_000, 50))),
            (&[(0, 101, 1_050)], Some((1_000, 51))),
            (&[(5_000, 5_100, 50)], Some((-5_000, 50))),
            (
                &[(0, 900, 9_000), (1_000, 1_040, 2_020), (2_000, 2_600, 0)],
                Some((1_000, 20)),
            ),
            (&[(0, 40, 520), (1_000, 1_040, 2_020)], Some((1_000, 20))),
            (&[(1_000, 1_040, 2_020), (0, 40, 520)], Some((1_000, 20))),
            (&[(500, 100, 7), (0, 100, 1_050)], Some((1_000, 50))),
            (&[(500, 100, 7)], None),
            (&[], None),
            (
                &[(i64::MIN, i64::MAX, i64::MIN)],
                Some((-(i64::MAX / 2), i64::MAX.cast_unsigned() / 2 + 1)),
            ),
        ];
        for (samples, expected) in table {
            let sample = |&(sent, received, server)| Sample {
                sent: Timestamp(sent),
                received: Timestamp(received),
                server: Timestamp(server),
            };
            let samples: Vec<Sample> = samples.iter().map(sample).collect();
            let got = offset(&samples).map(|offset| (offset.by, offset.within.0));
            assert_eq!(got, expected, "{samples:?}");
        }
        let offset = Offset {
            by: -3,
            within: Millis(1),
        };
        assert_eq!(offset.endpoint(Timestamp(10)), Timestamp(7));
    }
}
