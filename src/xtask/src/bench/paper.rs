//! How long a paper of a hundred items takes to be drawn from a bank of 100,000: natively, and in a browser slowed four times.
//! Both must draw the same papers. The floor is the native draw of the same run.

use super::browser::Browser;
use super::stats::{Samples, ratio, table, verdict};
use crate::packages;
use crate::place::Place;
use anyhow::{Context, Result, ensure};
use axum::Router;
use axum::routing::get;
use serde_json::{Value, json};
use std::fs;
use std::process::Command;

/// How much slower than this machine the browser is.
const THROTTLE: u32 = 4;

/// Milliseconds that a draw may take, natively and in the slowed browser.
const TARGETS: [f64; 2] = [5.0, 50.0];

const PAGE: &str = "<!DOCTYPE html><title>probe</title><script type=module>\
    import start from './probe.js'; start({ module_or_path: './probe.wasm' });</script>";

fn samples(answer: &Value) -> Result<Samples> {
    let times = answer["ms"].as_array().context("no paper was drawn")?;
    let mut samples = Samples::default();
    for time in times {
        samples.push(time.as_f64().context("a time that is none")?);
    }
    Ok(samples)
}

/// Serves the page and the two files of the wasm on a free port; gives the address.
async fn serve(place: &Place) -> Result<String> {
    let folder = place.probe();
    let wasm = fs::read(folder.join("probe.wasm")).context("the probe was not built")?;
    let glue = fs::read_to_string(folder.join("probe.js")).context("the probe was not built")?;
    let of = |kind: &'static str| [("content-type", kind)];
    let app = Router::new()
        .route("/", get(move || async move { (of("text/html"), PAGE) }))
        .route("/probe.js", get(move || async move { (of("text/javascript"), glue) }))
        .route(
            "/probe.wasm",
            get(move || async move { (of("application/wasm"), wasm) }),
        );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(format!("http://{address}/"))
}

/// Measures and prints.
///
/// # Errors
/// The probe does not run, or the two platforms draw different papers.
pub(super) async fn measure(place: &Place) -> Result<()> {
    let program = place.target.join("release/anxue-probe");
    let output = Command::new(&program)
        .output()
        .with_context(|| format!("cannot run {}", program.display()))?;
    let native: Value = serde_json::from_slice(&output.stdout).context("the probe says nothing")?;
    let profile = place.target.join("bench/probe/profile");
    // What an earlier run left; there may be nothing.
    let _ = fs::remove_dir_all(&profile);
    let chromium = Browser::start(&packages::browser()?.chromium, &profile).await?;
    let page = chromium.page(THROTTLE, "").await?;
    let address = serve(place).await?;
    page.call("Page.navigate", json!({ "url": address })).await?;
    let told = page.until("globalThis.anxueProbe").await?;
    chromium.stop().await?;
    let browser: Value = serde_json::from_str(told.as_str().context("the probe says nothing")?)?;
    ensure!(
        native["digest"] == browser["digest"] && native["items"] == browser["items"],
        "other papers in the browser: {browser} and {native}"
    );
    let (own, slowed) = (samples(&native)?, samples(&browser)?);
    let row = |name: &str, samples: &Samples, target: f64| {
        vec![
            name.into(),
            samples.shown(),
            format!("{:.2}", ratio(samples.median(), own.median())),
            format!("< {target}"),
            verdict(samples.median() < target).into(),
        ]
    };
    table(&[
        [
            "a paper of 100 from 100,000 items",
            "ms: median (min-max)",
            "ratio",
            "target",
            "verdict",
        ]
        .map(str::to_owned)
        .to_vec(),
        row("native", &own, TARGETS[0]),
        row("browser at 4x", &slowed, TARGETS[1]),
    ]);
    println!(
        "{}",
        json!({ "bench": "paper", "throttle": THROTTLE, "native_ms": own.json(), "browser_ms": slowed.json() })
    );
    Ok(())
}
