//! Proves figures: each amount, time, age, share or size in a right answer or an explanation stands in an article that the
//! item cites, or among the facts of its case, or the author says in `derived` what it comes from.
//!
//! A figure in a question is a fact of the case; in a statement to be judged right it is what the person is asked to
//! believe, and must be proven too.

mod scan;

pub use scan::{Figure, scan};

use crate::content::{BankItem, Content};
use crate::diagnostic::{Report, Rule};
use domain::citation::{Basis, Citation};
use domain::item::{Choices, ItemBody};
use domain::kinds::Exercise;
use domain::kinds::fill::{Blank, BlankAnswer};
use domain::kinds::hazard::RegionState;
use domain::kinds::number::Decimal;
use domain::kinds::penalty::PartBody;
use std::collections::BTreeSet;

/// What an item says that must be true, and what it takes for given.
#[derive(Default)]
struct Said {
    /// Figures of right answers and explanations.
    claims: BTreeSet<Figure>,
    /// Figures of the case.
    facts: BTreeSet<Figure>,
}

impl Said {
    fn claim(&mut self, text: &str) {
        self.claims.extend(scan(text));
    }

    fn fact(&mut self, text: &str) {
        self.facts.extend(scan(text));
    }

    /// The right options. Wrong ones may say anything.
    fn choices(&mut self, choices: &Choices) {
        for option in choices.options().iter().filter(|option| option.right) {
            self.claim(&option.text);
        }
    }

    fn answer(&mut self, answer: &BlankAnswer) {
        match answer {
            BlankAnswer::Text { accepted } => self.claim(&accepted[0]),
            BlankAnswer::Number { least, most, units, .. } => {
                let unit = units.first().map_or("", String::as_str);
                // 500元以下 is from 1 up: an open end, which no article says.
                let open = *least <= Decimal::from(1_u32);
                for number in [least, most].into_iter().skip(usize::from(open)) {
                    self.claim(&format!("{number}{unit}"));
                }
            }
        }
    }

    /// The key of a blank. What people write instead (`why`) proves nothing and needs no proof.
    fn blank(&mut self, blank: &Blank, stem: &str) {
        self.answer(&blank.answer);
        // The unit often stands in the sentence, behind the blank.
        let hole = format!("{{{}}}", blank.id);
        if let (BlankAnswer::Number { shown, .. }, Some((_, rest))) = (&blank.answer, stem.split_once(&hole)) {
            let first = scan(&format!("{shown}{rest}")).into_iter().next();
            self.claims.extend(first);
        }
    }

    fn exercise(&mut self, exercise: &Exercise, stem: &str) {
        match exercise {
            Exercise::Fill(fill) => fill.blanks().iter().for_each(|blank| self.blank(blank, stem)),
            Exercise::Ordering(ordering) => ordering.steps().iter().for_each(|step| self.claim(&step.text)),
            Exercise::Matching(matching) => {
                for prompt in matching.prompts() {
                    self.fact(&prompt.text);
                    self.claim(&prompt.why);
                    let right = matching.targets().iter().filter(|target| target.id == prompt.target);
                    right.for_each(|target| self.claim(&target.text));
                }
            }
            Exercise::Hazard(scene) => {
                for region in scene.regions() {
                    match &region.state {
                        RegionState::Hazard { finding, why, .. } => {
                            self.fact(finding);
                            self.claim(why);
                        }
                        RegionState::Fine(why) => self.claim(why),
                    }
                }
            }
            Exercise::Proofreading(document) => {
                for passage in document.passages() {
                    self.fact(&passage.text);
                    if let Some(fault) = &passage.fault {
                        self.claim(&fault.correct);
                        self.claim(&fault.why);
                    }
                }
            }
            Exercise::Penalty(penalty) => {
                for part in penalty.parts() {
                    self.fact(&part.ask);
                    match &part.body {
                        PartBody::Options { choices, .. } => self.choices(choices),
                        PartBody::Amount { answer, .. } => self.answer(answer),
                    }
                }
            }
            Exercise::Branching(case) => {
                for situation in case.situations() {
                    self.fact(&situation.text);
                    situation.debrief.iter().for_each(|text| self.claim(text));
                    situation.choices.iter().for_each(|choice| {
                        self.fact(&choice.text);
                        self.claim(&choice.note);
                    });
                }
            }
            Exercise::Essay(essay) => essay.rubric().iter().for_each(|rubric| self.claim(&rubric.text)),
        }
    }
}

/// What `item` says.
fn said(item: &BankItem) -> Said {
    let mut said = Said::default();
    let stem = &item.item.stem;
    said.claim(&item.item.explanation);
    match &item.item.body {
        ItemBody::Single(choices) | ItemBody::Multiple(choices) => {
            said.fact(stem);
            said.choices(choices);
        }
        ItemBody::TrueFalse { answer: true, .. } => said.claim(stem),
        ItemBody::TrueFalse { answer: false, why } => {
            said.fact(stem);
            said.claim(why);
        }
        ItemBody::Exercise(exercise) => {
            said.fact(stem);
            said.exercise(exercise, stem);
        }
    }
    said
}

/// How many different figures the items of `content` claim, item by item.
pub fn count(content: &Content) -> usize {
    content.items().map(|item| said(item).claims.len()).sum()
}

/// Every figure of `content` that nothing proves. `text` gives the words of the whole article that a citation names, or of
/// the whole text where it names none; nothing where the text is not at hand.
pub(crate) fn check<'t>(content: &Content, text: &dyn Fn(&Citation) -> Vec<&'t str>, report: &Report) {
    for item in content.items() {
        let said = said(item);
        let mut known = said.facts.clone();
        for words in item.citations().into_iter().flat_map(text) {
            known.extend(scan(words));
        }
        // Of a text that is not at hand the author vouches in the note.
        if let Basis::Cited { note, .. } = &item.item.basis {
            known.extend(scan(note));
        }
        let derived = derived(item, report);
        for figure in said.claims.difference(&known) {
            if derived.contains(figure) {
                continue;
            }
            let message = format!("`{}`: {figure} stands in no article cited", item.item.id);
            let remedy = "cite the article that says it, correct it, or say in `derived` what it comes from";
            report.add(item.place.clone(), Rule::Figure, message, remedy);
        }
        for figure in derived
            .iter()
            .filter(|figure| !said.claims.contains(figure) || known.contains(figure))
        {
            let message = format!(
                "`{}`: `derived` explains {figure}, which needs no explanation",
                item.item.id
            );
            report.add(item.place.clone(), Rule::FigureDerived, message, "remove the line");
        }
    }
}

/// The figures that the author explains: each line is a figure, a colon and what it comes from.
fn derived(item: &BankItem, report: &Report) -> BTreeSet<Figure> {
    let mut figures = BTreeSet::new();
    for line in &item.derived {
        let parts = line.split_once(['：', ':']);
        let figure = parts.and_then(|(figure, reason)| {
            let figures = scan(figure);
            (figures.len() == 1 && !reason.trim().is_empty()).then(|| figures[0].clone())
        });
        if let Some(figure) = figure {
            figures.insert(figure);
        } else {
            let message = format!("`{}`: `{line}` is not a figure, a colon and a reason", item.item.id);
            let remedy = "write 24小时：… with the calculation or the source";
            report.add(item.place.clone(), Rule::FigureDerived, message, remedy);
        }
    }
    figures
}
