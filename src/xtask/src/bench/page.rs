//! `bench page`: the practice page beside a hand-written page of the same questions, both from the same server, in a browser
//! slowed four times, taking turns, each time with a fresh profile.

use super::PageOptions;
use super::browser::{Browser, Page};
use super::cdp::Event;
use super::content::catalogue;
use super::floor;
use super::proxy::Proxy;
use super::server::Server;
use super::stats::{Samples, difference, ratio, table, verdict};
use crate::packages;
use crate::place::Place;
use crate::site::budget::{Budgets, PageBudget};
use crate::site::copy_with;
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::time::Duration;
use wire::pack::BankPack;

/// How much slower than this machine.
const THROTTLE: u32 = 4;

/// Runs before the page: notes when the first choice can be pressed, what blocked, when a choice was pressed and when its
/// feedback was on the screen. 'On the screen' is a frame after the one in which it appeared began; the same for both pages.
const PROBE: &str = r#"(() => {
  const bench = (window.__bench = { ready: 0, pressed: 0, shown: 0, long: [], content: 0, kind: "" });
  try {
    new PerformanceObserver((list) => {
      for (const entry of list.getEntriesByName("first-contentful-paint")) bench.content = entry.startTime;
    }).observe({ type: "paint", buffered: true });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) bench.long.push([entry.startTime, entry.duration]);
    }).observe({ type: "longtask", buffered: true });
  } catch (error) { bench.error = String(error); }
  const visible = (e) => e && e.getClientRects().length > 0;
  const painted = (done) => requestAnimationFrame(() => { const c = new MessageChannel(); c.port1.onmessage = () => done(performance.now()); c.port2.postMessage(0); });
  let waiting = false;
  const look = () => {
    if (waiting) return;
    const choice = document.querySelector("[data-bench=choice]");
    if (!bench.ready && visible(choice) && !choice.disabled) {
      waiting = true;
      bench.kind = choice.type === "checkbox" ? "multiple" : "single";
      painted((now) => { bench.ready = now; waiting = false; look(); });
      return;
    }
    const feedback = document.querySelector("[data-bench=feedback]");
    if (bench.pressed && !bench.shown && visible(feedback) && feedback.textContent.trim()) {
      waiting = true;
      painted((now) => { bench.shown = now; });
    }
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true, attributes: true, characterData: true });
  // The last press before the feedback counts: the choice, or the button that checks several choices.
  addEventListener("pointerup", (event) => { if (event.target.closest("[data-bench=choice], [data-bench=check], label")) bench.pressed = event.timeStamp; }, true);
})();"#;

/// What was fetched until the first question was there: address and bytes over the wire, in the order of the requests.
#[derive(Debug, Clone, Default)]
struct Fetched(Vec<(String, f64)>);

impl Fetched {
    fn of(events: &[Event]) -> Self {
        let mut places: HashMap<&str, usize> = HashMap::new();
        let mut fetched = Vec::new();
        for Event { method, params } in events {
            let Some(id) = params["requestId"].as_str() else {
                continue;
            };
            let url = params["request"]["url"].as_str().unwrap_or_default();
            match method.as_str() {
                "Network.requestWillBeSent" if !url.starts_with("data:") => {
                    places.insert(id, fetched.len());
                    fetched.push((url.to_owned(), 0.0));
                }
                "Network.loadingFinished" => {
                    if let Some(entry) = places.get(id).and_then(|place| fetched.get_mut(*place)) {
                        entry.1 = params["encodedDataLength"].as_f64().unwrap_or_default();
                    }
                }
                _ => {}
            }
        }
        Self(fetched)
    }

    /// Bytes and number of requests.
    fn sums(&self) -> (f64, f64) {
        (
            self.0.iter().map(|(_, bytes)| bytes).sum(),
            self.0.iter().map(|_| 1.0).sum(),
        )
    }

    fn print(&self) {
        for (url, bytes) in &self.0 {
            let path = url.splitn(4, '/').nth(3).unwrap_or(url);
            println!("{bytes:>10} bytes  /{path}");
        }
    }
}

/// What one visit gave.
#[derive(Debug, Clone)]
struct Visit {
    fetched: Fetched,
    ready_ms: f64,
    feedback_ms: f64,
    blocking_ms: f64,
    bytes: f64,
    requests: f64,
}

/// All visits of one page.
#[derive(Debug, Default)]
struct Side {
    ready: Samples,
    feedback: Samples,
    blocking: Samples,
    bytes: Samples,
    requests: Samples,
}

impl Side {
    fn add(&mut self, visit: &Visit) {
        self.ready.push(visit.ready_ms);
        self.feedback.push(visit.feedback_ms);
        self.blocking.push(visit.blocking_ms);
        self.bytes.push(visit.bytes);
        self.requests.push(visit.requests);
    }

