//! A disk that can fail in every way that disks do, one fault at a time.
//!
//! Guarantees: it remembers what is durable and what its owner sees, so that [`FaultyDisk::cut`] leaves
//! what a power cut would; without a fault it is a good [`Storage`]; with one it does exactly that wrong.

use std::ops::Range;

use countersign_ports::{Storage, StorageFault, StorageOperation};
use serde::{Deserialize, Serialize};

use crate::durable::Durable;
use crate::history::overwrite;
use crate::loss::Loss;

/// Something that a disk does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DiskFault {
    /// An append writes half, and says so.
    AppendFails,
    /// There is no more room: appends write a part and say so, until there is room again.
    Full,
    /// A sync fails; nobody knows what arrived.
    SyncFails,
    /// A sync says that it is done and does nothing; a later one may make up for it.
    SyncLies,
    /// What was written last never arrives, whatever the syncs say: after a restart there are zeros.
    WriteLost,
    /// What was written last arrives somewhere else.
    Misdirected,
    /// A bit that was durable has changed.
    Rot,
}

impl DiskFault {
    /// Every fault.
    pub const ALL: [Self; 7] = [
        Self::AppendFails,
        Self::Full,
        Self::SyncFails,
        Self::SyncLies,
        Self::WriteLost,
        Self::Misdirected,
        Self::Rot,
    ];

    /// Whether the disk says that it is good while it is not: then no software alone can keep what it
    /// was given, but only notice.
    #[must_use]
    pub const fn is_a_lie(self) -> bool {
        match self {
            Self::AppendFails | Self::Full | Self::SyncFails => false,
            Self::SyncLies | Self::WriteLost | Self::Misdirected | Self::Rot => true,
        }
    }
}

/// Room that a disk has at once: a file that grows is not copied all the time.
const ROOM: usize = 1 << 21;

/// The disk.
pub struct FaultyDisk {
    /// What a power cut leaves for certain.
    durable: Durable,
    /// What its owner sees.
    latest: Vec<u8>,
    /// Where what was written last is.
    written: Range<usize>,
    /// As much of it the disk was given, and does not get again.
    clean: usize,
    next: Option<DiskFault>,
    full: bool,
    /// After a failed write nobody knows what is there: nothing more is taken.
    broken: bool,
    random: fastrand::Rng,
}

impl FaultyDisk {
    /// A disk on which these bytes are durable. What is by chance follows from `seed`.
    #[must_use]
    pub fn holding(mut bytes: Vec<u8>, seed: u64) -> Self {
        bytes.reserve(ROOM);
        Self {
            durable: Durable::seen(bytes.len()),
            written: bytes.len()..bytes.len(),
            clean: bytes.len(),
            latest: bytes,
            next: None,
            full: false,
            broken: false,
            random: fastrand::Rng::with_seed(seed),
        }
    }

    /// Lets this happen: at once, or at the next operation that it is about.
    pub fn fault(&mut self, fault: DiskFault) {
        match fault {
            DiskFault::Rot => self.rot(),
            DiskFault::Full => self.full = true,
            later => self.next = Some(later),
        }
    }

    /// No more faults; there is room again.
    pub fn mend(&mut self) {
        (self.next, self.full) = (None, false);
    }

    /// It is opened anew, by another process: that sees what this one saw.
    pub fn reopen(&mut self) {
        self.broken = false;
    }

    /// What is on it when the power fails now, with this class of what was not synced lost.
    pub fn cut(&mut self, loss: Loss) -> Vec<u8> {
        let seed = self.random.u64(..);
        loss.image(self.durable(), &self.latest, seed)
    }

