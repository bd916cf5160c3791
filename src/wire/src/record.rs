//! Learning records, version 1: `{id, v, kind, profile, device, seq, at, body}` (DESIGN §5).
//!
//! The bytes of a record are made once, on the device; whoever stores or forwards it keeps those bytes, unknown fields
//! included. Reading is for understanding only.

use crate::FormError;
use crate::exam::SittingForm;
use domain::ids::{AttemptId, BankId, CourseId, DeviceId, ItemId, LessonId, OptionId, PackHash, ProfileId, RecordId};
use domain::item::Response;
use domain::kinds::penalty::PartAnswer;
use domain::kinds::spotting::Spot;
use domain::record::{Handed, LessonState, Mode, Record, RecordBody};
use domain::shuffle::Seed;
use domain::time::Timestamp;
use domain::units::Revision;
use serde::{Deserialize, Serialize};

/// The version of the records that this build writes.
pub const VERSION: u32 = 1;

/// The most bytes that one record may have, as UTF-8 JSON.
pub const MAX_BYTES: usize = 64 * 1024;

/// The largest `seq` and `at`: integers that JSON readers keep exactly (RFC 8785 §3.2.2.3 by way of IEEE 754).
pub const MAX_SAFE: u64 = (1 << 53) - 1;

const LESSON: &str = "lesson.progress";
const STARTED: &str = "attempt.started";
const ANSWERED: &str = "item.answered";
const FINISHED: &str = "attempt.finished";
const EXAM_STARTED: &str = "exam.started";
const FLAGGED: &str = "exam.flagged";
const EXAM_FINISHED: &str = "exam.finished";

/// The outside of a record; the body is read apart, by its kind.
#[derive(Deserialize)]
struct Head {
    id: String,
    v: u32,
    kind: String,
    profile: String,
    device: String,
    seq: u64,
    at: i64,
}

#[derive(Serialize, Deserialize)]
struct Whole<B> {
    id: String,
    v: u32,
    kind: String,
    profile: String,
    device: String,
    seq: u64,
    at: i64,
    body: B,
}

/// Only the body, for reading it once the kind is known.
#[derive(Deserialize)]
struct Only<B> {
    body: B,
}

#[derive(Serialize, Deserialize)]
struct LessonForm {
    course: String,
    lesson: String,
    state: String,
}

