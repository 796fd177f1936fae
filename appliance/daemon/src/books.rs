//! The books: state and ledger together, so that their order is one.
//!
//! Guarantees: every record is submitted under the state's lock, so what is decided stands on exactly
//! the records before it; nothing is reported done before it is durable; the first failure of the
//! ledger is final.

mod anchoring;
mod failing;
mod refusals;
mod snapshots;

pub(crate) use anchoring::Holds;
pub(crate) use failing::{Lost, why_stopped};

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use countersign_core::port::{self, Guarded, LedgerFailed, Recalled, Tray};
use countersign_core::reserve::{Reservation, Reserved, Unreserved};
use countersign_core::transactions::Place;
use countersign_core::{Evidence, Now, Reason, Refusal, State};
use countersign_ledger::{Committed, Entry, Ledger, Submission, Ticket};
use countersign_protocol::checkpoint::{Checkpoint, CosignerKey};
use countersign_protocol::record::{Alarm, Kind};
use countersign_protocol::{Digest, FrontEndId, TransactionId};
use countersign_registry::{Change, Conflict, Registry};
use tokio::sync::{Notify, Semaphore, watch};

use crate::anchoring::{Anchoring, Taken};
use crate::answered::{Answered, Shared};
use crate::contents;
use crate::floods::Floods;
use crate::given::Given;
use crate::ground::Ground;
use crate::proofs::Proofs;
use crate::rebuilding::Rebuilding;
use crate::ring::Ring;
use crate::roots::Roots;
use crate::snapshot::Shelf;
use crate::witnesses::Witnesses;

/// Replies that are read from the ledger again at the same time: each may read a whole group.
const RECALLS_MAX: usize = 2;

/// State and ledger.
pub struct Books<G: Ground> {
    ground: Arc<G>,
    crypto: Arc<G::Crypto>,
    state: Mutex<State<Registry<G::Crypto>, Vec<Place>>>,
    ledger: Arc<Ledger<G::Storage>>,
    ring: Arc<Ring<G>>,
    proofs: Proofs<G>,
    anchoring: Anchoring<G>,
    roots: Arc<Roots>,
    /// Whose turn it is to anchor what is on record.
    turn: tokio::sync::Mutex<()>,
    /// Why they are nobody's any more.
    lost: OnceLock<Lost>,
    answered: Arc<Shared>,
    shelf: Arc<Shelf<G::Storage, G::Crypto>>,
    rebuilding: Rebuilding,
    /// Whose turn it is to take a snapshot.
    snapshot_turn: tokio::sync::Mutex<()>,
    skipped: u64,
    boot: Digest,
    snapshots: AtomicU64,
    floods: Floods,
    recalls: Semaphore,
    failed: watch::Sender<bool>,
    grown: Notify,
    moved: Notify,
}

/// What the books begin with, beside ledger and keys.
pub(crate) struct Begun<C, S> {
    pub(crate) registry: Registry<C>,
    pub(crate) answered: Answered,
    pub(crate) shelf: Shelf<S, C>,
    /// Records that the boot did not read.
    pub(crate) skipped: u64,
    /// This boot's random name.
    pub(crate) boot: Digest,
    /// Its token, taken.
    pub(crate) taken: Taken,
}

/// Why a change was not made.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// It contradicts what is there.
    #[error(transparent)]
    Conflict(#[from] Conflict),
    /// It could not be made durable. It may hold all the same: what was written is read at the next boot.
    #[error(
        "the ledger has failed, and the appliance stops: nobody knows yet whether this order holds; give it \
         again when it is back, and see its log"
    )]
    Ledger,
}

