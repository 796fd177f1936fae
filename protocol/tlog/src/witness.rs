//! What a log asks a witness to cosign (C2SP tlog-witness, `add-checkpoint`).
//!
//! Guarantee: what is read is written again byte for byte. Nothing is verified here.

use core::fmt;

use crate::checkpoint::number;
use crate::hash_lines::{self, HashLines};
use crate::note::NOTE_BYTES_MAX;
use crate::{Path, TextError};

/// Hashes that a client may send.
const HASHES_MAX: usize = 63;
/// A request, at most: old size, hashes, empty line, note.
pub const REQUEST_BYTES_MAX: usize = "old \n".len() + 20 + 45 * HASHES_MAX + 1 + NOTE_BYTES_MAX;

/// The body of a request to cosign a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddCheckpoint<'r> {
    /// The size that the witness has cosigned last, as far as the log knows; 0 for none.
    pub old_size: u64,
    /// From the tree of that size to the checkpoint's.
    pub path: Path,
    /// The checkpoint with the log's signature, as a [`crate::note::Note`] is read from.
    pub checkpoint: &'r str,
}

impl<'r> AddCheckpoint<'r> {
    /// What a request says.
    ///
    /// # Errors
    /// [`TextError`].
    pub fn parse(body: &'r str) -> Result<Self, TextError> {
        if body.len() > REQUEST_BYTES_MAX {
            return Err(TextError::TooLong);
        }
        let (line, rest) = body.split_once('\n').ok_or(TextError::Shape)?;
        let old_size = line.strip_prefix("old ").ok_or(TextError::Shape)?;
        let old_size = number(old_size).ok_or(TextError::Number)?;
        let (path, checkpoint) = hash_lines::parse(rest)?;
        let few = path.len() <= HASHES_MAX;
        few.then_some(Self { old_size, path, checkpoint }).ok_or(TextError::TooLong)
    }
}

impl fmt::Display for AddCheckpoint<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old_size)?;
        write!(f, "{}\n{}", HashLines(&self.path), self.checkpoint)
    }
}
