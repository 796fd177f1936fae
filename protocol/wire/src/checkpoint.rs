//! Checkpoints: what the appliance signs of its ledger, and the key that it signs with.
//!
//! Guarantees: what is signed is the text of C2SP's tlog-checkpoint, so that any tool that knows
//! transparency logs can check it; a checkpoint key is one of two algorithms, and nothing is combined.

use countersign_tlog::{Head, checkpoint as text};
use minicbor::decode::{Decoder, Error};
use minicbor::encode::{Encoder, Write};
use minicbor::{Decode, Encode};

use crate::limits::COSIGNER_KEY_BYTES;
use crate::{ApplianceId, Digest, Suite};

/// The state of a ledger: how many records, and the root of the tree over them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Checkpoint {
    /// Whose ledger.
    #[n(0)]
    pub appliance: ApplianceId,
    /// Records in it.
    #[n(1)]
    pub size: u64,
    /// The root of the Merkle tree over their leaves (RFC 9162, 2.1.1).
    #[n(2)]
    pub root: Digest,
}

/// The text of a checkpoint.
pub type Text = heapless::String<{ text::TEXT_BYTES_MAX }>;
/// The name of a ledger: its origin, in words of C2SP.
pub type LogName = heapless::String<LOG_NAME_BYTES>;

const LOG_NAME_PREFIX: &str = "countersign/";
const LOG_NAME_BYTES: usize = LOG_NAME_PREFIX.len() + 32;

impl Checkpoint {
    /// What is signed: three lines, the log's name, the size and the root (C2SP tlog-checkpoint).
    #[must_use]
    pub fn text(&self) -> Text {
        // A name of ours is a good origin: there always is a text.
        text::text(&log_name(&self.appliance), &self.head()).unwrap_or_default()
    }

    /// Size and root alone.
    #[must_use]
    pub const fn head(&self) -> Head {
        Head { size: self.size, root: self.root.0 }
    }
}

/// The name of an appliance's ledger: `countersign/` and the appliance's id in hexadecimal digits.
#[must_use]
pub fn log_name(appliance: &ApplianceId) -> LogName {
    let mut name = LogName::new();
    // It has room for exactly this.
    let _ = core::fmt::Write::write_fmt(&mut name, format_args!("{LOG_NAME_PREFIX}{appliance}"));
    name
}

/// The public key that checkpoints verify with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckpointKey {
    /// Ed25519: signs the text itself.
    Ed25519([u8; 32]),
    /// ESP256: an uncompressed P-256 point (SEC 1, 2.3.3); signs the text's SHA-256, `r || s`.
    Esp256([u8; 65]),
}

impl CheckpointKey {
    /// The suite that it is for.
    #[must_use]
    pub const fn suite(&self) -> Suite {
        match self {
            Self::Ed25519(_) => Suite::Ed25519,
            Self::Esp256(_) => Suite::Esp256,
        }
    }

    /// The public key's bytes, as its suite writes them.
    #[must_use]
    pub const fn bytes(&self) -> &[u8] {
        match self {
            Self::Ed25519(bytes) => bytes,
            Self::Esp256(bytes) => bytes,
        }
    }

    /// A public key of either suite, by its length.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let ed25519 = bytes.try_into().map(Self::Ed25519);
        ed25519.or_else(|_| bytes.try_into().map(Self::Esp256)).ok()
    }
}

/// The public key that an appliance cosigns its own checkpoints with, where its token has ML-DSA: of ML-DSA-44 (FIPS 204).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CosignerKey<'b>(pub &'b [u8; COSIGNER_KEY_BYTES]);

impl core::fmt::Debug for CosignerKey<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

impl<'b, C> Decode<'b, C> for CosignerKey<'b> {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, Error> {
        d.bytes()?.try_into().map(Self).map_err(|_| Error::message("no cosigner's key"))
    }
}

impl<C> Encode<C> for CosignerKey<'_> {
    fn encode<W: Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.bytes(self.0)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for CheckpointKey {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, Error> {
        Self::from_bytes(d.bytes()?).ok_or_else(|| Error::message("no checkpoint key"))
    }
}

impl<C> Encode<C> for CheckpointKey {
    fn encode<W: Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.bytes(self.bytes())?.ok()
    }
}
