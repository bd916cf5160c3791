//! Packs and the export: what leaves the crate.

use super::fixture::Fixture;
use crate::packs::{self, Pack, PackError, Packs};
use crate::{Content, Options, export, load, stale};
use domain::time::Day;
use serde_json::Value;
use std::collections::HashMap;
use std::path::Path;
use wire::catalogue::Catalogue;
use wire::search::SearchPack;

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn build(content: &Content) -> Packs {
    packs::build(content, day("2026-05-01")).unwrap()
}

fn project() -> Content {
    load(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("../../courses"),
        Options::default(),
    )
    .0
}

fn by_hash(packs: &Packs, hash: &str) -> Pack {
    let file = packs
        .files
        .iter()
        .find(|(path, _)| *path == format!("packs/{hash}.json"));
    packs::read(hash.parse().unwrap(), &file.unwrap().1).unwrap()
}

#[test]
fn the_same_content_gives_the_same_bytes() {
    for (one, two) in [
        (project(), project()),
        (Fixture::new().load().0, Fixture::new().load().0),
    ] {
        let (one, two) = (build(&one), build(&two));
        assert_eq!(one.files, two.files);
        assert_eq!(one.catalogue_json().unwrap(), two.catalogue_json().unwrap());
    }
    let fixture = Fixture::new();
    let before = build(&fixture.load().0);
    fixture.edit("one/items.toml", "谁是第一责任人？", "第一责任人是谁？");
    let after = build(&fixture.load().0);
    assert_ne!(
        before.catalogue.courses[0].bank.pack,
        after.catalogue.courses[0].bank.pack
    );
    assert_eq!(before.catalogue.courses[0].pack, after.catalogue.courses[0].pack);
}

#[test]
fn every_pack_of_the_project_is_read_back() {
    let content = project();
    let packs = build(&content);
    let catalogue = Catalogue::read(&packs.catalogue_json().unwrap()).unwrap();
    assert_eq!(catalogue, packs.catalogue);
    for course in &catalogue.courses {
        let Pack::Course(pack) = by_hash(&packs, &course.pack) else {
            panic!("{} has no lessons", course.slug)
        };
        assert_eq!(pack.lessons.len(), course.lessons.len());
        let cited = pack.lessons.iter().flat_map(|lesson| &lesson.citations);
        assert!(cited.clone().count() > 0);
        for citation in cited {
            assert!(
                pack.regulations.contains_key(citation.split('#').next().unwrap()),
                "{citation}"
            );
        }
    }
    assert!(packs.stale.is_empty(), "{:?}", packs.stale);
    for (entry, title) in catalogue.banks() {
        let Pack::Bank(bank) = by_hash(&packs, &entry.pack) else {
            panic!("{} is no bank", entry.id)
        };
        assert_eq!(
            (bank.id.as_str(), bank.items.len(), &bank.title),
            (entry.id.as_str(), entry.items, title)
        );
        for citation in bank.items.values().flat_map(|item| item.basis.citations()) {
            assert!(
                bank.regulations
                    .contains_key(&format!("{}@{}", citation.regulation, citation.version))
            );
        }
    }
    for venue in catalogue.venues.iter().filter(|venue| venue.pack.is_some()) {
        let Pack::Venue(pack) = by_hash(&packs, venue.pack.as_ref().unwrap()) else {
            panic!("{}", venue.slug)
        };
        assert_eq!(
            pack.sections.iter().map(|section| section.checks.len()).sum::<usize>(),
            venue.checks
        );
    }
    let Pack::Registry(registry) = by_hash(&packs, &catalogue.registry) else {
        panic!("no registry")
    };
    assert_eq!(registry.regulations.len(), content.regulations.len());
    assert_eq!(
        packs.files.len(),
        // The registry, the exams and the index for searching are one file each.
        catalogue.courses.len() * 2 + venues(&catalogue) * 2 + catalogue.exercises.len() + 3
    );
    let Pack::Search(index) = by_hash(&packs, &catalogue.search) else {
        panic!("no index")
    };
    searched(&content, &catalogue, &index);
}

