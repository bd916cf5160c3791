//! What of a built site depends on its content, and how other content is put in its place: by whoever has the site but not
//! what it was built from.
//!
//! `build.json` says which texts in the pages and in the service worker stand for the content, so that nothing has to be
//! guessed: the build id, the name of the catalogue, the list of what is kept for working offline.

pub mod folder;

use crate::packs::Packs;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::Path;
use wire::{FormError, pack};

/// The file of a site that says which build it is.
pub const BUILD_INFO: &str = "build.json";

/// The pages, which name the build, the base and the catalogue.
const PAGES: [&str; 2] = ["index.html", "404.html"];

/// The service worker, which names the build and what it keeps.
const WORKER: &str = "sw.js";

/// `build.json`: which build this is and what belongs to it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildInfo {
    /// The build id: 16 lower-case hexadecimal digits.
    pub build: String,
    /// The files, without their compressed copies.
    pub files: Vec<String>,
    /// The path that the site is served at, with a slash at both ends.
    #[serde(default)]
    pub base: String,
    /// The catalogue's file.
    #[serde(default)]
    pub catalogue: String,
    /// What the service worker keeps: each path, with the hash of its content where its name has none.
    #[serde(default)]
    pub precache: Vec<Vec<String>>,
}

/// A site with other content, as far as it differs from the one that it was made from.
#[derive(Debug, Clone)]
pub struct Renewed {
    /// The new `build.json`.
    pub info: BuildInfo,
    /// The files that are new or changed: path and bytes. Content first, then the pages, then the service worker.
    pub files: Vec<(String, Vec<u8>)>,
    /// The files of the old content that do not belong to the new one.
    pub gone: BTreeSet<String>,
}

/// Why a site cannot be given other content.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// It has no `build.json`, or one of an older form.
    #[error("the site was built by an older version: build it anew")]
    Old,
    /// A file is missing, or does not hold what `build.json` says.
    #[error("{0} does not fit the site's build.json")]
    Unfit(String),
    /// What cannot happen with texts and numbers.
    #[error(transparent)]
    Form(#[from] FormError),
    /// A path that no site can be served at.
    #[error("a base is a path that begins and ends with a slash, like /sub/path/, not '{0}'")]
    Base(String),
}

/// The first 16 hexadecimal digits of the SHA-256, by which files are named.
pub fn digest(bytes: &[u8]) -> String {
    pack::hash(bytes).to_string().chars().take(16).collect()
}

/// Whether a file of a site is a page.
pub fn is_page(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|end| end == "html")
}

/// The catalogue and the packs as files of a site; the catalogue comes first.
///
/// # Errors
/// None in practice: the catalogue holds texts and numbers only.
pub fn files(packs: &Packs) -> Result<Vec<(String, Vec<u8>)>, FormError> {
    let catalogue = packs.catalogue_json()?;
    let name = format!("catalogue.{}.json", digest(&catalogue));
    let mut files = vec![(name, catalogue)];
    files.extend(packs.files.iter().cloned());
    Ok(files)
}

/// Whether `base` is a path that a site can be served at.
pub fn is_base(base: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '.' | '~');
    base.starts_with('/') && base.ends_with('/') && !base.contains("//") && base.chars().all(plain)
}

