//! Cases: what is refused, what a path earns.

use super::*;
use proptest::prelude::*;

fn id(text: &str) -> OptionId {
    text.parse().unwrap()
}

/// A case from its notation, a line a situation: `s | a>t +e1 ?e2 R2 *1 | b>u` has the choices a and b; a leads to t, gains e1,
/// needs e2 and is awarded 2 on the criterion with that initial (P C R E L D K, in the plan's order) and 1 on each (`*1`).
/// `t good` and `u bad` close. The first line is the start. The evidence is e1 to e4; `best` is a word a choice.
fn case(best: &str, notation: &str) -> Result<Branching, BranchingError> {
    let choice = |words: &str| {
        let mut words = words.split_whitespace();
        let (name, to) = words.next().unwrap().split_once('>').unwrap();
        let mut made = Choice {
            id: id(name),
            text: format!("text {name}"),
            to: id(to),
            gain: vec![],
            needs: vec![],
            award: [0; 7],
            note: "because".into(),
            basis: None,
        };
        for word in words {
            let (sign, rest) = word.split_at(1);
            match sign {
                "+" => made.gain.push(id(rest)),
                "?" => made.needs.push(id(rest)),
                "*" => made.award = [rest.parse().unwrap(); 7],
                initial => made.award["PCRELDK".find(initial).unwrap()] = rest.parse().unwrap(),
            }
        }
        made
    };
    let situation = |line: &str| {
        let mut cells = line.split('|').map(str::trim);
        let (name, end) = cells
            .next()
            .map(|head| head.split_once(' ').unwrap_or((head, "")))
            .unwrap();
        let end = match end {
            "good" => Some(End::Good),
            "bad" => Some(End::Bad),
            _ => None,
        };
        Situation {
            id: id(name),
            text: name.to_owned(),
            end,
            debrief: end.map(|_| "learnt".into()),
            choices: cells.map(choice).collect(),
        }
    };
    let lines = notation.lines().map(str::trim).filter(|line| !line.is_empty());
    let situations: Vec<Situation> = lines.map(situation).collect();
    let evidence = ["e1", "e2", "e3", "e4"].map(|name| Evidence {
        id: id(name),
        text: name.to_owned(),
    });
    let start = situations[0].id.clone();
    Branching::new(&start, situations, evidence.into(), path(best))
}

fn path(words: &str) -> Vec<OptionId> {
    words.split_whitespace().map(id).collect()
}

/// Photographs taken at the gate open the full decision later; without them only the weak one is left.
const INSPECTION: &str = "
    gate     | photo>office *1 +e1 | enter>office P1 | quarrel>thrown
    office   | ask>decide R2 +e2 | skip>decide
    decide   | fine>served ?e1 ?e2 L3 | warn>served L1 | bribe>thrown
    served good
    thrown bad";

#[test]
fn table_of_cases() {
    // path | earned of 12, or why it is no answer | criteria in the plan's order
    let table = "
                         | 0  | 0 0 0 0 0 0 0
        photo ask fine   | 12 | 1 1 3 1 4 1 1
        photo            | 7  | 1 1 1 1 1 1 1
        photo ask        | 9  | 1 1 3 1 1 1 1
        photo ask warn   | 10 | 1 1 3 1 2 1 1
        photo skip warn  | 8  | 1 1 1 1 2 1 1
        photo skip fine  | UnknownOption | 0 0 0 0 0 0 0
        enter ask warn   | 4  | 1 0 2 0 1 0 0
        enter ask fine   | UnknownOption | 0 0 0 0 0 0 0
        quarrel          | 0  | 0 0 0 0 0 0 0
        quarrel ask      | UnknownOption | 0 0 0 0 0 0 0
        photo photo      | UnknownOption | 0 0 0 0 0 0 0
        ask              | UnknownOption | 0 0 0 0 0 0 0
        nothing          | UnknownOption | 0 0 0 0 0 0 0
        photo ask fine fine      | UnknownOption | 0 0 0 0 0 0 0
        photo ask fine fine fine | TooMany       | 0 0 0 0 0 0 0";
    let item = case("photo ask fine", INSPECTION).unwrap();
    for line in table.lines().filter(|line| !line.trim().is_empty()) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let path = path(cells[0]);
        let earned = match item.earned(&path) {
            Ok(Earned { earned, of: 12 }) => earned.to_string(),
            other => format!("{:?}", other.unwrap_err()),
        };
        let scores = item.scores(&path);
        assert_eq!(scores.map(|(_, of)| of), [1, 1, 3, 1, 4, 1, 1]);
        let scores = scores.map(|(earned, _)| earned.to_string()).join(" ");
        assert_eq!((earned.as_str(), scores.as_str()), (cells[1], cells[2]), "{line}");
        assert_eq!(item.offered(&path).err(), item.earned(&path).err(), "{line}");
    }
    assert_eq!(item.earned(&vec![id("photo"); 1_000_000]), Err(Invalid::TooMany));
    assert_eq!(item.key(), path("photo ask fine"));
}

