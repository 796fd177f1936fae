//! The registry in rows, for a boot that does not read the whole ledger.
//!
//! Guarantee: a registry that takes the rows of another, in their order, is the same: it answers the same, and takes
//! and refuses the same changes. Rows go through the same checks as records, where there is one, so that rows
//! that somebody made up give a registry that some ledger could give, or none.

mod row;

use countersign_core::Now;
use countersign_core::entry::{ApproverSet, Generation, Key};
use countersign_core::port::Crypto;
use countersign_enrolment::metadata::Room;
use countersign_protocol::canonical::NotCanonical;
use countersign_protocol::change::{Appliance, Device, FrontEnd, Signer, Tenant};
use countersign_protocol::minicbor;
use countersign_protocol::model::{Purpose, Trust};
use countersign_protocol::{Bounded, Digest, Name, OfficerId, Origin, canonical};

use self::row::{KeyEntry, Life, Row};
use crate::devices::DeviceRow;
use crate::models::Trusted;
use crate::{Conflict, Registry};

/// Where rows go.
struct Rows<F>(F);

impl<F: FnMut(&[u8])> Rows<F> {
    fn put(&mut self, row: &Row<'_>) {
        // Only an encoder of our own could fail, and none of them does.
        (self.0)(&minicbor::to_vec(row).unwrap_or_default());
    }
}

impl<C: Crypto> Registry<C> {
    /// All rows, in the order in which another one takes them. Now is when they are taken: refused assertions are
    /// counted by boot time here, and by UTC in rows.
    ///
    /// # Errors
    /// [`NotCanonical`] if something in it is past a limit, which records have ruled out.
    pub fn rows(&self, now: Now, take: impl FnMut(&[u8])) -> Result<(), NotCanonical> {
        let mut rows = Rows(take);
        self.appliance_rows(&mut rows)?;
        self.signer_rows(&mut rows)?;
        for row in self.devices.iter().skip(1) {
            self.device_row(row, now, &mut rows)?;
        }
        self.key_rows(&mut rows)?;
        self.model_rows(&mut rows)?;
        self.erased.keys.iter().for_each(|(id, key)| rows.put(&Row::Erased(*id, *key)));
        self.erased.unexplained.iter().for_each(|key| rows.put(&Row::Unexplained(*key)));
        rows.put(&Row::Alarms(self.alarms));
        if let Some(recovery) = &self.recovery {
            rows.put(&Row::Recovery(recovery.key().ok_or(NotCanonical)?));
        }
        Ok(())
    }

    fn appliance_rows<F: FnMut(&[u8])>(&self, rows: &mut Rows<F>) -> Result<(), NotCanonical> {
        if let Some((appliance, checkpoint_key)) = self.identity() {
            rows.put(&Row::Appliance(Appliance {
                id: appliance.id,
                profile: appliance.profile,
                rp_id: Origin::new(&appliance.rp_id).ok_or(NotCanonical)?,
                origin: Origin::new(&appliance.origin).ok_or(NotCanonical)?,
                checkpoint_key: *checkpoint_key,
                cosigner_key: self.cosigner_key(),
            }));
        }
        for (id, name) in &self.tenants {
            rows.put(&Row::Tenant(Tenant { id: *id, name: named(name)? }));
        }
        self.officers.iter().for_each(|(channel, id)| rows.put(&Row::Officer(*channel, *id)));
        for (name, id) in &self.names.front_ends {
            let row = self.front_ends.get(id).ok_or(NotCanonical)?;
            let (entry, name) = (row.entry, named(name)?);
            let (id, tenant, standing) = (entry.id, entry.tenant, entry.standing);
            let front_end = FrontEnd { id, tenant, name, channel: row.channel, standing };
            rows.put(&Row::FrontEnd(front_end, entry.generation.0));
        }
        Ok(())
    }

    fn signer_rows<F: FnMut(&[u8])>(&self, rows: &mut Rows<F>) -> Result<(), NotCanonical> {
        for (id, row) in &self.signers {
            let (tenant, name) = (row.tenant, named(&row.name)?);
            let (evidence_key, retention) = (row.evidence_key, row.retention);
            let signer = Signer { id: *id, tenant, name, evidence_key, retention };
            rows.put(&Row::Signer(signer, row.held, row.signed_ms));
        }
        for row in self.tickets.values() {
            rows.put(&Row::Ticket(Bounded::new(&row.bytes).ok_or(NotCanonical)?));
        }
        Ok(())
    }

    fn device_row<F: FnMut(&[u8])>(
        &self,
        row: &DeviceRow,
        now: Now,
        rows: &mut Rows<F>,
    ) -> Result<(), NotCanonical> {
        if row.is_nobodys() {
            rows.put(&Row::Nobodys);
            return Ok(());
        }
        let last = row.history.last().ok_or(NotCanonical)?;
        let mut lockout = row.entry.lockout;
        lockout.set_clock(now.boot_ms, now.utc_lo_ms);
        let life = Life {
            counts: row.entry.counts,
            lockout,
            generation: row.entry.generation.0,
            evidence: row.evidence,
            vouched: row.vouched,
            confirmed: row.confirmed,
            history: row.history.clone(),
            enrolled: row.enrolled,
        };
        let mut room = Vec::new();
        rows.put(&Row::Device(
            row.change(last.standing, last.cause, last.utc_lo_ms, &mut room)?,
            life,
        ));
        Ok(())
    }

