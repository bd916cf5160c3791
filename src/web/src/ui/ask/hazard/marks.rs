//! Marks with labels: how they change, and the list of them below a scene or a document.

use super::super::Asking;
use crate::gesture;
use crate::html::{Html, dynamic, el, none};
use crate::text::{Text, spot};
use domain::ids::OptionId;
use domain::item::Response;
use domain::kinds::spotting::{Label, Spot};
use leptos::prelude::*;
use std::rc::Rc;

/// From this many characters on, a chosen label is written out below its list, which cuts it off on a phone.
const LONG: usize = 14;

/// One of the two things that are said of a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ui::ask) enum Which {
    /// The category of a hazard, the reason of a fault.
    First,
    /// The ground of a hazard.
    Second,
}

/// A list to choose from, for every mark.
#[derive(Clone)]
pub(in crate::ui::ask) struct Choice {
    /// What is chosen with it.
    pub(in crate::ui::ask) which: Which,
    /// What it is called.
    pub(in crate::ui::ask) name: Text,
    /// What can be chosen.
    pub(in crate::ui::ask) labels: Rc<Vec<Label>>,
}

/// The exercise's marks and what is needed to change them.
#[derive(Clone)]
pub(in crate::ui::ask) struct Marks {
    asking: Asking,
    /// All places that can be marked, with their names.
    places: Rc<Vec<Label>>,
    /// Whether the marks stand in the order of the places, and not in that of marking.
    sorted: bool,
    /// What was done last, for the line that is read aloud.
    pub(in crate::ui::ask) said: RwSignal<String>,
}

/// The place of the mark at `at`.
fn index(marks: &[Spot], at: &str) -> Option<usize> {
    marks.iter().position(|mark| mark.at.as_str() == at)
}

/// The marks with another one at `at`; in the order of `places` if `sorted`.
fn with(mut marks: Vec<Spot>, at: &OptionId, places: &[Label], sorted: bool) -> Vec<Spot> {
    if index(&marks, at.as_str()).is_none() {
        marks.push(Spot {
            at: at.clone(),
            first: None,
            second: None,
        });
    }
    if sorted {
        marks.sort_by_key(|mark| places.iter().position(|place| place.id == mark.at));
    }
    marks
}

/// The marks with `id` said of the one at `row`.
fn labelled(mut marks: Vec<Spot>, row: usize, which: Which, id: Option<OptionId>) -> Vec<Spot> {
    if let Some(mark) = marks.get_mut(row) {
        match which {
            Which::First => mark.first = id,
            Which::Second => mark.second = id,
        }
    }
    marks
}

/// What is said of a mark.
fn label_of(mark: &Spot, which: Which) -> Option<&OptionId> {
    match which {
        Which::First => mark.first.as_ref(),
        Which::Second => mark.second.as_ref(),
    }
}

/// The row that has the focus after `removed` went and `left` are there; none where none is left.
fn neighbour(removed: usize, left: usize) -> Option<usize> {
    left.checked_sub(1).map(|last| removed.min(last))
}

impl Marks {
    /// The marks of an exercise whose `places` can be marked.
    pub(in crate::ui::ask) fn new(asking: &Asking, places: Vec<Label>, sorted: bool) -> Self {
        Self {
            asking: asking.clone(),
            places: Rc::new(places),
            sorted,
            said: RwSignal::new(String::new()),
        }
    }

    /// Reads the marks as they stand, and again when they change.
    pub(in crate::ui::ask) fn read<T>(&self, read: impl FnOnce(&[Spot]) -> T) -> T {
        self.asking.response.with(|response| match response {
            Response::Marks(marks) => read(marks),
            _ => read(&[]),
        })
    }

    fn now(&self) -> Vec<Spot> {
        self.asking.response.with_untracked(|response| match response {
            Response::Marks(marks) => marks.clone(),
            _ => Vec::new(),
        })
    }

    /// The number on the page, from 1, of the mark at `at`; follows the marks.
    pub(in crate::ui::ask) fn number(&self, at: &str) -> Option<usize> {
        self.read(|marks| index(marks, at)).map(|row| row + 1)
    }

    /// The same, once.
    pub(in crate::ui::ask) fn number_now(&self, at: &str) -> Option<usize> {
        index(&self.now(), at).map(|row| row + 1)
    }

    /// What the place `at` is called.
    pub(in crate::ui::ask) fn name(&self, at: &str) -> &str {
        let place = self.places.iter().find(|place| place.id.as_str() == at);
        place.map_or("", |place| &place.text)
    }

