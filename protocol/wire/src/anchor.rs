//! The anchor: what a ledger came to, where whoever has the disk cannot take it back.
//!
//! It is 116 bytes, each number big-endian, so that of two of them the later one is the larger: they are the name of an
//! object in the token. Officers see one, and a record has one, where a ledger that is not the anchored one goes on.

use minicbor::bytes::ByteArray;
use minicbor::decode::{Decoder, Error};
use minicbor::encode::{Encoder, Write};
use minicbor::{Decode, Encode};

use crate::{Digest, OfficerId};

/// Bytes of an anchor.
pub const ANCHOR_BYTES: usize = 116;
/// Bytes that no two anchors share.
pub const ANCHOR_NONCE_BYTES: usize = 8;

/// An anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Anchor {
    /// How often somebody took ownership.
    pub epoch: u64,
    /// How many anchors there were before it.
    pub number: u64,
    /// Random bytes of whoever made it; zeros if nobody owns what it is of: the last owner ended in order.
    pub nonce: [u8; ANCHOR_NONCE_BYTES],
    /// Records in the ledger.
    pub size: u64,
    /// The root of the tree over them.
    pub root: Digest,
    /// The root of the registry that is made from them.
    pub registry: Digest,
    /// What a counter outside of the token had come to, which nobody can count down; 0 where there is none.
    pub counted: u64,
    /// No program that is older goes on: major, minor and patch, three digits each.
    pub floor: u32,
    /// UTC was at least this (milliseconds since 1970).
    pub utc_ms: u64,
}

impl Anchor {
    /// The nonce of an anchor that is left for whoever is next.
    pub const NOBODY: [u8; ANCHOR_NONCE_BYTES] = [0; ANCHOR_NONCE_BYTES];

    /// Its bytes.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; ANCHOR_BYTES] {
        let Self { epoch, number, nonce, size, root, registry, counted, floor, utc_ms } = self;
        let [epoch, number, size, counted, utc] =
            [epoch, number, size, counted, utc_ms].map(|n| n.to_be_bytes());
        let floor = floor.to_be_bytes();
        let parts: [&[u8]; 9] =
            [&epoch, &number, nonce, &size, &root.0, &registry.0, &counted, &floor, &utc];
        let mut bytes = [0; ANCHOR_BYTES];
        let written = parts.into_iter().flatten();
        bytes.iter_mut().zip(written).for_each(|(to, from)| *to = *from);
        bytes
    }

    /// The anchor of these bytes; none if they are more or fewer.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (epoch, rest) = bytes.split_first_chunk()?;
        let (number, rest) = rest.split_first_chunk()?;
        let (nonce, rest) = rest.split_first_chunk()?;
        let (size, rest) = rest.split_first_chunk()?;
        let (root, rest) = rest.split_first_chunk()?;
        let (registry, rest) = rest.split_first_chunk()?;
        let (counted, rest) = rest.split_first_chunk()?;
        let (floor, utc) = rest.split_first_chunk()?;
        Some(Self {
            epoch: u64::from_be_bytes(*epoch),
            number: u64::from_be_bytes(*number),
            nonce: *nonce,
            size: u64::from_be_bytes(*size),
            root: Digest(*root),
            registry: Digest(*registry),
            counted: u64::from_be_bytes(*counted),
            floor: u32::from_be_bytes(*floor),
            utc_ms: u64::from_be_bytes(utc.try_into().ok()?),
        })
    }

    /// Whether its last owner ended in order.
    #[must_use]
    pub fn is_free(&self) -> bool {
        self.nonce == Self::NOBODY
    }
}

impl<'b, C> Decode<'b, C> for Anchor {
    fn decode(d: &mut Decoder<'b>, ctx: &mut C) -> Result<Self, Error> {
        let bytes: ByteArray<ANCHOR_BYTES> = d.decode_with(ctx)?;
        Self::from_bytes(&*bytes).ok_or_else(|| Error::message("not an anchor's bytes"))
    }
}

impl<C> Encode<C> for Anchor {
    fn encode<W: Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.bytes(&self.to_bytes())?.ok()
    }
}

/// Content of a record: the ledger goes on though it is not the one that was anchored. From here on no key signs (as
/// after [`crate::change::Freeze`]) before officers say so again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Reanchoring {
    /// Records that the ledger had.
    #[n(0)]
    pub ledger_size: u64,
    /// The root of the tree over them.
    #[n(1)]
    pub ledger_root: Digest,
    /// What was anchored, and is given up; none if nothing was.
    #[n(2)]
    pub anchor: Option<Anchor>,
    /// Who said so.
    #[n(3)]
    pub officer: OfficerId,
    /// Since when (milliseconds since 1970, UTC, at least).
    #[n(4)]
    pub utc_lo_ms: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn anchor(epoch: u64, number: u64, nonce: u8, size: u64) -> Anchor {
        let (root, registry) = (Digest([9; 32]), Digest([8; 32]));
        let nonce = [nonce; 8];
        Anchor { epoch, number, nonce, size, root, registry, counted: 5, floor: 6, utc_ms: 7 }
    }

    #[test]
    fn bytes_are_read_as_they_were_written_and_of_no_other_length() {
        let one = anchor(1, 0x0203, 4, u64::MAX);
        let bytes = one.to_bytes();
        assert_eq!(Anchor::from_bytes(&bytes), Some(one));
        for length in 0..ANCHOR_BYTES {
            assert_eq!(Anchor::from_bytes(&bytes[..length]), None);
        }
        let mut longer = [0; ANCHOR_BYTES + 1];
        longer[..ANCHOR_BYTES].copy_from_slice(&bytes);
        assert_eq!(Anchor::from_bytes(&longer), None);
    }

    #[test]
    fn the_later_one_is_the_larger_one_as_bytes_too() {
        let in_order = [
            anchor(1, 1, 9, 9),
            anchor(1, 2, 0, 9),
            anchor(1, 2, 1, 3),
            anchor(1, 256, 0, 0),
            anchor(2, 257, 0, 0),
        ];
        assert!(in_order.is_sorted());
        assert!(in_order.map(|one| one.to_bytes()).is_sorted());
    }

    #[test]
    fn nobody_owns_what_was_left_in_order() {
        assert!(anchor(1, 1, 0, 1).is_free());
        assert!(!anchor(1, 1, 1, 1).is_free());
    }
}
