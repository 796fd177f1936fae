//! What is about whom, how long it must be kept, and what is left of a signer who is erased.
//!
//! Guarantees: everything that is about a signer is sealed under that signer's key, so that it goes with the key;
//! a registry that is rebuilt without those records is the same as one that erased the signer while it ran; neither
//! the signer's number nor a device's place is given again.
//!
//! It does not guarantee that evidence is old enough: who orders an erasure asks [`Registry::keeping`].

use std::collections::BTreeSet;

use countersign_core::port::Crypto;
use countersign_protocol::change::{Erasure, Hold, Retention};
use countersign_protocol::enrolment::{Confirmation, Vouch};
use countersign_protocol::record::Kind;
use countersign_protocol::{Digest, KeyId, SignerId, SlotId};

use crate::devices::DeviceRow;
use crate::tracked::Tracked;
use crate::{Change, Conflict, KeyRow, Registry, Table};

/// Signers who are erased, and the keys that are gone.
#[derive(Default)]
pub(crate) struct Erased {
    pub(crate) keys: Tracked<SignerId, Digest>,
    /// A key that a record was closed for ever without, until its signer's erasure is on record.
    pub(crate) unexplained: BTreeSet<Digest>,
}

impl Erased {
    pub(crate) fn last(&self) -> Option<SignerId> {
        self.keys.last_key_value().map(|(id, _)| *id)
    }
}

/// Whether a signer's evidence must be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keeping {
    /// By what the vault knows the key.
    pub evidence_key: Digest,
    /// Under a legal hold.
    pub held: bool,
    /// Until then at least (milliseconds since 1970, UTC); none: nothing was signed, or nothing must be kept.
    pub until_ms: Option<u64>,
}

impl<C: Crypto> Registry<C> {
    /// Whether this signer's evidence must be kept.
    pub fn keeping(&self, signer: SignerId) -> Option<Keeping> {
        let row = self.signers.get(&signer)?;
        let kept = row.signed_ms.filter(|_| row.retention != Retention::None);
        let until_ms = kept.map(|ms| ms.saturating_add(row.retention.ms()));
        Some(Keeping { evidence_key: row.evidence_key, held: row.held, until_ms })
    }

    /// These signers have approved a signature, at this time at most.
    pub fn note_signature(&mut self, signers: impl Iterator<Item = SignerId>, utc_hi_ms: u64) {
        for signer in signers {
            if let Some(row) = self.signers.count(signer) {
                row.signed_ms = row.signed_ms.max(Some(utc_hi_ms));
            }
        }
    }

