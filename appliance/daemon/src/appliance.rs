//! The appliance: engine, books, token and clock, as the core and the endpoint want them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use countersign_core::entry::{FrontEnd, is_active};
use countersign_core::port::{Crypto, Guarded, Ledger, Platform, Registry, TokenFault};
use countersign_core::refusal::About;
use countersign_core::{Now, Reason};
use countersign_host::Clock;
use countersign_ports::Storage;
use countersign_protocol::admin::{Order, StatusAnswer};
use countersign_protocol::reply::Failure;
use countersign_protocol::{Digest, Origin, TransactionId, canonical};
use countersign_token::Token;

use crate::books::{Books, Released};
use crate::platform::Surroundings;
use crate::strangers::Strangers;
use crate::{contents, orders};

/// A running appliance.
pub struct Appliance<C, S> {
    pub(crate) crypto: Arc<C>,
    pub(crate) books: Books<C, S>,
    pub(crate) token: Token,
    pub(crate) clock: Clock,
    malformed: AtomicU64,
    strangers: Strangers,
}

impl<C: Crypto + Send + Sync, S: Storage + Send + 'static> Appliance<C, S> {
    pub(crate) fn new(crypto: Arc<C>, books: Books<C, S>, token: Token, clock: Clock) -> Self {
        let (malformed, strangers) = (AtomicU64::new(0), Strangers::new());
        Self { crypto, books, token, clock, malformed, strangers }
    }

    /// Waits until everything that was accepted is durable, and accepts no more.
    pub fn close(&self) {
        self.books.ledger().close();
    }

    pub(crate) fn time(&self) -> Now {
        let (utc_lo_ms, utc_hi_ms) = self.clock.utc_interval_ms();
        Now { boot_ms: self.clock.boot_ms(), utc_lo_ms, utc_hi_ms }
    }

    /// What is on record of a front-end's transaction, or why nothing is given.
    fn fetched(
        &self,
        front_end: Option<FrontEnd>,
        transaction: &TransactionId,
    ) -> Result<Released, Reason> {
        let front_end = front_end.ok_or(Reason::FrontEndUnknown)?;
        if !bool::from(is_active(front_end.standing)) {
            return Err(Reason::FrontEndInactive);
        }
        if let Some(released) = self.books.fetch(front_end.id, transaction)? {
            return Ok(released);
        }
        let own = self.books.with(|state| state.transactions.find(transaction));
        match own.filter(|t| t.front_end == front_end.id && t.spent) {
            Some(_) => Err(Reason::TransactionSpent),
            None => Err(Reason::TransactionUnknown),
        }
    }

    /// Answers with the state, in `answer`.
    pub(crate) fn status(&self) -> Option<Vec<u8>> {
        let (ledger_size, ledger_head) = self.books.ledger().committed();
        self.books.with(|state| {
            let appliance = state.registry.appliance();
            let status = StatusAnswer {
                appliance: appliance.id,
                profile: appliance.profile,
                rp_id: Origin::new(&appliance.rp_id)?,
                origin: Origin::new(&appliance.origin)?,
                ledger_size,
                ledger_head,
                registered: state.registry.registered(),
                transactions: state.transactions.len(),
                malformed: self.malformed.load(Ordering::Relaxed),
                alarms: state.registry.alarms(),
            };
            Some(contents::encode(&countersign_protocol::admin::Answer::Status(status)))
        })
    }
}

impl<C, S> Platform for Appliance<C, S>
where
    C: Crypto + Send + Sync,
    S: Storage + Send + 'static,
{
    type Crypto = C;
    type State = Books<C, S>;
    type Ledger = Books<C, S>;
    type Token = Token;

    fn crypto(&self) -> &C {
        &self.crypto
    }

    fn state(&self) -> &Books<C, S> {
        &self.books
    }

    fn ledger(&self) -> &Books<C, S> {
        &self.books
    }

    fn token(&self) -> &Token {
        &self.token
    }
}

impl<C, S> Surroundings for Appliance<C, S>
where
    C: Crypto + Send + Sync + 'static,
    S: Storage + Send + 'static,
{
    fn now(&self) -> Now {
        self.time()
    }

    async fn nonce(&self) -> Result<TransactionId, TokenFault> {
        self.token.random::<32>().await.map(TransactionId)
    }

    async fn fetch(
        &self,
        channel: &Digest,
        transaction: &TransactionId,
    ) -> Result<Released, Failure> {
        let front_end = self.books.with(|state| state.registry.front_end(channel));
        let reason = match self.fetched(front_end, transaction) {
            Ok(released) => return Ok(released),
            // Still signing, or it failed: not to be prepared again before that is known.
            Err(Reason::TransactionSpent) => return Err(Failure::Unavailable),
            Err(reason) => reason,
        };
        let about = About {
            front_end: front_end.map(|f| f.id),
            transaction: Some(*transaction),
            ..About::channel(*channel)
        };
        let refused = self.books.refuse(&about.refuse(reason, self.time())).await;
        Err(refused.map_or(Failure::Unavailable, |()| reason.class()))
    }

    async fn order(&self, channel: &Digest, frame: &[u8]) -> Option<Vec<u8>> {
        self.books.with(|state| state.registry.officer(channel))?;
        let order: Order<'_> = canonical::decode(frame).ok()?;
        orders::carry_out(self, &order).await
    }

    fn is_front_end(&self, channel: &Digest) -> bool {
        let front_end = self.books.with(|state| state.registry.front_end(channel));
        front_end.is_some_and(|f| bool::from(is_active(f.standing)))
    }

    fn is_officer(&self, channel: &Digest) -> bool {
        self.books.with(|state| state.registry.officer(channel).is_some())
    }

    fn admits(&self, channel: &Digest) -> bool {
        self.is_front_end(channel) || self.strangers.admit(self.clock.boot_ms())
    }

    fn count_malformed(&self) {
        self.malformed.fetch_add(1, Ordering::Relaxed);
    }

    async fn failed(&self) {
        self.books.failed().await;
    }
}

impl<S: Storage + Send + 'static> Appliance<crate::engine::Engine, S> {
    /// Resolves when the two engines have disagreed.
    pub async fn disagreement(&self) {
        self.crypto.disagreement().await;
    }

    /// Puts an alarm on record.
    pub async fn alarm(&self, alarm: countersign_protocol::record::Alarm) {
        // A failed ledger stops the appliance by itself.
        let _ = self.books.alarm(alarm, self.time()).await;
    }
}
