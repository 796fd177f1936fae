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
mod freeze;
mod index;
mod listing;
mod models;
mod names;
mod policies;
mod recovery;
mod replay;
mod root;
mod rows;
mod tracked;
mod view;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use countersign_core::Now;
use countersign_core::entry::{Appliance, FrontEnd, Key};
use countersign_core::port::Crypto;
use countersign_enrolment::metadata::Model;
use countersign_protocol::change::{Retention, Signer};
use countersign_protocol::checkpoint::CheckpointKey;
use countersign_protocol::limits::COSIGNER_KEY_BYTES;
use countersign_protocol::model::Metadata;
use countersign_protocol::{
    Aaguid, Digest, FrontEndId, KeyId, OfficerId, SignerId, SlotId, TenantId, TicketId,
};
use erasure::Erased;
use freeze::Freeze;
use index::Enrolled;
use models::Trusted;
use policies::{Policies, Stated};
use root::Root;
use tracked::{Places, Tracked};

pub use apply::Conflict;
pub use change::Change;
pub use devices::{Event, TicketRow};
pub use erasure::Keeping;
pub use listing::Newcomer;
pub use names::Table;
pub use recovery::RecoveryRow;
pub use replay::replay;
pub use root::{RootKey, Summing};
pub use rows::{Name, Taking, Written};

/// For what is written down of a row that no time is in.
const ANY_TIME: Now = Now { boot_ms: 0, utc_lo_ms: 0, utc_hi_ms: 0 };

/// What decides.
pub struct Registry<C> {
    crypto: Arc<C>,
    appliance: Tracked<(), ApplianceRow>,
    tenants: Tracked<TenantId, String>,
    officers: Tracked<Digest, OfficerId>,
    front_ends: Tracked<FrontEndId, FrontEndRow>,
    channels: BTreeMap<Digest, FrontEndId>,
    signers: Tracked<SignerId, SignerRow>,
    /// Those that are not spent.
    tickets: Tracked<TicketId, TicketRow>,
    devices: Places,
    enrolled: Enrolled,
    keys: Tracked<KeyId, KeyRow>,
    policies: Policies,
    /// Whether it is granted; one that was taken away stays here, so that finding it is the same work.
    grants: Tracked<(FrontEndId, KeyId), bool>,
    trusted: Tracked<Digest, Trusted>,
    models: Tracked<Aaguid, Model>,
    metadata: Tracked<(), Metadata>,
    names: names::Names,
    erased: Erased,
    recovery: Tracked<(), RecoveryRow>,
    alarms: Tracked<(), u64>,
    freeze: Tracked<(), Freeze>,
    root: Root,
    /// Rows that are not as they were written down last.
    unwritten: BTreeSet<Name>,
}

#[derive(Clone)]
struct ApplianceRow {
    entry: Appliance,
    checkpoint_key: CheckpointKey,
    cosigner_key: Option<Box<[u8; COSIGNER_KEY_BYTES]>>,
}

#[derive(Clone)]
struct FrontEndRow {
    name: String,
    entry: FrontEnd,
    channel: Digest,
}

#[derive(Clone)]
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
    /// Those that the signer may approve for, ascending.
    keys: Vec<KeyId>,
}

impl SignerRow {
    /// Of whom nothing is known yet.
    fn new(new: &Signer<'_>) -> Self {
        Self {
            name: new.name.as_str().to_owned(),
            tenant: new.tenant,
            evidence_key: new.evidence_key,
            retention: new.retention,
            held: false,
            signed_ms: None,
            devices: Vec::new(),
            keys: Vec::new(),
        }
    }
}

#[derive(Clone)]
struct KeyRow {
    name: String,
    entry: Key,
    policy: Arc<Stated>,
}

impl<C: Crypto> Registry<C> {
    /// Knows nothing yet.
    pub fn new(crypto: Arc<C>, root: RootKey) -> Self {
        Self {
            crypto,
            appliance: Tracked::default(),
            tenants: Tracked::default(),
            officers: Tracked::default(),
            front_ends: Tracked::default(),
            channels: BTreeMap::new(),
            signers: Tracked::default(),
            tickets: Tracked::default(),
            devices: Places::new(),
            enrolled: Enrolled::default(),
            keys: Tracked::default(),
            policies: Policies::default(),
            grants: Tracked::default(),
            trusted: Tracked::default(),
            models: Tracked::default(),
            metadata: Tracked::default(),
            names: names::Names::default(),
            erased: Erased::default(),
            recovery: Tracked::default(),
            alarms: Tracked::default(),
            freeze: Tracked::default(),
            root: Root::new(root),
            unwritten: BTreeSet::new(),
        }
    }
}
