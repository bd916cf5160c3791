//! The project's own content.

use crate::diagnostic::Diagnostic;
use crate::{Options, check, load};
use std::path::{Path, PathBuf};

fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn lines(diagnostics: &[Diagnostic]) -> String {
    diagnostics
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn it_loads_without_a_problem() {
    let (content, diagnostics) = load(&project().join("courses"), Options::default());
    assert!(diagnostics.is_empty(), "\n{}", lines(&diagnostics));
    assert!(
        content
            .courses
            .iter()
            .any(|course| course.slug == "work-safety-law" && course.bank.items.len() >= 40)
    );
}

#[test]
fn its_citations_stand_in_the_legal_texts() {
    let texts = project().join("../shared/laws");
    if !texts.is_dir() {
        println!("skipped: no legal texts beside the project");
        return;
    }
    let checked = check(&project().join("courses"), Some(&texts));
    assert!(
        checked.diagnostics.is_empty(),
        "\n{}\n{}",
        lines(&checked.diagnostics),
        checked.counts
    );
    println!("{}", checked.counts);
}
