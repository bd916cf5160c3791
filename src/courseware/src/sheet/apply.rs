//! The whole way of a sheet into the content folder: read, make, prove all of it in a copy, and only then write.

use super::into::{Ground, Imported, import};
use super::{Problem, Separators, Sheet};
use crate::content::{Bank, Content};
use crate::diagnostic::Diagnostic;
use crate::{LockUse, Options, giveaways, load, lock};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What is to be imported where.
pub struct Wish<'a> {
    /// The content folder.
    pub root: &'a Path,
    /// The bank: the folder's name of a course, venue, bank of exercises or stock.
    pub bank: &'a str,
    /// Whether it is training stock.
    pub stock: bool,
    /// What stands between the parts of a cell.
    pub separators: Separators,
    /// Whether items that the sheet does not have are taken out.
    pub allow_removal: bool,
}

/// Why nothing was imported. The content is as it was.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The content has problems of its own.
    #[error("the content has {} problems of its own; mend them first", .0.len())]
    Unsound(Vec<Diagnostic>),
    /// There is no such bank.
    #[error("there is no bank `{0}`; with --stock one of courses/stock")]
    NoBank(String),
    /// Cells are wrong.
    #[error("{} cells are wrong; nothing was imported", .0.len())]
    Cells(Vec<Problem>),
    /// Items would vanish.
    #[error("the sheet lacks {}; nothing was imported. With --allow-removal they are taken out for good", .0.join(", "))]
    Removed(Vec<String>),
    /// The content that would come of it is unsound.
    #[error("what would come of it has {} problems; nothing was imported", .0.len())]
    Content(Vec<Diagnostic>),
    /// A file cannot be read or written.
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

/// The folder of a bank below the content folder, and the bank.
pub fn find<'c>(content: &'c Content, name: &str, stock: bool) -> Option<(String, &'c Bank)> {
    if stock {
        let found = content.stock.iter().find(|stock| stock.slug == name)?;
        return Some((format!("stock/{name}"), &found.bank));
    }
    let course = content.courses.iter().find(|course| course.slug == name);
    if let Some(course) = course {
        return Some((name.to_owned(), &course.bank));
    }
    let mut venues = content.venues.iter().filter(|listing| listing.slug == name);
    if let Some(venue) = venues.find_map(|listing| listing.venue.as_ref()) {
        return Some((format!("handbook/{name}"), &venue.bank));
    }
    let found = content.exercises.iter().find(|bank| bank.bank.id.as_str() == name)?;
    Some((format!("exercises/{name}"), &found.bank))
}

