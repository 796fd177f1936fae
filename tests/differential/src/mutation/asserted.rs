//! An assertion with a change made in it.

use countersign_device::{Algorithm, Approval, Assertion, Authenticator, SignatureForm};

use super::{Change, Mutation};
use crate::case::{Asked, Enrolled};

impl Mutation {
    /// What the device answers with this change made; where chance hides the change, with a later count.
    pub fn asserted(
        &self,
        device: &Authenticator,
        asked: &Asked,
        enrolled: &mut Enrolled,
        mut approval: Approval,
    ) -> Assertion {
        match self.change {
            Change::Statement(change) => change(asked, &mut approval),
            Change::Enrolled(change) => change(enrolled, &mut approval),
            _ => (),
        }
        let mut assertion = self.answer(device, asked, &approval);
        while self.is_hidden_in(&assertion, device.algorithm()) {
            approval.sign_count += 1;
            assertion = self.answer(device, asked, &approval);
        }
        assertion
    }

    fn answer(&self, device: &Authenticator, asked: &Asked, approval: &Approval) -> Assertion {
        let [data, client_data] = self.bytes(asked, approval);
        let form = match self.change {
            Change::Signature(other) => other,
            _ => approval.signature,
        };
        let mut assertion = device.approve_bytes(data, client_data, form);
        if let Change::NoSignature = self.change {
            assertion.signature.clear();
        }
        assertion
    }

    fn bytes(&self, asked: &Asked, approval: &Approval) -> [Vec<u8>; 2] {
        let data = approval.authenticator_data();
        let data =
            if let Change::AuthenticatorData(change) = self.change { change(data) } else { data };
        [data, self.client_data(asked, approval)]
    }

    /// clientDataJSON with this change made.
    pub(super) fn client_data(&self, asked: &Asked, approval: &Approval) -> Vec<u8> {
        let client_data = approval.client_data_json(&asked.challenge);
        match self.change {
            Change::ClientData(change) => change(&String::from_utf8_lossy(&client_data)),
            _ => client_data,
        }
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