#[test]
fn what_is_offered_depends_on_the_evidence_held() {
    let item = case("photo ask fine", INSPECTION).unwrap();
    let offered = |words: &str| {
        let standing = item.offered(&path(words)).unwrap();
        let ids = |list: Vec<&OptionId>| list.iter().map(|id| id.as_str()).collect::<Vec<_>>().join(" ");
        let evidence = ids(standing.evidence.iter().map(|one| &one.id).collect());
        let choices = ids(standing.choices.iter().map(|choice| &choice.id).collect());
        assert_eq!(standing.shown(Seed(7)).len(), standing.choices.len());
        format!("{}: {evidence}: {choices}", standing.situation.id)
    };
    assert_eq!(offered(""), "gate: : photo enter quarrel");
    assert_eq!(offered("photo ask"), "decide: e1 e2: fine warn bribe");
    assert_eq!(offered("enter ask"), "decide: e2: warn bribe");
    assert_eq!(offered("photo ask fine"), "served: e1 e2: ");
}

#[test]
fn picking_at_random_earns_what_the_hand_computes() {
    // After photo (7): ask (2) and then (3 + 1 + 0)/3, or skip and (1 + 0)/2; after enter (1): 2/2 and 1/2; quarrel 0.
    // (7 + (2 + 4/3 + 1/2)/2 + 1 + 1 + 1/2 + 0)/3 of 12.
    assert_eq!(case("photo ask fine", INSPECTION).unwrap().expected_random(), 3_171);
    // Both choices earn full.
    assert_eq!(
        case("a", "s | a>g *1 | b>g *1\ng good").unwrap().expected_random(),
        10_000
    );
    assert_eq!(case("a", "s | a>g *1 | b>g\ng good").unwrap().expected_random(), 5_000);
}

