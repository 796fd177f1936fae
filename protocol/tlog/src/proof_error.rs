//! Why a proof does not hold, and why none could be made.

use core::fmt;

/// Why a proof does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofError {
    /// The index or the older size is not within the tree.
    OutOfTree,
    /// It has more or fewer hashes than the tree asks for.
    Length,
    /// It leads to another root than the tree's, or than that of one of the two trees.
    Root,
}

impl fmt::Display for ProofError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OutOfTree => "the proof is about something that is not within the tree",
            Self::Length => "the proof has another number of hashes than the tree asks for",
            Self::Root => "the proof leads to another root",
        })
    }
}

impl core::error::Error for ProofError {}

/// Why no proof could be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProveError<E> {
    /// The index or the older size is not within the tree.
    OutOfTree,
    /// A node could not be had.
    Node(E),
}

impl<E> From<E> for ProveError<E> {
    fn from(error: E) -> Self {
        Self::Node(error)
    }
}
