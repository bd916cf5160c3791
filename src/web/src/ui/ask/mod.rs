//! Items as they are asked: one file a kind. Each shows the response as it stands and says when the person changes it;
//! none knows the key.

mod branching;
mod choices;
mod essay;
mod fill;
mod hazard;
mod matching;
mod ordering;
mod penalty;
mod proofreading;

use crate::html::Html;
use crate::text::{self, Lang, Text};
use domain::asked::{Ask, Asked};
use domain::item::{ItemKind, Response};
use leptos::prelude::*;
use std::sync::Arc;

/// What a piece that asks needs.
#[derive(Clone)]
pub struct Asking {
    /// The item.
    pub asked: Arc<Asked>,
    /// The language of the interface.
    pub lang: Lang,
    /// The response as it stands; of the item's kind.
    pub response: Signal<Response, LocalStorage>,
    /// Whether it can be changed no more: handed in, or open in another tab.
    pub locked: Signal<bool>,
    /// Called with the whole new response at each change.
    pub changed: Callback<(Response,)>,
}

impl Asking {
    /// Says that the person changed the response, unless it is locked.
    pub fn change(&self, response: Response) {
        if !self.locked.get_untracked() {
            self.changed.run((response,));
        }
    }
}

/// The item: stem and whatever its kind answers with.
pub fn ask(asking: &Asking) -> Html {
    match &asking.asked.body {
        Ask::Choices { options, many } => choices::choices(asking, options, *many),
        Ask::Truth => choices::truth(asking),
        Ask::Fill(blanks) => fill::fill(asking, blanks),
        Ask::Ordering(steps) => ordering::ordering(asking, steps),
        Ask::Matching { prompts, targets } => matching::matching(asking, prompts, targets),
        Ask::Hazard {
            scene,
            categories,
            grounds,
            regions,
        } => hazard::hazard(asking, scene, categories, grounds, regions),
        Ask::Proofreading {
            document,
            reasons,
            passages,
        } => proofreading::proofreading(asking, document, reasons, passages),
        Ask::Penalty(parts) => penalty::penalty(asking, parts),
        Ask::Branching(case) => branching::branching(asking, case),
        Ask::Essay { rubric, min, max } => essay::essay(asking, rubric, *min, *max),
    }
}

/// The name of a kind.
pub fn kind_text(kind: ItemKind) -> Text {
    match kind {
        ItemKind::Single => text::SINGLE,
        ItemKind::Multiple => text::MULTIPLE,
        ItemKind::TrueFalse => text::TRUE_FALSE,
        ItemKind::Fill => text::choose::KIND_FILL,
        ItemKind::Ordering => text::choose::KIND_ORDERING,
        ItemKind::Matching => text::choose::KIND_MATCHING,
        ItemKind::Hazard => text::spot::KIND_HAZARD,
        ItemKind::Proofreading => text::spot::KIND_PROOFREADING,
        ItemKind::Penalty => text::case::KIND_PENALTY,
        ItemKind::Branching => text::case::KIND_BRANCHING,
        ItemKind::Essay => text::choose::KIND_ESSAY,
    }
}
