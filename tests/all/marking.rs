//! Marking over the content that is served: what a blind guesser and a marker of everything can expect of each kind, and
//! that no response whatever, however it came about, makes marking panic or leave its bounds.

use domain::asked::{Ask, Asked, AskedPart};
use domain::ids::OptionId;
use domain::item::{Item, ItemBody, ItemKind, Response};
use domain::kinds::Exercise;
use domain::kinds::penalty::PartAnswer;
use domain::kinds::spotting::{Label, Spot};
use domain::marking::{Incomplete, Mark, Outcome, Rule, mark};
use domain::shuffle::Seed;
use domain::units::{Points, Share};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use support::Need;
use wire::item::kind_name;

/// The items of all public banks of the built site; none where no site was built.
fn items() -> Option<Vec<Item>> {
    let Some(site) = Need::Site.path() else {
        eprintln!("skipped: no site was built (cargo xtask test builds one)");
        return None;
    };
    let mut items = Vec::new();
    for entry in std::fs::read_dir(site.join("packs"))
        .expect("the site has packs")
        .flatten()
    {
        if entry.path().extension().is_none_or(|ending| ending != "json") {
            continue;
        }
        let bytes = std::fs::read(entry.path()).expect("a pack can be read");
        if let Ok(bank) = wire::pack::read_bank(&bytes) {
            items.extend(bank.items.into_values());
        }
    }
    assert!(items.len() >= 40, "the site has {} items", items.len());
    Some(items)
}

/// Numbers from a seed: the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = Seed(self.0).derive("dice").0;
        self.0
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.roll() % bound.max(1) as u64).unwrap_or(0)
    }

    fn one(&mut self, labels: &[Label]) -> OptionId {
        labels[self.below(labels.len())].id.clone()
    }

    fn some(&mut self, labels: &[Label]) -> Vec<OptionId> {
        let mut ids: Vec<OptionId> = labels.iter().map(|label| label.id.clone()).collect();
        Seed(self.roll()).shuffle(&mut ids);
        let count = 1 + self.below(ids.len());
        ids.truncate(count);
        ids
    }

    fn part(&mut self, part: &AskedPart) -> PartAnswer {
        if part.options.is_empty() {
            PartAnswer::Text("10000".into())
        } else if part.many {
            PartAnswer::Options(self.some(&part.options))
        } else {
            PartAnswer::Options(vec![self.one(&part.options)])
        }
    }

    /// What somebody answers who sees the item and knows nothing.
    fn blind(&mut self, asked: &Asked) -> Response {
        match &asked.body {
            Ask::Choices { options, many: false } => Response::Options(vec![self.one(options)]),
            Ask::Choices { options, many: true } => Response::Options(self.some(options)),
            Ask::Truth => Response::Truth(Some(self.roll().is_multiple_of(2))),
            Ask::Fill(blanks) => {
                let guesses = ["1", "3", "5", "7", "10", "15", "30", "县级以上"];
                let blank = |id: &OptionId, guess: &str| (id.clone(), guess.to_owned());
                Response::Blanks(blanks.iter().map(|b| blank(&b.id, guesses[self.below(8)])).collect())
            }
            Ask::Ordering(steps) => {
                let mut ids: Vec<OptionId> = steps.iter().map(|step| step.id.clone()).collect();
                Seed(self.roll()).shuffle(&mut ids);
                Response::Order(ids)
            }
            Ask::Matching { prompts, targets } => Response::Pairs(
                prompts
                    .iter()
                    .map(|prompt| (prompt.id.clone(), self.one(targets)))
                    .collect(),
            ),
            Ask::Hazard {
                categories,
                grounds,
                regions,
                ..
            } => {
                let marked = self.some(regions).into_iter();
                let spot = |at| Spot {
                    at,
                    first: Some(self.one(categories)),
                    second: Some(self.one(grounds)),
                };
                Response::Marks(marked.map(spot).collect())
            }
            Ask::Proofreading { reasons, passages, .. } => {
                let labels: Vec<Label> = passages
                    .iter()
                    .map(|passage| Label {
                        id: passage.id.clone(),
                        text: String::new(),
                    })
                    .collect();
                let marked = self.some(&labels).into_iter();
                let spot = |at| Spot {
                    at,
                    first: Some(self.one(reasons)),
                    second: None,
                };
                Response::Marks(marked.map(spot).collect())
            }
            Ask::Penalty(parts) => {
                Response::Parts(parts.iter().map(|part| (part.id.clone(), self.part(part))).collect())
            }
            Ask::Branching(case) => {
                let mut path = Vec::new();
                while let Some(reached) = case.reached(&path).filter(|reached| !reached.choices.is_empty()) {
                    let next = reached.choices[self.below(reached.choices.len())].id.clone();
                    path.push(next);
                }
                Response::Path(path)
            }
            Ask::Essay { .. } => Response::Text("甲乙丙丁".repeat(60)),
        }
    }
}

