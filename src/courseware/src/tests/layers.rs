//! A deployment's own content over the built-in one: what is added, what is overridden, what is refused.

use super::fixture::{COURSE, Fixture, ITEMS, LESSON, VENUE, VENUE_ITEMS, short};
use crate::layers::{Files, Layer, merged};
use crate::{Options, lock};
use std::fs;
use tempfile::TempDir;

/// A folder of a deployment's own.
struct Own(TempDir);

impl Own {
    fn of(files: &[(&str, String)]) -> Self {
        let own = Self(tempfile::tempdir().unwrap());
        for (file, text) in files {
            let path = own.0.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        own
    }

    fn layers(&self, base: &Fixture) -> Vec<Layer> {
        vec![
            Layer::folder(base.path()).built_in(),
            Layer::folder(self.0.path()).deployment(),
        ]
    }

    fn problems(&self, base: &Fixture) -> Vec<String> {
        short(&crate::load_layers(&self.layers(base), Options::default()).1)
    }
}

/// The course of the fixture with other items: `from` becomes `to`.
fn course(from: &str, to: &str) -> Vec<(&'static str, String)> {
    vec![
        ("one/course.toml", COURSE.into()),
        ("one/01-first.md", LESSON.into()),
        ("one/items.toml", ITEMS.replace(from, to)),
    ]
}

/// Another course, with a bank of one item.
fn second() -> Vec<(&'static str, String)> {
    let items = ITEMS.replace("one-00", "two-00").replace("谁是", "谁才是");
    vec![
        (
            "two/course.toml",
            COURSE
                .replace("c-one", "c-two")
                .replace("\"one\"", "\"two\"")
                .replace("第一门", "第二门"),
        ),
        (
            "two/01-first.md",
            LESSON.replace("l-one-01", "l-two-01").replace("one-001", "two-001"),
        ),
        ("two/items.toml", items),
    ]
}

#[test]
fn a_course_of_a_deployment_is_added_and_nobody_has_to_lock_it() {
    let (base, own) = (Fixture::new(), Own::of(&second()));
    let (content, problems) = crate::load_layers(&own.layers(&base), Options::default());
    assert_eq!(short(&problems), [""; 0]);
    let courses: Vec<&str> = content.courses.iter().map(|course| course.id.as_str()).collect();
    assert_eq!(courses, ["c-one", "c-two"]);
    assert_eq!(content.venues.len(), 2, "what is built in stays");
    // The same without any built-in content lacks what it cites.
    let alone = [Layer::folder(own.0.path()).deployment()];
    let problems = crate::load_layers(&alone, Options::default()).1;
    assert!(short(&problems).contains(&"regulations.toml:1 file-missing".to_owned()));
}

#[test]
fn a_course_with_the_same_id_takes_the_place_of_the_built_in_one_whatever_its_folder() {
    let base = Fixture::new();
    let raised = course("revision = 1\nkind = \"single\"", "revision = 2\nkind = \"single\"");
    let (content, problems) = crate::load_layers(&Own::of(&raised).layers(&base), Options::default());
    assert_eq!(short(&problems), [""; 0]);
    assert_eq!(
        (content.courses.len(), content.courses[0].bank.items[0].form.revision),
        (1, 2)
    );
    let moved: Vec<(&str, String)> = raised
        .iter()
        .map(|(file, text)| match *file {
            "one/course.toml" => ("uno/course.toml", text.replace("slug = \"one\"", "slug = \"uno\"")),
            "one/01-first.md" => ("uno/01-first.md", text.clone()),
            _ => ("uno/items.toml", text.clone()),
        })
        .collect();
    let (content, problems) = crate::load_layers(&Own::of(&moved).layers(&base), Options::default());
    assert_eq!(short(&problems), [""; 0]);
    let slugs: Vec<&str> = content.courses.iter().map(|course| course.slug.as_str()).collect();
    assert_eq!(slugs, ["uno"]);
    // The same folder under another id is a mistake, not an override.
    let mut other = course("", "");
    other[0].1 = COURSE.replace("c-one", "c-uno");
    assert_eq!(Own::of(&other).problems(&base), ["one/course.toml:1 id-duplicate"]);
}

#[test]
fn changed_lowered_and_taken_ids_of_the_built_in_content_are_told() {
    let base = Fixture::new();
    for (from, to, expected) in [
        ("", "", vec![]),
        ("老板不管安全", "老板不管", vec!["one/items.toml:23 lock-changed"]),
        // What an override leaves out is its owner's business.
        ("id = \"one-002\"", "id = \"own-002\"", vec![]),
        (
            "id = \"one-002\"",
            "id = \"shop-001\"",
            vec!["one/items.toml:24 id-duplicate"],
        ),
    ] {
        let own = Own::of(&course(from, to));
        assert_eq!(own.problems(&base), expected, "{from} -> {to}");
    }
    let mut retired = course("", "");
    retired.push(("items.lock", "retired one-002\n".into()));
    assert_eq!(Own::of(&retired).problems(&base), ["one/items.toml:23 lock-retired"]);
    let mut locked = course("", "");
    locked.push(("items.lock", format!("own-009@1 {}\n", "0".repeat(32))));
    assert_eq!(Own::of(&locked).problems(&base), ["items.lock:1 lock-vanished"]);
}

#[test]
fn the_registry_and_the_list_of_venues_are_joined_entry_by_entry() {
    let base = Fixture::new();
    let regulations = "[[regulation]]\nid = \"fa\"\ntitle = \"某安全法\"\nshort = \"新安全法\"\nissuer = \"某机关\"\nkind = \"law\"\n\
        version = \"2021-06-10\"\narticles = 9\ntext = true\nsource = \"https://flk.npc.gov.cn/\"\n\n\
        [[regulation]]\nid = \"own\"\ntitle = \"本区办法\"\nshort = \"本区办法\"\nissuer = \"本区\"\nkind = \"normative-document\"\n\
        version = \"2025-01-01\"\narticles = 3\ntext = true\nsource = \"https://example.cn/\"\n";
    let venues = "[[venue]]\nslug = \"kiosk\"\ntitle = { zh = \"小亭\" }\nready = true\n\n\
        [[venue]]\nslug = \"school\"\ntitle = { zh = \"小学堂\" }\nready = false\n";
    let kiosk = |text: &str| {
        text.replace("shop", "kiosk")
            .replace("小店", "小亭")
            .replace("fa@2021-06-10", "own@2025-01-01")
            .replace("#7", "#3")
    };
    let own = Own::of(&[
        ("regulations.toml", regulations.into()),
        ("handbook/venues.toml", venues.into()),
        ("handbook/kiosk/venue.toml", kiosk(VENUE)),
        ("handbook/kiosk/items.toml", kiosk(VENUE_ITEMS)),
    ]);
    let layers = own.layers(&base);
    let (content, problems) = crate::load_layers(&layers, Options::default());
    assert_eq!(short(&problems), [""; 0]);
    let shorts: Vec<&str> = content
        .regulations
        .iter()
        .map(|known| known.form.short.as_str())
        .collect();
    assert_eq!(shorts, ["新安全法", "某标准", "本区办法"]);
    let listed: Vec<(&str, &str)> = content
        .venues
        .iter()
        .map(|venue| (venue.slug.as_str(), venue.title.zh.as_str()))
        .collect();
    assert_eq!(listed, [("shop", "小店"), ("school", "小学堂"), ("kiosk", "小亭")]);
    assert_eq!(content.venues_note, "工作清单。");
    // A mistake says in which of the two files it is.
    let wrong = Own::of(&[("regulations.toml", regulations.replace("articles = 3", "articles = 0"))]);
    assert_eq!(wrong.problems(&base), ["regulations.toml:19 field-value"]);
}

#[test]
fn layers_become_one_folder_that_says_the_same() {
    let base = Fixture::new();
    let venues = "[[venue]]\nslug = \"school\"\ntitle = { zh = \"小学堂\" }\nready = false\n";
    let first = Own::of(&[second(), vec![("handbook/venues.toml", venues.into())]].concat());
    let raised = course("revision = 1\nkind = \"single\"", "revision = 2\nkind = \"single\"");
    let again = Own::of(&[raised, vec![("handbook/venues.toml", venues.replace("小学堂", "小学"))]].concat());
    let whole = [
        Layer::folder(base.path()).built_in(),
        Layer::folder(first.0.path()).installed(),
        Layer::folder(again.0.path()).deployment(),
    ];
    let (content, problems) = crate::load_layers(&whole, Options::default());
    assert_eq!(short(&problems), [""; 0]);
    let text = lock::of_deployment(&whole, &content);
    assert!(text.contains("one-001@2 ") && text.contains("two-001@1 ") && !text.contains("shop-001"));
    let files: Files = merged(&whole[1..], text).unwrap();
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "handbook/venues.toml",
            "items.lock",
            "one/01-first.md",
            "one/course.toml",
            "one/items.toml",
            "two/01-first.md",
            "two/course.toml",
            "two/items.toml"
        ]
    );
    let installed = [whole[0].clone(), Layer::memory(files).installed()];
    let (same, problems) = crate::load_layers(&installed, Options::default());
    assert_eq!(short(&problems), [""; 0]);
    let day = domain::time::Day(20_000);
    let packs = |content| crate::packs::build(content, day).unwrap().files;
    assert!(packs(&content) == packs(&same), "the same packs");
    assert_eq!(same.venues[1].title.zh, "小学");
    // What was locked when it was installed may not change under the same revision any more.
    let changed = Own::of(&course("谁是第一责任人", "谁是责任人"));
    let layers = [installed.to_vec(), vec![Layer::folder(changed.0.path()).deployment()]].concat();
    let problems = short(&crate::load_layers(&layers, Options::default()).1);
    assert_eq!(problems, ["one/items.toml:1 lock-lowered"]);
}

