//! The project's only build tool: `cargo xtask run|build|package|test|bench|courses`.
//!
//! Builds the site (wasm by the recipe for old engines, glue, style, content packs), the endpoint binary with the site
//! inside, and proves both. Everything that it makes lies under `target/`, except what `build` is asked for.

mod bench;
mod command;
mod contract;
mod courses;
mod features;
mod old_chromium;
mod package;
mod packages;
mod place;
mod run;
mod site;
mod steps;
mod test;

use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

/// Builds, runs, tests and measures Anxue.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Builds everything and serves it, endpoint and site in one process.
    Run {
        /// The address to listen on.
        #[arg(long, default_value = "127.0.0.1:8080")]
        addr: String,
        /// The folder of the endpoint's data.
        #[arg(long, default_value = "data")]
        data: PathBuf,
        /// Opens a browser once it serves.
        #[arg(long)]
        open: bool,
    },
    /// Builds a static folder for any web server.
    Build {
        /// The path below which the site will be served; begins and ends with a slash.
        #[arg(long, default_value = "/")]
        base: String,
        /// The build id, 16 hexadecimal digits; from ANXUE_BUILD_ID or made from the content where not given.
        #[arg(long)]
        build_id: Option<String>,
        /// The folder to write.
        #[arg(long, default_value = "dist")]
        out: PathBuf,
    },
    /// Builds one static binary for any x86-64 Linux, with the site inside; prints its path last.
    Package,
    /// Proves everything: format, lints, tests, content, budgets, journeys in real browsers.
    Test {
        /// Leaves out the checks before this step: to try a later one again. What later steps need is made all the same.
        #[arg(long, default_value_t = 1)]
        from: usize,
    },
    /// Measures the page and the endpoint beside their floors.
    Bench {
        #[command(subcommand)]
        what: Option<bench::What>,
    },
    /// Checks, exports, locks or previews the content.
    Courses {
        #[command(subcommand)]
        what: courses::What,
    },
    /// Opens a browser as soon as the address answers (started by `run --open`).
    #[command(hide = true)]
    OpenWhenReady {
        /// The address that will listen.
        addr: String,
    },
    /// The load generator, the bare server and the browser part of `bench`, in the release build.
    #[command(hide = true)]
    BenchInner {
        #[command(subcommand)]
        what: bench::Inner,
    },
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Run { addr, data, open } => run::run(&addr, &data, open),
        Command::Build { base, build_id, out } => site::build_static(&base, build_id.as_deref(), &out),
        Command::Package => package::package(),
        Command::Test { from } => test::test(from),
        Command::Bench { what } => bench::bench(what.unwrap_or_default()),
        Command::Courses { what } => courses::courses(&what),
        Command::OpenWhenReady { addr } => run::open_when_ready(&addr),
        Command::BenchInner { what } => bench::inner(what),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}
