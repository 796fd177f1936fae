//! A ledger of a few records, of which some are the story's.

use std::collections::{BTreeMap, HashMap};

use countersign_tlog::{Frontier, Hash, Head, Nodes, Path, inclusion, leaf_hash};

/// Where the story's signature is.
pub const INDEX: u64 = 5;
/// Records in the ledger.
const SIZE: u64 = 12;

/// The ledger's tree.
pub struct Tree {
    nodes: HashMap<(u32, u64), Hash>,
    frontier: Frontier,
}

impl Nodes for Tree {
    type Error = ();

    fn node(&self, level: u32, index: u64) -> Result<Hash, ()> {
        self.nodes.get(&(level, index)).copied().ok_or(())
    }
}

impl Tree {
    /// With these leaves at their places, and others everywhere else.
    pub fn around(leaves: &BTreeMap<u64, Vec<u8>>) -> Self {
        let (mut nodes, mut frontier) = (HashMap::new(), Frontier::new());
        for index in 0..SIZE {
            let other = index.to_be_bytes();
            let leaf = leaves.get(&index).map_or(&other[..], Vec::as_slice);
            frontier.append(leaf_hash(leaf), |level, index, hash| {
                nodes.insert((level, index), hash);
            });
        }
        Self { nodes, frontier }
    }

    pub fn head(&self) -> Head {
        self.frontier.head()
    }

    /// The path of the leaf at this place.
    pub fn path(&self, index: u64) -> Path {
        inclusion::prove(self, index, SIZE).unwrap()
    }
}
