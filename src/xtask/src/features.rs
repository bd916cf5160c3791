//! Looks for CSS and JS that Chromium 86 and Safari 15.4 do not have (DESIGN §7). Such a thing is allowed inside
//! `@supports`, or on a line that says `fallback:` (or follows a line that does), because something else works where it
//! is missing.

use crate::place::Place;
use anyhow::{Context, Result, bail};
use std::fs;
use std::ops::Range;
use std::path::Path;

/// CSS: what to look for, and since when it exists.
const CSS: &[(&str, &str)] = &[
    ("@layer", "Chromium 99"),
    ("@container", "Chromium 105"),
    ("@scope", "Chromium 118"),
    ("@property", "Safari 16.4"),
    ("@starting-style", "Chromium 117"),
    (":has(", "Chromium 105"),
    (":is(", "Chromium 88"),
    (":where(", "Chromium 88"),
    (":user-valid", "Chromium 119"),
    (":user-invalid", "Chromium 119"),
    ("color-mix(", "Chromium 111"),
    ("light-dark(", "Chromium 123"),
    ("oklch(", "Chromium 111"),
    ("oklab(", "Chromium 111"),
    ("lch(", "Chromium 111"),
    ("inset:", "Chromium 87; write top, right, bottom, left"),
    ("inset-inline:", "Chromium 87; write inset-inline-start and -end"),
    ("inset-block:", "Chromium 87; write inset-block-start and -end"),
    ("margin-inline:", "Chromium 87; write margin-inline-start and -end"),
    ("margin-block:", "Chromium 87; write margin-block-start and -end"),
    ("padding-inline:", "Chromium 87; write padding-inline-start and -end"),
    ("padding-block:", "Chromium 87; write padding-block-start and -end"),
    ("border-inline:", "Chromium 87; write border-inline-start and -end"),
    ("border-block:", "Chromium 87; write border-block-start and -end"),
    ("aspect-ratio", "Chromium 88"),
    ("overflow: clip", "Chromium 90"),
    ("translate:", "Chromium 104; write transform"),
    ("rotate:", "Chromium 104; write transform"),
    ("scale:", "Chromium 104; write transform"),
    ("subgrid", "Chromium 117"),
    ("(width <", "Chromium 104; write max-width"),
    ("(width >", "Chromium 104; write min-width"),
    ("(height <", "Chromium 104; write max-height"),
    ("(height >", "Chromium 104; write min-height"),
    ("&", "nesting: Chromium 112"),
];

/// Units of CSS that follow a digit.
const UNITS: &[&str] = &[
    "dvh", "svh", "lvh", "dvw", "svw", "lvw", "cqw", "cqi", "cqh", "lh", "rlh",
];

/// JS: what to look for, and since when it exists.
const JS: &[(&str, &str)] = &[
    ("structuredClone", "Chromium 98"),
    ("randomUUID", "Chromium 92, and only in secure contexts"),
    (
        ".replaceAll(",
        "Chromium 85 and Safari 13.1, but not their neighbours; write a loop",
    ),
    (".at(", "Chromium 92"),
    ("??=", "Chromium 85; write an if"),
    ("||=", "Chromium 85; write an if"),
    ("&&=", "Chromium 85; write an if"),
    ("Object.hasOwn", "Chromium 93"),
    (".findLast", "Chromium 97"),
    (".toSorted(", "Chromium 110"),
    (".toReversed(", "Chromium 110"),
    ("Object.groupBy", "Chromium 117"),
    ("Promise.withResolvers", "Chromium 119"),
    ("Promise.try", "Chromium 128"),
    ("Array.fromAsync", "Chromium 121"),
    ("AbortSignal.timeout", "Chromium 103"),
    ("AbortSignal.any", "Chromium 116"),
    ("navigation.navigate", "Chromium 102"),
    ("static {", "Chromium 94"),
];

/// JS that Internet Explorer 11 cannot even read.
const AFTER_ES5: &[&str] = &[
    "=>",
    "const ",
    "let ",
    "`",
    "class ",
    "async ",
    "await ",
    "for (const",
    "...",
    "?.",
    "Promise",
    "fetch(",
];

