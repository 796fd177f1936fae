//! Opening a slot file: what was cut short is finished, then every slot is read.

use std::collections::HashMap;
use std::sync::Arc;

use countersign_ports::{Crypto, Sealing, Storage};
use countersign_protocol::ApplianceId;
use countersign_protocol::limits::SLOT_BATCH_BYTES_MAX;
use zeroize::Zeroizing;

use crate::batch::{self, Batch};
use crate::cover::{Cover, Name};
use crate::head::{self, Head};
use crate::place::{PAGE_BYTES, Place};
use crate::slot::{self, Label, Opened, is_free};
use crate::slots::{Held, Slots};

/// Pages that are read at once.
const READ_PAGES: u32 = 256;

/// Parts of records of which more are to come.
type Begun = HashMap<Name, Vec<Option<Vec<u8>>>>;

impl<C: Crypto + Sealing> Slots<C> {
    /// What the file on this medium says that it is of; none unless its head opens. Nothing else is looked at.
    pub fn claims(
        file: &impl Storage,
        (crypto, key, appliance): (&Arc<C>, &[u8; 32], ApplianceId),
    ) -> Option<u64> {
        let mut first = page(file, 0)?;
        let cover = Cover::new(crypto, key, appliance, head::seed(&first)?);
        Head::open(&cover, &mut first).map(|head| head.mark)
    }

    /// Opens the file on the one medium, with the batch that may be on the other, and shows each record to `take`, in the
    /// order of their first places; none unless all of them open, are all there are, and are taken.
    pub fn open<S: Storage>(
        (file, aside): (&mut S, &S),
        (crypto, key, appliance): (&Arc<C>, &[u8; 32], ApplianceId),
        take: impl FnMut(Label, &[u8]) -> Option<()>,
    ) -> Option<Self> {
        let waiting = waiting(aside);
        // The seed is the same before and after a write: only where the head is torn, the batch says which it was.
        let seed = page(file, 0).and_then(|first| head::seed(&first));
        let seed = seed.or_else(|| batch::seed(waiting.as_deref()?))?;
        let cover = Cover::new(crypto, key, appliance, seed);
        if let Some(batch) = waiting.and_then(|bytes| Batch::read(&bytes, &cover)) {
            batch.settle(file).ok()?;
        }
        let mut first = page(file, 0)?;
        if head::seed(&first) != Some(seed) {
            return None;
        }
        let head = Head::open(&cover, &mut first)?;
        Reading { slots: Self::new(cover), begun: Begun::new(), take }.all(file, head)
    }
}

/// What is on the other medium, unless that cannot be a batch.
fn waiting(aside: &impl Storage) -> Option<Vec<u8>> {
    let len = usize::try_from(aside.len().ok()?).ok().filter(|len| *len <= SLOT_BATCH_BYTES_MAX)?;
    let mut start = [0; 8];
    aside.read_at(0, &mut start).ok()?;
    if !batch::is_one(&start) {
        return None;
    }
    let mut bytes = vec![0; len];
    aside.read_at(0, &mut bytes).ok().map(|()| bytes)
}

fn page(file: &impl Storage, number: u64) -> Option<Zeroizing<Vec<u8>>> {
    let mut page = Zeroizing::new(vec![0; PAGE_BYTES]);
    file.read_at(number * PAGE_BYTES as u64, &mut page).ok().map(|()| page)
}

struct Reading<C, F> {
    slots: Slots<C>,
    begun: Begun,
    take: F,
}

impl<C: Crypto + Sealing, F: FnMut(Label, &[u8]) -> Option<()>> Reading<C, F> {
    /// All pages of a file that comes to this.
    fn all(mut self, file: &impl Storage, head: Head) -> Option<Slots<C>> {
        if file.len().ok()? != head.places.bytes() {
            return None;
        }
        let mut next = 1;
        while next < head.places.pages {
            let pages = READ_PAGES.min(head.places.pages - next);
            let mut bytes = Zeroizing::new(vec![0; usize::try_from(pages).ok()? * PAGE_BYTES]);
            file.read_at(u64::from(next) * PAGE_BYTES as u64, &mut bytes).ok()?;
            for (page, number) in bytes.chunks_exact_mut(PAGE_BYTES).zip(next..) {
                self.page(page, number, head.number)?;
            }
            next += pages;
        }
        let read = self.slots.head.sum == head.sum && self.begun.is_empty();
        self.slots.head = head;
        read.then_some(self.slots)
    }

    fn page(&mut self, page: &mut [u8], number: u32, version: u64) -> Option<()> {
        let size = slot::size(*page.first()?);
        for (bytes, slot) in page.chunks_exact_mut(size.bytes()).zip(0..) {
            let place = Place { number: number.checked_mul(8)?.checked_add(slot)?, size };
            if is_free(bytes) {
                continue;
            }
            let opened = slot::open(&self.slots.cover, place, bytes)?;
            // Nothing is newer than the head.
            if opened.part.version > version {
                return None;
            }
            self.part(place, &opened, bytes)?;
        }
        Some(())
    }

    fn part(&mut self, place: Place, opened: &Opened, bytes: &[u8]) -> Option<()> {
        let Opened { part, nonce, content } = opened;
        let held = Held { place, nonce: *nonce };
        let only = self.slots.hold((part.name, part.number), held);
        let content = bytes.get(content.clone()).filter(|_| only)?;
        if part.of == 1 {
            return (self.take)(part.label, content);
        }
        let parts = self.begun.entry(part.name);
        let parts = parts.or_insert_with(|| vec![None; usize::from(part.of)]);
        *parts.get_mut(usize::from(part.number))? = Some(content.to_vec());
        if parts.iter().all(Option::is_some) {
            let parts = self.begun.remove(&part.name)?;
            let whole: Vec<u8> = parts.into_iter().flatten().flatten().collect();
            (self.take)(part.label, &whole)?;
        }
        Some(())
    }
}
