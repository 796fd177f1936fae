//! Tables that know which of their rows were changed since somebody asked.
//!
//! Guarantee: there is no way to change a row that is not noted as one of three: a *change* moves the registry's root, a *count*
//! does not (signCounts, lock-outs, when somebody signed last), and what is *derived* from other rows is written down nowhere.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;

use countersign_protocol::SlotId;

use crate::devices::DeviceRow;
use crate::{Name, Registry};

/// Which rows were changed, and which were counted on.
pub(crate) struct Noted<K> {
    changed: BTreeSet<K>,
    counted: BTreeSet<K>,
}

impl<K> Default for Noted<K> {
    fn default() -> Self {
        Self { changed: BTreeSet::new(), counted: BTreeSet::new() }
    }
}

/// What a row was noted as.
#[derive(Clone, Copy)]
pub(crate) enum As {
    Changed,
    Counted,
}

impl<K> Noted<K> {
    /// Rows that were noted as that since this was asked for.
    fn take(&mut self, as_what: As) -> BTreeSet<K> {
        std::mem::take(match as_what {
            As::Changed => &mut self.changed,
            As::Counted => &mut self.counted,
        })
    }
}

/// A table. Whoever reads sees a map.
pub(crate) struct Tracked<K, V> {
    rows: BTreeMap<K, V>,
    pub noted: Noted<K>,
}

impl<K, V> Default for Tracked<K, V> {
    fn default() -> Self {
        Self { rows: BTreeMap::new(), noted: Noted::default() }
    }
}

impl<K, V> Deref for Tracked<K, V> {
    type Target = BTreeMap<K, V>;

    fn deref(&self) -> &Self::Target {
        &self.rows
    }
}

impl<K: Ord + Copy, V> Tracked<K, V> {
    /// A row is this from now on.
    pub fn put(&mut self, key: K, row: V) {
        self.noted.changed.insert(key);
        self.rows.insert(key, row);
    }

    /// A row, to be changed.
    pub fn change(&mut self, key: K) -> Option<&mut V> {
        let row = self.rows.get_mut(&key)?;
        self.noted.changed.insert(key);
        Some(row)
    }

    /// A row, for what does not move the root.
    pub fn count(&mut self, key: K) -> Option<&mut V> {
        let row = self.rows.get_mut(&key)?;
        self.noted.counted.insert(key);
        Some(row)
    }

    /// A row, for what is derived from others.
    pub fn derive(&mut self, key: K) -> Option<&mut V> {
        self.rows.get_mut(&key)
    }

    /// A row is gone.
    pub fn take(&mut self, key: K) -> Option<V> {
        let row = self.rows.remove(&key)?;
        self.noted.changed.insert(key);
        Some(row)
    }

    /// All rows of which this does not hold are gone.
    pub fn keep(&mut self, mut holds: impl FnMut(&K, &V) -> bool) {
        let Self { rows, noted } = self;
        rows.retain(|key, row| {
            let kept = holds(key, row);
            if !kept {
                noted.changed.insert(*key);
            }
            kept
        });
    }
}

impl<V> Tracked<(), V> {
    /// The row of a table that has one at most.
    pub fn only(&self) -> Option<&V> {
        self.rows.get(&())
    }
}

/// Devices by their places, nobody's first: finding one is the same work whichever it is.
pub(crate) struct Places {
    rows: Vec<DeviceRow>,
    pub noted: Noted<SlotId>,
}

impl Places {
    pub fn new() -> Self {
        Self { rows: vec![DeviceRow::nobodys()], noted: Noted::default() }
    }

    /// The next free place.
    pub fn next(&self) -> SlotId {
        SlotId(u32::try_from(self.rows.len()).unwrap_or(u32::MAX))
    }

    /// A device has the next free place.
    pub fn push(&mut self, row: DeviceRow) {
        self.noted.changed.insert(self.next());
        self.rows.push(row);
    }

    pub fn get(&self, slot: SlotId) -> Option<&DeviceRow> {
        self.rows.get(slot.0 as usize)
    }

    /// A device, to be changed.
    pub fn change(&mut self, slot: SlotId) -> Option<&mut DeviceRow> {
        let row = self.rows.get_mut(slot.0 as usize)?;
        self.noted.changed.insert(slot);
        Some(row)
    }

    /// A device, for what does not move the root.
    pub fn count(&mut self, slot: SlotId) -> Option<&mut DeviceRow> {
        let row = self.rows.get_mut(slot.0 as usize)?;
        // The first place is nobody's, and is written down nowhere.
        if slot.0 > 0 {
            self.noted.counted.insert(slot);
        }
        Some(row)
    }

    /// All places, nobody's first.
    pub fn iter(&self) -> std::slice::Iter<'_, DeviceRow> {
        self.rows.iter()
    }

    /// All places, for what is written down otherwise than it is here.
    pub fn derive_all(&mut self) -> std::slice::IterMut<'_, DeviceRow> {
        self.rows.iter_mut()
    }

    /// A place that is read before those before it: they are nobody's until they are read.
    pub fn place(&mut self, slot: SlotId, row: DeviceRow) -> Option<()> {
        let at = usize::try_from(slot.0).ok()?;
        let needed = at.checked_add(1)?.max(self.rows.len());
        self.rows.resize_with(needed, DeviceRow::nobodys);
        *self.rows.get_mut(at)? = row;
        Some(())
    }
}

impl<C> Registry<C> {
    /// Names of rows that were noted as that since this was asked for.
    pub(crate) fn noted(&mut self, as_what: As) -> Vec<Name> {
        let mut names: Vec<Name> = Vec::new();
        names.extend(self.appliance.noted.take(as_what).into_iter().map(|()| Name::Appliance));
        names.extend(self.tenants.noted.take(as_what).into_iter().map(Name::Tenant));
        names.extend(self.officers.noted.take(as_what).into_iter().map(Name::Officer));
        names.extend(self.front_ends.noted.take(as_what).into_iter().map(Name::FrontEnd));
        names.extend(self.signers.noted.take(as_what).into_iter().map(Name::Signer));
        names.extend(self.tickets.noted.take(as_what).into_iter().map(Name::Ticket));
        names.extend(self.devices.noted.take(as_what).into_iter().map(Name::Device));
        names.extend(self.keys.noted.take(as_what).into_iter().map(Name::Key));
        let grants = self.grants.noted.take(as_what).into_iter();
        names.extend(grants.map(|(front_end, key)| Name::Grant(front_end, key)));
        names.extend(self.trusted.noted.take(as_what).into_iter().map(Name::Trust));
        names.extend(self.models.noted.take(as_what).into_iter().map(Name::Model));
        names.extend(self.metadata.noted.take(as_what).into_iter().map(|()| Name::Metadata));
        names.extend(self.erased.keys.noted.take(as_what).into_iter().map(Name::Erased));
        names.extend(self.recovery.noted.take(as_what).into_iter().map(|()| Name::Recovery));
        names.extend(self.alarms.noted.take(as_what).into_iter().map(|()| Name::Alarms));
        names
    }
}
