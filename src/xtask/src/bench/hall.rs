//! `bench hall`: three hundred people of one hall, behind one address, open the page and join within ten seconds, each by a
//! connection of their own, at an endpoint with its usual limits. Some mistype the code first.
//!
//! The floor is the bare server: the same arrivals, each with the first batch of three records as its one request.

use super::HallOptions;
use super::content::{Learner, Material, batch};
use super::http::{Connection, get, post};
use super::server::{Server, new_code};
use super::stats::{Samples, ratio, table, verdict};
use crate::place::Place;
use crate::site::budget::{Budgets, HallBudget};
use anyhow::{Context, Result, ensure};
use domain::time::Timestamp;
use serde_json::{Value, json};
use std::fs;
use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use wire::api::{BatchAnswer, EnrolmentAnswer, EnrolmentRequest, RecordsPage, SiteConfig};

const PEOPLE: u32 = 300;

/// The time within which all arrive, evenly.
const WITHIN: Duration = Duration::from_secs(10);

/// One of so many mistypes the code first (5 %).
const MISTYPES: u32 = 20;

/// How long it takes to see that, and to type the code again.
const RETYPING: Duration = Duration::from_secs(1);

/// Records of the first batch.
const FIRST: usize = 3;

const RECORDS: &str = "/api/v1/records";

/// What one of the hall will send.
struct Guest {
    /// A request with a wrong code, for those who mistype.
    mistyped: Option<Vec<u8>>,
    enrolment: Vec<u8>,
    records: Vec<u8>,
}

/// What one of the hall waited for, in milliseconds.
#[derive(Debug, Clone, Copy)]
struct Waited {
    join: f64,
    config: f64,
    batch: f64,
    back: f64,
}

/// One number of each person, over the rounds.
#[derive(Debug, Default)]
struct Spread {
    middle: Samples,
    slow: Samples,
    slowest: Samples,
}

impl Spread {
    /// Adds a round.
    fn add(&mut self, times: impl Iterator<Item = f64>) {
        let mut all = Samples::default();
        times.for_each(|time| all.push(time));
        self.middle.push(all.percentile(50));
        self.slow.push(all.percentile(99));
        self.slowest.push(all.percentile(100));
    }

    fn cells(&self) -> [String; 3] {
        [self.middle.shown(), self.slow.shown(), self.slowest.shown()]
    }

    fn json(&self) -> Value {
        json!({ "p50": self.middle.json(), "p99": self.slow.json(), "max": self.slowest.json() })
    }
}

/// All rounds.
#[derive(Default)]
struct Hall {
    join: Spread,
    config: Spread,
    batch: Spread,
    back: Spread,
    floor: Spread,
    page: Spread,
    /// Bytes a second while the pages were fetched.
    speed: Samples,
    memory: Samples,
    errors: usize,
    floor_errors: usize,
    page_errors: usize,
}

/// Measures and prints.
///
/// # Errors
/// A server does not start, or the site lacks a file.
pub(crate) async fn measure(place: &Place, options: &HallOptions) -> Result<()> {
    ensure!(options.rounds >= 1, "at least one round");
    let budget = Budgets::read(&place.root)?.hall;
    let folder = place.target.join("bench/hall");
    // What an earlier run left; there may be nothing.
    let _ = fs::remove_dir_all(&folder);
    let material = Material::read(&place.site())?;
    let page = Arc::new(page_files(&place.site())?);
    let weight: usize = page.iter().map(|(_, bytes)| bytes).sum();
    println!(
        "hall: release, usual limits, SQLite WAL FULL; {PEOPLE} people from one address within {} s, each on a connection of \
         their own, one of {MISTYPES} mistypes the code first; bare: axum + SQLite WAL FULL, the same arrivals with one batch \
         each; {} rounds in fresh data folders; times in ms: median of the rounds (min-max)",
        WITHIN.as_secs(),
        options.rounds
    );
    let mut hall = Hall::default();
    for round in 0..options.rounds {
        let folder = folder.join(round.to_string());
        fs::create_dir_all(&folder)?;
        hall.round(place, &folder, &material, &page, round % 2 == 0)
            .await
            .with_context(|| format!("round {}", round + 1))?;
    }
    hall.report(&budget, weight);
    Ok(())
}

