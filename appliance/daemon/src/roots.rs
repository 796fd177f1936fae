//! The registry's roots, for whoever anchors: what is anchored is durable, and the registry is ahead of that.
//!
//! Guarantee: for whatever is not anchored yet, the root that the registry had then.

use std::collections::BTreeMap;
use std::sync::Mutex;

use countersign_protocol::Digest;

use crate::books::lock;

/// Each root with the number of records from which on it is the root.
pub(crate) struct Roots(Mutex<BTreeMap<u64, Digest>>);

impl Roots {
    /// That of the registry that there is, whatever it is made from.
    pub(crate) fn beginning(root: Digest) -> Self {
        Self(Mutex::new(BTreeMap::from([(0, root)])))
    }

    /// With so many records it is this.
    pub(crate) fn note(&self, records: u64, root: Digest) {
        lock(&self.0).insert(records, root);
    }

    /// The root with so many records; of less than is anchored, any.
    pub(crate) fn at(&self, records: u64) -> Digest {
        let roots = lock(&self.0);
        let then = roots.range(..=records).next_back().or_else(|| roots.first_key_value());
        then.map_or(Digest([0; 32]), |(_, root)| *root)
    }

    /// So many records are anchored.
    pub(crate) fn anchored(&self, records: u64) {
        let mut roots = lock(&self.0);
        let then = roots.range(..=records).next_back().map(|(from, _)| *from);
        *roots = roots.split_off(&then.unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_root_counts_from_its_record_on_until_the_next_one() {
        let root = |n| Digest([n; 32]);
        let roots = Roots::beginning(root(1));
        roots.note(7, root(2));
        roots.note(9, root(3));
        assert_eq!([0, 6, 7, 8].map(|records| roots.at(records)), [1, 1, 2, 2].map(root));
        roots.anchored(8);
        assert_eq!([8, 9, 100].map(|records| roots.at(records)), [2, 3, 3].map(root));
        roots.anchored(100);
        assert_eq!(lock(&roots.0).len(), 1, "the others are never asked for again");
        assert_eq!(roots.at(100), root(3));
    }
}
