//! An open slot file: which record is where, and how records are changed.

use std::collections::HashMap;

use countersign_ports::{Crypto, Entropy, Sealing, Storage};
use countersign_protocol::limits::{SLOT_BATCH_BYTES_MAX, SLOT_SEALINGS_MAX};

use crate::NotWritten;
use crate::batch::Batch;
use crate::cover::{Cover, Name, Nonce};
use crate::head::Head;
use crate::place::{Place, SLOT_BYTES_LARGE, Size};
use crate::slot::{self, Label, Part, room};

/// Parts of a record.
const PARTS_MAX: usize = u16::MAX as usize;

/// What a record is known by: its table, and a key that no other one in the table has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key<'r> {
    /// 1 to 127.
    pub table: u8,
    /// Its key.
    pub key: &'r [u8],
}

/// A change of a record. In one write there is one of each record at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change<'r> {
    /// It is this from now on.
    Put {
        /// What it is known by.
        key: Key<'r>,
        /// Whose it is; 0: the appliance's own.
        tenant: u32,
        /// What it is.
        content: &'r [u8],
    },
    /// It is gone.
    Remove(Key<'r>),
}

/// What a write is made upon.
pub struct Upon<'m, S, E> {
    /// The file's medium.
    pub file: &'m mut S,
    /// The other one: nothing on it is kept.
    pub aside: &'m mut S,
    /// For nonces.
    pub chance: &'m mut E,
}

/// Where a part of a record is.
pub(crate) struct Held {
    pub place: Place,
    pub nonce: Nonce,
}

/// An open slot file.
pub struct Slots<C> {
    pub(crate) cover: Cover<C>,
    pub(crate) head: Head,
    held: HashMap<(Name, u16), Held>,
    /// What was read, and is looked for when something is written: a file that only opens needs no more.
    read: Vec<((Name, u16), Held)>,
}

impl<C: Crypto + Sealing> Slots<C> {
    pub(crate) fn new(cover: Cover<C>) -> Self {
        Self { cover, head: Head::NEW, held: HashMap::new(), read: Vec::new() }
    }

    /// Makes these changes, after which the file is of `mark`: when it returns they are durable, and after a power cut all of
    /// them are there or none is.
    ///
    /// # Errors
    /// [`NotWritten`]: then this file is given up, and another one is begun.
    pub fn write<S: Storage, E: Entropy>(
        mut self,
        upon: Upon<'_, S, E>,
        mark: u64,
        changes: &[Change<'_>],
    ) -> Result<Self, NotWritten> {
        let Upon { file, aside, chance } = upon;
        let mut batch = Batch::after(self.head.places.pages);
        (self.head.number, self.head.mark) = (self.head.number + 1, mark);
        for change in changes {
            self.stage(change, chance, &mut batch)?;
            if batch.bytes() > SLOT_BATCH_BYTES_MAX - 3 * SLOT_BYTES_LARGE {
                return Err(NotWritten::Full);
            }
        }
        let head = self.seal_head(chance)?;
        batch.add(Place::HEAD, head);
        batch.write(aside, &self.cover, chance)?;
        batch.settle(file)?;
        Ok(self)
    }

    /// Whether its key has sealed often enough: another file is to be begun.
    #[must_use]
    pub const fn is_worn(&self) -> bool {
        self.head.sealings >= SLOT_SEALINGS_MAX
    }

    /// Bytes of the file.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.head.places.bytes()
    }

    /// What whoever keeps it says that it is of.
    #[must_use]
    pub const fn mark(&self) -> u64 {
        self.head.mark
    }

    /// Whether there is such a record.
    #[must_use]
    pub fn has(&mut self, key: Key<'_>) -> bool {
        let name = self.cover.name(key.table, key.key);
        self.held().contains_key(&(name, 0))
    }

    /// How often it was written.
    #[must_use]
    pub const fn writes(&self) -> u64 {
        self.head.number
    }

    pub(crate) fn seal_head(&mut self, chance: &mut impl Entropy) -> Result<Vec<u8>, NotWritten> {
        // Itself, and what speaks for the batch.
        self.head.sealings += 2;
        self.head.seal(&self.cover, chance)
    }

