//! Banks as spreadsheets: out and in without loss, and every bad cell by its row and column.

use super::fixture::{Fixture, ITEMS};
use crate::sheet::{self, Cell, ImportError, SEE, Separators, Sheet, Wish};
use crate::{LockUse, Options, load};
use std::path::Path;

const FILE: &str = "one/items.toml";

fn wish(root: &Path) -> Wish<'_> {
    Wish {
        root,
        bank: "one",
        stock: false,
        separators: Separators::default(),
        allow_removal: false,
    }
}

fn exported(fixture: &Fixture) -> Sheet {
    let (content, _) = fixture.load();
    let (_, bank) = sheet::find(&content, "one", false).unwrap();
    sheet::export(&content, bank, &fixture.read(FILE))
}

fn column(sheet: &Sheet, heading: &str) -> usize {
    let place = sheet
        .headings
        .iter()
        .position(|cell| *cell == Cell::Text(heading.into()));
    place.unwrap_or_else(|| panic!("no {heading}"))
}

fn set(sheet: &mut Sheet, row: usize, heading: &str, text: &str) {
    let place = column(sheet, heading);
    sheet.rows[row][place] = Cell::Text(text.into());
}

/// A sheet of an author's own: the headings asked for and no others.
fn own(rows: &[[&str; 11]]) -> Sheet {
    let texts = |cells: &[&str]| cells.iter().map(|text| Cell::Text((*text).into())).collect::<Vec<_>>();
    Sheet {
        headings: texts(&[
            "依据",
            "题型",
            "题干",
            "选项A",
            "选项B",
            "选项C",
            "选项D",
            "答案",
            "解析",
            "难度",
            "知识点",
        ]),
        rows: rows.iter().map(|row| texts(row)).collect(),
    }
}

const SINGLE: [&str; 11] = [
    "《安全法》第五条",
    "单选题",
    "谁来签字？",
    "总经理",
    "班组长",
    "保洁员",
    "",
    "Ａ",
    "第五条写了总经理签字。",
    "中",
    "签字；责任",
];

#[test]
fn every_bank_of_the_project_goes_out_and_comes_back_to_the_byte() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../courses");
    let (content, diagnostics) = load(&root, Options { lock: LockUse::Ignore });
    assert!(diagnostics.is_empty());
    let folder = tempfile::tempdir().unwrap();
    let separators = Separators::default();
    let (used, revised) = (
        content.items().map(|item| item.form.id.clone()).collect(),
        std::collections::BTreeSet::default(),
    );
    let mut banks: Vec<(String, &crate::content::Bank)> = Vec::new();
    for course in &content.courses {
        banks.extend(sheet::find(&content, &course.slug, false));
    }
    for listing in &content.venues {
        banks.extend(sheet::find(&content, &listing.slug, false));
    }
    for bank in &content.exercises {
        banks.extend(sheet::find(&content, bank.bank.id.as_str(), false));
    }
    for stock in &content.stock {
        banks.extend(sheet::find(&content, &stock.slug, true));
    }
    let items: usize = banks.iter().map(|(_, bank)| bank.items.len()).sum();
    assert_eq!(items, content.items().count(), "a bank was left out");
    for (place, bank) in banks {
        let source = std::fs::read_to_string(root.join(&place).join("items.toml")).unwrap();
        let out = sheet::export(&content, bank, &source);
        for ending in ["xlsx", "csv"] {
            let file = folder.path().join(format!("bank.{ending}"));
            sheet::write(&out, &file).unwrap();
            let back = sheet::read(&file).unwrap();
            let ground = sheet::Ground {
                content: &content,
                bank,
                source: &source,
                separators: &separators,
                used: &used,
                revised: &revised,
            };
            let made = sheet::import(&back, &ground).unwrap_or_else(|problems| panic!("{place}: {}", problems[0]));
            assert_eq!(
                (made.kept, made.changed.len()),
                (bank.items.len(), 0),
                "{place}.{ending}: {:?}",
                made.changed
            );
            assert!(made.text == source, "{place}.{ending} is not the same to the byte");
        }
    }
}

