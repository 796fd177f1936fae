//! A worker's seat at the token: a session that is replaced when it is lost.
//!
//! Guarantees: what may release a signature runs once at most; what releases nothing may run twice;
//! after a fault that says anything against the session, no later message meets that session; of a call
//! that returns when nobody waits for it any more nothing is used but a fault that stops the token.

use std::sync::Arc;

use countersign_core::port::TokenFault;
use cryptoki::context::Function;
use cryptoki::error::Error;
use cryptoki::mechanism::MechanismType;
use cryptoki::session::Session;

use crate::access::Access;
use crate::answer::Waiting;
use crate::desk::{Desk, Timed};
use crate::faults::{NO_ANSWER, Remedy, remedy};
use crate::find::Known;

/// A session with what it has found, or the way to a new one.
pub(crate) struct Seat {
    access: Arc<Access>,
    desk: Arc<Desk>,
    place: Option<Place>,
}

struct Place {
    session: Session,
    known: Known,
}

impl Seat {
    pub fn new(access: Arc<Access>, session: Session, desk: Arc<Desk>) -> Self {
        Self { access, desk, place: Some(Place::of(session)) }
    }

    /// Takes note of who waits for what is done from now on.
    pub fn serve(&self, waiting: Waiting) {
        self.desk.serve(waiting);
    }

    /// What the session has found; nothing without a session.
    pub fn known(&mut self) -> Option<&mut Known> {
        self.place.as_mut().map(|place| &mut place.known)
    }

    /// Runs a step that releases nothing: once more, on a new session, if the first was lost. The step
    /// goes by the name of this function.
    pub fn harmless<T>(
        &mut self,
        function: Function,
        step: impl Fn(&Session) -> Result<T, Error>,
    ) -> Result<T, TokenFault> {
        let place = self.take()?;
        match self.desk.call(function, || step(&place.session)) {
            Timed::InTime(Err(error)) if remedy(&error) == Remedy::Relogin => {
                self.access.health.met(&error);
                self.leave(place);
                self.once(function, step)
            }
            result => self.judge(place, result),
        }
    }

    /// Runs a step that must never run twice.
    pub fn once<T>(
        &mut self,
        function: Function,
        step: impl FnOnce(&Session) -> Result<T, Error>,
    ) -> Result<T, TokenFault> {
        let place = self.take()?;
        let result = self.desk.call(function, || step(&place.session));
        self.judge(place, result)
    }

    /// What the token can do (C_GetMechanismList; PKCS#11 3.1, 5.5.5).
    pub fn mechanisms(&self) -> Result<Vec<MechanismType>, TokenFault> {
        let Access { module, slot, health, .. } = &*self.access;
        let listed = self.desk.call(Function::GetMechanismList, || {
            let _alone = module.alone();
            module.pkcs11.get_mechanism_list(*slot)
        });
        match listed {
            Timed::InTime(listed) => listed.map_err(|error| health.met(&error)),
            Timed::Late(function, listed) => Err(self.late(function, listed)),
        }
    }

    /// Whether its session was lost, and the next step begins with a new one.
    pub const fn is_vacant(&self) -> bool {
        self.place.is_none()
    }

    /// The session leaves its place, unless nothing more must be tried; only [`Self::judge`] puts it back.
    fn take(&mut self) -> Result<Place, TokenFault> {
        // Also with a session: another worker may have met what stops the token for all.
        self.access.health.check()?;
        match self.place.take() {
            Some(place) => Ok(place),
            None => self.log_in(),
        }
    }

    /// A new session.
    fn log_in(&self) -> Result<Place, TokenFault> {
        match self.desk.call(Function::Login, || self.access.log_in()) {
            Timed::InTime(opened) => {
                opened.map(Place::of).map_err(|error| self.access.health.met(&error))
            }
            Timed::Late(function, opened) => {
                Err(self.late(function, opened.map(|session| self.leave(Place::of(session)))))
            }
        }
    }

    /// C_CloseSession (PKCS#11 3.1, 5.6.2), with nobody logging in meanwhile: the last session that
    /// closes ends the login, and some modules then lose a session that is just opening.
    fn leave(&self, place: Place) {
        let closed = self.desk.call(Function::CloseSession, || {
            let _alone = self.access.module.alone();
            drop(place);
        });
        if let Timed::Late(function, ()) = closed {
            self.access.health.late(function);
        }
    }

    /// What came when nobody waited for it any more: dropped unseen, but that a PIN that was refused is
    /// not tried again.
    fn late<T>(&self, function: &'static str, result: Result<T, Error>) -> TokenFault {
        if let Err(error) = result {
            self.access.health.met(&error);
        }
        self.access.health.late(function);
        NO_ANSWER
    }

