//! The files of a content folder: listed once, read once, and every file that nobody asked for is reported.

use crate::diagnostic::{Place, Report, Rule};
use crate::layers::{JOINED, Laid, Layer, lay};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;

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

/// The files of the layers of content.
#[derive(Debug)]
pub(crate) struct Tree<'a> {
    layers: &'a [Layer],
    laid: Laid,
    /// The files that somebody asked for.
    used: RefCell<BTreeSet<String>>,
    report: &'a Report,
}

/// The files below a content root, in order. Files and folders whose name begins with a dot are not seen at all: editors and
/// systems leave them behind, and nothing ever reads them.
pub(crate) fn walk(root: &Path, report: &Report) -> Vec<String> {
    let mut files = Vec::new();
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
                unlisted(root, &error, report);
                continue;
            }
        };
        let relative = entry.path().strip_prefix(root).ok().and_then(slashes);
        match relative {
            Some(file) if entry.file_type().is_file() => files.push(file),
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
    files
}

fn unlisted(root: &Path, error: &walkdir::Error, report: &Report) {
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
}

impl<'a> Tree<'a> {
    /// The files of the layers, each laid over those before it.
    pub(crate) fn of(layers: &'a [Layer], report: &'a Report) -> Self {
        Self {
            layers,
            laid: lay(layers, report),
            used: RefCell::default(),
            report,
        }
    }

    /// Whether a deployment's own content is among the layers.
    pub(crate) fn has_deployment(&self) -> bool {
        self.layers.iter().any(Layer::is_deployment)
    }

    /// Whether the file is of a deployment's own content.
    pub(crate) fn is_deployment(&self, file: &str) -> bool {
        self.laid
            .files
            .get(file)
            .is_some_and(|nth| self.layers[*nth].is_deployment())
    }

    /// Whether another unit has taken over the id of this one.
    pub(crate) fn is_hidden(&self, unit: &str) -> bool {
        self.laid.hidden.contains(unit)
    }

    /// The names of the folders right below `folder` ("" is the root), in order.
    pub(crate) fn folders(&self, folder: &str) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for file in self.laid.files.keys() {
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
        let names = self.laid.files.keys().filter_map(|file| below(file, folder));
        names
            .filter(|name| !name.contains('/') && name.ends_with(ending))
            .map(Into::into)
            .collect()
    }

    /// Whether there is such a file.
    pub(crate) fn has(&self, file: &str) -> bool {
        self.laid.files.contains_key(file)
    }

    /// Marks a file as one that belongs here without reading it.
    pub(crate) fn allow(&self, file: &str) {
        self.used.borrow_mut().insert(file.into());
    }

    /// The file's text, or none and a diagnostic.
    pub(crate) fn read(&self, file: &str, remedy: &str) -> Option<Source> {
        self.allow(file);
        if let Some(nth) = self.laid.files.get(file) {
            return self.read_from(*nth, file);
        }
        self.report
            .add(Place::top(file), Rule::FileMissing, "the file is missing", remedy);
        None
    }

    /// The texts of a joined file, the lowest layer's first; nothing and a diagnostic where no layer has it.
    pub(crate) fn read_all(&self, file: &str, remedy: &str) -> Vec<Source> {
        self.allow(file);
        match self.laid.joined.get(file) {
            Some(from) => from.iter().filter_map(|nth| self.read_from(*nth, file)).collect(),
            None => self.read(file, remedy).into_iter().collect(),
        }
    }

    fn read_from(&self, nth: usize, file: &str) -> Option<Source> {
        let layer = &self.layers[nth];
        let named = format!("{}{file}", layer.prefix());
        let refuse = |rule, message: String, remedy: &str| {
            self.report.add(Place::top(&named), rule, message, remedy);
        };
        match layer.length(file) {
            Some(length) if length > MAX_FILE => {
                refuse(
                    Rule::FileUnreadable,
                    format!("{length} bytes are too many"),
                    "split it: 2 MiB at most",
                );
                return None;
            }
            _ => {}
        }
        let bytes = match layer.read(file) {
            Ok(bytes) => bytes,
            Err(error) => {
                refuse(Rule::FileUnreadable, error.to_string(), "make the file readable");
                return None;
            }
        };
        match String::from_utf8(bytes) {
            Ok(text) => Some(clean(&named, text, self.report)),
            Err(error) => {
                let good = error.utf8_error().valid_up_to();
                let line = String::from_utf8_lossy(&error.as_bytes()[..good]).matches('\n').count() + 1;
                let place = Place {
                    file: named.clone(),
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
        let used = self.used.into_inner();
        for file in self.laid.files.keys().filter(|file| !used.contains(*file)) {
            let remedy = "remove it, or give it the name that courses/README.md lists";
            self.report.add(
                Place::top(file),
                Rule::FileUnknown,
                "no file of the format has this name",
                remedy,
            );
        }
        // What was said of a file as a whole says whose it is, as what was said of its lines does.
        let layers = self.layers;
        let files = self.laid.files;
        self.report.rename(|file| {
            let prefix = files.get(file).map(|nth| layers[*nth].prefix())?;
            (!prefix.is_empty() && !JOINED.contains(&file)).then(|| format!("{prefix}{file}"))
        });
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
