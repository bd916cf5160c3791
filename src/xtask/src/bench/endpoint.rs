//! `bench endpoint`: stored records per second beside the bare server, with 1, 32 and 256 people and batches of 1 and 50.

use super::EndpointOptions;
use super::http::{Connection, post};
use super::server::{Server, new_code};
use super::stats::{Samples, ratio, table, verdict};
use crate::place::Place;
use crate::site::budget::Budgets;
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use wire::api::{EnrolmentAnswer, EnrolmentRequest};
use wire::pack::BankPack;

const CONNECTIONS: [usize; 3] = [1, 32, 256];
const BATCHES: [usize; 2] = [1, 50];
const PATH: &str = "/api/v1/records";

/// One person with one device: a token, and a sequence of records that never repeats.
#[derive(Clone)]
struct Person {
    token: String,
    profile: String,
    device: String,
    /// The upper half of the random bits of its record ids.
    number: u64,
}

/// What was counted under load.
#[derive(Debug, Clone, Copy)]
struct Count {
    per_second: f64,
    errors: u64,
}

/// Measures and prints.
///
/// # Errors
/// A server does not start, or nobody can join.
pub(crate) async fn measure(place: &Place, options: &EndpointOptions) -> Result<()> {
    let budget = Budgets::read(&place.root)?.endpoint;
    let folder = place.target.join("bench/endpoint");
    // What an earlier run left; there may be nothing.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    let binary = place.endpoint("release");
    let answer: Arc<str> = sample(&place.site())?.to_string().into();
    let most = CONNECTIONS.into_iter().max().unwrap_or_default();
    let data = folder.join("data");
    let code = new_code(&binary, &data, most).await?;
    let ours = Server::endpoint(&binary, &data, None).await?;
    let bare = Server::bare(&folder.join("bare.sqlite")).await?;
    println!(
        "endpoint: release, SQLite WAL FULL, --rate 0 (no limit of requests a minute and token, because each connection is one \
         person who sends all day in seconds); {most} people joined by one code; bare: axum + SQLite WAL FULL, one \
         transaction a request; {} rounds of {} s each, taking turns",
        options.rounds, options.seconds
    );
    let people = join(&ours.addr, &code, most).await?;
    let mut rows = vec![head()];
    let (mut lines, mut met) = (Vec::new(), true);
    let mut turn = 0;
    for connections in CONNECTIONS {
        for batch in BATCHES {
            let (mut own, mut floor, mut errors, mut bare_errors) = (Samples::default(), Samples::default(), 0, 0);
            for round in 0..options.rounds {
                let sides = if round % 2 == 0 { [true, false] } else { [false, true] };
                for is_ours in sides {
                    turn += 1;
                    let addr = if is_ours { &ours.addr } else { &bare.addr };
                    let load = Load {
                        addr,
                        people: &people[..connections],
                        batch,
                        turn,
                        is_ours,
                    };
                    let count = load.run(&answer, Duration::from_secs(options.seconds)).await?;
                    if is_ours {
                        own.push(count.per_second);
                        errors += count.errors;
                    } else {
                        floor.push(count.per_second);
                        bare_errors += count.errors;
                    }
                }
            }
            let share = ratio(own.median(), floor.median());
            let good = share >= budget.ratio && errors == 0;
            met &= good;
            rows.push(vec![
                connections.to_string(),
                batch.to_string(),
                own.shown(),
                floor.shown(),
                format!("{share:.2}"),
                format!(">= {}", budget.ratio),
                format!("{errors} / {bare_errors}"),
                verdict(good).into(),
            ]);
            lines.push(json!({
                "connections": connections, "batch": batch, "ours": own.json(), "floor": floor.json(), "ratio": share,
                "errors": errors, "floor_errors": bare_errors
            }));
        }
    }
    table(&rows);
    let memory = ours.peak_memory();
    let light = memory.is_none_or(|mib| mib < budget.memory);
    met &= light;
    match memory {
        Some(mib) => println!(
            "memory at the peak: {mib:.1} MiB, target < {}: {}",
            budget.memory,
            verdict(light)
        ),
        None => println!("memory at the peak: not known on this system"),
    }
    println!(
        "{}",
        json!({ "bench": "endpoint", "lines": lines, "peak_mib": memory, "met": met })
    );
    ours.stop().await?;
    bare.stop().await
}

