//! The fields that are numbers, points or flags.

use super::Fields;
use crate::diagnostic::Rule;
use std::ops::RangeInclusive;
use toml::Spanned;
use toml::de::DeValue;

impl Fields<'_> {
    /// A whole number within `range`; the least of the range where it is wrong.
    pub(crate) fn number(&self, field: &str, range: RangeInclusive<u16>) -> u16 {
        let example = range.start().to_string();
        self.required(field, &example)
            .map_or(*range.start(), |value| self.whole(field, value, &range))
    }

    fn whole(&self, field: &str, value: &Spanned<DeValue<'_>>, range: &RangeInclusive<u16>) -> u16 {
        let Some(integer) = value.get_ref().as_integer() else {
            self.mistyped(field, value, "a whole number");
            return *range.start();
        };
        let number = u16::from_str_radix(integer.as_str(), integer.radix()).ok();
        number.filter(|number| range.contains(number)).unwrap_or_else(|| {
            let message = format!("`{field}` is {integer}");
            let remedy = format!("write a number from {} to {}", range.start(), range.end());
            self.wrong(field, Rule::FieldValue, message, remedy);
            *range.start()
        })
    }

    /// A whole number that may be left out.
    pub(crate) fn optional_number(&self, field: &str, range: &RangeInclusive<u16>) -> Option<u16> {
        self.get(field).map(|value| self.whole(field, value, range))
    }

    /// Yes or no; none where it is left out.
    pub(crate) fn flag(&self, field: &str) -> Option<bool> {
        let value = self.get(field)?;
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.mistyped(field, value, "true or false");
        }
        flag
    }

    /// Yes or no.
    pub(crate) fn required_flag(&self, field: &str) -> bool {
        self.required(field, "false");
        self.flag(field).unwrap_or_default()
    }

    /// Two whole numbers `[least, greatest]` within `range`, not the wrong way round; none where they are left out or wrong.
    pub(crate) fn pair(&self, field: &str, range: &RangeInclusive<u16>) -> Option<(u16, u16)> {
        let value = self.get(field)?;
        let wanted = format!("two numbers: [{}, {}]", range.start(), range.end());
        let Some([least, most]) = value.get_ref().as_array().map(AsRef::as_ref) else {
            self.mistyped(field, value, &wanted);
            return None;
        };
        let (least, most) = (self.whole(field, least, range), self.whole(field, most, range));
        if least > most {
            self.wrong(
                field,
                Rule::FieldValue,
                format!("`{field}` is the wrong way round"),
                "put the smaller number first",
            );
        }
        Some((least, most))
    }

    /// Points in hundredths, more than none, out of a whole number or a text like "1.5"; none where they are left out or
    /// wrong.
    pub(crate) fn points(&self, field: &str) -> Option<u32> {
        const WANTED: &str = "points like 2 or \"1.5\"";
        let value = self.get(field)?;
        let text = match value.get_ref() {
            DeValue::Integer(integer) if integer.radix() == 10 => integer.as_str(),
            DeValue::String(text) => text.as_ref(),
            _ => {
                self.mistyped(field, value, WANTED);
                return None;
            }
        };
        let points = hundredths(text).filter(|points| (1..=100_000).contains(points));
        if points.is_none() {
            let message = format!("`{field}` is {text}");
            self.wrong(
                field,
                Rule::FieldValue,
                message,
                format!("write {WANTED}: two decimals and 1000 points at most"),
            );
        }
        points
    }
}

/// `2`, `1.5` and `0.25` in hundredths.
fn hundredths(text: &str) -> Option<u32> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(part) || part.len() > 2 {
        return None;
    }
    let part: u32 = format!("{part:0<2}").parse().ok()?;
    whole.parse::<u32>().ok()?.checked_mul(100)?.checked_add(part)
}

#[cfg(test)]
mod tests {
    use super::hundredths;

    #[test]
    fn points_are_read_in_hundredths() {
        let rows = [
            ("2", Some(200)),
            ("1.5", Some(150)),
            ("0.25", Some(25)),
            ("1.05", Some(105)),
            ("", None),
            (".5", None),
            ("1.", None),
            ("1.005", None),
            ("-1", None),
            ("1e3", None),
            ("99999999999", None),
        ];
        for (text, expected) in rows {
            assert_eq!(hundredths(text), expected, "{text}");
        }
    }
}