impl Hall {
    async fn round(
        &mut self,
        place: &Place,
        folder: &Path,
        material: &Material,
        page: &Arc<Vec<(String, usize)>>,
        floor_last: bool,
    ) -> Result<()> {
        let (binary, data) = (place.endpoint("release"), folder.join("data"));
        let code = new_code(&binary, &data, PEOPLE as usize).await?;
        let guests = guests(material, &code)?;
        let ours = Server::usual(&binary, &data, None).await?;
        let bare = Server::bare(&folder.join("bare.sqlite")).await?;
        if !floor_last {
            self.floor(&bare.addr, &guests).await?;
        }
        let (people, errors, _) = crowd(|number| join(ours.addr.clone(), Arc::clone(&guests[number as usize]))).await?;
        self.errors += errors;
        self.join.add(people.iter().map(|waited| waited.join));
        self.config.add(people.iter().map(|waited| waited.config));
        self.batch.add(people.iter().map(|waited| waited.batch));
        self.back.add(people.iter().map(|waited| waited.back));
        if floor_last {
            self.floor(&bare.addr, &guests).await?;
        }
        let (people, errors, time) = crowd(|_| open(ours.addr.clone(), Arc::clone(page))).await?;
        self.page_errors += errors;
        let bytes: usize = people.iter().map(|(_, bytes)| bytes).sum();
        self.page.add(people.into_iter().map(|(time, _)| time));
        #[allow(clippy::cast_precision_loss, reason = "far below 2^52")]
        self.speed.push(bytes as f64 / time.as_secs_f64());
        if let Some(memory) = ours.peak_memory() {
            self.memory.push(memory);
        }
        ours.stop().await?;
        bare.stop().await
    }

    async fn floor(&mut self, addr: &str, guests: &[Arc<Guest>]) -> Result<()> {
        let (times, errors, _) = crowd(|number| send(addr.to_owned(), Arc::clone(&guests[number as usize]))).await?;
        self.floor_errors += errors;
        self.floor.add(times.into_iter());
        Ok(())
    }

    fn report(&self, budget: &HallBudget, weight: usize) {
        let mut met = true;
        let mut row = |name: &str, spread: &Spread, errors: usize, most: Option<f64>| {
            let [middle, slow, slowest] = spread.cells();
            let good = errors == 0 && most.is_none_or(|most| spread.slow.median() <= most);
            met &= good;
            let target = most.map_or_else(|| "-".into(), |most| format!("p99 <= {most}"));
            vec![
                name.to_owned(),
                middle,
                slow,
                slowest,
                errors.to_string(),
                target,
                verdict(good).into(),
            ]
        };
        let head = |first: &str| {
            let names = [first, "p50", "p99", "max", "errors", "target", "verdict"];
            names.map(str::to_owned).to_vec()
        };
        table(&[
            head("one person, ms"),
            row("join (enrolment)", &self.join, self.errors, Some(budget.join)),
            row("config.json", &self.config, self.errors, None),
            row("first batch of 3", &self.batch, self.errors, Some(budget.batch)),
            row("records back", &self.back, self.errors, None),
            row("bare server: one batch of 3", &self.floor, self.floor_errors, None),
        ]);
        let share = ratio(self.batch.slow.median(), self.floor.slow.median());
        println!("p99 of the first batch: {share:.2} times the bare server's");
        println!();
        table(&[
            head("page, ms"),
            row(
                "index.html, wasm, catalogue",
                &self.page,
                self.page_errors,
                Some(budget.page),
            ),
        ]);
        let megabytes = self.speed.median() / 1e6;
        println!(
            "{weight} bytes (brotli) each; {megabytes:.2} MB sent a second, which asks for a line of {:.0} Mbit/s",
            megabytes * 8.0
        );
        // Without a known peak there is nothing to hold to a target.
        let light = self.memory.median() < budget.memory;
        met &= light;
        println!(
            "memory of the endpoint at the peak: {} MiB, target < {}: {}",
            self.memory.shown(),
            budget.memory,
            verdict(light)
        );
        println!(
            "{}",
            json!({
                "bench": "hall", "people": PEOPLE, "join_ms": self.join.json(), "config_ms": self.config.json(),
                "batch_ms": self.batch.json(), "back_ms": self.back.json(), "floor_ms": self.floor.json(),
                "page_ms": self.page.json(), "page_bytes": weight, "bytes_per_second": self.speed.json(),
                "peak_mib": self.memory.json(), "errors": self.errors, "floor_errors": self.floor_errors,
                "page_errors": self.page_errors, "met": met
            })
        );
    }
}

