//! Somebody with the disk changes, exchanges, or brings back what is on it: the file opens as it was left, or not.

use countersign_disk::{Chance, Disk};
use countersign_protocol::ApplianceId;

use super::house::{KEY, Step, US, bytes, chance, disk, fill, open, open_as, read, step, write};

/// Where the head is.
const HEAD: std::ops::Range<usize> = 0..4_096;
/// Two tables, two tenants, both sizes, and a record of two parts.
const RECORDS: [(u8, u8, u32, usize); 6] = [
    (1, 1, 1, 60),
    (1, 2, 2, 60),
    (2, 3, 1, 60),
    (1, 4, 1, 3_000),
    (2, 5, 1, 3_000),
    (3, 6, 0, 5_000),
];

fn records() -> Vec<Step> {
    RECORDS.map(|(table, key, tenant, len)| step(table, key, tenant, len)).to_vec()
}

/// A file that was written twice, as it was after each; and how the second one was written.
fn written(chance: &mut Chance, seed: [u8; 32]) -> [[Vec<u8>; 2]; 2] {
    let (mut file, mut aside) = (disk(), disk());
    let slots = fill(&mut file, chance, seed, &records()).unwrap();
    let first = [bytes(&file), bytes(&aside)];
    let again = RECORDS.map(|(table, key, tenant, len)| step(table, key, tenant, len - 10));
    write(slots, (&mut file, &mut aside), chance, &again).unwrap();
    [first, [bytes(&file), bytes(&aside)]]
}

fn file_of(seed: [u8; 32]) -> Vec<u8> {
    let (mut file, mut chance) = (disk(), chance(u64::from(seed[0])));
    fill(&mut file, &mut chance, seed, &records()).unwrap();
    bytes(&file)
}

#[test]
fn with_any_byte_changed_it_does_not_open() {
    let good = file_of([1; 32]);
    assert!(read([&good, &[]]).is_some());
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 0x40;
        assert_eq!(read([&bad, &[]]), None, "byte {at}");
    }
}

#[test]
fn with_any_byte_of_the_last_batch_changed_it_opens_as_it_was_left() {
    let [_, [file, aside]] = written(&mut chance(1), [1; 32]);
    let left = read([&file, &aside]).unwrap();
    for at in 0..aside.len() {
        let mut bad = aside.clone();
        bad[at] ^= 0x40;
        assert_eq!(read([&file, &bad]).as_ref(), Some(&left), "byte {at}");
    }
}

#[test]
fn shorter_or_longer_it_does_not_open() {
    let good = file_of([1; 32]);
    for len in [0, 1, 40, 4_095, 4_096, good.len() - 4_096, good.len() - 512, good.len() - 1] {
        assert_eq!(read([&good[..len], &[]]), None, "{len} bytes");
    }
    assert_eq!(read([&[&good[..], &[0]].concat(), &[]]), None);
    assert_eq!(read([&[&good[..], &[0; 4_096]].concat(), &[]]), None);
}

/// Every two slots of a size, as ranges of bytes.
fn slots(file: &[u8]) -> Vec<std::ops::Range<usize>> {
    let mut slots = Vec::new();
    for page in (4_096..file.len()).step_by(4_096) {
        let size = if file[page] & 0x80 == 0 { 512 } else { 4_096 };
        slots.extend((page..page + 4_096).step_by(size).map(|from| from..from + size));
    }
    slots
}

#[test]
fn slots_stay_in_their_places() {
    let good = file_of([1; 32]);
    let slots = slots(&good);
    let mut tried = 0;
    for one in &slots {
        for other in
            slots.iter().filter(|other| other.start > one.start && other.len() == one.len())
        {
            if good[one.clone()] == good[other.clone()] {
                continue;
            }
            let mut exchanged = good.clone();
            exchanged[one.clone()].copy_from_slice(&good[other.clone()]);
            assert_eq!(read([&exchanged, &[]]), None, "{other:?} also in {one:?}");
            exchanged[other.clone()].copy_from_slice(&good[one.clone()]);
            assert_eq!(read([&exchanged, &[]]), None, "{one:?} for {other:?}");
            tried += 1;
        }
    }
    assert!(tried > 20, "{tried}");
}

