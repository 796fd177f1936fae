//! Reading once more what was shown: for whoever has a ledger without being its owner.

use countersign_ports::{Crypto, Sealing, Storage};
use countersign_protocol::checkpoint::CheckpointKey;
use countersign_tlog::Hash;

use super::{Read, Replayed, Seen, framed, read};
use crate::damage::Damage;
use crate::proving::Source;
use crate::recall::{Location, Recalled, recall};
use crate::seal::Keys;

impl<S: Storage> Replayed<S> {
    /// Shows each record once more, from the first on.
    ///
    /// # Errors
    /// [`Damage`].
    pub fn show_again<C: Crypto + Sealing>(
        &self,
        crypto: &C,
        keys: &impl Keys,
        mut view: impl FnMut(&Seen<'_>) -> Result<(), String>,
    ) -> Result<(), Damage> {
        read(Read::nothing(), &self.storage, (crypto, keys), &mut view).map(drop)
    }

    /// The whole ledger comes to what was read of it, also what a mark spared.
    ///
    /// # Errors
    /// [`Damage`]: where it does not.
    pub fn check_whole<C: Crypto + Sealing>(
        &self,
        crypto: &C,
        keys: &impl Keys,
    ) -> Result<(), Damage> {
        let Read { tail, .. } =
            read(Read::nothing(), &self.storage, (crypto, keys), &mut |_| Ok(()))?;
        if tail.end < self.tail.end {
            return Err(Damage::Middle(tail.place()));
        }
        let same = tail.tree.head() == self.tail.tree.head();
        same.then_some(()).ok_or(Damage::Chain(self.tail.place()))
    }

    /// Reads a record again that was shown, with its receipt, under a checkpoint that `key` has signed; none if that cannot
    /// be.
    ///
    /// # Errors
    /// [`Damage::Storage`].
    pub fn recall<C: Crypto + Sealing>(
        &self,
        crypto: &C,
        keys: &impl Keys,
        key: &CheckpointKey,
        location: &Location,
    ) -> Result<Option<Recalled>, Damage> {
        let framed = framed(&self.storage, location.offset, self.end)?;
        Ok(framed.and_then(|framed| recall(crypto, keys, key, &framed, location)))
    }
}

impl<S: Storage> Source for Replayed<S> {
    fn kept(&self, level: u32, index: u64) -> Option<Hash> {
        self.upper.kept(level, index)
    }

    fn start_of(&self, stretch: u64) -> Option<u64> {
        self.upper.start_of(stretch)
    }

    fn framed(&self, offset: u64) -> Option<Option<Vec<u8>>> {
        // What is after the tail may look like a group, and is none.
        framed(&self.storage, offset, self.tail.end).ok()
    }
}
