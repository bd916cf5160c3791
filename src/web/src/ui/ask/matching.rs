//! Matching (配对题): a list of targets to choose from beside each prompt.

use super::Asking;
use super::choices::{frame, stem, when_locked};
use crate::field;
use crate::html::{Html, el, text};
use crate::text::choose;
use domain::ids::OptionId;
use domain::item::Response;
use domain::kinds::spotting::Label;
use leptos::prelude::*;

/// The pairs once `prompt` goes to `target`, or to none: in the order of the prompts, one each at most.
fn paired(
    prompts: &[Label],
    pairs: &[(OptionId, OptionId)],
    prompt: &OptionId,
    target: Option<&OptionId>,
) -> Vec<(OptionId, OptionId)> {
    let target = |id: &OptionId| {
        if id == prompt {
            target.cloned()
        } else {
            target_of(pairs, id).cloned()
        }
    };
    let pair = |prompt: &Label| Some((prompt.id.clone(), target(&prompt.id)?));
    prompts.iter().filter_map(pair).collect()
}

fn target_of<'a>(pairs: &'a [(OptionId, OptionId)], prompt: &OptionId) -> Option<&'a OptionId> {
    let pair = pairs.iter().find(|(id, _)| id == prompt);
    pair.map(|(_, target)| target)
}

/// The exercise.
pub(super) fn matching(asking: &Asking, prompts: &[Label], targets: &[Label]) -> Html {
    let rows = prompts.iter().map(|prompt| row(asking, prompts, prompt, targets));
    frame(asking, stem(asking), choose::HINT_MATCH.get(asking.lang)).child(el("ol").class("pairs").all(rows))
}

fn row(asking: &Asking, prompts: &[Label], prompt: &Label, targets: &[Label]) -> Html {
    let (change, response) = (asking.clone(), asking.response);
    let (all, known, mine, id) = (prompts.to_vec(), targets.to_vec(), prompt.id.clone(), prompt.id.clone());
    let chosen = Memo::new(move |_| {
        response.with(|response| match response {
            Response::Pairs(pairs) => target_of(pairs, &mine).map(ToString::to_string),
            _ => None,
        })
    });
    let select_id = format!("{}-{}-target", asking.asked.id, prompt.id);
    let option = |target: &Label| {
        el("option")
            .attr("value", target.id.as_str())
            .attr("data-target", target.id.as_str())
            .attr("lang", "zh-CN")
            .child(text(&target.text))
    };
    let none = el("option").attr("value", "").text(choose::PICK.get(asking.lang));
    let select = el("select")
        .attr("id", &select_id)
        .attr("data-prompt", prompt.id.as_str())
        .child(none)
        .all(targets.iter().map(option))
        // After the options: a select takes no value that it does not have.
        .prop_of("value", move || chosen.get().unwrap_or_default().into())
        .attr_of("disabled", when_locked(asking))
        .on("change", move |event| {
            let value = field::value(event);
            let target = known.iter().find(|target| target.id.as_str() == value);
            let pairs = match response.get_untracked() {
                Response::Pairs(pairs) => pairs,
                _ => Vec::new(),
            };
            let pairs = paired(&all, &pairs, &id, target.map(|target| &target.id));
            change.change(Response::Pairs(pairs));
        });
    let label = el("label")
        .attr("for", &select_id)
        .attr("lang", "zh-CN")
        .text(&prompt.text);
    el("li").child(el("div").class("pair").child(label).child(select))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(id: &str) -> OptionId {
        id.parse().unwrap()
    }

    fn pairs(list: &[&str]) -> Vec<(OptionId, OptionId)> {
        let pair = |pair: &&str| (id(&pair[..1]), id(&pair[1..]));
        list.iter().map(pair).collect()
    }

    #[test]
    fn pairs_stand_in_the_order_of_the_prompts() {
        let label = |name| Label {
            id: id(name),
            text: name.to_owned(),
        };
        let prompts = ["a", "b", "c"].map(label);
        let change = |before: &[&str], prompt, target: Option<&str>| {
            paired(&prompts, &pairs(before), &id(prompt), target.map(id).as_ref())
        };
        assert_eq!(change(&[], "b", Some("x")), pairs(&["bx"]));
        assert_eq!(change(&["bx"], "a", Some("y")), pairs(&["ay", "bx"]));
        assert_eq!(change(&["ay", "bx"], "a", Some("x")), pairs(&["ax", "bx"]));
        assert_eq!(change(&["ay", "bx"], "a", None), pairs(&["bx"]));
        // A prompt of another wording and a repeated one are left behind.
        assert_eq!(change(&["zx", "bx", "by"], "c", Some("x")), pairs(&["bx", "cx"]));
    }
}
