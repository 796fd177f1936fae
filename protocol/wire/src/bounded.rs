//! Byte strings with a limit in their type.

use minicbor::decode::{Decoder, Error};
use minicbor::encode::{Encoder, Write};
use minicbor::{Decode, Encode};

use crate::limits::SIGNING_KEY_BYTES_MAX;

/// The public key of a signing key: the content of the BIT STRING of its SubjectPublicKeyInfo (RFC 5280,
/// 4.1). On a NIST curve it is the uncompressed point, for RSA the DER of an RSAPublicKey, for Ed25519
/// the 32 bytes of the point.
pub type PublicKey<'b> = Bounded<'b, SIGNING_KEY_BYTES_MAX>;

/// At most `MAX` bytes, borrowed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Bounded<'b, const MAX: usize>(&'b [u8]);

impl<'b, const MAX: usize> Bounded<'b, MAX> {
    /// No bytes.
    pub const EMPTY: Self = Self(&[]);

    /// The bytes, if they are within the limit.
    #[must_use]
    pub fn new(bytes: &'b [u8]) -> Option<Self> {
        (bytes.len() <= MAX).then_some(Self(bytes))
    }

    /// The bytes.
    #[must_use]
    pub const fn bytes(&self) -> &'b [u8] {
        self.0
    }
}

impl<const MAX: usize> core::fmt::Debug for Bounded<'_, MAX> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

impl<'b, C, const MAX: usize> Decode<'b, C> for Bounded<'b, MAX> {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, Error> {
        Self::new(d.bytes()?).ok_or_else(|| Error::message("bytes past their limit"))
    }
}

impl<C, const MAX: usize> Encode<C> for Bounded<'_, MAX> {
    fn encode<W: Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.bytes(self.0)?.ok()
    }
}
