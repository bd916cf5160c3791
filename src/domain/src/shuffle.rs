//! Seeded shuffling: the same seed gives the same order on every platform, for ever (golden tests pin it).

/// What a shuffle or a draw starts from; stored with the attempt so that a reload shows the same order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seed(pub u64);

impl Seed {
    /// A seed of its own for the part called `name` (an item id, say), so that parts do not move together.
    #[must_use]
    pub fn derive(self, name: &str) -> Self {
        // FNV-1a, 64 bits, then one step of SplitMix64 to spread the bits.
        let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| {
            (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3)
        });
        Self(SplitMix(self.0 ^ hash).next())
    }

    /// Puts `list` into the order of this seed (Fisher–Yates, without modulo bias).
    pub fn shuffle<T>(self, list: &mut [T]) {
        let mut random = SplitMix(self.0);
        for last in (1..list.len()).rev() {
            // Below the list's length, so it fits.
            list.swap(last, usize::try_from(random.below(last as u64 + 1)).unwrap_or(last));
        }
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014).
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound` (at least 1), each equally likely (Lemire 2019, with rejection).
    fn below(&mut self, bound: u64) -> u64 {
        let threshold = bound.wrapping_neg() % bound;
        loop {
            let product = u128::from(self.next()) * u128::from(bound);
            let (high, low) = (product >> 64, product & u128::from(u64::MAX));
            if low >= u128::from(threshold) {
                return u64::try_from(high).unwrap_or(0);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_a_seed_never_changes() {
        let mut list: Vec<u8> = (0..10).collect();
        Seed(42).shuffle(&mut list);
        assert_eq!(list, GOLDEN_42);
        assert_eq!(Seed(42).derive("wsl-001").0, GOLDEN_DERIVED);
    }

    #[test]
    fn each_place_is_equally_likely() {
        let mut seen = [[0_u32; 4]; 4];
        for seed in 0..40_000 {
            let mut list = [0, 1, 2, 3];
            Seed(seed).shuffle(&mut list);
            for (place, value) in list.iter().enumerate() {
                seen[place][*value] += 1;
            }
        }
        assert!(seen.iter().flatten().all(|n| (9_600..10_400).contains(n)), "{seen:?}");
    }

    const GOLDEN_42: [u8; 10] = [8, 3, 6, 5, 4, 0, 9, 2, 1, 7];
    const GOLDEN_DERIVED: u64 = 10_945_368_968_127_416_807;
}
