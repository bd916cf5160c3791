//! Newtypes for every id. Content ids are slugs; people, devices, records and attempts have 128-bit ids.

use std::fmt;
use std::str::FromStr;

/// Why a text is not an id of the form asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Not 1 to 64 characters of `a-z`, `0-9` and `-`, beginning with a letter or digit.
    #[error("an id has 1 to 64 lower-case ASCII letters, digits and hyphens and begins with a letter or digit")]
    Slug,
    /// Not the 36-character form of a UUID in lower case (RFC 9562 §4).
    #[error("not a UUID in its 36-character lower-case form")]
    Uuid,
    /// A UUID, but not of version 7 with the RFC variant (RFC 9562 §5.7).
    #[error("not a UUID of version 7")]
    NotV7,
    /// Not 32 lower-case hexadecimal digits.
    #[error("a pack hash is 32 lower-case hexadecimal digits")]
    Hash,
}

fn is_slug(text: &str) -> bool {
    let bytes = text.as_bytes();
    !bytes.is_empty()
        && bytes.len() <= 64
        && bytes[0] != b'-'
        && bytes.iter().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

macro_rules! slug_ids {
    ($($(#[$doc:meta])* $name:ident;)*) => { $(
        $(#[$doc])*
        ///
        /// 1 to 64 characters of `a-z`, `0-9` and `-`, beginning with a letter or digit.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Box<str>);

        impl $name {
            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                if is_slug(text) { Ok(Self(text.into())) } else { Err(IdError::Slug) }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )* };
}

slug_ids! {
    /// A course, permanent across changes of its slug.
    CourseId;
    /// A lesson, permanent.
    LessonId;
    /// An item, permanent; with a `Revision` it names one wording.
    ItemId;
    /// An option within an item, permanent; the letter shown comes from the shuffle.
    OptionId;
    /// An item bank: the slug of the course or venue that it belongs to.
    BankId;
    /// An exam or a contest.
    ExamId;
    /// A venue kind of the handbook.
    VenueId;
    /// A check of a handbook venue.
    CheckId;
    /// A regulation or standard of the registry.
    RegulationId;
}

/// A 128-bit id in the text form of RFC 9562 §4, in lower case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uuid(u128);

impl Uuid {
    /// The id whose big-endian bytes are `value`.
    pub const fn from_u128(value: u128) -> Self {
        Self(value)
    }

    /// The id as a number; its order is the order of the text form.
    pub const fn as_u128(self) -> u128 {
        self.0
    }

    /// A version 7 id (RFC 9562 §5.7): `unix_ms` in the upper 48 bits, 74 bits of `random`.
    pub const fn v7(unix_ms: u64, random: u128) -> Self {
        let time = ((unix_ms & 0xffff_ffff_ffff) as u128) << 80;
        let rand_a = (random >> 64) & 0xfff;
        let rand_b = random & 0x3fff_ffff_ffff_ffff;
        Self(time | 0x7 << 76 | rand_a << 64 | 0b10 << 62 | rand_b)
    }

    /// Whether version and variant are those of UUIDv7.
    pub const fn is_v7(self) -> bool {
        (self.0 >> 76) & 0xf == 7 && (self.0 >> 62) & 0b11 == 0b10
    }
}

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let n = self.0;
        write!(
            f,
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            n >> 96,
            (n >> 80) & 0xffff,
            (n >> 64) & 0xffff,
            (n >> 48) & 0xffff,
            n & 0xffff_ffff_ffff
        )
    }
}

impl fmt::Debug for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Uuid {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        let bytes = text.as_bytes();
        if bytes.len() != 36 {
            return Err(IdError::Uuid);
        }
        let mut value: u128 = 0;
        for (place, byte) in bytes.iter().enumerate() {
            let digit = match (place, byte) {
                (8 | 13 | 18 | 23, b'-') => continue,
                (8 | 13 | 18 | 23, _) => return Err(IdError::Uuid),
                (_, b'0'..=b'9') => byte - b'0',
                (_, b'a'..=b'f') => byte - b'a' + 10,
                _ => return Err(IdError::Uuid),
            };
            value = value << 4 | u128::from(digit);
        }
        Ok(Self(value))
    }
}

macro_rules! uuid_ids {
    ($($(#[$doc:meta])* $name:ident $(, $v7:ident)?;)*) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub Uuid);

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                let id: Uuid = text.parse()?;
                $( if !id.$v7() { return Err(IdError::NotV7); } )?
                Ok(Self(id))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }
    )* };
}

uuid_ids! {
    /// A learning record: UUIDv7 made on the device.
    RecordId, is_v7;
    /// A profile: a random id made on first use and never rewritten.
    ProfileId;
    /// A device: one browser storage, a random id.
    DeviceId;
    /// One go through a set of items: UUIDv7 made on the device.
    AttemptId, is_v7;
}

/// The first 128 bits of the SHA-256 of a pack's bytes, shown as 32 lower-case hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PackHash(u128);

impl PackHash {
    /// The hash from a full SHA-256 digest.
    pub fn from_sha256(digest: &[u8; 32]) -> Self {
        Self(
            digest[..16]
                .iter()
                .fold(0, |value, byte| value << 8 | u128::from(*byte)),
        )
    }
}

impl FromStr for PackHash {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        let hex = |b: &u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
        if text.len() != 32 || !text.as_bytes().iter().all(hex) {
            return Err(IdError::Hash);
        }
        u128::from_str_radix(text, 16).map(Self).map_err(|_| IdError::Hash)
    }
}

impl fmt::Display for PackHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uuid_text_round_trips_and_strange_forms_are_refused() {
        let text = "018f3c1e-7b2a-7cde-9abc-0123456789ab";
        assert_eq!(text.parse::<RecordId>().unwrap().to_string(), text);
        for bad in [
            "",
            "018F3C1E-7b2a-7cde-9abc-0123456789ab",
            "018f3c1e7b2a7cde9abc0123456789ab",
            "{018f3c1e-7b2a-7cde-9abc-0123456789a}",
            "018f3c1e-7b2a-7cde-9abc-0123456789a\u{e9}",
        ] {
            assert_eq!(bad.parse::<Uuid>(), Err(IdError::Uuid), "{bad}");
        }
        assert_eq!(
            "018f3c1e-7b2a-4cde-9abc-0123456789ab".parse::<RecordId>(),
            Err(IdError::NotV7)
        );
        assert!("018f3c1e-7b2a-4cde-9abc-0123456789ab".parse::<ProfileId>().is_ok());
    }

    #[test]
    fn v7_keeps_the_time_in_front_and_is_recognised() {
        let id = Uuid::v7(1_790_000_000_000, u128::MAX);
        assert!(id.is_v7());
        assert_eq!(id.as_u128() >> 80, 1_790_000_000_000);
        assert!(Uuid::v7(1, u128::MAX) < Uuid::v7(2, 0));
    }

    #[test]
    fn slugs_have_one_form() {
        assert!("wsl-001".parse::<ItemId>().is_ok());
        let long = "a".repeat(65);
        for bad in ["", "-a", "A", "安", "a b", "a_b", long.as_str()] {
            assert_eq!(bad.parse::<ItemId>(), Err(IdError::Slug), "{bad}");
        }
    }
}
