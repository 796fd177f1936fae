//! Group commit: records of many requests, one append, one sync, one checkpoint, then the replies.
//!
//! Guarantees: records get their index in the order of [`Ledger::submit`]; a ticket resolves only
//! after the sync that made its record durable; after the first failure nothing is accepted again. A
//! record that is alone is written at once; where many are on their way, a group waits for them a little.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::AtomicUsize;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::thread::JoinHandle;

use countersign_core::port::{Crypto, LedgerFailed, Notary};
use countersign_ports::Storage;
use countersign_protocol::activation::Version;
use countersign_protocol::limits::RECORD_BYTES_MAX;
use countersign_protocol::receipt::Checkpoint;
use countersign_protocol::record::{Leaf, Opening};
use countersign_protocol::{Bounded, Digest, Point, tag};
use futures_channel::oneshot;
use zeroize::Zeroizing;

use crate::arriving::{Arriving, Expected, Submission};
use crate::chain::commitment;
use crate::group::{Parts, Sealed, Tail, encode};
use crate::replay::{Location, Settled};

/// Records that may wait for their group. The daemon admits fewer requests than this.
const WAITING_MAX: usize = 4_096;

/// What makes commitments unguessable: a secret of the HSM, and this boot.
pub struct Salts {
    /// Derived by the HSM.
    pub secret: Zeroizing<[u8; 32]>,
    /// 32 random bytes, new at each boot: an index that was cut from the tail never gets its salt
    /// again.
    pub boot: Digest,
}

impl Salts {
    /// Inputs of fixed length, so the secret prefix is safe with SHA-256.
    fn salt(&self, crypto: &impl Crypto, index: u64) -> Digest {
        let index = index.to_be_bytes();
        Digest(crypto.sha256(&[tag::SALT, &self.secret[..], &self.boot.0, &index]))
    }
}

type Done = Result<Committed, LedgerFailed>;

/// The open ledger: accepts records from any thread.
pub struct Ledger<S> {
    queue: Mutex<Queue>,
    storage: Arc<Mutex<S>>,
    committer: Mutex<Option<JoinHandle<()>>>,
    committed: Arc<Mutex<Tail>>,
    expected: Arc<AtomicUsize>,
}

struct Queue {
    next: u64,
    sender: Option<SyncSender<(Submission, oneshot::Sender<Done>)>>,
}

impl<S> Drop for Ledger<S> {
    fn drop(&mut self) {
        self.close();
    }
}

impl<S> Ledger<S> {
    /// Accepts no more, and waits until what was accepted is durable.
    pub fn close(&self) {
        lock(&self.queue).sender = None;
        if let Some(committer) = lock(&self.committer).take() {
            let _ = committer.join();
        }
    }
}

impl<S: Storage + Send + 'static> Ledger<S> {
    /// Starts committing after what is there.
    pub fn start<C, N>(settled: Settled<S>, crypto: Arc<C>, notary: N, salts: Salts) -> Self
    where
        C: Crypto + Send + Sync + 'static,
        N: Notary + 'static,
    {
        let Settled { storage, tail, checkpoint_key, .. } = settled;
        let storage = Arc::new(Mutex::new(storage));
        let committed = Arc::new(Mutex::new(tail));
        let (sender, receiver) = sync_channel(WAITING_MAX);
        let next = tail.size;
        let expected = Arc::new(AtomicUsize::new(0));
        let arriving = Arriving::new(receiver, Arc::clone(&expected));
        let committer = Committer {
            storage: Arc::clone(&storage),
            committed: Arc::clone(&committed),
            crypto,
            notary,
            checkpoint_key,
            salts,
            tail,
        };
        let handle = std::thread::spawn(move || committer.run(&arriving));
        let queue = Mutex::new(Queue { next, sender: Some(sender) });
        Self { queue, storage, committer: Mutex::new(Some(handle)), committed, expected }
    }

    /// Says that a record is on its way, so that one group can have many.
    pub fn expect(&self) -> Expected {
        Expected::one(&self.expected)
    }

    /// Takes a record and gives its index. Never waits: call it under the lock that orders changes.
    ///
    /// # Errors
    /// [`LedgerFailed`] when it is too large, too many wait, or the ledger has failed or is closed.
    pub fn submit(&self, submission: Submission) -> Result<(u64, Ticket), LedgerFailed> {
        if submission.content.len() > RECORD_BYTES_MAX - OPENING_OVERHEAD_BYTES {
            return Err(LedgerFailed);
        }
        let (done, ticket) = oneshot::channel();
        let mut queue = lock(&self.queue);
        let sender = queue.sender.as_ref().ok_or(LedgerFailed)?;
        sender.try_send((submission, done)).map_err(|_| LedgerFailed)?;
        let index = queue.next;
        queue.next = index.saturating_add(1);
        Ok((index, Ticket(ticket)))
    }

    /// The index that the next record gets.
    pub fn next(&self) -> u64 {
        lock(&self.queue).next
    }

    /// Records that are durable, and the head after them.
    pub fn committed(&self) -> (u64, Digest) {
        let tail = lock(&self.committed);
        (tail.size, tail.head)
    }

    /// Runs `reader` on the storage, alone.
    pub fn with_storage<T>(&self, reader: impl FnOnce(&S) -> T) -> T {
        reader(&lock(&self.storage))
    }
}

