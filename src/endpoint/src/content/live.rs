//! What a process serves of the content: the site inside the program or beside it, with a deployment's own content in it;
//! and the look-out for what changes while it serves.

use super::base::{Base, content, regulations};
use crate::app::Endpoint;
use crate::regulations::texts;
use crate::sealed::Sealed;
use crate::site::Site;
use crate::state::Clock;
use anyhow::Context;
use courseware::layers::INSTALLED;
use courseware::packs::Packs;
use courseware::site::{BUILD_INFO, BuildInfo, Renewed, files, renew};
use courseware::{LockUse, Options, load_layers};
use domain::time::Day;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// The folder in the data folder with sealed packs that were laid there by hand.
const SEALED: &str = "sealed";

/// How often the data folder is looked at for a new generation.
const LOOK: Duration = Duration::from_secs(1);

/// What is served: replaced as a whole.
#[derive(Debug, Clone, Default)]
pub struct Live {
    /// The site.
    pub site: Site,
    /// The assessments.
    pub sealed: Sealed,
}

/// What a process serves is made of.
#[derive(Debug, Clone)]
pub(crate) struct Ground {
    /// The data folder.
    pub(crate) data: PathBuf,
    /// The built-in content.
    pub(crate) base: Base,
    /// The site as it was built.
    pub(crate) site: Site,
}

/// By what one notices that there is something new: the names of the generations that count, and the day, which decides what
/// is stale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct State {
    content: Option<String>,
    regulations: Option<String>,
    day: Option<Day>,
}

impl Ground {
    /// What is there now.
    ///
    /// # Errors
    /// The data folder cannot be read.
    pub(crate) fn state(&self, today: Day) -> anyhow::Result<State> {
        let content = content(&self.data).name()?;
        let regulations = regulations(&self.data).name()?;
        let own = content.is_some() || regulations.is_some();
        Ok(State {
            content,
            regulations,
            day: own.then_some(today),
        })
    }

    /// What the program serves without anything of a deployment's own, but for sealed packs that were laid into its folder.
    ///
    /// # Errors
    /// A sealed pack is broken.
    pub(crate) fn plain(&self) -> anyhow::Result<Live> {
        Ok(Live {
            site: self.site.clone(),
            sealed: Sealed::embedded()?.replaced_by(Sealed::read(&self.data.join(SEALED))?),
        })
    }

    /// What is to be served.
    ///
    /// # Errors
    /// The installed content has problems with this program's, a sealed pack is broken, or the site was built by another
    /// version: then what is served already should go on.
    pub(crate) fn build(&self, today: Day) -> anyhow::Result<Live> {
        let Some((packs, more)) = self.packs(today)? else {
            return self.plain();
        };
        let mut sealed = Sealed::default();
        for (exam, bytes) in &packs.sealed {
            sealed.add(exam, bytes)?;
        }
        let site = if self.site.is_empty() {
            // Only the API is served, but answers are marked against packs all the same.
            Site::default().renewed(files(&packs)?)
        } else {
            let renewed = self.renewed(&packs, more, None)?;
            // The catalogue names everything else by its hash: the same one is the same content.
            if renewed.info.catalogue == self.info()?.catalogue {
                self.site.clone()
            } else {
                self.site.renewed(renewed.files)
            }
        };
        Ok(Live {
            site,
            sealed: sealed.replaced_by(Sealed::read(&self.data.join(SEALED))?),
        })
    }