#[test]
fn what_an_override_breaks_in_the_built_in_content_is_told_as_such() {
    let base = Fixture::new();
    base.write(
        "contests/all.toml",
        "id = \"all\"\ntitle = { zh = \"比武\" }\nsummary = { zh = \"练习\" }\nminutes = 10\npass = 60\n\n[[part]]\nbank = \"one\"\n\
        [[part.section]]\ntitle = \"判断\"\nkinds = [\"true-false\"]\ncount = 1\neach = 1\n",
    );
    let mut own = course("id = \"one-002\"", "id = \"one-003\"");
    own[2].1 = ITEMS.split("[[item]]").take(2).collect::<Vec<_>>().join("[[item]]");
    assert_eq!(
        Own::of(&own).problems(&base),
        ["built-in:contests/all.toml:9 exam-fill"]
    );
    // A file that no format knows is the deployment's own, and so is a bank with a label of its own.
    let own = Own::of(&[("notes.txt", "x".into())]);
    assert_eq!(own.problems(&base), ["notes.txt:1 file-unknown"]);
}

#[test]
fn a_deployments_bank_for_assessments_bears_its_own_label() {
    let base = Fixture::new();
    let bank = "id = \"st-own\"\nslug = \"own\"\ntitle = { zh = \"本区考核题\" }\nlabel = \"本区正式题库\"\nstatus = \"active\"\n";
    let items = ITEMS.split("[[item]]").take(2).collect::<Vec<_>>().join("[[item]]");
    let files = [
        ("stock/own/bank.toml", bank.to_owned()),
        ("stock/own/items.toml", items.replace("one-001", "own-001")),
    ];
    let own = Own::of(&files);
    assert_eq!(own.problems(&base), [""; 0]);
    let project = short(&crate::load_layers(&[Layer::folder(own.0.path())], Options::default()).1);
    assert!(
        project.contains(&"stock/own/bank.toml:4 stock-label".to_owned()),
        "{project:?}"
    );
}
