//! Progress: a pure function of the set of a person's records (DESIGN §2.2).

use crate::ids::{AttemptId, CourseId, ExamId, ItemId, LessonId};
use crate::marking::Outcome;
use crate::record::{Evidence, LessonState, Marked, Mode, RecordBody, Settled, in_order};
use crate::time::Timestamp;
use std::collections::BTreeMap;

/// What a person has done, by item, lesson and attempt.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    /// By item.
    pub items: BTreeMap<ItemId, ItemProgress>,
    /// The furthest that each lesson got.
    pub lessons: BTreeMap<LessonId, LessonProgress>,
    /// Every attempt begun, with its end if it was ended.
    pub attempts: BTreeMap<AttemptId, Span>,
    /// Every sitting of an exam or contest.
    pub sittings: BTreeMap<AttemptId, SittingProgress>,
    /// How many different records there were, those of unknown kind included.
    pub records: usize,
}

/// What became of one sitting.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SittingProgress {
    /// The exam and the kind of test; none while its beginning is not among the records.
    pub exam: Option<(ExamId, Mode)>,
    /// Whether it was handed in.
    pub finished: bool,
    /// The mark of the whole, where known.
    pub total: Option<Marked>,
}

/// What became of one item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ItemProgress {
    /// How often it was answered.
    pub answers: u32,
    /// Of them exactly right.
    pub right: u32,
    /// How the last answer turned out; none if its mark is not known.
    pub last: Option<Outcome>,
    /// When the last answer was given.
    pub last_at: Timestamp,
}

/// What became of one lesson.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LessonProgress {
    /// The course in which it was read.
    pub course: CourseId,
    /// The furthest state.
    pub state: LessonState,
    /// When it first got there.
    pub since: Timestamp,
}

/// Beginning and end of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// When it was begun.
    pub started: Timestamp,
    /// When it was ended; none while open.
    pub finished: Option<Timestamp>,
}

