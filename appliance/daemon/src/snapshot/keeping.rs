//! When a snapshot is due, and how it is taken while the appliance works.
//!
//! Guarantees: no request waits for the medium; a snapshot that fails is told in the log, and stops nothing: then all of the next
//! one is written. It is of one moment: the registry's rows are made under the state's lock, those that have changed since
//! the last one, and written when all that they come from is durable.

use std::sync::{Arc, PoisonError};

use countersign_core::Now;
use countersign_core::port::Guarded;
use countersign_ledger::Mark;
use countersign_ports::{Crypto, Entropy, Sealing, Storage};
use countersign_protocol::admin::SlotFile;
use countersign_protocol::{ApplianceId, TenantId, canonical};
use countersign_registry::{Name, Registry, Written};
use countersign_slots::{Filling, NotWritten, Upon};
use countersign_vault::Media;

use super::parts::Rows;
use super::{OnShelf, Shelf, SnapshotKey, newest_first, sides};
use crate::answered::Shared;
use crate::appliance::Appliance;
use crate::books::Books;
use crate::ground::Ground;
use crate::platform::Surroundings;
use crate::ring::RingError;

/// Why there is no new snapshot.
#[derive(Debug, thiserror::Error)]
pub enum NoSnapshot {
    /// Its key.
    #[error("it has no key: {0}")]
    Key(#[from] RingError),
    /// It was not written.
    #[error(transparent)]
    NotWritten(#[from] NotWritten),
    /// The ledger has failed, or nothing is in it.
    #[error("the ledger has nothing durable to be a snapshot of")]
    NothingDurable,
    /// What is written is bounded.
    #[error("the registry does not encode: this is a defect")]
    Rows,
    /// Whoever was to do it was told to stop.
    #[error("it was given up")]
    GivenUp,
}

/// What a snapshot is written from.
struct Taken<C> {
    appliance: ApplianceId,
    mark: Mark,
    known: u64,
    /// Rows that have changed since `file` was written; all of them if there is none.
    rows: Vec<(Name, Option<Written>)>,
    file: Option<OnShelf<C>>,
}

impl<G: Ground> Appliance<G> {
    /// Takes a snapshot whenever one is due, and makes the registry again when that is asked for, for ever.
    pub async fn keep_snapshots(&self) {
        loop {
            self.books.moved().await;
            self.rebuild_if_asked().await;
            if self.books.is_snapshot_due(self.snapshot_records()) {
                self.snapshot().await;
            }
        }
    }

    /// Whether its boot began at a snapshot.
    #[must_use]
    pub const fn began_at_snapshot(&self) -> bool {
        self.books.skipped() > 0
    }

    /// Takes a snapshot now, unless nothing came since the last one. What fails is told in the log.
    pub async fn snapshot(&self) {
        if self.books.is_snapshot_due(1) {
            self.snapshot_now().await;
        }
    }

    pub(crate) async fn snapshot_now(&self) {
        match self.books.snapshot(self.now()).await {
            Ok(records) => tracing::info!(records, "a snapshot is written"),
            Err(why) => tracing::warn!(%why, "no snapshot is written"),
        }
    }
}

impl<G: Ground> Books<G> {
    /// Whether there are so many records since the last one.
    fn is_snapshot_due(&self, after: u64) -> bool {
        let size = self.ledger().committed().size;
        size.saturating_sub(self.shelf().records()) >= after
    }

    async fn snapshot(&self, now: Now) -> Result<u64, NoSnapshot> {
        let _turn = self.snapshot_turn().await;
        // One that fails is not tried again for each record.
        self.shelf().tried(self.ledger().committed().size);
        // The key first: what was taken while somebody was still there must not come under a key that stays.
        let ring = Arc::clone(self.ring());
        let key = G::apart(move || ring.snapshot_key()).await.ok_or(NoSnapshot::GivenUp)??;
        let (file, seed) = (self.shelf().take_file(&key), self.snapshot_seed());
        let taken = self.taken(file, now).await?;
        let (shelf, answered) = (Arc::clone(self.shelf()), self.shared_answered());
        let (ring, crypto) = (Arc::clone(self.ring()), Arc::clone(self.crypto()));
        let write = move || {
            let records = taken.mark.size();
            shelf.write(&crypto, &mut ring.chance(), (&key, seed), taken, &answered)?;
            Ok::<_, NoSnapshot>(records)
        };
        G::apart(write).await.ok_or(NoSnapshot::GivenUp)?
    }

    /// The state at one moment, when all of it is durable.
    async fn taken(
        &self,
        file: Option<OnShelf<G::Crypto>>,
        now: Now,
    ) -> Result<Taken<G::Crypto>, NoSnapshot> {
        let mark = self.ledger().mark().ok_or(NoSnapshot::NothingDurable)?;
        self.until(|books| books.is_answered(mark.size())).await?;
        let (appliance, known, rows) = self.with(|state| {
            let rows = changed(&mut state.registry, file.is_none(), now);
            let rows = rows.map_err(|canonical::NotCanonical| NoSnapshot::Rows)?;
            let (appliance, _) = state.registry.identity().ok_or(NoSnapshot::NothingDurable)?;
            Ok::<_, NoSnapshot>((appliance.id, self.ledger().next(), rows))
        })?;
        self.until(|books| books.ledger().committed().size >= known).await?;
        Ok(Taken { appliance, mark, known, rows, file })
    }

    pub(crate) async fn until(&self, holds: impl Fn(&Self) -> bool) -> Result<(), NoSnapshot> {
        while !holds(self) {
            if self.ledger().stopped().is_some() {
                return Err(NoSnapshot::NothingDurable);
            }
            self.moved().await;
        }
        Ok(())
    }
}

/// Rows that are not as they were written last, or all of them. They are as they are written now.
fn changed<C: Crypto>(
    registry: &mut Registry<C>,
    all: bool,
    now: Now,
) -> Result<Vec<(Name, Option<Written>)>, canonical::NotCanonical> {
    let rows = if all {
        let row = |name| Ok((name, registry.written(&name, now)?));
        registry.names().map(row).collect::<Result<_, _>>()?
    } else {
        registry.unwritten(now)?
    };
    registry.is_written();
    Ok(rows)
}

impl<S: Storage, C: Crypto + Sealing> Shelf<S, C> {
    /// At this size the next one was tried.
    fn tried(&self, records: u64) {
        *self.newest() = records;
    }

    /// The next one is begun anew, and the last one stays until it is whole.
    pub(crate) fn renew(&self) {
        *self.file() = None;
    }

    /// There is none any more.
    pub(crate) fn clear(&self) {
        let mut media = self.media.lock().unwrap_or_else(PoisonError::into_inner);
        *self.file() = None;
        *self.newest() = 0;
        let Media { even, odd } = &mut *media;
        for medium in [even, odd] {
            // What cannot be cleared is of no harm: it is held against the ledger by whoever reads it.
            let _ = medium.truncate(0).and_then(|()| medium.sync());
        }
    }

    /// The file, for an answer; none while it is written, too.
    pub(crate) fn file_state(&self) -> Option<SlotFile> {
        let file = self.file();
        let slots = &file.as_ref()?.slots;
        Some(SlotFile { size: slots.mark(), bytes: slots.bytes(), writes: slots.writes() })
    }

    /// The file, if it can be written on under this key. Whoever has it puts it back when it is written.
    fn take_file(&self, key: &SnapshotKey) -> Option<OnShelf<C>> {
        self.file().take().filter(|file| file.key == key.id && !file.slots.is_worn())
    }

    /// Writes what was taken: on the file, or on a new one, on the medium that has not the last one.
    fn write(
        &self,
        crypto: &Arc<C>,
        chance: &mut impl Entropy,
        (key, seed): (&SnapshotKey, [u8; 32]),
        taken: Taken<C>,
        answered: &Shared,
    ) -> Result<(), NotWritten> {
        let mut media = self.media.lock().unwrap_or_else(PoisonError::into_inner);
        let Taken { appliance, mark, known, rows, file } = taken;
        let mut all = Rows::default();
        for (name, row) in rows {
            let tenant = row.as_ref().and_then(|row| row.tenant).map_or(0, |TenantId(id)| id);
            all.put(name.table(), name.key(), tenant, row.map(|row| row.bytes));
        }
        all.put_parts(&mark, answered, file.as_ref().map(|file| &file.slots));
        let written = if let Some(OnShelf { slots, odd, key }) = file {
            let (file, aside) = sides(&mut media, odd);
            let slots = slots.write(Upon { file, aside, chance }, known, &all.changes())?;
            OnShelf { slots, odd, key }
        } else {
            let with = (crypto, &*key.key, appliance);
            let odd = !newest_first(&media, with)[0];
            let (file, aside) = sides(&mut media, odd);
            let mut filling = Filling::begin(file, chance, with, seed)?;
            all.changes().iter().try_for_each(|change| filling.put(change))?;
            let slots = filling.end(known)?;
            // The last one is not needed any more, and the next batch comes there.
            aside.truncate(0)?;
            aside.sync()?;
            OnShelf { slots, odd, key: key.id }
        };
        *self.file() = Some(written);
        Ok(())
    }
}
