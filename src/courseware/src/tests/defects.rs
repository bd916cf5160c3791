//! One row a defect: what is done to a sound folder, and what the loader says.

use super::fixture::{Fixture, short};
use crate::diagnostic::Rule;
use crate::texts;
use std::collections::BTreeSet;

const REG: &str = "regulations.toml";
const COURSE: &str = "one/course.toml";
const LESSON: &str = "one/01-first.md";
const ITEMS: &str = "one/items.toml";
const VENUES: &str = "handbook/venues.toml";
const VENUE: &str = "handbook/shop/venue.toml";
const BANK: &str = "handbook/shop/items.toml";

/// File, text to replace, replacement, diagnostics as `line rule` (in that file) or `file:line rule`.
pub(super) type Row = (&'static str, &'static str, &'static str, &'static [&'static str]);

#[rustfmt::skip]
const ROWS: &[Row] = &[
    // TOML and fields.
    (ITEMS, "kind = \"single\"", "kind = single", &["4 toml-syntax"]),
    (ITEMS, "stem = \"谁是第一责任人？\"", "stem = \"谁是第一责任人？", &["7 toml-syntax"]),
    (ITEMS, "stem = \"谁是第一责任人？\"", "stem = \"\"\"谁是第一责任人？\"", &["7 toml-syntax"]),
    (ITEMS, "stem = \"谁是第一责任人？\"", "stem \"谁是第一责任人？\"", &["7 toml-syntax"]),
    (ITEMS, "difficulty = 2", "difficulty = 2\ndifficulty = 2", &["7 toml-syntax"]),
    (ITEMS, "[[item]]", "[[item]", &["1 toml-syntax"]),
    (ITEMS, "[[item]]", "[[itme]]", &["1 field-unknown", "10 field-type", "23 toml-syntax"]),
    (ITEMS, "id = \"one-001\"", "id = \"one-001", &["2 toml-syntax"]),
    (REG, "id = \"fa\"", "id = \"fa", &["2 toml-syntax"]),
    (COURSE, "hours = 2", "hours = ", &["5 toml-syntax"]),
    (LESSON, "minutes = 10", "minutes = ten", &["4 toml-syntax"]),
    (REG, "articles = 9", "articles = nine", &["9 toml-syntax"]),
    (VENUE, "stop = false", "stop = no", &["22 toml-syntax"]),
    (ITEMS, "difficulty = 2", "difficulty = 2\nhint = \"x\"", &["7 field-unknown"]),
    (ITEMS, "right = true", "right = true\nweight = 2", &["14 field-unknown"]),
    (ITEMS, "article =", "articles =", &["8 basis-form", "8 field-unknown"]),
    (COURSE, "hours = 2", "hours = 2\ncolour = \"red\"", &["6 field-unknown"]),
    (COURSE, "zh = \"第一门课\"", "de = \"x\", zh = \"第一门课\"", &["6 field-unknown"]),
    (LESSON, "minutes = 10", "minutes = 10\nauthor = \"x\"", &["5 field-unknown"]),
    (REG, "articles = 9", "articles = 9\npages = 1", &["10 field-unknown"]),
    (VENUES, "ready = true", "ready = true\nfloor = 1", &["7 field-unknown"]),
    (VENUE, "stop = false", "stop = false\nfine = 1", &["23 field-unknown"]),
    (ITEMS, "explanation = \"第五条说了。\"\n", "", &["1 field-missing"]),
    (COURSE, "hours = 2\n", "", &["1 field-missing"]),
    (COURSE, "lessons = [\"01-first\"]", "", &["1 field-missing"]),
    (VENUE, "look = \"看门。\"\n", "", &["11 field-missing"]),
    (ITEMS, "difficulty = 2", "difficulty = \"2\"", &["6 field-type"]),
    (ITEMS, "stem = \"谁是第一责任人？\"", "stem = 7", &["7 field-type"]),
    (ITEMS, "topics = [\"责任\"]", "topics = \"责任\"", &["5 field-type"]),
    (ITEMS, "difficulty = 2", "difficulty = 6", &["6 field-value"]),
    (ITEMS, "kind = \"single\"", "kind = \"quiz\"", &["4 field-value"]),
    (COURSE, "kind = \"onboarding\"", "kind = \"fun\"", &["4 field-value"]),
    (COURSE, "\"inspector\"", "\"boss\"", &["8 field-value"]),
    (REG, "version = \"2021-06-10\"", "version = \"2021-06-31\"", &["7 field-value"]),
    (REG, "source = \"https:", "source = \"http:", &["11 field-value"]),
    (REG, "certainty = \"high\"\n", "", &["13 field-missing"]),
    (REG, "articles = 9\n", "", &["1 field-missing"]),
    (REG, "short = \"安全法\"", "short = \"《安全法》\"", &["4 field-value"]),
    (VENUE, "\"fire-rescue\"", "\"fire-brigade\"", &["20 field-value"]),
    // Texts.
    (ITEMS, "stem = \"谁是第一责任人？\"", "stem = \" \"", &["7 text-empty"]),
    (LESSON, "meaning = \"大白话。\"", "meaning = \"\"", &["7 text-empty"]),
    (LESSON, "zh = \"第一课\"", "zh = \"第一课\", en = \"\"", &["3 text-empty"]),
    (ITEMS, "第五条说了。", "第五条\\u200B说了。", &["9 text-control"]),
    (LESSON, "结尾。", "结\u{200b}尾。", &["15 text-control"]),
    (ITEMS, "第五条说了。", "**第五条**说了。", &["9 text-markup"]),
    // Ids.
    (ITEMS, "id = \"one-002\"", "id = \"one-001\"", &["24 id-duplicate", "items.lock:4 lock-vanished"]),
    (BANK, "id = \"shop-001\"", "id = \"one-001\"", &["2 id-duplicate", "items.lock:5 lock-vanished"]),
    (BANK, "id = \"shop-001\"", "id = \"shop-exit-01\"", &["handbook/shop/venue.toml:12 id-duplicate", "items.lock:5 lock-vanished"]),
    (ITEMS, "id = \"one-002\"", "id = \"One 2\"", &["24 id-form", "items.lock:4 lock-vanished"]),
    (ITEMS, "id = \"b\"", "id = \"B\"", &["15 id-form"]),
    (LESSON, "id = \"l-one-01\"", "id = \"L1\"", &["2 id-form"]),
    (COURSE, "slug = \"one\"", "slug = \"two\"", &["2 slug-folder"]),
    (VENUE, "slug = \"shop\"", "slug = \"store\"", &["2 slug-folder"]),
    (VENUES, "slug = \"school\"", "slug = \"one\"", &["9 id-duplicate"]),
    (VENUES, "slug = \"school\"", "slug = \"shop\"", &["9 id-duplicate"]),
    (REG, "id = \"biaozhun\"", "id = \"fa\"", &["one/items.toml:32 citation-unknown"]),
    // Citations and bases.
    (ITEMS, "fa@2021-06-10#5", "fa#5", &["8 citation-form"]),
    (ITEMS, "fa@2021-06-10#5", "gone@2021-06-10#5", &["8 citation-unknown"]),
    (ITEMS, "fa@2021-06-10#5", "fa@2014-08-31#5", &["8 citation-version"]),
    (ITEMS, "fa@2021-06-10#5", "fa@2021-06-10#10", &["8 citation-article"]),
    (ITEMS, "fa@2021-06-10#5", "fa@2021-06-10", &["8 citation-article"]),
    (ITEMS, "[\"fa@2021-06-10#5\"]", "[\"fa@2021-06-10#5\", \"fa@2021-06-10#5\"]", &["8 citation-repeat"]),
    (ITEMS, "[\"fa@2021-06-10#5\"]", "[]", &["8 list-empty"]),
    (ITEMS, "fa@2021-06-10#5", "biaozhun@2005-10-01", &["8 basis-text"]),
    (ITEMS, "biaozhun@2005-10-01", "fa@2021-06-10#5", &["32 basis-text"]),
    (ITEMS, "certainty = \"high\"", "certainty = \"sure\"", &["32 field-value"]),
    (ITEMS, "certainty = \"high\", ", "", &["32 field-missing"]),
    (ITEMS, "#5\"] }", "#5\"], practice = \"也是\" }", &["8 basis-form"]),
    (ITEMS, "#5\"] }", "#5\"], note = \"注\" }", &["8 basis-form"]),
    (LESSON, "\"fa@2021-06-10#5.1\"", "\"gone@2021-06-10#5.1\"", &["6 citation-unknown"]),
    (LESSON, "cite:fa@2021-06-10#3", "cite:fa@2021-06-10#4", &["11 cite-unlisted"]),
    (LESSON, "cite:fa@2021-06-10#3", "cite:fa#3", &["11 citation-form"]),
    (VENUE, "fa@2021-06-10#7", "fa@2021-06-10#70", &["19 citation-article"]),
    // Items.
    (ITEMS, "right = true", "right = true\nwhy = \"不\"", &["14 item-why"]),
    (ITEMS, "why = \"与他无关。\"\n", "", &["18 item-why"]),
    (ITEMS, "why = \"老板要管。\"\n", "", &["23 item-why"]),
    (ITEMS, "answer = false\n", "", &["23 item-kind"]),
    (ITEMS, "difficulty = 2", "difficulty = 2\nanswer = true", &["7 item-kind"]),
    (ITEMS, "why = \"与他无关。\"", "right = true", &["10 item-options"]),
    (ITEMS, "id = \"c\"", "id = \"b\"", &["10 item-options"]),
    (ITEMS, "\"门卫\"", "\"安全员\"", &["10 item-options"]),
    (ITEMS, "[[item.option]]\nid = \"c\"\ntext = \"门卫\"\nwhy = \"与他无关。\"\n", "", &["10 item-options"]),
    (BANK, "right = true", "why = \"不\"", &["10 item-options"]),
    // Courses and lessons.
    (COURSE, "[\"01-first\"]", "[\"01-first\", \"02-gone\"]", &["11 lesson-missing"]),
    (COURSE, "[\"01-first\"]", "[]", &["11 list-empty", "one/01-first.md:1 lesson-unlisted"]),
    (COURSE, "[\"01-first\"]", "[\"01-first\", \"01-first\"]", &["11 id-duplicate"]),
    (COURSE, "[\"01-first\"]", "[\"01-first\", \"../x\"]", &["11 id-form"]),
    (COURSE, "objectives = [\"能说出一件事\"]", "objectives = []", &["9 list-empty"]),
    (COURSE, "prerequisites = []", "prerequisites = [\"c-gone\"]", &["10 prerequisite"]),
    (COURSE, "prerequisites = []", "prerequisites = [\"c-one\"]", &["10 prerequisite"]),
    (LESSON, "+++\nid", "id", &["1 front-matter"]),
    (LESSON, "{{check one-001}}", "{{check one-009}}", &["13 check-unknown"]),
    (LESSON, "{{check one-001}}", "{{check shop-001}}", &["13 check-unknown"]),
    (LESSON, "{{check one-001}}", "看 {{check one-001}}", &["13 check-form"]),
    (LESSON, "{{check one-001}}", "{{quiz one-001}}", &["13 check-form"]),
    (LESSON, "结尾。", "{{check one-001}}", &["15 check-form"]),
    // Markdown.
    (LESSON, "结尾。", "<script>alert(1)</script>", &["15 markdown-html"]),
    (LESSON, "结尾。", "好<img src=x onerror=alert(1)>", &["15 markdown-html"]),
    (LESSON, "结尾。", "一\n二 <b style=\"x\">三</b>", &["16 markdown-html", "16 markdown-html"]),
    (LESSON, "结尾。", "![图](https://a.test/a.png)", &["15 markdown-image"]),
    (LESSON, "结尾。", "[x](javascript:alert(1))", &["15 markdown-link"]),
    (LESSON, "结尾。", "# 大标题", &["15 markdown-heading"]),
    (LESSON, "结尾。", "#### 小标题", &["15 markdown-heading"]),
    // Handbook.
    (VENUE, "section = \"exit\"", "section = \"gone\"", &["7 list-empty", "14 venue-section"]),
    (VENUE, "stop = false", "stop = true", &["22 venue-stop"]),
    (VENUE, "stop = false", "stop = false\nstop_note = \"停。\"", &["23 venue-stop"]),
    (VENUES, "zh = \"小店\"", "zh = \"小商店\"", &["5 venue-listing"]),
    (VENUES, "slug = \"shop\"", "slug = \"store\"", &["6 venue-listing", "handbook/shop/venue.toml:1 venue-listing"]),
];

#[test]
fn the_fixture_itself_is_sound() {
    assert_eq!(Fixture::new().problems(), Vec::<String>::new());
}

#[test]
fn each_defect_is_told_with_its_file_line_and_rule_and_nothing_else_is() {
    let failures = failures(ROWS, Fixture::new);
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

/// What the rows say that is not so.
pub(super) fn failures(rows: &[Row], fixture: impl Fn() -> Fixture) -> Vec<String> {
    let mut failures = Vec::new();
    for (file, from, to, expected) in rows {
        let fixture = fixture();
        fixture.edit(file, from, to);
        let found: BTreeSet<String> = fixture.problems().into_iter().collect();
        let expected: BTreeSet<String> = expected
            .iter()
            .map(|row| {
                if row.contains(':') {
                    (*row).into()
                } else {
                    format!("{file}:{row}")
                }
            })
            .collect();
        if found != expected {
            failures.push(format!(
                "{file}: {from} → {to}\n  expected {expected:?}\n  found    {found:?}"
            ));
        }
    }
    failures
}

#[test]
fn files_that_are_missing_unknown_or_not_text_are_told() {
    type Spoil = fn(&Fixture);
    let rows: &[(Spoil, &[&str])] = &[
        (
            |f| f.remove(REG),
            &["one/01-first.md:6 citation-unknown", "regulations.toml:1 file-missing"],
        ),
        (|f| f.remove("items.lock"), &["items.lock:1 file-missing"]),
        (
            |f| f.remove(COURSE),
            &[
                "one/course.toml:1 file-missing",
                "items.lock:3 lock-vanished",
                "items.lock:4 lock-vanished",
            ],
        ),
        (
            |f| f.remove(ITEMS),
            &["one/items.toml:1 file-missing", "one/01-first.md:13 check-unknown"],
        ),
        (|f| f.remove(LESSON), &["one/course.toml:11 lesson-missing"]),
        (|f| f.remove(VENUES), &["handbook/venues.toml:1 file-missing"]),
        (|f| f.remove("handbook/shop"), &["handbook/venues.toml:6 venue-listing"]),
        (|f| f.write("notes.txt", "x"), &["notes.txt:1 file-unknown"]),
        (|f| f.write("one/picture.png", "x"), &["one/picture.png:1 file-unknown"]),
        (
            |f| f.write("one/deep/items.toml", ""),
            &["one/deep/items.toml:1 file-unknown"],
        ),
        (|f| f.write("README.md", "x"), &[]),
        (|f| f.write(".hidden/x", "x"), &[]),
        (|f| f.write("two/items.toml", ""), &["two/course.toml:1 file-missing"]),
        (
            |f| f.write("one/02-more.md", f.read(LESSON).replace("l-one-01", "l-one-02")),
            &["one/02-more.md:1 lesson-unlisted"],
        ),
        (
            |f| f.write(ITEMS, b"[[item]]\nid = \"\xb0\xb2\"\n"),
            &["one/items.toml:2 file-encoding"],
        ),
        (
            |f| f.write(ITEMS, f.read(ITEMS).replace('\n', "\r\n")),
            &["one/items.toml:1 file-encoding"],
        ),
        (
            |f| f.write(LESSON, format!("\u{feff}{}", f.read(LESSON))),
            &["one/01-first.md:1 file-encoding"],
        ),
        (
            |f| f.write(ITEMS, format!("{}\n#{}", f.read(ITEMS), " ".repeat(3 << 20))),
            &["one/items.toml:1 file-unreadable"],
        ),
        (
            |f| f.edit(ITEMS, "谁是第一责任人？", &"责".repeat(601)),
            &["one/items.toml:7 text-long"],
        ),
    ];
    for (nth, (spoil, expected)) in rows.iter().enumerate() {
        let fixture = Fixture::new();
        spoil(&fixture);
        let found = fixture.problems();
        for row in *expected {
            assert!(
                found.iter().any(|line| line == row),
                "row {nth}: {row} is not in {found:?}"
            );
        }
        assert!(!expected.is_empty() || found.is_empty(), "row {nth}: {found:?}");
    }
}

#[test]
fn defects_in_several_files_are_told_at_once_in_order() {
    let fixture = Fixture::new();
    fixture.edit(ITEMS, "stem = \"谁是第一责任人？\"", "stem = \"谁是第一责任人？");
    fixture.edit(ITEMS, "difficulty = 1", "difficulty = 1\nhint = \"x\"");
    fixture.edit(LESSON, "\"fa@2021-06-10#5.1\"", "\"fa@2021-06-10#99\"");
    fixture.edit(LESSON, "结尾。", "<script>x</script>");
    fixture.edit(VENUE, "look = \"看门。\"", "look = \"看一看门。\"");
    fixture.edit(BANK, "id = \"shop-001\"", "id = \"one-002\"");
    fixture.write("stray.txt", "x");
    let (content, diagnostics) = fixture.load();
    assert_eq!(
        short(&diagnostics),
        [
            "handbook/shop/items.toml:2 id-duplicate",
            "handbook/shop/venue.toml:11 lock-changed",
            "items.lock:5 lock-vanished",
            "one/01-first.md:6 citation-article",
            "one/01-first.md:15 markdown-html",
            "one/items.toml:7 toml-syntax",
            "one/items.toml:29 field-unknown",
            "stray.txt:1 file-unknown",
        ]
    );
    assert_eq!(content.courses.len(), 1, "what is sound is still there");
    let line = diagnostics[4].to_string();
    assert_eq!(
        line,
        "one/01-first.md:15: [markdown-html] raw HTML — write it as Markdown"
    );
}

#[test]
fn a_root_that_is_not_there_is_one_diagnostic() {
    let (_, diagnostics) = crate::load(&Fixture::new().path().join("gone"), crate::Options::default());
    assert_eq!(short(&diagnostics), [".:1 file-unreadable"]);
}

const TEXT: &str = r#"{"id":"fa","title":"某安全法","version":"2021-06-10","effective":"2021-09-01","articles":[
    {"n":3,"text":"甲应当在每年年初制定安全生产工作计划并且组织实施，发现事故隐患的应当立即采取措施予以消除。\n（一）乙；\n二款。"},
    {"n":5,"text":"一款。"},{"n":7,"text":"一款。"},{"n":9,"text":"一款。"},{"n":9,"sub":1,"text":"一款。"}]}"#;

#[test]
fn the_legal_texts_are_held_against_registry_citations_and_wording() {
    let pasted = "甲应当在每年年初，制定安全生产工作计划，并且组织实施；发现事故隐患的";
    let rows: &[(&str, &str, &str, &[&str])] = &[
        (REG, "x", "x", &[]),
        (REG, "某安全法", "某消防法", &["regulations.toml:1 texts-registry"]),
        (
            REG,
            "articles = 9",
            "articles = 8",
            &["regulations.toml:1 texts-registry"],
        ),
        (REG, "2021-09-01", "2021-09-02", &["regulations.toml:1 texts-registry"]),
        (LESSON, "#5.1\"", "#5.2\"", &["one/01-first.md:6 texts-article"]),
        (LESSON, "#5.1\"", "#9-1\"", &[]),
        (LESSON, "#5.1\"", "#9-2\"", &["one/01-first.md:6 texts-article"]),
        (LESSON, "#5.1\"", "#3.2\"", &[]),
        (LESSON, "#5.1\"", "#3.3\"", &["one/01-first.md:6 texts-article"]),
        (ITEMS, "#5\"", "#6\"", &["one/items.toml:8 texts-article"]),
        (VENUE, "#7\"", "#8\"", &["handbook/shop/venue.toml:19 texts-article"]),
        (LESSON, "结尾。", pasted, &["one/01-first.md:15 texts-paste"]),
        (ITEMS, "第五条说了。", pasted, &["one/items.toml:9 texts-paste"]),
        (ITEMS, "门卫", pasted, &["one/items.toml:20 texts-paste"]),
        (VENUE, "看门。", pasted, &["handbook/shop/venue.toml:16 texts-paste"]),
        (
            LESSON,
            "结尾。",
            "甲应当在每年年初制定安全生产工作计划并且组织实施",
            &[],
        ),
    ];
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("fa.json"), TEXT).unwrap();
    for (file, from, to, expected) in rows {
        let fixture = Fixture::new();
        if from != to {
            fixture.edit(file, from, to);
        }
        let content = fixture.load().0;
        assert_eq!(
            short(&texts::check(&content, folder.path())),
            *expected,
            "{file}: {from} → {to}"
        );
    }
    let content = Fixture::new().load().0;
    let gone = texts::check(&content, &folder.path().join("gone"));
    assert_eq!(
        gone.iter().map(|found| found.rule).collect::<Vec<_>>(),
        [Rule::TextsUnreadable]
    );
    std::fs::write(folder.path().join("bad.json"), "{").unwrap();
    assert_eq!(
        short(&texts::check(&content, folder.path())),
        ["bad.json:1 texts-unreadable"]
    );
}

#[test]
fn codes_are_unique() {
    let codes: BTreeSet<&str> = Rule::ALL.iter().map(|rule| rule.code()).collect();
    assert_eq!(codes.len(), Rule::ALL.len());
}
