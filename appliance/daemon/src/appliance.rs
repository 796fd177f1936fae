//! The appliance: engine, books, token and clock, as the core and the endpoint want them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use countersign_core::Now;
use countersign_core::entry::is_active;
use countersign_core::port::{Crypto, Guarded, Platform, Registry, TokenFault};
use countersign_host::Clock;
use countersign_ledger::Expected;
use countersign_ports::Storage;
use countersign_protocol::admin::{Order, StatusAnswer};
use countersign_protocol::{Digest, Origin, TransactionId, canonical};
use countersign_token::Token;

use crate::books::Books;
use crate::nonces::Nonces;
use crate::platform::Surroundings;
use crate::strangers::Strangers;
use crate::{contents, orders};

/// A running appliance.
pub struct Appliance<C, S> {
    pub(crate) crypto: Arc<C>,
    pub(crate) books: Books<C, S>,
    pub(crate) token: Token,
    pub(crate) clock: Clock,
    nonces: Nonces,
    malformed: AtomicU64,
    strangers: Strangers,
}

impl<C: Crypto + Send + Sync + 'static, S: Storage + Send + 'static> Appliance<C, S> {
    pub(crate) fn new(crypto: Arc<C>, books: Books<C, S>, token: Token, clock: Clock) -> Self {
        let (malformed, strangers) = (AtomicU64::new(0), Strangers::new());
        let nonces = Nonces::default();
        Self { crypto, books, token, clock, nonces, malformed, strangers }
    }

    /// Waits until everything that was accepted is durable, and accepts no more.
    pub fn close(&self) {
        self.books.ledger().close();
    }

    pub(crate) fn time(&self) -> Now {
        let (utc_lo_ms, utc_hi_ms) = self.clock.utc_interval_ms();
        Now { boot_ms: self.clock.boot_ms(), utc_lo_ms, utc_hi_ms }
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
    C: Crypto + Send + Sync + 'static,
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
        self.nonces.next(&self.token).await
    }

    fn expect_record(&self) -> Expected {
        self.books.ledger().expect()
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
