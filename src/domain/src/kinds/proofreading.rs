//! Proofreading of enforcement documents (执法文书纠错): the person marks the faulty passages of a document and says what
//! kind of fault each has.
//!
//! Per fault 3 parts: found 2, reason 1. Each mark on a passage in order takes 2 parts away; the sum is never below zero.
//! At least two passages in order for each fault make marking everything worthless, even with every reason right.

use super::Earned;
use super::spotting::{self, Blind, Found, Odds, Place, Spot, Weights};
use crate::citation::Basis;
use crate::ids::OptionId;
use crate::marking::Invalid;

pub use super::spotting::Label;

/// The rule that stands on the page.
pub const WEIGHTS: Weights = Weights {
    found: 2,
    first: 1,
    second: 0,
    false_mark: 2,
};

/// A document with faults. `Proofreading::new` proves what the kind promises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proofreading {
    document: String,
    reasons: Vec<Label>,
    passages: Vec<Passage>,
}

/// A passage that can be marked; a signature or seal line is one too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// Permanent within the item.
    pub id: OptionId,
    /// What the document says.
    pub text: String,
    /// The label printed before it ('被检查单位'), if it fills in a form.
    pub field: Option<String>,
    /// Whether it begins a new line.
    pub para: bool,
    /// What is wrong with it; none where it is in order.
    pub fault: Option<Fault>,
}

/// What is wrong with a passage: the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The reason that is right.
    pub reason: OptionId,
    /// How it should read.
    pub correct: String,
    /// Why.
    pub why: String,
    /// What the key rests on.
    pub basis: Basis,
}

/// Why something makes no proofreading item.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofreadingError {
    /// No title.
    #[error("the document has no title")]
    NoTitle,
    /// Too few or too many reasons.
    #[error("a document has 3 to 8 reasons to choose from")]
    Reasons,
    /// Too few or too many passages.
    #[error("a document has 12 to 60 passages")]
    Passages,
    /// Too few faults.
    #[error("a document has at least 3 faults")]
    FewFaults,
    /// Too many faults for the passages in order.
    #[error("a document has at least twice as many passages in order as faulty ones")]
    FewInOrder,
    /// Two reasons or two passages have one id.
    #[error("{0} stands twice")]
    DuplicateId(OptionId),
    /// Two reasons read the same.
    #[error("reason {0} reads the same as another one")]
    DuplicateReason(OptionId),
    /// A text that must be there is empty.
    #[error("{0} has an empty text")]
    NoText(OptionId),
    /// A passage names a reason that is not in the list.
    #[error("{passage}: there is no reason {reason}")]
    UnknownReason {
        /// The passage.
        passage: OptionId,
        /// What it names.
        reason: OptionId,
    },
    /// A faulty passage reads as it should.
    #[error("{0} is faulty but reads as it should")]
    AlreadyCorrect(OptionId),
}

impl Proofreading {
    /// The item.
    ///
    /// # Errors
    /// The first promise of the kind that is broken.
    pub fn new(document: String, reasons: Vec<Label>, passages: Vec<Passage>) -> Result<Self, ProofreadingError> {
        if document.trim().is_empty() {
            return Err(ProofreadingError::NoTitle);
        }
        if !(3..=8).contains(&reasons.len()) {
            return Err(ProofreadingError::Reasons);
        }
        if !(12..=60).contains(&passages.len()) {
            return Err(ProofreadingError::Passages);
        }
        for (place, reason) in reasons.iter().enumerate() {
            if reason.text.trim().is_empty() {
                return Err(ProofreadingError::NoText(reason.id.clone()));
            }
            if reasons[..place].iter().any(|other| other.id == reason.id) {
                return Err(ProofreadingError::DuplicateId(reason.id.clone()));
            }
            if reasons[..place]
                .iter()
                .any(|other| other.text.trim() == reason.text.trim())
            {
                return Err(ProofreadingError::DuplicateReason(reason.id.clone()));
            }
        }
        for (place, passage) in passages.iter().enumerate() {
            if passages[..place].iter().any(|other| other.id == passage.id) {
                return Err(ProofreadingError::DuplicateId(passage.id.clone()));
            }
            passage.check(&reasons)?;
        }
        let made = Self {
            document,
            reasons,
            passages,
        };
        let odds = made.odds();
        if odds.faulty < 3 {
            return Err(ProofreadingError::FewFaults);
        }
        if odds.in_order < 2 * odds.faulty {
            return Err(ProofreadingError::FewInOrder);
        }
        Ok(made)
    }

    /// The title of the document ('现场检查记录').
    pub fn document(&self) -> &str {
        &self.document
    }

    /// The kinds of fault to choose from, in the author's order, 3 to 8.
    pub fn reasons(&self) -> &[Label] {
        &self.reasons
    }

    /// The passages in the order of the document, 12 to 60.
    pub fn passages(&self) -> &[Passage] {
        &self.passages
    }

    /// The marks that are the key: they score full.
    pub fn key(&self) -> Vec<Spot> {
        spotting::key(self.places())
    }

