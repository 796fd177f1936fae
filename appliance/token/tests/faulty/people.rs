//! Who is registered, and what they send: one front-end, one signer with a device, one key.

use countersign_core::port::Crypto;
use countersign_device::{Approval, Assertion as Made, Authenticator};
use countersign_enrolled::Enrolled;
use countersign_protocol::approvers::Approvers;
use countersign_protocol::assertion::Assertion;
use countersign_protocol::change::{
    Appliance, FrontEnd, Grant, Key, Place, Profile, Retention, Signer, Standing, Tenant,
};
use countersign_protocol::checkpoint::CheckpointKey;
use countersign_protocol::item::{Form, Item};
use countersign_protocol::policy::{Policy, Suites};
use countersign_protocol::request::{Prepare, Request, Sign};
use countersign_protocol::{
    ApplianceId, Bounded, Digest, FrontEndId, KeyId, Label, Name, Origin, Sequence, SignerId,
    SlotId, Suite, TenantId, TransactionId,
};
use countersign_registry::{Change, Registry};

/// The front-end's channel.
pub const CHANNEL: Digest = Digest([3; 32]);
/// The key.
pub const KEY: KeyId = KeyId([7; 16]);

const TENANT: TenantId = TenantId(1);
const FRONT_END: FrontEndId = FrontEndId(1);
const PERSON: SignerId = SignerId(1);
const RP_ID: &str = "sign.example";
const ORIGIN: &str = "https://sign.example";
const ROOM: usize = 8_192;

/// The signer's device. It counts nothing, so that it can be made anew for each approval.
fn device() -> Authenticator {
    Authenticator::from_seed(&[11; 32], RP_ID, ORIGIN)
}

/// Registers everybody; the key has this public part.
pub fn register<C: Crypto>(registry: &mut Registry<C>, public_key: &[u8]) {
    let credential = device().credential();
    let (mut ids, mut suites) = ([0; 8], [0; 8]);
    let changes = [
        Change::Appliance(Appliance {
            id: ApplianceId([1; 16]),
            profile: Profile::Development,
            rp_id: Origin::new(RP_ID).unwrap(),
            origin: Origin::new(ORIGIN).unwrap(),
            checkpoint_key: CheckpointKey::Esp256(credential.point().unwrap()),
            cosigner_key: None,
        }),
        Change::Tenant(Tenant { id: TENANT, name: name("tenant") }),
        Change::FrontEnd(FrontEnd {
            id: FRONT_END,
            tenant: TENANT,
            name: name("portal"),
            channel: CHANNEL,
            standing: Standing::Active,
        }),
        Change::Signer(Signer {
            id: PERSON,
            tenant: TENANT,
            name: name("signer"),
            evidence_key: Digest([7; 32]),
            retention: Retention::None,
        }),
        Change::Key(key(public_key, &mut ids, &mut suites)),
        Change::Grant(Grant { front_end: FRONT_END, key: KEY, granted: true }),
    ];
    for (index, change) in (0..).zip(&changes) {
        registry.apply(index, change).unwrap();
    }
    let phone = Enrolled {
        slot: SlotId(1),
        signer: PERSON,
        name: "phone",
        credential: &credential.credential_id,
        cose_key: &credential.public_key_cose,
        sign_count: 0,
    };
    phone.enter(registry, changes.len() as u64);
}

fn name(text: &str) -> Name<'_> {
    Name::new(text).unwrap()
}

fn key<'b>(public_key: &'b [u8], ids: &'b mut [u8], suites: &'b mut [u8]) -> Key<'b> {
    Key {
        id: KEY,
        tenant: TENANT,
        name: name("key"),
        suite: Suite::Esp256,
        place: Place::Resident(KEY),
        public_key: Bounded::new(public_key).unwrap(),
        approvers: Approvers::new(Sequence::from_values(&[PERSON], ids).unwrap(), 1).unwrap(),
        policy: Policy::of(Suites::from_values(&[Suite::Esp256], suites).unwrap()),
        standing: Standing::Active,
    }
}

/// The DTBS/R of the document of this number.
pub fn digest(document: u8) -> [u8; 32] {
    [document; 32]
}

/// Asks for so many documents to be signed.
pub fn prepare(documents: u8) -> Vec<u8> {
    let digests: Vec<_> = (0..documents).map(digest).collect();
    let items: Vec<_> = digests.iter().map(item).collect();
    let mut room = [0; ROOM];
    encode(&Request::Prepare(Prepare {
        key: KEY,
        suite: Suite::Esp256,
        lifetime_ms: 60_000,
        initiator: None,
        items: Sequence::from_values(&items, &mut room).unwrap(),
    }))
}

fn item(digest: &[u8; 32]) -> Item<'_> {
    Item {
        dtbsr: Bounded::new(digest).unwrap(),
        content: Digest(*digest),
        shown: Digest(*digest),
        label: Label::new("Discharge letter").unwrap(),
        form: Form::Raw,
    }
}

/// The signer approves, and the front-end brings it.
pub fn sign(transaction: TransactionId, activation: &[u8], challenge: &[u8]) -> Vec<u8> {
    let mut device = device();
    let approval = Approval { sign_count: 0, ..device.honest() };
    let made = device.approve(challenge, &approval);
    let mut room = [0; ROOM];
    encode(&Request::Sign(Sign {
        transaction,
        activation: Bounded::new(activation).unwrap(),
        assertions: Sequence::from_values(&[assertion(&made)], &mut room).unwrap(),
    }))
}

fn assertion(made: &Made) -> Assertion<'_> {
    Assertion {
        device: 0,
        authenticator_data: Bounded::new(&made.authenticator_data).unwrap(),
        client_data: Bounded::new(&made.client_data_json).unwrap(),
        signature: Bounded::new(&made.signature).unwrap(),
    }
}

fn encode(request: &Request<'_>) -> Vec<u8> {
    minicbor::to_vec(request).unwrap()
}
