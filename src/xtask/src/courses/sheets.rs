//! Banks as spreadsheets.

use super::report;
use crate::place::Place;
use crate::site::content;
use anyhow::{Context, Result, bail};
use courseware::LockUse;
use courseware::sheet::{self, ImportError, Wish};
use std::path::Path;

/// Writes a bank to a file.
///
/// # Errors
/// The content has problems, there is no such bank, or the file cannot be written.
pub(super) fn export(place: &Place, bank: &str, stock: bool, to: &Path) -> Result<()> {
    let content = content::load(place, LockUse::Ignore)?;
    let (folder, found) =
        sheet::find(&content, bank, stock).with_context(|| ImportError::NoBank(bank.into()).to_string())?;
    let file = place.courses().join(folder).join("items.toml");
    let source = std::fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
    sheet::write(&sheet::export(&content, found, &source), to)
        .with_context(|| format!("cannot write {}", to.display()))?;
    println!("{}: {} items", to.display(), found.items.len());
    Ok(())
}

/// Takes a file into a bank.
///
/// # Errors
/// Why nothing was imported; bad cells are printed one by one.
pub(super) fn import(file: &Path, wish: &Wish<'_>) -> Result<()> {
    let sheet = sheet::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let made = match sheet::apply(&sheet, wish) {
        Ok(made) => made,
        Err(ImportError::Cells(problems)) => {
            for problem in &problems {
                println!("{}: {problem}", file.display());
            }
            bail!(ImportError::Cells(problems));
        }
        Err(ImportError::Content(found) | ImportError::Unsound(found)) => {
            report(&found).context("nothing was imported")?;
            bail!("nothing was imported");
        }
        Err(error) => bail!(error),
    };
    println!(
        "{} items as they were, {} changed, {} new, {} taken out",
        made.kept,
        made.changed.len(),
        made.new.len(),
        made.removed.len()
    );
    if !made.unexplained.is_empty() {
        println!(
            "wrong options that only point to the explanation (write 选项A说明 and so on): {}",
            made.unexplained.join(", ")
        );
    }
    if !(made.changed.is_empty() && made.new.is_empty()) {
        println!("next: cargo xtask courses check --texts ../shared/laws, then cargo xtask courses lock");
    }
    Ok(())
}
