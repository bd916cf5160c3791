//! `items.lock`: what may change, and what may not.

use super::fixture::{Fixture, short};
use crate::lock::{self, Written};

const ITEMS: &str = "one/items.toml";

#[test]
fn the_lock_tells_apart_new_changed_lowered_vanished_and_retired() {
    type Step = fn(&Fixture);
    let rows: &[(&str, Step, &[&str])] = &[
        (
            "changed",
            |f| f.edit(ITEMS, "老板不管安全。", "老板不管。"),
            &["one/items.toml:23 lock-changed"],
        ),
        (
            "changed basis",
            |f| f.edit(ITEMS, "#5\"", "#5.1\""),
            &["one/items.toml:1 lock-changed"],
        ),
        (
            "reformatted only",
            |f| f.edit(ITEMS, "difficulty = 2\nstem", "# a remark\ndifficulty = 0x2\n\nstem"),
            &[],
        ),
        (
            "raised",
            |f| f.edit(ITEMS, "revision = 1", "revision = 2"),
            &["one/items.toml:1 lock-new"],
        ),
        (
            "new id",
            |f| f.write(ITEMS, f.read(ITEMS) + &second()),
            &["one/items.toml:35 lock-new"],
        ),
        (
            "lowered",
            |f| {
                f.edit(ITEMS, "revision = 1", "revision = 3");
                lock::write(f.path()).unwrap();
                f.edit(ITEMS, "revision = 3", "revision = 2");
            },
            &["one/items.toml:1 lock-lowered"],
        ),
        (
            "renamed",
            |f| f.edit(ITEMS, "one-002", "one-003"),
            &["items.lock:4 lock-vanished", "one/items.toml:23 lock-new"],
        ),
        (
            "retired",
            |f| {
                let text = f.read(ITEMS);
                f.write(ITEMS, text.split_once("\n[[item]]").unwrap().0);
                f.write("items.lock", f.read("items.lock") + "retired one-002\n");
            },
            &[],
        ),
        (
            "retired but there",
            |f| f.write("items.lock", f.read("items.lock") + "retired one-002\n"),
            &["one/items.toml:23 lock-retired"],
        ),
        (
            "a bad line",
            |f| f.edit("items.lock", "one-002@1 ", "one-002@0 "),
            &["items.lock:4 lock-form", "one/items.toml:23 lock-new"],
        ),
        (
            "a merge gone wrong",
            |f| {
                f.write(
                    "items.lock",
                    f.read("items.lock") + "shop-001@1 00000000000000000000000000000000\n",
                );
            },
            &["handbook/shop/items.toml:1 lock-changed", "items.lock:7 lock-form"],
        ),
        (
            "a changed check",
            |f| f.edit("handbook/shop/venue.toml", "推门。", "拉门。"),
            &["handbook/shop/venue.toml:11 lock-changed"],
        ),
    ];
    for (name, step, expected) in rows {
        let fixture = Fixture::new();
        step(&fixture);
        assert_eq!(fixture.problems(), *expected, "{name}");
    }
}

fn second() -> String {
    let text = super::fixture::ITEMS;
    let (_, second) = text.split_once("\n[[item]]").unwrap();
    format!("\n[[item]]{}", second.replace("one-002", "one-003"))
}

#[test]
fn writing_adds_what_is_new_and_keeps_what_was() {
    let fixture = Fixture::new();
    let first = fixture.read("items.lock");
    assert_eq!(lock::write(fixture.path()), Ok(Written { added: 0, total: 4 }));
    assert_eq!(fixture.read("items.lock"), first);
    fixture.edit(ITEMS, "revision = 1", "revision = 2");
    fixture.edit(ITEMS, "谁是第一责任人？", "第一责任人是谁？");
    assert_eq!(lock::write(fixture.path()), Ok(Written { added: 1, total: 5 }));
    let second = fixture.read("items.lock");
    assert!(
        first.lines().all(|line| second.contains(line)),
        "old revisions stay:\n{second}"
    );
    assert_eq!(fixture.problems(), Vec::<String>::new());
    let mut sorted: Vec<&str> = second.lines().filter(|line| !line.starts_with('#')).collect();
    sorted.sort_unstable();
    assert!(second.ends_with(&(sorted.join("\n") + "\n")));
}

#[test]
fn writing_refuses_broken_and_quietly_changed_content_and_leaves_the_file() {
    for (from, to, expected) in [
        ("老板不管安全。", "老板不管。", "one/items.toml:23 lock-changed"),
        ("one-002", "one-003", "items.lock:4 lock-vanished"),
        ("difficulty = 2", "difficulty = 9", "one/items.toml:6 field-value"),
    ] {
        let fixture = Fixture::new();
        let before = fixture.read("items.lock");
        fixture.edit(ITEMS, from, to);
        assert_eq!(short(&lock::write(fixture.path()).unwrap_err()), [expected]);
        assert_eq!(fixture.read("items.lock"), before);
    }
}
