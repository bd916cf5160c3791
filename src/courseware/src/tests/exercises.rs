//! Content with everything in it: each kind of item, a picture, stock, exams and a contest.

use super::fixture::Fixture;
use crate::lock;
use std::fmt::Write;

pub(super) const MIX: &str = "exercises/mix/items.toml";
pub(super) const SCENE: &str = "exercises/scene/items.toml";
pub(super) const PICTURE: &str = "exercises/scene/shop.svg";
pub(super) const CASE: &str = "exercises/case/items.toml";
pub(super) const STOCK: &str = "stock/one/items.toml";
pub(super) const LABELLED: &str = "stock/one/bank.toml";
pub(super) const EXAM: &str = "one/exam.toml";
pub(super) const CONTEST: &str = "contests/quick.toml";

const MIXED: &str = r#"[[item]]
id = "x-fill"
revision = 1
kind = "fill"
topics = ["时限"]
difficulty = 2
stem = "限 {a} 内报告，由 {b} 决定。"
basis = { article = ["fa@2021-06-10#2"] }
explanation = "第二条说了。"
[[item.blank]]
id = "a"
number = "30"
tolerance = "0.5"
unit = ["日", "天"]
why = "常写成六十。"
[[item.blank]]
id = "b"
text = ["区政府", "区人民政府"]
why = "常写成街道。"

[[item]]
id = "x-order"
revision = 1
kind = "ordering"
group = "steps"
topics = ["程序"]
difficulty = 3
stem = "排好。"
basis = { article = ["fa@2021-06-10#3"] }
explanation = "先立后决。"
[[item.step]]
id = "file"
text = "立案"
[[item.step]]
id = "ask"
text = "询问"
[[item.step]]
id = "look"
text = "勘验"
parallel = true
[[item.step]]
id = "decide"
text = "决定"

[[item]]
id = "x-match"
revision = 1
kind = "matching"
topics = ["职责"]
difficulty = 2
stem = "配好。"
basis = { article = ["fa@2021-06-10#5"] }
explanation = "各管各的。"
[[item.prompt]]
id = "p1"
text = "锁门"
target = "t1"
why = "出口的事。"
[[item.prompt]]
id = "p2"
text = "漏气"
target = "t2"
why = "燃气的事。"
[[item.target]]
id = "t1"
text = "消防"
[[item.target]]
id = "t2"
text = "燃气"
[[item.target]]
id = "t3"
text = "教育"

[[item]]
id = "x-penalty"
revision = 1
kind = "penalty"
topics = ["裁量"]
difficulty = 4
stem = "案情如此（虚构）。"
basis = { article = ["fa@2021-06-10#7"] }
explanation = "逐项判断。"
[[item.part]]
id = "who"
ask = "谁决定？"
weight = 1
[[item.part.option]]
id = "a"
text = "区局"
right = true
[[item.part.option]]
id = "b"
text = "街道"
why = "没有下放。"
[[item.part.option]]
id = "c"
text = "市局"
why = "不归它。"
[[item.part]]
id = "what"
ask = "给什么？"
weight = 2
many = true
[[item.part.option]]
id = "a"
text = "罚款"
right = true
[[item.part.option]]
id = "b"
text = "整顿"
right = true
[[item.part.option]]
id = "c"
text = "拘留"
why = "没有设。"
[[item.part.option]]
id = "d"
text = "吊照"
why = "没有设。"
[[item.part]]
id = "sum"
ask = "多少？"
weight = 5
from = "20000"
to = "50000"
unit = ["元"]
why = "常用错一档。"

[[item]]
id = "x-essay"
revision = 1
kind = "essay"
topics = ["报告"]
difficulty = 5
stem = "写一份报告。"
basis = { practice = "写作没有条文。" }
explanation = "看结构。"
min = 200
max = 3000
[[item.rubric]]
id = "form"
title = "结构"
points = 40
text = "齐全。"
[[item.rubric]]
id = "facts"
title = "事实"
points = 60
text = "准确。"
"#;

const EXERCISES: &str = r#"id = "xb-SLUG"
slug = "SLUG"
status = "active"
title = { zh = "练习", en = "Exercises" }
summary = { zh = "练一练。" }
"#;

