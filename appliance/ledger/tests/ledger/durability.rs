//! What was written is there again; what was not acknowledged may be cut; all else stops the boot.

use crate::folder::{Bunch, Folder, Scribe, start, submission, write};
use countersign_core::port::{CheckpointMessage, Crypto as _, LedgerFailed, Notary, TokenFault};
use countersign_host::{FileStorage, Host};
use countersign_ledger::{Damage, Place, open};
use countersign_protocol::checkpoint::CheckpointKey;
use countersign_protocol::group::Group;
use countersign_protocol::{canonical, tag};

/// Three groups of one record each.
fn three_groups() -> (Folder, Vec<usize>) {
    let folder = Folder::new();
    let ledger = folder.start();
    let mut ends = vec![0];
    for content in [&b"one"[..], b"two", b"three"] {
        write(&ledger, content).unwrap();
        ends.push(folder.bytes().len());
    }
    ledger.close();
    (folder, ends)
}

fn contents(folder: &Folder) -> Vec<Vec<u8>> {
    folder.open().unwrap().1.into_iter().map(|(_, content)| content.unwrap()).collect()
}

#[test]
fn what_was_acknowledged_is_there_after_a_restart_in_order() {
    let (folder, _) = three_groups();
    assert_eq!(contents(&folder), [&b"one"[..], b"two", b"three"]);
    let ledger = folder.start();
    assert_eq!(write(&ledger, b"four").unwrap().index(), 3);
    ledger.close();
    drop(ledger);
    assert_eq!(contents(&folder).len(), 4);
}

#[test]
fn a_group_cut_anywhere_at_the_tail_is_dropped_and_the_rest_stands() {
    let (folder, ends) = three_groups();
    let whole = folder.bytes();
    for cut in ends[2] + 1..ends[3] {
        folder.overwrite(&whole[..cut]);
        let (replayed, seen) = folder.open().unwrap();
        assert_eq!(seen.len(), 2, "cut at {cut}");
        assert_eq!(replayed.cut_bytes(), (cut - ends[2]) as u64);
        drop(replayed);
        assert_eq!(folder.bytes().len(), ends[2], "the file is cut too");
    }
}

#[test]
fn a_torn_last_group_is_dropped() {
    let (folder, ends) = three_groups();
    for byte in ends[2]..ends[3] {
        let mut torn = folder.bytes();
        torn.truncate(ends[2]);
        torn.resize(ends[3], 0);
        torn[byte] = 1;
        folder.overwrite(&torn);
        assert_eq!(folder.open().unwrap().1.len(), 2);
        folder.overwrite(&torn);
    }
}

/// A hole in a record's content alone leaves the rest of the group readable, its checkpoint too.
#[test]
fn a_last_group_with_any_bit_wrong_is_cut() {
    let (folder, ends) = three_groups();
    let whole = folder.bytes();
    for byte in ends[2]..ends[3] {
        let mut torn = whole.clone();
        torn[byte] ^= 1;
        folder.overwrite(&torn);
        assert_eq!(folder.open().unwrap().1.len(), 2, "byte {byte}");
    }
}

/// What is damaged before a torn group was acknowledged: it is not cut with it.
#[test]
fn a_damaged_group_before_a_torn_one_stops_the_boot() {
    let (folder, ends) = three_groups();
    let whole = folder.bytes();
    let mut damaged = whole[..ends[3] - 1].to_vec();
    damaged[ends[1].midpoint(ends[2])] ^= 1;
    folder.overwrite(&damaged);
    assert!(matches!(folder.open(), Err(Damage::Middle { .. })));
    assert_eq!(folder.bytes(), damaged);
}

#[test]
fn a_checkpoint_that_does_not_verify_is_not_written() {
    struct WrongByOneBit;
    impl Notary for WrongByOneBit {
        fn checkpoint(&self, message: &CheckpointMessage) -> Result<[u8; 64], TokenFault> {
            let mut signature = Scribe.checkpoint(message)?;
            signature[40] ^= 1;
            Ok(signature)
        }
    }
    let (folder, _) = three_groups();
    let before = folder.bytes();
    let ledger = start(folder.open().unwrap().0, WrongByOneBit);
    assert!(write(&ledger, b"four").is_err());
    ledger.close();
    assert_eq!(folder.bytes(), before);
}

#[test]
fn a_flipped_bit_before_the_last_group_stops_the_boot_and_changes_nothing() {
    let (folder, ends) = three_groups();
    let whole = folder.bytes();
    for byte in 0..ends[2] {
        let mut damaged = whole.clone();
        damaged[byte] ^= 1;
        folder.overwrite(&damaged);
        let damage = folder.open().err().unwrap_or_else(|| panic!("byte {byte} unnoticed"));
        assert!(matches!(damage, Damage::Middle { .. }), "{damage}");
        assert_eq!(folder.bytes(), damaged);
    }
}

#[test]
fn a_group_left_out_repeated_or_swapped_stops_the_boot() {
    let (folder, ends) = three_groups();
    let whole = folder.bytes();
    let group = |n: usize| whole[ends[n]..ends[n + 1]].to_vec();
    for story in [
        [group(0), group(2)].concat(),
        [group(0), group(1), group(1)].concat(),
        [group(1), group(0), group(2)].concat(),
    ] {
        folder.overwrite(&story);
        assert!(matches!(folder.open(), Err(Damage::Chain { .. })));
    }
}

