//! Addresses of the desk's pages: a closed list below `organize`, with the filter in use in the query.

use domain::time::Day;
use std::fmt::Write;

/// A page of the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Page {
    /// `/organize`: the units.
    Units,
    /// `/organize/codes`: codes to join.
    Codes,
    /// `/organize/people`
    People,
    /// `/organize/people/:id`
    Person(String),
    /// `/organize/results`
    Results,
    /// `/organize/progress`
    Progress,
    /// `/organize/exports?what=`
    Exports(What),
    /// `/organize/log`
    Log,
    /// Anything else below `/organize`.
    Unknown,
}

/// What an export is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// The list of people.
    People,
    /// The results.
    Results,
    /// Progress by unit and course.
    Progress,
}

impl What {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::People, Self::Results, Self::Progress];

    /// As the API names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Results => "results",
            Self::Progress => "progress",
        }
    }
}

/// The modes of a result, as the API names them.
pub const MODES: [&str; 3] = ["assessment", "self-test", "contest"];

/// What a list is narrowed down to; empty texts narrow nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// The unit's number.
    pub unit: Option<i64>,
    /// What names or staff numbers hold.
    pub find: String,
    /// One of `MODES`.
    pub mode: String,
    /// The exam's id.
    pub exam: String,
    /// From this day on, `YYYY-MM-DD`.
    pub from: String,
    /// Up to this day, `YYYY-MM-DD`.
    pub to: String,
    /// Where the page of the list begins, as the API said.
    pub after: String,
}

/// A page with its filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The page.
    pub page: Page,
    /// The filter; only what the page knows of it stands in the address.
    pub filter: Filter,
}

impl Page {
    /// The fields of the filter that the page knows.
    pub fn fields(&self) -> &'static [&'static str] {
        match self {
            Self::Codes | Self::Progress | Self::Exports(What::Progress) => &["unit"],
            Self::People => &["unit", "find", "after"],
            Self::Results => &["unit", "find", "mode", "exam", "from", "to", "after"],
            Self::Exports(What::People) => &["unit", "find"],
            Self::Exports(What::Results) => &["unit", "find", "mode", "exam", "from", "to"],
            Self::Units | Self::Person(_) | Self::Log | Self::Unknown => &[],
        }
    }

    /// The page without a filter.
    pub fn plain(self) -> Place {
        self.with(Filter::default())
    }

    /// The page with a filter.
    pub fn with(self, filter: Filter) -> Place {
        Place { page: self, filter }
    }
}

impl Filter {
    fn read(pairs: &[(String, String)]) -> Self {
        let value = |name: &str| -> String {
            let found = pairs.iter().find(|(key, _)| key == name);
            found.map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
        };
        let day = |name: &str| {
            let day = Day::parse(&value(name));
            day.map(|day| day.to_string()).unwrap_or_default()
        };
        Self {
            unit: value("unit").parse().ok(),
            find: value("find"),
            mode: Some(value("mode"))
                .filter(|mode| MODES.contains(&mode.as_str()))
                .unwrap_or_default(),
            exam: value("exam"),
            from: day("from"),
            to: day("to"),
            after: value("after"),
        }
    }

    /// The field of this name; empty where it narrows nothing.
    pub fn field(&self, name: &str) -> String {
        match name {
            "unit" => self.unit.map(|unit| unit.to_string()).unwrap_or_default(),
            "find" => self.find.clone(),
            "mode" => self.mode.clone(),
            "exam" => self.exam.clone(),
            "from" => self.from.clone(),
            "to" => self.to.clone(),
            _ => self.after.clone(),
        }
    }
}

impl Place {
    /// The page of an address: `path` with the site's `base` before it, `query` with its `?`. None outside of the desk.
    pub fn read(base: &str, path: &str, query: &str) -> Option<Self> {
        let inner = path.strip_prefix(base.trim_end_matches('/')).unwrap_or(path);
        let parts: Vec<&str> = inner.split('/').filter(|part| !part.is_empty()).collect();
        let pairs = pairs(query);
        let what = || {
            let asked = pairs.iter().find(|(key, _)| key == "what");
            What::ALL
                .into_iter()
                .find(|what| asked.is_some_and(|(_, value)| value == what.name()))
                .unwrap_or(What::Results)
        };
        let page = match parts.as_slice() {
            ["organize" | "organize.html"] => Page::Units,
            ["organize", "codes"] => Page::Codes,
            ["organize", "people"] => Page::People,
            ["organize", "people", id] => Page::Person((*id).to_owned()),
            ["organize", "results"] => Page::Results,
            ["organize", "progress"] => Page::Progress,
            ["organize", "exports"] => Page::Exports(what()),
            ["organize", "log"] => Page::Log,
            ["organize", ..] => Page::Unknown,
            _ => return None,
        };
        Some(page.with(Filter::read(&pairs)))
    }

    /// The address relative to the site's base, without a slash before it.
    pub fn path(&self) -> String {
        let mut query = Vec::new();
        let path = match &self.page {
            Page::Units | Page::Unknown => "organize".to_owned(),
            Page::Codes => "organize/codes".to_owned(),
            Page::People => "organize/people".to_owned(),
            Page::Person(id) => format!("organize/people/{}", encoded(id)),
            Page::Results => "organize/results".to_owned(),
            Page::Progress => "organize/progress".to_owned(),
            Page::Exports(what) => {
                query.push(format!("what={}", what.name()));
                "organize/exports".to_owned()
            }
            Page::Log => "organize/log".to_owned(),
        };
        query.extend(self.query());
        with_query(&path, &query)
    }

