//! One JSON file a text: `id`, `title`, `version`, and `articles` with the number `n`, `sub` for 之一, `chapter` and `text`, whose
//! lines are paragraphs and items. Other fields are not looked at.

use super::{Article, Draft};
use domain::time::Day;
use serde::Deserialize;
use wire::text::ArticleForm;

#[derive(Deserialize)]
struct File {
    id: String,
    title: String,
    version: String,
    articles: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    n: u16,
    #[serde(default)]
    sub: u8,
    #[serde(default)]
    chapter: Option<String>,
    text: String,
}

/// Reads a file.
///
/// # Errors
/// The line that is wrong, and what is wrong with it.
pub(super) fn read(text: &str) -> Result<Draft, (usize, String)> {
    let file: File = serde_json::from_str(text).map_err(|error| (error.line().max(1), error.to_string()))?;
    let line_of = |offset: usize| text[..offset].matches('\n').count() + 1;
    let version = text.find("\"version\"").map_or(1, line_of);
    let mut slips = Vec::new();
    if Day::parse(&file.version).is_none() {
        slips.push((
            version,
            format!("`version` is `{}`: write a day as YYYY-MM-DD", file.version),
        ));
    }
    // In this form only articles have an `n`, so that the nth one is the nth article's.
    let mut places = text.match_indices("\"n\"").map(|(offset, _)| line_of(offset));
    let articles = file.articles.into_iter().map(|entry| Article {
        line: places.next().unwrap_or(1),
        form: ArticleForm {
            n: entry.n,
            sub: entry.sub,
            chapter: entry.chapter.unwrap_or_default(),
            text: entry.text,
        },
    });
    Ok(Draft {
        id: Some(file.id),
        title: file.title,
        version: Some(file.version),
        line: version,
        articles: articles.collect(),
        slips,
    })
}