    /// What is on it when it is taken away in good order.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.latest
    }

    /// What is durable on it.
    #[must_use]
    pub fn durable(&self) -> &[u8] {
        self.durable.bytes(&self.latest)
    }

    /// Whether this fault is the next one; then it happens now.
    fn takes(&mut self, fault: DiskFault) -> bool {
        self.next.take_if(|next| *next == fault).is_some()
    }

    fn rot(&mut self) {
        let at = self.random.usize(..self.durable().len().max(1));
        let bit = 1 << self.random.u8(..8);
        for bytes in [self.durable.own(&self.latest), &mut self.latest] {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= bit;
            }
        }
    }

    /// Half of what should be appended is there.
    fn half(&mut self, bytes: &[u8]) -> StorageFault {
        self.latest.extend_from_slice(bytes.get(..bytes.len() / 2).unwrap_or_default());
        self.broken = true;
        fault(StorageOperation::Append)
    }

    /// What is new, or was cut off, becomes durable; what the disk was given before it does not get again.
    fn settle(&mut self) {
        self.durable.settle(&self.latest, self.clean);
        self.clean = self.latest.len();
    }

    /// Like [`Self::settle`], but what was written last is zeros where it should be.
    fn settle_without_last(&mut self) -> Vec<u8> {
        self.settle();
        let durable = self.durable.own(&self.latest);
        let last = durable.get_mut(self.written.clone()).unwrap_or_default();
        let lost = last.to_vec();
        last.fill(0);
        lost
    }

    fn misdirect(&mut self) {
        let lost = self.settle_without_last();
        let at = self.random.usize(..self.written.start.max(1));
        let there = self.durable.own(&self.latest).get_mut(at..).unwrap_or_default();
        for (to, from) in there.iter_mut().zip(&lost) {
            *to = *from;
        }
    }

    fn check(&self, operation: StorageOperation) -> Result<(), StorageFault> {
        if self.broken { Err(fault(operation)) } else { Ok(()) }
    }
}

impl Storage for FaultyDisk {
    fn len(&self) -> Result<u64, StorageFault> {
        Ok(self.latest.len() as u64)
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), StorageFault> {
        let start = usize::try_from(offset).ok();
        let end = start.and_then(|start| start.checked_add(into.len()));
        let found = start.zip(end).and_then(|(start, end)| self.latest.get(start..end));
        into.copy_from_slice(found.ok_or(fault(StorageOperation::Read))?);
        Ok(())
    }

    fn append(&mut self, bytes: &[u8]) -> Result<(), StorageFault> {
        self.check(StorageOperation::Append)?;
        if self.full || self.takes(DiskFault::AppendFails) {
            return Err(self.half(bytes));
        }
        let from = self.latest.len();
        self.latest.extend_from_slice(bytes);
        self.written = from..self.latest.len();
        Ok(())
    }

    fn overwrite(&mut self, offset: u64, bytes: &[u8]) -> Result<(), StorageFault> {
        self.check(StorageOperation::Overwrite)?;
        let at = usize::try_from(offset)
            .ok()
            .filter(|at| at.checked_add(bytes.len()).is_some_and(|end| end <= self.latest.len()));
        let at = at.ok_or(fault(StorageOperation::Overwrite))?;
        // What was there is durable until the next sync.
        self.durable.own(&self.latest);
        self.clean = self.clean.min(at);
        self.written = at..at + bytes.len();
        overwrite(&mut self.latest, at, bytes).ok_or(fault(StorageOperation::Overwrite))
    }

    fn truncate(&mut self, len: u64) -> Result<(), StorageFault> {
        self.check(StorageOperation::Truncate)?;
        let len = usize::try_from(len).ok().filter(|len| *len <= self.latest.len());
        let len = len.ok_or(fault(StorageOperation::Truncate))?;
        // What is cut off is durable until the next sync.
        self.durable.own(&self.latest);
        self.latest.truncate(len);
        self.clean = self.clean.min(len);
        self.written = self.written.start.min(len)..self.written.end.min(len);
        Ok(())
    }

    fn refresh(&mut self, from: u64) -> Result<(), StorageFault> {
        self.check(StorageOperation::Refresh)?;
        let from = usize::try_from(from).ok().filter(|from| *from <= self.latest.len());
        self.clean = self.clean.min(from.ok_or(fault(StorageOperation::Refresh))?);
        Ok(())
    }

    fn sync(&mut self) -> Result<(), StorageFault> {
        self.check(StorageOperation::Sync)?;
        if self.takes(DiskFault::SyncFails) {
            self.durable = Durable::apart(self.cut(Loss::AsSeeded));
            // As Linux does: what could not be written counts as written from then on.
            self.clean = self.latest.len();
            self.broken = true;
            return Err(fault(StorageOperation::Sync));
        }
        if self.takes(DiskFault::WriteLost) {
            self.settle_without_last();
        } else if self.takes(DiskFault::Misdirected) {
            self.misdirect();
        } else if !self.takes(DiskFault::SyncLies) {
            self.settle();
        }
        Ok(())
    }
}

const fn fault(operation: StorageOperation) -> StorageFault {
    StorageFault { operation, code: 0 }
}
