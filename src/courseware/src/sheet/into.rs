//! A sheet into a bank: whole, or not at all.

use super::cells::{self, NEEDED, Problem, Separators, Wrong, folded};
use super::{Cell, OPTIONS, Row, Sheet, basis, blocks, option_heading, row, why_heading};
use crate::content::{Bank, BankItem, Content};
use indexmap::IndexMap;
use std::collections::{BTreeSet, HashMap};
use wire::item::{ItemForm, OptionForm};

/// What stands where a wrong option does not say why it is wrong: the explanation does.
pub const SEE: &str = "见解析。";

/// A bank made of a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The new `items.toml`.
    pub text: String,
    /// Items that stay as they are, to the byte.
    pub kept: usize,
    /// Ids of items that say something else now.
    pub changed: Vec<String>,
    /// Ids of items that are new.
    pub new: Vec<String>,
    /// Ids of items that the sheet no longer has.
    pub removed: Vec<String>,
    /// Ids of items whose wrong options only point to the explanation.
    pub unexplained: Vec<String>,
}

/// What reading goes by.
pub struct Ground<'a> {
    /// The content as it is.
    pub content: &'a Content,
    /// The bank that the sheet is for.
    pub bank: &'a Bank,
    /// Its `items.toml`.
    pub source: &'a str,
    /// What stands between the parts of a cell.
    pub separators: &'a Separators,
    /// Ids that were ever used, in this bank or elsewhere.
    pub used: &'a BTreeSet<String>,
    /// Ids of items whose wording changes, so that their revision is raised.
    pub revised: &'a BTreeSet<String>,
}

/// Reads a sheet.
///
/// # Errors
/// Every bad cell of it; then nothing is made.
pub fn import(sheet: &Sheet, ground: &Ground<'_>) -> Result<Imported, Vec<Problem>> {
    let mut problems = Vec::new();
    let columns = headings(sheet, &mut problems);
    let mut reader = Rows {
        ground,
        columns: &columns,
        texts: blocks::by_id(ground.source),
        known: ground
            .bank
            .items
            .iter()
            .map(|item| (item.form.id.as_str(), item))
            .collect(),
        seen: BTreeSet::new(),
        given: Vec::new(),
        problems: Vec::new(),
        made: Imported {
            text: String::new(),
            kept: 0,
            changed: Vec::new(),
            new: Vec::new(),
            removed: Vec::new(),
            unexplained: Vec::new(),
        },
    };
    let mut pieces = Vec::new();
    if problems.is_empty() {
        for (place, cells) in sheet.rows.iter().enumerate() {
            // The headings are row 1.
            pieces.extend(reader.item(place + 2, cells));
        }
        if pieces.is_empty() && reader.problems.is_empty() {
            reader.wrong(1, None, ("表里没有题".into(), "从第 2 行起每行写一题".into()));
        }
    }
    let Rows {
        mut made,
        seen,
        problems: of_rows,
        ..
    } = reader;
    problems.extend(of_rows);
    if !problems.is_empty() {
        return Err(problems);
    }
    let ids = ground.bank.items.iter().map(|item| item.form.id.clone());
    made.removed = ids.filter(|id| !seen.contains(id)).collect();
    let (head, _) = blocks::split(ground.source);
    let mut text = head.to_owned();
    for piece in pieces {
        // One empty line between items that were not side by side before.
        if !text.is_empty() && !text.ends_with("\n\n") {
            text.push_str(if text.ends_with('\n') { "\n" } else { "\n\n" });
        }
        text.push_str(&piece);
    }
    made.text = text.trim_end().to_owned() + "\n";
    Ok(made)
}

