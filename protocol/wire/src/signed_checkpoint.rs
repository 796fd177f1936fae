//! A checkpoint with its signature, as the signed note that everybody else reads (C2SP signed-note).
//!
//! Guarantees: what is read from a note is its text's log, size and root, and a signature that stands under it
//! with this very key; the ledger's own form, `r || s` of a raw point, and the note's, DER and SPKI, are turned
//! into each other and nothing is lost. Nothing is verified here: that is for whoever has an engine.

use core::fmt::{self, Write as _};

use countersign_tlog::key::{Key, Kind};
use countersign_tlog::note::{Line, Note};
use countersign_tlog::{Claim, TextError, checkpoint as text};

use crate::checkpoint::{Checkpoint, CheckpointKey, LogName, log_name};
use crate::limits::CHECKPOINT_SIGNATURE_BYTES;
use crate::{ApplianceId, Digest};

/// A note's text: the checkpoint, an empty line, and one signature line.
pub type NoteText = heapless::String<NOTE_BYTES_MAX>;

/// Dash, name, and id and signature in base64, with what is between them.
const LINE_BYTES_MAX: usize = 4 + text::ORIGIN_BYTES_MAX + 1 + 104 + 1;
/// A note of ours, at most.
pub const NOTE_BYTES_MAX: usize = text::TEXT_BYTES_MAX + 1 + LINE_BYTES_MAX;

/// Before a point of P-256 in a SubjectPublicKeyInfo (RFC 5480, 2).
const P256_SPKI: &[u8; 26] = &[
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];
/// Two integers of P-256 in DER, at most.
const DER_BYTES_MAX: usize = 72;
const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;

type Der = heapless::Vec<u8, DER_BYTES_MAX>;

/// A checkpoint and the signature over its text, as the ledger has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedCheckpoint {
    /// What is signed.
    pub checkpoint: Checkpoint,
    /// By the key, as its suite writes it.
    pub signature: [u8; CHECKPOINT_SIGNATURE_BYTES],
}

/// Why a note is none of this key's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteError {
    /// It is no note, or not over a checkpoint.
    Text(TextError),
    /// It is over the checkpoint of something that is no appliance's ledger.
    OtherLog,
    /// The key has no signature under it.
    Unsigned,
}

impl From<TextError> for NoteError {
    fn from(error: TextError) -> Self {
        Self::Text(error)
    }
}

impl fmt::Display for NoteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(why) => why.fmt(f),
            Self::OtherLog => f.write_str("it is no checkpoint of an appliance's ledger"),
            Self::Unsigned => f.write_str("the log's key has not signed it"),
        }
    }
}

impl core::error::Error for NoteError {}

impl SignedCheckpoint {
    /// The note; none for a signature that the key cannot have made.
    #[must_use]
    pub fn note(&self, key: &CheckpointKey) -> Option<NoteText> {
        let name = log_name(&self.checkpoint.appliance);
        let der = match key {
            CheckpointKey::Ed25519(_) => Der::from_slice(&self.signature).ok()?,
            CheckpointKey::Esp256(_) => der_of(&self.signature),
        };
        let key = verifier_key(&name, key)?;
        let line = Line::new(&key, 0, &der)?;
        let mut note = NoteText::new();
        write!(note, "{}\n{line}", self.checkpoint.text()).ok()?;
        Some(note)
    }

    /// What a note says with this key's signature, whoever else signed it.
    ///
    /// # Errors
    /// [`NoteError`].
    pub fn read(note: &str, key: &CheckpointKey) -> Result<Self, NoteError> {
        let note = Note::parse(note)?;
        let checkpoint = of_text(note.text())?;
        let name = log_name(&checkpoint.appliance);
        let own = verifier_key(&name, key).ok_or(NoteError::Unsigned)?;
        let claim = Claim::of(&own, &note)?.ok_or(NoteError::Unsigned)?;
        let signature = match key {
            CheckpointKey::Ed25519(_) => claim.signature.as_slice().try_into().ok(),
            CheckpointKey::Esp256(_) => fixed_of(&claim.signature),
        };
        let signature = signature.ok_or(TextError::Signature)?;
        Ok(Self { checkpoint, signature })
    }
}

/// What a checkpoint's text says, of any appliance's ledger.
///
/// # Errors
/// [`NoteError`].
pub fn of_text(text: &str) -> Result<Checkpoint, NoteError> {
    let text::Checkpoint { origin, head } = text::parse(text).ok_or(TextError::Checkpoint)?;
    let digits = origin.rsplit('/').next().unwrap_or_default();
    let appliance = u128::from_str_radix(digits, 16).map(u128::to_be_bytes).map(ApplianceId);
    let appliance = appliance.map_err(|_| NoteError::OtherLog)?;
    let checkpoint = Checkpoint { appliance, size: head.size, root: Digest(head.root) };
    // Written again it is the same, or it was another name.
    let same = log_name(&appliance).as_str() == origin;
    same.then_some(checkpoint).ok_or(NoteError::OtherLog)
}

