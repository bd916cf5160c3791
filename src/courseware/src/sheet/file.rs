//! Sheets as files: xlsx, and CSV in UTF-8 or GB 18030.

use calamine::{Data, Reader, Xlsx, open_workbook};
use rust_xlsxwriter::{Format, FormatAlign, Workbook};
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

/// A cell as a file has it.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// A text; empty where nothing was written.
    Text(String),
    /// What a program made of what was typed, which is not to be guessed at: a date, a formula that failed, one of several
    /// merged cells.
    Odd(String),
}

/// A sheet: its headings, and rows of as many cells.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// The first row.
    pub headings: Vec<Cell>,
    /// The rows below it, the second row of the file first.
    pub rows: Vec<Vec<Cell>>,
}

/// Why a file is no sheet.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// Neither `.xlsx` nor `.csv`.
    #[error("a sheet is a .xlsx or a .csv file")]
    Ending,
    /// It cannot be read or written.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// Not a workbook, or a damaged one.
    #[error("not a workbook that can be read: {0}")]
    Workbook(String),
    /// Not CSV.
    #[error("not CSV: {0}")]
    Csv(#[from] csv::Error),
    /// A text that a cell of a workbook cannot hold.
    #[error("{0}")]
    Write(String),
    /// Neither UTF-8 nor GB 18030.
    #[error("the text is neither UTF-8 nor GB 18030 (GBK)")]
    Encoding,
    /// Beyond what a bank can be.
    #[error("the file has more than {LIMIT} bytes, as it is or unpacked")]
    Large,
    /// Its cells lie too far apart.
    #[error("the sheet has more than {MOST_CELLS} cells; delete stray cells far below or far to the right")]
    Spread,
}

/// The most cells of a sheet, empty ones between others counted: 50,000 items of forty columns.
const MOST_CELLS: u64 = 2_000_000;

/// The most bytes of a file, packed or unpacked.
const LIMIT: u64 = 64 * 1024 * 1024;

fn ending(path: &Path) -> String {
    path.extension().unwrap_or_default().to_string_lossy().to_lowercase()
}

/// Reads a file by its ending.
///
/// # Errors
/// What is wrong with the file as a whole.
pub fn read(path: &Path) -> Result<Sheet, FileError> {
    if std::fs::metadata(path)?.len() > LIMIT {
        return Err(FileError::Large);
    }
    match ending(path).as_str() {
        "xlsx" => workbook(path),
        "csv" => csv_text(&decode(std::fs::read(path)?)?),
        _ => Err(FileError::Ending),
    }
}

fn workbook(path: &Path) -> Result<Sheet, FileError> {
    let fail = |error: &dyn std::fmt::Display| FileError::Workbook(error.to_string());
    measure(path)?;
    let mut book: Xlsx<_> = open_workbook(path).map_err(|error: calamine::XlsxError| fail(&error))?;
    let name = book
        .sheet_names()
        .first()
        .cloned()
        .ok_or_else(|| fail(&"no sheet in it"))?;
    let merged = book.merge_cells_by_sheet_name(&name).map_err(|error| fail(&error))?;
    spread(&mut book, &name)?;
    let range = book.worksheet_range(&name).map_err(|error| fail(&error))?;
    let (top, left) = range.start().unwrap_or((0, 0));
    let cell = |row: usize, column: usize, data: &Data| {
        let place = (
            top + u32::try_from(row).unwrap_or(u32::MAX),
            left + u32::try_from(column).unwrap_or(u32::MAX),
        );
        let inside = |area: &calamine::Dimensions| {
            (area.start.0..=area.end.0).contains(&place.0) && (area.start.1..=area.end.1).contains(&place.1)
        };
        if merged.iter().any(inside) {
            return Cell::Odd("合并的单元格；请取消合并，每格各写各的".into());
        }
        value(data)
    };
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    // Rows above the first used one are rows all the same: numbers in messages are those of the file.
    rows.resize(usize::try_from(top).unwrap_or(0), Vec::new());
    for (row, data) in range.rows().enumerate() {
        let mut cells = vec![Cell::Text(String::new()); usize::try_from(left).unwrap_or(0)];
        cells.extend(data.iter().enumerate().map(|(column, data)| cell(row, column, data)));
        rows.push(cells);
    }
    Ok(sheet(rows))
}

/// Unpacks a workbook once to nowhere: what its parts say of their own size may be a lie, and a few kilobytes can unpack to
/// gigabytes.
fn measure(path: &Path) -> Result<(), FileError> {
    let fail = |error: zip::result::ZipError| FileError::Workbook(error.to_string());
    let mut archive = zip::ZipArchive::new(BufReader::new(File::open(path)?)).map_err(fail)?;
    let mut left = LIMIT;
    for place in 0..archive.len() {
        let part = archive.by_index(place).map_err(fail)?;
        left = left.saturating_sub(std::io::copy(&mut part.take(left), &mut std::io::sink())?);
        if left == 0 {
            return Err(FileError::Large);
        }
    }
    Ok(())
}

/// Two cells at opposite corners would make a table of seventeen thousand million.
fn spread(book: &mut Xlsx<BufReader<File>>, name: &str) -> Result<(), FileError> {
    let fail = |error: calamine::XlsxError| FileError::Workbook(error.to_string());
    let mut cells = book.worksheet_cells_reader(name).map_err(fail)?;
    let (mut rows, mut columns) = (0_u64, 0_u64);
    while let Some(cell) = cells.next_cell().map_err(fail)? {
        let (row, column) = cell.get_position();
        (rows, columns) = (rows.max(u64::from(row) + 1), columns.max(u64::from(column) + 1));
        if rows * columns > MOST_CELLS {
            return Err(FileError::Spread);
        }
    }
    Ok(())
}

