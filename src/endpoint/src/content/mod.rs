//! A deployment's own content (DESIGN §4): checked, installed, listed and removed with this program alone, served without a
//! restart, and written out as a static site.

mod base;
mod embedded;
mod export;
mod generation;
mod install;
mod live;

pub(crate) use base::{Base, CONTENT, REGULATIONS, regulations};
pub(crate) use generation::Generations;
pub use live::Live;
pub(crate) use live::{first, ground, watch};

use crate::cli::{Data, say};
use crate::keep::make_private;
use crate::regulations as texts;
use crate::site::Site;
use crate::state::system_clock;
use anyhow::Context;
use clap::Subcommand;
use std::path::PathBuf;

/// The commands for content.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Courses, handbook venues, exercises and sealed banks of a deployment's own
    Content {
        #[command(subcommand)]
        command: Content,
    },
    /// The site as a static folder
    Site {
        #[command(subcommand)]
        command: SiteCommand,
    },
    /// Full texts of regulations, which open beside citations
    Regulations {
        #[command(subcommand)]
        command: texts::Command,
    },
}

/// What can be done with a deployment's own content.
#[derive(Subcommand)]
pub(crate) enum Content {
    /// Check a folder with content and say what is wrong: file, line, what to do
    Check {
        /// The folder, of the form of courses/README.md
        #[arg(value_name = "FOLDER")]
        from: PathBuf,
        /// The data folder, to check over what is installed there already
        #[arg(long = "data", value_name = "DIR")]
        data: Option<PathBuf>,
        #[command(flatten)]
        base: Base,
    },
    /// Check a folder with content and install it over what is there; a running server serves it within seconds
    Install {
        /// The folder, of the form of courses/README.md
        #[arg(value_name = "FOLDER")]
        from: PathBuf,
        #[command(flatten)]
        data: Data,
        #[command(flatten)]
        base: Base,
    },
    /// List what is installed: kind, id, folder, whether it overrides something built in, title
    List {
        #[command(flatten)]
        data: Data,
        #[command(flatten)]
        base: Base,
    },
    /// Remove something that was installed; what it has overridden comes back
    Remove {
        /// Its id, slug or folder, as `content list` shows it
        name: String,
        #[command(flatten)]
        data: Data,
        #[command(flatten)]
        base: Base,
    },
}

/// What can be done with the site.
#[derive(Subcommand)]
pub(crate) enum SiteCommand {
    /// Write the site with the installed content to a folder for any web server; sealed banks are never in it
    Export {
        /// The folder: empty, not there yet, or with an earlier export
        #[arg(value_name = "FOLDER")]
        to: PathBuf,
        /// The path that it will be served at, like /anxue/
        #[arg(long = "base", value_name = "PATH")]
        base_path: Option<String>,
        /// A folder with a built site, instead of the one inside this program
        #[arg(long, value_name = "DIR")]
        site: Option<PathBuf>,
        #[command(flatten)]
        data: Data,
        #[command(flatten)]
        base: Base,
    },
}

/// Runs a command for content.
///
/// # Errors
/// What went wrong, in words for the person at the terminal.
pub(crate) fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Content { command } => content(command),
        Command::Site { command } => site(command),
        Command::Regulations { command } => texts::run(command),
    }
}

fn content(command: Content) -> anyhow::Result<()> {
    match command {
        Content::Check { from, data, base } => install::check(&from, &base, data.as_deref(), &say),
        Content::Install { from, data, base } => {
            make_private(&data.folder)
                .with_context(|| format!("cannot use the data folder {}", data.folder.display()))?;
            install::install(&from, &base, &data.folder, &say)
        }
        Content::List { data, base } => install::list(&base, &data.folder, &say),
        Content::Remove { name, data, base } => install::remove(&name, &base, &data.folder, &say),
    }
}

fn site(command: SiteCommand) -> anyhow::Result<()> {
    let SiteCommand::Export {
        to,
        base_path,
        site,
        data,
        base,
    } = command;
    let site = match site {
        Some(folder) => Site::read(&folder)?,
        None => Site::embedded(),
    };
    let ground = ground(&data.folder, &base, site);
    let packs = export::export(&ground, &to, base_path.as_deref(), system_clock()().day())?;
    say(&format!("exported: {}: {packs} packs", to.display()))
}