/// The places of the columns by their headings.
fn headings(sheet: &Sheet, problems: &mut Vec<Problem>) -> IndexMap<String, usize> {
    let mut columns: IndexMap<String, usize> = IndexMap::new();
    let mut add = |place: Option<(usize, String)>, message: String, remedy: &str| {
        problems.push(Problem {
            row: 1,
            column: place,
            message,
            remedy: remedy.into(),
        });
    };
    for (place, cell) in sheet.headings.iter().enumerate() {
        let heading = match cell {
            Cell::Text(text) => text.split_whitespace().collect::<String>(),
            Cell::Odd(what) => {
                add(Some((place, String::new())), what.clone(), "表头写成文字");
                continue;
            }
        };
        if heading.is_empty() {
            continue;
        }
        if !cells::COLUMNS.contains(&heading) {
            let remedy = "删掉这一列，或者改成认得的表头（courses/README.md 有全部表头）";
            add(Some((place, heading.clone())), format!("不认得表头“{heading}”"), remedy);
        } else if columns.insert(heading.clone(), place).is_some() {
            add(
                Some((place, heading.clone())),
                format!("表头“{heading}”有两列"),
                "只留一列",
            );
        }
    }
    for heading in NEEDED.iter().chain(&["选项A", "选项B"]) {
        if !columns.contains_key(*heading) {
            add(None, format!("缺少表头“{heading}”"), "第 1 行是表头；补上这一列");
        }
    }
    columns
}

struct Rows<'a> {
    ground: &'a Ground<'a>,
    columns: &'a IndexMap<String, usize>,
    texts: IndexMap<String, &'a str>,
    known: HashMap<&'a str, &'a BankItem>,
    seen: BTreeSet<String>,
    /// Ids given to new items so far.
    given: Vec<String>,
    problems: Vec<Problem>,
    made: Imported,
}

