//! Checking, installing, listing and removing a deployment's own content.

use super::base::{Base, content};
use anyhow::{Context, bail, ensure};
use courseware::layers::{BUILT_IN, Files, INSTALLED, Layer, merged, without};
use courseware::{Checked, Diagnostic, LockUse, Options, check_layers, load_layers, lock};
use domain::catalogue::CourseStatus;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::Path;

const REGULATIONS: &str = "regulations.toml";
const VENUES: &str = "handbook/venues.toml";

/// What is said where nothing is installed.
const NOTHING: &str = "没有安装本单位的内容；用 anxue content install 文件夹 安装";

/// What prints a line.
pub(super) type Say<'s> = &'s dyn Fn(&str) -> anyhow::Result<()>;

/// Checks the content in `folder` over what is there already.
///
/// # Errors
/// It has problems; they are told.
pub(super) fn check(folder: &Path, base: &Base, data: Option<&Path>, say: Say<'_>) -> anyhow::Result<()> {
    let below = match data {
        Some(data) => base.layers(data)?,
        None => base.layer().into_iter().collect(),
    };
    checked(folder, below, say).map(drop)
}

/// Checks the content in `folder` and installs it over what is there already.
///
/// # Errors
/// It has problems, which are told, or cannot be written: nothing is changed then.
pub(super) fn install(folder: &Path, base: &Base, data: &Path, say: Say<'_>) -> anyhow::Result<()> {
    let generations = content(data);
    let held = generations.hold()?;
    let layers = checked(folder, base.layers(data)?, say)?;
    // All but the built-in one, which is the lowest where there is one.
    let own = &layers[usize::from(base.layer().is_some())..];
    let whole = load_layers(&layers, Options { lock: LockUse::Ignore }).0;
    let files = merged(own, lock::of_deployment(&layers, &whole)).context("cannot read the content")?;
    sound(base, &files, say)?;
    generations.replace(&held, &files)?;
    say(&format!("installed: {}", folder.display()))
}

/// The layers with that of `folder` on top, if there is nothing wrong with them.
fn checked(folder: &Path, mut layers: Vec<Layer>, say: Say<'_>) -> anyhow::Result<Vec<Layer>> {
    ensure!(folder.is_dir(), "there is no folder {}", folder.display());
    layers.push(Layer::folder(folder).deployment());
    let Checked {
        content,
        diagnostics,
        counts,
    } = check_layers(&layers, None);
    tell(&diagnostics, say)?;
    if diagnostics.is_empty() {
        let checks = content.checks().count();
        say(&format!("checked: {counts}; {checks} checks in the handbook"))?;
    }
    Ok(layers)
}

/// Prints what is wrong, where and what to do.
fn tell(diagnostics: &[Diagnostic], say: Say<'_>) -> anyhow::Result<()> {
    for found in diagnostics {
        say(&found.to_string())?;
    }
    ensure!(
        diagnostics.is_empty(),
        "{} problems; nothing was changed",
        diagnostics.len()
    );
    Ok(())
}

/// Proves that what is about to be installed is what the built-in content can live with.
fn sound(base: &Base, files: &Files, say: Say<'_>) -> anyhow::Result<()> {
    let installed = Layer::memory(files.clone()).installed();
    let layers: Vec<Layer> = base.layer().into_iter().chain([installed]).collect();
    tell(&load_layers(&layers, Options::default()).1, say)
}

/// Something that can be removed.
struct Thing {
    /// What kind it is, for people.
    kind: &'static str,
    /// Its folder or file, or the joined file that it is in.
    place: String,
    id: String,
    slug: String,
    title: String,
    state: &'static str,
}

impl Thing {
    fn new(kind: &'static str, place: String, id: &str, slug: &str, title: &str) -> Self {
        Self {
            kind,
            place,
            id: id.into(),
            slug: slug.into(),
            title: title.into(),
            state: "",
        }
    }

    fn with(self, status: CourseStatus) -> Self {
        let state = match status {
            CourseStatus::Draft => "草稿",
            CourseStatus::Active => "启用",
            CourseStatus::Retired => "停用",
        };
        Self { state, ..self }
    }

    /// Whether it is one entry of a file with others.
    fn is_entry(&self) -> bool {
        [REGULATIONS, VENUES].contains(&self.place.as_str())
    }

    /// Whether somebody who writes `name` may mean it.
    fn is(&self, name: &str) -> bool {
        self.id == name || self.slug == name || (self.place == name && !self.is_entry())
    }
}

