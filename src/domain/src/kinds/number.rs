//! Numbers as people write them, and texts in the form in which they are compared.
//!
//! Exact decimals in integers. The readers take whatever is typed: what they cannot read with one clear meaning is no
//! number (three to five is what 三五 means, not 35), and an answer that is no number is merely wrong.

use std::fmt;
use std::str::FromStr;

/// Longest text that is read as a number, in bytes: what 200 characters can take in UTF-8.
const LONGEST: usize = 800;

/// Decimals that are kept.
const DECIMALS: u32 = 6;

/// One in millionths.
const ONE: i128 = 10_i128.pow(DECIMALS);

/// The largest amount in millionths: 10^24.
const MOST: i128 = 10_i128.pow(24 + DECIMALS);

/// An exact decimal from -10^24 to 10^24 with at most six decimals, so that one value has one form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decimal(i128);

/// Why a text is no number in the form that authors write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecimalError {
    /// Not digits with at most one point between them and at most one minus before them.
    #[error("a number is written in digits, like 30, 0.5 or -10")]
    Form,
    /// Beyond ±10^24, or more than six decimals.
    #[error("a number is at most 10^24 and has at most six decimals")]
    Range,
}

impl Decimal {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// The sum; none beyond ±10^24.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        Self::within(self.0.checked_add(other.0)?)
    }

    /// The difference; none beyond ±10^24.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        Self::within(self.0.checked_sub(other.0)?)
    }

    /// The product with a whole number; none beyond ±10^24.
    pub fn checked_times(self, whole: i64) -> Option<Self> {
        Self::within(self.0.checked_mul(i128::from(whole))?)
    }

    /// This number divided by 10^`power`; none where six decimals do not hold the result.
    pub(super) fn in_units_of(self, power: u32) -> Option<Self> {
        let unit = ten_to(power)?;
        (self.0 % unit == 0).then(|| Self(self.0 / unit))
    }

    fn within(millionths: i128) -> Option<Self> {
        (-MOST..=MOST).contains(&millionths).then_some(Self(millionths))
    }

    fn from_exact(exact: Exact, negative: bool) -> Option<Self> {
        let spare = DECIMALS.checked_sub(exact.decimals)?;
        let millionths = exact.mantissa.checked_mul(ten_to(spare)?)?;
        Self::within(if negative { -millionths } else { millionths })
    }
}

impl From<u32> for Decimal {
    fn from(whole: u32) -> Self {
        Self(i128::from(whole) * ONE)
    }
}

impl FromStr for Decimal {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Self, DecimalError> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !plain(whole) || !plain(fraction) {
            return Err(DecimalError::Form);
        }
        // Digits and a point only: what the forgiving reader refuses is out of range.
        read(text).ok_or(DecimalError::Range)
    }
}

impl fmt::Display for Decimal {
    /// `100000`, `1.5`, `-0.25`: no separators, no trailing zeros.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, part) = (self.0.abs() / 1_000_000, self.0.abs() % 1_000_000);
        write!(f, "{sign}{whole}")?;
        if part != 0 {
            write!(f, ".{}", format!("{part:06}").trim_end_matches('0'))?;
        }
        Ok(())
    }
}

/// `mantissa` divided by 10^`decimals`, never negative.
#[derive(Clone, Copy)]
struct Exact {
    mantissa: i128,
    decimals: u32,
}

impl Exact {
    fn times_ten_to(self, power: u32) -> Option<Self> {
        let decimals = self.decimals.saturating_sub(power);
        let mantissa = self.mantissa.checked_mul(ten_to(power - (self.decimals - decimals))?)?;
        Some(Self { mantissa, decimals })
    }
}

fn ten_to(power: u32) -> Option<i128> {
    10_i128.checked_pow(power)
}

/// A part of a written number.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Token {
    Arabic(u8),
    Han(u8),
    /// 两: two, but only before 百 and above, before a point, or alone.
    Liang,
    /// 十百千万亿 by their power of ten.
    Scale(u32),
    Point,
    /// A thousands separator, comma or space.
    Gap(char),
}

impl Token {
    fn scale(self) -> Option<u32> {
        if let Self::Scale(power) = self {
            Some(power)
        } else {
            None
        }
    }

    fn is_digit(self) -> bool {
        matches!(self, Self::Arabic(_) | Self::Han(_) | Self::Liang)
    }
}

