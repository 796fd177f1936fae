//! A registry that took another one's rows is the same: it has the same rows, and from there on it takes and refuses
//! the same changes.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "these are tests: what they did not expect must stop them"
)]

mod house;

use std::collections::BTreeMap;
use std::sync::Arc;

use countersign_core::Now;
use countersign_core::port::{Crypto as _, Registry as _};
use countersign_enrolled::Enrolled;
use countersign_protocol::change::{
    Erasure, FrontEnd, Grant, Hold, Key, Retention, Signer, Standing,
};
use countersign_protocol::model::{Metadata, Purpose, Trust};
use countersign_protocol::{
    Bounded, Digest, FrontEndId, KeyId, OfficerId, Origin, SignerId, SlotId, TenantId, canonical,
};
use countersign_registry::{Change, Conflict, Name, Registry, RootKey, Table, Taking, Written};
use countersign_soft::Soft;
use house::{KEY, changed, cose, evidence_key, front_end, name, registry, with_key};

/// Steps before the copy is made, and after it.
const STEPS: usize = 60;
const SEEDS: u64 = 300;
const NOW: Now = Now { boot_ms: 5_000_000, utc_lo_ms: 5_000_000, utc_hi_ms: 5_000_000 };

/// xorshift64.
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        u32::try_from((self.0 >> 20) % u64::from(n)).unwrap()
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(u32::try_from(of.len()).unwrap()) as usize]
    }
}

/// A registry as it is written down.
type Plain = BTreeMap<Name, Written>;

fn rows_at(registry: &Registry<Soft>, now: Now) -> Plain {
    let row = |name| (name, registry.written(&name, now).unwrap().unwrap());
    registry.names().map(row).collect()
}

fn rows(registry: &Registry<Soft>) -> Plain {
    rows_at(registry, NOW)
}

/// Of these rows, in this order.
fn taken<'r>(rows: impl IntoIterator<Item = &'r Written>) -> Result<Registry<Soft>, Conflict> {
    let mut taking = Taking::new(Registry::new(Arc::new(Soft), RootKey::nobodys()));
    rows.into_iter().try_for_each(|row| taking.take(&row.bytes))?;
    taking.finish()
}

fn copy(registry: &Registry<Soft>) -> Registry<Soft> {
    taken(rows(registry).values()).unwrap()
}

/// Something happens, or is refused; which, is said.
fn step(registry: &mut Registry<Soft>, chance: &mut Chance, at: u64) -> String {
    let (signer, slot) = (SignerId(1 + chance.below(5)), SlotId(chance.below(6)));
    let (portal, key) = (FrontEndId(1 + chance.below(3)), KeyId([chance.one(&[5, 6, 7]); 16]));
    let standing = chance.one(&[Standing::Active, Standing::Suspended, Standing::Revoked]);
    let officer = OfficerId(1);
    let outcome = match chance.below(13) {
        0 => registry.apply(at, &Change::Signer(new_signer(registry, chance))),
        1 => return enrol(registry, chance, at, signer),
        2 => restand(registry, at, slot, standing),
        3 => {
            let granted = chance.below(2) == 0;
            registry.apply(at, &Change::Grant(Grant { front_end: portal, key, granted }))
        }
        4 => with_key(key, chance.one(&["key", "other", "third"]), &[signer], |key| {
            registry.apply(at, &Change::Key(Key { standing, ..key }))
        }),
        5 => {
            let text = chance.one(&["portal", "desk", "kiosk"]);
            let channel = u8::try_from(portal.0).unwrap();
            let new = FrontEnd { standing, ..front_end(portal.0, name(text), channel) };
            registry.apply(at, &Change::FrontEnd(new))
        }
        6 => {
            let held = chance.below(3) == 0;
            registry.apply(at, &Change::Hold(Hold { signer, held, officer, utc_lo_ms: at }))
        }
        7 | 8 => {
            let evidence_key = evidence_key(signer);
            let erasure = Erasure { signer, evidence_key, officer, utc_lo_ms: at };
            registry.apply(at, &Change::Erasure(erasure))
        }
        9 => trust(registry, chance, at),
        10 => {
            let (no, digest) = (chance.below(20), Digest([8; 32]));
            let metadata = Metadata { no, digest, next_update_day: 7 };
            registry.apply(at, &Change::Metadata(metadata))
        }
        _ => {
            registry.accept_sign_count(slot, chance.below(200));
            registry.count_refused(slot, portal, NOW.boot_ms - u64::from(chance.below(400_000)));
            registry.note_signature([signer].into_iter(), at * 1_000);
            registry.count_alarm();
            Ok(())
        }
    };
    format!("{outcome:?}")
}