    /// The evidence keys of these signers, ascending, each once.
    pub fn evidence_keys(&self, signers: impl Iterator<Item = SignerId>) -> Vec<Digest> {
        let key = |signer| self.signers.get(&signer).map(|row| row.evidence_key);
        let mut keys: Vec<_> = signers.filter_map(key).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// Those of the signers whom a change is about.
    pub fn evidence_keys_of(&self, change: &Change<'_>) -> Vec<Digest> {
        let of_slot = |slot| self.row(slot).map(|row| row.entry.signer);
        let of_key = |key: &KeyId| self.keys.get(key).map(|row| row.entry.approvers.ids.clone());
        match change {
            Change::Appliance(_)
            | Change::Tenant(_)
            | Change::Officer(_)
            | Change::FrontEnd(_)
            | Change::Trust(_)
            | Change::Model(_)
            | Change::Metadata(_)
            | Change::Recovery(_)
            | Change::Reanchoring(_)
            | Change::Freeze(_)
            | Change::Erasure(_) => Vec::new(),
            Change::Signer(signer) => vec![signer.evidence_key],
            Change::Hold(hold) => self.evidence_keys([hold.signer].into_iter()),
            Change::Ticket(ticket) => self.evidence_keys([ticket.signer].into_iter()),
            Change::Enrolment(new) => self.evidence_keys([new.device.signer].into_iter()),
            Change::Device(device) => self.evidence_keys([device.signer].into_iter()),
            Change::Vouch(Vouch { slot, .. }) | Change::Confirmation(Confirmation { slot, .. }) => {
                self.evidence_keys(of_slot(*slot).into_iter())
            }
            Change::Key(key) => self.evidence_keys(key.approvers.ids()),
            Change::Grant(grant) => self.evidence_keys(of_key(&grant.key).into_iter().flatten()),
        }
    }

    /// The evidence keys of all signers: the vault has each.
    pub fn live_evidence_keys(&self) -> impl Iterator<Item = Digest> {
        self.signers.values().map(|row| row.evidence_key)
    }

    /// How many are erased.
    pub fn erased(&self) -> u32 {
        u32::try_from(self.erased.keys.len()).unwrap_or(u32::MAX)
    }

    /// The keys of those who are erased.
    pub fn erased_keys(&self) -> impl Iterator<Item = Digest> {
        self.erased.keys.values().copied()
    }

    /// A key that records were closed for ever without, though nobody with it is erased.
    pub fn lost_key(&self) -> Option<Digest> {
        self.erased.unexplained.first().copied()
    }

    pub(crate) fn apply_hold(&mut self, new: &Hold) -> Result<(), Conflict> {
        let row = self.signers.change(new.signer).ok_or(Conflict::Unknown(Table::Signers))?;
        row.held = new.held;
        Ok(())
    }

    /// A record that nobody can open any more. Of a new device nothing is known but that it had the next place.
    pub(crate) fn replay_gone(&mut self, kind: Kind, key: Digest) {
        self.erased.unexplained.insert(key);
        if kind == Kind::Enrolment {
            self.devices.push(DeviceRow::nobodys());
        }
    }

    /// Of a signer whose key is gone already nothing is here to be taken out.
    pub(crate) fn apply_erasure(&mut self, new: &Erasure) -> Result<(), Conflict> {
        if let Some(row) = self.signers.get(&new.signer) {
            crate::apply::same(row.evidence_key == new.evidence_key, Table::Signers)?;
            if row.held {
                return Err(Conflict::Held);
            }
            if self.live_keys_of(new.signer).next().is_some() {
                return Err(Conflict::KeysLeft);
            }
            self.take_out(new.signer);
        } else if !self.erased.unexplained.contains(&new.evidence_key) {
            return Err(Conflict::Unknown(Table::Signers));
        }
        self.erased.unexplained.remove(&new.evidence_key);
        self.erased.keys.put(new.signer, new.evidence_key);
        Ok(())
    }

    fn take_out(&mut self, signer: SignerId) {
        let Some(row) = self.signers.take(signer) else { return };
        let mark = self.marks().name(Table::Signers, &row.name);
        self.names.signers.forget(&mark);
        row.devices.into_iter().for_each(|slot| self.take_out_device(slot));
        row.keys.into_iter().for_each(|id| self.take_out_key(id));
        self.tickets.keep(|_, ticket| ticket.signer != signer);
    }

    /// No key is left to those who approve for it together with one who is erased.
    fn take_out_key(&mut self, id: KeyId) {
        let Some(KeyRow { name, entry, .. }) = self.keys.take(id) else { return };
        let mark = self.marks().name(Table::Keys, &name);
        self.names.keys.forget(&mark);
        for signer in entry.approvers.ids {
            if let Some(row) = self.signers.derive(signer) {
                row.keys.retain(|key| *key != id);
            }
        }
        for front_end in self.front_ends.keys() {
            self.grants.take((*front_end, id));
        }
    }

    fn take_out_device(&mut self, slot: SlotId) {
        let Some(row) = self.devices.change(slot) else { return };
        let row = std::mem::replace(row, DeviceRow::nobodys());
        let marks = self.marks().device(&row);
        self.enrolled.forget(marks);
    }
}
