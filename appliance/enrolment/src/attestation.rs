//! Attestation statements (W3C WebAuthn Level 3, 8): what a new device says of itself, verified.
//!
//! Guarantees: an [`Attested`] is a statement whose every rule of its format's clause holds for exactly
//! these authenticator data, this credential and this client data; a format that is not verified here is
//! refused. A statement decides nothing about whom to trust: that is [`Attested::trusted`], with anchors
//! that the caller gives.
//!
//! It does not read the authenticator data (the caller did, and gives what is in them) nor check the rpId,
//! flags or challenge (7.1, steps 7 to 19).

mod android_key;
mod apple;
mod attested;
mod certificate;
mod compound;
mod fido_u2f;
mod key_description;
mod none;
mod object;
mod packed;
mod self_made;
mod signature;
mod statement;
mod tpm;
mod tpm_structures;

use countersign_core::assertion::cose;
use countersign_core::assertion::device_key::{DeviceKey, KeyBytes};
use countersign_ports::Crypto;

pub use countersign_protocol::attestation::{Class, Format};

pub use self::attested::{Attested, KeyStorage, Trusted};
pub use self::object::AttestationObject;
use crate::fault::Fault;

/// What the authenticator data say of the credential (6.5.1), as the caller has read it.
#[derive(Clone, Copy, Debug)]
pub struct Credential<'c> {
    /// The authenticator's model.
    pub aaguid: [u8; 16],
    /// The credential's id.
    pub credential_id: &'c [u8],
    /// Its public key, as COSE_Key.
    pub cose_key: &'c [u8],
}

/// What every statement is about.
struct Subject<'s, C> {
    crypto: &'s C,
    auth_data: &'s [u8],
    credential: &'s Credential<'s>,
    client_data_hash: &'s [u8; 32],
}

impl<C> Subject<'_, C> {
    /// What most formats sign: `authenticatorData || clientDataHash` (8.2 and others).
    fn signed(&self) -> Vec<u8> {
        [self.auth_data, self.client_data_hash].concat()
    }
}

impl<C: Crypto> Subject<'_, C> {
    /// The credential's key.
    fn key(&self) -> Result<DeviceKey<KeyBytes>, Fault> {
        cose::read(self.crypto, self.credential.cose_key).ok_or(Fault::CredentialKeyUnknown)
    }
}

/// Verifies the statement of `object` (7.1, step 22), about a `credential` that was read from its
/// authenticator data, made for client data with this SHA-256.
///
/// # Errors
/// The first [`Fault`] that is met.
pub fn verify<C: Crypto>(
    crypto: &C,
    object: &AttestationObject<'_>,
    credential: &Credential<'_>,
    client_data_hash: &[u8; 32],
) -> Result<Attested, Fault> {
    let subject = Subject { crypto, auth_data: object.auth_data(), credential, client_data_hash };
    dispatch(&subject, object.format(), object.statement())
}

/// 7.1, step 21: the format is compared as it is written.
fn dispatch<C: Crypto>(
    subject: &Subject<'_, C>,
    format: &str,
    statement: &[u8],
) -> Result<Attested, Fault> {
    match format {
        "none" => none::verify(statement),
        "packed" => packed::verify(subject, statement),
        "android-key" => android_key::verify(subject, statement),
        "apple" => apple::verify(subject, statement),
        "tpm" => tpm::verify(subject, statement),
        "compound" => compound::verify(subject, statement),
        "fido-u2f" => fido_u2f::verify(subject, statement),
        _ => Err(Fault::FormatUnknown),
    }
}