/// The salt, keys and heads around a record's content.
const OPENING_OVERHEAD_BYTES: usize = 64;

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
    position: usize,
    /// Where it is, for [`crate::fetch`].
    pub location: Location,
}

impl Committed {
    /// Its place in the ledger.
    #[must_use]
    pub fn index(&self) -> u64 {
        self.group.first().saturating_add(self.position as u64)
    }

    /// The encoding of its `receipt::Receipt`.
    pub fn receipt(&self) -> Option<Vec<u8>> {
        self.group.receipt(self.position)
    }
}

struct Committer<S, C, N> {
    storage: Arc<Mutex<S>>,
    committed: Arc<Mutex<Tail>>,
    crypto: Arc<C>,
    notary: N,
    checkpoint_key: Point,
    salts: Salts,
    tail: Tail,
}

impl<S: Storage, C: Crypto, N: Notary> Committer<S, C, N> {
    fn run(mut self, arriving: &Arriving<oneshot::Sender<Done>>) {
        while let Some((submissions, waiting)) = arriving.gather() {
            let done = self.commit(&submissions);
            let failed = done.is_err();
            for (position, waiting) in waiting.into_iter().enumerate() {
                let one = done.clone().map(|c| Committed { position, ..c.at(position) });
                // Whoever does not wait any more has its record all the same.
                let _ = waiting.send(one);
            }
            if failed {
                // After a failed sync nobody knows what the medium holds: only a restart can tell.
                return;
            }
        }
    }

    fn commit(&mut self, submissions: &[Submission]) -> Done {
        let parts = (self.tail.size..).zip(submissions).map(|(index, s)| self.parts(index, s));
        let (crypto, key) = (&*self.crypto, &self.checkpoint_key);
        let sealed = Sealed::new(crypto, &self.notary, key, &self.tail, parts.collect());
        let sealed = sealed.ok_or(LedgerFailed)?;
        let frame = sealed.frame(&*self.crypto).map_err(|_| LedgerFailed)?;
        let offset = self.write(&frame).map_err(|_| LedgerFailed)?;
        let Checkpoint { appliance, size, head } = sealed.checkpoint;
        self.tail = Tail { appliance, size, head, end: offset + frame.len() as u64 };
        *lock(&self.committed) = self.tail;
        let location = Location { offset, before: sealed.before, position: 0 };
        Ok(Committed { group: Arc::new(sealed), position: 0, location })
    }

    fn write(&self, frame: &[u8]) -> Result<u64, countersign_ports::StorageFault> {
        let mut storage = lock(&self.storage);
        let offset = storage.len()?;
        storage.append(frame)?;
        storage.sync()?;
        Ok(offset)
    }

    fn parts(&self, index: u64, submission: &Submission) -> Parts {
        let salt = self.salts.salt(&*self.crypto, index);
        let content = Bounded::new(&submission.content).unwrap_or(Bounded::EMPTY);
        let opening = encode(&Opening { salt, content });
        let leaf = encode(&Leaf {
            version: Version::V1,
            kind: submission.kind,
            tenant: submission.tenant,
            public: Bounded::EMPTY,
            commitment: commitment(&*self.crypto, &opening),
        });
        Parts { leaf, opening }
    }
}

impl Committed {
    fn at(self, position: usize) -> Self {
        let place = u32::try_from(position).unwrap_or(u32::MAX);
        Self { location: Location { position: place, ..self.location }, ..self }
    }
}

/// A panic in another thread aborts the process; what it held is not looked at again.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
