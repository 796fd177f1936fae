//! The life of a device: ticket, enrolment, vouching, confirmation, and what becomes of it since.
//!
//! Guarantees, at boot as when it is made: a ticket is spent once; a credential, and a key, is enrolled once in
//! the whole registry, and with the very bytes of its ticket as evidence; a new device is pending, and becomes active by one change only, its confirmation:
//! of its own fingerprint, of a model that nothing speaks against, and vouched for by another device of the same
//! signer where [`Registry::awaits_vouch`] says so.

use std::sync::Arc;

use countersign_core::assertion::cose;
use countersign_core::assertion::device_key::DeviceKey;
use countersign_core::assertion::sign_count::SignCounts;
use countersign_core::entry::{self, Generation};
use countersign_core::lockout::Lockout;
use countersign_core::port::{Algorithm, Crypto};
use countersign_protocol::change::{Cause, Device, Standing};
use countersign_protocol::enrolment::{Confirmation, Enrolment, Vouch};
use countersign_protocol::fingerprint::Fingerprint;
use countersign_protocol::limits::DEVICE_HISTORY_MAX;
use countersign_protocol::minicbor::{self, Decode, Encode};
use countersign_protocol::ticket::{Addition, Assurance, Ticket};
use countersign_protocol::{Digest, KeyId, SignerId, SlotId, canonical, tag};

use crate::apply::same;
use crate::attestation::Attestation;
use crate::{Conflict, Registry, Table};

/// A ticket that is not spent.
#[derive(Clone)]
pub struct TicketRow {
    /// Whose device it will be.
    pub signer: SignerId,
    /// The device's new name.
    pub device: String,
    /// The keys that the signer could approve for when it was made.
    pub keys: Vec<KeyId>,
    /// What must be known of the device's model.
    pub assurance: Assurance,
    /// Good until this time at most (milliseconds since 1970, UTC).
    pub not_after_ms: u64,
    /// Its bytes, as it was recorded: what is registered is over their hash.
    pub bytes: Box<[u8]>,
}

#[derive(Clone)]
pub(crate) struct DeviceRow {
    pub(crate) entry: entry::Device,
    pub(crate) name: String,
    pub(crate) key: DeviceKey<Arc<[u8]>>,
    pub(crate) credential: Vec<u8>,
    pub(crate) cose_key: Vec<u8>,
    pub(crate) ticket: countersign_protocol::TicketId,
    pub(crate) attestation: Attestation,
    /// SHA-256 of what it was enrolled on.
    pub(crate) evidence: Digest,
    pub(crate) vouched: bool,
    pub(crate) confirmed: bool,
    pub(crate) history: Vec<Event>,
    /// The place of its enrolment's record.
    pub(crate) enrolled: u64,
}

/// A change of a device's standing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Event {
    /// The place of its record.
    #[n(0)]
    pub index: u64,
    /// What it was from then on.
    #[n(1)]
    pub standing: Standing,
    /// Why.
    #[n(2)]
    pub cause: Cause,
    /// Since when (milliseconds since 1970, UTC, at least).
    #[n(3)]
    pub utc_lo_ms: u64,
}

impl DeviceRow {
    pub(crate) fn nobodys() -> Self {
        let entry = entry::Device::nobodys();
        Self {
            key: DeviceKey::nobodys(entry.algorithm).kept(Arc::from),
            entry,
            name: String::new(),
            credential: Vec::new(),
            cose_key: Vec::new(),
            ticket: countersign_protocol::TicketId([0; 32]),
            attestation: Attestation::nobodys(),
            evidence: Digest([0; 32]),
            vouched: false,
            confirmed: false,
            history: Vec::new(),
            enrolled: 0,
        }
    }

    /// Whether it is nobody's: the first place is, and those of signers who are erased.
    pub(crate) const fn is_nobodys(&self) -> bool {
        self.credential.is_empty()
    }

