//! `bench link`: how long it takes until a second device of a person has their 5,000 records: from the press on 'link' to the
//! record page that counts them all, in a browser slowed four times and in one that is not, each time with a fresh profile.
//!
//! The floor is a bare page that fetches the same parts of the records and stores each part in one transaction of IndexedDB,
//! as durable as the app's, without reading, marking or showing anything of it, and without being linked first.

use super::LinkOptions;
use super::browser::{Browser, Page};
use super::content::{Learner, Material, batch};
use super::http::{Connection, get, post};
use super::server::{Server, new_code};
use super::stats::{Samples, ratio, table, verdict};
use crate::packages;
use crate::place::Place;
use crate::site::budget::{Budgets, LinkBudget};
use crate::site::copy_with;
use anyhow::{Context, Result, ensure};
use domain::time::Timestamp;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use wire::api::{BatchAnswer, EnrolmentAnswer, EnrolmentRequest, LinkCode, MAX_BATCH, PersonAnswer};

/// How many records the person has.
const RECORDS: usize = 5_000;

/// How much slower than this machine: as an old phone, and not at all.
const THROTTLES: [u32; 2] = [4, 1];

/// How long a person looks at a page before they press.
const READING: Duration = Duration::from_secs(1);

/// Runs before either page: notes when the button was pressed, when the app said that the browser is linked, and when all
/// records were on the screen as a number. 'On the screen' is a frame after the one in which it appeared began. Whoever is told
/// that the browser is linked goes to the records at once.
const PROBE: &str = r#"(() => {
  const bench = (window.__bench = { pressed: 0, linked: 0, here: 0 });
  const visible = (e) => e && e.getClientRects().length > 0;
  const painted = (done) => requestAnimationFrame(() => { const c = new MessageChannel(); c.port1.onmessage = () => done(performance.now()); c.port2.postMessage(0); });
  const says = (selector, text) => { const e = document.querySelector(selector); return visible(e) && e.textContent.trim() === text; };
  let waiting = false;
  const look = () => {
    if (waiting || bench.here) return;
    const way = document.querySelector("[data-test=linked] a");
    if (!bench.linked && visible(way)) {
      waiting = true;
      painted((now) => { bench.linked = now; waiting = false; way.click(); look(); });
    } else if (says("[data-test=stored-count]", "ALL") && says("[data-test=pending-count]", "0")) {
      waiting = true;
      painted((now) => { bench.here = now; });
    }
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true, characterData: true });
  addEventListener("pointerup", (event) => { if (event.target.closest("[data-test=link]")) bench.pressed = event.timeStamp; }, true);
})();"#;

const FLOOR_PAGE: &str = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Records</title>\n\
    <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<link rel=\"icon\" href=\"data:,\">\n</head>\n\
    <body>\n<p><button type=\"button\" data-test=\"link\" disabled>Fetch</button></p>\n<p data-test=\"stored-count\">-</p>\n\
    <p data-test=\"pending-count\">0</p>\n<script src=\"link-floor.js\"></script>\n</body>\n</html>\n";

const FLOOR_SCRIPT: &str = r#"const button = document.querySelector("[data-test=link]");
const opening = indexedDB.open("floor", 1);
opening.onupgradeneeded = () => { opening.result.createObjectStore("records"); };
opening.onsuccess = () => { button.disabled = false; };
function store(records) {
  return new Promise((done, failed) => {
    const transaction = opening.result.transaction("records", "readwrite", { durability: "strict" });
    transaction.oncomplete = done;
    transaction.onabort = failed;
    for (const entry of records) transaction.objectStore("records").put(JSON.stringify(entry), entry.record.id);
  });
}
button.addEventListener("click", async () => {
  const headers = { authorization: "Bearer " + location.hash.slice(1) };
  let count = 0;
  for (let after = "", more = true; more; ) {
    const answer = await fetch("api/v1/records?limit=500" + after, { headers, cache: "no-store" });
    const page = await answer.json();
    await store(page.records);
    count += page.records.length;
    after = "&after=" + page.next;
    more = page.more;
  }
  document.querySelector("[data-test=stored-count]").textContent = count;
});
"#;