/// The key of a ledger in words of signed-note; none for a name that is none.
#[must_use]
pub fn verifier_key<'n>(name: &'n LogName, key: &CheckpointKey) -> Option<Key<'n>> {
    match key {
        CheckpointKey::Ed25519(bytes) => Key::new(name, Kind::Ed25519, bytes).ok(),
        CheckpointKey::Esp256(point) => {
            let parts = P256_SPKI.iter().chain(point).copied();
            Key::new(name, Kind::Ecdsa, &parts.collect::<heapless::Vec<_, 91>>()).ok()
        }
    }
}

/// `SEQUENCE { INTEGER r, INTEGER s }` (RFC 3279, 2.2.3).
fn der_of(fixed: &[u8; 64]) -> Der {
    let (r, s) = fixed.split_at(32);
    let mut der = Der::new();
    // Two integers of at most 35 bytes each, after two bytes: it has room for exactly that.
    let _ = der.extend_from_slice(&[SEQUENCE, 0]);
    for number in [r, s] {
        let zeros = number.iter().take_while(|byte| **byte == 0).count().min(31);
        let digits = number.get(zeros..).unwrap_or_default();
        let sign = digits.first().is_some_and(|first| *first >= 0x80);
        let length = u8::try_from(digits.len()).unwrap_or(u8::MAX) + u8::from(sign);
        let _ = der.extend_from_slice(&[INTEGER, length]);
        let _ = if sign { der.push(0) } else { Ok(()) };
        let _ = der.extend_from_slice(digits);
    }
    let body = u8::try_from(der.len().saturating_sub(2)).unwrap_or(u8::MAX);
    if let Some(length) = der.get_mut(1) {
        *length = body;
    }
    der
}

/// `r || s`; none if the bytes are not the one DER of two numbers of P-256.
fn fixed_of(der: &[u8]) -> Option<[u8; 64]> {
    let mut fixed = [0; 64];
    let (r, s) = fixed.split_at_mut(32);
    let rest = integer(der.get(2..)?, r)?;
    integer(rest, s)?;
    (der_of(&fixed) == der).then_some(fixed)
}

/// Reads an integer into `number`, read generously: whoever calls looks whether it is written like this.
fn integer<'d>(der: &'d [u8], number: &mut [u8]) -> Option<&'d [u8]> {
    let (digits, rest) = der.get(2..)?.split_at_checked((*der.get(1)?).into())?;
    let digits = digits.get(digits.len().saturating_sub(number.len())..)?;
    let start = number.len().checked_sub(digits.len())?;
    number.get_mut(start..)?.copy_from_slice(digits);
    Some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(r: &[u8], s: &[u8]) -> [u8; 64] {
        let mut fixed = [0; 64];
        fixed[32 - r.len()..32].copy_from_slice(r);
        fixed[64 - s.len()..].copy_from_slice(s);
        fixed
    }

    #[test]
    fn numbers_are_written_in_their_shortest_form_and_read_again() {
        let cases: [([u8; 64], &[u8]); 3] = [
            (of(&[1], &[0x7f, 2]), &[0x30, 7, 2, 1, 1, 2, 2, 0x7f, 2]),
            (of(&[0x80], &[0, 0xff]), &[0x30, 8, 2, 2, 0, 0x80, 2, 2, 0, 0xff]),
            (of(&[], &[]), &[0x30, 6, 2, 1, 0, 2, 1, 0]),
        ];
        for (fixed, der) in cases {
            assert_eq!(der_of(&fixed), der);
            assert_eq!(fixed_of(der), Some(fixed));
        }
        let longest = der_of(&[0xff; 64]);
        assert_eq!((longest.len(), fixed_of(&longest)), (DER_BYTES_MAX, Some([0xff; 64])));
    }

    #[test]
    fn one_mutation_of_der_is_none() {
        assert!(fixed_of(&[0x30, 7, 2, 1, 1, 2, 2, 0x7f, 2]).is_some());
        let cases: [&[u8]; 7] = [
            &[0x31, 7, 2, 1, 1, 2, 2, 0x7f, 2],
            &[0x30, 8, 2, 1, 1, 2, 2, 0x7f, 2],
            &[0x30, 7, 3, 1, 1, 2, 2, 0x7f, 2],
            &[0x30, 7, 2, 1, 0x81, 2, 2, 0x7f, 2],
            &[0x30, 8, 2, 1, 1, 2, 3, 0, 0x7f, 2],
            &[0x30, 7, 2, 1, 1, 2, 2, 0x7f, 2, 0],
            &[0x30, 7, 2, 1, 1, 2, 2, 0x7f],
        ];
        for der in cases {
            assert_eq!(fixed_of(der), None, "{der:02x?}");
        }
    }
}
