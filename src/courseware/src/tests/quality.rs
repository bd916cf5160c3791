//! What gives keys away, and figures that nothing proves: one sound bank, and what is found when it is spoiled.

use super::fixture::{Fixture, ITEMS, short};
use crate::{giveaways, texts};
use std::fmt::Write;

const BANK: &str = "one/items.toml";

/// A single choice about nothing else in the bank: `nth` makes its words its own.
fn single(nth: usize, right: usize, options: [&str; 3]) -> String {
    let subject: String = (0..12)
        .map(|place| char::from_u32(0x5000 + u32::try_from(nth * 40 + place * 3).unwrap()).unwrap())
        .collect();
    let mut text = format!(
        "\n[[item]]\nid = \"one-{:03}\"\nrevision = 1\nkind = \"single\"\ntopics = [\"责任\"]\ndifficulty = 2\nstem = \
         \"{subject}\"\nbasis = {{ article = [\"fa@2021-06-10#5\"] }}\nexplanation = \"说了。\"\n",
        nth + 10
    );
    for (place, option) in options.iter().enumerate() {
        let tail = if place == right {
            "right = true"
        } else {
            "why = \"不是。\""
        };
        let id = ["a", "b", "c"][place];
        let _ = write!(text, "[[item.option]]\nid = \"{id}\"\ntext = \"{option}\"\n{tail}\n");
    }
    text
}

/// Eight sound single choices beside those of the fixture.
fn bank() -> Vec<String> {
    (0..8)
        .map(|nth| single(nth, nth % 3, ["甲种做法", "乙种做法", "丙种做法"]))
        .collect()
}

fn found(items: &[String]) -> Vec<String> {
    let fixture = Fixture::new();
    fixture.write(BANK, ITEMS.to_owned() + &items.concat());
    let (content, _) = fixture.load();
    assert_eq!(
        content.items().count(),
        3 + items.len(),
        "an item of the test is broken"
    );
    let mut rules: Vec<String> = giveaways::check(&content)
        .iter()
        .map(|found| found.rule.to_string())
        .collect();
    // The fixture's venue has an item with 'all of the above'.
    let own = rules.iter().position(|rule| rule == "giveaway-all");
    rules.remove(own.expect("the fixture's own"));
    rules
}

#[test]
fn a_sound_bank_gives_nothing_away() {
    assert_eq!(found(&bank()), [""; 0]);
}

#[test]
fn right_options_that_stand_out_by_length_or_place_are_told_where_they_are_more_than_half() {
    // With the fixture's own single choice, whose right option is the longest one and the first, there are nine.
    let long = |count: usize| {
        let mut items = bank();
        for (nth, item) in items.iter_mut().enumerate().take(count) {
            let mut options = ["甲种做法", "乙种做法", "丙种做法"];
            options[nth % 3] = "写得格外详细周到的做法";
            *item = single(nth, nth % 3, options);
        }
        found(&items)
    };
    assert_eq!(long(3), [""; 0]);
    assert_eq!(long(4), ["giveaway-length"]);
    let placed = |count: usize| {
        let mut items = bank();
        for (nth, item) in items.iter_mut().enumerate() {
            let right = if nth < count { 0 } else { 1 + nth % 2 };
            *item = single(nth, right, ["甲种做法", "乙种做法", "丙种做法"]);
        }
        found(&items)
    };
    assert_eq!(placed(3), [""; 0]);
    assert_eq!(placed(4), ["giveaway-place"]);
    // Too few single choices show no habit.
    let few: Vec<String> = (0..6)
        .map(|nth| single(nth, 0, ["写得格外详细的做法", "乙种", "丙种"]))
        .collect();
    assert_eq!(found(&few), [""; 0]);
}

#[test]
fn catch_all_options_are_told_where_they_give_the_key() {
    let all = |right: usize, nth: usize| single(nth, right, ["甲种做法", "乙种做法", "以上都对"]);
    let mut items = bank();
    (items[0], items[2]) = (all(2, 0), all(2, 2));
    assert_eq!(found(&items), ["giveaway-all"]);
    items[2] = all(1, 2);
    assert_eq!(found(&items), [""; 0]);
    let text = bank()[1].replace("kind = \"single\"", "kind = \"multiple\"");
    let multiple = text.replacen("why = \"不是。\"", "right = true", 1)
        + "[[item.option]]\nid = \"d\"\ntext = \"以上均不对\"\nwhy = \"不是。\"\n";
    items = bank();
    items[1] = multiple;
    assert_eq!(found(&items), ["giveaway-all"]);
}

