//! Branching cases (模拟执法): an inspection as a graph of situations. Each choice leads on, may gather evidence that later
//! choices need, and is awarded points on the seven criteria of the plan.
//!
//! A response is a path: choices in the order made, replayed from the start. Its awards add up; the best path earns full,
//! and `Branching::new` proves that no other earns more, on any criterion or in sum. A path that stops early earns what it
//! has.

use super::Earned;
use crate::citation::Basis;
use crate::ids::OptionId;
use crate::marking::Invalid;
use crate::shuffle::Seed;
use std::collections::{BTreeMap, BTreeSet};

/// The most situations of a case.
pub const MOST_SITUATIONS: usize = 200;

/// The most choices of a situation.
pub const MOST_CHOICES: usize = 12;

/// The most pieces of evidence of a case: what is held is a set of bits.
pub const MOST_EVIDENCE: usize = 32;

/// The most states, a situation together with the evidence held there, that a case may have: it is proven whenever it is
/// loaded, on a phone too.
pub const MOST_STATES: usize = 20_000;

/// What an inspection is judged on: the seven criteria of the bureau's work plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Criterion {
    /// 计划方案科学
    Plan,
    /// 行为规范标准
    Conduct,
    /// 程序正确合法
    Procedure,
    /// 证据充分有效
    Evidence,
    /// 适用法律正确
    Law,
    /// 执法文书规范
    Documents,
    /// 自由裁量得当
    Discretion,
}

impl Criterion {
    /// All seven, in the plan's order.
    pub const ALL: [Self; 7] = [
        Self::Plan,
        Self::Conduct,
        Self::Procedure,
        Self::Evidence,
        Self::Law,
        Self::Documents,
        Self::Discretion,
    ];

    /// The name that the plan gives it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plan => "计划方案科学",
            Self::Conduct => "行为规范标准",
            Self::Procedure => "程序正确合法",
            Self::Evidence => "证据充分有效",
            Self::Law => "适用法律正确",
            Self::Documents => "执法文书规范",
            Self::Discretion => "自由裁量得当",
        }
    }

    /// The word for it in content.
    pub fn key(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Conduct => "conduct",
            Self::Procedure => "procedure",
            Self::Evidence => "evidence",
            Self::Law => "law",
            Self::Documents => "documents",
            Self::Discretion => "discretion",
        }
    }

    /// The criterion with this word.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|criterion| criterion.key() == key)
    }
}

/// How a closing situation ends the case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum End {
    /// As it should.
    Good,
    /// A dead end: the case is lost or spoilt.
    Bad,
}

/// A moment of the inspection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Situation {
    /// Permanent within the item.
    pub id: OptionId,
    /// What is to be seen and heard.
    pub text: String,
    /// How it closes the case; none where the case goes on.
    pub end: Option<End>,
    /// For a closing situation: what is to be learnt from this end.
    pub debrief: Option<String>,
    /// What can be done; empty in a closing situation, else 2 to 12.
    pub choices: Vec<Choice>,
}

/// Something that can be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Permanent and unique within the item.
    pub id: OptionId,
    /// What is shown.
    pub text: String,
    /// The situation that it leads to.
    pub to: OptionId,
    /// Evidence that it gathers.
    pub gain: Vec<OptionId>,
    /// Evidence without which it is not offered.
    pub needs: Vec<OptionId>,
    /// Points on each criterion, in the order of `Criterion::ALL`.
    pub award: [u8; 7],
    /// Why it is good or bad; shown after the end.
    pub note: String,
    /// What the note rests on, where that is not the item's own basis.
    pub basis: Option<Basis>,
}

/// Something gathered on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Permanent within the item.
    pub id: OptionId,
    /// What is shown.
    pub text: String,
}

