//! A virtual FIDO2 device: honest by default, and wrong in one thing on request.
//!
//! Guarantees to tests: the same seed gives the same bytes; an [`Approval`] that is not changed gives
//! what a good device and browser give (WebAuthn Level 3, 5.8.1 and 6.1); a field that is changed
//! changes the assertion in that one thing, and the signature is over the changed bytes.
//! It protects nothing: it approves without a finger on it, and production refuses it.

#![forbid(unsafe_code)]

mod algorithm;
mod approval;
mod authenticator;
mod client_data;
mod cose;
mod creation;
mod error;
mod json;
mod key;
mod registration;
mod signature;
mod state;

pub use algorithm::Algorithm;
pub use approval::{Approval, Flags};
pub use authenticator::{Assertion, Authenticator, Credential};
pub use cose::cose_key_es256;
pub use creation::{
    AttestationResponse, CreationOptions, CredentialParameters, RegistrationResponse, RelyingParty,
};
pub use error::DeviceError;
pub use json::{AssertionResponse, Descriptor, NoExtensions, RequestOptions, Response};
pub use key::{DeviceKey, Key, Signature};
pub use registration::Registration;
pub use signature::SignatureForm;
pub use state::StateFile;