const STOCKED: &str = r#"[[item]]
id = "xs-001"
revision = 1
kind = "true-false"
topics = ["责任"]
difficulty = 1
stem = "密封的陈述。"
answer = true
why = "密封的理由。"
basis = { article = ["fa@2021-06-10#5"] }
explanation = "密封的解释。"

[[item]]
id = "xs-002"
revision = 1
kind = "ordering"
topics = ["程序"]
difficulty = 3
stem = "密封的排序。"
basis = { cited = ["biaozhun@2005-10-01"], certainty = "high", note = "未见原文。" }
explanation = "密封的次序。"
[[item.step]]
id = "k3"
text = "甲步"
[[item.step]]
id = "k1"
text = "乙步"
[[item.step]]
id = "k2"
text = "丙步"
"#;

const STOCK_BANK: &str = r#"id = "st-one"
slug = "one"
title = { zh = "训练题" }
label = "公开题库，不得用于正式比赛"
status = "active"
"#;

const UNIT: &str = r#"minutes = 30
pass = 60
must = ["one-001"]

[[section]]
title = "单选题"
kinds = ["single"]
count = 1
each = "1.5"

[[section]]
title = "判断题"
difficulty = [1, 2]
topics = ["责任"]
points = 2
each = 2

[assessment]
stock = "one"
retakes = 2
wait = 30
[[assessment.section]]
title = "判断题"
kinds = ["true-false"]
count = 1
each = 1
[[assessment.section]]
title = "排序题"
kinds = ["ordering"]
count = 1
each = 2
"#;

const QUICK: &str = r#"id = "quick"
title = { zh = "快赛", en = "Quick" }
summary = { zh = "比一比。" }
minutes = 10
pass = 60

[[part]]
bank = "shop"
[[part.section]]
title = "多选题"
count = 1
each = 2

[[part]]
bank = "mix"
[[part.section]]
title = "填空题"
kinds = ["fill"]
count = 1
each = 2
"#;

/// A document with twelve passages, three of them faulty.
fn document() -> String {
    let mut text = String::from(
        r#"
[[item]]
id = "x-proof"
revision = 1
kind = "proofreading"
topics = ["文书"]
difficulty = 3
stem = "找错。"
basis = { article = ["fa@2021-06-10#8"] }
explanation = "错了三处。"
document = "现场检查记录"
"#,
    );
    for reason in ["law", "time", "name"] {
        let _ = write!(text, "[[item.reason]]\nid = \"{reason}\"\ntext = \"错在{reason}\"\n");
    }
    for passage in 1..=12 {
        let _ = write!(
            text,
            "[[item.passage]]\nid = \"p{passage:02}\"\ntext = \"第{passage}句。\"\n"
        );
        if passage % 4 == 0 {
            text += "reason = \"law\"\ncorrect = \"应另写。\"\nwhy = \"条文不对。\"\nbasis = { article = [\"fa@2021-06-10#9\"] }\n";
        }
    }
    text
}

/// A picture of sixteen regions in two rows: `r01` to `r16`, each on a line of its own from line 3.
pub(super) fn picture() -> String {
    let mut text =
        String::from("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 328 120\">\n<title>小店</title>\n");
    for place in 0..16 {
        let (x, y) = (place % 8 * 40, place / 8 * 60);
        let (region, cx) = (place + 1, x + 16);
        let _ = writeln!(
            text,
            "<g id=\"r{region:02}\"><rect class=\"hit\" x=\"{x}\" y=\"{y}\" width=\"36\" height=\"40\"/> \
             <circle class=\"c-fire c-line\" cx=\"{cx}\" cy=\"{y}\" r=\"8\"/></g>"
        );
    }
    text + "</svg>\n"
}

