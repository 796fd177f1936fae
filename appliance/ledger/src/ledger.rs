//! The ledger's handle: takes records from any thread, and says when each is durable.
//!
//! Guarantees: records get their index in the order of [`Ledger::submit`]; a ticket resolves only
//! after the sync that made its record durable; after the first failure nothing is accepted again.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::thread::JoinHandle;

use countersign_core::port::{LedgerFailed, Notary};
use countersign_ports::{Crypto, Sealing, Storage};
use countersign_protocol::limits::{APPROVERS_MAX, RECORD_BYTES_MAX};
use countersign_tlog::Head;
use futures_channel::oneshot;

use crate::arriving::{Arriving, Expected, Submission};
use crate::commit::{Committer, Instruments, Shared, lock};
use crate::group::Sealed;
use crate::public::Durable;
use crate::recall::{Location, Recalled, recall};
use crate::replay::{Settled, framed};
use crate::seal::{self, Keys};
use crate::stopped::Stopped;

/// Records that may wait for their group. The daemon admits fewer requests than this.
const WAITING_MAX: usize = 4_096;

/// What whoever waits for a record is told.
pub(crate) type Done = Result<Committed, LedgerFailed>;

/// The open ledger: accepts records from any thread.
pub struct Ledger<S> {
    queue: Mutex<Queue>,
    pub(crate) shared: Shared<S>,
    committer: Mutex<Option<JoinHandle<()>>>,
    expected: Arc<AtomicUsize>,
}

struct Queue {
    next: u64,
    waiting: Arc<AtomicUsize>,
    sender: Option<SyncSender<(Submission, oneshot::Sender<Done>)>>,
}

impl<S> Drop for Ledger<S> {
    fn drop(&mut self) {
        self.close();
    }
}

impl<S> Ledger<S> {
    /// Accepts no more, and waits until what was accepted is durable. (Who holds the committer of
    /// [`Ledger::open`] has it step until nothing waits, before.)
    pub fn close(&self) {
        lock(&self.queue).sender = None;
        if let Some(committer) = lock(&self.committer).take() {
            let _ = committer.join();
        }
    }
}

