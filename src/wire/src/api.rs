//! The endpoint's API, version 1: bodies of requests and answers (DESIGN §5).

use domain::marking::{Invalid, Mark, Outcome};
use domain::units::Points;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

/// The most records that a batch may have.
pub const MAX_BATCH: usize = 500;

/// The most bytes that the body of a batch may have.
pub const MAX_BODY: usize = 1024 * 1024;

/// The answer to a batch: one verdict for each record sent, in the order sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchAnswer {
    /// Names the life of the store; another epoch means that a backup was restored and all must be sent again.
    pub epoch: String,
    /// The endpoint's clock, milliseconds since 1970.
    pub time: i64,
    /// One verdict for each record.
    pub verdicts: Vec<VerdictForm>,
}

/// What became of one record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerdictForm {
    /// The record's id; none where it could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// `stored`, `duplicate`, `conflict` or `rejected`.
    pub verdict: String,
    /// For `rejected` and `conflict`: a stable code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// For a stored answer: its mark, where the pack is known; otherwise it is `unverified` until the pack arrives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<MarkForm>,
    /// For a stored record whose own time lies far ahead of the endpoint's clock: when it arrived, milliseconds since 1970, to
    /// be used in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received: Option<i64>,
}

/// A mark.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkForm {
    /// Hundredths of a point earned.
    pub points: u32,
    /// Hundredths of a point that could be earned.
    pub max: u32,
    /// `right`, `incomplete`, `partial`, `awaiting`, `wrong`, `unanswered`, or `invalid-kind`, `invalid-option`,
    /// `invalid-repeat`, `invalid-count`, `invalid-length`.
    pub outcome: String,
}

const OUTCOMES: [(Outcome, &str); 11] = [
    (Outcome::Right, "right"),
    (Outcome::Incomplete, "incomplete"),
    (Outcome::Partial, "partial"),
    (Outcome::Awaiting, "awaiting"),
    (Outcome::Wrong, "wrong"),
    (Outcome::Unanswered, "unanswered"),
    (Outcome::Invalid(Invalid::Kind), "invalid-kind"),
    (Outcome::Invalid(Invalid::UnknownOption), "invalid-option"),
    (Outcome::Invalid(Invalid::RepeatedOption), "invalid-repeat"),
    (Outcome::Invalid(Invalid::TooMany), "invalid-count"),
    (Outcome::Invalid(Invalid::TooLong), "invalid-length"),
];

impl From<Mark> for MarkForm {
    fn from(mark: Mark) -> Self {
        let name = OUTCOMES
            .iter()
            .find(|(outcome, _)| *outcome == mark.outcome)
            .map_or("wrong", |(_, name)| name);
        Self {
            points: mark.points.0,
            max: mark.max.0,
            outcome: name.into(),
        }
    }
}

impl MarkForm {
    /// The mark; none where the outcome's name is not known or the points are above the most.
    pub fn mark(&self) -> Option<Mark> {
        let (outcome, _) = OUTCOMES.iter().find(|(_, name)| *name == self.outcome)?;
        let mark = Mark {
            points: Points(self.points),
            max: Points(self.max),
            outcome: *outcome,
        };
        (mark.points <= mark.max).then_some(mark)
    }
}

/// The request to join with a unit's code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolmentRequest {
    /// The unit's code as typed: letters in any case, blanks and hyphens ignored.
    pub code: String,
    /// The profile that claims the token.
    pub profile: String,
    /// The person's name, 1 to 40 characters.
    pub name: String,
    /// The staff number, at most 40 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub staff_no: Option<String>,
}

/// The answer to a request to join.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolmentAnswer {
    /// The bearer token; shown once, stored by the endpoint as a hash only.
    pub token: String,
    /// The person's id at the endpoint.
    pub person: String,
    /// The unit's name.
    pub unit: String,
    /// The store's epoch.
    pub epoch: String,
}

/// For how long a code for a further device holds, in milliseconds.
pub const LINK_TIME: i64 = 10 * 60_000;

