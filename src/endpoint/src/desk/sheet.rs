//! Tables as CSV and xlsx that are safe to open: what people typed never becomes a formula (OWASP, 'CSV Injection').

use rust_xlsxwriter::{Format, Workbook, XlsxError};

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    /// A text.
    Text(String),
    /// A number.
    Number(f64),
    /// Nothing.
    Empty,
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<u32> for Cell {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(cell: Option<T>) -> Self {
        cell.map_or(Self::Empty, Into::into)
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// A table: the headings, and rows of as many cells.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Table {
    pub(crate) headings: &'static [&'static str],
    pub(crate) rows: Vec<Vec<Cell>>,
}

/// The most characters of an xlsx cell.
const MOST_CHARACTERS: usize = 32_767;

/// Whether a spreadsheet may take the text for a formula; the wide forms too, which Chinese Excel reads like the narrow ones.
fn looks_like_formula(text: &str) -> bool {
    text.starts_with([
        '=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
    ])
}

impl Table {
    /// As CSV (RFC 4180) in UTF-8 with a byte order mark, without which Excel takes it for GBK. A text that could be a formula
    /// gets an apostrophe in front.
    pub(crate) fn csv(&self) -> Vec<u8> {
        let mut out = String::from("\u{feff}");
        line(&mut out, self.headings.iter().map(|heading| (*heading).to_owned()));
        for row in &self.rows {
            line(
                &mut out,
                row.iter().map(|cell| match cell {
                    Cell::Text(text) if looks_like_formula(text) => format!("'{text}"),
                    Cell::Text(text) => text.clone(),
                    Cell::Number(number) => number.to_string(),
                    Cell::Empty => String::new(),
                }),
            );
        }
        out.into_bytes()
    }

    /// As xlsx. Texts are written as texts, which no spreadsheet computes.
    ///
    /// # Errors
    /// The table has more rows than a sheet, 1,048,575.
    pub(crate) fn xlsx(&self, name: &str) -> Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        sheet.set_name(name)?;
        let bold = Format::new().set_bold();
        for (heading, column) in self.headings.iter().zip(0..) {
            sheet.write_string_with_format(0, column, *heading, &bold)?;
        }
        for (row, number) in self.rows.iter().zip(1..) {
            for (cell, column) in row.iter().zip(0..) {
                match cell {
                    Cell::Text(text) => {
                        let text: String = text.chars().take(MOST_CHARACTERS).collect();
                        sheet.write_string(number, column, text)?;
                    }
                    Cell::Number(value) => drop(sheet.write_number(number, column, *value)?),
                    Cell::Empty => {}
                }
            }
        }
        sheet.set_freeze_panes(1, 0)?;
        sheet.autofit();
        book.save_to_buffer()
    }
}

fn line(out: &mut String, cells: impl Iterator<Item = String>) {
    for (place, cell) in cells.enumerate() {
        if place > 0 {
            out.push(',');
        }
        if cell.contains([',', '"', '\r', '\n']) {
            out.push('"');
            out.push_str(&cell.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(&cell);
        }
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_typed_is_never_a_formula() {
        let evil = [
            "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠x",
        ];
        let mut rows: Vec<Vec<Cell>> = evil
            .iter()
            .map(|text| vec![Cell::from(*text), Cell::Number(-1.5)])
            .collect();
        rows.push(vec!["a \"b\", c\r\nd".into(), Cell::Empty]);
        let table = Table {
            headings: &["姓名", "分"],
            rows,
        };
        let csv = String::from_utf8(table.csv()).unwrap();
        let mut lines = csv.strip_prefix('\u{feff}').unwrap().split_inclusive("\r\n");
        assert_eq!(lines.next(), Some("姓名,分\r\n"));
        for text in &evil[..4] {
            assert_eq!(lines.next().unwrap(), format!("'{text},-1.5\r\n"));
        }
        assert!(csv.contains("\"'\r=1\",-1.5") && csv.contains("\"'\n=1\"") && csv.contains("'＝1+1"));
        assert!(csv.ends_with("\"a \"\"b\"\", c\r\nd\",\r\n"));
        let xlsx = table.xlsx("人员").unwrap();
        let sheet = zipped(&xlsx, "xl/worksheets/sheet1.xml");
        assert!(!sheet.contains("<f>") && sheet.contains("t=\"s\""), "{sheet}");
        let texts = zipped(&xlsx, "xl/sharedStrings.xml");
        assert!(texts.contains("=1+1") && texts.contains("@SUM(A1)"), "{texts}");
    }

    /// A file of an xlsx.
    fn zipped(xlsx: &[u8], name: &str) -> String {
        use std::io::Read;
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(xlsx)).unwrap();
        let mut text = String::new();
        archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    }
}
