//! A basis as a person writes it into a cell: `《安全生产法》第三十六条第四款；《消防法》第十六条`.

use crate::content::Content;
use domain::citation::{Article, Basis, Certainty, Citation};
use domain::kinds::number;
use domain::time::Day;
use wire::item::BasisForm;
use wire::pack::RegulationForm;

/// What stands before the texts that are not at hand, and before good practice.
const CITED: &str = "引用";
const PRACTICE: &str = "实务：";
/// What stands before the note on a text that is not at hand.
const NOTE: char = '｜';

const CERTAINTIES: [(Certainty, &str, &str); 3] = [
    (Certainty::High, "high", "高"),
    (Certainty::Medium, "medium", "中"),
    (Certainty::Low, "low", "低"),
];

/// The cell of a basis.
pub(crate) fn text(content: &Content, basis: &Basis) -> String {
    let all = |list: &[Citation]| -> String {
        let list: Vec<String> = list.iter().map(|cited| citation(content, cited)).collect();
        list.join("；")
    };
    match basis {
        Basis::Article(list) => all(list),
        Basis::Cited {
            citations,
            certainty,
            note,
        } => {
            let name = CERTAINTIES.iter().find(|(known, ..)| known == certainty);
            let name = name.map_or("低", |(_, _, name)| name);
            format!("{CITED}（{name}）：{}{NOTE}{note}", all(citations))
        }
        Basis::Practice(reason) => format!("{PRACTICE}{reason}"),
    }
}

/// A citation in words where they say the same when read again, else in the form of the content files.
fn citation(content: &Content, cited: &Citation) -> String {
    let known = content
        .regulations
        .iter()
        .find(|known| known.form.id == cited.regulation.as_str() && known.form.version == cited.version.to_string());
    let words = known.map(|known| {
        let article = cited.article.map(|article| article.chinese()).unwrap_or_default();
        format!("《{}》{article}", known.form.short)
    });
    let same = |words: &String| one(content, words).as_ref() == Ok(cited);
    words.filter(same).unwrap_or_else(|| cited.to_string())
}

/// Reads a cell.
///
/// # Errors
/// What is wrong with it, and what to write instead.
pub(crate) fn read(content: &Content, cell: &str) -> Result<BasisForm, String> {
    let cell = cell.trim();
    if cell.is_empty() {
        return Err("没有依据；写《法规简称》第几条，或者“实务：理由”".into());
    }
    if let Some(reason) = cell.strip_prefix(PRACTICE).or_else(|| cell.strip_prefix("实务:")) {
        return Ok(BasisForm {
            practice: Some(reason.trim().into()),
            ..BasisForm::default()
        });
    }
    if let Some(rest) = cell.strip_prefix(CITED) {
        return cited(content, rest);
    }
    Ok(BasisForm {
        article: list(content, cell)?,
        ..BasisForm::default()
    })
}

fn cited(content: &Content, rest: &str) -> Result<BasisForm, String> {
    let form = || "写成“引用（高）：《标准简称》｜说明”，把握程度是高、中或低".to_owned();
    let rest = rest.trim_start_matches(['（', '(']);
    let (certainty, rest) = rest.split_once(['）', ')']).ok_or_else(form)?;
    let known = CERTAINTIES
        .iter()
        .find(|(_, name, chinese)| certainty.trim() == *chinese || certainty.trim() == *name);
    let (_, name, _) = known.ok_or_else(form)?;
    let rest = rest.trim_start_matches(['：', ':']);
    let (texts, note) = rest.split_once([NOTE, '|']).unwrap_or((rest, ""));
    Ok(BasisForm {
        cited: list(content, texts)?,
        certainty: Some((*name).into()),
        note: note.trim().into(),
        ..BasisForm::default()
    })
}

fn list(content: &Content, cell: &str) -> Result<Vec<String>, String> {
    let parts = cell
        .split(['；', ';', '\n', '、'])
        .map(str::trim)
        .filter(|part| !part.is_empty());
    // 《安全生产法》第三十六条、第九十九条: the second names the law of the first.
    let mut law = String::new();
    parts
        .map(|part| {
            let whole = if part.starts_with('第') && !law.is_empty() {
                format!("{law}{part}")
            } else {
                part.to_owned()
            };
            if let Some(end) = whole.find('》') {
                whole[..end + '》'.len_utf8()].clone_into(&mut law);
            }
            Ok(one(content, &whole)?.to_string())
        })
        .collect()
}