/// What was measured at one throttling, in milliseconds from the press.
#[derive(Debug, Default)]
struct Times {
    /// Until the app says that the browser is linked.
    linked: Samples,
    /// Until the record page counts all.
    here: Samples,
    /// Until the bare page does.
    floor: Samples,
}

/// Measures and prints.
///
/// # Errors
/// The browser or the server does not start, or a page never has all records.
pub(crate) async fn measure(place: &Place, options: &LinkOptions) -> Result<()> {
    ensure!(options.rounds >= 1, "at least one round");
    let budget = Budgets::read(&place.root)?.link;
    let chromium = packages::browser()?.chromium;
    let folder = place.target.join("bench/link");
    // What an earlier run left; there may be nothing.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    let site = folder.join("site");
    let floor = [
        ("link-floor.html", FLOOR_PAGE.to_owned()),
        ("link-floor.js", FLOOR_SCRIPT.to_owned()),
    ];
    copy_with(place, &place.site(), &site, &floor)?;
    let (binary, data) = (place.endpoint("release"), folder.join("data"));
    let code = new_code(&binary, &data, 1).await?;
    let server = Server::usual(&binary, &data, Some(&site)).await?;
    let mut person = Person::join(&server.addr, &code).await?;
    person.fill(&Material::read(&place.site())?).await?;
    let script = PROBE.replace("ALL", &RECORDS.to_string());
    let mut all: BTreeMap<u32, Times> = BTreeMap::new();
    for round in 0..options.rounds {
        for throttle in THROTTLES {
            let sides = if round % 2 == 0 { [true, false] } else { [false, true] };
            for is_ours in sides {
                let profile = folder.join(format!("profile-{round}-{throttle}-{is_ours}"));
                let browser = Browser::start(&chromium, &profile).await?;
                let page = browser.page(throttle, &script).await?;
                let path = if is_ours {
                    format!("join#link-{}", person.link().await?)
                } else {
                    format!("link-floor.html#{}", person.token)
                };
                let url = format!("http://{}/{path}", server.addr);
                let (linked, here) = visit(&page, &url, is_ours)
                    .await
                    .with_context(|| format!("round {}, slowed {throttle}x", round + 1))?;
                let times = all.entry(throttle).or_default();
                if is_ours {
                    times.linked.push(linked);
                    times.here.push(here);
                } else {
                    times.floor.push(here);
                }
                browser.stop().await?;
            }
        }
        println!("round {} of {} is done", round + 1, options.rounds);
    }
    report(&all, &budget);
    server.stop().await
}

/// Opens the page, presses and waits for all records. Milliseconds from the press until the app said that it is linked (0 on
/// the bare page) and until all were on the screen.
async fn visit(page: &Page, url: &str, is_ours: bool) -> Result<(f64, f64)> {
    page.call("Page.navigate", json!({ "url": url })).await?;
    page.until("document.querySelector('[data-test=link]:not([disabled])') !== null")
        .await?;
    if is_ours {
        page.until("document.querySelector('[data-test=sync][data-state=unlinked]') !== null")
            .await?;
    }
    tokio::time::sleep(READING).await;
    page.press("[data-test=link]").await?;
    page.until("__bench.here").await?;
    let times = page.value("[__bench.pressed, __bench.linked, __bench.here]").await?;
    let [pressed, linked, here] = [0, 1, 2].map(|place| times[place].as_f64().unwrap_or_default());
    ensure!(
        pressed > 0.0 && here > pressed && is_ours == (linked > 0.0),
        "all here at {here} ms, linked at {linked} ms, pressed at {pressed} ms"
    );
    Ok((if is_ours { linked - pressed } else { 0.0 }, here - pressed))
}

