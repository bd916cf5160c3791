//! Medians, ratios and verdicts.

use serde_json::{Value, json};

/// The measurements of one number.
#[derive(Debug, Clone, Default)]
pub(crate) struct Samples(Vec<f64>);

impl Samples {
    /// Adds a measurement.
    pub(crate) fn push(&mut self, value: f64) {
        self.0.push(value);
    }

    fn sorted(&self) -> Vec<f64> {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        sorted
    }

    /// The middle one, or the mean of the two in the middle; 0 where there is none.
    pub(crate) fn median(&self) -> f64 {
        let sorted = self.sorted();
        match sorted.len() {
            0 => 0.0,
            n if n % 2 == 1 => sorted[n / 2],
            n => f64::midpoint(sorted[n / 2 - 1], sorted[n / 2]),
        }
    }

    /// The least one that so many percent of all do not pass (nearest rank); 0 where there is none.
    pub(crate) fn percentile(&self, percent: usize) -> f64 {
        let sorted = self.sorted();
        let rank = (sorted.len() * percent).div_ceil(100).max(1);
        sorted.get(rank - 1).copied().unwrap_or_default()
    }

    /// `median (min-max)`.
    pub(crate) fn shown(&self) -> String {
        let sorted = self.sorted();
        let (Some(min), Some(max)) = (sorted.first(), sorted.last()) else {
            return "-".into();
        };
        let short = |value: f64| {
            if value < 100.0 {
                format!("{value:.1}")
            } else {
                format!("{value:.0}")
            }
        };
        format!("{} ({}-{})", short(self.median()), short(*min), short(*max))
    }

    /// For the line of JSON at the end.
    pub(crate) fn json(&self) -> Value {
        let sorted = self.sorted();
        json!({ "median": self.median(), "min": sorted.first(), "max": sorted.last(), "samples": self.0 })
    }
}

/// `ours / floor`; 0 where there is no floor.
pub(crate) fn ratio(ours: f64, floor: f64) -> f64 {
    if floor > 0.0 { ours / floor } else { 0.0 }
}

/// What a ratio means: `none` below the noise, otherwise which side is larger.
pub(crate) fn difference(ratio: f64, noise: f64) -> &'static str {
    match ratio {
        r if r <= 0.0 => "-",
        r if (r - 1.0).abs() < noise => "no difference",
        r if r > 1.0 => "more",
        _ => "less",
    }
}

/// `met` or `MISSED`.
pub(crate) fn verdict(met: bool) -> &'static str {
    if met { "met" } else { "MISSED" }
}

/// Prints rows in columns as wide as their widest cell; the first row is the heading.
pub(crate) fn table(rows: &[Vec<String>]) {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let wide = |column: usize| {
        rows.iter()
            .filter_map(|row| row.get(column))
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or_default()
    };
    let widths: Vec<usize> = (0..columns).map(wide).collect();
    for row in rows {
        let cells: Vec<String> = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        println!("{}", cells.join("  ").trim_end());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_median_does_not_follow_an_outlier() {
        let mut samples = Samples::default();
        assert_eq!((samples.median(), samples.shown().as_str()), (0.0, "-"));
        for value in [3.0, 1000.0, 1.0] {
            samples.push(value);
        }
        assert_eq!((samples.median(), samples.shown().as_str()), (3.0, "3.0 (1.0-1000)"));
        samples.push(5.0);
        assert!((samples.median() - 4.0).abs() < f64::EPSILON);
    }

    #[test]
    fn a_percentile_is_one_of_the_samples() {
        let mut samples = Samples::default();
        assert!(samples.percentile(99) < f64::EPSILON);
        for value in (1..=300).rev() {
            samples.push(f64::from(value));
        }
        for (percent, expected) in [(0, 1.0), (50, 150.0), (99, 297.0), (100, 300.0)] {
            assert!(
                (samples.percentile(percent) - expected).abs() < f64::EPSILON,
                "{percent}"
            );
        }
    }

    #[test]
    fn small_differences_are_none() {
        assert_eq!(difference(1.149, 0.15), "no difference");
        assert_eq!(difference(0.851, 0.15), "no difference");
        assert_eq!(difference(1.2, 0.15), "more");
        assert_eq!(difference(0.8, 0.15), "less");
        assert_eq!(difference(ratio(1.0, 0.0), 0.15), "-");
    }
}
