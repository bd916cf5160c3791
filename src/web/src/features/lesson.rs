//! A lesson: body, checks inside the text, what it means, sources, and on to the next.

use crate::html::{Html, dynamic, el, none};
use crate::page;
use crate::platform::clock;
use crate::platform::timer::spawn;
use crate::route::Route;
use crate::state::app::giving::{Given, Giving};
use crate::state::app::{App, app};
use crate::state::packs::{self, LoadError};
use crate::text::{self, Lang};
use crate::ui::basis::citations;
use crate::ui::notice::{Tone, notice};
use crate::ui::question::{Question, Shown, question};
use domain::citation::Citation;
use domain::ids::{CourseId, ItemId, LessonId, PackHash};
use domain::record::{LessonState, RecordBody};
use domain::shuffle::Seed;
use leptos::prelude::*;
use std::sync::Arc;
use wire::catalogue::{Catalogue, CourseEntry};
use wire::pack::{Bank, BlockForm, CoursePack, LessonForm};

/// What the page needs: the course's lessons, and its bank where the lesson has checks.
struct Parts {
    pack: CoursePack,
    bank: Option<Arc<Bank>>,
    bank_hash: PackHash,
}

async fn load(app: App, course: &CourseEntry, slug: &str) -> Result<Arc<Parts>, LoadError> {
    let hash = |text: &str| {
        text.parse::<PackHash>()
            .map_err(|_| LoadError::Damaged(text.to_owned()))
    };
    let pack: CoursePack = packs::read(&app.pack(hash(&course.pack)?).await?)?;
    let bank_hash = hash(&course.bank.pack)?;
    let lesson = pack.lessons.iter().find(|lesson| lesson.slug == slug);
    let checks = lesson.is_some_and(|lesson| lesson.blocks.iter().any(|block| block.check.is_some()));
    // A lesson can be read without its checks; a bank that does not come must not take the text away.
    let bank = if checks { app.bank(bank_hash).await.ok() } else { None };
    Ok(Arc::new(Parts { pack, bank, bank_hash }))
}

/// The page of a lesson.
pub fn lesson(course: String, slug: String) -> Html {
    let app = app();
    let parts: RwSignal<Option<Result<Arc<Parts>, LoadError>>, LocalStorage> = RwSignal::new_local(None);
    let (wanted, wanted_course) = (slug.clone(), course.clone());
    // Talks to the outside: fetches once the catalogue is there.
    Effect::new(move |_| {
        let found = app.catalogue.with(|load| find(load.ready()?, &wanted_course));
        let Some(found) = found else { return };
        let slug = wanted.clone();
        spawn(async move {
            let loaded = load(app, &found, &slug).await;
            parts.try_set(Some(loaded));
        });
    });
    page::with_catalogue(app, move |catalogue| {
        let Some(course) = find(catalogue, &course) else {
            return page::not_found(app);
        };
        let slug = slug.clone();
        dynamic(move || {
            parts.with(|parts| match parts {
                None => page::loading(app),
                Some(Err(error)) => page::failed(app, error),
                Some(Ok(parts)) => match parts.pack.lessons.iter().position(|lesson| lesson.slug == slug) {
                    Some(place) => show(app, &course, parts, place),
                    None => page::not_found(app),
                },
            })
        })
    })
}

fn find(catalogue: &Catalogue, slug: &str) -> Option<CourseEntry> {
    catalogue.courses.iter().find(|course| course.slug == slug).cloned()
}

fn progress(app: App, course: &str, lesson: &str, state: LessonState) {
    let (Ok(course), Ok(lesson)) = (course.parse::<CourseId>(), lesson.parse::<LessonId>()) else {
        return;
    };
    let known = app
        .progress
        .with_untracked(|progress| progress.lessons.get(&lesson).map(|known| known.state));
    if known >= Some(state) {
        return;
    }
    spawn(async move {
        // A failure shows in the state line.
        let _ = app.record(RecordBody::Lesson { course, lesson, state }).await;
    });
}

