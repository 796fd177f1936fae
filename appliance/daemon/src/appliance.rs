//! The appliance: engine, books, token and clock, as the core and the endpoint want them.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use countersign_core::Now;
use countersign_core::entry::is_active;
use countersign_core::port::{Guarded, Platform, Registry, TokenFault};
use countersign_ledger::Expected;
use countersign_ports::Storage;
use countersign_protocol::admin::{Order, Published, StatusAnswer};
use countersign_protocol::log::Wanted;
use countersign_protocol::record::Alarm;
use countersign_protocol::reply::Failure;
use countersign_protocol::{Bounded, Digest, Origin, TransactionId, canonical};

use countersign_publisher::{Publisher, SystemDisk};

use crate::books::Books;
use crate::ground::Ground;
use crate::linux::Linux;
use crate::nonces::Nonces;
use crate::platform::Surroundings;
use crate::publication::{self, Publication};
use crate::ring::Ring;
use crate::strangers::Strangers;
use crate::{contents, enrolment, orders};

/// A running appliance.
pub struct Appliance<G: Ground> {
    pub(crate) crypto: Arc<G::Crypto>,
    pub(crate) books: Books<G>,
    pub(crate) token: G::Token,
    ground: G,
    nonces: Nonces,
    malformed: AtomicU64,
    strangers: Strangers,
    publication: OnceLock<Publication>,
}

impl<G: Ground> Appliance<G> {
    pub(crate) fn new(ground: G, crypto: Arc<G::Crypto>, books: Books<G>, token: G::Token) -> Self {
        let (malformed, strangers) = (AtomicU64::new(0), Strangers::new());
        let (nonces, publication) = (Nonces::default(), OnceLock::new());
        Self { crypto, books, token, ground, nonces, malformed, strangers, publication }
    }

    /// The keys that its records are sealed under.
    pub const fn ring(&self) -> &Arc<Ring<G>> {
        self.books.ring()
    }

    /// Waits until everything that was accepted is durable, and accepts no more.
    pub fn close(&self) {
        self.books.ledger().close();
        if let Some(publication) = self.publication.get() {
            publication.stop();
        }
    }

    /// Keeps a public copy of the ledger in `folder`, out of another view of the ledger's medium; the first
    /// call counts.
    pub(crate) fn publish(&self, folder: PathBuf, journal: impl Storage + Send + 'static) {
        let key = self.books.with(|state| state.registry.identity().map(|(_, key)| *key));
        let Some(key) = key else { return };
        let (disk, durable) = (SystemDisk::new(&folder), self.books.ledger().durable());
        self.publication.get_or_init(|| {
            let publisher = Publisher::new(disk, journal, Arc::clone(&self.crypto), key, durable);
            Publication::start(folder, publisher)
        });
    }

    /// Puts an alarm on record.
    pub async fn alarm(&self, alarm: Alarm) {
        // A failed ledger stops the appliance by itself.
        let _ = self.books.alarm(alarm, self.now()).await;
    }

    /// Answers with the state, in `answer`.
    pub(crate) fn status(&self) -> Option<Vec<u8>> {
        let ledger = self.books.ledger().committed();
        let copy = self.publication.get().map(Publication::state);
        self.books.with(|state| {
            let (appliance, checkpoint_key) = state.registry.identity()?;
            let status = StatusAnswer {
                appliance: appliance.id,
                profile: appliance.profile,
                rp_id: Origin::new(&appliance.rp_id)?,
                origin: Origin::new(&appliance.origin)?,
                ledger_size: ledger.size,
                ledger_root: Digest(ledger.root),
                registered: state.registry.registered(),
                transactions: state.transactions.len(),
                malformed: self.malformed.load(Ordering::Relaxed),
                alarms: state.registry.alarms(),
                metadata: state.registry.metadata_status(self.now().utc_lo_ms),
                checkpoint_key: *checkpoint_key,
                published: copy.as_ref().map(|copy| Published {
                    size: copy.size,
                    fault: copy.fault.as_ref().and_then(|why| Bounded::new(why.as_bytes())),
                }),
            };
            Some(contents::encode(&countersign_protocol::admin::Answer::Status(status)))
        })
    }
}

impl<G: Ground> Platform for Appliance<G> {
    type Crypto = G::Crypto;
    type State = Books<G>;
    type Ledger = Books<G>;
    type Token = G::Token;

    fn crypto(&self) -> &G::Crypto {
        &self.crypto
    }

    fn state(&self) -> &Books<G> {
        &self.books
    }

    fn ledger(&self) -> &Books<G> {
        &self.books
    }

    fn token(&self) -> &G::Token {
        &self.token
    }
}

impl<G: Ground> Surroundings for Appliance<G> {
    fn now(&self) -> Now {
        self.ground.now()
    }

    async fn nonce(&self) -> Result<TransactionId, TokenFault> {
        self.nonces.next(&self.token).await
    }

    fn expect_record(&self) -> Expected {
        self.books.ledger().expect()
    }

    async fn enrol(&self, channel: &Digest, frame: &[u8]) -> Result<Vec<u8>, Failure> {
        enrolment::enrol(self, channel, frame).await
    }

    async fn vouch(&self, channel: &Digest, frame: &[u8]) -> Result<Vec<u8>, Failure> {
        enrolment::vouch(self, channel, frame).await
    }

    async fn order(&self, channel: &Digest, frame: &[u8]) -> Option<Vec<u8>> {
        let officer = self.books.with(|state| state.registry.officer(channel))?;
        let order: Order<'_> = canonical::decode(frame).ok()?;
        orders::carry_out(self, officer, &order).await
    }

    async fn published(&self, wanted: &Wanted) -> Result<Option<Vec<u8>>, Failure> {
        let publication = self.publication.get().ok_or(Failure::Unavailable)?;
        let path = publication.path(&wanted.to_string());
        G::apart(move || publication::read(&path)).await.unwrap_or(Err(Failure::Unavailable))
    }

    fn is_front_end(&self, channel: &Digest) -> bool {
        let front_end = self.books.with(|state| state.registry.front_end(channel));
        front_end.is_some_and(|f| bool::from(is_active(f.standing)))
    }

    fn is_officer(&self, channel: &Digest) -> bool {
        self.books.with(|state| state.registry.officer(channel).is_some())
    }

    fn admits(&self, channel: &Digest) -> bool {
        self.is_front_end(channel) || self.strangers.admit(self.ground.now().boot_ms)
    }

    fn count_malformed(&self) {
        self.malformed.fetch_add(1, Ordering::Relaxed);
    }

    async fn failed(&self) {
        self.books.failed().await;
    }
}

impl<S: Storage + Send + 'static> Appliance<Linux<S>> {
    /// Resolves when the two engines have disagreed.
    pub async fn disagreement(&self) {
        self.crypto.disagreement().await;
    }
}