/// Everything that is offered can be looked up by its title, and no item gives itself away.
fn searched(content: &Content, catalogue: &Catalogue, index: &SearchPack) {
    let found = |kind: &str, path: &str| {
        let mut entries = index.entries.iter().filter(|entry| entry.kind == kind);
        let entry = entries.find(|entry| entry.path == path);
        entry.unwrap_or_else(|| panic!("{kind} {path} cannot be found"))
    };
    let mut count = 0;
    for course in &catalogue.courses {
        assert_eq!(
            found("course", &format!("courses/{}", course.slug)).title,
            course.title.zh
        );
        for lesson in &course.lessons {
            let entry = found("lesson", &format!("courses/{}/{}", course.slug, lesson.slug));
            assert!(entry.text.chars().count() > 100, "{} has no text", entry.path);
            assert!(!entry.text.contains("<p"), "{} has markup", entry.path);
            count += 1;
        }
        count += 1;
    }
    let checks: usize = catalogue.venues.iter().map(|venue| venue.checks).sum();
    for known in &content.regulations {
        let entry = found(
            "regulation",
            &format!("regulations/{}?v={}", known.form.id, known.form.version),
        );
        assert!(!entry.keys.is_empty(), "{} has no reading", entry.title);
    }
    assert_eq!(index.entries.len(), count + checks + content.regulations.len());
    let law = found("regulation", "regulations/anquan-shengchan-fa?v=2021-06-10");
    assert!(law.keys.split(' ').any(|key| key == "aqscf"), "{}", law.keys);
    let texts: String = index.entries.iter().map(|entry| entry.text.as_str()).collect();
    for item in content.items() {
        for words in [&item.item.stem, &item.item.explanation] {
            assert!(!texts.contains(words.as_str()), "{} stands in the index", item.item.id);
        }
    }
}

fn venues(catalogue: &Catalogue) -> usize {
    catalogue.venues.iter().filter(|venue| venue.pack.is_some()).count()
}

#[test]
fn only_what_is_offered_is_packed_and_only_what_is_cited_is_named() {
    let fixture = Fixture::new();
    let packs = build(&fixture.load().0);
    let Pack::Course(course) = by_hash(&packs, &packs.catalogue.courses[0].pack) else {
        panic!("no course")
    };
    assert_eq!(course.regulations.keys().collect::<Vec<_>>(), ["fa@2021-06-10"]);
    let blocks: Vec<(&str, Option<&str>)> = course.lessons[0]
        .blocks
        .iter()
        .map(|block| (block.html.as_str(), block.check.as_deref()))
        .collect();
    let cite = r#"<a class="cite" href="regulations/fa?v=2021-06-10#a3" data-cite="fa@2021-06-10#3">第三条</a>"#;
    let first = format!("<h2 id=\"h-开头\">开头</h2>\n<p>看{cite}。</p>");
    assert_eq!(
        blocks,
        [(first.as_str(), None), ("", Some("one-001")), ("<p>结尾。</p>", None)]
    );
    let Pack::Bank(shop) = by_hash(&packs, &packs.catalogue.venues[0].bank.as_ref().unwrap().pack) else {
        panic!("no bank")
    };
    assert!(shop.regulations.is_empty());
    assert_eq!(packs.catalogue.venues[1].pack, None);
    fixture.edit("one/course.toml", "status = \"active\"", "status = \"draft\"");
    fixture.edit("handbook/venues.toml", "ready = true", "ready = false");
    let (content, diagnostics) = fixture.load();
    assert!(diagnostics.is_empty());
    let packs = build(&content);
    assert_eq!((packs.catalogue.courses.len(), packs.files.len()), (0, 2));
    assert_eq!(
        (packs.catalogue.venues[0].checks, &packs.catalogue.venues[0].bank),
        (0, &None)
    );
}