/// Looks through `public/` and `style/`.
///
/// # Errors
/// Something is not for old engines, or a file cannot be read.
pub(crate) fn check(place: &Place) -> Result<()> {
    let mut problems = Vec::new();
    let mut count = 0;
    for folder in ["public", "style"] {
        for entry in walkdir::WalkDir::new(place.root.join(folder)).sort_by_file_name() {
            let entry = entry?;
            let name = entry
                .path()
                .strip_prefix(&place.root)
                .unwrap_or(entry.path())
                .display()
                .to_string();
            if entry.file_type().is_file() && ["css", "js", "html"].iter().any(|end| has_end(&name, end)) {
                let text = fs::read_to_string(entry.path()).with_context(|| format!("cannot read {name}"))?;
                problems.extend(scan(&name, &text));
                count += 1;
            }
        }
    }
    if !problems.is_empty() {
        bail!(
            "not for Chromium 86 and Safari 15.4 (put it into @supports, or write 'fallback: …' in a comment on its line or \
             the one before):\n{}",
            problems.join("\n")
        );
    }
    println!("{count} files of public/ and style/ use nothing that old engines lack");
    Ok(())
}

fn has_end(name: &str, end: &str) -> bool {
    Path::new(name).extension().is_some_and(|found| found == end)
}

/// The problems of one file, by the end of its name.
pub(crate) fn scan(name: &str, text: &str) -> Vec<String> {
    let found = match name {
        _ if has_end(name, "css") => css(text),
        _ if name.ends_with("old.js") => es5(text),
        _ if has_end(name, "js") => js(text),
        _ => Vec::new(),
    };
    let lines: Vec<&str> = text.lines().collect();
    let excused = |line: usize| {
        [Some(line), line.checked_sub(1)]
            .iter()
            .flatten()
            .any(|at| lines.get(*at).is_some_and(|l| l.contains("fallback:")))
    };
    let kept = found.into_iter().filter(|(line, _)| !excused(*line));
    kept.map(|(line, what)| format!("{name}:{}: {what}", line + 1))
        .collect()
}

/// A line, counted from 0, and what is wrong with it.
type Found = (usize, String);

fn line_of(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count()
}

/// All places of a needle; one that begins with a letter must not continue a longer name.
fn places<'a>(code: &'a str, needle: &'a str) -> impl Iterator<Item = usize> + 'a {
    let word = needle.starts_with(|c: char| c.is_ascii_alphabetic());
    code.match_indices(needle).map(|(at, _)| at).filter(move |at| {
        let before = code[..*at].chars().next_back();
        !word || !before.is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '$'))
    })
}

fn css(text: &str) -> Vec<Found> {
    let code = without_css_comments(text);
    let (supports, nested) = blocks(&code);
    let mut found: Vec<Found> = Vec::new();
    let mut add = |at: usize, what: String| {
        if !supports.iter().any(|range| range.contains(&at)) {
            found.push((line_of(&code, at), what));
        }
    };
    for (needle, since) in CSS {
        places(&code, needle).for_each(|at| add(at, format!("'{needle}' ({since})")));
    }
    for unit in UNITS {
        for (at, _) in code.match_indices(unit) {
            let after = code[at + unit.len()..].chars().next();
            let number = code[..at].ends_with(|c: char| c.is_ascii_digit());
            if number && !after.is_some_and(|c| c.is_ascii_alphanumeric()) {
                add(at, format!("the unit '{unit}'"));
            }
        }
    }
    for (at, _) in code.match_indices(":not(") {
        let inside = code[at..].split(')').next().unwrap_or_default();
        if inside.contains(',') {
            add(at, "':not()' with a list (Chromium 88)".into());
        }
    }
    for at in nested {
        add(at, "a rule inside a rule (Chromium 112)".into());
    }
    found.sort();
    found
}

/// The source with comments and strings as blanks; line ends stay.
fn without_css_comments(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if c == '"' || c == '\'' {
            rest[1..].find([c, '\n']).map_or(rest.len(), |end| end + 2)
        } else {
            code.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        };
        code.extend(rest[..length].chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        rest = &rest[length..];
    }
    code
}

