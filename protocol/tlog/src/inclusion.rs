//! Inclusion proofs: a leaf is in a tree (RFC 9162, 2.1.3).

use crate::hash::{Hash, node_hash};
use crate::nodes::{Nodes, split, subtree};
use crate::{Head, Path, ProofError, ProveError};

/// The path of the leaf at `index` in the tree of `size` leaves, from the leaf up.
///
/// # Errors
/// [`ProveError`].
pub fn prove<N: Nodes>(nodes: &N, index: u64, size: u64) -> Result<Path, ProveError<N::Error>> {
    if index >= size {
        return Err(ProveError::OutOfTree);
    }
    let mut path = Path::new();
    let (mut from, mut to) = (0, size);
    while to - from > 1 {
        let middle = from + split(to - from);
        let beside = if index < middle { (middle, to) } else { (from, middle) };
        // A tree of 2^64 leaves has 64 levels.
        let _ = path.push(subtree(nodes, beside.0, beside.1)?);
        (from, to) = if index < middle { (from, middle) } else { (middle, to) };
    }
    path.reverse();
    Ok(path)
}

/// The root that a path leads to (RFC 9162, 2.1.3.2).
///
/// # Errors
/// [`ProofError::OutOfTree`] and [`ProofError::Length`].
pub fn root(leaf: &Hash, index: u64, size: u64, path: &[Hash]) -> Result<Hash, ProofError> {
    let (mut place, mut last) = (index, last_of(index, size)?);
    let (mut hash, mut path) = (*leaf, path.iter());
    while last > 0 {
        if place % 2 == 1 {
            hash = node_hash(path.next().ok_or(ProofError::Length)?, &hash);
        } else if place < last {
            hash = node_hash(&hash, path.next().ok_or(ProofError::Length)?);
        }
        (place, last) = (place / 2, last / 2);
    }
    path.next().map_or(Ok(hash), |_| Err(ProofError::Length))
}

/// The leaf with this hash is at `index` of this tree.
///
/// # Errors
/// [`ProofError`].
pub fn verify(leaf: &Hash, index: u64, path: &[Hash], head: &Head) -> Result<(), ProofError> {
    let reached = root(leaf, index, head.size, path)?;
    if reached == head.root { Ok(()) } else { Err(ProofError::Root) }
}

/// The index of the last leaf, if `index` is within the tree.
fn last_of(index: u64, size: u64) -> Result<u64, ProofError> {
    size.checked_sub(1).filter(|last| index <= *last).ok_or(ProofError::OutOfTree)
}
