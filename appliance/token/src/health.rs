//! How the token is: what the last messages met.

use std::sync::{Mutex, PoisonError};

use countersign_core::port::TokenFault;
use cryptoki::error::Error;

use crate::faults::{Remedy, fault, remedy};

/// How the token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// The last message met no trouble of the token's.
    Good,
    /// The last message met this. The next one is tried on a new session.
    Troubled(TokenFault),
    /// The token's library does not return from this function in the time that it may take, or the last
    /// message was lost so. When it returns after all, the next message is tried on a new session.
    Hanging(&'static str),
    /// Nothing is tried any more until the process is started anew.
    Stopped(TokenFault),
}

/// The health that all workers share.
pub(crate) struct Shared(Mutex<Health>);

impl Shared {
    pub const fn new() -> Self {
        Self(Mutex::new(Health::Good))
    }

    pub fn get(&self) -> Health {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Passes while it makes sense to ask the token for anything.
    pub fn check(&self) -> Result<(), TokenFault> {
        match self.get() {
            Health::Stopped(fault) => Err(fault),
            Health::Good | Health::Troubled(_) | Health::Hanging(_) => Ok(()),
        }
    }

    /// Takes note of a success.
    pub fn good(&self) {
        self.change(Health::Good);
    }

    /// Takes note of a fault, and gives it on as the core knows it.
    pub fn met(&self, error: &Error) -> TokenFault {
        let fault = fault(error);
        match remedy(error) {
            Remedy::GiveUp => {}
            Remedy::Relogin | Remedy::Unhealthy => self.change(Health::Troubled(fault)),
            Remedy::Stop => self.change(Health::Stopped(fault)),
        }
        fault
    }

    /// Takes note of a call that has returned too late.
    pub fn late(&self, function: &'static str) {
        self.change(Health::Hanging(function));
    }

    /// With what hangs right now.
    pub fn with(&self, hanging: Option<&'static str>) -> Health {
        match (self.get(), hanging) {
            (stopped @ Health::Stopped(_), _) => stopped,
            (_, Some(function)) => Health::Hanging(function),
            (other, None) => other,
        }
    }

    fn change(&self, new: Health) {
        let mut health = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !matches!(*health, Health::Stopped(_)) {
            *health = new;
        }
    }
}

#[cfg(test)]
mod tests {
    use cryptoki::context::Function;
    use cryptoki::error::RvError;

    use super::*;

    fn met(health: &Shared, code: RvError) -> Health {
        health.met(&Error::Pkcs11(code, Function::Login));
        health.get()
    }

    #[test]
    fn trouble_passes_with_the_next_success() {
        let health = Shared::new();
        assert!(matches!(met(&health, RvError::DeviceError), Health::Troubled(_)));
        assert!(health.check().is_ok());
        health.good();
        assert_eq!(health.get(), Health::Good);
    }

    #[test]
    fn a_message_of_its_own_fault_says_nothing_of_the_token() {
        let health = Shared::new();
        assert_eq!(met(&health, RvError::KeyHandleInvalid), Health::Good);
    }

    #[test]
    fn what_hangs_is_said_unless_the_token_has_stopped() {
        let health = Shared::new();
        assert_eq!(health.with(Some("C_Sign")), Health::Hanging("C_Sign"));
        assert_eq!(health.with(None), Health::Good);
        health.late("C_Sign");
        assert_eq!(health.with(None), Health::Hanging("C_Sign"));
        assert!(health.check().is_ok());
        health.good();
        assert_eq!(health.with(None), Health::Good);
        met(&health, RvError::PinLocked);
        assert!(matches!(health.with(Some("C_Sign")), Health::Stopped(_)));
    }

    #[test]
    fn a_refused_pin_stops_for_good() {
        let health = Shared::new();
        assert!(matches!(met(&health, RvError::PinIncorrect), Health::Stopped(_)));
        health.good();
        assert!(matches!(met(&health, RvError::DeviceError), Health::Stopped(_)));
        assert!(health.check().is_err());
    }
}