    fn stand(&mut self, event: Event) {
        self.entry.standing = event.standing;
        self.entry.generation = Generation(event.index);
        if self.history.len() == DEVICE_HISTORY_MAX {
            self.history.remove(0);
        }
        self.history.reserve_exact(1);
        self.history.push(event);
    }
}

impl<C: Crypto> Registry<C> {
    pub(crate) fn apply_ticket(&mut self, new: &Ticket<'_>) -> Result<(), Conflict> {
        self.check_tenant(new.tenant)?;
        if self.signers.get(&new.signer).is_none_or(|signer| signer.tenant != new.tenant) {
            return Err(Conflict::Unknown(Table::Signers));
        }
        let mark = self.marks().name(Table::Devices, new.device.as_str());
        self.enrolled.names.is_free(&mark, Table::Devices)?;
        if self.signer_of_ticket(&new.id).is_some() {
            return Err(Conflict::TicketTaken);
        }
        self.enter_ticket(new);
        Ok(())
    }

    pub(crate) fn enter_ticket(&mut self, new: &Ticket<'_>) {
        let row = TicketRow {
            signer: new.signer,
            device: new.device.as_str().to_owned(),
            keys: new.keys.iter().collect(),
            assurance: new.assurance,
            not_after_ms: new.not_after_ms,
            // The one canonical encoding: that of the record, and what the officer was given.
            bytes: minicbor::to_vec(new).unwrap_or_default().into(),
        };
        self.tickets.put(new.id, row);
    }

    /// A new device, in the next free place, pending.
    pub(crate) fn apply_enrolment(
        &mut self,
        index: u64,
        new: &Enrolment<'_>,
    ) -> Result<(), Conflict> {
        let Enrolment { device, .. } = new;
        let key = self.device_key_of(device)?;
        self.check_ticket(new)?;
        let mark = self.marks().name(Table::Devices, device.name.as_str());
        self.enrolled.names.is_free(&mark, Table::Devices)?;
        if device.slot != self.next_slot() {
            return Err(Conflict::Place);
        }
        if self.is_enrolled(device.credential.bytes(), &key) {
            return Err(Conflict::CredentialTaken);
        }
        if device.standing != Standing::Pending {
            return Err(Conflict::Unconfirmed);
        }
        self.enter(self.new_row(index, new, key))
    }

    /// The ticket is of this very signer and name, byte for byte the one on record, and not spent.
    fn check_ticket(&self, new: &Enrolment<'_>) -> Result<(), Conflict> {
        let Enrolment { device, ticket: bytes, .. } = new;
        let ticket = self.tickets.get(&device.ticket).ok_or(Conflict::Ticket)?;
        let own = ticket.signer == device.signer && ticket.device == device.name.as_str();
        let same = *ticket.bytes == *bytes.bytes();
        (own && same).then_some(()).ok_or(Conflict::Ticket)
    }

    fn new_row(&self, index: u64, new: &Enrolment<'_>, key: DeviceKey<Arc<[u8]>>) -> DeviceRow {
        let Enrolment { device, attestation_object, client_data, .. } = new;
        let evidence = self.evidence(attestation_object.bytes(), client_data.bytes());
        let mut row = self.row_of(device, key, evidence);
        let Device { standing, cause, utc_lo_ms, .. } = *device;
        row.stand(Event { index, standing, cause, utc_lo_ms });
        row.enrolled = index;
        row
    }

    /// A device to which nothing has happened yet.
    pub(crate) fn row_of(
        &self,
        device: &Device<'_>,
        key: DeviceKey<Arc<[u8]>>,
        evidence: Digest,
    ) -> DeviceRow {
        let entry = entry::Device {
            slot: device.slot,
            signer: device.signer,
            algorithm: key.algorithm(),
            backup_eligible: device.backup_eligible,
            counts: SignCounts::enrolled(device.sign_count),
            lockout: Lockout::default(),
            standing: device.standing,
            generation: Generation(0),
        };
        DeviceRow {
            entry,
            name: device.name.as_str().to_owned(),
            key,
            credential: device.credential.bytes().to_vec(),
            cose_key: device.cose_key.bytes().to_vec(),
            ticket: device.ticket,
            attestation: Attestation::from(&device.attestation),
            evidence,
            vouched: false,
            confirmed: false,
            history: Vec::new(),
            enrolled: 0,
        }
    }