/// What somebody answers who marks everything that can be marked.
fn everything(asked: &Asked) -> Response {
    let all = |labels: &[Label]| labels.iter().map(|label| label.id.clone()).collect::<Vec<_>>();
    match &asked.body {
        Ask::Choices { options, .. } => Response::Options(all(options)),
        Ask::Hazard {
            categories,
            grounds,
            regions,
            ..
        } => {
            let spot = |at| Spot {
                at,
                first: Some(categories[0].id.clone()),
                second: Some(grounds[0].id.clone()),
            };
            Response::Marks(all(regions).into_iter().map(spot).collect())
        }
        Ask::Proofreading { reasons, passages, .. } => {
            let spot = |at| Spot {
                at,
                first: Some(reasons[0].id.clone()),
                second: None,
            };
            Response::Marks(passages.iter().map(|passage| spot(passage.id.clone())).collect())
        }
        Ask::Penalty(parts) => {
            let part = |part: &AskedPart| {
                let answer = if part.options.is_empty() {
                    PartAnswer::Text(String::new())
                } else {
                    PartAnswer::Options(all(&part.options))
                };
                (part.id.clone(), answer)
            };
            Response::Parts(parts.iter().map(part).collect())
        }
        _ => asked.empty(),
    }
}

const ROUNDS: u64 = 200;

/// The most that a blind guesser may expect of a kind, in ten-thousandths of full.
fn most_for_the_blind(kind: ItemKind) -> u64 {
    match kind {
        // One of two; half of all pairs stand in order by chance.
        ItemKind::TrueFalse | ItemKind::Ordering => 5_500,
        ItemKind::Single => 3_500,
        ItemKind::Multiple | ItemKind::Matching | ItemKind::Penalty => 3_000,
        ItemKind::Branching => 4_500,
        ItemKind::Fill => 1_500,
        ItemKind::Hazard | ItemKind::Proofreading => 1_000,
        ItemKind::Essay => 0,
    }
}

#[test]
fn a_blind_guesser_and_a_marker_of_everything_gain_little() {
    let Some(items) = items() else { return };
    let max = Points(10_000);
    // By kind: items, points of the blind over all rounds, points of whoever marks everything.
    let mut sums: BTreeMap<ItemKind, (u64, u64, u64)> = BTreeMap::new();
    let mut dice = Dice(7);
    for item in &items {
        let asked = Asked::of(item, Seed(dice.roll()));
        let sum = sums.entry(item.body.kind()).or_default();
        sum.0 += 1;
        for _ in 0..ROUNDS {
            let blind = dice.blind(&asked);
            sum.1 += u64::from(mark(&item.body, &blind, max, Rule::default()).points.0);
        }
        sum.2 += u64::from(mark(&item.body, &everything(&asked), max, Rule::default()).points.0);
    }
    println!(
        "{:>14} {:>6} {:>14} {:>18}",
        "kind", "items", "blind guesser", "marks everything"
    );
    for (kind, (count, blind, all)) in &sums {
        let (blind, all) = (blind / count / ROUNDS, all / count);
        let percent = |share: u64| format!("{}.{:02} %", share / 100, share % 100);
        println!(
            "{:>14} {count:>6} {:>14} {:>18}",
            kind_name(*kind),
            percent(blind),
            percent(all)
        );
        assert!(
            blind <= most_for_the_blind(*kind),
            "{kind:?}: a blind guesser gets {blind}"
        );
        assert_eq!(all, 0, "{kind:?}: marking everything pays");
    }
    for kind in ItemKind::ALL {
        assert!(sums.contains_key(&kind), "no public item of kind {kind:?}");
    }
}

fn in_bounds(item: &Item, response: &Response, max: Points, rule: Rule) -> Mark {
    let given = mark(&item.body, response, max, rule);
    assert!(given.points <= max && given.max == max, "{}: {given:?}", item.id);
    assert_eq!(
        given.outcome == Outcome::Right,
        given.points == max,
        "{}: {given:?} for {response:?}",
        item.id
    );
    given
}

