//! The tables of an `items.toml` as pieces of its text, so that an item that nobody changed keeps its bytes.

use indexmap::IndexMap;
use std::fmt::Write;
use wire::item::{BasisForm, ItemForm};

const HEAD: &str = "[[item]]";

/// The text before the first item, and each item's text with the comments right above it.
pub(crate) fn split(source: &str) -> (&str, Vec<&str>) {
    let mut starts = Vec::new();
    let mut at = 0;
    // Where the comment lines right above the present line begin.
    let mut comment: Option<usize> = None;
    for line in source.split_inclusive('\n') {
        let words = line.trim_end();
        if words == HEAD {
            starts.push(if starts.is_empty() { at } else { comment.unwrap_or(at) });
            comment = None;
        } else if words.starts_with('#') {
            comment = comment.or(Some(at));
        } else {
            comment = None;
        }
        at += line.len();
    }
    let ends = starts.iter().skip(1).copied().chain([source.len()]);
    let pieces = starts.iter().zip(ends).map(|(from, to)| &source[*from..to]);
    (
        &source[..starts.first().copied().unwrap_or(source.len())],
        pieces.collect(),
    )
}

/// The id of an item's text.
pub(crate) fn id(block: &str) -> Option<String> {
    let table: toml::Table = toml::from_str(block).ok()?;
    let item = table.get("item")?.as_array()?.first()?;
    Some(item.get("id")?.as_str()?.to_owned())
}

/// The items' texts by their ids.
pub(crate) fn by_id(source: &str) -> IndexMap<String, &str> {
    let (_, blocks) = split(source);
    blocks
        .into_iter()
        .filter_map(|block| Some((id(block)?, block)))
        .collect()
}

/// A TOML string.
pub(crate) fn quote(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            // Writing to a String cannot fail.
            c if c.is_control() => drop(write!(quoted, "\\u{:04X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

fn list(texts: &[String]) -> String {
    let quoted: Vec<String> = texts.iter().map(|text| quote(text)).collect();
    format!("[{}]", quoted.join(", "))
}

fn basis(form: &BasisForm) -> String {
    if let Some(reason) = &form.practice {
        return format!("{{ practice = {} }}", quote(reason));
    }
    if !form.cited.is_empty() {
        let certainty = quote(form.certainty.as_deref().unwrap_or("low"));
        let note = if form.note.is_empty() {
            String::new()
        } else {
            format!(", note = {}", quote(&form.note))
        };
        return format!("{{ cited = {}, certainty = {certainty}{note} }}", list(&form.cited));
    }
    format!("{{ article = {} }}", list(&form.article))
}

/// The text of a choice or judgement.
pub(crate) fn write(form: &ItemForm, derived: &[String]) -> String {
    let mut text = format!("{HEAD}\n");
    let mut line = |name: &str, value: String| {
        let _ = writeln!(text, "{name} = {value}");
    };
    line("id", quote(&form.id));
    line("revision", form.revision.to_string());
    line("kind", quote(&form.kind));
    if let Some(group) = &form.group {
        line("group", quote(group));
    }
    line("topics", list(&form.topics));
    line("difficulty", form.difficulty.to_string());
    line("stem", quote(&form.stem));
    if let Some(answer) = form.answer {
        line("answer", answer.to_string());
        line("why", quote(&form.why));
    }
    line("basis", basis(&form.basis));
    line("explanation", quote(&form.explanation));
    if !derived.is_empty() {
        line("derived", list(derived));
    }
    for option in &form.options {
        let _ = write!(
            text,
            "[[item.option]]\nid = {}\ntext = {}\n",
            quote(&option.id),
            quote(&option.text)
        );
        if option.right {
            text.push_str("right = true\n");
        } else {
            let _ = writeln!(text, "why = {}", quote(&option.why));
        }
        if option.pin {
            text.push_str("pin = true\n");
        }
    }
    text
}

/// An item's text with another revision.
pub(crate) fn with_revision(block: &str, revision: u32) -> String {
    let mut done = false;
    let lines = block.split_inclusive('\n').map(|line| {
        if !done && line.starts_with("revision") {
            done = true;
            format!("revision = {revision}\n")
        } else {
            line.to_owned()
        }
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pieces_are_the_whole_and_comments_go_with_what_is_below_them() {
        let source =
            "# bank\n\n[[item]]\nid = \"a\"\n\n# of b\n# still\n[[item]]\nid = \"b\"\n[[item.option]]\nid = \"x\"\n";
        let (head, blocks) = split(source);
        assert_eq!(head, "# bank\n\n");
        assert_eq!(blocks.len(), 2);
        assert!(blocks[1].starts_with("# of b\n# still\n[[item]]"));
        assert_eq!(head.to_owned() + &blocks.concat(), source);
        assert_eq!(by_id(source).keys().collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(split("# none\n"), ("# none\n", vec![]));
    }

    #[test]
    fn strings_are_read_back_as_they_were() {
        for text in ["", "“引号” \"直\"", "一\n二\t三", "\\ \u{7}", "=1+1"] {
            let table: toml::Table = toml::from_str(&format!("x = {}", quote(text))).unwrap();
            assert_eq!(table["x"].as_str(), Some(text));
        }
    }
}
