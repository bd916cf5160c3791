//! Which items a practice set asks: what was wrong last time first, then what was never seen, then what is longest ago.

use crate::ids::ItemId;
use crate::marking::Outcome;
use crate::progress::Progress;
use crate::shuffle::Seed;
use crate::time::Timestamp;

/// How many items a practice set has at most.
pub const SET: usize = 10;

/// At most `count` items of `bank` in the order to ask them. The same bank, progress and seed give the same set.
pub fn draw<'a>(
    bank: impl IntoIterator<Item = &'a ItemId>,
    progress: &Progress,
    seed: Seed,
    count: usize,
) -> Vec<ItemId> {
    let mut items: Vec<&ItemId> = bank.into_iter().collect();
    items.sort();
    seed.derive("practice").shuffle(&mut items);
    // Stable: the shuffle decides among equals.
    items.sort_by_key(|item| match progress.items.get(*item) {
        Some(known) if known.last != Some(Outcome::Right) => (0, Timestamp(0)),
        None => (1, Timestamp(0)),
        Some(known) => (2, known.last_at),
    });
    items.into_iter().take(count).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::ItemProgress;

    #[test]
    fn wrong_ones_come_first_then_new_ones_then_the_longest_ago() {
        let ids: Vec<ItemId> = (0..6).map(|n| format!("i-{n}").parse().unwrap()).collect();
        let mut progress = Progress::default();
        let mut answered = |n: usize, outcome, at| {
            let item = ItemProgress {
                answers: 1,
                right: 0,
                last: Some(outcome),
                last_at: Timestamp(at),
            };
            progress.items.insert(ids[n].clone(), item);
        };
        answered(0, Outcome::Right, 900);
        answered(1, Outcome::Right, 100);
        answered(2, Outcome::Incomplete, 500);
        let set = draw(&ids, &progress, Seed(7), 6);
        assert_eq!(set[0], ids[2]);
        assert_eq!(set[4..], [ids[1].clone(), ids[0].clone()]);
        assert_eq!(
            set,
            draw(ids.iter().rev(), &progress, Seed(7), 6),
            "the bank's order is no matter"
        );
        assert_eq!(draw(&ids, &progress, Seed(7), 2).len(), 2);
    }
}