/// A front-end chooses parts of what is recorded: it cannot make a torn write look like damage.
#[test]
fn a_look_alike_of_a_group_in_a_torn_record_is_cut_with_it() {
    let (folder, ends) = three_groups();
    let whole_group = folder.bytes()[ends[1]..ends[2]].to_vec();
    let ledger = folder.start();
    write(&ledger, &whole_group).unwrap();
    drop(ledger);
    let mut bytes = folder.bytes();
    bytes.pop();
    folder.overwrite(&bytes);
    assert_eq!(folder.open().unwrap().1.len(), 3);
}

#[test]
fn a_ledger_that_another_key_signed_stops_the_boot_and_is_not_cut() {
    let (folder, _) = three_groups();
    let mut bytes = folder.bytes();
    bytes.push(0);
    folder.overwrite(&bytes);
    let storage = countersign_host::FileStorage::open(&folder.file()).unwrap();
    let replayed =
        countersign_ledger::open(storage, &countersign_host::Host, &Bunch::default(), |_| Ok(()))
            .unwrap();
    let mut other = Scribe::key().bytes().to_vec();
    other[64] ^= 1;
    let other = CheckpointKey::from_bytes(&other).unwrap();
    let settled = replayed.settle(&countersign_host::Host, &other);
    assert!(matches!(settled, Err(Damage::Checkpoint(Place { offset: 0, record: 0 }))));
    assert_eq!(folder.bytes(), bytes);
}

#[test]
fn more_than_one_group_of_garbage_at_the_tail_is_no_torn_write() {
    let (folder, _) = three_groups();
    let mut bytes = folder.bytes();
    bytes.resize(bytes.len() + 9 * 1024 * 1024, 0);
    folder.overwrite(&bytes);
    assert!(matches!(folder.open(), Err(Damage::Middle { .. })));
}

#[test]
fn records_that_wait_share_a_group() {
    let folder = Folder::new();
    let ledger = folder.start();
    let tickets: Vec<_> = (0..100u8).map(|n| ledger.submit(submission(&[n])).unwrap()).collect();
    for (expected, (index, ticket)) in (0u64..).zip(tickets) {
        assert_eq!(index, expected);
        assert_eq!(pollster::block_on(ticket).unwrap().index(), expected);
    }
    drop(ledger);
    let groups = folder.bytes().windows(8).filter(|w| w == b"\x89CSGRP1\n").count();
    assert!(groups < 100, "{groups} groups for 100 records");
    assert_eq!(contents(&folder).len(), 100);
}

#[test]
fn close_makes_what_was_accepted_durable_and_accepts_no_more() {
    let folder = Folder::new();
    let ledger = folder.start();
    let ticket = ledger.submit(submission(b"last")).unwrap().1;
    ledger.close();
    assert!(pollster::block_on(ticket).is_ok());
    assert_eq!(ledger.submit(submission(b"late")).err(), Some(LedgerFailed));
}

/// A notary whose token is gone after some signatures.
struct Dying(std::sync::atomic::AtomicU32);

impl Notary for Dying {
    fn checkpoint(&self, message: &CheckpointMessage) -> Result<[u8; 64], TokenFault> {
        let left = self.0.fetch_sub(1, std::sync::atomic::Ordering::Relaxed);
        let fault = TokenFault { function: "C_Sign", code: 0x30 };
        if left == 0 { Err(fault) } else { Scribe.checkpoint(message) }
    }
}

#[test]
fn after_the_first_failure_nothing_is_accepted_or_acknowledged() {
    let folder = Folder::new();
    let ledger = start(folder.open().unwrap().0, Dying(1.into()));
    assert!(write(&ledger, b"one").is_ok());
    assert_eq!(write(&ledger, b"two").err(), Some(LedgerFailed));
    assert_eq!(write(&ledger, b"three").err(), Some(LedgerFailed));
    drop(ledger);
    assert_eq!(contents(&folder), [b"one"]);
}

#[test]
fn a_record_past_its_limit_is_not_accepted() {
    let folder = Folder::new();
    let ledger = folder.start();
    assert!(ledger.submit(submission(&vec![0; 2 * 1024 * 1024])).is_err());
    assert!(write(&ledger, b"next").is_ok(), "and does no harm");
}

/// Found by a mutant in `fuzz/`: the first group of a ledger counted as record 0 and on, whatever size
/// its checkpoint said, so that the next group's records had the same indices again.
#[test]
fn a_group_whose_ledger_is_smaller_than_itself_stops_the_boot() {
    let folder = Folder::new();
    let ledger = folder.start();
    write(&ledger, b"one").unwrap();
    drop(ledger);
    let whole = folder.bytes();
    let mut group: Group<'_> = canonical::decode(&whole[44..]).unwrap();
    group.checkpoint.size = 0;
    let body = minicbor::to_vec(group).unwrap();
    let digest = Host.sha256(&[tag::GROUP, &body]);
    folder.overwrite(&[&whole[..12], &digest, &body].concat());
    let opened =
        open(FileStorage::open(&folder.file()).unwrap(), &Host, &Bunch::default(), |_| Ok(()));
    assert!(matches!(opened, Err(Damage::Chain(Place { offset: 0, record: 0 }))));
}