fn head() -> Vec<String> {
    [
        "connections",
        "batch",
        "records/s",
        "bare server",
        "ratio",
        "target",
        "errors (ours / bare)",
        "verdict",
    ]
    .map(str::to_owned)
    .to_vec()
}

/// A part of a record that is the same for all: a right answer to the first item with options of the first bank, so that the
/// endpoint has something to mark.
fn sample(site: &Path) -> Result<Value> {
    for entry in fs::read_dir(site.join("packs")).context("the site has no packs")? {
        let path = entry?.path();
        if path.extension().is_none_or(|end| end != "json") {
            continue;
        }
        let Ok(bank) = serde_json::from_slice::<BankPack>(&fs::read(&path)?) else {
            continue;
        };
        let Some(item) = bank.items.iter().find(|item| item.kind == "single") else {
            continue;
        };
        let right: Vec<&str> = item
            .options
            .iter()
            .filter(|option| option.right)
            .map(|option| option.id.as_str())
            .collect();
        let pack = path.file_stem().unwrap_or_default().to_string_lossy();
        return Ok(json!({
            "item": item.id, "revision": item.revision, "pack": pack, "response": { "options": right }
        }));
    }
    anyhow::bail!("no bank in {} has an item of kind single", site.display())
}

/// Everybody joins by the one code, one after the other.
async fn join(addr: &str, code: &str, count: usize) -> Result<Vec<Person>> {
    let begun = Instant::now();
    let mut people = Vec::with_capacity(count);
    let mut connection = Connection::open(addr).await?;
    for number in 0..count {
        let profile = uuid(4, 0, number as u64 + 1);
        let request = EnrolmentRequest {
            code: code.to_owned(),
            profile: profile.clone(),
            name: format!("学员{number}"),
            staff_no: None,
        };
        let answer = connection
            .ask(&post("/api/v1/enrolments", "", &serde_json::to_vec(&request)?))
            .await?;
        let text = String::from_utf8_lossy(&answer.body);
        ensure!(
            matches!(answer.status, 200 | 201),
            "person {number} cannot join: {} {text}",
            answer.status
        );
        let joined: EnrolmentAnswer = serde_json::from_str(&text)?;
        let device = uuid(4, 1, number as u64 + 1);
        people.push(Person {
            token: joined.token,
            profile,
            device,
            number: number as u64,
        });
    }
    println!(
        "{count} people joined one after the other in {:.1} s",
        begun.elapsed().as_secs_f64()
    );
    Ok(people)
}

/// A UUID of a version with these bits; for version 7 `high` is the time in milliseconds.
fn uuid(version: u64, high: u64, low: u64) -> String {
    let (a, b) = ((high >> 16) & 0xffff_ffff, high & 0xffff);
    let (c, d) = ((low >> 48) & 0xfff, low & 0xffff_ffff_ffff);
    format!("{a:08x}-{b:04x}-{version:x}{c:03x}-8000-{d:012x}")
}

/// One server under load.
struct Load<'a> {
    addr: &'a str,
    people: &'a [Person],
    batch: usize,
    /// Makes the ids of each run new.
    turn: u64,
    is_ours: bool,
}

