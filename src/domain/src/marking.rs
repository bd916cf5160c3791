//! Marking, the only code that gives points: in the browser for practice, on the endpoint for all that counts.
//!
//! Multiple choice follows the usage of Chinese professional examinations: full points for exactly the key, a stated
//! share for an incomplete choice without a wrong option, nothing once a wrong option is chosen. Whatever the rule,
//! nothing chosen is nothing earned, and no response scores below zero or above the item's points.

use crate::ids::OptionId;
use crate::item::{Choices, ItemBody, Response};
use crate::units::{Points, Share};

/// What an incomplete but right choice of a multiple-choice item earns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Incomplete {
    /// Nothing.
    Nothing,
    /// A fixed share of the item's points, however many right options were chosen ('少选得一半').
    Fixed(Share),
    /// The item's points in proportion to the right options chosen of all right options.
    Proportional,
    /// Fixed points for each right option chosen ('每选对一项得 0.5 分'), held at the item's points.
    Each(Points),
}

/// The rule of a test: what stands on its page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rule {
    /// For multiple choice.
    pub incomplete: Incomplete,
}

impl Default for Rule {
    /// Half the points for an incomplete choice.
    fn default() -> Self {
        Self {
            incomplete: Incomplete::Fixed(Share::HALF),
        }
    }
}

/// How an answer turned out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// Exactly the key.
    Right,
    /// Right so far as it goes.
    Incomplete,
    /// Some of its parts are right, others wrong or missing.
    Partial,
    /// Marked later, by jurors.
    Awaiting,
    /// Wrong.
    Wrong,
    /// Nothing was answered.
    Unanswered,
    /// No answer to this item at all: of another kind, with unknown or repeated options. Scores nothing.
    Invalid(Invalid),
}

/// Why a response is no answer to the item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Invalid {
    /// The response is of another kind than the item.
    Kind,
    /// An option that the item does not have.
    UnknownOption,
    /// An option named twice.
    RepeatedOption,
    /// More answers than the item has room for.
    TooMany,
    /// A text longer than the kind allows.
    TooLong,
}

/// The result of marking one response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mark {
    /// What was earned, 0 to `max`.
    pub points: Points,
    /// What could be earned.
    pub max: Points,
    /// How it turned out. `Right` if and only if `points == max` for a positive `max`, by every rule.
    pub outcome: Outcome,
}

/// Marks `response` to an item with `body` worth `max` under `rule`. Never panics, whatever the response.
pub fn mark(body: &ItemBody, response: &Response, max: Points, rule: Rule) -> Mark {
    let ItemBody::Exercise(exercise) = body else {
        return mark_choice(body, response, max, rule);
    };
    let outcome = |points, outcome| Mark { points, max, outcome };
    if response.is_empty() && exercise.fits(response) {
        return outcome(Points::ZERO, Outcome::Unanswered);
    }
    match exercise.earned(response, rule) {
        Err(invalid) => outcome(Points::ZERO, Outcome::Invalid(invalid)),
        Ok(None) => outcome(Points::ZERO, Outcome::Awaiting),
        Ok(Some(parts)) if parts.earned >= parts.of => outcome(max, Outcome::Right),
        Ok(Some(parts)) if parts.earned == 0 => outcome(Points::ZERO, Outcome::Wrong),
        Ok(Some(parts)) => outcome(below(max.part(parts.earned, parts.of), max), Outcome::Partial),
    }
}

/// The same for the kinds with choices alone, so that a page that shows no others need not carry their code; to other
/// kinds no response is an answer.
pub fn mark_choice(body: &ItemBody, response: &Response, max: Points, rule: Rule) -> Mark {
    let outcome = |points, outcome| Mark { points, max, outcome };
    let nothing = |which| outcome(Points::ZERO, which);
    match (body, response) {
        (_, response) if response.is_empty() && fits(body, response) => nothing(Outcome::Unanswered),
        (ItemBody::Single(choices), Response::Options(ids)) => match chosen(choices, ids) {
            Err(invalid) => nothing(Outcome::Invalid(invalid)),
            Ok(_) if ids.len() > 1 => nothing(Outcome::Invalid(Invalid::TooMany)),
            Ok(Chosen { wrong: 0, .. }) => outcome(max, Outcome::Right),
            Ok(_) => nothing(Outcome::Wrong),
        },
        (ItemBody::Multiple(choices), Response::Options(ids)) => match chosen(choices, ids) {
            Err(invalid) => nothing(Outcome::Invalid(invalid)),
            Ok(Chosen { wrong: 1.., .. }) => nothing(Outcome::Wrong),
            Ok(Chosen { right, of, .. }) if right == of => outcome(max, Outcome::Right),
            Ok(Chosen { right, of, .. }) => outcome(incomplete(rule.incomplete, right, of, max), Outcome::Incomplete),
        },
        (ItemBody::TrueFalse { answer, .. }, Response::Truth(Some(truth))) => {
            if answer == truth {
                outcome(max, Outcome::Right)
            } else {
                nothing(Outcome::Wrong)
            }
        }
        _ => nothing(Outcome::Invalid(Invalid::Kind)),
    }
}