    /// The packs of the built-in content with what is installed over it, and the files of the texts; none where nothing is
    /// installed and the built-in content is that inside the program.
    pub(crate) fn packs(&self, today: Day) -> anyhow::Result<Option<Made>> {
        let layers = self.base.layers(&self.data)?;
        let texts = texts(&self.data)?;
        let own = content(&self.data).name()?.is_some();
        if layers.is_empty() || !(own || self.base.is_another() || !texts.is_empty()) {
            return Ok(None);
        }
        let (content, problems) = load_layers(&layers, Options { lock: LockUse::Ignore });
        if let Some(first) = problems.first() {
            anyhow::bail!(
                "the installed content does not go with this program's: {} problems, the first one: {first} (`anxue content list` \
                tells all; {INSTALLED} is the data folder's)",
                problems.len()
            );
        }
        let mut packs = courseware::packs::build(&content, today)?;
        for item in &packs.stale {
            tracing::warn!(item, "left out until it is looked at again: its text was replaced");
        }
        for exam in &packs.unfilled {
            tracing::warn!(
                exam,
                "not offered, or not as an assessment, until its bank can fill it again"
            );
        }
        let mut paths = indexmap::IndexMap::new();
        let mut more = Vec::new();
        for regulation in &content.regulations {
            let name = format!("{}@{}", regulation.form.id, regulation.form.version);
            if let Some(bytes) = texts.get(&name) {
                let path = format!("{}/{name}.{}.json", wire::text::FOLDER, courseware::site::digest(bytes));
                more.push((path.clone(), bytes.clone()));
                paths.insert(name, path);
            }
        }
        if !paths.is_empty() {
            packs.add_texts(paths)?;
        }
        Ok(Some((packs, more)))
    }

    /// The site with these packs in the place of its own.
    ///
    /// # Errors
    /// The site was not built by this version, or the base is none.
    pub(crate) fn renewed(
        &self,
        packs: &Packs,
        more: Vec<(String, Vec<u8>)>,
        base: Option<&str>,
    ) -> anyhow::Result<Renewed> {
        let info = self.info()?;
        renew(&info, |path| self.site.bytes(path), packs, more, base).context("the site cannot be given other content")
    }

    /// What the site says of itself.
    ///
    /// # Errors
    /// It says nothing that can be read.
    pub(crate) fn info(&self) -> anyhow::Result<BuildInfo> {
        let bytes = self.site.bytes(BUILD_INFO).context("the site has no build.json")?;
        serde_json::from_slice(bytes).context("the site's build.json cannot be read")
    }
}

/// Packs, and files of texts by path.
pub(crate) type Made = (Packs, Vec<(String, Vec<u8>)>);

/// What to serve at the start: whatever is wrong with what is installed, the program serves what is built in.
///
/// # Errors
/// A sealed pack inside the program or in its folder is broken.
pub(crate) fn first(ground: &Ground, today: Day) -> anyhow::Result<(Live, Option<State>)> {
    match ground.state(today).and_then(|state| Ok((ground.build(today)?, state))) {
        Ok((live, state)) => Ok((live, Some(state))),
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "installed content is not served");
            Ok((ground.plain()?, ground.state(today).ok()))
        }
    }
}

/// Looks out for new generations as long as the process serves, and serves each in the place of the one before.
pub(crate) async fn watch(ground: Arc<Ground>, endpoint: Endpoint, clock: Clock, mut seen: Option<State>) {
    let mut unreadable = false;
    loop {
        tokio::time::sleep(LOOK).await;
        let today = clock().day();
        let now = match ground.state(today) {
            Ok(now) => Some(now),
            Err(error) if unreadable => {
                tracing::debug!(error = format!("{error:#}"), "the data folder cannot be read");
                continue;
            }
            Err(error) => {
                // Once, not every second.
                tracing::error!(error = format!("{error:#}"), "the data folder cannot be read");
                unreadable = true;
                continue;
            }
        };
        unreadable = false;
        if now == seen {
            continue;
        }
        let work = Arc::clone(&ground);
        let built = tokio::task::spawn_blocking(move || work.build(today)).await;
        match built {
            Ok(Ok(live)) => match endpoint.replace(live).await {
                Ok(()) => {
                    tracing::info!("new content is served");
                    seen = now;
                }
                // Tried again: the store may have room, or be free, in a second.
                Err(error) => tracing::error!(%error, "new content is not served yet"),
            },
            Ok(Err(error)) => {
                tracing::error!(
                    error = format!("{error:#}"),
                    "new content is not served; what was goes on"
                );
                seen = now;
            }
            Err(error) => {
                tracing::error!(%error, "new content is not served; what was goes on");
                seen = now;
            }
        }
    }
}

/// The parts of a program that serves, for what makes a site of it.
pub(crate) fn ground(data: &Path, base: &Base, site: Site) -> Ground {
    Ground {
        data: data.to_owned(),
        base: base.clone(),
        site,
    }
}
