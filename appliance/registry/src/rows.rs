//! The registry in rows, for a boot that does not read the whole ledger.
//!
//! Guarantee: a registry that takes the rows of another is the same: it answers the same, takes and refuses the same changes,
//! and has the same root.

mod name;
mod row;
mod taking;
mod written;

use std::ops::Bound;

use countersign_core::Now;
use countersign_core::port::Crypto;
use countersign_protocol::canonical::NotCanonical;
use countersign_protocol::{SlotId, TenantId};

use crate::Registry;
use crate::tracked::{Places, Tracked};

pub use name::Name;
pub use taking::Taking;
pub(crate) use written::Filed;
pub use written::Written;

/// A row that is not there, or past a limit, which records have ruled out.
type Found = Result<Option<Written>, NotCanonical>;

impl<C: Crypto> Registry<C> {
    /// The names of all rows, in their order.
    pub fn names(&self) -> impl Iterator<Item = Name> {
        self.names_after(None)
    }

    /// So many rows after this one, in their order, as they are now; none: there are no more.
    ///
    /// # Errors
    /// [`NotCanonical`] if something in one is past a limit, which records have ruled out.
    pub fn rows_after(
        &self,
        last: Option<Name>,
        rows: usize,
        now: Now,
    ) -> Result<Vec<(Name, Written)>, NotCanonical> {
        let row = |name| Ok(self.written(&name, now)?.map(|row| (name, row)));
        self.names_after(last).take(rows).filter_map(|name| row(name).transpose()).collect()
    }

    fn names_after(&self, last: Option<Name>) -> impl Iterator<Item = Name> {
        let appliance = self.appliance.names_after(last);
        appliance
            .chain(self.tenants.names_after(last))
            .chain(self.officers.names_after(last))
            .chain(self.front_ends.names_after(last))
            .chain(self.signers.names_after(last))
            .chain(self.tickets.names_after(last))
            .chain(self.devices.names_after(last))
            .chain(self.keys.names_after(last))
            .chain(self.grants.names_after(last))
            .chain(self.trusted.names_after(last))
            .chain(self.models.names_after(last))
            .chain(self.metadata.names_after(last))
            .chain(self.erased.keys.names_after(last))
            .chain(self.recovery.names_after(last))
            .chain(self.alarms.names_after(last))
            .chain(self.freeze.names_after(last))
    }

    /// The row of this name as it is now; none if there is none. (Refused assertions are counted by boot time here, and by UTC
    /// in rows.)
    ///
    /// # Errors
    /// [`NotCanonical`] if something in it is past a limit, which records have ruled out.
    pub fn written(&self, name: &Name, now: Now) -> Found {
        let row = match name {
            Name::Appliance => self.appliance.written(&(), now),
            Name::Tenant(id) => self.tenants.written(id, now),
            Name::Officer(channel) => self.officers.written(channel, now),
            Name::FrontEnd(id) => self.front_ends.written(id, now),
            Name::Signer(id) => self.signers.written(id, now),
            Name::Ticket(id) => self.tickets.written(id, now),
            Name::Device(slot) => {
                self.devices.get(*slot).map(|row| row.written(slot, now)).transpose()
            }
            Name::Key(id) => self.keys.written(id, now),
            Name::Grant(front_end, key) => self.grants.written(&(*front_end, *key), now),
            Name::Trust(digest) => self.trusted.written(digest, now),
            Name::Model(aaguid) => self.models.written(aaguid, now),
            Name::Metadata => self.metadata.written(&(), now),
            Name::Erased(id) => self.erased.keys.written(id, now),
            Name::Recovery => self.recovery.written(&(), now),
            Name::Alarms => self.alarms.written(&(), now),
            Name::Freeze => self.freeze.written(&(), now),
        };
        Ok(row?.map(|row| Written { tenant: self.tenant_of_row(name), ..row }))
    }

    fn tenant_of_row(&self, name: &Name) -> Option<TenantId> {
        match name {
            Name::Tenant(id) => Some(*id),
            Name::FrontEnd(id) | Name::Grant(id, _) => {
                self.front_ends.get(id).map(|row| row.entry.tenant)
            }
            Name::Signer(id) => self.tenant_of_signer(*id),
            Name::Ticket(id) => self.tenant_of_signer(self.tickets.get(id)?.signer),
            Name::Device(slot) => self.tenant_of_signer(self.devices.get(*slot)?.entry.signer),
            Name::Key(id) => self.keys.get(id).map(|row| row.entry.tenant),
            _ => None,
        }
    }
}

impl<K: Ord + Copy, V: Filed<K>> Tracked<K, V> {
    fn written(&self, key: &K, now: Now) -> Found {
        self.get(key).map(|row| row.written(key, now)).transpose()
    }

    fn names_after(&self, last: Option<Name>) -> impl Iterator<Item = Name> {
        let first = self.first_key_value().map(|(key, _)| V::name(*key));
        // Where the last one is of a table before or after this one, all of these are after or before it.
        let key = last.filter(|last| first.is_some_and(|first| first.table() == last.table()));
        let from = match key {
            Some(last) => V::key(last).map(Bound::Excluded),
            None if last > first => None,
            None => Some(Bound::Unbounded),
        };
        let rows = from.into_iter().flat_map(|from| self.range((from, Bound::Unbounded)));
        rows.map(|(key, _)| V::name(*key))
    }
}

impl Places {
    fn names_after(&self, last: Option<Name>) -> impl Iterator<Item = Name> {
        let from = match last {
            Some(Name::Device(slot)) => slot.0.saturating_add(1),
            // Nobody's is written down nowhere.
            last if last < Some(Name::Device(SlotId(0))) => 1,
            _ => u32::MAX,
        };
        (from..self.next().0).map(|slot| Name::Device(SlotId(slot)))
    }
}
