//! What hazard spotting and proofreading share: marking the faulty places among many, counted so that marking blindly
//! is worth nothing.
//!
//! A mark on a faulty place earns for finding it and for each label that is right; a mark on a place in order takes
//! away. The sum is held at zero, and it is full only for exactly the key: nothing missed, nothing marked in vain, every
//! label right.

use super::Earned;
use crate::ids::OptionId;
use crate::marking::Invalid;

/// A thing to choose from a list: a category of hazard, a kind of fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Permanent within the item.
    pub id: OptionId,
    /// What is shown.
    pub text: String,
}

/// One mark of a response: a place and what the person says of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spot {
    /// The place marked: a region of the scene, a passage of the document.
    pub at: OptionId,
    /// The first label, none where none was chosen: the category of a hazard, the reason of a fault.
    pub first: Option<OptionId>,
    /// The second label, none where none was chosen: the ground of a hazard; always none in proofreading.
    pub second: Option<OptionId>,
}

/// How a response turned out, in places: what the result page says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Found {
    /// Faulty places that were marked.
    pub found: usize,
    /// Faulty places that were not.
    pub missed: usize,
    /// Marks on places that are in order.
    pub false_marks: usize,
    /// Faulty places found whose first label is right.
    pub first_right: usize,
    /// Faulty places found whose second label is right; 0 where the kind has none.
    pub second_right: usize,
}

/// What each thing counts, in parts: the rule that stands on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weights {
    /// Earned for each faulty place marked.
    pub found: u32,
    /// Earned besides if the first label is right.
    pub first: u32,
    /// Earned besides if the second label is right; 0 where the kind has none.
    pub second: u32,
    /// Taken away for each mark on a place in order.
    pub false_mark: u32,
}

impl Weights {
    /// The parts of one faulty place.
    pub fn full(self) -> u32 {
        self.found + self.first + self.second
    }

    /// What `found` earns: never below zero, and full only if nothing is missing and nothing was marked in vain.
    pub fn earned(self, found: Found) -> Earned {
        let times = |count: usize, weight: u32| u32::try_from(count).unwrap_or(u32::MAX).saturating_mul(weight);
        let gained = times(found.found, self.found)
            .saturating_add(times(found.first_right, self.first))
            .saturating_add(times(found.second_right, self.second));
        Earned {
            earned: gained.saturating_sub(times(found.false_marks, self.false_mark)),
            of: times(found.found + found.missed, self.full()),
        }
    }
}

/// One place as the counting sees it.
pub(super) struct Place<'a> {
    /// Its id.
    pub(super) at: &'a OptionId,
    /// For a faulty one, its labels.
    pub(super) fault: Option<(&'a OptionId, Option<&'a OptionId>)>,
}

/// The marks that are the key.
pub(super) fn key<'a>(places: impl Iterator<Item = Place<'a>>) -> Vec<Spot> {
    let spot = |place: Place<'a>| {
        place.fault.map(|(first, second)| Spot {
            at: place.at.clone(),
            first: Some(first.clone()),
            second: second.cloned(),
        })
    };
    places.filter_map(spot).collect()
}

