//! What the tests here share: a token of their own, and a second way into it.

#![allow(dead_code, reason = "each test program uses its own part")]

use std::sync::Arc;

use countersign_token::{Pin, Token, TokenConfig, Which, initialise};
use countersign_token_fixture::Fixture;
use cryptoki::context::Pkcs11;
use cryptoki::object::{Attribute, ObjectHandle};
use cryptoki::session::Session;
use cryptoki::slot::Slot;

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
        let slot = Slot::try_from(self.fixture.slot).unwrap();
        Pkcs11::new(&self.fixture.module).unwrap().open_rw_session(slot).unwrap()
    }
}

/// A token with its PINs.
pub fn initialised() -> Fixture {
    let fixture = countersign_token_fixture::embedded();
    initialise(&config(&fixture), &Pin::from_file(&fixture.so_pin_file).unwrap()).unwrap();
    fixture
}

pub fn open(fixture: &Fixture, sessions: usize) -> Token {
    Token::open(TokenConfig { sessions, ..config(fixture) }, Arc::new(|| 0)).unwrap()
}

pub fn config(fixture: &Fixture) -> TokenConfig {
    TokenConfig {
        module: fixture.module.clone(),
        token: Which::Slot(fixture.slot),
        pin: Pin::from_file(&fixture.pin_file).unwrap(),
        sessions: 1,
    }
}

/// The one object that has all of this.
pub fn only(session: &Session, template: &[Attribute]) -> ObjectHandle {
    let found = session.find_objects(template).unwrap();
    assert_eq!(found.len(), 1, "{template:?}");
    *found.first().unwrap()
}
