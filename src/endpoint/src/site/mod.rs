//! The site in memory: every file with its type, its caching and its compressed forms. An address is looked up in a map, so
//! no path can lead out of it.

pub mod csp;
mod embedded;
pub mod negotiate;
pub(crate) mod serve;

use crate::desk::offer::Offer;
use axum::http::HeaderValue;
use bytes::Bytes;
use courseware::site::{BUILD_INFO, BuildInfo};
use domain::ids::PackHash;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::io::Write;
use std::path::Path;
use std::sync::OnceLock;

/// One form of a file: plain or compressed.
#[derive(Debug, Clone)]
pub(crate) struct Form {
    pub(crate) bytes: Bytes,
    /// A strong entity tag (RFC 9110 §8.8.3), quoted; forms of one file have different ones.
    pub(crate) tag: HeaderValue,
}

/// A file of the site.
#[derive(Debug, Clone)]
pub(crate) struct File {
    /// The media type.
    pub(crate) media: &'static str,
    /// Whether its name holds a hash of its content, so that it never changes.
    pub(crate) immutable: bool,
    pub(crate) plain: Form,
    pub(crate) gzip: Option<Form>,
    pub(crate) brotli: Option<Form>,
}

/// The site; empty where there is none.
#[derive(Debug, Clone, Default)]
pub struct Site {
    files: HashMap<String, File>,
    offer: OnceLock<Offer>,
}

impl Site {
    /// The site that was put into the program when it was built; empty where none was.
    pub fn embedded() -> Self {
        Self::new(
            embedded::FILES
                .iter()
                .map(|(path, bytes)| ((*path).to_owned(), Bytes::from_static(bytes))),
        )
    }

    /// The site in a folder, read whole.
    ///
    /// # Errors
    /// The folder or one of its files cannot be read, or it has no `index.html`.
    pub fn read(folder: &Path) -> anyhow::Result<Self> {
        use anyhow::Context;
        let mut files = Vec::new();
        let mut folders = vec![(folder.to_owned(), String::new())];
        while let Some((folder, prefix)) = folders.pop() {
            let entries =
                std::fs::read_dir(&folder).with_context(|| format!("cannot read the folder {}", folder.display()))?;
            for entry in entries {
                let entry = entry?;
                let Ok(name) = entry.file_name().into_string() else {
                    continue;
                };
                // Follows links: a folder of releases with a link to the current one is usual.
                let kind = std::fs::metadata(entry.path())?;
                if kind.is_dir() {
                    folders.push((entry.path(), format!("{prefix}{name}/")));
                } else {
                    let bytes = std::fs::read(entry.path())
                        .with_context(|| format!("cannot read {}", entry.path().display()))?;
                    files.push((format!("{prefix}{name}"), Bytes::from(bytes)));
                }
            }
        }
        let site = Self::new(files);
        anyhow::ensure!(
            site.file("index.html").is_some(),
            "{} has no index.html; build the site first",
            folder.display()
        );
        Ok(site)
    }

    /// A site of these files: paths without a slash in front. `NAME.br` and `NAME.gz` are forms of `NAME`, not files.
    pub fn new(files: impl IntoIterator<Item = (String, Bytes)>) -> Self {
        let all: HashMap<String, Bytes> = files.into_iter().collect();
        let form = |path: &str, of: &str| all.get(&format!("{path}{of}")).map(|bytes| Form::new(bytes.clone()));
        let is_form = |path: &str| {
            [".br", ".gz"]
                .iter()
                .any(|end| path.strip_suffix(end).is_some_and(|base| all.contains_key(base)))
        };
        let file = |(path, bytes): (&String, &Bytes)| {
            let file = File {
                media: media(path),
                immutable: immutable(path),
                plain: Form::new(bytes.clone()),
                gzip: form(path, ".gz"),
                brotli: form(path, ".br"),
            };
            (path.clone(), file)
        };
        Self {
            files: all.iter().filter(|(path, _)| !is_form(path)).map(file).collect(),
            offer: OnceLock::new(),
        }
    }

    /// Whether there is no site.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The packs of the site; one whose bytes are not what its name says is left out.
    pub fn packs(&self) -> Vec<(PackHash, Vec<u8>)> {
        let pack = |(path, file): (&String, &File)| {
            let hash = pack_hash(path)?;
            if wire::pack::hash(&file.plain.bytes) != hash {
                tracing::error!(path, "a pack is not what its name says: built badly or damaged since");
                return None;
            }
            Some((hash, file.plain.bytes.to_vec()))
        };
        let mut packs: Vec<_> = self.files.iter().filter_map(pack).collect();
        packs.sort_by_key(|(hash, _)| *hash);
        packs
    }

    /// The bytes of the catalogue; none where there is no site. Beside the one that `build.json` names, earlier ones may lie.
    pub(crate) fn catalogue(&self) -> Option<Bytes> {
        let info = self
            .bytes(BUILD_INFO)
            .and_then(|bytes| serde_json::from_slice::<BuildInfo>(bytes).ok());
        let named = info.and_then(|info| self.file(&info.catalogue));
        let any = || {
            self.files
                .iter()
                .find(|(path, _)| path.starts_with("catalogue."))
                .map(|(_, file)| file)
        };
        Some(named.or_else(any)?.plain.bytes.clone())
    }

    /// What is offered, as the organizer's desk names it; read once.
    pub(crate) fn offer(&self) -> &Offer {
        self.offer.get_or_init(|| Offer::of(self))
    }

