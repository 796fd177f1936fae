//! Each fault is that fault and nothing else.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "these are tests")]

use countersign_contract::storage;
use countersign_disk::{DiskFault, FaultyDisk, Loss};
use countersign_ports::{Storage, StorageFault};
use std::cell::RefCell;
use std::rc::Rc;

const FIRST: &[u8] = &[1; 600];
const SECOND: &[u8] = &[2; 600];

/// A disk with a durable append; a second one meets the fault, and is synced.
fn with(fault: DiskFault) -> (FaultyDisk, Result<(), StorageFault>) {
    let mut disk = FaultyDisk::holding(Vec::new(), 7);
    disk.append(FIRST).unwrap();
    disk.sync().unwrap();
    disk.fault(fault);
    let written = disk.append(SECOND).and_then(|()| disk.sync());
    (disk, written)
}

/// What is there after a cut that loses all that was not synced.
fn kept(disk: &mut FaultyDisk) -> Vec<u8> {
    disk.cut(Loss::Everything)
}

#[test]
fn what_fails_says_so_and_takes_nothing_more() {
    for fault in DiskFault::ALL.into_iter().filter(|fault| !fault.is_a_lie()) {
        let (mut disk, written) = with(fault);
        assert!(written.is_err(), "{fault:?}");
        assert!(disk.append(b"more").is_err() && disk.sync().is_err(), "{fault:?}");
        assert!(kept(&mut disk).starts_with(FIRST), "{fault:?}");
    }
}

#[test]
fn what_lies_says_that_it_is_done() {
    for fault in DiskFault::ALL.into_iter().filter(|fault| fault.is_a_lie()) {
        let (mut disk, written) = with(fault);
        assert!(written.is_ok(), "{fault:?}");
        assert_ne!(kept(&mut disk), [FIRST, SECOND].concat(), "{fault:?}");
    }
}

#[test]
fn a_lie_about_a_sync_is_made_good_by_the_next_one() {
    let (mut disk, _) = with(DiskFault::SyncLies);
    assert_eq!(kept(&mut disk), FIRST);
    disk.sync().unwrap();
    assert_eq!(kept(&mut disk), [FIRST, SECOND].concat());
}

#[test]
fn a_lost_write_is_zeros_and_a_misdirected_one_is_elsewhere() {
    let (mut lost, _) = with(DiskFault::WriteLost);
    assert_eq!(kept(&mut lost), [FIRST, &[0; 600]].concat());
    let (mut elsewhere, _) = with(DiskFault::Misdirected);
    let kept = kept(&mut elsewhere);
    assert!(kept[..600].contains(&2) && kept.len() == 1200, "over what was there");
    assert!(kept.ends_with(&[0]), "and not in its place");
}

#[test]
fn rot_changes_one_bit() {
    let (mut disk, _) = with(DiskFault::Rot);
    let all = [FIRST, SECOND].concat();
    let changed: u32 = kept(&mut disk).iter().zip(&all).map(|(a, b)| (a ^ b).count_ones()).sum();
    assert_eq!(changed, 1);
}

#[test]
fn a_full_disk_takes_no_more_until_there_is_room() {
    let (mut disk, _) = with(DiskFault::Full);
    let mut again = FaultyDisk::holding(kept(&mut disk), 7);
    again.fault(DiskFault::Full);
    assert!(again.append(SECOND).is_err());
    let mut mended = FaultyDisk::holding(FIRST.to_vec(), 7);
    mended.fault(DiskFault::Full);
    mended.mend();
    mended.append(SECOND).unwrap();
}

#[test]
fn what_a_failed_sync_lost_is_made_good_by_a_refresh() {
    let (mut disk, _) = with(DiskFault::SyncFails);
    disk.reopen();
    disk.refresh(600).unwrap();
    disk.sync().unwrap();
    assert_eq!(kept(&mut disk), [FIRST, SECOND].concat());
}

#[test]
fn without_it_it_is_seen_by_the_next_process_and_never_written() {
    let (mut disk, _) = with(DiskFault::SyncFails);
    disk.reopen();
    assert_eq!(disk.bytes(), [FIRST, SECOND].concat(), "it is seen");
    disk.append(b"more").unwrap();
    disk.sync().unwrap();
    let kept = kept(&mut disk);
    assert!(kept.ends_with(b"more") && kept.len() == 1204);
    assert_ne!(kept[..1200], [FIRST, SECOND].concat(), "it is not there");
}

#[test]
fn a_truncation_and_what_follows_it_are_durable_together() {
    let mut disk = FaultyDisk::holding(FIRST.to_vec(), 7);
    disk.truncate(100).unwrap();
    disk.append(b"other").unwrap();
    assert_eq!(kept(&mut disk), FIRST);
    disk.sync().unwrap();
    assert_eq!(kept(&mut disk), [&FIRST[..100], b"other"].concat());
}

#[test]
fn what_is_overwritten_is_durable_when_it_is_synced_and_not_before() {
    let mut disk = FaultyDisk::holding(FIRST.to_vec(), 3);
    disk.overwrite(10, b"other").unwrap();
    assert_eq!(kept(&mut disk), FIRST);
    disk.sync().unwrap();
    assert_eq!(kept(&mut disk), [&FIRST[..10], b"other", &FIRST[15..]].concat());
}

/// The same disk for whoever opens it.
#[derive(Clone)]
struct Shared(Rc<RefCell<FaultyDisk>>);

impl Storage for Shared {
    fn len(&self) -> Result<u64, StorageFault> {
        self.0.borrow().len()
    }
    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), StorageFault> {
        self.0.borrow().read_at(offset, into)
    }
    fn append(&mut self, bytes: &[u8]) -> Result<(), StorageFault> {
        self.0.borrow_mut().append(bytes)
    }
    fn overwrite(&mut self, offset: u64, bytes: &[u8]) -> Result<(), StorageFault> {
        self.0.borrow_mut().overwrite(offset, bytes)
    }
    fn truncate(&mut self, len: u64) -> Result<(), StorageFault> {
        self.0.borrow_mut().truncate(len)
    }
    fn refresh(&mut self, from: u64) -> Result<(), StorageFault> {
        self.0.borrow_mut().refresh(from)
    }
    fn sync(&mut self) -> Result<(), StorageFault> {
        self.0.borrow_mut().sync()
    }
}

#[test]
fn without_a_fault_it_keeps_the_contract_of_a_medium() {
    let disk = Shared(Rc::new(RefCell::new(FaultyDisk::holding(Vec::new(), 7))));
    assert_eq!(storage(|| disk.clone()), [""; 0]);
}
