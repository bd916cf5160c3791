//! The catalogue and the page of one course.

use crate::page;
use crate::route::Route;
use crate::state::app::{App, app};
use crate::state::load::Load;
use crate::text::{self, Lang, Text};
use crate::ui::meter::meter;
use domain::catalogue::completion;
use domain::ids::LessonId;
use domain::progress::Progress;
use domain::record::LessonState;
use domain::units::Share;
use leptos::prelude::*;
use wire::catalogue::{Catalogue, CourseEntry, VenueEntry};

fn kind(name: &str) -> Text {
    match name {
        "onboarding" => text::KIND_ONBOARDING,
        "rotation" => text::KIND_ROTATION,
        "enterprise" => text::KIND_ENTERPRISE,
        "outreach" => text::KIND_OUTREACH,
        _ => text::KIND_TOPIC,
    }
}

fn lesson_ids(course: &CourseEntry) -> Vec<LessonId> {
    course.lessons.iter().filter_map(|lesson| lesson.id.parse().ok()).collect()
}

fn share(course: &CourseEntry, progress: &Progress) -> Share {
    completion(&lesson_ids(course), progress)
}

fn state_of(id: &str, progress: &Progress) -> Option<LessonState> {
    let id: LessonId = id.parse().ok()?;
    progress.lessons.get(&id).map(|lesson| lesson.state)
}

/// The first lesson that is not finished, and whether anything of the course was done.
fn next_lesson<'a>(course: &'a CourseEntry, progress: &Progress) -> Option<(&'a wire::catalogue::LessonEntry, bool)> {
    let begun = course.lessons.iter().any(|lesson| state_of(&lesson.id, progress).is_some());
    let open = |lesson: &&wire::catalogue::LessonEntry| state_of(&lesson.id, progress) != Some(LessonState::Finished);
    course.lessons.iter().find(open).map(|lesson| (lesson, begun))
}

/// The page of all that is offered.
pub fn courses() -> AnyView {
    let app = app();
    view! {
        {move || app.catalogue.with(|load| match load {
            Load::Loading => page::loading(app),
            Load::Failed(error) => page::failed(app, error),
            Load::Ready(catalogue) => all(app, catalogue),
        })}
    }
    .into_any()
}

fn all(app: App, catalogue: &Catalogue) -> AnyView {
    let lang = app.lang.get();
    let first = catalogue.courses.first().cloned();
    let next = move || first.as_ref().and_then(|course| app.progress.with(|progress| next_card(app, course, progress, lang)));
    let cards = catalogue.courses.iter().map(|course| course_card(app, course.clone(), lang)).collect_view();
    let venues = catalogue.venues.iter().filter(|venue| venue.pack.is_some()).map(|venue| venue_card(app, venue, lang));
    let body = view! {
        <p class="lead">{text::HOME_LEAD.get(lang)}</p>
        {next}
        <section>
            <h2>{text::COURSES.get(lang)}</h2>
            <ul class="cards">{cards}</ul>
        </section>
        <section>
            <h2><a href=app.href(&Route::Handbook)>{text::HANDBOOK.get(lang)}</a></h2>
            <p class="quiet">{text::HANDBOOK_LEAD.get(lang)}</p>
            <ul class="cards">{venues.collect_view()}</ul>
        </section>
        {page::insecure(lang)}
    };
    page::frame(app, "courses", text::HOME_TITLE.get(lang).into(), body)
}

fn next_card(app: App, course: &CourseEntry, progress: &Progress, lang: Lang) -> Option<AnyView> {
    let (lesson, begun) = next_lesson(course, progress)?;
    let label = if begun { text::NEXT_RESUME } else { text::NEXT_START };
    let href = app.href(&Route::Lesson(course.slug.clone(), lesson.slug.clone()));
    let minutes = text::MINUTES_N.with(lang, &[&lesson.minutes]);
    Some(
        view! {
            <a class="next" href=href data-test="next-lesson">
                <small>{label.get(lang)} " · " {lang.of(&course.title)}</small>
                <b>{lang.of(&lesson.title)}</b>
                <small>{minutes}</small>
            </a>
        }
        .into_any(),
    )
}

fn course_card(app: App, course: CourseEntry, lang: Lang) -> AnyView {
    let href = app.href(&Route::Course(course.slug.clone()));
    let facts = format!(
        "{} · {} · {} · {}",
        kind(&course.kind).get(lang),
        text::HOURS.with(lang, &[&course.hours]),
        text::LESSONS_N.with(lang, &[&course.lessons.len()]),
        text::ITEMS_N.with(lang, &[&course.bank.items]),
    );
    let (title, summary) = (lang.of(&course.title), lang.of(&course.summary));
    let label = title.clone();
    let done = move || {
        let share = app.progress.with(|progress| share(&course, progress));
        (share > Share::NONE).then(|| meter(share, label.clone()))
    };
    view! {
        <li class="card">
            <a href=href data-test="course"><h3>{title}</h3></a>
            <p class="facts">{facts}</p>
            <p>{summary}</p>
            {done}
        </li>
    }
    .into_any()
}