fn show(app: App, course: &CourseEntry, parts: &Arc<Parts>, place: usize) -> Html {
    let lang = app.lang.get();
    let Some(lesson) = parts.pack.lessons.get(place) else {
        return page::not_found(app);
    };
    // The records may still be on their way in: noting a lesson then would repeat what is known.
    let (course_id, lesson_id) = (course.id.clone(), lesson.id.clone());
    Effect::new(move |_| {
        if app.identity.with(Option::is_some) {
            progress(app, &course_id, &lesson_id, LessonState::Opened);
        }
    });
    let cites: Vec<Citation> = lesson.citations.iter().filter_map(|text| text.parse().ok()).collect();
    let (next, label) = match parts.pack.lessons.get(place + 1) {
        Some(next) => (Route::Lesson(course.slug.clone(), next.slug.clone()), text::LESSON_NEXT),
        None => (Route::Practice(course.bank.id.clone()), text::LESSON_LAST),
    };
    let (course_id, lesson_id) = (course.id.clone(), lesson.id.clone());
    let done = move || {
        progress(app, &course_id, &lesson_id, LessonState::Finished);
        app.go(next.clone(), false);
    };
    let home = el("a")
        .attr("href", &app.href(&Route::Course(course.slug.clone())))
        .text(&lang.of(&course.title));
    let where_ = format!(
        " · {}/{} · {}",
        place + 1,
        parts.pack.lessons.len(),
        text::MINUTES_N.with(lang, &[&lesson.minutes])
    );
    let objectives = el("div")
        .class("objectives")
        .child(el("b").text(text::OBJECTIVES.get(lang)))
        .child(
            el("ul")
                .attr("lang", "zh-CN")
                .all(lesson.objectives.iter().map(|words| el("li").text(words))),
        );
    let meaning = el("aside")
        .class("meaning")
        .child(el("h2").text(text::LESSON_MEANING.get(lang)))
        .child(el("p").attr("lang", "zh-CN").text(&lesson.meaning));
    let sources = el("details")
        .class("sources")
        .attr("open", "")
        .child(el("summary").text(text::LESSON_CITES.get(lang)))
        .child(citations(&cites, &parts.pack.regulations, &app.base()));
    let today = clock::now().day();
    let revised = cites.iter().any(|cite| {
        let text = parts
            .pack
            .regulations
            .get(&format!("{}@{}", cite.regulation, cite.version));
        text.is_some_and(|text| text.is_replaced(today))
    });
    let revised = revised.then(|| {
        let words = el("p").text(text::LESSON_REVISED_MORE.get(lang));
        notice(Tone::Warn, text::LESSON_REVISED.get(lang), words).attr("data-test", "revised")
    });
    let blocks = lesson
        .blocks
        .iter()
        .enumerate()
        .map(|(n, block)| show_block(app, parts, lesson, n, block, lang));
    let done = page::button("primary wide", label.get(lang), done).attr("data-test", "lesson-done");
    let body = none()
        .child(el("p").class("facts").child(home).text(&where_))
        .maybe(page::content_language(lang))
        .maybe(revised)
        .child(objectives)
        .all(blocks)
        .child(meaning)
        .child(sources)
        .child(el("p").class("buttons").child(done));
    page::frame(app, "lesson", &lang.of(&lesson.title), body)
}

fn show_block(app: App, parts: &Arc<Parts>, lesson: &LessonForm, n: usize, block: &BlockForm, lang: Lang) -> Html {
    let Some(check) = &block.check else {
        return el("div").class("prose").attr("lang", "zh-CN").sanitised(&block.html);
    };
    let item: Option<ItemId> = check.parse().ok();
    let item = item.and_then(|id| parts.bank.as_ref()?.items.get(&id).cloned());
    let (Some(item), Some(bank)) = (item, parts.bank.clone()) else {
        return none();
    };
    let item = Arc::new(item);
    let answer: RwSignal<Option<Shown>, LocalStorage> = RwSignal::new_local(None);
    let giving = Giving::default();
    let what = Given {
        item: Arc::clone(&item),
        pack: parts.bank_hash,
        attempt: None,
    };
    let what = StoredValue::new_local(what);
    // A failure shows in the state line.
    let answered = Callback::new(move |(response,): (domain::item::Response,)| {
        giving.give(app, what.get_value(), response, move |response, mark| {
            answer.try_set(Some(Shown { response, mark }));
        });
    });
    // The same order at every visit, another in every lesson.
    let seed = Seed(n as u64).derive(&lesson.id);
    let shown = question(Question {
        item,
        regulations: Arc::new(bank.regulations.clone()),
        seed,
        lang,
        base: app.base(),
        answer: answer.into(),
        busy: giving.slow.into(),
        answered,
    });
    let above = el("p").class("eyebrow").text(text::LESSON_CHECK.get(lang));
    el("section")
        .class("inline-check")
        .attr("data-test", "inline-check")
        .child(above)
        .child(shown)
}