/// The ranges of `@supports` with their conditions, and where a rule stands inside a rule.
fn blocks(code: &str) -> (Vec<Range<usize>>, Vec<usize>) {
    let (mut supports, mut nested) = (Vec::new(), Vec::new());
    // For each open block: where it began, whether it is a rule, whether it is an @supports.
    let mut open: Vec<(usize, bool, bool)> = Vec::new();
    let mut begin = 0;
    for (at, c) in code.char_indices().filter(|(_, c)| matches!(c, '{' | '}' | ';')) {
        let prelude = code[begin..at].trim();
        let from = begin;
        begin = at + c.len_utf8();
        match c {
            '{' => {
                if open.iter().any(|(_, rule, _)| *rule) {
                    nested.push(at);
                }
                open.push((from, !prelude.starts_with('@'), prelude.starts_with("@supports")));
            }
            '}' => {
                if let Some((from, _, true)) = open.pop() {
                    supports.push(from..at);
                }
            }
            _ => {}
        }
    }
    (supports, nested)
}

/// The lines of a script without what follows `//` and without comments that have lines of their own.
fn js_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let code = |line: &str| line.starts_with("//") || line.starts_with('*') || line.starts_with("/*");
    text.lines()
        .enumerate()
        .filter(move |(_, line)| !code(line.trim()))
        .map(|(at, line)| {
            let end = line.find(" // ").unwrap_or(line.len());
            (at, &line[..end])
        })
}

fn js(text: &str) -> Vec<Found> {
    let hits = |(line, code): (usize, &str)| -> Vec<Found> {
        let hits = JS.iter().filter(|(needle, _)| places(code, needle).next().is_some());
        hits.map(|(needle, since)| (line, format!("'{needle}' ({since})")))
            .collect()
    };
    js_lines(text).flat_map(hits).collect()
}

fn es5(text: &str) -> Vec<Found> {
    let hits = |(line, code): (usize, &str)| -> Vec<Found> {
        let hits = AFTER_ES5.iter().filter(|needle| places(code, needle).next().is_some());
        hits.map(|needle| (line, format!("'{}' is not ES5", needle.trim())))
            .collect()
    };
    js_lines(text).flat_map(hits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_forbidden_thing_is_found_with_its_line() {
        for (name, text, what) in [
            ("a.css", "\n@layer x;", "a.css:2: '@layer'"),
            ("a.css", ".a { inset: 0 }", "a.css:1: 'inset:'"),
            ("a.css", ".a { min-height: 100dvh }", "a.css:1: the unit 'dvh'"),
            ("a.css", ".a {\n .b { color: red }\n}", "a.css:2: a rule inside a rule"),
            (
                "a.css",
                ".a {\n @media print { color: red }\n}",
                "a.css:2: a rule inside a rule",
            ),
            ("a.css", ".a:not(.b, .c) {}", "':not()' with a list"),
            ("a.css", "@media (width >= 30em) {}", "(width >"),
            ("a.js", "let x = a.at(0);", "'.at('"),
            ("a.js", "x ??= 1;", "'??='"),
            ("old.js", "var f = () => 1;", "'=>' is not ES5"),
            ("old.js", "let a = 1;", "'let' is not ES5"),
        ] {
            let problems = scan(name, text);
            assert!(
                problems.len() == 1 && problems[0].contains(what),
                "{text}: {problems:?}"
            );
        }
    }

    #[test]
    fn what_has_a_fallback_or_only_looks_alike_is_left_alone() {
        for (name, text) in [
            ("a.css", "@supports (inset: 0) {\n.a { inset: 0 }\n}"),
            ("a.css", ".a {\n  /* fallback: vh above */\n  height: 100dvh;\n}"),
            ("a.css", ".a { height: 100dvh; /* fallback: vh above */ }"),
            (
                "a.css",
                ".a { --inset: 0; margin-inline-start: 0; content: '&' } /* :has( */",
            ),
            (
                "a.css",
                "@media print { .a { color: red } }\n@keyframes x { from { top: 0 } to { top: 1px } }",
            ),
            ("a.css", ".lh-dvh { transition: transform 1s }"),
            ("a.js", "// structuredClone\nflat(x); // a.at(1)\n/* x ??= 1 */"),
            ("old.js", "var a = 'one'; outlet (a);"),
            ("a.html", "<p>&amp;"),
        ] {
            assert_eq!(scan(name, text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn an_excuse_inside_of_supports_ends_with_it() {
        let problems = scan("a.css", "@supports (gap: 1px) { .a { gap: 1px } }\n.b { inset: 0 }");
        assert_eq!(problems.len(), 1, "{problems:?}");
    }
}
