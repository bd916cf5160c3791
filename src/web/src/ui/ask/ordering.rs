//! Ordering (排序题): rows that are moved by buttons, by the keyboard, or by dragging.
//!
//! The rows are made once and moved as they are, so that pointer and focus stay on the one that moves. What a drag will
//! come to is shown while it lasts and answered when it ends.

use super::Asking;
use super::choices::{frame, stem, when_locked};
use crate::field;
use crate::html::{Event, Html, el};
use crate::text::{Text, choose};
use domain::ids::OptionId;
use domain::item::Response;
use domain::kinds::spotting::Label;
use leptos::prelude::*;

/// The order to show for `given`: places in `ids`, the list as it was shuffled. Steps that `given` lacks come last.
fn arranged(ids: &[OptionId], given: &[OptionId]) -> Vec<usize> {
    let mut order = Vec::with_capacity(ids.len());
    let known = given.iter().filter_map(|id| ids.iter().position(|own| own == id));
    for place in known.chain(0..ids.len()) {
        if !order.contains(&place) {
            order.push(place);
        }
    }
    order
}

/// `order` with `step` at the place `to`, the others in their order around it.
fn moved(order: &[usize], step: usize, to: usize) -> Vec<usize> {
    let mut others: Vec<usize> = order.iter().copied().filter(|other| *other != step).collect();
    others.insert(to.min(others.len()), step);
    others
}

/// Where an arrow key moves a step.
fn way(key: &field::Key, on_grip: bool) -> Option<isize> {
    let ours = !key.other && (key.alt || on_grip);
    match key.name.as_str() {
        "ArrowUp" if ours => Some(-1),
        "ArrowDown" if ours => Some(1),
        _ => None,
    }
}

/// The list that the handlers of all its rows share.
#[derive(Clone, Copy)]
struct Rows {
    asking: StoredValue<Asking, LocalStorage>,
    steps: StoredValue<Vec<Label>>,
    /// The order shown, in places of `steps`.
    order: Memo<Vec<usize>>,
    /// What the drag under way would come to, and the step dragged.
    drag: RwSignal<Option<(usize, Vec<usize>)>>,
    /// What was last said of a move.
    said: RwSignal<String>,
}

impl Rows {
    fn new(asking: &Asking, steps: &[Label]) -> Self {
        let ids: Vec<OptionId> = steps.iter().map(|step| step.id.clone()).collect();
        let (response, drag) = (asking.response, RwSignal::new(None));
        let order = Memo::new(move |_| {
            if let Some((_, order)) = drag.get() {
                return order;
            }
            response.with(|response| match response {
                Response::Order(given) => arranged(&ids, given),
                _ => arranged(&ids, &[]),
            })
        });
        Self {
            asking: StoredValue::new_local(asking.clone()),
            steps: StoredValue::new(steps.to_vec()),
            order,
            drag,
            said: RwSignal::new(String::new()),
        }
    }

    fn locked(self) -> bool {
        self.asking.with_value(|asking| asking.locked.get_untracked())
    }

    fn ids(self, order: &[usize]) -> Vec<OptionId> {
        let id = |steps: &Vec<Label>, place: &usize| steps.get(*place).map(|step| step.id.clone());
        self.steps
            .with_value(|steps| order.iter().filter_map(|place| id(steps, place)).collect())
    }

    /// Where a step stands, from 0.
    fn place(self, step: usize) -> usize {
        let find = |order: &Vec<usize>| order.iter().position(|other| *other == step);
        self.order.with(find).unwrap_or_default()
    }

    fn count(self) -> usize {
        self.steps.with_value(Vec::len)
    }

    /// Answers with `order`; empty takes the answer back.
    fn answer(self, order: &[usize]) {
        let asking = self.asking.get_value();
        asking.change(Response::Order(self.ids(order)));
    }

    /// Says where `step` stands.
    fn say(self, words: Text, step: usize, place: usize) {
        let name = self
            .steps
            .with_value(|steps| steps.get(step).map(|step| step.text.clone()).unwrap_or_default());
        let lang = self.asking.with_value(|asking| asking.lang);
        self.said.set(words.with(lang, &[&name, &(place + 1), &self.count()]));
    }

    /// Moves `step` up (below 0) or down by as many places.
    fn shift(self, step: usize, by: isize) {
        if self.locked() {
            return;
        }
        let place = untrack(|| self.place(step));
        match place.checked_add_signed(by).filter(|to| *to < self.count()) {
            Some(to) => {
                let order = self.order.with_untracked(|order| moved(order, step, to));
                self.answer(&order);
                self.say(choose::MOVED, step, to);
            }
            None if by < 0 => self.say(choose::AT_TOP, step, place),
            None => self.say(choose::AT_END, step, place),
        }
    }

