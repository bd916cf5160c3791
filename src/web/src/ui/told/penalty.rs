//! Penalty decisions (适用法律与裁量): part by part what was decided, what is right and why.

use super::Telling;
use crate::html::{Html, el, none, text as words};
use crate::text::{Lang, case};
use crate::ui::question::{outcome_name, outcome_text};
use domain::ids::OptionId;
use domain::item::{ChoiceOption, Choices, Response};
use domain::kinds::fill::BlankAnswer;
use domain::kinds::penalty::{Part, PartAnswer, PartBody, Penalty, WHOLE};
use domain::marking::{Outcome, Rule};
use domain::units::Points;

/// How an option turned out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turned {
    /// Chosen and right.
    Right,
    /// Chosen and wrong.
    Wrong,
    /// Right and not chosen.
    Missed,
}

/// The options that were chosen or should have been, in the order shown.
fn turned<'a>(shown: &[&'a ChoiceOption], chosen: &[OptionId]) -> Vec<(&'a ChoiceOption, Turned)> {
    let turned = |option: &ChoiceOption| match (chosen.contains(&option.id), option.right) {
        (true, true) => Some(Turned::Right),
        (true, false) => Some(Turned::Wrong),
        (false, true) => Some(Turned::Missed),
        (false, false) => None,
    };
    shown
        .iter()
        .filter_map(|option| Some((*option, turned(option)?)))
        .collect()
}

/// How a part turned out by its share; a response that is no answer to the item earns nothing anywhere.
fn outcome(share: Option<u32>) -> Outcome {
    match share {
        None => Outcome::Unanswered,
        Some(0) => Outcome::Wrong,
        Some(WHOLE..) => Outcome::Right,
        Some(_) => Outcome::Incomplete,
    }
}

/// Shares of parts as they are shown: one is a whole part of weight 1.
fn shares(counted: u32) -> Points {
    Points(counted / (WHOLE / Points::ONE.0))
}

fn amount_of(text: &str, unit: &str) -> String {
    let text = text.trim();
    if unit.is_empty() || text.ends_with(unit) {
        text.to_owned()
    } else {
        format!("{text} {unit}")
    }
}

/// The amounts that are right, in words.
fn range(answer: &BlankAnswer, lang: Lang) -> String {
    match answer {
        BlankAnswer::Number { least, most, units, .. } => {
            let unit = units.first().map_or("", String::as_str);
            let amount = |number: &dyn std::fmt::Display| amount_of(&number.to_string(), unit);
            if least == most {
                case::EXACT.with(lang, &[&amount(least)])
            } else {
                case::RANGE.with(lang, &[&amount(least), &amount(most)])
            }
        }
        BlankAnswer::Text { .. } => case::EXACT.with(lang, &[&answer.key()]),
    }
}

/// What was answered beside the key.
pub(super) fn penalty(telling: &Telling, penalty: &Penalty) -> Html {
    let lang = telling.lang;
    let answers: &[(OptionId, PartAnswer)] = match &telling.response {
        Response::Parts(answers) => answers,
        _ => &[],
    };
    let rule = Rule::default().incomplete;
    let total = penalty.earned(answers, rule).map_or(0, |sum| shares(sum.earned).0);
    let of: u32 = penalty.parts().iter().map(|part| u32::from(part.weight)).sum();
    let one = |part: &Part| {
        let answer = answers.iter().find(|(id, answer)| *id == part.id && !answer.is_empty());
        let answer = answer.map(|(_, answer)| answer);
        let share = penalty.part_share(&part.id, answers, rule).unwrap_or(answer.map(|_| 0));
        part_told(telling, part, answer, share)
    };
    none()
        .child(el("h3").text(case::PARTS.get(lang)))
        .child(
            el("p")
                .class("facts")
                .text(&case::PARTS_TOTAL.with(lang, &[&Points(total), &of])),
        )
        .child(el("ol").class("parts-told").all(penalty.parts().iter().map(one)))
}

fn part_told(telling: &Telling, part: &Part, answer: Option<&PartAnswer>, share: Option<u32>) -> Html {
    let lang = telling.lang;
    let outcome = outcome(share);
    let look = match outcome {
        Outcome::Right => "tag tag-done",
        Outcome::Incomplete => "tag tag-open",
        _ => "tag tag-wrong",
    };
    let weight = u32::from(part.weight);
    let earned = shares(share.unwrap_or(0) * weight);
    let body = match (&part.body, answer) {
        (PartBody::Options { choices, .. }, answer) => options_told(telling, part, choices, answer),
        (PartBody::Amount { answer: key, why }, answer) => amount_told(lang, key, why, answer, outcome),
    };
    el("li")
        .attr("data-part", part.id.as_str())
        .attr("data-outcome", outcome_name(outcome))
        .child(el("p").class("part-ask").attr("lang", "zh-CN").text(&part.ask))
        .child(
            el("p")
                .class("facts")
                .child(el("span").class(look).text(outcome_text(outcome).get(lang)))
                .text(" ")
                .text(&case::PARTS_TOTAL.with(lang, &[&earned, &weight])),
        )
        .child(body)
}

