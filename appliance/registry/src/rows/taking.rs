//! A registry that takes another one's rows, in whatever order.

use std::sync::Arc;

use countersign_core::entry::{ApproverSet, Generation, Key};
use countersign_core::port::Crypto;
use countersign_ports::Beside;
use countersign_protocol::change::Device;
use countersign_protocol::limits::ROWS_EARLY_MAX;
use countersign_protocol::minicbor::Decoder;
use countersign_protocol::{Digest, OfficerId, SlotId, canonical};

use super::row::{Counts, KeyEntry, Life, Row};
use crate::devices::DeviceRow;
use crate::root::{Root, Summing};
use crate::{Conflict, Registry, RootKey, SignerRow, Table};

/// A registry that is read from rows: it decides nothing before [`Self::finish`].
pub struct Taking<C> {
    registry: Registry<C>,
    /// How many devices were read.
    read: u32,
    /// Their places.
    places: Vec<bool>,
}

impl<C: Crypto> Taking<C> {
    /// It knows nothing yet. Whoever sums up its rows does so beside it.
    pub fn new(crypto: Arc<C>, root: RootKey) -> (Summing<C>, Self) {
        let summing = Summing { crypto: Arc::clone(&crypto), root: Root::new(root.clone()) };
        let registry = Registry::new(crypto, root);
        (summing, Self { registry, read: 0, places: Vec::new() })
    }

    /// Takes a row.
    ///
    /// # Errors
    /// [`Conflict`]: it is none, or contradicts another one.
    pub fn take(&mut self, bytes: &[u8]) -> Result<(), Conflict> {
        let mut decoder = Decoder::new(bytes);
        let row: Row<'_> = decoder.decode().map_err(|_| Conflict::NotCanonical)?;
        let counts: Counts = decoder.decode().map_err(|_| Conflict::NotCanonical)?;
        if decoder.position() != bytes.len() {
            return Err(Conflict::NotCanonical);
        }
        match (row, counts) {
            (Row::Signer(signer, held), Counts::Signer(signed_ms)) => {
                let row = SignerRow { held, signed_ms, ..SignerRow::new(&signer) };
                self.registry.signers.read(signer.id, row)
            }
            (Row::Device(device, life), counts @ Counts::Device(..)) => {
                let row = self.registry.taken_device(&device, life, counts)?;
                self.place(device.slot, row)
            }
            (Row::Nobodys(slot), Counts::None) => self.place(slot, DeviceRow::nobodys()),
            (row, counts) => {
                self.change(row, counts)?;
                // It is one row, which was not there yet.
                let [(_, None)] = *self.registry.changed() else { return Err(Conflict::RowTwice) };
                Ok(())
            }
        }
    }

    /// A row of which there are not so many, as if it were changed.
    fn change(&mut self, row: Row<'_>, counts: Counts) -> Result<(), Conflict> {
        let registry = &mut self.registry;
        match (row, counts) {
            (row, Counts::None) => return self.uncounted(row),
            (Row::FrontEnd(new), Counts::FrontEnd(at)) => {
                registry.enter_front_end(Generation(at), &new);
            }
            (Row::Alarms, Counts::Alarms(alarms)) => registry.alarms.put((), alarms),
            _ => return Err(Conflict::NotCanonical),
        }
        Ok(())
    }

    /// A row of which nothing is counted.
    fn uncounted(&mut self, row: Row<'_>) -> Result<(), Conflict> {
        let registry = &mut self.registry;
        match row {
            Row::Appliance(appliance) => return registry.apply_appliance(&appliance),
            Row::Tenant(tenant) => return registry.apply_tenant(&tenant),
            Row::Officer(channel, id) => return registry.take_officer(channel, id),
            Row::Ticket(bytes) => registry.enter_ticket(&canonical::decode(bytes.bytes())?),
            Row::Key(key) => return registry.take_key(&key),
            Row::Grant(front_end, key, granted) => registry.grants.put((front_end, key), granted),
            Row::Trust(trust) => registry.apply_trust(&trust),
            Row::Model(model) => registry.apply_model(&model),
            Row::Metadata(metadata) => return registry.apply_metadata(&metadata),
            Row::Erased(id, key) => registry.erased.keys.put(id, key),
            Row::Recovery(key) => return registry.take_recovery(&key),
            Row::Freeze(frozen, since) => registry.apply_freeze(Generation(since), frozen),
            _ => return Err(Conflict::NotCanonical),
        }
        Ok(())
    }

