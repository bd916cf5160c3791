//! The catalogue and the page of one course.

use crate::html::{Html, el, none};
use crate::page;
use crate::route::Route;
use crate::state::app::{App, app};
use crate::text::{self, Lang, Text};
use crate::ui::meter::meter;
use domain::catalogue::completion;
use domain::ids::{ExamId, LessonId};
use domain::progress::Progress;
use domain::record::{LessonState, Mode};
use domain::units::Share;
use leptos::prelude::*;
use wire::catalogue::{Catalogue, CourseEntry, LessonEntry, VenueEntry};

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
    course
        .lessons
        .iter()
        .filter_map(|lesson| lesson.id.parse().ok())
        .collect()
}

fn share(course: &CourseEntry, progress: &Progress) -> Share {
    completion(&lesson_ids(course), progress)
}

fn state_of(id: &str, progress: &Progress) -> Option<LessonState> {
    let id: LessonId = id.parse().ok()?;
    progress.lessons.get(&id).map(|lesson| lesson.state)
}

/// The first lesson that is not finished, and whether anything of the course was done.
fn next_lesson<'a>(course: &'a CourseEntry, progress: &Progress) -> Option<(&'a LessonEntry, bool)> {
    let begun = course
        .lessons
        .iter()
        .any(|lesson| state_of(&lesson.id, progress).is_some());
    let open = |lesson: &&LessonEntry| state_of(&lesson.id, progress) != Some(LessonState::Finished);
    course.lessons.iter().find(open).map(|lesson| (lesson, begun))
}

/// The page of all that is offered.
pub fn courses() -> Html {
    let app = app();
    page::with_catalogue(app, move |catalogue| all(app, catalogue))
}

fn all(app: App, catalogue: &Catalogue) -> Html {
    let lang = app.lang.get();
    let first = catalogue.courses.first().cloned();
    let next = move || {
        let card = first
            .as_ref()
            .and_then(|course| app.progress.with(|progress| next_card(app, course, progress, lang)));
        card.unwrap_or_else(none)
    };
    let cards = catalogue
        .courses
        .iter()
        .map(|course| course_card(app, course.clone(), lang));
    let ready = catalogue.venues.iter().filter(|venue| venue.pack.is_some());
    let title = el("a")
        .attr("href", &app.href(&Route::Handbook))
        .text(text::HANDBOOK.get(lang));
    let courses = el("section")
        .child(el("h2").text(text::COURSES.get(lang)))
        .child(el("ul").class("cards").all(cards));
    let handbook = el("section")
        .child(el("h2").child(title))
        .child(el("p").class("quiet").text(text::HANDBOOK_LEAD.get(lang)))
        .child(
            el("ul")
                .class("cards")
                .all(ready.map(|venue| venue_card(app, venue, lang))),
        );
    let body = none()
        .child(el("p").class("lead").text(text::HOME_LEAD.get(lang)))
        .dynamic(next)
        .child(courses)
        .child(handbook)
        .maybe(page::insecure(lang));
    page::frame(app, "courses", text::HOME_TITLE.get(lang), body)
}

fn next_card(app: App, course: &CourseEntry, progress: &Progress, lang: Lang) -> Option<Html> {
    let (lesson, begun) = next_lesson(course, progress)?;
    let label = if begun { text::NEXT_RESUME } else { text::NEXT_START };
    let href = app.href(&Route::Lesson(course.slug.clone(), lesson.slug.clone()));
    let above = format!("{} · {}", label.get(lang), lang.of(&course.title));
    let card = el("a")
        .class("next")
        .attr("href", &href)
        .attr("data-test", "next-lesson");
    Some(
        card.child(el("small").text(&above))
            .child(el("b").text(&lang.of(&lesson.title)))
            .child(el("small").text(&text::MINUTES_N.with(lang, &[&lesson.minutes]))),
    )
}

fn card(href: &str, name: &str, title: &str, facts: &str) -> Html {
    let link = el("a")
        .attr("href", href)
        .attr("data-test", name)
        .child(el("h3").text(title));
    el("li")
        .class("card")
        .child(link)
        .child(el("p").class("facts").text(facts))
}

fn course_card(app: App, course: CourseEntry, lang: Lang) -> Html {
    let facts = format!(
        "{} · {} · {} · {}",
        kind(&course.kind).get(lang),
        text::HOURS.with(lang, &[&course.hours]),
        text::LESSONS_N.with(lang, &[&course.lessons.len()]),
        text::ITEMS_N.with(lang, &[&course.bank.items]),
    );
    let title = lang.of(&course.title);
    let summary = el("p").text(&lang.of(&course.summary));
    let card = card(&app.href(&Route::Course(course.slug.clone())), "course", &title, &facts).child(summary);
    card.dynamic(move || {
        let share = app.progress.with(|progress| share(&course, progress));
        if share > Share::NONE {
            meter(share, &title)
        } else {
            none()
        }
    })
}

