//! A registry that is written on a slot file now and then, while the power may fail at every step: whatever is left, the file
//! and what happened since come to what a registry comes to that nobody ever wrote down.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "these are tests: what they did not expect must stop them"
)]

mod house;

use std::sync::Arc;

use countersign_disk::{Chance as Nonces, Disk, History};
use countersign_host::{Host, Threads};
use countersign_protocol::{ApplianceId, TenantId};
use countersign_registry::{Name, Registry, RootKey, Taking, Written};
use countersign_slots::{Change, Filling, Key, Slots, Upon};
use countersign_soft::Soft;
use house::registry;
use house::steps::{Chance, NOW, rows, step, told};

const US: ApplianceId = ApplianceId([7; 16]);
const KEY: [u8; 32] = [3; 32];
const STEPS: usize = 50;

/// What has happened: the chance that each step was made with.
type Past = Vec<Chance>;

/// One more thing happens.
fn happens(registry: &mut Registry<Soft>, past: &mut Past, chance: &mut Chance) {
    past.push(chance.clone());
    step(registry, chance, 100 + past.len() as u64);
}

/// What happened after the first so many steps happens again.
fn redone(mut registry: Registry<Soft>, past: &Past, from: u64) -> Registry<Soft> {
    for (at, chance) in (1u64..).zip(past).skip(usize::try_from(from).unwrap()) {
        step(&mut registry, &mut chance.clone(), 100 + at);
    }
    registry
}

fn put<'r>(key: &'r [u8], name: Name, row: Option<&'r Written>) -> Change<'r> {
    let key = Key { table: name.table(), key };
    match row {
        Some(row) => {
            let tenant = row.tenant.map_or(0, |TenantId(id)| id);
            Change::Put { key, tenant, content: &row.bytes }
        }
        None => Change::Remove(key),
    }
}

/// The registry in the file, and how many steps it is of.
fn read([file, aside]: &[Vec<u8>; 2]) -> (Registry<Soft>, u64) {
    let [mut file, aside] = [file, aside].map(|bytes| Disk::holding(bytes.clone()));
    let (mut summing, mut taking) = Taking::new(Arc::new(Soft), RootKey::nobodys());
    let with = (&Arc::new(Host), &KEY, US);
    let take = |_, row: &[u8]| taking.take(row).ok();
    let sum = |_, row: &[u8]| summing.add(row);
    let slots = Slots::open((&mut file, &aside), with, &Threads, (sum, take)).unwrap();
    (taking.finish(summing, &Threads).unwrap(), slots.mark())
}

/// What both disks may have after a power cut at each step of a write: the other medium is written first.
fn cuts(before: &[History; 2], after: &[History; 2]) -> Vec<[Vec<u8>; 2]> {
    let begun = |side: usize| before[side].operations().len();
    let ended = |side: usize| after[side].operations().len();
    let last = |side: usize, done: usize| after[side].images(done).remove(0).1;
    let aside = (begun(1)..=ended(1)).flat_map(|done| after[1].images(done));
    let aside = aside.map(|(_, aside)| [before[0].images(begun(0)).remove(0).1, aside]);
    let file = (begun(0)..=ended(0)).flat_map(|done| after[0].images(done));
    aside.chain(file.map(|(_, file)| [file, last(1, ended(1))])).collect()
}

#[test]
fn whenever_the_power_fails_the_file_and_what_came_since_are_the_registry() {
    let (mut tried, mut old, mut new) = (0, 0, 0);
    for seed in 1..=12 {
        let (mut chance, mut past) = (Chance(u64::wrapping_mul(seed, 0x9e37_79b9)), Past::new());
        let (mut live, mut nonces) = (registry(), Nonces::of(seed));
        let disks = [(), ()].map(|()| Disk::holding(Vec::new()));
        let [mut file, mut aside] = disks.clone();
        let mut filling = Filling::begin(&mut file, (&Arc::new(Host), &KEY, US), [1; 32]).unwrap();
        for (name, row) in &rows(&live) {
            filling.put((&mut file, &mut nonces), &put(&name.key(), *name, Some(row))).unwrap();
        }
        let mut slots = filling.end((&mut file, &mut nonces), 0).unwrap();
        live.is_written();
        for at in 0..STEPS {
            happens(&mut live, &mut past, &mut chance);
            if at % 7 != 6 {
                continue;
            }
            let changed = live.unwritten(NOW).unwrap();
            let keys: Vec<_> = changed.iter().map(|(name, _)| name.key()).collect();
            let changes: Vec<_> = changed
                .iter()
                .zip(&keys)
                .map(|((name, row), key)| put(key, *name, row.as_ref()))
                .collect();
            let before = disks.each_ref().map(Disk::history);
            let upon = Upon { file: &mut file, aside: &mut aside, chance: &mut nonces };
            slots = slots.write(upon, past.len() as u64, &changes).unwrap();
            live.is_written();
            for disks in cuts(&before, &disks.each_ref().map(Disk::history)) {
                let (found, mark) = read(&disks);
                let mut found = redone(found, &past, mark);
                assert_eq!(told(&found), told(&live), "seed {seed}, step {at}");
                assert_eq!(rows(&found), rows(&live), "seed {seed}, step {at}");
                assert_eq!(found.root(), live.root(), "seed {seed}, step {at}");
                tried += 1;
                if mark == past.len() as u64 { new += 1 } else { old += 1 }
            }
        }
        // And it is what a registry comes to that was never written down.
        let mut plain = redone(registry(), &past, 0);
        assert_eq!((rows(&plain), plain.root()), (rows(&live), live.root()), "seed {seed}");
    }
    assert!(tried > 1_000 && old > 300 && new > 300, "{tried} cuts: {old} old, {new} new");
}
