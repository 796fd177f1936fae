//! A mark: a place where a durable group of the ledger ends, with what is known of the tree up to there, so that
//! somebody who kept it can go on reading from it.
//!
//! Guarantees: a mark is of durable groups alone; one that is read from rows has the tree that its checkpoint's
//! root is of; [`Mark::stands`] says whether a ledger has its very group, whole and signed, where it says.
//!
//! It does not guarantee anything of what is before that group: who kept the mark has checked that once, and the
//! bytes may have changed since.

use std::collections::HashMap;

use countersign_ports::{Crypto, Storage};
use countersign_protocol::Digest;
use countersign_protocol::checkpoint::{Checkpoint, CheckpointKey};
use countersign_tlog::{Frontier, Hash, Head, node_hash};
use minicbor::{Decode, Encode};

use crate::commit::{End, lock};
use crate::damage::{Damage, Place};
use crate::group::{FRAME_BYTES, Sealed, Tail, encode, is_signed};
use crate::ledger::Ledger;
use crate::proving::{KEPT_LEVEL, STRETCH, Upper};
use crate::replay::{Last, read_body};

/// Stretches in one row.
const ROW_STRETCHES: usize = 1_024;

/// A place in a ledger.
#[derive(Clone, Debug)]
pub struct Mark {
    pub(crate) tail: Tail,
    pub(crate) last: Last,
    pub(crate) upper: Upper,
}

/// How a mark stands to a ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stands {
    /// Its group is there.
    Here,
    /// The ledger ends before it: here.
    Beyond(u64),
    /// Something else is there.
    Elsewhere,
}

/// The first row: the last group, where it is, and the small subtrees at the tree's edge.
#[derive(Encode, Decode)]
struct Edge {
    #[n(0)]
    checkpoint: Checkpoint,
    #[cbor(n(1), with = "minicbor::bytes")]
    signature: [u8; 64],
    #[n(2)]
    offset: u64,
    #[n(3)]
    first: u64,
    #[n(4)]
    end: u64,
    #[n(5)]
    peaks: Vec<Digest>,
}

/// The other rows: of stretches of 256 records, where each begins, and the root over each that is full.
#[derive(Encode, Decode)]
struct Stretches {
    #[n(0)]
    starts: Vec<u64>,
    #[n(1)]
    roots: Vec<Digest>,
}

impl<S> Ledger<S> {
    /// The mark at the end of what is durable; none of an empty ledger.
    pub fn mark(&self) -> Option<Mark> {
        let End { last, tail } = lock(&self.shared.newest).clone()?;
        // It may have grown meanwhile: what is too much is not written.
        let upper = lock(&self.shared.upper).clone();
        Some(Mark { tail, last, upper })
    }
}

impl Mark {
    /// Records before it.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.tail.size()
    }

    /// Its last record, and where its last group ends.
    #[must_use]
    pub const fn place(&self) -> Place {
        self.tail.place()
    }

    /// Whether its group is in this ledger, whole and signed by this key.
    ///
    /// # Errors
    /// [`Damage::Storage`].
    pub fn stands(
        &self,
        storage: &impl Storage,
        crypto: &impl Crypto,
        key: &CheckpointKey,
    ) -> Result<Stands, Damage> {
        let (len, Last { place, checkpoint, signature }) = (storage.len()?, self.last);
        if len < self.tail.end {
            return Ok(Stands::Beyond(len));
        }
        let body = read_body(storage, crypto, place.offset, len)?;
        let ends =
            |body: &Vec<u8>| place.offset + (FRAME_BYTES + body.len()) as u64 == self.tail.end;
        let group = body.filter(ends).and_then(|body| Sealed::read(&body));
        let same = group.is_some_and(|group| {
            let signed = (group.checkpoint, group.signature) == (checkpoint, signature);
            signed && group.first() == place.record && group.grown.tree == self.tail.tree
        });
        let signed = || is_signed(crypto, key, &checkpoint, &signature);
        Ok(if same && signed() { Stands::Here } else { Stands::Elsewhere })
    }

    /// Its rows, in order, the first one first.
    pub fn rows(&self, mut take: impl FnMut(&[u8])) {
        let Last { place, checkpoint, signature } = self.last;
        let small = self.tail.tree.peaks().filter(|(level, ..)| *level < KEPT_LEVEL);
        let peaks = small.map(|(_, _, hash)| Digest(hash)).collect();
        let (offset, first, end) = (place.offset, place.record, self.tail.end);
        take(&encode(&Edge { checkpoint, signature, offset, first, end, peaks }));
        let begun = usize::try_from(self.size().div_ceil(STRETCH)).unwrap_or(usize::MAX);
        let starts = self.upper.starts.get(..begun).unwrap_or(&self.upper.starts);
        for (row, starts) in (0u64..).zip(starts.chunks(ROW_STRETCHES)) {
            let from = row * ROW_STRETCHES as u64;
            let to = (from + ROW_STRETCHES as u64).min(self.size() / STRETCH);
            let root = |index| self.upper.nodes.get(&(KEPT_LEVEL, index)).copied().map(Digest);
            let roots = (from..to).filter_map(root).collect();
            take(&encode(&Stretches { starts: starts.to_vec(), roots }));
        }
    }
}