impl<G: Ground> Books<G> {
    pub(crate) fn new(
        ground: Arc<G>,
        crypto: Arc<G::Crypto>,
        begun: Begun<G::Crypto, G::Storage>,
        ledger: Ledger<G::Storage>,
        ring: Arc<Ring<G>>,
        token: G::Token,
    ) -> Self {
        let Begun { mut registry, answered, shelf, skipped, boot, taken } = begun;
        let places = vec![None; ground.transaction_places()];
        let floods = Floods::new(ground.refusals_burst());
        let ledger = Arc::new(ledger);
        let (on, with) = (Arc::clone(&ground), Arc::clone(&crypto));
        let proofs = Proofs::new(on, with, token.clone(), Arc::clone(&ledger));
        let roots = Arc::new(Roots::beginning(registry.root()));
        let (on, kept) = (Arc::clone(&ground), Arc::clone(&ledger));
        let anchoring = Anchoring::new(on, token, kept, Arc::clone(&roots), taken);
        Self {
            ground,
            crypto,
            state: Mutex::new(State::new(registry, places)),
            ledger,
            ring,
            proofs,
            anchoring,
            roots,
            turn: tokio::sync::Mutex::new(()),
            lost: OnceLock::new(),
            answered: Arc::new(Shared::new(answered)),
            shelf: Arc::new(shelf),
            rebuilding: Rebuilding::default(),
            snapshot_turn: tokio::sync::Mutex::new(()),
            skipped,
            boot,
            snapshots: AtomicU64::new(0),
            floods,
            recalls: Semaphore::new(RECALLS_MAX),
            failed: watch::Sender::new(false),
            grown: Notify::new(),
            moved: Notify::new(),
        }
    }

    /// Makes a change: `propose` sees the registry and says kind and content. Takes the same lock as
    /// `reserve`, and returns when the record is durable.
    ///
    /// # Errors
    /// What `propose` said, or [`ChangeError`].
    pub async fn change<E: From<ChangeError>>(
        &self,
        propose: impl FnOnce(&Registry<G::Crypto>) -> Result<(Kind, Vec<u8>), E>,
    ) -> Result<u64, E> {
        let (index, ticket) = self.with(|state| -> Result<_, E> {
            let (kind, content) = propose(&state.registry)?;
            Ok(self.take(&mut state.registry, kind, content)?)
        })?;
        self.durable(ticket).await.map_err(|_| ChangeError::Ledger)?;
        Ok(index)
    }

    /// Makes several changes: after a power cut all of them hold, or those up to one of them. `propose` sees
    /// the registry and says kinds and contents, in order. Returns when all are durable, with the place of the
    /// last one's record; none if there is nothing to change.
    ///
    /// # Errors
    /// What `propose` said, or [`ChangeError`].
    pub async fn changes<E: From<ChangeError>>(
        &self,
        propose: impl FnOnce(&Registry<G::Crypto>) -> Result<Vec<(Kind, Vec<u8>)>, E>,
    ) -> Result<Option<u64>, E> {
        let last = self.with(|state| -> Result<_, E> {
            let mut last = None;
            for (kind, content) in propose(&state.registry)? {
                last = Some(self.take(&mut state.registry, kind, content)?);
            }
            Ok(last)
        })?;
        let Some((index, ticket)) = last else { return Ok(None) };
        // In order: what comes before the last one is durable before it.
        self.durable(ticket).await.map_err(|_| ChangeError::Ledger)?;
        Ok(Some(index))
    }

    /// Takes a change and submits its record, under the state's lock.
    fn take(
        &self,
        registry: &mut Registry<G::Crypto>,
        kind: Kind,
        content: Vec<u8>,
    ) -> Result<(u64, Ticket), ChangeError> {
        let index = self.ledger.next();
        let change = Change::decode(kind, &content).map_err(Conflict::from)?;
        let change = change.ok_or(Conflict::NotCanonical)?;
        let tenant = registry.tenant_of(&change);
        let signers = registry.evidence_keys_of(&change);
        registry.apply(index, &change)?;
        // Before it can be durable, and anchored.
        self.roots.note(index.saturating_add(1), registry.root());
        self.submit(Submission { kind, tenant, signers, content }).map_err(|_| ChangeError::Ledger)
    }

    /// Submits, under the state's lock, what may have to be remembered once it is durable.
    fn submit_answer(&self, submission: Submission) -> Result<(u64, Ticket), LedgerFailed> {
        // Before it can be durable.
        self.answered.lock().begin(self.ledger.next());
        self.submit(submission)
    }