/// The slugs in the deployment's own list of venues.
fn listed(files: &Files) -> Vec<String> {
    let text = files.get(VENUES).and_then(|bytes| std::str::from_utf8(bytes).ok());
    let table: Option<toml::Table> = text.and_then(|text| text.parse().ok());
    let venues = table.as_ref().and_then(|table| table.get("venue")?.as_array());
    let slugs = venues
        .into_iter()
        .flatten()
        .filter_map(|venue| venue.get("slug")?.as_str());
    slugs.map(Into::into).collect()
}

/// What of the content that the layers hold is the deployment's own, whose files are `files`.
fn things(layers: &[Layer], files: &Files) -> Vec<Thing> {
    let (content, _) = load_layers(layers, Options { lock: LockUse::Ignore });
    let has = |folder: &str| files.keys().any(|file| file.starts_with(&format!("{folder}/")));
    let mut things = Vec::new();
    for course in &content.courses {
        let thing = Thing::new(
            "课程",
            course.slug.clone(),
            course.id.as_str(),
            &course.slug,
            &course.title.zh,
        );
        things.push(thing.with(course.status));
    }
    for listing in &content.venues {
        if let Some(venue) = &listing.venue {
            let place = format!("handbook/{}", listing.slug);
            things.push(Thing::new(
                "场所",
                place,
                venue.id.as_str(),
                &listing.slug,
                &venue.title.zh,
            ));
        }
    }
    for bank in &content.exercises {
        let (slug, title) = (bank.bank.id.as_str(), &bank.title.zh);
        let thing = Thing::new("实训", format!("exercises/{slug}"), bank.id.as_str(), slug, title);
        things.push(thing.with(bank.status));
    }
    for bank in &content.stock {
        let (id, slug) = (bank.bank.id.as_str(), &bank.slug);
        let thing = Thing::new("密封题库", format!("stock/{slug}"), id, slug, &bank.title.zh);
        things.push(thing.with(bank.status));
    }
    things.retain(|thing| has(&thing.place));
    for slug in listed(files) {
        let listing = content.venues.iter().find(|listing| listing.slug == slug);
        if let Some(listing) = listing.filter(|_| !has(&format!("handbook/{slug}"))) {
            things.push(Thing::new("场所目录", VENUES.into(), &slug, &slug, &listing.title.zh));
        }
    }
    for exam in &content.exams {
        let place = format!("contests/{}.toml", exam.id);
        if files.contains_key(&place) {
            let id = exam.id.as_str();
            things.push(Thing::new("竞赛", place, id, id, &exam.title.zh));
        }
    }
    for known in content.regulations.iter().filter(|known| !is_below(&known.place.file)) {
        let (id, version) = (&known.form.id, &known.form.version);
        let name = format!("{id}@{version}");
        things.push(Thing::new("法规", REGULATIONS.into(), &name, id, &known.form.title));
    }
    things
}

fn is_below(file: &str) -> bool {
    file.starts_with(BUILT_IN)
}

/// Lists what is installed.
///
/// # Errors
/// The data folder cannot be read.
pub(super) fn list(base: &Base, data: &Path, say: Say<'_>) -> anyhow::Result<()> {
    let Some(files) = installed(data)? else {
        return say(NOTHING);
    };
    let layers = base.layers(data)?;
    let below: BTreeSet<String> = match base.layer() {
        Some(layer) => {
            let (content, _) = load_layers(&[layer], Options { lock: LockUse::Ignore });
            let courses = content.courses.iter().map(|course| course.id.to_string());
            let venues = content.venues.iter().filter_map(|listing| listing.venue.as_ref());
            let banks = content.exercises.iter().map(|bank| bank.id.to_string());
            let stock = content.stock.iter().map(|bank| format!("stock/{}", bank.slug));
            let contests = content.exams.iter().map(|exam| format!("contests/{}.toml", exam.id));
            let regulations = content.regulations.iter();
            let regulations = regulations.map(|known| format!("{}@{}", known.form.id, known.form.version));
            courses
                .chain(venues.map(|venue| venue.id.to_string()))
                .chain(banks)
                .chain(stock)
                .chain(contests)
                .chain(regulations)
                .collect()
        }
        None => BTreeSet::new(),
    };
    let things = things(&layers, &files);
    if things.is_empty() {
        say(NOTHING)?;
    }
    for thing in things {
        let overrides = below.contains(&thing.id) || below.contains(&thing.place);
        let how = if overrides { "替换内置" } else { "新增" };
        let state = if thing.state.is_empty() {
            String::new()
        } else {
            format!("  {}", thing.state)
        };
        say(&format!(
            "{}  {}  {}  {how}{state}  {}",
            thing.kind, thing.id, thing.place, thing.title
        ))?;
    }
    let problems = load_layers(&layers, Options::default()).1;
    for found in &problems {
        say(&found.to_string())?;
    }
    if !problems.is_empty() {
        say("以上问题使本单位的内容不能与本程序的内置内容一起使用；改正后重新安装")?;
    }
    Ok(())
}

