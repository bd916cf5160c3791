//! The defect table of exercises, pictures, stock, exams and contests.

use super::defects::{Row, failures};
use super::exercises::{CASE, CONTEST, EXAM, LABELLED, MIX, PICTURE, SCENE, STOCK, case, picture, scene};
use super::fixture::Fixture;

#[rustfmt::skip]
const ROWS: &[Row] = &[
    // Fields of the kinds.
    (MIX, "kind = \"fill\"", "kind = \"riddle\"", &["4 field-value"]),
    (MIX, "number = \"30\"", "number = \"30\"\nhint = \"x\"", &["13 field-unknown"]),
    (MIX, "stem = \"排好。\"", "stem = \"排好。\"\noption = []", &["29 field-unknown"]),
    (MIX, "group = \"steps\"", "group = \"\"", &["25 text-empty"]),
    (MIX, "why = \"常写成六十。\"\n", "", &["10 field-missing"]),
    (MIX, "number = \"30\"", "number = 30", &["12 field-type"]),
    (MIX, "number = \"30\"", "number = \"三十\"", &["12 field-value"]),
    (MIX, "number = \"30\"\n", "", &["12 item-kind"]),
    (MIX, "number = \"30\"\ntolerance = \"0.5\"\nunit = [\"日\", \"天\"]\n", "", &["10 item-kind"]),
    (MIX, "tolerance = \"0.5\"", "from = \"1\"\nto = \"2\"", &["13 item-kind"]),
    (MIX, "tolerance = \"0.5\"\nunit = [\"日\", \"天\"]\nwhy", "why", &["1 lock-changed"]),
    (MIX, "text = [\"区政府\", \"区人民政府\"]", "text = [\"区政府\", \"区人民政府\"]\nunit = [\"个\"]", &["19 item-kind"]),
    (MIX, "from = \"20000\"\n", "", &["124 item-kind"]),
    (MIX, "to = \"50000\"\n", "", &["120 field-missing"]),
    (MIX, "parallel = true", "parallel = \"yes\"", &["40 field-type"]),
    (MIX, "weight = 5", "weight = 6", &["123 field-value"]),
    (MIX, "text = \"立案\"", "text = \"**立案**\"", &["33 text-markup"]),
    (MIX, "text = \"街道\"\nwhy = \"没有下放。\"", "text = \"街道\"", &["91 item-why"]),
    (MIX, "id = \"ask\"", "id = \"file\"", &["35 id-duplicate"]),
    (MIX, "id = \"ask\"", "id = \"Ask\"", &["35 id-form"]),
    (MIX, "reason = \"law\"\n", "", &["182 item-kind"]),
    (MIX, "correct = \"应另写。\"\n", "", &["179 field-missing"]),
    (MIX, "fa@2021-06-10#9\"", "fa@2021-06-10#99\"", &["185 citation-article"]),
    (SCENE, "fine = \"没有问题。\"", "fine = \"没有问题。\"\ncategory = \"gas\"", &["100 item-kind"]),
    (SCENE, "cite = \"fa@2021-06-10#4\"", "cite = \"fa@2021-06-10\"", &["23 citation-article"]),
    (SCENE, "cite = \"fa@2021-06-10#4\"", "cite = \"gone@2021-06-10#4\"", &["23 citation-unknown"]),
    (SCENE, "fa@2021-06-10#6\"", "biaozhun@2005-10-01\"", &["40 basis-text"]),
    (CASE, "award = { conduct = 1 }", "award = { courage = 1 }", &["23 field-unknown"]),
    (CASE, "end = \"good\"", "end = \"fine\"", &["175 field-value"]),
    (CASE, "gain = [\"photo\"]", "gain = [\"Photo\"]", &["22 id-form"]),
    // What the domain refuses, at the table that it names.
    (MIX, "{a} 内", "内", &["10 exercise-body"]),
    (MIX, "target = \"t2\"", "target = \"t9\"", &["59 exercise-body"]),
    (MIX, "from = \"20000\"", "from = \"90000\"", &["120 exercise-body"]),
    (MIX, "text = \"询问\"", "text = \"立案\"", &["22 exercise-body"]),
    (MIX, "reason = \"law\"", "reason = \"gone\"", &["179 exercise-body"]),
    (MIX, "max = 3000", "max = 100", &["130 exercise-body"]),
    (SCENE, "category = \"exit\"", "category = \"gone\"", &["33 exercise-body"]),
    (CASE, "to = \"s-05\"", "to = \"s-01\"", &["30 exercise-body"]),
    (CASE, "needs = [\"photo\"]", "needs = [\"video\"]", &["33 exercise-body"]),
    (CASE, "start = \"s-01\"", "start = \"s-99\"", &["2 exercise-body"]),
    // Pictures.
    (SCENE, "scene = \"shop.svg\"", "scene = \"gone.svg\"", &["10 file-missing", "exercises/scene/shop.svg:1 file-unknown"]),
    (SCENE, "scene = \"shop.svg\"", "scene = \"../shop.svg\"", &["10 field-value", "exercises/scene/shop.svg:1 file-unknown"]),
    (SCENE, "id = \"r16\"", "id = \"r17\"", &["125 scene-region", "exercises/scene/shop.svg:18 scene-region"]),
    (PICTURE, "</title>", "</title", &["3 scene-form"]),
    (PICTURE, "<svg", "<!DOCTYPE svg [<!ENTITY a \"b\">]><svg", &["1 scene-form"]),
    (PICTURE, " viewBox=\"0 0 328 120\"", "", &["1 scene-form"]),
    (PICTURE, "0 0 328 120", "0 0 wide 120", &["1 scene-form"]),
    (PICTURE, "</title>", "</title><script>alert(1)</script>", &["2 scene-markup"]),
    (PICTURE, "</title>", "</title><style>*{}</style>", &["2 scene-markup"]),
    (PICTURE, "</title>", "</title><image x=\"0\"/>", &["2 scene-markup"]),
    (PICTURE, "</title>", "</title><use href=\"#r01\"/>", &["2 scene-markup"]),
    (PICTURE, "</title>", "</title><foreignObject><p>x</p></foreignObject>", &["2 scene-markup"]),
    (PICTURE, "</title>", "</title><a xmlns=\"http://www.w3.org/1999/xhtml\"/>", &["2 scene-markup"]),
    (PICTURE, "</title>", "</title><g xmlns=\"http://www.w3.org/1999/xhtml\"/>", &["2 scene-markup"]),
    (PICTURE, "</title>", "</title><?php x?>", &["2 scene-markup"]),
    (PICTURE, "</title>", "</title>文字", &["2 scene-markup"]),
    (PICTURE, "<circle ", "<circle onclick=\"alert(1)\" ", &["3 scene-markup"]),
    (PICTURE, "<circle ", "<circle style=\"fill:red\" ", &["3 scene-markup"]),
    (PICTURE, "<circle ", "<circle fill=\"url(https://a.test/)\" ", &["3 scene-markup"]),
    (PICTURE, "<circle ", "<circle transform=\"scale(2)\" ", &["3 scene-markup"]),
    (PICTURE, "<circle ", "<circle id=\"x\" ", &["3 scene-markup"]),
    (PICTURE, "<circle ", "<circle xml:space=\"preserve\" ", &["3 scene-markup"]),
    (PICTURE, "c-fire c-line", "fire", &["3 scene-markup"]),
    (PICTURE, "r=\"8\"", "r=\"8px\"", &["3 scene-markup"]),
    (PICTURE, "<circle ", "<path d=\"M0 0;url(x)\"/><circle ", &["3 scene-markup"]),
    (PICTURE, "<g id=\"r02\"", "<g id=\"r01\"", &["exercises/scene/items.toml:41 scene-region", "4 id-duplicate"]),
    (PICTURE, "<g id=\"r02\"", "<g id=\"R02\"", &["exercises/scene/items.toml:41 scene-region", "4 scene-markup", "4 scene-region"]),
    (PICTURE, "<rect class=\"hit\" x=\"0\" y=\"0\" width=\"36\" height=\"40\"/>", "", &["3 scene-hit"]),
    (PICTURE, "<rect class=\"hit\" x=\"0\"", "<rect class=\"c-wall\" x=\"0\"", &["3 scene-hit"]),
    (PICTURE, "<circle class=\"c-fire", "<rect class=\"hit\" x=\"1\" y=\"1\" width=\"40\" height=\"40\"/><circle class=\"c-fire", &["3 scene-hit"]),
    (PICTURE, "width=\"36\" height=\"40\"", "height=\"40\"", &["3 scene-hit"]),
    (PICTURE, "width=\"36\"", "width=\"31\"", &["3 scene-hit"]),
    (PICTURE, "height=\"40\"", "height=\"31.9\"", &["3 scene-hit"]),
    (PICTURE, "width=\"36\"", "width=\"41\"", &["4 scene-hit"]),
    (PICTURE, "y=\"60\"", "y=\"30\"", &["11 scene-hit"]),
    (PICTURE, "x=\"0\" y=\"0\"", "x=\"-1\" y=\"0\"", &["3 scene-hit"]),
    (PICTURE, "0 0 328 120", "0 0 328 99", &["11 scene-hit", "12 scene-hit", "13 scene-hit", "14 scene-hit", "15 scene-hit", "16 scene-hit", "17 scene-hit", "18 scene-hit"]),
    // Banks and stock.
    ("exercises/mix/bank.toml", "slug = \"mix\"", "slug = \"other\"", &["contests/quick.toml:15 exam-bank", "2 slug-folder"]),
    ("exercises/mix/bank.toml", "slug = \"mix\"", "slug = \"one\"", &["contests/quick.toml:15 exam-bank", "2 id-duplicate", "2 slug-folder"]),
    ("exercises/mix/bank.toml", "summary = { zh = \"练一练。\" }\n", "", &["1 field-missing"]),
    ("exercises/mix/bank.toml", "status = \"active\"", "status = \"draft\"", &["contests/quick.toml:15 exam-bank"]),
    (LABELLED, "不得用于正式比赛", "可用于比赛", &["4 stock-label"]),
    (LABELLED, "id = \"st-one\"", "id = \"one\"", &["1 id-duplicate"]),
    (LABELLED, "status = \"active\"", "status = \"draft\"", &["one/exam.toml:19 exam-bank"]),
    (LABELLED, "status", "summary = { zh = \"x\" }\nstatus", &["5 field-unknown"]),
    (STOCK, "basis = { article = [\"fa@2021-06-10#5\"] }", "basis = { practice = \"惯例。\" }", &["one/exam.toml:22 exam-fill", "1 lock-changed", "1 stock-basis"]),
    (STOCK, "id = \"k3\"", "id = \"k0\"", &["13 lock-changed", "13 stock-order"]),
    ("one/01-first.md", "{{check one-001}}", "{{check x-fill}}", &["13 check-unknown"]),
    // Exams and contests.
    (EXAM, "minutes = 30", "minutes = 0", &["1 field-value"]),
    (EXAM, "pass = 60\n", "", &["1 field-missing"]),
    (EXAM, "pass = 60", "pass = 60\nseed = 1", &["3 field-unknown"]),
    (EXAM, "kinds = [\"single\"]", "kinds = [\"quiz\"]", &["7 field-value"]),
    (EXAM, "each = \"1.5\"", "each = 1.5", &["9 field-type"]),
    (EXAM, "each = \"1.5\"", "each = \"1.555\"", &["9 field-value"]),
    (EXAM, "each = \"1.5\"\n", "", &["5 field-missing"]),
    (EXAM, "count = 1\n", "", &["5 exam-form"]),
    (EXAM, "points = 2", "points = 2\ncount = 1", &["16 exam-form"]),
    (EXAM, "points = 2", "points = 3", &["11 exam-form"]),
    (EXAM, "difficulty = [1, 2]", "difficulty = [2, 1]", &["13 field-value"]),
    (EXAM, "difficulty = [1, 2]", "difficulty = 2", &["13 field-type"]),
    (EXAM, "difficulty = [1, 2]", "difficulty = [4, 5]", &["11 exam-fill"]),
    (EXAM, "topics = [\"责任\"]", "topics = [\"别的\"]", &["11 exam-fill"]),
    (EXAM, "count = 1", "count = 2", &["5 exam-fill"]),
    (EXAM, "\"one-001\"", "\"one-009\"", &["3 exam-fill"]),
    (EXAM, "\"one-001\"", "\"One\"", &["3 id-form"]),
    (EXAM, "\"one-001\"", "\"one-001\", \"one-001\"", &["1 exam-form"]),
    (EXAM, "kinds = [\"ordering\"]", "kinds = [\"fill\"]", &["27 exam-fill"]),
    (EXAM, "stock = \"one\"", "stock = \"two\"", &["19 exam-bank"]),
    (EXAM, "retakes = 2", "retakes = -1", &["20 field-value"]),
    (CONTEST, "id = \"quick\"", "id = \"slow\"", &["1 slug-folder"]),
    (CONTEST, "id = \"quick\"", "id = \"one\"", &["1 id-duplicate", "1 slug-folder"]),
    (CONTEST, "bank = \"shop\"", "bank = \"gone\"", &["8 exam-bank"]),
    (CONTEST, "bank = \"shop\"", "bank = \"st-one\"", &["8 exam-bank"]),
    (CONTEST, "bank = \"shop\"", "bank = \"mix\"", &["15 exam-form"]),
    (CONTEST, "kinds = [\"fill\"]", "kinds = [\"hazard\"]", &["16 exam-fill"]),
    (CONTEST, "[[part.section]]\ntitle = \"多选题\"\ncount = 1\neach = 2\n", "", &["1 exam-form"]),
];

