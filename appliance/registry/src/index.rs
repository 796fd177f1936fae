//! Finding what is known by something else than its number: a name, a credential, a key, a ticket that was spent.
//!
//! Guarantees: what was entered is found by the very same bytes; of those only a keyed hash is kept, under the registry's secret, so
//! that nobody outside makes two alike, or knows which place one comes to. It does not hide from whoever measures how long a search takes
//! whether something is there: only officers search by names, and what is enrolled is searched when it is enrolled.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use countersign_core::assertion::device_key::DeviceKey;
use countersign_core::port::Crypto;
use countersign_ports::Beside;
use countersign_protocol::{SlotId, TicketId, tag};

use crate::devices::DeviceRow;
use crate::names::Table;
use crate::{Conflict, Registry};

/// What bytes are kept as.
pub(crate) type Mark = [u8; 16];

/// What is found by marks.
pub(crate) struct Index<T>(HashMap<Mark, T, BuildHasherDefault<Front>>);

impl<T> Default for Index<T> {
    fn default() -> Self {
        Self(HashMap::default())
    }
}

/// The first bytes of a mark: it is a hash under a secret already.
#[derive(Default)]
struct Front(u64);

impl Hasher for Front {
    fn write(&mut self, mark: &[u8]) {
        self.0 = mark.first_chunk().map_or(0, |front| u64::from_le_bytes(*front));
    }

    /// All marks are as long.
    fn write_usize(&mut self, _len: usize) {}

    fn finish(&self) -> u64 {
        self.0
    }
}

impl<T: Copy> Index<T> {
    pub fn enter(&mut self, mark: Mark, what: T) {
        self.0.insert(mark, what);
    }

    pub fn find(&self, mark: &Mark) -> Option<T> {
        self.0.get(mark).copied()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn forget(&mut self, mark: &Mark) {
        self.0.remove(mark);
    }

    /// Nobody has this name in the table yet.
    pub fn is_free(&self, mark: &Mark, table: Table) -> Result<(), Conflict> {
        self.find(mark).is_none().then_some(()).ok_or(Conflict::NameTaken(table))
    }
}

/// Devices, by what only one of them has.
#[derive(Default)]
pub(crate) struct Enrolled {
    pub names: Index<SlotId>,
    pub credentials: Index<SlotId>,
    pub keys: Index<SlotId>,
    /// What they were registered with.
    pub tickets: Index<SlotId>,
}

impl Enrolled {
    /// A device is found from now on.
    pub fn enter(&mut self, [name, credential, key, ticket]: [Mark; 4], slot: SlotId) {
        self.names.enter(name, slot);
        self.credentials.enter(credential, slot);
        self.keys.enter(key, slot);
        self.tickets.enter(ticket, slot);
    }

    /// A device is not found any more.
    pub fn forget(&mut self, [name, credential, key, ticket]: [Mark; 4]) {
        self.names.forget(&name);
        self.credentials.forget(&credential);
        self.keys.forget(&key);
        self.tickets.forget(&ticket);
    }
}

/// Whoever makes marks.
pub(crate) struct Marks<'r, C> {
    crypto: &'r C,
    secret: &'r [u8; 32],
}

impl<C: Crypto> Marks<'_, C> {
    pub fn name(&self, table: Table, name: &str) -> Mark {
        self.of(table as u8, name.as_bytes())
    }

    pub fn credential(&self, credential: &[u8]) -> Mark {
        self.of(CREDENTIAL, credential)
    }

    pub fn key<B: AsRef<[u8]>>(&self, key: &DeviceKey<B>) -> Mark {
        let key = key.borrowed();
        let bytes = [&[key.algorithm() as u8][..], key.bytes()].concat();
        self.of(KEY, &bytes)
    }

    pub fn ticket(&self, ticket: &TicketId) -> Mark {
        self.of(TICKET, &ticket.0)
    }

    /// What a device is found by.
    pub fn device(&self, row: &DeviceRow) -> [Mark; 4] {
        [
            self.name(Table::Devices, &row.name),
            self.credential(&row.credential),
            self.key(&row.key),
            self.ticket(&row.ticket),
        ]
    }

    fn of(&self, what: u8, bytes: &[u8]) -> Mark {
        let digest = self.crypto.sha256(&[tag::REGISTRY, b"mark\0", self.secret, &[what], bytes]);
        let mut mark = Mark::default();
        mark.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        mark
    }
}

impl<C: Crypto> Registry<C> {
    pub(crate) fn marks(&self) -> Marks<'_, C> {
        Marks { crypto: &self.crypto, secret: self.root.key() }
    }

    /// Makes what is derived from signers and devices that were read, all at once.
    pub(crate) fn link_rows(&mut self, beside: &impl Beside) -> Result<(), Conflict>
    where
        C: Sync,
    {
        let Self { crypto, root, signers, devices, enrolled, names: called, .. } = self;
        let (marks, devices) = (Marks { crypto: &**crypto, secret: root.key() }, &*devices);
        let each = || devices.iter().filter(|row| !row.is_nobodys());
        let Enrolled { names, credentials, keys, tickets } = enrolled;
        let places = devices.next().0 as usize;
        for index in [&mut *names, &mut *credentials, &mut *keys, &mut *tickets] {
            index.0.reserve(places);
        }
        called.signers.0.reserve(signers.len());
        let named = || {
            for (id, row) in &**signers {
                called.signers.enter(marks.name(Table::Signers, &row.name), *id);
            }
            for row in each() {
                names.enter(marks.name(Table::Devices, &row.name), row.entry.slot);
                tickets.enter(marks.ticket(&row.ticket), row.entry.slot);
            }
        };
        let held = || {
            for row in each() {
                credentials.enter(marks.credential(&row.credential), row.entry.slot);
                keys.enter(marks.key(&row.key), row.entry.slot);
            }
        };
        beside.both(named, held);
        for row in each() {
            let signer = signers.derive(row.entry.signer);
            signer.ok_or(Conflict::Unknown(Table::Signers))?.devices.push(row.entry.slot);
        }
        Ok(())
    }
}

/// Beside the numbers of tables.
const CREDENTIAL: u8 = 16;
const KEY: u8 = 17;
const TICKET: u8 = 18;
