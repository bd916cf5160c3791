//! Branching cases (模拟执法): the scores on the seven criteria, the path walked step by step, and the best path.

use super::Telling;
use crate::html::{Html, el, none};
use crate::text::{self, Lang, Text, case};
use crate::ui::basis::basis;
use crate::ui::radar::radar;
use domain::ids::OptionId;
use domain::item::Response;
use domain::kinds::branching::{Branching, Choice, Criterion, End, Evidence, Situation};

/// A choice that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Step<'a> {
    situation: &'a Situation,
    taken: &'a Choice,
    /// What the best path does here; none where it does not come here.
    best: Option<&'a Choice>,
    /// What the best choice needs and was not held.
    missing: Vec<&'a Evidence>,
}

/// The choices of `path`, as far as they were offered.
fn steps<'a>(case: &'a Branching, path: &[OptionId], best: &[(&'a Situation, &'a Choice)]) -> Vec<Step<'a>> {
    let mut steps = Vec::new();
    for made in 0..path.len() {
        let Ok(standing) = case.offered(&path[..made]) else {
            break;
        };
        let Some(taken) = standing.choices.into_iter().find(|choice| choice.id == path[made]) else {
            break;
        };
        let situation = standing.situation;
        let best = best
            .iter()
            .find(|(at, _)| at.id == situation.id)
            .map(|(_, choice)| *choice);
        let lacks = |one: &&Evidence| {
            let needed = best.is_some_and(|best| best.needs.contains(&one.id));
            needed && !standing.evidence.iter().any(|held| held.id == one.id)
        };
        steps.push(Step {
            situation,
            taken,
            best,
            missing: case.evidence().iter().filter(lacks).collect(),
        });
    }
    steps
}

/// The situations of a path that can be walked, each with the choice made there.
fn walked<'a>(case: &'a Branching, path: &[OptionId]) -> Vec<(&'a Situation, &'a Choice)> {
    let steps = steps(case, path, &[]);
    steps.into_iter().map(|step| (step.situation, step.taken)).collect()
}

/// What a choice is awarded: `证据充分有效 +2、程序正确合法 +1`; none where it is awarded nothing.
fn award(choice: &Choice, lang: Lang) -> Option<String> {
    let awards = Criterion::ALL.into_iter().zip(choice.award);
    let said: Vec<String> = awards
        .filter(|(_, points)| *points > 0)
        .map(|(criterion, points)| format!("{} +{points}", case::criterion(criterion).get(lang)))
        .collect();
    (!said.is_empty()).then(|| said.join(text::AND.get(lang)))
}

/// What was answered beside the key.
pub(super) fn branching(telling: &Telling, case: &Branching) -> Html {
    let lang = telling.lang;
    let path: &[OptionId] = match &telling.response {
        Response::Path(path) => path,
        _ => &[],
    };
    let key = case.key();
    let best = walked(case, &key);
    let steps = steps(case, path, &best);
    let scores = case.scores(path);
    let path_told = if steps.is_empty() {
        el("p").text(case::NO_CHOICE.get(lang))
    } else {
        el("ol")
            .class("path-told")
            .all(steps.iter().map(|step| step_told(telling, step)))
    };
    none()
        .child(el("h3").text(case::SCORES.get(lang)))
        .child(
            el("div")
                .class("scores")
                .child(el("div").class("chart").child(radar(scores, lang)))
                .child(table(scores, lang)),
        )
        .child(el("h3").text(case::YOUR_PATH.get(lang)))
        .child(path_told)
        .child(end(case, &path[..steps.len()], lang))
        .child(best_told(&best, path == key, lang))
}

