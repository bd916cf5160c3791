//! Where content comes from: a folder or files in memory, and what a deployment's own content puts over the built-in one.
//!
//! A layer adds to those below it, or overrides them: a course, venue or bank as a whole, by its folder's name or by its
//! id; a contest by its id; an entry of the registry by id and version, one of the list of venues by its slug.

use crate::diagnostic::{Place, Report, Rule};
use crate::source::walk;
use crate::{banks, exams, handbook, lock, registry};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::PathBuf;
use toml::de::{DeTable, DeValue};

/// The prefix that the files of the built-in content have in diagnostics.
pub const BUILT_IN: &str = "built-in:";

/// The prefix that the files of a deployment's installed content have in diagnostics.
pub const INSTALLED: &str = "installed:";

/// The list of venues.
pub(crate) const VENUES: &str = "handbook/venues.toml";

/// The files that are joined entry by entry instead of being overridden as a whole.
pub(crate) const JOINED: [&str; 3] = [registry::FILE, VENUES, lock::FILE];

/// The bytes of files by path, relative to the content's root, with forward slashes.
pub type Files = BTreeMap<String, Cow<'static, [u8]>>;

/// One layer of content.
#[derive(Debug, Clone)]
pub struct Layer {
    place: Whereabouts,
    prefix: &'static str,
    deployment: bool,
}

#[derive(Debug, Clone)]
enum Whereabouts {
    Folder(PathBuf),
    Memory(Files),
}

impl Layer {
    /// The content in a folder, as the project's own.
    pub fn folder(root: impl Into<PathBuf>) -> Self {
        Self {
            place: Whereabouts::Folder(root.into()),
            prefix: "",
            deployment: false,
        }
    }

    /// Content in memory, as the project's own.
    pub fn memory(files: Files) -> Self {
        Self {
            place: Whereabouts::Memory(files),
            prefix: "",
            deployment: false,
        }
    }

    /// The same as what is built into the program.
    #[must_use]
    pub fn built_in(self) -> Self {
        Self {
            prefix: BUILT_IN,
            ..self
        }
    }

    /// The same as what a deployment has installed.
    #[must_use]
    pub fn installed(self) -> Self {
        Self {
            prefix: INSTALLED,
            deployment: true,
            ..self
        }
    }

    /// The same as what a deployment is about to install.
    #[must_use]
    pub fn deployment(self) -> Self {
        Self {
            deployment: true,
            ..self
        }
    }

    /// What its files are called by in diagnostics, before their path.
    pub(crate) fn prefix(&self) -> &'static str {
        self.prefix
    }

    /// Whether it is a deployment's own: its banks bear their own labels and nobody locks them by hand.
    pub(crate) fn is_deployment(&self) -> bool {
        self.deployment
    }

    /// The paths of all files.
    pub(crate) fn list(&self, report: &Report) -> Vec<String> {
        match &self.place {
            Whereabouts::Folder(root) => walk(root, report),
            Whereabouts::Memory(files) => files.keys().cloned().collect(),
        }
    }

    /// How many bytes a file has; none where nobody can tell before reading it.
    pub(crate) fn length(&self, file: &str) -> Option<u64> {
        match &self.place {
            Whereabouts::Folder(root) => std::fs::metadata(root.join(file)).ok().map(|data| data.len()),
            Whereabouts::Memory(files) => files.get(file).map(|bytes| bytes.len() as u64),
        }
    }

    /// The bytes of a file.
    ///
    /// # Errors
    /// It is not there or cannot be read.
    pub fn read(&self, file: &str) -> io::Result<Vec<u8>> {
        match &self.place {
            Whereabouts::Folder(root) => std::fs::read(root.join(file)),
            Whereabouts::Memory(files) => {
                let bytes = files.get(file).ok_or(io::ErrorKind::NotFound)?;
                Ok(bytes.to_vec())
            }
        }
    }

    /// The id that a unit's head file gives it.
    fn id(&self, unit: &str) -> Option<String> {
        let bytes = self.read(&format!("{unit}/{}", head(unit))).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        let (table, _) = DeTable::parse_recoverable(&text);
        match table.into_inner().get("id")?.get_ref() {
            DeValue::String(id) => Some(id.to_string()),
            _ => None,
        }
    }
}

/// The folder of the course, venue or bank that a file belongs to.
pub(crate) fn unit(file: &str) -> Option<&str> {
    let (first, rest) = file.split_once('/')?;
    match first {
        exams::CONTESTS => None,
        handbook::FOLDER | banks::EXERCISES | banks::STOCK => {
            let (second, _) = rest.split_once('/')?;
            file.get(..first.len() + 1 + second.len())
        }
        _ => Some(first),
    }
}

/// The file in a unit's folder that has its id.
fn head(unit: &str) -> &'static str {
    match kind(unit) {
        handbook::FOLDER => "venue.toml",
        "" => "course.toml",
        _ => "bank.toml",
    }
}

/// The folder that all units of a kind are in; empty for courses.
fn kind(unit: &str) -> &str {
    unit.split_once('/').map_or("", |(kind, _)| kind)
}

/// What the layers come to.
#[derive(Debug, Default)]
pub(crate) struct Laid {
    /// Each file with the number of the layer that it is taken from.
    pub(crate) files: BTreeMap<String, usize>,
    /// The layers that have a joined file, the lowest first.
    pub(crate) joined: BTreeMap<String, Vec<usize>>,
    /// Units whose id another one has taken over under another name.
    pub(crate) hidden: BTreeSet<String>,
}