    /// It is durable, and remembered if it is to be.
    fn answered(&self, index: u64) {
        self.answered.lock().done(index);
        self.moved.notify_one();
    }

    /// Records something about the appliance itself that changes nothing.
    pub(crate) async fn record_own(
        &self,
        kind: Kind,
        content: Vec<u8>,
    ) -> Result<(), LedgerFailed> {
        let (_, ticket) = self.with(|_| self.submit(own(kind, content)))?;
        self.durable(ticket).await.map(drop)
    }

    /// Puts an alarm on record.
    pub(crate) async fn alarm(&self, alarm: Alarm, now: Now) -> Result<(), LedgerFailed> {
        let ticket = self.raise(alarm, now)?;
        self.durable(ticket).await.map(drop)
    }

    /// The same, for whoever has no time to wait until it is on record.
    pub(crate) fn raise(&self, alarm: Alarm, now: Now) -> Result<Ticket, LedgerFailed> {
        tracing::error!(?alarm, "alarm");
        let submission = own(Kind::Alarm, contents::alarm(alarm, now));
        let (_, ticket) = self.with(|state| {
            state.registry.count_alarm();
            self.submit(submission)
        })?;
        Ok(ticket)
    }

    /// What works with bytes.
    pub(crate) const fn crypto(&self) -> &Arc<G::Crypto> {
        &self.crypto
    }

    /// The keys that records are sealed under.
    pub(crate) const fn ring(&self) -> &Arc<Ring<G>> {
        &self.ring
    }

    /// Records and head that are durable.
    pub fn ledger(&self) -> &Ledger<G::Storage> {
        &self.ledger
    }

    /// What a signature rests on: the devices' keys as enrolled, which never change, and the key's policy,
    /// whose change `confirm` would see.
    fn basis(&self, evidence: &Evidence<'_>) -> contents::Basis {
        self.with(|state| {
            let of = |slot| state.registry.cose_key(slot).unwrap_or_default().to_vec();
            let policy = state.registry.written_policy(&evidence.activation().key);
            contents::Basis {
                cose_keys: evidence.approvals().iter().map(|one| of(one.slot)).collect(),
                policy: policy.unwrap_or_default().to_vec(),
            }
        })
    }

    /// Records by their places, opened, under the ledger's first `size` records; none if one of them is not there any
    /// more. Reads the disk on a thread for that, a few at a time.
    pub(crate) async fn entries(&self, places: Vec<u64>, size: u64) -> Option<Vec<Entry>> {
        let _turn = self.recalls.acquire().await.ok()?;
        let (ledger, crypto) = (Arc::clone(&self.ledger), Arc::clone(&self.crypto));
        let ring = Arc::clone(&self.ring);
        let entry = move |index| ledger.entry(&*crypto, &*ring, index, size);
        G::apart(move || places.into_iter().map(entry).collect()).await?
    }

    /// What is given with a signature, made of its receipt.
    async fn given(&self, receipt: Vec<u8>) -> Given {
        let own = self.with(|state| state.registry.cosigner_key().map(|key| Box::new(*key.0)));
        self.proofs.of(receipt, own.as_deref().map(CosignerKey)).await
    }

    /// The appliance's own line over a checkpoint of its ledger, where it has a key for one and the token makes it.
    pub(crate) async fn own_line(&self, checkpoint: &Checkpoint) -> Option<String> {
        let own = self.with(|state| state.registry.cosigner_key().map(|key| Box::new(*key.0)))?;
        self.proofs.own_line(CosignerKey(&own), checkpoint).await
    }

    /// Who is asked to witness; none if nobody is.
    pub(crate) fn witnesses(&self) -> Option<&Arc<Witnesses>> {
        self.proofs.witnesses()
    }

    pub(crate) fn set_witnesses(&self, witnesses: Arc<Witnesses>) {
        self.proofs.set_witnesses(witnesses);
    }

