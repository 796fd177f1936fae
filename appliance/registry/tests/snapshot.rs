//! A registry that took another one's rows is the same: it has the same rows, and from there on it takes and refuses
//! the same changes.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "these are tests: what they did not expect must stop them"
)]

mod house;

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
use countersign_registry::{Change, Conflict, Registry};
use countersign_soft::Soft;
use house::{changed, cose, evidence_key, front_end, name, registry, with_key};

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

fn rows(registry: &Registry<Soft>) -> Vec<Vec<u8>> {
    let mut rows = Vec::new();
    registry.rows(NOW, |row| rows.push(row.to_vec())).unwrap();
    rows
}

fn copy(registry: &Registry<Soft>) -> Registry<Soft> {
    let mut copy = Registry::new(Arc::new(Soft));
    rows(registry).iter().for_each(|row| copy.take_row(row).unwrap());
    copy
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
        for at in 0..STEPS {
            let mut again = Chance(chance.0);
            let index = 1_000 + at as u64;
            let was = step(&mut original, &mut chance, index);
            assert_eq!(step(&mut copied, &mut again, index), was, "seed {seed}, step {at}");
            if was.contains("Err") { refused += 1 } else { taken += 1 }
        }
        assert_eq!(rows(&copied), rows(&original), "seed {seed}");
        assert_eq!(told(&copied), told(&original), "seed {seed}");
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
    let mut copied = Registry::new(Arc::new(Soft));
    original.rows(now, |row| copied.take_row(row).unwrap()).unwrap();
    let later = Now { boot_ms: 7, utc_lo_ms: 9_000_100, utc_hi_ms: 9_000_100 };
    copied.begin(later);
    let lockout = copied.device(SlotId(1)).unwrap().lockout;
    let holds = |at_ms| bool::from(lockout.holds(FrontEndId(1), at_ms));
    assert!(holds(7 + 299_899) && !holds(7 + 299_900));
}

/// Rows that somebody made up are none, or those of a registry.
#[test]
fn rows_in_another_order_or_of_something_else_are_refused() {
    let all = rows(&registry());
    let mut backwards = Registry::new(Arc::new(Soft));
    assert!(all.iter().rev().map(|row| backwards.take_row(row)).any(|taken| taken.is_err()));
    let mut nothing = Registry::new(Arc::new(Soft));
    assert_eq!(nothing.take_row(b"no row"), Err(Conflict::NotCanonical));
    let mut cut = Registry::new(Arc::new(Soft));
    let short = &all[0][..all[0].len() - 1];
    assert_eq!(cut.take_row(short), Err(Conflict::NotCanonical));
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
    let mut bytes = Vec::new();
    many.rows(NOW, |row| bytes.extend_from_slice(row)).unwrap();
    println!("{} bytes in {:?}", bytes.len(), begun.elapsed());
    let all = rows(&many);
    let (begun, mut copied) = (std::time::Instant::now(), Registry::new(Arc::new(Soft)));
    all.iter().for_each(|row| copied.take_row(row).unwrap());
    println!("{} rows taken in {:?}", all.len(), begun.elapsed());
}
