//! Trees and proofs, beside RFC 9162 read naively and beside the known roots of Certificate Transparency.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "these are tests: what they did not expect must stop them"
)]

use std::collections::HashMap;

use countersign_tlog::{
    EMPTY_ROOT, Frontier, Hash, Head, Nodes, ProofError, consistency, inclusion, leaf_hash,
    node_hash, root,
};
use hex_literal::hex;
use proptest::prelude::*;

/// `MTH(D[n])` as RFC 9162, 2.1.1 writes it.
fn naive(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => EMPTY_ROOT,
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().div_ceil(2).next_power_of_two());
            node_hash(&naive(left), &naive(right))
        }
    }
}

fn leaves(count: usize) -> Vec<Hash> {
    (0..count).map(|n| leaf_hash(&n.to_be_bytes())).collect()
}

/// A tree that grew leaf by leaf, and remembers every node.
#[derive(Default)]
struct Grown {
    nodes: HashMap<(u32, u64), Hash>,
    frontier: Frontier,
}

impl Grown {
    fn of(leaves: &[Hash]) -> Self {
        let mut grown = Self::default();
        for leaf in leaves {
            let nodes = &mut grown.nodes;
            grown.frontier.append(*leaf, |level, index, hash| {
                assert!(nodes.insert((level, index), hash).is_none(), "a node grows once");
            });
        }
        grown
    }
}

impl Nodes for Grown {
    type Error = (u32, u64);

    fn node(&self, level: u32, index: u64) -> Result<Hash, (u32, u64)> {
        self.nodes.get(&(level, index)).copied().ok_or((level, index))
    }
}

fn head(leaves: &[Hash]) -> Head {
    Head { size: leaves.len() as u64, root: naive(leaves) }
}

/// The sizes at which trees differ in shape, up to three levels past a tile.
fn sizes() -> impl Iterator<Item = usize> {
    (0..=40).chain([63, 64, 65, 127, 128, 129, 255, 256, 257, 300])
}