impl Load<'_> {
    async fn run(&self, answer: &Arc<str>, time: Duration) -> Result<Count> {
        let (stored, errors) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let mut connections = Vec::new();
        for person in self.people {
            connections.push((Connection::open(self.addr).await?, person.clone()));
        }
        let begun = Instant::now();
        let tasks = connections.into_iter().map(|(connection, person)| {
            let sender = Sender {
                person,
                answer: Arc::clone(answer),
                batch: self.batch,
                turn: self.turn,
                is_ours: self.is_ours,
                stored: Arc::clone(&stored),
                errors: Arc::clone(&errors),
            };
            tokio::spawn(sender.send(connection, begun + time))
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await?;
        }
        #[allow(clippy::cast_precision_loss, reason = "counts of a few seconds are far below 2^52")]
        let per_second = stored.load(Ordering::Relaxed) as f64 / begun.elapsed().as_secs_f64();
        Ok(Count {
            per_second,
            errors: errors.load(Ordering::Relaxed),
        })
    }
}

/// What one connection does.
struct Sender {
    person: Person,
    answer: Arc<str>,
    batch: usize,
    turn: u64,
    is_ours: bool,
    stored: Arc<AtomicU64>,
    errors: Arc<AtomicU64>,
}

impl Sender {
    /// Sends one batch after the other; the last one begins before `until` and is waited for.
    async fn send(self, mut connection: Connection, until: Instant) {
        let mut seq = 0;
        while Instant::now() < until {
            let body = self.body(&mut seq);
            let outcome = connection.ask(&post(PATH, &self.person.token, &body)).await;
            let good = outcome
                .as_ref()
                .is_ok_and(|answer| answer.status == 200 && self.all_stored(&answer.body));
            if good {
                self.stored.fetch_add(self.batch as u64, Ordering::Relaxed);
            } else if self.errors.fetch_add(1, Ordering::Relaxed) == 0 {
                match &outcome {
                    Ok(answer) => eprintln!("{} {}", answer.status, String::from_utf8_lossy(&answer.body)),
                    Err(error) => eprintln!("{error:#}"),
                }
            }
            if outcome.is_err() {
                return;
            }
        }
    }

    fn all_stored(&self, body: &[u8]) -> bool {
        let needle = br#""verdict":"stored""#;
        !self.is_ours || body.windows(needle.len()).filter(|window| window == needle).count() == self.batch
    }

    /// A batch as the app would write it. Texts are put together, not JSON values: what the load costs is taken from the
    /// server on a small machine.
    fn body(&self, seq: &mut u64) -> Vec<u8> {
        let Person {
            profile,
            device,
            number,
            ..
        } = &self.person;
        let records = (0..self.batch).map(|_| {
            *seq += 1;
            let id = uuid(7, 1_790_000_000_000 + self.turn, (number << 48) | *seq);
            let (order, at) = (self.turn << 32 | *seq, 1_790_000_000_000 + *seq);
            format!(
                r#"{{"id":"{id}","v":1,"kind":"item.answered","profile":"{profile}","device":"{device}","seq":{order},"at":{at},"body":{}}}"#,
                self.answer
            )
        });
        format!(r#"{{"records":[{}]}}"#, records.collect::<Vec<_>>().join(",")).into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_of_the_load_are_records() {
        let answer = json!({ "item": "a-1", "revision": 1, "pack": "0".repeat(32), "response": { "options": ["a"] } });
        let person = |number| Person {
            token: String::new(),
            profile: uuid(4, 0, 1),
            device: uuid(4, 1, 1),
            number,
        };
        let sender = |number| Sender {
            person: person(number),
            answer: answer.to_string().into(),
            batch: 2,
            turn: 3,
            is_ours: true,
            stored: Arc::default(),
            errors: Arc::default(),
        };
        let mut ids = std::collections::BTreeSet::new();
        for number in [0, 255] {
            let body: Value = serde_json::from_slice(&sender(number).body(&mut 7)).unwrap();
            for record in body["records"].as_array().unwrap() {
                let read = wire::record::read(&record.to_string()).unwrap();
                assert!(matches!(read.body, domain::record::RecordBody::Answered { .. }));
                ids.insert(read.id.to_string());
            }
        }
        assert_eq!(ids.len(), 4);
        let body = br#"{"verdicts":[{"id":"1","verdict":"stored"},{"id":"2","verdict":"duplicate"}]}"#;
        assert!(!sender(0).all_stored(body));
    }
}
