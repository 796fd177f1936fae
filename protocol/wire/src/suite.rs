//! Suites: one fully specified signature algorithm each. Nothing is ever combined freely.

use minicbor::decode::{Decoder, Error};
use minicbor::encode::{Encoder, Write};
use minicbor::{Decode, Encode};

use crate::limits::DTBSR_BYTES_MAX;

/// A fully specified signature algorithm, numbered as in the COSE registry (RFC 8812, 9053, 9864).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Suite {
    /// RS256 (-257): RSASSA-PKCS1-v1_5 over a SHA-256 digest, with a modulus of 3072 bits and the
    /// exponent 65537; signatures are 384 bytes.
    Rs256,
    /// ESP384 (-51): ECDSA on P-384 over a SHA-384 digest; signatures are `r || s`, 96 bytes.
    Esp384,
    /// PS256 (-37): RSASSA-PSS over a SHA-256 digest, with MGF1 with SHA-256 and a salt of 32 bytes;
    /// modulus, exponent and length are those of RS256.
    Ps256,
    /// Ed25519 (-19): PureEdDSA over the message itself (RFC 8032, 5.1); signatures are 64 bytes.
    Ed25519,
    /// ESP256 (-9): ECDSA on P-256 over a SHA-256 digest; signatures are `r || s`, 64 bytes.
    Esp256,
}

impl Suite {
    /// Every suite that this version knows, their numbers ascending.
    pub const ALL: [Self; 5] =
        [Self::Rs256, Self::Esp384, Self::Ps256, Self::Ed25519, Self::Esp256];

    /// The number in the COSE registry of algorithms.
    #[must_use]
    pub const fn cose(self) -> i32 {
        match self {
            Self::Rs256 => -257,
            Self::Esp384 => -51,
            Self::Ps256 => -37,
            Self::Ed25519 => -19,
            Self::Esp256 => -9,
        }
    }

    /// The suite with this number.
    #[must_use]
    pub fn from_cose(number: i32) -> Option<Self> {
        Self::ALL.into_iter().find(|suite| suite.cose() == number)
    }

    /// The suite with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|suite| suite.name() == name)
    }

    /// Its name in the COSE registry.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Esp384 => "ESP384",
            Self::Ps256 => "PS256",
            Self::Ed25519 => "Ed25519",
            Self::Esp256 => "ESP256",
        }
    }

    /// Bytes of the DTBS/R where it is a digest; none where it is the message itself.
    #[must_use]
    pub const fn digest_bytes(self) -> Option<usize> {
        match self {
            Self::Esp256 | Self::Rs256 | Self::Ps256 => Some(32),
            Self::Esp384 => Some(48),
            Self::Ed25519 => None,
        }
    }

    /// Whether a DTBS/R may have this length. A message is not empty: there would be nothing to approve.
    #[must_use]
    pub const fn takes(self, dtbsr_bytes: usize) -> bool {
        match self.digest_bytes() {
            Some(digest_bytes) => dtbsr_bytes == digest_bytes,
            None => 0 < dtbsr_bytes && dtbsr_bytes <= DTBSR_BYTES_MAX,
        }
    }

    /// Bytes of a signature.
    #[must_use]
    pub const fn signature_bytes(self) -> usize {
        match self {
            Self::Esp256 | Self::Ed25519 => 64,
            Self::Esp384 => 96,
            Self::Rs256 | Self::Ps256 => 384,
        }
    }
}

impl<'b, C> Decode<'b, C> for Suite {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, Error> {
        Self::from_cose(d.i32()?).ok_or_else(|| Error::message("unknown suite"))
    }
}

impl<C> Encode<C> for Suite {
    fn encode<W: Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.i32(self.cose())?.ok()
    }
}

impl core::fmt::Display for Suite {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn their_numbers_ascend_as_a_policy_lists_them() {
        assert!(Suite::ALL.windows(2).all(|pair| pair[0].cose() < pair[1].cose()));
        assert!(Suite::ALL.iter().enumerate().all(|(at, suite)| *suite as usize == at));
    }

    #[test]
    fn a_number_and_a_name_mean_one_suite() {
        for suite in Suite::ALL {
            assert_eq!(Suite::from_cose(suite.cose()), Some(suite));
            assert_eq!(Suite::from_name(suite.name()), Some(suite));
        }
        // ES256 (-7) leaves the curve open: no suite here does.
        assert_eq!((Suite::from_cose(-7), Suite::from_name("ES256")), (None, None));
    }

    #[test]
    fn a_suite_takes_its_digest_or_any_message() {
        let taken = |suite: Suite, lengths: [usize; 4]| lengths.map(|length| suite.takes(length));
        assert_eq!(taken(Suite::Esp256, [0, 31, 32, 33]), [false, false, true, false]);
        assert_eq!(taken(Suite::Esp384, [0, 32, 48, 64]), [false, false, true, false]);
        assert_eq!(taken(Suite::Ed25519, [0, 1, 65_536, 65_537]), [false, true, true, false]);
    }
}
