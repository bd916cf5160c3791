//! Items with their keys, once they may be shown: what was answered, what was right, why, and on what basis. One file a kind.

mod branching;
mod choices;
mod essay;
mod fill;
mod hazard;
mod matching;
mod ordering;
mod penalty;
mod proofreading;

use super::basis::basis;
use crate::html::{Html, el, none};
use crate::text::{self, Lang};
use domain::item::{Item, ItemBody, Response};
use domain::kinds::Exercise;
use domain::shuffle::Seed;
use indexmap::IndexMap;
use std::sync::Arc;
use wire::pack::RegulationRef;

/// What a piece that tells needs.
#[derive(Clone)]
pub struct Telling {
    /// The item.
    pub item: Arc<Item>,
    /// What ordered it when it was asked.
    pub seed: Seed,
    /// What was answered.
    pub response: Response,
    /// The regulations cited.
    pub regulations: Arc<IndexMap<String, RegulationRef>>,
    /// The language of the interface.
    pub lang: Lang,
    /// The site's base, for links.
    pub base: String,
}

/// What was answered beside the key, the explanation and the basis.
pub fn told(telling: &Telling) -> Html {
    let Telling { item, lang, .. } = telling;
    let parts = match &item.body {
        ItemBody::Single(choices) | ItemBody::Multiple(choices) => choices::choices(telling, choices),
        ItemBody::TrueFalse { answer, why } => choices::truth(telling, *answer, why),
        ItemBody::Exercise(exercise) => match &**exercise {
            Exercise::Fill(fill) => fill::fill(telling, fill),
            Exercise::Ordering(ordering) => ordering::ordering(telling, ordering),
            Exercise::Matching(matching) => matching::matching(telling, matching),
            Exercise::Hazard(hazard) => hazard::hazard(telling, hazard),
            Exercise::Proofreading(document) => proofreading::proofreading(telling, document),
            Exercise::Penalty(penalty) => penalty::penalty(telling, penalty),
            Exercise::Branching(case) => branching::branching(telling, case),
            Exercise::Essay(essay) => essay::essay(telling, essay),
        },
    };
    none()
        .child(parts)
        .child(el("h3").text(text::EXPLANATION.get(*lang)))
        .child(el("p").attr("lang", "zh-CN").text(&item.explanation))
        .child(el("h3").text(text::BASIS.get(*lang)))
        .child(basis(&item.basis, &telling.regulations, &telling.base, *lang))
}
