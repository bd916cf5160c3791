//! Putting the site together: wasm and glue, style sheet, content, pages, service worker; with hashed names, compressed
//! copies and budgets.

pub(crate) mod budget;
mod compress;
pub(crate) mod content;
mod files;
mod sections;
mod squeeze;
mod style;
mod template;
pub(crate) mod wasm;
mod weight;

use crate::features;
use crate::place::Place;
use crate::steps::Steps;
use anyhow::{Context, Result, ensure};
use courseware::LockUse;
use courseware::site::{BuildInfo, is_base};
use files::{Packed, Role, SiteFile};
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// What a site is made of, before it has a place and a build id.
pub(crate) struct Parts {
    files: Vec<SiteFile>,
    /// Id and sealed pack of each assessment.
    sealed: Vec<(String, Vec<u8>)>,
    page: String,
    /// The page of the organizer's desk.
    desk: String,
    worker: String,
}

/// Everything but the content.
fn shell(place: &Place) -> Result<Parts> {
    let wasm::Modules { study, more, desk } = wasm::build(place)?;
    let public = place.root.join("public");
    let text = |name: &str| -> Result<String> {
        fs::read_to_string(public.join(name)).with_context(|| format!("cannot read public/{name}"))
    };
    for glue in [&study.glue, &more.glue, &desk.glue] {
        let problems = features::scan("glue.js", glue);
        ensure!(
            problems.is_empty(),
            "the glue is not for Chromium 86:\n{}",
            problems.join("\n")
        );
    }
    let opening = text("opening.js")?;
    let start =
        |glue: &str, name: &str| Ok::<_, anyhow::Error>(squeeze::js(&format!("{glue}\n{opening}\n{}", text(name)?)));
    let mut files = vec![
        SiteFile::hashed("boot", "js", Role::Boot, start(&study.glue, "boot.js")?),
        SiteFile::hashed("app", "wasm", Role::Wasm, study.wasm),
        SiteFile::hashed("more", "js", Role::More, squeeze::js(&more.glue)),
        SiteFile::hashed("more", "wasm", Role::More, more.wasm),
        SiteFile::hashed("beside", "js", Role::Beside, squeeze::js(&text("beside.js")?)),
        SiteFile::hashed("style", "css", Role::Style, style::sheet(&place.root)?),
        SiteFile::hashed("organize", "js", Role::Desk, start(&desk.glue, "organize.js")?),
        SiteFile::hashed("organize", "wasm", Role::Desk, desk.wasm),
        SiteFile::hashed("organize", "css", Role::Desk, style::desk(&place.root)?),
        SiteFile::hashed("old", "js", Role::Other, squeeze::js(&text("old.js")?)),
        SiteFile::named("manifest.webmanifest", Role::Extra, text("manifest.webmanifest")?),
        SiteFile::named("config.json", Role::Other, NO_ENDPOINT),
    ];
    for entry in walkdir::WalkDir::new(public.join("icons")).sort_by_file_name() {
        let entry = entry?;
        if entry.file_type().is_file() {
            let name = entry.file_name().to_string_lossy();
            files.push(SiteFile::named(
                format!("icons/{name}"),
                Role::Extra,
                fs::read(entry.path())?,
            ));
        }
    }
    Ok(Parts {
        files,
        sealed: Vec::new(),
        page: text("index.html")?,
        desk: text("organize.html")?,
        worker: squeeze::js(&text("sw.js")?),
    })
}

/// Makes all parts; compiles the wasm where it changed.
///
/// # Errors
/// Something does not compile, is missing or has problems.
pub(crate) fn parts(place: &Place) -> Result<Parts> {
    // Before the minutes of the compiler: what is wrong with the content is said at once.
    let content = content::load(place, LockUse::Check)?;
    let mut parts = shell(place)?;
    parts.add_content(content::make(&content)?);
    Ok(parts)
}

/// The parts of a preview: the page looks out for new builds and has no service worker.
///
/// # Errors
/// Something does not compile, is missing or has problems.
pub(crate) fn preview_parts(place: &Place) -> Result<Parts> {
    let content = content::load(place, LockUse::Ignore)?;
    let mut parts = shell(place)?;
    parts.add_content(content::make(&content)?);
    let script = fs::read(place.root.join("public/preview.js")).context("cannot read public/preview.js")?;
    parts.files.push(SiteFile::named("preview.js", Role::Other, script));
    let head =
        "<meta name=\"anxue-preview\" content=\"{{build}}\">\n<script src=\"preview.js\" defer></script>\n</head>";
    ensure!(parts.page.contains("</head>"), "public/index.html has no </head>");
    parts.page = parts.page.replace("</head>", head);
    Ok(parts)
}

