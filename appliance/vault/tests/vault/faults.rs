//! Disks and tokens that fail and say so: the vault is closed, and opens again to one state or the other.

use std::sync::{Arc, Mutex};

use countersign_disk::{DiskFault, FaultyDisk, Loss};
use countersign_host::Host;
use countersign_ports::{NotAuthentic, NotSealed, Sealing, Storage, StorageFault};
use countersign_vault::{Media, Platform, Vault, VaultError};

use super::house::{House, Token, US, bytes, chance, entries, entry, holds, id};

/// A disk that fails, in several hands.
#[derive(Clone)]
struct Failing(Arc<Mutex<FaultyDisk>>);

impl Failing {
    fn holding(bytes: Vec<u8>, seed: u64) -> Self {
        Self(Arc::new(Mutex::new(FaultyDisk::holding(bytes, seed))))
    }

    fn with<T>(&self, work: impl FnOnce(&mut FaultyDisk) -> T) -> T {
        work(&mut self.0.lock().unwrap())
    }
}

impl Storage for Failing {
    fn len(&self) -> Result<u64, StorageFault> {
        self.with(|disk| disk.len())
    }
    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), StorageFault> {
        self.with(|disk| disk.read_at(offset, into))
    }
    fn append(&mut self, bytes: &[u8]) -> Result<(), StorageFault> {
        self.with(|disk| disk.append(bytes))
    }
    fn overwrite(&mut self, offset: u64, bytes: &[u8]) -> Result<(), StorageFault> {
        self.with(|disk| disk.overwrite(offset, bytes))
    }
    fn truncate(&mut self, len: u64) -> Result<(), StorageFault> {
        self.with(|disk| disk.truncate(len))
    }
    fn refresh(&mut self, from: u64) -> Result<(), StorageFault> {
        self.with(|disk| disk.refresh(from))
    }
    fn sync(&mut self) -> Result<(), StorageFault> {
        self.with(|disk| disk.sync())
    }
}

type Held = Vault<Failing, Token, Host>;

struct Place {
    even: Failing,
    odd: Failing,
    token: Token,
}

impl Place {
    fn new(seed: u64) -> Self {
        let house = House::new();
        house.init().create_many(&mut chance(3), entries(0..12)).unwrap();
        let [even, odd] = house.bytes();
        let (even, odd) = (Failing::holding(even, seed), Failing::holding(odd, seed));
        Self { even, odd, token: house.token }
    }

    fn open(&self) -> Held {
        let media = Media { even: self.even.clone(), odd: self.odd.clone() };
        let roots = self.token.clone();
        let platform = Platform { media, roots, engine: Host, appliance: US };
        Vault::open(platform, &mut chance(2)).unwrap().0
    }

    /// The process ends, and another one begins: it sees what the first one saw.
    fn restart(&self) -> Held {
        for disk in [&self.even, &self.odd] {
            disk.with(|disk| (disk.mend(), disk.reopen()));
        }
        self.open()
    }

    /// The power fails after that.
    fn cut(&self, loss: Loss) -> Held {
        let image = |disk: &Failing| disk.with(|disk| disk.cut(loss));
        let bytes = [image(&self.even), image(&self.odd)];
        let place = Self {
            even: Failing::holding(bytes[0].clone(), 1),
            odd: Failing::holding(bytes[1].clone(), 1),
            token: self.token.copy(),
        };
        place.open()
    }
}

fn after_destroy() -> impl Iterator<Item = u32> {
    1..12
}

fn is_closed(vault: &mut Held) {
    assert_eq!(vault.key(&id(1)).err(), Some(VaultError::Closed));
    assert_eq!(vault.create(&mut chance(9), entry(99)), Err(VaultError::Closed));
    assert_eq!(vault.destroy(&mut chance(9), &[id(1)]), Err(VaultError::Closed));
}

#[test]
fn a_disk_that_fails_closes_the_vault_until_it_is_opened_again() {
    for fault in [DiskFault::AppendFails, DiskFault::Full, DiskFault::SyncFails] {
        for seed in 0..20 {
            let place = Place::new(seed);
            let mut vault = place.open();
            place.odd.with(|disk| disk.fault(fault));
            let failed = vault.create_many(&mut chance(4), entries(12..24));
            assert!(matches!(failed, Err(VaultError::Storage { .. })), "{failed:?}");
            is_closed(&mut vault);
            let again = place.restart();
            let there = again.len();
            assert!(holds(&again, 0..12) || holds(&again, 0..24), "{fault:?}");
            // What one open has found is there after a power cut too.
            for loss in Loss::ALL {
                assert_eq!(place.cut(*loss).len(), there, "{fault:?} {loss:?}");
            }
        }
    }
}