    /// Marks `at` and says so.
    pub(in crate::ui::ask) fn mark(&self, at: &OptionId) {
        if self.asking.locked.get_untracked() {
            return;
        }
        let marks = with(self.now(), at, &self.places, self.sorted);
        let number = index(&marks, at.as_str()).map_or(0, |row| row + 1);
        self.asking.change(Response::Marks(marks));
        self.say(spot::SAID_MARKED, number, at.as_str());
    }

    /// Takes the mark at `at` away.
    pub(in crate::ui::ask) fn unmark(&self, at: &str) {
        if self.asking.locked.get_untracked() {
            return;
        }
        let mut marks = self.now();
        marks.retain(|mark| mark.at.as_str() != at);
        let left = marks.len();
        self.asking.change(Response::Marks(marks));
        let words = spot::SAID_UNMARKED.with(self.asking.lang, &[&self.name(at), &left]);
        self.said.set(words);
    }

    /// Takes the focus to the row of the mark with this number.
    pub(in crate::ui::ask) fn open(&self, number: usize, at: &str) {
        self.say(spot::SAID_AT_ROW, number, at);
        gesture::focus(self.id("mark", number - 1));
    }

    fn say(&self, words: Text, number: usize, at: &str) {
        self.said.set(words.with(self.asking.lang, &[&number, &self.name(at)]));
    }

    /// An id of the page, which only this exercise has.
    fn id(&self, what: &str, row: usize) -> String {
        format!("{}-{what}-{row}", self.asking.asked.id)
    }

    /// The line that says quietly what was done last.
    pub(in crate::ui::ask) fn status(&self) -> Html {
        let said = self.said;
        el("p")
            .class("quiet mark-said")
            .attr("role", "status")
            .attr("aria-live", "polite")
            .text_of(move || said.get())
    }

    /// The list of the marks, each with its number, its name, the `choices` and a button that removes it.
    pub(in crate::ui::ask) fn list(&self, choices: &[Choice]) -> Html {
        let lang = self.asking.lang;
        let count = {
            let marks = self.clone();
            move || match marks.read(<[Spot]>::len) {
                0 => spot::MARKS_NONE.get(lang).to_owned(),
                count => spot::MARKS_N.with(lang, &[&count]),
            }
        };
        let rows = (0..self.places.len()).map(|row| self.slot(row, choices));
        none()
            .child(
                el("p")
                    .class("marks-count")
                    .attr("id", &self.id("marks", 0))
                    .attr("tabindex", "-1")
                    .text_of(count),
            )
            .child(el("ol").class("marks").all(rows))
    }

    /// The place of the list's `row`: it is filled as long as there are that many marks, and what stands in it follows the
    /// marks, so that no change takes a row away from under the person's fingers.
    fn slot(&self, row: usize, choices: &[Choice]) -> Html {
        let response = self.asking.response;
        let filled = Memo::new(move |_| {
            response.with(|response| matches!(response, Response::Marks(marks) if marks.len() > row))
        });
        let (marks, choices) = (self.clone(), choices.to_vec());
        dynamic(move || if filled.get() { marks.row(row, &choices) } else { none() })
    }

    fn row(&self, row: usize, choices: &[Choice]) -> Html {
        let Asking { lang, locked, .. } = self.asking;
        let at = {
            let marks = self.clone();
            move || marks.read(|spots| spots.get(row).map_or_else(String::new, |spot| spot.at.to_string()))
        };
        let name = {
            let (marks, at) = (self.clone(), at.clone());
            move || marks.name(&at()).to_owned()
        };
        let title = el("legend")
            .child(el("b").class("mark-number").text(&(row + 1).to_string()))
            .child(el("span").attr("lang", "zh-CN").text_of(name.clone()));
        let selects = choices.iter().enumerate().map(|(place, choice)| {
            // The first one is where a second tap on the place leads.
            let id = (place == 0).then(|| self.id("mark", row));
            self.select(row, choice, id)
        });
        let remove = {
            let marks = self.clone();
            move |_: &_| {
                let Some(at) = marks.now().get(row).map(|mark| mark.at.clone()) else {
                    return;
                };
                marks.unmark(at.as_str());
                let next = neighbour(row, marks.now().len());
                gesture::focus(next.map_or_else(|| marks.id("marks", 0), |next| marks.id("unmark", next)));
            }
        };
        let button = el("button")
            .attr("type", "button")
            .class("plain unmark")
            .attr("id", &self.id("unmark", row))
            .attr_of("aria-label", move || {
                Some(spot::UNMARK_OF.with(lang, &[&(row + 1), &name()]))
            })
            .attr_of("disabled", move || locked.get().then(String::new))
            .on("click", remove)
            .text(spot::UNMARK.get(lang));
        let body = el("fieldset")
            .class("mark")
            .child(title)
            .child(el("div").class("mark-choices").all(selects))
            .child(button);
        el("li").attr_of("data-mark", move || Some(at())).child(body)
    }

