//! A worker's seat at the token: a session that is replaced when it is lost.
//!
//! Guarantees: what may release a signature runs once at most; what releases nothing may run twice;
//! after a fault that says anything against the session, no later message meets that session.

use std::sync::Arc;

use countersign_core::port::TokenFault;
use cryptoki::error::Error;
use cryptoki::mechanism::MechanismType;
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

    /// What the token can do (C_GetMechanismList; PKCS#11 3.1, 5.5.5).
    pub fn mechanisms(&self) -> Result<Vec<MechanismType>, TokenFault> {
        let Access { module, slot, health, .. } = &*self.access;
        let _alone = module.alone();
        module.pkcs11.get_mechanism_list(*slot).map_err(|error| health.met(&error))
    }

    /// Whether its session was lost, and the next step begins with a new one.
    pub const fn is_vacant(&self) -> bool {
        self.place.is_none()
    }

    /// The session leaves its place; only [`Self::judge`] puts it back.
    fn take(&mut self) -> Result<Place, TokenFault> {
        self.place.take().map_or_else(|| self.access.log_in_again().map(Place::of), Ok)
    }

    /// C_CloseSession (PKCS#11 3.1, 5.6.2), with nobody logging in meanwhile: the last session that
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

#[cfg(test)]
pub(crate) mod tests {
    use std::cell::Cell;

    use cryptoki::context::Function;
    use cryptoki::error::RvError;

    use super::*;
    use crate::health::{Health, Shared};
    use crate::module::Module;
    use crate::{Pin, TokenConfig, Which, initialise, slot};

    /// A seat at a token of its own.
    pub fn seat() -> Seat {
        let fixture = countersign_token_fixture::embedded();
        let pin = |path| Pin::from_file(path).unwrap();
        let config = TokenConfig {
            module: fixture.module,
            token: Which::Slot(fixture.slot.unwrap()),
            pin: pin(&fixture.pin_file),
            sessions: 1,
        };
        initialise(&config, &pin(&fixture.so_pin_file)).unwrap();
        let module = Module::load(&config.module).unwrap();
        let slot = slot::ready(&module, &config.token).unwrap();
        let access = Arc::new(Access { module, slot, pin: config.pin, health: Shared::new() });
        let session = access.log_in().unwrap();
        Seat::new(access, session)
    }

    fn fails(code: RvError) -> Result<(), Error> {
        Err(Error::Pkcs11(code, Function::Sign))
    }

    /// What C_GetSessionInfo says of the session now in place.
    fn works(seat: &mut Seat) -> bool {
        seat.once(|session| session.get_session_info()).is_ok()
    }

    #[test]
    fn what_must_not_run_twice_does_not_whatever_the_fault() {
        for code in [
            RvError::SessionHandleInvalid,
            RvError::UserNotLoggedIn,
            RvError::DeviceRemoved,
            RvError::DeviceError,
            RvError::FunctionFailed,
            RvError::KeyHandleInvalid,
            RvError::VendorDefined(0x8000_0001),
        ] {
            let (mut seat, runs) = (seat(), Cell::new(0));
            let run = |_: &Session| {
                runs.set(runs.get() + 1);
                fails(code)
            };
            assert!(seat.once(run).is_err());
            assert_eq!(runs.get(), 1, "{code:?}");
            assert!(works(&mut seat), "{code:?}");
        }
    }

    #[test]
    fn what_releases_nothing_runs_again_on_another_session_and_only_once() {
        let (mut seat, handles) = (seat(), Cell::new(Vec::new()));
        let run = |session: &Session| {
            handles.set([handles.take(), vec![session.handle()]].concat());
            fails(RvError::SessionClosed)
        };
        assert!(seat.harmless(run).is_err());
        let handles = handles.take();
        assert_eq!(handles.len(), 2);
        assert_ne!(handles[0], handles[1]);
        assert!(works(&mut seat));
    }

    #[test]
    fn a_messages_own_fault_costs_no_session_but_what_it_knew() {
        let mut seat = seat();
        let before = seat.once(|session| Ok(session.handle())).unwrap();
        assert!(seat.harmless(|_| fails(RvError::KeyHandleInvalid)).is_err());
        assert_eq!(seat.once(|session| Ok(session.handle())).unwrap(), before);
    }

    #[test]
    fn after_a_refused_pin_nothing_is_tried_any_more() {
        let mut seat = seat();
        assert!(seat.once(|_| fails(RvError::PinIncorrect)).is_err());
        assert!(matches!(seat.access.health.get(), Health::Stopped(_)));
        assert!(!works(&mut seat));
    }
}
