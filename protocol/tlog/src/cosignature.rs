//! What a witness signs of a checkpoint (C2SP tlog-cosignature).
//!
//! Guarantee: each kind of message begins with a header of its own, so that no signature over one is over
//! another, or over a checkpoint itself; and it is over the checkpoint's every byte.

use core::fmt::Write as _;

use crate::TextError;
use crate::checkpoint::{self, ORIGIN_BYTES_MAX, TEXT_BYTES_MAX};
use crate::key::NAME_BYTES_MAX;

/// A time, at most: 2^63 - 1 seconds.
pub const TIME_S_MAX: u64 = u64::MAX >> 1;

const ED25519_HEADER: &str = "cosignature/v1\ntime ";
const ED25519_BYTES_MAX: usize = ED25519_HEADER.len() + 20 + 1 + TEXT_BYTES_MAX;
const ML_DSA_LABEL: &[u8; 12] = b"subtree/v1\n\0";
/// Label, name, time, origin, start, end, hash.
const ML_DSA_BYTES_MAX: usize =
    ML_DSA_LABEL.len() + 1 + NAME_BYTES_MAX + 8 + 1 + ORIGIN_BYTES_MAX + 8 + 8 + 32;
/// What a witness signs, at most.
pub const COSIGNED_BYTES_MAX: usize =
    if ML_DSA_BYTES_MAX > ED25519_BYTES_MAX { ML_DSA_BYTES_MAX } else { ED25519_BYTES_MAX };

/// What a witness signs.
pub type Cosigned = heapless::Vec<u8, COSIGNED_BYTES_MAX>;

/// What an Ed25519 witness signs: two lines, and the checkpoint ("Ed25519 signed message").
///
/// # Errors
/// [`TextError::Checkpoint`] if the text is none, [`TextError::Signature`] for a time out of range.
pub fn ed25519(time_s: u64, checkpoint: &str) -> Result<Cosigned, TextError> {
    checkpoint::parse(checkpoint).ok_or(TextError::Checkpoint)?;
    let mut message = Cosigned::new();
    in_range(time_s)?;
    write!(message, "{ED25519_HEADER}{time_s}\n{checkpoint}").map_err(|_| TextError::Checkpoint)?;
    Ok(message)
}

/// What an ML-DSA-44 witness signs: a `cosigned_message` of a whole tree ("ML-DSA-44 signed message"). At
/// the time 0 it does not say that it knows no larger tree.
///
/// # Errors
/// [`TextError::Checkpoint`] if the text is none, [`TextError::Signature`] for a time out of range,
/// [`TextError::Name`] for a witness's name of no or more than 255 bytes.
pub fn ml_dsa_44(witness: &str, time_s: u64, checkpoint: &str) -> Result<Cosigned, TextError> {
    let checkpoint = checkpoint::parse(checkpoint).ok_or(TextError::Checkpoint)?;
    in_range(time_s)?;
    let (origin, head) = (checkpoint.origin, checkpoint.head);
    let lengths = (length(witness)?, length(origin)?);
    let parts: [&[u8]; 9] = [
        ML_DSA_LABEL,
        &lengths.0,
        witness.as_bytes(),
        &time_s.to_be_bytes(),
        &lengths.1,
        origin.as_bytes(),
        &0_u64.to_be_bytes(),
        &head.size.to_be_bytes(),
        &head.root,
    ];
    Ok(parts.into_iter().flatten().copied().collect())
}

/// The length of a text in one byte, from 1 (RFC 8446, 3.4).
fn length(text: &str) -> Result<[u8; 1], TextError> {
    u8::try_from(text.len())
        .ok()
        .filter(|length| *length > 0)
        .map(|length| [length])
        .ok_or(TextError::Name)
}

fn in_range(time_s: u64) -> Result<(), TextError> {
    if time_s <= TIME_S_MAX { Ok(()) } else { Err(TextError::Signature) }
}
