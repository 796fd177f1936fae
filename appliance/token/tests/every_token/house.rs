//! What the tests here share: a token of their own, and a second way into it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use countersign_token::{CALL_MAX_MS, OpenError, Pin, Token, TokenConfig, Which, initialise};
use countersign_token_fixture::Fixture;
use cryptoki::context::Pkcs11;
use cryptoki::object::{Attribute, ObjectHandle};
use cryptoki::session::Session;
use cryptoki::slot::Slot;

use crate::MAKE;

/// An initialised token, and the handle to it.
pub struct House {
    pub fixture: Fixture,
    pub token: Token,
}

impl House {
    pub fn new() -> Self {
        Self::with_sessions(1)
    }

    pub fn with_sessions(sessions: usize) -> Self {
        let fixture = initialised();
        let token = open(&fixture, sessions);
        Self { fixture, token }
    }

    /// A session beside those of the token's handle. Its login is theirs.
    pub fn session(&self) -> Session {
        let _slots = slots();
        let slot = Slot::try_from(self.fixture.slot.unwrap()).unwrap();
        Pkcs11::new(&self.fixture.module).unwrap().open_rw_session(slot).unwrap()
    }
}

/// How many tokens this program has initialised. Whoever names a slot holds it: SoftHSM2 has no lock
/// around its slots, and [`House::session`] does not know of the one that the token's handle takes.
fn slots() -> MutexGuard<'static, u64> {
    static SLOTS: Mutex<u64> = Mutex::new(0);
    SLOTS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A token with its PINs.
pub fn initialised() -> Fixture {
    let mut slots = slots();
    let mut fixture = countersign_token_fixture::token(MAKE);
    give_pins(&fixture);
    // Where slots have no numbers of their own, they are counted as their tokens are initialised.
    fixture.slot = fixture.slot.or(Some(*slots));
    *slots += 1;
    fixture
}

pub fn initialise_again(fixture: &Fixture) {
    let _slots = slots();
    give_pins(fixture);
}

fn give_pins(fixture: &Fixture) {
    initialise(&config(fixture), &Pin::from_file(&fixture.so_pin_file).unwrap()).unwrap();
}

pub fn open(fixture: &Fixture, sessions: usize) -> Token {
    try_to_open(TokenConfig { sessions, ..config(fixture) }).unwrap()
}

pub fn try_to_open(config: TokenConfig) -> Result<Token, OpenError> {
    let _slots = slots();
    Token::open(config, Arc::new(|| 0))
}

pub fn config(fixture: &Fixture) -> TokenConfig {
    TokenConfig {
        module: fixture.module.clone(),
        token: fixture.slot.map_or(Which::Label(fixture.label.clone()), Which::Slot),
        pin: Pin::from_file(&fixture.pin_file).unwrap(),
        sessions: 1,
        call_max_ms: CALL_MAX_MS,
    }
}

/// The one object that has all of this.
pub fn only(session: &Session, template: &[Attribute]) -> ObjectHandle {
    let found = session.find_objects(template).unwrap();
    assert_eq!(found.len(), 1, "{template:?}");
    *found.first().unwrap()
}