#[test]
fn courses_stand_in_order_of_kind_then_title() {
    let fixture = Fixture::new();
    for (slug, kind, title) in [
        ("aaa", "topic", "甲"),
        ("bbb", "onboarding", "丙"),
        ("zzz", "topic", "丁"),
    ] {
        for (file, text) in [
            (
                "course.toml",
                super::fixture::COURSE
                    .replace("c-one", &format!("c-{slug}"))
                    .replace("\"one\"", &format!("\"{slug}\""))
                    .replace("onboarding", kind)
                    .replace("第一门课", title),
            ),
            (
                "01-first.md",
                super::fixture::LESSON.replace("one-0", &format!("{slug}-0")),
            ),
            (
                "items.toml",
                super::fixture::ITEMS.replace("one-0", &format!("{slug}-0")),
            ),
        ] {
            fixture.write(&format!("{slug}/{file}"), text);
        }
    }
    crate::lock::write(fixture.path()).unwrap();
    let (content, diagnostics) = fixture.load();
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let slugs: Vec<String> = build(&content)
        .catalogue
        .courses
        .into_iter()
        .map(|course| course.slug)
        .collect();
    // 丙 U+4E19 before 第 U+7B2C; 丁 U+4E01 before 甲 U+7532.
    assert_eq!(slugs, ["bbb", "one", "zzz", "aaa"]);
}

#[test]
fn items_on_a_replaced_text_leave_the_banks_on_the_day_that_the_new_one_is_in_force() {
    let fixture = Fixture::new();
    let newer = "\n[[regulation]]\nid = \"fa\"\ntitle = \"某安全法\"\nshort = \"安全法\"\nissuer = \"某机关\"\nkind = \"law\"\n\
                 version = \"2026-03-01\"\neffective = \"2026-07-01\"\narticles = 9\ntext = true\nsource = \"https://flk.npc.gov.cn/\"\n";
    fixture.write("regulations.toml", fixture.read("regulations.toml") + newer);
    let (content, diagnostics) = fixture.load();
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let before = packs::build(&content, day("2026-06-30")).unwrap();
    assert_eq!((before.stale.len(), before.catalogue.courses[0].bank.items), (0, 2));
    let after = packs::build(&content, day("2026-07-01")).unwrap();
    assert_eq!(
        (after.stale.as_slice(), after.catalogue.courses[0].bank.items),
        (["one-001".to_owned()].as_slice(), 1)
    );
    let Pack::Course(course) = by_hash(&after, &after.catalogue.courses[0].pack) else {
        panic!("no course")
    };
    assert!(course.lessons[0].blocks.iter().all(|block| block.check.is_none()));
    // The page of the lesson says so by its own clock, also where the site was built before.
    for packs in [&before, &after] {
        let Pack::Course(course) = by_hash(packs, &packs.catalogue.courses[0].pack) else {
            panic!("no course")
        };
        let cited = &course.regulations["fa@2021-06-10"];
        assert_eq!(
            ["2026-06-30", "2026-07-01"].map(|today| cited.is_replaced(day(today))),
            [false, true]
        );
    }
}

