//! A registry that takes another one's rows, in whatever order.

use std::collections::BTreeSet;
use std::sync::Arc;

use countersign_core::entry::{ApproverSet, Generation, Key};
use countersign_core::port::Crypto;
use countersign_protocol::change::{Device, Signer};
use countersign_protocol::limits::ROWS_EARLY_MAX;
use countersign_protocol::minicbor::Decoder;
use countersign_protocol::ticket::Ticket;
use countersign_protocol::{Digest, OfficerId, SlotId, canonical};

use super::name::Name;
use super::row::{Counts, KeyEntry, Life, Row};
use crate::devices::DeviceRow;
use crate::{Conflict, KeyRow, Registry, RootKey, Table};

/// A registry that is read from rows: it decides nothing before [`Self::finish`].
pub struct Taking<C> {
    registry: Registry<C>,
    /// Places of devices that were read.
    places: BTreeSet<SlotId>,
}

impl<C: Crypto> Taking<C> {
    /// It knows nothing yet.
    pub fn new(crypto: Arc<C>, root: RootKey) -> Self {
        Self { registry: Registry::new(crypto, root), places: BTreeSet::new() }
    }

    /// Takes a row.
    ///
    /// # Errors
    /// [`Conflict`]: it is none, or contradicts another one.
    pub fn take(&mut self, bytes: &[u8]) -> Result<(), Conflict> {
        let mut decoder = Decoder::new(bytes);
        let row: Row<'_> = decoder.decode().map_err(|_| Conflict::NotCanonical)?;
        let rooted = bytes.get(..decoder.position()).ok_or(Conflict::NotCanonical)?;
        let counts: Counts = decoder.decode().map_err(|_| Conflict::NotCanonical)?;
        if decoder.position() != bytes.len() {
            return Err(Conflict::NotCanonical);
        }
        let name = self.row(row, counts)?;
        self.registry.note(name, Some(rooted));
        Ok(())
    }

    fn row(&mut self, row: Row<'_>, counts: Counts) -> Result<Name, Conflict> {
        let registry = &mut self.registry;
        Ok(match (row, counts) {
            (row, Counts::None) => return self.uncounted(row),
            (Row::FrontEnd(new), Counts::FrontEnd(at)) => {
                registry.enter_front_end(Generation(at), &new);
                Name::FrontEnd(new.id)
            }
            (Row::Signer(signer, held), Counts::Signer(signed_ms)) => {
                registry.take_signer(&signer, held, signed_ms)
            }
            (Row::Device(device, life), counts @ Counts::Device(..)) => {
                let row = registry.taken_device(&device, life, counts)?;
                return self.place(device.slot, row);
            }
            (Row::Alarms, Counts::Alarms(alarms)) => {
                registry.alarms.put((), alarms);
                Name::Alarms
            }
            _ => return Err(Conflict::NotCanonical),
        })
    }

    /// A row of which nothing is counted.
    fn uncounted(&mut self, row: Row<'_>) -> Result<Name, Conflict> {
        let registry = &mut self.registry;
        Ok(match row {
            Row::Appliance(appliance) => {
                registry.apply_appliance(&appliance)?;
                Name::Appliance
            }
            Row::Tenant(tenant) => {
                registry.apply_tenant(&tenant)?;
                Name::Tenant(tenant.id)
            }
            Row::Officer(channel, id) => registry.take_officer(channel, id)?,
            Row::Ticket(bytes) => {
                let ticket: Ticket<'_> = canonical::decode(bytes.bytes())?;
                registry.enter_ticket(&ticket);
                Name::Ticket(ticket.id)
            }
            Row::Nobodys(slot) => return self.place(slot, DeviceRow::nobodys()),
            Row::Key(key) => registry.take_key(&key)?,
            Row::Grant(front_end, key, granted) => {
                registry.grants.put((front_end, key), granted);
                Name::Grant(front_end, key)
            }
            Row::Trust(trust) => Name::Trust(registry.apply_trust(&trust)),
            Row::Model(model) => {
                registry.apply_model(&model);
                Name::Model(model.aaguid)
            }
            Row::Metadata(metadata) => {
                registry.apply_metadata(&metadata)?;
                Name::Metadata
            }
            Row::Erased(id, key) => {
                registry.erased.keys.put(id, key);
                Name::Erased(id)
            }
            Row::Recovery(key) => {
                registry.take_recovery(&key)?;
                Name::Recovery
            }
            Row::FrontEnd(_) | Row::Signer(..) | Row::Device(..) | Row::Alarms => {
                return Err(Conflict::NotCanonical);
            }
        })
    }

