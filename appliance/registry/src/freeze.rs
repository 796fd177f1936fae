//! The freeze: no key signs, whatever else is on record, until officers say so.
//!
//! Guarantees: while it holds no key of anybody's is active, and what was decided before it began, or before it ended, is void:
//! that costs the same however many keys there are. What officers have said of each key stays as it is, and holds again when it ends.

use countersign_core::entry::{Generation, Key};
use countersign_core::port::Crypto;
use countersign_protocol::change::Standing;

use crate::Registry;

/// Whether it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Freeze {
    pub frozen: bool,
    /// The record that said so last.
    pub since: Generation,
}

impl Freeze {
    /// A key, as it may sign now. The same work for each key.
    fn over(self, key: Key) -> Key {
        let standing = if self.frozen { Standing::Suspended } else { key.standing };
        Key { standing, generation: key.generation.max(self.since), ..key }
    }
}

impl<C: Crypto> Registry<C> {
    /// Whether no key signs.
    pub fn is_frozen(&self) -> bool {
        self.freeze.only().is_some_and(|freeze| freeze.frozen)
    }

    pub(crate) fn apply_freeze(&mut self, since: Generation, frozen: bool) {
        self.freeze.put((), Freeze { frozen, since });
    }

    /// A key, as it may sign now.
    pub(crate) fn under_freeze(&self, key: Key) -> Key {
        match self.freeze.only() {
            Some(freeze) => freeze.over(key),
            None => key,
        }
    }
}