/// What a person wrote, as a number, where it has one clear meaning: digits of either width with or without thousands
/// separators, Chinese numerals (also those of cheques, 壹贰叁), mixtures such as `10万`, and short forms such as 一万五.
/// None for anything else, for numbers that a `Decimal` does not hold, and for texts beyond 800 bytes.
pub fn read(text: &str) -> Option<Decimal> {
    if text.len() > LONGEST {
        return None;
    }
    let narrowed: String = text.chars().map(narrow).collect();
    let text = narrowed.trim();
    let (negative, unsigned) = match text.strip_prefix(['-', '−', '负', '負']) {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let tokens = tokens(unsigned.trim_start())?;
    let exact = if tokens.len() > 1 && tokens.iter().all(|token| matches!(token, Token::Han(_))) {
        digit_by_digit(&tokens)?
    } else {
        value(&tokens, true)?
    };
    Decimal::from_exact(exact, negative)
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut spaced = false;
    for c in text.chars() {
        if c.is_whitespace() {
            spaced = true;
            continue;
        }
        let token = token(c)?;
        if spaced && let Some(last) = tokens.last() {
            match (*last, token) {
                (Token::Arabic(_), Token::Arabic(_)) => tokens.push(Token::Gap(' ')),
                (Token::Gap(_), _) | (_, Token::Gap(_)) => return None,
                // `三 五` may be two numbers.
                (last, token) if last.is_digit() && token.is_digit() => return None,
                _ => {}
            }
        }
        spaced = false;
        tokens.push(token);
        // 廿 and 卅 are twenty and thirty in one character.
        if matches!(c, '廿' | '卅') {
            tokens.push(Token::Scale(1));
        }
    }
    let stray = |(place, token): (usize, &Token)| {
        *token == Token::Liang
            && tokens.len() > 1
            && !matches!(tokens.get(place + 1), Some(Token::Scale(2..) | Token::Point))
    };
    (!tokens.iter().enumerate().any(stray)).then_some(tokens)
}

fn token(c: char) -> Option<Token> {
    Some(match c {
        '〇' | '○' | '零' => Token::Han(0),
        '一' | '壹' => Token::Han(1),
        '二' | '贰' | '貳' | '廿' => Token::Han(2),
        '两' | '兩' => Token::Liang,
        '三' | '叁' | '卅' => Token::Han(3),
        '四' | '肆' => Token::Han(4),
        '五' | '伍' => Token::Han(5),
        '六' | '陆' | '陸' => Token::Han(6),
        '七' | '柒' => Token::Han(7),
        '八' | '捌' => Token::Han(8),
        '九' | '玖' => Token::Han(9),
        '十' | '拾' => Token::Scale(1),
        '百' | '佰' => Token::Scale(2),
        '千' | '仟' => Token::Scale(3),
        '万' | '萬' => Token::Scale(4),
        '亿' | '億' => Token::Scale(8),
        '.' | '点' | '點' => Token::Point,
        ',' => Token::Gap(','),
        _ => Token::Arabic(u8::try_from(c.to_digit(10)?).ok()?),
    })
}

/// 二〇二五 is 2025. Two digits without a zero (三五) are 'three to five' just as well, and no number.
fn digit_by_digit(tokens: &[Token]) -> Option<Exact> {
    (tokens.len() > 2 || tokens.contains(&Token::Han(0))).then_some(())?;
    digits(tokens)
}

fn digits(tokens: &[Token]) -> Option<Exact> {
    let mantissa = tokens.iter().try_fold(0_i128, |sum, token| match token {
        Token::Arabic(digit) | Token::Han(digit) => sum.checked_mul(10)?.checked_add(i128::from(*digit)),
        _ => None,
    })?;
    Some(Exact { mantissa, decimals: 0 })
}

/// The value of `tokens`. `short` allows the short form in which a last digit counts tenths of the scale before it
/// (一万五 is 15,000); in front of a scale or a point nobody could tell what it means.
fn value(tokens: &[Token], short: bool) -> Option<Exact> {
    if let Some(point) = tokens.iter().position(|token| *token == Token::Point)
        && !tokens[point..].iter().any(|token| token.scale().is_some())
    {
        return with_fraction(&tokens[..point], &tokens[point + 1..]);
    }
    let Some(power) = tokens.iter().filter_map(|token| token.scale()).max() else {
        return literal(tokens);
    };
    let at = tokens.iter().position(|token| *token == Token::Scale(power))?;
    let (before, after) = (&tokens[..at], &tokens[at + 1..]);
    // The scale again is no number, and without it each step down has a smaller scale, which bounds the depth.
    if after.contains(&Token::Scale(power)) {
        return None;
    }
    let coefficient = coefficient(before, power)?;
    let high = coefficient.times_ten_to(power)?;
    if after.is_empty() {
        return Some(high);
    }
    let low = match after {
        [Token::Arabic(digit @ 1..) | Token::Han(digit @ 1..)] if short || power == 1 => Exact {
            mantissa: i128::from(*digit).checked_mul(ten_to(power - 1)?)?,
            decimals: 0,
        },
        [Token::Arabic(_) | Token::Han(_)] => return None,
        [Token::Han(0), rest @ ..] => value(rest, short)?,
        _ => value(after, short)?,
    };
    let fits = coefficient.decimals == 0 && low.decimals == 0 && low.mantissa < ten_to(power)?;
    let mantissa = high.mantissa.checked_add(low.mantissa)?;
    fits.then_some(Exact { mantissa, decimals: 0 })
}

/// What stands before a scale: nothing before 十 is one; 十百千 take one plain number, 万 and 亿 a number of smaller scales.
fn coefficient(tokens: &[Token], power: u32) -> Option<Exact> {
    if tokens.is_empty() {
        let one = Exact {
            mantissa: 1,
            decimals: 0,
        };
        return (power == 1).then_some(one);
    }
    if power < 4 && tokens.iter().any(|token| token.scale().is_some()) {
        return None;
    }
    let exact = value(tokens, false)?;
    let sound = exact.mantissa > 0 && (exact.decimals == 0 || power > 1);
    sound.then_some(exact)
}

fn with_fraction(whole: &[Token], fraction: &[Token]) -> Option<Exact> {
    let arabic = |token: &Token| matches!(token, Token::Arabic(_));
    let han = |token: &Token| matches!(token, Token::Han(_) | Token::Liang);
    let one_script = fraction.iter().all(arabic) && !whole.iter().any(han)
        || fraction.iter().all(han) && !whole.iter().any(arabic) && !whole.is_empty();
    if fraction.is_empty() || !one_script {
        return None;
    }
    let whole = if whole.is_empty() {
        digits(whole)?
    } else {
        value(whole, false)?
    };
    let zero = |token: &Token| matches!(token, Token::Arabic(0) | Token::Han(0));
    let length = fraction
        .iter()
        .rposition(|token| !zero(token))
        .map_or(0, |last| last + 1);
    let decimals = u32::try_from(length).ok()?;
    let raised = whole.mantissa.checked_mul(ten_to(decimals)?)?;
    let mantissa = raised.checked_add(digits(&fraction[..length])?.mantissa)?;
    (whole.decimals == 0).then_some(Exact { mantissa, decimals })
}

/// One Chinese digit, or Arabic digits; those with separators in groups of three.
fn literal(tokens: &[Token]) -> Option<Exact> {
    match tokens {
        [] => return None,
        [Token::Liang] => return digits(&[Token::Han(2)]),
        [Token::Han(_)] => return digits(tokens),
        _ => {}
    }
    let gap = tokens.iter().find(|token| matches!(token, Token::Gap(_)));
    let groups: Vec<&[Token]> = tokens.split(|token| Some(token) == gap).collect();
    let grouped = gap.is_none() || (1..=3).contains(&groups[0].len()) && groups[1..].iter().all(|g| g.len() == 3);
    let plain = groups.concat();
    (grouped && plain.iter().all(|token| matches!(token, Token::Arabic(_)))).then_some(())?;
    digits(&plain)
}

/// The half-width form of a full-width character, and the plain space for the ideographic one.
pub(super) fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        '\u{ff61}' => '。',
        c => c,
    }
}

