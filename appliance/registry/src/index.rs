//! Finding what is known by something else than its number: a name, a credential, a key.
//!
//! Guarantees: what was entered is found by the very same bytes; of those only a keyed hash is kept, under the registry's secret, so
//! that nobody outside makes two alike, or knows which place one comes to. It does not hide from whoever measures how long a search takes
//! whether something is there: only officers search by names, and what is enrolled is searched when it is enrolled.

use std::collections::HashMap;

use countersign_core::assertion::device_key::DeviceKey;
use countersign_core::port::Crypto;
use countersign_protocol::{SlotId, tag};

use crate::names::Table;
use crate::{Conflict, Registry};

/// What bytes are kept as.
pub(crate) type Mark = [u8; 16];

/// What is found by marks.
pub(crate) struct Index<T>(HashMap<Mark, T>);

impl<T> Default for Index<T> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<T: Copy> Index<T> {
    pub fn enter(&mut self, mark: Mark, what: T) {
        self.0.insert(mark, what);
    }

    pub fn find(&self, mark: &Mark) -> Option<T> {
        self.0.get(mark).copied()
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
    pub credentials: Index<SlotId>,
    pub keys: Index<SlotId>,
}

impl<C: Crypto> Registry<C> {
    pub(crate) fn mark_of_name(&self, table: Table, name: &str) -> Mark {
        self.mark(table as u8, name.as_bytes())
    }

    pub(crate) fn mark_of_credential(&self, credential: &[u8]) -> Mark {
        self.mark(CREDENTIAL, credential)
    }

    pub(crate) fn mark_of_key<B: AsRef<[u8]>>(&self, key: &DeviceKey<B>) -> Mark {
        let key = key.borrowed();
        let bytes = [&[key.algorithm() as u8][..], key.bytes()].concat();
        self.mark(KEY, &bytes)
    }

    fn mark(&self, what: u8, bytes: &[u8]) -> Mark {
        let digest =
            self.crypto.sha256(&[tag::REGISTRY, b"mark\0", self.root.key(), &[what], bytes]);
        let mut mark = Mark::default();
        mark.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        mark
    }
}

/// Beside the numbers of tables.
const CREDENTIAL: u8 = 16;
const KEY: u8 = 17;
