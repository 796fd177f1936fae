//! authenticatorData of an assertion (WebAuthn L3, 6.1): 37 bytes, no attested data, no extensions.
//!
//! The appliance asks for no extension, so none is accepted.

use subtle::Choice;

const UP: u8 = 1 << 0;
const UV: u8 = 1 << 2;
const BE: u8 = 1 << 3;
const BS: u8 = 1 << 4;
const AT: u8 = 1 << 6;
const ED: u8 = 1 << 7;

/// The fields of authenticatorData.
#[derive(Clone, Copy)]
pub(super) struct AuthenticatorData {
    pub(super) rp_id_hash: [u8; 32],
    flags: u8,
    pub(super) sign_count: u32,
}

impl AuthenticatorData {
    const EMPTY: Self = Self { rp_id_hash: [0; 32], flags: 0, sign_count: 0 };

    /// The fields, and whether they could be read; if not, fields that pass no check.
    pub(super) fn read_or_empty(bytes: &[u8]) -> (Self, Choice) {
        let read = Self::read(bytes);
        (read.unwrap_or(Self::EMPTY), Choice::from(u8::from(read.is_some())))
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (rp_id_hash, rest) = bytes.split_first_chunk::<32>()?;
        let (flags, rest) = rest.split_first()?;
        let (count, rest) = rest.split_first_chunk::<4>()?;
        (rest.is_empty() && flags & (AT | ED) == 0).then_some(Self {
            rp_id_hash: *rp_id_hash,
            flags: *flags,
            sign_count: u32::from_be_bytes(*count),
        })
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

    pub(super) fn backup_state(self) -> Choice {
        self.flag(BS)
    }
}

#[cfg(test)]
mod tests {
    use super::AuthenticatorData;

    fn valid() -> [u8; 37] {
        let mut bytes = [7; 37];
        bytes[32] = 0b0000_0101;
        bytes[33..].copy_from_slice(&[0, 0, 1, 2]);
        bytes
    }

    #[test]
    fn reads_hash_flags_and_count() {
        let (data, readable) = AuthenticatorData::read_or_empty(&valid());
        assert!(bool::from(readable));
        assert_eq!((data.rp_id_hash, data.sign_count), ([7; 32], 258));
        assert!(bool::from(data.user_present() & data.user_verified()));
        assert!(!bool::from(data.backup_eligible() | data.backup_state()));
    }

    #[test]
    fn refuses_short_long_and_what_was_not_asked_for() {
        let readable = |bytes: &[u8]| bool::from(AuthenticatorData::read_or_empty(bytes).1);
        assert!(readable(&valid()));
        assert!(!readable(&valid()[..36]));
        let mut long = [0; 38];
        long[..37].copy_from_slice(&valid());
        assert!(!readable(&long));
        for flag in [6, 7] {
            let mut bytes = valid();
            bytes[32] |= 1 << flag;
            assert!(!readable(&bytes), "flag {flag}");
        }
    }
}
