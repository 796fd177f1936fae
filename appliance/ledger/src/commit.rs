//! Group commit: records of many requests, one append, one sync, one checkpoint, then the replies.
//!
//! Guarantees: whoever waits for a record hears of it only after the sync that made it durable; after
//! the first failure nothing is written again. It runs on a thread of its own ([`Committer::run`]), where
//! a record that is alone is written at once and a group waits a little for those that are on their way;
//! or a group at a time ([`Committer::step`]), without thread and clock.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use countersign_core::port::{LedgerFailed, Notary};
use countersign_ports::{Crypto, Sealing, Storage, StorageFault};
use countersign_protocol::activation::Version;
use countersign_protocol::checkpoint::CheckpointKey;
use countersign_protocol::record::{Leaf, Opening};
use countersign_protocol::{Bounded, Digest, tag};
use countersign_tlog::Head;
use futures_channel::oneshot;
use zeroize::Zeroizing;

use crate::arriving::{Arriving, Gathered, Submission};
use crate::damage::Place;
use crate::group::{Parts, Sealed, Tail, commitment, encode};
use crate::ledger::{Committed, Done};
use crate::proving::Upper;
use crate::replay::{Last, Settled};
use crate::seal::{Keys, Open, seal};
use crate::stopped::Stopped;

/// What the committer works with.
pub struct Instruments<C, K, N> {
    /// Hashes, checks and seals.
    pub crypto: Arc<C>,
    /// What records are sealed under.
    pub keys: Arc<K>,
    /// Signs checkpoints.
    pub notary: N,
    /// Makes commitments unguessable.
    pub salts: Salts,
}

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

/// What the committer shares with the ledger's handle.
pub(crate) struct Shared<S> {
    pub(crate) storage: Arc<Mutex<S>>,
    pub(crate) committed: Arc<Mutex<Head>>,
    pub(crate) checkpoint_key: CheckpointKey,
    pub(crate) newest: Arc<Mutex<Option<End>>>,
    pub(crate) upper: Arc<Mutex<Upper>>,
    /// The first failure.
    pub(crate) stopped: Arc<OnceLock<Stopped>>,
}

/// The last durable group, and the ledger up to its end.
#[derive(Clone)]
pub(crate) struct End {
    pub(crate) last: Last,
    pub(crate) tail: Tail,
}

impl<S> Clone for Shared<S> {
    fn clone(&self) -> Self {
        let (storage, committed) = (Arc::clone(&self.storage), Arc::clone(&self.committed));
        let (newest, upper) = (Arc::clone(&self.newest), Arc::clone(&self.upper));
        let (checkpoint_key, stopped) = (self.checkpoint_key, Arc::clone(&self.stopped));
        Self { storage, committed, checkpoint_key, newest, upper, stopped }
    }
}

/// Writes what arrives. The ledger has one.
pub struct Committer<S, C, K, N> {
    /// None after a failure.
    arriving: Option<Arriving<oneshot::Sender<Done>>>,
    shared: Shared<S>,
    with: Instruments<C, K, N>,
    tail: Tail,
}

/// A record of a group to be: on its way to the disk, and as whoever waits for it may have it.
struct Made {
    parts: Parts,
    opening: Vec<u8>,
}

impl<S: Storage, C: Crypto + Sealing, K: Keys, N: Notary> Committer<S, C, K, N> {
    pub(crate) fn after(
        settled: Settled<S>,
        with: Instruments<C, K, N>,
        arriving: Arriving<oneshot::Sender<Done>>,
    ) -> (Self, Shared<S>) {
        let Settled { storage, tail, checkpoint_key, last, upper, .. } = settled;
        let newest = last.map(|last| End { last, tail: tail.clone() });
        let shared = Shared {
            storage: Arc::new(Mutex::new(storage)),
            committed: Arc::new(Mutex::new(tail.tree.head())),
            checkpoint_key,
            newest: Arc::new(Mutex::new(newest)),
            upper: Arc::new(Mutex::new(upper)),
            stopped: Arc::default(),
        };
        let arriving = Some(arriving);
        let committer = Self { arriving, shared: shared.clone(), with, tail };
        (committer, shared)
    }

