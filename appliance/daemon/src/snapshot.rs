//! The snapshot: what the ledger's records come to, in a slot file, so that a boot need not read all of them.
//!
//! Guarantees: only durable records are in it; it opens as it was written, whole, or not at all ([`countersign_slots`]); it is
//! sealed under a key of the vault's that goes with the next erasure, before anything newer is written under
//! another one, so that no older copy tells of whom the appliance has erased. Two media take turns: one has the file, and the
//! other what is written next; where a new file is begun, the last one stays until that is whole.
//!
//! It guarantees nothing about the ledger: whoever takes it holds its mark against the ledger, and goes on from
//! there ([`crate::reading`]). It is never needed: without it everything is read.

mod keeping;
mod parts;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use countersign_core::port::Crypto;
use countersign_ledger::Mark;
use countersign_ports::{Beside, Sealing, Storage};
use countersign_protocol::{ApplianceId, Digest};
use countersign_registry::{Registry, RootKey, Summing, Taking};
use countersign_slots::Slots;
use countersign_vault::Media;
use zeroize::Zeroizing;

use crate::answered::Answered;
use parts::Parts;

pub use keeping::NoSnapshot;

/// The key that a snapshot is sealed under.
pub(crate) struct SnapshotKey {
    /// By what the vault knows it.
    pub(crate) id: Digest,
    pub(crate) key: Zeroizing<[u8; 32]>,
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

/// The media of snapshots, and the file on one of them.
pub(crate) struct Shelf<S, C> {
    media: Mutex<Media<S>>,
    /// None while it is written, and when it is to be begun anew.
    file: Mutex<Option<OnShelf<C>>>,
    /// Records that the newest one is of, or that the ledger had when the last one was tried; 0: there is none.
    records: Mutex<u64>,
}

/// The file.
struct OnShelf<C> {
    slots: Slots<C>,
    /// On the medium of odd ones.
    odd: bool,
    /// Which key it is sealed under.
    key: Digest,
}

impl<S: Storage + Send, C: Crypto + Sealing + Send + Sync> Shelf<S, C> {
    /// With nothing on it.
    pub(crate) const fn empty(media: Media<S>) -> Self {
        Self { media: Mutex::new(media), file: Mutex::new(None), records: Mutex::new(0) }
    }

    /// The newest snapshot that opens, if one does.
    pub(crate) fn open(
        mut media: Media<S>,
        crypto: &Arc<C>,
        key: Option<SnapshotKey>,
        (appliance, root): (ApplianceId, &RootKey),
        beside: &impl Beside,
    ) -> (Self, Option<Snapshot<C>>) {
        let found = key.as_ref().and_then(|SnapshotKey { key, .. }| {
            newest_first(&media, (crypto, key, appliance)).into_iter().find_map(|odd| {
                let sides = sides(&mut media, odd);
                let rows = Taking::new(Arc::clone(crypto), root.clone());
                let (slots, snapshot) = read(sides, (crypto, key, appliance), beside, rows)?;
                Some((slots, odd, snapshot))
            })
        });
        let there =
            [&media.even, &media.odd].iter().any(|medium| !medium.is_empty().unwrap_or(true));
        if found.is_none() && there {
            tracing::warn!("no snapshot opens: everything is read");
        }
        let shelf = Self::empty(media);
        let Some(((slots, odd, snapshot), key)) = found.zip(key) else { return (shelf, None) };
        *shelf.newest() = snapshot.mark.size();
        *shelf.file() = Some(OnShelf { slots, odd, key: key.id });
        (shelf, Some(snapshot))
    }

    fn newest(&self) -> MutexGuard<'_, u64> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn media(&self) -> MutexGuard<'_, Media<S>> {
        self.media.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn file(&self) -> MutexGuard<'_, Option<OnShelf<C>>> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records of the newest snapshot; 0 if there is none.
    pub(crate) fn records(&self) -> u64 {
        *self.newest()
    }

    /// The key of what there is is gone: there is none.
    pub(crate) fn forget(&self) {
        *self.newest() = 0;
    }
}

/// On which media there may be a file, the newest first: true is that of odd ones.
fn newest_first<S: Storage, C: Crypto + Sealing + Send + Sync>(
    media: &Media<S>,
    with: (&Arc<C>, &[u8; 32], ApplianceId),
) -> [bool; 2] {
    let [even, odd] = [&media.even, &media.odd].map(|medium| Slots::claims(medium, with));
    if odd > even { [true, false] } else { [false, true] }
}

/// The medium of the file, and the other one.
const fn sides<S>(media: &mut Media<S>, odd: bool) -> (&mut S, &mut S) {
    if odd { (&mut media.odd, &mut media.even) } else { (&mut media.even, &mut media.odd) }
}

fn read<S: Storage + Send, C: Crypto + Sealing + Send + Sync>(
    (file, aside): (&mut S, &mut S),
    with: (&Arc<C>, &[u8; 32], ApplianceId),
    beside: &impl Beside,
    (mut summing, mut registry): (Summing<C>, Taking<C>),
) -> Option<(Slots<C>, Snapshot<C>)> {
    let mut parts = Parts::default();
    let sum = |label, row: &[u8]| match parts::is_registrys(label) {
        true => summing.add(row),
        false => Some(()),
    };
    let take = |label, row: &[u8]| match parts::is_registrys(label) {
        true => registry.take(row).ok(),
        false => parts.take(label, row),
    };
    let slots = Slots::open((file, aside), with, beside, (sum, take))?;
    let (mark, answered) = parts.finish()?;
    let (known, registry) = (slots.mark(), registry.finish(summing, beside).ok()?);
    (known >= mark.size()).then_some((slots, Snapshot { mark, known, registry, answered }))
}
