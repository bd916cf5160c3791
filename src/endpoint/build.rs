//! Puts files into the program: those of the built site from the folder named by `ANXUE_SITE_DIR`, the sealed banks of
//! assessments from that named by `ANXUE_SEALED_DIR`, and the content that the site was built from, for a deployment's own to
//! be laid over it, from that named by `ANXUE_COURSES_DIR`; none where they are not set.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    embed("ANXUE_SITE_DIR", "embedded.rs", |_| true)?;
    embed("ANXUE_SEALED_DIR", "sealed.rs", |name| {
        Path::new(name).extension().is_some_and(|end| end == "json")
    })?;
    embed("ANXUE_COURSES_DIR", "courses.rs", |name| {
        !name.split('/').any(|part| part.starts_with('.'))
    })
}

/// Writes the list of the files of the folder that `variable` names.
fn embed(variable: &str, list: &str, wanted: impl Fn(&str) -> bool) -> io::Result<()> {
    println!("cargo:rerun-if-env-changed={variable}");
    let mut files = Vec::new();
    if let Some(folder) = env::var_os(variable).filter(|folder| !folder.is_empty()) {
        let folder = fs::canonicalize(folder)?;
        collect(&folder, &folder, &mut files)?;
        files.retain(|(name, _)| wanted(name));
        files.sort();
    }
    let mut code = String::from("/// Path and content of each file.\npub(super) const FILES: &[(&str, &[u8])] = &[\n");
    for (name, path) in files {
        let _ = writeln!(
            code,
            "    ({name:?}, include_bytes!({:?})),",
            path.display().to_string()
        );
    }
    code.push_str("];\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?);
    fs::write(out.join(list), code)
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    println!("cargo:rerun-if-changed={}", folder.display());
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(root, &path, files)?;
        } else if let Some(name) = path.strip_prefix(root).ok().and_then(Path::to_str) {
            println!("cargo:rerun-if-changed={}", path.display());
            files.push((name.replace('\\', "/"), path));
        }
    }
    Ok(())
}
