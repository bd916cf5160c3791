//! `cargo xtask bench`: the page, the endpoint, a hall full of people and the linking of a device beside their floors, each
//! pair in one run.
//!
//! This program builds the site and the release binary of the endpoint, and then hands over to its own release build with
//! the feature `bench` (`bench-inner`), because a debug build would measure itself.

#[cfg(feature = "bench")]
mod bare;
#[cfg(feature = "bench")]
mod browser;
#[cfg(feature = "bench")]
mod cdp;
#[cfg(feature = "bench")]
mod content;
#[cfg(feature = "bench")]
mod endpoint;
#[cfg(feature = "bench")]
mod floor;
#[cfg(feature = "bench")]
mod hall;
#[cfg(feature = "bench")]
mod http;
#[cfg(feature = "bench")]
mod link;
#[cfg(feature = "bench")]
mod marking;
#[cfg(feature = "bench")]
mod page;
#[cfg(feature = "bench")]
mod paper;
#[cfg(feature = "bench")]
mod proxy;
#[cfg(feature = "bench")]
mod server;
#[cfg(feature = "bench")]
mod stats;

use crate::command::{cargo, run};
use crate::place::Place;
use crate::steps::Steps;
use crate::{packages, site};
use anyhow::Result;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// What to measure.
#[derive(Debug, Clone, Default, Subcommand)]
pub(crate) enum What {
    /// Everything.
    #[default]
    All,
    /// Marking of each kind of item, and drawing a paper from a large bank, natively and in the browser.
    Exams,
    /// The page beside a hand-written one of the same questions.
    Page(PageOptions),
    /// The endpoint beside a bare axum + SQLite server.
    Endpoint(EndpointOptions),
    /// Three hundred people who join within ten seconds from one address, beside a bare server.
    Hall(HallOptions),
    /// Linking a second device of a person with 5,000 records, beside a bare page that fetches and stores them.
    Link(LinkOptions),
}

/// How to measure the page.
#[derive(Debug, Clone, Args)]
pub(crate) struct PageOptions {
    /// Rounds, each with both pages in fresh profiles.
    #[arg(long, default_value_t = 9)]
    pub(crate) rounds: u32,
}

impl Default for PageOptions {
    fn default() -> Self {
        Self { rounds: 9 }
    }
}

/// How to measure the endpoint.
#[derive(Debug, Clone, Args)]
pub(crate) struct EndpointOptions {
    /// Rounds, each with both servers.
    #[arg(long, default_value_t = 3)]
    pub(crate) rounds: u32,
    /// Seconds of load for each number.
    #[arg(long, default_value_t = 3)]
    pub(crate) seconds: u64,
}

impl Default for EndpointOptions {
    fn default() -> Self {
        Self { rounds: 3, seconds: 3 }
    }
}

/// How to measure a hall full of people.
#[derive(Debug, Clone, Args)]
pub(crate) struct HallOptions {
    /// Rounds, each with both servers in fresh data folders.
    #[arg(long, default_value_t = 3)]
    pub(crate) rounds: u32,
}

impl Default for HallOptions {
    fn default() -> Self {
        Self { rounds: 3 }
    }
}

/// How to measure the linking of a device.
#[derive(Debug, Clone, Args)]
pub(crate) struct LinkOptions {
    /// Rounds, each with both pages in fresh profiles, slowed and not.
    #[arg(long, default_value_t = 3)]
    pub(crate) rounds: u32,
}

impl Default for LinkOptions {
    fn default() -> Self {
        Self { rounds: 3 }
    }
}

/// Parts that run in the release build.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Inner {
    /// Measures the page.
    Page(PageOptions),
    /// Measures the endpoint.
    Endpoint(EndpointOptions),
    /// Measures a hall full of people.
    Hall(HallOptions),
    /// Measures the linking of a device.
    Link(LinkOptions),
    /// Measures marking and drawing.
    Exams,
    /// The bare server that the endpoint is measured beside.
    Floor {
        /// Its database file, made anew.
        file: PathBuf,
    },
}

/// The package and the program that draws papers.
const PROBE: &str = "anxue-probe";

/// One measurement, as the release build is told to make it.
struct Part {
    name: &'static str,
    words: Vec<String>,
    /// Whether it needs a browser.
    browser: bool,
}