/// The form in which two texts are compared: half width, lower case, without spaces, title marks (《》) and punctuation at
/// the ends, with one kind of dash and quotation mark, and with every number that can be read in Arabic digits
/// (第三十条 is 第30条, 百分之五 is 5%).
pub fn fold_text(text: &str) -> String {
    let mut chars: Vec<char> = Vec::new();
    for c in text.chars().map(narrow).flat_map(char::to_lowercase) {
        match c {
            '《' | '》' | '〈' | '〉' => {}
            // Invisible characters come along with what is pasted.
            '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => {}
            c if c.is_whitespace() || c.is_control() => {}
            '-' | '\u{2010}'..='\u{2015}' | '−' => {
                if chars.last() != Some(&'-') {
                    chars.push('-');
                }
            }
            '“' | '”' => chars.push('"'),
            '‘' | '’' => chars.push('\''),
            c => chars.push(c),
        }
    }
    let mut folded = String::with_capacity(text.len());
    let mut rest = chars.as_slice();
    while let [first, others @ ..] = rest {
        let percent = rest.strip_prefix(&['百', '分', '之']).filter(|tail| run(tail) > 0);
        let tail = percent.unwrap_or(rest);
        let length = run(tail);
        if length == 0 {
            folded.push(*first);
            rest = others;
            continue;
        }
        match (percent, &tail[..length]) {
            (None, written) => fold_run(written, &mut folded),
            (Some(_), ['百']) => folded.push_str("100%"),
            (Some(_), written) => {
                fold_run(written, &mut folded);
                folded.push('%');
            }
        }
        rest = &tail[length..];
    }
    let end = folded.trim_end_matches(is_end_mark);
    let start = end.trim_start_matches(is_end_mark);
    // The sign of a number is not punctuation.
    let signed = start.starts_with(|c: char| c.is_ascii_digit()) && end[..end.len() - start.len()].ends_with('-');
    if signed { format!("-{start}") } else { start.to_owned() }
}