#[test]
fn a_sheet_of_ones_own_needs_no_more_than_the_headings_of_an_author() {
    let fixture = Fixture::new();
    let before = exported(&fixture);
    let mut sheet = own(&[
        SINGLE,
        [
            "安全法第七条；fa@2021-06-10#3",
            "多选",
            "查什么？",
            "门",
            "窗",
            "灯",
            "菜单",
            "D、B,A",
            "都要查。",
            "5",
            "检查",
        ],
        [
            "实务：多年的做法",
            "判断题",
            "下班要关窗。",
            "",
            "",
            "",
            "",
            "√",
            "关窗防雨。",
            "易",
            "习惯",
        ],
        [""; 11],
    ]);
    // Those that are there go first; taking them out is another matter.
    assert!(
        matches!(sheet::apply(&sheet, &wish(fixture.path())), Err(ImportError::Removed(ids)) if ids == ["one-001", "one-002"])
    );
    assert_eq!(fixture.read(FILE), ITEMS);
    let mut rows = before.rows.clone();
    let headings = before.headings.clone();
    for row in sheet.rows.drain(..) {
        let cell = |heading: &Cell| {
            let place = sheet.headings.iter().position(|own| own == heading);
            place.map_or(Cell::Text(String::new()), |place| row[place].clone())
        };
        rows.push(headings.iter().map(cell).collect());
    }
    let made = sheet::apply(&Sheet { headings, rows }, &wish(fixture.path())).unwrap();
    assert_eq!(
        (made.kept, made.new.as_slice()),
        (2, ["one-003", "one-004", "one-005"].map(String::from).as_slice())
    );
    assert_eq!(made.unexplained, made.new);
    let text = fixture.read(FILE);
    assert!(text.starts_with(ITEMS.trim_end()), "what was there keeps its bytes");
    let (content, diagnostics) = load(fixture.path(), Options { lock: LockUse::Ignore });
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let item = |id: &str| content.items().find(|item| item.form.id == id).unwrap().form.clone();
    let single = item("one-003");
    assert_eq!(
        (single.topics.len(), single.difficulty, single.options.len()),
        (2, 3, 3)
    );
    assert_eq!((single.options[0].right, single.options[1].why.as_str()), (true, SEE));
    assert_eq!(single.basis.article, ["fa@2021-06-10#5"]);
    let multiple = item("one-004");
    let right: Vec<bool> = multiple.options.iter().map(|option| option.right).collect();
    assert_eq!(
        (right, multiple.basis.article.len()),
        (vec![true, true, false, true], 2)
    );
    assert_eq!(item("one-005").answer, Some(true));
    assert_eq!(item("one-005").basis.practice.as_deref(), Some("多年的做法"));
}

/// What is said of a sheet of one row with `heading` changed to `text`.
fn said(heading: &str, text: &str) -> Vec<String> {
    let fixture = Fixture::new();
    let mut sheet = own(&[SINGLE]);
    set(&mut sheet, 0, heading, text);
    let outcome = sheet::apply(&sheet, &wish(fixture.path()));
    assert_eq!(fixture.read(FILE), ITEMS, "something was written");
    match outcome {
        Err(ImportError::Cells(problems)) => problems.iter().map(ToString::to_string).collect(),
        Err(other) => vec![other.to_string()],
        Ok(_) => panic!("{heading} `{text}` was imported"),
    }
}

#[test]
fn every_bad_cell_is_named_with_its_row_and_column_and_nothing_is_imported() {
    for (heading, text, words) in [
        ("题型", "问答题", "第 2 行，B 列（题型）：没有“问答题”"),
        ("题型", "", "没有题型"),
        ("题型", "多选题", "H 列（答案）：多选题只有一个答案"),
        ("题型", "模拟执法", "表格里只能新写"),
        ("题干", " ", "C 列（题干）：没有题干"),
        ("选项B", "", "E 列（选项B）：这个选项是空的"),
        ("答案", "D", "没有选项 D；这一题只有 3 个选项"),
        ("答案", "AB", "单选题有几个答案"),
        ("答案", "1", "“1”不是选项字母"),
        ("答案", "", "没有答案"),
        ("解析", "", "没有解析"),
        ("难度", "6", "J 列（难度）"),
        ("知识点", "；", "没有知识点"),
        ("依据", "", "A 列（依据）：没有依据"),
        ("依据", "《安全》第五条", "登记册里没有《安全》；是不是《安全法》"),
        ("依据", "《安全法》五条", "“五条”不是条款"),
        ("依据", "《安全法》第五十条", "nothing was imported"),
        ("题干", &"长".repeat(10 * 1024 * 1024), "太长"),
    ] {
        let said = said(heading, text);
        assert!(said.len() == 1 && said[0].contains(words), "{heading}: {said:?}");
    }
}

