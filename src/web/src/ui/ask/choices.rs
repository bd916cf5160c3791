//! Choices and judgements that may be changed until they are handed in; and the frame that the plain kinds stand in.

use super::Asking;
use crate::field;
use crate::html::{Html, el, none};
use crate::text::{self, Text, choose};
use domain::ids::OptionId;
use domain::item::Response;
use domain::kinds::spotting::Label;
use leptos::prelude::*;
use wire::item::kind_name;

/// What options are called, in the order shown.
const LETTERS: [&str; 8] = ["A", "B", "C", "D", "E", "F", "G", "H"];

/// An exercise with `stem` as its legend and a hint at what is to be done.
pub(super) fn frame(asking: &Asking, stem: Html, hint: &str) -> Html {
    let kind = kind_name(asking.asked.kind());
    let id = format!("{}-hint", asking.asked.id);
    el("fieldset")
        .class(&format!("ask ask-{kind}"))
        .attr("data-ask", kind)
        .attr("aria-describedby", &id)
        .child(el("legend").attr("lang", "zh-CN").child(stem))
        .child(el("p").class("quiet hint").attr("id", &id).text(hint))
}

/// The stem as it stands.
pub(super) fn stem(asking: &Asking) -> Html {
    crate::html::text(&asking.asked.stem)
}

/// The empty attribute that a field has while the exercise is locked, such as `disabled`.
pub(super) fn when_locked(asking: &Asking) -> impl Fn() -> Option<String> + Copy + use<> {
    let locked = asking.locked;
    move || locked.get().then(String::new)
}

/// The ids chosen once `id` is chosen or taken back: in the order of choosing, without any that is not among `options`.
fn toggled(options: &[Label], chosen: &[OptionId], id: &OptionId, on: bool) -> Vec<OptionId> {
    let known = |id: &OptionId| options.iter().any(|option| option.id == *id);
    let others = chosen.iter().filter(|other| *other != id && known(other));
    others.chain(on.then_some(id)).cloned().collect()
}

/// The options.
pub(super) fn choices(asking: &Asking, options: &[Label], many: bool) -> Html {
    let hint = if many { choose::HINT_MANY } else { choose::HINT_ONE };
    let row = |(place, option): (usize, &Label)| {
        let letter = el("b")
            .class("letter")
            .text(LETTERS.get(place).copied().unwrap_or_default());
        let label = none()
            .child(letter)
            .child(el("span").attr("lang", "zh-CN").text(&option.text));
        let (mine, id) = (option.id.clone(), option.id.clone());
        let on = move |response: &Response| matches!(response, Response::Options(ids) if ids.contains(&mine));
        let (all, response) = (options.to_vec(), asking.response);
        let answer = move |ticked: bool| match (many, response.get_untracked()) {
            (true, Response::Options(ids)) => Response::Options(toggled(&all, &ids, &id, ticked)),
            _ => Response::Options(vec![id.clone()]),
        };
        let kind = if many { "checkbox" } else { "radio" };
        choice(asking, place, kind, option.id.as_str(), label, on, answer)
    };
    let rows = el("div").class("choices").all(options.iter().enumerate().map(row));
    let back = (!many).then(|| clear(asking, Response::Options(Vec::new())));
    frame(asking, stem(asking), hint.get(asking.lang))
        .child(rows)
        .maybe(back)
}

/// Right or wrong.
pub(super) fn truth(asking: &Asking) -> Html {
    let row = |place: usize, value: bool, word: Text| {
        let label = el("span").text(word.get(asking.lang));
        let option = if value { "true" } else { "false" };
        let on = move |response: &Response| *response == Response::Truth(Some(value));
        let answer = move |_: bool| Response::Truth(Some(value));
        choice(asking, place, "radio", option, label, on, answer)
    };
    let rows = el("div").class("choices choices-two");
    let rows = rows.child(row(0, true, text::TRUE)).child(row(1, false, text::FALSE));
    frame(asking, stem(asking), choose::HINT_TRUTH.get(asking.lang))
        .child(rows)
        .child(clear(asking, Response::Truth(None)))
}

fn input_id(asking: &Asking, place: usize) -> String {
    format!("{}-choice-{place}", asking.asked.id)
}

/// One row: `on` says whether the response has it, `answer` what the response becomes when it is ticked or not.
fn choice(
    asking: &Asking,
    place: usize,
    kind: &str,
    option: &str,
    label: Html,
    on: impl Fn(&Response) -> bool + Send + Sync + 'static,
    answer: impl Fn(bool) -> Response + 'static,
) -> Html {
    let response = asking.response;
    let on = Memo::new(move |_| response.with(&on));
    let change = asking.clone();
    let input = el("input")
        .attr("type", kind)
        .attr("id", &input_id(asking, place))
        .attr("name", &format!("{}-choice", asking.asked.id))
        .attr("data-choice", &place.to_string())
        .attr("data-option", option)
        .prop_of("checked", move || on.get().into())
        .attr_of("disabled", when_locked(asking))
        .on("change", move |event| change.change(answer(field::ticked(event))));
    el("label")
        .class("choice")
        .attr_of("data-state", move || on.get().then(|| "pressed".to_owned()))
        .child(input)
        .child(label)
}

/// The button that takes an answered radio button back: those cannot be switched off by themselves.
fn clear(asking: &Asking, nothing: Response) -> Html {
    let (response, locked, change) = (asking.response, asking.locked, asking.clone());
    let first = input_id(asking, 0);
    let idle = move || locked.get() || response.with(Response::is_empty);
    el("button")
        .attr("type", "button")
        .class("small")
        .attr("data-ask-clear", "")
        .attr_of("hidden", move || idle().then(String::new))
        .on("click", move |_| {
            change.change(nothing.clone());
            // The button is about to go: the focus must not go with it.
            field::focus(&first);
        })
        .text(choose::CLEAR.get(asking.lang))
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
    fn options_are_kept_in_the_order_of_choosing() {
        let options: Vec<Label> = ids("abcd")
            .into_iter()
            .map(|id| Label {
                text: id.to_string(),
                id,
            })
            .collect();
        let toggle = |chosen: &str, id: &str, on| toggled(&options, &ids(chosen), &ids(id)[0], on);
        assert_eq!(toggle("", "c", true), ids("c"));
        assert_eq!(toggle("c", "a", true), ids("ca"));
        assert_eq!(toggle("cab", "a", false), ids("cb"));
        // Neither a second tick nor an option of another wording makes the answer invalid.
        assert_eq!(toggle("ca", "c", true), ids("ac"));
        assert_eq!(toggle("xc", "b", true), ids("cb"));
        assert_eq!(toggle("c", "b", false), ids("c"));
    }
}