/// Counts `marks` against `places`; `firsts` and `seconds` are the labels that may be chosen.
///
/// # Errors
/// More marks than places, a place or label that the item does not have, a place marked twice.
pub(super) fn count<'a>(
    places: &[Place<'_>],
    firsts: &(impl Iterator<Item = &'a OptionId> + Clone),
    seconds: &(impl Iterator<Item = &'a OptionId> + Clone),
    marks: &[Spot],
) -> Result<Found, Invalid> {
    if marks.len() > places.len() {
        return Err(Invalid::TooMany);
    }
    let mut counted = Found::default();
    let mut taken = vec![false; places.len()];
    for mark in marks {
        let index = places.iter().position(|place| *place.at == mark.at);
        let index = index.ok_or(Invalid::UnknownOption)?;
        if std::mem::replace(&mut taken[index], true) {
            return Err(Invalid::RepeatedOption);
        }
        if mark
            .first
            .as_ref()
            .is_some_and(|id| !firsts.clone().any(|known| known == id))
            || mark
                .second
                .as_ref()
                .is_some_and(|id| !seconds.clone().any(|known| known == id))
        {
            return Err(Invalid::UnknownOption);
        }
        match places[index].fault {
            Some((first, second)) => {
                counted.found += 1;
                counted.first_right += usize::from(mark.first.as_ref() == Some(first));
                counted.second_right += usize::from(second.is_some() && mark.second.as_ref() == second);
            }
            None => counted.false_marks += 1,
        }
    }
    let faults = places.iter().filter(|place| place.fault.is_some()).count();
    counted.missed = faults - counted.found;
    Ok(counted)
}

/// What somebody can expect who does not look, in ten-thousandths of full, 0 to 10,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blind {
    /// Who marks every place and gives all of them the labels that happen to pay best.
    pub everything: u32,
    /// Who marks `marks` places picked at random with random labels, on average, rounded to the nearest.
    pub guesser: u32,
    /// The number of marks, 1 and up, at which such a guesser does best.
    pub marks: usize,
}

/// The numbers of an item that a blind person's expectation rests on.
pub(super) struct Odds {
    /// Faulty places, 1 and up.
    pub(super) faulty: usize,
    /// Places in order.
    pub(super) in_order: usize,
    /// First labels to choose from, 1 and up.
    pub(super) firsts: usize,
    /// Second labels to choose from; 1 where the kind has none.
    pub(super) seconds: usize,
    /// The most faulty places that share one first label.
    pub(super) commonest_first: usize,
    /// The most faulty places that share one second label; 0 where the kind has none.
    pub(super) commonest_second: usize,
}

/// Probabilities are fixed-point numbers, `ONE` for certainty, each step rounded down: with a hundred places at most the
/// loss stays below one part in 2^50, far from what a ten-thousandth shows.
const ONE: u128 = 1 << 64;

impl Odds {
    /// What marking everything under the best-paying labels earns.
    pub(super) fn everything(&self, weights: Weights) -> Earned {
        weights.earned(Found {
            found: self.faulty,
            missed: 0,
            false_marks: self.in_order,
            first_right: self.commonest_first,
            second_right: self.commonest_second,
        })
    }

    /// The expectations under `weights`.
    pub(super) fn blind(&self, weights: Weights) -> Blind {
        let everything = self.everything(weights);
        let share = u64::from(everything.earned) * 10_000 / u64::from(everything.of.max(1));
        // Ties go to the fewest marks.
        let (guesser, fewest) = (1..=self.faulty + self.in_order)
            .map(|marks| (self.guesser(weights, marks), std::cmp::Reverse(marks)))
            .max()
            .unwrap_or((0, std::cmp::Reverse(1)));
        Blind {
            everything: u32::try_from(share).unwrap_or(10_000),
            guesser,
            marks: fewest.0,
        }
    }

    /// The mean share, in ten-thousandths, of `marks` different places picked at random with random labels.
    fn guesser(&self, weights: Weights, marks: usize) -> u32 {
        let (first, second) = (self.firsts as u128, self.seconds as u128);
        // What the labels of one found place add: both right, the first, the second, neither; of first * second ways.
        let luck = [
            (1, weights.first + weights.second),
            (second - 1, weights.first),
            (first - 1, weights.second),
            ((first - 1) * (second - 1), 0),
        ];
        let full = u32::try_from(self.faulty)
            .unwrap_or(u32::MAX)
            .saturating_mul(weights.full());
        // What h found places gain, as a distribution over the parts gained.
        let mut gains = vec![0; full as usize + 1];
        gains[0] = ONE;
        let hits = self.hits(marks);
        let mut mean = 0;
        for (found, chance) in hits.iter().enumerate() {
            let lost = u32::try_from(marks.saturating_sub(found))
                .unwrap_or(u32::MAX)
                .saturating_mul(weights.false_mark);
            let kept = gains.iter().enumerate().skip(lost as usize);
            // Both factors keep 32 bits, so that their product times the parts stays far inside 128 bits.
            mean += kept
                .map(|(gain, likely)| (likely >> 32) * (chance >> 32) * (gain as u128 - u128::from(lost)))
                .sum::<u128>()
                >> 32;
            let mut next = vec![0; gains.len()];
            for (gain, likely) in gains.iter().enumerate().filter(|(_, likely)| **likely > 0) {
                for (ways, more) in luck {
                    if let Some(place) = next.get_mut(gain + (weights.found + more) as usize) {
                        *place += likely * ways / (first * second);
                    }
                }
            }
            gains = next;
        }
        let whole = (ONE >> 32) * u128::from(full.max(1));
        u32::try_from((mean * 10_000 + whole / 2) / whole).unwrap_or(10_000)
    }

    /// How likely it is that `marks` places picked at random hit 0, 1, 2, … faulty ones.
    fn hits(&self, marks: usize) -> Vec<u128> {
        let mut hits = vec![0; self.faulty + 1];
        hits[0] = ONE;
        let all = self.faulty + self.in_order;
        for drawn in 0..marks.min(all) {
            let left = (all - drawn) as u128;
            for hit in (0..=self.faulty).rev() {
                let misses = self.in_order.saturating_sub(drawn.saturating_sub(hit)) as u128;
                let stays = if hit <= drawn { hits[hit] * misses / left } else { 0 };
                let comes = if hit > 0 {
                    hits[hit - 1] * (self.faulty + 1 - hit) as u128 / left
                } else {
                    0
                };
                hits[hit] = stays + comes;
            }
        }
        hits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn odds(faulty: usize, in_order: usize, firsts: usize, seconds: usize) -> Odds {
        Odds {
            faulty,
            in_order,
            firsts,
            seconds,
            commonest_first: 1,
            commonest_second: 1,
        }
    }

    #[test]
    fn a_guess_among_few_is_what_the_hand_computes() {
        // One faulty place of two, no labels: one mark finds it half the time; two marks find it and lose one part.
        let plain = Weights {
            found: 2,
            first: 0,
            second: 0,
            false_mark: 1,
        };
        assert_eq!(odds(1, 1, 1, 1).guesser(plain, 1), 5_000);
        assert_eq!(odds(1, 1, 1, 1).guesser(plain, 2), 5_000);
        // Both faulty places of two, labels right one time in four: (2 + 1/4) of 3 each.
        let labelled = Weights {
            found: 2,
            first: 1,
            second: 0,
            false_mark: 9,
        };
        assert_eq!(odds(2, 0, 4, 1).guesser(labelled, 2), 7_500);
        // One mark among two faulty and two others: half of it lost, the gain halved by the places left over.
        assert_eq!(odds(2, 2, 4, 1).guesser(labelled, 1), 1_875);
    }

    #[test]
    fn chances_add_up_to_certainty() {
        for marks in 0..=100 {
            let sum: u128 = odds(40, 60, 1, 1).hits(marks).iter().sum();
            assert!(sum <= ONE && ONE - sum < 1 << 14, "{marks}: {}", ONE - sum);
        }
    }
}
