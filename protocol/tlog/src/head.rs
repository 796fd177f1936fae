//! What a tree comes down to.

use crate::Hash;

/// How many leaves, and the root over them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Leaves.
    pub size: u64,
    /// The root (RFC 9162, 2.1.1).
    pub root: Hash,
}
