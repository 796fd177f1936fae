//! Recovery keys, and officers' shares of them: what opens the vault's present epoch where there is no HSM.
//!
//! A recovery key is public here; nobody has its private key, but any `threshold` of its shares make it
//! (Shamir's sharing over GF(2^8), byte by byte). Whoever puts shares together finds out which of them is damaged or
//! another key's: the public part commits to each.
//!
//! A share is a secret: it has a `Debug` that does not show it, and whoever reads one clears the buffer.

use minicbor::decode::{Decoder, Error};
use minicbor::encode::{Encoder, Write};
use minicbor::{Decode, Encode};

use crate::limits::{RECOVERY_KEY_BYTES_MAX, RECOVERY_SHARES_MAX, SHARE_VALUE_BYTES};
use crate::{Bounded, Digest, Name, OfficerId, Sequence};

/// The public part of a recovery key. It is known by its fingerprint, `SHA-256(tag::RECOVERY_KEY || encoding)`.
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct RecoveryKey<'b> {
    /// How epochs' keys are sealed to it.
    #[n(0)]
    pub suite: Hpke,
    /// What officers call it.
    #[b(1)]
    pub name: Name<'b>,
    /// Its public key.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub public: [u8; 32],
    /// Its shares.
    #[b(3)]
    pub quorum: Quorum<'b>,
}

/// Suites of HPKE (RFC 9180) in base mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Hpke {
    /// DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.
    #[n(1)]
    X25519Aes256,
}

/// `threshold` of these shares make the private key: for each a commitment, `SHA-256(tag::SHARE || number || value)`.
///
/// Holds: `2 <= threshold <= shares`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quorum<'b> {
    threshold: u8,
    commitments: Commitments<'b>,
}

/// The commitment to each share; the first is that of number 1.
pub type Commitments<'b> = Sequence<'b, Digest, 2, RECOVERY_SHARES_MAX>;

impl<'b> Quorum<'b> {
    /// So many of these; none if that is no quorum, or can never be met.
    #[must_use]
    pub fn new(threshold: u8, commitments: Commitments<'b>) -> Option<Self> {
        let is_one = (2..=commitments.len()).contains(&usize::from(threshold));
        is_one.then_some(Self { threshold, commitments })
    }

    /// How many shares make the key.
    #[must_use]
    pub const fn threshold(&self) -> u8 {
        self.threshold
    }

    /// How many shares there are.
    #[must_use]
    pub fn shares(&self) -> u8 {
        u8::try_from(self.commitments.len()).unwrap_or(u8::MAX)
    }

    /// The commitment to the share of this number.
    #[must_use]
    pub fn commitment(&self, number: u8) -> Option<Digest> {
        self.commitments.iter().nth(usize::from(number).checked_sub(1)?)
    }
}

impl<'b, C> Decode<'b, C> for Quorum<'b> {
    fn decode(d: &mut Decoder<'b>, ctx: &mut C) -> Result<Self, Error> {
        if d.array()? != Some(2) {
            return Err(Error::message("a quorum is [threshold, commitments]"));
        }
        let threshold = d.u8()?;
        let quorum = Self::new(threshold, Sequence::decode(d, ctx)?);
        quorum.ok_or_else(|| Error::message("a threshold that is none"))
    }
}

impl<C> Encode<C> for Quorum<'_> {
    fn encode<W: Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.array(2)?.u8(self.threshold)?.encode(self.commitments)?.ok()
    }
}

/// One officer's share: the content of a file that no other officer has.
#[derive(Clone, Copy, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct Share<'b> {
    /// Whose share it is: the encoding of a [`RecoveryKey`].
    #[b(0)]
    pub key: Bounded<'b, RECOVERY_KEY_BYTES_MAX>,
    /// Which of its shares, from 1.
    #[n(1)]
    pub number: u8,
    /// The secret.
    #[b(2)]
    pub value: Bounded<'b, SHARE_VALUE_BYTES>,
    /// `SHA-256(tag::SHARE_FILE || key || number || value)`: a file that is damaged is told from another key's.
    #[n(3)]
    pub check: Digest,
}

impl core::fmt::Debug for Share<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Share").field("number", &self.number).finish_non_exhaustive()
    }
}

/// Content of a record: from here on every epoch of the vault is wrapped for this key, and for no other.
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct Recovery<'b> {
    /// The key.
    #[b(0)]
    pub key: RecoveryKey<'b>,
    /// Who said so.
    #[n(1)]
    pub officer: OfficerId,
    /// Since when (milliseconds since 1970, UTC, at least).
    #[n(2)]
    pub utc_lo_ms: u64,
}