    fn enter(&mut self, row: DeviceRow) -> Result<(), Conflict> {
        let slot = row.entry.slot;
        drop(self.tickets.take(row.ticket));
        self.devices.push(row);
        self.link(slot)
    }

    /// What is derived from the device in this place.
    pub(crate) fn link(&mut self, slot: SlotId) -> Result<(), Conflict> {
        let row = self.devices.get(slot).filter(|row| !row.is_nobodys());
        let Some(row) = row else { return Ok(()) };
        let signer = self.signers.derive(row.entry.signer);
        signer.ok_or(Conflict::Unknown(Table::Signers))?.devices.push(slot);
        let marks = self.marks().device(row);
        self.enrolled.enter(marks, slot);
        Ok(())
    }

    fn is_enrolled(&self, credential: &[u8], key: &DeviceKey<Arc<[u8]>>) -> bool {
        let credential = self.enrolled.credentials.find(&self.marks().credential(credential));
        credential.or_else(|| self.enrolled.keys.find(&self.marks().key(key))).is_some()
    }

    /// A change of a device's standing. A pending one can only be revoked.
    pub(crate) fn apply_device(&mut self, index: u64, new: &Device<'_>) -> Result<(), Conflict> {
        let key = self.device_key_of(new)?;
        let attestation = Attestation::from(&new.attestation);
        let barred = self.is_barred(&attestation);
        let row = self.row(new.slot).ok_or(Conflict::Unknown(Table::Devices))?;
        let same_device = row.entry.signer == new.signer && row.key == key;
        let same_credential = row.credential == new.credential.bytes();
        let same_origin = row.ticket == new.ticket && row.attestation == attestation;
        same(same_device && same_credential && same_origin, Table::Devices)?;
        match new.standing {
            Standing::Revoked => {}
            Standing::Pending => return Err(Conflict::Unconfirmed),
            Standing::Active | Standing::Suspended if !row.confirmed => {
                return Err(Conflict::Unconfirmed);
            }
            Standing::Active if barred => return Err(Conflict::ModelBarred),
            Standing::Active | Standing::Suspended => {}
        }
        let Device { standing, cause, utc_lo_ms, .. } = *new;
        if let Some(row) = self.devices.change(new.slot) {
            row.stand(Event { index, standing, cause, utc_lo_ms });
            row.entry.counts = row.entry.counts.accept(new.sign_count);
        }
        Ok(())
    }

    /// An active device of the same signer says that the pending one is the signer's.
    pub(crate) fn apply_vouch(&mut self, new: &Vouch<'_>) -> Result<(), Conflict> {
        let addition: Addition = canonical::decode(new.addition.bytes())?;
        let row = self.pending_row(new.slot)?;
        let about = addition.signer == row.entry.signer && addition.ticket == row.ticket;
        let same_key = addition.key == self.fingerprint(&row.cose_key);
        let by = self.row(new.by).map(|row| row.entry);
        let may =
            by.is_some_and(|by| by.signer == addition.signer && by.standing == Standing::Active);
        if !(about && same_key && may) {
            return Err(Conflict::Vouch);
        }
        countersign_core::port::Registry::accept_sign_count(self, new.by, new.sign_count);
        if let Some(row) = self.devices.change(new.slot) {
            row.vouched = true;
        }
        Ok(())
    }

    pub(crate) fn apply_confirmation(
        &mut self,
        index: u64,
        new: &Confirmation,
    ) -> Result<(), Conflict> {
        let row = self.pending_row(new.slot)?;
        if Fingerprint::of(&self.fingerprint(&row.cose_key)) != new.fingerprint {
            return Err(Conflict::Fingerprint);
        }
        if !row.vouched && self.awaits_vouch(row.entry.signer) {
            return Err(Conflict::Unvouched);
        }
        if self.is_barred(&row.attestation) {
            return Err(Conflict::ModelBarred);
        }
        let Confirmation { officer, utc_lo_ms, .. } = *new;
        let cause = Cause::Ordered(officer);
        if let Some(row) = self.devices.change(new.slot) {
            row.confirmed = true;
            row.stand(Event { index, standing: Standing::Active, cause, utc_lo_ms });
        }
        Ok(())
    }

