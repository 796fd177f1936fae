//! When a ledger goes on that is not the anchored one, no key signs before officers say so again.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "these are tests: what they did not expect must stop them"
)]

mod house;

use countersign_core::entry::Generation;
use countersign_core::port::Registry as _;
use countersign_protocol::anchor::Reanchoring;
use countersign_protocol::change::{Key, Standing};
use countersign_protocol::{Digest, KeyId, OfficerId};
use countersign_registry::{Change, Registry};
use countersign_soft::Soft;
use house::{ALICE, KEY, NEXT, registry, with_key};

const REANCHORED: Change<'static> = Change::Reanchoring(Reanchoring {
    ledger_size: NEXT,
    ledger_root: Digest([1; 32]),
    anchor: None,
    officer: OfficerId(1),
    utc_lo_ms: 0,
});

fn of(registry: &Registry<Soft>, key: &KeyId) -> (Standing, Generation) {
    let key = registry.key(key).unwrap();
    (key.standing, key.generation)
}

#[test]
fn every_active_key_is_suspended_until_officers_say_so_again() {
    let mut registry = registry();
    let another = KeyId([6; 16]);
    with_key(another, "another", &[ALICE], |key| registry.apply(NEXT, &Change::Key(key))).unwrap();
    registry.apply(NEXT + 1, &REANCHORED).unwrap();
    let suspended = (Standing::Suspended, Generation(NEXT + 1));
    assert_eq!([of(&registry, &KEY), of(&registry, &another)], [suspended; 2]);
    with_key(KEY, "key", &[ALICE], |key| registry.apply(NEXT + 2, &Change::Key(key))).unwrap();
    assert_eq!(of(&registry, &KEY).0, Standing::Active);
    assert_eq!(of(&registry, &another), suspended);
}

#[test]
fn a_key_that_does_not_sign_anyway_stays_as_it_was() {
    for standing in [Standing::Suspended, Standing::Revoked] {
        let mut registry = registry();
        with_key(KEY, "key", &[ALICE], |key| {
            registry.apply(NEXT, &Change::Key(Key { standing, ..key })).unwrap();
        });
        registry.apply(NEXT + 1, &REANCHORED).unwrap();
        assert_eq!(of(&registry, &KEY), (standing, Generation(NEXT)));
    }
}
