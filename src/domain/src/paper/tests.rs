//! Draws pinned, counted, and held against an exhaustive search.

use super::sample::{KINDS, Sample, bank, id, item, level, sample_bank, taken_once};
use super::*;
use crate::marking::Rule;
use crate::units::{Minutes, Share};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// A blueprint from its notation: `2ab 1` is a section of two items with the topic a or b and one of one item with any
/// topic; `+x` is the must-have item x.
fn blueprint(notation: &str) -> Blueprint {
    let mut made = Blueprint {
        sections: vec![],
        must: vec![],
        minutes: Minutes(30),
        pass: Share::HALF,
        rule: Rule::default(),
        retakes: Retakes {
            most: None,
            wait: Minutes(0),
        },
        assessment: false,
    };
    for word in notation.split_whitespace() {
        if let Some(must) = word.strip_prefix('+') {
            made.must.push(id(must));
        } else {
            let (count, topics) = word.split_at(word.find(|c: char| !c.is_ascii_digit()).unwrap_or(word.len()));
            made.sections.push(section(count.parse().unwrap(), topics));
        }
    }
    made
}

fn section(count: u16, topics: &str) -> Section {
    Section {
        title: format!("{count}{topics}"),
        kinds: vec![],
        topics: topics.chars().map(String::from).collect(),
        difficulty: (level(1), level(5)),
        amount: Amount::Count(count),
        each: Points::ONE,
    }
}

fn drawn(bank: &[Sample], blueprint: &Blueprint, seed: u64) -> Result<Paper, Vec<Missing>> {
    let entries: Vec<Entry> = bank.iter().map(Sample::entry).collect();
    draw(&entries, blueprint, Seed(seed))
}

/// A paper as `x y | z`.
fn shown(paper: &Paper) -> String {
    let section = |section: &PaperSection| section.items.iter().map(ItemId::as_str).collect::<Vec<_>>().join(" ");
    paper.sections.iter().map(section).collect::<Vec<_>>().join(" | ")
}

#[test]
fn the_paper_of_a_seed_never_changes() {
    let mut plan = blueprint("4 3 +item-000007");
    plan.sections[1].kinds = vec![ItemKind::Multiple];
    plan.sections[1].difficulty = (level(4), level(5));
    plan.sections.push(section(2, "通"));
    plan.sections[2].topics = vec!["主题3".into(), "主题4".into()];
    let large = sample_bank(1_000);
    let papers = [1, 2, u64::MAX].map(|seed| shown(&drawn(&large, &plan, seed).unwrap()));
    assert_eq!(papers, GOLDEN);
    // One where sections have to exchange items.
    let tight = bank("p/ab q/abc r/bc/g s/a/g t/cd u/d v/abcd w/b");
    let tight = [1, 2, 3].map(|seed| shown(&drawn(&tight, &blueprint("2abcd 2ab 1c 1d +q"), seed).unwrap()));
    assert_eq!(tight, GOLDEN_TIGHT);
}

const GOLDEN: [&str; 3] = [
    "item-000540 item-000142 item-000007 item-000843 | item-000718 item-000550 item-000865 | item-000413 item-000394",
    "item-000007 item-000047 item-000106 item-000028 | item-000478 item-000043 item-000685 | item-000913 item-000473",
    "item-000588 item-000907 item-000623 item-000007 | item-000820 item-000925 item-000940 | item-000163 item-000984",
];
const GOLDEN_TIGHT: [&str; 3] = ["q p | r v | t | u", "q r | w p | t | v", "w q | r v | t | u"];

#[test]
fn a_section_takes_the_smallest_keys_of_the_whole_bank() {
    let bank = sample_bank(5_000);
    for seed in 0..10 {
        let order = Seed(seed).derive("paper-0");
        let mut all: Vec<&Sample> = bank.iter().collect();
        all.sort_by_key(|item| (keyed(order, pool::hash(item.id.as_str())), &item.id));
        let mut seen = BTreeSet::new();
        all.retain(|item| seen.insert(taken_once(item)));
        let expected: BTreeSet<&ItemId> = all.iter().take(90).map(|item| &item.id).collect();
        let paper = drawn(&bank, &blueprint("90"), seed).unwrap();
        assert_eq!(paper.sections[0].items.iter().collect::<BTreeSet<_>>(), expected);
    }
}

