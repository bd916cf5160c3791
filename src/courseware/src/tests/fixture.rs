//! A small sound content folder in a temporary place, to be spoiled by the tests.

use crate::diagnostic::Diagnostic;
use crate::{Content, Options, load, lock};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

pub(super) const REGULATIONS: &str = r#"[[regulation]]
id = "fa"
title = "某安全法"
short = "安全法"
issuer = "某机关"
kind = "law"
version = "2021-06-10"
effective = "2021-09-01"
articles = 9
text = true
source = "https://flk.npc.gov.cn/"

[[regulation]]
id = "biaozhun"
title = "某标准"
short = "某标准"
issuer = "某部"
kind = "standard"
version = "2005-10-01"
text = false
source = "https://www.mem.gov.cn/"
certainty = "high"
"#;

pub(super) const COURSE: &str = r#"id = "c-one"
slug = "one"
status = "active"
kind = "onboarding"
hours = 2
title = { zh = "第一门课", en = "First course" }
summary = { zh = "讲一件事" }
audience = { roles = ["inspector"], industries = [] }
objectives = ["能说出一件事"]
prerequisites = []
lessons = ["01-first"]
"#;

pub(super) const LESSON: &str = r#"+++
id = "l-one-01"
title = { zh = "第一课" }
minutes = 10
objectives = ["能说出一件事"]
citations = ["fa@2021-06-10#3", "fa@2021-06-10#5.1"]
meaning = "大白话。"
+++
## 开头

看[第三条](cite:fa@2021-06-10#3)。

{{check one-001}}

结尾。
"#;

pub(super) const ITEMS: &str = r#"[[item]]
id = "one-001"
revision = 1
kind = "single"
topics = ["责任"]
difficulty = 2
stem = "谁是第一责任人？"
basis = { article = ["fa@2021-06-10#5"] }
explanation = "第五条说了。"
[[item.option]]
id = "a"
text = "主要负责人"
right = true
[[item.option]]
id = "b"
text = "安全员"
why = "他只是协助。"
[[item.option]]
id = "c"
text = "门卫"
why = "与他无关。"

[[item]]
id = "one-002"
revision = 1
kind = "true-false"
topics = ["责任"]
difficulty = 1
stem = "老板不管安全。"
answer = false
why = "老板要管。"
basis = { cited = ["biaozhun@2005-10-01"], certainty = "high", note = "未见原文。" }
explanation = "要管。"
"#;

pub(super) const VENUES: &str = r#"note = "工作清单。"

[[venue]]
slug = "shop"
title = { zh = "小店" }
ready = true

[[venue]]
slug = "school"
title = { zh = "小学校" }
ready = false
"#;

pub(super) const VENUE: &str = r#"id = "v-shop"
slug = "shop"
title = { zh = "小店" }
summary = { zh = "看小店" }
scope = "小的店。"

[[section]]
id = "exit"
title = { zh = "出口" }

[[check]]
id = "shop-exit-01"
revision = 1
section = "exit"
title = "门能开"
look = "看门。"
how = "推门。"
violation = "推不开。"
basis = { article = ["fa@2021-06-10#7"] }
authority = ["fire-rescue"]
handover = "移交。"
stop = false
"#;

pub(super) const VENUE_ITEMS: &str = r#"[[item]]
id = "shop-001"
revision = 1
kind = "multiple"
topics = ["出口"]
difficulty = 3
stem = "哪些要看？"
basis = { practice = "多年的做法。" }
explanation = "门和窗都要看。"
[[item.option]]
id = "a"
text = "门"
right = true
[[item.option]]
id = "b"
text = "窗"
right = true
[[item.option]]
id = "c"
text = "菜单"
why = "与安全无关。"
[[item.option]]
id = "d"
text = "以上都是"
why = "菜单不是。"
pin = true
"#;

/// A content folder that is removed when it is dropped.
pub(super) struct Fixture {
    folder: TempDir,
}

impl Fixture {
    /// A course of one lesson and two items, a handbook of one ready venue, all sound and locked.
    pub(super) fn new() -> Self {
        let fixture = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        for (file, text) in [
            ("regulations.toml", REGULATIONS),
            ("one/course.toml", COURSE),
            ("one/01-first.md", LESSON),
            ("one/items.toml", ITEMS),
            ("handbook/venues.toml", VENUES),
            ("handbook/shop/venue.toml", VENUE),
            ("handbook/shop/items.toml", VENUE_ITEMS),
        ] {
            fixture.write(file, text);
        }
        lock::write(fixture.path()).unwrap();
        fixture
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn write(&self, file: &str, text: impl AsRef<[u8]>) {
        let path = self.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(super) fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path().join(file)).unwrap()
    }

    /// Replaces the first `from` in the file, which must be there.
    pub(super) fn edit(&self, file: &str, from: &str, to: &str) {
        let text = self.read(file);
        assert!(text.contains(from), "{file} has no `{from}`");
        self.write(file, text.replacen(from, to, 1));
    }

    pub(super) fn remove(&self, path: &str) {
        let path = self.path().join(path);
        if path.is_dir() {
            fs::remove_dir_all(path).unwrap();
        } else {
            fs::remove_file(path).unwrap();
        }
    }

    pub(super) fn load(&self) -> (Content, Vec<Diagnostic>) {
        load(self.path(), Options::default())
    }

    /// `file:line rule` of every diagnostic.
    pub(super) fn problems(&self) -> Vec<String> {
        short(&self.load().1)
    }
}

/// `file:line rule` of every diagnostic.
pub(super) fn short(diagnostics: &[Diagnostic]) -> Vec<String> {
    diagnostics
        .iter()
        .map(|found| format!("{} {}", found.place, found.rule))
        .collect()
}