    /// Puts one more file into it, in the place of one with that path.
    pub fn add(&mut self, path: &str, bytes: Bytes) {
        let one = Self::new([(path.to_owned(), bytes)]);
        self.files.extend(one.files);
    }

    /// The site with these files in the place of its own, or beside them; what did not change keeps its compressed forms, what
    /// did gets new ones.
    pub(crate) fn renewed(&self, files: Vec<(String, Vec<u8>)>) -> Self {
        let mut site = Self {
            files: self.files.clone(),
            offer: OnceLock::new(),
        };
        for (path, bytes) in files {
            if self.bytes(&path) == Some(&bytes) {
                continue;
            }
            let (gzip, brotli) = compressed(&path, &bytes).unzip();
            let file = File {
                media: media(&path),
                immutable: immutable(&path),
                plain: Form::new(bytes.into()),
                gzip: gzip.map(Form::new),
                brotli: brotli.map(Form::new),
            };
            site.files.insert(path, file);
        }
        site
    }

    /// The site with those catalogues of `before` that it has not: a page that was loaded just now will ask for the one that
    /// it names.
    pub(crate) fn with_catalogues_of(mut self, before: &Self) -> Self {
        let is_catalogue = |path: &&String| path.starts_with("catalogue.");
        if before.files.keys().filter(is_catalogue).count() < MOST_CATALOGUES {
            for (path, file) in before.files.iter().filter(|(path, _)| is_catalogue(path)) {
                self.files.entry(path.clone()).or_insert_with(|| file.clone());
            }
        }
        self
    }

    /// The bytes of a file.
    pub(crate) fn bytes(&self, path: &str) -> Option<&[u8]> {
        self.files.get(path).map(|file| &file.plain.bytes[..])
    }

    pub(crate) fn file(&self, path: &str) -> Option<&File> {
        self.files.get(path)
    }
}

/// The most catalogues of content that is served no more that are kept for pages that are open.
const MOST_CATALOGUES: usize = 16;

/// Qualities that take a moment for all that changes with the content; the program's own files were compressed at the best
/// ones when it was built.
const GZIP: u32 = 6;
const BROTLI: i32 = 6;
/// A window of 4 MiB holds any file.
const WINDOW: i32 = 22;

/// A file in gzip and in brotli; none where it is not to be sent compressed.
pub(crate) fn compressed(path: &str, bytes: &[u8]) -> Option<(Bytes, Bytes)> {
    if !courseware::site::folder::compressible(path) {
        return None;
    }
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(GZIP));
    let gzip = gzip.write_all(bytes).and_then(|()| gzip.finish()).ok()?;
    let params = brotli::enc::BrotliEncoderParams {
        quality: BROTLI,
        lgwin: WINDOW,
        size_hint: bytes.len(),
        ..Default::default()
    };
    let mut brotli = Vec::new();
    brotli::BrotliCompress(&mut &bytes[..], &mut brotli, &params).ok()?;
    Some((gzip.into(), brotli.into()))
}

impl Form {
    pub(crate) fn new(bytes: Bytes) -> Self {
        let digest: [u8; 32] = Sha256::digest(&bytes).into();
        let (first, _) = digest.split_at(12);
        let number = first
            .iter()
            .fold(0_u128, |number, byte| number << 8 | u128::from(*byte));
        let tag = format!("\"{number:024x}\"");
        // Quotes and hexadecimal digits always make a header value.
        Self {
            bytes,
            tag: HeaderValue::from_str(&tag).unwrap_or(HeaderValue::from_static("\"\"")),
        }
    }
}

/// The hash in the path of a pack.
pub(crate) fn pack_hash(path: &str) -> Option<PackHash> {
    path.strip_prefix("packs/")?.strip_suffix(".json")?.parse().ok()
}

/// Whether a file's name holds a hash of its content: a part of at least 16 hexadecimal digits between dots, or a pack.
fn immutable(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let hash = |part: &str| part.len() >= 16 && part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let parts: Vec<&str> = name.split('.').collect();
    pack_hash(path).is_some() || (parts.len() > 2 && parts[1..parts.len() - 1].iter().any(|part| hash(part)))
}

/// The media type by the end of the name. Texts are UTF-8.
fn media(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" | "md" => "text/plain; charset=utf-8",
        "xml" => "application/xml",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_a_hash_never_change() {
        for (path, expected) in [
            ("app.0123456789abcdef.wasm", true),
            ("a/style.0123456789abcdef.css", true),
            ("packs/0123456789abcdef0123456789abcdef.json", true),
            ("packs/0123456789abcdef.json", false),
            ("index.html", false),
            ("sw.js", false),
            ("0123456789abcdef.js", false),
            ("app.0123456789ABCDEF.wasm", false),
            ("app.01234567.js", false),
        ] {
            assert_eq!(immutable(path), expected, "{path}");
        }
    }

    #[test]
    fn compressed_forms_are_no_files_and_a_false_pack_is_no_pack() {
        let files = [
            ("a.js", "1"),
            ("a.js.br", "2"),
            ("a.js.gz", "3"),
            ("b.gz", "4"),
            ("packs/0123456789abcdef0123456789abcdef.json", "{}"),
        ];
        let site = Site::new(files.map(|(path, text)| (path.to_owned(), Bytes::from(text))));
        let a = site.file("a.js").unwrap();
        assert_eq!(
            (
                &a.brotli.as_ref().unwrap().bytes[..],
                &a.gzip.as_ref().unwrap().bytes[..]
            ),
            (&b"2"[..], &b"3"[..])
        );
        assert!(site.file("a.js.br").is_none() && site.file("b.gz").is_some());
        assert!(site.packs().is_empty());
    }
}