fn new_signer(registry: &Registry<Soft>, chance: &mut Chance) -> Signer<'static> {
    let id = registry.next_signer();
    let name = name(chance.one(&["alice", "bob", "carol", "dave"]));
    let evidence_key = Digest([u8::try_from(id.0).unwrap_or(0); 32]);
    let retention = chance.one(&[Retention::None, Retention::TenYears]);
    Signer { id, tenant: TenantId(1), name, evidence_key, retention }
}

fn enrol(registry: &mut Registry<Soft>, chance: &mut Chance, at: u64, signer: SignerId) -> String {
    let (slot, cose) = (registry.next_slot(), cose(chance.below(3) as usize));
    let name = chance.one(&["phone", "tablet", "token", "card"]);
    let credential = name.as_bytes();
    let device = Enrolled { slot, signer, name, credential, cose_key: &cose, sign_count: 3 };
    let ticket = registry.apply(at, &Change::Ticket(device.ticket()));
    let bytes = device.ticket_bytes();
    let enrolled = registry.apply(at, &Change::Enrolment(device.enrolment(&bytes)));
    if enrolled.is_err() || chance.below(4) == 0 {
        return format!("{ticket:?} {enrolled:?}");
    }
    if registry.awaits_vouch(signer)
        && countersign_core::vouch::vouchers(registry, signer).next().is_some()
    {
        let addition = device.addition(registry);
        let vouch = Change::Vouch(device.vouch(registry, &addition));
        registry.apply(at, &vouch).unwrap();
    }
    let confirmed = registry.apply(at, &Change::Confirmation(device.confirmation(registry)));
    format!("{ticket:?} {enrolled:?} {confirmed:?}")
}

fn restand(
    registry: &mut Registry<Soft>,
    at: u64,
    slot: SlotId,
    standing: Standing,
) -> Result<(), Conflict> {
    if registry.listed_device(slot).is_none() {
        return Ok(());
    }
    let content = changed(registry, slot, standing);
    registry.apply(at, &Change::Device(canonical::decode(&content)?))
}

fn trust(registry: &mut Registry<Soft>, chance: &mut Chance, at: u64) -> Result<(), Conflict> {
    let der = [u8::try_from(chance.below(4)).unwrap(); 5];
    let purpose = match chance.below(2) {
        0 => Purpose::Attestation,
        _ => Purpose::Metadata(Origin::new("mds.example").unwrap()),
    };
    let (certificate, trusted) = (Bounded::new(&der).unwrap(), chance.below(3) > 0);
    registry.apply(at, &Change::Trust(Trust { purpose, certificate, trusted }))
}

/// What is not in a row of its own, but follows from rows.
fn told(registry: &Registry<Soft>) -> String {
    let devices =
        (1..6).map(|id| registry.devices_of(SignerId(id)).map(|d| d.slot).collect::<Vec<_>>());
    let names =
        ["phone", "tablet", "token", "card"].map(|n| registry.device_named(n).map(|d| d.slot));
    let signers = ["alice", "bob", "carol", "dave"].map(|n| registry.signer_named(n));
    let listed = registry.devices_after(SlotId(0)).map(|listed| format!("{listed:?}"));
    let channels =
        [1, 2, 3].map(|c| registry.front_end(&Digest([c; 32])).map(|f| (f.id, f.generation)));
    format!(
        "{:?} {names:?} {signers:?} {:?} {channels:?} {:?} {:?}",
        devices.collect::<Vec<_>>(),
        listed.collect::<Vec<_>>(),
        registry.registered(),
        (
            registry.next_signer(),
            registry.next_slot(),
            registry.next_front_end(),
            registry.alarms()
        ),
    )
}

