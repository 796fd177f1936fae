//! Proofs read out of tiles beside those of a tree in memory, across the borders of tiles.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "these are tests: what they did not expect must stop them"
)]

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use countersign_tlog::tile::{Tile, grown};
use countersign_tlog::{
    Frontier, Hash, Head, Nodes, ProveError, TileError, TileHashes, TileNodes, Tiles, consistency,
    inclusion, leaf_hash, root,
};
use proptest::prelude::*;

/// Past two levels of full tiles.
const LEAVES: u64 = 66_300;

/// A tree in memory.
struct Memory(HashMap<(u32, u64), Hash>);

static TREE: LazyLock<Memory> = LazyLock::new(|| {
    let (mut tree, mut nodes) = (Frontier::new(), HashMap::new());
    for leaf in 0..LEAVES {
        tree.append(leaf_hash(&leaf.to_be_bytes()), |level, index, hash| {
            nodes.insert((level, index), hash);
        });
    }
    Memory(nodes)
});

impl Nodes for Memory {
    type Error = ();

    fn node(&self, level: u32, index: u64) -> Result<Hash, ()> {
        self.0.get(&(level, index)).copied().ok_or(())
    }
}

/// The tiles of the tree of one size, and which of them were read.
struct Published {
    paths: BTreeSet<String>,
    read: RefCell<Vec<Tile>>,
}

impl Published {
    fn of(size: u64) -> Self {
        let paths = grown(0, size).map(|tile| tile.to_string()).collect();
        Self { paths, read: RefCell::default() }
    }
}

impl Tiles for Published {
    type Error = String;

    fn tile(&self, tile: &Tile) -> Result<TileHashes, String> {
        self.read.borrow_mut().push(*tile);
        let path = tile.to_string();
        self.paths.get(&path).ok_or(path)?;
        Ok(tile.nodes().map(|(level, index)| TREE.node(level, index).unwrap()).collect())
    }
}

fn head(size: u64) -> Head {
    Head { size, root: root(&*TREE, size).unwrap() }
}

/// Levels of tiles that a tree has.
fn levels(size: u64) -> usize {
    grown(0, size).map(|tile| tile.level() as usize + 1).max().unwrap_or(0)
}

fn check(old: u64, index: u64, size: u64) {
    let published = Published::of(size);
    let nodes = TileNodes::new(&published, size);
    assert_eq!(root(&nodes, size).unwrap(), head(size).root);
    assert!(published.read.take().len() <= levels(size));

    let path = inclusion::prove(&nodes, index, size).unwrap();
    assert_eq!(path, inclusion::prove(&*TREE, index, size).unwrap(), "{index} {size}");
    let leaf = leaf_hash(&index.to_be_bytes());
    assert_eq!(inclusion::verify(&leaf, index, &path, &head(size)), Ok(()));
    assert!(published.read.take().len() <= 3 * levels(size), "{index} {size}");

    let path = consistency::prove(&nodes, old, size).unwrap();
    assert_eq!(path, consistency::prove(&*TREE, old, size).unwrap(), "{old} {size}");
    assert_eq!(consistency::verify(&head(old), &head(size), &path), Ok(()));
    assert!(published.read.take().len() <= 3 * levels(size), "{old} {size}");
}

#[test]
fn at_the_borders_of_tiles() {
    let near = |border: u64| [border - 1, border, border + 1];
    let borders = [256, 512, 32_768, 65_280, 65_536, 65_792].map(near);
    for size in borders.into_iter().flatten().chain([1, 2, 3, 255, LEAVES]) {
        for place in borders.into_iter().flatten().chain([0, 1, size / 3, size - 1]) {
            check(place.min(size), place.min(size - 1), size);
        }
    }
}

proptest! {
    #[test]
    fn anywhere(size in 1..=LEAVES, place in any::<u64>(), old in any::<u64>()) {
        check(old % (size + 1), place % size, size);
    }
}

#[test]
fn a_tile_that_is_not_there_is_named() {
    let mut published = Published::of(300);
    published.paths.remove("tile/0/001.p/44");
    let nodes = TileNodes::new(&published, 300);
    let missing = ProveError::Node(TileError::Source("tile/0/001.p/44".to_owned()));
    assert_eq!(inclusion::prove(&nodes, 3, 300), Err(missing));
}

/// A tile with a hash less than it should have.
struct Short;

impl Tiles for Short {
    type Error = ();

    fn tile(&self, tile: &Tile) -> Result<TileHashes, ()> {
        Ok(tile.nodes().skip(1).map(|_| leaf_hash(b"")).collect())
    }
}

#[test]
fn a_tile_of_another_width_is_refused() {
    let nodes = TileNodes::new(&Short, 300);
    assert_eq!(inclusion::prove(&nodes, 3, 300), Err(ProveError::Node(TileError::Width)));
    assert_eq!(nodes.node(0, 300), Err(TileError::Width), "outside of the tree");
}
