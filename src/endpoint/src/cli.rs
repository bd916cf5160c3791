//! The command line of `anxue`.

use crate::app::Endpoint;
use crate::code::{self, UnitCode, code_until};
use crate::content;
use crate::deploy::Deploy;
use crate::desk::key;
use crate::keep::{self, FILE, make_private};
use crate::limit::Rate;
use crate::site::Site;
use crate::state::{Options, system_clock};
use crate::store::sqlite::Sqlite;
use crate::store::{NewCode, Store};
use crate::visible::visible;
use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use tokio::net::TcpListener;

/// The unit of the first code, until somebody gives it a better name.
const FIRST_UNIT: &str = "本单位";

#[derive(Parser)]
#[command(
    name = "anxue",
    version,
    about = "安学: training in work-safety regulation, the endpoint with the site inside"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the site and the API
    Serve(Serve),
    /// Codes by which people of a unit join
    Codes {
        #[command(subcommand)]
        command: Codes,
    },
    /// The organizer's desk
    Organize {
        #[command(subcommand)]
        command: Organize,
    },
    /// Write a consistent copy of all data, installed content and texts included, to a new file, while the endpoint runs or not
    Backup {
        /// The file to write
        file: PathBuf,
        #[command(flatten)]
        data: Data,
    },
    /// Put a backup in the place of the data and make all devices send again what it lacks; what was there is kept beside it (stop
    /// the endpoint first)
    Restore {
        /// The backup
        file: PathBuf,
        #[command(flatten)]
        data: Data,
    },
    /// After putting a backup in place by hand: make all devices send again what it lacks (stop the endpoint first)
    Restored {
        #[command(flatten)]
        data: Data,
    },
    #[command(flatten)]
    OfContent(content::Command),
}

#[derive(Args)]
pub(crate) struct Data {
    /// The folder that holds all data; made where there is none
    #[arg(long = "data", value_name = "DIR", default_value = "data")]
    pub(crate) folder: PathBuf,
}

#[derive(Args)]
struct Serve {
    #[command(flatten)]
    deploy: Deploy,
    #[command(flatten)]
    data: Data,
    /// A folder with a built site, instead of the one inside this program
    #[arg(long, value_name = "DIR")]
    site: Option<PathBuf>,
    #[command(flatten)]
    base: content::Base,
    /// How many requests a minute a person's device may make; 0 for no limit
    #[arg(long, value_name = "N", default_value_t = 600)]
    rate: u32,
    /// How many MiB of data to take at most, so that the disk never fills up; records that come then are kept on the devices
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    most_mib: Option<u32>,
}

#[derive(Subcommand)]
enum Codes {
    /// Make a code and print it: it is not stored and cannot be shown again
    New {
        /// The unit whose people may join by it
        #[arg(long)]
        unit: String,
        /// How many people may join by it
        #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
        uses: u32,
        /// For how many days it holds
        #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=3_660))]
        days: u16,
        #[command(flatten)]
        data: Data,
    },
    /// List the codes: number, first letters, uses, until when, unit
    List {
        #[command(flatten)]
        data: Data,
    },
    /// Close a code so that nobody can join by it any more
    Close {
        /// Its number in the list
        number: i64,
        #[command(flatten)]
        data: Data,
    },
}

#[derive(Subcommand)]
enum Organize {
    /// Make a one-time link to the desk and print what to put behind the site's address; it holds for seven days and once
    Link {
        /// How the log names whoever signs in by it
        #[arg(long, default_value = key::FIRST)]
        name: String,
        #[command(flatten)]
        data: Data,
    },
}