/// What a first visit fetches of the shell that weighs most: paths, and the bytes of each in brotli.
fn page_files(site: &Path) -> Result<Vec<(String, usize)>> {
    let mut files = vec!["index.html".to_owned()];
    for (stem, end) in [("app.", ".wasm"), ("catalogue.", ".json")] {
        let names = fs::read_dir(site)?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let mut fitting = names.filter(|name| name.starts_with(stem) && name.ends_with(end));
        files.push(
            fitting
                .next()
                .with_context(|| format!("the site has no {stem}*{end}"))?,
        );
    }
    let weighed = files.into_iter().map(|name| {
        let file = site.join(format!("{name}.br"));
        let length = fs::metadata(&file)
            .with_context(|| format!("no {}", file.display()))?
            .len();
        // The page is asked for as people do: by the address alone.
        let path = if name == "index.html" { String::new() } else { name };
        Ok((format!("/{path}"), usize::try_from(length)?))
    });
    weighed.collect()
}

/// What each of the hall will send.
fn guests(material: &Material, code: &str) -> Result<Vec<Arc<Guest>>> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis();
    let now = Timestamp(i64::try_from(now)?);
    let guest = |number| {
        let learner = Learner::new(number);
        let enrolment = |code: &str| -> Result<Vec<u8>> {
            let request = EnrolmentRequest {
                code: code.to_owned(),
                profile: learner.profile.to_string(),
                name: format!("学员{number}"),
                staff_no: None,
            };
            Ok(post("/api/v1/enrolments", "", &serde_json::to_vec(&request)?))
        };
        let mistyped = (number % MISTYPES == 0).then(|| enrolment(&mistype(code)));
        Ok(Arc::new(Guest {
            mistyped: mistyped.transpose()?,
            enrolment: enrolment(code)?,
            records: batch(&material.records(learner, FIRST, now)?),
        }))
    };
    (0..PEOPLE).map(guest).collect()
}

/// The code with another last letter.
fn mistype(code: &str) -> String {
    let mut letters: Vec<char> = code.chars().collect();
    if let Some(last) = letters.last_mut() {
        *last = if *last == '7' { '8' } else { '7' };
    }
    letters.into_iter().collect()
}

/// Has everybody arrive in turn and do what they do. Nobody waits for another. Gives what came of those with whom all went
/// well, the number of the others, and the time until the last was done.
async fn crowd<T, F>(act: impl Fn(u32) -> F) -> Result<(Vec<T>, usize, Duration)>
where
    T: Send + 'static,
    F: Future<Output = Result<T>> + Send + 'static,
{
    let begun = tokio::time::Instant::now();
    let tasks: Vec<_> = (0..PEOPLE)
        .map(|number| {
            let act = act(number);
            tokio::spawn(async move {
                tokio::time::sleep_until(begun + WITHIN * number / PEOPLE).await;
                act.await
            })
        })
        .collect();
    let (mut done, mut errors) = (Vec::with_capacity(tasks.len()), 0);
    for task in tasks {
        match task.await? {
            Ok(outcome) => done.push(outcome),
            Err(error) => {
                if errors == 0 {
                    eprintln!("{error:#}");
                }
                errors += 1;
            }
        }
    }
    Ok((done, errors, begun.elapsed()))
}

