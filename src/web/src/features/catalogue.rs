//! The catalogue and the page of one course.

use crate::html::{Html, el, none};
use crate::page;
use crate::platform::timer::spawn;
use crate::route::Route;
use crate::state::app::{App, app};
use crate::state::packs::{self, LoadError};
use crate::text::{self, Lang, Text};
use crate::ui::meter::meter;
use domain::catalogue::completion;
use domain::ids::{ExamId, LessonId, PackHash};
use domain::progress::Progress;
use domain::record::{LessonState, Mode};
use domain::units::Share;
use leptos::prelude::*;
use std::sync::Arc;
use wire::catalogue::{Catalogue, CourseEntry, LessonEntry, VenueEntry};
use wire::pack::{CoursePack, LessonForm};

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

/// The place (from 0) of the first lesson that is not finished, and whether anything of the course was done.
fn next_lesson(course: &CourseEntry, progress: &Progress) -> Option<(usize, bool)> {
    let state = |lesson: &LessonEntry| state_of(&lesson.id, progress);
    let begun = course.lessons.iter().any(|lesson| state(lesson).is_some());
    let open = |lesson: &LessonEntry| state(lesson) != Some(LessonState::Finished);
    course.lessons.iter().position(open).map(|place| (place, begun))
}

/// What to go on with: of the courses begun and not finished the first, else the first of all.
fn next_course<'a>(courses: &'a [CourseEntry], progress: &Progress) -> Option<&'a CourseEntry> {
    let begun = |course: &&CourseEntry| next_lesson(course, progress).is_some_and(|(_, begun)| begun);
    let open = |course: &&CourseEntry| next_lesson(course, progress).is_some();
    courses.iter().find(begun).or_else(|| courses.iter().find(open))
}

/// The page of all that is offered.
pub fn courses() -> Html {
    let app = app();
    page::with_catalogue(app, move |catalogue| all(app, catalogue))
}

fn all(app: App, catalogue: &Catalogue) -> Html {
    let lang = app.lang.get();
    let all = catalogue.courses.clone();
    let next = move || {
        let card = app.progress.with(|progress| {
            let course = next_course(&all, progress)?;
            next_card(app, course, progress, lang)
        });
        card.unwrap_or_else(none)
    };
    // The catalogue has the courses of a kind together.
    let groups = catalogue.courses.chunk_by(|a, b| a.kind == b.kind).map(|group| {
        let name = group.first().map_or("", |course| course.kind.as_str());
        let cards = group.iter().map(|course| course_card(app, course.clone(), lang));
        el("section")
            .attr("data-group", name)
            .child(el("h3").class("group").text(kind(name).get(lang)))
            .child(el("ul").class("cards").all(cards))
    });
    let ready = catalogue.venues.iter().filter(|venue| venue.pack.is_some());
    let title = el("a")
        .attr("href", &app.href(&Route::Handbook))
        .text(text::HANDBOOK.get(lang));
    let courses = el("section").child(el("h2").text(text::COURSES.get(lang))).all(groups);
    let handbook = el("section")
        .child(el("h2").child(title))
        .child(el("p").class("quiet").text(text::HANDBOOK_LEAD.get(lang)))
        .child(
            el("ul")
                .class("cards")
                .all(ready.map(|venue| venue_card(app, venue, lang))),
        );
    let regulations = el("a")
        .attr("href", &app.href(&Route::Regulations))
        .text(text::REGS_ALL.get(lang));
    let body = none()
        .child(el("p").class("lead").text(text::HOME_LEAD.get(lang)))
        .dynamic(next)
        .child(courses)
        .child(handbook)
        .child(el("p").child(regulations))
        .maybe(page::insecure(lang));
    page::frame(app, "courses", text::HOME_TITLE.get(lang), body)
}

fn next_card(app: App, course: &CourseEntry, progress: &Progress, lang: Lang) -> Option<Html> {
    let (place, begun) = next_lesson(course, progress)?;
    let lesson = course.lessons.get(place)?;
    let label = if begun { text::NEXT_RESUME } else { text::NEXT_START };
    let href = app.href(&Route::Lesson(course.slug.clone(), lesson.slug.clone()));
    let card = el("a")
        .class("next")
        .attr("href", &href)
        .attr("data-test", "next-lesson");
    Some(
        card.child(el("small").text(label.get(lang)))
            .child(el("b").text(&lang.of(&course.title)))
            .child(el("small").text(&number(course, place, lang))),
    )
}