    /// One list to choose from in the row.
    fn select(&self, row: usize, choice: &Choice, id: Option<String>) -> Html {
        let Asking { lang, locked, .. } = self.asking;
        let which = choice.which;
        let value = {
            let marks = self.clone();
            move || {
                marks.read(|spots| {
                    let label = spots.get(row).and_then(|spot| label_of(spot, which));
                    label.map_or_else(String::new, ToString::to_string)
                })
            }
        };
        let change = {
            let marks = self.clone();
            move |event: &_| {
                let id = gesture::chosen(event).parse().ok();
                let now = labelled(marks.now(), row, which, id);
                marks.asking.change(Response::Marks(now));
            }
        };
        let options = choice.labels.iter().map(|label| {
            el("option")
                .attr("value", label.id.as_str())
                .attr("lang", "zh-CN")
                .text(&label.text)
        });
        let none_chosen = el("option").attr("value", "").text(spot::PLEASE_CHOOSE.get(lang));
        let mut select = el("select")
            .attr("data-which", if which == Which::First { "first" } else { "second" })
            .attr_of("disabled", move || locked.get().then(String::new))
            .child(none_chosen)
            .all(options)
            .on("change", change);
        if let Some(id) = id {
            select = select.attr("id", &id);
        }
        // After its options: a value that is none of them would be dropped.
        let select = gesture::choice_of(select, value.clone());
        let labels = Rc::clone(&choice.labels);
        let written = move || {
            let value = value();
            let label = labels.iter().find(|label| label.id.as_str() == value);
            let long = label.filter(|label| label.text.chars().count() > LONG);
            long.map_or_else(String::new, |label| label.text.clone())
        };
        let field = el("label")
            .class("mark-choice")
            .child(el("span").text(choice.name.get(lang)))
            .child(select);
        // The list itself says it to whoever hears the page.
        let written = el("p")
            .class("quiet")
            .attr("lang", "zh-CN")
            .attr("aria-hidden", "true")
            .text_of(written);
        el("div").child(field).child(written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> OptionId {
        text.parse().unwrap()
    }

    fn places() -> Vec<Label> {
        let label = |text: &str| Label {
            id: id(text),
            text: text.to_owned(),
        };
        ["a", "b", "c"].map(label).to_vec()
    }

    fn shown(marks: &[Spot]) -> String {
        let label = |id: &Option<OptionId>| id.as_ref().map_or("-", OptionId::as_str).to_owned();
        let mark = |mark: &Spot| format!("{}:{}:{}", mark.at, label(&mark.first), label(&mark.second));
        marks.iter().map(mark).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn marks_stand_in_the_order_of_marking_or_of_the_document() {
        let mark = |sorted| {
            ["c", "a", "c", "b"]
                .iter()
                .fold(Vec::new(), |marks, at| with(marks, &id(at), &places(), sorted))
        };
        assert_eq!(shown(&mark(false)), "c:-:- a:-:- b:-:-");
        assert_eq!(shown(&mark(true)), "a:-:- b:-:- c:-:-");
    }

    #[test]
    fn labels_belong_to_their_mark() {
        let marks = with(with(Vec::new(), &id("b"), &places(), false), &id("a"), &places(), false);
        let marks = labelled(marks, 1, Which::Second, Some(id("g")));
        let marks = labelled(marks, 0, Which::First, Some(id("c")));
        assert_eq!(shown(&marks), "b:c:- a:-:g");
        // A row that is gone by now.
        assert_eq!(labelled(marks.clone(), 7, Which::First, None), marks);
        let marks = labelled(marks, 0, Which::First, None);
        assert_eq!(label_of(&marks[0], Which::First), None);
        assert_eq!(label_of(&marks[1], Which::Second), Some(&id("g")));
    }

    #[test]
    fn the_focus_goes_to_the_row_that_moved_up() {
        assert_eq!(neighbour(1, 3), Some(1));
        assert_eq!(neighbour(3, 3), Some(2));
        assert_eq!(neighbour(0, 0), None);
    }
}