    fn place(&mut self, slot: SlotId, row: DeviceRow) -> Result<(), Conflict> {
        // As many places as there are rows, and a few that are read early: nobody makes up a place far away.
        let (at, early) = (slot.0 as usize, slot.0 > self.read.saturating_add(ROWS_EARLY_MAX));
        if slot.0 == 0 || early {
            return Err(Conflict::Place);
        }
        self.places.resize((at + 1).max(self.places.len()), false);
        let place = self.places.get_mut(at).filter(|read| !**read).ok_or(Conflict::Place)?;
        (*place, self.read) = (true, self.read + 1);
        self.registry.devices.place(slot, row).ok_or(Conflict::Place)
    }

    /// The registry, if these were all its rows, and the sum is of the same.
    ///
    /// # Errors
    /// [`Conflict`]: something that a row needs is not there.
    pub fn finish(
        mut self,
        summing: Summing<C>,
        beside: &impl Beside,
    ) -> Result<Registry<C>, Conflict>
    where
        C: Sync,
    {
        if self.registry.devices.next().0 as usize != self.read as usize + 1 {
            return Err(Conflict::Place);
        }
        self.registry.link_rows(beside)?;
        self.registry.link_keys()?;
        self.registry.check_rows()?;
        self.registry.root = summing.root;
        Ok(self.registry)
    }
}

impl<C: Crypto> Registry<C> {
    fn take_officer(&mut self, channel: Digest, id: OfficerId) -> Result<(), Conflict> {
        self.check_channel(&channel)?;
        self.officers.put(channel, id);
        Ok(())
    }

    fn taken_device(
        &self,
        device: &Device<'_>,
        life: Life,
        counts: Counts,
    ) -> Result<DeviceRow, Conflict> {
        let Counts::Device(counts, lockout) = counts else { return Err(Conflict::NotCanonical) };
        let mut row = self.row_of(device, self.reread_key_of(device)?, life.evidence);
        (row.entry.counts, row.entry.lockout) = (counts, lockout);
        row.entry.generation = Generation(life.generation);
        (row.vouched, row.confirmed, row.history) = (life.vouched, life.confirmed, life.history);
        // Most have a short one: room for more is taken when there is more.
        row.history.shrink_to_fit();
        row.enrolled = life.enrolled;
        Ok(row)
    }

    fn take_key(&mut self, key: &KeyEntry<'_>) -> Result<(), Conflict> {
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
            policy_digest: key.policy_digest,
            standing: key.standing,
            generation: Generation(key.generation),
        };
        let policy = self.policies.share(key.policy_digest, &key.policy);
        self.enter_key(key.name.as_str().to_owned(), entry, policy);
        Ok(())
    }

    fn link_keys(&mut self) -> Result<(), Conflict> {
        let keys: Vec<_> = self.keys.keys().copied().collect();
        keys.into_iter().try_for_each(|id| self.link_key(id))
    }

    /// Whatever a row needs is there.
    fn check_rows(&self) -> Result<(), Conflict> {
        let tenant = |id| self.check_tenant(id);
        self.front_ends.values().try_for_each(|row| tenant(row.entry.tenant))?;
        self.signers.values().try_for_each(|row| tenant(row.tenant))?;
        let signer = |id| self.signers.contains_key(&id).then_some(());
        let signer = |id| signer(id).ok_or(Conflict::Unknown(Table::Signers));
        self.tickets.values().try_for_each(|row| signer(row.signer))?;
        let granted = |(_, key)| self.keys.contains_key(key).then_some(());
        let mut grants = self.grants.keys().map(|pair| (pair.0, &pair.1));
        grants.try_for_each(granted).ok_or(Conflict::Unknown(Table::Keys))
    }
}
