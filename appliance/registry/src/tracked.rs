//! Tables that know which of their rows were changed since somebody asked.
//!
//! Guarantee: there is no way to change a row that is not noted as one of three: a *change* moves the registry's root, a *count*
//! does not (signCounts, lock-outs, when somebody signed last), and what is *derived* from other rows is written down nowhere.
//! Of a changed row there is also what it was, so that the root need not keep anything of rows that nobody changes.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;

use countersign_protocol::SlotId;

use crate::devices::DeviceRow;
use crate::rows::{Filed, Name, Written};
use crate::{ANY_TIME, Conflict, Registry};

/// Which rows were changed, with what they were before, and which were counted on.
pub(crate) struct Noted<K, V> {
    /// None: there was no such row.
    changed: BTreeMap<K, Option<Box<V>>>,
    counted: BTreeSet<K>,
}

impl<K, V> Default for Noted<K, V> {
    fn default() -> Self {
        Self { changed: BTreeMap::new(), counted: BTreeSet::new() }
    }
}

impl<K: Ord + Copy, V: Filed<K>> Noted<K, V> {
    /// Before the first change of a row since somebody asked, it was this.
    fn was(&mut self, key: K, row: impl FnOnce() -> Option<V>) {
        self.changed.entry(key).or_insert_with(|| row().map(Box::new));
    }

    /// Rows that were changed since this was asked for, as they were written before.
    fn changed(&mut self) -> impl Iterator<Item = (Name, Option<Written>)> {
        let changed = std::mem::take(&mut self.changed).into_iter();
        // What is past a limit is in no record: there is no such row.
        changed.map(move |(key, was)| {
            (V::name(key), was.and_then(|row| row.written(&key, ANY_TIME).ok()))
        })
    }

    /// Rows that were counted on since this was asked for.
    fn counted(&mut self) -> BTreeSet<K> {
        std::mem::take(&mut self.counted)
    }
}

/// A table. Whoever reads sees a map.
pub(crate) struct Tracked<K, V> {
    rows: BTreeMap<K, V>,
    pub noted: Noted<K, V>,
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

impl<K: Ord + Copy, V: Filed<K> + Clone> Tracked<K, V> {
    /// A row is this from now on.
    pub fn put(&mut self, key: K, row: V) {
        let was = self.rows.insert(key, row);
        self.noted.was(key, || was);
    }

    /// A row is read where it is written down: that is no change.
    pub fn read(&mut self, key: K, row: V) -> Result<(), Conflict> {
        self.rows.insert(key, row).is_none().then_some(()).ok_or(Conflict::RowTwice)
    }

    /// A row, to be changed.
    pub fn change(&mut self, key: K) -> Option<&mut V> {
        let row = self.rows.get_mut(&key)?;
        self.noted.was(key, || Some(row.clone()));
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
        self.noted.was(key, || Some(row.clone()));
        Some(row)
    }

    /// All rows of which this does not hold are gone.
    pub fn keep(&mut self, mut holds: impl FnMut(&K, &V) -> bool) {
        let Self { rows, noted } = self;
        rows.retain(|key, row| {
            let kept = holds(key, row);
            if !kept {
                noted.was(*key, || Some(row.clone()));
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
    pub noted: Noted<SlotId, DeviceRow>,
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
        self.noted.was(self.next(), || None);
        self.rows.push(row);
    }

    pub fn get(&self, slot: SlotId) -> Option<&DeviceRow> {
        self.rows.get(slot.0 as usize)
    }

    /// A device, to be changed.
    pub fn change(&mut self, slot: SlotId) -> Option<&mut DeviceRow> {
        let row = self.rows.get_mut(slot.0 as usize)?;
        self.noted.was(slot, || Some(row.clone()));
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
        if at == self.rows.len() {
            self.rows.push(row);
        } else {
            self.rows.resize_with(needed, DeviceRow::nobodys);
            *self.rows.get_mut(at)? = row;
        }
        Some(())
    }
}

impl<C> Registry<C> {
    /// Rows that were changed since this was asked for, as they were written before.
    pub(crate) fn changed(&mut self) -> Vec<(Name, Option<Written>)> {
        let mut rows = Vec::new();
        rows.extend(self.appliance.noted.changed());
        rows.extend(self.tenants.noted.changed());
        rows.extend(self.officers.noted.changed());
        rows.extend(self.front_ends.noted.changed());
        rows.extend(self.signers.noted.changed());
        rows.extend(self.tickets.noted.changed());
        rows.extend(self.devices.noted.changed());
        rows.extend(self.keys.noted.changed());
        rows.extend(self.grants.noted.changed());
        rows.extend(self.trusted.noted.changed());
        rows.extend(self.models.noted.changed());
        rows.extend(self.metadata.noted.changed());
        rows.extend(self.erased.keys.noted.changed());
        rows.extend(self.recovery.noted.changed());
        rows.extend(self.alarms.noted.changed());
        rows.extend(self.freeze.noted.changed());
        rows
    }

    /// Names of rows that were counted on since this was asked for.
    pub(crate) fn counted(&mut self) -> impl Iterator<Item = Name> + use<C> {
        let signers = self.signers.noted.counted().into_iter().map(Name::Signer);
        let front_ends = self.front_ends.noted.counted().into_iter().map(Name::FrontEnd);
        let devices = self.devices.noted.counted().into_iter().map(Name::Device);
        signers.chain(front_ends).chain(devices)
    }
}
