//! Evidence: made by the front-end that had something signed, checked by anyone.
//!
//! Guarantee: what is written says of each item that the document itself was signed, which is what `sign` asks
//! for; whoever signed the file is the front-end's identity.

mod verifying;

use countersign_client::Identity;
use countersign_protocol::activation::Version;
use countersign_protocol::evidence::Evidence;
use countersign_protocol::limits::{DTBSR_BYTES_MAX, HEAD_BYTES_MAX};
use countersign_protocol::reply::{Enrolments, Signed};
use countersign_protocol::{Bounded, Sequence};
use countersign_verifier::envelope::{Signing, seal};

use crate::ConsoleError;

pub(crate) use verifying::verify;

/// Whoever had documents signed, with a key that can sign evidence of them.
pub(crate) struct Exporter<'i> {
    identity: &'i Identity,
    key: Vec<u8>,
}

impl<'i> Exporter<'i> {
    /// Asked for before the appliance is asked for anything: what cannot be exported shall not be signed.
    pub(crate) fn new(identity: &'i Identity) -> Result<Self, ConsoleError> {
        let key = identity.public_key().filter(|key| Signing::of_spki(key).is_some());
        Ok(Self { identity, key: key.ok_or(ConsoleError::Exporter)? })
    }

    /// The file of evidence of signed documents.
    pub(crate) fn evidence(
        &self,
        signed: &Signed<'_>,
        enrolled: &Enrolments<'_>,
    ) -> Result<Vec<u8>, ConsoleError> {
        let none: Vec<Bounded<'_, DTBSR_BYTES_MAX>> = vec![Bounded::EMPTY; signed.signatures.len()];
        let mut room = vec![0; none.len() * HEAD_BYTES_MAX];
        let derivations = Sequence::from_values(&none, &mut room);
        let lines: Vec<_> = signed.cosignatures.iter().flat_map(Sequence::iter).collect();
        let mut lines_room = vec![0; lines.iter().map(|l| l.bytes().len() + HEAD_BYTES_MAX).sum()];
        let cosignatures = Sequence::from_values(&lines, &mut lines_room);
        let evidence = Evidence {
            version: Version::V1,
            exporter: Bounded::new(&self.key).ok_or(ConsoleError::Exporter)?,
            receipt: Bounded::new(signed.receipt.bytes()).ok_or(ConsoleError::Unexpected)?,
            derivations: derivations.map_err(|_| ConsoleError::Unexpected)?,
            cosignatures: cosignatures.map_err(|_| ConsoleError::Unexpected)?,
            enrolments: enrolled.enrolments,
        };
        seal(&evidence, |bytes| self.identity.sign(bytes)).ok_or(ConsoleError::Exporter)
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{KeyPair, PKCS_ECDSA_P384_SHA384};

    use super::*;

    #[test]
    fn a_key_that_cannot_sign_evidence_is_found_out_before_anything_is_asked_for() {
        assert!(Exporter::new(&crate::identity::some()).is_ok());
        let key = KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).unwrap();
        let certificate = rcgen::CertificateParams::default().self_signed(&key).unwrap();
        let other = Identity::from_pem(&certificate.pem(), &key.serialize_pem()).unwrap();
        assert!(matches!(Exporter::new(&other), Err(ConsoleError::Exporter)));
    }
}