#[derive(Serialize, Deserialize)]
struct StartedForm {
    attempt: String,
    mode: String,
    bank: String,
    pack: String,
    seed: String,
    items: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct AnsweredForm {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    attempt: Option<String>,
    item: String,
    revision: u32,
    pack: String,
    response: ResponseForm,
}

#[derive(Serialize, Deserialize)]
struct FinishedForm {
    attempt: String,
}

/// A response, with one of the fields at most: `{"options": ["a", "c"]}`, `{"truth": true}` (nothing at all where no
/// judgement was given), `{"blanks": [["a", "30"]]}`, `{"order": ["a", "b"]}`, `{"pairs": [["p", "t"]]}`,
/// `{"marks": [{"at": "r", "first": "c", "second": "g"}]}`, `{"parts": [["who", {"options": ["a"]}], ["amount", {"text":
/// "5万"}]]}`, `{"path": ["c1"]}`, `{"text": "…"}`.
#[derive(Default, Serialize, Deserialize)]
struct ResponseForm {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    options: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    truth: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    blanks: Option<Vec<(String, String)>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    order: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pairs: Option<Vec<(String, String)>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    marks: Option<Vec<SpotForm>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    parts: Option<Vec<(String, PartAnswerForm)>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct SpotForm {
    at: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    first: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    second: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct PartAnswerForm {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    options: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct FlaggedForm {
    attempt: String,
    item: String,
    on: bool,
}

#[derive(Serialize, Deserialize)]
struct HandedForm {
    attempt: String,
    elapsed: u64,
    #[serde(default, skip_serializing_if = "is_false")]
    by_time: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    doubtful: bool,
}

// The form that serde's `skip_serializing_if` asks for.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_false(value: &bool) -> bool {
    !*value
}

fn texts(ids: &[OptionId]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}

fn option_ids(texts: &[String]) -> Result<Vec<OptionId>, FormError> {
    texts.iter().map(|text| parse(text, "response")).collect()
}

impl From<&Response> for ResponseForm {
    fn from(response: &Response) -> Self {
        let mut form = Self::default();
        match response {
            Response::Options(ids) => form.options = Some(texts(ids)),
            Response::Truth(truth) => form.truth = *truth,
            Response::Blanks(blanks) => {
                let blanks = blanks.iter().map(|(id, text)| (id.to_string(), text.clone()));
                form.blanks = Some(blanks.collect());
            }
            Response::Order(ids) => form.order = Some(texts(ids)),
            Response::Pairs(pairs) => {
                let pairs = pairs
                    .iter()
                    .map(|(prompt, target)| (prompt.to_string(), target.to_string()));
                form.pairs = Some(pairs.collect());
            }
            Response::Marks(marks) => {
                let mark = |spot: &Spot| SpotForm {
                    at: spot.at.to_string(),
                    first: spot.first.as_ref().map(ToString::to_string),
                    second: spot.second.as_ref().map(ToString::to_string),
                };
                form.marks = Some(marks.iter().map(mark).collect());
            }
            Response::Parts(parts) => {
                let answer = |answer: &PartAnswer| match answer {
                    PartAnswer::Options(ids) => PartAnswerForm {
                        options: Some(texts(ids)),
                        text: None,
                    },
                    PartAnswer::Text(text) => PartAnswerForm {
                        options: None,
                        text: Some(text.clone()),
                    },
                };
                let parts = parts.iter().map(|(id, given)| (id.to_string(), answer(given)));
                form.parts = Some(parts.collect());
            }
            Response::Path(ids) => form.path = Some(texts(ids)),
            Response::Text(text) => form.text = Some(text.clone()),
        }
        form
    }
}

impl TryFrom<ResponseForm> for Response {
    type Error = FormError;
    fn try_from(form: ResponseForm) -> Result<Self, FormError> {
        let wrong = FormError::Field("response");
        let mut found = Vec::new();
        found.extend(form.options.map(|ids| option_ids(&ids).map(Self::Options)));
        found.extend(form.truth.map(|truth| Ok(Self::Truth(Some(truth)))));
        found.extend(form.blanks.map(|blanks| {
            let blanks = blanks.into_iter().map(|(id, text)| Ok((parse(&id, "response")?, text)));
            blanks.collect::<Result<_, _>>().map(Self::Blanks)
        }));
        found.extend(form.order.map(|ids| option_ids(&ids).map(Self::Order)));
        found.extend(form.pairs.map(|pairs| {
            let pair =
                |(prompt, target): (String, String)| Ok((parse(&prompt, "response")?, parse(&target, "response")?));
            pairs.into_iter().map(pair).collect::<Result<_, _>>().map(Self::Pairs)
        }));
        found.extend(form.marks.map(|marks| {
            let label = |id: Option<String>| id.map(|id| parse(&id, "response")).transpose();
            let spot = |form: SpotForm| {
                Ok(Spot {
                    at: parse(&form.at, "response")?,
                    first: label(form.first)?,
                    second: label(form.second)?,
                })
            };
            marks.into_iter().map(spot).collect::<Result<_, _>>().map(Self::Marks)
        }));
        found.extend(form.parts.map(|parts| {
            let part = |(id, form): (String, PartAnswerForm)| {
                let answer = match (form.options, form.text) {
                    (Some(ids), None) => PartAnswer::Options(option_ids(&ids)?),
                    (None, Some(text)) => PartAnswer::Text(text),
                    _ => return Err(FormError::Field("response")),
                };
                Ok((parse(&id, "response")?, answer))
            };
            parts.into_iter().map(part).collect::<Result<_, _>>().map(Self::Parts)
        }));
        found.extend(form.path.map(|ids| option_ids(&ids).map(Self::Path)));
        found.extend(form.text.map(|text| Ok(Self::Text(text))));
        match (found.pop(), found.is_empty()) {
            (None, _) => Ok(Self::Truth(None)),
            (Some(response), true) => response,
            (Some(_), false) => Err(wrong),
        }
    }
}

/// The JSON of a response alone, as records have it; for drafts.
pub fn write_response(response: &Response) -> String {
    // Texts and lists of texts: nothing in it can fail.
    serde_json::to_string(&ResponseForm::from(response)).unwrap_or_default()
}

/// Reads what `write_response` wrote.
///
/// # Errors
/// Not JSON of the form.
pub fn read_response(text: &str) -> Result<Response, FormError> {
    serde_json::from_str::<ResponseForm>(text)?.try_into()
}

fn parse<T: std::str::FromStr>(text: &str, field: &'static str) -> Result<T, FormError> {
    text.parse().map_err(|_| FormError::Field(field))
}

/// A seed as 16 hexadecimal digits: beyond the integers that JSON readers keep exactly.
pub fn write_seed(seed: Seed) -> String {
    format!("{:016x}", seed.0)
}

/// Reads what `write_seed` wrote.
///
/// # Errors
/// Not 16 hexadecimal digits.
pub fn read_seed(text: &str) -> Result<Seed, FormError> {
    let digits = (text.len() == 16).then(|| u64::from_str_radix(text, 16).ok()).flatten();
    digits.map(Seed).ok_or(FormError::Field("seed"))
}

/// Reads a record. A kind or version that this build does not know is `RecordBody::Unknown`, not an error.
///
/// # Errors
/// Not JSON of the form, or a field that its type does not allow; the envelope is judged in any version.
pub fn read(text: &str) -> Result<Record, FormError> {
    let head: Head = serde_json::from_str(text)?;
    if head.seq == 0 || head.seq > MAX_SAFE {
        return Err(FormError::Field("seq"));
    }
    if head.at < 0 || head.at.unsigned_abs() > MAX_SAFE {
        return Err(FormError::Field("at"));
    }
    Ok(Record {
        id: parse::<RecordId>(&head.id, "id")?,
        profile: parse::<ProfileId>(&head.profile, "profile")?,
        device: parse::<DeviceId>(&head.device, "device")?,
        seq: head.seq,
        at: Timestamp(head.at),
        body: if head.v == VERSION {
            body(&head.kind, text)?
        } else {
            RecordBody::Unknown
        },
    })
}

fn body(kind: &str, text: &str) -> Result<RecordBody, FormError> {
    match kind {
        LESSON => {
            let form = serde_json::from_str::<Only<LessonForm>>(text)?.body;
            let state = match form.state.as_str() {
                "opened" => LessonState::Opened,
                "finished" => LessonState::Finished,
                _ => return Err(FormError::Field("state")),
            };
            Ok(RecordBody::Lesson {
                course: parse::<CourseId>(&form.course, "course")?,
                lesson: parse::<LessonId>(&form.lesson, "lesson")?,
                state,
            })
        }
        STARTED => {
            let form = serde_json::from_str::<Only<StartedForm>>(text)?.body;
            if form.mode != "practice" {
                return Err(FormError::Field("mode"));
            }
            let items: Result<Vec<ItemId>, _> = form.items.iter().map(|id| parse(id, "items")).collect();
            Ok(RecordBody::AttemptStarted {
                attempt: parse::<AttemptId>(&form.attempt, "attempt")?,
                mode: Mode::Practice,
                bank: parse::<BankId>(&form.bank, "bank")?,
                pack: parse::<PackHash>(&form.pack, "pack")?,
                seed: read_seed(&form.seed)?,
                items: items?,
            })
        }
        ANSWERED => {
            let form = serde_json::from_str::<Only<AnsweredForm>>(text)?.body;
            Ok(RecordBody::Answered {
                attempt: form.attempt.map(|id| parse::<AttemptId>(&id, "attempt")).transpose()?,
                item: parse::<ItemId>(&form.item, "item")?,
                revision: Revision(form.revision),
                pack: parse::<PackHash>(&form.pack, "pack")?,
                response: form.response.try_into()?,
            })
        }
        FINISHED => {
            let form = serde_json::from_str::<Only<FinishedForm>>(text)?.body;
            Ok(RecordBody::AttemptFinished {
                attempt: parse::<AttemptId>(&form.attempt, "attempt")?,
            })
        }
        EXAM_STARTED => {
            let form = serde_json::from_str::<Only<SittingForm>>(text)?.body;
            Ok(RecordBody::ExamStarted(Box::new((&form).try_into()?)))
        }
        FLAGGED => {
            let form = serde_json::from_str::<Only<FlaggedForm>>(text)?.body;
            Ok(RecordBody::Flagged {
                attempt: parse::<AttemptId>(&form.attempt, "attempt")?,
                item: parse::<ItemId>(&form.item, "item")?,
                on: form.on,
            })
        }
        EXAM_FINISHED => {
            let form = serde_json::from_str::<Only<HandedForm>>(text)?.body;
            if form.elapsed > MAX_SAFE {
                return Err(FormError::Field("elapsed"));
            }
            Ok(RecordBody::ExamFinished {
                attempt: parse::<AttemptId>(&form.attempt, "attempt")?,
                handed: Handed {
                    elapsed_ms: form.elapsed,
                    by_time: form.by_time,
                    doubtful: form.doubtful,
                },
            })
        }
        _ => Ok(RecordBody::Unknown),
    }
}

/// The JSON of a new record of this build's version; none for a record of unknown kind, which only exists as the bytes
/// that it came in.
pub fn write(record: &Record) -> Option<String> {
    match &record.body {
        RecordBody::Lesson { course, lesson, state } => {
            let state = if *state == LessonState::Finished {
                "finished"
            } else {
                "opened"
            };
            let form = LessonForm {
                course: course.to_string(),
                lesson: lesson.to_string(),
                state: state.into(),
            };
            whole(record, LESSON, form)
        }
        RecordBody::ExamStarted(sitting) => whole(record, EXAM_STARTED, SittingForm::from(&**sitting)),
        RecordBody::Flagged { attempt, item, on } => {
            let form = FlaggedForm {
                attempt: attempt.to_string(),
                item: item.to_string(),
                on: *on,
            };
            whole(record, FLAGGED, form)
        }
        RecordBody::ExamFinished { attempt, handed } => {
            let form = HandedForm {
                attempt: attempt.to_string(),
                elapsed: handed.elapsed_ms,
                by_time: handed.by_time,
                doubtful: handed.doubtful,
            };
            whole(record, EXAM_FINISHED, form)
        }
        // Every other mode is an exam's.
        RecordBody::AttemptStarted {
            attempt,
            mode: _,
            bank,
            pack,
            seed,
            items,
        } => {
            let form = StartedForm {
                attempt: attempt.to_string(),
                mode: "practice".into(),
                bank: bank.to_string(),
                pack: pack.to_string(),
                seed: write_seed(*seed),
                items: items.iter().map(ToString::to_string).collect(),
            };
            whole(record, STARTED, form)
        }
        RecordBody::Answered {
            attempt,
            item,
            revision,
            pack,
            response,
        } => {
            let form = AnsweredForm {
                attempt: attempt.map(|id| id.to_string()),
                item: item.to_string(),
                revision: revision.0,
                pack: pack.to_string(),
                response: response.into(),
            };
            whole(record, ANSWERED, form)
        }
        RecordBody::AttemptFinished { attempt } => whole(
            record,
            FINISHED,
            FinishedForm {
                attempt: attempt.to_string(),
            },
        ),
        RecordBody::Unknown => None,
    }
}

fn whole<B: Serialize>(record: &Record, kind: &str, body: B) -> Option<String> {
    let form = Whole {
        id: record.id.to_string(),
        v: VERSION,
        kind: kind.into(),
        profile: record.profile.to_string(),
        device: record.device.to_string(),
        seq: record.seq,
        at: record.at.0,
        body,
    };
    serde_json::to_string(&form).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SNAPSHOTS: &[&str] = &[
        r#"{"id":"018f3c1e-7b2a-7cde-9abc-0123456789ab","v":1,"kind":"lesson.progress","profile":"7d444840-9dc0-11d1-b245-5ffdce74fad2","device":"00000000-0000-4000-8000-000000000001","seq":1,"at":1790000000000,"body":{"course":"c-work-safety-law","lesson":"l-wsl-01","state":"opened"}}"#,
        r#"{"id":"018f3c1e-7b2a-7cde-9abc-0123456789ac","v":1,"kind":"attempt.started","profile":"7d444840-9dc0-11d1-b245-5ffdce74fad2","device":"00000000-0000-4000-8000-000000000001","seq":2,"at":1790000000001,"body":{"attempt":"018f3c1e-7b2a-7cde-9abc-0123456789ad","mode":"practice","bank":"work-safety-law","pack":"0123456789abcdef0123456789abcdef","seed":"00000000000000ff","items":["wsl-001","wsl-002"]}}"#,
        r#"{"id":"018f3c1e-7b2a-7cde-9abc-0123456789ae","v":1,"kind":"item.answered","profile":"7d444840-9dc0-11d1-b245-5ffdce74fad2","device":"00000000-0000-4000-8000-000000000001","seq":3,"at":1790000000002,"body":{"attempt":"018f3c1e-7b2a-7cde-9abc-0123456789ad","item":"wsl-001","revision":1,"pack":"0123456789abcdef0123456789abcdef","response":{"options":["b"]}}}"#,
        r#"{"id":"018f3c1e-7b2a-7cde-9abc-0123456789af","v":1,"kind":"item.answered","profile":"7d444840-9dc0-11d1-b245-5ffdce74fad2","device":"00000000-0000-4000-8000-000000000001","seq":4,"at":1790000000003,"body":{"item":"wsl-002","revision":2,"pack":"0123456789abcdef0123456789abcdef","response":{"truth":false}}}"#,
        r#"{"id":"018f3c1e-7b2a-7cde-9abc-0123456789b0","v":1,"kind":"attempt.finished","profile":"7d444840-9dc0-11d1-b245-5ffdce74fad2","device":"00000000-0000-4000-8000-000000000001","seq":5,"at":1790000000004,"body":{"attempt":"018f3c1e-7b2a-7cde-9abc-0123456789ad"}}"#,
    ];

    #[test]
    fn version_1_records_still_parse_and_are_still_written_so() {
        for text in SNAPSHOTS {
            let record = read(text).unwrap();
            assert_ne!(record.body, RecordBody::Unknown, "{text}");
            assert_eq!(write(&record).as_deref(), Some(*text));
        }
    }

    #[test]
    fn what_this_build_does_not_know_is_kept_as_unknown() {
        for (from, to) in [
            ("\"v\":1", "\"v\":2"),
            ("attempt.finished", "attempt.paused"),
            ("\"attempt\":", "\"odd\":"),
        ] {
            let text = SNAPSHOTS[4].replace(from, to);
            let read = read(&text);
            match to {
                "\"odd\":" => assert!(read.is_err(), "a known kind must have its fields"),
                _ => assert_eq!(read.unwrap().body, RecordBody::Unknown),
            }
        }
        let extra = SNAPSHOTS[4].replace("\"body\":{", "\"later\":[1,{}],\"body\":{\"more\":null,");
        assert_eq!(read(&extra).unwrap(), read(SNAPSHOTS[4]).unwrap());
    }

    #[test]
    fn impossible_values_are_named() {
        for (from, to, field) in [
            ("\"seq\":3", "\"seq\":0", "seq"),
            ("\"seq\":3", "\"seq\":9007199254740992", "seq"),
            ("\"at\":1790000000002", "\"at\":-1", "at"),
            ("7d444840-9dc0-11d1", "7D444840-9dc0-11d1", "profile"),
            (
                "018f3c1e-7b2a-7cde-9abc-0123456789ae",
                "018f3c1e-7b2a-4cde-9abc-0123456789ae",
                "id",
            ),
            ("wsl-001", "wsl 001", "item"),
            ("[\"b\"]", "[\"B\"]", "response"),
            ("[\"b\"]}", "[\"b\"],\"truth\":true}", "response"),
            (
                "0123456789abcdef0123456789abcdef",
                "0123456789abcdef0123456789abcdeg",
                "pack",
            ),
        ] {
            let text = SNAPSHOTS[2].replace(from, to);
            assert_ne!(text, SNAPSHOTS[2]);
            assert_eq!(read(&text), Err(FormError::Field(field)), "{to}");
        }
        for text in ["", "[]", "{}", "null", "{\"id\":1}", &SNAPSHOTS[2][..100]] {
            assert!(matches!(read(text), Err(FormError::Json(_))), "{text}");
        }
    }
}