fn report(all: &BTreeMap<u32, Times>, budget: &LinkBudget) {
    let names = [
        "processor",
        "linked, ms",
        "all records shown, ms",
        "bare page, ms",
        "ratio",
        "target",
        "verdict",
    ];
    let mut rows = vec![names.map(str::to_owned).to_vec()];
    let (mut lines, mut met): (Vec<Value>, bool) = (Vec::new(), true);
    for (throttle, times) in all.iter().rev() {
        let share = ratio(times.here.median(), times.floor.median());
        let good = share <= budget.ratio;
        met &= good;
        rows.push(vec![
            format!("slowed {throttle}x"),
            times.linked.shown(),
            times.here.shown(),
            times.floor.shown(),
            format!("{share:.2}"),
            format!("<= {}x", budget.ratio),
            verdict(good).into(),
        ]);
        lines.push(json!({
            "throttle": throttle, "linked_ms": times.linked.json(), "here_ms": times.here.json(),
            "floor_ms": times.floor.json(), "ratio": share
        }));
    }
    table(&rows);
    println!(
        "{}",
        json!({ "bench": "link", "records": RECORDS, "lines": lines, "met": met })
    );
}

/// The person, by their first device.
struct Person {
    connection: Connection,
    learner: Learner,
    token: String,
}

impl Person {
    async fn join(addr: &str, code: &str) -> Result<Self> {
        let mut connection = Connection::open(addr).await?;
        let learner = Learner::new(1);
        let request = EnrolmentRequest {
            code: code.to_owned(),
            profile: learner.profile.to_string(),
            name: "张小安".into(),
            staff_no: None,
        };
        let body = serde_json::to_vec(&request)?;
        let answer = connection.ask(&post("/api/v1/enrolments", "", &body)).await?;
        ensure!(answer.status == 201, "joining gets {}", answer.status);
        let token = serde_json::from_slice::<EnrolmentAnswer>(&answer.body)?.token;
        Ok(Self {
            connection,
            learner,
            token,
        })
    }

    /// Sends all records, and sees that the endpoint has them, answers with their marks.
    async fn fill(&mut self, material: &Material) -> Result<()> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis();
        let now = Timestamp(i64::try_from(now)?);
        let records = material.records(self.learner, RECORDS, now)?;
        let mut marked = 0;
        for part in records.chunks(MAX_BATCH) {
            let request = post("/api/v1/records", &self.token, &batch(part));
            let answer = self.connection.ask(&request).await?;
            ensure!(answer.status == 200, "a batch gets {}", answer.status);
            let verdicts = serde_json::from_slice::<BatchAnswer>(&answer.body)?.verdicts;
            if let Some(other) = verdicts.iter().find(|verdict| verdict.verdict != "stored") {
                anyhow::bail!("a record is not stored: {other:?}");
            }
            marked += verdicts.iter().filter(|verdict| verdict.mark.is_some()).count();
        }
        let answer = self.connection.ask(&get("/api/v1/person", &self.token, "")).await?;
        let person: PersonAnswer = serde_json::from_slice(&answer.body)?;
        ensure!(
            person.records == RECORDS as u64 && marked > RECORDS / 2,
            "the endpoint has {} records, {marked} with a mark",
            person.records
        );
        let bytes: usize = records.iter().map(String::len).sum();
        println!(
            "link: release; one person with {RECORDS} records of practice and lessons ({bytes} bytes, {marked} with a mark), got \
             in parts of 500"
        );
        Ok(())
    }

    /// A code for a further device.
    async fn link(&mut self) -> Result<String> {
        let answer = self.connection.ask(&post("/api/v1/links", &self.token, b"")).await?;
        ensure!(answer.status == 201, "a code for a device gets {}", answer.status);
        Ok(serde_json::from_slice::<LinkCode>(&answer.body)?.code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_pages_can_be_pressed_and_count() {
        for name in ["link", "stored-count", "pending-count"] {
            assert!(FLOOR_PAGE.contains(&format!("data-test=\"{name}\"")), "{name}");
            assert!(PROBE.contains(&format!("[data-test={name}]")), "{name}");
        }
        // The count is put in for this, and for nothing else.
        assert_eq!(PROBE.matches("ALL").count(), 1);
        assert!(FLOOR_SCRIPT.contains(&format!("limit={MAX_BATCH}")));
    }
}
