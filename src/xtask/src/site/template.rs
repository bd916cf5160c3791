//! Templates: `{{name}}` becomes a value; a name that nobody knows, or a value that nobody asked for, is an error, because
//! both mean that a file and this program no longer agree.

use anyhow::{Result, bail};

/// The template with all names filled.
///
/// # Errors
/// An unknown or unclosed name in the template, or a value that it does not use.
pub(crate) fn fill(template: &str, values: &[(&str, &str)]) -> Result<String> {
    let mut filled = String::with_capacity(template.len());
    let mut unused: Vec<&str> = values.iter().map(|(name, _)| *name).collect();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        filled.push_str(before);
        let Some((name, after)) = after.split_once("}}") else {
            bail!("'{{{{' without '}}}}'")
        };
        let Some((_, value)) = values.iter().find(|(known, _)| *known == name) else {
            bail!("{{{{{name}}}}} is not known; known are {}", unused.join(", "))
        };
        filled.push_str(value);
        unused.retain(|known| *known != name);
        rest = after;
    }
    filled.push_str(rest);
    if unused.is_empty() {
        Ok(filled)
    } else {
        bail!("{{{{{}}}}} is missing", unused.join("}}, {{"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_filled_as_often_as_they_stand() {
        let filled = fill("<a href={{a}}>{{b}}{{a}}</a>", &[("a", "1"), ("b", "{{a}}")]).unwrap();
        assert_eq!(filled, "<a href=1>{{a}}1</a>", "a value is not read as a template");
    }

    #[test]
    fn disagreements_are_errors() {
        for (template, values) in [
            ("{{c}}{{a}}", &[("a", "1")][..]),
            ("{{a", &[("a", "1")]),
            ("nothing", &[("a", "1")]),
            ("{{ a }}", &[("a", "1")]),
        ] {
            assert!(fill(template, values).is_err(), "{template}");
        }
    }
}
