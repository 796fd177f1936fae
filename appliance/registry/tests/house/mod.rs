//! A registry with one of everything, and what tests change in it.

#![allow(dead_code, reason = "each test binary needs a part of it")]

pub mod steps;

use std::sync::Arc;

use countersign_enrolled::Enrolled;
use countersign_protocol::approvers::Approvers;
use countersign_protocol::change::{
    Appliance, Cause, FrontEnd, Grant, Key, Officer, Place, Profile, Retention, Signer, Standing,
    Tenant,
};
use countersign_protocol::checkpoint::CheckpointKey;
use countersign_protocol::policy::{Policy, Suites};
use countersign_protocol::{
    ApplianceId, Bounded, Digest, FrontEndId, KeyId, Name, OfficerId, Origin, Sequence, SignerId,
    SlotId, Suite, TenantId,
};
use countersign_registry::{Change, Registry, RootKey};
use countersign_soft::Soft;

/// The points G, 2G and 3G of P-256, as a device sends its key.
const KEYS: [(&str, &str); 3] = [
    (
        "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
        "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
    ),
    (
        "7cf27b188d034f7e8a52380304b51ac3c08969e277f21b35a60b48fc47669978",
        "07775510db8ed040293d9ac69f7430dbba7dade63ce982299e04b79d227873d1",
    ),
    (
        "5ecbe4d1a6330a44c8f7ef951d4bf165e6c6b721efada985fb41661bc6e7fd6c",
        "8734640c4998ff7e374b06ce1a64a2ecd82ab036384fb83d9a79b127a27d5032",
    ),
];

pub fn cose(key: usize) -> Vec<u8> {
    let bytes = |text: &str| hex::decode(text).unwrap();
    let (x, y) = (bytes(KEYS[key].0), bytes(KEYS[key].1));
    [&[0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 0x20][..], &x, &[0x22, 0x58, 0x20], &y].concat()
}

pub fn name(text: &str) -> Name<'_> {
    Name::new(text).unwrap()
}

const APPLIANCE: ApplianceId = ApplianceId([1; 16]);

pub fn appliance() -> Appliance<'static> {
    let origin = Origin::new("https://sign.example").unwrap();
    let rp_id = Origin::new("sign.example").unwrap();
    let checkpoint_key = CheckpointKey::Ed25519([4; 32]);
    let profile = Profile::Development;
    Appliance { id: APPLIANCE, profile, rp_id, origin, checkpoint_key, cosigner_key: None }
}

pub fn front_end(id: u32, name: Name<'_>, channel: u8) -> FrontEnd<'_> {
    let (id, channel, tenant) = (FrontEndId(id), Digest([channel; 32]), TenantId(1));
    FrontEnd { id, tenant, name, channel, standing: Standing::Active }
}

/// Alice's device.
pub fn phone(cose_key: &[u8]) -> Enrolled<'_> {
    let (slot, signer) = (SlotId(1), ALICE);
    Enrolled { slot, signer, name: "phone", credential: b"credential", cose_key, sign_count: 3 }
}

/// A further device of Alice's.
pub fn tablet(cose_key: &[u8]) -> Enrolled<'_> {
    let (slot, signer) = (SlotId(2), ALICE);
    Enrolled { slot, signer, name: "tablet", credential: b"tablet's", cose_key, sign_count: 0 }
}

/// The content of the record of another standing.
pub fn changed(registry: &Registry<Soft>, slot: SlotId, standing: Standing) -> Vec<u8> {
    registry.with_standing(slot, standing, Cause::Ordered(OfficerId(1)), 0).unwrap()
}

/// Revokes Alice's key.
pub fn revoke_key(registry: &mut Registry<Soft>) {
    with_key(KEY, "key", &[ALICE], |key| {
        let revoked = Change::Key(Key { standing: Standing::Revoked, ..key });
        registry.apply(NEXT, &revoked).unwrap();
    });
}

/// Alice has a device and a key.
pub const ALICE: SignerId = SignerId(1);
/// Bob has none.
pub const BOB: SignerId = SignerId(2);
/// The index of the next record.
pub const NEXT: u64 = 8;
/// Alice's key.
pub const KEY: KeyId = KeyId([5; 16]);

pub fn point(key: usize) -> Vec<u8> {
    hex::decode(format!("04{}{}", KEYS[key].0, KEYS[key].1)).unwrap()
}

/// A key that these signers approve for, one of them at least.
pub fn with_key<T>(
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
            items_max: 1,
            valid_to_ms: 1,
            ..Policy::of(Suites::from_values(&[Suite::Esp256], &mut suites).unwrap())
        },
        standing: Standing::Active,
    })
}

/// A signer's evidence key, as the vault knows it.
pub fn evidence_key(signer: SignerId) -> Digest {
    Digest([u8::try_from(signer.0).unwrap(); 32])
}

/// A registry with one of everything; the next record has index 8.
pub fn registry() -> Registry<Soft> {
    let mut registry = Registry::new(Arc::new(Soft), RootKey::nobodys());
    let signer = |id, text| Signer {
        id,
        tenant: TenantId(1),
        name: name(text),
        evidence_key: evidence_key(id),
        retention: Retention::FiveYears,
    };
    let officer = Officer { id: OfficerId(1), name: name("officer"), channel: Digest([9; 32]) };
    let cose = cose(0);
    let changes = [
        Change::Appliance(appliance()),
        Change::Tenant(Tenant { id: TenantId(1), name: name("default") }),
        Change::Officer(officer),
        Change::FrontEnd(front_end(1, name("portal"), 1)),
        Change::Signer(signer(ALICE, "alice")),
    ];
    for (index, change) in (0..).zip(&changes) {
        registry.apply(index, change).unwrap();
    }
    registry.apply(4, &Change::Signer(signer(BOB, "bob"))).unwrap();
    phone(&cose).enter(&mut registry, 5);
    with_key(KEY, "key", &[SignerId(1)], |key| registry.apply(6, &Change::Key(key))).unwrap();
    let grant = Grant { front_end: FrontEndId(1), key: KEY, granted: true };
    registry.apply(7, &Change::Grant(grant)).unwrap();
    registry
}
