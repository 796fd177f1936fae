//! The right edge of a tree's tiles: those that are not full yet, which is all that appending needs.
//!
//! Guarantee: an edge that was loaded is that of the root that it says, and its entries are those of its hashes.

use std::io;

use countersign_tlog::bundle::{Bundle, prefix};
use countersign_tlog::tile::{TILE_HASHES, Tile, grown};
use countersign_tlog::{Frontier, Hash, leaf_hash};

use crate::disk::Disk;
use crate::folder::Folder;

/// Levels of the tree from one level of tiles to the next.
const TILE_LEVELS: u32 = 8;
/// Levels of tiles, in a tree of 2^64 leaves.
const LEVELS: usize = 8;

/// The tiles of each level that are not full, and the entries of the lowest.
#[derive(Clone, Debug, Default)]
pub(crate) struct Edge {
    tree: Frontier,
    tiles: [Vec<Hash>; LEVELS],
    bundle: Vec<u8>,
}

/// A file, with its path.
pub(crate) type Written = (String, Vec<u8>);

impl Edge {
    /// The tree.
    pub(crate) const fn tree(&self) -> &Frontier {
        &self.tree
    }

    /// Records in it.
    pub(crate) const fn size(&self) -> u64 {
        self.tree.size()
    }

    /// The edge of the tree of `size` leaves, from its files; none if one is missing or does not fit the others.
    pub(crate) fn load<D: Disk>(folder: &Folder<D>, size: u64) -> io::Result<Option<Self>> {
        let mut edge = Self::default();
        for (level, hashes) in (0..).zip(&mut edge.tiles) {
            let Some(tile) = partial(level, size) else { continue };
            let Some(read) = folder.tile(&tile)? else { return Ok(None) };
            hashes.extend_from_slice(&read);
        }
        if let Some(entries) = partial(0, size).and_then(|tile| tile.entries()) {
            edge.bundle = folder.bundle(&entries)?.unwrap_or_default();
        }
        let tree = edge.peaks().and_then(|peaks| Frontier::from_peaks(size, &peaks));
        let Some(tree) = tree.filter(|_| edge.has_its_entries()) else { return Ok(None) };
        edge.tree = tree;
        Ok(Some(edge))
    }

    /// The complete subtrees, the largest first: each lies within one tile.
    fn peaks(&self) -> Option<Vec<Hash>> {
        let mut peaks = Vec::new();
        for hashes in self.tiles.iter().rev() {
            let mut rest = hashes.as_slice();
            for level in (0..TILE_LEVELS).rev().filter(|level| hashes.len() >> level & 1 == 1) {
                let (peak, after) = rest.split_at_checked(1 << level)?;
                let mut tree = Frontier::new();
                peak.iter().for_each(|hash| tree.append(*hash, |_, _, _| ()));
                peaks.push(tree.root());
                rest = after;
            }
        }
        Some(peaks)
    }

    fn has_its_entries(&self) -> bool {
        let [leaves, ..] = &self.tiles;
        let width = u16::try_from(leaves.len()).unwrap_or(u16::MAX);
        let bundle = Bundle::parse(&self.bundle, width);
        bundle.is_some_and(|entries| entries.map(leaf_hash).eq(leaves.iter().copied()))
    }

    /// Appends a leaf, and gives the files that are full now; none for a leaf that is too long.
    pub(crate) fn append(&mut self, leaf: &[u8]) -> Option<Vec<Written>> {
        self.bundle.extend_from_slice(&prefix(leaf)?);
        self.bundle.extend_from_slice(leaf);
        let tiles = &mut self.tiles;
        self.tree.append(leaf_hash(leaf), |level, _, hash| {
            let at = usize::try_from(level / TILE_LEVELS).ok().filter(|_| level % TILE_LEVELS == 0);
            if let Some(tile) = at.and_then(|at| tiles.get_mut(at)) {
                tile.push(hash);
            }
        });
        Some(self.take_full())
    }

    /// The files that are full, and leaves their places empty.
    fn take_full(&mut self) -> Vec<Written> {
        let (size, mut full) = (self.tree.size(), Vec::new());
        for (level, hashes) in (0..).zip(&mut self.tiles) {
            if (hashes.len() as u64) < TILE_HASHES {
                continue;
            }
            let last = (size >> (TILE_LEVELS * level)) / TILE_HASHES;
            let tile = last.checked_sub(1).and_then(|index| Tile::of(level, index, size));
            let hashes = std::mem::take(hashes);
            full.extend(tile.map(|tile| (tile.to_string(), hashes.concat())));
            if let Some(entries) = tile.and_then(|tile| tile.entries()) {
                full.push((entries.to_string(), std::mem::take(&mut self.bundle)));
            }
        }
        full
    }

    /// The files of tiles that are not full and have grown since the tree had `old_size` leaves.
    pub(crate) fn partial(&self, old_size: u64) -> impl Iterator<Item = Written> {
        let partial = grown(old_size, self.size()).filter(|tile| !tile.is_full());
        partial.flat_map(|tile| {
            let hashes = usize::try_from(tile.level()).ok().and_then(|at| self.tiles.get(at));
            let hashes = hashes.map(|hashes| (tile.to_string(), hashes.concat()));
            let bundle = tile.entries().map(|entries| (entries.to_string(), self.bundle.clone()));
            hashes.into_iter().chain(bundle)
        })
    }
}

/// The tile of a level that is not full in the tree of `size` leaves.
fn partial(level: u32, size: u64) -> Option<Tile> {
    let index = (size >> (TILE_LEVELS * level)) / TILE_HASHES;
    Tile::of(level, index, size)
}

/// The folders of what was not full in the tree of `old_size` leaves, and is in that of `new_size`.
pub(crate) fn superseded(old_size: u64, new_size: u64) -> impl Iterator<Item = String> {
    let full = (0..).take(LEVELS).filter_map(move |level| {
        let old = partial(level, old_size)?;
        Tile::of(level, old.index(), new_size).filter(Tile::is_full)
    });
    full.flat_map(|tile| {
        let entries = tile.entries().map(|entries| entries.to_string());
        [Some(tile.to_string()), entries].into_iter().flatten().map(|path| format!("{path}.p"))
    })
}