#[test]
fn all_bad_cells_of_a_sheet_are_told_together() {
    let fixture = Fixture::new();
    let mut sheet = own(&[SINGLE, SINGLE]);
    set(&mut sheet, 0, "难度", "九");
    set(&mut sheet, 0, "答案", "Z");
    set(&mut sheet, 1, "依据", "无");
    sheet.rows[1][2] = Cell::Odd("被表格软件当成了日期；写成文字".into());
    let Err(ImportError::Cells(problems)) = sheet::apply(&sheet, &wish(fixture.path())) else {
        panic!("imported")
    };
    let places: Vec<(usize, &str)> = problems
        .iter()
        .map(|problem| (problem.row, problem.column.as_ref().unwrap().1.as_str()))
        .collect();
    assert_eq!(places, [(2, "难度"), (2, "答案"), (3, "题干")]);
    let mut headings = own(&[SINGLE]);
    headings.headings[1] = Cell::Text("题 型".into());
    headings.headings[2] = Cell::Text("题型".into());
    headings.headings[9] = Cell::Text("级别".into());
    let Err(ImportError::Cells(problems)) = sheet::apply(&headings, &wish(fixture.path())) else {
        panic!("imported")
    };
    let said: Vec<String> = problems.iter().map(ToString::to_string).collect();
    let all = said.join("\n");
    for words in [
        "表头“题型”有两列",
        "不认得表头“级别”",
        "缺少表头“题干”",
        "缺少表头“难度”",
    ] {
        assert!(all.contains(words), "{words}: {all}");
    }
}

#[test]
fn a_changed_wording_gets_the_next_revision_and_an_old_sheet_is_refused() {
    let fixture = Fixture::new();
    let mut sheet = exported(&fixture);
    let old = sheet.clone();
    set(&mut sheet, 0, "题干", "谁是安全生产第一责任人？");
    let made = sheet::apply(&sheet, &wish(fixture.path())).unwrap();
    assert_eq!(
        (made.kept, made.changed.as_slice()),
        (1, ["one-001".to_owned()].as_slice())
    );
    let content = load(fixture.path(), Options { lock: LockUse::Ignore }).0;
    let form = &content.items().next().unwrap().form;
    assert_eq!((form.revision, form.stem.as_str()), (2, "谁是安全生产第一责任人？"));
    // What the sheet does not show is kept: why the wrong options are wrong.
    assert_eq!(form.options[1].why, "他只是协助。");
    let text = fixture.read(FILE);
    let Err(ImportError::Cells(problems)) = sheet::apply(&old, &wish(fixture.path())) else {
        panic!("an old sheet undid the change of another")
    };
    assert!(problems[0].to_string().contains("现在是第 2 版"), "{}", problems[0]);
    assert_eq!(fixture.read(FILE), text);
    // Where nothing but the source of a figure changes the wording stays.
    let mut sheet = exported(&fixture);
    set(&mut sheet, 0, "数字来源", "5日：推算");
    sheet::apply(&sheet, &wish(fixture.path())).unwrap();
    let content = load(fixture.path(), Options { lock: LockUse::Ignore }).0;
    let item = content.items().next().unwrap();
    assert_eq!((item.form.revision, item.derived.len()), (2, 1));
}

