//! The Merkle tree as the model reads RFC 9162: its own, which shares nothing with the appliance's.

use super::reading::hash;

type Hash = [u8; 32];

fn node(left: &Hash, right: &Hash) -> Hash {
    hash(&[&[1], left, right])
}

/// A tree that grows: the roots of its complete subtrees with their sizes, the largest first.
#[derive(Default)]
pub(super) struct Tree(Vec<(u64, Hash)>);

impl Tree {
    /// Appends a leaf: as long as the last two subtrees are of one size, they become one.
    pub(super) fn push(&mut self, leaf: Hash) {
        self.0.push((1, leaf));
        while let [.., (left_size, left), (right_size, right)] = *self.0.as_slice()
            && left_size == right_size
        {
            self.0.truncate(self.0.len() - 2);
            self.0.push((left_size + right_size, node(&left, &right)));
        }
    }

    /// Its leaves.
    pub(super) fn size(&self) -> u64 {
        self.0.iter().map(|(size, _)| size).sum()
    }

    /// Its root (RFC 9162, 2.1.1).
    pub(super) fn root(&self) -> Hash {
        let mut hashes = self.0.iter().rev().map(|(_, hash)| *hash);
        let last = hashes.next().unwrap_or_else(|| hash(&[]));
        hashes.fold(last, |right, left| node(&left, &right))
    }
}

/// The root that a path leads to (RFC 9162, 2.1.3.2).
pub(super) fn root_of(leaf: Hash, index: u64, size: u64, path: &[Hash]) -> Option<Hash> {
    let (mut place, mut last) = (index, size.checked_sub(1).filter(|last| index <= *last)?);
    let (mut hash, mut path) = (leaf, path.iter());
    while last > 0 {
        if place % 2 == 1 {
            hash = node(path.next()?, &hash);
        } else if place < last {
            hash = node(&hash, path.next()?);
        }
        (place, last) = (place / 2, last / 2);
    }
    path.next().is_none().then_some(hash)
}
