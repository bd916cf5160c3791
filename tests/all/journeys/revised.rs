//! A regulation moves to a new version: the lessons that cite the old text say so from that day on, by the clock of the device.

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::path::Path;
use support::site::Serving;
use support::{Need, Stage, journey};

const NEEDS: &[Need] = &[Need::Site, Need::Chromium, Need::Chromedriver];

/// The words that the lesson has to carry.
const REVISED: &str = "法规已修订，内容待复核";

fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// The JSON file of the site whose name begins with `start`.
fn file(site: &Path, start: &str) -> Result<std::path::PathBuf> {
    let mut entries = std::fs::read_dir(site)?.flatten().map(|entry| entry.path());
    entries
        .find(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with(start) && name.ends_with(".json")
        })
        .with_context(|| format!("the site has no {start}"))
}

/// The site as it would be built with a registry that knows a newer text of all that the course cites, in force from `day`.
fn revised(stage: &Stage, folder: &Path, day: &str) -> Result<()> {
    copy(&stage.path(Need::Site)?, folder)?;
    let course = stage.keys()?.course()?.pack.clone();
    let mut pack: Value = serde_json::from_slice(&std::fs::read(folder.join(format!("packs/{course}.json")))?)?;
    for text in pack["regulations"]
        .as_object_mut()
        .context("no regulations")?
        .values_mut()
    {
        text["replaced"] = day.into();
    }
    let bytes = serde_json::to_vec(&pack)?;
    let hash = wire::pack::hash(&bytes);
    std::fs::write(folder.join(format!("packs/{hash}.json")), bytes)?;
    let catalogue = file(folder, "catalogue.")?;
    let text = std::fs::read_to_string(&catalogue)?;
    std::fs::write(&catalogue, text.replace(&course, &hash.to_string()))?;
    Ok(())
}

async fn marked(stage: &Stage) -> Result<()> {
    let course = stage.keys()?.course()?.clone();
    let lesson = format!("/courses/{}/{}", course.slug, course.lessons[0].slug);
    for (day, says) in [("2026-01-01", true), ("9999-01-01", false)] {
        let folder = tempfile::tempdir()?;
        revised(stage, folder.path(), day)?;
        let site = Serving::default().start(folder.path()).await?;
        let browser = stage.browse(&site.origin()).await?;
        // A plain server answers an address inside the app with its page for what is not there.
        browser.tolerate("status of 404");
        browser.open(&lesson).await?;
        browser.wait_for("[data-test=lesson-done]").await?;
        ensure!(
            browser.shows("[data-test=revised]").await? == says,
            "replaced on {day}: the mark is {}",
            if says { "not there" } else { "there" }
        );
        if says {
            let words = browser.text("[data-test=revised]").await?;
            ensure!(words.contains(REVISED), "it says {words}");
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lesson_on_a_replaced_text_says_so() {
    journey("revised", NEEDS, marked).await;
}
