//! A tree's nodes, read out of its tiles.
//!
//! Guarantees: a proof reads at most three tiles of each level, so that its cost grows with the number of
//! levels alone; a tile with another number of hashes than it should have is refused. Whether the hashes are
//! the tree's is for whoever verifies the proof.

use core::cell::RefCell;

use crate::tile::{TILE_HASHES, TILE_LEVELS, Tile};
use crate::{Frontier, Hash, Nodes};

/// The hashes of a tile.
pub type TileHashes = heapless::Vec<Hash, { TILE_HASHES as usize }>;

/// Where tiles are found.
pub trait Tiles {
    /// Why a tile could not be had.
    type Error;

    /// The hashes of a tile.
    ///
    /// # Errors
    /// If they cannot be had.
    fn tile(&self, tile: &Tile) -> Result<TileHashes, Self::Error>;
}

/// Why a node could not be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TileError<E> {
    /// Its tile could not.
    Source(E),
    /// Its tile has another number of hashes than it should have, or the tree is too small for it.
    Width,
}

/// The nodes of a tree of one size. It keeps the tile that it read last: what a proof asks for one after the
/// other is mostly of the same one.
pub struct TileNodes<'t, T> {
    tiles: &'t T,
    size: u64,
    last: RefCell<Option<(Tile, TileHashes)>>,
}

impl<'t, T: Tiles> TileNodes<'t, T> {
    /// Of the tree with `size` leaves.
    pub const fn new(tiles: &'t T, size: u64) -> Self {
        Self { tiles, size, last: RefCell::new(None) }
    }

    /// The root over `count` hashes of a tile, from its `first`.
    fn root(&self, tile: Tile, first: u64, count: u64) -> Result<Hash, TileError<T::Error>> {
        let mut last = self.last.borrow_mut();
        let hashes = match last.take().filter(|(read, _)| *read == tile) {
            Some((_, hashes)) => hashes,
            None => self.tiles.tile(&tile).map_err(TileError::Source)?,
        };
        let (_, hashes) = last.insert((tile, hashes));
        if hashes.len() != usize::from(tile.width()) {
            return Err(TileError::Width);
        }
        let mut tree = Frontier::new();
        for place in first..first + count {
            let hash = usize::try_from(place).ok().and_then(|place| hashes.get(place));
            tree.append(*hash.ok_or(TileError::Width)?, |_, _, _| ());
        }
        Ok(tree.root())
    }
}

impl<T: Tiles> Nodes for TileNodes<'_, T> {
    type Error = TileError<T::Error>;

    fn node(&self, level: u32, index: u64) -> Result<Hash, Self::Error> {
        let within = level % TILE_LEVELS;
        let first = index.checked_mul(1 << within).ok_or(TileError::Width)?;
        let tile = Tile::of(level / TILE_LEVELS, first / TILE_HASHES, self.size);
        self.root(tile.ok_or(TileError::Width)?, first % TILE_HASHES, 1 << within)
    }
}
