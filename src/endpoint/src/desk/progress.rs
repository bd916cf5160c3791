//! Progress by unit and course.

use super::offer::Offer;
use crate::store::{ItemDone, LessonsDone, PersonId};
use std::collections::{BTreeMap, HashMap, HashSet};
use wire::organize::{ProgressRow, UnitLine};

/// What the people of one unit did in one course.
#[derive(Default)]
struct Cell {
    /// How many lessons each person finished.
    finished: HashMap<PersonId, u32>,
    active: HashSet<PersonId>,
    answered: u32,
    right: u32,
}

/// The rows, by unit and the catalogue's order of courses. What is no longer offered is left out.
pub(crate) fn rows(offer: &Offer, units: &[UnitLine], lessons: &[LessonsDone], items: &[ItemDone]) -> Vec<ProgressRow> {
    let places: HashMap<&str, usize> = offer
        .courses
        .iter()
        .zip(0..)
        .map(|(course, place)| (course.id.as_str(), place))
        .collect();
    let mut cells: BTreeMap<(i64, usize), Cell> = BTreeMap::new();
    for done in lessons {
        let Some(place) = places.get(done.course.as_str()) else {
            continue;
        };
        // Lessons that the course had once do not make it complete.
        if offer.courses[*place].lessons.contains(&done.lesson) {
            let cell = cells.entry((done.unit, *place)).or_default();
            *cell.finished.entry(done.person).or_default() += 1;
            cell.active.insert(done.person);
        }
    }
    for done in items {
        let Some(place) = offer.items.get(&done.item) else {
            continue;
        };
        let cell = cells.entry((done.unit, *place)).or_default();
        cell.active.insert(done.person);
        cell.answered += 1;
        cell.right += u32::from(done.right);
    }
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let of_unit = |unit: &UnitLine| {
        let range = cells.range((unit.id, 0)..=(unit.id, usize::MAX));
        range
            .map(|((_, place), cell)| {
                let course = &offer.courses[*place];
                let all = count(course.lessons.len());
                ProgressRow {
                    unit_name: unit.name.clone(),
                    course: course.id.clone(),
                    title: course.title.clone(),
                    lessons: all,
                    people: unit.people,
                    active: count(cell.active.len()),
                    complete: count(
                        cell.finished
                            .values()
                            .filter(|finished| **finished >= all && all > 0)
                            .count(),
                    ),
                    finished: cell.finished.values().sum(),
                    answered: cell.answered,
                    right: cell.right,
                }
            })
            .collect::<Vec<_>>()
    };
    units.iter().flat_map(of_unit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::offer::Course;

    #[test]
    fn people_lessons_and_items_are_counted_once_and_by_unit() {
        let course = |id: &str, lessons: &[&str]| Course {
            id: id.into(),
            title: format!("T {id}"),
            lessons: lessons.iter().map(ToString::to_string).collect(),
        };
        let offer = Offer {
            courses: vec![course("c-1", &["l-1", "l-2"]), course("c-2", &["l-9"])],
            items: [("i-1".to_owned(), 0), ("i-2".to_owned(), 0), ("i-9".to_owned(), 1)].into(),
            exams: HashMap::new(),
        };
        let unit = |id, name: &str, people| UnitLine {
            id,
            name: name.into(),
            people,
            codes: 0,
        };
        let lesson = |unit, person, course: &str, lesson: &str| LessonsDone {
            unit,
            person: PersonId(person),
            course: course.into(),
            lesson: lesson.into(),
        };
        let item = |unit, person, item: &str, right| ItemDone {
            unit,
            person: PersonId(person),
            item: item.into(),
            right,
        };
        let lessons = [
            lesson(1, 1, "c-1", "l-1"),
            lesson(1, 1, "c-1", "l-2"),
            lesson(1, 2, "c-1", "l-1"),
            lesson(1, 2, "c-1", "l-gone"),
            lesson(2, 3, "c-gone", "l-1"),
        ];
        let items = [
            item(1, 1, "i-1", true),
            item(1, 4, "i-2", false),
            item(2, 3, "i-9", true),
            item(2, 3, "i-gone", true),
        ];
        let rows = rows(
            &offer,
            &[unit(2, "甲", 5), unit(1, "乙", 9), unit(3, "丙", 1)],
            &lessons,
            &items,
        );
        let told: Vec<_> = rows
            .iter()
            .map(|row| {
                (
                    row.unit_name.as_str(),
                    row.course.as_str(),
                    row.active,
                    row.complete,
                    row.finished,
                    row.answered,
                    row.right,
                )
            })
            .collect();
        assert_eq!(told, [("甲", "c-2", 1, 0, 0, 1, 1), ("乙", "c-1", 3, 1, 3, 2, 1)]);
        assert_eq!((rows[1].people, rows[1].lessons), (9, 2));
    }
}
