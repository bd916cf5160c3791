//! Full texts of regulations that whoever deploys installs (DESIGN §4): read from the forms that public collections have, held
//! against the registry, kept one JSON file for each text, and served beside the site.

mod json;
mod known;
mod markdown;
mod numeral;

use crate::cli::{Data, say};
use crate::content::{Base, regulations};
use crate::keep::make_private;
use anyhow::{Context, bail, ensure};
use clap::Subcommand;
use courseware::layers::Files;
use known::{Fit, Known};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use wire::text::{ArticleForm, TextForm, VERSION};

/// The most bytes of a file: far above the longest law.
const MOST: u64 = 8 * 1024 * 1024;

/// The list beside JSON texts.
const INDEX: &str = "index.json";

/// How many of those that are left out are named one by one.
const NAMED: usize = 40;

/// What can be done with texts of regulations.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Install the texts in a folder that the registry knows; a running server serves them within seconds
    Import {
        /// The folder: JSON files, one a text, or folders of Markdown files of the layout of LawRefBook/Laws
        #[arg(value_name = "FOLDER")]
        from: PathBuf,
        #[command(flatten)]
        data: Data,
        #[command(flatten)]
        base: Base,
    },
    /// List the texts that are installed
    List {
        #[command(flatten)]
        data: Data,
    },
    /// Remove a text
    Remove {
        /// Its id@version, as `regulations list` shows it
        name: String,
        #[command(flatten)]
        data: Data,
    },
}

/// Runs a command for texts.
///
/// # Errors
/// What went wrong, in words for the person at the terminal.
pub(crate) fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Import { from, data, base } => import(&from, &base, &data.folder),
        Command::List { data } => list(&data.folder),
        Command::Remove { name, data } => remove(&name, &data.folder),
    }
}

/// The installed texts as they are served: `id@version` to JSON.
///
/// # Errors
/// The data folder cannot be read.
pub(crate) fn texts(data: &Path) -> anyhow::Result<BTreeMap<String, Vec<u8>>> {
    let Some(folder) = regulations(data).current()? else {
        return Ok(BTreeMap::new());
    };
    let why = || format!("cannot read {}", folder.display());
    let mut texts = BTreeMap::new();
    for entry in fs::read_dir(&folder).with_context(why)? {
        let path = entry.with_context(why)?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        if let Some(name) = name.and_then(|name| name.strip_suffix(".json")) {
            texts.insert(name.to_owned(), fs::read(&path).with_context(why)?);
        }
    }
    Ok(texts)
}

/// What is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Slip {
    file: String,
    /// 1 and up.
    line: usize,
    message: String,
}

impl fmt::Display for Slip {
    /// `file:line: message`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.message)
    }
}

/// An article with the line that it begins at.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Article {
    line: usize,
    form: ArticleForm,
}

/// A text as read, before anybody knows which entry of the registry it is.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Draft {
    /// Its id, where its form has one.
    id: Option<String>,
    title: String,
    /// The day of the text; none where the file does not say.
    version: Option<String>,
    /// The line that says so, or that ought to.
    line: usize,
    articles: Vec<Article>,
    /// What is wrong with it: counts only if the registry knows the text.
    slips: Vec<(usize, String)>,
}

impl Draft {
    /// What is wrong with the order and the words of the articles, and with their number, which the registry knows.
    fn judge(&self, last: Option<u16>) -> Vec<(usize, String)> {
        let mut slips = self.slips.clone();
        let (mut number, mut sub) = (0_u16, 0_u8);
        for Article { line, form } in &self.articles {
            let next = (form.n == number + 1 && form.sub == 0) || (form.n == number && form.sub == sub + 1);
            if !next {
                let expected = number + 1;
                slips.push((
                    *line,
                    format!(
                        "article {} comes where article {expected} is expected: articles are missing or stand twice",
                        label(form)
                    ),
                ));
            }
            (number, sub) = (form.n, form.sub);
            if form.text.trim().is_empty() {
                slips.push((*line, format!("article {} has no words", label(form))));
            }
        }
        if self.articles.is_empty() {
            slips.push((
                self.line,
                "there is no article (a paragraph that begins with 第…条)".into(),
            ));
        } else if let Some(last) = last.filter(|last| *last != number) {
            slips.push((
                self.line,
                format!("the text ends with article {number}, the registry says {last}"),
            ));
        }
        slips
    }
}