/// The scores as a table: what the chart shows, for everybody.
fn table(scores: [(u32, u32); 7], lang: Lang) -> Html {
    let head = |text: Text| el("th").attr("scope", "col").text(text.get(lang));
    let cells = |row: Html, (earned, of): (u32, u32)| {
        row.child(el("td").text(&earned.to_string()))
            .child(el("td").text(&of.to_string()))
    };
    let row = |(criterion, score): (Criterion, (u32, u32))| {
        // The chart has the plan's names, which the table then explains.
        let plan = (lang != Lang::Zh).then(|| el("span").class("quiet").attr("lang", "zh-CN").text(criterion.name()));
        let name = el("th")
            .attr("scope", "row")
            .text(case::criterion(criterion).get(lang))
            .text(if plan.is_some() { " " } else { "" })
            .maybe(plan);
        let row = el("tr").attr("data-criterion", criterion.key()).child(name);
        cells(row, score)
    };
    let sum = scores
        .iter()
        .fold((0, 0), |(earned, of), score| (earned + score.0, of + score.1));
    let total = el("tr").child(el("th").attr("scope", "row").text(case::TOTAL.get(lang)));
    let titles = el("tr")
        .child(head(case::CRITERION))
        .child(head(case::EARNED))
        .child(head(case::POSSIBLE));
    el("table")
        .child(el("thead").child(titles))
        .child(el("tbody").all(Criterion::ALL.into_iter().zip(scores).map(row)))
        .child(el("tfoot").child(cells(total, sum)))
}

/// A step: where, what was done, what came of it, and what would have been better.
fn step_told(telling: &Telling, step: &Step) -> Html {
    let lang = telling.lang;
    let Step {
        situation,
        taken,
        best,
        missing,
    } = step;
    let (look, said) = match best {
        Some(best) if best.id == taken.id => ("tag tag-done", case::IS_BEST),
        Some(_) => ("tag tag-open", case::NOT_BEST),
        None => ("tag", case::OFF_PATH),
    };
    let better = best.filter(|best| best.id != taken.id).map(|best| {
        let needs: Vec<&str> = missing.iter().map(|one| one.text.as_str()).collect();
        let needs = (!needs.is_empty()).then(|| {
            el("span")
                .class("quiet")
                .text(&case::BEST_NEEDS.with(lang, &[&needs.join("；")]))
        });
        el("p")
            .class("path-better")
            .child(el("b").text(case::BEST_HERE.get(lang)))
            .child(el("span").attr("lang", "zh-CN").text(&best.text))
            .text(" ")
            .maybe(needs)
    });
    let earned = award(taken, lang).map_or_else(
        || case::AWARD_NONE.get(lang).to_owned(),
        |award| case::AWARD.with(lang, &[&award]),
    );
    let rests_on = taken.basis.as_ref().map(|rests| {
        el("details")
            .child(el("summary").text(text::BASIS.get(lang)))
            .child(basis(rests, &telling.regulations, &telling.base, lang))
    });
    el("li")
        .attr("data-situation", situation.id.as_str())
        .attr("data-choice-made", taken.id.as_str())
        .child(el("p").class("quiet").attr("lang", "zh-CN").text(&situation.text))
        .child(
            el("p")
                .child(el("b").text(case::TOOK.get(lang)))
                .child(el("span").attr("lang", "zh-CN").text(&taken.text))
                .text(" ")
                .child(el("span").class(look).text(said.get(lang))),
        )
        .child(el("p").attr("lang", "zh-CN").text(&taken.note))
        .child(el("p").class("facts").text(&earned))
        .maybe(better)
        .maybe(rests_on)
}

/// How the case ended, and what is to be learnt from it; or that it did not end.
fn end(case: &Branching, path: &[OptionId], lang: Lang) -> Html {
    let closing = case.offered(path).ok().map(|standing| standing.situation);
    let Some((situation, end)) = closing.and_then(|situation| Some((situation, situation.end?))) else {
        return el("p").class("notice").text(case::UNFINISHED.get(lang));
    };
    let (look, name, said) = match end {
        End::Good => ("notice notice-good", "good", case::END_GOOD),
        End::Bad => ("notice notice-warn", "bad", case::END_BAD),
    };
    let debrief = situation.debrief.as_ref();
    el("div")
        .class(look)
        .attr("data-end", name)
        .child(el("h4").text(said.get(lang)))
        .child(el("p").attr("lang", "zh-CN").text(&situation.text))
        .maybe(debrief.map(|text| el("p").attr("lang", "zh-CN").text(text)))
}

