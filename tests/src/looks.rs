//! Pictures of pages, and what can be measured of their looks.

use crate::browser::Browser;
use crate::stage::shots;
use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::time::Duration;

/// The widths that count: the smallest phone and an office PC.
const WIDTHS: [(u32, u32); 2] = [(360, 740), (1280, 800)];

/// Pictures end here: longer pages say nothing new.
const TALLEST: f64 = 3_000.0;

impl Browser {
    /// Keeps pictures of the whole page as `NAME-WIDTH-light.png` and `-dark.png` in the pictures' folder.
    pub async fn picture(&self, name: &str) -> Result<()> {
        std::fs::create_dir_all(shots())?;
        for (width, height) in WIDTHS {
            self.resize(width, height).await?;
            for scheme in ["light", "dark"] {
                let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
                self.devtools("Emulation.setEmulatedMedia", features).await?;
                self.drawn().await?;
                let tall = self
                    .script("return document.documentElement.scrollHeight", vec![])
                    .await?;
                let tall = tall.as_f64().unwrap_or_default().clamp(f64::from(height), TALLEST);
                // As tall a window as the picture, so that what sticks to its edge does not lie across the text.
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "held between 740 and 3000"
                )]
                self.resize(width, tall as u32).await?;
                self.drawn().await?;
                let clip = json!({ "x": 0, "y": 0, "width": width, "height": tall, "scale": 1 });
                let wish = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
                let answer = self.devtools("Page.captureScreenshot", wish).await?;
                let picture = STANDARD.decode(answer["data"].as_str().context("no picture")?)?;
                self.resize(width, height).await?;
                std::fs::write(shots().join(format!("{name}-{width}-{scheme}.png")), picture)?;
            }
        }
        self.devtools("Emulation.setEmulatedMedia", json!({ "features": [] }))
            .await?;
        self.resize(360, 740).await
    }

    /// Waits until the page has been drawn and what moves has come to rest.
    async fn drawn(&self) -> Result<()> {
        let script = "await document.fonts.ready;
            await Promise.race([Promise.all(document.getAnimations().map(a => a.finished.catch(() => 0))),
                new Promise(f => setTimeout(f, 1000))]);
            await new Promise(f => requestAnimationFrame(() => requestAnimationFrame(f)))";
        self.script(script, vec![]).await.map(drop)
    }

    /// Checks that nothing is wider than the page: at 360 px, at 360 px with text of 200 %, and at 1280 px.
    pub async fn fits(&self) -> Result<()> {
        for (width, text) in [(360, ""), (360, "200%"), (1280, "")] {
            self.resize(width, 740).await?;
            self.script(
                "document.documentElement.style.fontSize = arguments[0]",
                vec![json!(text)],
            )
            .await?;
            self.drawn().await?;
            let script = "const wide = document.documentElement.scrollWidth - window.innerWidth;
                const scrolls = e => { for (let p = e.parentElement; p && p !== document.body; p = p.parentElement)
                    if (getComputedStyle(p).overflowX !== 'visible') return true; return false };
                const out = Array.from(document.body.querySelectorAll('*'))
                    .filter(e => e.getBoundingClientRect().right > window.innerWidth + 1 && !scrolls(e));
                return { wide, out: out.slice(-3).map(e => e.outerHTML.slice(0, 160)) }";
            let found = self.script(script, vec![]).await?;
            let wide = found["wide"].as_i64().unwrap_or_default();
            let size = if text.is_empty() { "100%" } else { text };
            ensure!(
                wide <= 0,
                "{wide} px too wide at {width} px and text of {size}: {}",
                found["out"]
            );
        }
        self.script("document.documentElement.style.fontSize = ''", vec![])
            .await?;
        self.resize(360, 740).await
    }

    /// Checks that what a finger must hit is at least 44 px high: buttons and choices. Links in running text may be lower.
    pub async fn can_be_tapped(&self) -> Result<()> {
        let script =
            "const target = e => e.matches('input[type=checkbox], input[type=radio]') ? (e.labels[0] || e) : e;
            return Array.from(document.querySelectorAll('button, [data-bench=choice], input, select, summary, nav a'))
                .filter(e => e.checkVisibility() && !e.matches('[type=hidden]')).map(target)
                .map(e => ({ high: e.getBoundingClientRect().height, markup: e.outerHTML.slice(0, 120) }))
                .filter(found => found.high < 43.5 && found.high > 1.5)";
        let small = self
            .wait_as_long(Duration::from_secs(3), "targets of 44 px", async || {
                let found = self.script(script, vec![]).await?;
                Ok((found == json!([])).then_some(()))
            })
            .await;
        if small.is_err() {
            let found: Value = self.script(script, vec![]).await?;
            ensure!(found == json!([]), "lower than 44 px: {found}");
        }
        Ok(())
    }
}
