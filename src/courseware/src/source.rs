//! The files of a content folder: listed once, read once, and every file that nobody asked for is reported.

use crate::diagnostic::{Place, Report, Rule};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// The most bytes that a content file may have: far above any real one, far below what makes a build stall.
const MAX_FILE: u64 = 2 * 1024 * 1024;

/// A text file of the content.
#[derive(Debug)]
pub(crate) struct Source {
    /// Relative to the root, with forward slashes.
    pub(crate) file: String,
    /// The text with LF line ends and without a byte order mark.
    pub(crate) text: String,
    /// Where each line begins.
    lines: Vec<usize>,
}

impl Source {
    pub(crate) fn new(file: &str, text: String) -> Self {
        let starts = text
            .bytes()
            .enumerate()
            .filter(|(_, byte)| *byte == b'\n')
            .map(|(at, _)| at + 1);
        let lines = std::iter::once(0).chain(starts).collect();
        Self {
            file: file.into(),
            text,
            lines,
        }
    }

    /// The place of the byte at `offset`.
    pub(crate) fn place(&self, offset: usize) -> Place {
        let line = self.lines.partition_point(|start| *start <= offset).max(1);
        let start = self.lines[line - 1];
        let column = self.text.get(start..offset).map(|before| before.chars().count() + 1);
        Place {
            file: self.file.clone(),
            line,
            column,
        }
    }

    /// The lines with the offset at which each begins, without line ends.
    pub(crate) fn lines(&self, range: Range<usize>) -> impl Iterator<Item = (usize, &str)> {
        let mut at = range.start;
        self.text[range].split_inclusive('\n').map(move |line| {
            let start = at;
            at += line.len();
            (start, line.strip_suffix('\n').unwrap_or(line))
        })
    }
}

/// The files below a content root. Files and folders whose name begins with a dot are not seen at all: editors and
/// systems leave them behind, and nothing ever reads them.
#[derive(Debug)]
pub(crate) struct Tree<'a> {
    root: PathBuf,
    /// Path to whether somebody asked for it.
    files: RefCell<BTreeMap<String, bool>>,
    report: &'a Report,
}

