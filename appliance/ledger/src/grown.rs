//! What a group adds to the tree, and the nodes that its receipts need.
//!
//! Guarantee: the way from each of the group's leaves to the root after the group is in here. (Beside it lie
//! nodes that the group completes, and complete subtrees of the tree before it.)

use std::collections::HashMap;

use countersign_tlog::{Frontier, Hash, Head, Nodes, leaf_hash};

use crate::group::Parts;

/// The nodes that are known after a group.
#[derive(Debug)]
pub(crate) struct Grown {
    nodes: HashMap<(u32, u64), Hash>,
    /// The tree after the group.
    pub(crate) tree: Frontier,
}

/// A node that is not near the group.
#[derive(Debug)]
pub(crate) struct Elsewhere;

impl Grown {
    /// The tree `before`, with the leaves of `parts`.
    pub(crate) fn new(before: &Frontier, parts: &[Parts]) -> Self {
        let peaks = before.peaks().map(|(level, index, hash)| ((level, index), hash));
        let (mut nodes, mut tree) = (peaks.collect::<HashMap<_, _>>(), before.clone());
        for part in parts {
            tree.append(leaf_hash(&part.leaf), |level, index, hash| {
                nodes.insert((level, index), hash);
            });
        }
        Self { nodes, tree }
    }

    /// Every node that is known.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = ((u32, u64), Hash)> {
        self.nodes.iter().map(|(place, hash)| (*place, *hash))
    }

    /// Size and root after the group.
    pub(crate) fn head(&self) -> Head {
        self.tree.head()
    }
}

impl Nodes for Grown {
    type Error = Elsewhere;

    fn node(&self, level: u32, index: u64) -> Result<Hash, Elsewhere> {
        self.nodes.get(&(level, index)).copied().ok_or(Elsewhere)
    }
}
