//! Matching (配对): each prompt goes to one target; targets may stay unused or take several prompts.
//!
//! Rule: right pairs of all prompts. A wrong pair earns nothing and takes nothing away.

use crate::ids::OptionId;
use crate::kinds::Earned;
use crate::marking::Invalid;
use crate::shuffle::Seed;

/// Prompts, 2 to 8, and the targets that they are matched to, 3 to 10.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matching {
    prompts: Vec<Prompt>,
    targets: Vec<Target>,
}

/// What is to be matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// Permanent within the item, different from the other prompts'.
    pub id: OptionId,
    /// What is shown.
    pub text: String,
    /// The target that is right.
    pub target: OptionId,
    /// Why it is that one, and what people take instead; never empty.
    pub why: String,
}

/// What prompts are matched to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Permanent within the item, different from the other targets'.
    pub id: OptionId,
    /// What is shown.
    pub text: String,
}

/// Why prompts and targets make no item.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MatchingError {
    /// Fewer or more prompts or targets than allowed.
    #[error("a matching has 2 to 8 prompts and 3 to 10 targets")]
    Count,
    /// Two prompts, or two targets, have one id.
    #[error("the id `{0}` is there twice")]
    DuplicateId(OptionId),
    /// Two prompts, or two targets, read the same.
    #[error("`{0}` reads like another one")]
    DuplicateText(OptionId),
    /// A prompt or target says nothing.
    #[error("`{0}` has no text")]
    NoText(OptionId),
    /// A prompt goes to a target that is not there.
    #[error("the prompt `{prompt}` goes to the target `{target}`, which is not there")]
    NoSuchTarget {
        /// The prompt.
        prompt: OptionId,
        /// Where it goes.
        target: OptionId,
    },
    /// A prompt does not say why.
    #[error("the prompt `{0}` does not say why")]
    NoWhy(OptionId),
}

impl Matching {
    /// An item out of prompts and targets.
    ///
    /// # Errors
    /// The first promise that they break.
    pub fn new(prompts: Vec<Prompt>, targets: Vec<Target>) -> Result<Self, MatchingError> {
        if !(2..=8).contains(&prompts.len()) || !(3..=10).contains(&targets.len()) {
            return Err(MatchingError::Count);
        }
        let read = prompts.iter().map(|prompt| (&prompt.id, prompt.text.trim()));
        differ(&read.collect::<Vec<_>>())?;
        let read = targets.iter().map(|target| (&target.id, target.text.trim()));
        differ(&read.collect::<Vec<_>>())?;
        for prompt in &prompts {
            if targets.iter().all(|target| target.id != prompt.target) {
                return Err(MatchingError::NoSuchTarget {
                    prompt: prompt.id.clone(),
                    target: prompt.target.clone(),
                });
            }
            if prompt.why.trim().is_empty() {
                return Err(MatchingError::NoWhy(prompt.id.clone()));
            }
        }
        Ok(Self { prompts, targets })
    }

    /// The prompts in the author's order.
    pub fn prompts(&self) -> &[Prompt] {
        &self.prompts
    }

    /// The targets in the author's order.
    pub fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// The targets as one attempt shows them: shuffled by `seed`.
    pub fn shown_targets(&self, seed: Seed) -> Vec<&Target> {
        let mut shown: Vec<&Target> = self.targets.iter().collect();
        seed.shuffle(&mut shown);
        shown
    }

    /// The response that is the key.
    pub fn key(&self) -> Vec<(OptionId, OptionId)> {
        let pair = |prompt: &Prompt| (prompt.id.clone(), prompt.target.clone());
        self.prompts.iter().map(pair).collect()
    }

    /// What pairs of a prompt and a target earn: one part a right pair.
    ///
    /// # Errors
    /// More pairs than prompts, an unknown prompt or target, a repeated prompt.
    pub fn earned(&self, pairs: &[(OptionId, OptionId)]) -> Result<Earned, Invalid> {
        if pairs.len() > self.prompts.len() {
            return Err(Invalid::TooMany);
        }
        let mut earned = 0;
        for (place, (id, target)) in pairs.iter().enumerate() {
            let prompt = self.prompts.iter().find(|prompt| prompt.id == *id);
            let prompt = prompt.ok_or(Invalid::UnknownOption)?;
            if self.targets.iter().all(|known| known.id != *target) {
                return Err(Invalid::UnknownOption);
            }
            if pairs[..place].iter().any(|(other, _)| other == id) {
                return Err(Invalid::RepeatedOption);
            }
            earned += u32::from(prompt.target == *target);
        }
        let of = u32::try_from(self.prompts.len()).unwrap_or(u32::MAX);
        Ok(Earned { earned, of })
    }
}

