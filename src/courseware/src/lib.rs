//! Content: reads the folder `courses/`, checks it, and emits packs.
//!
//! `load` reports everything that is wrong at once, each with file, line and remedy. `texts::check` holds citations
//! and figures against legal texts at hand, `giveaways::check` finds what lets the ignorant pass, `lock::write` keeps
//! `items.lock`, `packs::build` makes what the site serves, `site::renew` puts it into a built site and `export::json` makes one
//! document of all. Knows nothing of HTTP, of the browser or of who asks.

mod banks;
mod course;
mod document;
mod exams;
mod fields;
mod handbook;
mod items;
mod lesson;
mod reader;
mod registry;
mod scene;
mod source;

pub mod content;
pub mod diagnostic;
pub mod export;
pub mod figures;
pub mod giveaways;
pub mod layers;
pub mod lock;
pub mod markdown;
pub mod packs;
pub mod sheet;
pub mod site;
pub mod stale;
pub mod texts;

pub use content::{Content, Counts};
pub use diagnostic::{Diagnostic, Place, Rule};
pub use layers::Layer;

use diagnostic::Report;
use reader::Reader;
use registry::Registry;
use source::Tree;
use std::path::Path;

/// How to load.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options {
    /// What to do with `items.lock`.
    pub lock: LockUse,
}

/// What to do with `items.lock`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LockUse {
    /// Hold the content against it.
    #[default]
    Check,
    /// Do not read it: for previews of what is being written.
    Ignore,
}

/// Reads the content folder `root`: all that is sound in it, and everything that is wrong, ordered by file and line.
/// Only content without diagnostics is to be published.
pub fn load(root: &Path, options: Options) -> (Content, Vec<Diagnostic>) {
    load_layers(&[Layer::folder(root)], options)
}

/// The same of layers of content, each laid over those before it (`layers`).
pub fn load_layers(layers: &[Layer], options: Options) -> (Content, Vec<Diagnostic>) {
    let report = Report::default();
    let tree = Tree::of(layers, &report);
    if report.count() > 0 && tree.folders("").is_empty() {
        // The root itself cannot be listed; nothing else is worth saying.
        return (Content::default(), report.into_sorted());
    }
    tree.allow("README.md");
    tree.allow(lock::FILE);
    let registry = Registry::load(&tree, &report);
    let reader = Reader::new(&report, &registry);
    let others = [handbook::FOLDER, banks::EXERCISES, banks::STOCK, exams::CONTESTS];
    let folders = tree.folders("").into_iter();
    let folders = folders.filter(|folder| !others.contains(&folder.as_str()));
    let courses: Vec<course::Read> = folders
        .filter_map(|folder| course::load(&tree, &reader, &folder))
        .collect();
    course::prerequisites(&courses, &report);
    let (venues_note, venues) = handbook::load(&tree, &reader);
    let mut content = Content {
        courses: courses.into_iter().filter_map(|read| read.course).collect(),
        venues,
        venues_note,
        exercises: banks::exercises(&tree, &reader),
        stock: banks::stock(&tree, &reader),
        ..Content::default()
    };
    content.exams = exams::load(&tree, &reader, &content);
    content.citations = reader.citations.take();
    content.passages = reader.passages.take();
    if options.lock == LockUse::Check {
        lock::check(&tree, &content, &reader);
    }
    tree.finish();
    content.regulations = registry.entries;
    (content, report.into_sorted())
}

/// What `courses check` tells.
#[derive(Debug)]
pub struct Checked {
    /// The content.
    pub content: Content,
    /// Everything that is wrong, ordered by file and line.
    pub diagnostics: Vec<Diagnostic>,
    /// The closing line.
    pub counts: Counts,
}

/// Loads `root`, its lock included, looks for giveaways, and holds its citations and figures against the legal texts in the
/// folder `texts` where one is given.
pub fn check(root: &Path, texts: Option<&Path>) -> Checked {
    check_layers(&[Layer::folder(root)], texts)
}

/// The same of layers of content.
pub fn check_layers(layers: &[Layer], texts: Option<&Path>) -> Checked {
    let (content, mut diagnostics) = load_layers(layers, Options::default());
    diagnostics.extend(giveaways::check(&content));
    diagnostics.sort();
    if let Some(folder) = texts {
        diagnostics.extend(texts::check(&content, folder));
        diagnostics.sort();
    }
    let counts = content.counts(&diagnostics);
    Checked {
        content,
        diagnostics,
        counts,
    }
}

#[cfg(test)]
mod tests;