/// A one-time code for a further device of the person who asked for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkCode {
    /// The code, to be typed or scanned on the other device.
    pub code: String,
    /// Not to be used from this moment on, milliseconds since 1970 by the endpoint's clock.
    pub expires: i64,
}

/// The request to be linked by a code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkClaimRequest {
    /// The code as typed: letters in any case, blanks and hyphens ignored.
    pub code: String,
    /// The profile of the device, which becomes the person's.
    pub profile: String,
}

/// The answer to a request to be linked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkAnswer {
    /// The bearer token of this device; shown once.
    pub token: String,
    /// The person's id at the endpoint.
    pub person: String,
    /// The person's name.
    pub name: String,
    /// The unit's name.
    pub unit: String,
    /// The store's epoch.
    pub epoch: String,
    /// How many records the endpoint has of the person.
    pub records: u64,
}

/// What the endpoint holds on a person, beside their records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonAnswer {
    /// The person's id.
    pub person: String,
    /// The name.
    pub name: String,
    /// The staff number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub staff_no: Option<String>,
    /// The unit's name.
    pub unit: String,
    /// When they joined, milliseconds since 1970.
    pub joined: i64,
    /// Their profiles: one for each browser that was linked.
    pub profiles: Vec<String>,
    /// How many devices hold a token.
    pub devices: u32,
    /// How many records are stored.
    pub records: u64,
}

/// A part of a person's records, with what the endpoint says of each.
#[derive(Debug, Deserialize)]
pub struct RecordsPage {
    /// The store's epoch.
    pub epoch: String,
    /// The cursor for what comes after.
    pub next: String,
    /// Whether there is more behind `next` now.
    pub more: bool,
    /// The records in the order of commit.
    pub records: Vec<RecordEntry>,
}

/// A record that came back.
#[derive(Debug, Deserialize)]
pub struct RecordEntry {
    /// The exact bytes that were stored.
    pub record: Box<RawValue>,
    /// The mark that holds; none where there is none.
    #[serde(default)]
    pub mark: Option<MarkForm>,
    /// Only where the record's own time lies far ahead of the endpoint's clock: when it arrived, to be used in its place.
    #[serde(default)]
    pub received: Option<i64>,
}

/// The endpoint's clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeAnswer {
    /// Milliseconds since 1970.
    pub time: i64,
}

/// A problem document (RFC 9457) with a stable code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// `about:blank` or an address that explains the problem.
    #[serde(rename = "type")]
    pub kind: String,
    /// A short English title.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong here.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// A stable code that programs may read.
    pub code: String,
}

/// `config.json` beside the page: where results go.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteConfig {
    /// The address of the API, relative to the page or absolute; none where the site has no endpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// `none`, `token` or `enrolment`.
    #[serde(default)]
    pub auth: String,
    /// For `token`: the fixed bearer token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// What the endpoint can do beyond taking records in: `pull` (give them back), `links` (further devices), `person`
    /// (show and erase what it holds), `exams`. Without them the app only sends.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub capabilities: Vec<String>,
    /// The office that runs the site, where it is to be named. One that is not of the form asked for is none, so that it
    /// cannot take the endpoint away.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "office")]
    pub office: Option<Office>,
}

/// The office that runs the site, as its learners see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Office {
    /// Its name, 1 to 40 characters in one line.
    pub name: String,
    /// Its logo: a path relative to the site, or an image as a `data:` URI.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo: Option<String>,
}

impl Office {
    /// The office with what may be shown of it: none without a proper name, and no logo that lies elsewhere.
    pub fn checked(mut self) -> Option<Self> {
        let own = |logo: &String| {
            // Browsers drop tabs and line ends of an address and take backslashes for slashes.
            let clean = logo.bytes().all(|c| c > b' ' && c != b'\\');
            let path = clean && !logo.is_empty() && !logo.starts_with('/') && !logo.contains(':');
            path || (logo.starts_with("data:image/") && !logo.contains(char::is_control))
        };
        self.logo = self.logo.filter(own);
        let length = self.name.chars().count();
        (length <= 40 && !self.name.trim().is_empty() && !self.name.contains(char::is_control)).then_some(self)
    }
}

