//! The registry in rows, for a boot that does not read the whole ledger.
//!
//! Guarantee: a registry that takes the rows of another is the same: it answers the same, takes and refuses the same changes,
//! and has the same root.

mod name;
mod row;
mod taking;

use countersign_core::Now;
use countersign_core::port::Crypto;
use countersign_enrolment::metadata::Room;
use countersign_protocol::canonical::NotCanonical;
use countersign_protocol::change::{self, Appliance, FrontEnd, Signer, Tenant};
use countersign_protocol::minicbor;
use countersign_protocol::model::{Purpose, Trust};
use countersign_protocol::{Bounded, FrontEndId, KeyId, Origin, SignerId, TenantId};

use self::row::{Counts, KeyEntry, Life, Row};
use crate::devices::DeviceRow;
use crate::{FrontEndRow, KeyRow, Registry, SignerRow};

pub use name::Name;
pub use taking::Taking;

/// A row, written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Whose it is; none: the appliance's own.
    pub tenant: Option<TenantId>,
    /// What the root is over, and what is counted after it.
    pub bytes: Vec<u8>,
    rooted: usize,
}

impl Written {
    fn new(tenant: Option<TenantId>, row: &Row<'_>, counts: &Counts) -> Self {
        // Into memory that grows: only an encoder of our own could fail, and none of them does.
        let mut bytes = minicbor::to_vec(row).unwrap_or_default();
        let rooted = bytes.len();
        bytes.extend(minicbor::to_vec(counts).unwrap_or_default());
        Self { tenant, bytes, rooted }
    }

    /// What the root is over.
    pub(crate) fn rooted(&self) -> &[u8] {
        self.bytes.get(..self.rooted).unwrap_or_default()
    }
}

/// A row that is not there, or past a limit, which records have ruled out.
type Found = Result<Option<Written>, NotCanonical>;

impl<C: Crypto> Registry<C> {
    /// The names of all rows, in their order.
    pub fn names(&self) -> impl Iterator<Item = Name> {
        let devices = self.devices.iter().skip(1).zip(1..).map(|(_, slot)| slot);
        let devices = devices.map(|slot| Name::Device(countersign_protocol::SlotId(slot)));
        let appliance = self.appliance.only().map(|_| Name::Appliance).into_iter();
        appliance
            .chain(self.tenants.keys().copied().map(Name::Tenant))
            .chain(self.officers.keys().copied().map(Name::Officer))
            .chain(self.front_ends.keys().copied().map(Name::FrontEnd))
            .chain(self.signers.keys().copied().map(Name::Signer))
            .chain(self.tickets.keys().copied().map(Name::Ticket))
            .chain(devices)
            .chain(self.keys.keys().copied().map(Name::Key))
            .chain(self.grants.keys().map(|(front_end, key)| Name::Grant(*front_end, *key)))
            .chain(self.trusted.keys().copied().map(Name::Trust))
            .chain(self.models.keys().copied().map(Name::Model))
            .chain(self.metadata.only().map(|_| Name::Metadata))
            .chain(self.erased.keys.keys().copied().map(Name::Erased))
            .chain(self.recovery.only().map(|_| Name::Recovery))
            .chain(self.alarms.only().map(|_| Name::Alarms))
    }

    /// The row of this name as it is now; none if there is none. (Refused assertions are counted by boot time here, and by UTC
    /// in rows.)
    ///
    /// # Errors
    /// [`NotCanonical`] if something in it is past a limit, which records have ruled out.
    pub fn written(&self, name: &Name, now: Now) -> Found {
        let own = |row: Row<'_>| Written::new(None, &row, &Counts::None);
        Ok(match name {
            Name::Appliance => return self.appliance_row(),
            Name::Tenant(id) => match self.tenants.get(id) {
                Some(text) => {
                    let tenant = Tenant { id: *id, name: named(text)? };
                    Some(Written::new(Some(*id), &Row::Tenant(tenant), &Counts::None))
                }
                None => None,
            },
            Name::Officer(channel) => {
                self.officers.get(channel).map(|id| own(Row::Officer(*channel, *id)))
            }
            Name::FrontEnd(id) => return found(self.front_ends.get(id), front_end_row),
            Name::Signer(id) => return found(self.signers.get(id), |row| signer_row(*id, row)),
            Name::Ticket(id) => match self.tickets.get(id) {
                Some(row) => {
                    let bytes = Bounded::new(&row.bytes).ok_or(NotCanonical)?;
                    let tenant = self.tenant_of_signer(row.signer);
                    Some(Written::new(tenant, &Row::Ticket(bytes), &Counts::None))
                }
                None => None,
            },
            Name::Device(slot) => {
                return found(self.devices.get(*slot), |row| match row.is_nobodys() {
                    true => Ok(own(Row::Nobodys(*slot))),
                    false => device_row(self.tenant_of_signer(row.entry.signer), row, now),
                });
            }
            Name::Key(id) => return found(self.keys.get(id), key_row),
            Name::Grant(front_end, key) => self.grant_row(*front_end, *key),
            Name::Trust(_) | Name::Model(_) | Name::Metadata => return self.model_row(name),
            Name::Erased(id) => self.erased.keys.get(id).map(|key| own(Row::Erased(*id, *key))),
            Name::Recovery => match self.recovery.only() {
                Some(recovery) => Some(own(Row::Recovery(recovery.key().ok_or(NotCanonical)?))),
                None => None,
            },
            Name::Alarms => {
                let counted = |n: &u64| Written::new(None, &Row::Alarms, &Counts::Alarms(*n));
                self.alarms.only().map(counted)
            }
        })
    }

