//! Ordering (排序题): the order given, and the right one with its parallel steps.

use super::Telling;
use super::choices::{sign, unanswered};
use crate::html::{Html, el, none};
use crate::text::choose;
use domain::ids::OptionId;
use domain::item::Response;
use domain::kinds::ordering::{Ordering, Step};

/// Whether a step stands after all of the group before its own and before all of the group after it.
fn in_order(groups: &[&[Step]], given: &[OptionId], step: &OptionId) -> bool {
    let place = |id: &OptionId| given.iter().position(|known| known == id);
    let Some(own) = groups.iter().position(|group| group.iter().any(|one| one.id == *step)) else {
        return false;
    };
    let Some(at) = place(step) else { return false };
    let before = own.checked_sub(1).map(|own| groups[own]).unwrap_or_default();
    let after = groups.get(own + 1).copied().unwrap_or_default();
    before.iter().all(|one| place(&one.id).is_some_and(|other| other < at))
        && after.iter().all(|one| place(&one.id).is_some_and(|other| other > at))
}

/// What was answered beside the key.
pub(super) fn ordering(telling: &Telling, ordering: &Ordering) -> Html {
    let lang = telling.lang;
    let groups = ordering.groups();
    let none_given: &[OptionId] = &[];
    let given = match &telling.response {
        Response::Order(ids) => ids.as_slice(),
        _ => none_given,
    };
    let mine = given.iter().filter_map(|id| {
        let step = ordering.steps().iter().find(|step| step.id == *id)?;
        let right = in_order(&groups, given, id);
        let word = if right { choose::STEP_RIGHT } else { choose::STEP_WRONG };
        let row = el("li")
            .child(el("span").attr("lang", "zh-CN").text(&step.text))
            .text(" ");
        Some(row.child(sign(right, word, lang)))
    });
    let mine = (!given.is_empty()).then(|| {
        none()
            .child(el("h3").text(choose::YOUR_ORDER.get(lang)))
            .child(el("ol").class("told-parts").all(mine))
    });
    let group = |group: &[Step]| {
        let step = |step: &Step| el("span").attr("lang", "zh-CN").text(&step.text);
        match group {
            [one] => el("li").child(step(one)),
            several => el("li")
                .child(
                    el("span")
                        .class("quiet")
                        .text(&choose::PARALLEL.with(lang, &[&several.len()])),
                )
                .child(el("ul").all(several.iter().map(|one| el("li").child(step(one))))),
        }
    };
    none()
        .maybe(unanswered(telling))
        .maybe(mine)
        .child(el("h3").text(choose::KEY_ORDER.get(lang)))
        .child(el("ol").class("told-parts").all(groups.iter().map(|one| group(one))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_in_order_between_its_neighbours() {
        let step = |id: &str, parallel| Step {
            id: id.parse().unwrap(),
            text: id.into(),
            parallel,
        };
        let ordering = Ordering::new(vec![
            step("a", false),
            step("b", false),
            step("c", true),
            step("d", false),
        ])
        .unwrap();
        // given | the steps that stand in order
        for (given, right) in [
            ("abcd", "abcd"),
            ("acbd", "abcd"),
            ("bacd", "cd"),
            ("dcba", ""),
            ("ab", ""),
        ] {
            let ids: Vec<OptionId> = given.chars().map(|c| c.to_string().parse().unwrap()).collect();
            let found: String = ["a", "b", "c", "d"]
                .into_iter()
                .filter(|id| in_order(&ordering.groups(), &ids, &id.parse().unwrap()))
                .collect();
            assert_eq!(found, right, "{given}");
        }
    }
}
