//! A change is taken whole or not at all: each is a possible one with one thing wrong.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "these are tests: what they did not expect must stop them"
)]

use std::sync::Arc;

use countersign_core::port::Registry as _;
use countersign_core::refusal::About;
use countersign_core::{Now, Reason, Refusal, State};
use countersign_protocol::approvers::Approvers;
use countersign_protocol::change::{
    Appliance, Device, FrontEnd, Grant, Key, Officer, Place, Profile, Signer, Standing, Tenant,
};
use countersign_protocol::limits::{SUSPENSIONS_BURST, SUSPENSIONS_PER_HOUR};
use countersign_protocol::policy::{Policy, Suites};
use countersign_protocol::record::Kind;
use countersign_protocol::{
    ApplianceId, Bounded, Digest, FrontEndId, KeyId, Name, OfficerId, Origin, Point, Sequence,
    SignerId, SlotId, Suite, TenantId,
};
use countersign_registry::{Change, Conflict, Registry, Table};
use countersign_soft::Soft;

/// The points G and 2G of P-256, as a device sends its key.
const KEYS: [(&str, &str); 2] = [
    (
        "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
        "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
    ),
    (
        "7cf27b188d034f7e8a52380304b51ac3c08969e277f21b35a60b48fc47669978",
        "07775510db8ed040293d9ac69f7430dbba7dade63ce982299e04b79d227873d1",
    ),
];

fn cose(key: usize) -> Vec<u8> {
    let bytes = |text: &str| hex::decode(text).unwrap();
    let (x, y) = (bytes(KEYS[key].0), bytes(KEYS[key].1));
    [&[0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 0x20][..], &x, &[0x22, 0x58, 0x20], &y].concat()
}

fn name(text: &str) -> Name<'_> {
    Name::new(text).unwrap()
}

const APPLIANCE: ApplianceId = ApplianceId([1; 16]);

fn appliance() -> Appliance<'static> {
    let origin = Origin::new("https://sign.example").unwrap();
    let (rp_id, checkpoint_key) = (Origin::new("sign.example").unwrap(), Point([4; 65]));
    Appliance { id: APPLIANCE, profile: Profile::Development, rp_id, origin, checkpoint_key }
}

fn front_end(id: u32, name: Name<'_>, channel: u8) -> FrontEnd<'_> {
    let (id, channel, tenant) = (FrontEndId(id), Digest([channel; 32]), TenantId(1));
    FrontEnd { id, tenant, name, channel, standing: Standing::Active }
}

fn device<'b>(slot: u32, name: Name<'b>, credential: &'b [u8], cose_key: &'b [u8]) -> Device<'b> {
    Device {
        slot: SlotId(slot),
        signer: SignerId(1),
        name,
        credential: Bounded::new(credential).unwrap(),
        cose_key: Bounded::new(cose_key).unwrap(),
        backup_eligible: false,
        sign_count: 3,
        standing: Standing::Active,
    }
}

const KEY: KeyId = KeyId([5; 16]);

fn point(key: usize) -> Vec<u8> {
    hex::decode(format!("04{}{}", KEYS[key].0, KEYS[key].1)).unwrap()
}

