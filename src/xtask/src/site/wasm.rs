//! The browser's wasm, for engines from Chromium 86 on (DESIGN §7).
//!
//! The prebuilt standard library says in its `target_features` section that it uses reference types and multivalue, and
//! wasm-bindgen would take it at its word. The app is compiled without both, that section is dropped, and the outcome is
//! proven: a validator that knows neither must accept it.

use super::sections;
use crate::command::{cargo, run};
use crate::packages;
use crate::place::Place;
use anyhow::{Context, Result, bail, ensure};
use std::collections::BTreeMap;
use std::fs;
use wasm_bindgen_cli_support::Bindgen;
use wasmparser::{Validator, WasmFeatures};

/// The browser as a target of the compiler.
const TARGET: &str = "wasm32-unknown-unknown";

/// The app, ready for the browser.
#[derive(Debug, Clone)]
pub(crate) struct Module {
    /// The wasm.
    pub(crate) wasm: Vec<u8>,
    /// The glue: an ES module whose default export starts the wasm.
    pub(crate) glue: String,
}

/// What Chromium 86 and Safari 15 have besides WebAssembly 1.0. Chromium 86 lacks reference types (96); multivalue (85)
/// it has, but the glue that wasm-bindgen would write for it has never been tried there.
fn old_engines() -> WasmFeatures {
    WasmFeatures::WASM1
        | WasmFeatures::SIGN_EXTENSION
        | WasmFeatures::SATURATING_FLOAT_TO_INT
        | WasmFeatures::BULK_MEMORY
}

/// The three modules: the learner's app in two, by what is fetched on the way to the first question, and the organizer's desk.
#[derive(Debug, Clone)]
pub(crate) struct Modules {
    /// For studying.
    pub(crate) study: Module,
    /// For everything else that learners do.
    pub(crate) more: Module,
    /// The organizer's desk.
    pub(crate) desk: Module,
}

/// The binaries of the modules, in the order of `Modules`.
pub(crate) const BINARIES: [&str; 3] = ["anxue-web", "anxue-more", "anxue-organize"];

/// Compiles one binary of a package and makes its glue: for what measures.
///
/// # Errors
/// Like `build`.
pub(crate) fn build_one(place: &Place, package: &str, binary: &str) -> Result<Module> {
    let lock = fs::read_to_string(place.root.join("Cargo.lock")).context("cannot read Cargo.lock")?;
    let version = bindgen_version(&lock)?;
    packages::target(place, TARGET)?;
    compile(place, &["--package", package, "--bin", binary])?;
    module(place, &version, binary)
}

fn compile(place: &Place, what: &[&str]) -> Result<()> {
    run(cargo(place)
        .arg("build")
        .args(what)
        .args(["--profile", "wasm", "--target", TARGET])
        .env_remove("RUSTFLAGS")
        .env("CARGO_ENCODED_RUSTFLAGS", flags(place).join("\x1f")))
}

/// Compiles the app and makes its glue.
///
/// # Errors
/// It does not compile, the versions of wasm-bindgen differ, or the wasm needs more than old engines have.
pub(crate) fn build(place: &Place) -> Result<Modules> {
    let lock = fs::read_to_string(place.root.join("Cargo.lock")).context("cannot read Cargo.lock")?;
    let version = bindgen_version(&lock)?;
    packages::target(place, TARGET)?;
    compile(place, &["--package", "anxue-web", "--bins"])?;
    let [study, more, desk] = BINARIES;
    Ok(Modules {
        study: module(place, &version, study)?,
        more: module(place, &version, more)?,
        desk: module(place, &version, desk)?,
    })
}

fn module(place: &Place, version: &str, binary: &str) -> Result<Module> {
    let plain = sections::without_custom(&compiled(place, binary)?, "target_features")?;
    let module = remembered(place, version, &plain)?;
    Validator::new_with_features(old_engines())
        .validate_all(&module.wasm)
        .context(
            "the wasm needs more than Chromium 86 has (reference types or multivalue?); see DESIGN §7 for the recipe",
        )?;
    Ok(module)
}

/// The wasm of a binary as the compiler left it, with its names.
///
/// # Errors
/// It cannot be read.
pub(crate) fn compiled(place: &Place, binary: &str) -> Result<Vec<u8>> {
    let folder = place.target.join("wasm32-unknown-unknown/wasm");
    let file = folder.join(format!("{binary}.wasm"));
    fs::read(&file).with_context(|| format!("cannot read {}", file.display()))
}

/// The flags of this one compilation; natives keep theirs.
fn flags(place: &Place) -> Vec<String> {
    let mut flags = vec!["-Ctarget-feature=-reference-types,-multivalue".to_owned()];
    flags.extend(place.cut_paths());
    flags
}

