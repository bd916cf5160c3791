//! `cargo xtask test`: everything that must hold, in order, stopping at the first failure.
//!
//! Native code is compiled with one selection of packages and features (`--workspace`), whatever step asks for it:
//! another selection would resolve other features and compile the large dependencies (SQLite, the HTTP stacks) again.

use crate::command::{cargo, run, shown};
use crate::place::Place;
use crate::steps::Steps;
use crate::{courses, features, old_chromium, packages, site};
use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// The selection of every native compilation.
const SELECTION: [&str; 3] = ["--workspace", "--features", "anxue-xtask/bench"];

/// The package of the journeys: they need browsers and the endpoint binary, so they run last.
const JOURNEYS: &str = "anxue-tests";

/// The path of the site for the journey below a path.
const BELOW: &str = "/sub/path/";

/// Proves everything.
///
/// # Errors
/// The first step that fails.
pub(crate) fn test(from: usize) -> Result<()> {
    let place = Place::find();
    let mut steps = Steps::from(11, from);
    let outcome = prove(&place, &mut steps);
    steps.sum_up();
    outcome
}

fn prove(place: &Place, steps: &mut Steps) -> Result<()> {
    steps.check("format", || run(cargo(place).args(["fmt", "--all", "--check"])))?;
    let browser = steps.step("system packages", packages::browser)?;
    steps.check("lints, native", || {
        run(cargo(place)
            .arg("clippy")
            .args(SELECTION)
            .args(["--all-targets", "--", "-D", "warnings"]))
    })?;
    steps.check("lints, browser", || {
        let target = ["--target", "wasm32-unknown-unknown"];
        run(cargo(place)
            .args(["clippy", "--package", "anxue-web"])
            .args(target)
            .args(["--", "-D", "warnings"]))
    })?;
    steps.check("native tests", || {
        let tests = compile_tests(place, &[])?;
        for test in tests.iter().filter(|test| test.package != JOURNEYS) {
            test.run(&[])?;
        }
        Ok(())
    })?;
    steps.check("content", || courses::check(place, place.texts().as_deref()))?;
    steps.check("old engines: style and scripts", || features::check(place))?;
    steps.step("site with budgets", || {
        let parts = site::parts(place)?;
        let written = parts.write(place, &place.site(), "/", None)?;
        parts.write_sealed(place)?;
        // The update journey needs a second build that differs in its id alone.
        let next: String = written.build.chars().rev().collect();
        parts.write(place, &place.site_next(), "/", Some(&next))?;
        parts.write(place, &place.site_below(), BELOW, None)?;
        written.check_budgets(place)
    })?;
    // With the site inside, as it is deployed; the crates below it stay as the native tests left them.
    let tests = steps.step("endpoint with the site inside", || {
        let inside = [
            ("ANXUE_SITE_DIR", place.site()),
            ("ANXUE_SEALED_DIR", place.sealed()),
            ("ANXUE_COURSES_DIR", place.courses()),
        ];
        compile_tests(place, &inside)
    })?;
    let old = steps.step("Chromium 88", || old_chromium::provide(place))?;
    steps.step("journeys in browsers", || {
        let shots = place.target.join("screenshots");
        let binary = place.endpoint("debug");
        ensure!(binary.is_file(), "there is no {}", binary.display());
        std::fs::create_dir_all(&shots)?;
        let mut env: Vec<(&str, PathBuf)> = vec![
            ("ANXUE_BIN", binary),
            ("ANXUE_SITE", place.site()),
            ("ANXUE_SITE_NEXT", place.site_next()),
            ("ANXUE_SUBPATH_SITE", place.site_below()),
            ("ANXUE_CHROMIUM", browser.chromium),
            ("ANXUE_CHROMEDRIVER", browser.driver),
            ("ANXUE_OLD_CHROMIUM", old.executable),
            ("ANXUE_OLD_CHROMIUM_ARGS", old.args.into()),
            ("ANXUE_SHOTS", shots),
            ("ANXUE_FUZZ_SECONDS", "60".into()),
            // A journey that finds something missing must fail, not be left out.
            ("ANXUE_REQUIRE_BROWSER", "1".into()),
        ];
        env.extend(
            old.libraries
                .map(|libraries| ("ANXUE_OLD_CHROMIUM_LIBRARIES", libraries)),
        );
        let mut journeys = tests.iter().filter(|test| test.package == JOURNEYS).peekable();
        ensure!(journeys.peek().is_some(), "the package {JOURNEYS} has no test");
        journeys.try_for_each(|test| test.run(&env))
    })
}

