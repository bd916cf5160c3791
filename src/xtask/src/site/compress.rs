//! Brotli and gzip beside each file, remembered by the hash of the content, because quality 11 is slow.

use super::hex;
use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Brotli's best quality; its window of 4 MiB holds any file of the site.
const BROTLI_QUALITY: i32 = 11;
const BROTLI_WINDOW: i32 = 22;

/// A file in both encodings.
#[derive(Debug, Clone)]
pub(crate) struct Compressed {
    /// Brotli at quality 11.
    pub(crate) brotli: Vec<u8>,
    /// Gzip at level 9.
    pub(crate) gzip: Vec<u8>,
}

/// Compresses, with a memory in a folder.
#[derive(Debug, Clone)]
pub(crate) struct Compressor {
    cache: PathBuf,
}

impl Compressor {
    /// With its memory in this folder, which is made.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub(crate) fn new(cache: PathBuf) -> Result<Self> {
        fs::create_dir_all(&cache).with_context(|| format!("cannot make {}", cache.display()))?;
        Ok(Self { cache })
    }

    /// Both encodings.
    ///
    /// # Errors
    /// The memory cannot be written.
    pub(crate) fn compress(&self, bytes: &[u8]) -> Result<Compressed> {
        let name = hex(&Sha256::digest(bytes));
        let file = |end: &str| self.cache.join(format!("{name}.{end}"));
        if let (Ok(brotli), Ok(gzip)) = (fs::read(file("br")), fs::read(file("gz"))) {
            return Ok(Compressed { brotli, gzip });
        }
        let made = Compressed {
            brotli: brotli(bytes)?,
            gzip: gzip(bytes)?,
        };
        write_whole(&file("br"), &made.brotli)?;
        write_whole(&file("gz"), &made.gzip)?;
        Ok(made)
    }
}

fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let params = brotli::enc::BrotliEncoderParams {
        quality: BROTLI_QUALITY,
        lgwin: BROTLI_WINDOW,
        size_hint: bytes.len(),
        ..Default::default()
    };
    let mut out = Vec::new();
    brotli::BrotliCompress(&mut &bytes[..], &mut out, &params)?;
    Ok(out)
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

/// Writes so that a reader sees the old content or the new one, never half of it.
///
/// # Errors
/// The file cannot be written.
pub(crate) fn write_whole(file: &Path, bytes: &[u8]) -> Result<()> {
    courseware::site::folder::write_whole(file, bytes).with_context(|| format!("cannot write {}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn both_encodings_come_back_whole_also_from_the_memory() {
        let folder = tempfile::tempdir().unwrap();
        let compressor = Compressor::new(folder.path().join("cache")).unwrap();
        let text = "安全生产".repeat(500);
        for _ in 0..2 {
            let made = compressor.compress(text.as_bytes()).unwrap();
            assert!(made.brotli.len() < 100 && made.gzip.len() < 200);
            let mut plain = String::new();
            brotli::Decompressor::new(&made.brotli[..], 4096)
                .read_to_string(&mut plain)
                .unwrap();
            assert_eq!(plain, text);
            plain.clear();
            flate2::read::GzDecoder::new(&made.gzip[..])
                .read_to_string(&mut plain)
                .unwrap();
            assert_eq!(plain, text);
        }
    }
}
