//! A lesson: body, checks inside the text, what it means, sources, and on to the next.

use crate::page;
use crate::route::Route;
use crate::state::app::{self, App, app};
use crate::state::load::Load;
use crate::state::packs::{self, LoadError};
use crate::text::{self, Lang};
use crate::ui::basis::citations;
use crate::ui::question::{Question, Shown, question};
use domain::citation::Citation;
use domain::ids::{CourseId, ItemId, LessonId, PackHash};
use domain::record::{LessonState, RecordBody};
use domain::shuffle::Seed;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::sync::Arc;
use wire::catalogue::CourseEntry;
use wire::pack::{Bank, BlockForm, CoursePack, LessonForm};

/// What the page needs: the course's lessons, and its bank where the lesson has checks.
struct Parts {
    pack: CoursePack,
    bank: Option<Arc<Bank>>,
    bank_hash: PackHash,
}

async fn load(app: App, course: &CourseEntry, slug: &str) -> Result<Arc<Parts>, LoadError> {
    let hash = |text: &str| text.parse::<PackHash>().map_err(|_| LoadError::Damaged(text.to_owned()));
    let pack: CoursePack = packs::read(&app.pack(hash(&course.pack)?).await?)?;
    let bank_hash = hash(&course.bank.pack)?;
    let lesson = pack.lessons.iter().find(|lesson| lesson.slug == slug);
    let checks = lesson.is_some_and(|lesson| lesson.blocks.iter().any(|block| block.check.is_some()));
    // A lesson can be read without its checks; a bank that does not come must not take the text away.
    let bank = if checks { app.bank(bank_hash).await.ok() } else { None };
    Ok(Arc::new(Parts { pack, bank, bank_hash }))
}

/// The page of a lesson.
pub fn lesson(course: String, slug: String) -> AnyView {
    let app = app();
    let parts: RwSignal<Option<Result<Arc<Parts>, LoadError>>, LocalStorage> = RwSignal::new_local(None);
    let entry = RwSignal::new(None::<CourseEntry>);
    let wanted = slug.clone();
    // Talks to the outside: fetches once the catalogue is there.
    Effect::new(move |_| {
        let found = app.catalogue.with(|load| {
            load.ready().map(|catalogue| catalogue.courses.iter().find(|known| known.slug == course).cloned())
        });
        let Some(found) = found else { return };
        entry.set(found.clone());
        let Some(found) = found else { return };
        let slug = wanted.clone();
        spawn_local(async move {
            let loaded = load(app, &found, &slug).await;
            parts.try_set(Some(loaded));
        });
    });
    view! {
        {move || match app.catalogue.with(|load| match load {
            Load::Failed(error) => Some(page::failed(app, error)),
            Load::Loading => Some(page::loading(app)),
            Load::Ready(_) => None,
        }) {
            Some(page) => page,
            None => parts.with(|parts| match (entry.get(), parts) {
                (None, _) => page::not_found(app),
                (_, None) => page::loading(app),
                (_, Some(Err(error))) => page::failed(app, error),
                (Some(course), Some(Ok(parts))) => {
                    match parts.pack.lessons.iter().position(|lesson| lesson.slug == slug) {
                        Some(place) => show(app, &course, parts, place),
                        None => page::not_found(app),
                    }
                }
            }),
        }}
    }
    .into_any()
}

fn progress(app: App, course: &str, lesson: &str, state: LessonState) {
    let (Ok(course), Ok(lesson)) = (course.parse::<CourseId>(), lesson.parse::<LessonId>()) else { return };
    let known = app.progress.with_untracked(|progress| progress.lessons.get(&lesson).map(|known| known.state));
    if known >= Some(state) {
        return;
    }
    spawn_local(async move {
        // A failure shows in the state line.
        let _ = app.record(RecordBody::Lesson { course, lesson, state }).await;
    });
}