    /// Ends a drag; true if it moved something.
    fn drop(self, keep: bool) -> bool {
        let Some((step, order)) = self.drag.get_untracked() else {
            return false;
        };
        let before = self.asking.with_value(|asking| asking.response.get_untracked());
        let standing = match before {
            Response::Order(given) => self.steps.with_value(|steps| {
                let ids: Vec<OptionId> = steps.iter().map(|step| step.id.clone()).collect();
                arranged(&ids, &given)
            }),
            _ => Vec::new(),
        };
        let changed = keep && !self.locked() && order != standing;
        if changed {
            // Before the drag ends, so that the rows do not go back for a moment.
            self.answer(&order);
        }
        self.drag.set(None);
        if changed {
            self.say(choose::MOVED, step, untrack(|| self.place(step)));
        }
        changed
    }
}

/// The exercise.
pub(super) fn ordering(asking: &Asking, steps: &[Label]) -> Html {
    let rows = Rows::new(asking, steps);
    let list_id = format!("{}-steps", asking.asked.id);
    let first = rows.order.get_untracked();
    let list = el("ol").class("steps").attr("id", &list_id).attr("lang", "zh-CN").all(
        first
            .iter()
            .filter_map(|place| Some(row(asking, rows, *place, steps.get(*place)?))),
    );
    // Talks to the outside: moves the rows that stand in the page.
    Effect::new(move |_| {
        let order = rows.order.get();
        let ids: Vec<String> = rows.ids(&order).iter().map(ToString::to_string).collect();
        field::arrange(&list_id, "data-step", &ids);
    });
    let said = el("p")
        .class("ask-said")
        .attr("role", "status")
        .attr("aria-live", "polite")
        .text_of(move || rows.said.get());
    frame(asking, stem(asking), choose::HINT_ORDER.get(asking.lang))
        .child(list)
        .child(said)
        .child(settle(asking, rows))
}

fn row(asking: &Asking, rows: Rows, step: usize, label: &Label) -> Html {
    let lang = asking.lang;
    let place = Memo::new(move |_| rows.place(step));
    let held = move || {
        rows.drag
            .with(|drag| drag.as_ref().is_some_and(|(held, _)| *held == step))
    };
    let button = |class: &str, name: Text, sign: &str| {
        el("button")
            .attr("type", "button")
            .class(class)
            .attr("lang", lang.code())
            .attr("aria-label", &name.with(lang, &[&label.text]))
            .attr_of("disabled", when_locked(asking))
            .child(el("span").attr("aria-hidden", "true").text(sign))
    };
    // At the ends the buttons stay where they are and keep the focus; they only say so.
    let end = rows.count().saturating_sub(1);
    let idle = move |at: usize| move || (place.get() == at).then(|| "true".to_owned());
    let up = button("move", choose::MOVE_UP, "↑")
        .attr("data-move", "up")
        .attr_of("aria-disabled", idle(0))
        .on("click", move |_| rows.shift(step, -1));
    let down = button("move", choose::MOVE_DOWN, "↓")
        .attr("data-move", "down")
        .attr_of("aria-disabled", idle(end))
        .on("click", move |_| rows.shift(step, 1));
    let words = el("span").class("words").text(&label.text);
    el("li")
        .attr("data-step", label.id.as_str())
        .attr_of("data-state", move || held().then(|| "held".to_owned()))
        .on("keydown", move |event| {
            let on_grip = field::attribute_around(event, "data-grip").is_some();
            let Some(key) = field::key(event) else { return };
            if let Some(by) = way(&key, on_grip) {
                event.prevent_default();
                rows.shift(step, by);
            } else if key.name == "Escape" {
                rows.drop(false);
            }
        })
        .child(
            el("div")
                .class("step")
                .child(grip(rows, step, button("grip", choose::GRIP, "⠿")))
                .child(words)
                .child(el("span").class("moves").child(up).child(down)),
        )
}

/// The handle of a row: dragged by a pointer, moved by arrow keys; pressed, it says where the row stands.
fn grip(rows: Rows, step: usize, button: Html) -> Html {
    // The press that ends a drag is none.
    let dragged = StoredValue::new(false);
    button
        .attr("data-grip", "")
        .on("pointerdown", move |event| {
            dragged.set_value(false);
            if !rows.locked() && field::grab(event) {
                rows.drag.set(Some((step, rows.order.get_untracked())));
            }
        })
        .on("pointermove", move |event| over(rows, step, event))
        .on("pointerup", move |_| dragged.set_value(rows.drop(true)))
        .on("pointercancel", move |_| {
            rows.drop(false);
        })
        .on("click", move |_| {
            if !dragged.get_value() {
                rows.say(choose::STANDS, step, untrack(|| rows.place(step)));
            }
            dragged.set_value(false);
        })
}

