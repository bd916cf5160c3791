//! Puts the built site into the program: the files of the folder named by `ANXUE_SITE_DIR`, or none where it is not set.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-env-changed=ANXUE_SITE_DIR");
    let mut files = Vec::new();
    if let Some(folder) = env::var_os("ANXUE_SITE_DIR").filter(|folder| !folder.is_empty()) {
        let folder = fs::canonicalize(folder)?;
        collect(&folder, &folder, &mut files)?;
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
    fs::write(out.join("embedded.rs"), code)
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
