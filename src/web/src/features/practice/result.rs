//! What a set came to: the count, the points with who marked them, and every question again.

use super::{attempt, bank_entry, home_of};
use crate::page;
use crate::route::Route;
use crate::state::app::{App, app};
use crate::state::packs::LoadError;
use crate::text;
use crate::ui::question::{Question, Shown, outcome_text, question};
use domain::attempt::Attempt;
use domain::ids::AttemptId;
use domain::marking::Outcome;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::sync::Arc;
use wire::pack::Bank;

/// The page of a result.
pub fn result(bank: String, id: String) -> AnyView {
    let app = app();
    let Ok(id) = id.parse::<AttemptId>() else { return page::not_found(app) };
    let loaded: RwSignal<Option<Result<Arc<Bank>, LoadError>>, LocalStorage> = RwSignal::new_local(None);
    let asked = StoredValue::new(false);
    // Talks to the outside: fetches the pack that the attempt was made of.
    Effect::new(move |_| {
        let Some(pack) = attempt(app, id).map(|attempt| attempt.pack) else { return };
        if !asked.get_value() {
            asked.set_value(true);
            spawn_local(async move {
                let bank = app.bank(pack).await;
                loaded.try_set(Some(bank));
            });
        }
    });
    view! {
        {move || {
            if app.identity.with(Option::is_none) {
                return page::loading(app);
            }
            let Some(attempt) = attempt(app, id) else { return page::not_found(app) };
            let title = bank_entry(app, &bank).flatten().map(|(_, title)| title);
            loaded.with(|loaded| match loaded {
                None => page::loading(app),
                Some(loaded) => show(app, &bank, &attempt, loaded.as_ref().ok(), title),
            })
        }}
    }
    .into_any()
}

fn show(app: App, bank_id: &str, attempt: &Attempt, bank: Option<&Arc<Bank>>, title: Option<wire::Bilingual>) -> AnyView {
    let lang = app.lang.get();
    let tally = attempt.tally();
    let proof = match tally.verified {
        0 => text::PROVISIONAL.get(lang).to_owned(),
        n if n == tally.answered => text::VERIFIED.get(lang).to_owned(),
        n => text::VERIFIED_SOME.with(lang, &[&n]),
    };
    let again = if tally.right < tally.items { text::AGAIN_WRONG } else { text::AGAIN };
    let items = attempt.items.iter().enumerate().map(|(place, (id, answer))| {
        let outcome = answer.as_ref().and_then(|answer| answer.mark).map(|mark| mark.mark().outcome);
        let item = bank.and_then(|bank| bank.items.get(id));
        let stem = item.map_or_else(|| id.to_string(), |item| item.stem.clone());
        let word = outcome_text(outcome.unwrap_or(Outcome::Unanswered)).get(lang);
        let shown = answer.clone().zip(answer.as_ref().and_then(|answer| answer.mark)).map(|(answer, mark)| Shown {
            response: answer.response,
            mark: mark.mark(),
        });
        let detail = item.zip(bank).map(|(item, bank)| {
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
        let right = outcome == Some(Outcome::Right);
        view! {
            <li>
                <details>
                    <summary>
                        <span class="tag" class:tag-done=right class:tag-wrong=!right>{word}</span>
                        <span lang="zh-CN">{place + 1} ". " {stem}</span>
                    </summary>
                    {detail}
                </details>
            </li>
        }
    });
    let score = view! {
        <p class="score" data-test="score" data-right=tally.right.to_string() data-items=tally.items.to_string()>
            <b>{text::RESULT_RIGHT.with(lang, &[&tally.right, &tally.items])}</b>
            <span>{text::RESULT_POINTS.with(lang, &[&tally.points, &tally.max])}</span>
            <small>{text::MODE_PRACTICE.get(lang)} " · " {proof}</small>
        </p>
    };
    let body = view! {
        {title.map(|title| view! { <p class="facts">{lang.of(&title)}</p> })}
        {score}
        <p class="buttons">
            <a class="button primary" data-test="again" href=app.href(&Route::Practice(bank_id.into()))>{again.get(lang)}</a>
            <a class="button plain" href=app.href(&home_of(app, bank_id))>{text::BACK_COURSE.get(lang)}</a>
        </p>
        <section>
            <h2>{text::REVIEW.get(lang)}</h2>
            <ol class="review">{items.collect_view()}</ol>
        </section>
    };
    page::frame(app, "result", text::RESULT.get(lang).into(), body)
}

