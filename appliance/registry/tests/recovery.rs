//! There is one recovery key at a time: the last one that officers have set.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "these are tests: what they did not expect must stop them"
)]

mod house;

use countersign_core::port::Crypto as _;
use countersign_protocol::recovery::{Hpke, Quorum, Recovery, RecoveryKey};
use countersign_protocol::{Digest, OfficerId, Sequence, canonical, minicbor, tag};
use countersign_registry::{Change, Conflict};
use countersign_soft::Soft;
use house::{NEXT, name, registry};

fn recovery(key: u8, room: &mut [u8]) -> Recovery<'_> {
    let commitments = Sequence::from_values(&[Digest([1; 32]), Digest([2; 32])], room).unwrap();
    let quorum = Quorum::new(2, commitments).unwrap();
    let key =
        RecoveryKey { suite: Hpke::X25519Aes256, name: name("vault"), public: [key; 32], quorum };
    Recovery { key, officer: OfficerId(1), utc_lo_ms: 0 }
}

#[test]
fn the_last_one_counts_and_is_not_set_twice() {
    let (mut rooms, mut registry) = ([[0; 80]; 2], registry());
    let [one, two] = &mut rooms;
    let (one, two) = (recovery(1, one), recovery(2, two));
    assert!(registry.recovery().is_none());
    for (at, new) in [(0, &one), (1, &two), (2, &one)] {
        registry.apply(NEXT + at, &Change::Recovery(*new)).unwrap();
        let row = registry.recovery().unwrap();
        let encoded = minicbor::to_vec(new.key).unwrap();
        assert_eq!(row.key(), canonical::decode(&encoded).ok());
        assert_eq!(row.fingerprint, Digest(Soft.sha256(&[tag::RECOVERY_KEY, &encoded])));
        let again = registry.apply(NEXT + at + 1, &Change::Recovery(*new));
        assert_eq!(again, Err(Conflict::RecoverySet));
    }
}