/// Why something makes no case.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BranchingError {
    /// More than 200 situations.
    #[error("a case has at most {MOST_SITUATIONS} situations")]
    ManySituations,
    /// More than 32 pieces of evidence.
    #[error("a case has at most {MOST_EVIDENCE} pieces of evidence")]
    ManyEvidence,
    /// Evidence can be held in too many combinations.
    #[error("too many combinations of evidence by situation {0}: a case has at most {MOST_STATES} states")]
    ManyStates(OptionId),
    /// Two situations, two choices or two pieces of evidence have one id.
    #[error("{0} stands twice")]
    DuplicateId(OptionId),
    /// A choice reads like another one of its situation.
    #[error("choice {0} reads the same as another one beside it")]
    DuplicateText(OptionId),
    /// A text or note that must be there is empty.
    #[error("{0} has an empty text or note")]
    NoText(OptionId),
    /// The start is no situation.
    #[error("there is no situation {0} to start from")]
    NoStart(OptionId),
    /// A choice leads to no situation.
    #[error("choice {choice}: there is no situation {to}")]
    UnknownSituation {
        /// The choice.
        choice: OptionId,
        /// What it names.
        to: OptionId,
    },
    /// A choice gains or needs evidence that does not exist.
    #[error("choice {choice}: there is no evidence {evidence}")]
    UnknownEvidence {
        /// The choice.
        choice: OptionId,
        /// What it names.
        evidence: OptionId,
    },
    /// A closing situation has choices.
    #[error("situation {0} closes the case and has choices")]
    ClosingHasChoices(OptionId),
    /// A situation that does not close the case has a debrief.
    #[error("situation {0} has a debrief and does not close the case")]
    OpenHasDebrief(OptionId),
    /// A situation that does not close the case has too few or too many choices.
    #[error("situation {0} does not close the case and has 2 to {MOST_CHOICES} choices")]
    ChoiceCount(OptionId),
    /// Every choice of a situation needs evidence: the case may be stuck there.
    #[error("situation {0} has no choice that needs nothing")]
    NoFreeChoice(OptionId),
    /// A path comes back to a situation.
    #[error("a path from situation {0} comes back to it")]
    Cycle(OptionId),
    /// No path reaches a situation.
    #[error("no path reaches situation {0}")]
    Unreachable(OptionId),
    /// No path holds what a choice needs.
    #[error("choice {0} is never offered: no path to it gathers what it needs")]
    NeverOffered(OptionId),
    /// A step of the best path cannot be made where the path then is.
    #[error("the best path cannot make choice {0}: it does not stand there or needs evidence that is not held")]
    BestNotWalkable(OptionId),
    /// The best path does not end at a good end.
    #[error("the best path stops at situation {0}, which is no good end")]
    BestNotGood(OptionId),
    /// The best path earns nothing on a criterion.
    #[error("the best path earns nothing on {}", .0.key())]
    BestMisses(Criterion),
    /// Another path earns more on a criterion than the best one does. (Who earns more in sum does so on a criterion.)
    #[error(
        "another path reaches {other} on {}, the best path only {best}; it falls behind at choice {choice}",
        .criterion.key()
    )]
    Beaten {
        /// The choice of the best path after which the other's result is out of reach.
        choice: OptionId,
        /// On what.
        criterion: Criterion,
        /// What the best path earns.
        best: u32,
        /// What another one earns.
        other: u32,
    },
    /// A path to a bad end earns as much as the best one.
    #[error("a path to the bad end {0} earns as much as the best path")]
    BadEndPays(OptionId),
}

/// A case. `Branching::new` proves what the kind promises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branching {
    situations: Vec<Situation>,
    evidence: Vec<Evidence>,
    best: Vec<OptionId>,
    start: usize,
    /// The choices of each situation with their names resolved.
    steps: Vec<Vec<Step>>,
    /// The situations, each before all that it leads to.
    order: Vec<usize>,
    /// What the best path earns on each criterion.
    full: [u32; 7],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Step {
    to: usize,
    gain: u32,
    needs: u32,
    award: [u32; 7],
}

/// Where a path stands: the index of its situation, the evidence held as bits, and what it has earned.
type Place = (usize, u32, [u32; 7]);

/// A value for each set of evidence that can be held in each situation.
type States<T> = Vec<BTreeMap<u32, T>>;

/// Where a path has led.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing<'a> {
    /// The situation reached.
    pub situation: &'a Situation,
    /// The evidence held, in the author's order.
    pub evidence: Vec<&'a Evidence>,
    /// The choices offered, in the author's order; empty at an end.
    pub choices: Vec<&'a Choice>,
}

impl<'a> Standing<'a> {
    /// The choices as the page shows them: shuffled by `seed` and the situation, so that their order gives nothing away.
    pub fn shown(&self, seed: Seed) -> Vec<&'a Choice> {
        let mut shown = self.choices.clone();
        seed.derive(self.situation.id.as_str()).shuffle(&mut shown);
        shown
    }
}