#[test]
fn the_full_fixture_is_sound() {
    assert_eq!(Fixture::full().problems(), Vec::<String>::new());
}

#[test]
fn each_defect_is_told_with_its_file_line_and_rule_and_nothing_else_is() {
    let failures = failures(ROWS, Fixture::full);
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
fn cases_and_scenes_that_are_too_small_are_told() {
    let rows: [(&str, String, &[&str]); 3] = [
        (CASE, case(9), &["exercises/case/items.toml:15 exercise-size"]),
        (SCENE, scene(7), &["exercises/scene/items.toml:33 exercise-size"]),
        (CASE, case(10), &["exercises/case/items.toml:1 lock-changed"]),
    ];
    for (file, text, expected) in rows {
        let fixture = Fixture::full();
        fixture.write(file, text);
        assert_eq!(fixture.problems(), expected, "{file}");
    }
}

#[test]
fn files_that_are_missing_or_unknown_are_told() {
    type Spoil = fn(&Fixture);
    let rows: &[(Spoil, &[&str])] = &[
        (
            |f| f.write("exercises/mix/extra.svg", picture()),
            &["exercises/mix/extra.svg:1 file-unknown"],
        ),
        (
            |f| f.write("contests/notes.txt", "x"),
            &["contests/notes.txt:1 file-unknown"],
        ),
        (
            |f| f.write("exercises/Bad/items.toml", ""),
            &[
                "exercises/Bad/bank.toml:1 file-missing",
                "exercises/Bad/bank.toml:1 id-form",
            ],
        ),
        (
            |f| f.remove("exercises/mix/bank.toml"),
            &["exercises/mix/bank.toml:1 file-missing"],
        ),
        (|f| f.remove(STOCK), &["stock/one/items.toml:1 file-missing"]),
        (|f| f.remove("stock"), &["one/exam.toml:19 exam-bank"]),
    ];
    for (spoil, expected) in rows {
        let fixture = Fixture::full();
        spoil(&fixture);
        let found = fixture.problems();
        for row in *expected {
            assert!(found.iter().any(|line| line == row), "{row} is not in {found:?}");
        }
    }
}

#[test]
fn a_lesson_shows_choices_alone() {
    let fixture = Fixture::full();
    let items = fixture.read(MIX);
    let fill = items.split("\n[[item]]").next().unwrap().replace("x-fill", "x-own");
    fixture.write("one/items.toml", format!("{}\n{fill}", fixture.read("one/items.toml")));
    fixture.edit("one/01-first.md", "结尾。", "{{check x-own}}");
    crate::lock::write(fixture.path()).unwrap_err();
    assert!(
        fixture.problems().contains(&"one/01-first.md:15 check-kind".into()),
        "{:?}",
        fixture.problems()
    );
}
