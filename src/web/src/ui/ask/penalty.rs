//! Penalty decisions (适用法律与裁量): the facts as a case file, then a group of fields a part.

use super::Asking;
use crate::field;
use crate::html::{Html, el, none};
use crate::text::{Text, case};
use domain::asked::AskedPart;
use domain::ids::OptionId;
use domain::item::Response;
use domain::kinds::fill::MAX_TEXT;
use domain::kinds::penalty::PartAnswer;
use domain::kinds::spotting::Label;
use leptos::prelude::*;
use std::sync::Arc;

type Answers = Vec<(OptionId, PartAnswer)>;

/// The answers of a response; none of a response of another kind.
fn answers(response: &Response) -> &[(OptionId, PartAnswer)] {
    match response {
        Response::Parts(answers) => answers,
        _ => &[],
    }
}

fn answer<'a>(response: &'a Response, part: &OptionId) -> Option<&'a PartAnswer> {
    let mut answers = answers(response).iter();
    answers.find(|(of, _)| of == part).map(|(_, answer)| answer)
}

fn chosen<'a>(response: &'a Response, part: &OptionId) -> &'a [OptionId] {
    match answer(response, part) {
        Some(PartAnswer::Options(ids)) => ids,
        _ => &[],
    }
}

fn amount(response: &Response, part: &OptionId) -> String {
    match answer(response, part) {
        Some(PartAnswer::Text(text)) => text.clone(),
        _ => String::new(),
    }
}

/// The answers with this one to `part`: in the order of the parts, those that say nothing left out.
fn with(parts: &[OptionId], before: &Response, part: &OptionId, new: &PartAnswer) -> Answers {
    let known = |id: &OptionId| if id == part { Some(new) } else { answer(before, id) };
    let answered = parts.iter().filter_map(|id| Some((id, known(id)?)));
    answered
        .filter(|(_, answer)| !answer.is_empty())
        .map(|(id, answer)| (id.clone(), answer.clone()))
        .collect()
}

/// What is chosen once `option` was pressed: that alone, or, where several may be, with it added or taken away.
fn pressed(before: &[OptionId], option: &OptionId, many: bool) -> Vec<OptionId> {
    if !many {
        return vec![option.clone()];
    }
    let mut after: Vec<OptionId> = before.iter().filter(|id| *id != option).cloned().collect();
    if after.len() == before.len() {
        after.push(option.clone());
    }
    after
}

/// What the fields of all parts share.
#[derive(Clone)]
struct Fields {
    asking: Asking,
    parts: Arc<[OptionId]>,
}

impl Fields {
    fn change(&self, part: &OptionId, answer: &PartAnswer) {
        let after = self
            .asking
            .response
            .with_untracked(|before| with(&self.parts, before, part, answer));
        self.asking.change(Response::Parts(after));
    }

    fn say(&self, text: Text) -> &'static str {
        text.get(self.asking.lang)
    }
}

/// The exercise.
pub(super) fn penalty(asking: &Asking, parts: &[AskedPart]) -> Html {
    let (asked, lang, response) = (&asking.asked, asking.lang, asking.response);
    let count = parts.len();
    let fields = Fields {
        asking: asking.clone(),
        parts: parts.iter().map(|part| part.id.clone()).collect(),
    };
    let title = format!("{}-facts", asked.id);
    let file = el("span")
        .class("case-file")
        .child(
            el("span")
                .class("case-label")
                .attr("id", &title)
                .text(case::FACTS.get(lang)),
        )
        .child(el("span").class("case-facts").attr("lang", "zh-CN").text(&asked.stem));
    // Said only when another part was begun or emptied, not at every key.
    let done = Memo::new(move |_| {
        response.with(|response| {
            answers(response)
                .iter()
                .filter(|(_, answer)| !answer.is_empty())
                .count()
        })
    });
    el("fieldset")
        .class("ask ask-penalty")
        .attr("data-ask", "penalty")
        // The facts are long: the group is named by their title, the facts are read in their place.
        .attr("aria-labelledby", &title)
        .child(el("legend").child(file))
        .all((1..).zip(parts).map(|(number, one)| part(&fields, number, one)))
        .child(
            el("p")
                .class("quiet part-count")
                .attr("aria-live", "polite")
                .text_of(move || case::PARTS_DONE.with(lang, &[&done.get(), &count])),
        )
}

/// A part: its question and what it is answered with.
fn part(fields: &Fields, number: usize, part: &AskedPart) -> Html {
    let locked = fields.asking.locked;
    let (hint, body) = if part.options.is_empty() {
        (case::PART_AMOUNT, amount_field(fields, part))
    } else {
        let hint = if part.many { case::PART_MANY } else { case::PART_ONE };
        let options = part.options.iter().map(|one| option(fields, part, one));
        (hint, el("div").class("choices").all(options))
    };
    let question = none()
        .child(el("b").class("part-number").text(&number.to_string()))
        .child(el("span").class("part-ask").attr("lang", "zh-CN").text(&part.ask));
    el("fieldset")
        .class("part")
        .attr("data-part", part.id.as_str())
        .attr_of("data-locked", move || locked.get().then(String::new))
        .child(el("legend").child(question))
        .child(el("p").class("quiet hint").text(fields.say(hint)))
        .child(body)
}

