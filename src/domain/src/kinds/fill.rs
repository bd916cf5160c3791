//! Filling in blanks (填空): numbers with units and ranges, texts with accepted variants.
//!
//! Rule: right blanks of all blanks.

use crate::ids::OptionId;
use crate::kinds::Earned;
use crate::kinds::number::{self, Decimal};
use crate::marking::Invalid;

/// Longest text of one blank, in characters.
pub const MAX_TEXT: usize = 200;

/// Most blanks of one item.
const MAX_BLANKS: usize = 6;

/// The blanks of an item, 1 to 6, each exactly once in its stem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fill(Vec<Blank>);

/// One blank; `{id}` in the stem says where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blank {
    /// Permanent within the item.
    pub id: OptionId,
    /// What is right.
    pub answer: BlankAnswer,
    /// What people get wrong; never empty.
    pub why: String,
}

/// What is right in a blank, or as the amount of a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlankAnswer {
    /// A number within bounds.
    Number {
        /// The smallest right number.
        least: Decimal,
        /// The largest right number, at least `least`.
        most: Decimal,
        /// The right answer as it is shown after marking, without a unit.
        shown: String,
        /// Units that the answer may carry; the first is the one shown. Empty where there is none.
        units: Vec<String>,
    },
    /// A text, compared in the form of [`number::fold_text`].
    Text {
        /// The accepted variants, at least one; the first is the one shown.
        accepted: Vec<String>,
    },
}

/// Why an answer cannot be marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// The bounds of a number leave nothing between them.
    #[error("the lower bound is above the upper one")]
    Bounds,
    /// A number is shown as nothing.
    #[error("the number has no form to show")]
    Shown,
    /// A unit is empty, begins with a digit, or is there twice.
    #[error("units are different, not empty and begin with no digit")]
    Unit,
    /// One unit is another with a scale before it, as 万元 and 元: a number cannot be right in both.
    #[error("units of different size: give the number in one of them, the other is understood")]
    UnitSizes,
    /// No variant of a text, or one of which nothing is left to compare.
    #[error("a text has at least one accepted variant, and none is empty or only punctuation")]
    NoText,
    /// Two variants are the same answer.
    #[error("two accepted variants are the same answer: width, case, spaces and numerals make no difference")]
    SameText,
    /// A variant longer than anyone may type.
    #[error("an accepted variant has more than 200 characters")]
    LongText,
}

/// Why a list of blanks makes no item.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FillError {
    /// Fewer or more blanks than allowed.
    #[error("an item has 1 to 6 blanks")]
    Count,
    /// Two blanks have one id.
    #[error("two blanks have the id `{0}`")]
    DuplicateId(OptionId),
    /// A blank has no place in the stem.
    #[error("the stem has no place {{{0}}} for the blank `{0}`")]
    NotInStem(OptionId),
    /// A blank has several places in the stem.
    #[error("the stem has the place {{{0}}} more than once")]
    TwiceInStem(OptionId),
    /// The stem has braces that hold no id of a blank.
    #[error("the stem has {{{0}}}, and there is no such blank")]
    NoSuchBlank(String),
    /// The stem has a brace without its partner.
    #[error("the stem has a brace without its partner")]
    Brace,
    /// A blank does not say what people get wrong.
    #[error("the blank `{0}` does not say what people get wrong (why)")]
    NoWhy(OptionId),
    /// The answer of a blank cannot be marked.
    #[error("blank `{id}`: {error}")]
    Answer {
        /// The blank.
        id: OptionId,
        /// What is wrong with its answer.
        error: AnswerError,
    },
}

