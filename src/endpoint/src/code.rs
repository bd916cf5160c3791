//! Secrets: units' codes to join, tokens, and random ids.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::time::Timestamp;
use sha2::{Digest, Sha256};
use std::fmt;

/// The letters of Crockford's base 32: without I, L, O and U.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// How many letters a code has: 10 of 5 bits.
const LENGTH: usize = 10;

/// A unit's code to join: 50 random bits, shown as `XXXXX-XXXXX`.
#[derive(Clone, PartialEq, Eq)]
pub struct UnitCode([u8; LENGTH]);

impl UnitCode {
    /// The code that the lowest 50 bits of `random` make.
    pub fn from_bits(random: u64) -> Self {
        Self(std::array::from_fn(|place| {
            LETTERS[usize::from((random >> (5 * place)).to_le_bytes()[0] & 31)]
        }))
    }

    /// The code that a person typed: letters in any case, blanks and hyphens anywhere, O for 0, I and L for 1. None where
    /// it can be no code.
    pub fn typed(text: &str) -> Option<Self> {
        let mut letters = Vec::with_capacity(LENGTH);
        for typed in text.chars() {
            // Full-width forms come from Chinese keyboards.
            let plain = match typed {
                '\u{ff01}'..='\u{ff5e}' => char::from_u32(typed as u32 - 0xfee0)?,
                other => other,
            };
            let letter = match plain.to_ascii_uppercase() {
                '-' | '_' | '\u{2010}'..='\u{2015}' | '\u{2212}' => continue,
                blank if blank.is_whitespace() => continue,
                'O' => b'0',
                'I' | 'L' => b'1',
                letter => u8::try_from(letter).ok().filter(|letter| LETTERS.contains(letter))?,
            };
            if letters.len() == LENGTH {
                return None;
            }
            letters.push(letter);
        }
        letters.try_into().ok().map(Self)
    }

    /// What is stored of it.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0).into()
    }

    /// The first three letters, 15 of its 50 bits: enough to tell the codes of a list apart.
    pub fn shown(&self) -> String {
        self.0[..3].iter().map(|letter| char::from(*letter)).collect()
    }
}

impl fmt::Display for UnitCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, letter) in self.0.iter().enumerate() {
            if place == LENGTH / 2 {
                f.write_str("-")?;
            }
            write!(f, "{}", char::from(*letter))?;
        }
        Ok(())
    }
}

/// Until when a code holds that is made now for so many days: to the end of the day in Shanghai, so that the day that is shown
/// is the last whole one.
pub(crate) fn code_until(now: Timestamp, days: u16) -> Timestamp {
    const DAY: i64 = 86_400_000;
    let last = now.plus(i64::from(days) * DAY).day();
    Timestamp((last.0 + 1) * DAY - 8 * 3_600_000)
}

/// A bearer token: 256 random bits.
pub struct Token(String);

impl Token {
    /// A token of these bits.
    pub fn from_bits(random: [u8; 32]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(random))
    }

    /// The 43 characters that the person's device keeps.
    pub fn text(&self) -> &str {
        &self.0
    }
}

/// What is stored of a token; none where the text can be no token.
pub fn token_hash(text: &str) -> Option<[u8; 32]> {
    // The length bounds the work on what strangers send.
    (text.len() == 43).then(|| Sha256::digest(text).into())
}

/// Random bytes of the operating system.
///
/// # Errors
/// The operating system has none to give.
pub fn random<const N: usize>() -> anyhow::Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("no random numbers: {error}"))?;
    Ok(bytes)
}

/// 128 random bits as 32 hexadecimal digits.
///
/// # Errors
/// The operating system has no random numbers to give.
pub fn random_hex() -> anyhow::Result<String> {
    Ok(format!("{:032x}", u128::from_be_bytes(random()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_as_people_type_them() {
        let code = UnitCode::from_bits(0x0003_1234_5678_9abc & ((1 << 50) - 1));
        let shown = code.to_string();
        assert_eq!((shown.len(), shown.as_bytes()[5]), (11, b'-'));
        let wide: String = shown
            .chars()
            .map(|c| char::from_u32(c as u32 + 0xfee0).unwrap())
            .collect();
        for typed in [
            shown.clone(),
            shown.to_lowercase(),
            shown.replace('-', " "),
            format!(" {} ", shown.replace('-', "")),
            wide,
        ] {
            assert!(UnitCode::typed(&typed) == Some(code.clone()), "{typed}");
        }
        assert_eq!(UnitCode::typed("oOiIl-L0101").unwrap().to_string(), "00111-10101");
        for bad in [
            "",
            "1234",
            "12345-6789U",
            "12345-67890-1",
            "安12345-6789",
            "12345-6789\u{0}",
        ] {
            assert!(UnitCode::typed(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn all_fifty_bits_count() {
        let base = UnitCode::from_bits(0);
        for bit in 0..50 {
            assert!(UnitCode::from_bits(1 << bit) != base, "{bit}");
        }
        assert!(UnitCode::from_bits(1 << 50) == base);
    }
}