#[test]
fn keys_score_full_and_nothing_scores_nothing_under_every_rule() {
    let Some(items) = items() else { return };
    let rules = [
        Incomplete::Nothing,
        Incomplete::Fixed(Share::HALF),
        Incomplete::Fixed(Share::FULL),
        Incomplete::Proportional,
        Incomplete::Each(Points(50)),
    ];
    for item in &items {
        let essay = matches!(&item.body, ItemBody::Exercise(exercise) if matches!(**exercise, Exercise::Essay(_)));
        for incomplete in rules {
            for max in [Points(1), Points(150), Points(2_000), Points(u32::MAX)] {
                let rule = Rule { incomplete };
                let full = in_bounds(item, &item.body.key(), max, rule);
                assert!(essay || full.points == max, "{}: the key scores {full:?}", item.id);
                let empty = in_bounds(item, &Asked::of(item, Seed(1)).empty(), max, rule);
                assert_eq!(empty.outcome, Outcome::Unanswered, "{}", item.id);
            }
        }
    }
}

/// How long arbitrary responses are tried: a minute in `cargo xtask test`, else a moment.
fn patience() -> Duration {
    let seconds = std::env::var("ANXUE_FUZZ_SECONDS")
        .ok()
        .and_then(|text| text.parse().ok());
    Duration::from_secs(seconds.unwrap_or(3))
}

/// Changes a response's JSON here and there.
fn garble(dice: &mut Dice, text: &str) -> String {
    let pieces = [
        "\"",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        "null",
        "true",
        "-1",
        "1e999",
        "\"options\"",
        "\"text\"",
        "\"marks\"",
        "\"a\"",
        "９９９９９９９９９９",
        "万",
        "〇",
        "\\u0000",
        "\u{202e}",
        "\u{1f600}",
        "99999999999999999999999999999999999999999",
    ];
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..=dice.below(6) {
        let at = dice.below(chars.len() + 1);
        match dice.below(4) {
            0 if at < chars.len() => drop(chars.remove(at)),
            1 => {
                let to = (at + dice.below(12)).min(chars.len());
                let copy: Vec<char> = chars[at..to].to_vec();
                let place = dice.below(chars.len() + 1);
                chars.splice(place..place, copy.into_iter().cycle().take(dice.below(40)));
            }
            _ => {
                let piece = pieces[dice.below(pieces.len())];
                chars.splice(at..at, piece.chars());
            }
        }
    }
    chars.into_iter().collect()
}

#[test]
fn no_response_that_parses_breaks_marking() {
    let Some(items) = items() else { return };
    let mut dice = Dice(u64::from(std::process::id()));
    let seed = dice.0;
    let begun = Instant::now();
    let (mut tried, mut parsed) = (0_u64, 0_u64);
    while begun.elapsed() < patience() {
        let item = &items[dice.below(items.len())];
        let other = &items[dice.below(items.len())];
        let asked = Asked::of(item, Seed(dice.roll()));
        let honest = match dice.below(4) {
            0 => item.body.key(),
            1 => everything(&asked),
            2 => dice.blind(&Asked::of(other, Seed(3))),
            _ => dice.blind(&asked),
        };
        in_bounds(item, &honest, Points(200), Rule::default());
        let text = garble(&mut dice, &wire::record::write_response(&honest));
        tried += 1;
        if let Ok(response) = wire::record::read_response(&text) {
            parsed += 1;
            in_bounds(item, &response, Points(200), Rule::default());
        }
    }
    println!("{tried} garbled responses, {parsed} of them parsed (seed {seed})");
    assert!(parsed > 100, "only {parsed} of {tried} parsed");
}

#[test]
fn huge_and_rude_responses_are_refused_at_once() {
    let Some(items) = items() else { return };
    let huge = "九".repeat(10 * 1024 * 1024 / 3);
    let a: OptionId = "a".parse().expect("an id");
    let many = vec![a.clone(); 200_000];
    let rude = [
        Response::Text(huge.clone()),
        Response::Blanks(vec![(a.clone(), huge.clone())]),
        Response::Blanks(many.iter().map(|id| (id.clone(), "1".into())).collect()),
        Response::Parts(vec![(a.clone(), PartAnswer::Text(huge))]),
        Response::Options(many.clone()),
        Response::Order(many.clone()),
        Response::Path(many.clone()),
        Response::Pairs(many.iter().map(|id| (id.clone(), id.clone())).collect()),
        Response::Marks(
            many.into_iter()
                .map(|at| Spot {
                    at,
                    first: None,
                    second: None,
                })
                .collect(),
        ),
    ];
    let mut kinds: BTreeMap<ItemKind, &Item> = BTreeMap::new();
    for item in &items {
        kinds.entry(item.body.kind()).or_insert(item);
    }
    for item in kinds.values() {
        for response in &rude {
            let given = in_bounds(item, response, Points(200), Rule::default());
            assert!(
                matches!(given.outcome, Outcome::Invalid(_) | Outcome::Wrong),
                "{}: {given:?}",
                item.id
            );
        }
    }
}
