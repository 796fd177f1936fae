//! A ledger of a few records, of which one is the story's.

use std::collections::HashMap;

use countersign_tlog::{Frontier, Hash, Head, Nodes, Path, inclusion, leaf_hash};

/// Where the story's record is.
pub const INDEX: u64 = 5;
/// Records in the ledger.
pub const SIZE: u64 = 12;

struct Grown(HashMap<(u32, u64), Hash>);

impl Nodes for Grown {
    type Error = ();

    fn node(&self, level: u32, index: u64) -> Result<Hash, ()> {
        self.0.get(&(level, index)).copied().ok_or(())
    }
}

/// The tree with this leaf at its place, and the leaf's path.
pub fn around(leaf: &[u8]) -> (Head, Path) {
    let (mut nodes, mut frontier) = (HashMap::new(), Frontier::new());
    for index in 0..SIZE {
        let hash = if index == INDEX { leaf_hash(leaf) } else { leaf_hash(&index.to_be_bytes()) };
        frontier.append(hash, |level, index, hash| {
            nodes.insert((level, index), hash);
        });
    }
    let path = inclusion::prove(&Grown(nodes), INDEX, SIZE).unwrap();
    (frontier.head(), path)
}
