//! Unit exams and their sittings: what an exam is, answering it against the clock, and what it came to.

mod card;
mod desk;
mod intro;
mod outcome;
mod seat;

pub use intro::intro;

use crate::html::{Html, dynamic};
use crate::page;
use crate::state::app::app;
use crate::text::{self, Text};
use domain::exam::Exam;
use domain::ids::AttemptId;
use domain::record::Mode;
use leptos::prelude::*;

/// What the page of a sitting shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Waiting,
    Nothing,
    Open,
    Over,
}

/// The page of one sitting: the desk while it is open, then its result.
pub fn sitting(exam: String, attempt: &str) -> Html {
    let app = app();
    let Ok(id) = attempt.parse::<AttemptId>() else {
        return dynamic(move || page::not_found(app));
    };
    let state = Memo::new(move |_| app.ledger.with(|ledger| Exam::fold(id, ledger.evidence.values())));
    // Apart from the answers, so that the page is not made anew with each of them.
    let phase = Memo::new(move |_| {
        if app.identity.with(Option::is_none) {
            return Phase::Waiting;
        }
        state.with(|state| match state {
            None => Phase::Nothing,
            Some(exam) if exam.finished.is_some() => Phase::Over,
            Some(_) => Phase::Open,
        })
    });
    dynamic(move || match phase.get() {
        Phase::Waiting => page::loading(app),
        Phase::Nothing => page::not_found(app),
        Phase::Open => desk::desk(app, exam.clone(), id, state),
        Phase::Over => outcome::outcome(app, exam.clone(), id, state),
    })
}

/// The name of a kind of test, which stands on every page and result of it.
fn mode_text(mode: Mode) -> Text {
    match mode {
        Mode::Practice => text::MODE_PRACTICE,
        Mode::SelfTest => text::exam::SELF_TEST,
        Mode::Contest => text::exam::CONTEST_MODE,
        Mode::Assessment => text::exam::ASSESSMENT,
    }
}