impl<S: Storage + Send + 'static> Ledger<S> {
    /// Opens for records after what is there; the committer is the caller's to run.
    pub fn open<C: Crypto + Sealing, K: Keys, N: Notary>(
        settled: Settled<S>,
        with: Instruments<C, K, N>,
    ) -> (Self, Committer<S, C, K, N>) {
        let (sender, receiver) = sync_channel(WAITING_MAX);
        let next = settled.tail.size();
        let expected = Arc::new(AtomicUsize::new(0));
        let waiting = Arc::new(AtomicUsize::new(0));
        let (counted, bounds) = (Arc::clone(&waiting), settled.bounds);
        let arriving = Arriving::new(receiver, Arc::clone(&expected), counted, bounds);
        let (committer, shared) = Committer::after(settled, with, arriving);
        let queue = Mutex::new(Queue { next, waiting, sender: Some(sender) });
        (Self { queue, shared, committer: Mutex::new(None), expected }, committer)
    }

    /// The same, with the committer on a thread of its own.
    pub fn start<C, K, N>(settled: Settled<S>, with: Instruments<C, K, N>) -> Self
    where
        C: Crypto + Sealing + Send + Sync + 'static,
        K: Keys + Send + Sync + 'static,
        N: Notary + 'static,
    {
        let (ledger, committer) = Self::open(settled, with);
        *lock(&ledger.committer) = Some(std::thread::spawn(move || committer.run()));
        ledger
    }

    /// Says that a record is on its way, so that one group can have many.
    pub fn expect(&self) -> Expected {
        Expected::one(&self.expected)
    }

    /// Takes a record and gives its index. Never waits: call it under the lock that orders changes.
    ///
    /// # Errors
    /// [`LedgerFailed`] when it is too large or about too many, too many wait, or the ledger has failed or is closed.
    pub fn submit(&self, submission: Submission) -> Result<(u64, Ticket), LedgerFailed> {
        let large = submission.content.len() > RECORD_BYTES_MAX - OPENING_OVERHEAD_BYTES;
        if large || submission.signers.len() > APPROVERS_MAX {
            return Err(LedgerFailed);
        }
        let (done, ticket) = oneshot::channel();
        let mut queue = lock(&self.queue);
        let sender = queue.sender.as_ref().ok_or(LedgerFailed)?;
        // Counted first: whoever takes it counts down.
        queue.waiting.fetch_add(1, Ordering::Relaxed);
        if sender.try_send((submission, done)).is_err() {
            queue.waiting.fetch_sub(1, Ordering::Relaxed);
            return Err(LedgerFailed);
        }
        let index = queue.next;
        queue.next = index.saturating_add(1);
        Ok((index, Ticket(ticket)))
    }

    /// The index that the next record gets.
    pub fn next(&self) -> u64 {
        lock(&self.queue).next
    }

    /// Records that are durable, and the root of the tree over them.
    pub fn committed(&self) -> Head {
        *lock(&self.shared.committed)
    }

    /// The first failure, if there was one: from then on nothing is accepted.
    pub fn stopped(&self) -> Option<Stopped> {
        self.shared.stopped.get().copied()
    }

    /// Accepts no more, and writes nothing that was accepted: it belongs to somebody else now.
    pub fn disown(&self) {
        let _ = self.shared.stopped.set(Stopped::Disowned);
        lock(&self.queue).sender = None;
    }

    /// [`Self::committed`], for whoever does not hold the ledger.
    pub fn durable(&self) -> Durable {
        Durable(Arc::clone(&self.shared.committed))
    }

    /// A record, read again: none unless it is there as it was given before. The committer waits for the
    /// bytes to be read, not for what is done with them.
    pub fn recall<C: Crypto + Sealing>(
        &self,
        crypto: &C,
        keys: &impl Keys,
        location: &Location,
    ) -> Option<Recalled> {
        let framed = {
            let storage = lock(&self.shared.storage);
            framed(&*storage, location.offset, storage.len().ok()?).ok()??
        };
        recall(crypto, keys, &self.shared.checkpoint_key, &framed, location)
    }
}

/// The salt, keys and heads around a record's content, and what sealing adds.
const OPENING_OVERHEAD_BYTES: usize = 64 + seal::OVERHEAD_BYTES;

/// A record's way to the disk: resolves when it is durable.
pub struct Ticket(oneshot::Receiver<Done>);

impl Future for Ticket {
    type Output = Done;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Done> {
        // A committer that is gone made nothing durable that it did not report.
        Pin::new(&mut self.0).poll(context).map(|done| done.unwrap_or(Err(LedgerFailed)))
    }
}

/// A durable record.
#[derive(Clone, Debug)]
pub struct Committed {
    group: Arc<Sealed>,
    openings: Arc<[Vec<u8>]>,
    position: usize,
    /// Where it is, for [`Ledger::recall`].
    pub location: Location,
}

impl Committed {
    /// The first record of a group.
    pub(crate) fn first(group: Sealed, openings: Vec<Vec<u8>>, offset: u64) -> Self {
        let location = Location { offset, first: group.first(), position: 0 };
        Self { group: Arc::new(group), openings: openings.into(), position: 0, location }
    }

    /// The one at `position` of the same group.
    pub(crate) fn at(&self, position: usize) -> Self {
        let place = u32::try_from(position).unwrap_or(u32::MAX);
        let location = Location { position: place, ..self.location };
        let (group, openings) = (Arc::clone(&self.group), Arc::clone(&self.openings));
        Self { group, openings, position, location }
    }

    /// Its place in the ledger.
    #[must_use]
    pub fn index(&self) -> u64 {
        self.group.first().saturating_add(self.position as u64)
    }

    /// The index of its group's first record.
    #[must_use]
    pub fn group(&self) -> u64 {
        self.group.first()
    }

    /// The encoding of its `receipt::Receipt`.
    pub fn receipt(&self) -> Option<Vec<u8>> {
        self.group.receipt(self.position, self.openings.get(self.position)?)
    }
}