/// The roots of the trees over the first leaves of Certificate Transparency's own test data.
#[test]
fn the_known_trees_have_their_known_roots() {
    let data: [&[u8]; 8] = [
        &[],
        &[0],
        &[0x10],
        &[0x20, 0x21],
        &[0x30, 0x31],
        &[0x40, 0x41, 0x42, 0x43],
        &[0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
        &[
            0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d,
            0x6e, 0x6f,
        ],
    ];
    let roots = [
        hex!("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        hex!("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
        hex!("aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
        hex!("d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
        hex!("4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"),
        hex!("76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"),
        hex!("ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"),
        hex!("5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
    ];
    let mut frontier = Frontier::new();
    assert_eq!(frontier.root(), EMPTY_ROOT);
    for (data, root) in data.iter().zip(roots) {
        frontier.append(leaf_hash(data), |_, _, _| ());
        assert_eq!(frontier.root(), root, "{} leaves", frontier.size());
    }
}

#[test]
fn a_tree_that_grows_has_the_root_of_the_definition_at_every_size() {
    for size in sizes() {
        let leaves = leaves(size);
        let grown = Grown::of(&leaves);
        assert_eq!(grown.frontier.head(), head(&leaves));
        assert_eq!(root(&grown, size as u64), Ok(naive(&leaves)));
    }
}

#[test]
fn a_frontier_is_made_again_from_its_peaks_and_from_no_other_number_of_them() {
    for size in sizes() {
        let frontier = Grown::of(&leaves(size)).frontier;
        let mut peaks: Vec<_> = frontier.peaks().map(|(_, _, hash)| hash).collect();
        assert_eq!(Frontier::from_peaks(size as u64, &peaks), Some(frontier));
        peaks.push([0; 32]);
        assert_eq!(Frontier::from_peaks(size as u64, &peaks), None);
    }
}

#[test]
fn a_frontiers_peaks_are_nodes_of_the_tree() {
    for size in sizes() {
        let grown = Grown::of(&leaves(size));
        for (level, index, hash) in grown.frontier.peaks() {
            assert_eq!(grown.node(level, index), Ok(hash), "{size}: {level} {index}");
        }
    }
}

#[test]
fn every_leaf_is_in_every_tree_and_at_no_other_place() {
    for size in sizes() {
        let leaves = leaves(size);
        let (grown, head) = (Grown::of(&leaves), head(&leaves));
        for (index, leaf) in (0..).zip(&leaves) {
            let path = inclusion::prove(&grown, index, head.size).unwrap();
            assert_eq!(inclusion::verify(leaf, index, &path, &head), Ok(()));
            let elsewhere = inclusion::verify(leaf, index ^ 1, &path, &head);
            assert!(elsewhere.is_err(), "{index} of {size}");
        }
        let outside = inclusion::prove(&grown, head.size, head.size);
        assert_eq!(outside, Err(countersign_tlog::ProveError::OutOfTree));
    }
}

#[test]
fn every_tree_is_consistent_with_every_smaller_one() {
    for size in sizes() {
        let leaves = leaves(size);
        let (grown, new) = (Grown::of(&leaves), head(&leaves));
        for old in 0..=size {
            let old = head(&leaves[..old]);
            let path = consistency::prove(&grown, old.size, new.size).unwrap();
            assert_eq!(consistency::verify(&old, &new, &path), Ok(()), "{} {size}", old.size);
            let forked = Head { root: leaf_hash(b"another"), ..old };
            assert_eq!(consistency::verify(&forked, &new, &path), Err(ProofError::Root));
        }
    }
}

/// A proof for seven of twelve: each part of it changed by itself.
#[test]
fn a_proof_of_inclusion_with_one_thing_wrong_says_what() {
    let leaves = leaves(12);
    let head = head(&leaves);
    let path = inclusion::prove(&Grown::of(&leaves), 7, 12).unwrap();
    let verify = |leaf: &Hash, index, path: &[Hash], head: &Head| {
        inclusion::verify(leaf, index, path, head).unwrap_err()
    };
    assert_eq!(verify(&leaves[6], 7, &path, &head), ProofError::Root);
    assert_eq!(verify(&leaves[7], 12, &path, &head), ProofError::OutOfTree);
    assert_eq!(verify(&leaves[7], 7, &path[1..], &head), ProofError::Length);
    let longer = [&path[..], &[[0; 32]]].concat();
    assert_eq!(verify(&leaves[7], 7, &longer, &head), ProofError::Length);
    for at in 0..path.len() {
        let mut changed = path.clone();
        changed[at][31] ^= 1;
        assert_eq!(verify(&leaves[7], 7, &changed, &head), ProofError::Root);
    }
    let mut other = head;
    other.root[0] ^= 1;
    assert_eq!(verify(&leaves[7], 7, &path, &other), ProofError::Root);
}

#[test]
fn a_proof_of_consistency_with_one_thing_wrong_says_what() {
    let leaves = leaves(12);
    let (old, new) = (head(&leaves[..7]), head(&leaves));
    let path = consistency::prove(&Grown::of(&leaves), 7, 12).unwrap();
    let verify =
        |old: &Head, new: &Head, path: &[Hash]| consistency::verify(old, new, path).unwrap_err();
    assert_eq!(verify(&new, &old, &path), ProofError::OutOfTree);
    assert_eq!(verify(&old, &new, &path[1..]), ProofError::Length);
    assert_eq!(verify(&old, &new, &[&path[..], &[[0; 32]]].concat()), ProofError::Length);
    assert_eq!(verify(&old, &Head { root: old.root, ..new }, &path), ProofError::Root);
    assert_eq!(verify(&old, &Head { root: new.root, ..old }, &[]), ProofError::Root);
    assert_eq!(verify(&old, &old, &[[0; 32]]), ProofError::Length);
    for at in 0..path.len() {
        let mut changed = path.clone();
        changed[at][0] ^= 1;
        assert!(consistency::verify(&old, &new, &changed).is_err());
    }
}

proptest! {
    #[test]
    fn no_other_leaf_is_proved_by_a_path(size in 1_usize..200, at in any::<usize>(), bit in 0_usize..256) {
        let leaves = leaves(size);
        let at = at % size;
        let head = head(&leaves);
        let path = inclusion::prove(&Grown::of(&leaves), at as u64, head.size).unwrap();
        let mut leaf = leaves[at];
        leaf[bit / 8] ^= 1 << (bit % 8);
        let verified = inclusion::verify(&leaf, at as u64, &path, &head);
        prop_assert_eq!(verified, Err(ProofError::Root));
    }

    /// Sizes past anything that is ever written cost no more than a path has hashes.
    #[test]
    fn any_numbers_are_judged(index: u64, size: u64, old: u64, path in prop::collection::vec(any::<[u8; 32]>(), 0..70)) {
        let new = Head { size, root: [1; 32] };
        prop_assert!(inclusion::verify(&[0; 32], index, &path, &new).is_err());
        let old = Head { size: old, root: [2; 32] };
        prop_assert!(consistency::verify(&old, &new, &path).is_err());
    }
}
