//! A batch: slots that are written together, before they are.
//!
//! ```text
//! batch   "csbatch1" (8) | seed (32) | pages before it (4) | slot... | nonce (12) | tag (16)
//! slot    number (4) | 0 or 1: large (1) | bytes (512 or 4,096)
//! ```
//!
//! Guarantee: one that is read is one that was written for this file, whole; writing it into its places again changes
//! nothing. The tag speaks for all before it. What a power cut left of new pages is taken off first: nobody knows what is there.

use countersign_ports::{Crypto, Entropy, Sealing, Storage, StorageFault};

use crate::NotWritten;
use crate::cover::{Cover, Sealed, Seed};
use crate::place::{PAGE_BYTES, Place, Size};

const MAGIC: &[u8; 8] = b"csbatch1";
const HEAD_BYTES: usize = MAGIC.len() + size_of::<Seed>() + 4;
const FOOT_BYTES: usize = 12 + 16;
/// Number and size.
const SLOT_HEAD_BYTES: usize = 4 + 1;
/// Pages without anything, as they are appended.
static ZEROS: [u8; 16 * PAGE_BYTES] = [0; 16 * PAGE_BYTES];

/// Slots and their bytes.
pub(crate) struct Batch {
    /// Pages that the file has without it.
    pages: u32,
    slots: Vec<(Place, Vec<u8>)>,
    bytes: usize,
}

impl Batch {
    /// For a file of so many pages.
    pub const fn after(pages: u32) -> Self {
        Self { pages, slots: Vec::new(), bytes: 0 }
    }

    /// One more slot.
    pub fn add(&mut self, place: Place, slot: Vec<u8>) {
        self.bytes += SLOT_HEAD_BYTES + slot.len();
        self.slots.push((place, slot));
    }

    /// Bytes of its slots.
    pub const fn bytes(&self) -> usize {
        self.bytes
    }

    /// Writes it on the medium that the file is not on.
    pub fn write<C: Crypto + Sealing>(
        &self,
        medium: &mut impl Storage,
        cover: &Cover<C>,
        chance: &mut impl Entropy,
    ) -> Result<(), NotWritten> {
        let mut bytes = [&MAGIC[..], &cover.seed, &self.pages.to_be_bytes()].concat();
        bytes.reserve(self.bytes() + FOOT_BYTES);
        for (place, slot) in &self.slots {
            bytes.extend_from_slice(&place.number.to_be_bytes());
            bytes.push(u8::from(place.size == Size::Large));
            bytes.extend_from_slice(slot);
        }
        let (nonce, tag) = cover.seal(chance, Sealed::Batch(&bytes), &mut [])?;
        bytes.extend_from_slice(&nonce);
        bytes.extend_from_slice(&tag);
        medium.truncate(0)?;
        medium.append(&bytes)?;
        Ok(medium.sync()?)
    }

    /// Puts its slots into their places, durably.
    pub fn settle(&self, file: &mut impl Storage) -> Result<(), StorageFault> {
        self.put(file)?;
        file.sync()
    }

    /// Puts its slots into their places. (A new page has one of them at least.)
    pub fn put(&self, file: &mut impl Storage) -> Result<(), StorageFault> {
        let before = u64::from(self.pages) * PAGE_BYTES as u64;
        if file.len()? > before {
            file.truncate(before)?;
        }
        let end = |(place, bytes): &(Place, Vec<u8>)| place.offset() + bytes.len() as u64;
        let end = self.slots.iter().map(end).max().unwrap_or_default();
        extend(file, end.next_multiple_of(PAGE_BYTES as u64))?;
        for (place, bytes) in &self.slots {
            file.overwrite(place.offset(), bytes)?;
        }
        Ok(())
    }

    /// The batch in these bytes; none unless it is whole, and for this file.
    pub fn read<C: Crypto + Sealing>(bytes: &[u8], cover: &Cover<C>) -> Option<Self> {
        let (bytes, foot) = bytes.split_last_chunk::<FOOT_BYTES>()?;
        let (nonce, tag) = foot.split_first_chunk()?;
        cover.open(Sealed::Batch(bytes), (nonce, tag.first_chunk()?), &mut []).ok()?;
        let (head, mut left) = bytes.split_at_checked(HEAD_BYTES)?;
        let pages = u32::from_be_bytes(*head.last_chunk()?);
        let mut batch = Self::after(pages);
        while let Some((number, rest)) = left.split_first_chunk() {
            let (large, rest) = rest.split_first()?;
            let size = if *large == 0 { Size::Small } else { Size::Large };
            let (slot, rest) = rest.split_at_checked(size.bytes())?;
            let place = Place { number: u32::from_be_bytes(*number), size };
            batch.add(place, slot.to_vec());
            left = rest;
        }
        Some(batch)
    }
}

/// Whether a medium that begins so has a batch.
pub(crate) fn is_one(start: &[u8; 8]) -> bool {
    start == MAGIC
}

/// The seed of the file that a batch is for; none unless it begins as one.
pub(crate) fn seed(bytes: &[u8]) -> Option<Seed> {
    bytes.strip_prefix(MAGIC)?.first_chunk().copied()
}

/// Makes a file so long, with zeros.
fn extend(file: &mut impl Storage, bytes: u64) -> Result<(), StorageFault> {
    let mut left = bytes.saturating_sub(file.len()?);
    while left > 0 {
        let some = usize::try_from(left).unwrap_or(usize::MAX).min(ZEROS.len());
        file.append(ZEROS.get(..some).unwrap_or(&ZEROS))?;
        left -= some as u64;
    }
    Ok(())
}
