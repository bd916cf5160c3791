//! Holds the content against legal texts at hand: registry entries, cited articles and paragraphs, and a paste detector.
//!
//! A folder of texts has one JSON file for each regulation: `id`, `title`, `version`, `effective`, and `articles` with
//! number `n`, `sub` for 之一 and `text`, whose lines are paragraphs and items.

use crate::content::{Content, Passage, Regulation, Role};
use crate::diagnostic::{Diagnostic, Place, Report, Rule};
use crate::figures;
use domain::citation::{Article, Citation};
use serde::Deserialize;
use std::collections::HashMap;
use std::path::Path;

/// A run of this many Chinese characters that a legal text has too, punctuation aside, is a paste. Shorter runs are
/// unavoidable: wordings of fines and names of duties alone reach twenty.
pub const PASTE: usize = 30;

#[derive(Deserialize)]
struct TextFile {
    id: String,
    title: String,
    version: String,
    #[serde(default)]
    effective: Option<String>,
    articles: Vec<ArticleText>,
}

#[derive(Deserialize)]
struct ArticleText {
    n: u16,
    #[serde(default)]
    sub: u8,
    text: String,
}

impl ArticleText {
    /// Paragraphs (款) are the lines that are no items （一）（二）….
    fn paragraphs(&self) -> usize {
        self.text
            .lines()
            .filter(|line| !line.trim().is_empty() && !is_item(line))
            .count()
    }
}

/// Whether a line begins with a Chinese number in brackets.
fn is_item(line: &str) -> bool {
    let inner = line
        .trim_start()
        .strip_prefix('（')
        .and_then(|rest| rest.split_once('）'));
    inner.is_some_and(|(number, _)| !number.is_empty() && number.chars().all(|c| "一二三四五六七八九十百".contains(c)))
}

/// Holds `content` against the texts in `folder`: every regulation with a text at hand is there with the same title,
/// version, day of force and last article, every article and paragraph cited exists, and nothing was pasted.
pub fn check(content: &Content, folder: &Path) -> Vec<Diagnostic> {
    let report = Report::default();
    let texts = read(folder, &report);
    if let Some(texts) = texts {
        for regulation in content.regulations.iter().filter(|regulation| regulation.form.text) {
            registry(regulation, &texts, &report);
        }
        articles(content, &texts, &report);
        pastes(&content.passages, &texts, &report);
        figures::check(content, &|citation| words(&texts, citation), &report);
    }
    report.into_sorted()
}

/// The words of the whole article that `citation` names, or of the whole text where it names none.
fn words<'t>(texts: &'t HashMap<String, TextFile>, citation: &Citation) -> Vec<&'t str> {
    let text = texts
        .get(citation.regulation.as_str())
        .filter(|text| text.version == citation.version.to_string());
    let articles = text.into_iter().flat_map(|text| &text.articles);
    let named = |found: &&ArticleText| {
        let article = citation.article;
        article.is_none_or(|article| found.n == article.number && found.sub == article.sub)
    };
    articles.filter(named).map(|found| found.text.as_str()).collect()
}

fn read(folder: &Path, report: &Report) -> Option<HashMap<String, TextFile>> {
    let refuse = |file: &str, message: String| {
        let remedy = "give --texts a folder with one JSON file for each text";
        report.add(Place::top(file), Rule::TextsUnreadable, message, remedy);
    };
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            refuse(&folder.to_string_lossy(), error.to_string());
            return None;
        }
    };
    let mut names: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    names.retain(|path| {
        path.extension().is_some_and(|end| end == "json") && path.file_stem().is_some_and(|s| s != "index")
    });
    names.sort();
    let mut texts = HashMap::new();
    for path in names {
        let text = std::fs::read(&path).map_err(|error| error.to_string());
        match text.and_then(|bytes| serde_json::from_slice::<TextFile>(&bytes).map_err(|error| error.to_string())) {
            Ok(text) => drop(texts.insert(text.id.clone(), text)),
            Err(error) => refuse(&path.file_name().unwrap_or_default().to_string_lossy(), error),
        }
    }
    if texts.is_empty() {
        refuse(&folder.to_string_lossy(), "no texts".into());
        return None;
    }
    Some(texts)
}