#[test]
fn a_slot_that_is_taken_out_is_missed() {
    let good = file_of([1; 32]);
    for slot in slots(&good).into_iter().filter(|slot| good[slot.clone()].iter().any(|b| *b != 0)) {
        let mut bad = good.clone();
        bad[slot.clone()].fill(0);
        assert_eq!(read([&bad, &[]]), None, "{slot:?}");
    }
}

#[test]
fn a_slot_of_an_older_state_is_not_taken_and_neither_is_an_older_head() {
    let [[old, _], [new, _]] = written(&mut chance(1), [1; 32]);
    let fresh = read([&new, &[]]).unwrap();
    for slot in slots(&new).into_iter().chain([HEAD]) {
        if old.get(slot.clone()).is_none_or(|old| *old == new[slot.clone()]) {
            continue;
        }
        let mut back = new.clone();
        back[slot.clone()].copy_from_slice(&old[slot.clone()]);
        assert_eq!(read([&back, &[]]), None, "{slot:?}");
    }
    assert_ne!(
        read([&old, &[]]).unwrap(),
        fresh,
        "the whole of it opens: that is for others to notice"
    );
}

#[test]
fn an_older_batch_is_not_taken() {
    let (mut file, mut aside, mut chance) = (disk(), disk(), chance(1));
    let slots = fill(&mut file, &mut chance, [1; 32], &records()).unwrap();
    let slots = write(slots, (&mut file, &mut aside), &mut chance, &[step(1, 1, 1, 70)]).unwrap();
    let older = bytes(&aside);
    write(slots, (&mut file, &mut aside), &mut chance, &[step(1, 2, 2, 70)]).unwrap();
    assert!(read([&bytes(&file), &bytes(&aside)]).is_some());
    assert_eq!(read([&bytes(&file), &older]), None);
}

#[test]
fn what_is_of_another_file_of_the_same_appliance_is_not_taken() {
    let (ours, theirs) = (file_of([1; 32]), file_of([2; 32]));
    for slot in slots(&ours).into_iter().chain([HEAD]) {
        if ours[slot.clone()] == theirs[slot.clone()] {
            continue;
        }
        let mut bad = ours.clone();
        bad[slot.clone()].copy_from_slice(&theirs[slot.clone()]);
        assert_eq!(read([&bad, &[]]), None, "{slot:?}");
    }
}

#[test]
fn anothers_does_not_open() {
    let good = file_of([1; 32]);
    let opens = |key, appliance| {
        let mut file = Disk::holding(good.clone());
        open_as(&mut file, &disk(), key, appliance).is_some()
    };
    assert!(opens(&KEY, US));
    assert!(!opens(&[4; 32], US), "under another key");
    assert!(!opens(&KEY, ApplianceId([8; 16])), "for another appliance");
}

#[test]
fn a_record_that_was_sealed_for_another_tenant_or_table_is_not_taken_for_this_one() {
    let good = file_of([1; 32]);
    // In clear: the table, and the tenant after it.
    for at in [4_096, 4_096 + 4] {
        for value in [1, 2, 3, 7] {
            let mut bad = good.clone();
            bad[at] = value;
            let same = bad == good;
            assert_eq!(read([&bad, &[]]).is_some(), same, "byte {at}: {value}");
        }
    }
}

#[test]
fn two_copies_that_were_written_on_apart_do_not_mix() {
    let (mut file, mut aside) = (disk(), disk());
    fill(&mut file, &mut chance(1), [1; 32], &records()).unwrap();
    let image = bytes(&file);
    let mut write_on = |seed: u64, len: usize| {
        [file, aside] = [image.clone(), Vec::new()].map(Disk::holding);
        let (slots, _) = open(&mut file, &aside).unwrap();
        let again = RECORDS.map(|(table, key, tenant, _)| step(table, key, tenant, len));
        write(slots, (&mut file, &mut aside), &mut chance(seed), &again).unwrap();
        bytes(&file)
    };
    let (one, other) = (write_on(2, 40), write_on(3, 41));
    for slot in slots(&one).into_iter().chain([HEAD]) {
        if one[slot.clone()] == other[slot.clone()] {
            continue;
        }
        let mut mixed = one.clone();
        mixed[slot.clone()].copy_from_slice(&other[slot.clone()]);
        assert_eq!(read([&mixed, &[]]), None, "{slot:?}");
    }
}
