//! Which transactions are on record, for replies that are asked for again and for names that the token
//! gives again: the newest ones, in bounded memory.

use std::collections::{HashMap, VecDeque};

use countersign_ledger::Location;
use countersign_protocol::{FrontEndId, TransactionId};

/// How many are remembered: about 55 MB.
const ANSWERED_MAX: usize = 262_144;

/// The newest recorded transactions, and where the signatures of those are that came to one.
#[derive(Default)]
pub(crate) struct Answered {
    places: HashMap<TransactionId, Option<(FrontEndId, Location)>>,
    order: VecDeque<TransactionId>,
}

impl Answered {
    /// Remembers one more that was signed, and forgets the oldest past the limit.
    pub(crate) fn insert(&mut self, id: TransactionId, front_end: FrontEndId, at: Location) {
        self.remember(id, Some((front_end, at)));
    }

    /// The same of one that was spent and came to nothing: the token may have signed for it.
    pub(crate) fn insert_spent(&mut self, id: TransactionId) {
        self.remember(id, None);
    }

    fn remember(&mut self, id: TransactionId, signed: Option<(FrontEndId, Location)>) {
        // What was signed and then not given keeps its place, and is asked for there.
        if self.places.contains_key(&id) {
            return;
        }
        if self.order.len() == ANSWERED_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            self.places.remove(&oldest);
        }
        self.order.push_back(id);
        self.places.insert(id, signed);
    }

    /// Whether there is one of this name, whoever's.
    pub(crate) fn contains(&self, id: &TransactionId) -> bool {
        self.places.contains_key(id)
    }

    /// Where the record of this front-end's transaction is.
    pub(crate) fn find(&self, id: &TransactionId, front_end: FrontEndId) -> Option<Location> {
        let signed = self.places.get(id).copied().flatten();
        signed.filter(|(owner, _)| *owner == front_end).map(|(_, at)| at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_spent_for_nothing_is_known_by_name_and_has_no_reply() {
        let (spent, never) = (TransactionId([1; 32]), TransactionId([2; 32]));
        let mut answered = Answered::default();
        answered.insert_spent(spent);
        assert!(answered.contains(&spent) && !answered.contains(&never));
        assert_eq!(answered.find(&spent, FrontEndId(1)), None);
    }
}
