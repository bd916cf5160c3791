//! Units: points, shares, minutes, study hours, revisions.

use std::fmt;
use std::iter::Sum;
use std::ops::Add;

/// Points in hundredths: `Points(150)` is 1.5 分. Never negative.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Points(pub u32);

impl Points {
    /// No points.
    pub const ZERO: Self = Self(0);
    /// One whole point (1 分).
    pub const ONE: Self = Self(100);

    /// The given share of these points, rounded down to a hundredth: the one rounding rule of all marking, so that no
    /// share is ever rounded up to more than was earned.
    #[must_use]
    pub fn share(self, share: Share) -> Self {
        let whole = u64::from(self.0) * u64::from(share.0) / u64::from(Share::FULL.0);
        Self(u32::try_from(whole).unwrap_or(self.0))
    }

    /// `part` of `of` parts of these points, rounded down to a hundredth like every share; none of nothing is none.
    #[must_use]
    pub fn part(self, part: u32, of: u32) -> Self {
        if of == 0 {
            return Self::ZERO;
        }
        let whole = u64::from(self.0) * u64::from(part.min(of)) / u64::from(of);
        Self(u32::try_from(whole).unwrap_or(self.0))
    }
}

impl Add for Points {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sum for Points {
    fn sum<I: Iterator<Item = Self>>(points: I) -> Self {
        points.fold(Self::ZERO, Add::add)
    }
}

impl fmt::Display for Points {
    /// `2`, `1.5`, `0.33`: no trailing zeros.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0 / 100, self.0 % 100) {
            (whole, 0) => write!(f, "{whole}"),
            (whole, part) if part % 10 == 0 => write!(f, "{whole}.{}", part / 10),
            (whole, part) => write!(f, "{whole}.{part:02}"),
        }
    }
}

/// A share of a whole in ten-thousandths, 0 to 10,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Share(u16);

impl Share {
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// One half.
    pub const HALF: Self = Self(5_000);
    /// All.
    pub const FULL: Self = Self(10_000);

    /// `part` of `whole`, rounded down and held between none and all; none of nothing is none.
    pub fn of(part: usize, whole: usize) -> Self {
        if whole == 0 {
            return Self::NONE;
        }
        let ratio = part.min(whole) as u128 * 10_000 / whole as u128;
        Self(u16::try_from(ratio).unwrap_or(10_000))
    }

    /// Ten-thousandths, 0 to 10,000.
    pub fn ten_thousandths(self) -> u16 {
        self.0
    }

    /// Whole per cent, rounded down, 0 to 100.
    pub fn percent(self) -> u8 {
        u8::try_from(self.0 / 100).unwrap_or(100)
    }
}

/// Minutes of reading or work, 0 to 65,535.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Minutes(pub u16);

/// Nominal study hours (学时) of 45 minutes, 0 to 65,535.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StudyHours(pub u16);

/// The wording of an item or check: 1 and up, raised with every change of content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revision(pub u32);

/// How hard an item is: 1 (anyone who read the lesson) to 5 (only with practice).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Difficulty(u8);

impl Difficulty {
    /// The difficulty, if it is between 1 and 5.
    pub fn new(value: u8) -> Option<Self> {
        (1..=5).contains(&value).then_some(Self(value))
    }

    /// 1 to 5.
    pub fn get(self) -> u8 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_round_down_and_points_read_well() {
        assert_eq!(Points(100).share(Share::of(1, 3)), Points(33));
        assert_eq!(Points(200).share(Share::HALF), Points(100));
        assert_eq!(Points(u32::MAX).share(Share::FULL), Points(u32::MAX));
        let shown: Vec<String> = [0, 5, 33, 50, 100, 150, 1234].map(|p| Points(p).to_string()).into();
        assert_eq!(shown, ["0", "0.05", "0.33", "0.5", "1", "1.5", "12.34"]);
        assert_eq!(
            (Share::of(3, 2), Share::of(0, 0), Share::of(2, 3).percent()),
            (Share::FULL, Share::NONE, 66)
        );
    }
}
