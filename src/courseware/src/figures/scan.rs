//! Reads figures out of Chinese text: amounts, times, ages, shares, persons and sizes, in either script.

use domain::kinds::number::{self, Decimal};
use std::fmt;

/// A number and what it counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Figure {
    /// How many of the unit: years count 12 months each, lengths are in millimetres, masses in kilograms.
    pub number: Decimal,
    /// The unit that all its spellings share: 元, 日, 工作日, 小时, 分钟, 个月, 岁, %, 倍, 人, 学时, or a unit of measure.
    pub unit: &'static str,
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.number, self.unit)
    }
}

/// How a unit may be written, the unit that it is, and how many of that one make one of it. Longer spellings stand before
/// their beginnings.
const UNITS: [(&str, &str, i64); 45] = [
    ("万亿元", "元", 1_000_000_000_000),
    ("亿元", "元", 100_000_000),
    ("万元", "元", 10_000),
    ("千元", "元", 1_000),
    ("元", "元", 1),
    ("个工作日", "工作日", 1),
    ("工作日", "工作日", 1),
    ("个小时", "小时", 1),
    ("小时", "小时", 1),
    ("h", "小时", 1),
    ("分钟", "分钟", 1),
    ("min", "分钟", 1),
    ("个学时", "学时", 1),
    ("学时", "学时", 1),
    ("课时", "学时", 1),
    ("个自然日", "日", 1),
    ("日", "日", 1),
    ("天", "日", 1),
    ("个月", "个月", 1),
    ("年", "个月", 12),
    ("周岁", "岁", 1),
    ("岁", "岁", 1),
    ("%", "%", 1),
    ("％", "%", 1),
    ("倍", "倍", 1),
    ("个人", "人", 1),
    ("人", "人", 1),
    ("名", "人", 1),
    ("平方米", "平方米", 1),
    ("㎡", "平方米", 1),
    ("m²", "平方米", 1),
    ("立方米", "立方米", 1),
    ("m³", "立方米", 1),
    ("毫米", "毫米", 1),
    ("mm", "毫米", 1),
    ("厘米", "毫米", 10),
    ("cm", "毫米", 10),
    ("千米", "米", 1_000),
    ("公里", "米", 1_000),
    ("米", "毫米", 1_000),
    ("吨", "千克", 1_000),
    ("千克", "千克", 1),
    ("公斤", "千克", 1),
    ("kg", "千克", 1),
    ("℃", "℃", 1),
];

/// Words between a number and its unit that leave the figure what it is.
const BETWEEN: [&str; 4] = ["多", "余", "以上", "以下"];

/// Words between the two ends of a range whose unit stands after the second alone: 三至五日, 10—20万元.
const RANGE: [&str; 8] = ["至", "到", "-", "—", "–", "~", "～", "、"];

/// The figures in `text`, in their order. Numbers of articles (第三十六条), calendar dates, and a single person, who is
/// anybody, are none.
pub fn scan(text: &str) -> Vec<Figure> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    // Numbers of a range that still wait for their unit.
    let mut open: Vec<(Decimal, i64)> = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        if starts(&chars[at..], "百分之") {
            let end = run(&chars, at + 3);
            if let Some(number) = read(&chars[at + 3..end]) {
                found.push(Figure { number, unit: "%" });
                // 百分之三十至百分之五十, and 百分之三十至五十, are read as they stand.
                at = end;
                continue;
            }
        }
        if starts(&chars[at..], "半年") {
            let number = Decimal::from(6_u32);
            found.push(Figure { number, unit: "个月" });
            at += 2;
            continue;
        }
        let end = run(&chars, at);
        if end == at {
            at += 1;
            continue;
        }
        let ordinal = at > 0 && chars[at - 1] == '第';
        let Some((number, scale)) = scaled(&chars[at..end]).filter(|_| !ordinal) else {
            open.clear();
            at = end;
            continue;
        };
        let next = skip(&chars, end, &BETWEEN);
        if let Some((spelling, unit, times)) = unit(&chars[next..]) {
            if let Some(figure) = figure(&chars, at, number, (spelling, unit, times)) {
                let ends = open.drain(..).filter_map(|(low, own)| {
                    // 一至三万元: the scale inside the second number counts for the first as well.
                    let low = if own == 1 { low.checked_times(scale) } else { Some(low) };
                    low?.checked_times(times)
                });
                found.extend(ends.map(|number| Figure { number, unit }));
                found.push(figure);
            }
            open.clear();
            at = next + spelling.chars().count();
            continue;
        }
        let after = skip(&chars, next, &RANGE);
        if after > next && run(&chars, after) > after {
            open.push((number, scale));
            at = after;
        } else {
            open.clear();
            at = end;
        }
    }
    found
}

