//! Which transactions are on record, for replies that are asked for again: the newest ones, in bounded
//! memory.

use std::collections::{HashMap, VecDeque};

use countersign_ledger::Location;
use countersign_protocol::{FrontEndId, TransactionId};

/// How many replies can be given again: about 55 MB.
const ANSWERED_MAX: usize = 262_144;

/// The newest recorded transactions, and where their records are.
#[derive(Default)]
pub(crate) struct Answered {
    places: HashMap<TransactionId, (FrontEndId, Location)>,
    order: VecDeque<TransactionId>,
}

impl Answered {
    /// Remembers one more, and forgets the oldest past the limit.
    pub(crate) fn insert(&mut self, id: TransactionId, front_end: FrontEndId, at: Location) {
        if self.order.len() == ANSWERED_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            self.places.remove(&oldest);
        }
        self.order.push_back(id);
        self.places.insert(id, (front_end, at));
    }

    /// Whether there is one of this name, whoever's.
    pub(crate) fn contains(&self, id: &TransactionId) -> bool {
        self.places.contains_key(id)
    }

    /// Where the record of this front-end's transaction is.
    pub(crate) fn find(&self, id: &TransactionId, front_end: FrontEndId) -> Option<Location> {
        self.places.get(id).filter(|(owner, _)| *owner == front_end).map(|(_, at)| *at)
    }
}
