//! Matching (配对题): each prompt with what was chosen and what belongs to it.

use super::Telling;
use super::choices::{key, sign};
use crate::html::{Html, el};
use crate::text;
use domain::ids::OptionId;
use domain::item::Response;
use domain::kinds::matching::{Matching, Prompt};

/// What was answered beside the key.
pub(super) fn matching(telling: &Telling, matching: &Matching) -> Html {
    let lang = telling.lang;
    let name = |id: &OptionId| {
        let target = matching.targets().iter().find(|target| target.id == *id);
        target.map(|target| target.text.as_str()).unwrap_or_default()
    };
    let row = |prompt: &Prompt| {
        let given = match &telling.response {
            Response::Pairs(pairs) => pairs.iter().find(|(id, _)| *id == prompt.id).map(|(_, target)| target),
            _ => None,
        };
        let right = given == Some(&prompt.target);
        let outcome = match given {
            None => text::OUT_UNANSWERED,
            Some(_) if right => text::OUT_RIGHT,
            Some(_) => text::OUT_WRONG,
        };
        let why = (!right).then(|| el("p").class("why").attr("lang", "zh-CN").text(&prompt.why));
        let wanted = (!right).then(|| key(name(&prompt.target), lang));
        el("li")
            .child(el("b").attr("lang", "zh-CN").text(&prompt.text))
            .text(" → ")
            .child(el("span").attr("lang", "zh-CN").text(given.map_or("—", |id| name(id))))
            .text(" ")
            .child(sign(right, outcome, lang))
            .maybe(wanted)
            .maybe(why)
    };
    el("ul").class("told-parts").all(matching.prompts().iter().map(row))
}