fn ms(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}

/// Joins and does what the app does then. The time to connect is part of the join, unless the code was mistyped first.
async fn join(addr: String, guest: Arc<Guest>) -> Result<Waited> {
    let mut begun = Instant::now();
    let mut connection = Connection::open(&addr).await?;
    if let Some(mistyped) = &guest.mistyped {
        let answer = connection.ask(mistyped).await?;
        ensure!(answer.status == 403, "a mistyped code gets {}", answer.status);
        tokio::time::sleep(RETYPING).await;
        begun = Instant::now();
    }
    let answer = connection.ask(&guest.enrolment).await?;
    let join = ms(begun);
    ensure!(answer.status == 201, "joining gets {}", answer.status);
    let token = serde_json::from_slice::<EnrolmentAnswer>(&answer.body)?.token;

    let begun = Instant::now();
    let answer = connection.ask(&get("/config.json", "", "")).await?;
    let config = ms(begun);
    ensure!(answer.status == 200, "config.json gets {}", answer.status);
    let read: SiteConfig = serde_json::from_slice(&answer.body)?;
    ensure!(read.can("pull"), "the endpoint does not give records back");

    let begun = Instant::now();
    let answer = connection.ask(&post(RECORDS, &token, &guest.records)).await?;
    let batch = ms(begun);
    ensure!(answer.status == 200, "the first batch gets {}", answer.status);
    let verdicts = serde_json::from_slice::<BatchAnswer>(&answer.body)?.verdicts;
    let stored = verdicts.iter().filter(|verdict| verdict.verdict == "stored").count();
    ensure!(stored == FIRST, "{stored} of {FIRST} records are stored: {verdicts:?}");

    let begun = Instant::now();
    let path = format!("{RECORDS}?limit=500");
    let answer = connection.ask(&get(&path, &token, "")).await?;
    let back = ms(begun);
    ensure!(answer.status == 200, "getting records gets {}", answer.status);
    let held = serde_json::from_slice::<RecordsPage>(&answer.body)?.records.len();
    ensure!(held == FIRST, "{held} of {FIRST} records come back");
    Ok(Waited {
        join,
        config,
        batch,
        back,
    })
}

/// Sends the first batch to the bare server; the time to connect is in it. In milliseconds.
async fn send(addr: String, guest: Arc<Guest>) -> Result<f64> {
    let begun = Instant::now();
    let mut connection = Connection::open(&addr).await?;
    let answer = connection.ask(&post(RECORDS, "", &guest.records)).await?;
    ensure!(answer.status == 200, "the bare server says {}", answer.status);
    Ok(ms(begun))
}

/// Fetches the page's files one after the other. Milliseconds, and bytes of the bodies.
async fn open(addr: String, files: Arc<Vec<(String, usize)>>) -> Result<(f64, usize)> {
    let begun = Instant::now();
    let mut connection = Connection::open(&addr).await?;
    let mut bytes = 0;
    for (path, weight) in files.iter() {
        let answer = connection.ask(&get(path, "", "br")).await?;
        ensure!(answer.status == 200, "{path} gets {}", answer.status);
        let length = answer.body.len();
        ensure!(length == *weight, "{path} has {length} bytes, its brotli form {weight}");
        bytes += length;
    }
    Ok((ms(begun), bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_code_is_another_code_of_the_same_length() {
        for code in ["ABCDE-FGHIJ", "ABCDE-FGHI7"] {
            let typed = mistype(code);
            assert!(typed != code && typed.len() == code.len(), "{typed}");
        }
    }

    #[test]
    fn a_spread_keeps_a_number_a_round() {
        let mut spread = Spread::default();
        spread.add((1..=100).map(f64::from));
        spread.add((1..=100).map(|time| f64::from(time) * 3.0));
        assert_eq!(spread.cells(), ["100 (50.0-150)", "198 (99.0-297)", "200 (100-300)"]);
    }
}
