//! What goes wrong outside of signing: while opening the token, and with keys.

use std::path::PathBuf;

use countersign_core::port::TokenFault;
use countersign_protocol::Suite;

use crate::Which;
use crate::faults;

/// Why the token could not be opened or initialised: what failed, why, what to do.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The module is not there, or is no PKCS#11 module.
    #[error("cannot load the PKCS#11 module {}: {why}; check the path in the configuration", path.display())]
    Module {
        /// Its path.
        path: PathBuf,
        /// What the loader said.
        why: String,
    },
    /// The module has no such token, or several.
    #[error(
        "{count} of the module's tokens match: {wanted}; its slots hold {present}. Correct the configuration, or run `countersignd init` with the SO PIN to make the token"
    )]
    NotOne {
        /// What was asked for.
        wanted: Which,
        /// How many match.
        count: usize,
        /// What there is.
        present: String,
    },
    /// The token has no keys and no PIN yet.
    #[error("{wanted} is not initialised: run `countersignd init` with the SO PIN")]
    Uninitialised {
        /// What was asked for.
        wanted: Which,
    },
    /// A label that a token cannot have.
    #[error("{label:?} is no token's label: 1 to 32 bytes, no space at its end")]
    Label {
        /// The label.
        label: String,
    },
    /// The token lacks what keys here need.
    #[error("the token offers no {mechanism}, which its keys need here: use another token")]
    Mechanism {
        /// The mechanism, as PKCS#11 names it.
        mechanism: &'static str,
    },
    /// A number of sessions that makes no sense.
    #[error("{sessions} sessions: choose 1 to {most}")]
    Sessions {
        /// What was asked for.
        sessions: usize,
        /// The most.
        most: usize,
    },
    /// The token refuses the PIN. It is not tried again.
    #[error(
        "the token refuses the PIN: {fault}. Correct the PIN before another start: tokens lock after a few wrong ones"
    )]
    PinRefused {
        /// What it said.
        fault: TokenFault,
    },
    /// The library does not come back.
    #[error(
        "the token's library has not answered for {seconds} s: look whether the token is there and its vendor's service runs, then start again"
    )]
    Hangs {
        /// How long was waited.
        seconds: u64,
    },
    /// A thread could not be started.
    #[error("cannot start a thread for the token: {0}; raise the limit on tasks")]
    Thread(std::io::Error),
    /// Anything else that the token said.
    #[error("the token fails: {0}; see its vendor's log")]
    Fault(TokenFault),
}

impl From<cryptoki::error::Error> for OpenError {
    fn from(error: cryptoki::error::Error) -> Self {
        let fault = faults::fault(&error);
        let login = matches!(fault.function, "C_Login" | "C_InitPIN" | "C_InitToken");
        match faults::remedy(&error) {
            faults::Remedy::Stop if login => Self::PinRefused { fault },
            _ => Self::Fault(fault),
        }
    }
}

/// Why a key was not made, or is not as it must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// What the token said.
    #[error(transparent)]
    Fault(#[from] TokenFault),
    /// The token has such a key.
    #[error("the token has such a key already")]
    Exists,
    /// An attribute is not what the key was made with. A key that was just made is destroyed.
    #[error("the key's {attribute} is not as it must be")]
    AttributeDrift {
        /// The attribute, as PKCS#11 names it.
        attribute: &'static str,
    },
    /// The token still has a key that it was told to destroy.
    #[error(
        "the token keeps the key though it was told to destroy it; destroy it with its own tools"
    )]
    NotDestroyed,
    /// The key has another public part.
    #[error("the key's public part is another one")]
    OtherPublicPart,
    /// The token cannot sign with the suite.
    #[error("the token offers no {mechanism}, which {suite} needs; choose another suite")]
    Unsupported {
        /// The suite.
        suite: Suite,
        /// The mechanism, as PKCS#11 names it.
        mechanism: &'static str,
    },
}
