//! The proof of a key: it scores full, nothing scores nothing, and no wrong answer scores full; by the one piece of code
//! that marks.

use domain::ids::OptionId;
use domain::item::{ItemBody, Response};
use domain::kinds::Exercise;
use domain::kinds::branching::Branching;
use domain::kinds::penalty::{PartAnswer, PartBody, Penalty};
use domain::kinds::spotting::Spot;
use domain::marking::{Outcome, Rule, mark};
use domain::units::Points;

/// Whether the item keeps what a key promises. An essay has no key: of it only the empty answer is tried.
pub(super) fn proven(body: &ItemBody) -> bool {
    let essay = matches!(body, ItemBody::Exercise(exercise) if matches!(**exercise, Exercise::Essay(_)));
    let nothing = points(body, &empty(body)) == (Points::ZERO, Outcome::Unanswered);
    nothing && (essay || proves(body, &body.key(), &wrong(body)))
}

fn points(body: &ItemBody, response: &Response) -> (Points, Outcome) {
    let mark = mark(body, response, body.kind().default_points(), Rule::default());
    (mark.points, mark.outcome)
}

fn proves(body: &ItemBody, key: &Response, wrong: &[Response]) -> bool {
    let full = |response: &Response| points(body, response) == (body.kind().default_points(), Outcome::Right);
    full(key) && !wrong.is_empty() && !wrong.iter().any(full)
}

/// The response of the kind in which nothing was answered.
fn empty(body: &ItemBody) -> Response {
    match body.key() {
        Response::Options(_) => Response::Options(Vec::new()),
        Response::Truth(_) => Response::Truth(None),
        Response::Blanks(_) => Response::Blanks(Vec::new()),
        Response::Order(_) => Response::Order(Vec::new()),
        Response::Pairs(_) => Response::Pairs(Vec::new()),
        Response::Marks(_) => Response::Marks(Vec::new()),
        Response::Parts(_) => Response::Parts(Vec::new()),
        Response::Path(_) => Response::Path(Vec::new()),
        Response::Text(_) => Response::Text(String::new()),
    }
}

/// What is no number and no word.
const NONSENSE: &str = "？";

/// Wrong answers: each wrong option alone, all options, the other judgement; nonsense in one blank, the steps reversed,
/// each prompt with the target after its own, everything marked, another decision on one part, another path.
fn wrong(body: &ItemBody) -> Vec<Response> {
    let exercise = match body {
        ItemBody::Single(choices) | ItemBody::Multiple(choices) => {
            let all = Response::Options(choices.options().iter().map(|option| option.id.clone()).collect());
            let wrong = choices.options().iter().filter(|option| !option.right);
            return wrong
                .map(|option| Response::Options(vec![option.id.clone()]))
                .chain([all])
                .collect();
        }
        ItemBody::TrueFalse { answer, .. } => return vec![Response::Truth(Some(!answer))],
        ItemBody::Exercise(exercise) => exercise.as_ref(),
    };
    match exercise {
        Exercise::Fill(fill) => {
            let key = fill.key();
            let spoilt = |place: usize| {
                let mut blanks = key.clone();
                NONSENSE.clone_into(&mut blanks[place].1);
                Response::Blanks(blanks)
            };
            (0..key.len()).map(spoilt).collect()
        }
        Exercise::Ordering(ordering) => vec![Response::Order(ordering.key().into_iter().rev().collect())],
        Exercise::Matching(matching) => {
            let targets = matching.targets();
            let next = |target: &OptionId| {
                let place = targets.iter().position(|other| other.id == *target).unwrap_or_default();
                targets[(place + 1) % targets.len()].id.clone()
            };
            let pairs = matching.key().into_iter();
            vec![Response::Pairs(
                pairs.map(|(prompt, target)| (prompt, next(&target))).collect(),
            )]
        }
        Exercise::Hazard(scene) => {
            let all = scene.regions().iter().map(|region| region.id.clone());
            vec![everything(scene.key(), all)]
        }
        Exercise::Proofreading(document) => {
            let all = document.passages().iter().map(|passage| passage.id.clone());
            vec![everything(document.key(), all)]
        }
        Exercise::Penalty(penalty) => decisions(penalty),
        Exercise::Branching(case) => vec![Response::Path(worst(case))],
        Exercise::Essay(_) => Vec::new(),
    }
}

/// The key, and a mark on everything else too.
fn everything(key: Vec<Spot>, all: impl Iterator<Item = OptionId>) -> Response {
    let others = all.filter(|at| !key.iter().any(|spot| spot.at == *at));
    let others: Vec<Spot> = others
        .map(|at| Spot {
            at,
            first: None,
            second: None,
        })
        .collect();
    Response::Marks(key.into_iter().chain(others).collect())
}

/// The key with another decision on one part, for each part.
fn decisions(penalty: &Penalty) -> Vec<Response> {
    let key = penalty.key();
    let other = |body: &PartBody| match body {
        PartBody::Options { choices, .. } => {
            let wrong = choices.options().iter().find(|option| !option.right);
            PartAnswer::Options(wrong.map(|option| option.id.clone()).into_iter().collect())
        }
        PartBody::Amount { .. } => PartAnswer::Text(NONSENSE.into()),
    };
    let parts = penalty.parts().iter();
    parts
        .map(|part| {
            let decide = |(id, answer): &(OptionId, PartAnswer)| {
                let answer = if *id == part.id {
                    other(&part.body)
                } else {
                    answer.clone()
                };
                (id.clone(), answer)
            };
            Response::Parts(key.iter().map(decide).collect())
        })
        .collect()
}

/// The path that earns least at every step.
fn worst(case: &Branching) -> Vec<OptionId> {
    let mut path = Vec::new();
    while let Ok(standing) = case.offered(&path) {
        let sum = |award: &[u8; 7]| award.iter().map(|points| u32::from(*points)).sum::<u32>();
        let Some(choice) = standing.choices.iter().min_by_key(|choice| sum(&choice.award)) else {
            break;
        };
        path.push(choice.id.clone());
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_proof_fails_where_key_and_wrong_answers_are_mixed_up() {
        let body = ItemBody::TrueFalse {
            answer: true,
            why: "because".into(),
        };
        assert!(proven(&body));
        let (yes, no) = (Response::Truth(Some(true)), Response::Truth(Some(false)));
        assert!(!proves(&body, &no, std::slice::from_ref(&yes)));
        assert!(!proves(&body, &yes, &[no, yes.clone()]));
        assert!(!proves(&body, &yes, &[]), "without a wrong answer nothing is proven");
    }
}
