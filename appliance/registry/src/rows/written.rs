//! How each thing of the registry is written down as a row.

use countersign_core::{Now, entry};
use countersign_enrolment::metadata::{self, Room};
use countersign_protocol::canonical::{self, NotCanonical};
use countersign_protocol::change::{self, Appliance, FrontEnd, Signer, Tenant};
use countersign_protocol::checkpoint::CosignerKey;
use countersign_protocol::minicbor;
use countersign_protocol::model::{Metadata, Purpose, Trust};
use countersign_protocol::{
    Aaguid, Bounded, Digest, FrontEndId, KeyId, OfficerId, Origin, SignerId, SlotId, TenantId,
    TicketId,
};

use super::name::Name;
use super::row::{Counts, KeyEntry, Life, Row};
use crate::devices::DeviceRow;
use crate::freeze::Freeze;
use crate::models::Trusted;
use crate::{ApplianceRow, FrontEndRow, KeyRow, RecoveryRow, SignerRow, TicketRow};

/// A row, written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Whose it is; none: the appliance's own.
    pub tenant: Option<TenantId>,
    /// What the root is over, and what is counted after it.
    pub bytes: Vec<u8>,
    pub(super) rooted: usize,
}

impl Written {
    fn new(row: &Row<'_>, counts: &Counts) -> Self {
        // Into memory that grows: only an encoder of our own could fail, and none of them does.
        let mut bytes = minicbor::to_vec(row).unwrap_or_default();
        let rooted = bytes.len();
        bytes.extend(minicbor::to_vec(counts).unwrap_or_default());
        Self { tenant: None, bytes, rooted }
    }

    /// What the root is over.
    pub(crate) fn rooted(&self) -> &[u8] {
        self.bytes.get(..self.rooted).unwrap_or_default()
    }
}

/// What is written down as a row of the table with these keys.
pub(crate) trait Filed<K> {
    /// The row with this key.
    fn name(key: K) -> Name;

    /// The key of this row, if it is one of the table.
    fn key(name: Name) -> Option<K>;

    /// Its row, as anybody's. (Refused assertions are counted by boot time here, and by UTC in rows.)
    fn written(&self, key: &K, now: Now) -> Result<Written, NotCanonical>;
}

/// What rows with such keys are called.
macro_rules! called {
    ($name:ident) => {
        fn name((): ()) -> Name {
            Name::$name
        }

        fn key(name: Name) -> Option<()> {
            (name == Name::$name).then_some(())
        }
    };
    ($name:ident: $key:ty) => {
        fn name(key: $key) -> Name {
            Name::$name(key)
        }

        fn key(name: Name) -> Option<$key> {
            match name {
                Name::$name(key) => Some(key),
                _ => None,
            }
        }
    };
}

fn uncounted(row: &Row<'_>) -> Result<Written, NotCanonical> {
    Ok(Written::new(row, &Counts::None))
}

fn named(text: &str) -> Result<countersign_protocol::Name<'_>, NotCanonical> {
    countersign_protocol::Name::new(text).ok_or(NotCanonical)
}

impl Filed<()> for ApplianceRow {
    called!(Appliance);

    fn written(&self, (): &(), _now: Now) -> Result<Written, NotCanonical> {
        uncounted(&Row::Appliance(Appliance {
            id: self.entry.id,
            profile: self.entry.profile,
            rp_id: Origin::new(&self.entry.rp_id).ok_or(NotCanonical)?,
            origin: Origin::new(&self.entry.origin).ok_or(NotCanonical)?,
            checkpoint_key: self.checkpoint_key,
            cosigner_key: self.cosigner_key.as_deref().map(CosignerKey),
        }))
    }
}

/// A tenant's name.
impl Filed<TenantId> for String {
    called!(Tenant: TenantId);

    fn written(&self, id: &TenantId, _now: Now) -> Result<Written, NotCanonical> {
        uncounted(&Row::Tenant(Tenant { id: *id, name: named(self)? }))
    }
}

impl Filed<Digest> for OfficerId {
    called!(Officer: Digest);

    fn written(&self, channel: &Digest, _now: Now) -> Result<Written, NotCanonical> {
        uncounted(&Row::Officer(*channel, *self))
    }
}

impl Filed<FrontEndId> for FrontEndRow {
    called!(FrontEnd: FrontEndId);

    fn written(&self, id: &FrontEndId, _now: Now) -> Result<Written, NotCanonical> {
        let entry::FrontEnd { tenant, standing, generation, .. } = self.entry;
        let (name, channel) = (named(&self.name)?, self.channel);
        let front_end = FrontEnd { id: *id, tenant, name, channel, standing };
        Ok(Written::new(&Row::FrontEnd(front_end), &Counts::FrontEnd(generation.0)))
    }
}

impl Filed<SignerId> for SignerRow {
    called!(Signer: SignerId);

