//! Chinese numerals as articles are numbered.

/// The article that a paragraph begins with, as number and number after 之, and what comes after its label; none where it begins
/// with no label. A label is set off by a blank: a sentence may begin with the name of another article.
pub(super) fn label(paragraph: &str) -> Option<(u16, u8, &str)> {
    let rest = paragraph.strip_prefix('第')?;
    let (number, rest) = rest.split_once('条')?;
    let number = value(number)?;
    let (sub, rest) = match rest.strip_prefix('之') {
        Some(rest) => {
            let end = rest
                .find(|c| digit(c).is_none() && !matches!(c, '十' | '百'))
                .unwrap_or(rest.len());
            let (sub, rest) = rest.split_at(end);
            (u8::try_from(value(sub)?).ok()?, rest)
        }
        None => (0, rest),
    };
    let set_off = rest.is_empty() || rest.starts_with(char::is_whitespace);
    set_off.then(|| (number, sub, rest.trim()))
}

fn digit(c: char) -> Option<u16> {
    let place = "零一二三四五六七八九".chars().position(|known| known == c);
    let place = place.or(match c {
        '〇' => Some(0),
        '两' => Some(2),
        _ => None,
    });
    place.and_then(|place| u16::try_from(place).ok())
}

/// The value of a numeral from 1 to 9,999, in Chinese or in ASCII digits.
fn value(text: &str) -> Option<u16> {
    if text.is_empty() || text.chars().count() > 9 {
        return None;
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().ok().filter(|value| (1..=9_999).contains(value));
    }
    let (mut total, mut open) = (0_u16, None);
    for c in text.chars() {
        let unit = match c {
            '十' => 10,
            '百' => 100,
            '千' => 1_000,
            c => {
                open = Some(digit(c)?);
                continue;
            }
        };
        // 十 alone is 10.
        total = total.checked_add(open.take().unwrap_or(1).checked_mul(unit)?)?;
    }
    total = total.checked_add(open.unwrap_or(0))?;
    (1..=9_999).contains(&total).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::citation::chinese_number;

    #[test]
    fn every_number_of_an_article_is_read_back() {
        for number in 1..=9_999 {
            assert_eq!(
                value(&chinese_number(number)),
                Some(number),
                "{}",
                chinese_number(number)
            );
        }
        for text in ["", "零", "条", "一百万", "十二a"] {
            assert_eq!(value(text), None, "{text}");
        }
    }

    #[test]
    fn labels_are_set_off_by_a_blank() {
        for (paragraph, expected) in [
            ("第一条 为了", Some((1, 0, "为了"))),
            ("第一百三十四条之一　有", Some((134, 1, "有"))),
            ("第十二条之十一", Some((12, 11, ""))),
            ("第三条", Some((3, 0, ""))),
            ("第三条规定的条件", None),
            ("第一章 总则", None),
            ("依照第三条 的", None),
        ] {
            assert_eq!(label(paragraph), expected, "{paragraph}");
        }
    }
}
