//! A new slot file, from its first record on.
//!
//! Guarantee: until [`Filling::end`] has returned there is no file: its head is written when everything else is durable.

use std::sync::Arc;

use countersign_ports::{Crypto, Entropy, Sealing, Storage};
use countersign_protocol::ApplianceId;

use crate::NotWritten;
use crate::batch::Batch;
use crate::cover::{Cover, Seed};
use crate::place::{PAGE_BYTES, Place};
use crate::slots::{Change, Slots};

/// So much is written at once.
const FILL_BYTES: usize = 1 << 20;

/// A new slot file that is being filled. Whoever fills it has the medium and the chance for its nonces.
pub struct Filling<C> {
    slots: Slots<C>,
    waiting: Batch,
}

impl<C: Crypto + Sealing> Filling<C> {
    /// Takes off whatever is on the medium.
    ///
    /// # Errors
    /// [`NotWritten`].
    pub fn begin(
        file: &mut impl Storage,
        (crypto, key, appliance): (&Arc<C>, &[u8; 32], ApplianceId),
        seed: Seed,
    ) -> Result<Self, NotWritten> {
        let slots = Slots::new(Cover::new(crypto, key, appliance, seed));
        file.truncate(0)?;
        file.append(&[0; PAGE_BYTES])?;
        // Nobody finds an old head on a new file.
        file.sync()?;
        let waiting = Batch::after(slots.head.places.pages);
        Ok(Self { slots, waiting })
    }

    /// A record is this from now on, or gone.
    ///
    /// # Errors
    /// [`NotWritten`].
    pub fn put(
        &mut self,
        (file, chance): (&mut impl Storage, &mut impl Entropy),
        change: &Change<'_>,
    ) -> Result<(), NotWritten> {
        self.slots.stage(change, chance, &mut self.waiting)?;
        if self.waiting.bytes() > FILL_BYTES {
            self.waiting.put(file)?;
            self.waiting = Batch::after(self.slots.head.places.pages);
        }
        Ok(())
    }

    /// There it is, of `mark`.
    ///
    /// # Errors
    /// [`NotWritten`].
    pub fn end(
        mut self,
        (file, chance): (&mut impl Storage, &mut impl Entropy),
        mark: u64,
    ) -> Result<Slots<C>, NotWritten> {
        self.slots.head.mark = mark;
        self.waiting.settle(file)?;
        let head = self.slots.seal_head(chance)?;
        file.overwrite(Place::HEAD.offset(), &head)?;
        file.sync()?;
        Ok(self.slots)
    }
}