fn value(data: &Data) -> Cell {
    match data {
        Data::Empty => Cell::Text(String::new()),
        Data::String(text) => Cell::Text(text.clone()),
        // Typed as 3, stored as 3.0.
        Data::Int(number) => Cell::Text(number.to_string()),
        Data::Float(number) => Cell::Text(number.to_string()),
        Data::Bool(true) => Cell::Text("TRUE".into()),
        Data::Bool(false) => Cell::Text("FALSE".into()),
        Data::DateTime(_) | Data::DateTimeIso(_) | Data::DurationIso(_) => {
            Cell::Odd("被表格软件当成了日期；把单元格格式设为“文本”再写一遍".into())
        }
        Data::Error(error) => Cell::Odd(format!("公式出错（{error}）；请写成文字")),
    }
}

/// The text of a CSV file: UTF-8 with or without its mark, else GB 18030, which Chinese Excel writes.
fn decode(bytes: Vec<u8>) -> Result<String, FileError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").map(<[u8]>::to_vec).unwrap_or(bytes);
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text),
        Err(error) => {
            let (text, wrong) = encoding_rs::GB18030.decode_without_bom_handling(error.as_bytes());
            if wrong {
                return Err(FileError::Encoding);
            }
            Ok(text.into_owned())
        }
    }
}

/// Beginnings that a spreadsheet takes for a formula (OWASP, CSV injection).
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A value as CSV carries it: nothing that a spreadsheet would run. Undone by `unguard`.
fn guard(text: &str) -> String {
    let bare = text.trim_start_matches('\'');
    if bare.starts_with(FORMULA) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

fn unguard(text: &str) -> &str {
    let bare = text.trim_start_matches('\'');
    if bare.starts_with(FORMULA) {
        text.strip_prefix('\'').unwrap_or(text)
    } else {
        text
    }
}

fn csv_text(text: &str) -> Result<Sheet, FileError> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for record in reader.records() {
        rows.push(
            record?
                .iter()
                .map(|value| Cell::Text(unguard(value).to_owned()))
                .collect(),
        );
    }
    Ok(sheet(rows))
}

fn sheet(mut rows: Vec<Vec<Cell>>) -> Sheet {
    if rows.is_empty() {
        rows.push(Vec::new());
    }
    let headings = rows.remove(0);
    let width = headings.len();
    for row in &mut rows {
        if row.len() < width {
            row.resize(width, Cell::Text(String::new()));
        }
    }
    Sheet { headings, rows }
}

/// Writes a file by its ending; an old one is replaced as a whole.
///
/// # Errors
/// It cannot be written.
pub fn write(sheet: &Sheet, path: &Path) -> Result<(), FileError> {
    let text = |cell: &Cell| match cell {
        Cell::Text(text) | Cell::Odd(text) => text.clone(),
    };
    let all: Vec<Vec<String>> = std::iter::once(&sheet.headings)
        .chain(&sheet.rows)
        .map(|row| row.iter().map(text).collect())
        .collect();
    match ending(path).as_str() {
        "xlsx" => {
            let fail = |error: rust_xlsxwriter::XlsxError| FileError::Write(error.to_string());
            let mut book = Workbook::new();
            let page = book.add_worksheet();
            let bold = Format::new().set_bold();
            let wrap = Format::new().set_text_wrap().set_align(FormatAlign::Top);
            for (row, cells) in all.iter().enumerate() {
                for (column, cell) in cells.iter().enumerate() {
                    let (row, column) = (
                        u32::try_from(row).unwrap_or(u32::MAX),
                        u16::try_from(column).unwrap_or(u16::MAX),
                    );
                    // Always a text: what looks like a formula stays what it is.
                    let format = if row == 0 { &bold } else { &wrap };
                    page.write_string_with_format(row, column, cell, format).map_err(fail)?;
                }
            }
            page.set_freeze_panes(1, 0).map_err(fail)?;
            for (column, cell) in all[0].iter().enumerate() {
                let wide = matches!(cell.as_str(), "题干" | "解析" | "原文" | "依据");
                let column = u16::try_from(column).unwrap_or(u16::MAX);
                page.set_column_width(column, if wide { 48.0 } else { 16.0 })
                    .map_err(fail)?;
            }
            Ok(std::fs::write(path, book.save_to_buffer().map_err(fail)?)?)
        }
        "csv" => {
            // With the mark Excel takes it for UTF-8.
            let mut writer = csv::WriterBuilder::new().from_writer("\u{feff}".as_bytes().to_vec());
            for row in &all {
                writer.write_record(row.iter().map(|text| guard(text)))?;
            }
            let bytes = writer
                .into_inner()
                .map_err(|error| FileError::Write(error.to_string()))?;
            Ok(std::fs::write(path, bytes)?)
        }
        _ => Err(FileError::Ending),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_formula_comes_back_as_it_was() {
        for text in ["=1+1", "-2", "'=x", "''@", "it's", "", "'普通", "+"] {
            assert_eq!(unguard(&guard(text)), text, "{text}");
            assert!(!guard(text).starts_with(FORMULA), "{text}");
        }
    }

    #[test]
    fn chinese_text_is_read_in_both_encodings() {
        let text = "题型,题干\n单选题,“谁”负责？\n";
        let (gbk, _, _) = encoding_rs::GBK.encode(text);
        for bytes in [
            text.as_bytes().to_vec(),
            [b"\xef\xbb\xbf", text.as_bytes()].concat(),
            gbk.into_owned(),
        ] {
            assert_eq!(decode(bytes).unwrap(), text);
        }
        assert!(matches!(decode(vec![0xff, 0xfe, 0x00, 0x9a]), Err(FileError::Encoding)));
    }
}