/// One citation, in either form.
fn one(content: &Content, text: &str) -> Result<Citation, String> {
    if let Ok(citation) = text.parse::<Citation>() {
        return Ok(citation);
    }
    let text = text.trim();
    let (name, place) = match text.strip_prefix('《').and_then(|rest| rest.split_once('》')) {
        Some(parts) => parts,
        None => text.find('第').map_or((text, ""), |at| text.split_at(at)),
    };
    let form = regulation(content, name.trim())?;
    let place = place.trim();
    let article = if place.is_empty() {
        None
    } else {
        let article = article(place);
        Some(article.ok_or_else(|| format!("“{place}”不是条款；写成“第三十六条第四款”"))?)
    };
    let unsound = || format!("登记册里《{}》的编号或日期不完整", form.short);
    Ok(Citation {
        regulation: form.id.parse().map_err(|_| unsound())?,
        version: Day::parse(&form.version).ok_or_else(unsound)?,
        article,
    })
}

/// The newest text of this name.
fn regulation<'c>(content: &'c Content, name: &str) -> Result<&'c RegulationForm, String> {
    let forms = || content.regulations.iter().map(|known| &known.form);
    let plain = |title: &str| title.trim_start_matches("中华人民共和国").to_owned();
    let is = |form: &&RegulationForm| {
        form.short == name || form.title == name || plain(&form.title) == name || form.id == name
    };
    let mut found: Vec<&RegulationForm> = forms().filter(is).collect();
    found.sort_by(|a, b| b.version.cmp(&a.version));
    match found.first() {
        None => {
            let like =
                forms().filter(|form| !name.is_empty() && (form.title.contains(name) || name.contains(&form.short)));
            let like: Vec<String> = like.take(3).map(|form| format!("《{}》", form.short)).collect();
            let like = if like.is_empty() {
                "简称见 regulations.toml".into()
            } else {
                format!("是不是{}", like.join("、"))
            };
            Err(format!("登记册里没有《{name}》；{like}"))
        }
        Some(form) if found.iter().all(|other| other.id == form.id) => Ok(form),
        Some(_) => {
            let ids: Vec<&str> = found.iter().map(|form| form.id.as_str()).collect();
            Err(format!("《{name}》指不止一部：{}；写成 编号@日期#条", ids.join("、")))
        }
    }
}

/// `第一百三十四条之一第二款`, with numbers in either script.
fn article(text: &str) -> Option<Article> {
    let whole = |digits: &str| {
        number::read(digits)?
            .to_string()
            .parse::<u16>()
            .ok()
            .filter(|number| *number > 0)
    };
    let (number, rest) = text.strip_prefix('第')?.split_once('条')?;
    let mut article = Article {
        number: whole(number)?,
        sub: 0,
        paragraph: None,
    };
    let mut rest = rest;
    if let Some(tail) = rest.strip_prefix('之') {
        let end = tail.find('第').unwrap_or(tail.len());
        article.sub = u8::try_from(whole(&tail[..end])?).ok()?;
        rest = &tail[end..];
    }
    if !rest.is_empty() {
        let (paragraph, tail) = rest.strip_prefix('第')?.split_once('款')?;
        article.paragraph = Some(u8::try_from(whole(paragraph)?).ok()?);
        // Items (项) of a paragraph are named by people and not by the content.
        let item = tail.starts_with('第') && tail.ends_with('项');
        if !(tail.is_empty() || item) {
            return None;
        }
    }
    Some(article)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn articles_are_read_as_people_write_them() {
        for (text, read) in [
            ("第三十六条", "36"),
            ("第36条第4款", "36.4"),
            ("第一百三十四条之一", "134-1"),
            ("第一百三十四条之一第二款", "134-1.2"),
            ("第九十七条第一款第三项", "97.1"),
        ] {
            assert_eq!(article(text).unwrap().to_string(), read, "{text}");
        }
        for bad in ["", "36条", "第条", "第零条", "第三十六条四款", "第三十六条第四款等"] {
            assert_eq!(article(bad), None, "{bad}");
        }
    }
}
