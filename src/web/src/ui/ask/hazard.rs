//! Hazard spotting (隐患排查): objects are marked by a tap on the scene or in a list of all of them, which leads to the same
//! without a look at the picture; below stand the marks, each with its category and its ground.

pub(super) mod marks;

use super::Asking;
use crate::gesture::{self, Words, picture};
use crate::html::{Html, dynamic, el, none};
use crate::text::spot;
use domain::kinds::hazard::WEIGHTS;
use domain::kinds::spotting::{Label, Spot};
use leptos::prelude::*;
use marks::{Choice, Marks, Which};
use std::rc::Rc;

/// The exercise.
pub(super) fn hazard(asking: &Asking, scene: &str, categories: &[Label], grounds: &[Label], regions: &[Label]) -> Html {
    let lang = asking.lang;
    let marks = Marks::new(asking, regions.to_vec(), false);
    let rule = spot::HAZARD_RULE.with(
        lang,
        &[&WEIGHTS.found, &WEIGHTS.first, &WEIGHTS.second, &WEIGHTS.false_mark],
    );
    let choices = [
        Choice {
            which: Which::First,
            name: spot::CATEGORY,
            labels: Rc::new(categories.to_vec()),
        },
        Choice {
            which: Which::Second,
            name: spot::GROUND,
            labels: Rc::new(grounds.to_vec()),
        },
    ];
    el("fieldset")
        .class("ask ask-hazard")
        .attr("data-ask", "hazard")
        .child(el("legend").attr("lang", "zh-CN").text(&asking.asked.stem))
        .child(el("p").class("quiet hint").text(&rule))
        .child(picture_of(asking, scene, &marks, regions))
        .child(marks.status())
        .child(by_list(asking, &marks, regions))
        .child(marks.list(&choices))
}

/// The scene with a ring around each object marked.
fn picture_of(asking: &Asking, scene: &str, marks: &Marks, regions: &[Label]) -> Html {
    let lang = asking.lang;
    let places = picture::places(scene);
    let ringed = marks.clone();
    let rings = dynamic(move || {
        let ring = |(row, mark): (usize, &Spot)| {
            let place = places.get(mark.at.as_str()).copied();
            place.map(|place| gesture::ring(place, "mark", &(row + 1).to_string()))
        };
        ringed.read(|spots| none().all(spots.iter().enumerate().filter_map(ring)))
    });
    let words = Words {
        picture: spot::PICTURE.get(lang),
        nearer: spot::NEARER.get(lang),
        farther: spot::FARTHER.get(lang),
        whole: spot::WHOLE.get(lang),
    };
    let (marks, known, locked) = (marks.clone(), regions.to_vec(), asking.locked);
    gesture::frame(scene, rings, words, move |tapped| {
        let region = tapped.and_then(|tapped| known.iter().find(|region| region.id.as_str() == tapped));
        match region.map(|region| (&region.id, marks.number_now(region.id.as_str()))) {
            Some((at, Some(number))) => marks.open(number, at.as_str()),
            Some((at, None)) => marks.mark(at),
            None if locked.get_untracked() => {}
            None => marks.said.set(spot::NOTHING_HERE.get(lang).to_owned()),
        }
    })
}

/// All objects to tick, under their neutral names and in the order given.
fn by_list(asking: &Asking, marks: &Marks, regions: &[Label]) -> Html {
    let (lang, locked) = (asking.lang, asking.locked);
    let row = |region: &Label| {
        let (toggled, shown, at) = (marks.clone(), marks.clone(), region.id.clone());
        let id = region.id.clone();
        let tick = el("input")
            .attr("type", "checkbox")
            .attr("data-region", region.id.as_str())
            .attr_of("disabled", move || locked.get().then(String::new))
            .on("change", move |_| match toggled.number_now(at.as_str()) {
                Some(_) => toggled.unmark(at.as_str()),
                None => toggled.mark(&at),
            });
        let tick = gesture::ticked_of(tick, move || shown.number(id.as_str()).is_some());
        let label = el("label")
            .class("tick")
            .child(tick)
            .child(el("span").attr("lang", "zh-CN").text(&region.text));
        el("li").child(label)
    };
    el("details")
        .class("by-list")
        .child(el("summary").text(spot::BY_LIST.get(lang)))
        .child(el("p").class("quiet").text(spot::BY_LIST_HINT.get(lang)))
        .child(el("ul").all(regions.iter().map(row)))
}