#[test]
fn what_cannot_be_drawn_is_named_and_what_can_is_drawn() {
    // bank | blueprint | what is missing, or the items in order of id where there is but one choice
    let table = "
        x/a y/b         | 1a 1b         | x | y
        x/ab y/a        | 1a 1b         | y | x
        x/ab y/ab z/a   | 1ab 1b 1a     | any
        x/ab y/bc z/c   | 1a 1b 1c      | x | y | z
        x/abc y/ab z/a  | 1a 1b 1c      | z | y | x
        x/a y/a         | 3a            | section 1 (3a) lacks 1 of 3
        x/ab            | 1a 1b         | section 2 (1b) lacks 1 of 1
        x/a y/b         | 5a 9b         | section 1 (5a) lacks 4 of 5; section 2 (9b) lacks 8 of 9
        x/a/g y/b/g     | 1a 1b         | section 2 (1b) lacks 1 of 1
        x/a/g y/b/g z/b | 1a 1b         | x | z
        x/a/g y/b/g z/a | 1b 1a         | y | z
        x/a/x y/a       | 2a            | x y
        x/a/y y/a       | 2a            | x y
        x/a x/a y/a     | 2a            | x y
        x/a x/a/g       | 2a            | section 1 (2a) lacks 1 of 2
        x/a y/a z/a     | 1a +y         | y
        x/ab y/ab       | 1a 1b +y      | x | y; y | x
        x/ab y/ab z/b   | 1a 1b +x +y   | x | y
        x/ab y/a        | 1a 1b +x +y   | y | x
        x/ab y/bc z/a   | 1a 1b 1c +x +y +z | z | x | y
        x/a             | 1a +q         | the bank does not hold the item q
        x/a y/b         | 1a +y         | the item y fits no section
        x/a y/a         | 1a +x +y      | the sections that the item y fits are full
        x/a/g y/a/g z/a | 2a +x +y      | the items x and y exclude each other
        x/a/g y/b/g z/b | 1a 1b +y      | section 1 (1a) lacks 1 of 1
        x/a             | 1a +x +x      | x
        x/a! y/a        | 1a            | any
        -               | 1             | section 1 (1) lacks 1 of 1";
    for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let cells: Vec<&str> = line.splitn(3, '|').map(str::trim).collect();
        let bank = bank(cells[0].trim_start_matches('-'));
        for seed in 0..20 {
            let got = match drawn(&bank, &blueprint(cells[1]), seed) {
                Err(missing) => missing.iter().map(Missing::to_string).collect::<Vec<_>>().join("; "),
                Ok(mut paper) => {
                    paper.sections.iter_mut().for_each(|section| section.items.sort());
                    shown(&paper)
                }
            };
            assert!(
                cells[2] == "any" || cells[2].split("; ").any(|one| one == got) || cells[2] == got,
                "{line}: {got}"
            );
        }
    }
}

#[test]
fn an_assessment_leaves_out_what_is_for_practice_only() {
    let bank = bank("x/a! y/a z/a!");
    let mut plan = blueprint("1a");
    plan.assessment = true;
    assert!((0..50).all(|seed| shown(&drawn(&bank, &plan, seed).unwrap()) == "y"));
    plan.must = vec![id("x")];
    assert_eq!(drawn(&bank, &plan, 1), Err(vec![Missing::PracticeOnly(id("x"))]));
}

#[test]
fn a_hundred_items_of_a_hundred_thousand() {
    let bank = sample_bank(100_000);
    let mut plan = blueprint("20 20 20 20 20 +item-000001 +item-099999");
    plan.assessment = true;
    for (section, kind) in plan.sections.iter_mut().zip(KINDS) {
        section.kinds = vec![kind];
    }
    plan.sections[3].topics = vec!["主题5".into()];
    plan.sections[4].amount = Amount::Points(Points(4_000));
    plan.sections[4].each = Points(200);
    assert_eq!(plan.check(), Ok(()));
    let paper = drawn(&bank, &plan, 9).unwrap();
    assert_eq!(paper.total(), Points(12_000));
    let items: BTreeSet<&ItemId> = paper.items().map(|(item, _)| item).collect();
    assert_eq!(items.len(), 100);
    assert!(plan.must.iter().all(|must| items.contains(must)));
    assert_ne!(shown(&paper), shown(&drawn(&bank, &plan, 10).unwrap()));
}