/// What a static folder says about its endpoint, until whoever deploys it writes something else.
const NO_ENDPOINT: &str = "{\"endpoint\":null,\"auth\":\"none\"}\n";

impl Parts {
    /// Puts new content in the place of the old.
    ///
    /// # Errors
    /// The content has problems; they are printed.
    pub(crate) fn renew_content(&mut self, place: &Place, lock: LockUse) -> Result<()> {
        let content = content::make(&content::load(place, lock)?)?;
        self.files
            .retain(|file| !matches!(file.role, Role::Catalogue | Role::Bank | Role::Pack));
        self.add_content(content);
        Ok(())
    }

    fn add_content(&mut self, made: content::Made) {
        self.files.extend(made.files);
        self.sealed = made.sealed;
    }

    /// Writes the sealed packs for the endpoint that is compiled with the site; a static folder never holds them.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub(crate) fn write_sealed(&self, place: &Place) -> Result<()> {
        content::write_sealed(&place.sealed(), &self.sealed)
    }

    /// The first 16 hexadecimal digits of the SHA-256 over all names and contents, templates included.
    fn build_id(&self) -> String {
        let mut lines: Vec<String> = self
            .files
            .iter()
            .map(|file| format!("{} {}\n", file.path, files::sha256(&file.bytes)))
            .collect();
        // A preview adds its files in another order.
        lines.sort();
        files::sha256(format!("{}{}{}{}", lines.concat(), self.page, self.desk, self.worker).as_bytes())[..16]
            .to_owned()
    }

    /// The icon as an address that needs no request: the tab shows it on the first page already.
    fn icon(&self) -> Result<String> {
        let mut found = self.files.iter().filter(|file| file.path == "icons/icon.svg");
        let svg = std::str::from_utf8(&found.next().context("there is no icons/icon.svg")?.bytes)?;
        ensure!(
            !svg.contains('\''),
            "icons/icon.svg has single quotes; write double ones"
        );
        let plain = svg
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .replace("> <", "><")
            .replace('"', "'");
        let escape = |c: char| match c {
            '%' | '#' | '<' | '>' | '&' => format!("%{:02X}", u32::from(c)),
            c => c.to_string(),
        };
        Ok(format!(
            "data:image/svg+xml,{}",
            plain.chars().map(escape).collect::<String>()
        ))
    }

    fn path(&self, role: Role, stem: &str, end: &str) -> Result<&str> {
        let mut found = self
            .files
            .iter()
            .filter(|file| file.role == role && file.path.starts_with(stem) && file.path.ends_with(end));
        found
            .next()
            .map(|file| file.path.as_str())
            .with_context(|| format!("the site has no {stem}"))
    }

    /// All files of the site below `base`, and its build id.
    fn assemble(&self, base: &str, build: Option<&str>) -> Result<(String, Vec<SiteFile>)> {
        check_base(base)?;
        let build = build.map_or_else(|| self.build_id(), str::to_owned);
        ensure!(
            build.len() == 16 && build.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')),
            "a build id is 16 lower-case hexadecimal digits, not '{build}'"
        );
        let page = template::fill(
            &self.page,
            &[
                ("base", base),
                ("build", &build),
                ("boot", self.path(Role::Boot, "boot.", ".js")?),
                ("wasm", self.path(Role::Wasm, "app.", ".wasm")?),
                ("css", self.path(Role::Style, "style.", ".css")?),
                ("more", self.path(Role::More, "more.", ".js")?),
                ("more_wasm", self.path(Role::More, "more.", ".wasm")?),
                ("beside", self.path(Role::Beside, "beside.", ".js")?),
                ("catalogue", self.path(Role::Catalogue, "catalogue.", ".json")?),
                ("old", self.path(Role::Other, "old.", ".js")?),
                ("icon", &self.icon()?),
            ],
        )
        .context("public/index.html")?;
        let desk = template::fill(
            &self.desk,
            &[
                ("base", base),
                ("build", &build),
                ("boot", self.path(Role::Desk, "organize.", ".js")?),
                ("wasm", self.path(Role::Desk, "organize.", ".wasm")?),
                ("css", self.path(Role::Style, "style.", ".css")?),
                ("desk_css", self.path(Role::Desk, "organize.", ".css")?),
                ("old", self.path(Role::Other, "old.", ".js")?),
                ("icon", &self.icon()?),
            ],
        )
        .context("public/organize.html")?;
        let precache = serde_json::to_string(&precache(&self.files))?;
        let worker = template::fill(&self.worker, &[("build", &build), ("precache", &precache)]);
        let mut all = self.files.clone();
        all.push(SiteFile::named("index.html", Role::Page, page.clone()));
        all.push(SiteFile::named("404.html", Role::Other, page));
        all.push(SiteFile::named("organize.html", Role::Desk, desk));
        all.push(SiteFile::named("sw.js", Role::Other, worker.context("public/sw.js")?));
        Ok((build, all))
    }

    /// Writes the site to a folder and returns its build id and sizes.
    ///
    /// # Errors
    /// A template does not fit, or the folder cannot be written.
    pub(crate) fn write(&self, place: &Place, out: &Path, base: &str, build: Option<&str>) -> Result<Written> {
        let compressor = compress::Compressor::new(place.cache().join("compressed"))?;
        let (build, all) = self.assemble(base, build)?;
        let info = BuildInfo {
            build: build.clone(),
            files: Vec::new(),
            base: base.into(),
            catalogue: self.path(Role::Catalogue, "catalogue.", ".json")?.into(),
            precache: precache(&self.files),
        };
        let packed = files::write(out, info, &all, &compressor)?;
        Ok(Written { build, packed })
    }
}

