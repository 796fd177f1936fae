//! Groups are as large, and wait as long, as they were told: no further, and that far.

use std::time::{Duration, Instant};

use countersign_disk::Disk;
use countersign_ledger::{Bounds, Ledger};

use crate::folder::{Folder, start_with, submission};
use crate::story::{Log, bytes, groups, refusal};

/// Records in each group, when all of them wait already.
fn grouped(bounds: Bounds, sizes: &[usize]) -> Vec<usize> {
    let disk = Disk::holding(Vec::new());
    let mut log = Log::with(disk.clone(), bounds);
    let records = sizes.iter().map(|size| refusal(vec![1; *size])).collect();
    assert!(log.try_group(records).iter().all(Result::is_ok));
    groups(&bytes(&disk)).iter().map(|group| group.records.len()).collect()
}

#[test]
fn a_group_has_as_many_records_as_it_may() {
    let bounds = |records| Bounds::new(3, records, Bounds::BYTES).unwrap();
    assert_eq!(grouped(bounds(1), &[10; 3]), [1, 1, 1]);
    assert_eq!(grouped(bounds(4), &[10; 9]), [4, 4, 1]);
    assert_eq!(grouped(Bounds::default(), &[10; 257]), [256, 1]);
}

#[test]
fn a_group_that_has_as_many_bytes_as_it_may_takes_no_more() {
    let bounds = |bytes| Bounds::new(3, 256, bytes).unwrap();
    assert_eq!(grouped(bounds(1), &[10; 3]), [1, 1, 1]);
    assert_eq!(grouped(bounds(21), &[10; 4]), [3, 1]);
    assert_eq!(grouped(bounds(20), &[10; 4]), [2, 2]);
    assert_eq!(grouped(bounds(20), &[5000, 10, 10]), [1, 2]);
    let large = 1_500_000;
    assert_eq!(grouped(Bounds::default(), &[large; 5]), [4, 1], "and always fits the format");
}

/// How long a record waits while another one is on its way that does not come.
fn waited(delay_ms: u64) -> Duration {
    let folder = Folder::new();
    let bounds = Bounds::new(delay_ms, 256, Bounds::BYTES).unwrap();
    let ledger: Ledger<_> = start_with(&folder, bounds);
    let _expected = [ledger.expect(), ledger.expect(), ledger.expect()];
    let begun = Instant::now();
    pollster::block_on(ledger.submit(submission(b"one")).unwrap().1).unwrap();
    begun.elapsed()
}

#[test]
fn a_group_waits_as_long_as_it_may_and_no_longer() {
    assert!(waited(100) >= Duration::from_millis(100));
    let soonest = (0..10).map(|_| waited(0)).min().unwrap();
    assert!(soonest < Duration::from_millis(50), "{soonest:?}");
}
