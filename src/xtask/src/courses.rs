//! `cargo xtask courses …`: for whoever writes content.

mod sheets;

use crate::command::{cargo, run};
use crate::place::Place;
use crate::site::{self, Parts, content};
use crate::steps::Steps;
use anyhow::{Context, Result, bail};
use clap::Subcommand;
use courseware::sheet::{Separators, Wish};
use courseware::{Diagnostic, LockUse};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, SystemTime};

/// What to do with the content.
#[derive(Debug, Subcommand)]
pub(crate) enum What {
    /// Reports everything that is wrong, with file, line and remedy.
    Check {
        /// A folder of law texts to hold the citations against.
        #[arg(long)]
        texts: Option<PathBuf>,
    },
    /// Writes a bank as a spreadsheet; without --bank prints all lessons and items as one JSON document.
    Export {
        /// The bank: the folder's name of a course, venue or bank of exercises.
        #[arg(long, requires = "to")]
        bank: Option<String>,
        /// The bank is one of courses/stock.
        #[arg(long, requires = "bank")]
        stock: bool,
        /// The file to write, .xlsx or .csv.
        #[arg(long, requires = "bank")]
        to: Option<PathBuf>,
    },
    /// Takes a spreadsheet into a bank: all of it, or nothing.
    Import {
        /// The file, .xlsx or .csv.
        file: PathBuf,
        /// The bank: the folder's name of a course, venue or bank of exercises.
        #[arg(long)]
        bank: String,
        /// The bank is one of courses/stock.
        #[arg(long)]
        stock: bool,
        /// What stands between the letters of an answer, each character by itself; letters may also stand side by side.
        #[arg(long)]
        answer_separator: Option<String>,
        /// What stands between topics, each character by itself.
        #[arg(long)]
        topic_separator: Option<String>,
        /// Take out the items that the sheet does not have.
        #[arg(long)]
        allow_removal: bool,
    },
    /// Adds new wordings to items.lock.
    Lock,
    /// Serves the site and rebuilds the content on every save; open pages reload by themselves.
    Preview {
        /// The address to listen on.
        #[arg(long, default_value = "127.0.0.1:8080")]
        addr: String,
    },
}

/// `cargo xtask courses …`.
///
/// # Errors
/// The content has problems, or a file cannot be read or written.
pub(crate) fn courses(what: &What) -> Result<()> {
    let place = Place::find();
    match what {
        What::Check { texts } => check(&place, texts.as_deref()),
        What::Export {
            bank: Some(bank),
            stock,
            to: Some(to),
        } => sheets::export(&place, bank, *stock, to),
        What::Import {
            file,
            bank,
            stock,
            answer_separator,
            topic_separator,
            allow_removal,
        } => {
            let usual = Separators::default();
            let separators = Separators {
                answer: answer_separator.clone().unwrap_or(usual.answer),
                topic: topic_separator.clone().unwrap_or(usual.topic),
            };
            let wish = Wish {
                root: &place.courses(),
                bank,
                stock: *stock,
                separators,
                allow_removal: *allow_removal,
            };
            sheets::import(file, &wish)
        }
        What::Export { .. } => {
            println!("{}", courseware::export::json(&content::load(&place, LockUse::Check)?)?);
            Ok(())
        }
        What::Lock => match courseware::lock::write(&place.courses()) {
            Ok(written) => {
                println!("items.lock: {} wordings added, {} in all", written.added, written.total);
                Ok(())
            }
            Err(diagnostics) => report(&diagnostics),
        },
        What::Preview { addr } => preview(&place, addr),
    }
}

/// Prints all diagnostics.
///
/// # Errors
/// There are some.
pub(crate) fn report(diagnostics: &[Diagnostic]) -> Result<()> {
    for diagnostic in diagnostics {
        eprintln!("courses/{diagnostic}");
    }
    if diagnostics.is_empty() {
        Ok(())
    } else {
        bail!("the content has {} problems", diagnostics.len())
    }
}

/// Checks the content, its citations too where the texts are at hand.
///
/// # Errors
/// It has problems; all are printed, and then the counts.
pub(crate) fn check(place: &Place, texts: Option<&Path>) -> Result<()> {
    if let Some(texts) = texts.filter(|texts| !texts.is_dir()) {
        bail!("there is no folder {}", texts.display());
    }
    if texts.is_none() {
        println!("skipped: citations and figures against law texts (no folder of texts was given or found)");
    }
    let checked = courseware::check(&place.courses(), texts);
    let outcome = report(&checked.diagnostics);
    for stale in courseware::stale::list(&checked.content) {
        println!("to be looked at again: {stale}");
    }
    let checks = checked.content.checks().count();
    println!("handbook: {checks} checks ({})", checked.content.check_bases());
    println!("{}", checked.counts);
    outcome
}

