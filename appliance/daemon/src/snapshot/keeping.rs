//! When a snapshot is due, and how it is taken while the appliance works.
//!
//! Guarantees: no request waits for the medium; a snapshot that fails is told in the log, and stops nothing: then all of the next
//! one is written. It is of one moment: the rows that have changed since the last one are made under the state's lock, and
//! written when all that they come from is durable. A new file gets all rows first, a few at a time; those that have changed since
//! it was begun come after them.

use std::sync::Arc;

use countersign_core::Now;
use countersign_core::port::Guarded;
use countersign_ledger::Mark;
use countersign_ports::{Crypto, Entropy, Sealing, Storage};
use countersign_protocol::admin::SlotFile;
use countersign_protocol::limits::ROWS_COPIED;
use countersign_protocol::{ApplianceId, Digest, canonical};
use countersign_registry::{Name, Written};
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
struct Taken {
    mark: Mark,
    known: u64,
    /// Rows that have changed since the file was written, or begun.
    rows: Vec<(Name, Option<Written>)>,
}

/// A new file that is being filled.
struct Begun<C> {
    filling: Filling<C>,
    odd: bool,
}

/// What it is written on.
enum File<C> {
    Written(OnShelf<C>),
    Begun(Begun<C>),
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
        let file = match self.shelf().take_file(&key) {
            Some(file) => File::Written(file),
            None => File::Begun(self.filled(&key, now).await?),
        };
        let taken = self.taken(now).await?;
        let (shelf, answered) = (Arc::clone(self.shelf()), self.shared_answered());
        let (ring, key) = (Arc::clone(self.ring()), key.id);
        let write = move || {
            let records = taken.mark.size();
            shelf.write(&mut ring.chance(), (file, key), taken, &answered)?;
            Ok::<_, NoSnapshot>(records)
        };
        G::apart(write).await.ok_or(NoSnapshot::GivenUp)?
    }

    /// A new file with all rows, each as it was at some moment since this was called.
    async fn filled(&self, key: &SnapshotKey, now: Now) -> Result<Begun<G::Crypto>, NoSnapshot> {
        let appliance = self.with(|state| {
            state.registry.is_written();
            let (appliance, _) = state.registry.identity().ok_or(NoSnapshot::NothingDurable)?;
            Ok::<_, NoSnapshot>(appliance.id)
        })?;
        let (shelf, crypto, seed) =
            (Arc::clone(self.shelf()), Arc::clone(self.crypto()), self.snapshot_seed());
        let key = key.key.clone();
        let begin = move || shelf.begin((&crypto, &key, appliance), seed);
        let mut begun = G::apart(begin).await.ok_or(NoSnapshot::GivenUp)??;
        let mut last = None;
        loop {
            let rows = self.with(|state| state.registry.rows_after(last, ROWS_COPIED, now));
            let rows = rows.map_err(|canonical::NotCanonical| NoSnapshot::Rows)?;
            let Some((name, _)) = rows.last() else { return Ok(begun) };
            last = Some(*name);
            let (shelf, ring) = (Arc::clone(self.shelf()), Arc::clone(self.ring()));
            let fill = move || shelf.fill(&mut ring.chance(), begun, rows);
            begun = G::apart(fill).await.ok_or(NoSnapshot::GivenUp)??;
        }
    }

    /// What has changed until one moment, when all of it is durable.
    async fn taken(&self, now: Now) -> Result<Taken, NoSnapshot> {
        let mark = self.ledger().mark().ok_or(NoSnapshot::NothingDurable)?;
        self.until(|books| books.is_answered(mark.size())).await?;
        let (known, rows) = self.with(|state| {
            let rows = state.registry.unwritten(now);
            state.registry.is_written();
            (self.ledger().next(), rows)
        });
        let rows = rows.map_err(|canonical::NotCanonical| NoSnapshot::Rows)?;
        self.until(|books| books.ledger().committed().size >= known).await?;
        Ok(Taken { mark, known, rows })
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

impl<S: Storage + Send, C: Crypto + Sealing + Send + Sync> Shelf<S, C> {
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
        let mut media = self.media();
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

    /// Begins a new file, on the medium that has not the last one.
    fn begin(
        &self,
        with: (&Arc<C>, &[u8; 32], ApplianceId),
        seed: [u8; 32],
    ) -> Result<Begun<C>, NotWritten> {
        let mut media = self.media();
        let odd = !newest_first(&media, with)[0];
        let (file, _) = sides(&mut media, odd);
        Ok(Begun { filling: Filling::begin(file, with, seed)?, odd })
    }

    /// These rows are in it, too.
    fn fill(
        &self,
        chance: &mut impl Entropy,
        mut begun: Begun<C>,
        rows: Vec<(Name, Written)>,
    ) -> Result<Begun<C>, NotWritten> {
        let mut media = self.media();
        let (file, _) = sides(&mut media, begun.odd);
        let mut all = Rows::default();
        rows.into_iter().for_each(|(name, row)| all.put_row(name, Some(row)));
        let mut changes = all.changes().into_iter();
        changes.try_for_each(|change| begun.filling.put((&mut *file, &mut *chance), &change))?;
        Ok(begun)
    }

    /// Writes what was taken on the file. Which key that is under is said beside it.
    fn write(
        &self,
        chance: &mut impl Entropy,
        (file, key): (File<C>, Digest),
        taken: Taken,
        answered: &Shared,
    ) -> Result<(), NotWritten> {
        let mut media = self.media();
        let Taken { mark, known, rows } = taken;
        let mut all = Rows::default();
        rows.into_iter().for_each(|(name, row)| all.put_row(name, row));
        let written = match file {
            File::Written(OnShelf { mut slots, odd, key }) => {
                all.put_parts(&mark, answered, Some(&mut slots));
                let (file, aside) = sides(&mut media, odd);
                let slots = slots.write(Upon { file, aside, chance }, known, &all.changes())?;
                OnShelf { slots, odd, key }
            }
            File::Begun(Begun { mut filling, odd }) => {
                all.put_parts::<C>(&mark, answered, None);
                let (file, aside) = sides(&mut media, odd);
                let mut changes = all.changes().into_iter();
                changes.try_for_each(|change| filling.put((&mut *file, &mut *chance), &change))?;
                let slots = filling.end((file, chance), known)?;
                // The last one is not needed any more, and the next batch comes there.
                aside.truncate(0)?;
                aside.sync()?;
                OnShelf { slots, odd, key }
            }
        };
        *self.file() = Some(written);
        Ok(())
    }
}
