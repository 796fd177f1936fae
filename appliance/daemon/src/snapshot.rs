//! The snapshot: what the ledger's records come to, so that a boot need not read all of them.
//!
//! Guarantees: only durable records are in it; what is read is what was written, whole, or nothing; it is sealed
//! under a key of the vault's that goes with the next erasure, before anything newer is written under
//! another one, so that no older copy tells of whom the appliance has erased. Two media take turns: the last
//! whole snapshot stays while the next one is written.
//!
//! It guarantees nothing about the ledger: whoever takes it holds its mark against the ledger, and goes on from
//! there ([`crate::reading`]). It is never needed: without it everything is read.

mod chunks;
mod keeping;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use countersign_core::port::Crypto;
use countersign_ledger::{Growing, Mark};
use countersign_ports::{Sealing, Storage};
use countersign_protocol::{ApplianceId, minicbor};
use countersign_registry::Registry;
use countersign_vault::Media;

use crate::answered::Answered;
pub(crate) use chunks::NotWritten;
pub use keeping::NoSnapshot;

/// What a row is of: its first byte.
#[derive(Clone, Copy)]
#[repr(u8)]
enum Part {
    /// Records that the registry knows.
    Known = 1,
    /// The mark's first row.
    Mark = 2,
    /// The mark's other rows.
    Stretches = 3,
    /// The registry's.
    Registry = 4,
    /// Transactions on record.
    Answered = 5,
}

/// A snapshot, read.
pub(crate) struct Snapshot<C> {
    /// Where the ledger is read on.
    pub(crate) mark: Mark,
    /// Records that the registry knows already: a few past the mark may be among them.
    pub(crate) known: u64,
    pub(crate) registry: Registry<C>,
    pub(crate) answered: Answered,
}

/// A snapshot that is being read.
struct Reading<C> {
    known: Option<u64>,
    mark: Option<Growing>,
    registry: Registry<C>,
    answered: Answered,
}

impl<C: Crypto> Reading<C> {
    fn take(&mut self, row: &[u8]) -> Option<()> {
        let (part, row) = row.split_first()?;
        match *part {
            part if part == Part::Known as u8 => self.known = minicbor::decode(row).ok(),
            part if part == Part::Mark as u8 => self.mark = Some(Growing::begin(row)?),
            part if part == Part::Stretches as u8 => self.mark.as_mut()?.take(row)?,
            part if part == Part::Registry as u8 => self.registry.take_row(row).ok()?,
            part if part == Part::Answered as u8 => self.answered.take_row(row)?,
            _ => return None,
        }
        Some(())
    }

    fn finish(self) -> Option<Snapshot<C>> {
        let Self { known, mark, registry, answered } = self;
        let mark = mark?.finish()?;
        let known = known.filter(|known| *known >= mark.size())?;
        Some(Snapshot { mark, known, registry, answered })
    }
}

/// The media of snapshots, and which of them has the newest.
pub(crate) struct Shelf<S> {
    media: Mutex<Media<S>>,
    newest: Mutex<Newest>,
}

/// The newest snapshot.
#[derive(Clone, Copy, Debug, Default)]
struct Newest {
    /// On the medium of odd ones.
    odd: bool,
    /// Records that it is of, or that the ledger had when the last one was tried; 0: there is none.
    records: u64,
}

impl<S: Storage> Shelf<S> {
    /// The newest snapshot that opens, if one does.
    pub(crate) fn open<C: Crypto + Sealing>(
        media: Media<S>,
        crypto: &Arc<C>,
        key: Option<&[u8; 32]>,
        appliance: ApplianceId,
    ) -> (Self, Option<Snapshot<C>>) {
        let claims = [chunks::claimed(&media.even), chunks::claimed(&media.odd)];
        let [even, odd] = claims;
        let order = if odd > even { [true, false] } else { [false, true] };
        let found = key.and_then(|key| {
            { order }.into_iter().find_map(|is_odd| {
                let medium = if is_odd { &media.odd } else { &media.even };
                Some((is_odd, read(medium, crypto, key, appliance)?))
            })
        });
        if found.is_none() && claims.iter().any(Option::is_some) {
            tracing::warn!("no snapshot opens: everything is read");
        }
        let newest =
            found.as_ref().map(|(odd, found)| Newest { odd: *odd, records: found.mark.size() });
        let newest = Mutex::new(newest.unwrap_or_default());
        (Self { media: Mutex::new(media), newest }, found.map(|(_, found)| found))
    }

    fn newest(&self) -> MutexGuard<'_, Newest> {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records of the newest snapshot; 0 if there is none.
    pub(crate) fn records(&self) -> u64 {
        self.newest().records
    }

    /// The key of what there is is gone: there is none.
    pub(crate) fn forget(&self) {
        self.newest().records = 0;
    }
}

fn read<C: Crypto + Sealing>(
    medium: &impl Storage,
    crypto: &Arc<C>,
    key: &[u8; 32],
    appliance: ApplianceId,
) -> Option<Snapshot<C>> {
    let (registry, answered) = (Registry::new(Arc::clone(crypto)), Answered::default());
    let mut reading = Reading { known: None, mark: None, registry, answered };
    chunks::read(medium, &**crypto, key, appliance, |row| reading.take(row))?;
    reading.finish()
}