/// How many characters at the beginning of `chars` write numbers, with the points and commas between them.
fn run(chars: &[char]) -> usize {
    let inside = |place: usize, c: char| {
        let beside =
            |is: fn(char) -> bool| place > 0 && is(chars[place - 1]) && chars.get(place + 1).copied().is_some_and(is);
        is_numeral(c) || is_point(c) && beside(is_numeral) || c == ',' && beside(|c| c.is_ascii_digit())
    };
    let stop = chars.iter().enumerate().position(|(place, c)| !inside(place, *c));
    stop.unwrap_or(chars.len())
}

/// Cheque numerals are left out: in texts they are parts of words (大陆, 队伍).
fn is_numeral(c: char) -> bool {
    c.is_ascii_digit() || "〇○零一二两三四五六七八九十百千万亿廿卅".contains(c)
}

fn is_point(c: char) -> bool {
    matches!(c, '.' | '点' | '點')
}

fn is_end_mark(c: char) -> bool {
    matches!(
        c,
        '.' | ',' | ';' | ':' | '!' | '?' | '"' | '\'' | '`' | '(' | ')' | '[' | ']' | '{' | '}' | '<' | '>'
    ) || matches!(
        c,
        '-' | '_' | '~' | '*' | '/' | '\\' | '|' | '。' | '、' | '·' | '…' | '「'..='』' | '【' | '】' | '〔' | '〕'
    )
}

fn fold_run(run: &[char], folded: &mut String) {
    let points = run.iter().filter(|c| is_point(**c)).count();
    // 1.5万 is one number. Otherwise a point may stand in a time or a section (3点50分, 3.10), where zeros at the end count.
    if points == 1 && matches!(run.last(), Some('百' | '千' | '万' | '亿')) {
        let text: String = run.iter().collect();
        if let Some(number) = read(&text) {
            folded.push_str(&number.to_string());
            return;
        }
    }
    for (place, piece) in run.split(|c| is_point(*c)).enumerate() {
        if place > 0 {
            folded.push('.');
        }
        let text: String = piece.iter().collect();
        let number = if text.bytes().all(|b| b.is_ascii_digit()) {
            None
        } else {
            read(&text)
        };
        let digit = |c: &char| match token(*c) {
            Some(Token::Han(digit)) if !matches!(c, '廿' | '卅') => Some(char::from(b'0' + digit)),
            _ => None,
        };
        match (number, piece.iter().map(digit).collect::<Option<String>>()) {
            (None, _) => folded.push_str(&text),
            // Zeros in front count: 〇〇七 is 007.
            (Some(_), Some(digits)) => folded.push_str(&digits),
            (Some(number), None) => folded.push_str(&number.to_string()),
        }
    }
}

#[cfg(test)]
mod tests;