/// The pointer that holds `step` moved.
fn over(rows: Rows, step: usize, event: &Event) {
    let mine = rows
        .drag
        .with_untracked(|drag| drag.as_ref().is_some_and(|(held, _)| *held == step));
    if !mine {
        return;
    }
    field::scroll_at_edge(event);
    let Some(to) = field::place_under(event, "data-step") else {
        return;
    };
    let order = rows.order.with_untracked(|order| moved(order, step, to));
    if rows.order.with_untracked(|now| *now != order) {
        rows.drag.set(Some((step, order)));
    }
}

/// Whether the order is an answer yet, and the buttons that make it one or take it back.
fn settle(asking: &Asking, rows: Rows) -> Html {
    let (lang, response, locked) = (asking.lang, asking.response, asking.locked);
    let open = Memo::new(move |_| response.with(Response::is_empty));
    let settle_id = format!("{}-settle", asking.asked.id);
    let note = move || {
        let words = if open.get() {
            choose::ORDER_OPEN
        } else {
            choose::ORDER_GIVEN
        };
        words.get(lang).to_owned()
    };
    let yes = el("button")
        .attr("type", "button")
        .class("plain")
        .attr("id", &settle_id)
        .attr("data-settle", "")
        // Not hidden once pressed: the focus is on it.
        .attr_of("aria-disabled", move || (!open.get()).then(|| "true".to_owned()))
        .attr_of("disabled", when_locked(asking))
        .on("click", move |_| {
            if open.get_untracked() {
                rows.answer(&rows.order.get_untracked());
            }
        })
        .text(choose::SETTLE.get(lang));
    let back = el("button")
        .attr("type", "button")
        .class("small")
        .attr("data-ask-clear", "")
        .attr_of("hidden", move || (open.get() || locked.get()).then(String::new))
        .on("click", move |_| {
            rows.answer(&[]);
            rows.said.set(String::new());
            field::focus(&settle_id);
        })
        .text(choose::ORDER_CLEAR.get(lang));
    el("div")
        .class("settle")
        .attr_of("data-state", move || {
            Some(if open.get() { "open" } else { "given" }.to_owned())
        })
        .child(el("p").attr("role", "status").text_of(note))
        .child(yes)
        .child(back)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(letters: &str) -> Vec<OptionId> {
        letters
            .chars()
            .map(|letter| letter.to_string().parse().unwrap())
            .collect()
    }

    #[test]
    fn the_order_of_the_response_is_shown_and_nothing_gets_lost() {
        let own = ids("abcd");
        assert_eq!(arranged(&own, &[]), [0, 1, 2, 3]);
        assert_eq!(arranged(&own, &ids("dbca")), [3, 1, 2, 0]);
        // Half an answer, one of another wording, one that repeats itself.
        assert_eq!(arranged(&own, &ids("ca")), [2, 0, 1, 3]);
        assert_eq!(arranged(&own, &ids("xdcba")), [3, 2, 1, 0]);
        assert_eq!(arranged(&own, &ids("bbab")), [1, 0, 2, 3]);
    }

    #[test]
    fn a_step_goes_where_it_is_put() {
        let order = [2, 0, 1, 3];
        assert_eq!(moved(&order, 2, 0), order);
        assert_eq!(moved(&order, 2, 1), [0, 2, 1, 3]);
        assert_eq!(moved(&order, 2, 3), [0, 1, 3, 2]);
        assert_eq!(moved(&order, 3, 0), [3, 2, 0, 1]);
        assert_eq!(moved(&order, 3, 99), order);
    }

    #[test]
    fn arrows_move_with_alt_or_on_the_handle() {
        let key = |name: &str, alt, other| field::Key {
            name: name.to_owned(),
            alt,
            other,
        };
        assert_eq!(way(&key("ArrowUp", true, false), false), Some(-1));
        assert_eq!(way(&key("ArrowDown", false, false), true), Some(1));
        assert_eq!(way(&key("ArrowDown", false, false), false), None);
        assert_eq!(way(&key("ArrowUp", true, true), true), None);
        assert_eq!(way(&key("Enter", true, false), true), None);
    }
}
