//! Who can read what a record commits to: whoever has the keys of all whom it is about, and nobody else.

use countersign_host::Host;
use countersign_ledger::{Damage, Ledger};
use countersign_ports::{Crypto as _, Sealing as _};
use countersign_protocol::canonical;
use countersign_protocol::group::Group;
use countersign_protocol::receipt::Receipt;
use countersign_protocol::tag;

use crate::folder::{Bunch, Folder, about};

/// What is written: about whom, and what.
const WRITTEN: [(&[u8], &[u8]); 4] = [
    (&[], b"about the appliance"),
    (&[1], b"about one signer"),
    (&[2], b"about another signer"),
    (&[1, 2], b"about both signers"),
];

fn written() -> Folder {
    let folder = Folder::new();
    let ledger = folder.start();
    WRITTEN.iter().for_each(|(signers, content)| drop(write(&ledger, signers, content)));
    drop(ledger);
    folder
}

fn write<S: countersign_ports::Storage + Send + 'static>(
    ledger: &Ledger<S>,
    signers: &[u8],
    content: &[u8],
) -> countersign_ledger::Committed {
    pollster::block_on(ledger.submit(about(signers, content)).unwrap().1).unwrap()
}

/// What opens with the keys of these signers.
fn readable(folder: &Folder, signers: &[u8]) -> Vec<bool> {
    let (_, seen) = folder.open_with(&Bunch::of(signers)).unwrap();
    assert_eq!(seen.len(), WRITTEN.len(), "the tree is whole whoever is erased");
    let opened = |((_, seen), (_, content)): (&(_, Option<Vec<u8>>), &(_, &[u8]))| {
        seen.as_ref().inspect(|seen| assert_eq!(seen, content)).is_some()
    };
    seen.iter().zip(&WRITTEN).map(opened).collect()
}

#[test]
fn a_record_opens_with_the_keys_of_all_whom_it_is_about() {
    let folder = written();
    assert_eq!(readable(&folder, &[1, 2]), [true, true, true, true]);
    assert_eq!(readable(&folder, &[2]), [true, false, true, false]);
    assert_eq!(readable(&folder, &[1]), [true, true, false, false]);
    assert_eq!(readable(&folder, &[]), [true, false, false, false]);
}

#[test]
fn nothing_that_is_written_lies_open_on_the_disk() {
    let bytes = written().bytes();
    for (_, content) in WRITTEN {
        let opened = bytes.windows(content.len()).any(|window| window == content);
        assert!(!opened, "{}", String::from_utf8_lossy(content));
    }
}

#[test]
fn another_key_opens_nothing_and_is_told_apart_from_one_that_is_gone() {
    let folder = written();
    let mut keys = Bunch::of(&[1, 2]);
    keys.0.values_mut().next().unwrap()[0] ^= 1;
    let damage = folder.open_with(&keys).err().unwrap();
    let place = damage.place().unwrap();
    assert!(
        matches!(damage, Damage::Opening(_)) && place.record == 1 && place.offset > 0,
        "{damage}"
    );
}

/// A record that was given out with its receipt is not given again once the signer is erased.
#[test]
fn what_is_about_an_erased_signer_is_not_recalled() {
    let folder = Folder::new();
    let ledger = folder.start();
    let committed = write(&ledger, &[1, 2], b"about both signers");
    let recall = |keys: &Bunch| ledger.recall(&Host, keys, &committed.location);
    assert_eq!(recall(&Bunch::of(&[1, 2])).unwrap().content, b"about both signers");
    assert_eq!(recall(&Bunch::of(&[1])), None);
    assert_eq!(recall(&Bunch::of(&[2])), None);
}

/// Sealed by the rule as it is written down, not by the code: under the signers' keys, and around that under the
/// appliance's own, the nonce from the salt, whom it is about and the leaf beside it.
#[test]
fn a_sealed_part_is_what_the_format_says() {
    let folder = Folder::new();
    let ledger = folder.start();
    let receipt = write(&ledger, &[1, 2], b"content").receipt().unwrap();
    let receipt: Receipt<'_> = canonical::decode(&receipt).unwrap();
    let opening = receipt.opening.bytes();
    let salt: countersign_protocol::record::Opening<'_> = canonical::decode(opening).unwrap();
    let nonce = Host.sha256(&[tag::RECORD_NONCE, &salt.salt.0]);
    let nonce = nonce.first_chunk().unwrap();
    let associated = [&[2][..], &[1; 32], &[2; 32], receipt.leaf.bytes()].concat();
    let layer = |key: [u8; 32], bytes: &[u8]| {
        let mut sealed = bytes.to_vec();
        let mark = Host.seal_in_place(&key, nonce, &associated, &mut sealed).unwrap();
        [&nonce[..], &sealed, &mark].concat()
    };
    let signers = Host.sha256(&[tag::RECORD_KEY, &[2], &[!1; 32], &[!2; 32]]);
    let own = Host.sha256(&[tag::RECORD_KEY, &[0], &[5; 32], &[0; 8]]);
    let file = folder.bytes();
    let group: Group<'_> = canonical::decode(&file[8 + 4 + 32..]).unwrap();
    let record = group.records.iter().next().unwrap();
    assert_eq!(record.sealed.bytes(), layer(own, &layer(signers, opening)));
}