/// The version of wasm-bindgen, which must be that of the library that makes the glue.
fn bindgen_version(lock: &str) -> Result<String> {
    #[derive(serde::Deserialize)]
    struct Lock {
        package: Vec<Package>,
    }
    #[derive(serde::Deserialize)]
    struct Package {
        name: String,
        version: String,
    }
    let lock: Lock = toml::from_str(lock).context("Cargo.lock is not of the form")?;
    let versions = |name: &str| -> Vec<&str> {
        lock.package
            .iter()
            .filter(|package| package.name == name)
            .map(|package| package.version.as_str())
            .collect()
    };
    let (library, support) = (versions("wasm-bindgen"), versions("wasm-bindgen-cli-support"));
    match (&library[..], &support[..]) {
        ([one], [other]) if one == other => Ok((*one).to_owned()),
        _ => bail!(
            "Cargo.lock has wasm-bindgen {library:?} and wasm-bindgen-cli-support {support:?}; both must be one and the \
             same version: set both to it in Cargo.toml and run `cargo update -p wasm-bindgen -p wasm-bindgen-cli-support`"
        ),
    }
}

/// The glue for these bytes, from the memory where it was made before.
fn remembered(place: &Place, version: &str, wasm: &[u8]) -> Result<Module> {
    let folder = place
        .cache()
        .join("bindgen")
        .join(format!("{version}-{}", super::files::sha256(wasm)));
    let (wasm_file, glue_file) = (folder.join("app.wasm"), folder.join("glue.js"));
    if let (Ok(wasm), Ok(glue)) = (fs::read(&wasm_file), fs::read_to_string(&glue_file)) {
        return Ok(Module { wasm, glue });
    }
    let module = bind(wasm)?;
    fs::create_dir_all(&folder)?;
    super::compress::write_whole(&wasm_file, &module.wasm)?;
    super::compress::write_whole(&glue_file, module.glue.as_bytes())?;
    Ok(module)
}

fn bind(wasm: &[u8]) -> Result<Module> {
    let mut bindgen = Bindgen::new();
    bindgen
        .input_bytes("app", wasm.to_vec())
        .web(true)
        .context("wasm-bindgen refuses the target 'web'")?
        .typescript(false)
        .debug(false)
        .keep_debug(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .omit_default_module_path(true);
    let mut output = bindgen.generate_output().context("wasm-bindgen cannot make the glue")?;
    let extra: BTreeMap<_, _> = output
        .snippets()
        .iter()
        .filter(|(_, scripts)| !scripts.is_empty())
        .collect();
    ensure!(
        extra.is_empty() && output.local_modules().is_empty() && output.npm_dependencies().is_empty(),
        "a crate brings scripts of its own ({:?}, {:?}); the boot script is one file and cannot import them",
        extra.keys(),
        output.local_modules().keys()
    );
    let glue = output.js().to_owned();
    ensure!(
        glue.contains("__wbg_init"),
        "the glue of this wasm-bindgen has no __wbg_init; boot.js calls it"
    );
    ensure!(
        !glue.lines().any(|line| line.starts_with("import ")),
        "the glue imports a module; boot.js is one file"
    );
    Ok(Module {
        wasm: output.wasm_mut().emit_wasm(),
        glue,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lock(library: &str, support: &str) -> String {
        let package = |name: &str, version: &str| format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n");
        package("wasm-bindgen", library) + &package("wasm-bindgen-cli-support", support) + &package("other", "1.0.0")
    }

    #[test]
    fn both_wasm_bindgens_are_of_one_version() {
        assert_eq!(bindgen_version(&lock("0.2.130", "0.2.130")).unwrap(), "0.2.130");
        let error = bindgen_version(&lock("0.2.131", "0.2.130")).unwrap_err().to_string();
        assert!(error.contains("0.2.131") && error.contains("0.2.130"), "{error}");
        assert!(bindgen_version("package = []").is_err());
    }

    #[test]
    fn a_module_with_reference_types_or_multivalue_is_refused() {
        const HEADER: &[u8] = b"\0asm\x01\0\0\0";
        // One function type () -> (i32, i32); one import of an externref global.
        let multivalue = [HEADER, &[1, 6, 1, 0x60, 0, 2, 0x7f, 0x7f]].concat();
        let reference = [HEADER, &[2, 8, 1, 1, b'm', 1, b'g', 3, 0x6f, 0]].concat();
        let plain = [HEADER, &[1, 5, 1, 0x60, 0, 1, 0x7f]].concat();
        let valid = |module: &[u8]| Validator::new_with_features(old_engines()).validate_all(module).is_ok();
        let modern = |module: &[u8]| Validator::new().validate_all(module).is_ok();
        assert!(valid(&plain));
        for module in [multivalue, reference] {
            assert!(modern(&module) && !valid(&module), "{module:?}");
        }
    }
}