impl Branching {
    /// The case that begins at the situation `start` and whose best path makes the choices `best`.
    ///
    /// # Errors
    /// The first promise of the kind that is broken.
    pub fn new(
        start: &OptionId,
        situations: Vec<Situation>,
        evidence: Vec<Evidence>,
        best: Vec<OptionId>,
    ) -> Result<Self, BranchingError> {
        if situations.len() > MOST_SITUATIONS {
            return Err(BranchingError::ManySituations);
        }
        if evidence.len() > MOST_EVIDENCE {
            return Err(BranchingError::ManyEvidence);
        }
        situations.iter().try_for_each(check_shape)?;
        distinct(evidence.iter().map(|one| (&one.id, &one.text)))?;
        distinct(situations.iter().map(|situation| (&situation.id, &situation.text)))?;
        let choices = situations.iter().flat_map(|situation| &situation.choices);
        distinct(choices.map(|choice| (&choice.id, &choice.text)))?;
        let from = situations.iter().position(|situation| situation.id == *start);
        let steps = resolve(&situations, &evidence)?;
        let mut made = Self {
            start: from.ok_or_else(|| BranchingError::NoStart(start.clone()))?,
            order: in_order(&steps).map_err(|at| BranchingError::Cycle(situations[at].id.clone()))?,
            situations,
            evidence,
            best,
            steps,
            full: [0; 7],
        };
        let states = made.explore()?;
        made.check_reach(&states)?;
        made.full = made.walk_best()?;
        made.check_best(&states)?;
        Ok(made)
    }

    /// The situations in the author's order.
    pub fn situations(&self) -> &[Situation] {
        &self.situations
    }

    /// All evidence of the case, in the author's order.
    pub fn evidence(&self) -> &[Evidence] {
        &self.evidence
    }

    /// The situation in which the case begins.
    pub fn start(&self) -> &Situation {
        &self.situations[self.start]
    }

    /// The path that is the key: it earns full.
    pub fn key(&self) -> Vec<OptionId> {
        self.best.clone()
    }

