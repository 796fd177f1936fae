//! The appliance: engine, books, token and clock, as the core and the endpoint want them.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use countersign_core::Now;
use countersign_core::entry::is_active;
use countersign_core::port::{Guarded, Platform, Registry, TokenFault};
use countersign_ledger::Expected;
use countersign_ports::Storage;
use countersign_protocol::admin::{
    Order, Published, RecoveryStatus, StatusAnswer, WitnessStanding, WitnessStandings,
};
use countersign_protocol::checkpoint::{CheckpointKey, log_name};
use countersign_protocol::log::Wanted;
use countersign_protocol::record::Alarm;
use countersign_protocol::reply::Failure;
use countersign_protocol::{Bounded, Digest, Origin, Sequence, TransactionId, canonical};
use countersign_publisher::{Publisher, SystemDisk};
use countersign_registry::RecoveryRow;
use rustls::pki_types::CertificateDer;

use crate::books::{Books, Holds};
use crate::given::{self, Given, Release};
use crate::ground::Ground;
use crate::linux::Linux;
use crate::nonces::Nonces;
use crate::platform::Surroundings;
use crate::publication::{self, Publication};
use crate::requests::Outcome;
use crate::ring::Ring;
use crate::service::Service;
use crate::strangers::Strangers;
use crate::witnesses::{Standing, note};
use crate::{certificate, contents, enrolled, enrolment, orders, requests};

/// A running appliance.
pub struct Appliance<G: Ground> {
    pub(crate) crypto: Arc<G::Crypto>,
    pub(crate) books: Books<G>,
    pub(crate) token: G::Token,
    ground: Arc<G>,
    nonces: Nonces,
    malformed: AtomicU64,
    strangers: Strangers,
    publication: OnceLock<Publication>,
}

impl<G: Ground> Appliance<G> {
    pub(crate) fn new(
        ground: Arc<G>,
        crypto: Arc<G::Crypto>,
        books: Books<G>,
        token: G::Token,
    ) -> Self {
        let (malformed, strangers) = (AtomicU64::new(0), Strangers::new());
        let (nonces, publication) = (Nonces::default(), OnceLock::new());
        Self { crypto, books, token, ground, nonces, malformed, strangers, publication }
    }

    /// The keys that its records are sealed under.
    pub const fn ring(&self) -> &Arc<Ring<G>> {
        self.books.ring()
    }

    /// Comes back after so long.
    pub(crate) async fn pause(&self, ms: u64) {
        self.ground.pause(ms).await;
    }

    /// Records after which the next snapshot is due.
    pub(crate) fn snapshot_records(&self) -> u64 {
        self.ground.snapshot_records()
    }

    /// What checkpoints verify with; none before there is an identity.
    pub(crate) fn checkpoint_key(&self) -> Option<CheckpointKey> {
        self.books.with(|state| state.registry.identity().map(|(_, key)| *key))
    }

    /// The verifier key of the ledger as a log; none if witnesses cannot be asked with it.
    pub(crate) fn log_key(&self) -> Option<String> {
        self.books.with(|state| {
            let (appliance, key) = state.registry.identity()?;
            Some(note::vkey(&log_name(&appliance.id), key)?.to_string())
        })
    }

    /// Waits until everything that was accepted is durable, accepts no more, and leaves the token to whoever is next.
    pub fn close(&self) {
        self.books.ledger().close();
        self.books.leave();
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

    /// Why the ledger has failed, for people.
    #[must_use]
    pub fn why_failed(&self) -> String {
        self.books.why_failed()
    }

    /// Looks who owns the token, and keeps it known what the ledger came to, until the ledger has failed.
    pub async fn keep_anchored(&self) {
        self.books.keep_anchored().await;
    }

    /// Does that once.
    pub async fn look(&self) {
        self.books.look_once().await;
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
        let standings = self.books.witnesses().map(|witnesses| witnesses.standings());
        let standings = standings.unwrap_or_default();
        let mut room = vec![0; standings.iter().map(|(name, _)| name.len() + 32).sum()];
        let written = written(&standings, &mut room);
        let wrapped_for = self.ring().wrapped_for();
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
                witnesses: written,
                recovery: state.registry.recovery().and_then(|row| recovery(row, wrapped_for)),
                cosigner_key: state.registry.cosigner_key(),
                anchored: self.books.newest_anchor(),
                frozen: state.registry.is_frozen(),
                behind_ms: self.now().behind_ms(),
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
        self.books.now()
    }

    async fn nonce(&self) -> Result<TransactionId, TokenFault> {
        self.nonces.next(&self.token).await
    }

    async fn release(&self, given: Given) -> Release {
        let Some(read) = given::read(&given.receipt) else { return Release::NotYet };
        let Some((transaction, needed)) = given::asked(&read) else { return Release::NotYet };
        if given.cosignatures.len() >= needed {
            // The last look at anything: whoever else has the token gives nothing away until this one counts no more.
            return match self.books.holds().await {
                Holds::Now => Release::Now(given),
                Holds::Later => Release::Later(transaction),
                Holds::NotYet => Release::NotYet,
            };
        }
        let waited = match self.books.witnesses() {
            Some(witnesses) => witnesses.wait(read.index, needed).await,
            None => false,
        };
        if waited { Release::Later(transaction) } else { Release::NotYet }
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

    async fn enrolments(&self, receipt: &[u8], size: u64) -> Result<Vec<u8>, Failure> {
        enrolled::enrolments(&self.books, receipt, size).await
    }

    async fn failed(&self) {
        self.books.failed().await;
    }
}

impl<G: Ground> Service for Appliance<G> {
    fn channel(&self, certificate: &CertificateDer<'_>) -> Option<Digest> {
        certificate::channel(&*self.crypto, certificate)
    }

    async fn order(&self, channel: &Digest, frame: &[u8]) -> Option<Vec<u8>> {
        let officer = self.books.with(|state| state.registry.officer(channel))?;
        let order: Order<'_> = canonical::decode(frame).ok()?;
        orders::carry_out(self, officer, &order).await
    }

    async fn request(&self, channel: Digest, frame: &[u8]) -> Outcome {
        requests::answer(self, channel, frame).await
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
}

impl<G: Ground> Appliance<G> {
    /// How many witnesses are asked.
    pub(crate) fn witnesses_configured(&self) -> usize {
        self.books.witnesses().map_or(0, |witnesses| witnesses.count())
    }
}

impl<S: Storage + Send + 'static> Appliance<Linux<S>> {
    /// Resolves when the two engines have disagreed.
    pub async fn disagreement(&self) {
        self.crypto.disagreement().await;
    }
}

/// How evidence outlives the HSM, for an answer.
fn recovery(row: &RecoveryRow, wrapped_for: Option<Digest>) -> Option<RecoveryStatus<'_>> {
    let (fingerprint, key) = (row.fingerprint, row.key()?);
    Some(RecoveryStatus {
        name: key.name,
        fingerprint,
        threshold: key.quorum.threshold(),
        shares: key.quorum.shares(),
        wrapped: wrapped_for == Some(fingerprint),
    })
}

/// How witnesses stand, for an answer; none if there are none.
fn written<'r>(
    standings: &[(String, Standing)],
    room: &'r mut [u8],
) -> Option<WitnessStandings<'r>> {
    let standings: Vec<_> = standings.iter().filter_map(standing).collect();
    Sequence::from_values(&standings, room).ok()
}

fn standing((name, Standing { size, time_s }): &(String, Standing)) -> Option<WitnessStanding<'_>> {
    let name = Origin::new(name)?;
    Some(WitnessStanding { name, size: *size, time_s: *time_s })
}