    /// What `marks` earn.
    ///
    /// # Errors
    /// More marks than passages, a passage or reason that the item does not have (a second label is never one), a passage
    /// marked twice.
    pub fn earned(&self, marks: &[Spot]) -> Result<Earned, Invalid> {
        self.count(marks).map(|found| WEIGHTS.earned(found))
    }

    /// How `marks` turned out; if they are no answer to the item, as if nothing had been marked.
    pub fn found(&self, marks: &[Spot]) -> Found {
        self.count(marks).unwrap_or(Found {
            missed: self.odds().faulty,
            ..Found::default()
        })
    }

    /// What somebody can expect who does not read the document.
    pub fn blind(&self) -> Blind {
        self.odds().blind(WEIGHTS)
    }

    fn count(&self, marks: &[Spot]) -> Result<Found, Invalid> {
        let places: Vec<Place<'_>> = self.places().collect();
        let reasons = self.reasons.iter().map(|reason| &reason.id);
        spotting::count(&places, &reasons, &std::iter::empty(), marks)
    }

    fn places(&self) -> impl Iterator<Item = Place<'_>> {
        self.passages.iter().map(|passage| Place {
            at: &passage.id,
            fault: passage.fault.as_ref().map(|fault| (&fault.reason, None)),
        })
    }

    fn odds(&self) -> Odds {
        let faults = || self.passages.iter().filter_map(|passage| passage.fault.as_ref());
        let with = |id: &OptionId| faults().filter(|fault| fault.reason == *id).count();
        Odds {
            faulty: faults().count(),
            in_order: self.passages.len() - faults().count(),
            firsts: self.reasons.len(),
            seconds: 1,
            commonest_first: self.reasons.iter().map(|reason| with(&reason.id)).max().unwrap_or(0),
            commonest_second: 0,
        }
    }
}

