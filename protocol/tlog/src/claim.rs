//! What a key's owner states with a signature on a note.
//!
//! Guarantee: a claim's signature has the length of its key's kind, and its message is all that the
//! signature must be over: whoever verifies the one over the other with the key knows that its owner said so.

use crate::TextError;
use crate::cosignature::{self, Cosigned};
use crate::key::{Key, Kind, SIGNATURE_BYTES_MAX};
use crate::note::{Note, Signature};

/// A signature without its time.
pub type SignatureBytes = heapless::Vec<u8, SIGNATURE_BYTES_MAX>;

/// What is to be verified with a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim<'n> {
    /// When a witness says that it signed, in seconds since 1970; 0 if it does not say, and for a kind
    /// that has no time.
    pub time_s: u64,
    /// What the signature must be over.
    pub message: Message<'n>,
    /// The signature, as its key's kind writes it.
    pub signature: SignatureBytes,
}

/// What a signature must be over.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "there is no allocator to box it with")]
pub enum Message<'n> {
    /// The note's text itself.
    Text(&'n str),
    /// What a witness signs of it.
    Cosigned(Cosigned),
}

impl<'n> Claim<'n> {
    /// What a key claims with its first signature under a note; nothing if it has none there. A claim that
    /// does not verify is a reason to refuse the note.
    ///
    /// # Errors
    /// [`TextError`], if the key's signature is none of its kind, or is a witness's over what is no
    /// checkpoint: the note is to be refused.
    pub fn of(key: &Key<'_>, note: &Note<'n>) -> Result<Option<Self>, TextError> {
        let signature = note.signature(key.name(), key.id());
        signature.map(|signature| Self::read(key, signature, note.text())).transpose()
    }

    fn read(key: &Key<'_>, signature: &Signature<'_>, text: &'n str) -> Result<Self, TextError> {
        let stamped = signature.bytes().ok_or(TextError::Signature)?;
        let (time_s, bytes) = split(key.kind(), &stamped).ok_or(TextError::Signature)?;
        let fits = key.kind().has_signatures_of(bytes.len());
        let signature = SignatureBytes::from_slice(bytes).ok().filter(|_| fits);
        Ok(Self {
            time_s,
            message: Message::of(key, time_s, text)?,
            signature: signature.ok_or(TextError::Signature)?,
        })
    }
}

impl<'n> Message<'n> {
    /// What a key signs of a note's text, at `time_s` if its kind has a time.
    ///
    /// # Errors
    /// For a witness's key: [`TextError::Checkpoint`] if the text is none, [`TextError::Signature`] for a
    /// time out of range.
    pub fn of(key: &Key<'_>, time_s: u64, text: &'n str) -> Result<Self, TextError> {
        match key.kind() {
            Kind::Ed25519 | Kind::Ecdsa => Ok(Self::Text(text)),
            Kind::Ed25519Cosignature => cosignature::ed25519(time_s, text).map(Self::Cosigned),
            Kind::MlDsa44Cosignature => {
                cosignature::ml_dsa_44(key.name(), time_s, text).map(Self::Cosigned)
            }
        }
    }

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Cosigned(message) => message,
        }
    }
}

/// Time and signature (tlog-cosignature: `timestamped_signature`).
fn split(kind: Kind, stamped: &[u8]) -> Option<(u64, &[u8])> {
    if !kind.has_time() {
        return Some((0, stamped));
    }
    let (time, signature) = stamped.split_first_chunk()?;
    Some((u64::from_be_bytes(*time), signature))
}
