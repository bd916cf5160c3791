//! Counts for whoever watches the endpoint, in the text format of Prometheus (version 0.0.4). They name nobody.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// What is counted from the start on.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    /// Answers by the first digit of their status.
    answers: [AtomicU64; 6],
    /// Microseconds that all answers took together.
    micros: AtomicU64,
    /// Records by verdict: stored, duplicate, conflict, rejected.
    records: [AtomicU64; 4],
}

/// The verdicts in the order in which they are counted.
const VERDICTS: [&str; 4] = ["stored", "duplicate", "conflict", "rejected"];

impl Metrics {
    /// Counts an answer.
    pub(crate) fn answered(&self, status: u16, took: Duration) {
        let class = usize::from(status / 100).min(5);
        self.answers[class].fetch_add(1, Ordering::Relaxed);
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.micros.fetch_add(micros, Ordering::Relaxed);
    }

    /// Counts a record by its verdict.
    pub(crate) fn record(&self, verdict: &str) {
        if let Some(place) = VERDICTS.iter().position(|known| *known == verdict) {
            self.records[place].fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The page; `commits` are the store's transactions, `memory` the resident bytes where the system tells them.
    pub(crate) fn page(&self, commits: u64, memory: Option<u64>) -> String {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let mut page = String::new();
        let head = |page: &mut String, name: &str, kind: &str, help: &str| {
            // Writing to a String cannot fail.
            let _ = writeln!(page, "# HELP {name} {help}\n# TYPE {name} {kind}");
        };
        head(
            &mut page,
            "anxue_answers_total",
            "counter",
            "Answers by class of status.",
        );
        for (class, counter) in self.answers.iter().enumerate().skip(1) {
            let _ = writeln!(page, "anxue_answers_total{{class=\"{class}xx\"}} {}", read(counter));
        }
        let name = "anxue_answer_seconds_total";
        head(&mut page, name, "counter", "Seconds that all answers took together.");
        let micros = read(&self.micros);
        let _ = writeln!(page, "{name} {}.{:06}", micros / 1_000_000, micros % 1_000_000);
        head(&mut page, "anxue_records_total", "counter", "Records by verdict.");
        for (verdict, counter) in VERDICTS.iter().zip(&self.records) {
            let _ = writeln!(page, "anxue_records_total{{verdict=\"{verdict}\"}} {}", read(counter));
        }
        head(
            &mut page,
            "anxue_commits_total",
            "counter",
            "Transactions of the store.",
        );
        let _ = writeln!(page, "anxue_commits_total {commits}");
        if let Some(memory) = memory {
            let name = "process_resident_memory_bytes";
            head(&mut page, name, "gauge", "Resident memory.");
            let _ = writeln!(page, "{name} {memory}");
        }
        page
    }
}

/// The resident memory of this process in bytes, where the system tells it (Linux).
pub(crate) fn memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}
