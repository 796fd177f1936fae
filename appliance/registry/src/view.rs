//! The registry as others read it: the core, to decide; the daemon, to answer officers.

use std::sync::Arc;

use countersign_core::Now;
use countersign_core::assertion::device_key::DeviceKey;
use countersign_core::entry::{Appliance, Device, FrontEnd, Key};
use countersign_core::policy::Rules;
use countersign_core::port::{self, Crypto};
use countersign_protocol::admin::Registered;
use countersign_protocol::checkpoint::{CheckpointKey, CosignerKey};
use countersign_protocol::enrolment::{Confirmation, Vouch};
use countersign_protocol::{
    Digest, FrontEndId, KeyId, OfficerId, SignerId, SlotId, TenantId, TicketId,
};

use crate::devices::DeviceRow;
use crate::{Change, Registry, Table, TicketRow};

impl<C: Crypto> port::Registry for Registry<C> {
    type KeyBytes = Arc<[u8]>;

    fn appliance(&self) -> &Appliance {
        // Serving begins only after `identity` has been asked for.
        const NOBODY: &Appliance = &Appliance::NOBODY;
        self.appliance.only().map_or(NOBODY, |row| &row.entry)
    }

    fn front_end(&self, channel: &Digest) -> Option<FrontEnd> {
        let id = self.channels.get(channel)?;
        self.front_ends.get(id).map(|row| row.entry)
    }

    fn key(&self, id: &KeyId) -> Option<Key> {
        self.keys.get(id).map(|row| self.under_freeze(row.entry.clone()))
    }

    fn policy(&self, id: &KeyId) -> Option<Rules> {
        self.keys.get(id).map(|row| row.policy.rules.clone())
    }

    fn is_granted(&self, front_end: FrontEndId, key: &KeyId) -> bool {
        self.grants.get(&(front_end, *key)).is_some_and(|granted| *granted)
    }

    fn has_signer(&self, tenant: TenantId, signer: SignerId) -> bool {
        self.signers.get(&signer).is_some_and(|row| row.tenant == tenant)
    }

    fn device(&self, slot: SlotId) -> Option<Device> {
        self.row(slot).map(|row| row.entry)
    }

    fn device_key(&self, slot: SlotId) -> Option<DeviceKey<Arc<[u8]>>> {
        self.row(slot).map(|row| row.key.clone())
    }

    fn devices_of(&self, signer: SignerId) -> impl Iterator<Item = Device> {
        let slots = self.signers.get(&signer).map(|row| row.devices.as_slice());
        slots.unwrap_or_default().iter().filter_map(|slot| self.device(*slot))
    }

    fn credential(&self, slot: SlotId) -> Option<&[u8]> {
        self.row(slot).map(|row| row.credential.as_slice())
    }

    fn accept_sign_count(&mut self, slot: SlotId, count: u32) {
        if let Some(row) = self.devices.count(slot) {
            row.entry.counts = row.entry.counts.accept(count);
        }
    }

    fn count_refused(&mut self, slot: SlotId, front_end: FrontEndId, boot_ms: u64) {
        if let Some(row) = self.devices.count(slot) {
            row.entry.lockout.count(front_end, boot_ms);
        }
    }
}

impl<C: Crypto> Registry<C> {
    /// The appliance and the key that its checkpoints verify with, once it has an identity.
    pub fn identity(&self) -> Option<(&Appliance, &CheckpointKey)> {
        self.appliance.only().map(|row| (&row.entry, &row.checkpoint_key))
    }

