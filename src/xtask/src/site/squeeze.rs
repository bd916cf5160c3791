//! Taking comments and indentation out of CSS and JS before they travel. Deliberately timid: no renaming, no rewriting,
//! nothing that needs a parser.

/// CSS without comments, with each run of white space as one blank or line end. Strings stay as they are.
pub(crate) fn css(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        if rest.starts_with("/*") {
            rest = rest.find("*/").map_or("", |end| &rest[end + 2..]);
        } else if first == '"' || first == '\'' {
            let end = string_end(rest, first);
            out.push_str(&rest[..end]);
            rest = &rest[end..];
        } else if first.is_ascii_whitespace() {
            let text = rest.trim_start_matches(|c: char| c.is_ascii_whitespace());
            let line = rest[..rest.len() - text.len()].contains('\n');
            let after = out.chars().next_back();
            if line && matches!(after, Some('\n' | '{' | ';' | ',' | '}') | None) {
                // A line end after one of these carries nothing.
            } else if !matches!(after, Some(' ' | '\n') | None) {
                out.push(if line { '\n' } else { ' ' });
            }
            rest = text;
        } else {
            out.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    out
}

/// The index after the closing quote of the string that `text` begins with.
fn string_end(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

/// JS without indentation, empty lines and comments that have lines of their own. Sources must not have template
/// literals of several lines; `boot.js` and the glue have none.
pub(crate) fn js(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut in_comment = false;
    for line in source.lines().map(str::trim) {
        if in_comment {
            in_comment = !line.ends_with("*/");
        } else if line.starts_with("/*") {
            in_comment = !line.contains("*/");
        } else if !line.is_empty() && !line.starts_with("//") {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn css_loses_comments_and_indentation_only() {
        let source = "/* one */\n.a .b {\n  color: red; /* two */\n  content: \"/* kept  */\\\"\";\n}\n\n@media print { .a > .b { x: calc(1px + 2px); } }\n";
        let expected =
            ".a .b {color: red; content: \"/* kept  */\\\"\";}@media print { .a > .b { x: calc(1px + 2px); } }";
        assert_eq!(css(source), expected);
        assert_eq!(css(".a\n.b{}"), ".a\n.b{}", "a line end can be a descendant combinator");
        assert_eq!(css("a/* no end"), "a");
    }

    #[test]
    fn js_loses_own_line_comments_and_indentation_only() {
        let source = "/**\n * text\n */\nfunction f() {\n    // why\n    return \"http://a\"; // stays\n}\n/* one line */\n\nf();\n";
        assert_eq!(js(source), "function f() {\nreturn \"http://a\"; // stays\n}\nf();\n");
    }
}