#[test]
fn a_stem_that_answers_another_item_is_told_unless_the_two_never_meet() {
    let mut items = bank();
    items[0] = single(
        0,
        0,
        [
            "由乡镇人民政府和街道办事处",
            "由居民委员会和村民委员会",
            "由物业服务企业和业主大会",
        ],
    );
    assert_eq!(found(&items), [""; 0]);
    items[1] = items[1].replace("stem = \"", "stem = \"由乡镇人民政府和街道办事处派人检查，");
    assert_eq!(found(&items), ["giveaway-stem"]);
    for item in &mut items[..2] {
        *item = item.replace("topics", "group = \"派人\"\ntopics");
    }
    assert_eq!(found(&items), [""; 0]);
}

#[test]
fn twins_are_told_and_opposite_statements_are_none() {
    let mut items = bank();
    items[3] = items[0].replace("one-010", "one-090").replace("甲种", "丁种");
    assert_eq!(found(&items), ["giveaway-twin"]);
    let statement = |id: &str, change: &str, answer: bool| {
        format!(
            "\n[[item]]\nid = \"{id}\"\nrevision = 1\nkind = \"true-false\"\ntopics = [\"责任\"]\ndifficulty = 1\nstem = \
             \"生产经营单位{change}为从业人员提供符合标准的劳动防护用品并且监督佩戴和使用。\"\nanswer = {answer}\nwhy = \
             \"见条文。\"\nbasis = {{ article = [\"fa@2021-06-10#5\"] }}\nexplanation = \"说了。\"\n"
        )
    };
    let pair = |second: bool| {
        let mut items = bank();
        items.push(statement("one-091", "应当", true));
        items.push(statement("one-092", "不必", second));
        found(&items)
    };
    assert_eq!(pair(true), ["giveaway-twin"]);
    assert_eq!(pair(false), [""; 0]);
}

const TEXT: &str = r#"{"id":"fa","title":"某安全法","version":"2021-06-10","effective":"2021-09-01","articles":[
    {"n":3,"text":"一款。\n二款。"},{"n":5,"text":"处二万元以上五万元以下的罚款；\n三十日内改正。"},{"n":7,"text":"十年。"},
    {"n":9,"text":"一款。"}]}"#;

fn unproven(spoil: &[(&str, &str)]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("fa.json"), TEXT).unwrap();
    let fixture = Fixture::new();
    for (from, to) in spoil {
        fixture.edit(BANK, from, to);
    }
    short(&texts::check(&fixture.load().0, folder.path()))
}

#[test]
fn figures_of_right_answers_and_explanations_stand_in_a_cited_article_or_are_explained() {
    let figure = ["one/items.toml:1 figure"];
    let explain = |text: &'static str| ("第五条说了。", text);
    let nothing: [&str; 0] = [];
    assert_eq!(unproven(&[]), nothing);
    assert_eq!(unproven(&[explain("罚2万元至5万元，30天内改正。")]), nothing);
    assert_eq!(unproven(&[explain("罚两万元至六万元。")]), figure);
    // In another article, which is not cited.
    assert_eq!(unproven(&[explain("十年。")]), figure);
    // A fact of the case, and what is calculated from it.
    assert_eq!(unproven(&[explain("十年。"), ("谁是", "他干了十年，谁是")]), nothing);
    let with = |line: &str| {
        let text = format!("罚十万元。\"\nderived = [\"{line}\"]");
        unproven(&[("第五条说了。\"", &text)])
    };
    assert_eq!(with("10万元：五万元的两倍"), nothing);
    assert_eq!(
        with("11万元：五万元的两倍"),
        ["one/items.toml:1 figure", "one/items.toml:1 figure-derived"]
    );
    assert_eq!(
        with("10万元："),
        ["one/items.toml:1 figure", "one/items.toml:1 figure-derived"]
    );
    // An explanation of a figure that is proven without it.
    assert_eq!(
        unproven(&[("第五条说了。\"", "罚五万元。\"\nderived = [\"5万元：想来的\"]")]),
        ["one/items.toml:1 figure-derived"]
    );
    // Right options are held to it, wrong ones are not.
    assert_eq!(unproven(&[("主要负责人", "三名主要负责人")]), figure);
    assert_eq!(unproven(&[("安全员", "三名安全员")]), nothing);
    // A statement to be judged right, and one to be judged wrong.
    let statement = ["one/items.toml:23 figure"];
    assert_eq!(
        unproven(&[("老板不管安全。", "四年一次。"), ("answer = false", "answer = true")]),
        statement
    );
    assert_eq!(unproven(&[("老板不管安全。", "四年一次。")]), nothing);
    assert_eq!(unproven(&[("老板要管。", "是四年。")]), statement);
    // Of a text that is not at hand the note vouches.
    assert_eq!(
        unproven(&[("老板要管。", "是四年。"), ("未见原文。", "未见原文，四年据转述。")]),
        nothing
    );
}