    /// Commits what arrives, until nothing can arrive any more or something has failed.
    pub fn run(mut self) {
        while let Some(gathered) = self.arriving.as_ref().and_then(Arriving::gather) {
            self.settle(gathered);
        }
    }

    /// Records that wait to be committed.
    pub fn waiting(&self) -> usize {
        self.arriving.as_ref().map_or(0, Arriving::waiting)
    }

    /// Commits one group of what has arrived, without waiting for more. Does nothing when nothing has,
    /// or after a failure.
    pub fn step(&mut self) {
        if let Some(gathered) = self.arriving.as_ref().and_then(Arriving::gather_ready) {
            self.settle(gathered);
        }
    }

    fn settle(&mut self, gathered: Gathered<oneshot::Sender<Done>>) {
        let stopped = self.shared.stopped.get().copied();
        let done = stopped.map_or_else(|| self.commit(&gathered.submissions), Err);
        if let Err(why) = done {
            let _ = self.shared.stopped.set(why);
            // After a failed sync nobody knows what the medium holds: only a restart can tell. From here on
            // nothing is accepted, and whoever waits in the queue hears of it.
            self.arriving = None;
        }
        for (position, waiting) in gathered.waiting.into_iter().enumerate() {
            // Whoever does not wait any more has its record all the same.
            let _ = waiting.send(done.as_ref().map(|c| c.at(position)).map_err(|_| LedgerFailed));
        }
    }

    fn commit(&mut self, submissions: &[Submission]) -> Result<Committed, Stopped> {
        let made = (self.tail.size()..).zip(submissions).map(|(index, s)| self.make(index, s));
        let made = made.collect::<Option<Vec<_>>>().ok_or(Stopped::Sealing)?;
        let (parts, openings) = made.into_iter().map(|made| (made.parts, made.opening)).unzip();
        let (crypto, key) = (&*self.with.crypto, &self.shared.checkpoint_key);
        let sealed = Sealed::new(crypto, &self.with.notary, key, &self.tail, parts);
        let sealed = sealed.ok_or(Stopped::Checkpoint)?;
        let frame = sealed.frame(crypto).map_err(|_| Stopped::Checkpoint)?;
        let offset = self.write(&frame)?;
        self.tail.tree = sealed.grown.tree.clone();
        self.tail.end = offset + frame.len() as u64;
        let Sealed { checkpoint, signature, .. } = sealed;
        let last = Last { place: Place { offset, record: sealed.first() }, checkpoint, signature };
        lock(&self.shared.upper).take(&sealed, offset);
        *lock(&self.shared.newest) = Some(End { last, tail: self.tail.clone() });
        *lock(&self.shared.committed) = sealed.grown.head();
        Ok(Committed::first(sealed, openings, offset))
    }

    fn write(&self, frame: &[u8]) -> Result<u64, StorageFault> {
        let mut storage = lock(&self.shared.storage);
        let offset = storage.len()?;
        storage.append(frame)?;
        storage.sync()?;
        Ok(offset)
    }

    fn make(&self, index: u64, submission: &Submission) -> Option<Made> {
        let Instruments { crypto, keys, salts, .. } = &self.with;
        let salt = salts.salt(&**crypto, index);
        let content = Bounded::new(&submission.content).unwrap_or(Bounded::EMPTY);
        let opening = encode(&Opening { salt, content });
        let leaf = encode(&Leaf {
            version: Version::V1,
            kind: submission.kind,
            tenant: submission.tenant,
            public: Bounded::EMPTY,
            commitment: commitment(&**crypto, &opening),
        });
        let signers = submission.signers.clone();
        let open = Open { leaf: &leaf, salt: &salt, opening: &opening };
        let sealed = seal(&**crypto, &**keys, &signers, index, &open)?;
        Some(Made { parts: Parts { leaf, signers, sealed }, opening })
    }
}

/// A panic in another thread aborts the process; what it held is not looked at again.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
