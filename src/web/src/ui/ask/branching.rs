//! Branching cases (模拟执法): one situation at a time, and no way back.

use super::Asking;
use crate::html::{Html, el, none};
use crate::text::{Lang, case};
use crate::{field, gesture};
use domain::asked::AskedCase;
use domain::ids::OptionId;
use domain::item::Response;
use leptos::prelude::*;

/// What the page shows of a case once a path has been walked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Now {
    /// The situation's id.
    id: String,
    /// The situation.
    text: String,
    /// What can be done: id and text; nothing once the case is over.
    choices: Vec<(OptionId, String)>,
    /// The evidence held, in the order of gathering.
    held: Vec<String>,
    /// What of it the last choice gathered.
    gained: Vec<String>,
    /// The choices made, as far as they were offered.
    path: Vec<OptionId>,
    /// The situations left behind, each with what was done there.
    walked: Vec<(String, String)>,
}

fn path(response: &Response) -> &[OptionId] {
    match response {
        Response::Path(path) => path,
        _ => &[],
    }
}

/// Where `path` has led.
fn now(case: &AskedCase, path: &[OptionId]) -> Now {
    let mut now = Now::default();
    // The place before each choice, then the place after the last one.
    for made in 0..=path.len() {
        let Some(reached) = case.reached(&path[..made]) else {
            break;
        };
        let held: Vec<String> = reached.evidence.iter().map(|label| label.text.clone()).collect();
        now.gained = held.iter().filter(|text| !now.held.contains(text)).cloned().collect();
        now.held = held;
        now.id = reached.situation.id.to_string();
        now.text.clone_from(&reached.situation.text);
        let choices = reached.choices.iter();
        now.choices = choices.map(|choice| (choice.id.clone(), choice.text.clone())).collect();
        // A choice that is not offered leads nowhere: the path ends before it.
        let next = path
            .get(made)
            .and_then(|id| now.choices.iter().find(|(of, _)| of == id));
        let Some((id, text)) = next else { break };
        now.walked.push((now.text.clone(), text.clone()));
        now.path.push(id.clone());
    }
    now
}

/// The exercise.
pub(super) fn branching(asking: &Asking, case: &AskedCase) -> Html {
    let (asked, lang, response) = (&asking.asked, asking.lang, asking.response);
    let now = {
        let case = case.clone();
        Memo::new(move |_| response.with(|response| now(&case, path(response))))
    };
    el("fieldset")
        .class("ask ask-branching")
        .attr("data-ask", "branching")
        .child(el("legend").attr("lang", "zh-CN").text(&asked.stem))
        .child(el("p").class("hint case-warning").text(case::NO_WAY_BACK.get(lang)))
        .child(situation(asking, now))
        .child(evidence(lang, now))
        .child(el("div").class("choices case-choices").dynamic(choices(asking, now)))
        .child(walked(lang, now))
}

/// The heading that takes the focus after a choice.
fn heading_id(asking: &Asking) -> String {
    format!("{}-now", asking.asked.id)
}

/// The situation. Its heading stays the same element, so that the focus finds it whenever the new text comes.
fn situation(asking: &Asking, now: Memo<Now>) -> Html {
    let (lang, id) = (asking.lang, heading_id(asking));
    let text_id = format!("{id}-text");
    let title = move || {
        now.with(|now| match now.choices.len() {
            0 => case::ENDING.get(lang).to_owned(),
            _ => case::STEP.with(lang, &[&(now.path.len() + 1)]),
        })
    };
    let heading = el("h2")
        .attr("id", &id)
        .attr("tabindex", "-1")
        // Whoever hears that the focus has come here hears the situation too.
        .attr("aria-describedby", &text_id)
        .text_of(title);
    let words = el("p")
        .attr("id", &text_id)
        .attr("lang", "zh-CN")
        .text_of(move || now.with(|now| now.text.clone()));
    el("div")
        .class("case-now")
        .attr_of("data-situation", move || Some(now.with(|now| now.id.clone())))
        .child(heading)
        .child(words)
}

/// What is held, and what the last choice added to it.
fn evidence(lang: Lang, now: Memo<Now>) -> Html {
    let held = Memo::new(move |_| now.with(|now| now.held.clone()));
    let gained = Memo::new(move |_| now.with(|now| now.gained.join("；")));
    let news = move || match gained.get() {
        none if none.is_empty() => String::new(),
        some => case::GAINED.with(lang, &[&some]),
    };
    let list = move || {
        held.with(|held| {
            if held.is_empty() {
                return el("p").class("quiet").text(case::HELD_NONE.get(lang));
            }
            let entries = held.iter().map(|text| el("li").text(text));
            el("ul").attr("lang", "zh-CN").all(entries)
        })
    };
    el("div")
        .class("case-held")
        .child(el("h3").text_of(move || case::HELD.with(lang, &[&held.with(Vec::len)])))
        .dynamic(list)
        .child(el("p").class("case-news").attr("aria-live", "polite").text_of(news))
}