/// The files of the generation that counts.
fn installed(data: &Path) -> anyhow::Result<Option<Files>> {
    let Some(folder) = content(data).current()? else {
        return Ok(None);
    };
    let files = merged(&[Layer::folder(&folder)], String::new());
    let mut files = files.with_context(|| format!("cannot read {}", folder.display()))?;
    match std::fs::read(folder.join(lock::FILE)) {
        Ok(bytes) => drop(files.insert(lock::FILE.into(), Cow::Owned(bytes))),
        Err(_) => drop(files.remove(lock::FILE)),
    }
    Ok(Some(files))
}

/// Removes something of the deployment's own; what it has overridden comes back.
///
/// # Errors
/// There is nothing of that name or more than one, or the rest cannot do without it: nothing is changed then.
pub(super) fn remove(name: &str, base: &Base, data: &Path, say: Say<'_>) -> anyhow::Result<()> {
    let generations = content(data);
    let held = generations.hold()?;
    let files = installed(data)?.unwrap_or_default();
    let all = things(&base.layers(data)?, &files);
    let found: Vec<&Thing> = all.iter().filter(|thing| thing.is(name)).collect();
    let thing = match found.as_slice() {
        [] => bail!("nothing of `{name}` is installed; `anxue content list` shows all"),
        [thing] => *thing,
        several => {
            let names: Vec<&str> = several
                .iter()
                .map(|thing| {
                    if thing.place == REGULATIONS {
                        &thing.id
                    } else {
                        &thing.place
                    }
                })
                .map(String::as_str)
                .collect();
            bail!("`{name}` may be any of {}: name one of them", names.join(", "));
        }
    };
    let mut left = files;
    let below = format!("{}/", thing.place);
    left.retain(|file, _| *file != thing.place || thing.is_entry());
    left.retain(|file, _| !file.starts_with(&below));
    if thing.place == REGULATIONS {
        take(&mut left, REGULATIONS, &|entry| {
            let text = |name: &str| entry.get(name).and_then(toml::Value::as_str).unwrap_or_default();
            format!("{}@{}", text("id"), text("version")) == thing.id
        })?;
    }
    if thing.place.starts_with("handbook/") {
        // A venue's entry in the list goes with its folder.
        let slug = |entry: &toml::Table| entry.get("slug").and_then(toml::Value::as_str) == Some(&thing.slug);
        take(&mut left, VENUES, &slug)?;
    }
    // What was retired with it and is built in is there again, so the lock is made anew.
    let layers = |files: &Files| -> Vec<Layer> {
        let own = Layer::memory(files.clone()).installed();
        base.layer().into_iter().chain([own]).collect()
    };
    let all = layers(&left);
    let (whole, _) = load_layers(&all, Options { lock: LockUse::Ignore });
    let text = lock::of_deployment(&all, &whole);
    left.insert(lock::FILE.into(), Cow::Owned(text.into_bytes()));
    sound(base, &left, say)?;
    generations.replace(&held, &left)?;
    say(&format!("removed: {} {} {}", thing.kind, thing.id, thing.title))
}

/// Takes an entry out of a joined file, and the file where nothing else is in it.
fn take(files: &mut Files, file: &str, is: &dyn Fn(&toml::Table) -> bool) -> anyhow::Result<()> {
    let Some(bytes) = files.get(file) else { return Ok(()) };
    let text = std::str::from_utf8(bytes).with_context(|| format!("{INSTALLED}{file}"))?;
    match without(file, text, is).with_context(|| format!("{INSTALLED}{file}"))? {
        Some(text) => drop(files.insert(file.into(), Cow::Owned(text.into_bytes()))),
        None => drop(files.remove(file)),
    }
    Ok(())
}