    fn pending_row(&self, slot: SlotId) -> Result<&DeviceRow, Conflict> {
        let row = self.row(slot).ok_or(Conflict::Unknown(Table::Devices))?;
        let pending = row.entry.standing == Standing::Pending;
        pending.then_some(row).ok_or(Conflict::NotPending)
    }

    /// Whether a further device of this signer needs one that vouches for it: the signer has a device that was
    /// confirmed and is not revoked; or had one, and a key that is not revoked.
    #[must_use]
    pub fn awaits_vouch(&self, signer: SignerId) -> bool {
        let slots = self.signers.get(&signer).map(|row| row.devices.as_slice());
        let rows = || slots.unwrap_or_default().iter().filter_map(|slot| self.row(*slot));
        let mut confirmed = rows().filter(|row| row.confirmed).peekable();
        let had_one = confirmed.peek().is_some();
        let has_one = confirmed.any(|row| row.entry.standing != Standing::Revoked);
        has_one || (had_one && self.live_keys_of(signer).next().is_some())
    }

    /// The keys that are not revoked and that the signer may approve for, ascending.
    pub fn live_keys_of(&self, signer: SignerId) -> impl Iterator<Item = &entry::Key> {
        self.keys_of(signer).filter(|key| key.standing != Standing::Revoked)
    }

    /// The keys that the signer may approve for, ascending.
    pub fn keys_of(&self, signer: SignerId) -> impl Iterator<Item = &entry::Key> {
        let keys = self.signers.get(&signer).map(|row| row.keys.as_slice());
        let keys = keys.unwrap_or_default().iter();
        keys.filter_map(|id| self.keys.get(id)).map(|row| &row.entry)
    }

    /// SHA-256 of what a device is enrolled on: the same again is the same enrolment.
    #[must_use]
    pub fn evidence(&self, attestation_object: &[u8], client_data: &[u8]) -> Digest {
        let parts = [attestation_object, client_data].map(|part| self.crypto.sha256(&[part]));
        Digest(self.crypto.sha256(&[&parts[0], &parts[1]]))
    }

    /// `SHA-256(tag::FINGERPRINT || COSE_Key)`.
    pub(crate) fn fingerprint(&self, cose_key: &[u8]) -> Digest {
        Digest(self.crypto.sha256(&[tag::FINGERPRINT, cose_key]))
    }

    /// The device's key, which the engine can check assertions with.
    pub(crate) fn device_key_of(
        &self,
        device: &Device<'_>,
    ) -> Result<DeviceKey<Arc<[u8]>>, Conflict> {
        let algorithm = cose::algorithm(device.cose_key.bytes()).ok_or(Conflict::DeviceKey)?;
        self.has(algorithm)?;
        let key = cose::read(&*self.crypto, device.cose_key.bytes()).ok_or(Conflict::DeviceKey)?;
        Ok(key.kept(|bytes| Arc::from(bytes.as_slice())))
    }

    /// That of a device which was enrolled with it, as the row says: then it was found to be one.
    pub(crate) fn reread_key_of(
        &self,
        device: &Device<'_>,
    ) -> Result<DeviceKey<Arc<[u8]>>, Conflict> {
        let key = cose::reread(device.cose_key.bytes()).ok_or(Conflict::DeviceKey)?;
        self.has(key.algorithm())?;
        Ok(key.kept(|bytes| Arc::from(bytes.as_slice())))
    }

    fn has(&self, algorithm: Algorithm) -> Result<(), Conflict> {
        self.crypto.has(algorithm).then_some(()).ok_or(Conflict::DeviceAlgorithm)
    }
}
