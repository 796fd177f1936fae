//! authenticatorData (WebAuthn L3, 6.1): 37 bytes, and what its flags say.
//!
//! Guarantees of an assertion's: no attested credential data, no trailing bytes; extension outputs are exactly one map and
//! decide nothing, for the appliance asks for none and a device may send some all the same (7.2, step
//! 23). The work depends on the length alone.

use subtle::{Choice, ConstantTimeEq};

use super::extensions;
use crate::verdict::choice;

const UP: u8 = 1 << 0;
const UV: u8 = 1 << 2;
const BE: u8 = 1 << 3;
const BS: u8 = 1 << 4;
const AT: u8 = 1 << 6;
const ED: u8 = 1 << 7;
/// rpIdHash, flags, signCount.
pub(super) const FIXED_BYTES: usize = 37;

/// The fields of authenticatorData.
#[derive(Clone, Copy)]
pub(super) struct AuthenticatorData {
    pub(super) rp_id_hash: [u8; 32],
    flags: u8,
    pub(super) sign_count: u32,
    /// Whether all of it could be read. If not, what is there is nevertheless checked.
    pub(super) readable: Choice,
}

impl AuthenticatorData {
    /// That of an assertion: 37 bytes, and extension outputs if it says so.
    pub(super) fn read(bytes: &[u8]) -> Self {
        let mut data = Self::fixed(bytes);
        let rest = bytes.get(FIXED_BYTES..).unwrap_or_default();
        data.readable &= !data.flag(AT) & data.ends_as_it_says(rest);
        data
    }

    /// The fixed part of a registration's; what follows it is attested credential data, not read here.
    pub(super) fn of_registration(bytes: &[u8]) -> Self {
        let mut data = Self::fixed(bytes);
        data.readable &= data.flag(AT);
        data
    }

    fn fixed(bytes: &[u8]) -> Self {
        let mut fixed = [0; FIXED_BYTES];
        for (to, from) in fixed.iter_mut().zip(bytes) {
            *to = *from;
        }
        let [hash @ .., flags, c0, c1, c2, c3] = fixed;
        Self {
            rp_id_hash: hash,
            flags,
            sign_count: u32::from_be_bytes([c0, c1, c2, c3]),
            readable: choice(bytes.len() >= FIXED_BYTES),
        }
    }

    /// One map if there are extension outputs, and nothing if not.
    fn ends_as_it_says(self, rest: &[u8]) -> Choice {
        let nothing = rest.len().ct_eq(&0);
        let announced = self.flag(ED);
        (announced & extensions::is_one_map(rest)) | (!announced & nothing)
    }

    fn flag(self, mask: u8) -> Choice {
        Choice::from((self.flags >> mask.trailing_zeros()) & 1)
    }

    pub(super) fn user_present(self) -> Choice {
        self.flag(UP)
    }

    pub(super) fn user_verified(self) -> Choice {
        self.flag(UV)
    }

    pub(super) fn backup_eligible(self) -> Choice {
        self.flag(BE)
    }

    /// Whether extension outputs follow.
    pub(super) fn has_extensions(self) -> bool {
        self.flag(ED).into()
    }

    pub(super) fn backup_state(self) -> Choice {
        self.flag(BS)
    }
}

#[cfg(test)]
mod tests {
    use super::{AT, AuthenticatorData, ED};

    fn valid() -> [u8; 37] {
        let mut bytes = [7; 37];
        bytes[32] = 0b0000_0101;
        bytes[33..].copy_from_slice(&[0, 0, 1, 2]);
        bytes
    }

    /// The same with other flags, and something at its end.
    fn ending(flags: u8, end: &[u8]) -> bool {
        let mut bytes = [0; 64];
        bytes[..37].copy_from_slice(&valid());
        bytes[32] |= flags;
        bytes[37..37 + end.len()].copy_from_slice(end);
        AuthenticatorData::read(&bytes[..37 + end.len()]).readable.into()
    }

    #[test]
    fn reads_hash_flags_and_count() {
        let data = AuthenticatorData::read(&valid());
        assert!(bool::from(data.readable));
        assert_eq!((data.rp_id_hash, data.sign_count), ([7; 32], 258));
        assert!(bool::from(data.user_present() & data.user_verified()));
        assert!(!bool::from(data.backup_eligible() | data.backup_state()));
    }

    #[test]
    fn refuses_what_is_short_and_what_trails() {
        assert!(ending(0, &[]));
        assert!(!ending(0, &[0xa0]), "a map that no flag announces");
        for length in 0..37 {
            let data = AuthenticatorData::read(&valid()[..length]);
            assert!(!bool::from(data.readable), "{length} bytes");
        }
    }

    #[test]
    fn extension_outputs_are_one_map_and_nothing_more() {
        assert!(ending(ED, &[0xa0]) && ending(ED, &[0xa1, 0x61, b'x', 0xf5]));
        assert!(!ending(ED, &[]), "none where a flag announces them");
        assert!(!ending(ED, &[0xa0, 0xa0]), "a second map");
        assert!(!ending(ED, &[0xa1, 0x61, b'x']), "cut");
        assert!(!ending(ED, &[0x80]), "a list");
    }

    #[test]
    fn an_assertion_has_no_attested_credential_data() {
        assert!(!ending(AT, &[]) && !ending(AT | ED, &[0xa0]));
    }
}
