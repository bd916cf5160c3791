//! Who uses this browser: profile, device, and where the profile is enrolled. Kept in the `Meta` store.

use crate::platform::db::{Change, Contents, Store};
use domain::ids::{DeviceId, ProfileId, Uuid};

/// Profile and device of this browser, and the profile's place at the endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The profile in use.
    pub profile: ProfileId,
    /// This browser's storage.
    pub device: DeviceId,
    /// The person's name as given on joining; empty before.
    pub name: String,
    /// The unit joined; empty before.
    pub unit: String,
    /// The bearer token; none before joining.
    pub token: Option<String>,
}

impl Identity {
    /// Makes a new profile on a new device from 256 random bits.
    pub fn new(random: [u128; 2]) -> Self {
        // Version 4 and variant bits (RFC 9562 §5.4).
        let v4 = |bits: u128| Uuid::from_u128(bits & !(0xf << 76) & !(0b11 << 62) | 0x4 << 76 | 0b10 << 62);
        Self {
            profile: ProfileId(v4(random[0])),
            device: DeviceId(v4(random[1])),
            name: String::new(),
            unit: String::new(),
            token: None,
        }
    }

    /// The identity that is stored; none on first use.
    pub fn read(contents: &Contents) -> Option<Self> {
        let profile = contents.get(Store::Meta, "profile")?.parse().ok()?;
        Self::of(contents, profile)
    }

    /// The identity of `profile` on this device, with what is stored of its place at the endpoint; none on first use.
    pub fn of(contents: &Contents, profile: ProfileId) -> Option<Self> {
        let meta = |key: &str| contents.get(Store::Meta, key);
        let of = |what: &str| meta(&format!("{what}:{profile}")).map(ToOwned::to_owned);
        Some(Self {
            profile,
            device: meta("device")?.parse().ok()?,
            name: of("name").unwrap_or_default(),
            unit: of("unit").unwrap_or_default(),
            token: of("token"),
        })
    }

    /// The changes that store it.
    pub fn changes(&self) -> Vec<Change> {
        let put = |key: String, value: &str| Change::Put(Store::Meta, key, value.to_owned());
        let profile = self.profile;
        let mut changes = vec![
            put("profile".into(), &profile.to_string()),
            put("device".into(), &self.device.to_string()),
            put(format!("name:{profile}"), &self.name),
            put(format!("unit:{profile}"), &self.unit),
        ];
        let token = format!("token:{profile}");
        changes.push(match &self.token {
            Some(value) => put(token, value),
            None => Change::Delete(Store::Meta, token),
        });
        changes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::vault::{Memory, Vault};
    use pollster::block_on;

    #[test]
    fn an_identity_is_found_again_as_it_was_stored() {
        let mut identity = Identity::new([u128::MAX, 7]);
        for token in [None, Some("secret".to_owned()), None] {
            identity.token = token;
            let vault = Memory::default();
            block_on(vault.write(&identity.changes())).unwrap();
            assert_eq!(
                Identity::read(&block_on(vault.contents()).unwrap()),
                Some(identity.clone())
            );
        }
        assert_eq!(Identity::read(&Contents::default()), None);
    }
}
