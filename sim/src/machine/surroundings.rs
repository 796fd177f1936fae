//! The appliance as a scenario meets it: the real one, on a machine, with others in between.
//!
//! Guarantees: before an approval is spent, before a record is submitted and after it is durable, whoever
//! else could go on may go first, as on a machine with many cores; before an approval is spent, now and then,
//! whatever else happens within two milliseconds may, as when the system takes a core away; every refusal
//! is seen with its reason.

use std::sync::{Arc, Mutex};

use countersign_core::port::{Ledger, LedgerFailed, Platform, Recalled, TokenFault, Tray};
use countersign_core::reserve::{Reservation, Reserved, Unreserved};
use countersign_core::{Evidence, Now, Reason, Refusal};
use countersign_ledger::Expected;
use countersign_protocol::log::Wanted;
use countersign_protocol::reply::Failure;
use countersign_protocol::{Digest, FrontEndId, TransactionId};
use countersignd::{Appliance, Given, Outcome, Release, Service, Surroundings, answer};
use rustls::pki_types::CertificateDer;

use super::ground::OthersFirst;
use super::{Effect, Machine, SimGround, lock};
use crate::random;

/// How often the token is looked at, and for how long after something has happened.
const LOOK_US: u64 = 1_000_000;
const LOOKS: usize = 70;

/// The appliance.
pub struct Stepped {
    inner: Appliance<SimGround>,
    machine: Arc<Machine>,
    random: Mutex<fastrand::Rng>,
}

impl Stepped {
    /// The appliance on its machine.
    #[must_use]
    pub fn new(inner: Appliance<SimGround>, machine: Arc<Machine>) -> Self {
        let random = Mutex::new(random::stream(machine.seed, "preempted", 0));
        Self { inner, machine, random }
    }

    /// Takes snapshots, for ever.
    pub async fn keep_snapshots(&self) {
        self.inner.keep_snapshots().await;
    }

    /// Looks who owns the token, for ever: again and again while something happens, for years pass here in which
    /// nothing does. Whoever comes then has it look first.
    pub async fn keep_anchored(&self) {
        loop {
            self.machine.power.stirred().await;
            for _ in 0..LOOKS {
                self.machine.timeline.sleep_us(LOOK_US).await;
                self.inner.look().await;
            }
        }
    }

    /// Whether its boot began at a snapshot.
    #[must_use]
    pub fn began_at_snapshot(&self) -> bool {
        self.inner.began_at_snapshot()
    }

    /// One time in four others have some time for themselves.
    async fn preempted(&self) {
        let steps = lock(&self.random).u64(..80);
        if (1..=20).contains(&steps) {
            self.machine.timeline.sleep_us(100 * steps).await;
        }
    }
}

impl Platform for Stepped {
    type Crypto = <Appliance<SimGround> as Platform>::Crypto;
    type State = <Appliance<SimGround> as Platform>::State;
    type Ledger = Self;
    type Token = <Appliance<SimGround> as Platform>::Token;

    fn crypto(&self) -> &Self::Crypto {
        self.inner.crypto()
    }
    fn state(&self) -> &Self::State {
        self.inner.state()
    }
    fn ledger(&self) -> &Self {
        self
    }
    fn token(&self) -> &Self::Token {
        self.inner.token()
    }
}

impl Ledger for Stepped {
    type Receipt = Given;
    type Content = Vec<u8>;

    async fn reserve(&self, reservation: Reservation) -> Result<Reserved, Unreserved> {
        OthersFirst::default().await;
        self.preempted().await;
        if !self.machine.power.allows(Effect::Reserve) {
            return Err(Reason::LedgerFailed.into());
        }
        self.inner.ledger().reserve(reservation).await
    }

    async fn record<T: Tray>(&self, evidence: &Evidence<'_>, tray: &T) -> Result<Given, Reason> {
        OthersFirst::default().await;
        self.inner.ledger().record(evidence, tray).await
    }

    fn is_on_record(&self, id: &TransactionId) -> bool {
        self.inner.ledger().is_on_record(id)
    }

    async fn refuse(&self, refusal: &Refusal) -> Result<(), LedgerFailed> {
        OthersFirst::default().await;
        self.machine.refuses(refusal);
        self.inner.ledger().refuse(refusal).await
    }

    async fn recall(&self, owner: FrontEndId, id: &TransactionId) -> Option<Recalled<Self>> {
        let Recalled { content, receipt } = self.inner.ledger().recall(owner, id).await?;
        Some(Recalled { content, receipt })
    }
}

impl Surroundings for Stepped {
    fn now(&self) -> Now {
        self.inner.now()
    }

    async fn nonce(&self) -> Result<TransactionId, TokenFault> {
        self.inner.nonce().await
    }

    async fn release(&self, given: Given) -> Release {
        self.inner.release(given).await
    }

    fn expect_record(&self) -> Expected {
        self.inner.expect_record()
    }

    async fn enrol(&self, channel: &Digest, frame: &[u8]) -> Result<Vec<u8>, Failure> {
        self.inner.enrol(channel, frame).await
    }

    async fn enrolments(&self, receipt: &[u8], size: u64) -> Result<Vec<u8>, Failure> {
        self.inner.enrolments(receipt, size).await
    }

    async fn vouch(&self, channel: &Digest, frame: &[u8]) -> Result<Vec<u8>, Failure> {
        self.inner.vouch(channel, frame).await
    }

    async fn failed(&self) {
        self.inner.failed().await;
    }
}

impl Service for Stepped {
    fn channel(&self, certificate: &CertificateDer<'_>) -> Option<Digest> {
        self.inner.channel(certificate)
    }

    async fn request(&self, channel: Digest, frame: &[u8]) -> Outcome {
        answer(self, channel, frame).await
    }

    async fn order(&self, channel: &Digest, frame: &[u8]) -> Option<Vec<u8>> {
        self.inner.order(channel, frame).await
    }

    async fn published(&self, wanted: &Wanted) -> Result<Option<Vec<u8>>, Failure> {
        self.inner.published(wanted).await
    }

    fn is_front_end(&self, channel: &Digest) -> bool {
        self.inner.is_front_end(channel)
    }

    fn is_officer(&self, channel: &Digest) -> bool {
        self.inner.is_officer(channel)
    }

    fn admits(&self, channel: &Digest) -> bool {
        self.inner.admits(channel)
    }

    fn count_malformed(&self) {
        self.inner.count_malformed();
    }
}
