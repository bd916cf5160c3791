//! Citations, pinned to the version of a text, and the basis of an item.

use crate::ids::{IdError, RegulationId};
use crate::time::Day;
use std::fmt;
use std::str::FromStr;

/// Why a text is not a citation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CitationError {
    /// No `@version` after the regulation's id.
    #[error("a citation reads regulation-id@YYYY-MM-DD#article; the @version is missing")]
    NoVersion,
    /// The regulation's id is not a slug.
    #[error("regulation id: {0}")]
    Regulation(IdError),
    /// The version is not a day.
    #[error("the version after @ is not a day YYYY-MM-DD")]
    Version,
    /// What follows `#` is not `28`, `134-1`, `28.2` or `134-1.2`.
    #[error("an article is written 28, 134-1 (之一), 28.2 (paragraph) or 134-1.2")]
    Article,
}

/// An article of a text: `第一百三十四条之一第二款` is number 134, sub 1, paragraph 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Article {
    /// The article's number, 1 and up.
    pub number: u16,
    /// 之一 is 1, 之二 is 2, none is 0.
    pub sub: u8,
    /// The paragraph (款), 1 and up; none names the whole article.
    pub paragraph: Option<u8>,
}

/// A place in one version of a regulation: `anquan-shengchan-fa@2021-06-10#36.4`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Citation {
    /// The regulation in the registry.
    pub regulation: RegulationId,
    /// The date of the text cited (its adoption or latest amendment).
    pub version: Day,
    /// The article; none names the whole text.
    pub article: Option<Article>,
}

impl FromStr for Article {
    type Err = CitationError;
    fn from_str(text: &str) -> Result<Self, CitationError> {
        let number = |part: &str, most: u16| -> Result<u16, CitationError> {
            let digits = part.bytes().all(|b| b.is_ascii_digit()) && !part.starts_with('0');
            let value = if digits { part.parse().ok() } else { None };
            value.filter(|v| (1..=most).contains(v)).ok_or(CitationError::Article)
        };
        let small = |part: &str| u8::try_from(number(part, 99)?).map_err(|_| CitationError::Article);
        let (place, paragraph) = match text.split_once('.') {
            Some((place, paragraph)) => (place, Some(small(paragraph)?)),
            None => (text, None),
        };
        let (article, sub) = match place.split_once('-') {
            Some((article, sub)) => (article, small(sub)?),
            None => (place, 0),
        };
        Ok(Self {
            number: number(article, 9_999)?,
            sub,
            paragraph,
        })
    }
}

impl fmt::Display for Article {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.number)?;
        if self.sub > 0 {
            write!(f, "-{}", self.sub)?;
        }
        self.paragraph.map_or(Ok(()), |paragraph| write!(f, ".{paragraph}"))
    }
}

impl Article {
    /// The article as the regulations themselves write it: `第一百三十四条之一第二款`.
    pub fn chinese(&self) -> String {
        let mut text = format!("第{}条", chinese_number(self.number));
        if self.sub > 0 {
            text.push('之');
            text.push_str(&chinese_number(u16::from(self.sub)));
        }
        if let Some(paragraph) = self.paragraph {
            text.push('第');
            text.push_str(&chinese_number(u16::from(paragraph)));
            text.push('款');
        }
        text
    }
}

/// `number` (1 to 9,999) in Chinese numerals as articles are numbered: 十, 一百零五, 一百一十四, 一千二百三十四.
pub fn chinese_number(number: u16) -> String {
    const DIGITS: [char; 10] = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
    let mut text = String::new();
    let mut gap = false;
    for (unit, name) in [(1_000, Some('千')), (100, Some('百')), (10, Some('十')), (1, None)] {
        let digit = usize::from(number / unit % 10);
        if digit == 0 {
            gap = !text.is_empty();
            continue;
        }
        if gap {
            text.push('零');
            gap = false;
        }
        // 十 alone, not 一十, at the head of 10 to 19.
        if !(digit == 1 && unit == 10 && text.is_empty()) {
            text.push(DIGITS[digit]);
        }
        text.extend(name);
    }
    text
}

impl FromStr for Citation {
    type Err = CitationError;
    fn from_str(text: &str) -> Result<Self, CitationError> {
        let (text, article) = match text.split_once('#') {
            Some((text, article)) => (text, Some(article.parse()?)),
            None => (text, None),
        };
        let (id, version) = text.split_once('@').ok_or(CitationError::NoVersion)?;
        Ok(Self {
            regulation: id.parse().map_err(CitationError::Regulation)?,
            version: Day::parse(version).ok_or(CitationError::Version)?,
            article,
        })
    }
}

impl fmt::Display for Citation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.regulation, self.version)?;
        self.article.map_or(Ok(()), |article| write!(f, "#{article}"))
    }
}

/// How sure we are of a text that is not at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Certainty {
    /// Several independent sources agree, or an official page was quoted.
    High,
    /// One good source.
    Medium,
    /// Weak sources only.
    Low,
}

/// What an item or check rests on (DESIGN §2.5).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Basis {
    /// Articles whose text is at hand and was checked; never empty.
    Article(Vec<Citation>),
    /// Texts that are not at hand; shown to the learner as such.
    Cited {
        /// What is cited; never empty.
        citations: Vec<Citation>,
        /// How sure we are.
        certainty: Certainty,
        /// What the learner should know about the source.
        note: String,
    },
    /// Good practice without a legal text; never in an assessment (考核). The text says why it is good practice.
    Practice(String),
}

impl Basis {
    /// All citations, in the author's order; none for practice.
    pub fn citations(&self) -> &[Citation] {
        match self {
            Self::Article(citations) | Self::Cited { citations, .. } => citations,
            Self::Practice(_) => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn citations_round_trip_and_say_what_is_wrong() {
        for text in [
            "anquan-shengchan-fa@2021-06-10#36.4",
            "xing-fa@2023-12-29#134-1",
            "xing-fa@2023-12-29#134-1.2",
            "gb-50140@2005-10-01",
        ] {
            assert_eq!(text.parse::<Citation>().unwrap().to_string(), text);
        }
        for (text, error) in [
            ("anquan-shengchan-fa#36", CitationError::NoVersion),
            ("Fa@2021-06-10#36", CitationError::Regulation(IdError::Slug)),
            ("fa@2021-06-31#36", CitationError::Version),
            ("fa@2021-06-10#", CitationError::Article),
            ("fa@2021-06-10#036", CitationError::Article),
            ("fa@2021-06-10#36.0", CitationError::Article),
            ("fa@2021-06-10#36-", CitationError::Article),
            ("fa@2021-06-10#99999999999999999999", CitationError::Article),
        ] {
            assert_eq!(text.parse::<Citation>(), Err(error), "{text}");
        }
    }

    #[test]
    fn articles_are_numbered_as_the_texts_number_them() {
        for (text, chinese) in [
            ("3", "第三条"),
            ("10", "第十条"),
            ("19", "第十九条"),
            ("20.2", "第二十条第二款"),
            ("101", "第一百零一条"),
            ("110", "第一百一十条"),
            ("114", "第一百一十四条"),
            ("134-1.2", "第一百三十四条之一第二款"),
            ("1005", "第一千零五条"),
            ("1050", "第一千零五十条"),
        ] {
            assert_eq!(text.parse::<Article>().unwrap().chinese(), chinese);
        }
    }
}
