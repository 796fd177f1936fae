//! When a snapshot is due, and how it is taken while the appliance works.
//!
//! Guarantees: no request waits for the medium; a snapshot that fails is told in the log, and stops nothing. It
//! is of one moment: the registry's rows are made under the state's lock, and written when all that they come from
//! is durable. What the lock is held for, once in 65,536 records: for 10,000 signers with two devices and their
//! tickets (50,000 rows, 7.9 MB) 0.2 s in a development build on a busy machine.

use std::sync::{Arc, PoisonError};

use countersign_core::Now;
use countersign_core::port::Guarded;
use countersign_ledger::Mark;
use countersign_ports::{Crypto, Sealing, Storage};
use countersign_protocol::{ApplianceId, canonical, minicbor};

use super::chunks::{Cover, Writer};
use super::{NotWritten, Part, Shelf};
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
    #[error("{0}")]
    NotWritten(String),
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

impl From<NotWritten> for NoSnapshot {
    fn from(why: NotWritten) -> Self {
        Self::NotWritten(why.to_string())
    }
}

/// What a snapshot is written from.
struct Taken {
    appliance: ApplianceId,
    mark: Mark,
    known: u64,
    /// The registry's rows, each with its length before it.
    rows: Vec<u8>,
}

impl<G: Ground> Appliance<G> {
    /// Takes a snapshot whenever one is due, for ever.
    pub async fn keep_snapshots(&self) {
        loop {
            self.books.moved().await;
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
        if !self.books.is_snapshot_due(1) {
            return;
        }
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
        // One that fails is not tried again for each record.
        self.shelf().tried(self.ledger().committed().size);
        // The key first: what was taken while somebody was still there must not come under a key that stays.
        let ring = Arc::clone(self.ring());
        let key = G::apart(move || ring.snapshot_key()).await.ok_or(NoSnapshot::GivenUp)??;
        let seed = self.snapshot_seed();
        let taken = self.taken(now).await?;
        let (shelf, answered) = (Arc::clone(self.shelf()), self.shared_answered());
        let crypto = Arc::clone(self.crypto());
        let write = move || {
            let records = taken.mark.size();
            let cover = Cover::new(&*crypto, &key, taken.appliance, records, &seed);
            shelf.write(&*crypto, cover, &taken, &answered).map(|()| records)
        };
        Ok(G::apart(write).await.ok_or(NoSnapshot::GivenUp)??)
    }

    /// The state at one moment, when all of it is durable.
    async fn taken(&self, now: Now) -> Result<Taken, NoSnapshot> {
        let mark = self.ledger().mark().ok_or(NoSnapshot::NothingDurable)?;
        self.until(|books| books.is_answered(mark.size())).await?;
        let mut rows = Vec::new();
        let (appliance, known) = self.with(|state| {
            let put = |row: &[u8]| {
                let length = u32::try_from(row.len()).unwrap_or(u32::MAX);
                rows.extend_from_slice(&length.to_be_bytes());
                rows.extend_from_slice(row);
            };
            state.registry.rows(now, put).map_err(|canonical::NotCanonical| NoSnapshot::Rows)?;
            let (appliance, _) = state.registry.identity().ok_or(NoSnapshot::NothingDurable)?;
            Ok::<_, NoSnapshot>((appliance.id, self.ledger().next()))
        })?;
        self.until(|books| books.ledger().committed().size >= known).await?;
        Ok(Taken { appliance, mark, known, rows })
    }

    async fn until(&self, holds: impl Fn(&Self) -> bool) -> Result<(), NoSnapshot> {
        while !holds(self) {
            if self.ledger().stopped().is_some() {
                return Err(NoSnapshot::NothingDurable);
            }
            self.moved().await;
        }
        Ok(())
    }
}

impl<S: Storage> Shelf<S> {
    /// At this size the next one was tried.
    fn tried(&self, records: u64) {
        self.newest().records = records;
    }

    /// Writes a snapshot on the medium that has not the newest one.
    fn write<C: Crypto + Sealing>(
        &self,
        crypto: &C,
        cover: Cover,
        taken: &Taken,
        answered: &Shared,
    ) -> Result<(), NotWritten> {
        let mut media = self.media.lock().unwrap_or_else(PoisonError::into_inner);
        let odd = !self.newest().odd;
        let medium = if odd { &mut media.odd } else { &mut media.even };
        let mut rows = Parts(Writer::begin(medium, crypto, cover)?);
        let known = minicbor::to_vec(taken.known).unwrap_or_default();
        rows.put(Part::Known, &known)?;
        let (mut part, mut put) = (Part::Mark, Ok(()));
        taken.mark.rows(|row| {
            put = std::mem::replace(&mut put, Ok(())).and_then(|()| rows.put(part, row));
            part = Part::Stretches;
        });
        put?;
        let mut left = &taken.rows[..];
        while let Some((length, rest)) = left.split_first_chunk() {
            let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
            let (row, rest) = rest.split_at_checked(length).ok_or(NotWritten::Sealing)?;
            rows.put(Part::Registry, row)?;
            left = rest;
        }
        answered.rows(|row| rows.put(Part::Answered, row))?;
        rows.0.end()?;
        self.newest().odd = odd;
        Ok(())
    }
}

/// Rows with what they are of.
struct Parts<'m, S, C>(Writer<'m, S, C>);

impl<S: Storage, C: Sealing> Parts<'_, S, C> {
    fn put(&mut self, part: Part, row: &[u8]) -> Result<(), NotWritten> {
        self.0.row(&[&[part as u8], row].concat())
    }
}