/// Runs the program with the arguments that it was started with.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let result = runtime
        .context("cannot start")
        .and_then(|runtime| runtime.block_on(run(cli.command)));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("anxue: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Serve(serve) => self::serve(serve).await,
        Command::Codes { command } => codes(command).await,
        Command::Organize {
            command: Organize::Link { name, data },
        } => {
            let name = visible(&name, 40).filter(|name| !name.is_empty());
            let name = name.context("a name is one line of 1 to 40 characters")?;
            let store = open_there(&data.folder).await?;
            let key = key::make(&store, &name, system_clock()()).await?;
            store.close().await;
            say(&format!("organize: /organize#{key}  {name}，一次有效，7 天内"))
        }
        Command::OfContent(command) => content::run(command),
        Command::Backup { file, data } => {
            let store = open_there(&data.folder).await?;
            keep::backup(&store, &data.folder, &file).await?;
            store.close().await;
            say(&format!("backup: {}", file.display()))
        }
        Command::Restore { file, data } => {
            make_private(&data.folder)?;
            let former = keep::restore(&file, &data.folder, system_clock()()).await?;
            let kept = former.map_or_else(String::new, |former| format!("; the former data: {}", former.display()));
            say(&format!(
                "restored: {}; devices will send again what it lacks{kept}",
                file.display()
            ))
        }
        Command::Restored { data } => {
            anyhow::ensure!(
                data.folder.join(FILE).is_file(),
                "there is no data in {}; say where with --data",
                data.folder.display()
            );
            let _held = keep::hold(&data.folder)?;
            let store = open_there(&data.folder).await?;
            store.renew_epoch(code::random_hex()?).await?;
            store.close().await;
            say("restored: devices will send again what the backup lacks")
        }
    }
}

/// Prints a line at once: whoever started the program may be waiting for it.
pub(crate) fn say(line: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}

/// Opens a store that must be there: a mistyped folder would otherwise look like an empty one.
async fn open_there(folder: &Path) -> anyhow::Result<Sqlite> {
    anyhow::ensure!(
        folder.join(FILE).is_file(),
        "there is no data in {}; say where with --data",
        folder.display()
    );
    open(folder).await
}

async fn open(folder: &Path) -> anyhow::Result<Sqlite> {
    open_within(folder, None).await
}

async fn open_within(folder: &Path, most_mib: Option<u32>) -> anyhow::Result<Sqlite> {
    let why = || {
        format!(
            "cannot use the data folder {}; choose another with --data",
            folder.display()
        )
    };
    make_private(folder).with_context(why)?;
    Sqlite::open_within(&folder.join(FILE), &code::random_hex()?, most_mib)
        .await
        .with_context(why)
}

async fn serve(options: Serve) -> anyhow::Result<()> {
    log();
    let mut site = match &options.site {
        Some(folder) => Site::read(folder)?,
        None => Site::embedded(),
    };
    if site.is_empty() {
        tracing::warn!("no site is inside this program: only the API is served; --site FOLDER serves one");
    }
    let deployed = options.deploy.options(&mut site)?;
    let ground = Arc::new(content::ground(&options.data.folder, &options.base, site));
    let clock = system_clock();
    let (live, seen) = content::first(&ground, clock().day())?;
    tracing::info!(exams = live.sealed.len(), "assessments are offered");
    // First the address, so that a second start by mistake changes nothing.
    let addr = options.deploy.addr();
    let listener = TcpListener::bind(addr).await.with_context(|| {
        format!("cannot listen on {addr}: is it running already? choose another with --addr, such as 127.0.0.1:0")
    })?;
    make_private(&options.data.folder).with_context(|| {
        format!(
            "cannot use the data folder {}; choose another with --data",
            options.data.folder.display()
        )
    })?;
    let _held = keep::hold(&options.data.folder)?;
    let tls = options.deploy.tls(&options.data.folder, listener.local_addr()?)?;
    let store: Arc<dyn Store> = Arc::new(open_within(&options.data.folder, options.most_mib).await?);
    if store.codes().await?.is_empty() {
        let (code, until) = new_code(store.as_ref(), FIRST_UNIT, 200, 30).await?;
        say(&format!(
            "code: {code}  {FIRST_UNIT}，200 人内有效，{until} 截止；另发新码：anxue codes new --unit 单位名称"
        ))?;
    }
    // Told with the address of the site, once that is known.
    let first = if store.has_key().await? {
        None
    } else {
        Some(key::make(store.as_ref(), key::FIRST, system_clock()()).await?)
    };
    let rate = Rate {
        burst: options.rate.max(1),
        per_minute: options.rate,
    };
    let endpoint = Endpoint::start(
        Arc::clone(&store),
        live.site,
        Options {
            records: rate,
            sealed: live.sealed,
            ..deployed
        },
    )
    .await?;
    tokio::spawn(content::watch(ground, endpoint.clone(), clock, seen));
    let end = end()?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    let address = format!("{scheme}://{}/", listener.local_addr()?);
    if let Some(key) = first {
        say(&format!(
            "organize: {address}organize#{key}  组织者登录，一次有效，7 天内；另发新链接：anxue organize link"
        ))?;
    }
    say(&format!("ready: {address}"))?;
    crate::server::serve_with(listener, endpoint.router(), tls, end).await;
    store.close().await;
    tracing::info!("ended; all that was acknowledged is stored");
    Ok(())
}

