//! Opening a slot file: what was cut short is finished, then every slot is read, some pages at a time.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use countersign_ports::{Beside, Crypto, Sealing, Storage};
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
const READ_PAGES: u32 = 1_024;

/// Parts of records of which more are to come.
type Begun = HashMap<Name, Vec<Option<Vec<u8>>>>;

impl<C: Crypto + Sealing + Send + Sync> Slots<C> {
    /// What the file on this medium says that it is of; none unless its head opens. Nothing else is looked at.
    pub fn claims(
        file: &impl Storage,
        (crypto, key, appliance): (&Arc<C>, &[u8; 32], ApplianceId),
    ) -> Option<u64> {
        let mut first = page(file, 0)?;
        let cover = Cover::new(crypto, key, appliance, head::seed(&first)?);
        Head::open(&cover, &mut first).map(|head| head.mark)
    }

    /// Opens the file on the one medium, with the batch that may be on the other, and shows each record to both; none unless
    /// all of them open, are all there are, and are taken. While the second one has some, the next ones are opened and
    /// shown to the first one.
    pub fn open<S: Storage + Send>(
        (file, aside): (&mut S, &S),
        (crypto, key, appliance): (&Arc<C>, &[u8; 32], ApplianceId),
        beside: &impl Beside,
        (mut first, mut second): (
            impl FnMut(Label, &[u8]) -> Option<()> + Send,
            impl FnMut(Label, &[u8]) -> Option<()> + Send,
        ),
    ) -> Option<Self> {
        let waiting = waiting(aside);
        // The seed is the same before and after a write: only where the head is torn, the batch says which it was.
        let seed = page(file, 0).and_then(|first| head::seed(&first));
        let seed = seed.or_else(|| batch::seed(waiting.as_deref()?))?;
        let cover = Cover::new(crypto, key, appliance, seed);
        if let Some(batch) = waiting.and_then(|bytes| Batch::read(&bytes, &cover)) {
            batch.settle(file).ok()?;
        }
        let mut beginning = page(file, 0)?;
        if head::seed(&beginning) != Some(seed) {
            return None;
        }
        let head = Head::open(&cover, &mut beginning)?;
        if file.len().ok()? != head.places.bytes() {
            return None;
        }
        let mut reading = Reading { slots: Self::new(cover), begun: Begun::new(), head, next: 1 };
        let mut next = |room| {
            let records = reading.pages(file, room)?;
            records.each(&mut first).map(|()| records)
        };
        let (mut records, mut room) = (next(Records::default())?, Records::default());
        while !records.is_empty() {
            let (opened, taken) = beside.both(|| next(room), || records.each(&mut second));
            taken?;
            room = std::mem::replace(&mut records, opened?);
        }
        reading.end()
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

/// Records of some pages, open.
#[derive(Default)]
struct Records {
    /// The pages.
    bytes: Zeroizing<Vec<u8>>,
    /// Where in them those are that have one part.
    single: Vec<(Label, Range<usize>)>,
    /// Those that have more, of which these pages had the last one.
    whole: Vec<(Label, Zeroizing<Vec<u8>>)>,
    /// Whether there were any pages.
    none: bool,
}

impl Records {
    const fn is_empty(&self) -> bool {
        self.none
    }

    fn each(&self, take: &mut impl FnMut(Label, &[u8]) -> Option<()>) -> Option<()> {
        let mut single = self.single.iter();
        single.try_for_each(|(label, at)| take(*label, self.bytes.get(at.clone())?))?;
        self.whole.iter().try_for_each(|(label, record)| take(*label, record))
    }
}

struct Reading<C> {
    slots: Slots<C>,
    begun: Begun,
    /// What the file must come to.
    head: Head,
    /// The page that is read next.
    next: u32,
}

impl<C: Crypto + Sealing> Reading<C> {
    /// The next pages' records, in the room of others.
    fn pages(&mut self, file: &mut impl Storage, mut records: Records) -> Option<Records> {
        let pages = READ_PAGES.min(self.head.places.pages.saturating_sub(self.next));
        let mut bytes = std::mem::take(&mut records.bytes);
        bytes.resize(usize::try_from(pages).ok()? * PAGE_BYTES, 0);
        file.read_at(u64::from(self.next) * PAGE_BYTES as u64, &mut bytes).ok()?;
        records.single.clear();
        records.whole.clear();
        records.none = pages == 0;
        for ((page, number), at) in
            bytes.chunks_exact_mut(PAGE_BYTES).zip(self.next..).zip((0..).step_by(PAGE_BYTES))
        {
            self.page((page, at), number, &mut records)?;
        }
        self.next += pages;
        records.bytes = bytes;
        Some(records)
    }

    /// The page that is there in the bytes that are read.
    fn page(
        &mut self,
        (page, at): (&mut [u8], usize),
        number: u32,
        records: &mut Records,
    ) -> Option<()> {
        let size = slot::size(*page.first()?);
        for (bytes, slot) in page.chunks_exact_mut(size.bytes()).zip(0..) {
            let place = Place { number: number.checked_mul(8)?.checked_add(slot)?, size };
            if is_free(bytes) {
                continue;
            }
            let opened = slot::open(&self.slots.cover, place, bytes)?;
            // Nothing is newer than the head.
            if opened.part.version > self.head.number {
                return None;
            }
            let at = at + usize::try_from(slot).ok()? * size.bytes();
            self.part(place, &opened, (bytes, at), records)?;
        }
        Some(())
    }

    fn part(
        &mut self,
        place: Place,
        opened: &Opened,
        (bytes, at): (&[u8], usize),
        records: &mut Records,
    ) -> Option<()> {
        let Opened { part, nonce, content } = opened;
        let held = Held { place, nonce: *nonce };
        self.slots.read((part.name, part.number), held);
        let piece = bytes.get(content.clone())?;
        if part.of == 1 {
            records.single.push((part.label, at + content.start..at + content.end));
            return Some(());
        }
        let parts = self.begun.entry(part.name);
        let parts = parts.or_insert_with(|| vec![None; usize::from(part.of)]);
        *parts.get_mut(usize::from(part.number))? = Some(piece.to_vec());
        if parts.iter().all(Option::is_some) {
            let parts = self.begun.remove(&part.name)?;
            let whole = parts.into_iter().flatten().flatten().collect();
            records.whole.push((part.label, Zeroizing::new(whole)));
        }
        Some(())
    }

    /// These were all there are.
    fn end(mut self) -> Option<Slots<C>> {
        let all = self.slots.head.sum == self.head.sum && self.begun.is_empty();
        self.slots.head = self.head;
        all.then_some(self.slots)
    }
}