    fn place(&mut self, slot: SlotId, row: DeviceRow) -> Result<Name, Conflict> {
        // As many places as there are rows, and a few that are read early: nobody makes up a place far away.
        let read = u32::try_from(self.places.len()).unwrap_or(u32::MAX);
        let near = slot.0 > 0 && slot.0 <= read.saturating_add(ROWS_EARLY_MAX);
        if !near || !self.places.insert(slot) {
            return Err(Conflict::Place);
        }
        self.registry.devices.place(slot, row).ok_or(Conflict::Place)?;
        Ok(Name::Device(slot))
    }

    /// The registry, if these were all its rows.
    ///
    /// # Errors
    /// [`Conflict`]: something that a row needs is not there.
    pub fn finish(mut self) -> Result<Registry<C>, Conflict> {
        if self.registry.devices.next().0 as usize != self.places.len() + 1 {
            return Err(Conflict::Place);
        }
        self.registry.link_devices()?;
        self.registry.check_rows()?;
        self.registry.is_written();
        Ok(self.registry)
    }
}

impl<C: Crypto> Registry<C> {
    fn take_officer(&mut self, channel: Digest, id: OfficerId) -> Result<Name, Conflict> {
        self.check_channel(&channel)?;
        self.officers.put(channel, id);
        Ok(Name::Officer(channel))
    }

    fn take_signer(&mut self, signer: &Signer<'_>, held: bool, signed_ms: Option<u64>) -> Name {
        self.enter_signer(signer);
        if let Some(row) = self.signers.derive(signer.id) {
            (row.held, row.signed_ms) = (held, signed_ms);
        }
        Name::Signer(signer.id)
    }

    fn taken_device(
        &self,
        device: &Device<'_>,
        life: Life,
        counts: Counts,
    ) -> Result<DeviceRow, Conflict> {
        let Counts::Device(counts, lockout) = counts else { return Err(Conflict::NotCanonical) };
        let mut row = self.row_of(device, self.device_key_of(device)?, life.evidence);
        (row.entry.counts, row.entry.lockout) = (counts, lockout);
        row.entry.generation = Generation(life.generation);
        (row.vouched, row.confirmed, row.history) = (life.vouched, life.confirmed, life.history);
        row.enrolled = life.enrolled;
        Ok(row)
    }

    fn take_key(&mut self, key: &KeyEntry<'_>) -> Result<Name, Conflict> {
        let public_key = self.public_part(key.suite, key.public_key.bytes())?;
        let ids = key.approvers.as_slice().try_into().map_err(|_| Conflict::NotCanonical)?;
        let entry = Key {
            id: key.id,
            tenant: key.tenant,
            suite: key.suite,
            place: key.place,
            public_key_digest: Digest(self.crypto.sha256(&[&public_key])),
            public_key,
            approvers: ApproverSet { ids, threshold: key.threshold },
            policy: key.policy,
            policy_digest: key.policy_digest,
            standing: key.standing,
            generation: Generation(key.generation),
        };
        self.enter_key(key.name.as_str().to_owned(), entry);
        Ok(Name::Key(key.id))
    }

    /// What is derived from devices.
    fn link_devices(&mut self) -> Result<(), Conflict> {
        let slots = (1..self.devices.next().0).map(SlotId);
        for slot in slots {
            self.link(slot)?;
        }
        Ok(())
    }

    /// Whatever a row needs is there.
    fn check_rows(&self) -> Result<(), Conflict> {
        let tenant = |id| self.check_tenant(id);
        self.front_ends.values().try_for_each(|row| tenant(row.entry.tenant))?;
        self.signers.values().try_for_each(|row| tenant(row.tenant))?;
        let signer = |id| self.signers.contains_key(&id).then_some(());
        let signer = |id| signer(id).ok_or(Conflict::Unknown(Table::Signers));
        self.tickets.values().try_for_each(|row| signer(row.signer))?;
        let approvers = |row: &KeyRow| row.entry.approvers.ids.iter().copied().try_for_each(signer);
        self.keys.values().try_for_each(approvers)?;
        let granted = |(_, key)| self.keys.contains_key(key).then_some(());
        let mut grants = self.grants.keys().map(|pair| (pair.0, &pair.1));
        grants.try_for_each(granted).ok_or(Conflict::Unknown(Table::Keys))
    }
}