fn show(app: App, course: &CourseEntry, parts: &Arc<Parts>, place: usize) -> AnyView {
    let lang = app.lang.get();
    let Some(lesson) = parts.pack.lessons.get(place) else { return page::not_found(app) };
    // The records may still be on their way in: noting a lesson then would repeat what is known.
    let (course_id, lesson_id) = (course.id.clone(), lesson.id.clone());
    Effect::new(move |_| {
        if app.identity.with(Option::is_some) {
            progress(app, &course_id, &lesson_id, LessonState::Opened);
        }
    });
    let objectives = lesson.objectives.iter().map(|objective| view! { <li>{objective.clone()}</li> }).collect_view();
    let blocks = lesson.blocks.iter().enumerate().map(|(n, block)| show_block(app, parts, lesson, n, block, lang));
    let cites: Vec<Citation> = lesson.citations.iter().filter_map(|text| text.parse().ok()).collect();
    let (next, label) = match parts.pack.lessons.get(place + 1) {
        Some(next) => (Route::Lesson(course.slug.clone(), next.slug.clone()), text::LESSON_NEXT),
        None => (Route::Practice(course.bank.id.clone()), text::LESSON_LAST),
    };
    let (course_id, lesson_id) = (course.id.clone(), lesson.id.clone());
    let done = move |_| {
        progress(app, &course_id, &lesson_id, LessonState::Finished);
        app.go(next.clone(), false);
    };
    let body = view! {
        <p class="facts">
            <a href=app.href(&Route::Course(course.slug.clone()))>{lang.of(&course.title)}</a>
            " · " {place + 1} "/" {parts.pack.lessons.len()} " · " {text::MINUTES_N.with(lang, &[&lesson.minutes])}
        </p>
        {page::content_language(lang)}
        <div class="objectives">
            <b>{text::OBJECTIVES.get(lang)}</b>
            <ul lang="zh-CN">{objectives}</ul>
        </div>
        {blocks.collect_view()}
        <aside class="meaning">
            <h2>{text::LESSON_MEANING.get(lang)}</h2>
            <p lang="zh-CN">{lesson.meaning.clone()}</p>
        </aside>
        <details class="sources" open>
            <summary>{text::LESSON_CITES.get(lang)}</summary>
            {citations(&cites, &parts.pack.regulations, &app.base())}
        </details>
        <p class="buttons"><button type="button" class="primary wide" data-test="lesson-done" on:click=done>{label.get(lang)}</button></p>
    };
    page::frame(app, "lesson", lang.of(&lesson.title), body)
}

fn show_block(app: App, parts: &Arc<Parts>, lesson: &LessonForm, n: usize, block: &BlockForm, lang: Lang) -> AnyView {
    let Some(check) = &block.check else {
        // Sanitised when the pack was built, and the pack is proven by its hash.
        return view! { <div class="prose" lang="zh-CN" inner_html=block.html.clone()></div> }.into_any();
    };
    let item: Option<ItemId> = check.parse().ok();
    let item = item.and_then(|id| parts.bank.as_ref()?.items.get(&id).cloned());
    let (Some(item), Some(bank)) = (item, parts.bank.clone()) else { return ().into_any() };
    let item = Arc::new(item);
    let answer: RwSignal<Option<Shown>, LocalStorage> = RwSignal::new_local(None);
    let busy = RwSignal::new(false);
    let hash = parts.bank_hash;
    let answered = {
        let item = StoredValue::new_local(Arc::clone(&item));
        Callback::new(move |(response,): (domain::item::Response,)| {
            busy.set(true);
            spawn_local(async move {
                let item = item.get_value();
                let body = RecordBody::Answered {
                    attempt: None,
                    item: item.id.clone(),
                    revision: item.revision,
                    pack: hash,
                    response: response.clone(),
                };
                if let Ok(record) = app.record(body).await {
                    let mark = app::mark(&item, &response);
                    answer.try_set(Some(Shown { response, mark }));
                    app.note_mark(record, mark);
                }
                busy.try_set(false);
            });
        })
    };
    // The same order at every visit, another in every lesson.
    let seed = Seed(n as u64).derive(&lesson.id);
    let shown = question(Question {
        item,
        regulations: Arc::new(bank.regulations.clone()),
        seed,
        lang,
        base: app.base(),
        answer: answer.into(),
        busy: busy.into(),
        answered,
    });
    view! { <section class="inline-check" data-test="inline-check"><p class="eyebrow">{text::LESSON_CHECK.get(lang)}</p> {shown}</section> }.into_any()
}
