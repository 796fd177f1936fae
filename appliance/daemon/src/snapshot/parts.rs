//! What is in a snapshot beside the registry's rows: the ledger's mark, and the transactions on record.

use std::collections::BTreeMap;

use countersign_core::port::Crypto;
use countersign_ledger::{Growing, Mark};
use countersign_ports::Sealing;
use countersign_protocol::TenantId;
use countersign_registry::{Name, Written};
use countersign_slots::{Change, Key, Label, Slots};

use crate::answered::{Answered, Shared};

/// A table of the slot file that is not one of the registry's.
#[derive(Clone, Copy)]
#[repr(u8)]
enum Table {
    /// The mark's rows, the first one first.
    Mark = 64,
    /// Transactions on record, the oldest first.
    Answered = 65,
}

/// Whether a record is a row of the registry's.
pub(super) const fn is_registrys(label: Label) -> bool {
    label.table < Table::Mark as u8
}

/// Rows that are read: in whatever order, each with its number before it.
#[derive(Default)]
pub(super) struct Parts {
    mark: BTreeMap<u32, Vec<u8>>,
    answered: BTreeMap<u32, Vec<u8>>,
}

impl Parts {
    pub(super) fn take(&mut self, label: Label, bytes: &[u8]) -> Option<()> {
        let rows = match label.table {
            table if table == Table::Mark as u8 => &mut self.mark,
            table if table == Table::Answered as u8 => &mut self.answered,
            _ => return None,
        };
        let (number, row) = bytes.split_first_chunk()?;
        rows.insert(u32::from_be_bytes(*number), row.to_vec());
        Some(())
    }

    pub(super) fn finish(self) -> Option<(Mark, Answered)> {
        let mut rows = self.mark.into_values();
        let mut mark = Growing::begin(&rows.next()?)?;
        rows.try_for_each(|row| mark.take(&row))?;
        let mut answered = Answered::default();
        self.answered.into_values().try_for_each(|row| answered.take_row(&row))?;
        Some((mark.finish()?, answered))
    }
}

/// A record to be written.
struct Row {
    table: u8,
    key: Vec<u8>,
    tenant: u32,
    /// What it is; none: it is gone.
    content: Option<Vec<u8>>,
}

/// Records to be written.
#[derive(Default)]
pub(super) struct Rows(Vec<Row>);

impl Rows {
    /// A row of the registry's, or that it is gone.
    pub(super) fn put_row(&mut self, name: Name, row: Option<Written>) {
        let tenant = row.as_ref().and_then(|row| row.tenant).map_or(0, |TenantId(id)| id);
        self.put(name.table(), name.key(), tenant, row.map(|row| row.bytes));
    }

    fn put(&mut self, table: u8, key: Vec<u8>, tenant: u32, content: Option<Vec<u8>>) {
        self.0.push(Row { table, key, tenant, content });
    }

    /// What is beside the registry's rows. Longer ago there may have been more of it.
    pub(super) fn put_parts<C: Crypto + Sealing>(
        &mut self,
        mark: &Mark,
        answered: &Shared,
        mut was: Option<&mut Slots<C>>,
    ) {
        let mut number = 0;
        mark.rows(|row| self.numbered(Table::Mark, &mut number, row));
        self.none_after(Table::Mark, number, was.as_deref_mut());
        number = 0;
        answered.rows(|row| self.numbered(Table::Answered, &mut number, row));
        self.none_after(Table::Answered, number, was);
    }

    fn numbered(&mut self, table: Table, number: &mut u32, row: &[u8]) {
        let key = number.to_be_bytes();
        self.put(table as u8, key.to_vec(), 0, Some([&key[..], row].concat()));
        *number = number.saturating_add(1);
    }

    fn none_after<C: Crypto + Sealing>(
        &mut self,
        table: Table,
        from: u32,
        was: Option<&mut Slots<C>>,
    ) {
        let Some(was) = was else { return };
        let table = table as u8;
        for key in (from..).map(u32::to_be_bytes) {
            if !was.has(Key { table, key: &key }) {
                return;
            }
            self.put(table, key.to_vec(), 0, None);
        }
    }

    pub(super) fn changes(&self) -> Vec<Change<'_>> {
        self.0.iter().map(change).collect()
    }
}

fn change(Row { table, key, tenant, content }: &Row) -> Change<'_> {
    let key = Key { table: *table, key };
    match content {
        Some(content) => Change::Put { key, tenant: *tenant, content },
        None => Change::Remove(key),
    }
}
