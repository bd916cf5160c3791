//! A static folder with the site and a deployment's own content, for any web server. Sealed banks and their keys are in no
//! file of a site, and so in none of these.

use super::live::{Ground, Made};
use crate::site::Site;
use anyhow::ensure;
use courseware::site::{BUILD_INFO, BuildInfo, folder, is_base, is_page};
use domain::time::Day;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

/// The file that is for the hands of whoever deploys the folder: what they wrote into it stays.
const CONFIG: &str = "config.json";

/// Writes the site of `ground` to the folder `out`, to be served at `base` (as it was built where none). How many files of
/// the content there are.
///
/// # Errors
/// There is no site, it cannot be given the content, or the folder holds something else or cannot be written.
pub(super) fn export(ground: &Ground, out: &Path, base: Option<&str>, today: Day) -> anyhow::Result<usize> {
    ensure!(
        !ground.site.is_empty(),
        "no site is inside this program; say where one is with --site"
    );
    if let Some(base) = base {
        ensure!(
            is_base(base),
            "--base is a path that begins and ends with a slash, like /sub/path/, not '{base}'"
        );
    }
    let (info, site) = match ground.packs(today)? {
        Some(made) => with(ground, made, base)?,
        None => plain(ground, base)?,
    };
    let mut files: BTreeMap<&str, folder::Out<'_>> = BTreeMap::new();
    for path in info.files.iter().filter(|path| *path != BUILD_INFO) {
        if path == CONFIG && out.join(CONFIG).is_file() {
            continue;
        }
        let Some(file) = site.file(path) else {
            continue;
        };
        let copies = [("br", &file.brotli), ("gz", &file.gzip)].into_iter();
        let copies = copies.filter_map(|(end, form)| Some((end, Cow::Borrowed(&form.as_ref()?.bytes[..]))));
        let file = folder::Out {
            bytes: Cow::Borrowed(&file.plain.bytes),
            copies: copies.collect(),
        };
        files.insert(path, file);
    }
    let packs = files.keys().filter(|path| path.starts_with("packs/")).count();
    folder::write(out, &info, &files)?;
    Ok(packs)
}

/// The site with the content.
fn with(ground: &Ground, (packs, more): Made, base: Option<&str>) -> anyhow::Result<(BuildInfo, Site)> {
    let renewed = ground.renewed(&packs, more, base)?;
    Ok((renewed.info, ground.site.renewed(renewed.files)))
}

/// The site as it was built, at another base where one is asked for.
fn plain(ground: &Ground, base: Option<&str>) -> anyhow::Result<(BuildInfo, Site)> {
    let info = ground.info()?;
    let base = base.unwrap_or(&info.base).to_owned();
    let (old, new) = (
        format!("<base href=\"{}\">", info.base),
        format!("<base href=\"{base}\">"),
    );
    let mut changed = Vec::new();
    for page in info.files.iter().filter(|path| is_page(path)) {
        let text = ground
            .site
            .bytes(page)
            .and_then(|bytes| std::str::from_utf8(bytes).ok());
        ensure!(
            text.is_some_and(|text| text.contains(&old)),
            "{page} does not fit the site's build.json"
        );
        changed.extend(text.map(|text| (page.clone(), text.replace(&old, &new).into_bytes())));
    }
    Ok((BuildInfo { base, ..info }, ground.site.renewed(changed)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::compressed;

    #[test]
    fn the_file_for_the_deployers_hands_has_no_compressed_copy() {
        assert!(compressed(CONFIG, b"{}").is_none());
    }
}
