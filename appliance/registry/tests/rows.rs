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
use countersign_protocol::change::{Hold, Retention, Signer};
use countersign_protocol::limits::ROWS_EARLY_MAX;
use countersign_protocol::{Digest, FrontEndId, OfficerId, SignerId, SlotId, TenantId};
use countersign_registry::{Change, Conflict, Name, Registry, RootKey, Table, Taking};
use countersign_soft::Soft;
use house::steps::{
    Chance, NOW, Plain, SEEDS, STEPS, copy, rows, rows_at, step, taken, taken_with, told,
};
use house::{KEY, name, registry};

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
    for name in [Name::Signer(SignerId(1)), Name::Key(KEY), Name::Appliance] {
        let again = taken(all.values().chain([&all[&name]])).err();
        assert!(matches!(again, Some(Conflict::RowTwice | Conflict::ApplianceFixed)), "{name:?}");
    }
    let (_, mut taking) = Taking::new(Arc::new(Soft), RootKey::nobodys());
    assert_eq!(taking.take(b"no row"), Err(Conflict::NotCanonical));
    let whole = &first.bytes;
    let longer = [&whole[..], &[0]].concat();
    for bytes in [&whole[..whole.len() - 1], &longer] {
        assert_eq!(taking.take(bytes), Err(Conflict::NotCanonical));
    }
}

/// Whoever has a file's key could make up a place far away, which all places before it would be made for.
#[test]
fn a_place_that_is_read_too_early_is_refused() {
    // A row that says of a place that it is nobody's.
    let nobodys =
        |slot: u32| [&[0x82, 8, 0x81, 0x1a][..], &slot.to_be_bytes(), &[0x82, 1, 0x80]].concat();
    let taken = |slot| Taking::new(Arc::new(Soft), RootKey::nobodys()).1.take(&nobodys(slot));
    assert_eq!(taken(ROWS_EARLY_MAX), Ok(()));
    assert_eq!(taken(ROWS_EARLY_MAX + 1), Err(Conflict::Place));
    assert_eq!(taken(0), Err(Conflict::Place), "the first one is nobody's always");
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

/// A copy is made a few rows at a time, while they change: with what has changed since it was begun it is all of it.
#[test]
fn a_copy_that_is_made_while_rows_change_comes_to_all_of_it() {
    for seed in 1..=SEEDS {
        let (mut chance, mut registry) = (Chance(seed.wrapping_mul(0x2545_f491)), registry());
        (0..STEPS / 2).for_each(|at| drop(step(&mut registry, &mut chance, 100 + at as u64)));
        let (mut plain, mut last) = (Plain::new(), None);
        registry.is_written();
        for at in STEPS.. {
            let few = registry.rows_after(last, 1 + chance.below(3) as usize, NOW).unwrap();
            let Some((name, _)) = few.last() else { break };
            last = Some(*name);
            plain.extend(few);
            step(&mut registry, &mut chance, 100 + at as u64);
        }
        write(&mut registry, &mut plain);
        assert_eq!(plain, rows(&registry), "seed {seed}");
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
    assert_ne!(taken_with(secret, rows(&ours).values()).unwrap().root(), ours.root());
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

/// `cargo test --release -p countersign-registry --test rows -- --ignored --nocapture`: what the state's lock is held
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
