//! Moments and days. Nothing here reads a clock (DESIGN §2.7).

/// A moment in milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The calendar day in Asia/Shanghai (UTC+8 all year since 1991-09-15).
    pub fn day(self) -> Day {
        Day(self.0.saturating_add(8 * 3_600_000).div_euclid(86_400_000))
    }

    /// This moment moved by `ms` milliseconds, held at the ends of the range.
    #[must_use]
    pub fn plus(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }
}

/// A calendar day: days since 1970-01-01, proleptic Gregorian.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i64);

impl Day {
    /// The day `year-month-day`, if there is one.
    pub fn from_ymd(year: i64, month: u8, day: u8) -> Option<Self> {
        if !(1..=12).contains(&month) || !(0..=9999).contains(&year) {
            return None;
        }
        // Days from civil, after H. Hinnant, "chrono-Compatible Low-Level Date Algorithms".
        let shifted = if month <= 2 { year - 1 } else { year };
        let era = shifted.div_euclid(400);
        let of_era = shifted.rem_euclid(400);
        let month_from_march = (i64::from(month) + 9) % 12;
        let of_year = (153 * month_from_march + 2) / 5 + i64::from(day) - 1;
        let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
        let made = Self(days);
        (made.ymd() == (year, month, day)).then_some(made)
    }

    /// Year, month (1-12) and day of the month (1-31).
    pub fn ymd(self) -> (i64, u8, u8) {
        let days = self.0 + 719_468;
        let era = days.div_euclid(146_097);
        let of_era = days.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 {
            month_from_march + 3
        } else {
            month_from_march - 9
        };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        (year, u8::try_from(month).unwrap_or(1), u8::try_from(day).unwrap_or(1))
    }

    /// The day written `YYYY-MM-DD`, if it is one.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return None;
        }
        let number = |from: usize, to: usize| -> Option<u32> {
            let part = text.get(from..to)?;
            if part.bytes().all(|b| b.is_ascii_digit()) {
                part.parse().ok()
            } else {
                None
            }
        };
        let month = u8::try_from(number(5, 7)?).ok()?;
        let day = u8::try_from(number(8, 10)?).ok()?;
        Self::from_ymd(i64::from(number(0, 4)?), month, day)
    }
}

impl std::fmt::Display for Day {
    /// `YYYY-MM-DD`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (year, month, day) = self.ymd();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_round_trip_over_four_centuries_and_impossible_days_are_refused() {
        for n in -80_000..70_000 {
            assert_eq!(Day::parse(&Day(n).to_string()), Some(Day(n)));
        }
        for bad in [
            "2023-02-29",
            "2024-13-01",
            "2024-00-10",
            "2024-1-01",
            "+024-01-01",
            "20240101",
            "2024-04-31",
        ] {
            assert_eq!(Day::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_day_turns_at_midnight_in_shanghai() {
        let midnight = Day::parse("2026-05-01").unwrap().0 * 86_400_000 - 8 * 3_600_000;
        assert_eq!(Timestamp(midnight).day().to_string(), "2026-05-01");
        assert_eq!(Timestamp(midnight - 1).day().to_string(), "2026-04-30");
    }
}