fn differ(read: &[(&OptionId, &str)]) -> Result<(), MatchingError> {
    for (place, (id, text)) in read.iter().enumerate() {
        if text.is_empty() {
            return Err(MatchingError::NoText((*id).clone()));
        }
        for (other, same) in &read[..place] {
            if other == id {
                return Err(MatchingError::DuplicateId((*id).clone()));
            }
            if same == text {
                return Err(MatchingError::DuplicateText((*id).clone()));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn id(text: &str) -> OptionId {
        text.parse().unwrap()
    }

    /// Parts of an item from its notation: `a1 b1 c3 / 1234` has the prompts a, b, c and four targets.
    fn parts(notation: &str) -> (Vec<Prompt>, Vec<Target>) {
        let (prompts, targets) = notation.split_once('/').unwrap();
        let prompt = |pair: &str| Prompt {
            id: id(&pair[..1]),
            text: format!("prompt {}", &pair[..1]),
            target: id(&pair[1..]),
            why: "because".into(),
        };
        let target = |letter: char| Target {
            id: id(&letter.to_string()),
            text: format!("target {letter}"),
        };
        let prompts = prompts.split_whitespace().map(prompt).collect();
        (prompts, targets.trim().chars().map(target).collect())
    }

    fn matching(notation: &str) -> Result<Matching, MatchingError> {
        let (prompts, targets) = parts(notation);
        Matching::new(prompts, targets)
    }

    /// Pairs from their notation: `a1 b2`.
    fn pairs(notation: &str) -> Vec<(OptionId, OptionId)> {
        let pair = |pair: &str| (id(&pair[..1]), id(&pair[1..]));
        notation.split_whitespace().map(pair).collect()
    }

    #[test]
    fn table_of_responses() {
        // item | response | earned/of
        let table = "
            a1 b2 c3 / 123 | a1 b2 c3 | 3/3
            a1 b2 c3 / 123 | c3 a1 b2 | 3/3
            a1 b2 c3 / 123 | a1 b3 c2 | 1/3
            a1 b2 c3 / 123 | a2 b3 c1 | 0/3
            a1 b2 c3 / 123 | a1 b1 c1 | 1/3
            a1 b2 c3 / 123 | b2 | 1/3
            a1 b2 c3 / 123 | | 0/3
            a1 b1 c3 / 1234 | a1 b1 c3 | 3/3
            a1 b1 c3 / 1234 | a1 b2 c3 | 2/3
            a1 b1 c3 / 1234 | a4 b4 c4 | 0/3
            a1 b1 / 123 | a1 b1 | 2/2
            a1 b1 / 123 | a1 | 1/2
            a1 b1 / 123 | 1a | UnknownOption
            a1 b1 / 123 | a9 | UnknownOption
            a1 b1 / 123 | x1 | UnknownOption
            a1 b1 / 123 | ab | UnknownOption
            a1 b1 / 123 | a1 a1 | RepeatedOption
            a1 b1 / 123 | a2 a1 | RepeatedOption
            a1 b1 / 123 | a1 b1 a1 | TooMany
            a1 b1 / 123 | x9 x9 x9 x9 x9 x9 | TooMany
            aa ba / abc | aa ba | 2/2";
        for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            let earned = match matching(cells[0]).unwrap().earned(&pairs(cells[1])) {
                Ok(Earned { earned, of }) => format!("{earned}/{of}"),
                Err(invalid) => format!("{invalid:?}"),
            };
            assert_eq!(earned, cells[2], "{line}");
        }
    }

    #[test]
    fn parts_that_make_no_item() {
        let table = "
            a1 / 123 | Count
            a1 b2 / 12 | Count
            a1 b1 c1 d1 e1 f1 g1 h1 i1 / 123 | Count
            a1 b2 / 123456789xy | Count
            a1 a2 / 123 | DuplicateId
            a1 b2 / 1233 | DuplicateId
            a1 b9 / 123 | NoSuchTarget";
        for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (notation, wanted) = line.split_once('|').unwrap();
            let error = format!("{:?}", matching(notation).unwrap_err());
            assert!(error.starts_with(wanted.trim()), "{error} in {line}");
        }
        let changed = |change: fn(&mut Vec<Prompt>, &mut Vec<Target>)| {
            let (mut prompts, mut targets) = parts("a1 b2 / 123");
            change(&mut prompts, &mut targets);
            Matching::new(prompts, targets).unwrap_err()
        };
        assert_eq!(
            changed(|prompts, _| prompts[1].why = " ".into()),
            MatchingError::NoWhy(id("b"))
        );
        assert_eq!(
            changed(|prompts, _| prompts[0].text.clear()),
            MatchingError::NoText(id("a"))
        );
        let same = changed(|_, targets| targets[2].text = " target 1".into());
        assert_eq!(same, MatchingError::DuplicateText(id("3")));
    }

    fn any_matching() -> impl Strategy<Value = Matching> {
        (prop::collection::vec(0_usize..10, 2..=8), 3_usize..=10).prop_map(|(prompts, targets)| {
            let digits = &"0123456789"[..targets];
            let prompt =
                |(place, target): (usize, &usize)| format!("{}{} ", &"abcdefgh"[place..=place], target % targets);
            let prompts: String = prompts.iter().enumerate().map(prompt).collect();
            matching(&format!("{prompts}/ {digits}")).unwrap()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_key_scores_full_and_nothing_scores_more(matching in any_matching(), response in "([a-i][0-9] ){0,9}") {
            let full = matching.earned(&matching.key()).unwrap();
            prop_assert!(full.earned == full.of && full.of > 0);
            prop_assert_eq!(matching.earned(&[]).unwrap(), Earned { earned: 0, of: full.of });
            let response = pairs(&response);
            if let Ok(Earned { earned, of }) = matching.earned(&response) {
                prop_assert!(earned <= of && of == full.of);
                let mut sorted = response.clone();
                sorted.sort();
                prop_assert_eq!(earned == of, sorted == matching.key());
            }
        }

        #[test]
        fn every_target_is_shown(matching in any_matching(), seed in any::<u64>()) {
            let mut shown = matching.shown_targets(Seed(seed));
            prop_assert_eq!(&shown, &matching.shown_targets(Seed(seed)));
            shown.sort_by_key(|target| &target.id);
            prop_assert_eq!(shown, matching.targets().iter().collect::<Vec<_>>());
        }
    }
}