/// Imports a sheet: all of it, or nothing.
///
/// A changed wording gets the next revision. What is taken out is noted as `retired` in `items.lock`. New wordings are
/// locked by `courses lock`, as ever.
///
/// # Errors
/// Why nothing was imported.
pub fn apply(sheet: &Sheet, wish: &Wish<'_>) -> Result<Imported, ImportError> {
    let (content, diagnostics) = load(wish.root, Options { lock: LockUse::Ignore });
    if !diagnostics.is_empty() {
        return Err(ImportError::Unsound(diagnostics));
    }
    let (folder, bank) = find(&content, wish.bank, wish.stock).ok_or_else(|| ImportError::NoBank(wish.bank.into()))?;
    let file = wish.root.join(&folder).join("items.toml");
    let source = fs::read_to_string(&file)?;
    let locked = fs::read_to_string(wish.root.join(lock::FILE)).unwrap_or_default();
    let used = used(&content, &locked);
    let build = |revised: &BTreeSet<String>| {
        let ground = Ground {
            content: &content,
            bank,
            source: &source,
            separators: &wish.separators,
            used: &used,
            revised,
        };
        import(sheet, &ground).map_err(ImportError::Cells)
    };
    let first = build(&BTreeSet::new())?;
    if !first.removed.is_empty() && !wish.allow_removal {
        return Err(ImportError::Removed(first.removed));
    }
    if first.text == source {
        return Ok(first);
    }
    // What the content gave away before is not this sheet's doing.
    let before: BTreeSet<String> = giveaways::check(&content)
        .into_iter()
        .map(|found| found.message)
        .collect();
    let scratch = Scratch::of(wish.root, before)?;
    let (then, diagnostics) = scratch.with(&folder, &first.text)?;
    let revised = if diagnostics.is_empty() {
        let old = |id: &str| bank.items.iter().find(|item| item.form.id == id);
        let now = find(&then, wish.bank, wish.stock).map(|(_, bank)| &bank.items);
        let differs = |id: &&String| {
            let new = now.and_then(|items| items.iter().find(|item| item.form.id == **id));
            old(id).map(|item| &item.form) != new.map(|item| &item.form)
        };
        first.changed.iter().filter(differs).cloned().collect()
    } else {
        // Problems are told with their lines in the file as it would be.
        return Err(ImportError::Content(diagnostics));
    };
    let made = build(&revised)?;
    let (_, diagnostics) = scratch.with(&folder, &made.text)?;
    if !diagnostics.is_empty() {
        return Err(ImportError::Content(diagnostics));
    }
    if !made.removed.is_empty() {
        let retired: Vec<String> = made.removed.iter().map(|id| format!("retired {id}")).collect();
        replace(
            &wish.root.join(lock::FILE),
            &format!("{locked}{}\n", retired.join("\n")),
        )?;
    }
    replace(&file, &made.text)?;
    Ok(made)
}

/// Ids that stand in the content or in the lock, whatever became of them.
fn used(content: &Content, locked: &str) -> BTreeSet<String> {
    let items = content.items().map(|item| item.form.id.clone());
    let checks = content.checks().map(|check| check.form.id.clone());
    let of_lock = locked.lines().filter_map(|line| {
        let line = line.trim();
        let id = line
            .strip_prefix("retired ")
            .or_else(|| line.split_once('@').map(|(id, _)| id));
        id.map(|id| id.trim().to_owned())
    });
    items.chain(checks).chain(of_lock).collect()
}

/// Writes a file so that it is the old one or the new one, whatever happens.
fn replace(file: &Path, text: &str) -> std::io::Result<()> {
    let fresh = file.with_extension("new");
    fs::write(&fresh, text)?;
    fs::rename(fresh, file)
}

/// A copy of the content, thrown away in the end.
struct Scratch {
    root: PathBuf,
    before: BTreeSet<String>,
}

impl Scratch {
    fn of(root: &Path, before: BTreeSet<String>) -> std::io::Result<Self> {
        let moment = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap_or_default()
            .as_nanos();
        let folder = std::env::temp_dir().join(format!("anxue-import-{}-{moment}", std::process::id()));
        let scratch = Self {
            root: folder.join("courses"),
            before,
        };
        for entry in walkdir::WalkDir::new(root) {
            let entry = entry.map_err(std::io::Error::other)?;
            let Ok(below) = entry.path().strip_prefix(root) else {
                continue;
            };
            let to = scratch.root.join(below);
            if entry.file_type().is_dir() {
                fs::create_dir_all(to)?;
            } else {
                fs::copy(entry.path(), to)?;
            }
        }
        Ok(scratch)
    }

    /// The content with another bank in `folder`, and what is wrong with it.
    fn with(&self, folder: &str, text: &str) -> std::io::Result<(Content, Vec<Diagnostic>)> {
        fs::write(self.root.join(folder).join("items.toml"), text)?;
        let (content, mut diagnostics) = load(&self.root, Options { lock: LockUse::Ignore });
        let found = giveaways::check(&content).into_iter();
        diagnostics.extend(found.filter(|found| !self.before.contains(&found.message)));
        diagnostics.sort();
        Ok((content, diagnostics))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Some(folder) = self.root.parent() {
            drop(fs::remove_dir_all(folder));
        }
    }
}
