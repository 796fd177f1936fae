//! To destroy: the next epoch is written without what goes, and the root of the old one is destroyed. To wrap the key for
//! somebody else is to do the same, and nothing goes.
//!
//! Guarantees: until the next epoch is whole and durable, and has been read again, the old one is what counts,
//! and after that the next one; when [`Vault::destroy`] has returned, the root of the old one is gone from the token.

use std::collections::HashSet;

use countersign_ports::{Entropy, Sealing, Storage};
use countersign_protocol::Digest;

use crate::batch::{Batch, Chain, Placed};
use crate::epoch::Epoch;
use crate::scan::scan;
use crate::{Entry, Part, Place, RootTask, Roots, Side, Vault, VaultError, Wrapped, Wrapping};

impl<S: Storage, R: Roots, E: Sealing> Vault<S, R, E> {
    /// Destroys entries, and says how many there were: those that are gone already are no error. It costs as
    /// much for one as for many, because all others are sealed anew.
    ///
    /// # Errors
    /// What failed: the entries may be there or not, [`Vault::open`] says which.
    pub fn destroy(
        &mut self,
        entropy: &mut impl Entropy,
        ids: &[Digest],
    ) -> Result<usize, VaultError> {
        self.look()?;
        let gone: HashSet<Digest> =
            ids.iter().filter(|id| self.entries.contains_key(*id)).copied().collect();
        if !gone.is_empty() {
            // An epoch never loses its wrapped copy by the way.
            if self.recipient.is_some() && self.wrapping.is_none() {
                return Err(VaultError::NoWrapping);
            }
            self.step(|vault| vault.rotate(entropy, &gone))?;
        }
        Ok(gone.len())
    }

    /// Wraps the epoch's key, and that of each epoch to come, for somebody who has to open the vault without the
    /// token, and for nobody else any more; says whether that was a new epoch. If it is wrapped so already, it is not.
    ///
    /// # Errors
    /// What failed: the vault is wrapped as it was, or so, [`Vault::open`] says how.
    pub fn wrap_for(
        &mut self,
        entropy: &mut impl Entropy,
        wrapping: Box<dyn Wrapping>,
    ) -> Result<bool, VaultError> {
        self.look()?;
        let is_new = self.recipient != Some(wrapping.recipient());
        self.wrapping = Some(wrapping);
        if is_new {
            self.step(|vault| vault.rotate(entropy, &HashSet::new()))?;
        }
        Ok(is_new)
    }

    /// For whom the epoch's key is wrapped.
    #[must_use]
    pub const fn wrapped_for(&self) -> Option<Digest> {
        self.recipient
    }

    fn rotate(
        &mut self,
        entropy: &mut impl Entropy,
        gone: &HashSet<Digest>,
    ) -> Result<(), VaultError> {
        let old = self.epoch.number;
        let number = old.checked_add(1);
        let next = self.begin(number.ok_or(VaultError::StrangeRoots { epochs: vec![old] })?)?;
        let wrapped = self.wrapping.as_ref().map(|wrapping| wrapping.wrapped(&next));
        let wrapped = wrapped.transpose()?;
        let batch = self.sealed_anew(&next, entropy, wrapped.as_ref(), gone)?;
        self.platform.media.write(Side::of(next.number), &batch)?;
        self.look_again(&next, wrapped.as_ref(), &batch)?;
        // From here on the next epoch counts.
        self.platform.roots.destroy(old).map_err(RootTask::Destroy.failed(old))?;
        self.platform.media.clear(Side::of(old))?;
        let entries = batch.placed.into_iter().map(|placed| (placed.known.id, placed));
        (self.entries, self.chain, self.epoch) = (entries.collect(), batch.after, next);
        self.recipient = wrapped.map(|wrapped| wrapped.recipient);
        Ok(())
    }

    /// An epoch with a root, and an empty medium for it.
    fn begin(&mut self, number: u64) -> Result<Epoch, VaultError> {
        self.platform.media.clear(Side::of(number))?;
        self.platform.roots.make(number).map_err(RootTask::Make.failed(number))?;
        self.platform.epoch(number)
    }

    /// Reads what was written: the only other copy is about to become worthless.
    fn look_again(
        &self,
        next: &Epoch,
        wrapped: Option<&Wrapped>,
        batch: &Batch,
    ) -> Result<(), VaultError> {
        let medium = self.platform.media.on(Side::of(next.number));
        let scanned = scan(next, &self.platform.engine, medium)?;
        let (part, offset) = (Part::Foot, batch.body.len() as u64);
        let place = Place { epoch: next.number, batch: 0, part, offset };
        let same = scanned.chain == batch.after && scanned.entries.len() == batch.placed.len();
        let same = same && scanned.wrapped.as_ref() == wrapped;
        if same { Ok(()) } else { Err(VaultError::Damaged(place)) }
    }

    /// What stays, sealed for the next epoch. One key at a time is open.
    fn sealed_anew(
        &self,
        next: &Epoch,
        entropy: &mut impl Entropy,
        wrapped: Option<&Wrapped>,
        gone: &HashSet<Digest>,
    ) -> Result<Batch, VaultError> {
        let stays = |placed: &&Placed| !gone.contains(&placed.known.id);
        let mut stay: Vec<&Placed> = self.entries.values().filter(stays).collect();
        stay.sort_unstable_by_key(|placed| placed.known.index);
        let entries = stay.into_iter().map(|placed| {
            let (id, kind) = (placed.known.id, placed.known.kind);
            self.read(placed).map(|key| Entry { id, kind, key })
        });
        Batch::compose(next, &self.platform.engine, entropy, &Chain::default(), wrapped, entries)
    }
}
