//! Suites: one fully specified signature algorithm each. Nothing is ever combined freely.

use minicbor::decode::{Decoder, Error};
use minicbor::encode::{Encoder, Write};
use minicbor::{Decode, Encode};

/// A fully specified signature algorithm, numbered as in the COSE registry (RFC 9864).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Suite {
    /// ESP256 (-9): ECDSA on P-256 over a SHA-256 digest; signatures are `r || s`, 64 bytes.
    Esp256,
}

impl Suite {
    /// Every suite that this version knows.
    pub const ALL: [Self; 1] = [Self::Esp256];

    /// The number in the COSE registry of algorithms.
    #[must_use]
    pub const fn cose(self) -> i32 {
        match self {
            Self::Esp256 => -9,
        }
    }

    /// The suite with this number.
    #[must_use]
    pub fn from_cose(number: i32) -> Option<Self> {
        Self::ALL.into_iter().find(|suite| suite.cose() == number)
    }

    /// Bytes of the DTBS/R.
    #[must_use]
    pub const fn dtbsr_bytes(self) -> usize {
        match self {
            Self::Esp256 => 32,
        }
    }

    /// Bytes of a signature.
    #[must_use]
    pub const fn signature_bytes(self) -> usize {
        match self {
            Self::Esp256 => 64,
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
        f.write_str(match self {
            Self::Esp256 => "ESP256",
        })
    }
}