#[test]
fn a_disk_that_fails_during_a_destroy_leaves_one_state_or_the_other() {
    for fault in [DiskFault::AppendFails, DiskFault::Full, DiskFault::SyncFails] {
        for (seed, even) in (0..20).flat_map(|seed| [(seed, true), (seed, false)]) {
            let place = Place::new(seed);
            let mut vault = place.open();
            let disk = if even { &place.even } else { &place.odd };
            disk.with(|disk| disk.fault(fault));
            if vault.destroy(&mut chance(4), &[id(0)]).is_err() {
                is_closed(&mut vault);
            }
            let again = place.restart();
            assert!(holds(&again, 0..12) || holds(&again, after_destroy()), "{fault:?}");
            assert_eq!(place.token.roots(), [again.epoch()]);
            for loss in Loss::ALL {
                assert_eq!(place.cut(*loss).len(), again.len(), "{fault:?} {loss:?}");
            }
        }
    }
}

#[test]
fn a_token_that_fails_at_any_call_leaves_one_state_or_the_other() {
    // During a destroy: make, derive, destroy.
    for (call, done) in (0..3).flat_map(|call| [(call, false), (call, true)]) {
        let place = Place::new(1);
        let mut vault = place.open();
        place.token.fail_at(call, done);
        let failed = vault.destroy(&mut chance(4), &[id(0)]);
        assert!(matches!(failed, Err(VaultError::Root { .. })), "{call} {done}: {failed:?}");
        is_closed(&mut vault);
        place.token.mend();
        let again = place.restart();
        let is_after = holds(&again, after_destroy());
        assert_eq!(is_after, call == 2, "{call} {done}");
        assert!(is_after || holds(&again, 0..12));
        assert_eq!(place.token.roots(), [again.epoch()]);
    }
}

#[test]
fn an_open_that_fails_can_be_done_again() {
    for call in 0..4 {
        for done in [false, true] {
            let place = Place::new(1);
            let mut vault = place.open();
            place.token.fail_at(2, false);
            vault.destroy(&mut chance(4), &[id(0)]).unwrap_err();
            // The next epoch is whole, and the old root is there still.
            assert_eq!(place.token.roots(), [1, 2]);
            place.token.fail_at(call, done);
            let media = Media { even: place.even.clone(), odd: place.odd.clone() };
            let roots = place.token.clone();
            let platform = Platform { media, roots, engine: Host, appliance: US };
            let _ = Vault::open(platform, &mut chance(2));
            place.token.mend();
            let again = place.restart();
            assert!(holds(&again, after_destroy()), "{call} {done}");
            assert_eq!(bytes(&place.odd), [0; 0]);
        }
    }
}

/// An engine that spoils what it seals for the next epoch.
struct Spoiling;

impl Sealing for Spoiling {
    fn seal_in_place(
        &self,
        key: &[u8; 32],
        nonce: &[u8; 12],
        associated: &[u8],
        bytes: &mut [u8],
    ) -> Result<[u8; 16], NotSealed> {
        let tag = Host.seal_in_place(key, nonce, associated, bytes)?;
        bytes.iter_mut().take(1).for_each(|byte| *byte ^= 1);
        Ok(tag)
    }

    fn open_in_place(
        &self,
        key: &[u8; 32],
        nonce: &[u8; 12],
        associated: &[u8],
        bytes: &mut [u8],
        tag: &[u8; 16],
    ) -> Result<(), NotAuthentic> {
        Host.open_in_place(key, nonce, associated, bytes, tag)
    }
}

#[test]
fn nothing_is_destroyed_for_a_next_epoch_that_cannot_be_read() {
    let place = Place::new(1);
    let media = Media { even: place.even.clone(), odd: place.odd.clone() };
    let roots = place.token.clone();
    let platform = Platform { media, roots, engine: Spoiling, appliance: US };
    let (mut vault, _) = Vault::open(platform, &mut chance(2)).unwrap();
    let failed = vault.destroy(&mut chance(4), &[id(0)]);
    assert!(matches!(failed, Err(VaultError::Damaged(_))), "{failed:?}");
    assert_eq!(place.token.roots(), [1, 2]);
    let again = place.restart();
    assert!(holds(&again, 0..12));
    assert_eq!(place.token.roots(), [1]);
}
