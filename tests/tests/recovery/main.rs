//! Evidence that outlives the HSM: what officers recover from the files alone, and what they do not.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "these are tests: what they did not expect must stop them"
)]

mod ceremony;
mod limits;

use countersign_host::Host;
use countersign_ports::Crypto as _;
use countersign_protocol::TransactionId;
use countersign_recovery::Closed;
use countersign_tests::case::Case;
use countersign_tests::draft::ItemDraft;
use countersign_tests::engine::{Engine, Kind};
use countersign_verifier::{Choice, Document, Link, verify};

use ceremony::{Copy, erase, found, key, set, shares, status, trust};

const LETTER: &[u8] = b"Dear E., it is benign.";
const NOTE: &[u8] = b"Given to the patient.";

/// Somebody who signs these two documents.
async fn signer(engine: &Engine) -> Case<'_> {
    let mut case = Case::begin(engine).await;
    let item = |document: &[u8], label: &str| {
        let digest = Host.sha256(&[document]);
        ItemDraft { dtbsr: digest.to_vec(), content: digest, label: label.to_owned() }
    };
    case.prepare.items = vec![item(LETTER, "letter"), item(NOTE, "note")];
    case
}

async fn signed(case: &mut Case<'_>) -> TransactionId {
    case.signed().await.transaction
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quorum_recovers_every_signature_but_those_of_the_erased() {
    let engine = Engine::start(Kind::Daemon).await;
    let (mut alice, mut erased) = (signer(&engine).await, signer(&engine).await);
    let mut hers = vec![signed(&mut alice).await];
    let gone = signed(&mut erased).await;
    assert_eq!(status(&engine).await, None);

    let key = key("vault 2026", 2, 3);
    set(&alice, &key).await;
    hers.push(signed(&mut alice).await);
    assert_eq!(status(&engine).await, Some((key.fingerprint, 2, 3, true)));
    let late = signer(&engine).await;
    erase(&erased).await;
    engine.restart().await;
    assert_eq!(status(&engine).await, Some((key.fingerprint, 2, 3, true)), "after a boot too");
    let (trusted, cosigned) = (trust(&engine, false).await, trust(&engine, true).await);

    // From here on there are two files of the vault, the ledger, and two officers.
    let copy = Copy::of(&engine.house.data());
    for pair in [[0, 1], [2, 0]] {
        let found = found(&copy.open(&shares(&key, &pair)).unwrap());
        let transactions: Vec<_> = found.signatures.iter().map(|found| found.transaction).collect();
        assert_eq!(transactions, hers);
        assert!(!transactions.contains(&gone));
        for one in &found.signatures {
            let documents = [Document(LETTER), Document(NOTE)];
            let findings = verify(&Host, &trusted, &documents, Choice::All, &one.evidence);
            assert!(findings.hold_all(), "{:?}", findings.broken());
            // That line is made for each reply, and is on record nowhere.
            let findings = verify(&Host, &cosigned, &documents, Choice::All, &one.evidence);
            assert_eq!(findings.broken().map(|(link, _)| link), Some(Link::Cosignature));
            let other = [Document(NOTE), Document(LETTER)];
            assert!(!verify(&Host, &trusted, &other, Choice::All, &one.evidence).hold_all());
        }
        assert!(!found.closed.is_empty());
        assert!(found.closed.iter().all(|why| matches!(why, Closed::Erased(_))));
        assert!(found.texts.contains(&alice.people.name("alice")));
        assert!(found.texts.contains(&late.people.name("alice")), "who came after it was set");
        assert!(!found.texts.contains(&erased.people.name("alice's phone")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_no_quorum_of_this_key_opens_nothing() {
    let engine = Engine::start(Kind::Daemon).await;
    let mut alice = signer(&engine).await;
    signed(&mut alice).await;
    let (ours, theirs) = (key("ours", 2, 3), key("theirs", 2, 3));
    let before = Copy::of(&engine.house.data());
    set(&alice, &ours).await;
    let copy = Copy::of(&engine.house.data());
    let why = |copy: &Copy, shares: &[Vec<u8>]| copy.open(shares).err().unwrap();

    assert!(why(&copy, &shares(&ours, &[1])).contains("shares here: 1, needed: 2"));
    let foreign = [shares(&ours, &[1]), shares(&theirs, &[2])].concat();
    let said = why(&copy, &foreign);
    assert!(said.contains("share 1 is a share of the recovery key"), "{said}");
    let said = why(&copy, &shares(&theirs, &[0, 1]));
    assert!(said.contains(&format!("wrapped for the recovery key {}", ours.fingerprint)), "{said}");
    let said = why(&before, &shares(&ours, &[0, 1]));
    assert!(said.contains("no recovery key was set"), "{said}");

    // The next one takes its place.
    set(&alice, &theirs).await;
    assert_eq!(status(&engine).await, Some((theirs.fingerprint, 2, 3, true)));
    let copy = Copy::of(&engine.house.data());
    assert!(copy.open(&shares(&theirs, &[0, 1])).is_ok());
    assert!(why(&copy, &shares(&ours, &[0, 1])).contains("wrapped for the recovery key"));
}
