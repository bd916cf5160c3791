//! Limits on how often somebody may ask, as leaky buckets in this process's memory.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A rate: `burst` at once, then `per_minute`. A `per_minute` of 0 sets no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How many at once, 1 and up.
    pub burst: u32,
    /// How many a minute in the long run.
    pub per_minute: u32,
}

/// The most buckets that are kept before those that are empty again are thrown away.
const MOST: usize = 20_000;

/// One bucket a key.
pub struct Buckets<K> {
    rate: Rate,
    /// When the bucket will be empty again.
    empty_at: Mutex<HashMap<K, Instant>>,
}

impl<K: Hash + Eq> Buckets<K> {
    /// Buckets of a rate.
    pub fn new(rate: Rate) -> Self {
        Self {
            rate,
            empty_at: Mutex::default(),
        }
    }

    fn drop_time(&self) -> Option<Duration> {
        Duration::from_secs(60).checked_div(self.rate.per_minute)
    }

    /// How long to wait until the bucket takes one more; none where it takes one now.
    pub fn wait(&self, key: &K, now: Instant) -> Option<Duration> {
        let drop_time = self.drop_time()?;
        let empty_at = *self.empty_at.lock().unwrap_or_else(PoisonError::into_inner).get(key)?;
        let full = drop_time * self.rate.burst.saturating_sub(1);
        let over = empty_at.saturating_duration_since(now).saturating_sub(full);
        (!over.is_zero()).then_some(over)
    }

    /// Puts one into the bucket.
    pub fn add(&self, key: K, now: Instant) {
        let Some(drop_time) = self.drop_time() else { return };
        let mut buckets = self.empty_at.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MOST {
            buckets.retain(|_, empty_at| *empty_at > now);
        }
        let empty_at = buckets.entry(key).or_insert(now);
        *empty_at = (*empty_at).max(now) + drop_time;
    }

    /// Puts one into the bucket if it has room.
    ///
    /// # Errors
    /// How long to wait.
    pub fn take(&self, key: K, now: Instant) -> Result<(), Duration> {
        if let Some(wait) = self.wait(&key, now) {
            return Err(wait);
        }
        self.add(key, now);
        Ok(())
    }
}

/// Whose bucket an address uses: of IPv6 the first 64 bits, since one household has at least those.
pub fn neighbourhood(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((u128::from(v6) & !u128::from(u64::MAX)).into()),
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// Whole seconds for `Retry-After`, rounded up.
pub fn seconds(wait: Duration) -> u32 {
    u32::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_then_the_rate_and_each_key_for_itself() {
        let buckets = Buckets::new(Rate {
            burst: 3,
            per_minute: 60,
        });
        let start = Instant::now();
        assert_eq!(
            [0; 5].map(|_| buckets.take("a", start).is_ok()),
            [true, true, true, false, false]
        );
        assert_eq!(buckets.take("a", start), Err(Duration::from_secs(1)));
        assert_eq!(buckets.take("b", start), Ok(()));
        let later = start + Duration::from_secs(1);
        assert_eq!(
            (buckets.take("a", later), buckets.take("a", later).is_ok()),
            (Ok(()), false)
        );
        let none = Buckets::new(Rate {
            burst: 1,
            per_minute: 0,
        });
        assert!((0..1000).all(|_| none.take("a", start).is_ok()));
    }

    #[test]
    fn buckets_that_are_empty_again_are_thrown_away() {
        let buckets = Buckets::new(Rate {
            burst: 1,
            per_minute: 60,
        });
        let start = Instant::now();
        (0..MOST).for_each(|key| buckets.add(key, start));
        buckets.add(MOST, start + Duration::from_secs(5));
        assert_eq!(buckets.empty_at.lock().unwrap().len(), 1);
    }

    #[test]
    fn neighbours_of_ipv6_share_a_bucket_and_mapped_addresses_are_ipv4() {
        let of = |text: &str| neighbourhood(text.parse().unwrap());
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:2"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_eq!(of("::ffff:10.0.0.1"), of("10.0.0.1"));
        assert_ne!(of("10.0.0.1"), of("10.0.0.2"));
    }
}
