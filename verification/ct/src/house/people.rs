//! Who is registered: one front-end, two approvers with eight devices each and one with none, one key.
//!
//! A transaction lists sixteen devices, the approvers' in turn: the first and the last place are one of each.

use countersign_core::port::Crypto;
use countersign_device::{Algorithm, Authenticator};
use countersign_enrolled::Enrolled;
use countersign_protocol::approvers::Approvers;
use countersign_protocol::change::{
    Appliance, Cause, FrontEnd, Grant, Key, Place, Profile, Retention, Signer, Standing, Tenant,
};
use countersign_protocol::checkpoint::CheckpointKey;
use countersign_protocol::item::{Form, Item};
use countersign_protocol::limits::DEVICES_MAX;
use countersign_protocol::policy::{Policy, Suites};
use countersign_protocol::record::Kind;
use countersign_protocol::request::{Prepare, Request};
use countersign_protocol::{
    ApplianceId, Bounded, Digest, FrontEndId, KeyId, Label, Name, Origin, Sequence, SignerId,
    SlotId, Suite, TenantId,
};
use countersign_registry::{Change, Registry};

/// The front-end's channel.
pub const CHANNEL: Digest = Digest([3; 32]);
/// The front-end.
pub const FRONT_END: FrontEndId = FrontEndId(1);
/// What every device had counted when it was enrolled.
pub const SIGN_COUNT: u32 = 5;
/// The rpId.
pub const RP_ID: &str = "approve.example";
/// The approval page.
pub const RP_ORIGIN: &str = "https://approve.example";

const TENANT: TenantId = TenantId(1);
const KEY: KeyId = KeyId([1; 16]);
const SIGNERS: [SignerId; 3] = [SignerId(1), SignerId(2), SignerId(3)];
/// A point on P-256 is not asked for: the engine that enrols takes every key.
const POINT: [u8; 65] = [4; 65];

/// Everybody, and what they may.
#[derive(Clone)]
pub struct People {
    /// The front-end's standing.
    pub front_end: Standing,
    /// The devices' COSE_Keys, by their places in the transaction.
    pub devices: Vec<Vec<u8>>,
    /// The key's standing.
    pub key: Standing,
    /// Who may approve.
    pub approvers: [SignerId; 2],
    /// How many of them must.
    pub threshold: u8,
    /// What the key may do.
    pub policy: PolicyRow,
    /// Whether the front-end may ask for the key.
    pub granted: bool,
}

/// The credential id of the device of this number.
pub const fn credential(number: u8) -> [u8; 16] {
    [number; 16]
}

/// The registry's place of the device in this place of the transaction.
fn slot(place: usize) -> SlotId {
    SlotId(u32::try_from(place).unwrap() + 1)
}

/// The record that gives a device another standing.
pub fn change_device<C: Crypto>(
    registry: &mut Registry<C>,
    at: u64,
    place: usize,
    standing: Standing,
) {
    let content = registry.with_standing(slot(place), standing, Cause::Cloned, 0).unwrap();
    let change = Change::decode(Kind::Device, &content).unwrap().unwrap();
    registry.apply(at, &change).unwrap();
}

/// What the key may do.
#[derive(Clone, Copy)]
pub struct PolicyRow {
    /// How it may sign.
    pub suite: Suite,
    /// Items, at most.
    pub items_max: u16,
    /// Until when.
    pub valid_to_ms: u64,
    /// Whether both families must approve.
    pub hybrid: bool,
}

impl People {
    /// All in order. The first, the second and the last device are these; nobody has the others' private parts.
    pub fn with(devices: &[Authenticator; 3]) -> Self {
        let [first, second, last] =
            devices.each_ref().map(|device| device.credential().public_key_cose);
        // The virtual device has few keys of RSA.
        let key = |place: usize| match place {
            0 => first.clone(),
            1 if second != first => second.clone(),
            15 if last != first => last.clone(),
            _ => altered(&first, place),
        };
        let devices = (0..DEVICES_MAX).map(key).collect();
        Self {
            front_end: Standing::Active,
            devices,
            key: Standing::Active,
            approvers: [SIGNERS[0], SIGNERS[1]],
            threshold: 1,
            policy: PolicyRow {
                suite: Suite::Esp256,
                items_max: 8,
                valid_to_ms: u64::MAX,
                hybrid: false,
            },
            granted: true,
        }
    }

    /// Asks for both families, and gives the first approver a device of the other one.
    pub fn make_hybrid(&mut self) {
        self.policy.hybrid = true;
        let is_lattice = self.devices[0].starts_with(&[0xa3, 0x01, 0x07]);
        let other = if is_lattice { Algorithm::Es256 } else { Algorithm::MlDsa44 };
        let device = Authenticator::from_seed_of(other, &[9; 32], RP_ID, RP_ORIGIN);
        self.devices[14] = device.credential().public_key_cose;
    }