fn option(fields: &Fields, part: &AskedPart, option: &Label) -> Html {
    let Asking { response, locked, .. } = fields.asking;
    let is_chosen = {
        let (part, option) = (part.id.clone(), option.id.clone());
        Memo::new(move |_| response.with(|response| chosen(response, &part).contains(&option)))
    };
    let press = {
        let (fields, part, option, many) = (fields.clone(), part.id.clone(), option.id.clone(), part.many);
        move |_: &crate::html::Event| {
            let after = response.with_untracked(|response| pressed(chosen(response, &part), &option, many));
            fields.change(&part, &PartAnswer::Options(after));
        }
    };
    let input = el("input")
        .attr("type", if part.many { "checkbox" } else { "radio" })
        .attr("name", &format!("{}-{}", fields.asking.asked.id, part.id))
        .attr("value", option.id.as_str())
        .attr("data-option", option.id.as_str())
        .prop_of("checked", move || is_chosen.get().into())
        .attr_of("disabled", move || locked.get().then(String::new))
        .on("change", press);
    el("label")
        .class("choice")
        .attr_of("data-state", move || is_chosen.get().then(|| "pressed".to_owned()))
        .child(input)
        .child(el("span").attr("lang", "zh-CN").text(&option.text))
}

fn amount_field(fields: &Fields, part: &AskedPart) -> Html {
    let Asking { response, locked, .. } = fields.asking;
    // What is being typed stands until the field is left, whatever comes back meanwhile: the caret stays where it is.
    let typed: RwSignal<Option<String>> = RwSignal::new(None);
    let shown = {
        let part = part.id.clone();
        move || {
            typed
                .get()
                .unwrap_or_else(|| response.with(|response| amount(response, &part)))
        }
    };
    let heard = {
        let (fields, part) = (fields.clone(), part.id.clone());
        move |event: &crate::html::Event| {
            let text = field::value(event);
            typed.set(Some(text.clone()));
            fields.change(&part, &PartAnswer::Text(text));
        }
    };
    let input = el("input")
        .attr("type", "text")
        .attr("name", &format!("{}-{}", fields.asking.asked.id, part.id))
        .attr("inputmode", "decimal")
        .attr("autocomplete", "off")
        .attr("maxlength", &MAX_TEXT.to_string())
        .prop_of("value", move || shown().into())
        .attr_of("readonly", move || locked.get().then(String::new))
        .on("input", heard)
        .on("blur", move |_| typed.set(None));
    let unit = (!part.unit.is_empty()).then(|| el("span").attr("lang", "zh-CN").text(&part.unit));
    el("label")
        .class("part-amount")
        .child(el("span").text(fields.say(case::AMOUNT)))
        .text(" ")
        .child(input)
        .text(" ")
        .maybe(unit)
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

    #[test]
    fn answers_stand_in_the_order_of_the_parts_and_empty_ones_not_at_all() {
        let parts = ids("who article amount");
        let options = |words: &str| PartAnswer::Options(ids(words));
        let mut response = Response::Parts(vec![]);
        for (part, answer) in [
            ("amount", PartAnswer::Text("15万".into())),
            ("who", options("a")),
            ("article", options("c b")),
            ("who", options("b")),
        ] {
            response = Response::Parts(with(&parts, &response, &id(part), &answer));
        }
        let all = [
            (id("who"), options("b")),
            (id("article"), options("c b")),
            (id("amount"), PartAnswer::Text("15万".into())),
        ];
        assert_eq!(answers(&response), all);
        assert_eq!(
            (chosen(&response, &id("article")), amount(&response, &id("amount"))),
            (&ids("c b")[..], "15万".to_owned())
        );
        assert!(chosen(&response, &id("amount")).is_empty() && amount(&response, &id("who")).is_empty());
        let emptied = with(&parts, &response, &id("amount"), &PartAnswer::Text(" ".into()));
        assert_eq!(emptied, all[..2]);
        let emptied = with(&parts, &Response::Parts(emptied), &id("who"), &options(""));
        assert_eq!(emptied, all[1..2]);
        // A response of another kind is taken for none.
        let fresh = with(&parts, &Response::Path(ids("x")), &id("who"), &options("a"));
        assert_eq!(fresh, [(id("who"), options("a"))]);
    }

    #[test]
    fn a_press_chooses_one_or_toggles_one_of_many() {
        assert_eq!(pressed(&ids("a"), &id("b"), false), ids("b"));
        assert_eq!(pressed(&ids("c a"), &id("b"), true), ids("c a b"));
        assert_eq!(pressed(&ids("c a b"), &id("a"), true), ids("c b"));
    }
}
