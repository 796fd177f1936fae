//! Evidence: made by the front-end that had something signed, checked by anyone.
//!
//! Guarantee: what is written says of each item that the document itself was signed, which is what `sign` asks
//! for; whoever signed the file is the front-end's identity.

mod verifying;

use std::fs;
use std::path::Path;

use countersign_client::Identity;
use countersign_protocol::activation::Version;
use countersign_protocol::evidence::Evidence;
use countersign_protocol::limits::{
    CERTIFICATE_BYTES_MAX, CERTIFICATES_MAX, DTBSR_BYTES_MAX, HEAD_BYTES_MAX,
};
use countersign_protocol::reply::{Enrolments, Signed};
use countersign_protocol::{Bounded, Sequence};
use countersign_verifier::envelope::{Signing, seal};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;

use crate::ConsoleError;

pub(crate) use verifying::verify;

/// Whoever had documents signed, with a key that can sign evidence of them.
pub(crate) struct Exporter<'i> {
    identity: &'i Identity,
    key: Vec<u8>,
    certificates: Vec<Vec<u8>>,
}

impl<'i> Exporter<'i> {
    /// Asked for before the appliance is asked for anything: what cannot be exported shall not be signed.
    pub(crate) fn new(
        identity: &'i Identity,
        certificate: Option<&Path>,
    ) -> Result<Self, ConsoleError> {
        let key = identity.public_key().filter(|key| Signing::of_spki(key).is_some());
        let certificates = certificate.map(read_certificates).transpose()?.unwrap_or_default();
        Ok(Self { identity, key: key.ok_or(ConsoleError::Exporter)?, certificates })
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
        let chain: Option<Vec<Bounded<'_, CERTIFICATE_BYTES_MAX>>> =
            self.certificates.iter().map(|der| Bounded::new(der)).collect();
        let mut chain_room =
            vec![0; self.certificates.iter().map(|c| c.len() + HEAD_BYTES_MAX).sum()];
        let certificates =
            Sequence::from_values(&chain.ok_or(ConsoleError::Unexpected)?, &mut chain_room);
        let evidence = Evidence {
            version: Version::V1,
            exporter: Bounded::new(&self.key).ok_or(ConsoleError::Exporter)?,
            receipt: Bounded::new(signed.receipt.bytes()).ok_or(ConsoleError::Unexpected)?,
            derivations: derivations.map_err(|_| ConsoleError::Unexpected)?,
            cosignatures: cosignatures.map_err(|_| ConsoleError::Unexpected)?,
            enrolments: enrolled.enrolments,
            certificates: certificates.map_err(|_| ConsoleError::Unexpected)?,
        };
        seal(&evidence, |bytes| self.identity.sign(bytes)).ok_or(ConsoleError::Exporter)
    }
}

/// The certificates of a file: as many as evidence can have, and none longer than that.
fn read_certificates(path: &Path) -> Result<Vec<Vec<u8>>, ConsoleError> {
    let pem = fs::read(path).map_err(ConsoleError::file("read", path))?;
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    let read = read.ok().filter(|all| (1..=CERTIFICATES_MAX).contains(&all.len()));
    let fits = |all: &Vec<CertificateDer<'_>>| all.iter().all(|c| c.len() <= CERTIFICATE_BYTES_MAX);
    let certificates = read.filter(fits).ok_or_else(|| {
        ConsoleError::usage(format!(
            "{} is not a file of 1 to {CERTIFICATES_MAX} certificates in PEM",
            path.display()
        ))
    })?;
    Ok(certificates.into_iter().map(|der| der.to_vec()).collect())
}

#[cfg(test)]
mod tests {
    use rcgen::{KeyPair, PKCS_ECDSA_P384_SHA384};

    use super::*;

    #[test]
    fn a_file_without_certificates_is_found_out_too() {
        let folder = tempfile::tempdir().unwrap();
        let (identity, path) = (crate::identity::some(), folder.path().join("chain.pem"));
        let key = KeyPair::generate().unwrap();
        let one = rcgen::CertificateParams::default().self_signed(&key).unwrap().pem();
        let read = |text: &str| {
            fs::write(&path, text).unwrap();
            Exporter::new(&identity, Some(&path)).map(|exporter| exporter.certificates.len())
        };
        assert_eq!(read(&one.repeat(CERTIFICATES_MAX)).unwrap(), CERTIFICATES_MAX);
        for text in [String::new(), "no certificate".into(), one.repeat(CERTIFICATES_MAX + 1)] {
            let why = read(&text).unwrap_err().to_string();
            assert!(why.contains("is not a file of 1 to 8 certificates"), "{why}");
        }
    }

    #[test]
    fn a_key_that_cannot_sign_evidence_is_found_out_before_anything_is_asked_for() {
        assert!(Exporter::new(&crate::identity::some(), None).is_ok());
        let key = KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).unwrap();
        let certificate = rcgen::CertificateParams::default().self_signed(&key).unwrap();
        let other = Identity::from_pem(&certificate.pem(), &key.serialize_pem()).unwrap();
        assert!(matches!(Exporter::new(&other, None), Err(ConsoleError::Exporter)));
    }
}
