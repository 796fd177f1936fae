//! The registry: tenants, front-ends, officers, signers, devices and keys, as the ledger says.
//!
//! Guarantees: it is a function of the ledger's records, in order; a change that would contradict
//! what is there (a credential enrolled twice, an approver nobody knows) is refused, at boot as when
//! it is made. It does not guarantee that a change was approved: that is the officers' part.

#![forbid(unsafe_code)]

mod apply;
mod change;
mod names;
mod view;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use countersign_core::assertion::device_key::DeviceKey;
use countersign_core::entry::{Appliance, Device, FrontEnd, Key};
use countersign_core::port::Crypto;
use countersign_protocol::{
    Digest, FrontEndId, KeyId, OfficerId, Point, SignerId, SlotId, TenantId,
};

pub use apply::{Conflict, replay};
pub use change::Change;
pub use names::Table;

/// What decides.
pub struct Registry<C> {
    crypto: Arc<C>,
    appliance: Option<Appliance>,
    checkpoint_key: Option<Point>,
    tenants: BTreeMap<TenantId, String>,
    officers: BTreeMap<Digest, OfficerId>,
    front_ends: BTreeMap<FrontEndId, FrontEndRow>,
    channels: BTreeMap<Digest, FrontEndId>,
    signers: BTreeMap<SignerId, SignerRow>,
    /// By their places, nobody's first: finding one is the same work whichever it is.
    devices: Vec<DeviceRow>,
    credentials: BTreeMap<Vec<u8>, SlotId>,
    device_keys: BTreeSet<DeviceKey<Arc<[u8]>>>,
    keys: BTreeMap<KeyId, Key>,
    /// Whether it is granted; one that was taken away stays here, so that finding it is the same work.
    grants: BTreeMap<(FrontEndId, KeyId), bool>,
    names: names::Names,
    alarms: u64,
}

struct FrontEndRow {
    entry: FrontEnd,
    channel: Digest,
}

struct SignerRow {
    tenant: TenantId,
    devices: Vec<SlotId>,
}

struct DeviceRow {
    entry: Device,
    name: String,
    key: DeviceKey<Arc<[u8]>>,
    credential: Vec<u8>,
    cose_key: Vec<u8>,
}

impl DeviceRow {
    fn nobodys() -> Self {
        let entry = Device::nobodys();
        Self {
            key: DeviceKey::nobodys(entry.algorithm).kept(Arc::from),
            entry,
            name: String::new(),
            credential: Vec::new(),
            cose_key: Vec::new(),
        }
    }
}

impl<C: Crypto> Registry<C> {
    /// Knows nothing yet.
    pub fn new(crypto: Arc<C>) -> Self {
        Self {
            crypto,
            appliance: None,
            checkpoint_key: None,
            tenants: BTreeMap::new(),
            officers: BTreeMap::new(),
            front_ends: BTreeMap::new(),
            channels: BTreeMap::new(),
            signers: BTreeMap::new(),
            devices: vec![DeviceRow::nobodys()],
            credentials: BTreeMap::new(),
            device_keys: BTreeSet::new(),
            keys: BTreeMap::new(),
            grants: BTreeMap::new(),
            names: names::Names::default(),
            alarms: 0,
        }
    }
}
