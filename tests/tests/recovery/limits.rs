//! What is not promised, and what nobody can do to the copy.

use std::path::Path;

use countersign_recovery::Closed;
use countersign_tests::engine::{Engine, Kind};
use countersign_tests::remembered::Remembered;
use countersign_vault::{Part, Place, VaultError};
use countersignd::RingError;
use countersignd::boot::{BootError, Extent, Row, boot, open_token};
use countersignd::config::Config;

use super::ceremony::{Copy, erase, found, key, set, shares};
use super::{signed, signer};

/// Where an epoch's wrapped copy is: after the head.
const WRAPPED: std::ops::Range<usize> = 76..76 + 32 + 80 + 28;

/// The limit, as docs/recovery-of-evidence.md states it.
#[tokio::test(flavor = "multi_thread")]
async fn a_copy_of_the_vault_from_before_an_erasure_and_a_quorum_open_what_was_erased_since() {
    let engine = Engine::start(Kind::Daemon).await;
    let mut alice = signer(&engine).await;
    let hers = signed(&mut alice).await;
    let key = key("ours", 3, 3);
    set(&alice, &key).await;
    let older = Copy::of(&engine.house.data());
    erase(&alice).await;
    let now = Copy::of(&engine.house.data());
    let all = shares(&key, &[0, 1, 2]);
    assert!(found(&now.open(&all).unwrap()).signatures.is_empty());

    // With the newest ledger or with the one of then.
    for ledger in [now.ledger.clone(), older.ledger.clone()] {
        let kept = Copy { ledger, ..older.clone() };
        let signatures = found(&kept.open(&all).unwrap()).signatures;
        let transactions: Vec<_> = signatures.iter().map(|found| found.transaction).collect();
        assert_eq!(transactions, [hers]);
    }
    // Without a quorum it opens nothing.
    assert!(older.open(&all[..2]).is_err());
}

/// A vault that is older than its ledger lacks keys, and that is not told as erased.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_copy_of_the_vault_is_too_old_for_is_told_as_lost() {
    let engine = Engine::start(Kind::Daemon).await;
    let mut alice = signer(&engine).await;
    let hers = signed(&mut alice).await;
    let key = key("ours", 2, 2);
    set(&alice, &key).await;
    let older = Copy::of(&engine.house.data());
    let mut later = signer(&engine).await;
    signed(&mut later).await;
    let Copy { ledger, .. } = Copy::of(&engine.house.data());
    let found = found(&Copy { ledger, ..older }.open(&shares(&key, &[0, 1])).unwrap());
    let transactions: Vec<_> = found.signatures.iter().map(|found| found.transaction).collect();
    assert_eq!(transactions, [hers]);
    assert!(!found.closed.is_empty());
    assert!(found.closed.iter().all(|why| matches!(why, Closed::Lost(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrapped_copy_that_is_changed_is_found_out_at_boot_and_at_recovery() {
    let engine = Engine::start(Kind::Daemon).await;
    let alice = signer(&engine).await;
    let key = key("ours", 2, 3);
    set(&alice, &key).await;
    let (data, pair) = (engine.house.data(), shares(&key, &[0, 2]));
    let copy = Copy::of(&data);
    assert!(copy.open(&pair).is_ok());
    for byte in WRAPPED {
        let mut bad = copy.clone();
        bad.even[byte] ^= 1;
        let why = bad.open(&pair).err().unwrap();
        let said = "the vault is damaged: the wrapped copy of the key of batch 0 in epoch 2";
        let other = "the vault's key is wrapped for the recovery key";
        assert!(why.starts_with(said) || byte < 108 && why.starts_with(other), "{byte}: {why}");
    }
    let place = Place { epoch: 2, batch: 0, part: Part::Wrapped, offset: 76 };
    for byte in [WRAPPED.start, 107, 108, 187, 188, WRAPPED.end - 1] {
        let mut bad = copy.clone();
        bad.even[byte] ^= 1;
        match refused(&engine, &data, &bad).await {
            BootError::Ring(RingError::Vault(why)) => {
                assert_eq!(why, VaultError::Damaged(place), "{byte}");
            }
            other => panic!("{byte}: {other}"),
        }
    }
}

/// Which is an older ledger: whoever ordered it would be told of nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_vault_that_is_wrapped_for_a_key_that_the_ledger_does_not_know_stops_the_boot() {
    let engine = Engine::start(Kind::Daemon).await;
    let alice = signer(&engine).await;
    let data = engine.house.data();
    let before = Copy::of(&data);
    let token = open_token(&engine.house.config()).unwrap();
    let known = Remembered::of(&token);
    let key = key("ours", 2, 3);
    set(&alice, &key).await;
    // Whoever has the token too: else the anchor would be enough.
    known.put_back(&token);
    let mixed = Copy { ledger: before.ledger, ..Copy::of(&data) };
    let why = refused(&engine, &data, &mixed).await;
    assert!(matches!(why, BootError::RecoveryUnknown(found) if found == key.fingerprint), "{why}");
    assert_eq!(why.row(), Some(Row::V8));
}

/// Why an appliance with this copy does not start.
async fn refused(engine: &Engine, data: &Path, copy: &Copy) -> BootError {
    let folder = tempfile::TempDir::new().unwrap();
    for entry in std::fs::read_dir(data).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), folder.path().join(entry.file_name())).unwrap();
    }
    std::fs::write(folder.path().join("vault.even"), &copy.even).unwrap();
    std::fs::write(folder.path().join("ledger"), &copy.ledger).unwrap();
    let config = Config { data: folder.path().to_owned(), ..engine.house.config() };
    boot(&config, Extent::SinceSnapshot).await.err().unwrap()
}
