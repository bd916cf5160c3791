//! Penalty decisions (适用法律与裁量): from the facts of a case, who decides, by which article, with what consequence and
//! which amount. Marked part by part, each part by the rule of single choice, multiple choice or filling in; the parts are
//! weighted.

use super::Earned;
use super::fill::{self, AnswerError, BlankAnswer};
use crate::ids::OptionId;
use crate::item::{Choices, ChoicesError, ItemKind};
use crate::marking::{Incomplete, Invalid};
use crate::units::{Points, Share};

/// What a part of weight 1 counts when it is right. Parts are counted in ten-thousandths so that the shares of
/// incomplete choices add up without rounding.
pub const WHOLE: u32 = 10_000;

/// The parts of a decision. `Penalty::new` proves what the kind promises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Penalty(Vec<Part>);

/// One question of a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Permanent within the item.
    pub id: OptionId,
    /// The question ('由谁决定？').
    pub ask: String,
    /// How much it counts among the parts, 1 to 5.
    pub weight: u8,
    /// What is asked for, and the key.
    pub body: PartBody,
}

/// What a part asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartBody {
    /// A choice.
    Options {
        /// What to choose from.
        choices: Choices,
        /// Whether all that apply are to be chosen; else exactly one.
        many: bool,
    },
    /// An amount within a range.
    Amount {
        /// The range: a number.
        answer: BlankAnswer,
        /// What people get wrong.
        why: String,
    },
}

/// The answer to one part.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PartAnswer {
    /// The options chosen, in the order of choosing.
    Options(Vec<OptionId>),
    /// The amount as it was written.
    Text(String),
}

/// Why a list of parts makes no item.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PenaltyError {
    /// Too few or too many parts.
    #[error("a decision has 3 to 7 parts")]
    Count,
    /// Two parts have one id.
    #[error("part {0} stands twice")]
    DuplicateId(OptionId),
    /// A part asks nothing.
    #[error("part {0} asks nothing")]
    NoAsk(OptionId),
    /// A weight out of range.
    #[error("part {0}: a weight is 1 to 5")]
    Weight(OptionId),
    /// The options of a part make no choice.
    #[error("part {part}: {error}")]
    Options {
        /// The part.
        part: OptionId,
        /// What is wrong with its options.
        error: ChoicesError,
    },
    /// The amount of a part cannot be marked.
    #[error("part {part}: {error}")]
    Amount {
        /// The part.
        part: OptionId,
        /// What is wrong with its amount.
        error: AnswerError,
    },
    /// The amount of a part is a text.
    #[error("part {0}: an amount is a number with from and to")]
    NotAnAmount(OptionId),
    /// An amount does not say what people get wrong.
    #[error("part {0} does not say what people get wrong (why)")]
    NoWhy(OptionId),
}

impl PartAnswer {
    /// Whether nothing was answered.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Options(ids) => ids.is_empty(),
            Self::Text(text) => text.trim().is_empty(),
        }
    }
}

impl Part {
    /// The answer that is the key.
    pub fn key(&self) -> PartAnswer {
        match &self.body {
            PartBody::Options { choices, .. } => {
                let right = choices.options().iter().filter(|option| option.right);
                PartAnswer::Options(right.map(|option| option.id.clone()).collect())
            }
            PartBody::Amount { answer, .. } => PartAnswer::Text(answer.key()),
        }
    }

    /// The share of this part that `answer` earns, 0 to `WHOLE`, whole only for the key.
    ///
    /// # Errors
    /// Another kind of answer than asked for, options that the part does not have, repeated ones, more than there is room
    /// for, too long a text.
    pub fn share(&self, answer: &PartAnswer, incomplete: Incomplete) -> Result<u32, Invalid> {
        match (&self.body, answer) {
            (PartBody::Options { choices, many }, PartAnswer::Options(ids)) => {
                let (right, of) = chosen(choices, ids)?;
                match right {
                    _ if !many && ids.len() > 1 => Err(Invalid::TooMany),
                    // Nothing chosen, or a wrong option among them.
                    Some(0) | None => Ok(0),
                    Some(right) if right == of => Ok(WHOLE),
                    Some(right) => Ok(partly(incomplete, right, of)),
                }
            }
            (PartBody::Amount { .. }, PartAnswer::Text(text)) if text.chars().nth(fill::MAX_TEXT).is_some() => {
                Err(Invalid::TooLong)
            }
            (PartBody::Amount { answer, .. }, PartAnswer::Text(text)) => {
                Ok(if fill::right_answer(answer, text) { WHOLE } else { 0 })
            }
            _ => Err(Invalid::Kind),
        }
    }

