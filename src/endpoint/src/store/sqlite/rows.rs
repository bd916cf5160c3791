//! Statements over many rows at once. A round trip to the thread of the database costs more than inserting a row, so rows
//! go in chunks; chunks have few sizes, so that each statement is prepared once.

use sqlx::AssertSqlSafe;
use std::sync::Arc;

/// The most rows of one statement: far below SQLite's limit of 32,766 parameters for every statement here.
const MOST: usize = 256;

/// One statement in every chunk size: 1, 2, 4 … `MOST` rows.
pub(super) struct Many(Vec<Arc<str>>);

impl Many {
    /// `head`, then `(?, ?, …)` with `columns` parameters for each row, then `tail`. None of them comes from outside.
    pub(super) fn new(head: &str, columns: usize, tail: &str) -> Self {
        let row = format!("({})", vec!["?"; columns].join(", "));
        let sizes = (0..=MOST.ilog2()).map(|power| 1_usize << power);
        Self(
            sizes
                .map(|rows| format!("{head} {} {tail}", vec![row.as_str(); rows].join(", ")).into())
                .collect(),
        )
    }

    /// The statement for a chunk of `rows` rows, a power of two.
    pub(super) fn sql(&self, rows: usize) -> AssertSqlSafe<Arc<str>> {
        AssertSqlSafe(Arc::clone(&self.0[rows.ilog2() as usize]))
    }
}

/// The items in chunks whose sizes are powers of two, the largest first.
pub(super) fn chunks<T>(mut items: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let size = 1 << items.len().min(MOST).checked_ilog2()?;
        let (chunk, rest) = items.split_at(size);
        items = rest;
        Some(chunk)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_powers_of_two_and_lose_nothing() {
        for count in [0, 1, 2, 3, 50, 255, 256, 257, 1000] {
            let items: Vec<usize> = (0..count).collect();
            let sizes: Vec<usize> = chunks(&items).map(<[usize]>::len).collect();
            assert!(
                sizes.iter().all(|size| size.is_power_of_two() && *size <= MOST),
                "{sizes:?}"
            );
            assert_eq!(chunks(&items).flatten().copied().collect::<Vec<_>>(), items);
        }
        let many = Many::new("a VALUES", 2, "z");
        assert_eq!(&*many.sql(2).0, "a VALUES (?, ?), (?, ?) z");
    }
}