impl Rows<'_> {
    fn wrong(&mut self, row: usize, heading: Option<&str>, (message, remedy): Wrong) {
        let column = heading.map(|heading| (self.columns.get(heading).copied().unwrap_or(0), heading.to_owned()));
        self.problems.push(Problem {
            row,
            column,
            message,
            remedy,
        });
    }

    /// The cells of a row by their headings; none where the row is empty.
    fn cells(&mut self, number: usize, cells: &[Cell]) -> Option<Row> {
        let mut row = Row::new();
        let mut odd = Vec::new();
        for (heading, place) in self.columns {
            match cells.get(*place) {
                Some(Cell::Text(text)) => drop(row.insert(heading.clone(), folded(text))),
                Some(Cell::Odd(what)) => odd.push((heading.clone(), what.clone())),
                None => drop(row.insert(heading.clone(), String::new())),
            }
        }
        let empty = odd.is_empty() && row.values().all(|text| text.trim().is_empty());
        for (heading, what) in odd {
            let (message, remedy) = what.split_once('；').unwrap_or((&what, "改成文字"));
            self.wrong(number, Some(&heading), (message.into(), remedy.into()));
            row.insert(heading, String::new());
        }
        (!empty).then_some(row)
    }

    /// The text of a row's item.
    fn item(&mut self, number: usize, cells: &[Cell]) -> Option<String> {
        let before = self.problems.len();
        let typed = self.cells(number, cells)?;
        if self.problems.len() > before {
            return None;
        }
        let id = typed.get("题号").map(|id| id.trim().to_owned()).unwrap_or_default();
        if !id.is_empty() && !self.seen.insert(id.clone()) {
            self.wrong(
                number,
                Some("题号"),
                (format!("题号 {id} 上面已经有了"), "每题一个题号；新题留空".into()),
            );
            return None;
        }
        if let Some(item) = self.known.get(id.as_str()).copied() {
            return self.old(number, &typed, item);
        }
        if !id.is_empty() && self.ground.used.contains(&id) {
            let remedy = "题号用过就不再用；新题把题号留空";
            self.wrong(
                number,
                Some("题号"),
                (format!("{id} 是别处的题，或者用过又撤掉的题"), remedy.into()),
            );
            return None;
        }
        self.fresh(number, &typed, id)
    }

    /// An item that the bank has: its own bytes where the row says what they say.
    fn old(&mut self, number: usize, typed: &Row, item: &BankItem) -> Option<String> {
        let text = self.texts.get(&item.form.id).copied().unwrap_or_default();
        let known = row(self.ground.content, item, text);
        let was = |heading: &str| known.get(heading).map(|text| folded(text)).unwrap_or_default();
        let revision = item.form.revision;
        if typed.get("修订").is_some_and(|cell| *cell != revision.to_string()) {
            let message = format!("这一题现在是第 {revision} 版，表里是第 {} 版", typed["修订"]);
            self.wrong(
                number,
                Some("修订"),
                (message, "导出以后别人改过；重新导出再改。修订号由程序加".into()),
            );
            return None;
        }
        let changed: Vec<&String> = typed
            .iter()
            .filter(|(heading, cell)| heading.as_str() != "修订" && was(heading) != **cell)
            .map(|(heading, _)| heading)
            .collect();
        if changed.is_empty() {
            self.made.kept += 1;
            return Some(text.to_owned());
        }
        let id = item.form.id.clone();
        let raised = revision + u32::from(self.ground.revised.contains(&id));
        let made = if known.contains_key("原文") {
            self.exercise(number, typed, &changed, text)
                .map(|text| blocks::with_revision(&text, raised))
        } else {
            let mut merged = known.clone();
            merged.extend(typed.iter().map(|(heading, cell)| (heading.clone(), cell.clone())));
            self.choice(number, &merged, id.clone(), raised)
        };
        self.made.changed.push(id);
        made
    }

    /// An exercise whose row differs from it in `changed`: plain fields can be written in their cells, all else in 原文.
    fn exercise(&mut self, number: usize, typed: &Row, changed: &[&String], text: &str) -> Option<String> {
        if changed.iter().any(|heading| *heading == "原文") {
            if changed.len() > 1 {
                let remedy = "只改原文，或者只改别的格";
                self.wrong(number, Some("原文"), ("原文和别的格都改了".into(), remedy.into()));
                return None;
            }
            let fresh = typed["原文"].clone() + "\n";
            if blocks::id(&fresh) != blocks::id(text) {
                let remedy = "原文是这一题在 items.toml 里的那一段，编号不能变";
                self.wrong(
                    number,
                    Some("原文"),
                    ("原文读不出来，或者换了编号".into(), remedy.into()),
                );
                return None;
            }
            return Some(fresh);
        }
        let mut text = text.to_owned();
        for heading in changed {
            let cell = typed[heading.as_str()].trim();
            let value = match heading.as_str() {
                "题干" => Some(("stem", blocks::quote(cell))),
                "解析" => Some(("explanation", blocks::quote(cell))),
                "难度" => match cells::difficulty(cell) {
                    Ok(difficulty) => Some(("difficulty", difficulty.to_string())),
                    Err(wrong) => {
                        self.wrong(number, Some(heading), wrong);
                        return None;
                    }
                },
                "知识点" => {
                    let topics = cells::parts(cell, &self.ground.separators.topic);
                    let topics: Vec<String> = topics.iter().map(|topic| blocks::quote(topic)).collect();
                    Some(("topics", format!("[{}]", topics.join(", "))))
                }
                _ => None,
            };
            let line = value.and_then(|(name, value)| replaced(&text, name, &value));
            if let Some(line) = line {
                text = line;
            } else {
                let remedy = "这种题的这一格写在原文里；请改“原文”那一格";
                self.wrong(number, Some(heading), ("这一格不能单独改".into(), remedy.into()));
                return None;
            }
        }
        Some(text)
    }

    /// An item that is new.
    fn fresh(&mut self, number: usize, typed: &Row, id: String) -> Option<String> {
        let cell = |heading: &str| typed.get(heading).map_or("", |text| text.trim());
        if !matches!(cell("修订"), "" | "1") {
            self.wrong(number, Some("修订"), ("新题的修订是 1".into(), "留空".into()));
            return None;
        }
        if !cell("原文").is_empty() {
            let text = cell("原文").to_owned() + "\n";
            let Some(own) = blocks::id(&text).filter(|own| id.is_empty() || *own == id) else {
                let remedy = "原文是 items.toml 里的一段 [[item]]，编号和题号一样";
                self.wrong(
                    number,
                    Some("原文"),
                    ("原文读不出来，或者编号不对".into(), remedy.into()),
                );
                return None;
            };
            self.seen.insert(own.clone());
            self.made.new.push(own);
            return Some(text);
        }
        let id = if id.is_empty() { self.next_id() } else { id };
        let made = self.choice(number, typed, id.clone(), 1);
        self.made.new.push(id);
        made
    }

    /// The next free id: the letters that most ids of the bank begin with, and a number above all that were ever used.
    fn next_id(&mut self) -> String {
        let split = |id: &str| {
            let digits = id.len() - id.trim_end_matches(|c: char| c.is_ascii_digit()).len();
            let (head, number) = id.split_at(id.len() - digits);
            Some((head.to_owned(), number.parse::<u32>().ok()?))
        };
        let mut heads: IndexMap<String, usize> = IndexMap::new();
        for (head, _) in self.known.keys().filter_map(|id| split(id)) {
            *heads.entry(head).or_default() += 1;
        }
        heads.sort_unstable_keys();
        let head = heads.into_iter().max_by_key(|(_, count)| *count).map(|(head, _)| head);
        let head = head.unwrap_or_else(|| format!("{}-", self.ground.bank.id));
        let taken = self.ground.used.iter().chain(&self.given).chain(&self.seen);
        let numbers = taken.filter_map(|id| split(id)).filter(|(own, _)| *own == head);
        let next = numbers.map(|(_, number)| number).max().unwrap_or(0) + 1;
        let id = format!("{head}{next:03}");
        self.given.push(id.clone());
        id
    }

    /// A choice or judgement out of its cells.
    fn choice(&mut self, number: usize, typed: &Row, id: String, revision: u32) -> Option<String> {
        let before = self.problems.len();
        let kind = self.read(number, typed, "题型", cells::kind)?;
        if !matches!(kind, "single" | "multiple" | "true-false") {
            let remedy = "这种题在 items.toml 里写，或者把那一段放进“原文”";
            self.wrong(
                number,
                Some("题型"),
                ("表格里只能新写单选题、多选题和判断题".into(), remedy.into()),
            );
            return None;
        }
        let content = self.ground.content;
        let read_basis = |cell: &str| {
            basis::read(content, cell).map_err(|what| {
                let (message, remedy) = what.split_once('；').unwrap_or((&what, "改正依据"));
                (message.to_owned(), remedy.to_owned())
            })
        };
        let form = ItemForm {
            id,
            revision,
            kind: kind.into(),
            group: Some(typed.get("分组").map_or("", |text| text.trim()).to_owned()).filter(|group| !group.is_empty()),
            topics: self
                .read(number, typed, "知识点", |cell| {
                    let topics = cells::parts(cell, &self.ground.separators.topic);
                    if topics.is_empty() {
                        return Err(("没有知识点".to_owned(), "至少写一个，几个之间用分号".to_owned()));
                    }
                    Ok(topics)
                })
                .unwrap_or_default(),
            difficulty: self.read(number, typed, "难度", cells::difficulty).unwrap_or(1),
            stem: self
                .read(number, typed, "题干", |cell| filled(cell, "题干"))
                .unwrap_or_default(),
            options: Vec::new(),
            answer: None,
            why: String::new(),
            exercise: None,
            basis: self.read(number, typed, "依据", read_basis).unwrap_or_default(),
            explanation: self
                .read(number, typed, "解析", |cell| filled(cell, "解析"))
                .unwrap_or_default(),
        };
        let form = if kind == "true-false" {
            self.judgement(number, typed, form)
        } else {
            self.options(number, typed, form)
        };
        if self.problems.len() > before {
            return None;
        }
        let derived = cells::parts(typed.get("数字来源").map_or("", String::as_str), "\n");
        Some(blocks::write(&form, &derived))
    }

    /// Reads a cell, and notes what is wrong with it.
    fn read<T>(
        &mut self,
        number: usize,
        typed: &Row,
        heading: &str,
        read: impl FnOnce(&str) -> Result<T, Wrong>,
    ) -> Option<T> {
        match read(typed.get(heading).map_or("", String::as_str)) {
            Ok(value) => Some(value),
            Err(wrong) => {
                self.wrong(number, Some(heading), wrong);
                None
            }
        }
    }

    fn judgement(&mut self, number: usize, typed: &Row, mut form: ItemForm) -> ItemForm {
        for n in 0..OPTIONS {
            let heading = option_heading(n);
            if typed.get(&heading).is_some_and(|cell| !cell.trim().is_empty()) {
                self.wrong(
                    number,
                    Some(&heading),
                    ("判断题没有选项".into(), "清空这一格，或者改题型".into()),
                );
            }
        }
        form.answer = self.read(number, typed, "答案", cells::judgement);
        let why = typed.get("判断说明").map_or("", |text| text.trim());
        form.why = if why.is_empty() { SEE.into() } else { why.into() };
        if form.why == SEE {
            self.made.unexplained.push(form.id.clone());
        }
        form
    }

    fn options(&mut self, number: usize, typed: &Row, mut form: ItemForm) -> ItemForm {
        let cell = |heading: &str| typed.get(heading).map_or("", |text| text.trim()).to_owned();
        let texts: Vec<String> = (0..OPTIONS).map(|n| cell(&option_heading(n))).collect();
        let count = texts
            .iter()
            .rposition(|text| !text.is_empty())
            .map_or(0, |last| last + 1);
        for n in (0..count).filter(|n| texts[*n].is_empty()) {
            let heading = option_heading(n);
            self.wrong(
                number,
                Some(&heading),
                (
                    "这个选项是空的，后面却还有选项".into(),
                    "补上，或者把后面的往前移".into(),
                ),
            );
        }
        let letters = |cell: &str| cells::letters(cell, &self.ground.separators.answer, count);
        let right = self.read(number, typed, "答案", letters).unwrap_or_default();
        let single = form.kind == "single";
        if single && right.len() > 1 {
            self.wrong(
                number,
                Some("答案"),
                ("单选题有几个答案".into(), "只留一个字母，或者改成多选题".into()),
            );
        } else if !single && right.len() == 1 {
            self.wrong(
                number,
                Some("答案"),
                ("多选题只有一个答案".into(), "至少两个字母，或者改成单选题".into()),
            );
        }
        let pinned = cell("固定在末尾");
        let pinned = if pinned.is_empty() {
            Vec::new()
        } else {
            self.read(number, typed, "固定在末尾", letters).unwrap_or_default()
        };
        let ids = cells::parts(&cell("选项编号"), "；;");
        let mut spare = ('a'..='z')
            .map(String::from)
            .filter(|id| !ids.contains(id))
            .collect::<Vec<_>>()
            .into_iter();
        let mut unexplained = false;
        for (n, text) in texts.iter().take(count).enumerate() {
            let is_right = right.contains(&n);
            let mut why = cell(&why_heading(n));
            if is_right && !why.is_empty() {
                let heading = why_heading(n);
                self.wrong(
                    number,
                    Some(&heading),
                    ("正确的选项不写错因".into(), "清空这一格，或者改答案".into()),
                );
            }
            if !is_right && why.is_empty() {
                why = SEE.into();
            }
            unexplained |= why == SEE;
            form.options.push(OptionForm {
                id: ids.get(n).cloned().or_else(|| spare.next()).unwrap_or_default(),
                text: text.clone(),
                right: is_right,
                why: if is_right { String::new() } else { why },
                pin: pinned.contains(&n),
            });
        }
        if unexplained {
            self.made.unexplained.push(form.id.clone());
        }
        form
    }
}

fn filled(cell: &str, what: &str) -> Result<String, Wrong> {
    let cell = cell.trim();
    if cell.is_empty() {
        return Err((format!("没有{what}"), "写上".into()));
    }
    if cell.chars().count() > 5_000 {
        return Err((format!("{what}太长，有 {} 个字", cell.chars().count()), "写短些".into()));
    }
    Ok(cell.to_owned())
}

/// The text with another value of a field of the item itself; none where it has no such line.
fn replaced(text: &str, name: &str, value: &str) -> Option<String> {
    let start = format!("{name} = ");
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.starts_with("[[item.") {
            return None;
        }
        if line.starts_with(&start) {
            if line[start.len()..].starts_with("\"\"\"") {
                return None;
            }
            return Some(format!("{}{start}{value}\n{}", &text[..at], &text[at + line.len()..]));
        }
        at += line.len();
    }
    None
}