fn fits(body: &ItemBody, response: &Response) -> bool {
    matches!(
        (body, response),
        (ItemBody::Single(_) | ItemBody::Multiple(_), Response::Options(_))
            | (ItemBody::TrueFalse { .. }, Response::Truth(_))
    )
}

/// How many right and wrong options were chosen, of how many right ones.
struct Chosen {
    right: usize,
    wrong: usize,
    of: usize,
}

fn chosen(choices: &Choices, ids: &[OptionId]) -> Result<Chosen, Invalid> {
    let of = choices.options().iter().filter(|option| option.right).count();
    let mut chosen = Chosen { right: 0, wrong: 0, of };
    // More ids than options means a repeated or unknown one: the loop ends at the first, so its work is bounded.
    for (place, id) in ids.iter().enumerate() {
        let option = choices.get(id).ok_or(Invalid::UnknownOption)?;
        if ids[..place].contains(id) {
            return Err(Invalid::RepeatedOption);
        }
        if option.right {
            chosen.right += 1;
        } else {
            chosen.wrong += 1;
        }
    }
    Ok(chosen)
}

/// Points for `right` of `of` right options and no wrong one; always below `max`, so that only the key scores full.
fn incomplete(rule: Incomplete, right: usize, of: usize, max: Points) -> Points {
    let earned = match rule {
        Incomplete::Nothing => Points::ZERO,
        Incomplete::Fixed(share) => max.share(share),
        Incomplete::Proportional => max.share(Share::of(right, of)),
        Incomplete::Each(each) => Points(each.0.saturating_mul(u32::try_from(right).unwrap_or(u32::MAX))),
    };
    below(earned, max)
}