    fn json(&self) -> Value {
        json!({
            "ready_ms": self.ready.json(), "feedback_ms": self.feedback.json(), "blocking_ms": self.blocking.json(),
            "bytes": self.bytes.json(), "requests": self.requests.json()
        })
    }
}

/// Measures and prints.
///
/// # Errors
/// The browser or the server does not start, or a page never gets to its first question.
pub(crate) async fn measure(place: &Place, options: &PageOptions) -> Result<()> {
    ensure!(options.rounds >= 1, "at least one round");
    let budget = Budgets::read(&place.root)?.page;
    let browser = packages::browser()?;
    let folder = place.target.join("bench/page");
    // What an earlier run left; there may be nothing.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    let bank = first_bank(&place.site())?;
    let site = folder.join("site");
    copy_with(place, &place.site(), &site, &floor::files(&bank)?)?;
    let server = Server::endpoint(&place.endpoint("release"), &folder.join("data"), Some(&site)).await?;
    let proxy = Proxy::start(&server.addr).await?;
    let urls = [
        format!("http://{}/practice/{}", proxy.addr, bank.bank),
        format!("http://{}/floor.html", proxy.addr),
    ];
    let (mut ours, mut floor, mut second) = (Side::default(), Side::default(), Samples::default());
    for round in 0..options.rounds {
        let order = if round % 2 == 0 { [0, 1] } else { [1, 0] };
        for which in order {
            let profile = folder.join(format!("profile-{round}-{which}"));
            let chromium = Browser::start(&browser.chromium, &profile).await?;
            if round == 0 && which == 0 {
                println!(
                    "browser: {}, {} rounds, processor slowed {THROTTLE}x",
                    chromium.version().await?,
                    options.rounds
                );
            }
            let mut page = chromium.page(THROTTLE, PROBE).await?;
            let visit = visit(&mut page, &urls[which])
                .await
                .with_context(|| urls[which].clone())?;
            if which == 0 {
                if round == 0 {
                    visit.fetched.print();
                }
                ours.add(&visit);
                second.push(
                    second_visit(&page, &urls[which], &proxy)
                        .await
                        .context("second visit")?,
                );
            } else {
                floor.add(&visit);
            }
            chromium.stop().await?;
        }
        println!(
            "round {} of {}: ready {} ms, floor {} ms",
            round + 1,
            options.rounds,
            ours.ready.shown(),
            floor.ready.shown()
        );
    }
    report(&ours, &floor, &second, &budget);
    server.stop().await
}

/// The course that is measured: always the same, however many there are.
const COURSE: &str = "work-safety-law";

/// The bank of the course that is measured.
fn first_bank(site: &Path) -> Result<BankPack> {
    let catalogue = catalogue(site)?;
    let mut courses = catalogue.courses.iter();
    let course = courses
        .find(|course| course.slug == COURSE)
        .with_context(|| format!("the catalogue lacks {COURSE}"))?;
    let pack = fs::read(site.join(format!("packs/{}.json", course.bank.pack)))?;
    Ok(serde_json::from_slice(&pack)?)
}

/// A first visit, to the feedback of the first answer.
async fn visit(page: &mut Page, url: &str) -> Result<Visit> {
    page.drain();
    page.call("Page.navigate", json!({ "url": url })).await?;
    let ready = page
        .until("window.__bench && __bench.ready")
        .await?
        .as_f64()
        .unwrap_or_default();
    let fetched = Fetched::of(&page.drain());
    let (bytes, requests) = fetched.sums();
    // A person reads before choosing; what the page still does after its first question must not get in the way, but is not
    // waited for either.
    tokio::time::sleep(Duration::from_millis(500)).await;
    page.press("[data-bench=choice]").await?;
    if page.value("__bench.kind === 'multiple'").await? == json!(true) {
        page.until("document.querySelector('[data-bench=check]:not([disabled])') !== null")
            .await?;
        page.press("[data-bench=check]").await?;
    }
    page.until("__bench.shown").await?;
    let times = page
        .value("[__bench.pressed, __bench.shown, __bench.long, __bench.content]")
        .await?;
    let (pressed, shown) = (
        times[0].as_f64().unwrap_or_default(),
        times[1].as_f64().unwrap_or_default(),
    );
    ensure!(
        pressed > 0.0 && shown > pressed,
        "feedback at {shown} ms without a press before it ({pressed} ms)"
    );
    Ok(Visit {
        fetched,
        ready_ms: ready,
        feedback_ms: shown - pressed,
        blocking_ms: blocking(&times[2], times[3].as_f64().unwrap_or_default(), pressed),
        bytes,
        requests,
    })
}