impl Progress {
    /// The progress that `evidence` amounts to: the same for any order, any batching and any repetition of it (`in_order`).
    pub fn fold<'a>(evidence: impl IntoIterator<Item = &'a Evidence>) -> Self {
        let sorted = in_order(evidence.into_iter().collect());
        let mut progress = Self {
            records: sorted.len(),
            ..Self::default()
        };
        for one in sorted {
            progress.add(&one);
        }
        progress
    }

    /// The best that is known of a unit exam that was passed: the kind of test, an assessment above a self-test. A pass
    /// completes the course.
    pub fn passed(&self, exam: &ExamId) -> Option<Mode> {
        let sittings = self.sittings.values().filter_map(|sitting| {
            let (of, mode) = sitting.exam.as_ref()?;
            let right = sitting.total?.mark().outcome == Outcome::Right;
            (of == exam && right).then_some(*mode)
        });
        sittings.max()
    }

    fn add(&mut self, one: &Settled<'_>) {
        let (at, mark) = (one.at(), one.mark);
        match &one.record.body {
            RecordBody::Answered { item, .. } => {
                let outcome = mark.map(|marked| marked.mark().outcome);
                let none = ItemProgress {
                    answers: 0,
                    right: 0,
                    last: None,
                    last_at: at,
                };
                let seen = self.items.entry(item.clone()).or_insert(none);
                seen.answers = seen.answers.saturating_add(1);
                seen.right = seen.right.saturating_add(u32::from(outcome == Some(Outcome::Right)));
                seen.last = outcome;
                seen.last_at = at;
            }
            RecordBody::Lesson { course, lesson, state } => {
                let now = || LessonProgress {
                    course: course.clone(),
                    state: *state,
                    since: at,
                };
                let known = self.lessons.entry(lesson.clone()).or_insert_with(now);
                if *state > known.state {
                    *known = now();
                }
            }
            RecordBody::AttemptStarted { attempt, .. } => {
                let span = self.attempts.entry(*attempt).or_insert(Span {
                    started: at,
                    finished: None,
                });
                span.started = span.started.min(at);
            }
            RecordBody::AttemptFinished { attempt } => {
                let span = self.attempts.entry(*attempt).or_insert(Span {
                    started: at,
                    finished: None,
                });
                span.finished = Some(span.finished.map_or(at, |known| known.min(at)));
            }
            RecordBody::ExamStarted(sitting) => {
                let known = self.sittings.entry(sitting.attempt).or_default();
                known.exam = known.exam.take().or(Some((sitting.exam.clone(), sitting.mode)));
            }
            RecordBody::ExamFinished { attempt, .. } => {
                let known = self.sittings.entry(*attempt).or_default();
                known.finished = true;
                known.total = known.total.max(mark);
            }
            RecordBody::Flagged { .. } | RecordBody::Unknown => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attempt::Attempt;
    use crate::ids::{DeviceId, PackHash, ProfileId, RecordId, Uuid};
    use crate::item::Response;
    use crate::marking::Mark;
    use crate::record::Record;
    use crate::shuffle::Seed;
    use crate::units::{Points, Revision};
    use proptest::prelude::*;

    fn attempt_id(n: u8) -> AttemptId {
        AttemptId(Uuid::v7(u64::from(n), 1))
    }

    fn any_evidence() -> impl Strategy<Value = Evidence> {
        let item = (0_u8..4).prop_map(|n| format!("item-{n}").parse::<ItemId>().unwrap());
        let body = prop_oneof![
            (0_u8..3, any::<bool>()).prop_map(|(n, done)| RecordBody::Lesson {
                course: "c-one".parse().unwrap(),
                lesson: format!("l-{n}").parse().unwrap(),
                state: if done {
                    LessonState::Finished
                } else {
                    LessonState::Opened
                },
            }),
            (item.clone(), prop::option::of(0_u8..2), any::<Option<bool>>()).prop_map(|(item, attempt, truth)| {
                RecordBody::Answered {
                    attempt: attempt.map(attempt_id),
                    item,
                    revision: Revision(1),
                    pack: PackHash::from_sha256(&[0; 32]),
                    response: Response::Truth(truth),
                }
            }),
            (0_u8..2, prop::collection::vec(item, 1..4)).prop_map(|(n, items)| RecordBody::AttemptStarted {
                attempt: attempt_id(n),
                mode: Mode::Practice,
                bank: "bank".parse().unwrap(),
                pack: PackHash::from_sha256(&[0; 32]),
                seed: Seed(u64::from(n)),
                items,
            }),
            (0_u8..2).prop_map(|n| RecordBody::AttemptFinished { attempt: attempt_id(n) }),
            Just(RecordBody::Unknown),
        ];
        let mark = prop::option::of((any::<bool>(), any::<bool>()).prop_map(|(endpoint, right)| {
            let points = if right { Points::ONE } else { Points::ZERO };
            let outcome = if right { Outcome::Right } else { Outcome::Wrong };
            let mark = Mark {
                points,
                max: Points::ONE,
                outcome,
            };
            if endpoint {
                Marked::ByEndpoint(mark)
            } else {
                Marked::Here(mark)
            }
        }));
        // Few ids, devices and moments, so that clashes and ties are common; some times are doubtful.
        let received = prop::option::of((0_i64..5).prop_map(Timestamp));
        let head = (0_i64..5, 0_u8..2, 0_u64..4, 0_u8..30);
        (head, body, mark, received).prop_map(|((at, device, seq, id), body, mark, received)| Evidence {
            record: Record {
                at: Timestamp(at),
                device: DeviceId(Uuid::from_u128(u128::from(device))),
                seq,
                id: RecordId(Uuid::v7(u64::from(id), 0)),
                profile: ProfileId(Uuid::from_u128(1)),
                body,
            },
            mark,
            received,
        })
    }

    fn with_own_ids(mut evidence: Vec<Evidence>) -> Vec<Evidence> {
        for (n, one) in evidence.iter_mut().enumerate() {
            one.record.id = RecordId(Uuid::v7(n as u64, 7));
        }
        evidence
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_order_batching_and_repetition_gives_the_same_progress(
            evidence in prop::collection::vec(any_evidence(), 0..40),
            seed in any::<u64>(),
            repeats in prop::collection::vec(any::<prop::sample::Index>(), 0..20),
        ) {
            let expected = Progress::fold(&evidence);
            let mut other = evidence.clone();
            if !evidence.is_empty() {
                let unheard = |one: &Evidence| Evidence { mark: None, received: None, ..one.clone() };
                other.extend(repeats.iter().map(|index| index.get(&evidence).clone()));
                // As a device has a record before it has heard what the endpoint says of it.
                other.extend(repeats.iter().map(|index| unheard(index.get(&evidence))));
            }
            Seed(seed).shuffle(&mut other);
            prop_assert_eq!(&Progress::fold(&other), &expected);
            for n in 0..2 {
                prop_assert_eq!(Attempt::fold(attempt_id(n), &other), Attempt::fold(attempt_id(n), &evidence));
            }
        }

        #[test]
        fn more_records_never_take_progress_away(evidence in prop::collection::vec(any_evidence(), 1..30)) {
            // A grow-only set as devices make it.
            let evidence = with_own_ids(evidence);
            let all = Progress::fold(&evidence);
            let some = Progress::fold(&evidence[..evidence.len() / 2]);
            prop_assert!(some.items.iter().all(|(id, seen)| all.items[id].answers >= seen.answers && all.items[id].right >= seen.right));
            prop_assert!(some.lessons.iter().all(|(id, seen)| all.lessons[id].state >= seen.state));
            prop_assert!(some.attempts.iter().all(|(id, span)| span.finished.is_none() || all.attempts[id].finished.is_some()));
        }

        #[test]
        fn a_clock_far_ahead_does_what_a_right_clock_does(evidence in prop::collection::vec(any_evidence(), 0..30)) {
            let right = with_own_ids(evidence);
            let right: Vec<Evidence> = right.into_iter().map(|mut one| {
                one.record.at = one.received.unwrap_or(one.record.at);
                one
            }).collect();
            let ahead: Vec<Evidence> = right.iter().cloned().map(|mut one| {
                if one.received.is_some() {
                    one.record.at = one.record.at.plus(365 * 86_400_000);
                }
                one
            }).collect();
            prop_assert_eq!(Progress::fold(&ahead), Progress::fold(&right));
            for n in 0..2 {
                prop_assert_eq!(Attempt::fold(attempt_id(n), &ahead), Attempt::fold(attempt_id(n), &right));
            }
        }
    }

    #[test]
    fn the_answer_of_a_clock_a_year_ahead_is_not_the_last_one_for_a_year() {
        const YEAR: i64 = 365 * 86_400_000;
        let given = |device: u128, at: i64, outcome, received| Evidence {
            record: Record {
                at: Timestamp(at),
                device: DeviceId(Uuid::from_u128(device)),
                seq: 1,
                id: RecordId(Uuid::v7(at.unsigned_abs(), device)),
                profile: ProfileId(Uuid::from_u128(1)),
                body: RecordBody::Answered {
                    attempt: None,
                    item: "i-1".parse().unwrap(),
                    revision: Revision(1),
                    pack: PackHash::from_sha256(&[0; 32]),
                    response: Response::Truth(Some(true)),
                },
            },
            mark: Some(Marked::Here(Mark {
                points: Points::ZERO,
                max: Points::ONE,
                outcome,
            })),
            received,
        };
        let ahead = given(1, 1_000 + YEAR, Outcome::Wrong, Some(Timestamp(1_000)));
        let after = given(2, 2_000, Outcome::Right, None);
        let item = Progress::fold([&ahead, &after]).items[&"i-1".parse().unwrap()];
        assert_eq!((item.last, item.last_at), (Some(Outcome::Right), Timestamp(2_000)));
        // The device that gave it does not know of the doubt before the endpoint says so.
        let unheard = Evidence {
            received: None,
            ..ahead.clone()
        };
        let item = Progress::fold([&unheard, &after]).items[&"i-1".parse().unwrap()];
        assert_eq!(item.last, Some(Outcome::Wrong));
        let item = Progress::fold([&unheard, &after, &ahead]).items[&"i-1".parse().unwrap()];
        assert_eq!((item.answers, item.last), (2, Some(Outcome::Right)));
    }
}