/// Points held below `max`.
fn below(points: Points, max: Points) -> Points {
    points.min(Points(max.0.saturating_sub(1)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::{ChoiceOption, ItemKind};
    use proptest::prelude::*;

    /// An item from its notation: `S aBcd` is a single choice whose right options are the capitals, `M AbCd` a multiple
    /// choice, `T` a true statement, `F` a false one.
    fn body(notation: &str) -> ItemBody {
        let options = |kind, letters: &str| {
            let option = |letter: char| ChoiceOption {
                id: letter.to_ascii_lowercase().to_string().parse().unwrap(),
                text: letter.to_string(),
                right: letter.is_ascii_uppercase(),
                why: "because".into(),
                pinned: false,
            };
            Choices::new(kind, letters.chars().map(option).collect()).unwrap()
        };
        match notation.split_once(' ') {
            Some(("S", letters)) => ItemBody::Single(options(ItemKind::Single, letters)),
            Some(("M", letters)) => ItemBody::Multiple(options(ItemKind::Multiple, letters)),
            _ => ItemBody::TrueFalse {
                answer: notation == "T",
                why: "because".into(),
            },
        }
    }

    /// A response from its notation: `-` nothing chosen, `ac` options, `t` and `f` judgements, `?` no judgement.
    fn response(notation: &str) -> Response {
        match notation {
            "-" => Response::Options(vec![]),
            "t" => Response::Truth(Some(true)),
            "f" => Response::Truth(Some(false)),
            "?" => Response::Truth(None),
            letters => Response::Options(letters.chars().map(|c| c.to_string().parse().unwrap()).collect()),
        }
    }

    /// A rule from its notation: `0`, `half`, `prop`, `.5each`.
    fn rule(notation: &str) -> Rule {
        let incomplete = match notation {
            "0" => Incomplete::Nothing,
            "half" => Incomplete::Fixed(Share::HALF),
            "full" => Incomplete::Fixed(Share::FULL),
            "prop" => Incomplete::Proportional,
            ".5each" => Incomplete::Each(Points(50)),
            _ => panic!("no such rule: {notation}"),
        };
        Rule { incomplete }
    }

    #[test]
    fn table_of_cases() {
        // item | response | rule | points of 2 | outcome
        let table = "
            S aBcd | b   | half   | 2    | Right
            S aBcd | a   | half   | 0    | Wrong
            S aBcd | -   | half   | 0    | Unanswered
            S aBcd | ab  | half   | 0    | Invalid(TooMany)
            S aBcd | bb  | half   | 0    | Invalid(RepeatedOption)
            S aBcd | x   | half   | 0    | Invalid(UnknownOption)
            S aBcd | t   | half   | 0    | Invalid(Kind)
            M ABcd | ab  | half   | 2    | Right
            M ABcd | ba  | half   | 2    | Right
            M ABcd | a   | half   | 1    | Incomplete
            M ABcd | a   | 0      | 0    | Incomplete
            M ABCd | a   | prop   | 0.66 | Incomplete
            M ABCd | ab  | prop   | 1.33 | Incomplete
            M ABCd | ab  | .5each | 1    | Incomplete
            M ABCDEe | abcd | .5each | 1.99 | Incomplete
            M ABcd | a   | full   | 1.99 | Incomplete
            M ABcd | abc | half   | 0    | Wrong
            M ABcd | c   | prop   | 0    | Wrong
            M ABcd | abcd | half  | 0    | Wrong
            M ABcd | -   | full   | 0    | Unanswered
            M ABcd | -   | prop   | 0    | Unanswered
            M ABcd | aab | half   | 0    | Invalid(RepeatedOption)
            M ABcd | ?   | half   | 0    | Invalid(Kind)
            T      | t   | half   | 2    | Right
            T      | f   | half   | 0    | Wrong
            F      | f   | half   | 2    | Right
            F      | ?   | half   | 0    | Unanswered
            T      | a   | half   | 0    | Invalid(Kind)
            T      | -   | half   | 0    | Invalid(Kind)";
        for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            // `MABCDEe` would repeat an id: the notation's last letter is then another one.
            let item = body(&cells[0].replace("Ee", "Ef"));
            let mark = mark(&item, &response(cells[1]), Points(200), rule(cells[2]));
            assert_eq!(
                (mark.points.to_string().as_str(), format!("{:?}", mark.outcome).as_str()),
                (cells[3], cells[4]),
                "{line}"
            );
        }
    }

    fn any_body() -> impl Strategy<Value = ItemBody> {
        prop_oneof![
            (3_usize..=6, any::<prop::sample::Index>()).prop_map(|(n, right)| {
                let key = right.index(n);
                body(&format!("S {}", letters(n, |i| i == key)))
            }),
            (4_usize..=8, any::<u8>()).prop_map(|(n, bits)| {
                let right = |i: usize| i < 2 || (i + 1 < n && bits >> i & 1 == 1);
                body(&format!("M {}", letters(n, right)))
            }),
            any::<bool>().prop_map(|t| body(if t { "T" } else { "F" })),
        ]
    }

    fn letters(n: usize, right: impl Fn(usize) -> bool) -> String {
        ('a'..)
            .take(n)
            .enumerate()
            .map(|(i, c)| if right(i) { c.to_ascii_uppercase() } else { c })
            .collect()
    }

    fn any_response() -> impl Strategy<Value = Response> {
        prop_oneof![
            prop::collection::vec("[a-j]", 0..12)
                .prop_map(|ids| Response::Options(ids.iter().map(|id| id.parse().unwrap()).collect())),
            any::<Option<bool>>().prop_map(Response::Truth),
        ]
    }

    fn any_rule() -> impl Strategy<Value = Rule> {
        prop_oneof![
            Just(Incomplete::Nothing),
            (0_usize..=10_000).prop_map(|n| Incomplete::Fixed(Share::of(n, 10_000))),
            Just(Incomplete::Proportional),
            any::<u32>().prop_map(|n| Incomplete::Each(Points(n))),
        ]
        .prop_map(|incomplete| Rule { incomplete })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_key_scores_full_and_only_the_key(body in any_body(), response in any_response(), rule in any_rule(), max in 1_u32..) {
            let max = Points(max);
            let full = mark(&body, &body.key(), max, rule);
            prop_assert_eq!(full, Mark { points: max, max, outcome: Outcome::Right });
            let given = mark(&body, &response, max, rule);
            prop_assert!(given.points <= max);
            prop_assert_eq!(given.outcome == Outcome::Right, given.points == max);
            if response.is_empty() {
                prop_assert_eq!(given.points, Points::ZERO);
            }
        }

        #[test]
        fn the_order_of_choosing_is_no_matter(body in any_body(), response in any_response(), rule in any_rule()) {
            let turned = match &response {
                Response::Options(ids) => Response::Options(ids.iter().rev().cloned().collect()),
                other => other.clone(),
            };
            let points = |response| mark(&body, response, Points(200), rule).points;
            prop_assert_eq!(points(&response), points(&turned));
        }
    }
}
