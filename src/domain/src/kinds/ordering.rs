//! Ordering (排序): the steps of a procedure, some of which may stand in any order.
//!
//! Rule: of all pairs of a step and one of the next group of the key, the share that stands in order. A missing step
//! stands in order with none.

use crate::ids::OptionId;
use crate::kinds::Earned;
use crate::marking::Invalid;
use crate::shuffle::Seed;

/// The steps in the key's order, 3 to 12, in at least two groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ordering(Vec<Step>);

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Permanent within the item.
    pub id: OptionId,
    /// What is shown.
    pub text: String,
    /// Whether it may stand in any order with the step before it: both belong to one group.
    pub parallel: bool,
}

/// Why a list of steps makes no item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OrderingError {
    /// Fewer or more steps than allowed.
    #[error("an ordering has 3 to 12 steps")]
    Count,
    /// Two steps have one id.
    #[error("two steps have the same id")]
    DuplicateId,
    /// Two steps read the same.
    #[error("two steps have the same text")]
    DuplicateText,
    /// A step says nothing.
    #[error("every step has a text")]
    NoText,
    /// The first step has none before it to be parallel with.
    #[error("the first step cannot be parallel: nothing stands before it")]
    FirstParallel,
    /// All steps may stand in any order.
    #[error("an ordering has at least two groups of steps: not all can be parallel")]
    OneGroup,
}

impl Ordering {
    /// The steps of an item, in the key's order.
    ///
    /// # Errors
    /// The first promise that they break.
    pub fn new(steps: Vec<Step>) -> Result<Self, OrderingError> {
        if !(3..=12).contains(&steps.len()) {
            return Err(OrderingError::Count);
        }
        for (place, step) in steps.iter().enumerate() {
            let before = &steps[..place];
            if step.text.trim().is_empty() {
                return Err(OrderingError::NoText);
            }
            if before.iter().any(|other| other.id == step.id) {
                return Err(OrderingError::DuplicateId);
            }
            if before.iter().any(|other| other.text.trim() == step.text.trim()) {
                return Err(OrderingError::DuplicateText);
            }
        }
        if steps[0].parallel {
            return Err(OrderingError::FirstParallel);
        }
        if steps[1..].iter().all(|step| step.parallel) {
            return Err(OrderingError::OneGroup);
        }
        Ok(Self(steps))
    }

    /// The steps in the key's order.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// The groups in the key's order; within one, any order is right.
    pub fn groups(&self) -> Vec<&[Step]> {
        self.0.chunk_by(|_, next| next.parallel).collect()
    }

    /// The response that is the key.
    pub fn key(&self) -> Vec<OptionId> {
        self.0.iter().map(|step| step.id.clone()).collect()
    }

    /// The steps as one attempt shows them: shuffled by `seed`, never in an order that scores full.
    pub fn shown(&self, seed: Seed) -> Vec<&Step> {
        let mut shown: Vec<&Step> = self.0.iter().collect();
        seed.shuffle(&mut shown);
        let ids: Vec<OptionId> = shown.iter().map(|step| step.id.clone()).collect();
        if self.earned(&ids).is_ok_and(|Earned { earned, of }| earned == of) {
            // In such an order the two ends belong to different groups: changing their places spoils it.
            let last = shown.len() - 1;
            shown.swap(0, last);
        }
        shown
    }