fn options_told(telling: &Telling, part: &Part, choices: &Choices, answer: Option<&PartAnswer>) -> Html {
    let lang = telling.lang;
    let chosen: &[OptionId] = match answer {
        Some(PartAnswer::Options(ids)) => ids,
        _ => &[],
    };
    let shown = choices.shown(telling.seed.derive(part.id.as_str()));
    let entry = |(option, turned): (&ChoiceOption, Turned)| {
        let (state, look, said) = match turned {
            Turned::Right => ("right", "tag tag-done", case::YOU_RIGHT),
            Turned::Wrong => ("wrong", "tag tag-wrong", case::YOU_WRONG),
            Turned::Missed => ("missed", "tag tag-done", case::YOU_MISSED),
        };
        let why = (turned == Turned::Wrong).then(|| el("p").class("part-why").attr("lang", "zh-CN").text(&option.why));
        el("li")
            .attr("data-option", option.id.as_str())
            .attr("data-state", state)
            .child(el("span").attr("lang", "zh-CN").text(&option.text))
            .text(" ")
            .child(el("span").class(look).text(said.get(lang)))
            .maybe(why)
    };
    let others = shown
        .iter()
        .filter(|option| !option.right && !chosen.contains(&option.id));
    let other = |option: &&ChoiceOption| {
        el("li")
            .child(el("b").text(&option.text))
            .child(el("p").text(&option.why))
    };
    let others: Vec<Html> = others.map(other).collect();
    let others = (!others.is_empty()).then(|| {
        el("details")
            .child(el("summary").text(case::OTHERS.get(lang)))
            .child(el("ul").attr("lang", "zh-CN").all(others))
    });
    none()
        .child(
            el("ul")
                .class("verdicts")
                .all(turned(&shown, chosen).into_iter().map(entry)),
        )
        .maybe(others)
}

fn amount_told(lang: Lang, key: &BlankAnswer, why: &str, answer: Option<&PartAnswer>, outcome: Outcome) -> Html {
    let unit = match key {
        BlankAnswer::Number { units, .. } => units.first().map_or("", String::as_str),
        BlankAnswer::Text { .. } => "",
    };
    let given = match answer {
        Some(PartAnswer::Text(text)) => el("b").attr("lang", "zh-CN").text(&amount_of(text, unit)),
        _ => words(case::NOTHING.get(lang)),
    };
    // Whoever was right knows better; the others are told what they may have mixed up.
    let mistake = (outcome != Outcome::Right).then(|| {
        el("p")
            .class("part-why")
            .text(case::MISTAKE.get(lang))
            .child(el("span").attr("lang", "zh-CN").text(why))
    });
    let state = if outcome == Outcome::Right { "right" } else { "wrong" };
    let given = el("li")
        .attr("data-state", state)
        .text(case::DECIDED.get(lang))
        .child(given)
        .child(el("p").text(&range(key, lang)))
        .maybe(mistake);
    el("ul").class("verdicts").child(given)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> OptionId {
        text.parse().unwrap()
    }

    #[test]
    fn options_are_told_in_the_order_shown_and_idle_ones_left_out() {
        let option = |name: &str, right: bool| ChoiceOption {
            id: id(name),
            text: name.to_owned(),
            right,
            why: String::new(),
            pinned: false,
        };
        let options = [
            option("d", true),
            option("b", false),
            option("a", true),
            option("c", false),
        ];
        let shown: Vec<&ChoiceOption> = options.iter().collect();
        let told: Vec<(&str, Turned)> = turned(&shown, &[id("c"), id("a")])
            .into_iter()
            .map(|(option, turned)| (option.id.as_str(), turned))
            .collect();
        assert_eq!(
            told,
            [("d", Turned::Missed), ("a", Turned::Right), ("c", Turned::Wrong)]
        );
    }

    #[test]
    fn shares_read_as_parts() {
        let outcomes = [None, Some(0), Some(1), Some(WHOLE / 2), Some(WHOLE)].map(outcome);
        assert_eq!(
            outcomes,
            [
                Outcome::Unanswered,
                Outcome::Wrong,
                Outcome::Incomplete,
                Outcome::Incomplete,
                Outcome::Right
            ]
        );
        let said = [WHOLE, WHOLE / 2, 3 * WHOLE / 2, 9 * WHOLE, 0].map(|counted| shares(counted).to_string());
        assert_eq!(said, ["1", "0.5", "1.5", "9", "0"]);
    }

    #[test]
    fn amounts_carry_their_unit_once() {
        assert_eq!(amount_of(" 15万元 ", "元"), "15万元");
        assert_eq!(amount_of("150000", "元"), "150000 元");
        assert_eq!(amount_of("7", ""), "7");
        let answer = |from: &str, to: &str| {
            BlankAnswer::between(from.parse().unwrap(), to.parse().unwrap(), vec!["元".to_owned()])
        };
        assert_eq!(
            range(&answer("20000", "50000"), Lang::Zh),
            "正确范围：20000 元 至 50000 元（含两端）"
        );
        assert_eq!(range(&answer("500", "500"), Lang::Zh), "正确数额：500 元");
    }
}