/// A site on the disk.
pub(crate) struct Written {
    /// The build id.
    pub(crate) build: String,
    packed: Vec<Packed>,
}

impl Written {
    /// Prints the sizes and holds them to the budgets.
    ///
    /// # Errors
    /// A budget is passed.
    pub(crate) fn check_budgets(&self, place: &Place) -> Result<()> {
        let outcome = budget::check(&self.packed, &budget::Budgets::read(&place.root)?.site);
        if outcome.is_err() {
            for binary in wasm::BINARIES {
                println!("{binary}:");
                weight::print(&wasm::compiled(place, binary)?)?;
            }
        }
        outcome
    }

    /// Prints the sizes; a budget that is passed is a warning, for whoever wants to see the thing all the same.
    pub(crate) fn warn_of_budgets(&self, place: &Place) {
        if let Err(error) = self.check_budgets(place) {
            eprintln!("warning: {error:#}");
        }
    }
}

/// What the service worker keeps: each path, with the hash of its content where its name has none.
fn precache(files: &[SiteFile]) -> Vec<Vec<String>> {
    let kept = files
        .iter()
        .filter(|file| !matches!(file.role, Role::Page | Role::Other | Role::Desk));
    kept.map(|file| match file.role {
        Role::Extra => vec![file.path.clone(), files::sha256(&file.bytes)[..16].to_owned()],
        _ => vec![file.path.clone()],
    })
    .collect()
}

fn check_base(base: &str) -> Result<()> {
    ensure!(
        is_base(base),
        "--base is a path that begins and ends with a slash, like /sub/path/, not '{base}'"
    );
    Ok(())
}