impl Passage {
    fn check(&self, reasons: &[Label]) -> Result<(), ProofreadingError> {
        let empty = |text: &String| text.trim().is_empty();
        let fault = self.fault.as_ref();
        if empty(&self.text)
            || self.field.as_ref().is_some_and(empty)
            || fault.is_some_and(|fault| empty(&fault.correct) || empty(&fault.why))
        {
            return Err(ProofreadingError::NoText(self.id.clone()));
        }
        match fault {
            Some(fault) if !reasons.iter().any(|known| known.id == fault.reason) => {
                let (passage, reason) = (self.id.clone(), fault.reason.clone());
                Err(ProofreadingError::UnknownReason { passage, reason })
            }
            Some(fault) if fault.correct.trim() == self.text.trim() => {
                Err(ProofreadingError::AlreadyCorrect(self.id.clone()))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn id(text: &str) -> OptionId {
        text.parse().unwrap()
    }

    /// A document from its notation, a word a passage: `a` is in order, `a:r2` faulty for that reason (r1 to r3). The passages
    /// m1, m2, … in order fill it up to `least` passages.
    fn document(notation: &str, least: usize) -> Result<Proofreading, ProofreadingError> {
        let passage = |word: &str| {
            let (at, reason) = word.split_once(':').unwrap_or((word, ""));
            Passage {
                id: id(at),
                text: format!("text {at}"),
                field: None,
                para: false,
                fault: (!reason.is_empty()).then(|| Fault {
                    reason: id(reason),
                    correct: format!("better {at}"),
                    why: "because".into(),
                    basis: Basis::Practice("habit".into()),
                }),
            }
        };
        let reason = |text: &str| Label {
            id: id(text),
            text: text.to_owned(),
        };
        let mut passages: Vec<Passage> = notation.split_whitespace().map(passage).collect();
        let more = (passages.len()..least).map(|n| passage(&format!("m{n}")));
        passages.extend(more.collect::<Vec<_>>());
        Proofreading::new("现场检查记录".into(), ["r1", "r2", "r3"].map(reason).into(), passages)
    }

    /// Marks from their notation, a word a mark: `a`, `a:r1`, `a::x` with a second label.
    fn marks(notation: &str) -> Vec<Spot> {
        let mark = |word: &str| {
            let mut parts = word.split(':');
            let mut next = || parts.next().filter(|part| !part.is_empty()).map(id);
            Spot {
                at: next().unwrap(),
                first: next(),
                second: next(),
            }
        };
        notation.split_whitespace().map(mark).collect()
    }

    #[test]
    fn table_of_cases() {
        // marks | earned of 9, or why it is no answer | found missed false reason
        let table = "
                                  | 0 | 0 3 0 0
            a:r1 b:r2 c:r3        | 9 | 3 0 0 3
            c:r3 b:r2 a:r1        | 9 | 3 0 0 3
            a                     | 2 | 1 2 0 0
            a:r2                  | 2 | 1 2 0 0
            a:r1                  | 3 | 1 2 0 1
            a b c                 | 6 | 3 0 0 0
            x                     | 0 | 0 3 1 0
            a:r1 x                | 1 | 1 2 1 1
            a:r1 x y:r2           | 0 | 1 2 2 1
            a:r1 b:r2 c:r3 x      | 7 | 3 0 1 3
            a:r1 b:r2 c:r3 x y    | 5 | 3 0 2 3
            a a                   | RepeatedOption | 0 3 0 0
            q                     | UnknownOption  | 0 3 0 0
            a:a                   | UnknownOption  | 0 3 0 0
            a::r1                 | UnknownOption  | 0 3 0 0
            a:r1:r1               | UnknownOption  | 0 3 0 0
            a a a a a a a a a a a a a | TooMany    | 0 3 0 0";
        let item = document("a:r1 x b:r2 y c:r3", 12).unwrap();
        for line in table.lines().filter(|line| !line.trim().is_empty()) {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            let marks = marks(cells[0]);
            let earned = match item.earned(&marks) {
                Ok(Earned { earned, of: 9 }) => earned.to_string(),
                other => format!("{:?}", other.unwrap_err()),
            };
            let f = item.found(&marks);
            let found = [f.found, f.missed, f.false_marks, f.first_right]
                .map(|n| n.to_string())
                .join(" ");
            assert_eq!((earned.as_str(), found.as_str()), (cells[1], cells[2]), "{line}");
            assert_eq!(f.second_right, 0);
        }
    }

    #[test]
    fn what_the_kind_promises_is_proven() {
        let table = "
            a:r1 b:r2 c:r3               | 12 | fine
            a:r1 b:r1 c:r1               | 12 | fine
            a:r1 b:r2 c:r3               | 11 | Passages
            a:r1 b:r2 c:r3               | 61 | Passages
            a:r1 b:r2                    | 12 | FewFaults
            a:r1 b:r2 c:r3 d:r1          | 12 | fine
            a:r1 b:r2 c:r3 d:r1 e:r2     | 14 | FewInOrder
            a:r1 b:r2 c:r3 a             | 12 | DuplicateId(OptionId(\"a\"))
            a:r1 b:r2 c:r4               | 12 | UnknownReason { passage: OptionId(\"c\"), reason: OptionId(\"r4\") }";
        for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            let told = document(cells[0], cells[1].parse().unwrap());
            let told = told.map_or_else(|error| format!("{error:?}"), |_| "fine".into());
            assert_eq!(told, cells[2], "{line}");
        }
        let item = document("a:r1 b:r2 c:r3", 12).unwrap();
        let mut passages = item.passages.clone();
        passages[0].text = " better a".into();
        assert_eq!(
            Proofreading::new(item.document, item.reasons, passages),
            Err(ProofreadingError::AlreadyCorrect(id("a")))
        );
    }

    #[test]
    fn the_blind_earn_next_to_nothing() {
        let item = document("a:r1 b:r2 c:r3 d:r1", 12).unwrap();
        // One mark hits a fault one time in three and then earns 2 + 1/3 of 12.
        let tap = Blind {
            everything: 0,
            guesser: 648,
            marks: 1,
        };
        assert_eq!(item.blind(), tap);
        let blind = document("a:r1 b:r2 c:r3 d:r1 e:r2 f:r3", 30).unwrap().blind();
        println!("proofreading, 6 of 30: {blind:?}");
        assert!(blind.everything == 0 && blind.guesser < 500, "{blind:?}");
    }

    #[test]
    fn a_flood_of_marks_is_refused_at_once() {
        let item = document("a:r1 b:r2 c:r3", 12).unwrap();
        assert_eq!(
            item.earned(&vec![marks("a")[0].clone(); 1_000_000]),
            Err(Invalid::TooMany)
        );
    }

    fn any_document() -> impl Strategy<Value = Proofreading> {
        (prop::collection::vec(1_u8..=3, 3..9), 0_usize..9).prop_map(|(faults, more)| {
            let faulty: Vec<String> = faults.iter().enumerate().map(|(n, r)| format!("h{n}:r{r}")).collect();
            document(&faulty.join(" "), (3 * faults.len() + more).max(12)).unwrap()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_key_is_full_and_only_the_key(
            item in any_document(),
            words in prop::collection::vec("[hm][0-9](:r[1-4])?", 0..14),
        ) {
            let full = item.earned(&item.key()).unwrap();
            prop_assert_eq!(full.earned, full.of);
            prop_assert_eq!(item.earned(&[]), Ok(Earned { earned: 0, ..full }));
            let given = marks(&words.join(" "));
            if let Ok(earned) = item.earned(&given) {
                prop_assert!(earned.earned <= earned.of && earned.of == full.of);
                let sorted = |mut marks: Vec<Spot>| { marks.sort(); marks };
                prop_assert_eq!(earned.earned == earned.of, sorted(given) == sorted(item.key()));
            }
            // Everything marked, even with every reason right.
            let everything = item.passages.iter().map(|passage| Spot {
                at: passage.id.clone(),
                first: passage.fault.as_ref().map(|fault| fault.reason.clone()),
                second: None,
            });
            prop_assert_eq!(item.earned(&everything.collect::<Vec<_>>()).unwrap().earned, 0);
        }
    }
}
