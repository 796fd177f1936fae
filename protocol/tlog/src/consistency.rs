//! Consistency proofs: a tree is another one with more leaves at its end (RFC 9162, 2.1.4).

use crate::hash::{EMPTY_ROOT, Hash, node_hash};
use crate::nodes::{Nodes, split, subtree};
use crate::{Head, Path, ProofError, ProveError};

/// The proof that the tree of `new_size` leaves is the one of `old_size` with more at its end.
///
/// # Errors
/// [`ProveError`]; also out of tree is what a path has no room for: with more than 2^63 leaves, and from a
/// tree whose last leaf stands alone, a proof may have one hash more.
pub fn prove<N: Nodes>(
    nodes: &N,
    old_size: u64,
    new_size: u64,
) -> Result<Path, ProveError<N::Error>> {
    if old_size > new_size {
        return Err(ProveError::OutOfTree);
    }
    let mut path = Path::new();
    if old_size == 0 || old_size == new_size {
        return Ok(path);
    }
    let (mut from, mut to) = (0, new_size);
    // Down to where the older tree ends: at each step, what is beside the way there.
    while to != old_size {
        let middle = from + split(to - from);
        let beside = if old_size <= middle { (middle, to) } else { (from, middle) };
        let _ = path.push(subtree(nodes, beside.0, beside.1)?);
        (from, to) = if old_size <= middle { (from, middle) } else { (middle, to) };
    }
    // The older tree's last subtree; if it is the whole of it, its root is known already.
    if from > 0 {
        path.push(subtree(nodes, from, to)?).map_err(|_| ProveError::OutOfTree)?;
    }
    path.reverse();
    Ok(path)
}

/// The tree `new` is the tree `old` with more leaves at its end (RFC 9162, 2.1.4.2).
///
/// # Errors
/// [`ProofError`].
pub fn verify(old: &Head, new: &Head, path: &[Hash]) -> Result<(), ProofError> {
    if old.size > new.size {
        return Err(ProofError::OutOfTree);
    }
    if old.size == 0 || old.size == new.size {
        return verify_trivial(old, new, path);
    }
    let mut path = path.iter();
    let (mut place, mut last) = (old.size - 1, new.size - 1);
    while place % 2 == 1 {
        (place, last) = (place / 2, last / 2);
    }
    // An older tree that is one complete subtree is where the way begins.
    let first = if place == 0 { old.root } else { *path.next().ok_or(ProofError::Length)? };
    let (mut old_root, mut new_root) = (first, first);
    while last > 0 {
        if place % 2 == 1 {
            let left = path.next().ok_or(ProofError::Length)?;
            (old_root, new_root) = (node_hash(left, &old_root), node_hash(left, &new_root));
        } else if place < last {
            new_root = node_hash(&new_root, path.next().ok_or(ProofError::Length)?);
        }
        (place, last) = (place / 2, last / 2);
    }
    if path.next().is_some() {
        return Err(ProofError::Length);
    }
    same_roots((old_root, new_root), (old.root, new.root))
}

/// From an empty tree, or from a tree to itself, there is nothing to prove.
fn verify_trivial(old: &Head, new: &Head, path: &[Hash]) -> Result<(), ProofError> {
    if !path.is_empty() {
        return Err(ProofError::Length);
    }
    let expected = if old.size == new.size { new.root } else { EMPTY_ROOT };
    same_roots((old.root, new.root), (expected, new.root))
}

fn same_roots(reached: (Hash, Hash), stated: (Hash, Hash)) -> Result<(), ProofError> {
    if reached == stated { Ok(()) } else { Err(ProofError::Root) }
}
