//! Columns, and what stands in a cell: read with what is wrong and what to write instead.

use super::{KINDS, OPTIONS, letter, option_heading, why_heading};
use std::fmt;
use std::sync::LazyLock;

/// The headings of an exported sheet, in order.
pub static COLUMNS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let fixed = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    [
        fixed(&["题号", "修订", "题型", "题干"]),
        (0..OPTIONS).map(option_heading).collect(),
        fixed(&["答案", "解析", "难度", "知识点", "依据", "分组"]),
        (0..OPTIONS).map(why_heading).collect(),
        fixed(&["判断说明", "选项编号", "固定在末尾", "数字来源", "原文"]),
    ]
    .concat()
});

/// The headings without which a sheet is no bank.
pub(crate) const NEEDED: [&str; 7] = ["题型", "题干", "答案", "解析", "难度", "知识点", "依据"];

/// What stands between the parts of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Separators {
    /// Between the letters of an answer, each character by itself; letters may also stand side by side.
    pub answer: String,
    /// Between topics, each character by itself.
    pub topic: String,
}

impl Default for Separators {
    fn default() -> Self {
        Self {
            answer: "、，,；;/|和 ".into(),
            topic: "；;、，,\n".into(),
        }
    }
}

/// What is wrong with a cell, or with a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The row of the file, counted from 1; the headings are row 1.
    pub row: usize,
    /// The place of the column, counted from 0, and its heading; none where the whole row is meant.
    pub column: Option<(usize, String)>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub remedy: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "第 {} 行", self.row)?;
        if let Some((place, heading)) = &self.column {
            write!(f, "，{} 列（{heading}）", column_name(*place))?;
        }
        write!(f, "：{}；{}", self.message, self.remedy)
    }
}

/// `A` to `Z`, `AA` and so on: the name of the column in place `place`, counted from 0.
fn column_name(place: usize) -> String {
    let rest = place / 26;
    let head = if rest == 0 {
        String::new()
    } else {
        column_name(rest - 1)
    };
    format!("{head}{}", letter(place % 26))
}

/// Half-width capitals of what may have been typed in full width.
fn plain(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        c => c,
    }
}

/// A wrong cell: what is wrong, and what to do.
pub(crate) type Wrong = (String, String);

fn wrong<T>(message: impl Into<String>, remedy: impl Into<String>) -> Result<T, Wrong> {
    Err((message.into(), remedy.into()))
}

/// The kind's name in content files.
pub(crate) fn kind(cell: &str) -> Result<&'static str, Wrong> {
    let typed: String = cell.trim().chars().map(plain).collect();
    let short = typed.trim_end_matches('题');
    let known = KINDS.iter().find(|(name, chinese)| {
        typed == *name || typed == *chinese || (!short.is_empty() && chinese.trim_end_matches('题') == short)
    });
    let other = match short {
        "单项选择" | "单选选择" | "选择" => Some("single"),
        "多项选择" | "不定项选择" | "不定项" => Some("multiple"),
        "是非" | "对错" => Some("true-false"),
        _ => None,
    };
    match known.map(|(name, _)| *name).or(other) {
        Some(name) => Ok(name),
        None if typed.is_empty() => wrong("没有题型", "写单选题、多选题或判断题"),
        None => wrong(format!("没有“{typed}”这种题型"), "写单选题、多选题或判断题"),
    }
}

/// The places of the letters of an answer, counted from 0, each once, in order; `count` is how many options there are.
pub(crate) fn letters(cell: &str, separators: &str, count: usize) -> Result<Vec<usize>, Wrong> {
    let mut places = Vec::new();
    for typed in cell.chars() {
        let c = plain(typed).to_ascii_uppercase();
        if separators.contains(typed) || separators.contains(c) || c.is_whitespace() {
            continue;
        }
        if !c.is_ascii_uppercase() {
            return wrong(format!("“{typed}”不是选项字母"), "写正确选项的字母，例如 B 或 ACD");
        }
        let place = usize::from(c as u8 - b'A');
        if place >= count {
            return wrong(format!("没有选项 {c}"), format!("这一题只有 {count} 个选项"));
        }
        if places.contains(&place) {
            return wrong(format!("选项 {c} 写了两次"), "每个字母写一次");
        }
        places.push(place);
    }
    if places.is_empty() {
        return wrong("没有答案", "写正确选项的字母，例如 B 或 ACD");
    }
    places.sort_unstable();
    Ok(places)
}