    /// What to ask the API for to fill the list of this page; `path` is the list's.
    pub fn asked(&self, path: &str) -> String {
        with_query(path, &self.query())
    }

    fn query(&self) -> Vec<String> {
        let fields = self
            .page
            .fields()
            .iter()
            .map(|name| (*name, self.filter.field(name)))
            .filter(|(_, value)| !value.is_empty());
        fields
            .map(|(name, value)| format!("{name}={}", encoded(&value)))
            .collect()
    }

    /// The page's beginning of the list: the same place without `after`.
    #[must_use]
    pub fn first(&self) -> Self {
        self.from("")
    }

    /// The same place with the list from `after` on.
    #[must_use]
    pub fn from(&self, after: &str) -> Self {
        let mut place = self.clone();
        after.clone_into(&mut place.filter.after);
        place
    }
}

fn with_query(path: &str, query: &[String]) -> String {
    if query.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{}", query.join("&"))
    }
}

/// Names and values of a query that begins with `?`.
fn pairs(query: &str) -> Vec<(String, String)> {
    let parts = query
        .trim_start_matches('?')
        .split('&')
        .filter_map(|pair| pair.split_once('='));
    parts.map(|(name, value)| (name.to_owned(), decoded(value))).collect()
}

/// A text as it stands in a query or a path (RFC 3986 §2.1): all but unreserved characters percent-encoded.
pub fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// The text that stands in a query; `+` is a blank, as forms write it. What is no encoding stays as it is.
pub fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let digits = |pair: &&str| byte == b'%' && pair.bytes().all(|byte| byte.is_ascii_hexdigit());
        let pair = text.get(at + 1..at + 3).filter(digits);
        if let Some(value) = pair.and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            out.push(value);
            at += 3;
        } else {
            out.push(if byte == b'+' { b' ' } else { byte });
            at += 1;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter() -> Filter {
        Filter {
            unit: Some(7),
            find: "王 + 张&50%".into(),
            mode: "self-test".into(),
            exam: "work-safety-law".into(),
            from: "2026-01-31".into(),
            to: "2026-02-28".into(),
            after: "12_a=b".into(),
        }
    }

    fn read(base: &str, address: &str) -> Option<Place> {
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        Place::read(base, &format!("{base}{path}"), &format!("?{query}"))
    }

    #[test]
    fn every_page_is_found_by_its_address_with_what_it_knows_of_the_filter() {
        let pages = [
            Page::Units,
            Page::Codes,
            Page::People,
            Page::Person("018f3c1e-7b2a-7cde-9abc-0123456789ad".into()),
            Page::Results,
            Page::Progress,
            Page::Exports(What::People),
            Page::Exports(What::Results),
            Page::Exports(What::Progress),
            Page::Log,
        ];
        for page in pages {
            let place = page.clone().with(filter());
            for base in ["/", "/sub/path/"] {
                let found = read(base, &place.path()).unwrap();
                assert_eq!(found.page, page);
                for name in ["unit", "find", "mode", "exam", "from", "to", "after"] {
                    let expected = if page.fields().contains(&name) {
                        place.filter.field(name)
                    } else {
                        String::new()
                    };
                    assert_eq!(found.filter.field(name), expected, "{} {name}", place.path());
                }
            }
        }
        assert_eq!(read("/", "organize/people"), Some(Page::People.plain()));
        assert_eq!(read("/", "organize.html"), Some(Page::Units.plain()));
        assert_eq!(read("/", "organize/nowhere"), Some(Page::Unknown.plain()));
        assert_eq!(read("/", "courses"), None);
        assert_eq!(read("/", "organizers"), None);
    }

    #[test]
    fn what_cannot_be_is_left_out_of_the_filter() {
        let place = read(
            "/",
            "organize/results?unit=x&mode=exam&from=2026-02-30&to=later&find=%20&lang=en",
        )
        .unwrap();
        assert_eq!(place, Page::Results.plain());
        assert_eq!(place.path(), "organize/results");
        let exports = read("/", "organize/exports?what=everything").unwrap();
        assert_eq!(exports.page, Page::Exports(What::Results));
    }

    #[test]
    fn the_api_is_asked_with_the_filter_and_the_next_page_alone_has_after() {
        let place = Page::People.with(filter());
        assert_eq!(
            place.first().asked("people"),
            "people?unit=7&find=%E7%8E%8B%20%2B%20%E5%BC%A0%2650%25"
        );
        assert_eq!(Page::People.plain().from("50").asked("people"), "people?after=50");
        assert_eq!(Page::Results.plain().asked("results"), "results");
    }

    #[test]
    fn texts_come_back_from_an_address_as_they_were() {
        for text in ["", "a b", "王小明", "100%", "%zz", "a+b", "\u{1f600}"] {
            assert_eq!(decoded(&encoded(text)), text);
        }
        assert_eq!(decoded("a+b%"), "a b%");
        assert_eq!(decoded("%+5"), "% 5");
        assert_eq!(decoded("%E7%8E%8B%"), "王%");
    }
}
