//! Markdown of the layout of LawRefBook/Laws: a line `# title`, lines that say when the text was adopted and revised, a line
//! `<!-- INFO END -->`, headings `## 第一章 …`, and paragraphs of which those that begin with 第…条 begin an article.

use super::numeral::label;
use super::{Article, Draft};
use domain::time::Day;
use wire::text::ArticleForm;

/// The end of what is said about the text.
const END: &str = "<!-- INFO END -->";

/// What the headings behind the last article begin with.
const ANNEXES: [&str; 3] = ["附件", "附表", "附录"];

/// Reads the file of this name.
///
/// # Errors
/// The line that is wrong, and what is wrong with it.
pub(super) fn read(text: &str, name: &str) -> Result<Draft, (usize, String)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = text.lines().map(clean).zip(1..);
    let (title, line) = lines
        .by_ref()
        .find(|(line, _)| !line.is_empty())
        .ok_or((1, "the file is empty".to_owned()))?;
    let Some(title) = title
        .strip_prefix("# ")
        .map(str::trim)
        .filter(|title| !title.is_empty())
    else {
        return Err((line, "the first line is no title like `# 某某法`".into()));
    };
    let mut draft = Draft {
        id: None,
        title: title.to_owned(),
        version: None,
        line,
        articles: Vec::new(),
        slips: Vec::new(),
    };
    let mut ended = false;
    for (line, number) in lines.by_ref() {
        if line == END {
            ended = true;
            break;
        }
        for day in days(&line) {
            if draft.version.as_ref().is_none_or(|known| *known < day) {
                (draft.version, draft.line) = (Some(day), number);
            }
        }
    }
    if !ended {
        draft
            .slips
            .push((line, format!("there is no line `{END}` behind the title")));
        return Ok(draft);
    }
    // Collections name files of several versions by the day.
    if let Some(day) = in_brackets(name) {
        draft.version = Some(day);
    }
    articles(&mut draft, lines);
    Ok(draft)
}

fn articles(draft: &mut Draft, lines: impl Iterator<Item = (String, usize)>) {
    // The headings above, with their level.
    let mut above: Vec<(usize, String)> = Vec::new();
    for (line, number) in lines {
        let level = line.bytes().take_while(|byte| *byte == b'#').count();
        if level > 0 {
            let heading = line[level..].split_whitespace().collect::<Vec<_>>();
            let heading = joined(&heading);
            if ANNEXES.iter().any(|annex| heading.starts_with(annex)) && !draft.articles.is_empty() {
                return;
            }
            above.retain(|(known, _)| *known < level);
            above.push((level, heading));
        } else if let Some((n, sub, rest)) = label(&line) {
            let chapter: Vec<&str> = above.iter().map(|(_, heading)| heading.as_str()).collect();
            draft.articles.push(Article {
                line: number,
                form: ArticleForm {
                    n,
                    sub,
                    chapter: chapter.join(" / "),
                    text: rest.to_owned(),
                },
            });
        } else if let Some(Article { form, .. }) = draft.articles.last_mut().filter(|_| !line.is_empty()) {
            if !form.text.is_empty() {
                form.text.push('\n');
            }
            form.text.push_str(&line);
        }
    }
}

/// A heading without the blanks that only spread it out: `第一章 总 则` is `第一章 总则`.
fn joined(words: &[&str]) -> String {
    let Some((first, rest)) = words.split_first() else {
        return String::new();
    };
    let spread = rest.iter().all(|word| word.chars().count() == 1);
    let rest = rest.join(if spread { "" } else { " " });
    if rest.is_empty() {
        (*first).to_owned()
    } else {
        format!("{first} {rest}")
    }
}

/// A line without marks of Markdown, invisible characters and blanks at its ends.
fn clean(line: &str) -> String {
    let visible = |c: &char| !matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{2060}');
    let line: String = line.chars().filter(visible).collect();
    line.replace("**", "").trim().to_owned()
}