/// A compiled test program.
struct TestProgram {
    package: String,
    folder: PathBuf,
    executable: PathBuf,
}

/// What cargo says about a compiled target, as far as we listen.
#[derive(Deserialize)]
struct Artifact {
    executable: Option<PathBuf>,
    manifest_path: PathBuf,
    package_id: String,
    profile: Profile,
}

#[derive(Deserialize)]
struct Profile {
    test: bool,
}

/// Compiles all tests and the endpoint binary, and says which programs that made.
fn compile_tests(place: &Place, env: &[(&str, PathBuf)]) -> Result<Vec<TestProgram>> {
    let mut command = cargo(place);
    command.arg("build").args(SELECTION).args(["--tests", "--bin", "anxue"]);
    command
        .arg("--message-format=json-render-diagnostics")
        .envs(env.iter().map(|(name, value)| (name, value)));
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let lines = BufReader::new(child.stdout.take().context("cargo has no output")?).lines();
    let tests: Vec<TestProgram> = lines
        .map_while(Result::ok)
        .filter_map(|line| test_program(&line))
        .collect();
    let status = child.wait()?;
    ensure!(status.success(), "`{}` ended with {status}", shown(&command));
    Ok(tests)
}

/// The test program that a line of cargo's speaks of.
fn test_program(line: &str) -> Option<TestProgram> {
    let artifact: Artifact = serde_json::from_str(line).ok()?;
    let executable = artifact.executable.filter(|_| artifact.profile.test)?;
    // `path+file:///…/src/domain#anxue-domain@0.1.0`
    let package = artifact
        .package_id
        .rsplit(['#', '/'])
        .next()?
        .split('@')
        .next()?
        .to_owned();
    Some(TestProgram {
        package,
        folder: artifact.manifest_path.parent()?.to_owned(),
        executable,
    })
}

impl TestProgram {
    /// Runs it where and as cargo would.
    fn run(&self, env: &[(&str, PathBuf)]) -> Result<()> {
        println!(
            "\n     {} ({})",
            self.package,
            self.executable.file_name().unwrap_or_default().to_string_lossy()
        );
        let mut command = Command::new(&self.executable);
        command
            .current_dir(&self.folder)
            .envs(env.iter().map(|(name, value)| (*name, value)));
        command
            .env("CARGO_MANIFEST_DIR", &self.folder)
            .env("CARGO_PKG_NAME", &self.package);
        run(&mut command)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn test_programs_are_told_from_libraries_and_plain_programs() {
        let line = |test: bool, executable: &str| {
            format!(
                r#"{{"reason":"compiler-artifact","package_id":"path+file:///a/src/domain#anxue-domain@0.1.0","manifest_path":"/a/src/domain/Cargo.toml","profile":{{"test":{test}}},"executable":{executable}}}"#
            )
        };
        let test = test_program(&line(true, "\"/a/target/debug/deps/domain-1\"")).unwrap();
        assert_eq!(test.package, "anxue-domain");
        assert_eq!(test.folder, Path::new("/a/src/domain"));
        assert!(test_program(&line(false, "\"/a/target/debug/anxue\"")).is_none());
        assert!(test_program(&line(true, "null")).is_none());
        assert!(test_program(r#"{"reason":"build-finished","success":true}"#).is_none());
    }
}