fn venue_card(app: App, venue: &VenueEntry, lang: Lang) -> AnyView {
    let href = app.href(&Route::Venue(venue.slug.clone()));
    view! {
        <li class="card">
            <a href=href data-test="venue"><h3>{lang.of(&venue.title)}</h3></a>
            <p class="facts">{text::CHECKS_N.with(lang, &[&venue.checks])}</p>
        </li>
    }
    .into_any()
}

/// The page of a course.
pub fn course(slug: String) -> AnyView {
    let app = app();
    view! {
        {move || app.catalogue.with(|load| match load {
            Load::Loading => page::loading(app),
            Load::Failed(error) => page::failed(app, error),
            Load::Ready(catalogue) => match catalogue.courses.iter().find(|course| course.slug == slug) {
                Some(course) => one(app, course),
                None => page::not_found(app),
            },
        })}
    }
    .into_any()
}

fn one(app: App, course: &CourseEntry) -> AnyView {
    let lang = app.lang.get();
    let entry = StoredValue::new(course.clone());
    let start = move || {
        entry.with_value(|course| {
            app.progress.with(|progress| {
                let (lesson, begun) = next_lesson(course, progress)?;
                let label = if begun { text::COURSE_GO_ON } else { text::COURSE_START };
                let href = app.href(&Route::Lesson(course.slug.clone(), lesson.slug.clone()));
                let title = lang.of(&lesson.title);
                Some(view! { <a class="button primary" href=href data-test="start">{label.get(lang)} "：" {title}</a> })
            })
        })
    };
    let lesson = |(place, lesson): (usize, &wire::catalogue::LessonEntry)| {
        let id = lesson.id.clone();
        let state = move || {
            app.progress.with(|progress| match state_of(&id, progress) {
                Some(LessonState::Finished) => Some(view! { <span class="tag tag-done">{text::LESSON_DONE.get(lang)}</span> }),
                Some(LessonState::Opened) => Some(view! { <span class="tag tag-open">{text::LESSON_OPENED.get(lang)}</span> }),
                None => None,
            })
        };
        let href = app.href(&Route::Lesson(course.slug.clone(), lesson.slug.clone()));
        view! {
            <li>
                <a href=href data-test="lesson">
                    <span class="number" aria-hidden="true">{place + 1}</span>
                    <span class="grow">{lang.of(&lesson.title)}</span>
                </a>
                <span class="side">{state} <small>{text::MINUTES_N.with(lang, &[&lesson.minutes])}</small></span>
            </li>
        }
    };
    let progress = move || {
        entry.with_value(|course| {
            app.progress.with(|progress| {
                let ids = lesson_ids(course);
                let done = |id: &&LessonId| progress.lessons.get(*id).is_some_and(|l| l.state == LessonState::Finished);
                let done = ids.iter().filter(done).count();
                let words = text::DONE_N.with(lang, &[&done, &ids.len()]);
                view! { <p class="quiet">{words.clone()}</p> {meter(share(course, progress), words)} }
            })
        })
    };
    let (bank, items) = (course.bank.id.clone(), course.bank.items);
    let objectives = course.objectives.iter().map(|objective| view! { <li>{objective.clone()}</li> }).collect_view();
    let body = view! {
        <p class="facts">
            {kind(&course.kind).get(lang)} " · " {text::HOURS.with(lang, &[&course.hours])}
        </p>
        <p class="lead">{lang.of(&course.summary)}</p>
        <p class="buttons">
            {start}
            <a class="button plain" href=app.href(&Route::Practice(bank)) data-test="practice">
                {text::PRACTICE_BANK.get(lang)} "（" {text::ITEMS_N.with(lang, &[&items])} "）"
            </a>
        </p>
        {progress}
        {page::content_language(lang)}
        <section>
            <h2>{text::LESSONS.get(lang)}</h2>
            <ol class="lessons">{course.lessons.iter().enumerate().map(lesson).collect_view()}</ol>
        </section>
        <section>
            <h2>{text::OBJECTIVES.get(lang)}</h2>
            <ul lang="zh-CN">{objectives}</ul>
        </section>
    };
    page::frame(app, "course", lang.of(&course.title), body)
}
