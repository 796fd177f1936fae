//! Which transactions are on record, for replies that are asked for again and for names that the token
//! gives again: the newest ones, in bounded memory.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use countersign_ledger::Location;
use countersign_protocol::{FrontEndId, TransactionId, minicbor};

/// How many are remembered: about 55 MB.
const ANSWERED_MAX: usize = 262_144;
/// How many are in one row of a snapshot: nobody waits longer than these take to copy.
const ROW_ANSWERED: usize = 1_024;

/// The newest recorded transactions, and where the signatures of those are that came to one.
#[derive(Default)]
pub(crate) struct Answered {
    places: HashMap<TransactionId, Option<(FrontEndId, Location)>>,
    order: VecDeque<TransactionId>,
    /// How many were forgotten.
    forgotten: usize,
    /// Records that may be of some that are to be remembered when they are durable.
    under_way: BTreeSet<u64>,
}

/// One of them, as a snapshot has it.
type Entry = (TransactionId, Option<(FrontEndId, Location)>);

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
            self.forgotten = self.forgotten.saturating_add(1);
        }
        self.order.push_back(id);
        self.places.insert(id, signed);
    }

    /// The record at this index is submitted next, and may be of one to remember.
    pub(crate) fn begin(&mut self, index: u64) {
        self.under_way.insert(index);
    }

    /// What the record at this index is of is remembered, if it is to be.
    pub(crate) fn done(&mut self, index: u64) {
        self.under_way.remove(&index);
    }

    /// Whether all that the first so many records are of are remembered, once those are durable.
    pub(crate) fn is_up_to(&self, records: u64) -> bool {
        self.under_way.first().is_none_or(|index| *index >= records)
    }

    /// Takes a row of a snapshot; none if it is no such row.
    pub(crate) fn take_row(&mut self, row: &[u8]) -> Option<()> {
        let entries: Vec<Entry> = minicbor::decode(row).ok()?;
        entries.into_iter().for_each(|(id, signed)| self.remember(id, signed));
        Some(())
    }

    /// Some from the one that was remembered as number `from` on, and the number of the next.
    fn some(&self, from: usize) -> (Vec<Entry>, usize) {
        let from = from.max(self.forgotten);
        let ids = self.order.iter().skip(from - self.forgotten).take(ROW_ANSWERED);
        let entries = ids.map(|id| (*id, self.places.get(id).copied().flatten()));
        let entries: Vec<_> = entries.collect();
        let next = from.saturating_add(entries.len());
        (entries, next)
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

/// The same, for many.
#[derive(Default)]
pub(crate) struct Shared(Mutex<Answered>);

impl Shared {
    pub(crate) const fn new(answered: Answered) -> Self {
        Self(Mutex::new(answered))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Answered> {
        // A panic aborts the process: what a poisoned lock holds is not looked at again.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Rows for a snapshot, the oldest first: all that is remembered now, at least.
    pub(crate) fn rows(&self, mut put: impl FnMut(&[u8])) {
        let mut from = 0;
        let until = {
            let answered = self.lock();
            answered.forgotten.saturating_add(answered.order.len())
        };
        while from < until {
            let (entries, next) = self.lock().some(from);
            put(&minicbor::to_vec(&entries).unwrap_or_default());
            from = next;
        }
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
