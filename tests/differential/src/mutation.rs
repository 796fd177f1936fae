//! What may be changed about a good assertion: one thing at a time, each with a name.
//!
//! Guarantee: everything but a broken signature is signed by the enrolled key, so that a verifier which refuses
//! has looked at what was changed.

mod authenticator_data;
mod client_data;
mod statement;

use countersign_device::{Algorithm, Approval, Assertion, Authenticator, SignatureForm};

use crate::case::Known;

/// One change, and its name in the table of docs/webauthn.md.
pub struct Mutation {
    /// Its name.
    pub name: &'static str,
    change: Change,
}

/// What is changed, and when.
enum Change {
    /// What is enrolled or approved, before anything is made of it.
    Statement(fn(&mut Known, &mut Approval)),
    /// The bytes of clientDataJSON, before they are signed.
    ClientData(fn(&str) -> Vec<u8>),
    /// The bytes of authenticatorData, before they are signed.
    AuthenticatorData(fn(Vec<u8>) -> Vec<u8>),
    /// The signature.
    Signature(SignatureForm),
    /// There is no signature.
    NoSignature,
}

impl Mutation {
    /// Whether there is such a change with this algorithm.
    pub fn exists_with(&self, algorithm: Algorithm) -> bool {
        match self.change {
            Change::Signature(form) => SignatureForm::of(algorithm).contains(&form),
            _ => true,
        }
    }

    /// What the device answers with this change made; where chance hides the change, with a later count.
    pub fn made(
        &self,
        device: &Authenticator,
        known: &mut Known,
        mut approval: Approval,
    ) -> Assertion {
        if let Change::Statement(change) = self.change {
            change(known, &mut approval);
        }
        let mut assertion = self.answer(device, known, &approval);
        while self.is_hidden_in(&assertion, device.algorithm()) {
            approval.sign_count += 1;
            assertion = self.answer(device, known, &approval);
        }
        assertion
    }

    fn answer(&self, device: &Authenticator, known: &Known, approval: &Approval) -> Assertion {
        let mut data = approval.authenticator_data();
        let mut client_data = approval.client_data_json(&known.challenge);
        let mut form = approval.signature;
        match self.change {
            Change::AuthenticatorData(change) => data = change(data),
            Change::ClientData(change) => {
                client_data = change(&String::from_utf8_lossy(&client_data));
            }
            Change::Signature(other) => form = other,
            Change::Statement(_) | Change::NoSignature => {}
        }
        let mut assertion = device.approve_bytes(data, client_data, form);
        if let Change::NoSignature = self.change {
            assertion.signature.clear();
        }
        assertion
    }

    /// One r in 500 is so short that with a superfluous zero it has the length of the others, and a verifier
    /// that looks at lengths alone sees nothing: such a signature shows nothing of the verifier.
    fn is_hidden_in(&self, assertion: &Assertion, algorithm: Algorithm) -> bool {
        let usual = if algorithm == Algorithm::Es256 { 32 } else { 48 };
        let is_form = matches!(self.change, Change::Signature(SignatureForm::LeadingZero));
        // SEQUENCE, its length, INTEGER, the length of r.
        is_form && assertion.signature.get(3).is_some_and(|length| *length <= usual)
    }
}

/// Wrong signatures, and one that is good in another way.
const SIGNATURES: &[Mutation] = &[
    Mutation { name: "signature-other-key", change: Change::Signature(SignatureForm::OtherKey) },
    Mutation { name: "signature-bit", change: Change::Signature(SignatureForm::BitFlipped) },
    Mutation {
        name: "signature-leading-zero",
        change: Change::Signature(SignatureForm::LeadingZero),
    },
    Mutation {
        name: "signature-long-length",
        change: Change::Signature(SignatureForm::LongLength),
    },
    Mutation { name: "signature-trailing", change: Change::Signature(SignatureForm::TrailingByte) },
    Mutation { name: "signature-zero-r", change: Change::Signature(SignatureForm::ZeroR) },
    Mutation { name: "signature-zero-s", change: Change::Signature(SignatureForm::ZeroS) },
    Mutation { name: "signature-high-s", change: Change::Signature(SignatureForm::HighS) },
    Mutation { name: "signature-empty", change: Change::NoSignature },
];

/// The one that changes nothing: every verifier must accept it.
pub const HONEST: &str = "honest";

/// Every mutation.
pub fn all() -> impl Iterator<Item = &'static Mutation> + Clone {
    [statement::TABLE, authenticator_data::TABLE, client_data::TABLE, SIGNATURES]
        .into_iter()
        .flatten()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_has_a_name_of_its_own() {
        let names: BTreeSet<_> = all().map(|mutation| mutation.name).collect();
        assert_eq!(names.len(), all().count());
        assert!(names.contains(HONEST));
    }
}