/// The number of a run of characters and the scale (万, 亿) that it ends with.
fn scaled(chars: &[char]) -> Option<(Decimal, i64)> {
    let scale = match chars.last() {
        Some('万') => 10_000,
        Some('亿') => 100_000_000,
        _ => 1,
    };
    Some((read(chars)?, scale))
}

fn read(chars: &[char]) -> Option<Decimal> {
    number::read(&chars.iter().collect::<String>())
}

/// The figure that a number and its unit are here; none where the two say something else.
fn figure(
    chars: &[char],
    at: usize,
    number: Decimal,
    (spelling, unit, times): (&str, &'static str, i64),
) -> Option<Figure> {
    let calendar_year = spelling == "年" && number >= Decimal::from(1_000_u32);
    let calendar_day = spelling == "日" && at > 0 && chars[at - 1] == '月';
    // 一个人 is anybody, 一分钟 a moment.
    let nobody = matches!(unit, "人" | "分钟") && number == Decimal::from(1_u32);
    if calendar_year || calendar_day || nobody {
        return None;
    }
    Some(Figure {
        number: number.checked_times(times)?,
        unit,
    })
}

/// Where the number that begins at `at` ends; `at` where none does.
fn run(chars: &[char], at: usize) -> usize {
    let is = |place: usize| {
        let c = chars[place];
        // 五千克 is five of a unit.
        if c == '千' && place > at && matches!(chars.get(place + 1), Some('克' | '米' | '瓦')) {
            return false;
        }
        let digit = |place: usize| chars.get(place).is_some_and(char::is_ascii_digit);
        c.is_ascii_digit()
            || "〇零一二两三四五六七八九十百千万亿".contains(c)
            || matches!(c, '.' | ',') && place > at && digit(place - 1) && digit(place + 1)
    };
    (at..chars.len()).find(|place| !is(*place)).unwrap_or(chars.len())
}

fn starts(chars: &[char], word: &str) -> bool {
    let mut chars = chars.iter();
    word.chars().all(|c| chars.next() == Some(&c))
}

/// Past the first of `words` that stands at `at`, and blanks.
fn skip(chars: &[char], at: usize, words: &[&str]) -> usize {
    let blank = |at: usize| at + usize::from(chars.get(at) == Some(&' '));
    let at = blank(at);
    let word = words.iter().find(|word| starts(&chars[at..], word));
    word.map_or(at, |word| blank(at + word.chars().count()))
}

fn unit(chars: &[char]) -> Option<(&'static str, &'static str, i64)> {
    let found = UNITS.iter().find(|(spelling, ..)| starts(chars, spelling));
    let letter = |place: usize| chars.get(place).is_some_and(char::is_ascii_alphanumeric);
    found
        .filter(|(spelling, ..)| !spelling.is_ascii() || *spelling == "%" || !letter(spelling.len()))
        .copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        let figures: Vec<String> = scan(text).iter().map(ToString::to_string).collect();
        figures.join(" ")
    }

    #[test]
    fn figures_are_read_in_both_scripts() {
        for (text, figures) in [
            ("处二万元以上十万元以下的罚款", "20000元 100000元"),
            ("罚款2万元至10万元", "20000元 100000元"),
            ("罚款2至10万元，5—8万元", "20000元 100000元 50000元 80000元"),
            ("三十日内，或者30天", "30日 30日"),
            ("三至五日", "3日 5日"),
            ("五个工作日内", "5工作日"),
            ("一千五百元；1,500元；1500 元", "1500元 1500元 1500元"),
            ("百分之三十以上，30%", "30% 30%"),
            ("一倍以上五倍以下", "1倍 5倍"),
            ("两年内，24个月，每半年", "24个月 24个月 6个月"),
            ("未满十六周岁", "16岁"),
            ("不少于二十四学时，8个小时", "24学时 8小时"),
            ("从业人员超过一百人，两名执法人员", "100人 2人"),
            ("1.5米，1500mm", "1500毫米 1500毫米"),
            ("三百多人", "300人"),
        ] {
            assert_eq!(told(text), figures, "{text}");
        }
    }

    #[test]
    fn articles_dates_and_words_with_numbers_in_them_are_no_figures() {
        for text in [
            "第三十六条第一款第二项",
            "2026年5月1日起施行",
            "任何一人都可以举报，一分钟也不能等",
            "一般事故、三项制度、四不两直、万一",
            "第三日",
            "十分重要",
        ] {
            assert_eq!(told(text), "", "{text}");
        }
    }
}