    fn written(&self, id: &SignerId, _now: Now) -> Result<Written, NotCanonical> {
        let Self { tenant, evidence_key, retention, .. } = *self;
        let signer = Signer { id: *id, tenant, name: named(&self.name)?, evidence_key, retention };
        Ok(Written::new(&Row::Signer(signer, self.held), &Counts::Signer(self.signed_ms)))
    }
}

impl Filed<TicketId> for TicketRow {
    called!(Ticket: TicketId);

    fn written(&self, _id: &TicketId, _now: Now) -> Result<Written, NotCanonical> {
        uncounted(&Row::Ticket(Bounded::new(&self.bytes).ok_or(NotCanonical)?))
    }
}

impl Filed<SlotId> for DeviceRow {
    called!(Device: SlotId);

    fn written(&self, slot: &SlotId, now: Now) -> Result<Written, NotCanonical> {
        if self.is_nobodys() {
            return uncounted(&Row::Nobodys(*slot));
        }
        let last = self.history.last().ok_or(NotCanonical)?;
        let mut lockout = self.entry.lockout;
        lockout.set_clock(now.boot_ms, now.utc_lo_ms);
        let life = Life {
            generation: self.entry.generation.0,
            evidence: self.evidence,
            vouched: self.vouched,
            confirmed: self.confirmed,
            history: self.history.clone(),
            enrolled: self.enrolled,
        };
        let mut room = Vec::new();
        let device = self.change(last.standing, last.cause, last.utc_lo_ms, &mut room)?;
        // That one is counted.
        let device = change::Device { sign_count: 0, ..device };
        let counts = Counts::Device(self.entry.counts, lockout);
        Ok(Written::new(&Row::Device(device, life), &counts))
    }
}

impl Filed<KeyId> for KeyRow {
    called!(Key: KeyId);

    fn written(&self, id: &KeyId, _now: Now) -> Result<Written, NotCanonical> {
        let key = &self.entry;
        uncounted(&Row::Key(KeyEntry {
            id: *id,
            name: named(&self.name)?,
            tenant: key.tenant,
            suite: key.suite,
            place: key.place,
            public_key: Bounded::new(&key.public_key).ok_or(NotCanonical)?,
            approvers: key.approvers.ids.to_vec(),
            threshold: key.approvers.threshold,
            policy: canonical::decode(&self.policy.written)?,
            policy_digest: key.policy_digest,
            standing: key.standing,
            generation: key.generation.0,
        }))
    }
}

/// Whether it is granted.
impl Filed<(FrontEndId, KeyId)> for bool {
    fn name((front_end, key): (FrontEndId, KeyId)) -> Name {
        Name::Grant(front_end, key)
    }

    fn key(name: Name) -> Option<(FrontEndId, KeyId)> {
        match name {
            Name::Grant(front_end, key) => Some((front_end, key)),
            _ => None,
        }
    }

    fn written(&self, pair: &(FrontEndId, KeyId), _now: Now) -> Result<Written, NotCanonical> {
        uncounted(&Row::Grant(pair.0, pair.1, *self))
    }
}

impl Filed<Digest> for Trusted {
    called!(Trust: Digest);

    fn written(&self, _known_by: &Digest, _now: Now) -> Result<Written, NotCanonical> {
        let certificate = Bounded::new(&self.der).ok_or(NotCanonical)?;
        let purpose = match &self.signer {
            None => Purpose::Attestation,
            Some(signer) => Purpose::Metadata(Origin::new(signer).ok_or(NotCanonical)?),
        };
        uncounted(&Row::Trust(Trust { purpose, certificate, trusted: true }))
    }
}

impl Filed<Aaguid> for metadata::Model {
    called!(Model: Aaguid);

    fn written(&self, _aaguid: &Aaguid, _now: Now) -> Result<Written, NotCanonical> {
        let mut room = Room::default();
        uncounted(&Row::Model(self.record(&mut room)?.ok_or(NotCanonical)?))
    }
}

impl Filed<()> for Metadata {
    called!(Metadata);

    fn written(&self, (): &(), _now: Now) -> Result<Written, NotCanonical> {
        uncounted(&Row::Metadata(*self))
    }
}

/// By what the vault knew an erased signer's key.
impl Filed<SignerId> for Digest {
    called!(Erased: SignerId);

    fn written(&self, id: &SignerId, _now: Now) -> Result<Written, NotCanonical> {
        uncounted(&Row::Erased(*id, *self))
    }
}

impl Filed<()> for RecoveryRow {
    called!(Recovery);

    fn written(&self, (): &(), _now: Now) -> Result<Written, NotCanonical> {
        uncounted(&Row::Recovery(self.key().ok_or(NotCanonical)?))
    }
}

/// How many alarms there were.
impl Filed<()> for u64 {
    called!(Alarms);

    fn written(&self, (): &(), _now: Now) -> Result<Written, NotCanonical> {
        Ok(Written::new(&Row::Alarms, &Counts::Alarms(*self)))
    }
}

impl Filed<()> for Freeze {
    called!(Freeze);

    fn written(&self, (): &(), _now: Now) -> Result<Written, NotCanonical> {
        uncounted(&Row::Freeze(self.frozen, self.since.0))
    }
}
