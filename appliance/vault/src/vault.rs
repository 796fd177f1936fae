//! The open vault: entries are added, and their keys read.
//!
//! Guarantees: what [`Vault::create`] has returned for is durable; a key comes back only if it is the one that
//! was given for this id; after anything failed of which nobody knows what it left, nothing more is done until
//! the vault is opened again.

use std::collections::{HashMap, HashSet};

use countersign_ports::{Entropy, Sealing, Storage};
use countersign_protocol::{ApplianceId, Digest};
use zeroize::Zeroizing;

use crate::batch::{Batch, Chain, Placed, entry_bytes, read_entry};
use crate::epoch::Epoch;
use crate::{Entry, Kind, Media, Part, Place, RootTask, Roots, Side, VaultError, Wrapping};

/// What a vault stands on.
pub struct Platform<S, R, E> {
    /// Where its bytes are.
    pub media: Media<S>,
    /// Where its roots are.
    pub roots: R,
    /// What it is sealed with.
    pub engine: E,
    /// Whose it is.
    pub appliance: ApplianceId,
}

/// An open vault. It has one owner; it has no `Debug`.
pub struct Vault<S, R, E> {
    pub(crate) platform: Platform<S, R, E>,
    pub(crate) epoch: Epoch,
    pub(crate) chain: Chain,
    pub(crate) entries: HashMap<Digest, Placed>,
    /// For whom the epoch's key is wrapped.
    pub(crate) recipient: Option<Digest>,
    /// For whom the next ones' will be.
    pub(crate) wrapping: Option<Box<dyn Wrapping>>,
    /// Whether something failed.
    pub(crate) closed: bool,
}

impl<S, R: Roots, E> Platform<S, R, E> {
    /// An epoch with its key.
    pub(crate) fn epoch(&self, number: u64) -> Result<Epoch, VaultError> {
        let key = self.roots.derive(number, &self.appliance);
        let key = key.map_err(RootTask::Use.failed(number))?;
        Ok(Epoch { appliance: self.appliance, number, key })
    }
}

impl<S: Storage, R: Roots, E: Sealing> Vault<S, R, E> {
    /// The epoch: it goes up when something is destroyed.
    #[must_use]
    pub const fn epoch(&self) -> u64 {
        self.epoch.number
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entries that there are, in no order.
    pub fn entries(&self) -> impl Iterator<Item = (Digest, Kind)> {
        self.entries.values().map(|placed| (placed.known.id, placed.known.kind))
    }

    /// Adds an entry, durably.
    ///
    /// # Errors
    /// As [`Self::create_many`].
    pub fn create(&mut self, entropy: &mut impl Entropy, entry: Entry) -> Result<(), VaultError> {
        self.create_many(entropy, vec![entry])
    }

    /// Adds entries, durably: all, or none.
    ///
    /// # Errors
    /// [`VaultError::Exists`] for an id that is there, or comes twice; [`VaultError::Full`]; what failed, and
    /// then they may be there or not, as after a power cut: [`Vault::open`] says which.
    pub fn create_many(
        &mut self,
        entropy: &mut impl Entropy,
        entries: Vec<Entry>,
    ) -> Result<(), VaultError> {
        self.look()?;
        self.are_new(&entries)?;
        if entries.is_empty() {
            return Ok(());
        }
        let (engine, entries) = (&self.platform.engine, entries.into_iter().map(Ok));
        let batch = Batch::compose(&self.epoch, engine, entropy, &self.chain, None, entries)?;
        self.step(|vault| vault.platform.media.write(Side::of(vault.epoch.number), &batch))?;
        self.chain = batch.after;
        self.entries.extend(batch.placed.into_iter().map(|placed| (placed.known.id, placed)));
        Ok(())
    }

    /// The key of an entry.
    ///
    /// # Errors
    /// [`VaultError::Unknown`]; [`VaultError::Damaged`] if it is not as it was written.
    pub fn key(&self, id: &Digest) -> Result<Zeroizing<[u8; 32]>, VaultError> {
        self.look()?;
        self.read(self.entries.get(id).ok_or(VaultError::Unknown { id: *id })?)
    }

    /// Opens an entry where it is.
    pub(crate) fn read(&self, placed: &Placed) -> Result<Zeroizing<[u8; 32]>, VaultError> {
        let Platform { media, engine, .. } = &self.platform;
        placed.read(&self.epoch, engine, media)
    }

    fn are_new(&self, entries: &[Entry]) -> Result<(), VaultError> {
        let mut seen = HashSet::with_capacity(entries.len());
        let mut is_known = |id: &Digest| self.entries.contains_key(id) || !seen.insert(*id);
        let known = entries.iter().map(|entry| entry.id).find(|id| is_known(id));
        known.map_or(Ok(()), |id| Err(VaultError::Exists { id }))
    }

    /// Whether anything may be done.
    pub(crate) const fn look(&self) -> Result<(), VaultError> {
        if self.closed { Err(VaultError::Closed) } else { Ok(()) }
    }

    /// Does what nobody knows the outcome of if it fails: then the vault is closed.
    pub(crate) fn step<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, VaultError>,
    ) -> Result<T, VaultError> {
        self.closed = true;
        let done = work(self)?;
        self.closed = false;
        Ok(done)
    }
}

impl Placed {
    /// Opens an entry where it is.
    pub(crate) fn read<S: Storage>(
        &self,
        epoch: &Epoch,
        engine: &impl Sealing,
        media: &Media<S>,
    ) -> Result<Zeroizing<[u8; 32]>, VaultError> {
        let (number, Self { known, batch, offset }) = (epoch.number, *self);
        let mut bytes = vec![0; entry_bytes(known.kind.byte()).unwrap_or_default()];
        let side = Side::of(number);
        media.on(side).read_at(offset, &mut bytes).map_err(|fault| side.failed(fault))?;
        let read = read_entry(&bytes, known.index).filter(|(read, ..)| *read == known);
        let key = read.and_then(|(known, sealed, mark)| epoch.open(engine, &known, sealed, &mark));
        let part = Part::Entry(known.index);
        key.ok_or(VaultError::Damaged(Place { epoch: number, batch, part, offset }))
    }
}
