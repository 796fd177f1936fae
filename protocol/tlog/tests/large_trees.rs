//! Trees as large as a number can say: of leaves that are all the same, so that a node is known by its level.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "these are tests: what they did not expect must stop them"
)]

use std::convert::Infallible;
use std::sync::LazyLock;

use countersign_tlog::{
    Frontier, Hash, Head, Nodes, PATH_MAX, ProveError, consistency, inclusion, leaf_hash,
    node_hash, root,
};

struct Uniform;

static LEVELS: LazyLock<Vec<Hash>> = LazyLock::new(|| {
    let above = |hash: &Hash| Some(node_hash(hash, hash));
    std::iter::successors(Some(leaf_hash(b"")), above).take(64).collect()
});

impl Nodes for Uniform {
    type Error = Infallible;

    fn node(&self, level: u32, _: u64) -> Result<Hash, Infallible> {
        Ok(LEVELS[level as usize])
    }
}

fn head(size: u64) -> Head {
    let Ok(root) = root(&Uniform, size);
    Head { size, root }
}

/// Near every power of two.
fn sizes() -> impl Iterator<Item = u64> {
    let near = |power: u64| [power - 1, power, power + 1];
    (1..64).map(|bit| 1 << bit).flat_map(near).chain([u64::MAX - 1, u64::MAX])
}

#[test]
fn leaves_are_in_trees_of_any_size() {
    let leaf = leaf_hash(b"");
    for size in sizes() {
        for index in
            [0, 1, size / 3, size / 2, size - size.min(2), size - 1].map(|index| index % size)
        {
            let path = inclusion::prove(&Uniform, index, size).unwrap();
            assert_eq!(
                inclusion::verify(&leaf, index, &path, &head(size)),
                Ok(()),
                "{index} {size}"
            );
        }
    }
    let path = inclusion::prove(&Uniform, 0, u64::MAX).unwrap();
    assert_eq!(path.len(), PATH_MAX);
}

#[test]
fn trees_of_any_size_that_can_be_proved_are_consistent() {
    for new in sizes().filter(|size| *size <= 1 << 63) {
        for old in sizes().filter(|old| *old <= new) {
            let path = consistency::prove(&Uniform, old, new).unwrap();
            assert_eq!(consistency::verify(&head(old), &head(new), &path), Ok(()), "{old} {new}");
        }
    }
}

/// One hash more than a path has room for: refused, and not cut short.
#[test]
fn a_proof_without_room_for_its_last_hash_is_not_made() {
    let proved = consistency::prove(&Uniform, 3, u64::MAX).map(|path| path.len());
    assert_eq!(proved, Err(ProveError::OutOfTree));
    let path = consistency::prove(&Uniform, 3, 1 << 63).unwrap();
    assert_eq!(path.len(), PATH_MAX);
}

#[test]
fn a_frontier_goes_on_from_any_size() {
    let leaf = leaf_hash(b"");
    for size in sizes().filter(|size| *size < u64::MAX) {
        let levels = (0..u64::BITS).rev().filter(|level| size >> level & 1 == 1);
        let peaks: Vec<_> = levels.map(|level| Uniform.node(level, 0).unwrap()).collect();
        let mut tree = Frontier::from_peaks(size, &peaks).unwrap();
        assert_eq!(tree.head(), head(size));
        tree.append(leaf, |level, index, hash| {
            assert_eq!((index, hash), (size >> level, Uniform.node(level, 0).unwrap()));
        });
        assert_eq!(tree.head(), head(size + 1));
    }
}
