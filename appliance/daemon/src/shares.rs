//! Shares: how much of something all peers together may take, and how much each of them.
//!
//! Guarantee: one peer, however hostile, leaves the others their part. All strangers together count as
//! one peer.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use countersign_protocol::Digest;
use tokio::sync::Notify;

/// What can be taken.
pub(crate) struct Shares {
    in_all: usize,
    each: usize,
    taken: Mutex<HashMap<Peer, usize>>,
    closed: AtomicBool,
    changed: Notify,
}

/// Who takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Peer {
    /// Somebody whom the registry knows.
    Known(Digest),
    /// Everybody else.
    Strangers,
}

/// A share; given back when dropped.
pub(crate) struct Share {
    of: Arc<Shares>,
    peer: Peer,
}

impl Shares {
    pub(crate) fn new(in_all: usize, each: usize) -> Arc<Self> {
        let (taken, changed) = (Mutex::new(HashMap::new()), Notify::new());
        Arc::new(Self { in_all, each, taken, closed: AtomicBool::new(false), changed })
    }

    /// From now on nobody gets one.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
    }

    /// One share, unless there are no more, or no more for this peer.
    pub(crate) fn take(self: &Arc<Self>, peer: Peer) -> Option<Share> {
        if self.closed.load(Ordering::SeqCst) {
            return None;
        }
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let own = taken.get(&peer).copied().unwrap_or(0);
        if own == self.each || taken.values().sum::<usize>() == self.in_all {
            return None;
        }
        taken.insert(peer, own.saturating_add(1));
        Some(Share { of: Arc::clone(self), peer })
    }

    /// Waits until every share has been given back.
    pub(crate) async fn all_back(&self) {
        loop {
            let changed = self.changed.notified();
            if self.taken.lock().unwrap_or_else(PoisonError::into_inner).is_empty() {
                return;
            }
            changed.await;
        }
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut taken = self.of.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let left = taken.get(&self.peer).map_or(0, |own| own.saturating_sub(1));
        if left == 0 {
            taken.remove(&self.peer);
        } else {
            taken.insert(self.peer, left);
        }
        drop(taken);
        self.of.changed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn peer(n: u8) -> Peer {
        Peer::Known(Digest([n; 32]))
    }

    #[test]
    fn who_comes_after_the_end_gets_none() {
        let shares = Shares::new(2, 2);
        let before = shares.take(Peer::Strangers);
        shares.close();
        assert!(before.is_some() && shares.take(Peer::Strangers).is_none());
    }

    #[test]
    fn one_peer_leaves_the_others_their_part() {
        let shares = Shares::new(5, 3);
        let greedy: Vec<_> = (0..10).filter_map(|_| shares.take(peer(1))).collect();
        assert_eq!(greedy.len(), 3);
        let strangers: Vec<_> = (0..10).filter_map(|_| shares.take(Peer::Strangers)).collect();
        assert_eq!(strangers.len(), 2, "what is left in all");
        assert!(shares.take(peer(2)).is_none());
        drop(greedy);
        assert!(shares.take(peer(2)).is_some());
    }

    #[tokio::test]
    async fn all_back_waits_for_the_last() {
        let shares = Shares::new(2, 2);
        let (one, two) = (shares.take(peer(1)), shares.take(peer(2)));
        let waiting = tokio::spawn({
            let shares = Arc::clone(&shares);
            async move { shares.all_back().await }
        });
        drop(one);
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        drop(two);
        waiting.await.unwrap();
    }
}
