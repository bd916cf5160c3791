//! Which form of a file a client takes (RFC 9110 §12.5.3), and whether it has it already (§13.1.2).

use axum::http::HeaderValue;

/// A content coding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// `br`
    Brotli,
    /// `gzip`
    Gzip,
    /// None.
    Identity,
}

/// The best coding of those that there are. Weights count; of equal ones the smaller form wins. A client that refuses even
/// the plain form gets it all the same, since nothing else is there.
pub fn coding(accept: &str, brotli: bool, gzip: bool) -> Coding {
    let weight = |name: &str| {
        let mut any = None;
        for part in accept.split(',') {
            let mut pieces = part.split(';').map(str::trim);
            let token = pieces.next().unwrap_or_default();
            let quality = pieces.find_map(|piece| piece.strip_prefix("q=").or_else(|| piece.strip_prefix("Q=")));
            // Thousandths; what is no number counts as refused.
            let quality = quality.map_or(1000, thousandths);
            if token.eq_ignore_ascii_case(name) || (name == "gzip" && token.eq_ignore_ascii_case("x-gzip")) {
                return Some(quality);
            }
            if token == "*" {
                any = Some(quality);
            }
        }
        any
    };
    // The plain form is acceptable unless refused, but behind whatever was asked for.
    let mut best = (Coding::Identity, weight("identity").unwrap_or(1));
    for (coding, name, there) in [(Coding::Gzip, "gzip", gzip), (Coding::Brotli, "br", brotli)] {
        let weight = weight(name).unwrap_or(0);
        if there && weight > 0 && weight >= best.1 {
            best = (coding, weight);
        }
    }
    best.0
}

fn thousandths(quality: &str) -> u32 {
    let (whole, part) = quality.split_once('.').unwrap_or((quality, ""));
    let digits: u32 = format!("{part:0<3}")
        .get(..3)
        .and_then(|digits| digits.parse().ok())
        .unwrap_or(0);
    match whole {
        "1" => 1000,
        "0" => digits,
        _ => 0,
    }
}

/// Whether one of the tags of `If-None-Match` is `tag`, by weak comparison: a proxy that compresses weakens tags.
pub fn matches(condition: &str, tag: &HeaderValue) -> bool {
    condition
        .split(',')
        .map(str::trim)
        .any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one).as_bytes() == tag.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_codings() {
        use Coding::{Brotli, Gzip, Identity};
        for (accept, brotli, gzip, expected) in [
            ("gzip, deflate, br, zstd", true, true, Brotli),
            ("gzip, deflate, br", false, true, Gzip),
            ("gzip, deflate", true, true, Gzip),
            ("", true, true, Identity),
            ("identity", true, true, Identity),
            ("br;q=0, gzip", true, true, Gzip),
            ("br;q=0.000, gzip;q=0", true, true, Identity),
            ("br;q=0.1, gzip;q=0.9", true, true, Gzip),
            ("gzip;q=0.5, identity", true, true, Identity),
            ("*", true, true, Brotli),
            ("*;q=0", true, true, Identity),
            ("*;q=0, gzip", true, true, Gzip),
            ("BR", true, true, Brotli),
            ("br;q=x, gzip;q=1.000", true, true, Gzip),
            ("identity;q=0", false, false, Identity),
            ("br;q=0.001", true, false, Brotli),
        ] {
            assert_eq!(coding(accept, brotli, gzip), expected, "{accept}");
        }
    }

    #[test]
    fn tags_match_weakly_and_in_lists() {
        let tag = HeaderValue::from_static("\"ab\"");
        for (condition, expected) in [
            ("\"ab\"", true),
            ("W/\"ab\"", true),
            ("\"x\", \"ab\"", true),
            ("*", true),
            ("\"a\"", false),
            ("ab", false),
        ] {
            assert_eq!(matches(condition, &tag), expected, "{condition}");
        }
    }
}
