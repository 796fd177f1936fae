//! The core around a token that goes wrong: a real registry and table, and no ledger.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};

use countersign_core::port::{
    self, CheckpointMessage, Crypto as _, Guarded, Ledger, LedgerFailed, Notary as _, Platform,
    Recalled, TokenFault, Tray, TrayFull,
};
use countersign_core::prepare::{CREDENTIALS_BYTES, Room, activation_bytes, prepare};
use countersign_core::reserve::{Reservation, Reserved, Unreserved};
use countersign_core::transactions::Place;
use countersign_core::{Evidence, Now, Reason, Refusal, SignOrder, State, pipeline};
use countersign_host::Host;
use countersign_ports::Algorithm;
use countersign_protocol::checkpoint::{Checkpoint, CheckpointKey};
use countersign_protocol::{ApplianceId, Digest, FrontEndId, Suite, TransactionId};
use countersign_registry::{Registry, RootKey};
use countersign_token::{CALL_MAX_MS, OpenError, Pin, Token, TokenConfig, Which, initialise};
use countersign_token_fixture::{Fixture, Plan, behind_faults};
use zeroize::ZeroizeOnDrop;

use super::people::{self, CHANNEL, KEY, digest};
use crate::MAKE;

const NOW: Now = Now { boot_ms: 1, utc_lo_ms: 2, utc_hi_ms: 3 };
/// What nothing waits for: the token's clock stands still.
const CLOCK: fn() -> u64 = || 0;

/// A token behind the faulty module, with its keys.
pub struct House {
    fixture: Fixture,
    pub plan: Plan,
    pub core: Core,
    pub checkpoint_key: CheckpointKey,
}

/// The core and what it talks to.
pub struct Core {
    pub token: Token,
    state: Mutex<State<Registry<Host>, Vec<Place>>>,
    next: AtomicU8,
    said: Mutex<Option<Said>>,
    refused: Mutex<Vec<Reason>>,
}

/// What the token said to an order: the signatures that it gave, or its fault.
pub type Said = Result<Vec<Vec<u8>>, TokenFault>;

/// What came of an order.
pub struct Outcome {
    /// What the token said.
    pub said: Said,
    /// The signatures that were released, or why none was.
    pub released: Result<Vec<Vec<u8>>, Reason>,
}

impl House {
    pub fn new() -> Self {
        Self::with(1, CALL_MAX_MS)
    }

    /// With so many sessions, where a call may take so long.
    pub fn with(sessions: usize, call_max_ms: u64) -> Self {
        let (fixture, plan) = behind_faults(MAKE);
        let so_pin = Pin::from_file(&fixture.so_pin_file).unwrap();
        initialise(&config(&fixture, sessions, call_max_ms), &so_pin).unwrap();
        let token = open(&fixture, sessions, call_max_ms);
        let checkpoint_key = token.create_appliance_keys().unwrap();
        let public_key = token.create_signer_key(KEY, Suite::Esp256).unwrap();
        let core = Core::new(token, &public_key);
        Self { fixture, plan, core, checkpoint_key }
    }

    /// Starts the process anew, as far as the token sees it.
    pub fn restart(&mut self) {
        self.plan.nothing();
        self.core.token = open(&self.fixture, 1, CALL_MAX_MS);
    }

    /// Opens the token once more, where a call may take so long.
    pub fn open_again(&self, call_max_ms: u64) -> Result<Token, OpenError> {
        Token::open(config(&self.fixture, 1, call_max_ms), Arc::new(CLOCK))
    }

    /// Signs a checkpoint, and says whether the signature verifies.
    pub fn checkpoint(&self) -> Result<bool, TokenFault> {
        let of = Checkpoint { appliance: ApplianceId([1; 16]), size: 1, root: Digest([2; 32]) };
        let message = CheckpointMessage::new(&Host, self.checkpoint_key.suite(), &of);
        let signature = self.core.token.checkpoint(&message)?;
        Ok(message.is_signed(&Host, &self.checkpoint_key, &signature))
    }
}

fn config(fixture: &Fixture, sessions: usize, call_max_ms: u64) -> TokenConfig {
    TokenConfig {
        module: fixture.module.clone(),
        token: fixture.slot.map_or(Which::Label(fixture.label.clone()), Which::Slot),
        pin: Pin::from_file(&fixture.pin_file).unwrap(),
        sessions,
        call_max_ms,
    }
}

fn open(fixture: &Fixture, sessions: usize, call_max_ms: u64) -> Token {
    Token::open(config(fixture, sessions, call_max_ms), Arc::new(CLOCK)).unwrap()
}

