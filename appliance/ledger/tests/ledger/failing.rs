//! The medium is full, or does not sync: what was not made durable is acknowledged to nobody, nothing is
//! accepted any more, and nothing is tried again.

use countersign_core::port::LedgerFailed;
use countersign_disk::Disk;
use countersign_ledger::Stopped;
use countersign_ports::{Storage, StorageFault, StorageOperation};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::story::{Log, opened, refusal};

/// No space left on the device; an error of input or output.
const CODES: [(StorageOperation, i32); 2] =
    [(StorageOperation::Append, 28), (StorageOperation::Sync, 5)];

/// A disk that fails the n-th time that it is asked for one operation, and counts what it is asked after.
struct Failing {
    disk: Disk,
    fails: (StorageOperation, i32),
    /// How many times it still does it.
    left: u32,
    asked_after: Arc<AtomicU32>,
    failed: bool,
}

impl Failing {
    fn asked(&mut self, operation: StorageOperation) -> Result<(), StorageFault> {
        let fault = Err(StorageFault { operation, code: self.fails.1 });
        if self.failed {
            self.asked_after.fetch_add(1, Ordering::Relaxed);
            return fault;
        }
        if self.fails.0 != operation {
            return Ok(());
        }
        if self.left == 0 {
            self.failed = true;
            return fault;
        }
        self.left -= 1;
        Ok(())
    }
}

impl Storage for Failing {
    fn len(&self) -> Result<u64, StorageFault> {
        self.disk.len()
    }
    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), StorageFault> {
        self.disk.read_at(offset, into)
    }
    fn append(&mut self, bytes: &[u8]) -> Result<(), StorageFault> {
        // What is full takes a part.
        let asked = self.asked(StorageOperation::Append);
        let taken = if asked.is_ok() { bytes } else { &bytes[..bytes.len() / 2] };
        self.disk.append(taken)?;
        asked
    }
    fn overwrite(&mut self, offset: u64, bytes: &[u8]) -> Result<(), StorageFault> {
        self.asked(StorageOperation::Overwrite)?;
        self.disk.overwrite(offset, bytes)
    }
    fn truncate(&mut self, len: u64) -> Result<(), StorageFault> {
        self.asked(StorageOperation::Truncate)?;
        self.disk.truncate(len)
    }
    fn refresh(&mut self, from: u64) -> Result<(), StorageFault> {
        self.asked(StorageOperation::Refresh)?;
        self.disk.refresh(from)
    }
    fn sync(&mut self) -> Result<(), StorageFault> {
        self.asked(StorageOperation::Sync)?;
        self.disk.sync()
    }
}

/// Groups that are good before the failure. (Opening syncs once.)
const GOOD: u32 = 5;

#[test]
fn what_is_full_or_does_not_sync_at_the_nth_time_stops_the_ledger_there_and_is_not_asked_again() {
    for (good, fails) in (0..GOOD).flat_map(|good| CODES.map(|fails| (good, fails))) {
        let (disk, asked_after) = (Disk::holding(Vec::new()), Arc::new(AtomicU32::new(0)));
        let left = good + u32::from(fails.0 == StorageOperation::Sync);
        let asked = Arc::clone(&asked_after);
        let failing =
            Failing { disk: disk.clone(), fails, left, asked_after: asked, failed: false };
        let mut log = Log::on(failing);
        let group = |n: u32| vec![refusal(vec![n as u8]), refusal(vec![n as u8; 700])];
        for n in 0..good {
            let told = log.try_group(group(n));
            assert!(told.iter().all(Result::is_ok), "{n} of {good}");
        }
        assert_eq!(log.ledger.stopped(), None);
        let told = log.try_group(group(good));
        assert!(told.iter().all(|told| matches!(told, Err(LedgerFailed))), "{fails:?}");
        let (operation, code) = fails;
        let why = Stopped::Storage(StorageFault { operation, code });
        assert_eq!(log.ledger.stopped(), Some(why));
        for n in 0..3 {
            assert!(log.try_group(group(n)).iter().all(Result::is_err), "nothing is accepted");
        }
        drop(log);
        assert_eq!(asked_after.load(Ordering::Relaxed), 0, "nothing is tried again: {fails:?}");
        has_what_was_told(&disk, good as usize);
    }
}

/// What was told is there; what was not is there as a whole group, or cut.
fn has_what_was_told(disk: &Disk, good: usize) {
    let contents = opened(disk).unwrap().1;
    assert!(contents.len() == 2 * good || contents.len() == 2 * (good + 1), "{}", contents.len());
    for (n, pair) in contents.chunks(2).enumerate() {
        assert_eq!(pair, [vec![n as u8], vec![n as u8; 700]]);
    }
}

#[test]
fn one_that_belongs_to_somebody_else_takes_and_writes_nothing_more() {
    let disk = Disk::holding(Vec::new());
    let mut log = Log::on(disk.clone());
    assert!(log.try_group(vec![refusal(vec![1])]).iter().all(Result::is_ok));
    let before = disk.operations();
    let waiting = log.ledger.submit(refusal(vec![2])).unwrap().1;
    log.ledger.disown();
    assert_eq!(log.ledger.stopped(), Some(Stopped::Disowned));
    // What was accepted before is taken out of the queue, and told.
    assert!(log.try_group(vec![refusal(vec![3])]).iter().all(Result::is_err));
    assert!(pollster::block_on(waiting).is_err());
    assert_eq!((disk.operations(), opened(&disk).unwrap().1), (before, vec![vec![1]]));
}
