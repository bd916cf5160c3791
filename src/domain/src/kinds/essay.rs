//! Essays (调查报告): a text within length limits, marked later by jurors against a rubric. Nothing is marked here: an
//! empty text earns nothing, any other awaits its jurors.

use crate::ids::OptionId;
use crate::marking::Invalid;

/// The most characters that an essay may ask for.
pub const MOST_CHARACTERS: u32 = 20_000;

/// The most criteria of a rubric.
pub const MOST_RUBRICS: usize = 12;

/// An essay. `Essay::new` proves what the kind promises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Essay {
    rubric: Vec<Rubric>,
    min: u32,
    max: u32,
}

/// One criterion that jurors mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rubric {
    /// Permanent within the item.
    pub id: OptionId,
    /// Its name.
    pub title: String,
    /// What jurors can give at most, whole points, 1 and up.
    pub points: u16,
    /// What a good text does.
    pub text: String,
}

/// Why something makes no essay.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EssayError {
    /// No rubric, or too long a one.
    #[error("an essay has 1 to {MOST_RUBRICS} criteria")]
    Count,
    /// Two criteria have one id.
    #[error("{0} stands twice")]
    DuplicateId(OptionId),
    /// A title or text is empty.
    #[error("{0} has an empty title or text")]
    NoText(OptionId),
    /// A criterion is worth nothing.
    #[error("{0} is worth no points")]
    NoPoints(OptionId),
    /// The limits are not 1 <= min < max <= 20,000.
    #[error("the limits are 1 <= min < max <= {MOST_CHARACTERS}")]
    Limits,
}

/// How a text stands to the limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EssayState {
    /// Nothing but blanks: not answered.
    Empty,
    /// Shorter than asked for.
    Short,
    /// Within the limits.
    Fits,
    /// Longer than asked for, up to twice the limit.
    Long,
}

/// The length of `text` as people count it: characters, without whitespace and without what cannot be seen.
pub fn length(text: &str) -> usize {
    text.chars().filter(|c| counts(*c)).count()
}

fn counts(c: char) -> bool {
    // Zero-width spaces and joiners, direction marks and the byte order mark would make an empty text look long.
    !c.is_whitespace()
        && !c.is_control()
        && !matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

impl Essay {
    /// The item: `min` and `max` in characters as `length` counts them.
    ///
    /// # Errors
    /// The first promise of the kind that is broken.
    pub fn new(rubric: Vec<Rubric>, min: u32, max: u32) -> Result<Self, EssayError> {
        if min == 0 || min >= max || max > MOST_CHARACTERS {
            return Err(EssayError::Limits);
        }
        if rubric.is_empty() || rubric.len() > MOST_RUBRICS {
            return Err(EssayError::Count);
        }
        for (place, one) in rubric.iter().enumerate() {
            if rubric[..place].iter().any(|other| other.id == one.id) {
                return Err(EssayError::DuplicateId(one.id.clone()));
            }
            if one.title.trim().is_empty() || one.text.trim().is_empty() {
                return Err(EssayError::NoText(one.id.clone()));
            }
            if one.points == 0 {
                return Err(EssayError::NoPoints(one.id.clone()));
            }
        }
        Ok(Self { rubric, min, max })
    }

    /// The criteria in the author's order.
    pub fn rubric(&self) -> &[Rubric] {
        &self.rubric
    }

    /// The least characters asked for, 1 and up.
    pub fn min(&self) -> u32 {
        self.min
    }

    /// The most characters asked for, above `min`.
    pub fn max(&self) -> u32 {
        self.max
    }

    /// The points of the whole rubric, 1 and up.
    pub fn points(&self) -> u32 {
        self.rubric.iter().map(|one| u32::from(one.points)).sum()
    }

    /// How `text` stands to the limits. A text too short or too long is still one that jurors see. The work is bounded by
    /// the limits, not by the text.
    ///
    /// # Errors
    /// `TooLong` above twice `max`, or above eight times `max` with everything that `length` does not count.
    pub fn check(&self, text: &str) -> Result<EssayState, Invalid> {
        let max = self.max as usize;
        if text.chars().nth(max * 8).is_some() {
            return Err(Invalid::TooLong);
        }
        match length(text) {
            0 => Ok(EssayState::Empty),
            length if length > max * 2 => Err(Invalid::TooLong),
            length if length > max => Ok(EssayState::Long),
            length if length < self.min as usize => Ok(EssayState::Short),
            _ => Ok(EssayState::Fits),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn one(id: &str, points: u16) -> Rubric {
        Rubric {
            id: id.parse().unwrap(),
            title: "事实".into(),
            points,
            text: "清楚".into(),
        }
    }

    #[test]
    fn table_of_cases() {
        // Limits 3 and 5; `_` stands for a space, `~` for a zero-width one.
        let table = "
            -            | Ok(Empty)
            _            | Ok(Empty)
            ~~~~         | Ok(Empty)
            安           | Ok(Short)
            安_全_       | Ok(Short)
            安~~~全      | Ok(Short)
            安全员       | Ok(Fits)
            a1，安全     | Ok(Fits)
            一二三四五   | Ok(Fits)
            一二三四五六 | Ok(Long)
            一二三四五六七八九十 | Ok(Long)
            一_二_三_四_五_六_七_八_九_十 | Ok(Long)
            一二三四五六七八九十一 | Err(TooLong)";
        let item = Essay::new(vec![one("a", 60), one("b", 40)], 3, 5).unwrap();
        for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (text, state) = line.split_once('|').unwrap();
            let text = text
                .trim()
                .replace('-', "")
                .replace('_', " \n")
                .replace('~', "\u{200b}");
            assert_eq!(format!("{:?}", item.check(&text)), state.trim(), "{line}");
        }
        assert_eq!((item.points(), item.min(), item.max()), (100, 3, 5));
        for flood in ["安", " ", "\u{200b}", "\0"] {
            assert_eq!(item.check(&flood.repeat(10 << 20)), Err(Invalid::TooLong));
        }
    }

    #[test]
    fn what_the_kind_promises_is_proven() {
        let fine = || vec![one("a", 1)];
        for (min, max) in [(0, 5), (5, 5), (6, 5), (1, MOST_CHARACTERS + 1), (1, u32::MAX)] {
            assert_eq!(Essay::new(fine(), min, max), Err(EssayError::Limits), "{min} {max}");
        }
        let a = || "a".parse().unwrap();
        assert_eq!(Essay::new(vec![], 1, 2), Err(EssayError::Count));
        assert_eq!(Essay::new(vec![one("a", 0)], 1, 2), Err(EssayError::NoPoints(a())));
        assert_eq!(
            Essay::new(vec![one("a", 1); 2], 1, 2),
            Err(EssayError::DuplicateId(a()))
        );
        let nameless = Rubric {
            title: " ".into(),
            ..one("a", 1)
        };
        assert_eq!(Essay::new(vec![nameless], 1, 2), Err(EssayError::NoText(a())));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_text_has_one_state(text in any::<String>(), min in 1_u32..20, more in 1_u32..20) {
            let item = Essay::new(vec![one("a", 1)], min, min + more).unwrap();
            let state = item.check(&text);
            let counted = u32::try_from(length(&text)).unwrap();
            prop_assert_eq!(state == Ok(EssayState::Fits), (min..=min + more).contains(&counted) && state.is_ok());
            prop_assert_eq!(state == Ok(EssayState::Empty), counted == 0 && state.is_ok());
        }
    }
}
