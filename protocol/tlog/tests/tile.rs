//! Tiles: the examples of C2SP tlog-tiles, what a tree that grows needs written, and strict paths.

#![allow(clippy::unwrap_used, reason = "these are tests: what they did not expect must stop them")]

use std::collections::BTreeMap;

use countersign_tlog::tile::{Entries, TILE_HASHES, Tile, grown};
use proptest::prelude::*;

fn paths(old_size: u64, new_size: u64) -> Vec<String> {
    grown(old_size, new_size).map(|tile| tile.to_string()).collect()
}

/// tlog-tiles, "Partial Tiles".
#[test]
fn a_tree_of_seventy_thousand_has_the_tiles_of_the_specification() {
    let tiles: Vec<_> = grown(0, 70_000).collect();
    let count = |level, full| {
        tiles.iter().filter(|tile| tile.level() == level && tile.is_full() == full).count()
    };
    assert_eq!([count(0, true), count(1, true), count(2, true)], [273, 1, 0]);
    let partial: Vec<_> =
        tiles.iter().filter(|tile| !tile.is_full()).map(Tile::to_string).collect();
    assert_eq!(partial, ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"]);
}

#[test]
fn a_tree_of_one_full_tile_has_one_hash_above_it() {
    assert_eq!(paths(0, 256), ["tile/0/000", "tile/1/000.p/1"]);
}

#[test]
fn what_grew_is_told_and_nothing_else() {
    assert_eq!(paths(0, 0), [""; 0]);
    assert_eq!(paths(5, 5), [""; 0]);
    assert_eq!(paths(7, 5), [""; 0]);
    assert_eq!(paths(0, 1), ["tile/0/000.p/1"]);
    assert_eq!(paths(254, 255), ["tile/0/000.p/255"]);
    assert_eq!(paths(255, 257), ["tile/0/000", "tile/0/001.p/1", "tile/1/000.p/1"]);
    assert_eq!(paths(256, 257), ["tile/0/001.p/1"]);
    assert_eq!(paths(65_535, 65_536), ["tile/0/255", "tile/1/000", "tile/2/000.p/1"]);
}

#[test]
fn the_largest_trees_have_eight_levels() {
    let tiles: Vec<_> = grown(u64::MAX - 1, u64::MAX).collect();
    assert_eq!(tiles.len(), 1);
    let top = Tile::of(7, 0, u64::MAX).unwrap();
    assert_eq!(top.to_string(), "tile/7/000.p/255");
    assert_eq!(Tile::of(8, 0, u64::MAX), None);
    let last = Tile::of(0, u64::MAX / TILE_HASHES, u64::MAX).unwrap();
    assert_eq!(last.to_string(), "tile/0/x072/x057/x594/x037/x927/935.p/255");
    assert_eq!(Tile::parse(&last.to_string()), Some(last));
}

/// tlog-tiles, "Merkle Tree": the example of a path.
#[test]
fn an_index_is_written_in_elements_of_three_digits() {
    let tile = Tile::of(0, 1_234_067, 1_234_068 * TILE_HASHES).unwrap();
    assert_eq!(tile.to_string(), "tile/0/x001/x234/067");
    assert_eq!(tile.entries().unwrap().to_string(), "tile/entries/x001/x234/067");
    assert_eq!(Tile::of(1, 0, 256).unwrap().entries(), None);
}

#[test]
fn a_tile_is_made_of_its_nodes() {
    let tile = Tile::of(1, 2, 515 * 256).unwrap();
    assert_eq!(tile.nodes().collect::<Vec<_>>(), [(8, 512), (8, 513), (8, 514)]);
}

#[test]
fn what_is_not_exactly_a_path_is_not_read() {
    assert!(Tile::parse("tile/0/x001/x234/067.p/5").is_some());
    for path in [
        "",
        "tile/0",
        "tile/0/",
        "/tile/0/067",
        "tile/00/067",
        "tile/8/000",
        "tile/64/000",
        "tile/4294967296/000",
        "tile/-1/067",
        "tile/0/67",
        "tile/0/0067",
        "tile/0/x067",
        "tile/0/xx67",
        "tile/0/+67",
        "tile/0/x000/067",
        "tile/0/x01/067",
        "tile/0/001/067",
        "tile/0/x001/067/",
        "tile/0/x001//067",
        "tile/0/067.p/",
        "tile/0/067.p/0",
        "tile/0/067.p/05",
        "tile/0/067.p/256",
        "tile/0/067.p/257",
        "tile/0/067.p/+5",
        "tile/0/067.p/5.p/5",
        "tile/0/067.p/5 ",
        // Past what a tree can have.
        "tile/0/x072/x057/x594/x037/x927/935",
        "tile/7/001",
        "tile/0/x018/x446/x744/x073/x709/x551/616",
    ] {
        assert_eq!(Tile::parse(path), None, "{path:?}");
    }
    for path in ["tile/entries/67", "tile/entries/", "tile/0/067", "tile/entries/067.p/256"] {
        assert_eq!(Entries::parse(path), None, "{path:?}");
    }
}

proptest! {
    #[test]
    fn a_path_is_read_back(level in 0_u32..8, index in any::<u64>(), size in any::<u64>(), shift in 0_u32..64) {
        if let Some(tile) = Tile::of(level, index >> shift, size) {
            prop_assert_eq!(Tile::parse(&tile.to_string()), Some(tile));
            if let Some(entries) = tile.entries() {
                prop_assert_eq!(Entries::parse(&entries.to_string()), Some(entries));
                prop_assert_eq!(entries.tile(), tile);
            }
        }
    }

    /// Whoever writes what grew, step by step, ends with the tiles of the whole tree.
    #[test]
    fn a_log_that_writes_what_grew_has_every_tile(steps in prop::collection::vec(0_u64..3_000, 0..40)) {
        let (mut size, mut written) = (0, BTreeMap::new());
        for step in steps {
            for tile in grown(size, size + step) {
                let before = written.insert((tile.level(), tile.index()), tile.width());
                prop_assert!(before.is_none_or(|before| before < tile.width()));
            }
            size += step;
        }
        let whole = grown(0, size).map(|tile| ((tile.level(), tile.index()), tile.width()));
        prop_assert_eq!(written, whole.collect::<BTreeMap<_, _>>());
    }
}
