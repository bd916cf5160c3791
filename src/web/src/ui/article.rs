//! An article of a regulation, as the deployment has installed its text.

use crate::html::{Html, el, none};
use domain::citation::Article;
use wire::text::ArticleForm;

/// The article: its headings, its label and its paragraphs, that which is cited marked.
pub fn article(form: &ArticleForm, cited: Option<u8>) -> Html {
    let label = Article {
        number: form.n,
        sub: form.sub,
        paragraph: None,
    };
    let mut label = Some(el("b").text(&label.chinese()).text("\u{3000}"));
    let lines = paragraphs(&form.text).into_iter().map(|(paragraph, line)| {
        let words = el("p").maybe(label.take()).text(line);
        if cited == Some(paragraph) {
            words.class("cited")
        } else {
            words
        }
    });
    let lines: Vec<Html> = lines.collect();
    let chapter = (!form.chapter.is_empty()).then(|| el("p").class("quiet").text(&form.chapter));
    none()
        .maybe(chapter)
        .child(el("div").class("article").attr("lang", "zh-CN").all(lines))
}

/// The lines of an article, each with the number of the paragraph (款) that it belongs to: items （一）（二） belong to the one
/// above them.
fn paragraphs(text: &str) -> Vec<(u8, &str)> {
    let mut paragraph = 0_u8;
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines
        .map(|line| {
            if !is_item(line) || paragraph == 0 {
                paragraph = paragraph.saturating_add(1);
            }
            (paragraph, line)
        })
        .collect()
}

/// Whether a line begins with a Chinese number in brackets.
fn is_item(line: &str) -> bool {
    let inner = line
        .trim_start()
        .strip_prefix('（')
        .and_then(|rest| rest.split_once('）'));
    inner.is_some_and(|(number, _)| !number.is_empty() && number.chars().all(|c| "一二三四五六七八九十百".contains(c)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_belong_to_the_paragraph_above_them() {
        let numbers = |text: &str| -> Vec<u8> { paragraphs(text).into_iter().map(|(number, _)| number).collect() };
        assert_eq!(
            numbers("甲：\n（一）乙；\n（十二）丙。\n\n丁。\n（戊）己。"),
            [1, 1, 1, 2, 3]
        );
        assert_eq!(numbers("（一）甲"), [1]);
        assert_eq!(numbers(""), [0_u8; 0]);
    }
}