fn label(form: &ArticleForm) -> String {
    if form.sub == 0 {
        form.n.to_string()
    } else {
        format!("{}-{}", form.n, form.sub)
    }
}

/// What came of a folder.
#[derive(Debug, Default)]
struct Read {
    /// `id@version` to the text and the file that it came from.
    texts: BTreeMap<String, (String, TextForm)>,
    slips: Vec<Slip>,
    /// Files whose text nobody cites, with the reason.
    left_out: Vec<String>,
}

/// Reads all files below a folder and holds them against the registry.
fn read(folder: &Path, known: &Known) -> anyhow::Result<Read> {
    let mut read = Read {
        slips: missing(folder),
        ..Read::default()
    };
    for path in walk(folder)? {
        let file = path.strip_prefix(folder).unwrap_or(&path).display().to_string();
        let mut slip = |line, message: String| {
            read.slips.push(Slip {
                file: file.clone(),
                line,
                message,
            });
        };
        let text = match load(&path) {
            Ok(text) => text,
            Err((line, message)) => {
                slip(line, message);
                continue;
            }
        };
        let is_json = path.extension().is_some_and(|end| end == "json");
        let draft = if is_json {
            json::read(&text)
        } else {
            markdown::read(&text, &file)
        };
        let draft = match draft {
            Ok(draft) => draft,
            Err((line, message)) if is_json || known.has(&path) => {
                slip(line, message);
                continue;
            }
            // Collections hold notes of their own.
            Err((line, message)) => {
                read.left_out.push(format!("{file}:{line}: {message}"));
                continue;
            }
        };
        take(&mut read, known, file, draft);
    }
    read.slips.sort();
    Ok(read)
}

/// The text of a file, or the line that is wrong and what is wrong with it.
fn load(path: &Path) -> Result<String, (usize, String)> {
    let length = fs::metadata(path).map(|data| data.len());
    if length.is_ok_and(|length| length > MOST) {
        return Err((1, "the file is too large: 8 MiB at most".into()));
    }
    let bytes = fs::read(path).map_err(|error| (1, error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = String::from_utf8_lossy(good).matches('\n').count() + 1;
        (line, "not UTF-8: save it as UTF-8".into())
    })
}

/// Adds a text to what was read, if the registry knows it.
fn take(read: &mut Read, known: &Known, file: String, draft: Draft) {
    let (id, version, last) = match known.fit(&draft) {
        Fit::Here { id, version, last } => (id, version, last),
        Fit::Other(reason) => {
            read.left_out.push(format!("{file}: {reason}"));
            return;
        }
        Fit::Unsure(message) => {
            let line = draft.line;
            read.slips.push(Slip { file, line, message });
            return;
        }
    };
    let slips = draft.judge(last);
    if !slips.is_empty() {
        read.slips.extend(slips.into_iter().map(|(line, message)| Slip {
            file: file.clone(),
            line,
            message,
        }));
        return;
    }
    let name = format!("{id}@{version}");
    let form = TextForm {
        v: VERSION,
        id,
        version,
        title: draft.title,
        articles: draft.articles.into_iter().map(|article| article.form).collect(),
    };
    match read.texts.get(&name) {
        Some((other, there)) if there.articles != form.articles => {
            let message = format!("{other} has the same version of this text with other words: remove one of them");
            read.slips.push(Slip { file, line: 1, message });
        }
        Some(_) => {}
        None => drop(read.texts.insert(name, (file, form))),
    }
}

