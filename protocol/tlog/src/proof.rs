//! Proofs that something is in a log, for checking offline (C2SP tlog-proof).
//!
//! Guarantee: what is read is written again byte for byte. Nothing is verified here: that the checkpoint is
//! the log's and its witnesses', and that the path leads to its root, is for whoever reads the proof. The
//! extra data is authentic by nothing.

use core::fmt;

use base64ct::{Base64, Encoding as _};

use crate::base64::pieces;
use crate::checkpoint::number;
use crate::hash_lines::{self, HashLines};
use crate::note::NOTE_BYTES_MAX;
use crate::{PATH_MAX, Path, TextError};

const HEADER: &str = "c2sp.org/tlog-proof@v1";
/// Extra data in base64, at most.
pub const EXTRA_TEXT_BYTES_MAX: usize = 128 * 1024;
/// A proof, at most: header, extra data, index, path, empty line, note.
pub const PROOF_BYTES_MAX: usize = HEADER.len()
    + 1
    + "extra \n".len()
    + EXTRA_TEXT_BYTES_MAX
    + "index \n".len()
    + 20
    + 45 * PATH_MAX
    + 1
    + NOTE_BYTES_MAX;

/// A proof's parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof<'p> {
    /// What came along, if anything did.
    pub extra: Option<Extra<'p>>,
    /// The index of the entry.
    pub index: u64,
    /// From the entry's leaf to the checkpoint's root.
    pub path: Path,
    /// The signed checkpoint, as a [`crate::note::Note`] is read from.
    pub checkpoint: &'p str,
}

/// Bytes of which a proof says nothing, in base64.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extra<'p>(&'p str);

impl<'p> Extra<'p> {
    /// These bytes; none if there is no room for their base64, or they are too many.
    #[must_use]
    pub fn new(bytes: &[u8], room: &'p mut [u8]) -> Option<Self> {
        let text = Base64::encode(bytes, room).ok()?;
        (text.len() <= EXTRA_TEXT_BYTES_MAX).then_some(Self(text))
    }

    /// Its bytes; none if there is no room for them.
    #[must_use]
    pub fn bytes<'r>(&self, room: &'r mut [u8]) -> Option<&'r [u8]> {
        Base64::decode(self.0, room).ok()
    }

    fn parse(text: &'p str) -> Result<Self, TextError> {
        if text.len() > EXTRA_TEXT_BYTES_MAX {
            return Err(TextError::TooLong);
        }
        pieces(text, |_| ()).map(|()| Self(text)).ok_or(TextError::Base64)
    }
}

impl<'p> Proof<'p> {
    /// What a proof says (tlog-proof, "Format").
    ///
    /// # Errors
    /// [`TextError`].
    pub fn parse(text: &'p str) -> Result<Self, TextError> {
        if text.len() > PROOF_BYTES_MAX {
            return Err(TextError::TooLong);
        }
        let rest = text.strip_prefix(HEADER).and_then(|rest| rest.strip_prefix('\n'));
        let (mut line, mut rest) =
            rest.and_then(|rest| rest.split_once('\n')).ok_or(TextError::Shape)?;
        let extra = line.strip_prefix("extra ").map(Extra::parse).transpose()?;
        if extra.is_some() {
            (line, rest) = rest.split_once('\n').ok_or(TextError::Shape)?;
        }
        let index = line.strip_prefix("index ").ok_or(TextError::Shape)?;
        let index = number(index).ok_or(TextError::Number)?;
        let (path, checkpoint) = hash_lines::parse(rest)?;
        Ok(Self { extra, index, path, checkpoint })
    }
}

impl fmt::Display for Proof<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        if let Some(extra) = self.extra {
            writeln!(f, "extra {}", extra.0)?;
        }
        writeln!(f, "index {}", self.index)?;
        write!(f, "{}\n{}", HashLines(&self.path), self.checkpoint)
    }
}