    /// Keeps the session if the result says nothing against it.
    fn judge<T>(&mut self, place: Place, result: Timed<Result<T, Error>>) -> Result<T, TokenFault> {
        match result {
            Timed::InTime(Ok(value)) => {
                self.access.health.good();
                self.place = Some(place);
                Ok(value)
            }
            Timed::InTime(Err(error)) => {
                match remedy(&error) {
                    // A key may have gone: what was found before is looked for anew.
                    Remedy::GiveUp => self.place = Some(Place::of(place.session)),
                    Remedy::Relogin | Remedy::Unhealthy | Remedy::Stop => self.leave(place),
                }
                Err(self.access.health.met(&error))
            }
            Timed::Late(function, result) => {
                self.leave(place);
                Err(self.late(function, result))
            }
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        if let Some(place) = self.place.take() {
            self.leave(place);
        }
        self.desk.leave();
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
    use std::time::{Duration, Instant};

    use cryptoki::error::RvError;

    use super::*;
    use crate::health::{Health, Shared};
    use crate::module::Module;
    use crate::{CALL_MAX_MS, Pin, TokenConfig, Which, initialise, slot};

    /// A seat at a token of its own.
    pub fn seat() -> Seat {
        let fixture = countersign_token_fixture::embedded();
        let pin = |path| Pin::from_file(path).unwrap();
        let config = TokenConfig {
            module: fixture.module,
            token: Which::Slot(fixture.slot.unwrap()),
            pin: pin(&fixture.pin_file),
            sessions: 1,
            call_max_ms: CALL_MAX_MS,
        };
        initialise(&config, &pin(&fixture.so_pin_file)).unwrap();
        let module = Module::load(&config.module).unwrap();
        let slot = slot::ready(&module, &config.token).unwrap();
        let access = Arc::new(Access { module, slot, pin: config.pin, health: Shared::new() });
        let session = access.log_in().unwrap();
        Seat::new(access, session, Arc::new(Desk::new(Duration::from_millis(CALL_MAX_MS))))
    }

    fn fails(code: RvError) -> Result<(), Error> {
        Err(Error::Pkcs11(code, Function::Sign))
    }

    /// What C_GetSessionInfo says of the session now in place.
    fn works(seat: &mut Seat) -> bool {
        seat.once(Function::GetSessionInfo, |session| session.get_session_info()).is_ok()
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
            assert!(seat.once(Function::Sign, run).is_err());
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
        assert!(seat.harmless(Function::Sign, run).is_err());
        let handles = handles.take();
        assert_eq!(handles.len(), 2);
        assert_ne!(handles[0], handles[1]);
        assert!(works(&mut seat));
    }

    #[test]
    fn a_messages_own_fault_costs_no_session_but_what_it_knew() {
        let mut seat = seat();
        let handle = |seat: &mut Seat| seat.once(Function::Sign, |session| Ok(session.handle()));
        let before = handle(&mut seat).unwrap();
        let failed = seat.harmless(Function::Sign, |_| fails(RvError::KeyHandleInvalid));
        assert_eq!(failed.map_err(|fault| fault.code), Err(0x60));
        assert_eq!(handle(&mut seat).unwrap(), before);
    }

    #[test]
    fn after_a_refused_pin_nothing_is_tried_any_more() {
        let mut seat = seat();
        assert!(seat.once(Function::Sign, |_| fails(RvError::PinIncorrect)).is_err());
        assert!(matches!(seat.access.health.get(), Health::Stopped(_)));
        assert!(!works(&mut seat));
    }

    /// Runs a step that the watch sees hang, and that returns this after all.
    fn late(seat: &mut Seat, result: Result<(), Error>) -> Result<(), TokenFault> {
        let (desk, runs) = (Arc::clone(&seat.desk), Cell::new(0));
        let soon = Instant::now() + Duration::from_millis(CALL_MAX_MS * 2);
        let result = Cell::new(Some(result));
        let answer = seat.harmless(Function::Sign, |_| {
            runs.set(runs.get() + 1);
            assert!(desk.look(soon).is_some());
            result.take().unwrap()
        });
        assert_eq!(runs.get(), 1, "what nobody waits for is not done again");
        answer
    }

    #[test]
    fn what_returns_too_late_is_not_seen_and_costs_the_session() {
        let lost = fails(RvError::SessionHandleInvalid);
        for result in [Ok(()), fails(RvError::KeyHandleInvalid), lost] {
            let mut seat = seat();
            assert_eq!(late(&mut seat, result), Err(NO_ANSWER));
            assert!(seat.is_vacant());
            assert_eq!(seat.access.health.get(), Health::Hanging("C_Sign"));
            assert!(works(&mut seat));
            assert_eq!(seat.access.health.get(), Health::Good);
        }
    }

    #[test]
    fn a_pin_that_is_refused_too_late_is_refused() {
        let mut seat = seat();
        assert_eq!(late(&mut seat, fails(RvError::PinIncorrect)), Err(NO_ANSWER));
        assert!(matches!(seat.access.health.get(), Health::Stopped(_)));
        assert!(!works(&mut seat));
    }
}
