//! The organizer's desk: bodies of requests and answers below `/api/v1/organize`.
//!
//! Moments are milliseconds since 1970, days `YYYY-MM-DD` in Asia/Shanghai, points hundredths of a point. An organizer is
//! known by a cookie that scripts cannot read; every request but the first carries the header `HEADER`, which no other site
//! can make a browser send.

use serde::{Deserialize, Serialize};

/// The header that every request of the desk carries, with any value: a form or a link of another site cannot set it.
pub const HEADER: &str = "x-anxue-desk";

/// Derives what every form here is: readable, writable, comparable, and described where the endpoint describes its API.
macro_rules! forms {
    ($($(#[$outer:meta])* $name:ident { $($(#[$inner:meta])* $field:ident: $kind:ty,)* })*) => {$(
        $(#[$outer])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
        #[cfg_attr(feature = "schema", schema(as = organize::$name))]
        pub struct $name {
            $($(#[$inner])* pub $field: $kind,)*
        }
    )*};
}

forms! {
    /// The key of a one-time link.
    KeyRequest {
        /// The 43 characters behind `#` of the link.
        key: String,
    }

    /// The organizer who is signed in.
    SessionAnswer {
        /// How the organizer is named in the log of exports.
        name: String,
        /// When the session ends.
        expires: i64,
        /// The endpoint's clock.
        time: i64,
    }

    /// A unit.
    UnitLine {
        /// Its number.
        id: i64,
        /// Its name.
        name: String,
        /// How many people are in it.
        people: u32,
        /// How many codes to join it are open now.
        codes: u32,
    }

    /// All units, by name.
    UnitsAnswer {
        /// The units.
        units: Vec<UnitLine>,
    }

    /// A new unit, or another name for one.
    UnitRequest {
        /// The name, one line of 1 to 60 characters; not that of another unit.
        name: String,
    }

    /// A code to join in the list; the code itself is shown only when it is made.
    CodeLine {
        /// Its number.
        number: i64,
        /// Its first three letters.
        shown: String,
        /// The unit's number.
        unit: i64,
        /// The unit's name.
        unit_name: String,
        /// Not to be used from this moment on.
        expires: i64,
        /// How many may join by it.
        max_uses: u32,
        /// How many did.
        used: u32,
        /// `open`, `closed`, `expired` or `used-up`.
        state: String,
    }

    /// All codes, the newest first.
    CodesAnswer {
        /// The codes.
        codes: Vec<CodeLine>,
    }

    /// A code to be made.
    CodeRequest {
        /// The unit's number.
        unit: i64,
        /// How many may join by it, 1 to 1,000,000.
        #[cfg_attr(feature = "schema", schema(minimum = 1, maximum = 1_000_000))]
        uses: u32,
        /// For how many days it holds, today not counted, 1 to 3,660.
        #[cfg_attr(feature = "schema", schema(minimum = 1, maximum = 3_660))]
        days: u16,
    }

    /// A code that was made: shown this once. People join by typing it, or by the address `join#CODE` of the site.
    CodeAnswer {
        /// Its number.
        number: i64,
        /// The code.
        code: String,
        /// The unit's name.
        unit_name: String,
        /// Not to be used from this moment on.
        expires: i64,
        /// How many may join by it.
        max_uses: u32,
    }

    /// A person in the list.
    PersonRow {
        /// The person's id.
        id: String,
        /// The name.
        name: String,
        /// The staff number.
        staff_no: Option<String>,
        /// The unit's number.
        unit: i64,
        /// The unit's name.
        unit_name: String,
        /// When they joined.
        joined: i64,
        /// When an organizer confirmed that this is who they say; none: not yet.
        confirmed: Option<i64>,
        /// How many devices hold a token.
        devices: u32,
        /// How many records are stored.
        records: u64,
        /// The last day on which one of their devices sent or asked for something.
        last_day: Option<String>,
    }

    /// People by unit and name, one page.
    PeopleAnswer {
        /// The people.
        people: Vec<PersonRow>,
        /// How many there are in all that fit the filter.
        total: u32,
        /// What to ask for as `after` for the next page; none where this is the last.
        next: Option<u32>,
    }

    /// A device that holds a token.
    DeviceRow {
        /// What names it here, 16 hexadecimal digits; not its token.
        id: String,
        /// When it was linked.
        linked: i64,
        /// The last day of use; none where it was never used.
        last_day: Option<String>,
    }

    /// A person with their devices, and those who may be the same person.
    PersonCard {
        /// The person.
        person: PersonRow,
        /// Their devices, the latest first.
        devices: Vec<DeviceRow>,
        /// Others of the same name or the same staff number.
        doubles: Vec<PersonRow>,
    }

    /// A wish to merge a person into another, who stays.
    MergeRequest {
        /// The id of the one who stays.
        into: String,
    }

    /// A one-time code for a further device of a person.
    LinkAnswer {
        /// The code, to be typed or opened as `join#link-CODE` on the device.
        code: String,
        /// Not to be used from this moment on.
        expires: i64,
    }

    /// A result as the endpoint has it.
    ResultRow {
        /// The attempt.
        attempt: String,
        /// The person's id.
        person: String,
        /// The person's name.
        name: String,
        /// The staff number.
        staff_no: Option<String>,
        /// The unit's name.
        unit_name: String,
        /// The exam.
        exam: String,
        /// Its title, where the endpoint still offers it; else the id.
        title: String,
        /// `self-test`, `contest` or `assessment`.
        mode: String,
        /// When its handing in arrived by the endpoint's clock; none where it was not handed in.
        handed_in: Option<i64>,
        /// `verified` (marked by the endpoint from the responses), `unverified` (waits for a pack), `awaiting` (waits for
        /// jurors) or `open`.
        state: String,
        /// Hundredths of a point earned.
        points: u32,
        /// Hundredths of a point that could be earned.
        max: u32,
        /// Whether it is passed; none while that is open.
        passed: Option<bool>,
        /// Whether clocks disagreed or something arrived late: for somebody to look at.
        doubtful: bool,
    }

    /// Results, the latest first, one page.
    ResultsAnswer {
        /// The results.
        results: Vec<ResultRow>,
        /// What to ask for as `after` for the next page; none where this is the last.
        next: Option<String>,
    }

    /// What the people of a unit did in a course.
    ProgressRow {
        /// The unit's name.
        unit_name: String,
        /// The course's id.
        course: String,
        /// The course's title.
        title: String,
        /// How many lessons the course has.
        lessons: u32,
        /// How many people are in the unit.
        people: u32,
        /// How many of them finished a lesson or answered an item of the course.
        active: u32,
        /// How many finished all of its lessons.
        complete: u32,
        /// Lessons finished by all of them together.
        finished: u32,
        /// Items answered by all of them together, each item of each person once.
        answered: u32,
        /// Those of them that were answered right at the last try.
        right: u32,
    }

    /// Progress by unit and course; courses in which nobody of a unit did anything are left out.
    ProgressAnswer {
        /// The rows, by unit and the catalogue's order of courses.
        rows: Vec<ProgressRow>,
    }

    /// A wish for a file; the filter is that of the list of the same name.
    ExportRequest {
        /// `people`, `results` or `progress`.
        what: String,
        /// `csv` or `xlsx`.
        format: String,
        /// Only this unit.
        #[serde(default)]
        unit: Option<i64>,
        /// For people and results: names and staff numbers that hold this.
        #[serde(default)]
        find: Option<String>,
        /// For results: only this mode.
        #[serde(default)]
        mode: Option<String>,
        /// For results: only this exam.
        #[serde(default)]
        exam: Option<String>,
        /// For results: from this day on.
        #[serde(default)]
        from: Option<String>,
        /// For results: up to this day.
        #[serde(default)]
        to: Option<String>,
    }

    /// A line of the log of what organizers did.
    AuditRow {
        /// When.
        at: i64,
        /// Who.
        organizer: String,
        /// What: `sign-in`, `unit-new`, `unit-name`, `code-new`, `code-rotate`, `code-close`, `person-confirm`, `person-link`,
        /// `device-revoke`, `person-merge`, `person-erase` or `export`.
        action: String,
        /// With what: numbers, ids and filters; never a name, a code or a key.
        detail: String,
        /// For an export: how many rows it had.
        rows: Option<u32>,
    }

    /// The log, the latest first, at most 500 lines.
    AuditAnswer {
        /// The lines.
        rows: Vec<AuditRow>,
    }
}
