//! Joining a unit with its code: what is sent, to whom, and the person's consent.

use crate::page;
use crate::platform::dom;
use crate::route::Route;
use crate::state::app::{App, JoinError, app};
use crate::text::{self, Lang};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The page; `code` is the one of the address's fragment.
pub fn join(code: String) -> AnyView {
    let app = app();
    if !code.is_empty() {
        dom::clear_fragment();
    }
    let code = StoredValue::new(code);
    view! { {move || show(app, code.get_value())} }.into_any()
}

fn explain(error: &JoinError, lang: Lang) -> String {
    let text = match error {
        JoinError::Offline => text::JOIN_OFFLINE,
        JoinError::NotStored => text::JOIN_NOT_STORED,
        JoinError::Refused(code) => match code.as_str() {
            "code-refused" => text::JOIN_BAD_CODE,
            "bad-name" => text::JOIN_BAD_NAME,
            "profile-claimed" => text::JOIN_CLAIMED,
            "too-many-tries" | "rate-limited" => text::JOIN_SLOW,
            other => return text::JOIN_OTHER.with(lang, &[&other]),
        },
    };
    text.get(lang).to_owned()
}

fn show(app: App, given: String) -> AnyView {
    let lang = app.lang.get();
    let code = RwSignal::new(given);
    let name = RwSignal::new(String::new());
    let staff = RwSignal::new(String::new());
    let consent = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let problem = RwSignal::new(None::<String>);
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        if !consent.get_untracked() {
            problem.set(Some(text::JOIN_CONSENT_MISSING.get(lang).into()));
            return;
        }
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            let staff = staff.get_untracked().trim().to_owned();
            let staff = (!staff.is_empty()).then_some(staff);
            let result = app.join(code.get_untracked(), name.get_untracked().trim().to_owned(), staff).await;
            problem.try_set(result.err().map(|error| explain(&error, lang)));
            busy.try_set(false);
        });
    };
    let field = move |label: text::Text, name: &'static str, value: RwSignal<String>, most: &'static str, required: bool| {
        view! {
            <label class="field">
                <span>{label.get(lang)}</span>
                <input
                    name=name
                    maxlength=most
                    required=required
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    prop:value=value
                    on:input=move |event| value.set(event_target_value(&event))
                />
            </label>
        }
    };
    let before = move || {
        let stored = app.ledger.with(crate::state::ledger::Ledger::stored);
        (stored > 0).then(|| view! { <p>{text::JOIN_BEFORE.with(lang, &[&stored])}</p> })
    };
    let form = move || {
        view! {
            <p class="lead">{text::JOIN_LEAD.get(lang)}</p>
            <form id="join" on:submit=send>
                {field(text::JOIN_CODE, "code", code, "24", true)}
                {field(text::JOIN_NAME, "name", name, "40", true)}
                {field(text::JOIN_STAFF, "staff", staff, "40", false)}
                <div class="notice">
                    <strong>{text::JOIN_WHAT.get(lang)}</strong>
                    <p>{text::JOIN_WHAT_BODY.get(lang)}</p>
                    {before}
                    <label class="tick">
                        <input type="checkbox" name="consent" prop:checked=consent on:change=move |event| consent.set(event_target_checked(&event)) />
                        <span>{text::JOIN_CONSENT.get(lang)}</span>
                    </label>
                </div>
                {move || problem.get().map(|words| view! { <p class="notice notice-warn" role="alert" data-test="join-problem">{words}</p> })}
                <p class="buttons">
                    <button type="submit" class="primary wide" data-test="join" aria-disabled=move || busy.get().then_some("true")>
                        {move || if busy.get() { text::JOIN_BUSY.get(lang) } else { text::JOIN_DO.get(lang) }}
                    </button>
                </p>
            </form>
        }
    };
    let joined = move || {
        let identity = app.identity.get().filter(|identity| identity.token.is_some());
        let relink = app.link.get() == crate::state::app::Link::Relink;
        identity.filter(|_| !relink).map(|identity| {
            view! {
                <div class="notice notice-good" role="status" data-test="joined">
                    <strong>{text::JOINED.with(lang, &[&identity.unit])}</strong>
                    <p><a class="button primary" href=app.href(&Route::Courses)>{text::BACK_HOME.get(lang)}</a></p>
                </div>
            }
        })
    };
    let endpoint = move || app.config.with(|config| config.as_ref().is_some_and(|config| config.endpoint.is_some()));
    let body = view! {
        {move || match (joined(), endpoint()) {
            (Some(done), _) => done.into_any(),
            (None, true) => form().into_any(),
            (None, false) => view! { <p>{text::RECORD_NO_ENDPOINT.get(lang)}</p> }.into_any(),
        }}
    };
    page::frame(app, "join", text::JOIN.get(lang).into(), body)
}