impl Core {
    fn new(token: Token, public_key: &[u8]) -> Self {
        let mut registry = Registry::new(Arc::new(Host), RootKey::nobodys());
        people::register(&mut registry, public_key);
        let state = State::new(registry, vec![None; 1024]);
        let (said, refused) = (Mutex::default(), Mutex::default());
        Self { token, state: Mutex::new(state), next: AtomicU8::new(0), said, refused }
    }

    /// Has so many documents signed: everything before the token goes well.
    pub fn sign(&self, documents: u8) -> Outcome {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let (nonce, frame) = (TransactionId([number; 32]), people::prepare(documents));
        let mut activation = vec![0; activation_bytes(frame.len())];
        let mut credentials = vec![0; CREDENTIALS_BYTES];
        let room = Room { activation: &mut activation, credentials: &mut credentials };
        let prepared = pollster::block_on(prepare(self, &CHANNEL, &frame, NOW, nonce, room));
        let prepared = prepared.unwrap();
        let frame = people::sign(nonce, prepared.activation.bytes(), &prepared.challenge.0);
        let signed = pipeline::sign(self, &CHANNEL, &frame, NOW, Signatures::default);
        let released = pollster::block_on(signed).map(|recorded| recorded.release().0.0);
        self.with(|state| state.transactions.forget(&nonce));
        let said = self.said.lock().unwrap().take().unwrap();
        let refused = |_| self.refused.lock().unwrap().pop().unwrap();
        Outcome { said, released: released.map_err(refused) }
    }

    /// Has two documents signed, which must be done.
    pub fn signs(&self) {
        let signatures = self.sign(2).released.unwrap();
        let right = (0..).zip(&signatures).all(|(document, one)| self.is_right(document, one));
        assert!(signatures.len() == 2 && right, "the core verifies what it releases");
    }

    /// Whether it is the signer's signature of this document.
    pub fn is_right(&self, document: u8, signature: &[u8]) -> bool {
        let key = self.with(|state| port::Registry::key(&state.registry, &KEY).unwrap());
        let message = digest(document);
        Host.verify(Algorithm::EcdsaP256, &key.public_key, &message, signature).into()
    }
}

impl Platform for Core {
    type Crypto = Host;
    type State = Self;
    type Ledger = Self;
    type Token = Self;

    fn crypto(&self) -> &Host {
        &Host
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

impl Guarded for Core {
    type Registry = Registry<Host>;
    type Memory = Vec<Place>;

    fn with<T>(&self, section: impl FnOnce(&mut State<Registry<Host>, Vec<Place>>) -> T) -> T {
        section(&mut self.state.lock().unwrap())
    }
}

impl Ledger for Core {
    type Receipt = ();
    type Content = Vec<u8>;

    async fn reserve(&self, reservation: Reservation) -> Result<Reserved, Unreserved> {
        self.with(|state| state.reserve(reservation))
    }
    async fn record<T: Tray>(&self, _: &Evidence<'_>, _: &T) -> Result<(), Reason> {
        Ok(())
    }
    async fn refuse(&self, refusal: &Refusal) -> Result<(), LedgerFailed> {
        self.refused.lock().unwrap().push(refusal.reason);
        Ok(())
    }
    async fn recall(&self, _: FrontEndId, _: &TransactionId) -> Option<Recalled<Self>> {
        None
    }
    fn is_on_record(&self, _: &TransactionId) -> bool {
        false
    }
}

impl port::Token for Core {
    async fn sign<T: Tray>(&self, order: SignOrder<'_>, tray: &mut T) -> Result<(), TokenFault> {
        let said = self.token.sign(order, tray).await;
        let given = (0..tray.len()).filter_map(|index| tray.signature(index).map(Vec::from));
        let given: Vec<_> = given.collect();
        assert!(said.is_ok() || given.is_empty(), "a part of an order was given");
        *self.said.lock().unwrap() = Some(said.map(|()| given));
        said
    }
}

/// A tray that grows.
#[derive(Default)]
struct Signatures(Vec<Vec<u8>>);

/// It is a test's.
impl ZeroizeOnDrop for Signatures {}

impl Tray for Signatures {
    fn put(&mut self, signature: &[u8]) -> Result<(), TrayFull> {
        self.0.push(signature.to_vec());
        Ok(())
    }
    fn signature(&self, index: usize) -> Option<&[u8]> {
        self.0.get(index).map(Vec::as_slice)
    }
    fn len(&self) -> usize {
        self.0.len()
    }
}