#[test]
fn what_rests_on_a_replaced_text_is_listed_with_what_replaces_it() {
    let listed = |fixture: &Fixture| -> Vec<String> {
        let (content, diagnostics) = fixture.load();
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        stale::list(&content).iter().map(ToString::to_string).collect()
    };
    let fixture = Fixture::new();
    assert_eq!(listed(&fixture), [""; 0]);
    let other = |id: &str, version: &str, more: &str| {
        format!(
            "\n[[regulation]]\nid = \"{id}\"\ntitle = \"{id}\"\nshort = \"{id}\"\nissuer = \"某机关\"\nkind = \"law\"\nversion =              \"{version}\"\narticles = 9\ntext = true\nsource = \"https://flk.npc.gov.cn/\"\n{more}"
        )
    };
    let base = fixture.read("regulations.toml");
    // Not known when it will be in force.
    fixture.write("regulations.toml", base.clone() + &other("fa", "2026-03-01", ""));
    assert_eq!(listed(&fixture), [""; 0]);
    fixture.write(
        "regulations.toml",
        base.clone()
            + &other("fa", "2026-03-01", "effective = \"2026-07-01\"\n")
            + &other(
                "xinbiao",
                "2026-01-01",
                "effective = \"2026-02-01\"\nsupersedes = [\"biaozhun@2005-10-01\"]\n",
            ),
    );
    assert_eq!(
        listed(&fixture),
        [
            "handbook/shop/venue.toml:11: `shop-exit-01` cites fa@2021-06-10#7, replaced by fa@2026-03-01 from 2026-07-01",
            "one/01-first.md:1: `l-one-01` cites fa@2021-06-10#3, replaced by fa@2026-03-01 from 2026-07-01",
            "one/01-first.md:1: `l-one-01` cites fa@2021-06-10#5.1, replaced by fa@2026-03-01 from 2026-07-01",
            "one/items.toml:1: `one-001` cites fa@2021-06-10#5, replaced by fa@2026-03-01 from 2026-07-01",
            "one/items.toml:23: `one-002` cites biaozhun@2005-10-01, replaced by xinbiao@2026-01-01 from 2026-02-01",
        ]
    );
}

#[test]
fn packs_are_read_from_a_site_and_refused_where_they_are_spoiled() {
    let packs = build(&Fixture::new().load().0);
    let site = tempfile::tempdir().unwrap();
    std::fs::create_dir(site.path().join("packs")).unwrap();
    for (path, bytes) in &packs.files {
        std::fs::write(site.path().join(path), bytes).unwrap();
        std::fs::write(site.path().join(format!("{path}.br")), "x").unwrap();
    }
    let banks = packs::read_banks(site.path()).unwrap();
    assert_eq!(banks.len(), 2);
    let (path, bytes) = &packs.files[0];
    std::fs::write(site.path().join(path), [bytes.as_slice(), b" "].concat()).unwrap();
    assert!(matches!(packs::read_banks(site.path()), Err(PackError::Hash)));
    for form in [r#"{"v":2,"bank":"x"}"#, r#"{"v":1}"#, "[]", "x"] {
        let read = packs::read(wire::pack::hash(form.as_bytes()), form.as_bytes());
        assert!(matches!(read, Err(PackError::Form(_))), "{form}");
    }
}

#[test]
fn the_export_holds_every_lesson_item_and_check() {
    let content = Fixture::new().load().0;
    let export: Value = serde_json::from_str(&export::json(&content).unwrap()).unwrap();
    assert_eq!(export["v"], 1);
    assert!(
        export["courses"][0]["lessons"][0]["markdown"]
            .as_str()
            .unwrap()
            .contains("{{check one-001}}")
    );
    assert_eq!(export["courses"][0]["items"][0]["options"][0]["text"], "主要负责人");
    assert_eq!(export["venues"][0]["sections"][0]["checks"][0]["id"], "shop-exit-01");
    assert_eq!(export["venues"][0]["items"][0]["id"], "shop-001");
    assert_eq!(export["venues"][1]["ready"], false);
    let project = project();
    let export: Value = serde_json::from_str(&export::json(&project).unwrap()).unwrap();
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for course in export["courses"].as_array().unwrap() {
        *counts.entry("lessons").or_default() += course["lessons"].as_array().unwrap().len();
        *counts.entry("items").or_default() += course["items"].as_array().unwrap().len();
    }
    for group in ["venues", "exercises", "stock"] {
        for bank in export[group].as_array().unwrap() {
            *counts.entry("items").or_default() += bank["items"].as_array().map_or(0, Vec::len);
        }
    }
    let known = project.counts(&[]);
    assert_eq!((counts["lessons"], counts["items"]), (known.lessons, known.items));
    assert_eq!(
        known.to_string(),
        format!(
            "{} lessons, {} items ({} article, {} cited, {} practice), {} citations, {} figures, 0 problems",
            known.lessons,
            known.items,
            known.bases.article,
            known.bases.cited,
            known.bases.practice,
            known.citations,
            known.figures
        )
    );
}
