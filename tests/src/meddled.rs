//! The real appliance, with somebody who meddles at the worst moments.
//!
//! It changes nothing by itself: it lets a test act between the last check and `reserve`, and between
//! `reserve` and `record`.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use countersign_core::port::Ledger;
use countersign_core::port::{LedgerFailed, Platform, Recalled, TokenFault, Tray};
use countersign_core::reserve::{Reservation, Reserved, Unreserved};
use countersign_core::{Evidence, Now, Reason, Refusal};
use countersign_ledger::Expected;
use countersign_protocol::log::Wanted;
use countersign_protocol::reply::Failure;
use countersign_protocol::{Digest, FrontEndId, TransactionId};
use countersignd::boot::Booted;
use countersignd::{Given, Outcome, Release, Service, Surroundings, answer};
use rustls_pki_types::CertificateDer;

use crate::faulty::MeddledToken;

/// What happens at a moment.
pub type Act = Box<dyn FnOnce() -> Pin<Box<dyn Future<Output = ()> + Send>> + Send>;

/// A moment of the path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Moment {
    /// All checks have passed, nothing is spent.
    BeforeReserve,
    /// The approval is spent, the token has not been asked.
    AfterReserve,
}

/// The appliance and what waits for its moment.
pub struct Meddled {
    inner: Arc<Booted>,
    token: MeddledToken<<Booted as Platform>::Token>,
    acts: Mutex<HashMap<(TransactionId, Moment), Act>>,
}

impl Meddled {
    /// An appliance that nobody meddles with yet.
    pub fn new(inner: Booted) -> Self {
        let token = MeddledToken::before(inner.token().clone());
        Self { inner: Arc::new(inner), token, acts: Mutex::new(HashMap::new()) }
    }

    /// Lets `act` happen at this moment of this transaction.
    pub fn at(&self, moment: Moment, transaction: TransactionId, act: Act) {
        self.acts.lock().unwrap().insert((transaction, moment), act);
    }

    /// The appliance.
    pub fn inner(&self) -> &Arc<Booted> {
        &self.inner
    }

    /// The token, for those who meddle with it.
    pub fn meddled_token(&self) -> &MeddledToken<<Booted as Platform>::Token> {
        &self.token
    }

    async fn act(&self, moment: Moment, transaction: TransactionId) {
        let act = self.acts.lock().unwrap().remove(&(transaction, moment));
        if let Some(act) = act {
            act().await;
        }
    }
}

impl Platform for Meddled {
    type Crypto = <Booted as Platform>::Crypto;
    type State = <Booted as Platform>::State;
    type Ledger = Self;
    type Token = MeddledToken<<Booted as Platform>::Token>;

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
        &self.token
    }
}

impl Ledger for Meddled {
    type Receipt = Given;
    type Content = Vec<u8>;

    async fn reserve(&self, reservation: Reservation) -> Result<Reserved, Unreserved> {
        let transaction = reservation.transaction();
        self.act(Moment::BeforeReserve, transaction).await;
        let reserved = self.inner.ledger().reserve(reservation).await?;
        self.act(Moment::AfterReserve, transaction).await;
        Ok(reserved)
    }

    async fn record<T: Tray>(&self, evidence: &Evidence<'_>, tray: &T) -> Result<Given, Reason> {
        if self.token.loses(&evidence.activation().transaction) {
            return Err(Reason::LedgerFailed);
        }
        self.inner.ledger().record(evidence, tray).await
    }

    fn is_on_record(&self, id: &TransactionId) -> bool {
        self.inner.ledger().is_on_record(id)
    }

    async fn refuse(&self, refusal: &Refusal) -> Result<(), LedgerFailed> {
        self.inner.ledger().refuse(refusal).await
    }

    async fn recall(&self, owner: FrontEndId, id: &TransactionId) -> Option<Recalled<Self>> {
        let Recalled { content, receipt } = self.inner.ledger().recall(owner, id).await?;
        Some(Recalled { content, receipt })
    }
}

impl Surroundings for Meddled {
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

impl Service for Meddled {
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