    /// Where `path` leads, and what can be done there.
    ///
    /// # Errors
    /// More choices than any path has; a choice that does not stand in the situation reached or is not offered there.
    pub fn offered(&self, path: &[OptionId]) -> Result<Standing<'_>, Invalid> {
        let (at, held, _) = self.walk(path)?;
        let situation = &self.situations[at];
        let evidence = self.evidence.iter().enumerate();
        let choices = situation.choices.iter().zip(&self.steps[at]);
        Ok(Standing {
            situation,
            evidence: evidence
                .filter(|(bit, _)| held >> bit & 1 == 1)
                .map(|(_, one)| one)
                .collect(),
            choices: choices
                .filter(|(_, step)| step.offered(held))
                .map(|(choice, _)| choice)
                .collect(),
        })
    }

    /// What `path` earns, of what the best path earns.
    ///
    /// # Errors
    /// As of `offered`.
    pub fn earned(&self, path: &[OptionId]) -> Result<Earned, Invalid> {
        let (_, _, scores) = self.walk(path)?;
        Ok(Earned {
            earned: scores.iter().sum(),
            of: self.full.iter().sum(),
        })
    }

    /// What `path` earns on each criterion and what the best path earns there, in the order of `Criterion::ALL`. A path
    /// that cannot be walked earns nothing.
    pub fn scores(&self, path: &[OptionId]) -> [(u32, u32); 7] {
        let scores = self.walk(path).map_or([0; 7], |(_, _, scores)| scores);
        std::array::from_fn(|place| (scores[place], self.full[place]))
    }

    /// The mean share of full, in ten-thousandths, of somebody who picks at random among what is offered until the case
    /// closes. Computed over all states with 64 binary places, each division rounded down; the result rounded to the nearest.
    pub fn expected_random(&self) -> u32 {
        // The states were within bounds when the case was made.
        let states = self.explore().unwrap_or_default();
        let means = self.backward(&states, |offered: &[(&Step, &u128)]| {
            let sum: u128 = offered
                .iter()
                .map(|(step, mean)| (u128::from(step.sum()) << 64) + **mean)
                .sum();
            sum / offered.len() as u128
        });
        let mean = means
            .get(self.start)
            .and_then(|here| here.get(&0))
            .copied()
            .unwrap_or(0);
        let full = u128::from(self.full.iter().sum::<u32>().max(1)) << 64;
        u32::try_from((mean * 10_000 + full / 2) / full).unwrap_or(10_000)
    }

    fn walk(&self, path: &[OptionId]) -> Result<Place, Invalid> {
        // No situation comes twice, so a path has fewer choices than there are situations.
        if path.len() >= self.situations.len() {
            return Err(Invalid::TooMany);
        }
        path.iter().try_fold((self.start, 0, [0; 7]), |place, choice| {
            self.step(place, choice).ok_or(Invalid::UnknownOption)
        })
    }

    fn step(&self, (at, held, scores): Place, choice: &OptionId) -> Option<Place> {
        let place = self.situations[at]
            .choices
            .iter()
            .position(|known| known.id == *choice)?;
        let step = self.steps[at][place];
        let scores = std::array::from_fn(|place| scores[place] + step.award[place]);
        step.offered(held).then_some((step.to, held | step.gain, scores))
    }

    /// All states that can be reached, each with the most points in sum with which a path comes there.
    fn explore(&self) -> Result<States<u32>, BranchingError> {
        let mut states: States<u32> = vec![BTreeMap::new(); self.situations.len()];
        states[self.start].insert(0, 0);
        let mut count = 1;
        for &at in &self.order {
            let here: Vec<(u32, u32)> = states[at].iter().map(|(held, sum)| (*held, *sum)).collect();
            for (held, sum) in here {
                for step in self.steps[at].iter().filter(|step| step.offered(held)) {
                    let reached = states[step.to].entry(held | step.gain).or_insert_with(|| {
                        count += 1;
                        0
                    });
                    *reached = (*reached).max(sum + step.sum());
                }
                if count > MOST_STATES {
                    return Err(BranchingError::ManyStates(self.situations[at].id.clone()));
                }
            }
        }
        Ok(states)
    }

    /// A value for each state, from the ends backwards: the default at an end, elsewhere what `join` makes of the steps
    /// offered, at least one, and the values of the states that they lead to.
    fn backward<T: Default>(&self, states: &States<u32>, join: impl Fn(&[(&Step, &T)]) -> T) -> States<T> {
        let mut values: States<T> = states.iter().map(|_| BTreeMap::new()).collect();
        for &at in self.order.iter().rev().filter(|at| **at < states.len()) {
            let value = |held: u32| {
                let offered = self.steps[at].iter().filter(|step| step.offered(held));
                let next = offered.filter_map(|step| Some((step, values[step.to].get(&(held | step.gain))?)));
                let next: Vec<(&Step, &T)> = next.collect();
                if next.is_empty() { T::default() } else { join(&next) }
            };
            let here = states[at].keys().map(|held| (*held, value(*held))).collect();
            values[at] = here;
        }
        values
    }

    fn check_reach(&self, states: &States<u32>) -> Result<(), BranchingError> {
        for (at, situation) in self.situations.iter().enumerate() {
            if states[at].is_empty() {
                return Err(BranchingError::Unreachable(situation.id.clone()));
            }
            let mut choices = situation.choices.iter().zip(&self.steps[at]);
            let never = choices.find(|(_, step)| !states[at].keys().any(|held| step.offered(*held)));
            if let Some((choice, _)) = never {
                return Err(BranchingError::NeverOffered(choice.id.clone()));
            }
        }
        Ok(())
    }

    /// What the best path earns on each criterion.
    fn walk_best(&self) -> Result<[u32; 7], BranchingError> {
        let (at, _, full) = self.best.iter().try_fold((self.start, 0, [0; 7]), |place, choice| {
            self.step(place, choice)
                .ok_or_else(|| BranchingError::BestNotWalkable(choice.clone()))
        })?;
        if self.situations[at].end != Some(End::Good) {
            return Err(BranchingError::BestNotGood(self.situations[at].id.clone()));
        }
        let mut criteria = Criterion::ALL.into_iter().zip(full);
        match criteria.find(|(_, earned)| *earned == 0) {
            Some((criterion, _)) => Err(BranchingError::BestMisses(criterion)),
            None => Ok(full),
        }
    }

    /// That no path earns more than the best one, and none to a bad end as much.
    fn check_best(&self, states: &States<u32>) -> Result<(), BranchingError> {
        // What can still be earned on each criterion from each state.
        let ahead = self.backward(states, |offered: &[(&Step, &[u32; 7])]| {
            let most = |place: usize| {
                offered
                    .iter()
                    .map(|(step, ahead)| step.award[place] + ahead[place])
                    .max()
            };
            std::array::from_fn(|place| most(place).unwrap_or(0))
        });
        let ahead_of = |at: usize, held: u32, place: usize| ahead[at].get(&held).map_or(0, |ahead| ahead[place]);
        for (place, criterion) in Criterion::ALL.into_iter().enumerate() {
            let other = ahead_of(self.start, 0, place);
            let mut reached = (self.start, 0, [0; 7]);
            for choice in &self.best {
                reached = self.step(reached, choice).unwrap_or(reached);
                let (at, held, scores) = reached;
                if scores[place] + ahead_of(at, held, place) < other {
                    let (choice, best) = (choice.clone(), self.full[place]);
                    return Err(BranchingError::Beaten {
                        choice,
                        criterion,
                        best,
                        other,
                    });
                }
            }
        }
        let full: u32 = self.full.iter().sum();
        let mut bad = self
            .situations
            .iter()
            .zip(states)
            .filter(|(situation, _)| situation.end == Some(End::Bad));
        match bad.find(|(_, here)| here.values().any(|sum| *sum >= full)) {
            Some((situation, _)) => Err(BranchingError::BadEndPays(situation.id.clone())),
            None => Ok(()),
        }
    }
}

