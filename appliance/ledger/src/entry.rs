//! Any record by its place, opened, under a checkpoint of any later size.
//!
//! Guarantee: what is given was signed by this appliance's checkpoint key at this very place, and leads to the root of
//! the ledger's first records, as many as were asked for.

use countersign_ports::{Crypto, Sealing, Storage};
use countersign_protocol::checkpoint::CheckpointKey;
use countersign_protocol::receipt::Enrolled;
use countersign_protocol::{Bounded, Digest, Sequence};
use countersign_tlog::{Head, Path, inclusion, leaf_hash, root};

use crate::group::{DIGEST_ENCODED_BYTES, Sealed, body_of};
use crate::ledger::Ledger;
use crate::proving::{Journal, Source, stretch_of};
use crate::replay::Replayed;
use crate::seal::Keys;

/// A record under a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the ledger.
    pub index: u64,
    /// Its public leaf.
    pub leaf: Vec<u8>,
    /// What the leaf commits to.
    pub opening: Vec<u8>,
    /// The way from the leaf to the root.
    pub path: Path,
}

impl Entry {
    /// An enrolment as evidence has it, with its path in `room`; none if it is longer than an enrolment can be.
    pub fn enrolled<'e>(&'e self, room: &'e mut Vec<u8>) -> Option<Enrolled<'e>> {
        let path: Vec<_> = self.path.iter().map(|hash| Digest(*hash)).collect();
        room.resize(path.len() * DIGEST_ENCODED_BYTES, 0);
        Some(Enrolled {
            index: self.index,
            leaf: Bounded::new(&self.leaf)?,
            opening: Bounded::new(&self.opening)?,
            path: Sequence::from_values(&path, room).ok()?,
        })
    }

    /// Room for the encoding of that.
    #[must_use]
    pub fn encoded_bytes_max(&self) -> usize {
        self.leaf.len() + self.opening.len() + self.path.len() * DIGEST_ENCODED_BYTES + 32
    }
}

impl<S: Storage> Ledger<S> {
    /// The record at `index` under the tree of the first `size` records; none if it is not under it or closed for
    /// ever, or the medium is not what it was. Reads the groups of two times 256 records, or a few more.
    pub fn entry<C: Crypto + Sealing>(
        &self,
        crypto: &C,
        keys: &impl Keys,
        index: u64,
        size: u64,
    ) -> Option<Entry> {
        entry(self, (crypto, keys, &self.shared.checkpoint_key), index, size)
    }
}

impl<S: Storage> Replayed<S> {
    /// The same of a ledger that is nobody's yet, whose checkpoints `key` has signed.
    pub fn entry<C: Crypto + Sealing>(
        &self,
        (crypto, keys, key): (&C, &impl Keys, &CheckpointKey),
        index: u64,
        size: u64,
    ) -> Option<Entry> {
        entry(self, (crypto, keys, key), index, size)
    }
}

fn entry<C: Crypto + Sealing>(
    source: &impl Source,
    (crypto, keys, key): (&C, &impl Keys, &CheckpointKey),
    index: u64,
    size: u64,
) -> Option<Entry> {
    let group = group_of(source, crypto, index)?;
    if !group.is_signed(crypto, key) {
        return None;
    }
    let parts = group.parts.get(usize::try_from(index.checked_sub(group.first())?).ok()?)?;
    let opening = parts.open(crypto, keys, index).ok()?;
    let journal = Journal::of(source, crypto);
    let head = Head { size, root: root(&journal, size).ok()? };
    let path = inclusion::prove(&journal, index, size).ok()?;
    inclusion::verify(&leaf_hash(&parts.leaf), index, &path, &head).ok()?;
    Some(Entry { index, leaf: parts.leaf.clone(), opening, path })
}

/// The group that has the record at `index`.
fn group_of(source: &impl Source, crypto: &impl Crypto, index: u64) -> Option<Sealed> {
    let mut offset = source.start_of(stretch_of(index))?;
    loop {
        let framed = source.framed(offset)??;
        let group = Sealed::read(body_of(crypto, &framed)?)?;
        if group.checkpoint.size > index {
            return Some(group);
        }
        offset = offset.checked_add(framed.len() as u64)?;
    }
}
