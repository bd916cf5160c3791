//! The name and the logo of the office that runs this endpoint, as its learners see them.

use crate::site::Site;
use anyhow::{Context, ensure};
use bytes::Bytes;
use std::path::Path;
use wire::api::Office;

/// The most bytes that a logo may have: every learner loads it.
pub const MOST: usize = 32 * 1024;

/// The office to be named in `config.json`; its logo is put into the site, as `office-logo.svg` or `office-logo.png`.
///
/// # Errors
/// The name does not have 1 to 40 characters, or the logo is no SVG or PNG or too large.
pub fn office(name: &str, logo: Option<&Path>, site: &mut Site) -> anyhow::Result<Office> {
    let office = Office {
        name: name.trim().to_owned(),
        logo: None,
    };
    let mut office = office.checked().context("--office-name has 1 to 40 characters")?;
    if let Some(file) = logo {
        let why = || format!("--office-logo {}", file.display());
        let bytes = std::fs::read(file).with_context(why)?;
        let path = format!("office-logo.{}", kind(&bytes).with_context(why)?);
        site.add(&path, Bytes::from(bytes));
        office.logo = Some(path);
    }
    Ok(office)
}

/// What kind of picture it is, by its content: the end of its file's name may be anything.
fn kind(bytes: &[u8]) -> anyhow::Result<&'static str> {
    ensure!(bytes.len() <= MOST, "the file has more than 32 KiB");
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Ok("png");
    }
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    let text = text.trim_start_matches('\u{feff}').trim_start();
    ensure!(
        text.starts_with('<') && text.contains("<svg"),
        "the file is neither SVG nor PNG"
    );
    Ok("svg")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logo_is_svg_or_png_of_32_kib_at_most() {
        assert_eq!(kind(b"\x89PNG\r\n\x1a\n...").unwrap(), "png");
        assert_eq!(kind(b"<svg xmlns='http://www.w3.org/2000/svg'/>").unwrap(), "svg");
        assert_eq!(kind("\u{feff}<?xml version='1.0'?>\n<svg/>".as_bytes()).unwrap(), "svg");
        for bytes in [&b""[..], b"GIF89a", b"<html>", b"svg", &[0xff; 9]] {
            assert!(kind(bytes).unwrap_err().to_string().contains("neither"));
        }
        let large = format!("<svg>{}", " ".repeat(MOST));
        assert!(kind(large.as_bytes()).unwrap_err().to_string().contains("32 KiB"));
    }

    #[test]
    fn the_logo_becomes_a_file_of_the_site() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("logo.bin");
        std::fs::write(&file, "<svg/>").unwrap();
        let mut site = Site::default();
        let made = office(" 城东街道 ", Some(&file), &mut site).unwrap();
        assert_eq!(
            (made.name.as_str(), made.logo.as_deref()),
            ("城东街道", Some("office-logo.svg"))
        );
        assert_eq!(site.file("office-logo.svg").unwrap().media, "image/svg+xml");
        for name in ["", "  ", "a\nb", &"长".repeat(41)] {
            assert!(office(name, None, &mut site).is_err(), "{name:?}");
        }
        let missing = folder.path().join("none.svg");
        let error = office("城东街道", Some(&missing), &mut site).unwrap_err();
        assert!(format!("{error:#}").contains("none.svg"));
    }
}