    /// What the order of `ids` earns: one part for each pair across neighbouring groups that stands in order.
    ///
    /// # Errors
    /// More ids than steps, an unknown or repeated step.
    pub fn earned(&self, ids: &[OptionId]) -> Result<Earned, Invalid> {
        if ids.len() > self.0.len() {
            return Err(Invalid::TooMany);
        }
        for (place, id) in ids.iter().enumerate() {
            if self.0.iter().all(|step| step.id != *id) {
                return Err(Invalid::UnknownOption);
            }
            if ids[..place].contains(id) {
                return Err(Invalid::RepeatedOption);
            }
        }
        let place = |step: &Step| ids.iter().position(|id| *id == step.id);
        let mut result = Earned { earned: 0, of: 0 };
        for pair in self.groups().windows(2) {
            for (first, next) in pair[0]
                .iter()
                .flat_map(|first| pair[1].iter().map(move |next| (first, next)))
            {
                let in_order = matches!((place(first), place(next)), (Some(first), Some(next)) if first < next);
                result.earned += u32::from(in_order);
                result.of += 1;
            }
        }
        Ok(result)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Steps from their notation: `ab(cd)e` has c and d in parallel.
    fn steps(notation: &str) -> Vec<Step> {
        let mut steps = Vec::new();
        let (mut inside, mut parallel) = (false, false);
        for letter in notation.chars() {
            match letter {
                '(' => (inside, parallel) = (true, false),
                ')' => (inside, parallel) = (false, false),
                letter => {
                    steps.push(Step {
                        id: letter.to_string().parse().unwrap(),
                        text: format!("step {letter}"),
                        parallel,
                    });
                    parallel = inside;
                }
            }
        }
        steps
    }

    fn ids(letters: &str) -> Vec<OptionId> {
        letters
            .chars()
            .map(|letter| letter.to_string().parse().unwrap())
            .collect()
    }

    #[test]
    fn table_of_responses() {
        // key | response | earned/of
        let table = "
            abc | abc | 2/2
            abc | acb | 1/2
            abc | bca | 1/2
            abc | cab | 1/2
            abc | cba | 0/2
            abcdef | abcdef | 5/5
            abcdef | fabcde | 4/5
            abcdef | fedcba | 0/5
            abcdef | acegbd | UnknownOption
            ab(cd)e | abcde | 5/5
            ab(cd)e | abdce | 5/5
            ab(cd)e | acbde | 4/5
            ab(cd)e | aecdb | 1/5
            (ab)(cd) | badc | 4/4
            (ab)(cd) | acbd | 3/4
            (ab)(cd) | cdab | 0/4
            abc | ab | 1/2
            abc | ac | 0/2
            abc | b | 0/2
            abc | | 0/2
            abc | abcc | TooMany
            abc | aaaaaaaaaaaa | TooMany
            abc | aab | RepeatedOption
            abc | aa | RepeatedOption
            abc | abx | UnknownOption
            abc | xx | UnknownOption";
        for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            let earned = match Ordering::new(steps(cells[0])).unwrap().earned(&ids(cells[1])) {
                Ok(Earned { earned, of }) => format!("{earned}/{of}"),
                Err(invalid) => format!("{invalid:?}"),
            };
            assert_eq!(earned, cells[2], "{line}");
        }
    }

    #[test]
    fn steps_that_make_no_item() {
        let refused = |notation: &str| Ordering::new(steps(notation)).err();
        assert_eq!(refused("ab"), Some(OrderingError::Count));
        assert_eq!(refused("abcdefghijklm"), Some(OrderingError::Count));
        assert_eq!(refused("aba"), Some(OrderingError::DuplicateId));
        assert_eq!(refused("(abc)"), Some(OrderingError::OneGroup));
        assert_eq!(refused("(ab)c"), None);
        let changed = |change: fn(&mut Vec<Step>)| {
            let mut steps = steps("abc");
            change(&mut steps);
            Ordering::new(steps).err()
        };
        assert_eq!(
            changed(|steps| steps[0].parallel = true),
            Some(OrderingError::FirstParallel)
        );
        assert_eq!(
            changed(|steps| steps[2].text = "step a ".into()),
            Some(OrderingError::DuplicateText)
        );
        assert_eq!(changed(|steps| steps[1].text = " ".into()), Some(OrderingError::NoText));
    }

    #[test]
    fn groups_follow_the_key() {
        let ordering = Ordering::new(steps("a(bcd)(ef)g")).unwrap();
        let sizes: Vec<usize> = ordering.groups().iter().map(|group| group.len()).collect();
        assert_eq!(sizes, [1, 3, 2, 1]);
    }

    fn any_ordering() -> impl Strategy<Value = Ordering> {
        prop::collection::vec(any::<bool>(), 3..=12).prop_map(|parallel| {
            let mut steps = steps(&"abcdefghijkl"[..parallel.len()]);
            for (place, parallel) in parallel.into_iter().enumerate().skip(2) {
                steps[place].parallel = parallel;
            }
            Ordering::new(steps).unwrap()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_key_scores_full_and_nothing_scores_more(ordering in any_ordering(), response in "[a-m]{0,14}") {
            let full = ordering.earned(&ordering.key()).unwrap();
            prop_assert!(full.earned == full.of && full.of > 0);
            prop_assert_eq!(ordering.earned(&[]).unwrap(), Earned { earned: 0, of: full.of });
            if let Ok(Earned { earned, of }) = ordering.earned(&ids(&response)) {
                prop_assert!(earned <= of && of == full.of);
                prop_assert!(earned < of || response.len() == ordering.steps().len());
            }
        }

        #[test]
        fn what_is_shown_is_all_there_and_no_answer(ordering in any_ordering(), seed in any::<u64>()) {
            let shown = ordering.shown(Seed(seed));
            let mut sorted: Vec<OptionId> = shown.iter().map(|step| step.id.clone()).collect();
            let Earned { earned, of } = ordering.earned(&sorted).unwrap();
            prop_assert!(earned < of);
            prop_assert_eq!(&shown, &ordering.shown(Seed(seed)));
            sorted.sort();
            prop_assert_eq!(sorted, ordering.key());
        }
    }
}