#[test]
fn all_items_are_equally_likely_and_stand_anywhere() {
    let bank = sample_bank(42);
    let mut plan = blueprint("6 6 1 +item-000005");
    plan.sections[1].kinds = vec![ItemKind::Single];
    let (mut drawn_at, mut places) = ([[0_u32; 42]; 2], [0_u32; 6]);
    for seed in 0..6_000 {
        let paper = drawn(&bank, &plan, seed).unwrap();
        for (section, seen) in paper.sections.iter().zip(&mut drawn_at) {
            for (place, item) in section.items.iter().enumerate() {
                let n: usize = item.as_str()[5..].parse().unwrap();
                seen[n] += 1;
                if n == 5 {
                    places[place] += 1;
                }
            }
        }
    }
    // Five standard deviations either way; items of groups are less likely and told apart.
    let alone = |n: &usize| !n.is_multiple_of(7) && *n != 5;
    let first: Vec<u32> = (0..42).filter(alone).map(|n| drawn_at[0][n]).collect();
    let (sum, count) = (first.iter().sum::<u32>(), u32::try_from(first.len()).unwrap());
    assert!(first.iter().all(|n| n.abs_diff(sum / count) < 140), "{first:?}");
    let second: Vec<u32> = (0..42).step_by(3).filter(alone).map(|n| drawn_at[1][n]).collect();
    let (sum, count) = (second.iter().sum::<u32>(), u32::try_from(second.len()).unwrap());
    assert!(second.iter().all(|n| n.abs_diff(sum / count) < 195), "{second:?}");
    assert!(places.iter().all(|n| (850..1_150).contains(n)), "{places:?}");
}

#[test]
fn blueprints_that_ask_for_no_paper() {
    use BlueprintError as E;
    let check = |change: &dyn Fn(&mut Blueprint)| {
        let mut plan = blueprint("2a 3b +x");
        change(&mut plan);
        plan.check()
    };
    assert_eq!(check(&|_| {}), Ok(()));
    assert_eq!(check(&|b| b.sections.clear()), Err(E::NoSections));
    assert_eq!(
        check(&|b| b.sections = vec![section(1, "a"); 51]),
        Err(E::TooManySections(51))
    );
    assert_eq!(check(&|b| b.sections = vec![section(1, "a"); 50]), Ok(()));
    assert_eq!(check(&|b| b.sections[1].title = " ".into()), Err(E::NoTitle(1)));
    assert_eq!(check(&|b| b.sections[0].each = Points(0)), Err(E::NoPoints(0)));
    assert_eq!(check(&|b| b.sections[0].amount = Amount::Count(0)), Err(E::NoItems(0)));
    assert_eq!(
        check(&|b| b.sections[0].amount = Amount::Points(Points(0))),
        Err(E::NoItems(0))
    );
    assert_eq!(
        check(&|b| b.sections[0].amount = Amount::Points(Points(150))),
        Err(E::NotMultiple(0))
    );
    assert_eq!(
        check(&|b| b.sections[0].difficulty = (level(4), level(3))),
        Err(E::Difficulty(0))
    );
    assert_eq!(
        check(&|b| b.sections[0].amount = Amount::Count(498)),
        Err(E::TooManyItems(501))
    );
    assert_eq!(check(&|b| b.sections[0].each = Points(u32::MAX)), Err(E::TooManyPoints));
    assert_eq!(check(&|b| b.must.push(id("x"))), Err(E::RepeatedMust(id("x"))));
    let many = E::TooManyMust { must: 6, items: 5 };
    assert_eq!(
        check(&|b| b.must = (0..6).map(|n| id(&n.to_string())).collect()),
        Err(many)
    );
    assert_eq!(check(&|b| b.minutes = Minutes(0)), Err(E::NoTime));
    assert_eq!(check(&|b| b.pass = Share::NONE), Err(E::NoPass));
    assert_eq!(
        E::NotMultiple(0).to_string(),
        "the points of section 1 are no multiple of those of each item"
    );
}

