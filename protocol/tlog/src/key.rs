//! Verifier keys: who signs, and how (C2SP signed-note, `vkey`).
//!
//! Guarantee: a key has a name that is one, a kind that is known, as many bytes as that kind has, and the id
//! that it states; what is read is written again byte for byte. Whether its bytes are a point of a curve is
//! for whoever verifies with them.

use core::fmt::{self, Write as _};

use sha2::{Digest as _, Sha256};

use crate::TextError;
use crate::base64::{InBase64, decode};

/// A key's name, at most: what an ML-DSA-44 cosigner signs has one byte for its length.
pub const NAME_BYTES_MAX: usize = 255;
/// A public key, at most: ML-DSA-44.
pub const KEY_BYTES_MAX: usize = 1312;
/// A signature, at most: ML-DSA-44.
pub const SIGNATURE_BYTES_MAX: usize = 2420;
/// A key with the byte for its kind, in base64, at most.
const KEY_TEXT_BYTES_MAX: usize = (KEY_BYTES_MAX + 1).div_ceil(3) * 4;

/// Which key of a name: four bytes, enough to find it, and no proof of anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyId(pub [u8; 4]);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", u32::from_be_bytes(self.0))
    }
}

/// What a key signs, and with which algorithm (signed-note, "Signature types").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// Ed25519 over the note's text. The key: 32 bytes (RFC 8032).
    Ed25519 = 0x01,
    /// ECDSA over the SHA-256 of the note's text, in DER. The key: SPKI in DER, an uncompressed point of
    /// P-256, P-384 or P-521.
    Ecdsa = 0x02,
    /// A witness's Ed25519 with a time (tlog-cosignature). The key: 32 bytes.
    Ed25519Cosignature = 0x04,
    /// A witness's ML-DSA-44 with a time (tlog-cosignature). The key: 1312 bytes (FIPS 204).
    MlDsa44Cosignature = 0x06,
}

impl Kind {
    const ALL: [Self; 4] =
        [Self::Ed25519, Self::Ecdsa, Self::Ed25519Cosignature, Self::MlDsa44Cosignature];

    /// The byte that stands for it.
    #[must_use]
    pub const fn byte(self) -> u8 {
        self as u8
    }

    fn of(byte: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.byte() == byte)
    }

    /// A public key of this kind may be of so many bytes.
    const fn has_keys_of(self, bytes: usize) -> bool {
        match self {
            Self::Ed25519 | Self::Ed25519Cosignature => bytes == 32,
            // RFC 5480, 2: the curve's name and the point.
            Self::Ecdsa => matches!(bytes, 91 | 120 | 158),
            Self::MlDsa44Cosignature => bytes == KEY_BYTES_MAX,
        }
    }

    /// A signature of this kind may be of so many bytes.
    pub(crate) const fn has_signatures_of(self, bytes: usize) -> bool {
        match self {
            Self::Ed25519 | Self::Ed25519Cosignature => bytes == 64,
            // Two numbers in DER, of P-521 at most.
            Self::Ecdsa => 8 <= bytes && bytes <= 139,
            Self::MlDsa44Cosignature => bytes == SIGNATURE_BYTES_MAX,
        }
    }

    /// Its signatures have a time before them.
    #[must_use]
    pub const fn has_time(self) -> bool {
        matches!(self, Self::Ed25519Cosignature | Self::MlDsa44Cosignature)
    }
}

/// A key to verify with, and its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key<'k> {
    name: &'k str,
    kind: Kind,
    public: heapless::Vec<u8, KEY_BYTES_MAX>,
}

impl<'k> Key<'k> {
    /// A key by its parts.
    ///
    /// # Errors
    /// [`TextError::Name`] and [`TextError::Key`].
    pub fn new(name: &'k str, kind: Kind, public: &[u8]) -> Result<Self, TextError> {
        if !is_name(name) || name.len() > NAME_BYTES_MAX {
            return Err(TextError::Name);
        }
        let public = heapless::Vec::from_slice(public).map_err(|_| TextError::Key)?;
        let fits = kind.has_keys_of(public.len());
        fits.then_some(Self { name, kind, public }).ok_or(TextError::Key)
    }

    /// The key that a text `name+id+base64(kind || key)` states.
    ///
    /// # Errors
    /// [`TextError`].
    pub fn parse(vkey: &'k str) -> Result<Self, TextError> {
        let mut parts = vkey.splitn(3, '+');
        let mut part = || parts.next().ok_or(TextError::Shape);
        let (name, id, public) = (part()?, part()?, part()?);
        if public.len() > KEY_TEXT_BYTES_MAX {
            return Err(TextError::TooLong);
        }
        let bytes = decode::<{ KEY_BYTES_MAX + 1 }>(public).ok_or(TextError::Base64)?;
        let (kind, public) = bytes.split_first().ok_or(TextError::Key)?;
        let key = Self::new(name, Kind::of(*kind).ok_or(TextError::Key)?, public)?;
        if is_written(key.id(), id) { Ok(key) } else { Err(TextError::KeyId) }
    }

    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &'k str {
        self.name
    }

    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// The public key, as its kind writes it.
    #[must_use]
    pub fn public(&self) -> &[u8] {
        &self.public
    }

    /// Its id: of ECDSA the key's hash alone, of all others with name and kind (signed-note, "Signatures"
    /// and "Signature types").
    #[must_use]
    pub fn id(&self) -> KeyId {
        let named = Sha256::new().chain_update(self.name).chain_update([b'\n', self.kind.byte()]);
        let hash = if self.kind == Kind::Ecdsa { Sha256::new() } else { named };
        let [a, b, c, d, ..]: [u8; 32] = hash.chain_update(&self.public).finalize().into();
        KeyId([a, b, c, d])
    }
}

impl fmt::Display for Key<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let public = InBase64([&[self.kind.byte()], &self.public]);
        write!(f, "{}+{}+{public}", self.name, self.id())
    }
}

/// A name is there, and has no Unicode spaces, no plus and no control characters (signed-note, "Format").
pub(crate) fn is_name(name: &str) -> bool {
    let refused = |c: char| c.is_whitespace() || c.is_control() || c == '+';
    !name.is_empty() && !name.contains(refused)
}

fn is_written(id: KeyId, text: &str) -> bool {
    let mut written = heapless::String::<8>::new();
    write!(written, "{id}").is_ok() && written.as_str() == text
}
