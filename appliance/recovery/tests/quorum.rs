//! Officers who come together, in good order and with one file that is wrong.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "these are tests: what they did not expect must stop them"
)]

use countersign_host::Host;
use countersign_ports::Crypto as _;
use countersign_protocol::recovery::{RecoveryKey, Share};
use countersign_protocol::{ApplianceId, Bounded, Digest, canonical, tag};
use countersign_recovery::{
    CreateError, Created, Quorum, QuorumError, Recipient, ShareFile, create, fingerprint,
};
use countersign_vault::{EpochName, Unwrapping as _, Wrapping as _};

const HERE: EpochName = EpochName { appliance: ApplianceId([1; 16]), epoch: 7 };

fn created(threshold: u8, shares: u8) -> Created {
    create(&Host, "vault 2026", threshold, shares).unwrap()
}

fn joined(files: &[(&'static str, &[u8])]) -> Result<Quorum, QuorumError> {
    let files: Vec<_> = files.iter().map(|(name, bytes)| ShareFile { name, bytes }).collect();
    Quorum::join(&Host, &files)
}

fn why(files: &[(&'static str, &[u8])]) -> QuorumError {
    joined(files).err().unwrap()
}

/// A share with another number or value, as somebody makes it who knows the form.
fn forged(file: &[u8], change: impl FnOnce(&mut u8, &mut [u8; 32])) -> Vec<u8> {
    let share: Share<'_> = canonical::decode(file).unwrap();
    let (key, mut number) = (share.key, share.number);
    let mut value: [u8; 32] = share.value.bytes().try_into().unwrap();
    change(&mut number, &mut value);
    let check = Digest(Host.sha256(&[tag::SHARE_FILE, key.bytes(), &[number], &value]));
    let value = Bounded::new(&value).unwrap();
    minicbor::to_vec(Share { key, number, value, check }).unwrap()
}

#[test]
fn any_quorum_opens_what_the_appliance_wraps() {
    for (threshold, shares) in [(2, 2), (2, 3), (3, 5), (16, 16)] {
        let made = created(threshold, shares);
        let key: RecoveryKey<'_> = canonical::decode(&made.key).unwrap();
        assert_eq!(made.fingerprint, fingerprint(&Host, &made.key));
        assert_eq!((key.quorum.threshold(), key.quorum.shares()), (threshold, shares));
        let recipient = Recipient::of(made.fingerprint, &key).unwrap();
        let sealed = recipient.wrap(&HERE, &[9; 32]).unwrap();
        let last = usize::from(shares - threshold);
        for some in [&made.shares[..usize::from(threshold)], &made.shares[last..], &made.shares[..]]
        {
            let files: Vec<_> = some.iter().map(|file| ("share", &file[..])).collect();
            let quorum = joined(&files).unwrap();
            assert_eq!(quorum.recipient(), recipient.recipient());
            assert_eq!((quorum.name(), quorum.threshold()), ("vault 2026", threshold));
            assert_eq!(quorum.unwrap(&HERE, &sealed).map(|key| *key), Some([9; 32]));
        }
    }
}

#[test]
fn each_key_is_another_one() {
    let [one, two] = [(); 2].map(|()| created(2, 3));
    assert_ne!(one.fingerprint, two.fingerprint);
    assert_ne!(one.shares[0], two.shares[0]);
}

#[test]
fn what_is_no_quorum_is_not_made() {
    for (threshold, shares) in [(0, 3), (1, 3), (4, 3), (2, 17), (0, 0), (2, 1)] {
        let refused = create(&Host, "a", threshold, shares).err();
        assert_eq!(refused, Some(CreateError::Quorum), "{threshold} of {shares}");
    }
    for name in ["", "two\nlines", &"a".repeat(65)] {
        assert_eq!(create(&Host, name, 2, 3).err(), Some(CreateError::Name));
    }
}

#[test]
fn too_few_shares_are_counted() {
    let made = created(3, 5);
    let [a, b] = [0, 4].map(|nth| &made.shares[nth][..]);
    assert_eq!(why(&[("a", a), ("b", b)]), QuorumError::TooFew { have: 2, needed: 3 });
    assert_eq!(why(&[]), QuorumError::NoShare);
}

#[test]
fn a_share_that_comes_twice_is_named() {
    let made = created(2, 3);
    let [a, b] = [0, 1].map(|nth| &made.shares[nth][..]);
    let twice = QuorumError::Twice { file: "c".into(), first: "a".into(), number: 1 };
    assert_eq!(why(&[("a", a), ("b", b), ("c", a)]), twice);
}

#[test]
fn a_share_of_another_key_is_named() {
    let (ours, theirs) = (created(2, 3), created(2, 3));
    let (a, b, c) = (&ours.shares[0][..], &theirs.shares[1][..], &ours.shares[2][..]);
    let other = QuorumError::OtherKey {
        file: "b".into(),
        found: theirs.fingerprint,
        first: "a".into(),
        expected: ours.fingerprint,
    };
    assert_eq!(why(&[("a", a), ("c", c), ("b", b)]), other);
}

#[test]
fn a_file_with_any_byte_changed_or_missing_is_named_as_damaged() {
    let made = created(2, 2);
    let [a, b] = [0, 1].map(|nth| &made.shares[nth][..]);
    assert!(joined(&[("a", a), ("b", b)]).is_ok());
    let damaged = || QuorumError::Damaged { file: "b".into() };
    for (at, flip) in (0..b.len()).flat_map(|at| [(at, 1), (at, 0x80)]) {
        let mut bad = b.to_vec();
        bad[at] ^= flip;
        assert_eq!(why(&[("a", a), ("b", &bad)]), damaged(), "byte {at}");
    }
    for length in 0..b.len() {
        assert_eq!(why(&[("a", a), ("b", &b[..length])]), damaged(), "{length} bytes");
    }
    let longer = [b, &[0]].concat();
    assert_eq!(why(&[("a", a), ("b", &longer)]), damaged());
    assert_eq!(why(&[("a", a), ("b", &made.key)]), damaged(), "the public part is no share");
    assert_eq!(why(&[("a", a), ("b", &vec![0; 1 << 20])]), damaged());
}

#[test]
fn a_share_that_somebody_made_up_is_named() {
    let made = created(2, 3);
    let [a, b] = [0, 1].map(|nth| &made.shares[nth][..]);
    assert!(joined(&[("a", a), ("b", &forged(b, |_, _| ()))]).is_ok());
    let wrong = |number| QuorumError::Wrong { file: "b".into(), number };
    assert_eq!(why(&[("a", a), ("b", &forged(b, |_, value| value[31] ^= 1))]), wrong(2));
    for number in [0, 1, 3, 4, 255] {
        let forged = forged(b, |n, _| *n = number);
        assert_eq!(why(&[("a", a), ("b", &forged)]), wrong(number));
    }
}

#[test]
fn a_key_that_nothing_can_be_sealed_to_is_none() {
    let made = created(2, 3);
    let mut key: RecoveryKey<'_> = canonical::decode(&made.key).unwrap();
    assert!(Recipient::of(made.fingerprint, &key).is_some());
    key.public = [0; 32];
    assert!(Recipient::of(made.fingerprint, &key).is_none());
}