    /// What the appliance cosigns its own checkpoints with, if its token can.
    pub fn cosigner_key(&self) -> Option<CosignerKey<'_>> {
        self.appliance.only()?.cosigner_key.as_deref().map(CosignerKey)
    }

    /// Whether this channel is a front-end's or an officer's.
    pub(crate) fn knows(&self, channel: &Digest) -> bool {
        self.channels.contains_key(channel) || self.officers.contains_key(channel)
    }

    /// All officers, by their channels.
    pub fn officers(&self) -> impl Iterator<Item = (Digest, OfficerId)> {
        self.officers.iter().map(|(channel, officer)| (*channel, *officer))
    }

    /// The officer whose certificate has this key.
    pub fn officer(&self, channel: &Digest) -> Option<OfficerId> {
        self.officers.get(channel).copied()
    }

    /// Whose a change is; none: the appliance's own.
    pub fn tenant_of(&self, change: &Change<'_>) -> Option<TenantId> {
        match change {
            Change::Appliance(_)
            | Change::Officer(_)
            | Change::Trust(_)
            | Change::Model(_)
            | Change::Recovery(_)
            | Change::Reanchoring(_)
            | Change::Freeze(_)
            | Change::Metadata(_) => None,
            Change::Tenant(tenant) => Some(tenant.id),
            Change::FrontEnd(front_end) => Some(front_end.tenant),
            Change::Signer(signer) => Some(signer.tenant),
            Change::Ticket(ticket) => Some(ticket.tenant),
            Change::Enrolment(new) => self.tenant_of_signer(new.device.signer),
            Change::Device(device) => self.tenant_of_signer(device.signer),
            Change::Vouch(Vouch { slot, .. }) | Change::Confirmation(Confirmation { slot, .. }) => {
                self.row(*slot).and_then(|row| self.tenant_of_signer(row.entry.signer))
            }
            Change::Key(key) => Some(key.tenant),
            Change::Grant(grant) => self.keys.get(&grant.key).map(|row| row.entry.tenant),
            Change::Hold(hold) => self.tenant_of_signer(hold.signer),
            Change::Erasure(erasure) => self.tenant_of_signer(erasure.signer),
        }
    }

    /// The signer's tenant.
    pub fn tenant_of_signer(&self, signer: SignerId) -> Option<TenantId> {
        self.signers.get(&signer).map(|row| row.tenant)
    }

    /// The ticket of this id, unless it is spent.
    pub fn ticket(&self, id: &TicketId) -> Option<&TicketRow> {
        self.tickets.get(id)
    }

    /// The device that was registered with this ticket.
    pub(crate) fn spent_by(&self, id: &TicketId) -> Option<SlotId> {
        self.enrolled.tickets.find(&self.marks().ticket(id))
    }

    /// Whose device this ticket is for, or was.
    pub fn signer_of_ticket(&self, id: &TicketId) -> Option<SignerId> {
        let open = self.ticket(id).map(|ticket| ticket.signer);
        open.or_else(|| self.row(self.spent_by(id)?).map(|row| row.entry.signer))
    }

    /// The signer of this name.
    pub fn signer_named(&self, name: &str) -> Option<SignerId> {
        self.names.signers.find(&self.marks().name(Table::Signers, name))
    }

    /// The front-end of this name, and what it is known by.
    pub fn front_end_named(&self, name: &str) -> Option<(FrontEnd, Digest)> {
        let mark = self.marks().name(Table::FrontEnds, name);
        let row = self.front_ends.get(&self.names.front_ends.find(&mark)?)?;
        Some((row.entry, row.channel))
    }

    /// The device of this name.
    pub fn device_named(&self, name: &str) -> Option<Device> {
        let mark = self.marks().name(Table::Devices, name);
        port::Registry::device(self, self.enrolled.names.find(&mark)?)
    }

    /// The COSE_Key of the device in this place.
    pub fn cose_key(&self, slot: SlotId) -> Option<&[u8]> {
        self.row(slot).map(|row| row.cose_key.as_slice())
    }

    /// The place of the record by which a device was enrolled.
    pub fn enrolled_at(&self, slot: SlotId) -> Option<u64> {
        self.row(slot).filter(|row| !row.is_nobodys()).map(|row| row.enrolled)
    }

    /// Serving begins: from here on refused assertions are counted by boot time. While the ledger was read
    /// they were by the UTC of their records.
    pub fn begin(&mut self, now: Now) {
        for row in self.devices.derive_all() {
            row.entry.lockout.set_clock(now.utc_lo_ms, now.boot_ms);
        }
    }

    pub(crate) fn row(&self, slot: SlotId) -> Option<&DeviceRow> {
        self.devices.get(slot)
    }

    /// The key of this name, as officers have said.
    pub fn key_named(&self, name: &str) -> Option<Key> {
        let mark = self.marks().name(Table::Keys, name);
        self.keys.get(&self.names.keys.find(&mark)?).map(|row| row.entry.clone())
    }

    /// The key's policy, as it is on record.
    pub fn written_policy(&self, id: &KeyId) -> Option<&[u8]> {
        self.keys.get(id).map(|row| &*row.policy.written)
    }

    /// What officers call the key.
    pub fn name_of_key(&self, id: &KeyId) -> Option<&str> {
        self.keys.get(id).map(|row| row.name.as_str())
    }

    /// All signing keys: for the check of their attributes at boot.
    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        self.keys.values().map(|row| &row.entry)
    }

    /// The next free number of each kind.
    pub fn next_front_end(&self) -> FrontEndId {
        FrontEndId(self.front_ends.last_key_value().map_or(1, |(id, _)| id.0.saturating_add(1)))
    }

    /// The next free number of a signer.
    pub fn next_signer(&self) -> SignerId {
        let last = self.signers.last_key_value().map(|(id, _)| *id).max(self.erased.last());
        SignerId(last.map_or(1, |id| id.0.saturating_add(1)))
    }

    /// The next free place of a device.
    pub fn next_slot(&self) -> SlotId {
        self.devices.next()
    }

    /// How many of each there are.
    pub fn registered(&self) -> Registered {
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Registered {
            front_ends: count(self.front_ends.len()),
            signers: count(self.signers.len()),
            devices: count(self.enrolled.credentials.len()),
            keys: count(self.keys.len()),
        }
    }

    /// Alarms on record.
    pub fn alarms(&self) -> u64 {
        self.alarms.only().copied().unwrap_or_default()
    }
}
