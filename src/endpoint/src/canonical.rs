//! Whether a text has a canonical form (RFC 8785), and whether two texts have the same.
//!
//! What has none cannot be told apart from other content with the same id and is refused: a key that an object has twice, a
//! lone surrogate, a number beyond the range of a double. Numbers are compared as the doubles that RFC 8785 makes of them,
//! so that integers beyond 2^53 that round to the same double count as the same content; the bytes stored first stay.

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use std::cell::Cell;
use std::collections::HashSet;
use std::fmt;

/// How deep arrays and objects may lie within each other, the record itself being the first.
pub const MAX_DEPTH: usize = 32;

/// Why a text has no canonical form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// Not JSON, or with text or numbers that JSON can write and Unicode or a double cannot hold.
    Unreadable,
    /// Deeper than `MAX_DEPTH`.
    Nesting,
    /// An object has the same key twice.
    DuplicateKey,
}

/// Reads all of a text, and keeps nothing of it.
///
/// # Errors
/// The text has no canonical form.
pub fn check(text: &str) -> Result<(), Flaw> {
    let flaw = Cell::new(Flaw::Unreadable);
    let mut reader = serde_json::Deserializer::from_str(text);
    let read = Strict { depth: 0, flaw: &flaw }
        .deserialize(&mut reader)
        .and_then(|()| reader.end());
    read.map_err(|_| flaw.get())
}

/// Whether two texts that passed `check` have the same canonical form.
pub fn same(one: &str, other: &str) -> bool {
    match (canonical(one), canonical(other)) {
        (Ok(one), Ok(other)) => one == other,
        // Not to be told apart by content, so by bytes.
        _ => one == other,
    }
}

fn canonical(text: &str) -> serde_json::Result<Vec<u8>> {
    serde_json_canonicalizer::to_vec(&serde_json::from_str::<serde_json::Value>(text)?)
}

#[derive(Clone, Copy)]
struct Strict<'a> {
    depth: usize,
    flaw: &'a Cell<Flaw>,
}

impl Strict<'_> {
    /// For what lies inside.
    fn inside<E: de::Error>(self) -> Result<Self, E> {
        if self.depth == MAX_DEPTH {
            self.flaw.set(Flaw::Nesting);
            return Err(E::custom("nested too deep"));
        }
        Ok(Self {
            depth: self.depth + 1,
            ..self
        })
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let inside = self.inside()?;
        while items.next_element_seed(inside)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let inside = self.inside()?;
        let mut keys = HashSet::new();
        while let Some(key) = entries.next_key::<String>()? {
            if !keys.insert(key) {
                self.flaw.set(Flaw::DuplicateKey);
                return Err(de::Error::custom("a key twice"));
            }
            entries.next_value_seed(inside)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_without_a_canonical_form_are_named() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        for (text, flaw) in [
            ("", Flaw::Unreadable),
            ("{\"a\":1} x", Flaw::Unreadable),
            ("{\"a\":1e400}", Flaw::Unreadable),
            ("\"\\ud800\"", Flaw::Unreadable),
            ("{\"a\":[{\"b\":1,\"b\":1}]}", Flaw::DuplicateKey),
            ("{\"a\":1,\"\\u0061\":1}", Flaw::DuplicateKey),
            (nested(MAX_DEPTH + 1).as_str(), Flaw::Nesting),
            (nested(100_000).as_str(), Flaw::Nesting),
        ] {
            assert_eq!(check(text), Err(flaw), "{}", &text[..text.len().min(40)]);
        }
        for text in [
            "null",
            "\"\\u0000\"",
            "-0.0",
            "123456789012345678901234567890",
            "{\"a\":{},\"b\":{\"a\":1}}",
            &nested(MAX_DEPTH),
        ] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn content_is_compared_and_not_its_dress() {
        for (one, other, equal) in [
            ("{\"a\":1,\"b\":[1,2]}", "{ \"b\" : [1 ,2], \"a\" : 1.0 }", true),
            ("{\"a\":\"\\u5b89\\/\"}", "{\"a\":\"安/\"}", true),
            ("[1,2]", "[2,1]", false),
            ("{\"a\":null}", "{}", false),
            ("{\"a\":\"1\"}", "{\"a\":1}", false),
            ("9007199254740992", "9007199254740993", true),
            ("9007199254740992", "9007199254740994", false),
        ] {
            assert_eq!(same(one, other), equal, "{one} {other}");
        }
    }
}
