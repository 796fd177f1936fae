//! A worker's seat at the token: a session that is replaced when it is lost.
//!
//! Guarantees: what may release a signature runs once at most; what releases nothing may run twice;
//! after a fault that says anything against the session, no later message meets that session.

use std::sync::Arc;

use countersign_core::port::TokenFault;
use cryptoki::error::Error;
use cryptoki::session::Session;

use crate::access::Access;
use crate::faults::{Remedy, remedy};

/// A session, or the way to one.
pub(crate) struct Seat {
    access: Arc<Access>,
    session: Option<Session>,
}

impl Seat {
    pub const fn new(access: Arc<Access>, session: Session) -> Self {
        Self { access, session: Some(session) }
    }

    /// Runs a step that releases nothing: once more, on a new session, if the first was lost.
    pub fn harmless<T>(
        &mut self,
        step: impl Fn(&Session) -> Result<T, Error>,
    ) -> Result<T, TokenFault> {
        let session = self.take()?;
        match step(&session) {
            Err(error) if remedy(&error) == Remedy::Relogin => {
                self.access.health.met(&error);
                drop(session);
                let session = self.take()?;
                let result = step(&session);
                self.judge(session, result)
            }
            result => self.judge(session, result),
        }
    }

    /// Runs a step that must never run twice.
    pub fn once<T>(
        &mut self,
        step: impl FnOnce(&Session) -> Result<T, Error>,
    ) -> Result<T, TokenFault> {
        let session = self.take()?;
        let result = step(&session);
        self.judge(session, result)
    }

    /// The session leaves its place; only [`Self::judge`] puts it back.
    fn take(&mut self) -> Result<Session, TokenFault> {
        self.session.take().map_or_else(|| self.access.log_in_again(), Ok)
    }

    /// Keeps the session if the result says nothing against it.
    fn judge<T>(&mut self, session: Session, result: Result<T, Error>) -> Result<T, TokenFault> {
        match result {
            Ok(value) => {
                self.access.health.good();
                self.session = Some(session);
                Ok(value)
            }
            Err(error) => {
                let fault = self.access.health.met(&error);
                self.session = (remedy(&error) == Remedy::GiveUp).then_some(session);
                Err(fault)
            }
        }
    }
}