/// A part of a stem, in reading order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Text as it stands, never empty.
    Text(&'a str),
    /// Here a blank is filled in.
    Blank(&'a Blank),
}

impl BlankAnswer {
    /// A number that may be off by `tolerance` to either side; none beyond the range of decimals. A negative tolerance
    /// leaves no right answer, which `check` refuses.
    pub fn around(number: Decimal, tolerance: Decimal, units: Vec<String>) -> Option<Self> {
        Some(Self::Number {
            least: number.checked_sub(tolerance)?,
            most: number.checked_add(tolerance)?,
            shown: number.to_string(),
            units,
        })
    }

    /// A number from `least` to `most`, both included.
    pub fn between(least: Decimal, most: Decimal, units: Vec<String>) -> Self {
        Self::Number {
            least,
            most,
            shown: format!("{least}–{most}"),
            units,
        }
    }

    /// Proves that the answer can be marked: its key is right, and the empty text is not.
    ///
    /// # Errors
    /// The first promise that the answer breaks.
    pub fn check(&self) -> Result<(), AnswerError> {
        match self {
            Self::Number { least, most, .. } if least > most => Err(AnswerError::Bounds),
            Self::Number { shown, .. } if shown.trim().is_empty() => Err(AnswerError::Shown),
            Self::Number { units, .. } => {
                let units: Vec<String> = units.iter().map(|unit| narrowed(unit)).collect();
                let sound =
                    |unit: &String| !unit.is_empty() && !unit.starts_with(|c: char| c.is_ascii_digit() || c == '.');
                let larger = |unit: &String| scaled(unit).is_some_and(|(_, base, _)| units.iter().any(|u| u == base));
                match (units.iter().all(sound) && distinct(&units), units.iter().any(larger)) {
                    (false, _) => Err(AnswerError::Unit),
                    (true, true) => Err(AnswerError::UnitSizes),
                    (true, false) => Ok(()),
                }
            }
            Self::Text { accepted } if accepted.iter().any(|text| is_long(text)) => Err(AnswerError::LongText),
            Self::Text { accepted } => {
                let folded: Vec<String> = accepted.iter().map(|text| number::fold_text(text)).collect();
                if folded.is_empty() || folded.iter().any(String::is_empty) {
                    return Err(AnswerError::NoText);
                }
                if distinct(&folded) {
                    Ok(())
                } else {
                    Err(AnswerError::SameText)
                }
            }
        }
    }

    /// A text that is right: the number or variant that is shown, or the lower bound of a range.
    pub fn key(&self) -> String {
        match self {
            Self::Number { shown, .. } if right_answer(self, shown) => shown.clone(),
            Self::Number { least, .. } => least.to_string(),
            Self::Text { accepted } => accepted.first().cloned().unwrap_or_default(),
        }
    }
}

/// Whether `text` is right for `answer`. Texts beyond [`MAX_TEXT`] are not.
///
/// A number may carry any of the units or none, and a unit that begins with a scale may be written out in other ways:
/// where 万元 is the unit, 2万元, 2万, 20000元 and 2 are the same. Where % is a unit, so is 百分之….
pub fn right_answer(answer: &BlankAnswer, text: &str) -> bool {
    if is_long(text) {
        return false;
    }
    match answer {
        BlankAnswer::Number { least, most, units, .. } => {
            let right = |number: Decimal| (*least..=*most).contains(&number);
            let text = narrowed(text.trim_end_matches(is_stop));
            number::read(&text).is_some_and(right)
                || units
                    .iter()
                    .any(|unit| in_unit(&text, &narrowed(unit)).into_iter().flatten().any(right))
        }
        BlankAnswer::Text { accepted } => {
            let folded = number::fold_text(text);
            !folded.is_empty() && accepted.iter().any(|variant| number::fold_text(variant) == folded)
        }
    }
}

/// What `text` can mean with `unit` written out.
fn in_unit(text: &str, unit: &str) -> [Option<Decimal>; 4] {
    let before = |end: &str| text.strip_suffix(end).and_then(number::read);
    let percent = || match text.strip_prefix("百分之")?.trim_start() {
        "百" => number::read("100"),
        rest => number::read(rest),
    };
    let larger = scaled(unit);
    [
        before(unit),
        (unit == "%").then(percent).flatten(),
        larger.and_then(|(name, _, _)| before(name)),
        larger.and_then(|(_, base, power)| before(base)?.in_units_of(power)),
    ]
}

/// A unit that begins with a scale (万元): the scale's name, the unit behind it, and the scale's power of ten.
fn scaled(unit: &str) -> Option<(&'static str, &str, u32)> {
    let mut scales = [("百", 2), ("千", 3), ("万", 4), ("亿", 8)].into_iter();
    let found = scales.find_map(|(name, power)| Some((name, unit.strip_prefix(name)?, power)));
    found.filter(|(_, base, _)| !base.is_empty())
}

/// Half width and lower case, without spaces at the ends.
fn narrowed(text: &str) -> String {
    let chars = text.chars().map(number::narrow).flat_map(char::to_lowercase);
    chars.collect::<String>().trim().to_owned()
}

/// Marks that end a sentence, which a keyboard easily adds to a number.
fn is_stop(c: char) -> bool {
    c.is_whitespace() || matches!(c, '。' | '．' | '.' | '，' | ',' | '；' | ';' | '、' | '！' | '!')
}

fn is_long(text: &str) -> bool {
    text.chars().nth(MAX_TEXT).is_some()
}

fn distinct(texts: &[String]) -> bool {
    texts
        .iter()
        .enumerate()
        .all(|(place, text)| !texts[..place].contains(text))
}

/// What stands between braces in a stem, and what stands around them.
enum Part<'a> {
    Text(&'a str),
    Place(&'a str),
}

/// Splits a stem at its places; with an error where braces do not pair.
fn parts(stem: &str) -> Result<Vec<Part<'_>>, FillError> {
    let mut parts = Vec::new();
    let mut rest = stem;
    while let Some((text, tail)) = rest.split_once('{') {
        let (place, after) = tail.split_once('}').ok_or(FillError::Brace)?;
        parts.extend([Part::Text(text), Part::Place(place)]);
        rest = after;
    }
    parts.push(Part::Text(rest));
    let stray = |part: &Part| matches!(part, Part::Text(text) if text.contains('}'));
    if parts.iter().any(stray) {
        Err(FillError::Brace)
    } else {
        Ok(parts)
    }
}

impl Fill {
    /// The blanks of an item with `stem`.
    ///
    /// # Errors
    /// The first promise that they break.
    pub fn new(stem: &str, blanks: Vec<Blank>) -> Result<Self, FillError> {
        if !(1..=MAX_BLANKS).contains(&blanks.len()) {
            return Err(FillError::Count);
        }
        let places: Vec<&str> = parts(stem)?
            .into_iter()
            .filter_map(|part| {
                if let Part::Place(place) = part {
                    Some(place)
                } else {
                    None
                }
            })
            .collect();
        if let Some(place) = places
            .iter()
            .find(|place| blanks.iter().all(|blank| blank.id.as_str() != **place))
        {
            return Err(FillError::NoSuchBlank((*place).to_owned()));
        }
        for (index, blank) in blanks.iter().enumerate() {
            let id = || blank.id.clone();
            if blanks[..index].iter().any(|other| other.id == blank.id) {
                return Err(FillError::DuplicateId(id()));
            }
            match places.iter().filter(|place| **place == blank.id.as_str()).count() {
                0 => return Err(FillError::NotInStem(id())),
                1 => {}
                _ => return Err(FillError::TwiceInStem(id())),
            }
            if blank.why.trim().is_empty() {
                return Err(FillError::NoWhy(id()));
            }
            blank
                .answer
                .check()
                .map_err(|error| FillError::Answer { id: id(), error })?;
        }
        Ok(Self(blanks))
    }

    /// The blanks in the author's order.
    pub fn blanks(&self) -> &[Blank] {
        &self.0
    }

    /// The response that is the key.
    pub fn key(&self) -> Vec<(OptionId, String)> {
        self.0
            .iter()
            .map(|blank| (blank.id.clone(), blank.answer.key()))
            .collect()
    }

    /// Whether `text` is right in the blank `id`; false where there is no such blank.
    pub fn right(&self, id: &OptionId, text: &str) -> bool {
        self.get(id).is_some_and(|blank| right_answer(&blank.answer, text))
    }

    /// Whether a response fills in nothing: no entries, or only blank texts. One with more entries than any item has
    /// blanks, or with a text longer than allowed, is not empty: it is invalid.
    pub fn is_empty_response(response: &[(OptionId, String)]) -> bool {
        let empty = |text: &str| !is_long(text) && text.trim().is_empty();
        response.len() <= MAX_BLANKS && response.iter().all(|(_, text)| empty(text))
    }

    /// What a response of texts for blanks earns: one part a right blank.
    ///
    /// # Errors
    /// More entries than blanks, an unknown or repeated blank, a text longer than [`MAX_TEXT`].
    pub fn earned(&self, response: &[(OptionId, String)]) -> Result<Earned, Invalid> {
        if response.len() > self.0.len() {
            return Err(Invalid::TooMany);
        }
        let mut earned = 0;
        for (place, (id, text)) in response.iter().enumerate() {
            let blank = self.get(id).ok_or(Invalid::UnknownOption)?;
            if response[..place].iter().any(|(other, _)| other == id) {
                return Err(Invalid::RepeatedOption);
            }
            if is_long(text) {
                return Err(Invalid::TooLong);
            }
            earned += u32::from(right_answer(&blank.answer, text));
        }
        let of = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        Ok(Earned { earned, of })
    }

    /// The stem in pieces, blanks in their places. Of a stem that is not this item's, what names no blank stays text.
    pub fn pieces<'a>(&'a self, stem: &'a str) -> Vec<Piece<'a>> {
        let mut pieces = Vec::new();
        let (mut start, mut from) = (0, 0);
        while let Some(open) = stem[from..].find('{').map(|at| from + at) {
            from = open + 1;
            let place = stem[from..].split('}').next().unwrap_or_default();
            let after = from + place.len() + 1;
            let blank = self.0.iter().find(|blank| blank.id.as_str() == place);
            if let Some(blank) = blank.filter(|_| after <= stem.len()) {
                pieces.extend([Piece::Text(&stem[start..open]), Piece::Blank(blank)]);
                (start, from) = (after, after);
            }
        }
        pieces.push(Piece::Text(&stem[start..]));
        pieces.retain(|piece| *piece != Piece::Text(""));
        pieces
    }

    fn get(&self, id: &OptionId) -> Option<&Blank> {
        self.0.iter().find(|blank| blank.id == *id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// An answer from its notation: `30`, `30±0.5`, `10..50`, with units behind `@` as in `30@日,天`; or texts, `=甲,乙`.
    fn answer(notation: &str) -> BlankAnswer {
        let list = |text: &str| text.split(',').map(str::to_owned).collect::<Vec<String>>();
        if let Some(texts) = notation.strip_prefix('=') {
            return BlankAnswer::Text { accepted: list(texts) };
        }
        let (number, units) = notation.split_once('@').unwrap_or((notation, ""));
        let units = if units.is_empty() { vec![] } else { list(units) };
        if let Some((least, most)) = number.split_once("..") {
            return BlankAnswer::between(least.parse().unwrap(), most.parse().unwrap(), units);
        }
        let (number, tolerance) = number.split_once('±').unwrap_or((number, "0"));
        BlankAnswer::around(number.parse().unwrap(), tolerance.parse().unwrap(), units).unwrap()
    }

    fn blank(id: &str, notation: &str) -> Blank {
        Blank {
            id: id.parse().unwrap(),
            answer: answer(notation),
            why: "because".into(),
        }
    }

    /// Three blanks: a number with units, a range, a text.
    fn fill() -> Fill {
        let blanks = vec![
            blank("a", "30@日,天"),
            blank("b", "2..10@万元"),
            blank("c", "=县级以上,县以上"),
        ];
        Fill::new("{c}部门在{a}内处{b}罚款。", blanks).unwrap()
    }

    /// A response from its notation: `a=30;b=5`.
    fn response(notation: &str) -> Vec<(OptionId, String)> {
        let entries = notation.split(';').filter_map(|entry| entry.split_once('='));
        entries
            .map(|(id, text)| (id.trim().parse().unwrap(), text.replace("LONG", &"三".repeat(201))))
            .collect()
    }

    #[test]
    fn answers_that_are_the_same() {
        // answer | right ones | wrong ones
        let table = "
            30@日,天 | 30 ３０ 三十 30日 三十天 _30_日_ 30。 30天； 卅日 | 31 三 30月 30日天 日 -30 30日内
            30       | 30 30.0 三十 | 30日 30%
            100000@元 | 10万 十万元 100,000元 １０００００ 10万元 壹拾万元 | 10 1万 10千元
            2@万元   | 2万元 2万 20000元 两万元 2 二 20,000元 | 20000 2元 200元 2万万元
            0.5@万元 | 5000元 0.5万 五千元 零点五万元 | 5000 0.5元
            20@%     | 20% 20％ 百分之二十 百分之20 20 二十 | 0.2 2% 百分之二 百分之二十% 1/5
            100@%    | 百分之百 100% 一百 | 百 百分之
            5..10@米 | 5 10 7.5米 七点五米 | 4.999999 10.000001 4.9999999 5-10 5–10
            1.5±0.05@m | 1.5 1.45M 1.55ｍ 1.5000 | 1.56 1.449999
            -10@℃   | -10 －10℃ 负十 | 10
            0        | 0 零 〇 -0 | o O 空
            =县级以上 | 县级以上 县级_以上 “县级以上”。 | 县级 县级以上地方
            =安全生产法 | 《安全生产法》 安全生产法。 | 安全法
            =三分之一 | 三分之一 3分之1 ３分之１ | 0.333333 1/3
            =第三十条 | 第30条 第三十条 | 第13条 30
            =PVC,聚氯乙烯 | pvc ＰＶＣ 聚氯乙烯 | P";
        for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            let answer = answer(cells[0]);
            answer.check().unwrap();
            for (cell, right) in [(cells[1], true), (cells[2], false)] {
                for text in cell.split_whitespace().map(|text| text.replace('_', " ")) {
                    assert_eq!(right_answer(&answer, &text), right, "{text} in {line}");
                }
            }
            for text in ["", " ", "。", "\u{0}", "{a}", &"9".repeat(10 << 20), &"三".repeat(1000)] {
                assert!(!right_answer(&answer, text), "{line}");
            }
        }
    }

    #[test]
    fn table_of_responses() {
        // response | earned of 3
        let table = "
            a=30;b=2;c=县级以上 | 3
            c=县以上;a=三十日;b=十万元 | 3
            a=30;b=11;c=县级以上 | 2
            a=30 | 1
            a=;b=;c=县以上 | 1
            b=2万 | 1
            a=31;b=1;c=市级 | 0
            a=;b=;c= | 0
            | 0
            x=30 | UnknownOption
            a=30;x= | UnknownOption
            a=30;a=30 | RepeatedOption
            a=30;a=31;b=2 | RepeatedOption
            a=1;b=1;c=1;a=1 | TooMany
            x=1;x=1;x=1;x=1;x=1;x=1;x=1 | TooMany
            a=LONG | TooLong
            a=30;b=LONG | TooLong
            x=LONG | UnknownOption
            a=\u{202e}30 | 0
            a=३० | 0
            a=30日;b=99999999999999999999999999999999999999999999 | 1";
        for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (typed, wanted) = line.rsplit_once('|').unwrap();
            let earned = match fill().earned(&response(typed)) {
                Ok(Earned { earned, of: 3 }) => earned.to_string(),
                Ok(other) => format!("{other:?}"),
                Err(invalid) => format!("{invalid:?}"),
            };
            assert_eq!(earned, wanted.trim(), "{line}");
        }
        let huge = vec![("a".parse().unwrap(), "9".repeat(10 << 20))];
        assert_eq!(fill().earned(&huge), Err(Invalid::TooLong));
        assert!(Fill::is_empty_response(&response("a=;b= ")) && Fill::is_empty_response(&[]));
        assert!(!Fill::is_empty_response(&response("a=0")));
        assert!(!Fill::is_empty_response(&response("a=;a=;a=;a=;a=;a=;a=")));
    }

    #[test]
    fn stems_and_blanks_agree() {
        // stem | blanks | what is wrong
        let table = "
            {a} | a:30 | -
            在{a}和{b}之间 | b:30 a:=甲 | -
            没有空 | a:30 | NotInStem
            {a}{a} | a:30 | TwiceInStem
            {a}{b} | a:30 | NoSuchBlank
            {a}{} | a:30 | NoSuchBlank
            {a}{ a} | a:30 | NoSuchBlank
            {a}{ | a:30 | Brace
            {a}} | a:30 | Brace
            {{a}} | a:30 | Brace
            {a} | | Count
            {a}{b}{c}{d}{e}{f}{g} | a:1 b:1 c:1 d:1 e:1 f:1 g:1 | Count
            {a} | a:30 a:31 | DuplicateId
            {a} | a:50..10 | Bounds
            {a} | a:1±-1 | Bounds
            {a} | a:1@日,日 | Unit
            {a} | a:1@Ｍ,m | Unit
            {a} | a:1@2m | Unit
            {a} | a:1@日, | Unit
            {a} | a:2@万元,元 | UnitSizes
            {a} | a:= | NoText
            {a} | a:=甲,。 | NoText
            {a} | a:=三十,30 | SameText
            {a} | a:=《甲》,甲 | SameText";
        for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            let blanks = cells[1].split(' ').filter_map(|cell| cell.split_once(':'));
            let made = Fill::new(cells[0], blanks.map(|(id, notation)| blank(id, notation)).collect());
            let wrong = made.err().map_or("-".to_owned(), |error| format!("{error:?}"));
            assert!(wrong.contains(cells[2]), "{wrong} in {line}");
        }
        let silent = Blank {
            why: " ".into(),
            ..blank("a", "1")
        };
        assert_eq!(
            Fill::new("{a}", vec![silent]),
            Err(FillError::NoWhy("a".parse().unwrap()))
        );
        let long = BlankAnswer::Text {
            accepted: vec!["长".repeat(201)],
        };
        assert_eq!(long.check(), Err(AnswerError::LongText));
        assert_eq!(
            FillError::NotInStem("a".parse().unwrap()).to_string(),
            "the stem has no place {a} for the blank `a`"
        );
    }

    #[test]
    fn the_stem_comes_in_pieces() {
        let fill = fill();
        let shown = |stem| {
            let piece = |piece: Piece| match piece {
                Piece::Text(text) => text.to_owned(),
                Piece::Blank(blank) => format!("<{}>", blank.id),
            };
            fill.pieces(stem).into_iter().map(piece).collect::<Vec<_>>().join("/")
        };
        assert_eq!(shown("{c}部门在{a}内处{b}罚款。"), "<c>/部门在/<a>/内处/<b>/罚款。");
        assert_eq!(shown("{a}{b}"), "<a>/<b>");
        assert_eq!(shown("{x}和{a和{{a}}"), "{x}和{a和{/<a>/}");
        assert_eq!(shown("{a"), "{a");
        assert_eq!(shown(""), "");
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_key_is_right(number in -1_000_000_000_i64..1_000_000_000, more in 0_u32..5_000, unit in 0_usize..6, text in "\\PC{1,20}") {
            let unit = ["", "@日", "@元", "@万元", "@%", "@千克,公斤"][unit];
            let range = format!("{number}..{}{unit}", number + i64::from(more));
            for answer in [answer(&format!("{number}±{more}{unit}")), answer(&range), BlankAnswer::Text { accepted: vec![text] }] {
                if answer.check().is_ok() {
                    prop_assert!(right_answer(&answer, &answer.key()), "{:?}", answer);
                    prop_assert!(!right_answer(&answer, ""));
                }
            }
        }

        #[test]
        fn no_response_scores_outside_the_item(
            entries in prop::collection::vec(("[a-d]", prop_oneof![any::<String>(), "[0-9三十万元日.%]{0,8}"]), 0..5),
            stem in "[{}abc文]{0,12}",
        ) {
            let fill = fill();
            let response: Vec<(OptionId, String)> = entries.into_iter().map(|(id, text)| (id.parse().unwrap(), text)).collect();
            if let Ok(Earned { earned, of }) = fill.earned(&response) {
                prop_assert!(earned <= of && of == 3);
                prop_assert!(earned == 0 || !Fill::is_empty_response(&response));
                let right = response.iter().filter(|(id, text)| fill.right(id, text)).count();
                prop_assert_eq!(usize::try_from(earned).unwrap(), right);
            }
            prop_assert_eq!(fill.earned(&fill.key()), Ok(Earned { earned: 3, of: 3 }));
            let whole: String = fill.pieces(&stem).into_iter().map(|piece| match piece {
                Piece::Text(text) => text.to_owned(),
                Piece::Blank(blank) => format!("{{{}}}", blank.id),
            }).collect();
            prop_assert_eq!(whole, stem.clone());
            let _ = Fill::new(&stem, fill.blanks().to_vec());
        }
    }
}
