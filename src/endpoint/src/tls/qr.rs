//! A QR code as text for a terminal: two modules a character.

use qrcodegen::{QrCode, QrCodeEcc};
use std::fmt::Write;

/// Light modules around the code; readers need them to find it (ISO/IEC 18004).
const MARGIN: i32 = 4;

/// The code for a text, lines with their ends; none where the text is too long. `coloured` is for a terminal, whatever its
/// colours; without it the text is assumed to be shown light on dark, as in most of them.
pub(crate) fn text(content: &str, coloured: bool) -> Option<String> {
    let code = QrCode::encode_text(content, QrCodeEcc::Medium).ok()?;
    // What is drawn: dark modules on a light ground, or the light ones on a dark ground. Outside of the code all are light.
    let drawn = |x, y| code.get_module(x, y) == coloured;
    let (begin, end) = if coloured {
        ("\x1b[30;107m", "\x1b[0m\n")
    } else {
        ("", "\n")
    };
    let mut lines = String::new();
    let all = -MARGIN..code.size() + MARGIN;
    for y in all.clone().step_by(2) {
        lines.push_str(begin);
        for x in all.clone() {
            let pair = match (drawn(x, y), drawn(x, y + 1)) {
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                (false, false) => ' ',
            };
            lines.push(pair);
        }
        let _ = write!(lines, "{end}");
    }
    Some(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_has_the_modules_of_the_code() {
        let content = "https://192.168.1.20:8443/";
        let code = QrCode::encode_text(content, QrCodeEcc::Medium).unwrap();
        let plain = text(content, false).unwrap();
        let lines: Vec<Vec<char>> = plain.lines().map(|line| line.chars().collect()).collect();
        let dark = |x: i32, y: i32| {
            let (x, y) = (x + MARGIN, y + MARGIN);
            let half = lines[usize::try_from(y / 2).unwrap()][usize::try_from(x).unwrap()];
            let light = if y % 2 == 0 { ['█', '▀'] } else { ['█', '▄'] };
            !light.contains(&half)
        };
        for y in 0..code.size() {
            for x in 0..code.size() {
                assert_eq!(dark(x, y), code.get_module(x, y), "{x} {y}");
            }
        }
        assert!(!dark(-1, -1) && !dark(code.size(), 0), "the margin is light");
        let coloured = text(content, true).unwrap();
        assert_eq!(coloured.lines().count(), lines.len());
        assert!(
            coloured
                .lines()
                .all(|line| line.starts_with("\x1b[30;107m") && line.ends_with("\x1b[0m"))
        );
    }

    #[test]
    fn what_is_too_long_has_no_code() {
        assert!(text(&"长".repeat(2_000), false).is_none());
    }
}
