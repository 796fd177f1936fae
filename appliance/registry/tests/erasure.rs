//! A signer is erased whole, and only when nothing speaks for keeping what is recorded.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "these are tests: what they did not expect must stop them"
)]

mod house;

use countersign_core::port::Registry as _;
use countersign_protocol::change::{Erasure, Grant, Hold, Retention, Signer, Standing};
use countersign_protocol::{Digest, FrontEndId, OfficerId, SignerId, SlotId, TenantId};
use countersign_registry::{Change, Conflict, Registry, Table};
use countersign_soft::Soft;
use house::{
    ALICE, BOB, KEY, NEXT, evidence_key, front_end, name, phone, registry, revoke_key, tablet,
    with_key,
};

fn erasure(signer: SignerId) -> Erasure {
    let (evidence_key, officer) = (evidence_key(signer), OfficerId(1));
    Erasure { signer, evidence_key, officer, utc_lo_ms: 0 }
}

fn erase(registry: &mut Registry<Soft>, erasure: Erasure) -> Result<(), Conflict> {
    registry.apply(NEXT + 1, &Change::Erasure(erasure))
}

/// Alice's key is revoked: nothing speaks against erasing her.
fn ready() -> Registry<Soft> {
    let mut registry = registry();
    revoke_key(&mut registry);
    registry
}

#[test]
fn nothing_about_an_erased_signer_is_left_and_nothing_of_hers_is_given_again() {
    let mut registry = ready();
    erase(&mut registry, erasure(ALICE)).unwrap();
    assert_eq!(registry.signer_named("alice"), None);
    assert_eq!(registry.devices_of(ALICE).count(), 0);
    assert!(
        registry.device_named("phone").is_none() && registry.listed_device(SlotId(1)).is_none()
    );
    assert_eq!(registry.credential(SlotId(1)).unwrap(), b"");
    assert!(registry.key(&KEY).is_none() && registry.key_named("key").is_none());
    assert!(!registry.is_granted(FrontEndId(1), &KEY));
    assert_eq!(registry.keeping(ALICE), None);
    let left = registry.registered();
    assert_eq!((left.signers, left.devices, left.keys, left.front_ends), (1, 0, 0, 1));
    assert_eq!((registry.next_signer(), registry.next_slot()), (SignerId(3), SlotId(2)));
    assert_eq!(registry.erased_keys().collect::<Vec<_>>(), [evidence_key(ALICE)]);
}

/// The number of the signer who was added last is not given again either.
#[test]
fn the_last_number_is_not_given_again() {
    let mut registry = ready();
    erase(&mut registry, erasure(BOB)).unwrap();
    assert_eq!(registry.next_signer(), SignerId(3));
}

/// Her device may be somebody's again, and her name.
#[test]
fn what_was_unique_is_free_again() {
    let mut registry = ready();
    erase(&mut registry, erasure(ALICE)).unwrap();
    let again = Signer {
        id: SignerId(3),
        tenant: TenantId(1),
        name: name("alice"),
        evidence_key: Digest([3; 32]),
        retention: Retention::None,
    };
    registry.apply(NEXT + 2, &Change::Signer(again)).unwrap();
    let cose = house::cose(0);
    let device =
        countersign_enrolled::Enrolled { slot: SlotId(2), signer: again.id, ..phone(&cose) };
    device.enter(&mut registry, NEXT + 3);
    assert_eq!(registry.device_named("phone").unwrap().slot, SlotId(2));
}

#[test]
fn a_signer_under_a_legal_hold_is_not_erased_until_it_ends() {
    let mut registry = ready();
    let hold =
        |held| Change::Hold(Hold { signer: ALICE, held, officer: OfficerId(1), utc_lo_ms: 0 });
    registry.apply(NEXT, &hold(true)).unwrap();
    assert_eq!(erase(&mut registry, erasure(ALICE)), Err(Conflict::Held));
    registry.apply(NEXT, &hold(false)).unwrap();
    assert_eq!(erase(&mut registry, erasure(ALICE)), Ok(()));
    assert_eq!(registry.apply(NEXT, &hold(true)), Err(Conflict::Unknown(Table::Signers)));
}