    fn check(&self) -> Result<(), PenaltyError> {
        let part = || self.id.clone();
        if self.ask.trim().is_empty() {
            return Err(PenaltyError::NoAsk(part()));
        }
        if !(1..=5).contains(&self.weight) {
            return Err(PenaltyError::Weight(part()));
        }
        match &self.body {
            PartBody::Options { choices, many } => {
                // The choices may have been made for the other kind.
                let kind = if *many { ItemKind::Multiple } else { ItemKind::Single };
                Choices::new(kind, choices.options().to_vec())
                    .map(|_| ())
                    .map_err(|error| PenaltyError::Options { part: part(), error })
            }
            PartBody::Amount { why, .. } if why.trim().is_empty() => Err(PenaltyError::NoWhy(part())),
            PartBody::Amount { answer, .. } if !matches!(answer, BlankAnswer::Number { .. }) => {
                Err(PenaltyError::NotAnAmount(part()))
            }
            PartBody::Amount { answer, .. } => answer
                .check()
                .map_err(|error| PenaltyError::Amount { part: part(), error }),
        }
    }
}

/// How many right options were chosen, none once a wrong one is among them; and how many there are.
fn chosen(choices: &Choices, ids: &[OptionId]) -> Result<(Option<usize>, usize), Invalid> {
    let of = choices.options().iter().filter(|option| option.right).count();
    if ids.len() > choices.options().len() {
        return Err(Invalid::TooMany);
    }
    let mut right = Some(0);
    for (place, id) in ids.iter().enumerate() {
        let option = choices.get(id).ok_or(Invalid::UnknownOption)?;
        if ids[..place].contains(id) {
            return Err(Invalid::RepeatedOption);
        }
        right = right.filter(|_| option.right).map(|count| count + 1);
    }
    Ok((right, of))
}

/// What `right` of `of` right options and no wrong one earn of `WHOLE`; always below it, so that only the key is full.
/// Points for each right option are taken as in a multiple choice of the usual points: a part has none of its own.
fn partly(rule: Incomplete, right: usize, of: usize) -> u32 {
    let share = match rule {
        Incomplete::Nothing => 0,
        Incomplete::Fixed(share) => Points(WHOLE).share(share).0,
        Incomplete::Proportional => Points(WHOLE).share(Share::of(right, of)).0,
        Incomplete::Each(each) => {
            let usual = u64::from(ItemKind::Multiple.default_points().0);
            let count = u64::try_from(right).unwrap_or(u64::MAX);
            let earned = u64::from(each.0).saturating_mul(count).saturating_mul(u64::from(WHOLE)) / usual;
            u32::try_from(earned).unwrap_or(WHOLE)
        }
    };
    share.min(WHOLE - 1)
}

impl Penalty {
    /// The item.
    ///
    /// # Errors
    /// The first promise of the kind that is broken.
    pub fn new(parts: Vec<Part>) -> Result<Self, PenaltyError> {
        if !(3..=7).contains(&parts.len()) {
            return Err(PenaltyError::Count);
        }
        for (place, part) in parts.iter().enumerate() {
            if parts[..place].iter().any(|other| other.id == part.id) {
                return Err(PenaltyError::DuplicateId(part.id.clone()));
            }
            part.check()?;
        }
        Ok(Self(parts))
    }

    /// The parts in the author's order, 3 to 7.
    pub fn parts(&self) -> &[Part] {
        &self.0
    }

    /// The part with this id.
    pub fn part(&self, id: &OptionId) -> Option<&Part> {
        self.0.iter().find(|part| part.id == *id)
    }

    /// The answers that are the key: they score full by every rule.
    pub fn key(&self) -> Vec<(OptionId, PartAnswer)> {
        self.0.iter().map(|part| (part.id.clone(), part.key())).collect()
    }

