//! While the appliance is frozen no key signs; what officers say of each key holds again when it is thawed.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "these are tests: what they did not expect must stop them"
)]

mod house;

use countersign_core::entry::Generation;
use countersign_core::port::Registry as _;
use countersign_protocol::anchor::Reanchoring;
use countersign_protocol::change::{Freeze, Key, Standing};
use countersign_protocol::{Digest, KeyId, OfficerId};
use countersign_registry::{Change, Registry};
use countersign_soft::Soft;
use house::steps::copy;
use house::{ALICE, KEY, NEXT, registry, with_key};

const OTHER: KeyId = KeyId([6; 16]);

const fn freeze(frozen: bool) -> Change<'static> {
    Change::Freeze(Freeze { frozen, officer: OfficerId(1), utc_lo_ms: 0 })
}

const REANCHORED: Change<'static> = Change::Reanchoring(Reanchoring {
    ledger_size: NEXT,
    ledger_root: Digest([1; 32]),
    anchor: None,
    officer: OfficerId(1),
    utc_lo_ms: 0,
});

/// As it may sign now.
fn of(registry: &Registry<Soft>, key: &KeyId) -> (Standing, Generation) {
    let key = registry.key(key).unwrap();
    (key.standing, key.generation)
}

fn suspended(registry: &mut Registry<Soft>, at: u64) {
    with_key(OTHER, "other", &[ALICE], |key| {
        let key = Key { standing: Standing::Suspended, ..key };
        registry.apply(at, &Change::Key(key)).unwrap();
    });
}

#[test]
fn no_key_is_active_while_it_holds_and_each_is_what_it_was_afterwards() {
    let mut registry = registry();
    suspended(&mut registry, NEXT);
    assert!(!registry.is_frozen());
    let active = of(&registry, &KEY).0;
    assert_eq!(active, Standing::Active);
    registry.apply(NEXT + 1, &freeze(true)).unwrap();
    assert!(registry.is_frozen());
    let frozen = (Standing::Suspended, Generation(NEXT + 1));
    assert_eq!([of(&registry, &KEY), of(&registry, &OTHER)], [frozen; 2]);
    let said = registry.key_named("key").unwrap().standing;
    assert_eq!(said, Standing::Active, "officers are told what they have said");
    registry.apply(NEXT + 2, &freeze(false)).unwrap();
    assert!(!registry.is_frozen());
    // Whatever was decided before it was thawed is void.
    assert_eq!(of(&registry, &KEY), (Standing::Active, Generation(NEXT + 2)));
    assert_eq!(of(&registry, &OTHER), (Standing::Suspended, Generation(NEXT + 2)));
}

#[test]
fn what_is_said_of_a_key_meanwhile_holds_when_it_is_thawed() {
    let mut registry = registry();
    registry.apply(NEXT, &freeze(true)).unwrap();
    with_key(KEY, "key", &[ALICE], |key| {
        let key = Key { standing: Standing::Revoked, ..key };
        registry.apply(NEXT + 1, &Change::Key(key)).unwrap();
    });
    with_key(OTHER, "other", &[ALICE], |key| registry.apply(NEXT + 2, &Change::Key(key)).unwrap());
    assert_eq!(of(&registry, &OTHER).0, Standing::Suspended, "a new key, too");
    registry.apply(NEXT + 3, &freeze(false)).unwrap();
    assert_eq!(of(&registry, &KEY).0, Standing::Revoked);
    assert_eq!(of(&registry, &OTHER).0, Standing::Active);
}

#[test]
fn it_is_written_down_and_moves_the_root() {
    let mut registry = registry();
    let before = registry.root();
    registry.apply(NEXT, &freeze(true)).unwrap();
    let mut copied = copy(&registry);
    assert_eq!((copied.is_frozen(), copied.root()), (true, registry.root()));
    assert_eq!(of(&copied, &KEY), of(&registry, &KEY));
    assert_ne!(registry.root(), before);
}

#[test]
fn a_ledger_that_goes_on_though_it_is_not_the_anchored_one_is_frozen() {
    let mut registry = registry();
    registry.apply(NEXT, &REANCHORED).unwrap();
    assert!(registry.is_frozen());
    assert_eq!(of(&registry, &KEY), (Standing::Suspended, Generation(NEXT)));
    registry.apply(NEXT + 1, &freeze(false)).unwrap();
    assert_eq!(of(&registry, &KEY).0, Standing::Active);
}
