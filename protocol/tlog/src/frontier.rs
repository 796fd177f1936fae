//! The right edge of a tree: enough to append to it, and to know its root.

use crate::hash::{EMPTY_ROOT, Hash, node_hash};
use crate::{Head, PATH_MAX};

/// A tree's complete subtrees, the largest first: as many as its size has ones in binary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    peaks: heapless::Vec<Hash, PATH_MAX>,
}

impl Default for Frontier {
    fn default() -> Self {
        Self::new()
    }
}

impl Frontier {
    /// The edge of a tree without leaves.
    #[must_use]
    pub const fn new() -> Self {
        Self { size: 0, peaks: heapless::Vec::new() }
    }

    /// The edge of a tree of `size` leaves with these complete subtrees, the largest first; none if there
    /// are more or fewer of them than such a tree has.
    #[must_use]
    pub fn from_peaks(size: u64, peaks: &[Hash]) -> Option<Self> {
        let counted = peaks.len() as u64 == u64::from(size.count_ones());
        let peaks = heapless::Vec::from_slice(peaks).ok()?;
        counted.then_some(Self { size, peaks })
    }

    /// Leaves.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The root (RFC 9162, 2.1.1).
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        let last = peaks.next().copied().unwrap_or(EMPTY_ROOT);
        peaks.fold(last, |right, left| node_hash(left, &right))
    }

    /// Size and root.
    #[must_use]
    pub fn head(&self) -> Head {
        Head { size: self.size, root: self.root() }
    }

    /// Appends a leaf by its hash. `grown` is told every node that is complete now, the leaf first, then up:
    /// its level, its index there, its hash.
    pub fn append(&mut self, leaf: Hash, mut grown: impl FnMut(u32, u64, Hash)) {
        let (mut hash, mut index) = (leaf, self.size);
        grown(0, index, hash);
        for level in 1..=self.size.trailing_ones() {
            let Some(left) = self.peaks.pop() else { break };
            (hash, index) = (node_hash(&left, &hash), index / 2);
            grown(level, index, hash);
        }
        // A peak for each one of a number of 64 bits.
        let _ = self.peaks.push(hash);
        self.size = self.size.saturating_add(1);
    }

    /// The complete subtrees, the largest first: level, index there, hash.
    pub fn peaks(&self) -> impl Iterator<Item = (u32, u64, Hash)> {
        let size = self.size;
        let levels = (0..u64::BITS).rev().filter(move |level| size >> level & 1 == 1);
        // Of a level's subtrees the last one is the peak, and their number is odd.
        levels.zip(&self.peaks).map(move |(level, hash)| (level, (size >> level) - 1, *hash))
    }
}