#[test]
fn what_the_kind_promises_is_proven() {
    // best : situations, with / for a new line : error
    let table = "
        a : s | a>g *1 | b>g / g good                                  : fine
        a : s | a>g *1 | b>h / g good                                  : UnknownSituation { choice: OptionId(\"b\"), to: OptionId(\"h\") }
        a : s | a>g *1 | b>g ?e9 / g good                              : UnknownEvidence { choice: OptionId(\"b\"), evidence: OptionId(\"e9\") }
        a : s | a>g *1 | b>g / g good | c>s                            : ClosingHasChoices(OptionId(\"g\"))
        a : s | a>g *1 / g good                                        : ChoiceCount(OptionId(\"s\"))
        a : s / g good                                                 : ChoiceCount(OptionId(\"s\"))
        a : s | a>g *1 ?e1 | b>g ?e2 / g good                          : NoFreeChoice(OptionId(\"s\"))
        a : s | a>g *1 | b>g / g good / g bad                          : DuplicateId(OptionId(\"g\"))
        a : s | a>g *1 | b>t / t | a>g | c>g / g good                  : DuplicateId(OptionId(\"a\"))
        a : s | a>g *1 | a>g / g good                                  : DuplicateText(OptionId(\"a\"))
        a : s | a>g *1 | b>s / g good                                  : Cycle(OptionId(\"s\"))
        a : s | a>g *1 | b>t / t | c>u | d>g / u | e>t | f>g / g good  : Cycle(OptionId(\"u\"))
        a : s | a>g *1 | b>g / g good / h bad                          : Unreachable(OptionId(\"h\"))
        a : s | a>g *1 | b>g | c>h ?e1 / g good / h bad                : NeverOffered(OptionId(\"c\"))
        a : s | a>g *1 | b>g | c>g ?e1 / g good                        : NeverOffered(OptionId(\"c\"))
        c : s | a>g *1 | b>g / g good                                  : BestNotWalkable(OptionId(\"c\"))
        a a : s | a>g *1 | b>g / g good                                : BestNotWalkable(OptionId(\"a\"))
          : s | a>g *1 | b>g / g good                                  : BestNotGood(OptionId(\"s\"))
        b : s | a>g *1 | b>h *1 / g good / h bad                       : BestNotGood(OptionId(\"h\"))
        a : s | a>g P1 R1 E1 L1 D1 K1 | b>g / g good                   : BestMisses(Conduct)
        a : s | a>g *1 | b>g K2 / g good                               : Beaten { choice: OptionId(\"a\"), criterion: Discretion, best: 1, other: 2 }
        a : s | a>g *2 | b>h *2 / g good / h bad                       : BadEndPays(OptionId(\"h\"))
        a c : s | a>t *1 | b>t +e1 *1 / t | c>g | d>g ?e1 P1 / g good  : Beaten { choice: OptionId(\"a\"), criterion: Plan, best: 1, other: 2 }";
    for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let cells: Vec<&str> = line.splitn(3, " : ").map(str::trim).collect();
        let cells = if cells.len() == 2 {
            vec!["", cells[0].trim_start_matches(": "), cells[1]]
        } else {
            cells
        };
        let told = case(cells[0], &cells[1].replace('/', "\n"));
        assert_eq!(
            told.map_or_else(|error| format!("{error:?}"), |_| "fine".into()),
            cells[2],
            "{line}"
        );
    }
}

#[test]
fn what_beats_the_best_path_is_told_in_words() {
    let told = case("a", "s | a>g *1 P2 | b>g *1 C3\ng good").unwrap_err().to_string();
    assert_eq!(
        told,
        "another path reaches 3 on conduct, the best path only 1; it falls behind at choice a"
    );
}

#[test]
fn cases_without_end_are_refused() {
    let many: Vec<String> = (0..201).map(|n| format!("s{n} bad")).collect();
    assert_eq!(case("", &many.join("\n")), Err(BranchingError::ManySituations));
    // Each of 20 situations may add a piece of evidence: two to the twentieth combinations.
    let evidence = (0..20).map(|n| Evidence {
        id: id(&format!("e{n}")),
        text: "e".into(),
    });
    let lines = (0..20).map(|n| format!("s{n} | a{n}>s{} *1 | b{n}>s{}", n + 1, n + 1));
    let notation = lines.chain(["s20 good".into()]).collect::<Vec<_>>().join("\n");
    let best = (0..20).map(|n| format!("a{n}")).collect::<Vec<_>>().join(" ");
    let mut situations = case(&best, &notation).unwrap().situations;
    for (n, situation) in situations.iter_mut().enumerate().take(20) {
        situation.choices[0].gain.push(id(&format!("e{n}")));
    }
    let told = Branching::new(&id("s0"), situations.clone(), evidence.collect(), path(&best));
    assert_eq!(told, Err(BranchingError::ManyStates(id("s13"))));
    let evidence = (0..33).map(|n| Evidence {
        id: id(&format!("e{n}")),
        text: "e".into(),
    });
    let told = Branching::new(&id("s0"), situations, evidence.collect(), path(&best));
    assert_eq!(told, Err(BranchingError::ManyEvidence));
}

#[test]
fn the_criteria_are_the_seven_of_the_plan() {
    for (place, criterion) in Criterion::ALL.into_iter().enumerate() {
        assert_eq!(Criterion::from_key(criterion.key()), Some(criterion));
        assert_eq!(criterion as usize, place);
    }
    assert_eq!(Criterion::from_key("speed"), None);
}

/// A case of some layers: the choices a0, a1, … are the best and gather what some other choices need.
fn any_case() -> impl Strategy<Value = Branching> {
    prop::collection::vec((1_u8..4, "[PCRELDK]", 0_u8..2, 1_usize..3, 0_usize..2), 1..7).prop_map(|layers| {
        let line = |(n, (most, initial, other, ahead, gain)): (usize, &(u8, String, u8, usize, usize))| {
            let to = (n + ahead).min(layers.len());
            let needs = ["", "?e1"][usize::from(n > 0 && layers[n - 1].4 == 1)];
            let gain = ["", "+e1"][*gain];
            let next = n + 1;
            format!("s{n} | a{n}>s{next} *{most} {gain} | b{n}>s{to} {initial}{other} | c{n}>s{next} {needs}\n")
        };
        let lines: String = layers.iter().enumerate().map(line).collect();
        let best: Vec<String> = (0..layers.len()).map(|n| format!("a{n}")).collect();
        case(&best.join(" "), &format!("{lines}s{} good", layers.len())).unwrap()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_key_is_full_and_no_walk_leaves_the_bounds(
        item in any_case(),
        picks in prop::collection::vec(any::<prop::sample::Index>(), 0..9),
        words in prop::collection::vec("[a-d][0-7]", 0..9),
    ) {
        let full = item.earned(&item.key()).unwrap();
        prop_assert!(full.of > 0 && full.earned == full.of);
        prop_assert_eq!(item.earned(&[]), Ok(Earned { earned: 0, ..full }));
        prop_assert!(item.expected_random() <= 10_000);
        let mut walk = Vec::new();
        for pick in picks {
            let choices = item.offered(&walk).unwrap().choices;
            if !choices.is_empty() {
                walk.push(pick.get(&choices).id.clone());
            }
        }
        prop_assert!(item.earned(&walk).is_ok());
        for path in [walk, path(&words.join(" "))] {
            prop_assert!(item.scores(&path).iter().all(|(earned, of)| earned <= of));
            if let Ok(earned) = item.earned(&path) {
                prop_assert!(earned.earned <= earned.of && earned.of == full.of);
            }
        }
    }

    #[test]
    fn any_graph_is_a_case_or_an_error(
        lines in prop::collection::vec(("(good|bad)?", prop::collection::vec("[a-h]>s[0-5] (\\+e[1-5] )?(\\?e[1-5] )?\\*[0-2]", 0..4)), 1..7),
        best in prop::collection::vec("[a-h]", 0..5),
    ) {
        let line = |(n, (end, choices)): (usize, &(String, Vec<String>))| {
            let head = format!("s{n} {end}");
            std::iter::once(head).chain(choices.iter().cloned()).collect::<Vec<_>>().join(" | ")
        };
        let notation = lines.iter().enumerate().map(line).collect::<Vec<_>>().join("\n");
        if let Ok(item) = case(&best.join(" "), &notation) {
            prop_assert_eq!(item.earned(&item.key()).map(|e| e.earned == e.of && e.of > 0), Ok(true));
        }
    }
}
