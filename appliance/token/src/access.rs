//! The way into one token: slot, PIN and health, shared by all workers.

use std::sync::Arc;

use cryptoki::context::Function;
use cryptoki::error::{Error, RvError};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;

use crate::Pin;
use crate::health::Shared;
use crate::module::Module;

/// What it takes to get a session with the user logged in.
pub(crate) struct Access {
    pub module: Arc<Module>,
    pub slot: Slot,
    pub pin: Pin,
    pub health: Shared,
}

impl Access {
    /// C_OpenSession and C_Login (PKCS#11 3.1, 5.6.1 and 5.6.8).
    pub fn log_in(&self) -> Result<Session, Error> {
        let _alone = self.module.alone();
        let session = self.module.pkcs11.open_rw_session(self.slot)?;
        match session.login(UserType::User, Some(self.pin.for_token())) {
            // The login is the process's: another session of ours did it.
            Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, Function::Login)) => Ok(session),
            result => result.map(|()| session),
        }
    }
}
