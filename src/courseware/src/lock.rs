//! `items.lock`: a hash of every wording that was ever published, so that none changes behind the learners' records.
//!
//! Lines of `id@revision hash`, sorted, one for every revision ever locked, and lines `retired id` that authors write by
//! hand when they take an item out. The hash is over the item as packs carry it.

use crate::content::Content;
use crate::diagnostic::{Diagnostic, Place, Report, Rule};
use crate::layers::{BUILT_IN, INSTALLED, Layer};
use crate::reader::{Reader, Space};
use crate::source::{Source, Tree};
use crate::{LockUse, Options, load};
use domain::ids::ItemId;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;
use std::path::Path;

/// The lock's file.
pub const FILE: &str = "items.lock";

const HEAD: &str = "\
# A hash of every id@revision that was ever locked: items and handbook checks. `cargo xtask courses lock` writes it.
# By hand only: a line `retired ID` for an item or check that was taken out.
";

const DEPLOYMENT_HEAD: &str = "\
# A hash of every id@revision that this deployment ever installed. `anxue content install` writes it.
# By hand only: a line `retired ID` for an item or check whose id shall never be used again.
";

const RUN: &str = "run `cargo xtask courses lock`";

/// What the file says.
#[derive(Debug, Default)]
struct Lock {
    hashes: BTreeMap<(String, u32), (String, Place)>,
    retired: BTreeMap<String, Place>,
    /// Whether it is joined from those of layers, of which a deployment's own is written when it is installed: nobody has
    /// locked what is new.
    joined: bool,
}

/// A wording in the content.
struct Wording<'c> {
    id: &'c str,
    revision: u32,
    hash: String,
    place: &'c Place,
}

fn wordings(content: &Content) -> Vec<Wording<'_>> {
    let items = content.items().map(|item| Wording {
        id: &item.form.id,
        revision: item.form.revision,
        hash: hash(&item.form),
        place: &item.place,
    });
    let checks = content.checks().map(|check| Wording {
        id: &check.form.id,
        revision: check.form.revision,
        hash: hash(&check.form),
        place: &check.place,
    });
    items.chain(checks).collect()
}

/// Forms serialise their fields in one fixed order without blanks, which makes the bytes canonical.
fn hash(form: &impl Serialize) -> String {
    // A form of texts, numbers and flags always serialises; an empty hash would show as changed content.
    serde_json::to_vec(form)
        .map(|bytes| wire::pack::hash(&bytes).to_string())
        .unwrap_or_default()
}

impl Lock {
    fn parse(source: &Source, report: &Report) -> Self {
        let mut lock = Self::default();
        lock.add(source, report);
        lock
    }

    /// Adds the lines of a file.
    fn add(&mut self, source: &Source, report: &Report) {
        let lock = self;
        for (at, line) in source.lines(0..source.text.len()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let place = Place {
                column: None,
                ..source.place(at)
            };
            let words: Vec<&str> = line.split_whitespace().collect();
            let parsed = match words.as_slice() {
                ["retired", id] if id.parse::<ItemId>().is_ok() => {
                    lock.retired.insert((*id).into(), place.clone());
                    Some(())
                }
                [wording, hash] => wording.split_once('@').and_then(|(id, revision)| {
                    let revision: u32 = revision.parse().ok().filter(|revision| *revision > 0)?;
                    let hex = hash.len() == 32 && hash.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
                    if !hex || id.parse::<ItemId>().is_err() {
                        return None;
                    }
                    let key = (id.into(), revision);
                    // Of two layers the lower one counts: what is over it has to have a higher revision.
                    let below = |(_, known): &(String, Place)| lock.joined && known.file != place.file;
                    if lock.hashes.get(&key).is_some_and(below) {
                        return Some(());
                    }
                    let old = lock.hashes.insert(key, ((*hash).into(), place.clone()));
                    old.is_none_or(|(old, _)| old == *hash).then_some(())
                }),
                _ => None,
            };
            if parsed.is_none() {
                let message = "neither `id@revision hash` nor `retired id`, or another hash of the same wording";
                let remedy = "restore the line from the last commit; after a merge keep one line for each id@revision";
                report.add(place, Rule::LockForm, message, remedy);
            }
        }
    }