/// What can be done here, or that there is nothing left to do.
fn choices(asking: &Asking, now: Memo<Now>) -> impl Fn() -> Html + 'static {
    let asking = asking.clone();
    let heading = heading_id(&asking);
    // The focus follows the person's own choice, not a path that was there before.
    let moving = StoredValue::new(false);
    move || {
        if moving.get_value() {
            moving.set_value(false);
            gesture::focus(heading.clone());
        }
        let Now { choices, path, .. } = now.get();
        if choices.is_empty() {
            return el("p")
                .class("case-over")
                .attr("data-test", "case-over")
                .text(case::CASE_OVER.get(asking.lang));
        }
        let button = |(id, text): (OptionId, String)| {
            let locked = asking.locked;
            let after: Vec<OptionId> = path.iter().cloned().chain([id.clone()]).collect();
            let asking = asking.clone();
            el("button")
                .attr("type", "button")
                .class("choice")
                .attr("data-choice", id.as_str())
                .attr_of("disabled", move || locked.get().then(String::new))
                .on("click", move |event| {
                    // The second half of a double click would fall on what the next situation offers.
                    if !field::again(event) {
                        moving.set_value(true);
                        asking.change(Response::Path(after.clone()));
                    }
                })
                .child(el("span").attr("lang", "zh-CN").text(&text))
        };
        none()
            .child(el("h3").text(case::CHOOSE.get(asking.lang)))
            .all(choices.into_iter().map(button))
    }
}

/// The path so far, folded away.
fn walked(lang: Lang, now: Memo<Now>) -> Html {
    let none_yet = move || now.with(|now| now.walked.is_empty());
    let steps = move || {
        let step = |(situation, choice): &(String, String)| {
            let took = el("span").class("quiet").text(case::TOOK.get(lang));
            el("li")
                .child(el("p").class("quiet").attr("lang", "zh-CN").text(situation))
                .child(el("p").child(took).child(el("span").attr("lang", "zh-CN").text(choice)))
        };
        now.with(|now| none().all(now.walked.iter().map(step)))
    };
    el("details")
        .class("case-walked")
        .attr_of("hidden", move || none_yet().then(String::new))
        .child(el("summary").text_of(move || case::WALKED.with(lang, &[&now.with(|now| now.walked.len())])))
        .child(el("ol").dynamic(steps))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::asked::{AskedChoice, AskedSituation};
    use domain::kinds::spotting::Label;

    fn id(text: &str) -> OptionId {
        text.parse().unwrap()
    }

    fn ids(words: &str) -> Vec<OptionId> {
        words.split_whitespace().map(id).collect()
    }

    /// `gate: photo>office +e1` is a situation and a choice that leads on, gathers e1 and would need what stands after `?`.
    fn case() -> AskedCase {
        let choice = |words: &str| {
            let (name, to) = words.split_whitespace().next().unwrap().split_once('>').unwrap();
            let after = |sign: char| {
                let words = words.split_whitespace();
                words.filter_map(|word| word.strip_prefix(sign)).map(id).collect()
            };
            AskedChoice {
                id: id(name),
                text: format!("do {name}"),
                to: id(to),
                gain: after('+'),
                needs: after('?'),
            }
        };
        let situation = |line: &str| {
            let mut cells = line.split('|').map(str::trim);
            let name = cells.next().unwrap();
            AskedSituation {
                id: id(name),
                text: format!("at {name}"),
                choices: cells.map(choice).collect(),
            }
        };
        let label = |name: &str| Label {
            id: id(name),
            text: format!("paper {name}"),
        };
        let lines = "gate | photo>office +e1 | enter>office
            office | ask>end +e1 +e2 ?e1 | leave>end
            end";
        AskedCase {
            start: id("gate"),
            situations: lines.lines().map(str::trim).map(situation).collect(),
            evidence: vec![label("e1"), label("e2")],
        }
    }

    #[test]
    fn the_page_follows_the_path() {
        let shown = |words: &str| {
            let now = now(&case(), &ids(words));
            let choices: Vec<&str> = now.choices.iter().map(|(id, _)| id.as_str()).collect();
            let path: Vec<&str> = now.path.iter().map(OptionId::as_str).collect();
            assert_eq!(now.walked.len(), path.len());
            assert_eq!(now.text, format!("at {}", now.id));
            [
                now.id,
                choices.join(" "),
                now.held.join(","),
                now.gained.join(","),
                path.join(" "),
            ]
            .join(" / ")
        };
        assert_eq!(shown(""), "gate / photo enter /  /  / ");
        assert_eq!(shown("photo"), "office / ask leave / paper e1 / paper e1 / photo");
        assert_eq!(shown("photo ask"), "end /  / paper e1,paper e2 / paper e2 / photo ask");
        assert_eq!(shown("photo leave"), "end /  / paper e1 /  / photo leave");
        // Without the photograph the question is not open, and nothing is gained.
        assert_eq!(shown("enter"), "office / leave /  /  / enter");
        assert_eq!(shown("enter ask"), "office / leave /  /  / enter");
        assert_eq!(shown("nothing ask"), "gate / photo enter /  /  / ");
        assert_eq!(
            shown("photo ask ask"),
            "end /  / paper e1,paper e2 / paper e2 / photo ask"
        );
    }

    #[test]
    fn the_path_says_what_was_done_where() {
        let walked = now(&case(), &ids("photo leave")).walked;
        let pair = |at: &str, done: &str| (at.to_owned(), done.to_owned());
        assert_eq!(walked, [pair("at gate", "do photo"), pair("at office", "do leave")]);
        // A response of another kind is taken for an empty path.
        assert!(path(&Response::Truth(None)).is_empty());
    }
}