/// The answer of a judgement.
pub(crate) fn judgement(cell: &str) -> Result<bool, Wrong> {
    let typed: String = cell.trim().chars().map(plain).collect();
    match typed.to_uppercase().as_str() {
        "对" | "正确" | "是" | "√" | "✓" | "✔" | "T" | "TRUE" | "Y" | "YES" => Ok(true),
        "错" | "错误" | "否" | "×" | "✗" | "✘" | "X" | "F" | "FALSE" | "N" | "NO" => Ok(false),
        "" => wrong("没有答案", "写“对”或“错”"),
        other => wrong(format!("“{other}”看不出是对还是错"), "写“对”或“错”"),
    }
}

/// The difficulty, 1 to 5.
pub(crate) fn difficulty(cell: &str) -> Result<u8, Wrong> {
    let typed: String = cell.trim().chars().map(plain).collect();
    let number = match typed.as_str() {
        "易" | "简单" | "容易" => Some(1),
        "较易" => Some(2),
        "中" | "中等" | "一般" => Some(3),
        "较难" => Some(4),
        "难" | "困难" => Some(5),
        other => other.parse().ok(),
    };
    match number.filter(|number| (1..=5).contains(number)) {
        Some(number) => Ok(number),
        None => wrong(format!("难度是“{typed}”"), "写 1 到 5，或者易、较易、中、较难、难"),
    }
}

/// The parts of a cell.
pub(crate) fn parts(cell: &str, separators: &str) -> Vec<String> {
    let parts = cell.split(|c| separators.contains(c)).map(str::trim);
    parts.filter(|part| !part.is_empty()).map(ToOwned::to_owned).collect()
}

/// A text as cells are compared: one kind of line end, nothing behind the last word.
pub(crate) fn folded(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_as_people_type_them() {
        let separators = Separators::default().answer;
        let read = |cell: &str| letters(cell, &separators, 4).ok();
        for cell in ["ACD", "a,c,d", "A、C、D", "Ａ；Ｃ；Ｄ", "D C A", "A/C/D", "A，C和D"] {
            assert_eq!(read(cell), Some(vec![0, 2, 3]), "{cell}");
        }
        for cell in ["", " ", "E", "AA", "1", "A.", "甲"] {
            assert_eq!(read(cell), None, "{cell}");
        }
        // Only what was set separates.
        assert!(letters("A#C", &separators, 4).is_err());
        assert_eq!(letters("A#C", "#", 4).unwrap(), [0, 2]);
    }

    #[test]
    fn judgements_kinds_and_difficulties() {
        for (cell, read) in [
            ("对", true),
            ("√", true),
            ("TRUE", true),
            ("Ｔ", true),
            ("错误", false),
            ("×", false),
            ("f", false),
        ] {
            assert_eq!(judgement(cell), Ok(read), "{cell}");
        }
        assert!(judgement("1").is_err() && judgement("").is_err());
        for (cell, read) in [
            ("单选题", "single"),
            ("单选", "single"),
            ("多项选择题", "multiple"),
            ("判断", "true-false"),
            ("essay", "essay"),
        ] {
            assert_eq!(kind(cell).ok(), Some(read), "{cell}");
        }
        assert!(kind("问答题").is_err() && kind("").is_err() && kind("题").is_err());
        assert_eq!(
            (difficulty("3").ok(), difficulty("难").ok(), difficulty("６").ok()),
            (Some(3), Some(5), None)
        );
    }

    #[test]
    fn columns_are_named_as_in_a_spreadsheet() {
        assert_eq!(
            [0, 25, 26, 27, 701, 702].map(column_name),
            ["A", "Z", "AA", "AB", "ZZ", "AAA"]
        );
    }
}
