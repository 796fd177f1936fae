//! Keys that sign notes, as C2SP's signed-note writes them: `name+id+base64(type || key)`.

use base64ct::{Base64, Encoding as _};
use sha2::{Digest as _, Sha256};

use crate::checkpoint::is_name;

/// The first bytes of a hash over name, type and key: a hint which key it is, and no more.
pub type KeyId = [u8; 4];

/// What a key signs, by the number of C2SP's signed-note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyType {
    /// Ed25519 over the note's text.
    Ed25519,
    /// A witness's Ed25519 over time and checkpoint (C2SP tlog-cosignature).
    Cosignature,
}

impl KeyType {
    const fn number(self) -> u8 {
        match self {
            Self::Ed25519 => 1,
            Self::Cosignature => 4,
        }
    }

    const fn from_number(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::Ed25519),
            4 => Some(Self::Cosignature),
            _ => None,
        }
    }
}

/// Bytes of an Ed25519 key.
const KEY_BYTES: usize = 32;

/// A key that notes are verified with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerifierKey<'t> {
    /// Whose.
    pub name: &'t str,
    /// What it signs.
    pub of: KeyType,
    /// The Ed25519 public key.
    pub key: [u8; KEY_BYTES],
}

impl<'t> VerifierKey<'t> {
    /// Reads a key's text; none if it is not exactly one, or its id is not its own.
    #[must_use]
    pub fn parse(text: &'t str) -> Option<Self> {
        let mut parts = text.splitn(3, '+');
        let (name, id, encoded) = (parts.next()?, parts.next()?, parts.next()?);
        let mut room = [0; 1 + KEY_BYTES];
        let (number, key) = Base64::decode(encoded, &mut room).ok()?.split_first()?;
        let key = Self { name, of: KeyType::from_number(*number)?, key: key.try_into().ok()? };
        (is_name(name) && hex(id)? == key.id()).then_some(key)
    }

    /// The key's id.
    #[must_use]
    pub fn id(&self) -> KeyId {
        let hash = Sha256::new()
            .chain_update(self.name)
            .chain_update([b'\n', self.of.number()])
            .chain_update(self.key)
            .finalize();
        let hash: [u8; 32] = hash.into();
        let [a, b, c, d, ..] = hash;
        [a, b, c, d]
    }
}

/// Eight lower-case hexadecimal digits.
fn hex(digits: &str) -> Option<KeyId> {
    let lower = digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
    let number = u32::from_str_radix(digits, 16).ok()?;
    (lower && digits.len() == 8).then(|| number.to_be_bytes())
}