fn registry(regulation: &Regulation, texts: &HashMap<String, TextFile>, report: &Report) {
    let form = &regulation.form;
    let add =
        |message: String, remedy: &str| report.add(regulation.place.clone(), Rule::TextsRegistry, message, remedy);
    let Some(text) = texts.get(&form.id) else {
        add(
            format!("{}: no text is at hand", form.id),
            "set text = false with a certainty, or add the text",
        );
        return;
    };
    let articles = text.articles.iter().map(|article| article.n).max();
    let none = || "unknown".to_owned();
    let pairs = [
        ("title", form.title.clone(), text.title.clone()),
        ("version", form.version.clone(), text.version.clone()),
        (
            "effective",
            form.effective.clone().unwrap_or_else(none),
            text.effective.clone().unwrap_or_else(none),
        ),
        (
            "articles",
            form.articles.map_or_else(none, |n| n.to_string()),
            articles.map_or_else(none, |n| n.to_string()),
        ),
    ];
    for (field, ours, theirs) in pairs {
        if ours != theirs {
            add(
                format!("{}: `{field}` is {ours}, the text has {theirs}", form.id),
                "find out which is right and correct it",
            );
        }
    }
}

fn articles(content: &Content, texts: &HashMap<String, TextFile>, report: &Report) {
    for used in &content.citations {
        let Citation {
            regulation,
            version,
            article,
        } = &used.citation;
        let at_hand = content.regulations.iter().find(|known| {
            known.form.text && known.form.id == regulation.as_str() && known.form.version == version.to_string()
        });
        let Some(known) = at_hand.filter(|_| used.role != Role::Cited) else {
            continue;
        };
        // Beyond the registry's last article: the loader said so already.
        if article.is_some_and(|article| known.form.articles.is_some_and(|last| article.number > last)) {
            continue;
        }
        let add = |message: String, remedy: String| report.add(used.place.clone(), Rule::TextsArticle, message, remedy);
        let text = texts
            .get(regulation.as_str())
            .filter(|text| text.version == version.to_string());
        let (Some(text), Some(article)) = (text, article) else {
            if article.is_some() {
                add(
                    format!("`{}`: this version is not among the texts", used.citation),
                    "cite the version at hand".into(),
                );
            }
            continue;
        };
        let Some(found) = text
            .articles
            .iter()
            .find(|found| found.n == article.number && found.sub == article.sub)
        else {
            let whole = Article {
                paragraph: None,
                ..*article
            }
            .chinese();
            add(
                format!("`{}`: {} has no {whole}", used.citation, text.title),
                "look the article up in the text".into(),
            );
            continue;
        };
        let paragraphs = found.paragraphs();
        if article
            .paragraph
            .is_some_and(|paragraph| usize::from(paragraph) > paragraphs)
        {
            let message = format!("`{}`: the article has {paragraphs} paragraph(s)", used.citation);
            add(
                message,
                "count the lines of the article that are not items （一）（二）".into(),
            );
        }
    }
}

/// The Chinese characters of a text.
fn han(text: &str) -> Vec<char> {
    text.chars()
        .filter(|c| matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '〇'))
        .collect()
}

/// Reports the longest run of each passage that stands in some article, cited or not: a paste from an article that the
/// author did not cite is a paste all the same.
fn pastes(passages: &[Passage], texts: &HashMap<String, TextFile>, report: &Report) {
    let articles: Vec<(&TextFile, &ArticleText, Vec<char>)> = texts
        .values()
        .flat_map(|text| {
            text.articles
                .iter()
                .map(move |article| (text, article, han(&article.text)))
        })
        .collect();
    // Where each run of PASTE characters begins: article and place in it.
    let mut runs: HashMap<&[char], (usize, usize)> = HashMap::new();
    for (nth, (_, _, chars)) in articles.iter().enumerate() {
        for (at, run) in chars.windows(PASTE).enumerate() {
            runs.entry(run).or_insert((nth, at));
        }
    }
    for passage in passages {
        let ours = han(&passage.text);
        let hit = ours
            .windows(PASTE)
            .enumerate()
            .find_map(|(at, run)| runs.get(run).map(|hit| (at, *hit)));
        let Some((at, (nth, start))) = hit else { continue };
        let (text, article, theirs) = &articles[nth];
        let same = ours[at..]
            .iter()
            .zip(&theirs[start..])
            .take_while(|(a, b)| a == b)
            .count();
        let run: String = ours[at..at + same].iter().collect();
        let place = Article {
            number: article.n,
            sub: article.sub,
            paragraph: None,
        }
        .chinese();
        let message = format!("{same} characters in a row stand in {}{place}: {run}", text.title);
        report.add(
            passage.place.clone(),
            Rule::TextsPaste,
            message,
            "say it in your own words and cite the article",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_are_the_lines_that_are_no_items() {
        let article = |text: &str| {
            ArticleText {
                n: 1,
                sub: 0,
                text: text.into(),
            }
            .paragraphs()
        };
        assert_eq!(article("一款。"), 1);
        assert_eq!(article("有下列情形：\n（一）甲；\n（二）乙。\n二款。"), 2);
        assert_eq!(article("一款：\n（十一）丙；\n（以下简称丁）二款。"), 2);
    }
}