/// A scene of that picture: the first `hazards` regions are hazards, the others are in order.
pub(super) fn scene(hazards: usize) -> String {
    let mut text = String::from(
        r#"[[item]]
id = "x-scene"
revision = 1
kind = "hazard"
topics = ["出口"]
difficulty = 3
stem = "找隐患。"
basis = { article = ["fa@2021-06-10#5"] }
explanation = "看一圈。"
scene = "shop.svg"
"#,
    );
    for category in ["gas", "exit", "power"] {
        let _ = write!(
            text,
            "[[item.category]]\nid = \"{category}\"\ntext = \"类别{category}\"\n"
        );
    }
    for (place, ground) in ["g1", "g2", "g3", "g4"].into_iter().enumerate() {
        let _ = write!(text, "[[item.ground]]\nid = \"{ground}\"\ntext = \"依据{ground}\"\n");
        if place == 0 {
            text += "cite = \"fa@2021-06-10#4\"\n";
        }
    }
    for region in 1..=16 {
        let _ = write!(
            text,
            "[[item.region]]\nid = \"r{region:02}\"\nlabel = \"物件{region}\"\n"
        );
        if region <= hazards {
            let (category, ground) = (["gas", "exit", "power"][region % 3], region % 4 + 1);
            let _ = write!(
                text,
                "category = \"{category}\"\nground = \"g{ground}\"\nfinding = \"看到。\"\nwhy = \"危险。\"\n\
                 basis = {{ article = [\"fa@2021-06-10#6\"] }}\n"
            );
        } else {
            text += "fine = \"没有问题。\"\n";
        }
    }
    text
}

/// A case of so many situations and two ends, in which every other choice is a dead end.
pub(super) fn case(situations: usize) -> String {
    const CRITERIA: [&str; 7] = [
        "plan",
        "conduct",
        "procedure",
        "evidence",
        "law",
        "documents",
        "discretion",
    ];
    let best: Vec<String> = (1..=situations).map(|place| format!("\"go-{place:02}\"")).collect();
    let mut text = format!(
        r#"[[item]]
id = "x-case"
revision = 1
kind = "branching"
topics = ["检查"]
difficulty = 4
stem = "你来办（虚构）。"
basis = {{ article = ["fa@2021-06-10#5"] }}
explanation = "一步一步来。"
start = "s-01"
best = [{}]
[[item.evidence]]
id = "photo"
text = "照片"
"#,
        best.join(", ")
    );
    for place in 1..=situations {
        let next = if place == situations {
            "e-good".into()
        } else {
            format!("s-{:02}", place + 1)
        };
        let award = CRITERIA[place % 7];
        let more = match place {
            1 => "gain = [\"photo\"]\n",
            2 => "needs = [\"photo\"]\n",
            3 => "basis = { article = [\"fa@2021-06-10#1\"] }\n",
            _ => "",
        };
        let _ = write!(
            text,
            "[[item.situation]]\nid = \"s-{place:02}\"\ntext = \"到了第{place}步。\"\n\
             [[item.situation.choice]]\nid = \"go-{place:02}\"\ntext = \"照办\"\nto = \"{next}\"\n{more}award = {{ {award} = 1 }}\nnote = \"好。\"\n\
             [[item.situation.choice]]\nid = \"no-{place:02}\"\ntext = \"不办\"\nto = \"e-bad\"\nnote = \"不好。\"\n"
        );
    }
    text + "[[item.situation]]\nid = \"e-good\"\ntext = \"办成了。\"\nend = \"good\"\n\
            [[item.situation]]\nid = \"e-bad\"\ntext = \"办砸了。\"\nend = \"bad\"\ndebrief = \"记住。\"\n"
}

impl Fixture {
    /// The small fixture, and one of everything else, all sound and locked.
    pub(super) fn full() -> Self {
        let fixture = Self::new();
        for slug in ["mix", "scene", "case"] {
            fixture.write(&format!("exercises/{slug}/bank.toml"), EXERCISES.replace("SLUG", slug));
        }
        fixture.write(MIX, format!("{MIXED}{}", document()));
        fixture.write(SCENE, scene(8));
        fixture.write(PICTURE, picture());
        fixture.write(CASE, case(11));
        fixture.write(LABELLED, STOCK_BANK);
        fixture.write(STOCK, STOCKED);
        fixture.write(EXAM, UNIT);
        fixture.write(CONTEST, QUICK);
        lock::write(fixture.path()).unwrap();
        fixture
    }
}
