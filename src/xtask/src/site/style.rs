//! One style sheet out of many files: the tokens, the base, then one file a component.

use super::squeeze;
use anyhow::{Context, Result, ensure};
use std::path::Path;

/// What comes first, because the rest stands on it.
const FIRST: [&str; 2] = ["tokens.css", "base.css"];

/// The style sheet of the organizer's desk, which stands on the learners' one and is no part of it.
const DESK: &str = "organize.css";

/// The files of the folder in the order in which they are joined.
fn order(mut names: Vec<String>) -> Vec<String> {
    names.sort_by_key(|name| {
        (
            FIRST.iter().position(|first| first == name).unwrap_or(FIRST.len()),
            name.clone(),
        )
    });
    names
}

/// Joins named sources.
///
/// # Errors
/// A source that imports another one, which would cost a request and order.
fn join(sources: &[(String, String)]) -> Result<String> {
    let mut all = String::new();
    for (name, source) in sources {
        let squeezed = squeeze::css(source);
        ensure!(
            !squeezed.contains("@import"),
            "{name} has an @import; files of style/ are joined, not imported"
        );
        ensure!(
            squeezed.matches('{').count() == squeezed.matches('}').count(),
            "{name}: braces do not pair, which would swallow the files after it"
        );
        all.push_str(squeezed.trim_end());
        all.push('\n');
    }
    Ok(all)
}

/// The learners' style sheet: `style/*.css` without the desk's, and then what `public/` needs before the app is there.
///
/// # Errors
/// A file cannot be read or joined.
pub(crate) fn sheet(root: &Path) -> Result<String> {
    let folder = root.join("style");
    let entries = std::fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let names = order(
        names
            .filter(|name| Path::new(name).extension().is_some_and(|end| end == "css") && name != DESK)
            .collect(),
    );
    let files = names
        .iter()
        .map(|name| format!("style/{name}"))
        .chain(["public/opening.css".to_owned()]);
    join(&files.map(|file| source(root, file)).collect::<Result<Vec<_>>>()?)
}

/// The style sheet that the organizer's desk has beside that of the site.
///
/// # Errors
/// The file cannot be read or joined.
pub(crate) fn desk(root: &Path) -> Result<String> {
    join(&[source(root, format!("style/{DESK}"))?])
}

fn source(root: &Path, file: String) -> Result<(String, String)> {
    let text = std::fs::read_to_string(root.join(&file)).with_context(|| format!("cannot read {file}"))?;
    Ok((file, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_and_base_come_first_then_the_alphabet() {
        let names = ["card.css", "base.css", "app.css", "tokens.css"]
            .map(str::to_owned)
            .to_vec();
        assert_eq!(order(names), ["tokens.css", "base.css", "app.css", "card.css"]);
    }

    #[test]
    fn joining_keeps_order_and_refuses_what_breaks_it() {
        let file = |text: &str| ("x.css".to_owned(), text.to_owned());
        assert_eq!(join(&[file("a { b: c }"), file("d{}")]).unwrap(), "a { b: c }\nd{}\n");
        assert!(join(&[file("@import 'a.css';")]).is_err());
        assert!(join(&[file("a { b: c ")]).is_err());
        assert!(join(&[file("/* @import */ a{}")]).is_ok());
    }
}