/// Total blocking time as web.dev defines it: of each long task after the first contentful paint (`from`) and before `until`,
/// what is above 50 ms. What runs before that paint delays it, and is in the time to the first choice.
fn blocking(tasks: &Value, from: f64, until: f64) -> f64 {
    let tasks = tasks.as_array().into_iter().flatten();
    let times = tasks.filter_map(|task| Some((task[0].as_f64()?, task[1].as_f64()?)));
    times
        .filter(|(start, duration)| *start < until && start + duration > from)
        .map(|(start, duration)| (duration - (from - start).max(0.0) - 50.0).max(0.0))
        .fold(0.0, |sum, ms| sum + ms)
}

/// The bytes of a second visit, with the service worker in place. Counted in front of the server until three seconds after
/// the first question is there, so that the look for an update is in it.
async fn second_visit(page: &Page, url: &str, proxy: &Proxy) -> Result<f64> {
    page.until(
        "navigator.serviceWorker.getRegistration().then((r) => !!(r && r.active && r.active.state === 'activated'))",
    )
    .await?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    page.call("Page.navigate", json!({ "url": "about:blank" })).await?;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let before = proxy.received();
    page.call("Page.navigate", json!({ "url": url })).await?;
    page.until("window.__bench && __bench.ready").await?;
    tokio::time::sleep(Duration::from_secs(3)).await;
    #[allow(clippy::cast_precision_loss, reason = "far below 2^52")]
    let bytes = (proxy.received() - before) as f64;
    Ok(bytes)
}

fn report(ours: &Side, floor: &Side, second: &Samples, budget: &PageBudget) {
    let mut rows = vec![
        [
            "",
            "ours: median (min-max)",
            "hand-written",
            "ratio",
            "difference",
            "target",
            "verdict",
        ]
        .map(str::to_owned)
        .to_vec(),
    ];
    let mut all = true;
    let mut row = |name: &str, own: &Samples, base: Option<&Samples>, target: String, met: bool| {
        let share = base.map_or(0.0, |base| ratio(own.median(), base.median()));
        all &= met;
        rows.push(vec![
            name.into(),
            own.shown(),
            base.map_or_else(|| "-".into(), Samples::shown),
            if share > 0.0 { format!("{share:.2}") } else { "-".into() },
            difference(share, budget.noise).into(),
            target,
            verdict(met).into(),
        ]);
    };
    let within = |own: &Samples, base: &Samples, most: f64| ratio(own.median(), base.median()) <= most;
    let below = |own: &Samples, most: f64| own.median() <= most;
    #[allow(clippy::cast_precision_loss, reason = "budgets are far below 2^52")]
    let (bytes, requests, again) = (
        budget.first_visit as f64,
        budget.requests as f64,
        budget.second_visit as f64,
    );
    let times = |most: f64| format!("<= {most}x");
    let ready = within(&ours.ready, &floor.ready, budget.ready);
    row(
        "first choice can be pressed, ms",
        &ours.ready,
        Some(&floor.ready),
        times(budget.ready),
        ready,
    );
    let feedback = within(&ours.feedback, &floor.feedback, budget.feedback);
    row(
        "choice to feedback, ms",
        &ours.feedback,
        Some(&floor.feedback),
        times(budget.feedback),
        feedback,
    );
    let calm = below(&ours.blocking, budget.blocking);
    row(
        "total blocking time, ms",
        &ours.blocking,
        Some(&floor.blocking),
        format!("<= {}", budget.blocking),
        calm,
    );
    row(
        "first visit, bytes",
        &ours.bytes,
        Some(&floor.bytes),
        format!("<= {bytes}"),
        below(&ours.bytes, bytes),
    );
    row(
        "first visit, requests",
        &ours.requests,
        Some(&floor.requests),
        format!("<= {requests}"),
        below(&ours.requests, requests),
    );
    row(
        "second visit, bytes",
        second,
        None,
        format!("< {again}"),
        second.median() < again,
    );
    table(&rows);
    println!(
        "{}",
        json!({
            "bench": "page", "throttle": THROTTLE, "ours": ours.json(), "floor": floor.json(), "second_visit_bytes": second.json(),
            "ready_ratio": ratio(ours.ready.median(), floor.ready.median()),
            "feedback_ratio": ratio(ours.feedback.median(), floor.feedback.median()), "met": all
        })
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_blocks_between_first_content_and_press_and_above_50_ms_counts() {
        let tasks = json!([[0.0, 120.0], [200.0, 51.0], [300.0, 49.0], [900.0, 500.0]]);
        assert!((blocking(&tasks, 0.0, 800.0) - 71.0).abs() < 1e-9);
        assert!((blocking(&tasks, 10.0, 800.0) - 61.0).abs() < 1e-9);
        assert!((blocking(&tasks, 150.0, 800.0) - 1.0).abs() < 1e-9);
        assert!(blocking(&json!(null), 0.0, 1.0).abs() < 1e-9);
    }
}