/// How often the content is looked at for changes.
const LOOK: Duration = Duration::from_millis(500);

/// Serves the site from its own folder, so that what `run` embeds never has a preview in it. Each save makes a new build
/// id; the preview's page asks `build.json` for it every second and reloads (`public/preview.js`). There is no service
/// worker, which would show the page of before.
fn preview(place: &Place, addr: &str) -> Result<()> {
    let mut steps = Steps::new(3);
    let mut parts = steps.step("app for the browser (wasm), style and content", || {
        site::preview_parts(place)
    })?;
    let folder = place.target.join("preview");
    steps.step("site", || {
        parts.write_sealed(place)?;
        parts.write(place, &folder, "/", None).map(drop)
    })?;
    steps.step("endpoint (release)", || {
        // With what `run` embeds, where it has run: the same binary serves both, and neither has to compile it anew.
        let inside = Some(place.site())
            .filter(|site| site.is_dir())
            .unwrap_or_else(|| folder.clone());
        run(cargo(place)
            .args(["build", "--release", "--package", "anxue-endpoint"])
            .env("ANXUE_SITE_DIR", inside)
            .env("ANXUE_SEALED_DIR", place.sealed())
            .env("ANXUE_COURSES_DIR", place.courses()))
    })?;
    let mut server = Server::start(place, addr, &folder)?;
    let mut seen = snapshot(&place.courses());
    println!("watching courses/; Ctrl-C ends it");
    loop {
        std::thread::sleep(LOOK);
        if let Some(status) = server.0.try_wait()? {
            bail!("the endpoint ended with {status}");
        }
        let now = snapshot(&place.courses());
        if now == seen {
            continue;
        }
        let changed = changes(&seen, &now);
        println!("changed: {}", changed.join(", "));
        seen = now;
        match renew(place, &mut parts, &folder) {
            Ok(build) => {
                println!("rebuilt: {build}");
                drop(server);
                server = Server::start(place, addr, &folder)?;
            }
            Err(error) => eprintln!("{error:#}; the page stays as it was"),
        }
    }
}

fn renew(place: &Place, parts: &mut Parts, folder: &Path) -> Result<String> {
    parts.renew_content(place, LockUse::Ignore)?;
    Ok(parts.write(place, folder, "/", None)?.build)
}

/// The endpoint as a child. It reads its site when it starts, so each build gets a new one.
struct Server(Child);

impl Server {
    fn start(place: &Place, addr: &str, folder: &Path) -> Result<Self> {
        let mut serve = Command::new(place.endpoint("release"));
        serve
            .args(["serve", "--addr", addr, "--site"])
            .arg(folder)
            .arg("--data")
            .arg(place.target.join("preview-data"));
        Ok(Self(serve.spawn().context("cannot start the endpoint")?))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Either may fail because it has ended already, which is what is wanted.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Each file below the folder with its size and time of change.
type Snapshot = BTreeMap<PathBuf, (u64, Option<SystemTime>)>;

fn snapshot(folder: &Path) -> Snapshot {
    let entries = walkdir::WalkDir::new(folder).into_iter().filter_map(Result::ok);
    let files = entries.filter(|entry| entry.file_type().is_file());
    files
        .filter_map(|entry| {
            let about = entry.metadata().ok()?;
            let path = entry.path().strip_prefix(folder).unwrap_or(entry.path()).to_owned();
            Some((path, (about.len(), about.modified().ok())))
        })
        .collect()
}

fn changes(before: &Snapshot, after: &Snapshot) -> Vec<String> {
    let new = after
        .iter()
        .filter(|(path, state)| before.get(*path) != Some(state))
        .map(|(path, _)| path);
    let gone = before.keys().filter(|path| !after.contains_key(*path));
    new.chain(gone).map(|path| path.display().to_string()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_change_a_new_file_and_a_lost_file_are_seen() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("same.md"), "1").unwrap();
        fs::write(folder.path().join("changed.md"), "1").unwrap();
        fs::write(folder.path().join("gone.md"), "1").unwrap();
        let before = snapshot(folder.path());
        assert_eq!(changes(&before, &snapshot(folder.path())), Vec::<String>::new());
        fs::write(folder.path().join("changed.md"), "22").unwrap();
        fs::remove_file(folder.path().join("gone.md")).unwrap();
        fs::write(folder.path().join("new.md"), "1").unwrap();
        assert_eq!(
            changes(&before, &snapshot(folder.path())),
            ["changed.md", "new.md", "gone.md"]
        );
    }
}