/// Ends when the operating system or a person at the terminal says so.
fn end() -> anyhow::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        Ok(async move {
            tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
        })
    }
    #[cfg(not(unix))]
    Ok(async { drop(tokio::signal::ctrl_c().await) })
}

/// Logs as JSON lines to standard error; `ANXUE_LOG` sets what (`warn`, `info`, `debug`).
fn log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("ANXUE_LOG").unwrap_or_else(|_| "info".into());
    let logger = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    drop(logger.try_init());
}

/// Makes a code; the code and the last day on which it holds all day.
async fn new_code(store: &dyn Store, unit: &str, uses: u32, days: u16) -> anyhow::Result<(UnitCode, String)> {
    let code = UnitCode::from_bits(u64::from_be_bytes(code::random()?));
    let now = system_clock()();
    let expires = code_until(now, days);
    let new = NewCode {
        hash: code.hash(),
        shown: code.shown(),
        unit: unit.into(),
        expires,
        max_uses: uses,
    };
    store.new_code(new, now).await?;
    Ok((code, expires.plus(-1).day().to_string()))
}

async fn codes(command: Codes) -> anyhow::Result<()> {
    match command {
        Codes::New { unit, uses, days, data } => {
            let unit = unit.trim();
            anyhow::ensure!(
                !unit.is_empty() && unit.chars().count() <= 60,
                "a unit's name has 1 to 60 characters"
            );
            anyhow::ensure!(!unit.chars().any(char::is_control), "a unit's name is one line");
            let store = open(&data.folder).await?;
            let (code, until) = new_code(&store, unit, uses, days).await?;
            store.close().await;
            say(&format!("code: {code}  {unit}，{uses} 人内有效，{until} 截止"))
        }
        Codes::List { data } => {
            let store = open_there(&data.folder).await?;
            let now = system_clock()();
            for code in store.codes().await? {
                let state = match &code {
                    code if code.closed => "已关闭",
                    code if code.expires <= now => "已过期",
                    code if code.used >= code.max_uses => "已用完",
                    _ => "有效",
                };
                let until = code.expires.plus(-1).day();
                let (number, shown, unit) = (code.number, &code.shown, &code.unit);
                say(&format!(
                    "{number}  {shown}…  {}/{}  {until}  {state}  {unit}",
                    code.used, code.max_uses
                ))?;
            }
            store.close().await;
            Ok(())
        }
        Codes::Close { number, data } => {
            let store = open_there(&data.folder).await?;
            let there = store.close_code(number, system_clock()()).await?;
            store.close().await;
            anyhow::ensure!(there, "there is no code {number}; `anxue codes list` shows all");
            say(&format!("closed: {number}"))
        }
    }
}