    fn key_rows<F: FnMut(&[u8])>(&self, rows: &mut Rows<F>) -> Result<(), NotCanonical> {
        for (name, id) in &self.names.keys {
            let key = self.keys.get(id).ok_or(NotCanonical)?;
            rows.put(&Row::Key(KeyEntry {
                id: *id,
                name: named(name)?,
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
            }));
        }
        for ((front_end, key), granted) in &self.grants {
            rows.put(&Row::Grant(*front_end, *key, *granted));
        }
        Ok(())
    }

    fn model_rows<F: FnMut(&[u8])>(&self, rows: &mut Rows<F>) -> Result<(), NotCanonical> {
        let Trusted { attestation, metadata } = &self.trusted;
        let mut trust = |purpose, der| -> Result<(), NotCanonical> {
            let certificate = Bounded::new(der).ok_or(NotCanonical)?;
            rows.put(&Row::Trust(Trust { purpose, certificate, trusted: true }));
            Ok(())
        };
        attestation.iter().try_for_each(|der| trust(Purpose::Attestation, der))?;
        for (signer, der) in metadata {
            trust(Purpose::Metadata(Origin::new(signer).ok_or(NotCanonical)?), der)?;
        }
        for model in self.models.values() {
            let mut room = Room::default();
            rows.put(&Row::Model(model.record(&mut room)?.ok_or(NotCanonical)?));
        }
        self.metadata.iter().for_each(|known| rows.put(&Row::Metadata(*known)));
        Ok(())
    }

    /// Takes a row of another registry's.
    ///
    /// # Errors
    /// [`Conflict`]: these are not the rows of a registry, in their order.
    pub fn take_row(&mut self, row: &[u8]) -> Result<(), Conflict> {
        let row: Row<'_> = minicbor::decode(row).map_err(|_| Conflict::NotCanonical)?;
        match row {
            Row::Appliance(appliance) => self.apply_appliance(&appliance)?,
            Row::Tenant(tenant) => self.apply_tenant(&tenant)?,
            Row::Officer(channel, id) => self.take_officer(channel, id)?,
            Row::FrontEnd(new, at) => self.apply_front_end(Generation(at), &new)?,
            Row::Signer(signer, held, signed_ms) => self.take_signer(&signer, held, signed_ms)?,
            // By whom it is spent, its device says, which comes later.
            Row::Ticket(bytes) => self.apply_ticket(&canonical::decode(bytes.bytes())?)?,
            Row::Device(device, life) => self.take_device(&device, life)?,
            Row::Nobodys => self.devices.push(DeviceRow::nobodys()),
            Row::Key(key) => self.take_key(&key)?,
            Row::Grant(front_end, key, granted) => {
                self.grants.insert((front_end, key), granted);
            }
            Row::Trust(trust) => self.apply_trust(&trust),
            Row::Model(model) => self.apply_model(&model),
            Row::Metadata(metadata) => self.apply_metadata(&metadata)?,
            Row::Erased(id, key) => {
                self.erased.keys.insert(id, key);
            }
            Row::Unexplained(key) => {
                self.erased.unexplained.insert(key);
            }
            Row::Alarms(alarms) => self.alarms = alarms,
            Row::Recovery(key) => self.take_recovery(&key)?,
        }
        Ok(())
    }

    fn take_officer(&mut self, channel: Digest, id: OfficerId) -> Result<(), Conflict> {
        self.check_channel(&channel)?;
        self.officers.insert(channel, id);
        Ok(())
    }

    fn take_signer(
        &mut self,
        signer: &Signer<'_>,
        held: bool,
        signed_ms: Option<u64>,
    ) -> Result<(), Conflict> {
        self.apply_signer(signer)?;
        if let Some(row) = self.signers.get_mut(&signer.id) {
            (row.held, row.signed_ms) = (held, signed_ms);
        }
        Ok(())
    }

    fn take_device(&mut self, device: &Device<'_>, life: Life) -> Result<(), Conflict> {
        let key = self.device_key_of(device)?;
        if device.slot != self.next_slot() {
            return Err(Conflict::Place);
        }
        let mut row = self.row_of(device, key, life.evidence);
        (row.entry.counts, row.entry.lockout) = (life.counts, life.lockout);
        row.entry.generation = Generation(life.generation);
        (row.vouched, row.confirmed, row.history) = (life.vouched, life.confirmed, life.history);
        row.enrolled = life.enrolled;
        self.enter(row);
        Ok(())
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
            policy: key.policy,
            policy_digest: key.policy_digest,
            standing: key.standing,
            generation: Generation(key.generation),
        };
        self.names.keys.insert(key.name.as_str().to_owned(), key.id);
        self.keys.insert(key.id, entry);
        Ok(())
    }
}

fn named(text: &str) -> Result<Name<'_>, NotCanonical> {
    Name::new(text).ok_or(NotCanonical)
}