impl Step {
    fn offered(&self, held: u32) -> bool {
        self.needs & !held == 0
    }

    fn sum(&self) -> u32 {
        self.award.iter().sum()
    }
}

fn check_shape(situation: &Situation) -> Result<(), BranchingError> {
    let id = || situation.id.clone();
    let choices = &situation.choices;
    if situation.debrief.as_ref().is_some_and(|text| text.trim().is_empty()) {
        return Err(BranchingError::NoText(id()));
    }
    match situation.end {
        Some(_) if !choices.is_empty() => return Err(BranchingError::ClosingHasChoices(id())),
        None if situation.debrief.is_some() => return Err(BranchingError::OpenHasDebrief(id())),
        None if !(2..=MOST_CHOICES).contains(&choices.len()) => return Err(BranchingError::ChoiceCount(id())),
        None if choices.iter().all(|choice| !choice.needs.is_empty()) => {
            return Err(BranchingError::NoFreeChoice(id()));
        }
        _ => {}
    }
    for (place, choice) in choices.iter().enumerate() {
        if choice.note.trim().is_empty() {
            return Err(BranchingError::NoText(choice.id.clone()));
        }
        if choices[..place]
            .iter()
            .any(|other| other.text.trim() == choice.text.trim())
        {
            return Err(BranchingError::DuplicateText(choice.id.clone()));
        }
    }
    Ok(())
}

/// That a list has no id twice and no empty text.
fn distinct<'a>(list: impl Iterator<Item = (&'a OptionId, &'a String)>) -> Result<(), BranchingError> {
    let mut seen = BTreeSet::new();
    for (id, text) in list {
        if text.trim().is_empty() {
            return Err(BranchingError::NoText(id.clone()));
        }
        if !seen.insert(id) {
            return Err(BranchingError::DuplicateId(id.clone()));
        }
    }
    Ok(())
}

fn resolve(situations: &[Situation], evidence: &[Evidence]) -> Result<Vec<Vec<Step>>, BranchingError> {
    let place: BTreeMap<&OptionId, usize> = situations.iter().enumerate().map(|(at, s)| (&s.id, at)).collect();
    let bits = |choice: &Choice, ids: &[OptionId]| {
        ids.iter().try_fold(0_u32, |bits, id| {
            let bit = evidence.iter().position(|one| one.id == *id);
            bit.map(|bit| bits | 1 << bit)
                .ok_or_else(|| BranchingError::UnknownEvidence {
                    choice: choice.id.clone(),
                    evidence: id.clone(),
                })
        })
    };
    let step = |choice: &Choice| {
        let to = place.get(&choice.to).ok_or_else(|| BranchingError::UnknownSituation {
            choice: choice.id.clone(),
            to: choice.to.clone(),
        })?;
        Ok(Step {
            to: *to,
            gain: bits(choice, &choice.gain)?,
            needs: bits(choice, &choice.needs)?,
            award: choice.award.map(u32::from),
        })
    };
    let steps = situations
        .iter()
        .map(|situation| situation.choices.iter().map(step).collect());
    steps.collect()
}

/// The situations, each before all that it leads to; or one that a path comes back to.
fn in_order(steps: &[Vec<Step>]) -> Result<Vec<usize>, usize> {
    let mut order = Vec::new();
    let mut placed = vec![false; steps.len()];
    while order.len() < steps.len() {
        let ready = |at: &usize| !placed[*at] && steps[*at].iter().all(|step| placed[step.to]);
        let more: Vec<usize> = (0..steps.len()).filter(ready).collect();
        if more.is_empty() {
            // Each one left leads to another one left: who walks on long enough is inside a circle.
            let left = (0..steps.len()).find(|at| !placed[*at]).unwrap_or(0);
            let onward = |at: usize| {
                steps[at]
                    .iter()
                    .map(|step| step.to)
                    .find(|to| !placed[*to])
                    .unwrap_or(at)
            };
            return Err((0..steps.len()).fold(left, |at, _| onward(at)));
        }
        for at in &more {
            placed[*at] = true;
        }
        order.extend(more);
    }
    order.reverse();
    Ok(order)
}

#[cfg(test)]
mod tests;