#[test]
fn a_copy_is_the_same_and_stays_the_same() {
    let (mut taken, mut refused) = (0, 0);
    for seed in 1..=SEEDS {
        let (mut chance, mut original) =
            (Chance(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15)), registry());
        for at in 0..STEPS {
            step(&mut original, &mut chance, 100 + at as u64);
        }
        let mut copied = copy(&original);
        assert_eq!(rows(&copied), rows(&original), "seed {seed}");
        assert_eq!(told(&copied), told(&original), "seed {seed}");
        assert_eq!(copied.root(), original.root(), "seed {seed}");
        for at in 0..STEPS {
            let mut again = Chance(chance.0);
            let index = 1_000 + at as u64;
            let was = step(&mut original, &mut chance, index);
            assert_eq!(step(&mut copied, &mut again, index), was, "seed {seed}, step {at}");
            if was.contains("Err") { refused += 1 } else { taken += 1 }
        }
        assert_eq!(rows(&copied), rows(&original), "seed {seed}");
        assert_eq!(told(&copied), told(&original), "seed {seed}");
        assert_eq!(copied.root(), original.root(), "seed {seed}");
    }
    assert!(taken > 2_000 && refused > 2_000, "{taken} were taken, {refused} refused");
}

/// Refused assertions count by boot time while the appliance serves, and by UTC in rows: so does what is left of a
/// lock-out.
#[test]
fn a_lock_out_goes_on_in_a_copy() {
    let mut original = registry();
    let now = Now { boot_ms: 50_000, utc_lo_ms: 9_000_000, utc_hi_ms: 9_000_000 };
    (0..8).for_each(|_| original.count_refused(SlotId(1), FrontEndId(1), now.boot_ms));
    let mut copied = taken(rows_at(&original, now).values()).unwrap();
    let later = Now { boot_ms: 7, utc_lo_ms: 9_000_100, utc_hi_ms: 9_000_100 };
    copied.begin(later);
    let lockout = copied.device(SlotId(1)).unwrap().lockout;
    let holds = |at_ms| bool::from(lockout.holds(FrontEndId(1), at_ms));
    assert!(holds(7 + 299_899) && !holds(7 + 299_900));
}

/// A file has rows where there was place for them.
#[test]
fn in_whatever_order_rows_come_they_are_the_same_registry() {
    for seed in 1..=SEEDS {
        let (mut chance, mut original) = (Chance(seed.wrapping_mul(0x9e37_79b9)), registry());
        (0..STEPS).for_each(|at| drop(step(&mut original, &mut chance, 100 + at as u64)));
        let rows = rows(&original);
        let mut backwards = taken(rows.values().rev()).unwrap();
        assert_eq!(self::rows(&backwards), rows, "seed {seed}");
        assert_eq!(told(&backwards), told(&original), "seed {seed}");
        assert_eq!(backwards.root(), original.root(), "seed {seed}");
    }
}

/// Which rows those are that others need is said with each.
#[test]
fn what_is_no_row_or_comes_twice_or_lacks_what_it_needs_is_refused() {
    let all = rows(&registry());
    let without = |name: Name| taken(all.iter().filter(|(n, _)| **n != name).map(|(_, row)| row));
    assert!(taken(all.values()).is_ok());
    assert_eq!(without(Name::Tenant(TenantId(1))).err(), Some(Conflict::Tenant));
    let no_signer = Some(Conflict::Unknown(Table::Signers));
    assert_eq!(without(Name::Signer(SignerId(1))).err(), no_signer);
    assert_eq!(without(Name::Key(KEY)).err(), Some(Conflict::Unknown(Table::Keys)));
    let first = &all[&Name::Device(SlotId(1))];
    assert_eq!(taken(all.values().chain([first])).err(), Some(Conflict::Place));
    let mut taking = Taking::new(Registry::new(Arc::new(Soft), RootKey::nobodys()));
    assert_eq!(taking.take(b"no row"), Err(Conflict::NotCanonical));
    let whole = &first.bytes;
    let longer = [&whole[..], &[0]].concat();
    for bytes in [&whole[..whole.len() - 1], &longer] {
        assert_eq!(taking.take(bytes), Err(Conflict::NotCanonical));
    }
}