/// Which lesson of how many.
fn number(course: &CourseEntry, place: usize, lang: Lang) -> String {
    text::LESSON_NO.with(lang, &[&(place + 1), &course.lessons.len()])
}

fn card(level: &str, href: &str, name: &str, title: &str, facts: &str) -> Html {
    let link = el("a")
        .attr("href", href)
        .attr("data-test", name)
        .child(el(level).text(title));
    el("li")
        .class("card")
        .child(link)
        .child(el("p").class("facts").text(facts))
}

fn course_card(app: App, course: CourseEntry, lang: Lang) -> Html {
    let facts = format!(
        "{} · {} · {}",
        text::HOURS.with(lang, &[&course.hours]),
        text::LESSONS_N.with(lang, &[&course.lessons.len()]),
        text::ITEMS_N.with(lang, &[&course.bank.items]),
    );
    let title = lang.of(&course.title);
    let summary = el("p").text(&lang.of(&course.summary));
    let href = app.href(&Route::Course(course.slug.clone()));
    let card = card("h4", &href, "course", &title, &facts).child(summary);
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
        "h3",
        &app.href(&Route::Venue(venue.slug.clone())),
        "venue",
        &lang.of(&venue.title),
        &facts,
    )
}

type Lessons = RwSignal<Option<Result<Arc<CoursePack>, LoadError>>, LocalStorage>;

/// The page of a course.
pub fn course(slug: String) -> Html {
    let app = app();
    let pack: Lessons = RwSignal::new_local(None);
    let wanted = slug.clone();
    // Talks to the outside: the lessons, once the catalogue says where they are.
    Effect::new(move |_| {
        let hash = app.catalogue.with(|load| {
            let courses = &load.ready()?.courses;
            let course = courses.iter().find(|course| course.slug == wanted)?;
            course.pack.parse::<PackHash>().ok()
        });
        let Some(hash) = hash else { return };
        spawn(async move {
            let found = match app.pack(hash).await {
                Ok(bytes) => packs::read::<CoursePack>(&bytes).map(Arc::new),
                Err(error) => Err(error),
            };
            pack.try_set(Some(found));
        });
    });
    page::with_catalogue(app, move |catalogue| {
        let course = catalogue.courses.iter().find(|course| course.slug == slug);
        course.map_or_else(|| page::not_found(app), |course| one(app, course, pack))
    })
}

fn lesson_row(app: App, course: &str, place: usize, lesson: &LessonForm, lang: Lang) -> Html {
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
            &app.href(&Route::Lesson(course.to_owned(), lesson.slug.clone())),
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

/// The lessons and objectives, once their pack is there.
fn contents(app: App, course: &str, pack: Lessons, lang: Lang) -> Html {
    pack.with(|pack| {
        let pack = match pack {
            None => return el("p").class("quiet").text(text::LOADING.get(lang)),
            Some(Err(error)) => return el("p").attr("role", "alert").text(page::load_error(error).1.get(lang)),
            Some(Ok(pack)) => pack,
        };
        let rows = pack.lessons.iter().enumerate();
        let rows = rows.map(|(n, lesson)| lesson_row(app, course, n, lesson, lang));
        let lessons = el("section")
            .child(el("h2").text(text::LESSONS.get(lang)))
            .child(el("ol").class("lessons").all(rows));
        let objectives = el("section").child(el("h2").text(text::OBJECTIVES.get(lang))).child(
            el("ul")
                .attr("lang", "zh-CN")
                .all(pack.objectives.iter().map(|words| el("li").text(words))),
        );
        none().child(lessons).child(objectives)
    })
}

fn one(app: App, course: &CourseEntry, pack: Lessons) -> Html {
    let lang = app.lang.get();
    let entry = StoredValue::new_local(course.clone());
    let start = move || {
        let found = entry.with_value(|course| {
            app.progress.with(|progress| {
                let (place, begun) = next_lesson(course, progress)?;
                let lesson = course.lessons.get(place)?;
                let label = if begun { text::COURSE_GO_ON } else { text::COURSE_START };
                let route = Route::Lesson(course.slug.clone(), lesson.slug.clone());
                let words = format!(
                    "{}{}{}",
                    label.get(lang),
                    text::COLON.get(lang),
                    number(course, place, lang)
                );
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
    let slug = course.slug.clone();
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
        .dynamic(move || contents(app, &slug, pack, lang));
    page::frame(app, "course", &lang.of(&course.title), body)
}
