//! What may be changed about a good assertion or registration: one thing at a time, each with a name.
//!
//! Guarantee: everything but a broken signature is signed after the change, by the key that has to sign it, so
//! that a verifier which refuses has looked at what was changed.

mod android_key;
mod apple;
mod asserted;
mod attested_data;
mod authenticator_data;
mod client_data;
mod enrolled;
mod fido_u2f;
mod leaf;
mod object;
mod registered;
mod signature;
mod statement;
mod tpm;
mod trust;

use countersign_authority::{Draft, Format};
use countersign_device::{Algorithm, Approval, SignatureForm};

pub use self::registered::{Authorities, Device, Trust};
use crate::case::{Asked, Enrolled};

/// One change, and its name in the table of docs/webauthn.md.
pub struct Mutation {
    /// Its name.
    pub name: &'static str,
    change: Change,
}

/// What is changed, and when.
enum Change {
    /// Nothing.
    Nothing,
    /// What is said, before anything is made of it.
    Statement(fn(&Asked, &mut Approval)),
    /// The bytes of clientDataJSON, before they are signed.
    ClientData(fn(&str) -> Vec<u8>),
    /// The bytes of authenticatorData, before they are signed.
    AuthenticatorData(fn(Vec<u8>) -> Vec<u8>),
    /// Of an assertion: what is enrolled or approved, before anything is made of it.
    Enrolled(fn(&mut Enrolled, &mut Approval)),
    /// Of an assertion: the signature.
    Signature(SignatureForm),
    /// Of an assertion: there is no signature.
    NoSignature,
    /// Of a registration in these formats: what is made.
    Registration(&'static [Format], fn(&mut Draft)),
    /// Likewise: what certificates are sent, and what they must lead to.
    Chain(&'static [Format], fn(&mut Draft, &mut Trust<'_>)),
    /// The same, with certificates of an attacker, whose authority is named like the one that is trusted.
    Forgery(&'static [Format], fn(&mut Draft, &mut Trust<'_>)),
    /// The same, with certificates that were signed with the key of a leaf, which may not sign any.
    ByLeaf(&'static [Format], fn(&mut Draft, &mut Trust<'_>)),
    /// Of a registration: the bytes of authenticatorData, before they are signed.
    AttestedData(fn(Vec<u8>) -> Vec<u8>),
    /// Of a registration: the bytes of the attestation object, after everything.
    Object(fn(Vec<u8>) -> Vec<u8>),
}

/// The formats that any of the other verifiers knows.
const FORMATS: &[Format] = &[
    Format::Packed,
    Format::SelfMade,
    Format::None,
    Format::FidoU2f,
    Format::Tpm,
    Format::AndroidKey,
    Format::Apple,
];
/// Those of them with certificates.
const CERTIFIED: &[Format] =
    &[Format::Packed, Format::FidoU2f, Format::Tpm, Format::AndroidKey, Format::Apple];
/// The one that signs all of authenticatorData and clientDataJSON, and that everybody knows.
const PACKED: &[Format] = &[Format::Packed];

impl Mutation {
    /// Whether there is an assertion by this algorithm with such a change.
    pub fn exists_with(&self, algorithm: Algorithm) -> bool {
        match self.change {
            Change::Signature(form) => SignatureForm::of(algorithm).contains(&form),
            Change::Registration(..)
            | Change::Chain(..)
            | Change::Forgery(..)
            | Change::ByLeaf(..)
            | Change::AttestedData(_)
            | Change::Object(_) => false,
            _ => true,
        }
    }

    /// The formats of registrations with such a change.
    pub const fn formats(&self) -> &'static [Format] {
        match self.change {
            Change::Nothing => FORMATS,
            Change::Registration(formats, _)
            | Change::Chain(formats, _)
            | Change::Forgery(formats, _)
            | Change::ByLeaf(formats, _) => formats,
            Change::Enrolled(_) | Change::Signature(_) | Change::NoSignature => &[],
            _ => PACKED,
        }
    }
}

/// The one that changes nothing: every verifier must accept it.
pub const HONEST: &str = "honest";

/// Every mutation.
pub fn all() -> impl Iterator<Item = &'static Mutation> + Clone {
    [
        &[Mutation { name: HONEST, change: Change::Nothing }],
        statement::TABLE,
        enrolled::TABLE,
        authenticator_data::TABLE,
        client_data::TABLE,
        signature::TABLE,
        attested_data::TABLE,
        object::TABLE,
        leaf::TABLE,
        tpm::TABLE,
        android_key::TABLE,
        apple::TABLE,
        fido_u2f::TABLE,
        trust::TABLE,
    ]
    .into_iter()
    .flatten()
}

/// With one bit of the byte at this place changed, if it is there.
fn flip(bytes: &mut [u8], at: usize) {
    if let Some(byte) = bytes.get_mut(at) {
        *byte ^= 1;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn names_are_unique(names: impl Iterator<Item = &'static str> + Clone) {
        let unique: BTreeSet<_> = names.clone().collect();
        assert_eq!(unique.len(), names.count());
        assert!(unique.contains(HONEST));
    }

    #[test]
    fn each_of_a_ceremony_has_a_name_of_its_own() {
        let asserted = |one: &&Mutation| Algorithm::ALL.iter().any(|by| one.exists_with(*by));
        names_are_unique(all().filter(asserted).map(|one| one.name));
        names_are_unique(all().filter(|one| !one.formats().is_empty()).map(|one| one.name));
    }
}
