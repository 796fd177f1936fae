//! What can go wrong in the command: each in one line, with what to do.

use std::io;
use std::path::PathBuf;

/// Why the device could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum DeviceError {
    /// No random bytes.
    #[error("no key was made: the operating system gives no random bytes ({0}); try again")]
    Random(getrandom::Error),
    /// A file could not be read or written.
    #[error("cannot {action} {}: {source}; check the path and its owner", .path.display())]
    File {
        /// What was tried.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A state file holds something else.
    #[error("{} is no device's state: {why}; make a new one with `register`", .path.display())]
    State {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// What came on standard input is no request.
    #[error("the request was not understood: {0}; give PublicKeyCredentialRequestOptionsJSON")]
    Request(String),
    /// What came on standard input asks for no registration.
    #[error("the request was not understood: {0}; give PublicKeyCredentialCreationOptionsJSON")]
    Creation(String),
    /// Keys of the device's algorithm are not taken.
    #[error("not registered: keys of {0} are not asked for; choose another --algorithm")]
    AlgorithmNotTaken(&'static str),
    /// The request is for another relying party.
    #[error("not approved: the request is for {asked}, this device is for {own}; use that one's")]
    OtherRelyingParty {
        /// The relying party of the request.
        asked: String,
        /// The device's.
        own: String,
    },
    /// The request does not name this device's credential.
    #[error("not approved: this device is not among the allowed ones; enrol it, or use another")]
    NotAllowed,
    /// The device's algorithm has no such form of a signature.
    #[error("signatures of {0} have no such form; leave --signature out, or use another device")]
    NoSuchForm(&'static str),
    /// The answer could not be printed.
    #[error("cannot print the answer: {0}; check where standard output goes")]
    Output(io::Error),
}
