//! Who is registered: two front-ends, two signers with a device each, three keys.
//!
//! One device has no counter and one has, so that both rules for signCounts are on the way.

use std::sync::LazyLock;

use countersign_core::port::Crypto;
use countersign_device::{Authenticator, Credential};
use countersign_enrolled::Enrolled;
use countersign_protocol::approvers::Approvers;
use countersign_protocol::change::{
    Appliance, FrontEnd, Grant, Key, Place, Profile, Retention, Signer, Standing, Tenant,
};
use countersign_protocol::checkpoint::CheckpointKey;
use countersign_protocol::policy::{Policy, Suites};
use countersign_protocol::{
    ApplianceId, Bounded, Digest, FrontEndId, KeyId, Name, Origin, Sequence, SignerId, SlotId,
    Suite, TenantId,
};
use countersign_registry::{Change, Registry};

/// The front-end whose frames they are.
pub(crate) const PORTAL: Digest = Digest([3; 32]);
/// Its id.
pub(super) const PORTAL_ID: FrontEndId = FrontEndId(1);
/// Another front-end, whose transactions are its own.
pub(crate) const OTHER_PORTAL: Digest = Digest([4; 32]);
/// A key that one signer approves for.
pub(crate) const KEY: KeyId = KeyId([1; 16]);
/// A key that two signers approve for, both of them; it signs messages, not digests.
pub(crate) const KEY_OF_TWO: KeyId = KeyId([2; 16]);
/// A key that only the other front-end may ask for.
pub(crate) const KEY_OF_OTHERS: KeyId = KeyId([5; 16]);
/// The signer who has a device without a counter.
pub(crate) const PERSON: SignerId = SignerId(1);
/// The signers' devices.
pub(crate) const SLOTS: [SlotId; 2] = [SlotId(1), SlotId(2)];
/// The place among them of the device that counts.
pub(crate) const COUNTING: usize = 1;
/// What that device had counted when it was enrolled.
pub(crate) const SIGN_COUNT: u32 = 5;

const TENANT: TenantId = TenantId(1);
const OTHER_PORTAL_ID: FrontEndId = FrontEndId(2);
const OTHER_PERSON: SignerId = SignerId(2);
pub(crate) const RP_ID: &str = "approve.example";
pub(crate) const ORIGIN: &str = "https://approve.example";

/// The device at this place, again and again the same.
pub(crate) fn device(place: usize) -> Authenticator {
    Authenticator::from_seed(&[[11; 32], [12; 32]][place], RP_ID, ORIGIN)
}

/// A public key of Ed25519, the base point (RFC 8032, 5.1): nothing is signed with it.
const BASE_POINT: [u8; 32] = {
    let mut point = [0x66; 32];
    point[0] = 0x58;
    point
};

/// How this key signs.
pub(crate) fn suite(key: KeyId) -> Suite {
    if key == KEY_OF_TWO { Suite::Ed25519 } else { Suite::Esp256 }
}

/// The first device's public key, which is that of the appliance's and of the other keys too.
pub(crate) fn point() -> CheckpointKey {
    CheckpointKey::Esp256(CREDENTIALS[0].point().unwrap())
}

/// What is enrolled of the devices: computed once, because keys are slow to derive.
static CREDENTIALS: LazyLock<[Credential; 2]> =
    LazyLock::new(|| [0, 1].map(|place| device(place).credential()));

pub(super) fn register<C: Crypto>(registry: &mut Registry<C>) {
    let (mut one, mut two) = ([0; 8], [0; 8]);
    let one = Approvers::new(Sequence::from_values(&[PERSON], &mut one).unwrap(), 1).unwrap();
    let both = Sequence::from_values(&[PERSON, OTHER_PERSON], &mut two).unwrap();
    let two = Approvers::new(both, 2).unwrap();
    let points = [point().bytes().to_vec(), BASE_POINT.to_vec()];
    let (mut first, mut second) = ([0; 8], [0; 8]);
    let digests = policy(Suite::Esp256, &mut first);
    let messages = policy(Suite::Ed25519, &mut second);
    let grant = |front_end, key| Change::Grant(Grant { front_end, key, granted: true });
    let changes = [
        Change::Appliance(appliance()),
        Change::Tenant(Tenant { id: TENANT, name: name("tenant") }),
        Change::FrontEnd(front_end(PORTAL_ID, "portal", PORTAL)),
        Change::FrontEnd(front_end(OTHER_PORTAL_ID, "other portal", OTHER_PORTAL)),
        Change::Signer(Signer {
            id: PERSON,
            tenant: TENANT,
            name: name("signer"),
            evidence_key: Digest([7; 32]),
            retention: Retention::None,
        }),
        Change::Signer(Signer {
            id: OTHER_PERSON,
            tenant: TENANT,
            name: name("other signer"),
            evidence_key: Digest([7; 32]),
            retention: Retention::None,
        }),
        Change::Key(key(KEY, "key", &points[0], one, digests)),
        Change::Key(key(KEY_OF_TWO, "key of two", &points[1], two, messages)),
        Change::Key(key(KEY_OF_OTHERS, "key of others", &points[0], one, digests)),
        grant(PORTAL_ID, KEY),
        grant(PORTAL_ID, KEY_OF_TWO),
        grant(OTHER_PORTAL_ID, KEY_OF_OTHERS),
    ];
    for (index, change) in (0..).zip(&changes) {
        registry.apply(index, change).unwrap();
    }
    let devices = [enrolled(0, PERSON, "phone"), enrolled(1, OTHER_PERSON, "security key")];
    for (index, device) in (changes.len() as u64..).zip(devices) {
        device.enter(registry, index);
    }
}

fn name(text: &str) -> Name<'_> {
    Name::new(text).unwrap()
}

fn appliance() -> Appliance<'static> {
    Appliance {
        id: ApplianceId([1; 16]),
        profile: Profile::Development,
        rp_id: Origin::new(RP_ID).unwrap(),
        origin: Origin::new(ORIGIN).unwrap(),
        checkpoint_key: point(),
        cosigner_key: None,
    }
}

fn front_end(id: FrontEndId, text: &str, channel: Digest) -> FrontEnd<'_> {
    FrontEnd { id, tenant: TENANT, name: name(text), channel, standing: Standing::Active }
}

fn enrolled(place: usize, signer: SignerId, name: &'static str) -> Enrolled<'static> {
    let credential = &CREDENTIALS[place];
    Enrolled {
        slot: SLOTS[place],
        signer,
        name,
        credential: &credential.credential_id,
        cose_key: &credential.public_key_cose,
        sign_count: if place == COUNTING { SIGN_COUNT } else { 0 },
    }
}

pub(crate) fn policy(suite: Suite, suites: &mut [u8]) -> Policy<'_> {
    Policy { items_max: 8, ..Policy::of(Suites::from_values(&[suite], suites).unwrap()) }
}

fn key<'b>(
    id: KeyId,
    text: &'b str,
    public_key: &'b [u8],
    approvers: Approvers<'b>,
    policy: Policy<'b>,
) -> Key<'b> {
    Key {
        id,
        tenant: TENANT,
        name: name(text),
        suite: suite(id),
        place: Place::Resident(id),
        public_key: Bounded::new(public_key).unwrap(),
        approvers,
        policy,
        standing: Standing::Active,
    }
}