/// The site whose `build.json` is `info` and whose files `old` gives, with other content; `more` are files of the content that
/// are fetched when they are wanted and then kept by their hash. `base` is where it will be served; none leaves that as it is.
///
/// # Errors
/// The site was not built by this version, or the base is none.
pub fn renew<'s>(
    info: &BuildInfo,
    old: impl Fn(&str) -> Option<&'s [u8]>,
    packs: &Packs,
    more: Vec<(String, Vec<u8>)>,
    base: Option<&str>,
) -> Result<Renewed, SiteError> {
    if info.catalogue.is_empty() || info.precache.is_empty() || info.base.is_empty() {
        return Err(SiteError::Old);
    }
    let base = base.unwrap_or(&info.base);
    if !is_base(base) {
        return Err(SiteError::Base(base.into()));
    }
    let mut files = files(packs)?;
    let catalogue = files[0].0.clone();
    let of_content = |path: &str| path == info.catalogue || path.starts_with("packs/");
    let mut precache: Vec<Vec<String>> = info
        .precache
        .iter()
        .filter(|entry| !entry.first().is_some_and(|path| of_content(path)))
        .cloned()
        .collect();
    precache.extend(files.iter().map(|(path, _)| vec![path.clone()]));
    files.extend(more);
    let mut names: Vec<String> = files.iter().map(|(path, _)| path.clone()).collect();
    names.sort();
    let build = digest(format!("{} {base}\n{}", info.build, names.join("\n")).as_bytes());
    let json = |list: &Vec<Vec<String>>| serde_json::to_string(list).map_err(FormError::from);
    let (kept, keeps) = (json(&info.precache)?, json(&precache)?);
    let old_base = format!("<base href=\"{}\">", info.base);
    let new_base = format!("<base href=\"{base}\">");
    let in_page = [
        (info.build.as_str(), build.as_str()),
        (info.catalogue.as_str(), catalogue.as_str()),
        (old_base.as_str(), new_base.as_str()),
    ];
    let in_worker = [(info.build.as_str(), build.as_str()), (&kept, &keeps)];
    // Other pages, such as the organizer's desk, name no catalogue.
    let in_other = [in_page[0], in_page[2]];
    let others = info.files.iter().map(String::as_str);
    let others = others.filter(|path| is_page(path) && !PAGES.contains(path));
    let others = others.map(|page| (page, in_other.as_slice()));
    let pages = PAGES.map(|page| (page, in_page.as_slice()));
    for (path, changes) in others.chain(pages).chain([(WORKER, in_worker.as_slice())]) {
        let unfit = || SiteError::Unfit(path.into());
        let text = old(path)
            .and_then(|bytes| std::str::from_utf8(bytes).ok())
            .ok_or_else(unfit)?;
        let changed = changes.iter().try_fold(text.to_owned(), |text, (from, to)| {
            text.contains(*from).then(|| text.replace(*from, to))
        });
        files.push((path.into(), changed.ok_or_else(unfit)?.into_bytes()));
    }
    let fresh: BTreeSet<&String> = files.iter().map(|(path, _)| path).collect();
    let before = info.files.iter().filter(|path| !fresh.contains(path));
    let (gone, stay): (Vec<String>, Vec<String>) = before.cloned().partition(|path| of_content(path));
    let all = stay.into_iter().chain(files.iter().map(|(path, _)| path.clone()));
    let info = BuildInfo {
        build,
        files: all.collect(),
        base: base.into(),
        catalogue,
        precache,
    };
    let text = serde_json::to_vec(&info).map_err(FormError::from)?;
    files.insert(files.len() - PAGES.len() - 1, (BUILD_INFO.into(), text));
    Ok(Renewed {
        info,
        files,
        gone: gone.into_iter().collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Content;
    use domain::time::Day;

    fn site(info: &BuildInfo) -> Vec<(String, String)> {
        let page = format!("<base href=\"{}\">{} {}", info.base, info.build, info.catalogue);
        let worker = format!("{} {}", info.build, serde_json::to_string(&info.precache).unwrap());
        let desk = format!("<base href=\"{}\">{}", info.base, info.build);
        [
            ("index.html", &page),
            ("404.html", &page),
            ("desk.html", &desk),
            ("sw.js", &worker),
        ]
        .map(|(path, text)| (path.to_owned(), text.clone()))
        .to_vec()
    }

    fn info() -> BuildInfo {
        BuildInfo {
            build: "0123456789abcdef".into(),
            files: [
                "index.html",
                "desk.html",
                "catalogue.0.json",
                "packs/0.json",
                "app.wasm",
            ]
            .map(Into::into)
            .to_vec(),
            base: "/".into(),
            catalogue: "catalogue.0.json".into(),
            precache: vec![
                vec!["app.wasm".into()],
                vec!["catalogue.0.json".into()],
                vec!["packs/0.json".into()],
                vec!["icon.svg".into(), "1".into()],
            ],
        }
    }

    #[test]
    fn content_goes_and_comes_and_the_shell_stays() {
        let (info, packs) = (info(), crate::packs::build(&Content::default(), Day(20_000)).unwrap());
        let old = site(&info);
        let of = |path: &str| {
            let found = old.iter().find(|(name, _)| name == path);
            found.map(|(_, text)| text.as_bytes())
        };
        let more = vec![("regulations-text/a.json".to_owned(), b"{}".to_vec())];
        let new = renew(&info, of, &packs, more, Some("/sub/")).unwrap();
        assert_eq!(
            new.gone.iter().collect::<Vec<_>>(),
            ["catalogue.0.json", "packs/0.json"]
        );
        let names: Vec<&str> = new.files.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(names.last(), Some(&"sw.js"), "the worker comes last");
        let text = |path: &str| {
            let (_, bytes) = new.files.iter().find(|(name, _)| name == path).unwrap();
            String::from_utf8(bytes.clone()).unwrap()
        };
        let (build, catalogue) = (&new.info.build, &new.info.catalogue);
        assert_ne!(*build, info.build);
        assert_eq!(text("index.html"), format!("<base href=\"/sub/\">{build} {catalogue}"));
        assert_eq!(text("desk.html"), format!("<base href=\"/sub/\">{build}"));
        let worker = text("sw.js");
        assert!(worker.contains("app.wasm") && worker.contains("icon.svg") && worker.contains(catalogue.as_str()));
        assert!(!worker.contains("packs/0.json") && !worker.contains("regulations-text"));
        assert!(new.info.files.iter().any(|path| path == "app.wasm"));
        assert_eq!(serde_json::from_str::<BuildInfo>(&text(BUILD_INFO)).unwrap(), new.info);
        // What was renewed can be renewed again, and the same content gives the same build.
        let again = renew(&info, of, &packs, Vec::new(), None).unwrap();
        assert_ne!(again.info.build, new.info.build);
        let fresh = site(&new.info);
        let of = |path: &str| {
            let found = fresh.iter().find(|(name, _)| name == path);
            found.map(|(_, text)| text.as_bytes())
        };
        renew(&new.info, of, &packs, Vec::new(), None).unwrap();
    }

    #[test]
    fn a_site_that_does_not_say_what_it_is_made_of_is_refused() {
        let packs = crate::packs::build(&Content::default(), Day(20_000)).unwrap();
        let old = BuildInfo {
            catalogue: String::new(),
            ..info()
        };
        assert!(matches!(
            renew(&old, |_| None, &packs, Vec::new(), None),
            Err(SiteError::Old)
        ));
        let unfit = renew(
            &info(),
            |_| Some(b"<base href=\"/\">0123456789abcdef"),
            &packs,
            Vec::new(),
            None,
        );
        assert!(matches!(unfit, Err(SiteError::Unfit(page)) if page == "index.html"));
        for base in ["", "sub/", "/sub", "//", "/a b/", "/\"/"] {
            assert!(matches!(
                renew(&info(), |_| None, &packs, Vec::new(), Some(base)),
                Err(SiteError::Base(_))
            ));
        }
    }
}