    /// What `answers` earn; incomplete choices by `incomplete`. A part left out earns nothing.
    ///
    /// # Errors
    /// More answers than parts, a part that the item does not have or that is answered twice, and whatever makes the answer
    /// to a part invalid.
    pub fn earned(&self, answers: &[(OptionId, PartAnswer)], incomplete: Incomplete) -> Result<Earned, Invalid> {
        if answers.len() > self.0.len() {
            return Err(Invalid::TooMany);
        }
        let mut earned = 0;
        for (place, (id, answer)) in answers.iter().enumerate() {
            let part = self.part(id).ok_or(Invalid::UnknownOption)?;
            if answers[..place].iter().any(|(other, _)| other == id) {
                return Err(Invalid::RepeatedOption);
            }
            earned += part.share(answer, incomplete)? * u32::from(part.weight);
        }
        let of = self.0.iter().map(|part| WHOLE * u32::from(part.weight)).sum();
        Ok(Earned { earned, of })
    }

    /// The share of the part `id` that its answer among `answers` earns, 0 to `WHOLE`: for the result page. None where the
    /// part is not answered.
    ///
    /// # Errors
    /// As of `earned`: an invalid response has no shares.
    pub fn part_share(
        &self,
        id: &OptionId,
        answers: &[(OptionId, PartAnswer)],
        incomplete: Incomplete,
    ) -> Result<Option<u32>, Invalid> {
        self.earned(answers, incomplete)?;
        let part = self.part(id).ok_or(Invalid::UnknownOption)?;
        let answer = answers.iter().find(|(of, answer)| of == id && !answer.is_empty());
        answer.map(|(_, answer)| part.share(answer, incomplete)).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::{ChoiceOption, ItemBody, Response};
    use crate::marking::{Outcome, Rule, mark};
    use proptest::prelude::*;

    fn id(text: &str) -> OptionId {
        text.parse().unwrap()
    }

    fn choices(kind: ItemKind, letters: &str) -> Choices {
        let option = |letter: char| ChoiceOption {
            id: id(&letter.to_ascii_lowercase().to_string()),
            text: letter.to_string(),
            right: letter.is_ascii_uppercase(),
            why: "because".into(),
            pinned: false,
        };
        Choices::new(kind, letters.chars().map(option).collect()).unwrap()
    }

    /// A decision from its notation, a word a part: `p1*2=aBc` chooses one and has weight 2, `p2*1+ABcd` all that apply,
    /// `p3*5#` an amount of 20,000 to 50,000 yuan.
    fn decision(notation: &str) -> Result<Penalty, PenaltyError> {
        let part = |word: &str| {
            let (at, rest) = word.split_once('*').unwrap();
            let (weight, rest) = rest.split_at(1);
            let body = match rest.split_at(1) {
                ("=", letters) => PartBody::Options {
                    choices: choices(ItemKind::Single, letters),
                    many: false,
                },
                ("+", letters) => PartBody::Options {
                    choices: choices(ItemKind::Multiple, letters),
                    many: true,
                },
                _ => PartBody::Amount {
                    answer: BlankAnswer::between("20000".parse().unwrap(), "50000".parse().unwrap(), vec!["元".into()]),
                    why: "because".into(),
                },
            };
            Part {
                id: id(at),
                ask: "由谁决定？".into(),
                weight: weight.parse().unwrap(),
                body,
            }
        };
        Penalty::new(notation.split_whitespace().map(part).collect())
    }

    /// Answers from their notation, a word a part: `p1=b`, `p2=ab`, `p2=` nothing chosen, `p3#3万元`.
    fn answers(notation: &str) -> Vec<(OptionId, PartAnswer)> {
        let answer = |word: &str| {
            if let Some((at, text)) = word.split_once('#') {
                return (id(at), PartAnswer::Text(text.to_owned()));
            }
            let (at, letters) = word.split_once('=').unwrap();
            let chosen = letters.chars().map(|c| id(&c.to_string())).collect();
            (id(at), PartAnswer::Options(chosen))
        };
        notation.split_whitespace().map(answer).collect()
    }

    const HALF: Incomplete = Incomplete::Fixed(Share::HALF);

    #[test]
    fn table_of_cases() {
        // answers | rule | earned of 60,000, or why it is no answer
        let table = "
                                     | half  | 0
            p1=b p2=abc p3#30000     | half  | 60000
            p3#三万元 p2=cab p1=b    | half  | 60000
            p1=b                     | half  | 20000
            p1=a                     | half  | 0
            p1= p2= p3#              | half  | 0
            p2=a                     | half  | 15000
            p2=a                     | 0     | 0
            p2=a                     | full  | 29997
            p2=a                     | prop  | 9999
            p2=ab                    | prop  | 19998
            p2=a                     | .5    | 7500
            p2=ab                    | .5    | 15000
            p2=ab                    | max   | 29997
            p2=abcd                  | half  | 0
            p2=d                     | prop  | 0
            p3#20000元               | half  | 10000
            p3#5万                   | half  | 10000
            p3#19999.99              | half  | 0
            p3#五万零一元            | half  | 0
            p3#999999999999999999999999999999999999999999 | half | 0
            p1=ab                    | half  | TooMany
            p1=bb                    | half  | RepeatedOption
            p1=x                     | half  | UnknownOption
            p1=bbbb                  | half  | TooMany
            p2=aab                   | half  | RepeatedOption
            p2=abcdabcd              | half  | TooMany
            p1#b                     | half  | Kind
            p3=b                     | half  | Kind
            p9=b                     | half  | UnknownOption
            p1=b p1=b                | half  | RepeatedOption
            p1=b p1=b p1=b p1=b      | half  | TooMany";
        let item = decision("p1*2=aBc p2*3+ABCd p3*1#").unwrap();
        for line in table.lines().filter(|line| !line.trim().is_empty()) {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            let rule = match cells[1] {
                "0" => Incomplete::Nothing,
                "half" => HALF,
                "full" => Incomplete::Fixed(Share::FULL),
                "prop" => Incomplete::Proportional,
                ".5" => Incomplete::Each(Points(50)),
                _ => Incomplete::Each(Points(u32::MAX)),
            };
            let earned = match item.earned(&answers(cells[0]), rule) {
                Ok(Earned { earned, of: 60_000 }) => earned.to_string(),
                other => format!("{:?}", other.unwrap_err()),
            };
            assert_eq!(earned, cells[2], "{line}");
        }
    }

    #[test]
    fn what_the_kind_promises_is_proven() {
        let fine = || decision("p1*2=aBc p2*3+ABCd p3*1#").unwrap().0;
        let with = |change: &dyn Fn(&mut Vec<Part>)| {
            let mut parts = fine();
            change(&mut parts);
            Penalty::new(parts)
        };
        let amount = |answer: BlankAnswer, why: &str| PartBody::Amount {
            answer,
            why: why.into(),
        };
        let text = || BlankAnswer::Text {
            accepted: vec!["罚款".into()],
        };
        let turned = BlankAnswer::between("5".parse().unwrap(), "2".parse().unwrap(), vec![]);
        assert_eq!(with(&|parts| parts.truncate(2)), Err(PenaltyError::Count));
        assert_eq!(
            with(&|parts| parts[2].id = id("p1")),
            Err(PenaltyError::DuplicateId(id("p1")))
        );
        assert_eq!(
            with(&|parts| parts[0].ask = " ".into()),
            Err(PenaltyError::NoAsk(id("p1")))
        );
        for weight in [0, 6, 255] {
            assert_eq!(
                with(&|parts| parts[0].weight = weight),
                Err(PenaltyError::Weight(id("p1")))
            );
        }
        let swapped = with(&|parts| {
            let choices = choices(ItemKind::Single, "aBcd");
            parts[0].body = PartBody::Options { choices, many: true };
        });
        let error = ChoicesError::SomeRight;
        assert_eq!(swapped, Err(PenaltyError::Options { part: id("p1"), error }));
        assert_eq!(
            with(&|parts| parts[2].body = amount(text(), "x")),
            Err(PenaltyError::NotAnAmount(id("p3")))
        );
        assert_eq!(
            with(&|parts| parts[2].body = amount(text(), "")),
            Err(PenaltyError::NoWhy(id("p3")))
        );
        let (part, error) = (id("p3"), AnswerError::Bounds);
        assert_eq!(
            with(&|parts| parts[2].body = amount(turned.clone(), "x")),
            Err(PenaltyError::Amount { part, error })
        );
    }

    #[test]
    fn the_result_page_has_each_part() {
        let item = decision("p1*2=aBc p2*3+ABCd p3*1#").unwrap();
        let given = answers("p1=a p2=a p3#");
        let share = |part: &str| item.part_share(&id(part), &given, HALF);
        assert_eq!(
            [share("p1"), share("p2"), share("p3")],
            [Ok(Some(0)), Ok(Some(5_000)), Ok(None)]
        );
        assert_eq!(share("p9"), Err(Invalid::UnknownOption));
        let twice = answers("p1=b p1=b");
        assert_eq!(item.part_share(&id("p1"), &twice, HALF), Err(Invalid::RepeatedOption));
    }

    #[test]
    fn floods_are_refused_at_once() {
        let item = decision("p1*2=aBc p2*3+ABCd p3*1#").unwrap();
        let one = |answer| item.earned(&[answer], HALF);
        assert_eq!(
            one((id("p3"), PartAnswer::Text("9".repeat(10 << 20)))),
            Err(Invalid::TooLong)
        );
        assert_eq!(
            one((id("p2"), PartAnswer::Options(vec![id("a"); 1_000_000]))),
            Err(Invalid::TooMany)
        );
        assert_eq!(
            item.earned(&vec![answers("p1=b")[0].clone(); 100_000], HALF),
            Err(Invalid::TooMany)
        );
    }

    fn any_rule() -> impl Strategy<Value = Incomplete> {
        prop_oneof![
            Just(Incomplete::Nothing),
            (0_usize..=10_000).prop_map(|n| Incomplete::Fixed(Share::of(n, 10_000))),
            Just(Incomplete::Proportional),
            (0_u32..300).prop_map(|n| Incomplete::Each(Points(n))),
            any::<u32>().prop_map(|n| Incomplete::Each(Points(n))),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_key_is_full_and_no_response_leaves_the_bounds(
            weights in prop::array::uniform4(1_u8..=5),
            words in prop::collection::vec("(p[1-3]=[a-e]{0,4})|(p4#[0-9一万元.]{0,6})", 0..6),
            rule in any_rule(),
        ) {
            let [a, b, c, d] = weights;
            let item = decision(&format!("p1*{a}=aBc p2*{b}+ABCd p3*{c}+AbcdE p4*{d}#")).unwrap();
            let full = item.earned(&item.key(), rule).unwrap();
            prop_assert_eq!(full.earned, full.of);
            prop_assert_eq!(item.earned(&[], rule), Ok(Earned { earned: 0, ..full }));
            let given = answers(&words.join(" "));
            if let Ok(earned) = item.earned(&given, rule) {
                prop_assert!(earned.earned <= earned.of && earned.of == full.of);
                let whole = |part: &Part| item.part_share(&part.id, &given, rule) == Ok(Some(WHOLE));
                prop_assert_eq!(earned.earned == earned.of, item.parts().iter().all(whole));
            }
        }

        #[test]
        fn a_choice_is_marked_as_an_item_of_its_kind_is(ids in "[a-f]{0,6}", rule in any_rule(), many in any::<bool>()) {
            let kind = if many { ItemKind::Multiple } else { ItemKind::Single };
            let choices = choices(kind, if many { "ABCde" } else { "aBc" });
            let answer = ids.chars().map(|c| id(&c.to_string())).collect::<Vec<_>>();
            let body = if many { ItemBody::Multiple(choices.clone()) } else { ItemBody::Single(choices.clone()) };
            let body_of_part = PartBody::Options { choices, many };
            let part = Part { id: id("p"), ask: "?".into(), weight: 1, body: body_of_part };
            let share = part.share(&PartAnswer::Options(answer.clone()), rule);
            // The same item worth as many hundredths as the part has ten-thousandths; points for each option grow with it.
            let rule = match rule {
                Incomplete::Each(each) => Incomplete::Each(Points(each.0.saturating_mul(WHOLE / 200))),
                other => other,
            };
            let mark = mark(&body, &Response::Options(answer), Points(WHOLE), Rule { incomplete: rule });
            prop_assert_eq!(matches!(mark.outcome, Outcome::Invalid(_)), share.is_err());
            prop_assert_eq!(mark.points, Points(share.unwrap_or(0)));
        }
    }
}