#[test]
fn a_signer_with_a_key_that_could_sign_is_not_erased() {
    let mut registry = registry();
    assert_eq!(erase(&mut registry, erasure(ALICE)), Err(Conflict::KeysLeft));
    revoke_key(&mut registry);
    assert_eq!(erase(&mut registry, erasure(ALICE)), Ok(()));
}

#[test]
fn only_a_signer_who_is_there_is_erased_and_with_her_own_key() {
    let mut registry = ready();
    let unknown = Erasure { signer: SignerId(9), ..erasure(ALICE) };
    assert_eq!(erase(&mut registry, unknown), Err(Conflict::Unknown(Table::Signers)));
    let others = Erasure { evidence_key: evidence_key(BOB), ..erasure(ALICE) };
    assert_eq!(erase(&mut registry, others), Err(Conflict::Identity(Table::Signers)));
    assert_eq!(erase(&mut registry, erasure(ALICE)), Ok(()));
    assert_eq!(erase(&mut registry, erasure(ALICE)), Err(Conflict::Unknown(Table::Signers)));
}

/// Else a record that is about fewer people would outlive the erasure of the others.
#[test]
fn who_approves_for_a_key_never_changes() {
    let mut registry = registry();
    let changed =
        with_key(KEY, "key", &[ALICE, BOB], |key| registry.apply(NEXT, &Change::Key(key)));
    assert_eq!(changed, Err(Conflict::Identity(Table::Keys)));
}

#[test]
fn evidence_is_kept_from_the_last_signature_on() {
    let mut registry = registry();
    let until = |registry: &Registry<Soft>| registry.keeping(ALICE).unwrap().until_ms;
    assert_eq!(until(&registry), None, "nothing was signed");
    registry.note_signature([ALICE].into_iter(), 5_000);
    registry.note_signature([ALICE, BOB].into_iter(), 4_000);
    assert_eq!(until(&registry), Some(5_000 + Retention::FiveYears.ms()));
}

/// Each record is sealed under the keys of all whom it is about.
#[test]
fn every_change_says_whom_it_is_about() {
    let mut registry = registry();
    let (of_alice, nobody) = (vec![evidence_key(ALICE)], Vec::new());
    let about = |change: &Change<'_>| registry.evidence_keys_of(change);
    assert_eq!(about(&Change::FrontEnd(front_end(1, name("portal"), 1))), nobody);
    assert_eq!(about(&Change::Erasure(erasure(ALICE))), nobody);
    let hold = Hold { signer: ALICE, held: true, officer: OfficerId(1), utc_lo_ms: 0 };
    assert_eq!(about(&Change::Hold(hold)), of_alice);
    let grant = Grant { front_end: FrontEndId(1), key: KEY, granted: false };
    assert_eq!(about(&Change::Grant(grant)), of_alice);
    let both = vec![evidence_key(ALICE), evidence_key(BOB)];
    with_key(KEY, "key", &[ALICE, BOB], |key| assert_eq!(about(&Change::Key(key)), both));
    let new = SignerId(3);
    let signer = Signer {
        id: new,
        tenant: TenantId(1),
        name: name("carol"),
        evidence_key: evidence_key(new),
        retention: Retention::None,
    };
    assert_eq!(about(&Change::Signer(signer)), [evidence_key(new)]);
    let suspended = house::changed(&registry, SlotId(1), Standing::Suspended);
    let suspended = countersign_protocol::canonical::decode(&suspended).unwrap();
    assert_eq!(about(&Change::Device(suspended)), of_alice);
    let cose = house::cose(1);
    tablet(&cose).enter(&mut registry, NEXT);
    assert_eq!(registry.evidence_keys_of(&Change::Ticket(tablet(&cose).ticket())), of_alice);
    let ticket = tablet(&cose).ticket_bytes();
    let enrolment = Change::Enrolment(tablet(&cose).enrolment(&ticket));
    assert_eq!(registry.evidence_keys_of(&enrolment), of_alice);
}
