//! Where a tree's hashes are found, and the hashes of what is not complete.
//!
//! Guarantee: whoever gives the complete subtrees of a tree gets every hash that a proof needs.

use crate::hash::{EMPTY_ROOT, Hash, node_hash};

/// The complete subtrees of a tree.
pub trait Nodes {
    /// Why a node could not be had.
    type Error;

    /// The root of the subtree over the leaves `index << level` up to `(index + 1) << level`; on level 0
    /// the leaf's hash. It is asked for nothing that is not wholly in the tree.
    ///
    /// # Errors
    /// If it cannot be had.
    fn node(&self, level: u32, index: u64) -> Result<Hash, Self::Error>;
}

/// The root of the tree over the first `size` leaves.
///
/// # Errors
/// What `nodes` says.
pub fn root<N: Nodes>(nodes: &N, size: u64) -> Result<Hash, N::Error> {
    subtree(nodes, 0, size)
}

/// `MTH(D[from:to])` (RFC 9162, 2.1.1), for a range as occurs in proofs: `from` is a multiple of the
/// smallest power of two that is not below its length.
///
/// # Errors
/// What `nodes` says.
pub fn subtree<N: Nodes>(nodes: &N, from: u64, to: u64) -> Result<Hash, N::Error> {
    // From the right, where the smallest are: each complete subtree is joined on the left of what there is.
    let mut joined = None;
    let mut left = to.saturating_sub(from);
    while left > 0 {
        let level = left.trailing_zeros();
        left &= left - 1;
        let hash = nodes.node(level, (from + left) >> level)?;
        joined = Some(joined.map_or(hash, |right| node_hash(&hash, &right)));
    }
    Ok(joined.unwrap_or(EMPTY_ROOT))
}

/// The largest power of two below `length`, which must be above 1 (RFC 9162, 2.1.1: `k`).
pub(crate) const fn split(length: u64) -> u64 {
    1 << (u64::BITS - 1 - (length - 1).leading_zeros())
}
