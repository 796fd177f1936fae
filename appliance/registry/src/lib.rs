//! The registry: tenants, front-ends, officers, signers, devices and keys, as the ledger says.
//!
//! Guarantees: it is a function of the ledger's records, in order; a change that would contradict
//! what is there (a credential enrolled twice, an approver nobody knows) is refused, at boot as when
//! it is made. It does not guarantee that a change was approved: that is the officers' part.

#![forbid(unsafe_code)]

mod apply;
mod attestation;
mod change;
mod devices;
mod erasure;
mod listing;
mod models;
mod names;
mod recovery;
mod replay;
mod snapshot;
mod view;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use countersign_core::assertion::device_key::DeviceKey;
use countersign_core::entry::{Appliance, FrontEnd, Key};
use countersign_core::port::Crypto;
use countersign_enrolment::metadata::Model;
use countersign_protocol::change::Retention;
use countersign_protocol::checkpoint::CheckpointKey;
use countersign_protocol::limits::COSIGNER_KEY_BYTES;
use countersign_protocol::model::Metadata;
use countersign_protocol::{
    Aaguid, Digest, FrontEndId, KeyId, OfficerId, SignerId, SlotId, TenantId, TicketId,
};
use devices::DeviceRow;
use erasure::Erased;
use models::Trusted;

pub use apply::Conflict;
pub use change::Change;
pub use devices::{Event, TicketRow};
pub use erasure::Keeping;
pub use listing::Newcomer;
pub use names::Table;
pub use recovery::RecoveryRow;
pub use replay::replay;

/// What decides.
pub struct Registry<C> {
    crypto: Arc<C>,
    appliance: Option<Appliance>,
    checkpoint_key: Option<CheckpointKey>,
    cosigner_key: Option<Box<[u8; COSIGNER_KEY_BYTES]>>,
    tenants: BTreeMap<TenantId, String>,
    officers: BTreeMap<Digest, OfficerId>,
    front_ends: BTreeMap<FrontEndId, FrontEndRow>,
    channels: BTreeMap<Digest, FrontEndId>,
    signers: BTreeMap<SignerId, SignerRow>,
    tickets: BTreeMap<TicketId, TicketRow>,
    /// By their places, nobody's first: finding one is the same work whichever it is.
    devices: Vec<DeviceRow>,
    credentials: BTreeMap<Vec<u8>, SlotId>,
    device_keys: BTreeSet<DeviceKey<Arc<[u8]>>>,
    keys: BTreeMap<KeyId, Key>,
    /// Whether it is granted; one that was taken away stays here, so that finding it is the same work.
    grants: BTreeMap<(FrontEndId, KeyId), bool>,
    trusted: Trusted,
    models: BTreeMap<Aaguid, Model>,
    metadata: Option<Metadata>,
    names: names::Names,
    erased: Erased,
    recovery: Option<RecoveryRow>,
    alarms: u64,
}

struct FrontEndRow {
    entry: FrontEnd,
    channel: Digest,
}

struct SignerRow {
    name: String,
    tenant: TenantId,
    /// The key that what is about the signer is sealed under, as the vault knows it.
    evidence_key: Digest,
    retention: Retention,
    /// Under a legal hold.
    held: bool,
    /// When the last signature was made (milliseconds since 1970, UTC, at most).
    signed_ms: Option<u64>,
    devices: Vec<SlotId>,
}

impl<C: Crypto> Registry<C> {
    /// Knows nothing yet.
    pub fn new(crypto: Arc<C>) -> Self {
        Self {
            crypto,
            appliance: None,
            checkpoint_key: None,
            cosigner_key: None,
            tenants: BTreeMap::new(),
            officers: BTreeMap::new(),
            front_ends: BTreeMap::new(),
            channels: BTreeMap::new(),
            signers: BTreeMap::new(),
            tickets: BTreeMap::new(),
            devices: vec![DeviceRow::nobodys()],
            credentials: BTreeMap::new(),
            device_keys: BTreeSet::new(),
            keys: BTreeMap::new(),
            grants: BTreeMap::new(),
            trusted: Trusted::default(),
            models: BTreeMap::new(),
            metadata: None,
            names: names::Names::default(),
            erased: Erased::default(),
            recovery: None,
            alarms: 0,
        }
    }
}