#[test]
fn what_is_taken_out_is_retired_and_its_number_is_never_given_again() {
    let fixture = Fixture::new();
    let mut sheet = exported(&fixture);
    sheet.rows.remove(1);
    assert!(matches!(
        sheet::apply(&sheet, &wish(fixture.path())),
        Err(ImportError::Removed(_))
    ));
    let allowed = Wish {
        allow_removal: true,
        ..wish(fixture.path())
    };
    sheet::apply(&sheet, &allowed).unwrap();
    assert!(fixture.read("items.lock").contains("retired one-002\n"));
    assert!(load(fixture.path(), Options::default()).1.is_empty(), "the lock holds");
    let mut sheet = exported(&fixture);
    let blank = vec![Cell::Text(String::new()); sheet.headings.len()];
    sheet.rows.push(blank);
    for (heading, text) in [
        "依据",
        "题型",
        "题干",
        "选项A",
        "选项B",
        "选项C",
        "答案",
        "解析",
        "难度",
        "知识点",
    ]
    .iter()
    .zip([
        "《安全法》第五条",
        "单选题",
        "谁来签字？",
        "总经理",
        "班组长",
        "保洁员",
        "A",
        "写了。",
        "1",
        "签字",
    ]) {
        set(&mut sheet, 1, heading, text);
    }
    assert_eq!(sheet::apply(&sheet, &wish(fixture.path())).unwrap().new, ["one-003"]);
    set(&mut sheet, 1, "题号", "one-002");
    let Err(ImportError::Cells(problems)) = sheet::apply(&sheet, &wish(fixture.path())) else {
        panic!("a retired number was given again")
    };
    assert!(problems[0].message.contains("用过"), "{}", problems[0]);
}

#[test]
fn merged_cells_and_dates_of_a_workbook_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("own.xlsx");
    let mut book = rust_xlsxwriter::Workbook::new();
    let page = book.add_worksheet();
    let plain = rust_xlsxwriter::Format::new();
    for (column, heading) in ["题型", "题干", "难度", "知识点"].iter().enumerate() {
        page.write_string(0, u16::try_from(column).unwrap(), *heading).unwrap();
    }
    page.write_number(1, 2, 3.0).unwrap();
    page.merge_range(1, 0, 2, 0, "单选题", &plain).unwrap();
    let date = rust_xlsxwriter::ExcelDateTime::from_ymd(2026, 5, 1).unwrap();
    let format = rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd");
    page.write_datetime_with_format(1, 1, &date, &format).unwrap();
    page.write_boolean(1, 3, true).unwrap();
    std::fs::write(&file, book.save_to_buffer().unwrap()).unwrap();
    let read = sheet::read(&file).unwrap();
    assert!(matches!(&read.rows[0][0], Cell::Odd(what) if what.contains("合并")));
    assert!(matches!(&read.rows[0][1], Cell::Odd(what) if what.contains("日期")));
    assert_eq!(read.rows[0][2], Cell::Text("3".into()));
    assert_eq!(read.rows[0][3], Cell::Text("TRUE".into()));
    std::fs::write(&file, b"no workbook").unwrap();
    assert!(sheet::read(&file).is_err());
    assert!(sheet::read(&folder.path().join("own.ods")).is_err());
}

#[test]
fn workbooks_that_burst_or_spread_are_refused_before_they_are_read() {
    use std::io::Write;
    let folder = tempfile::tempdir().unwrap();
    // A workbook of some hundred kilobytes with a part that unpacks to more than 64 MiB.
    let bomb = folder.path().join("bomb.xlsx");
    let mut writer = zip::ZipWriter::new(std::fs::File::create(&bomb).unwrap());
    let packed = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    writer.start_file("xl/worksheets/sheet1.xml", packed).unwrap();
    for _ in 0..65 {
        writer.write_all(&vec![b' '; 1024 * 1024]).unwrap();
    }
    writer.finish().unwrap();
    assert!(std::fs::metadata(&bomb).unwrap().len() < 1024 * 1024);
    let error = sheet::read(&bomb).unwrap_err().to_string();
    assert!(error.contains("unpacked"), "{error}");
    // Two cells as far apart as can be.
    let wide = folder.path().join("wide.xlsx");
    let mut book = rust_xlsxwriter::Workbook::new();
    let page = book.add_worksheet();
    page.write_string(0, 0, "题型").unwrap();
    page.write_string(1_048_575, 16_383, "x").unwrap();
    std::fs::write(&wide, book.save_to_buffer().unwrap()).unwrap();
    let error = sheet::read(&wide).unwrap_err().to_string();
    assert!(error.contains("stray cells"), "{error}");
}
