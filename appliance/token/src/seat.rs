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
use crate::find::Known;

/// A session with what it has found, or the way to a new one.
pub(crate) struct Seat {
    access: Arc<Access>,
    place: Option<Place>,
}

struct Place {
    session: Session,
    known: Known,
}

impl Seat {
    pub fn new(access: Arc<Access>, session: Session) -> Self {
        Self { access, place: Some(Place::of(session)) }
    }

    /// What the session has found; nothing without a session.
    pub fn known(&mut self) -> Option<&mut Known> {
        self.place.as_mut().map(|place| &mut place.known)
    }

    /// Runs a step that releases nothing: once more, on a new session, if the first was lost.
    pub fn harmless<T>(
        &mut self,
        step: impl Fn(&Session) -> Result<T, Error>,
    ) -> Result<T, TokenFault> {
        let place = self.take()?;
        match step(&place.session) {
            Err(error) if remedy(&error) == Remedy::Relogin => {
                self.access.health.met(&error);
                self.leave(place);
                self.once(step)
            }
            result => self.judge(place, result),
        }
    }

    /// Runs a step that must never run twice.
    pub fn once<T>(
        &mut self,
        step: impl FnOnce(&Session) -> Result<T, Error>,
    ) -> Result<T, TokenFault> {
        let place = self.take()?;
        let result = step(&place.session);
        self.judge(place, result)
    }

    /// The session leaves its place; only [`Self::judge`] puts it back.
    fn take(&mut self) -> Result<Place, TokenFault> {
        self.place.take().map_or_else(|| self.access.log_in_again().map(Place::of), Ok)
    }

    /// C_CloseSession (PKCS#11 3.2, 5.6.2), with nobody logging in meanwhile: the last session that
    /// closes ends the login, and some modules then lose a session that is just opening.
    fn leave(&self, place: Place) {
        let _alone = self.access.module.alone();
        drop(place);
    }

    /// Keeps the session if the result says nothing against it.
    fn judge<T>(&mut self, place: Place, result: Result<T, Error>) -> Result<T, TokenFault> {
        match result {
            Ok(value) => {
                self.access.health.good();
                self.place = Some(place);
                Ok(value)
            }
            Err(error) => {
                match remedy(&error) {
                    // A key may have gone: what was found before is looked for anew.
                    Remedy::GiveUp => self.place = Some(Place::of(place.session)),
                    Remedy::Relogin | Remedy::Unhealthy | Remedy::Stop => self.leave(place),
                }
                Err(self.access.health.met(&error))
            }
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        if let Some(place) = self.place.take() {
            self.leave(place);
        }
    }
}

impl Place {
    fn of(session: Session) -> Self {
        Self { session, known: Known::default() }
    }
}