/// What is written down now and then, a few rows at a time, is what all of it would be; and the root, which is made a
/// change at a time, is that of a registry that is made anew.
#[test]
fn what_is_written_now_and_then_comes_to_all_of_it() {
    for seed in 1..=SEEDS {
        let (mut chance, mut registry) = (Chance(seed.wrapping_mul(0x517c_c1b7)), registry());
        let mut plain = Plain::new();
        for at in 0..STEPS {
            step(&mut registry, &mut chance, 100 + at as u64);
            if chance.below(4) == 0 {
                registry.root();
            }
            if chance.below(6) == 0 {
                write(&mut registry, &mut plain);
                assert_eq!(plain, rows(&registry), "seed {seed}, step {at}");
            }
        }
        write(&mut registry, &mut plain);
        assert_eq!(plain, rows(&registry), "seed {seed}");
        assert_eq!(registry.unwritten(NOW).unwrap(), [], "seed {seed}: all is written");
        let root = registry.root();
        assert_eq!(taken(plain.values()).unwrap().root(), root, "seed {seed}");
    }
}

fn write(registry: &mut Registry<Soft>, plain: &mut Plain) {
    for (name, row) in registry.unwritten(NOW).unwrap() {
        match row {
            Some(row) => drop(plain.insert(name, row)),
            None => drop(plain.remove(&name)),
        }
    }
    registry.is_written();
}

#[test]
fn what_is_counted_moves_no_root_and_every_change_does() {
    let mut registry = registry();
    let before = registry.root();
    registry.is_written();
    registry.accept_sign_count(SlotId(1), 77);
    registry.count_refused(SlotId(1), FrontEndId(1), 5);
    registry.note_signature([SignerId(1)].into_iter(), 9_000);
    registry.count_alarm();
    assert_eq!(registry.root(), before);
    assert_eq!(registry.unwritten(NOW).unwrap().len(), 3, "they are written down all the same");
    let hold = Hold { signer: SignerId(1), held: true, officer: OfficerId(1), utc_lo_ms: 1 };
    registry.apply(90, &Change::Hold(hold)).unwrap();
    let held = registry.root();
    assert_ne!(held, before);
    registry.apply(91, &Change::Hold(Hold { held: false, ..hold })).unwrap();
    assert_eq!(registry.root(), before, "it is over what there is, not over how it came");
}

#[test]
fn with_another_key_the_root_is_another_one() {
    let mut ours = copy(&registry());
    let secret = RootKey::new(zeroize::Zeroizing::new([1; 32]));
    let mut taking = Taking::new(Registry::new(Arc::new(Soft), secret));
    rows(&ours).values().for_each(|row| taking.take(&row.bytes).unwrap());
    assert_ne!(taking.finish().unwrap().root(), ours.root());
}

/// An Ed25519 key of its own for each number.
fn ed25519(number: u32) -> Vec<u8> {
    let key = |n: u64| {
        let bytes = Soft.sha256(&[&number.to_be_bytes(), &n.to_be_bytes()]);
        [&[0xa4, 1, 1, 3, 0x27, 0x20, 6, 0x21, 0x58, 0x20][..], &bytes].concat()
    };
    let is_one = |cose: &Vec<u8>| countersign_core::assertion::cose::read(&Soft, cose).is_some();
    (0..).map(key).find(is_one).unwrap()
}

/// `cargo test --release -p countersign-registry --test snapshot -- --ignored --nocapture`: what the state's lock is held
/// for, and what a boot reads.
#[test]
#[ignore = "it measures"]
fn what_many_signers_cost() {
    const SIGNERS: u32 = 10_000;
    let mut many = registry();
    for number in 0..SIGNERS {
        let id = many.next_signer();
        let text = format!("signer {number}");
        let key = Digest(Soft.sha256(&[text.as_bytes()]));
        let (tenant, retention) = (TenantId(1), Retention::TenYears);
        let signer = Signer { id, tenant, name: name(&text), evidence_key: key, retention };
        many.apply(1_000, &Change::Signer(signer)).unwrap();
        for device in 0..2 {
            let (text, cose) = (format!("device {number}.{device}"), ed25519(2 * number + device));
            let (slot, credential) = (many.next_slot(), text.as_bytes());
            let cose_key = &cose;
            let new =
                Enrolled { slot, signer: id, name: &text, credential, cose_key, sign_count: 0 };
            new.enter_pending(&mut many, 2_000);
        }
    }
    let begun = std::time::Instant::now();
    let all = rows(&many);
    let bytes: usize = all.values().map(|row| row.bytes.len()).sum();
    println!("{bytes} bytes in {:?}", begun.elapsed());
    let begun = std::time::Instant::now();
    taken(all.values()).unwrap();
    println!("{} rows taken in {:?}", all.len(), begun.elapsed());
}