/// The days that a line names, but for those from which something applies.
fn days(line: &str) -> Vec<String> {
    let mut days = Vec::new();
    let mut rest = line;
    while let Some(at) = rest.find('年') {
        let (before, after) = (&rest[..at], &rest[at + '年'.len_utf8()..]);
        rest = after;
        let year: String = before.chars().rev().take_while(char::is_ascii_digit).collect();
        let year: String = year.chars().rev().collect();
        let applies = before.trim_end_matches(|c: char| c.is_ascii_digit()).ends_with('自');
        let day = || {
            let (month, more) = after.split_once('月')?;
            let (day, _) = more.split_once('日')?;
            let (month, day): (u8, u8) = (month.trim().parse().ok()?, day.trim().parse().ok()?);
            let text = format!("{year}-{month:02}-{day:02}");
            Day::parse(&text).map(|_| text)
        };
        days.extend(day().filter(|_| !applies));
    }
    days
}

/// The day at the end of a file's name, as in `某某法(2021-06-10).md`.
fn in_brackets(name: &str) -> Option<String> {
    let (_, rest) = name.rsplit_once(['(', '（'])?;
    let (day, _) = rest.split_once([')', '）'])?;
    Day::parse(day).map(|_| day.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# 某某法\n\n2002年9月29日 某会通过，自2002年11月1日起施行\n\n2021年6月10日 第一次修订\u{3000}\n\n<!-- INFO END -->\n\n\
        ## 第一章 总 则\n\n第一条 **为了**安全。\n\n### 第一节 目的\n\n第二条 有下列情形之一的：\n\n（一）甲；\n\n（二）乙。\n\n\
        第一条规定的除外。\n\n第二条之一\u{3000}另有规定的。\n\n## 第二章 附 则\n第三条 施行。\n\n## 附件 一\n\n第四条 不是条文。\n";

    #[test]
    fn a_text_of_the_layout_is_read_with_its_headings_and_paragraphs() {
        let draft = read(TEXT, "某某法.md").unwrap();
        assert_eq!(
            (draft.title.as_str(), draft.version.as_deref()),
            ("某某法", Some("2021-06-10"))
        );
        assert_eq!(draft.judge(Some(3)), []);
        let told: Vec<(usize, u16, u8, &str, &str)> = draft
            .articles
            .iter()
            .map(|article| {
                let form = &article.form;
                (
                    article.line,
                    form.n,
                    form.sub,
                    form.chapter.as_str(),
                    form.text.as_str(),
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                (11, 1, 0, "第一章 总则", "为了安全。"),
                (
                    15,
                    2,
                    0,
                    "第一章 总则 / 第一节 目的",
                    "有下列情形之一的：\n（一）甲；\n（二）乙。\n第一条规定的除外。"
                ),
                (23, 2, 1, "第一章 总则 / 第一节 目的", "另有规定的。"),
                (26, 3, 0, "第二章 附则", "施行。"),
            ]
        );
        let named = read(TEXT, "某某法(2019-01-02).md").unwrap();
        assert_eq!(named.version.as_deref(), Some("2019-01-02"));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        assert_eq!(read("\n---\n", "x.md").unwrap_err().0, 2);
        assert_eq!(read("", "x.md").unwrap_err().0, 1);
        let lines = |text: &str, last| -> Vec<usize> {
            let draft = read(text, "x.md").unwrap();
            draft.judge(last).into_iter().map(|(line, _)| line).collect()
        };
        assert_eq!(lines(&TEXT.replace("<!-- INFO END -->", ""), None), [1, 5]);
        assert_eq!(lines(&TEXT.replace("第二条 有", "第五条 有"), None), [15, 23]);
        assert_eq!(lines(&TEXT.replace("第三条 施行。", "第三条"), None), [26]);
        assert_eq!(lines(TEXT, Some(4)), [5]);
    }
}