/// The files with texts in a folder, in order. Where there are JSON files it is they, and nothing below the folder: sources and
/// notes may lie there. Otherwise it is the Markdown files in it and below it. What begins with a dot is not seen.
fn walk(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        let why = || format!("cannot read the folder {}", next.display());
        for entry in fs::read_dir(&next).with_context(why)? {
            let entry = entry.with_context(why)?;
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            // Links are not followed: one may lead round in a circle.
            if entry.file_type().with_context(why)?.is_dir() {
                folders.push(entry.path());
            } else {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    let of = |end: &'static str| move |path: &PathBuf| path.extension().is_some_and(|own| own == end);
    let listed = |path: &PathBuf| path.file_name().is_some_and(|name| name == INDEX);
    let json: Vec<PathBuf> = files
        .iter()
        .filter(|path| path.parent() == Some(folder) && of("json")(path) && !listed(path))
        .cloned()
        .collect();
    if json.is_empty() {
        files.retain(of("md"));
        Ok(files)
    } else {
        Ok(json)
    }
}

/// Those of the texts that the list beside them names and that are not there.
fn missing(folder: &Path) -> Vec<Slip> {
    #[derive(serde::Deserialize)]
    struct Entry {
        id: String,
    }
    let Ok(text) = fs::read_to_string(folder.join(INDEX)) else {
        return Vec::new();
    };
    let slip = |line, message| Slip {
        file: INDEX.into(),
        line,
        message,
    };
    let entries: Vec<Entry> = match serde_json::from_str(&text) {
        Ok(entries) => entries,
        Err(error) => return vec![slip(error.line().max(1), error.to_string())],
    };
    let absent = entries
        .into_iter()
        .filter(|entry| !folder.join(format!("{}.json", entry.id)).is_file());
    let line = |id: &str| {
        let at = text.find(&format!("\"{id}\"")).unwrap_or_default();
        text[..at].matches('\n').count() + 1
    };
    absent
        .map(|entry| slip(line(&entry.id), format!("{}.json is missing", entry.id)))
        .collect()
}

fn import(folder: &Path, base: &Base, data: &Path) -> anyhow::Result<()> {
    ensure!(folder.is_dir(), "there is no folder {}", folder.display());
    make_private(data).with_context(|| format!("cannot use the data folder {}", data.display()))?;
    let generations = regulations(data);
    let held = generations.hold()?;
    let known = Known::of(&base.layers(data)?);
    let Read {
        texts: found,
        slips,
        left_out,
    } = read(folder, &known)?;
    for slip in &slips {
        say(&slip.to_string())?;
    }
    ensure!(slips.is_empty(), "{} problems; nothing was changed", slips.len());
    for line in left_out.iter().take(NAMED) {
        say(&format!("left out: {line}"))?;
    }
    if let Some(more) = left_out.len().checked_sub(NAMED).filter(|more| *more > 0) {
        say(&format!("left out: {more} more"))?;
    }
    if found.is_empty() {
        bail!(
            "no text in {} is one that the registry knows; nothing was changed",
            folder.display()
        );
    }
    let mut files: Files = texts(data)?
        .into_iter()
        .map(|(name, bytes)| (format!("{name}.json"), Cow::Owned(bytes)))
        .collect();
    let articles: usize = found.values().map(|(_, form)| form.articles.len()).sum();
    let count = found.len();
    for (name, (_, form)) in found {
        files.insert(format!("{name}.json"), Cow::Owned(serde_json::to_vec(&form)?));
    }
    generations.replace(&held, &files)?;
    say(&format!(
        "imported: {count} texts, {articles} articles; {} are installed",
        files.len()
    ))
}

fn list(data: &Path) -> anyhow::Result<()> {
    let texts = texts(data)?;
    if texts.is_empty() {
        return say("没有安装法规全文；用 anxue regulations import 文件夹 安装");
    }
    for (name, bytes) in texts {
        let form = TextForm::read(&bytes).with_context(|| format!("{name} cannot be read"))?;
        say(&format!("{name}  {}  {} 条", form.title, form.articles.len()))?;
    }
    Ok(())
}

fn remove(name: &str, data: &Path) -> anyhow::Result<()> {
    let generations = regulations(data);
    let held = generations.hold()?;
    let mut texts = texts(data)?;
    ensure!(
        texts.remove(name).is_some(),
        "there is no text {name}; `anxue regulations list` shows all"
    );
    let files = texts.into_iter();
    let files: Files = files
        .map(|(name, bytes)| (format!("{name}.json"), Cow::Owned(bytes)))
        .collect();
    generations.replace(&held, &files)?;
    say(&format!("removed: {name}"))
}
