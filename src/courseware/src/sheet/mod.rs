//! Item banks as spreadsheets: xlsx and CSV, out and back in, for colleagues who review or write items without a text editor.
//!
//! Columns are found by their headings, in any order. The eight that an author fills in are 题型, 题干, 选项A…选项H, 答案, 解析,
//! 难度, 知识点 and 依据; further ones carry what they do not hold, so that a bank that goes out and comes back is the same to
//! the byte. Items beyond choices and judgements travel whole, in the column 原文.

mod apply;
mod basis;
mod blocks;
mod cells;
mod file;
mod into;

pub use apply::{ImportError, Wish, apply, find};
pub use cells::{COLUMNS, Problem, Separators};
pub use file::{Cell, FileError, Sheet, read, write};
pub use into::{Ground, Imported, SEE, import};

use crate::content::{Bank, BankItem, Content};
use domain::item::{Item, ItemBody};
use indexmap::IndexMap;
use wire::item::ItemForm;

/// The cells of a row by their headings.
pub(crate) type Row = IndexMap<String, String>;

/// The heading of the option in place `n`, counted from 0.
pub(crate) fn option_heading(n: usize) -> String {
    format!("选项{}", letter(n))
}

/// The heading of why the option in place `n` is wrong.
pub(crate) fn why_heading(n: usize) -> String {
    format!("选项{}说明", letter(n))
}

/// The letter of a place, counted from 0.
pub(crate) fn letter(n: usize) -> char {
    // Places are those of eight options.
    char::from(b'A' + u8::try_from(n).unwrap_or(25).min(25))
}

/// The most options of an item.
pub(crate) const OPTIONS: usize = 8;

/// What a kind is called in a sheet.
pub(crate) const KINDS: [(&str, &str); 11] = [
    ("single", "单选题"),
    ("multiple", "多选题"),
    ("true-false", "判断题"),
    ("fill", "填空题"),
    ("ordering", "排序题"),
    ("matching", "配对题"),
    ("hazard", "隐患排查"),
    ("proofreading", "文书纠错"),
    ("penalty", "适用法律与裁量"),
    ("branching", "模拟执法"),
    ("essay", "调查报告"),
];

/// A bank as a sheet: the headings, and a row for each item in the author's order. `source` is the bank's `items.toml`.
pub fn export(content: &Content, bank: &Bank, source: &str) -> Sheet {
    let texts = blocks::by_id(source);
    let rows = bank.items.iter().map(|item| {
        let cells = row(
            content,
            item,
            texts.get(item.form.id.as_str()).copied().unwrap_or_default(),
        );
        let cell = |heading: &String| Cell::Text(cells.get(heading).cloned().unwrap_or_default());
        COLUMNS.iter().map(cell).collect()
    });
    Sheet {
        headings: COLUMNS.iter().map(|heading| Cell::Text(heading.clone())).collect(),
        rows: rows.collect(),
    }
}

/// The cells of an item.
pub(crate) fn row(content: &Content, item: &BankItem, text: &str) -> Row {
    let form: &ItemForm = &item.form;
    let kind = KINDS.iter().find(|(name, _)| *name == form.kind);
    let mut row = Row::new();
    let mut put = |heading: &str, value: String| {
        row.insert(heading.into(), value);
    };
    put("题号", form.id.clone());
    put("修订", form.revision.to_string());
    put("题型", kind.map_or(form.kind.as_str(), |(_, name)| name).into());
    put("题干", form.stem.clone());
    for (n, option) in form.options.iter().enumerate() {
        put(&option_heading(n), option.text.clone());
        put(&why_heading(n), option.why.clone());
    }
    put("答案", answer(&item.item));
    put("解析", form.explanation.clone());
    put("难度", form.difficulty.to_string());
    put("知识点", form.topics.join("；"));
    put("依据", basis::text(content, &item.item.basis));
    put("分组", form.group.clone().unwrap_or_default());
    put("判断说明", form.why.clone());
    let ids: Vec<&str> = form.options.iter().map(|option| option.id.as_str()).collect();
    put("选项编号", ids.join("；"));
    let pinned = form.options.iter().enumerate().filter(|(_, option)| option.pin);
    put("固定在末尾", pinned.map(|(n, _)| letter(n)).collect());
    put("数字来源", item.derived.join("\n"));
    if matches!(item.item.body, ItemBody::Exercise(_)) {
        put("原文", text.trim_end().into());
    }
    row
}

fn answer(item: &Item) -> String {
    match &item.body {
        ItemBody::Single(choices) | ItemBody::Multiple(choices) => {
            let right = choices.options().iter().enumerate().filter(|(_, option)| option.right);
            right.map(|(n, _)| letter(n)).collect()
        }
        ItemBody::TrueFalse { answer: true, .. } => "对".into(),
        ItemBody::TrueFalse { answer: false, .. } => "错".into(),
        ItemBody::Exercise(_) => String::new(),
    }
}
