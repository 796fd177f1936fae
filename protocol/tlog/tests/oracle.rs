//! Trees and proofs beside those of another implementation of RFC 6962, in both directions.

#![allow(clippy::unwrap_used, reason = "these are tests: what they did not expect must stop them")]

use std::collections::HashMap;

use countersign_tlog::{Frontier, Hash, Head, Nodes, consistency, inclusion, leaf_hash};
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ct_merkle::{ConsistencyProof, InclusionProof, RootHash};
use sha2::Sha256;

/// All sizes up to here: past one full tile's half, and three shapes past a power of two.
const SIZE_MAX: u64 = 132;

/// One log, kept twice.
#[derive(Default)]
struct Twice {
    theirs: MemoryBackedTree<Sha256, Vec<u8>>,
    ours: Frontier,
    nodes: HashMap<(u32, u64), Hash>,
    heads: Vec<Head>,
}

impl Twice {
    fn new() -> Self {
        let heads = vec![Frontier::new().head()];
        Self { heads, ..Self::default() }
    }

    fn push(&mut self, entry: Vec<u8>) {
        let nodes = &mut self.nodes;
        self.ours.append(leaf_hash(&entry), |level, index, hash| {
            nodes.insert((level, index), hash);
        });
        self.theirs.push(entry);
        self.heads.push(self.ours.head());
    }
}

impl Nodes for Twice {
    type Error = ();

    fn node(&self, level: u32, index: u64) -> Result<Hash, ()> {
        self.nodes.get(&(level, index)).copied().ok_or(())
    }
}

fn their_root(head: &Head) -> RootHash<Sha256> {
    RootHash::new(head.root.into(), head.size)
}

#[test]
fn every_root_is_theirs() {
    let mut log = Twice::new();
    for n in 0..1_000_u64 {
        log.push(n.to_string().into_bytes());
        assert_eq!(log.theirs.root(), their_root(&log.ours.head()));
    }
}

#[test]
fn every_path_is_theirs_and_they_accept_it() {
    let mut log = Twice::new();
    for size in 1..=SIZE_MAX {
        log.push(size.to_string().into_bytes());
        let head = log.ours.head();
        for index in 0..size {
            let path = inclusion::prove(&log, index, size).unwrap();
            let at = usize::try_from(index).unwrap();
            assert_eq!(path.concat(), log.theirs.prove_inclusion(at).as_bytes(), "{index} {size}");
            let proof = InclusionProof::from_bytes(path.concat());
            let entry = log.theirs.get(at).unwrap();
            their_root(&head).verify_inclusion(entry, index, &proof).unwrap();
        }
    }
}

#[test]
fn every_tree_is_consistent_by_their_proof_and_for_them_by_ours() {
    let mut log = Twice::new();
    for size in 1..=SIZE_MAX {
        log.push(size.to_string().into_bytes());
        let new = log.ours.head();
        for old in log.heads.iter().filter(|old| 0 < old.size && old.size < size) {
            let path = consistency::prove(&log, old.size, size).unwrap();
            let added = usize::try_from(size - old.size).unwrap();
            let theirs = log.theirs.prove_consistency(added);
            assert_eq!(path.concat(), theirs.as_bytes(), "{} {size}", old.size);
            let proof = ConsistencyProof::try_from_bytes(path.concat()).unwrap();
            their_root(&new).verify_consistency(&their_root(old), &proof).unwrap();
            assert_eq!(consistency::verify(old, &new, &path), Ok(()));
        }
    }
}
