//! Proofreading of documents (执法文书纠错): the document with what was found, missed and marked in vain, and then, fault by
//! fault, what should stand there and why.

use super::Telling;
use super::hazard::{Said, Verdict, choice, entry, fact, mark_at, marks, section, summary};
use crate::html::{Html, el, none};
use crate::text::{self, Lang, spot};
use crate::ui::basis::basis;
use domain::ids::OptionId;
use domain::kinds::proofreading::{Fault, Passage, Proofreading, WEIGHTS};
use domain::kinds::spotting::Spot;

/// A passage, and how it turned out if there is something to say of it.
#[derive(Clone, Copy)]
struct Read<'a> {
    passage: &'a Passage,
    mark: Option<&'a Spot>,
    /// With its number, from 1, in the order of the document.
    verdict: Option<(Verdict, usize)>,
}

/// What was answered beside the key.
pub(super) fn proofreading(telling: &Telling, document: &Proofreading) -> Html {
    let lang = telling.lang;
    let marks = marks(&telling.response);
    let found = document.found(marks);
    let counts = spot::PROOF_COUNTS.with(
        lang,
        &[&found.found, &found.missed, &found.false_marks, &found.first_right],
    );
    let read = read(document.passages(), marks);
    let lines = read.chunk_by(|_, next| !next.passage.para);
    let paper = el("div")
        .class("document")
        .attr("lang", "zh-CN")
        .child(el("p").class("document-title").text(document.document()))
        .all(lines.map(|line| el("p").all(line.iter().map(|read| read.passage(lang)))));
    let faults = read.iter().filter_map(|read| read.fault(telling, document));
    let vain = read.iter().filter_map(|read| read.in_vain(lang));
    el("div")
        .class("told told-proofreading")
        .attr("data-told", "proofreading")
        .child(summary(&counts, WEIGHTS, found, lang))
        .child(paper)
        .child(section(spot::FAULTS, faults.collect(), lang))
        .child(section(spot::IN_VAIN, vain.collect(), lang))
}

fn read<'a>(passages: &'a [Passage], marks: &'a [Spot]) -> Vec<Read<'a>> {
    let mut numbers = 1..;
    let read = |passage: &'a Passage| {
        let mark = mark_at(marks, &passage.id);
        let verdict = Verdict::of(passage.fault.is_some(), mark.is_some());
        Read {
            passage,
            mark,
            verdict: verdict.and_then(|verdict| Some((verdict, numbers.next()?))),
        }
    };
    passages.iter().map(read).collect()
}

/// What a kind of fault is called.
fn reason<'a>(document: &'a Proofreading, id: &OptionId) -> &'a str {
    let label = document.reasons().iter().find(|label| label.id == *id);
    label.map_or("", |label| &label.text)
}

impl Read<'_> {
    /// The passage as it stands in the document.
    fn passage(&self, lang: Lang) -> Html {
        let field = self.passage.field.as_ref().map(|field| {
            let field = format!("{field}{}", text::COLON.get(Lang::Zh));
            el("span").class("document-field").text(&field)
        });
        let text = el("span").class("passage").text(&self.passage.text);
        let passage = match self.verdict {
            None => text,
            Some((verdict, number)) => {
                let sign = el("b").class("verdict-sign").text(&verdict.sign(number));
                let word = el("small").attr("lang", lang.code()).text(verdict.word().get(lang));
                text.attr("data-verdict", verdict.name()).child(sign).child(word)
            }
        };
        none().maybe(field).child(passage).text(" ")
    }

    /// What was wrong with it.
    fn fault(&self, telling: &Telling, document: &Proofreading) -> Option<Html> {
        let lang = telling.lang;
        let (verdict, number) = self.verdict?;
        let Fault {
            reason: right,
            correct,
            why,
            basis: rests_on,
        } = self.passage.fault.as_ref()?;
        let chosen = Said::of(self.mark, |mark| mark.first.as_ref(), |id| reason(document, id));
        let zh = |tag: &str, words: &str| el(tag).attr("lang", "zh-CN").text(words);
        let rests_on = basis(rests_on, &telling.regulations, &telling.base, lang);
        let facts = el("dl")
            .class("verdict-facts")
            .child(fact(spot::STOOD, zh("del", &self.passage.text), lang))
            .child(fact(spot::SHOULD_SAY, zh("ins", correct), lang))
            .child(fact(spot::WHY, zh("span", why), lang))
            .child(choice(spot::REASON, reason(document, right), chosen, lang))
            .child(fact(text::BASIS, rests_on, lang));
        let name = self.passage.field.as_deref().unwrap_or_default();
        Some(entry(verdict, number, name, facts, lang))
    }

    /// That it was in order, yet marked.
    fn in_vain(&self, lang: Lang) -> Option<Html> {
        let (verdict, number) = self.verdict.filter(|(verdict, _)| *verdict == Verdict::False)?;
        let said = el("p").text(spot::NO_FAULT_HERE.get(lang));
        Some(entry(verdict, number, &self.passage.text, said, lang))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::citation::Basis;

    fn id(text: &str) -> OptionId {
        text.parse().unwrap()
    }

    #[test]
    fn numbers_follow_the_document() {
        let passage = |(at, faulty): (&str, bool)| Passage {
            id: id(at),
            text: at.to_owned(),
            field: None,
            para: false,
            fault: faulty.then(|| Fault {
                reason: id("r"),
                correct: "better".into(),
                why: "because".into(),
                basis: Basis::Practice("habit".into()),
            }),
        };
        let passages = [("a", false), ("b", true), ("c", false), ("d", true), ("e", false)].map(passage);
        let marked = ["e", "d"].map(|at| Spot {
            at: id(at),
            first: None,
            second: None,
        });
        let shown: Vec<String> = read(&passages, &marked)
            .iter()
            .filter_map(|read| Some((read, read.verdict?)))
            .map(|(read, (verdict, number))| format!("{} {}", read.passage.id, verdict.sign(number)))
            .collect();
        assert_eq!(shown, ["b !1", "d ✓2", "e ×3"]);
    }
}