/// The best path, folded away.
fn best_told(best: &[(&Situation, &Choice)], taken: bool, lang: Lang) -> Html {
    if taken {
        return el("p").child(el("b").text(case::BEST_WALKED.get(lang)));
    }
    let entry = |(situation, choice): &(&Situation, &Choice)| {
        el("li")
            .child(el("p").class("quiet").text(&situation.text))
            .child(el("p").child(el("b").text(&choice.text)))
            .child(el("p").text(&choice.note))
    };
    el("details")
        .class("best-told")
        .child(el("summary").text(&case::BEST_PATH.with(lang, &[&best.len()])))
        .child(
            el("ol")
                .class("path-told")
                .attr("lang", "zh-CN")
                .all(best.iter().map(entry)),
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> OptionId {
        text.parse().unwrap()
    }

    fn ids(words: &str) -> Vec<OptionId> {
        words.split_whitespace().map(id).collect()
    }

    /// The photograph taken at the gate opens the full decision; who waits comes to the yard, where the best path is not.
    fn inspection() -> Branching {
        let choice = |name: &str, to: &str, gain: &str, needs: &str, award: [u8; 7]| Choice {
            id: id(name),
            text: format!("do {name}"),
            to: id(to),
            gain: ids(gain),
            needs: ids(needs),
            award,
            note: "because".into(),
            basis: None,
        };
        let situation = |name: &str, end: Option<End>, choices: Vec<Choice>| Situation {
            id: id(name),
            text: format!("at {name}"),
            end,
            debrief: end.map(|_| "learnt".into()),
            choices,
        };
        let situations = vec![
            situation(
                "gate",
                None,
                vec![
                    choice("photo", "decide", "e1", "", [1, 1, 1, 2, 1, 1, 1]),
                    choice("enter", "decide", "", "", [1, 0, 0, 0, 0, 0, 0]),
                    choice("wait", "yard", "", "", [0; 7]),
                ],
            ),
            situation(
                "yard",
                None,
                vec![
                    choice("look", "decide", "", "", [0; 7]),
                    choice("leave", "lost", "", "", [0; 7]),
                ],
            ),
            situation(
                "decide",
                None,
                vec![
                    choice("fine", "served", "", "e1", [0, 0, 0, 0, 3, 0, 0]),
                    choice("warn", "served", "", "", [0, 0, 0, 0, 1, 0, 0]),
                ],
            ),
            situation("served", Some(End::Good), vec![]),
            situation("lost", Some(End::Bad), vec![]),
        ];
        let evidence = vec![Evidence {
            id: id("e1"),
            text: "photograph".into(),
        }];
        Branching::new(&id("gate"), situations, evidence, ids("photo fine")).unwrap()
    }

    #[test]
    fn each_step_has_what_the_best_path_does_there() {
        let case = inspection();
        let key = case.key();
        let best = walked(&case, &key);
        let told = |path: &str| {
            let steps = steps(&case, &ids(path), &best);
            let said = steps.iter().map(|step| {
                let best = step.best.map_or("-", |best| best.id.as_str());
                let missing: Vec<&str> = step.missing.iter().map(|one| one.id.as_str()).collect();
                format!("{}:{}:{best}:{}", step.situation.id, step.taken.id, missing.join(","))
            });
            said.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(told(""), "");
        assert_eq!(told("photo fine"), "gate:photo:photo: decide:fine:fine:");
        assert_eq!(told("photo warn"), "gate:photo:photo: decide:warn:fine:");
        assert_eq!(told("enter warn"), "gate:enter:photo: decide:warn:fine:e1");
        assert_eq!(
            told("wait look warn"),
            "gate:wait:photo: yard:look:-: decide:warn:fine:e1"
        );
        // What was not offered was not walked.
        assert_eq!(told("enter fine"), "gate:enter:photo:");
        assert_eq!(told("nothing"), "");
        assert_eq!(told("photo fine fine"), "gate:photo:photo: decide:fine:fine:");
    }

    #[test]
    fn awards_are_named_by_criterion() {
        let case = inspection();
        let key = case.key();
        let best = walked(&case, &key);
        let said: Vec<Option<String>> = best.iter().map(|(_, choice)| award(choice, Lang::Zh)).collect();
        assert_eq!(
            said[0].as_deref(),
            Some(
                "计划方案科学 +1、行为规范标准 +1、程序正确合法 +1、证据充分有效 +2、适用法律正确 +1、执法文书规范 +1、自由裁量得当 +1"
            )
        );
        assert_eq!(said[1].as_deref(), Some("适用法律正确 +3"));
        let wait = walked(&case, &ids("wait"));
        assert_eq!(award(wait[0].1, Lang::En), None);
    }
}
