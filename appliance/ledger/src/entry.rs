//! Any record by its place, opened, under a checkpoint of any later size.
//!
//! Guarantee: what is given was signed by this appliance's checkpoint key at this very place, and leads to the root of
//! the ledger's first records, as many as were asked for.

use countersign_ports::{Crypto, Sealing, Storage};
use countersign_tlog::{Head, Path, inclusion, leaf_hash, root};

use crate::commit::lock;
use crate::group::{Sealed, body_of};
use crate::ledger::Ledger;
use crate::proving::stretch_of;
use crate::replay::framed;
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
        let group = self.group_of(crypto, index)?;
        let parts = group.parts.get(usize::try_from(index.checked_sub(group.first())?).ok()?)?;
        let opening = parts.open(crypto, keys, index).ok()?;
        let journal = self.journal(crypto);
        let head = Head { size, root: root(&journal, size).ok()? };
        let path = inclusion::prove(&journal, index, size).ok()?;
        inclusion::verify(&leaf_hash(&parts.leaf), index, &path, &head).ok()?;
        Some(Entry { index, leaf: parts.leaf.clone(), opening, path })
    }

    /// The group that has the record at `index`, signed.
    fn group_of(&self, crypto: &impl Crypto, index: u64) -> Option<Sealed> {
        let mut offset = self.start_of(stretch_of(index))?;
        loop {
            let framed = {
                let storage = lock(&self.shared.storage);
                framed(&*storage, offset, storage.len().ok()?).ok()??
            };
            let group = Sealed::read(body_of(crypto, &framed)?)?;
            if group.checkpoint.size > index {
                let signed = group.is_signed(crypto, &self.shared.checkpoint_key);
                return Some(group).filter(|_| signed);
            }
            offset = offset.checked_add(framed.len() as u64)?;
        }
    }
}
