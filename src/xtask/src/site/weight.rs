//! What weighs what in the wasm: the code of each crate, told from the names that the compiler leaves. For whoever has
//! to get back into the budget.

use anyhow::Result;
use std::collections::BTreeMap;
use wasmparser::{KnownCustom, Name, Parser, Payload, TypeRef};

/// How many lines are printed of each list.
const LINES: usize = 14;

/// Bytes and a name, the heaviest first.
type Weights = Vec<(usize, String)>;

/// Prints the heaviest crates and functions of a module that still has its names, and its largest sections.
///
/// # Errors
/// The module cannot be read.
pub(crate) fn print(module: &[u8]) -> Result<()> {
    let (functions, code, data) = read(module)?;
    println!("\nwhat weighs what in the wasm, raw bytes (code {code}, data {data}):");
    for (bytes, name) in crates(&functions).into_iter().take(LINES) {
        println!("{bytes:>10}  {name}");
    }
    println!("the largest functions:");
    for (bytes, name) in functions.into_iter().take(LINES) {
        println!("{bytes:>10}  {}", name.chars().take(150).collect::<String>());
    }
    Ok(())
}

/// The functions, and the bytes of the code and data sections.
fn read(module: &[u8]) -> Result<(Weights, usize, usize)> {
    let (mut sizes, mut names) = (Vec::new(), BTreeMap::new());
    let (mut imported, mut code, mut data) = (0, 0, 0);
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    imported += usize::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::CodeSectionStart { size, .. } => code = size as usize,
            Payload::CodeSectionEntry(body) => sizes.push(body.range().len()),
            Payload::DataSection(section) => data = section.range().len(),
            Payload::CustomSection(section) => {
                let KnownCustom::Name(subsections) = section.as_known() else {
                    continue;
                };
                for subsection in subsections {
                    let Name::Function(map) = subsection? else { continue };
                    for naming in map {
                        let naming = naming?;
                        names.insert(
                            naming.index as usize,
                            format!("{:#}", rustc_demangle::demangle(naming.name)),
                        );
                    }
                }
            }
            _ => {}
        }
    }
    let functions = sizes.into_iter().enumerate().map(|(at, size)| {
        let name = names
            .get(&(at + imported))
            .cloned()
            .unwrap_or_else(|| "(no name)".to_owned());
        (size, name)
    });
    let mut functions: Weights = functions.collect();
    functions.sort_unstable_by(|a, b| b.cmp(a));
    Ok((functions, code, data))
}

fn crates(functions: &[(usize, String)]) -> Weights {
    let mut sums: BTreeMap<&str, usize> = BTreeMap::new();
    for (size, name) in functions {
        *sums.entry(krate(name)).or_default() += size;
    }
    let mut sums: Weights = sums.into_iter().map(|(name, size)| (size, name.to_owned())).collect();
    sums.sort_unstable_by(|a, b| b.cmp(a));
    sums
}

/// The crate that a function belongs to: the first part of its path, of the type that it is a method of, or of the trait
/// where that type is any (`<T as a::Trait>::f`).
fn krate(name: &str) -> &str {
    let blanket = name.strip_prefix('<').and_then(|rest| rest.split_once(" as "));
    let name = blanket.filter(|(of, _)| !of.contains("::")).map_or(name, |(_, of)| of);
    let path = name.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '_');
    let path = path
        .strip_prefix("mut ")
        .or_else(|| path.strip_prefix("dyn "))
        .unwrap_or(path);
    let end = path
        .find(|c: char| !c.is_alphanumeric() && c != '_')
        .unwrap_or(path.len());
    if path[end..].starts_with("::") {
        &path[..end]
    } else {
        "(other)"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_is_counted_for_its_crate() {
        for (name, expected) in [
            ("web::app::start::h0123", "web"),
            ("<leptos::view::View as core::fmt::Debug>::fmt::h1", "leptos"),
            ("<&mut core::slice::Iter<T> as Iterator>::next", "core"),
            ("<T as tachys::view::IntoAny>::into_any::build", "tachys"),
            ("memcpy", "(other)"),
            ("(no name)", "(other)"),
        ] {
            assert_eq!(krate(name), expected, "{name}");
        }
        let functions = [(5, "a::b".to_owned()), (7, "b::c".to_owned()), (3, "a::d".to_owned())];
        assert_eq!(crates(&functions), [(8, "a".to_owned()), (7, "b".to_owned())]);
    }
}
