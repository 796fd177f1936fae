//! The platform that frames are delivered to: the real core, registry, transaction table and crypto
//! engine; a ledger that keeps reasons; a token that takes orders, counts them and never signs.
//!
//! Guarantees: what came of a frame is seen where it happens: an order at the token, a refusal at the
//! ledger, a transaction in the table.

pub(crate) mod people;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use countersign_core::port::{
    Crypto, Guarded, Ledger, LedgerFailed, Platform, Recalled, Registry as _, Token, TokenFault,
    Tray, TrayFull,
};
use countersign_core::reserve::{Reservation, Reserved, Unreserved};
use countersign_core::transactions::{Place, Transactions};
use countersign_core::{Evidence, Reason, Refusal, SignOrder, State};
use countersign_host::Host;
use countersign_protocol::{FrontEndId, TransactionId};
use countersign_registry::{Registry, RootKey};
use zeroize::{ZeroizeOnDrop, Zeroizing};

pub(crate) use people::{
    COUNTING, KEY, KEY_OF_OTHERS, KEY_OF_TWO, OTHER_PORTAL, PERSON, PORTAL, SIGN_COUNT, SLOTS,
    device, point, suite,
};

/// Places in the table: few, so that a new table costs little.
const PLACES: usize = 64;

type Inside<C> = State<Registry<C>, Vec<Place>>;

/// The platform.
pub(crate) struct House<C> {
    crypto: Arc<C>,
    state: Mutex<Inside<C>>,
    traces: Mutex<Traces>,
    recorded: Option<OnRecord>,
}

/// What a request has left behind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Traces {
    /// Orders that the token took.
    pub(crate) orders: u32,
    /// Refusals on record.
    pub(crate) refusals: Vec<Reason>,
}

/// A signature that is on record.
pub(crate) struct OnRecord {
    /// Of this transaction.
    pub(crate) transaction: TransactionId,
    /// The encoding of its `SignatureContent`.
    pub(crate) content: Vec<u8>,
}

impl<C: Crypto> House<C> {
    /// With everybody registered, and nothing asked for.
    pub(crate) fn new(crypto: C) -> Self {
        let crypto = Arc::new(crypto);
        let mut registry = Registry::new(Arc::clone(&crypto), RootKey::nobodys());
        people::register(&mut registry);
        let state = Mutex::new(State::new(registry, places()));
        Self { crypto, state, traces: Mutex::default(), recorded: None }
    }

    /// Puts a signature on record.
    pub(crate) fn record(&mut self, recorded: OnRecord) {
        self.recorded = Some(recorded);
    }

    /// What was left behind since this was last asked.
    pub(crate) fn take_traces(&self) -> Traces {
        std::mem::take(&mut self.traces())
    }

    /// The registry as it was at first, if a device has counted since.
    pub(crate) fn restore_counts(&self) {
        let mut state = House::state(self);
        let counts = state.registry.device(SLOTS[COUNTING]).map(|device| device.counts.last());
        if counts != Some(SIGN_COUNT) {
            let mut registry = Registry::new(Arc::clone(&self.crypto), RootKey::nobodys());
            people::register(&mut registry);
            state.registry = registry;
        }
    }

    /// The state, alone.
    pub(crate) fn state(&self) -> MutexGuard<'_, Inside<C>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn traces(&self) -> MutexGuard<'_, Traces> {
        self.traces.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A registry with everybody in it.
pub(crate) fn registered() -> Registry<Host> {
    let mut registry = Registry::new(Arc::new(Host), RootKey::nobodys());
    people::register(&mut registry);
    registry
}

/// A table without transactions.
pub(crate) fn empty() -> Transactions<Vec<Place>> {
    Transactions::new(places())
}

fn places() -> Vec<Place> {
    vec![None; PLACES]
}

impl<C: Crypto + Send + Sync> Platform for House<C> {
    type Crypto = C;
    type State = Self;
    type Ledger = Self;
    type Token = Self;

    fn crypto(&self) -> &C {
        &self.crypto
    }
    fn state(&self) -> &Self {
        self
    }
    fn ledger(&self) -> &Self {
        self
    }
    fn token(&self) -> &Self {
        self
    }
}

impl<C: Crypto + Send + Sync> Guarded for House<C> {
    type Registry = Registry<C>;
    type Memory = Vec<Place>;

    fn with<T>(&self, section: impl FnOnce(&mut Inside<C>) -> T) -> T {
        section(&mut House::state(self))
    }
}

impl<C: Crypto + Send + Sync> Ledger for House<C> {
    type Receipt = ();
    type Content = Vec<u8>;

    async fn reserve(&self, reservation: Reservation) -> Result<Reserved, Unreserved> {
        self.with(|state| state.reserve(reservation))
    }

    async fn record<T: Tray>(&self, _: &Evidence<'_>, _: &T) -> Result<(), Reason> {
        Err(Reason::LedgerFailed)
    }

    fn is_on_record(&self, id: &TransactionId) -> bool {
        self.recorded.as_ref().is_some_and(|recorded| recorded.transaction == *id)
    }

    /// Locks nobody out and suspends no device: what a frame leads to does not depend on those before it.
    async fn refuse(&self, refusal: &Refusal) -> Result<(), LedgerFailed> {
        self.traces().refusals.push(refusal.reason);
        Ok(())
    }

    async fn recall(&self, who: FrontEndId, id: &TransactionId) -> Option<Recalled<Self>> {
        let own = |recorded: &&OnRecord| recorded.transaction == *id && who == people::PORTAL_ID;
        let recorded = self.recorded.as_ref().filter(own)?;
        Some(Recalled { content: recorded.content.clone(), receipt: () })
    }
}

impl<C: Crypto + Send + Sync> Token for House<C> {
    async fn sign<T: Tray>(&self, _: SignOrder<'_>, _: &mut T) -> Result<(), TokenFault> {
        self.traces().orders += 1;
        Err(TokenFault { function: "none", code: TokenFault::NO_CODE })
    }
}

/// A tray that grows.
#[derive(Default)]
pub(crate) struct Signatures(pub(crate) Vec<Zeroizing<Vec<u8>>>);

impl ZeroizeOnDrop for Signatures {}

impl Tray for Signatures {
    fn put(&mut self, signature: &[u8]) -> Result<(), TrayFull> {
        self.0.push(Zeroizing::new(signature.to_vec()));
        Ok(())
    }
    fn signature(&self, index: usize) -> Option<&[u8]> {
        self.0.get(index).map(|signature| signature.as_slice())
    }
    fn len(&self) -> usize {
        self.0.len()
    }
}