/// Copies a site and adds files to it, with their compressed copies.
///
/// # Errors
/// A file cannot be read or written.
#[cfg(feature = "bench")]
pub(crate) fn copy_with(place: &Place, from: &Path, to: &Path, more: &[(&str, String)]) -> Result<()> {
    for entry in walkdir::WalkDir::new(from) {
        let entry = entry?;
        let target = to.join(entry.path().strip_prefix(from)?);
        if entry.file_type().is_dir() {
            fs::create_dir_all(target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    let compressor = compress::Compressor::new(place.cache().join("compressed"))?;
    for (path, text) in more {
        let both = compressor.compress(text.as_bytes())?;
        fs::write(to.join(path), text)?;
        fs::write(to.join(format!("{path}.br")), both.brotli)?;
        fs::write(to.join(format!("{path}.gz")), both.gzip)?;
    }
    Ok(())
}

/// `cargo xtask build`.
///
/// # Errors
/// The site cannot be made, or is over a budget.
pub(crate) fn build_static(base: &str, build_id: Option<&str>, out: &Path) -> Result<()> {
    let place = Place::find();
    check_base(base)?;
    let build_id = build_id
        .map(str::to_owned)
        .or_else(|| std::env::var("ANXUE_BUILD_ID").ok());
    let mut steps = Steps::new(2);
    let parts = steps.step("wasm, style and content", || parts(&place))?;
    let written = steps.step("hashed names, compressed copies, budgets", || {
        let written = parts.write(&place, out, base, build_id.as_deref())?;
        written.check_budgets(&place)?;
        Ok(written)
    })?;
    println!(
        "built: {} (build {}, to be served at {base})",
        out.display(),
        written.build
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts() -> Parts {
        Parts {
            files: vec![
                SiteFile::hashed("boot", "js", Role::Boot, "b"),
                SiteFile::hashed("app", "wasm", Role::Wasm, "w"),
                SiteFile::hashed("more", "js", Role::More, "m"),
                SiteFile::hashed("more", "wasm", Role::More, "n"),
                SiteFile::hashed("beside", "js", Role::Beside, "a"),
                SiteFile::hashed("style", "css", Role::Style, "s"),
                SiteFile::hashed("organize", "js", Role::Desk, "j"),
                SiteFile::hashed("organize", "wasm", Role::Desk, "v"),
                SiteFile::hashed("organize", "css", Role::Desk, "t"),
                SiteFile::hashed("old", "js", Role::Other, "o"),
                SiteFile::hashed("catalogue", "json", Role::Catalogue, "c"),
                SiteFile::named("packs/00.json", Role::Bank, "p"),
                SiteFile::named("icons/icon.svg", Role::Extra, "<svg a=\"#1\"> </svg>"),
                SiteFile::named("config.json", Role::Other, NO_ENDPOINT),
            ],
            sealed: Vec::new(),
            page:
                "{{base}} {{build}} {{boot}} {{wasm}} {{css}} {{more}} {{more_wasm}} {{beside}} {{catalogue}} {{old}} \
                {{icon}}"
                    .into(),
            desk: "{{base}} {{build}} {{boot}} {{wasm}} {{css}} {{desk_css}} {{old}} {{icon}}".into(),
            worker: "{{build}} {{precache}}".into(),
        }
    }

    fn text<'a>(files: &'a [SiteFile], path: &str) -> &'a str {
        std::str::from_utf8(&files.iter().find(|file| file.path == path).unwrap().bytes).unwrap()
    }

    #[test]
    fn two_builds_of_one_content_differ_in_their_id_alone() {
        let (first, files) = parts().assemble("/", None).unwrap();
        let (second, others) = parts().assemble("/", Some("0123456789abcdef")).unwrap();
        assert_ne!(first, second);
        let differ: Vec<&str> = files
            .iter()
            .zip(&others)
            .filter(|(one, other)| one.bytes != other.bytes)
            .map(|(file, _)| file.path.as_str())
            .collect();
        assert_eq!(differ, ["index.html", "404.html", "organize.html", "sw.js"]);
        assert!(text(&files, "index.html").ends_with(" data:image/svg+xml,%3Csvg a='%231'%3E%3C/svg%3E"));
        assert_eq!(text(&files, "sw.js").replace(&first, &second), text(&others, "sw.js"));
    }

    #[test]
    fn the_id_follows_every_content() {
        let mut changed = parts();
        changed.files[12].bytes = b"j".to_vec();
        assert_ne!(
            parts().build_id(),
            changed.build_id(),
            "an icon has no hash in its name"
        );
        assert_eq!(parts().build_id(), parts().build_id());
    }

    #[test]
    fn the_worker_keeps_the_shell_and_the_packs_but_not_what_must_stay_fresh() {
        let kept = precache(&parts().files);
        let names: Vec<&str> = kept.iter().map(|entry| entry[0].split('.').next().unwrap()).collect();
        assert_eq!(
            names,
            [
                "boot",
                "app",
                "more",
                "more",
                "beside",
                "style",
                "catalogue",
                "packs/00",
                "icons/icon"
            ]
        );
        assert!(
            kept.iter()
                .all(|entry| (entry.len() == 2) == (entry[0] == "icons/icon.svg"))
        );
    }

    #[test]
    fn nothing_that_a_learner_fetches_names_a_file_of_the_desk() {
        let (_, files) = parts().assemble("/", None).unwrap();
        let desk = |file: &&SiteFile| file.path.starts_with("organize.");
        assert_eq!(files.iter().filter(desk).count(), 4);
        for page in ["index.html", "404.html", "sw.js"] {
            assert!(!text(&files, page).contains("organize."), "{page}");
        }
        for file in files.iter().filter(desk) {
            assert_eq!(file.role, Role::Desk, "{}", file.path);
            let named = text(&files, "organize.html").contains(&file.path);
            assert_eq!(named, file.path != "organize.html", "{}", file.path);
        }
    }

    #[test]
    fn bases_and_ids_are_checked() {
        for base in ["", "sub/", "/sub", "//", "/a//b/", "/a b/", "/\"/"] {
            assert!(check_base(base).is_err(), "{base}");
        }
        assert!(check_base("/sub/path/").is_ok() && check_base("/").is_ok());
        for id in ["", "0123456789ABCDEF", "0123456789abcde"] {
            assert!(parts().assemble("/", Some(id)).is_err(), "{id}");
        }
    }
}
