//! A change is taken whole or not at all: each is a possible one with one thing wrong.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "these are tests: what they did not expect must stop them"
)]

mod house;

use countersign_core::port::Registry as _;
use countersign_core::refusal::About;
use countersign_core::{Now, Reason, Refusal, State};
use countersign_protocol::change::{FrontEnd, Grant, Key, Place, Retention, Signer, Standing};
use countersign_protocol::limits::{SUSPENSIONS_BURST, SUSPENSIONS_PER_HOUR};
use countersign_protocol::record::Kind;
use countersign_protocol::{Bounded, Digest, FrontEndId, KeyId, SignerId, SlotId, Suite, TenantId};
use countersign_registry::{Change, Conflict, Registry, Table};
use countersign_soft::Soft;
use house::{KEY, appliance, changed, front_end, name, point, registry, with_key};

fn refused(change: &Change<'_>, conflict: Conflict) {
    let mut registry = registry();
    let before = registry.registered();
    assert_eq!(registry.apply(8, change), Err(conflict));
    assert_eq!(registry.registered(), before, "nothing is taken");
}

#[test]
fn a_generation_is_the_index_of_the_last_record_that_changed_an_entry() {
    let mut registry = registry();
    let generation = |r: &Registry<Soft>| r.front_end(&Digest([1; 32])).unwrap().generation.0;
    assert_eq!(generation(&registry), 7, "the grant's record");
    let suspended = FrontEnd { standing: Standing::Suspended, ..front_end(1, name("portal"), 1) };
    registry.apply(8, &Change::FrontEnd(suspended)).unwrap();
    assert_eq!(generation(&registry), 8);
    assert_eq!(registry.device(SlotId(1)).unwrap().generation.0, 5);
    assert_eq!(registry.key(&KEY).unwrap().generation.0, 6);
}

#[test]
fn a_grant_is_given_and_taken_away() {
    let mut registry = registry();
    assert!(registry.is_granted(FrontEndId(1), &KEY));
    let taken = Grant { front_end: FrontEndId(1), key: KEY, granted: false };
    registry.apply(8, &Change::Grant(taken)).unwrap();
    assert!(!registry.is_granted(FrontEndId(1), &KEY));
}

#[test]
fn names_are_unique() {
    let carol = Signer {
        id: SignerId(3),
        tenant: TenantId(1),
        name: name("alice"),
        evidence_key: Digest([7; 32]),
        retention: Retention::None,
    };
    refused(&Change::Signer(carol), Conflict::NameTaken(Table::Signers));
    let other = front_end(2, name("portal"), 2);
    refused(&Change::FrontEnd(other), Conflict::NameTaken(Table::FrontEnds));
    with_key(KeyId([6; 16]), "key", &[SignerId(1)], |key| {
        refused(&Change::Key(key), Conflict::NameTaken(Table::Keys));
    });
}

#[test]
fn a_certificates_key_means_one_front_end_or_officer() {
    for channel in [1, 9] {
        let change = Change::FrontEnd(front_end(2, name("other"), channel));
        refused(&change, Conflict::ChannelTaken);
    }
}

/// A refusal of the phone's assertion through the portal.
fn refusal(reason: Reason, boot_ms: u64) -> Refusal {
    let about = About {
        front_end: Some(FrontEndId(1)),
        device: Some(SlotId(1)),
        ..About::channel(Digest([1; 32]))
    };
    about.refuse(reason, Now { boot_ms, utc_lo_ms: 0, utc_hi_ms: 0 })
}

#[test]
fn suspensions_of_themselves_are_limited() {
    let mut state = State::new(registry(), [None; 16]);
    let mut suspended = |boot_ms| {
        let clone = refusal(Reason::SignCountCloned, boot_ms);
        (0..100).filter(|_| state.note(&clone) == Some(SlotId(1))).count() as u64
    };
    assert_eq!(suspended(0), SUSPENSIONS_BURST);
    assert_eq!(suspended(3_600_000), SUSPENSIONS_PER_HOUR);
}

#[test]
fn only_a_clone_that_is_active_is_suspended() {
    let mut state = State::new(registry(), [None; 16]);
    for reason in [Reason::SignCountLate, Reason::SignatureInvalid, Reason::TransactionSpent] {
        assert_eq!(state.note(&refusal(reason, 0)), None, "{reason}");
    }
    let suspended = changed(&state.registry, SlotId(1), Standing::Suspended);
    let change = Change::decode(Kind::Device, &suspended).unwrap().unwrap();
    state.registry.apply(8, &change).unwrap();
    assert_eq!(state.note(&refusal(Reason::SignCountCloned, 0)), None);
}

#[test]
fn what_identifies_something_never_changes() {
    let channel = front_end(1, name("portal"), 2);
    refused(&Change::FrontEnd(channel), Conflict::Identity(Table::FrontEnds));
    with_key(KEY, "key", &[SignerId(1)], |key| {
        let moved = Key { place: Place::Resident(KeyId([6; 16])), ..key };
        refused(&Change::Key(moved), Conflict::Identity(Table::Keys));
        let other = point(1);
        let other = Key { public_key: Bounded::new(&other).unwrap(), ..key };
        refused(&Change::Key(other), Conflict::Identity(Table::Keys));
    });
    refused(&Change::Appliance(appliance()), Conflict::ApplianceFixed);
}

#[test]
fn a_signing_key_is_one_of_its_suite_that_the_engine_can_check() {
    with_key(KeyId([6; 16]), "other", &[SignerId(1)], |key| {
        let mut off_curve = point(0);
        off_curve[64] ^= 1;
        let spoilt = Key { public_key: Bounded::new(&off_curve).unwrap(), ..key };
        refused(&Change::Key(spoilt), Conflict::SigningKey(Suite::Esp256));
        for suite in [Suite::Esp384, Suite::Ed25519] {
            let mistaken = Key { suite, ..key };
            refused(&Change::Key(mistaken), Conflict::SigningKey(suite));
        }
        // The engine of these tests has no RSA.
        for suite in [Suite::Rs256, Suite::Ps256] {
            refused(&Change::Key(Key { suite, ..key }), Conflict::Algorithm(suite));
        }
    });
}

#[test]
fn what_belongs_together_has_one_tenant_that_exists() {
    let elsewhere = FrontEnd { tenant: TenantId(2), ..front_end(2, name("other"), 2) };
    refused(&Change::FrontEnd(elsewhere), Conflict::Tenant);
    with_key(KeyId([6; 16]), "other", &[SignerId(7)], |key| {
        refused(&Change::Key(key), Conflict::Unknown(Table::Signers));
    });
    let unknown = Grant { front_end: FrontEndId(7), key: KEY, granted: true };
    refused(&Change::Grant(unknown), Conflict::Unknown(Table::FrontEnds));
}