    fn appliance_row(&self) -> Found {
        let Some((appliance, checkpoint_key)) = self.identity() else { return Ok(None) };
        let row = Row::Appliance(Appliance {
            id: appliance.id,
            profile: appliance.profile,
            rp_id: Origin::new(&appliance.rp_id).ok_or(NotCanonical)?,
            origin: Origin::new(&appliance.origin).ok_or(NotCanonical)?,
            checkpoint_key: *checkpoint_key,
            cosigner_key: self.cosigner_key(),
        });
        Ok(Some(Written::new(None, &row, &Counts::None)))
    }

    fn grant_row(&self, front_end: FrontEndId, key: KeyId) -> Option<Written> {
        let granted = *self.grants.get(&(front_end, key))?;
        let tenant = self.front_ends.get(&front_end).map(|row| row.entry.tenant);
        Some(Written::new(tenant, &Row::Grant(front_end, key, granted), &Counts::None))
    }

    fn model_row(&self, name: &Name) -> Found {
        let own = |row: Row<'_>| Ok(Some(Written::new(None, &row, &Counts::None)));
        match name {
            Name::Trust(digest) => {
                let Some(trusted) = self.trusted.get(digest) else { return Ok(None) };
                let certificate = Bounded::new(&trusted.der).ok_or(NotCanonical)?;
                let purpose = match &trusted.signer {
                    None => Purpose::Attestation,
                    Some(signer) => Purpose::Metadata(Origin::new(signer).ok_or(NotCanonical)?),
                };
                own(Row::Trust(Trust { purpose, certificate, trusted: true }))
            }
            Name::Model(aaguid) => {
                let (Some(model), mut room) = (self.models.get(aaguid), Room::default()) else {
                    return Ok(None);
                };
                own(Row::Model(model.record(&mut room)?.ok_or(NotCanonical)?))
            }
            _ => match self.metadata.only() {
                Some(known) => own(Row::Metadata(*known)),
                None => Ok(None),
            },
        }
    }
}

fn found<R>(row: Option<&R>, write: impl FnOnce(&R) -> Result<Written, NotCanonical>) -> Found {
    row.map(write).transpose()
}

fn front_end_row(row: &FrontEndRow) -> Result<Written, NotCanonical> {
    let (entry, name) = (row.entry, named(&row.name)?);
    let (id, tenant, standing) = (entry.id, entry.tenant, entry.standing);
    let front_end = FrontEnd { id, tenant, name, channel: row.channel, standing };
    let counts = Counts::FrontEnd(entry.generation.0);
    Ok(Written::new(Some(tenant), &Row::FrontEnd(front_end), &counts))
}

fn signer_row(id: SignerId, row: &SignerRow) -> Result<Written, NotCanonical> {
    let (tenant, name) = (row.tenant, named(&row.name)?);
    let (evidence_key, retention) = (row.evidence_key, row.retention);
    let signer = Signer { id, tenant, name, evidence_key, retention };
    let counts = Counts::Signer(row.signed_ms);
    Ok(Written::new(Some(tenant), &Row::Signer(signer, row.held), &counts))
}

fn device_row(
    tenant: Option<TenantId>,
    row: &DeviceRow,
    now: Now,
) -> Result<Written, NotCanonical> {
    let last = row.history.last().ok_or(NotCanonical)?;
    let mut lockout = row.entry.lockout;
    lockout.set_clock(now.boot_ms, now.utc_lo_ms);
    let life = Life {
        generation: row.entry.generation.0,
        evidence: row.evidence,
        vouched: row.vouched,
        confirmed: row.confirmed,
        history: row.history.clone(),
        enrolled: row.enrolled,
    };
    let mut room = Vec::new();
    let device = row.change(last.standing, last.cause, last.utc_lo_ms, &mut room)?;
    // That one is counted.
    let device = change::Device { sign_count: 0, ..device };
    let counts = Counts::Device(row.entry.counts, lockout);
    Ok(Written::new(tenant, &Row::Device(device, life), &counts))
}

fn key_row(row: &KeyRow) -> Result<Written, NotCanonical> {
    let key = &row.entry;
    let entry = KeyEntry {
        id: key.id,
        name: named(&row.name)?,
        tenant: key.tenant,
        suite: key.suite,
        place: key.place,
        public_key: Bounded::new(&key.public_key).ok_or(NotCanonical)?,
        approvers: key.approvers.ids.to_vec(),
        threshold: key.approvers.threshold,
        policy: key.policy,
        policy_digest: key.policy_digest,
        standing: key.standing,
        generation: key.generation.0,
    };
    Ok(Written::new(Some(key.tenant), &Row::Key(entry), &Counts::None))
}

fn named(text: &str) -> Result<countersign_protocol::Name<'_>, NotCanonical> {
    countersign_protocol::Name::new(text).ok_or(NotCanonical)
}
