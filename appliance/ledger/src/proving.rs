//! Proofs about the whole tree: that a checkpoint continues an older one, that a record is under a later one.
//!
//! Guarantees: a proof that is given has been verified, so that a medium that has changed gives none; it is
//! made from little memory, 64 hashes for each 16,384 records, and reads the groups of two times 256 records
//! at most.
//!
//! It does not guarantee speed for many readers: those read tiles.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use countersign_core::port::Crypto;
use countersign_ports::Storage;
use countersign_protocol::checkpoint::Checkpoint;
use countersign_tlog::{
    Frontier, Hash, Head, Nodes, Path, consistency, inclusion, leaf_hash, root,
};

use crate::commit::lock;
use crate::group::{Sealed, body_of};
use crate::ledger::Ledger;
use crate::replay::framed;

/// Nodes from this level on are kept in memory; what is below is read.
pub(crate) const KEPT_LEVEL: u32 = 8;
/// Leaves under a node of that level.
pub(crate) const STRETCH: u64 = 1 << KEPT_LEVEL;

/// The stretch that a record is in.
pub(crate) const fn stretch_of(index: u64) -> u64 {
    index / STRETCH
}

/// A checkpoint with the appliance's signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signed {
    /// What is signed.
    pub checkpoint: Checkpoint,
    /// The signature over its text.
    pub signature: [u8; 64],
}

/// What is kept of the tree, and where the rest is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Upper {
    pub(crate) nodes: HashMap<(u32, u64), Hash>,
    /// Of each stretch of leaves, where the group with its first one begins.
    pub(crate) starts: Vec<u64>,
}

impl Upper {
    pub(crate) fn kept(&self, level: u32, index: u64) -> Option<Hash> {
        self.nodes.get(&(level, index)).copied()
    }

    pub(crate) fn start_of(&self, stretch: u64) -> Option<u64> {
        self.starts.get(usize::try_from(stretch).ok()?).copied()
    }

    /// Takes what the group at `offset` has added.
    pub(crate) fn take(&mut self, group: &Sealed, offset: u64) {
        let kept = group.grown.nodes().filter(|((level, _), _)| *level >= KEPT_LEVEL);
        self.nodes.extend(kept);
        let begun = group.checkpoint.size.div_ceil(STRETCH);
        while (self.starts.len() as u64) < begun {
            self.starts.push(offset);
        }
    }
}

/// A node that cannot be read.
#[derive(Debug)]
pub(crate) struct Unreadable;

/// Where a tree is read.
pub(crate) trait Source {
    /// A node that is kept in memory.
    fn kept(&self, level: u32, index: u64) -> Option<Hash>;

    /// Where the group begins that has the first record of a stretch.
    fn start_of(&self, stretch: u64) -> Option<u64>;

    /// The group at `offset`, with its frame; the outer one is none if it cannot be read, the inner one if it is not whole.
    fn framed(&self, offset: u64) -> Option<Option<Vec<u8>>>;
}

impl<S: Storage> Source for Ledger<S> {
    fn kept(&self, level: u32, index: u64) -> Option<Hash> {
        lock(&self.shared.upper).kept(level, index)
    }

    fn start_of(&self, stretch: u64) -> Option<u64> {
        lock(&self.shared.upper).start_of(stretch)
    }

    fn framed(&self, offset: u64) -> Option<Option<Vec<u8>>> {
        let storage = lock(&self.shared.storage);
        framed(&*storage, offset, storage.len().ok()?).ok()
    }
}

/// The whole tree, for one proof.
pub(crate) struct Journal<'l, J, C> {
    source: &'l J,
    crypto: &'l C,
    /// Leaves by their stretch.
    read: RefCell<HashMap<u64, Rc<[Hash]>>>,
}

impl<'l, J: Source, C: Crypto> Journal<'l, J, C> {
    pub(crate) fn of(source: &'l J, crypto: &'l C) -> Self {
        Self { source, crypto, read: RefCell::default() }
    }

    /// The leaves of a stretch, as far as there are some.
    fn leaves(&self, stretch: u64) -> Option<Rc<[Hash]>> {
        if let Some(leaves) = self.read.borrow().get(&stretch) {
            return Some(Rc::clone(leaves));
        }
        let leaves: Rc<[Hash]> = self.read(stretch)?.into();
        self.read.borrow_mut().insert(stretch, Rc::clone(&leaves));
        Some(leaves)
    }

    fn read(&self, stretch: u64) -> Option<Vec<Hash>> {
        let mut offset = self.source.start_of(stretch)?;
        let wanted = stretch * STRETCH..(stretch + 1) * STRETCH;
        let mut leaves = Vec::new();
        loop {
            let Some(framed) = self.source.framed(offset)? else { return Some(leaves) };
            let group = Sealed::read(body_of(self.crypto, &framed)?)?;
            let of_group = (group.first()..).zip(&group.parts);
            let inside = of_group.filter(|(index, _)| wanted.contains(index));
            leaves.extend(inside.map(|(_, parts)| leaf_hash(&parts.leaf)));
            if group.checkpoint.size >= wanted.end {
                return Some(leaves);
            }
            offset = offset.checked_add(framed.len() as u64)?;
        }
    }

    /// The root over `1 << level` leaves within a stretch.
    fn low(&self, level: u32, index: u64) -> Option<Hash> {
        let first = index << level;
        let leaves = self.leaves(first / STRETCH)?;
        let from = usize::try_from(first % STRETCH).ok()?;
        let mut tree = Frontier::new();
        for leaf in leaves.get(from..from + (1 << level))? {
            tree.append(*leaf, |_, _, _| ());
        }
        Some(tree.root())
    }
}

impl<J: Source, C: Crypto> Nodes for Journal<'_, J, C> {
    type Error = Unreadable;

    fn node(&self, level: u32, index: u64) -> Result<Hash, Unreadable> {
        let kept = || self.source.kept(level, index);
        let found = if level >= KEPT_LEVEL { kept() } else { self.low(level, index) };
        found.ok_or(Unreadable)
    }
}

impl<S: Storage> Ledger<S> {
    /// The newest checkpoint, which all durable records are under; none of an empty ledger.
    pub fn newest(&self) -> Option<Signed> {
        lock(&self.shared.newest).as_ref().map(|end| end.last.signed())
    }

    /// The proof that `checkpoint` continues the tree of its first `old_size` records; none if that is larger,
    /// or the medium is not what it was.
    pub fn consistency(
        &self,
        crypto: &impl Crypto,
        old_size: u64,
        checkpoint: &Checkpoint,
    ) -> Option<Path> {
        let journal = Journal::of(self, crypto);
        let path = consistency::prove(&journal, old_size, checkpoint.size).ok()?;
        let old = Head { size: old_size, root: root(&journal, old_size).ok()? };
        consistency::verify(&old, &checkpoint.head(), &path).ok().map(|()| path)
    }

    /// The way from the record at `index`, whose leaf has this hash, to the root of `checkpoint`; none if it is
    /// not under it, or the medium is not what it was.
    pub fn inclusion(
        &self,
        crypto: &impl Crypto,
        index: u64,
        leaf: &Hash,
        checkpoint: &Checkpoint,
    ) -> Option<Path> {
        let path = inclusion::prove(&Journal::of(self, crypto), index, checkpoint.size).ok()?;
        inclusion::verify(leaf, index, &path, &checkpoint.head()).ok().map(|()| path)
    }
}