/// A mark that is read, row by row.
pub struct Growing {
    edge: Edge,
    starts: Vec<u64>,
    roots: Vec<Hash>,
}

impl Growing {
    /// The first row.
    #[must_use]
    pub fn begin(row: &[u8]) -> Option<Self> {
        let edge = minicbor::decode(row).ok()?;
        Some(Self { edge, starts: Vec::new(), roots: Vec::new() })
    }

    /// One more; none if it is no row.
    pub fn take(&mut self, row: &[u8]) -> Option<()> {
        let Stretches { starts, roots } = minicbor::decode(row).ok()?;
        self.starts.extend(starts);
        self.roots.extend(roots.into_iter().map(|Digest(hash)| hash));
        Some(())
    }

    /// The mark, if these were all its rows.
    #[must_use]
    pub fn finish(self) -> Option<Mark> {
        let Self { edge, starts, roots } = self;
        let Edge { checkpoint, signature, offset, first, end, peaks } = edge;
        let size = checkpoint.size;
        let right =
            starts.len() as u64 == size.div_ceil(STRETCH) && roots.len() as u64 == size / STRETCH;
        let upper = Upper { nodes: grown(roots).filter(|_| right)?, starts };
        let tree = tree(&upper, size, &peaks)?;
        let head = Head { size, root: checkpoint.root.0 };
        let (place, appliance) = (Place { offset, record: first }, checkpoint.appliance);
        let last = Last { place, checkpoint, signature };
        (tree.head() == head).then_some(Mark { tail: Tail { appliance, tree, end }, last, upper })
    }
}

/// All complete subtrees over these.
fn grown(roots: Vec<Hash>) -> Option<HashMap<(u32, u64), Hash>> {
    let (mut nodes, mut level, mut hashes) = (HashMap::new(), KEPT_LEVEL, roots);
    while !hashes.is_empty() {
        nodes.extend((0u64..).zip(&hashes).map(|(index, hash)| ((level, index), *hash)));
        let (pairs, _) = hashes.as_chunks::<2>();
        hashes = pairs.iter().map(|[left, right]| node_hash(left, right)).collect();
        level = level.checked_add(1)?;
    }
    Some(nodes)
}

/// The edge of the tree: its large subtrees are among the nodes, its small ones are these.
fn tree(upper: &Upper, size: u64, small: &[Digest]) -> Option<Frontier> {
    let levels = (KEPT_LEVEL..u64::BITS).rev().filter(|level| size >> level & 1 == 1);
    let large = levels.map(|level| upper.nodes.get(&(level, (size >> level) - 1)).copied());
    let mut peaks = large.collect::<Option<Vec<_>>>()?;
    peaks.extend(small.iter().map(|Digest(hash)| *hash));
    Frontier::from_peaks(size, &peaks)
}
