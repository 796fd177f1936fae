//! Every byte that is another one, and pieces that are moved.

use countersign_ports::Storage as _;
use countersign_protocol::ApplianceId;
use countersign_vault::{Part, Place, Vault, VaultError};

use super::house::{House, Token, US, chance, entries, entry, holds, id};

const HEAD: usize = 76;
const ENTRY: usize = 93;
const FOOT: usize = 80;
/// Entries of each batch.
const BATCHES: [usize; 3] = [0, 3, 1];

/// An epoch of three batches, and its token.
fn bytes() -> (Vec<u8>, Token) {
    let house = House::new();
    let mut vault = house.init();
    vault.create_many(&mut chance(3), entries(0..3)).unwrap();
    vault.create(&mut chance(4), entry(3)).unwrap();
    let [_, odd] = house.bytes();
    (odd, house.token.clone())
}

fn on(odd: Vec<u8>, token: &Token) -> House {
    House::holding([vec![], odd], token.copy())
}

/// Every part of the epoch, and the bytes that it takes.
fn parts() -> Vec<(Place, std::ops::Range<usize>)> {
    let (mut parts, mut at, mut index) = (Vec::new(), 0, 0);
    for (batch, count) in (0..).zip(BATCHES) {
        let mut push = |part, length| {
            let place = Place { epoch: 1, batch, part, offset: at as u64 };
            parts.push((place, at..at + length));
            at += length;
        };
        push(Part::Head, HEAD);
        for _ in 0..count {
            push(Part::Entry(index), ENTRY);
            index += 1;
        }
        push(Part::Foot, FOOT);
    }
    parts
}

/// Where the epoch's number is, in the first head: with another one, it is another epoch.
const EPOCH: std::ops::Range<usize> = 24..32;

#[test]
fn each_byte_that_is_another_one_is_refused_and_its_place_named() {
    let (good, token) = bytes();
    let parts = parts();
    assert_eq!(parts.last().unwrap().1.end, good.len());
    let (last_foot, _) = parts.last().unwrap();
    for (place, range) in &parts {
        for at in range.clone() {
            for flip in [0x01, 0x80] {
                let mut bad = good.clone();
                bad[at] ^= flip;
                let house = on(bad, &token);
                if place == last_foot {
                    // All that it speaks for is right: it is written anew.
                    let (vault, opened) = house.try_open().unwrap();
                    assert!(opened.finished && holds(&vault, 0..4), "byte {at}");
                    assert!(holds(&house.open(), 0..4));
                } else if EPOCH.contains(&at) {
                    let refused = house.refusal();
                    assert!(matches!(refused, VaultError::OlderCopy { root: 1, .. }), "byte {at}");
                } else {
                    assert_eq!(house.refusal(), VaultError::Damaged(*place), "byte {at}");
                }
            }
        }
    }
}

#[test]
fn the_first_bad_place_is_named_when_there_are_several() {
    let (mut bad, token) = bytes();
    let parts = parts();
    for (_, range) in parts.iter().skip(3).take(4) {
        bad[range.start + 40] ^= 1;
    }
    assert_eq!(on(bad, &token).refusal(), VaultError::Damaged(parts[3].0));
}

#[test]
fn of_an_epoch_that_is_cut_what_was_finished_is_there_or_it_is_refused() {
    let (good, token) = bytes();
    let ends: Vec<usize> =
        parts().iter().filter(|(place, _)| place.part == Part::Foot).map(|(_, r)| r.end).collect();
    for length in 0..good.len() {
        let house = on(good[..length].to_vec(), &token);
        if length < HEAD {
            assert!(house.try_open().is_err());
            continue;
        }
        let (vault, opened) = house.try_open().unwrap();
        let whole =
            ends.iter().filter(|end| **end <= length + if opened.finished { FOOT } else { 0 });
        let there = BATCHES.iter().take(whole.count()).sum::<usize>();
        assert!(holds(&vault, 0..u32::try_from(there).unwrap()), "cut at {length}");
        assert!(holds(&house.open(), 0..u32::try_from(there).unwrap()));
    }
}

