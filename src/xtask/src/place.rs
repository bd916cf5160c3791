//! Where things lie.

use std::path::{Path, PathBuf};

/// The project's folders.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// The folder of the workspace's `Cargo.toml`.
    pub(crate) root: PathBuf,
    /// Cargo's target folder.
    pub(crate) target: PathBuf,
}

impl Place {
    /// Finds the workspace that this program was started from (`CARGO_MANIFEST_DIR` as cargo sets it at run time, else
    /// as it was at compile time).
    pub(crate) fn find() -> Self {
        let manifest = std::env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = manifest
            .parent()
            .and_then(Path::parent)
            .map_or_else(|| manifest.clone(), Path::to_path_buf);
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |dir| root.join(dir));
        Self { root, target }
    }

    /// The site that the endpoint embeds.
    pub(crate) fn site(&self) -> PathBuf {
        self.target.join("site")
    }

    /// The sealed packs that the endpoint embeds beside the site.
    pub(crate) fn sealed(&self) -> PathBuf {
        self.target.join("sealed")
    }

    /// What the endpoint's build puts into the program, by the variables that name it.
    pub(crate) fn inside(&self) -> [(&'static str, PathBuf); 3] {
        [
            ("ANXUE_SITE_DIR", self.site()),
            ("ANXUE_SEALED_DIR", self.sealed()),
            ("ANXUE_COURSES_DIR", self.courses()),
        ]
    }

    /// Flags for the compiler by which a program does not tell where this machine keeps its sources, and the same source
    /// makes the same program everywhere.
    pub(crate) fn cut_paths(&self) -> Vec<String> {
        let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
        let cargo_home = std::env::var_os("CARGO_HOME").map_or_else(|| home.join(".cargo"), PathBuf::from);
        vec![
            format!("--remap-path-prefix={}=", self.root.display()),
            format!(
                "--remap-path-prefix={}=crates",
                cargo_home.join("registry/src").display()
            ),
        ]
    }

    /// The same site under another build id, for the update journey.
    pub(crate) fn site_next(&self) -> PathBuf {
        self.target.join("site-next")
    }

    /// The same site for the path `/sub/path/`, for the journey below a path.
    pub(crate) fn site_below(&self) -> PathBuf {
        self.target.join("site-below")
    }

    /// The draw of a paper as wasm, for the bench.
    pub(crate) fn probe(&self) -> PathBuf {
        self.target.join("bench/probe")
    }

    /// What this program keeps between runs to be quick.
    pub(crate) fn cache(&self) -> PathBuf {
        self.target.join("xtask")
    }

    /// The content.
    pub(crate) fn courses(&self) -> PathBuf {
        self.root.join("courses")
    }

    /// The law texts for proving citations, where they lie beside the project.
    pub(crate) fn texts(&self) -> Option<PathBuf> {
        let texts = self.root.parent()?.join("shared/laws");
        texts.is_dir().then_some(texts)
    }

    /// The endpoint binary of a cargo profile's folder (`debug` or `release`).
    pub(crate) fn endpoint(&self, folder: &str) -> PathBuf {
        self.target
            .join(folder)
            .join(format!("anxue{}", std::env::consts::EXE_SUFFIX))
    }
}