fn office<'de, D: Deserializer<'de>>(reader: D) -> Result<Option<Office>, D::Error> {
    let text = Box::<RawValue>::deserialize(reader)?;
    Ok(serde_json::from_slice(text.get().as_bytes())
        .ok()
        .and_then(Office::checked))
}

impl SiteConfig {
    /// Whether the endpoint can do it.
    pub fn can(&self, capability: &str) -> bool {
        self.endpoint.is_some() && self.capabilities.iter().any(|known| known == capability)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_office_is_shown_as_far_as_it_may_be() {
        let long = "长".repeat(41);
        let fit = "长".repeat(40);
        for (office, expected) in [
            (r#"{"name": "城东街道"}"#, Some(("城东街道", None))),
            (
                r#"{"name": "城东街道", "logo": "logo.svg", "later": 1}"#,
                Some(("城东街道", Some("logo.svg"))),
            ),
            (
                r#"{"name": "城东街道", "logo": "img/a.png"}"#,
                Some(("城东街道", Some("img/a.png"))),
            ),
            (
                r#"{"name": "城东街道", "logo": "data:image/png;base64,AA=="}"#,
                Some(("城东街道", Some("data:image/png;base64,AA=="))),
            ),
            (
                r#"{"name": "城东街道", "logo": "https://a.example/a.png"}"#,
                Some(("城东街道", None)),
            ),
            (
                r#"{"name": "城东街道", "logo": "//a.example/a.png"}"#,
                Some(("城东街道", None)),
            ),
            (
                r#"{"name": "城东街道", "logo": "\\\\a.example/a.png"}"#,
                Some(("城东街道", None)),
            ),
            (
                r#"{"name": "城东街道", "logo": "\t//a.example/a.png"}"#,
                Some(("城东街道", None)),
            ),
            (
                r#"{"name": "城东街道", "logo": "data:image/svg+xml,%3Csvg width='2'/%3E"}"#,
                Some(("城东街道", Some("data:image/svg+xml,%3Csvg width='2'/%3E"))),
            ),
            (
                r#"{"name": "城东街道", "logo": "data:text/html,x"}"#,
                Some(("城东街道", None)),
            ),
            (
                r#"{"name": "城东街道", "logo": "javascript:x"}"#,
                Some(("城东街道", None)),
            ),
            (r#"{"name": "城东街道", "logo": ""}"#, Some(("城东街道", None))),
            (r#"{"name": "城东街道", "logo": null}"#, Some(("城东街道", None))),
            (r#"{"name": "城东街道", "logo": 7}"#, None),
            (&format!(r#"{{"name": "{fit}"}}"#), Some((fit.as_str(), None))),
            (&format!(r#"{{"name": "{long}"}}"#), None),
            (r#"{"name": ""}"#, None),
            (r#"{"name": "  "}"#, None),
            (r#"{"name": "a\nb"}"#, None),
            (r#"{"logo": "a.png"}"#, None),
            ("null", None),
            ("\"城东街道\"", None),
            ("[]", None),
        ] {
            let text = format!(r#"{{"endpoint": "api/v1", "auth": "none", "office": {office}}}"#);
            let config: SiteConfig = serde_json::from_str(&text).unwrap();
            assert_eq!(config.endpoint.as_deref(), Some("api/v1"), "{office}");
            let shown = config.office.as_ref();
            let shown = shown.map(|office| (office.name.as_str(), office.logo.as_deref()));
            assert_eq!(shown, expected, "{office}");
            // As it is remembered for the time without a network.
            let kept: SiteConfig = serde_json::from_str(&serde_json::to_string(&config).unwrap()).unwrap();
            assert_eq!(kept, config, "{office}");
        }
        let plain: SiteConfig = serde_json::from_str(r#"{"endpoint": null, "auth": "none"}"#).unwrap();
        assert_eq!(plain.office, None);
    }
}