#[test]
fn what_is_moved_is_refused() {
    let (good, token) = bytes();
    let parts = parts();
    let piece = |index: usize| good[parts[index].1.clone()].to_vec();
    let refused = |bytes: Vec<u8>, place: Place| {
        assert_eq!(on(bytes, &token).refusal(), VaultError::Damaged(place));
    };
    // 0 head, 1 foot; 2 head, 3 4 5 entries, 6 foot; 7 head, 8 entry, 9 foot.
    let of = |order: &[usize]| order.iter().flat_map(|index| piece(*index)).collect::<Vec<u8>>();
    refused(of(&[0, 1, 2, 4, 3, 5, 6, 7, 8, 9]), parts[3].0);
    refused(of(&[0, 1, 2, 3, 3, 5, 6, 7, 8, 9]), parts[4].0);
    refused(of(&[0, 1, 2, 3, 5, 6, 7, 8, 9]), parts[4].0);
    refused(of(&[0, 1, 7, 8, 9]), parts[2].0);
    refused(of(&[0, 1, 2, 8, 4, 5, 6, 7, 3, 9]), parts[3].0);
    refused(of(&[2, 3, 4, 5, 6, 0, 1, 7, 8, 9]), parts[0].0);
    let behind = |offset: u64, batch| Place { epoch: 1, batch, part: Part::Head, offset };
    refused([good.clone(), of(&[7, 8, 9])].concat(), behind(good.len() as u64, 3));
    // Two feet for one batch: the second is a beginning of nothing.
    refused(of(&[0, 1, 1]), behind((HEAD + FOOT) as u64, 1));
}

#[test]
fn what_nobody_finished_is_cut_once() {
    let (good, token) = bytes();
    for more in [&b"x"[..], &[0; 5000], &good[..HEAD]] {
        let house = on([&good[..], more].concat(), &token);
        let (vault, opened) = house.try_open().unwrap();
        assert_eq!(opened.cut_bytes, more.len() as u64);
        assert!(holds(&vault, 0..4));
        assert!(holds(&house.open(), 0..4));
    }
}

#[test]
fn a_key_that_changes_while_the_vault_is_open_is_not_given() {
    let house = House::new();
    let mut vault = house.init();
    vault.create(&mut chance(3), entry(1)).unwrap();
    let [_, mut odd] = house.bytes();
    let (place, range) = (HEAD + FOOT + HEAD, HEAD + FOOT + HEAD..HEAD + FOOT + HEAD + ENTRY);
    for at in range {
        odd[at] ^= 1;
        let mut disk = house.odd.clone();
        disk.truncate(0).unwrap();
        disk.append(&odd).unwrap();
        let expected = Place { epoch: 1, batch: 1, part: Part::Entry(0), offset: place as u64 };
        let read = vault.key(&id(1)).err();
        assert_eq!(read, Some(VaultError::Damaged(expected)), "byte {at}");
        odd[at] ^= 1;
    }
}

#[test]
fn another_appliances_vault_does_not_open() {
    let (good, token) = bytes();
    let house = on(good, &token);
    let mut platform = house.platform();
    platform.appliance = ApplianceId([8; 16]);
    assert_ne!(platform.appliance, US);
    let refused = Vault::open(platform, &mut chance(1)).err().unwrap();
    assert!(matches!(refused, VaultError::Damaged(Place { part: Part::Head, offset: 0, .. })));
}

/// Something that somebody does to the bytes: flips a bit, moves a piece, takes one out, puts one in.
fn changed(mut bytes: Vec<u8>, random: &mut fastrand::Rng) -> Vec<u8> {
    let from = random.usize(..bytes.len());
    let to = from + random.usize(..=(bytes.len() - from).min(200));
    let piece = bytes[from..to].to_vec();
    let at = random.usize(..=bytes.len());
    match random.u8(..5) {
        0 => bytes[from] ^= 1 << random.u8(..8),
        1 => drop(bytes.splice(at..at, piece)),
        2 => drop(bytes.drain(from..to)),
        3 => bytes[from..to].fill(random.u8(..)),
        _ => bytes.truncate(at),
    }
    if bytes.is_empty() { vec![0] } else { bytes }
}

#[test]
fn whatever_is_done_to_the_disk_no_entry_becomes_another_one() {
    let (good, token) = bytes();
    let (mut opened, mut refused) = (0, 0);
    for seed in 0..5_000 {
        let mut random = fastrand::Rng::with_seed(seed);
        let changes = random.usize(1..4);
        let bad = (0..changes).fold(good.clone(), |bytes, _| changed(bytes, &mut random));
        let house = on(bad, &token);
        match house.try_open() {
            Ok((vault, _)) => {
                opened += 1;
                assert!([0, 3, 4].iter().any(|count| holds(&vault, 0..*count)), "seed {seed}");
            }
            Err(_) => refused += 1,
        }
    }
    println!("{opened} opened with what was left, {refused} refused");
    assert!(opened > 100 && refused > 1_000);
}