impl<'a> Tree<'a> {
    pub(crate) fn list(root: &Path, report: &'a Report) -> Self {
        let mut files = BTreeMap::new();
        let hidden = |entry: &walkdir::DirEntry| {
            entry.depth() > 0 && entry.file_name().to_str().is_some_and(|name| name.starts_with('.'))
        };
        for entry in walkdir::WalkDir::new(root)
            .sort_by_file_name()
            .into_iter()
            .filter_entry(|entry| !hidden(entry))
        {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    let path = error.path().and_then(|path| path.strip_prefix(root).ok()).map(slashes);
                    let file = path
                        .flatten()
                        .filter(|path| !path.is_empty())
                        .unwrap_or_else(|| ".".into());
                    let reason = error
                        .io_error()
                        .map_or_else(|| "cannot be listed".into(), ToString::to_string);
                    report.add(
                        Place::top(&file),
                        Rule::FileUnreadable,
                        reason,
                        "make it a folder that can be read",
                    );
                    continue;
                }
            };
            let relative = entry.path().strip_prefix(root).ok().and_then(slashes);
            match relative {
                Some(file) if entry.file_type().is_file() => {
                    files.insert(file, false);
                }
                Some(file) if !entry.file_type().is_dir() => {
                    let message = "neither a file nor a folder";
                    report.add(
                        Place::top(&file),
                        Rule::FileUnknown,
                        message,
                        "put the file itself here",
                    );
                }
                Some(_) => {}
                None => {
                    let shown = entry
                        .path()
                        .strip_prefix(root)
                        .unwrap_or(entry.path())
                        .to_string_lossy()
                        .into_owned();
                    let remedy = "rename it: lower-case ASCII letters, digits and hyphens";
                    report.add(Place::top(&shown), Rule::FileUnknown, "the name is not UTF-8", remedy);
                }
            }
        }
        Self {
            root: root.into(),
            files: RefCell::new(files),
            report,
        }
    }

    /// The names of the folders right below `folder` ("" is the root), in order.
    pub(crate) fn folders(&self, folder: &str) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for file in self.files.borrow().keys() {
            let below = if folder.is_empty() {
                Some(file.as_str())
            } else {
                below(file, folder)
            };
            if let Some((name, _)) = below.and_then(|rest| rest.split_once('/'))
                && names.last().is_none_or(|last| last != name)
            {
                names.push(name.into());
            }
        }
        names
    }

    /// The names of the files right in `folder` that end in `ending`, in order.
    pub(crate) fn files(&self, folder: &str, ending: &str) -> Vec<String> {
        let files = self.files.borrow();
        let names = files.keys().filter_map(|file| below(file, folder));
        names
            .filter(|name| !name.contains('/') && name.ends_with(ending))
            .map(Into::into)
            .collect()
    }

    /// Whether there is such a file.
    pub(crate) fn has(&self, file: &str) -> bool {
        self.files.borrow().contains_key(file)
    }

    /// Marks a file as one that belongs here without reading it.
    pub(crate) fn allow(&self, file: &str) {
        if let Some(used) = self.files.borrow_mut().get_mut(file) {
            *used = true;
        }
    }

    /// The file's text, or none and a diagnostic.
    pub(crate) fn read(&self, file: &str, remedy: &str) -> Option<Source> {
        if !self.has(file) {
            self.report
                .add(Place::top(file), Rule::FileMissing, "the file is missing", remedy);
            return None;
        }
        self.allow(file);
        let path = self.root.join(file);
        let refuse = |rule, message: String, remedy: &str| {
            self.report.add(Place::top(file), rule, message, remedy);
        };
        match std::fs::metadata(&path).map(|data| data.len()) {
            Ok(length) if length > MAX_FILE => {
                refuse(
                    Rule::FileUnreadable,
                    format!("{length} bytes are too many"),
                    "split it: 2 MiB at most",
                );
                return None;
            }
            _ => {}
        }
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) => {
                refuse(Rule::FileUnreadable, error.to_string(), "make the file readable");
                return None;
            }
        };
        match String::from_utf8(bytes) {
            Ok(text) => Some(clean(file, text, self.report)),
            Err(error) => {
                let good = error.utf8_error().valid_up_to();
                let line = String::from_utf8_lossy(&error.as_bytes()[..good]).matches('\n').count() + 1;
                let place = Place {
                    file: file.into(),
                    line,
                    column: None,
                };
                self.report.add(
                    place,
                    Rule::FileEncoding,
                    "not UTF-8",
                    "save the file as UTF-8 (not GBK)",
                );
                None
            }
        }
    }

    /// Reports every file that nobody asked for.
    pub(crate) fn finish(self) {
        for (file, used) in self.files.into_inner() {
            if !used {
                let remedy = "remove it, or give it the name that courses/README.md lists";
                self.report.add(
                    Place::top(&file),
                    Rule::FileUnknown,
                    "no file of the format has this name",
                    remedy,
                );
            }
        }
    }
}

fn below<'f>(file: &'f str, folder: &str) -> Option<&'f str> {
    file.strip_prefix(folder)?.strip_prefix('/')
}

fn slashes(path: &Path) -> Option<String> {
    let parts: Option<Vec<&str>> = path.components().map(|part| part.as_os_str().to_str()).collect();
    parts.map(|parts| parts.join("/"))
}

/// Reports a byte order mark and carriage returns and goes on without them: the lines stay the same.
fn clean(file: &str, text: String, report: &Report) -> Source {
    let text = match text.strip_prefix('\u{feff}') {
        Some(rest) => {
            let remedy = "save the file as UTF-8 without BOM";
            report.add(
                Place::top(file),
                Rule::FileEncoding,
                "begins with a byte order mark",
                remedy,
            );
            rest.to_owned()
        }
        None => text,
    };
    let Some(first) = text.find('\r') else {
        return Source::new(file, text);
    };
    let line = text[..first].matches('\n').count() + 1;
    let place = Place {
        file: file.into(),
        line,
        column: None,
    };
    report.add(
        place,
        Rule::FileEncoding,
        "has carriage returns",
        "save the file with LF line ends",
    );
    Source::new(file, text.replace('\r', ""))
}
