//! Devices as officers, and those who vouch, are shown them; and the changes of their standing.

use countersign_core::entry::Device;
use countersign_core::port::Crypto;
use countersign_protocol::admin::{Awaits, Listed};
use countersign_protocol::canonical::NotCanonical;
use countersign_protocol::change::{self, Cause, Standing};
use countersign_protocol::{Bounded, Digest, Name, SlotId, TicketId, attestation};

use crate::devices::DeviceRow;
use crate::{Event, Registry};

/// What a ticket was spent on.
#[derive(Clone, Copy, Debug)]
pub struct Newcomer {
    /// The device as it is now.
    pub device: Device,
    /// `SHA-256(tag::FINGERPRINT || COSE_Key)` of its key.
    pub key: Digest,
    /// SHA-256 of what it was enrolled on.
    pub evidence: Digest,
    /// Whether another device has to vouch for it, and has not.
    pub unvouched: bool,
}

impl DeviceRow {
    /// The device as a record has it, with this standing.
    pub(crate) fn change<'r>(
        &'r self,
        standing: Standing,
        cause: Cause,
        utc_lo_ms: u64,
        room: &'r mut Vec<u8>,
    ) -> Result<change::Device<'r>, NotCanonical> {
        Ok(change::Device {
            slot: self.entry.slot,
            signer: self.entry.signer,
            name: Name::new(&self.name).ok_or(NotCanonical)?,
            credential: Bounded::new(&self.credential).ok_or(NotCanonical)?,
            cose_key: Bounded::new(&self.cose_key).ok_or(NotCanonical)?,
            backup_eligible: self.entry.backup_eligible,
            sign_count: self.entry.counts.last(),
            standing,
            ticket: self.ticket,
            attestation: self.attestation.record(room)?,
            cause,
            utc_lo_ms,
        })
    }
}

impl<C: Crypto> Registry<C> {
    /// The content of the record that gives the device in this place another standing.
    ///
    /// # Errors
    /// [`NotCanonical`] if there is no such device.
    pub fn with_standing(
        &self,
        slot: SlotId,
        standing: Standing,
        cause: Cause,
        utc_lo_ms: u64,
    ) -> Result<Vec<u8>, NotCanonical> {
        let row = self.row(slot).ok_or(NotCanonical)?;
        let mut room = Vec::new();
        Ok(crate::Change::Device(row.change(standing, cause, utc_lo_ms, &mut room)?).content())
    }

    /// The device that was registered with this ticket.
    pub fn newcomer(&self, ticket: &TicketId) -> Option<Newcomer> {
        let row = self.row(self.spent_by(ticket)?)?;
        Some(Newcomer {
            device: row.entry,
            key: self.fingerprint(&row.cose_key),
            evidence: row.evidence,
            unvouched: self.awaits(row) == Some(Awaits::Vouch),
        })
    }

    /// The devices after a place, in the order of their enrolment.
    pub fn devices_after(&self, after: SlotId) -> impl Iterator<Item = Listed<'_>> {
        let from = (after.0 as usize).saturating_add(1);
        self.devices.iter().skip(from).filter_map(|row| self.listed(row))
    }

    /// The device in this place, as in a list.
    pub fn listed_device(&self, slot: SlotId) -> Option<Listed<'_>> {
        self.listed(self.row(slot)?)
    }

    /// What its attestation was worth, in `room`.
    ///
    /// # Errors
    /// [`NotCanonical`] if there is no such device.
    pub fn attestation<'r>(
        &self,
        slot: SlotId,
        room: &'r mut Vec<u8>,
    ) -> Result<attestation::Attestation<'r>, NotCanonical> {
        self.row(slot).ok_or(NotCanonical)?.attestation.record(room)
    }

    /// What became of the device in this place.
    pub fn history(&self, slot: SlotId) -> &[Event] {
        self.row(slot).map(|row| row.history.as_slice()).unwrap_or_default()
    }

    fn listed<'r>(&'r self, row: &'r DeviceRow) -> Option<Listed<'r>> {
        Some(Listed {
            slot: row.entry.slot,
            name: Name::new(&row.name)?,
            signer: Name::new(&self.signers.get(&row.entry.signer)?.name)?,
            standing: row.entry.standing,
            awaits: self.awaits(row),
        })
    }

    fn awaits(&self, row: &DeviceRow) -> Option<Awaits> {
        let unvouched = !row.vouched && self.awaits_vouch(row.entry.signer);
        let awaits = if unvouched { Awaits::Vouch } else { Awaits::Confirmation };
        (row.entry.standing == Standing::Pending).then_some(awaits)
    }
}
