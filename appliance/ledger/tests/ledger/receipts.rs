//! A receipt proves its record by itself: opening, leaf, path, checkpoint.

use crate::folder::{Bunch, Folder, SIGNERS, Scribe, submission};
use countersign_core::port::{CheckpointMessage, Crypto};
use countersign_host::Host;
use countersign_ledger::Recalled;
use countersign_protocol::group::Group;
use countersign_protocol::receipt::Receipt;
use countersign_protocol::record::{Leaf, Opening};
use countersign_protocol::{Suite, canonical, minicbor, tag};
use countersign_tlog::{Hash, inclusion, leaf_hash};

/// What a front-end does with a receipt.
fn follows(bytes: &[u8]) -> Option<Vec<u8>> {
    let crypto = Host;
    let receipt: Receipt<'_> = canonical::decode(bytes).ok()?;
    let leaf: Leaf<'_> = canonical::decode(receipt.leaf.bytes()).ok()?;
    let commitment = crypto.sha256(&[tag::COMMITMENT, receipt.opening.bytes()]);
    let path: Vec<Hash> = receipt.path.iter().map(|hash| hash.0).collect();
    let (hash, head) = (leaf_hash(receipt.leaf.bytes()), receipt.checkpoint.head());
    let signed = CheckpointMessage::new(&crypto, Suite::Esp256, &receipt.checkpoint);
    let good = leaf.commitment.0 == commitment
        && inclusion::verify(&hash, receipt.index, &path, &head).is_ok()
        && signed.is_signed(&crypto, &Scribe::key(), &receipt.signature);
    let opening: Opening<'_> = canonical::decode(receipt.opening.bytes()).ok()?;
    good.then(|| opening.content.bytes().to_vec())
}

#[test]
fn every_receipt_of_a_group_follows_and_is_the_same_when_fetched_later() {
    let folder = Folder::new();
    let ledger = folder.start();
    let tickets: Vec<_> =
        (0..20u8).map(|n| ledger.submit(submission(&[n; 3])).unwrap().1).collect();
    for (n, ticket) in (0u8..).zip(tickets) {
        let committed = pollster::block_on(ticket).unwrap();
        let receipt = committed.receipt().unwrap();
        assert_eq!(follows(&receipt), Some(vec![n; 3]));
        let again = ledger.recall(&Host, &Bunch::of(&SIGNERS), &committed.location);
        assert_eq!(again, Some(Recalled { receipt, content: vec![n; 3] }));
    }
}

/// Whatever became of the medium since it was written: what is given again is what was signed there.
#[test]
fn a_record_is_not_given_again_from_a_medium_that_was_changed() {
    let folder = Folder::new();
    let ledger = folder.start();
    let one = crate::folder::write(&ledger, b"one").unwrap();
    let good = folder.bytes();
    for byte in 0..good.len() {
        let mut changed = good.clone();
        changed[byte] ^= 1;
        folder.overwrite(&changed);
        assert!(ledger.recall(&Host, &Bunch::of(&SIGNERS), &one.location).is_none(), "byte {byte}");
    }
    folder.overwrite(&resigned(&good));
    assert!(
        ledger.recall(&Host, &Bunch::of(&SIGNERS), &one.location).is_none(),
        "whole, and signed by nobody"
    );
    folder.overwrite(&good);
    assert!(ledger.recall(&Host, &Bunch::of(&SIGNERS), &one.location).is_some());
}

/// The same group in a frame that is right, with a signature that is not.
fn resigned(frame: &[u8]) -> Vec<u8> {
    let mut group: Group<'_> = canonical::decode(&frame[44..]).unwrap();
    group.signature[9] ^= 1;
    let body = minicbor::to_vec(group).unwrap();
    let digest = Host.sha256(&[tag::GROUP, &body]);
    [&frame[..12], &digest, &body].concat()
}

#[test]
fn a_receipt_with_one_byte_changed_does_not_follow() {
    let folder = Folder::new();
    let ledger = folder.start();
    let tickets: Vec<_> = (0..3u8).map(|n| ledger.submit(submission(&[n])).unwrap().1).collect();
    let last = tickets.into_iter().map(pollster::block_on).next_back().unwrap().unwrap();
    let receipt = last.receipt().unwrap();
    assert!(follows(&receipt).is_some());
    for byte in 0..receipt.len() {
        let mut changed = receipt.clone();
        changed[byte] ^= 1;
        assert!(follows(&changed).is_none(), "byte {byte}");
    }
}

#[test]
fn salts_differ_so_that_equal_contents_cannot_be_recognised() {
    let folder = Folder::new();
    let ledger = folder.start();
    let one = crate::folder::write(&ledger, b"same").unwrap().receipt().unwrap();
    let two = crate::folder::write(&ledger, b"same").unwrap().receipt().unwrap();
    let commitment = |bytes: &[u8]| {
        let receipt: Receipt<'_> = canonical::decode(bytes).unwrap();
        canonical::decode::<Leaf<'_>>(receipt.leaf.bytes()).unwrap().commitment
    };
    assert_ne!(commitment(&one), commitment(&two));
}