    fn submit(&self, submission: Submission) -> Result<(u64, Ticket), LedgerFailed> {
        self.ledger.submit(submission).inspect_err(|_| self.fail())
    }

    async fn durable(&self, ticket: Ticket) -> Result<Committed, LedgerFailed> {
        let committed = ticket.await.inspect_err(|_| self.fail())?;
        self.grown.notify_one();
        self.moved.notify_one();
        Ok(committed)
    }

    /// Resolves when the ledger has grown since this was last awaited, by one who waits.
    pub(crate) async fn grown(&self) {
        self.grown.notified().await;
    }
}

impl<G: Ground> Guarded for Books<G> {
    type Registry = Registry<G::Crypto>;
    type Memory = Vec<Place>;

    fn with<T>(&self, section: impl FnOnce(&mut State<Registry<G::Crypto>, Vec<Place>>) -> T) -> T {
        section(&mut lock(&self.state))
    }
}

impl<G: Ground> port::Ledger for Books<G> {
    type Receipt = Given;
    type Content = Vec<u8>;

    /// Nothing is spent for what could not be put on record: no signature is made any more then.
    async fn reserve(&self, reservation: Reservation) -> Result<Reserved, Unreserved> {
        if self.ledger.stopped().is_some() {
            return Err(Reason::LedgerFailed.into());
        }
        self.with(|state| state.reserve(reservation))
    }

    async fn record<T: Tray>(&self, evidence: &Evidence<'_>, tray: &T) -> Result<Given, Reason> {
        let content = contents::signature(evidence, &self.basis(evidence), tray);
        let content = content.ok_or(Reason::LedgerFailed)?;
        let (index, ticket) = self.with(|state| {
            state.confirm(evidence)?;
            let approved = || evidence.approvals().iter().map(|approval| approval.signer);
            let signers = state.registry.evidence_keys(approved());
            state.registry.note_signature(approved(), evidence.now().utc_hi_ms);
            let tenant = Some(evidence.tenant());
            let submission = Submission { kind: Kind::Signature, tenant, signers, content };
            self.submit_answer(submission).map_err(|_| Reason::LedgerFailed)
        })?;
        let committed = self.durable(ticket).await.map_err(|_| Reason::LedgerFailed)?;
        let activation = evidence.activation();
        let (id, front_end) = (activation.transaction, activation.front_end);
        self.answered.lock().insert(id, front_end, committed.location);
        self.answered(index);
        let given = self.given(committed.receipt().ok_or(Reason::LedgerFailed)?).await;
        // That takes time only where somebody else may have the token: before the last look, so that it sees what came meanwhile.
        self.holds().await;
        // Once more, and the last thing that is done: a revocation that came meanwhile is durable as soon, and may be acknowledged before this.
        self.with(|state| {
            state.confirm(evidence)?;
            state.transactions.forget(&id);
            Ok(given)
        })
    }

    fn is_on_record(&self, id: &TransactionId) -> bool {
        self.answered.lock().contains(id)
    }

    async fn refuse(&self, refusal: &Refusal) -> Result<(), LedgerFailed> {
        self.record_refusal(refusal).await
    }

    /// Reads the disk on a thread for that, a few at a time.
    async fn recall(&self, owner: FrontEndId, id: &TransactionId) -> Option<Recalled<Self>> {
        let location = self.answered.lock().find(id, owner)?;
        let _turn = self.recalls.acquire().await.ok()?;
        let (ledger, crypto) = (Arc::clone(&self.ledger), Arc::clone(&self.crypto));
        let ring = Arc::clone(&self.ring);
        let recalled = G::apart(move || ledger.recall(&*crypto, &*ring, &location)).await??;
        let receipt = self.given(recalled.receipt).await;
        Some(Recalled { content: recalled.content, receipt })
    }
}

/// A record that is about no signer.
const fn own(kind: Kind, content: Vec<u8>) -> Submission {
    Submission { kind, tenant: None, signers: Vec::new(), content }
}

/// A panic aborts the process: what a poisoned lock holds is not looked at again.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