fn venue_card(app: App, venue: &VenueEntry, lang: Lang) -> Html {
    let facts = text::CHECKS_N.with(lang, &[&venue.checks]);
    card(
        &app.href(&Route::Venue(venue.slug.clone())),
        "venue",
        &lang.of(&venue.title),
        &facts,
    )
}

/// The page of a course.
pub fn course(slug: String) -> Html {
    let app = app();
    page::with_catalogue(app, move |catalogue| {
        let course = catalogue.courses.iter().find(|course| course.slug == slug);
        course.map_or_else(|| page::not_found(app), |course| one(app, course))
    })
}

fn lesson_row(app: App, course: &CourseEntry, place: usize, lesson: &LessonEntry, lang: Lang) -> Html {
    let id = lesson.id.clone();
    let state = move || {
        app.progress.with(|progress| match state_of(&id, progress) {
            Some(LessonState::Finished) => el("span").class("tag tag-done").text(text::LESSON_DONE.get(lang)),
            Some(LessonState::Opened) => el("span").class("tag tag-open").text(text::LESSON_OPENED.get(lang)),
            None => none(),
        })
    };
    let link = el("a")
        .attr(
            "href",
            &app.href(&Route::Lesson(course.slug.clone(), lesson.slug.clone())),
        )
        .attr("data-test", "lesson")
        .child(
            el("span")
                .class("number")
                .attr("aria-hidden", "true")
                .text(&(place + 1).to_string()),
        )
        .child(el("span").class("grow").text(&lang.of(&lesson.title)));
    let minutes = el("small")
        .text(" ")
        .text(&text::MINUTES_N.with(lang, &[&lesson.minutes]));
    el("li")
        .child(link)
        .child(el("span").class("side").dynamic(state).child(minutes))
}

fn one(app: App, course: &CourseEntry) -> Html {
    let lang = app.lang.get();
    let entry = StoredValue::new_local(course.clone());
    let start = move || {
        let found = entry.with_value(|course| {
            app.progress.with(|progress| {
                let (lesson, begun) = next_lesson(course, progress)?;
                let label = if begun { text::COURSE_GO_ON } else { text::COURSE_START };
                let route = Route::Lesson(course.slug.clone(), lesson.slug.clone());
                let words = format!("{}{}{}", label.get(lang), text::COLON.get(lang), lang.of(&lesson.title));
                Some(page::button_link(app, "primary", &route, &words).attr("data-test", "start"))
            })
        });
        found.unwrap_or_else(none)
    };
    let progress = move || {
        entry.with_value(|course| {
            app.progress.with(|progress| {
                let ids = lesson_ids(course);
                let done = |id: &&LessonId| {
                    progress
                        .lessons
                        .get(*id)
                        .is_some_and(|l| l.state == LessonState::Finished)
                };
                let words = text::DONE_N.with(lang, &[&ids.iter().filter(done).count(), &ids.len()]);
                none()
                    .child(el("p").class("quiet").text(&words))
                    .child(meter(share(course, progress), &words))
            })
        })
    };
    let practise = format!(
        "{} · {}",
        text::PRACTICE_BANK.get(lang),
        text::ITEMS_N.with(lang, &[&course.bank.items])
    );
    let practise = page::button_link(app, "plain", &Route::Practice(course.bank.id.clone()), &practise);
    let exam = course.exam.then(|| {
        let words = text::UNIT_EXAM.get(lang);
        page::button_link(app, "plain", &Route::Exam(course.slug.clone()), words).attr("data-test", "exam")
    });
    let id: Option<ExamId> = course.slug.parse().ok();
    let passed = move || {
        let mode = id
            .as_ref()
            .and_then(|id| app.progress.with(|progress| progress.passed(id)));
        mode.map_or_else(none, |mode| {
            let words = match mode {
                Mode::Assessment => text::COURSE_PASSED,
                _ => text::COURSE_PASSED_SELF,
            };
            el("p")
                .attr("data-test", "course-passed")
                .child(el("span").class("tag tag-done").text(words.get(lang)))
        })
    };
    let facts = format!(
        "{} · {}",
        kind(&course.kind).get(lang),
        text::HOURS.with(lang, &[&course.hours])
    );
    let lessons = course
        .lessons
        .iter()
        .enumerate()
        .map(|(n, lesson)| lesson_row(app, course, n, lesson, lang));
    let lessons = el("section")
        .child(el("h2").text(text::LESSONS.get(lang)))
        .child(el("ol").class("lessons").all(lessons));
    let objectives = el("section").child(el("h2").text(text::OBJECTIVES.get(lang))).child(
        el("ul")
            .attr("lang", "zh-CN")
            .all(course.objectives.iter().map(|words| el("li").text(words))),
    );
    let body = none()
        .child(el("p").class("facts").text(&facts))
        .child(el("p").class("lead").text(&lang.of(&course.summary)))
        .child(
            el("p")
                .class("buttons")
                .dynamic(start)
                .child(practise.attr("data-test", "practice"))
                .maybe(exam),
        )
        .dynamic(passed)
        .dynamic(progress)
        .maybe(page::content_language(lang))
        .child(lessons)
        .child(objectives);
    page::frame(app, "course", &lang.of(&course.title), body)
}