/// Lays each layer over those before it.
pub(crate) fn lay(layers: &[Layer], report: &Report) -> Laid {
    let mut laid = Laid::default();
    // The units so far: path to layer and id.
    let mut below: BTreeMap<String, (usize, Option<String>)> = BTreeMap::new();
    for (nth, layer) in layers.iter().enumerate() {
        let names = layer.list(report);
        let units: BTreeSet<&str> = names.iter().filter_map(|name| unit(name)).collect();
        let mut fresh = Vec::new();
        for path in units {
            let id = layer.id(path);
            override_unit(&mut laid, &mut below, path, id.as_deref(), report);
            fresh.push((path.to_owned(), (nth, id)));
        }
        below.extend(fresh);
        for name in names {
            if JOINED.contains(&name.as_str()) {
                laid.joined.entry(name.clone()).or_default().push(nth);
            }
            laid.files.insert(name, nth);
        }
    }
    laid
}

/// Takes away what the unit `path` with this id overrides.
fn override_unit(
    laid: &mut Laid,
    below: &mut BTreeMap<String, (usize, Option<String>)>,
    path: &str,
    id: Option<&str>,
    report: &Report,
) {
    let of_kind = kind(path);
    if let (Some((_, Some(known))), Some(id)) = (below.get(path), id)
        && known != id
        && of_kind != banks::STOCK
    {
        let message = format!("the folder overrides one with the id `{known}`, but has the id `{id}`");
        let remedy = format!("keep the id `{known}` to override it, or give the folder and its slug another name");
        report.add(
            Place::top(&format!("{path}/{}", head(path))),
            Rule::IdDuplicate,
            message,
            remedy,
        );
    }
    let taken = |(other, (_, known)): &(&String, &(usize, Option<String>))| {
        *other == path || (kind(other) == of_kind && known.is_some() && known.as_deref() == id)
    };
    let gone: Vec<String> = below.iter().filter(taken).map(|(other, _)| other.clone()).collect();
    for other in gone {
        below.remove(&other);
        laid.files.retain(|file, _| unit(file) != Some(other.as_str()));
        if other != path {
            laid.hidden.insert(other);
        }
    }
    laid.hidden.remove(path);
}

/// The files of some layers as one: what `content install` keeps. Joined files are joined, but for `items.lock`, which is
/// `lock`.
///
/// # Errors
/// A file cannot be read, or a joined one is no TOML.
pub fn merged(layers: &[Layer], lock: String) -> io::Result<Files> {
    let report = Report::default();
    let laid = lay(layers, &report);
    let mut files = Files::new();
    for (file, nth) in &laid.files {
        let bytes = match laid.joined.get(file) {
            Some(from) if file != lock::FILE && from.len() > 1 => {
                let texts = from.iter().map(|nth| text(&layers[*nth], file));
                let hidden = |slug: &str| laid.hidden.contains(&format!("{}/{slug}", handbook::FOLDER));
                join(file, &texts.collect::<io::Result<Vec<_>>>()?, &hidden)?.into_bytes()
            }
            _ => layers[*nth].read(file)?,
        };
        files.insert(file.clone(), Cow::Owned(bytes));
    }
    files.insert(lock::FILE.into(), Cow::Owned(lock.into_bytes()));
    Ok(files)
}

fn text(layer: &Layer, file: &str) -> io::Result<String> {
    String::from_utf8(layer.read(file)?).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

/// A joined file without the entry that `is` finds; none where nothing but the entry was in it.
///
/// # Errors
/// The file is no TOML.
pub fn without(file: &str, text: &str, is: impl Fn(&toml::Table) -> bool) -> io::Result<Option<String>> {
    let mut table: toml::Table = text.parse().map_err(no_toml)?;
    let left = match table.get_mut(list(file)).and_then(toml::Value::as_array_mut) {
        Some(entries) => {
            entries.retain(|entry| !entry.as_table().is_some_and(&is));
            entries.len()
        }
        None => 0,
    };
    Ok((left > 0).then(|| table.to_string()))
}

/// The name of the list in a joined file.
fn list(file: &str) -> &'static str {
    if file == VENUES { "venue" } else { "regulation" }
}

/// What tells an entry of a joined file from the others.
fn key(file: &str, entry: &toml::Value) -> Vec<String> {
    let fields: &[&str] = if file == VENUES { &["slug"] } else { &["id", "version"] };
    let field = |name: &&str| {
        entry
            .get(*name)
            .and_then(toml::Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    fields.iter().map(field).collect()
}

/// The entries of all texts: those of a later one take the places of earlier ones, or come after them.
fn join(file: &str, texts: &[String], hidden: &dyn Fn(&str) -> bool) -> io::Result<String> {
    let mut whole = toml::Table::new();
    let mut entries: Vec<toml::Value> = Vec::new();
    for text in texts {
        let mut table: toml::Table = text.parse().map_err(no_toml)?;
        let own = table.remove(list(file));
        whole.extend(table);
        for entry in own.and_then(|own| own.as_array().cloned()).into_iter().flatten() {
            let name = key(file, &entry);
            match entries.iter_mut().find(|known| key(file, known) == name) {
                Some(known) => *known = entry,
                None => entries.push(entry),
            }
        }
    }
    if file == VENUES {
        entries.retain(|entry| !hidden(&key(file, entry).concat()));
    }
    whole.insert(list(file).into(), toml::Value::Array(entries));
    Ok(whole.to_string())
}

fn no_toml(error: toml::de::Error) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}