    /// Holds wordings against the lock. `seen` says whether an id stands in the content at all, be it in a broken part.
    fn check(&self, wordings: &[Wording<'_>], seen: &dyn Fn(&str) -> bool, report: &Report) {
        let mut newest: HashMap<&str, u32> = HashMap::new();
        for (id, revision) in self.hashes.keys() {
            // Keys are sorted, so the last one of an id is its newest.
            newest.insert(id, *revision);
        }
        for wording in wordings {
            let Wording {
                id,
                revision,
                hash,
                place,
            } = wording;
            if self.joined && place.file.starts_with(BUILT_IN) {
                // Held against its own lock when the program was built; what was laid over it once is no matter.
                continue;
            }
            let add = |rule, message: String, remedy: &str| report.add((*place).clone(), rule, message, remedy);
            if self.retired.contains_key(*id) {
                let remedy = "give the new content a new id; ids are never used again";
                add(Rule::LockRetired, format!("`{id}` was retired"), remedy);
                continue;
            }
            match newest.get(id) {
                None if self.joined => {}
                Some(newest) if self.joined && revision > newest => {}
                None => add(Rule::LockNew, format!("`{id}` is not in {FILE} yet"), RUN),
                Some(newest) if revision > newest => {
                    add(
                        Rule::LockNew,
                        format!("revision {revision} of `{id}` is not in {FILE} yet"),
                        RUN,
                    );
                }
                Some(newest) if revision < newest => {
                    let message = format!("revision {revision} of `{id}` is lower than the locked {newest}");
                    add(
                        Rule::LockLowered,
                        message,
                        &format!("set revision = {newest}, or {} for changed content", newest + 1),
                    );
                }
                Some(_) => {
                    let locked = self.hashes.get(&((*id).to_owned(), *revision));
                    if locked.is_none_or(|(locked, _)| locked != hash) {
                        let message = format!("`{id}` changed but is still revision {revision}");
                        let then = if self.joined {
                            String::new()
                        } else {
                            format!(", then {RUN}")
                        };
                        let remedy = format!("set revision = {}{then}", revision + 1);
                        add(Rule::LockChanged, message, &remedy);
                    }
                }
            }
        }
        for (id, revision) in newest {
            if !self.retired.contains_key(id) && !seen(id) {
                let place = self
                    .hashes
                    .get(&(id.to_owned(), revision))
                    .map_or_else(|| Place::top(FILE), |(_, place)| place.clone());
                // An override may leave out what it likes, and what was installed may be removed.
                if self.joined
                    && [BUILT_IN, INSTALLED]
                        .iter()
                        .any(|prefix| place.file.starts_with(prefix))
                {
                    continue;
                }
                let remedy = format!("restore it, or write a line `retired {id}` into {FILE}");
                report.add(
                    place,
                    Rule::LockVanished,
                    format!("`{id}` is not in the content any more"),
                    remedy,
                );
            }
        }
    }

    fn text(&self, head: &str) -> String {
        let mut text = String::from(head);
        // Writing to a string cannot fail.
        for id in self.retired.keys() {
            let _ = writeln!(text, "retired {id}");
        }
        for ((id, revision), (hash, _)) in &self.hashes {
            let _ = writeln!(text, "{id}@{revision} {hash}");
        }
        text
    }
}

/// Reads the lock and holds the content against it.
pub(crate) fn check(tree: &Tree<'_>, content: &Content, reader: &Reader<'_>) {
    if !tree.has(FILE) && (wordings(content).is_empty() || tree.has_deployment()) {
        return;
    }
    let sources = tree.read_all(FILE, RUN);
    if !sources.is_empty() {
        let mut lock = Lock {
            joined: tree.has_deployment(),
            ..Lock::default()
        };
        for source in &sources {
            lock.add(source, reader.report);
        }
        let wordings = wordings(content)
            .into_iter()
            .filter(|wording| !reader.double(wording.id))
            .collect::<Vec<_>>();
        let seen = |id: &str| reader.seen(Space::Locked, id);
        lock.check(&wordings, &seen, reader.report);
    }
}

/// The lock of a deployment whose layers are `layers` and whose whole content is `content`: all that its layers have locked
/// so far, and every wording of its own. What was retired and is there again has come back with the built-in content.
pub fn of_deployment(layers: &[Layer], content: &Content) -> String {
    let report = Report::default();
    let mut lock = Lock::default();
    for layer in layers.iter().filter(|layer| layer.is_deployment()) {
        let text = layer.read(FILE).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        if let Some(text) = text {
            lock.add(&Source::new(FILE, text), &report);
        }
    }
    for wording in wordings(content) {
        lock.retired.remove(wording.id);
        if !wording.place.file.starts_with(BUILT_IN) {
            lock.hashes
                .entry((wording.id.into(), wording.revision))
                .or_insert_with(|| (wording.hash, wording.place.clone()));
        }
    }
    lock.text(DEPLOYMENT_HEAD)
}

/// What writing the lock did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// Wordings added.
    pub added: usize,
    /// Wordings in the lock now, old revisions included.
    pub total: usize,
}

/// Loads the content below `root` and adds every new wording to its `items.lock`. Lines of old revisions stay. The file
/// is replaced in one step, or not touched.
///
/// # Errors
/// The diagnostics of the content, and what changed without a new revision, was lowered, vanished or cannot be written:
/// nothing is locked then.
pub fn write(root: &Path) -> Result<Written, Vec<Diagnostic>> {
    let (content, diagnostics) = load(root, Options { lock: LockUse::Ignore });
    if !diagnostics.is_empty() {
        return Err(diagnostics);
    }
    let report = Report::default();
    let mut lock = Lock::default();
    let path = root.join(FILE);
    if path.exists() {
        let layers = [Layer::folder(root)];
        let tree = Tree::of(&layers, &report);
        if let Some(source) = tree.read(FILE, RUN) {
            lock = Lock::parse(&source, &report);
        }
    }
    let wordings = wordings(&content);
    lock.check(
        &wordings,
        &|id| wordings.iter().any(|wording| wording.id == id),
        &report,
    );
    let refused: Vec<Diagnostic> = report
        .into_sorted()
        .into_iter()
        .filter(|found| found.rule != Rule::LockNew)
        .collect();
    if !refused.is_empty() {
        return Err(refused);
    }
    let before = lock.hashes.len();
    for Wording {
        id,
        revision,
        hash,
        place,
    } in wordings
    {
        lock.hashes
            .entry((id.into(), revision))
            .or_insert_with(|| (hash, place.clone()));
    }
    let fresh = root.join(".items.lock.new");
    let written = std::fs::write(&fresh, lock.text(HEAD)).and_then(|()| std::fs::rename(&fresh, &path));
    written.map_err(|error| {
        let (place, message) = (Place::top(FILE), error.to_string());
        vec![Diagnostic {
            place,
            rule: Rule::FileUnreadable,
            message,
            remedy: "make the folder writable".into(),
        }]
    })?;
    Ok(Written {
        added: lock.hashes.len() - before,
        total: lock.hashes.len(),
    })
}