/// A key that these signers approve for, one of them at least.
fn with_key<T>(
    id: KeyId,
    key_name: &str,
    signers: &[SignerId],
    then: impl FnOnce(Key<'_>) -> T,
) -> T {
    let (mut ids, mut suites, point) = ([0; 64], [0; 8], point(0));
    let ids = Sequence::from_values(signers, &mut ids).unwrap();
    then(Key {
        id,
        tenant: TenantId(1),
        name: name(key_name),
        suite: Suite::Esp256,
        place: Place::Resident(id),
        public_key: Bounded::new(&point).unwrap(),
        approvers: Approvers::new(ids, 1).unwrap(),
        policy: Policy {
            suites: Suites::from_values(&[Suite::Esp256], &mut suites).unwrap(),
            items_max: 1,
            valid_from_ms: 0,
            valid_to_ms: 1,
            hybrid: false,
        },
        standing: Standing::Active,
    })
}

/// A registry with one of everything; the next record has index 8.
fn registry() -> Registry<Soft> {
    let mut registry = Registry::new(Arc::new(Soft));
    let signer = Signer { id: SignerId(1), tenant: TenantId(1), name: name("alice") };
    let officer = Officer { id: OfficerId(1), name: name("officer"), channel: Digest([9; 32]) };
    let cose = cose(0);
    let changes = [
        Change::Appliance(appliance()),
        Change::Tenant(Tenant { id: TenantId(1), name: name("default") }),
        Change::Officer(officer),
        Change::FrontEnd(front_end(1, name("portal"), 1)),
        Change::Signer(signer),
        Change::Device(device(1, name("phone"), b"credential", &cose)),
    ];
    for (index, change) in (0..).zip(&changes) {
        registry.apply(index, change).unwrap();
    }
    with_key(KEY, "key", &[SignerId(1)], |key| registry.apply(6, &Change::Key(key))).unwrap();
    let grant = Grant { front_end: FrontEndId(1), key: KEY, granted: true };
    registry.apply(7, &Change::Grant(grant)).unwrap();
    registry
}

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
    let bob = Signer { id: SignerId(2), tenant: TenantId(1), name: name("alice") };
    refused(&Change::Signer(bob), Conflict::NameTaken(Table::Signers));
    let other = front_end(2, name("portal"), 2);
    refused(&Change::FrontEnd(other), Conflict::NameTaken(Table::FrontEnds));
    let (cose, other) = (cose(1), KeyId([6; 16]));
    let phone = device(2, name("phone"), b"other", &cose);
    refused(&Change::Device(phone), Conflict::NameTaken(Table::Devices));
    with_key(other, "key", &[SignerId(1)], |key| {
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

#[test]
fn a_credential_and_its_key_are_enrolled_once() {
    let (same, other) = (cose(0), cose(1));
    let credential = device(2, name("tablet"), b"credential", &other);
    refused(&Change::Device(credential), Conflict::CredentialTaken);
    let key = device(2, name("tablet"), b"other", &same);
    refused(&Change::Device(key), Conflict::CredentialTaken);
    let mut registry = registry();
    let both_new = Change::Device(device(2, name("tablet"), b"other", &other));
    assert_eq!(registry.apply(8, &both_new), Ok(()));
}

#[test]
fn a_device_needs_a_signer_and_a_key_that_can_be_checked() {
    let (cose, mut off_curve) = (cose(1), cose(1));
    let nobodys = Device { signer: SignerId(7), ..device(2, name("tablet"), b"other", &cose) };
    refused(&Change::Device(nobodys), Conflict::Unknown(Table::Signers));
    off_curve[76] ^= 1;
    let change = Change::Device(device(2, name("tablet"), b"other", &off_curve));
    refused(&change, Conflict::DeviceKey);
    // The engine of these tests has no RSA.
    let head = b"\xa4\x01\x03\x03\x39\x01\x00\x20\x59\x01\x00";
    let rsa = [&head[..], &[0xff; 256], b"\x21\x43\x01\x00\x01"].concat();
    let change = Change::Device(device(2, name("tablet"), b"other", &rsa));
    refused(&change, Conflict::DeviceAlgorithm);
}

#[test]
fn places_are_given_one_after_the_other() {
    let cose = cose(1);
    for place in [3, u32::MAX] {
        refused(&Change::Device(device(place, name("tablet"), b"other", &cose)), Conflict::Place);
    }
    let nobodys = Change::Device(device(0, name("tablet"), b"other", &cose));
    refused(&nobodys, Conflict::Identity(Table::Devices));
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
    let suspended = state.registry.with_standing(SlotId(1), Standing::Suspended).unwrap().content();
    let change = Change::decode(Kind::Device, &suspended).unwrap().unwrap();
    state.registry.apply(8, &change).unwrap();
    assert_eq!(state.note(&refusal(Reason::SignCountCloned, 0)), None);
}

#[test]
fn what_identifies_something_never_changes() {
    let channel = front_end(1, name("portal"), 2);
    refused(&Change::FrontEnd(channel), Conflict::Identity(Table::FrontEnds));
    let other = cose(1);
    let key = device(1, name("phone"), b"credential", &other);
    refused(&Change::Device(key), Conflict::Identity(Table::Devices));
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
