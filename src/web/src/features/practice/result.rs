//! What a set came to: the count, the points with who marked them, and every question again.

use super::{attempt, bank_entry, home_of};
use crate::html::{Html, dynamic, el, none};
use crate::page;
use crate::platform::timer::spawn;
use crate::route::Route;
use crate::state::app::{App, app};
use crate::state::packs::LoadError;
use crate::text::{self, Lang};
use crate::ui::question::{Question, Shown, outcome_text, question};
use domain::attempt::{Answer, Attempt};
use domain::ids::{AttemptId, ItemId};
use domain::item::Item;
use domain::marking::Outcome;
use leptos::prelude::*;
use std::sync::Arc;
use wire::pack::Bank;

/// The page of a result.
pub fn result(bank: String, id: &str) -> Html {
    let app = app();
    let Ok(id) = id.parse::<AttemptId>() else {
        return dynamic(move || page::not_found(app));
    };
    let loaded: RwSignal<Option<Result<Arc<Bank>, LoadError>>, LocalStorage> = RwSignal::new_local(None);
    let asked = StoredValue::new(false);
    // Talks to the outside: fetches the pack that the attempt was made of.
    Effect::new(move |_| {
        let Some(pack) = attempt(app, id).map(|attempt| attempt.pack) else {
            return;
        };
        if !asked.get_value() {
            asked.set_value(true);
            spawn(async move {
                let bank = app.bank(pack).await;
                loaded.try_set(Some(bank));
            });
        }
    });
    let kept = Memo::new(move |_| attempt(app, id));
    dynamic(move || {
        if app.identity.with(Option::is_none) {
            return page::loading(app);
        }
        let Some(attempt) = kept.get() else {
            return page::not_found(app);
        };
        let title = bank_entry(app, &bank).map(|(_, title)| title);
        loaded.with(|loaded| match loaded {
            None => page::loading(app),
            // Without the pack the count can still be shown.
            Some(loaded) => show(app, &bank, &attempt, loaded.as_ref().ok(), title.as_ref()),
        })
    })
}

fn show(app: App, bank_id: &str, attempt: &Attempt, bank: Option<&Arc<Bank>>, title: Option<&wire::Bilingual>) -> Html {
    let lang = app.lang.get();
    let tally = attempt.tally();
    let proof = match tally.verified {
        0 => text::PROVISIONAL.get(lang).to_owned(),
        n if n == tally.answered => text::VERIFIED.get(lang).to_owned(),
        n => text::VERIFIED_SOME.with(lang, &[&n]),
    };
    let again = if tally.right < tally.items {
        text::AGAIN_WRONG
    } else {
        text::AGAIN
    };
    let score = el("p")
        .class("score")
        .attr("data-test", "score")
        .attr("data-right", &tally.right.to_string())
        .attr("data-items", &tally.items.to_string())
        .child(el("b").text(&text::RESULT_RIGHT.with(lang, &[&tally.right, &tally.items])))
        .child(el("span").text(&text::RESULT_POINTS.with(lang, &[&tally.points, &tally.max])))
        .child(el("small").text(text::MODE_PRACTICE.get(lang)).text(" · ").text(&proof));
    let again = page::button_link(app, "primary", &Route::Practice(bank_id.into()), again.get(lang));
    let buttons = el("p")
        .class("buttons")
        .child(again.attr("data-test", "again"))
        .child(page::button_link(
            app,
            "plain",
            &home_of(app, bank_id),
            text::BACK_COURSE.get(lang),
        ));
    let rows = attempt.items.iter().enumerate().map(|(place, (id, answer))| {
        let item = bank.and_then(|bank| bank.items.get(id).map(|item| (bank, item)));
        row(app, attempt, place, id, answer.as_ref(), item, lang)
    });
    let review = el("section")
        .child(el("h2").text(text::REVIEW.get(lang)))
        .child(el("ol").class("review").all(rows));
    let body = none()
        .maybe(title.map(|title| el("p").class("facts").text(&lang.of(title))))
        .child(score)
        .child(buttons)
        .child(review);
    page::frame(app, "result", text::RESULT.get(lang), body)
}

fn row(
    app: App,
    attempt: &Attempt,
    place: usize,
    id: &ItemId,
    answer: Option<&Answer>,
    item: Option<(&Arc<Bank>, &Item)>,
    lang: Lang,
) -> Html {
    let shown = answer.and_then(|answer| {
        Some(Shown {
            response: answer.response.clone(),
            mark: answer.mark?.mark(),
        })
    });
    let outcome = shown.as_ref().map_or(Outcome::Unanswered, |shown| shown.mark.outcome);
    let stem = item.map_or_else(|| id.to_string(), |(_, item)| item.stem.clone());
    let class = if outcome == Outcome::Right {
        "tag tag-done"
    } else {
        "tag tag-wrong"
    };
    let summary = el("summary")
        .child(el("span").class(class).text(outcome_text(outcome).get(lang)))
        .child(el("span").attr("lang", "zh-CN").text(&format!("{}. {stem}", place + 1)));
    let detail = item.map(|(bank, item)| {
        let shown = StoredValue::new_local(shown);
        question(Question {
            item: Arc::new(item.clone()),
            regulations: Arc::new(bank.regulations.clone()),
            seed: attempt.seed.derive(id.as_str()),
            lang,
            base: app.base(),
            answer: Signal::derive_local(move || shown.get_value()),
            busy: Signal::from(true),
            answered: Callback::new(|_| {}),
        })
    });
    el("li").child(el("details").child(summary).maybe(detail))
}