/// How many places can be filled at best with all must-have items in, by trying everything; none if they cannot be in.
fn exhaustive(bank: &[Sample], plan: &Blueprint) -> Option<usize> {
    fn go(bank: &[Sample], plan: &Blueprint, free: &mut [usize], used: &mut BTreeSet<String>) -> Option<usize> {
        let Some((first, rest)) = bank.split_first() else {
            return Some(0);
        };
        let token = taken_once(first);
        let mut best = None;
        if !plan.must.contains(&first.id) {
            best = go(rest, plan, free, used);
        }
        if used.insert(token.clone()) {
            for place in 0..free.len() {
                if free[place] > 0 && plan.sections[place].fits(&first.entry()) {
                    free[place] -= 1;
                    best = best.max(go(rest, plan, free, used).map(|n| n + 1));
                    free[place] += 1;
                }
            }
            used.remove(&token);
        }
        best
    }
    let mut free: Vec<usize> = plan.sections.iter().map(Section::count).collect();
    go(bank, plan, &mut free, &mut BTreeSet::new())
}

fn any_bank() -> impl Strategy<Value = Vec<Sample>> {
    prop::collection::vec(
        (
            "[a-d]{1,2}",
            prop_oneof![2 => Just(""), 1 => Just("/g"), 1 => Just("/h")],
        ),
        1..8,
    )
    .prop_map(|items| {
        let items = items.into_iter().enumerate();
        items
            .map(|(n, (topics, group))| item(&format!("i{n}/{topics}{group}")))
            .collect()
    })
}

fn any_plan() -> impl Strategy<Value = Blueprint> {
    let sections = prop::collection::vec("[1-2][a-d]{0,2}", 1..5);
    let musts = prop::collection::btree_set(0_usize..7, 0..3);
    (sections, musts).prop_map(|(sections, musts)| {
        let mut plan = blueprint(&sections.join(" "));
        plan.must = musts.iter().map(|n| id(&format!("i{n}"))).collect();
        plan
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn refused_only_when_there_is_no_paper(bank in any_bank(), plan in any_plan(), seed: u64) {
        let known = plan.must.iter().all(|must| bank.iter().any(|item| item.id == *must));
        let best = exhaustive(&bank, &plan).filter(|_| known);
        match drawn(&bank, &plan, seed) {
            Ok(paper) => {
                prop_assert_eq!(best, Some(plan.items()));
                let of = |item: &ItemId| bank.iter().find(|sample| sample.id == *item).unwrap();
                let mut seen = BTreeSet::new();
                for (section, wanted) in paper.sections.iter().zip(&plan.sections) {
                    prop_assert_eq!(section.items.len(), wanted.count());
                    for item in &section.items {
                        prop_assert!(wanted.fits(&of(item).entry()));
                        prop_assert!(seen.insert(taken_once(of(item))));
                    }
                }
                prop_assert!(plan.must.iter().all(|must| paper.items().any(|(item, _)| item == must)));
            }
            Err(missing) => {
                let lacking = |missing: &Missing| match missing {
                    Missing::Items { lacking, .. } => Some(*lacking),
                    _ => None,
                };
                match best {
                    // All must-have items are in: the rest is short by as little as possible.
                    Some(best) => prop_assert_eq!(missing.iter().filter_map(lacking).sum::<usize>(), plan.items() - best),
                    None => prop_assert!(missing.iter().any(|missing| lacking(missing).is_none())),
                }
            }
        }
    }

    #[test]
    fn the_order_of_the_bank_is_no_matter(mut bank in any_bank(), plan in any_plan(), seed: u64, turn: u64) {
        let first = drawn(&bank, &plan, seed);
        Seed(turn).shuffle(&mut bank);
        prop_assert_eq!(first, drawn(&bank, &plan, seed));
    }
}