    /// Seals what a change comes to.
    pub(crate) fn stage(
        &mut self,
        change: &Change<'_>,
        chance: &mut impl Entropy,
        batch: &mut Batch,
    ) -> Result<(), NotWritten> {
        match change {
            Change::Put { key, tenant, content } => {
                let name = self.cover.name(key.table, key.key);
                let label = Label { table: key.table, tenant: *tenant };
                let size =
                    if content.len() > room(Size::Small) { Size::Large } else { Size::Small };
                let parts = content.len().div_ceil(room(size)).max(1);
                let of = u16::try_from(parts).map_err(|_| NotWritten::Full)?;
                for number in 0..of {
                    let from = usize::from(number) * room(size);
                    let to = content.len().min(from + room(size));
                    let piece = content.get(from..to).unwrap_or_default();
                    let version = self.head.number;
                    let part = Part { label, version, name, number, of };
                    self.put(size, &part, piece, chance, batch)?;
                }
                self.free(name, of, batch);
            }
            Change::Remove(key) => self.free(self.cover.name(key.table, key.key), 0, batch),
        }
        Ok(())
    }

    fn put(
        &mut self,
        size: Size,
        part: &Part,
        content: &[u8],
        chance: &mut impl Entropy,
        batch: &mut Batch,
    ) -> Result<(), NotWritten> {
        let at = (part.name, part.number);
        let kept = self.held().get(&at).map(|held| held.place).filter(|place| place.size == size);
        if kept.is_none() {
            self.free_part(at, batch);
        }
        let place = kept.or_else(|| self.head.places.next(size)).ok_or(NotWritten::Full)?;
        let (bytes, nonce) = slot::seal(&self.cover, chance, place, part, content)?;
        self.head.sealings += 1;
        batch.add(place, bytes);
        self.hold(at, Held { place, nonce });
        Ok(())
    }

    /// A part is there, as it was read. (That no other one has its name and number is in the sum.)
    pub(crate) fn read(&mut self, at: (Name, u16), held: Held) {
        self.head.toggle(&self.cover.share(held.place, &held.nonce));
        self.read.push((at, held));
    }

    /// Where all parts are.
    fn held(&mut self) -> &mut HashMap<(Name, u16), Held> {
        self.held.extend(std::mem::take(&mut self.read));
        &mut self.held
    }

    /// A part is there now.
    fn hold(&mut self, at: (Name, u16), held: Held) {
        self.head.toggle(&self.cover.share(held.place, &held.nonce));
        if let Some(old) = self.held().insert(at, held) {
            self.head.toggle(&self.cover.share(old.place, &old.nonce));
        }
    }

    /// The parts of a record from this one on are gone.
    fn free(&mut self, name: Name, from: u16, batch: &mut Batch) {
        for number in (from..).take(PARTS_MAX) {
            if !self.free_part((name, number), batch) {
                return;
            }
        }
    }

    fn free_part(&mut self, at: (Name, u16), batch: &mut Batch) -> bool {
        let Some(Held { place, nonce }) = self.held().remove(&at) else { return false };
        self.head.toggle(&self.cover.share(place, &nonce));
        batch.add(place, vec![0; place.size.bytes()]);
        true
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "what a test did not expect has failed the test")]
mod tests {
    use std::sync::Arc;

    use countersign_disk::{Chance, Disk};
    use countersign_host::Host;
    use countersign_protocol::ApplianceId;

    use super::*;
    use crate::Filling;

    #[test]
    fn what_a_file_has_sealed_is_counted_until_it_is_worn() {
        let (mut file, mut chance) = (Disk::holding(Vec::new()), Chance::of(1));
        let with = (&Arc::new(Host), &[7; 32], ApplianceId([1; 16]));
        let mut filling = Filling::begin(&mut file, with, [1; 32]).unwrap();
        let key = Key { table: 1, key: b"one" };
        let on = (&mut file, &mut chance);
        filling.put(on, &Change::Put { key, tenant: 0, content: &[0; 5_000] }).unwrap();
        let mut slots = filling.end((&mut file, &mut chance), 0).unwrap();
        // Two parts, and the head with what would speak for a batch.
        assert_eq!(slots.head.sealings, 4);
        slots.head.sealings = SLOT_SEALINGS_MAX - 1;
        assert!(!slots.is_worn());
        slots.head.sealings += 1;
        assert!(slots.is_worn());
    }
}
