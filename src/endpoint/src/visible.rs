//! Texts that people see.

/// A text of one visible line without the blanks around it, of at most `most` characters; none where it is longer or has what
/// cannot be seen: control characters, marks that turn the direction of writing, breaks of lines.
pub(crate) fn visible(text: &str, most: usize) -> Option<String> {
    let unseen = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    let text = text.trim();
    (text.chars().count() <= most && !text.chars().any(unseen)).then(|| text.to_owned())
}