    /// Puts everything on record, and gives the number of records.
    pub fn register<C: Crypto>(&self, registry: &mut Registry<C>) -> u64 {
        let mut index = 0..;
        let mut next = || index.next().unwrap_or_default();
        registry.apply(next(), &Change::Appliance(appliance())).unwrap();
        let tenant = Tenant { id: TENANT, name: name("tenant") };
        registry.apply(next(), &Change::Tenant(tenant)).unwrap();
        self.register_front_end(registry, next());
        for (id, text) in SIGNERS.into_iter().zip(["one", "another", "a third one"]) {
            let signer = Signer {
                id,
                tenant: TENANT,
                name: name(text),
                evidence_key: Digest([7; 32]),
                retention: Retention::None,
            };
            registry.apply(next(), &Change::Signer(signer)).unwrap();
        }
        for place in 0..self.devices.len() {
            self.register_device(registry, next(), place);
        }
        self.register_key(registry, next());
        self.register_grant(registry, next());
        next()
    }

    /// The front-end's record.
    pub fn register_front_end<C: Crypto>(&self, registry: &mut Registry<C>, at: u64) {
        let (id, name, standing) = (FRONT_END, name("portal"), self.front_end);
        let front_end = FrontEnd { id, tenant: TENANT, name, channel: CHANNEL, standing };
        registry.apply(at, &Change::FrontEnd(front_end)).unwrap();
    }

    /// A device's records.
    fn register_device<C: Crypto>(&self, registry: &mut Registry<C>, at: u64, place: usize) {
        let text = format!("device {place}");
        let credential = credential(u8::try_from(place).unwrap());
        let enrolled = Enrolled {
            slot: slot(place),
            signer: SIGNERS[place % 2],
            name: &text,
            credential: &credential,
            cose_key: &self.devices[place],
            sign_count: SIGN_COUNT,
        };
        enrolled.enter(registry, at);
    }

    /// The key's record.
    pub fn register_key<C: Crypto>(&self, registry: &mut Registry<C>, at: u64) {
        let (mut ids, mut suites) = ([0; 8], [0; 8]);
        let ids = Sequence::from_values(&self.approvers, &mut ids).unwrap();
        let PolicyRow { suite, items_max, valid_to_ms, hybrid } = self.policy;
        let suites = Suites::from_values(&[suite], &mut suites).unwrap();
        let key = Key {
            id: KEY,
            tenant: TENANT,
            name: name("key"),
            suite: Suite::Esp256,
            place: Place::Resident(KEY),
            public_key: Bounded::new(&POINT).unwrap(),
            approvers: Approvers::new(ids, self.threshold).unwrap(),
            policy: Policy { items_max, valid_to_ms, hybrid, ..Policy::of(suites) },
            standing: self.key,
        };
        registry.apply(at, &Change::Key(key)).unwrap();
    }

    /// The grant's record.
    pub fn register_grant<C: Crypto>(&self, registry: &mut Registry<C>, at: u64) {
        let grant = Grant { front_end: FRONT_END, key: KEY, granted: self.granted };
        registry.apply(at, &Change::Grant(grant)).unwrap();
    }
}

/// Another key of the same form.
fn altered(cose_key: &[u8], place: usize) -> Vec<u8> {
    let mut cose_key = cose_key.to_vec();
    cose_key[30] ^= u8::try_from(place).unwrap();
    cose_key
}

fn name(text: &str) -> Name<'_> {
    Name::new(text).unwrap()
}

fn appliance() -> Appliance<'static> {
    Appliance {
        id: ApplianceId([1; 16]),
        profile: Profile::Development,
        rp_id: Origin::new(RP_ID).unwrap(),
        origin: Origin::new(RP_ORIGIN).unwrap(),
        checkpoint_key: CheckpointKey::Esp256(POINT),
        cosigner_key: None,
    }
}

/// Asks for one signature of the key.
pub fn prepare_frame() -> Vec<u8> {
    let mut room = [0; 512];
    let item = Item {
        dtbsr: Bounded::new(&[7; 32]).unwrap(),
        content: Digest([7; 32]),
        shown: Digest([9; 32]),
        label: Label::new("Discharge letter, E. Example").unwrap(),
        form: Form::CmsAttrs,
    };
    let items = Sequence::from_values(&[item], &mut room).unwrap();
    let (key, suite, lifetime_ms) = (KEY, Suite::Esp256, 60_000);
    let prepare = Prepare { key, suite, lifetime_ms, initiator: None, items };
    minicbor::to_vec(Request::Prepare(prepare)).unwrap()
}