impl Part {
    fn new(name: &'static str, words: &[&str], numbers: &[(&str, u64)], browser: bool) -> Self {
        let mut words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        for (option, number) in numbers {
            words.extend([format!("--{option}"), number.to_string()]);
        }
        Self { name, words, browser }
    }
}

impl What {
    fn parts(self) -> Vec<Part> {
        match self {
            Self::All => vec![
                Self::Exams,
                Self::Page(PageOptions::default()),
                Self::Endpoint(EndpointOptions::default()),
                Self::Hall(HallOptions::default()),
                Self::Link(LinkOptions::default()),
            ]
            .into_iter()
            .flat_map(Self::parts)
            .collect(),
            Self::Exams => vec![Part::new("marking and drawing", &["exams"], &[], true)],
            Self::Page(PageOptions { rounds }) => {
                vec![Part::new("page", &["page"], &[("rounds", rounds.into())], true)]
            }
            Self::Endpoint(EndpointOptions { rounds, seconds }) => {
                let numbers = [("rounds", rounds.into()), ("seconds", seconds)];
                vec![Part::new("endpoint", &["endpoint"], &numbers, false)]
            }
            Self::Hall(HallOptions { rounds }) => {
                vec![Part::new("hall", &["hall"], &[("rounds", rounds.into())], false)]
            }
            Self::Link(LinkOptions { rounds }) => {
                vec![Part::new("link", &["link"], &[("rounds", rounds.into())], true)]
            }
        }
    }
}

/// Builds what is measured and measures it.
///
/// # Errors
/// Something does not compile, a browser is missing, or the measurement could not be made. A missed target is printed,
/// not an error.
pub(crate) fn bench(what: What) -> Result<()> {
    let exams = matches!(what, What::All | What::Exams);
    let measured = what.parts();
    let place = Place::find();
    let mut steps = Steps::new(4 + usize::from(exams) + measured.len());
    let parts = steps.step("app for the browser (wasm), style and content", || site::parts(&place))?;
    steps.step("site: hashed names, compressed copies", || {
        parts.write_sealed(&place)?;
        parts.write(&place, &place.site(), "/", None)?.warn_of_budgets(&place);
        if measured.iter().any(|part| part.browser) {
            packages::browser().map(drop)
        } else {
            Ok(())
        }
    })?;
    steps.step("endpoint with the site inside (release)", || {
        let build = ["build", "--release", "--package", "anxue-endpoint"];
        run(cargo(&place).args(build).envs(place.inside()))
    })?;
    let measure = ["--release", "--package", "anxue-xtask", "--features", "bench"];
    steps.step("what measures (release)", || {
        run(cargo(&place).arg("build").args(measure))
    })?;
    if exams {
        steps.step("the draw of a paper, as a program and as wasm", || {
            let module = site::wasm::build_one(&place, PROBE, PROBE)?;
            let folder = place.probe();
            std::fs::create_dir_all(&folder)?;
            std::fs::write(folder.join("probe.wasm"), module.wasm)?;
            std::fs::write(folder.join("probe.js"), module.glue)?;
            run(cargo(&place).args(["build", "--release", "--package", PROBE]))
        })?;
    }
    for Part { name, words, .. } in measured {
        steps.step(name, || {
            run(cargo(&place)
                .arg("run")
                .arg("--quiet")
                .args(measure)
                .args(["--", "bench-inner"])
                .args(&words))
        })?;
    }
    steps.sum_up();
    Ok(())
}

/// Does one part.
///
/// # Errors
/// The measurement could not be made.
#[cfg(feature = "bench")]
pub(crate) fn inner(what: Inner) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let place = Place::find();
    match what {
        Inner::Page(options) => runtime.block_on(page::measure(&place, &options)),
        Inner::Endpoint(options) => runtime.block_on(endpoint::measure(&place, &options)),
        Inner::Hall(options) => runtime.block_on(hall::measure(&place, &options)),
        Inner::Link(options) => runtime.block_on(link::measure(&place, &options)),
        Inner::Exams => {
            marking::measure(&place)?;
            runtime.block_on(paper::measure(&place))
        }
        Inner::Floor { file } => runtime.block_on(bare::serve(&file)),
    }
}

/// Says that this build cannot.
///
/// # Errors
/// Always.
#[cfg(not(feature = "bench"))]
#[allow(clippy::needless_pass_by_value, reason = "like the one that can")]
pub(crate) fn inner(what: Inner) -> Result<()> {
    anyhow::bail!("{what:?} needs the feature 'bench'; `cargo xtask bench` builds it")
}
