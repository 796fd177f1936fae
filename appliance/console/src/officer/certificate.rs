//! `trust`: whose word counts, of models and of metadata.

use std::path::Path;

use countersign_enrolment::metadata::key_digest;
use countersign_protocol::admin::{Order, Trust};
use countersign_protocol::model::{Certificate, Purpose};
use countersign_protocol::{Bounded, Origin};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;

use super::desk::Desk;
use crate::arguments::{TrustArguments, TrustCommand};
use crate::{ConsoleError, Report};

pub(super) async fn trust(desk: &Desk, command: &TrustCommand) -> Result<Report, ConsoleError> {
    let (purpose, arguments, what) = match command {
        TrustCommand::Attestation(trust) => (Purpose::Attestation, trust, "attestations".into()),
        TrustCommand::Metadata { trust, signer } => {
            (Purpose::Metadata(host(signer)?), trust, format!("metadata of {signer}"))
        }
    };
    let TrustArguments { certificate: path, withdraw } = arguments;
    let der = read(path)?;
    let certificate = judged(&der, path)?;
    let verb = if *withdraw { "trust no longer" } else { "trust" };
    let what = format!("{verb} {} for {what}", path.display());
    let trust = Trust { purpose, certificate, trusted: !withdraw };
    desk.one(&what, &Order::Trust(trust)).await
}

fn host(text: &str) -> Result<Origin<'_>, ConsoleError> {
    Origin::new(text)
        .ok_or_else(|| ConsoleError::usage(format!("{text:?} is no host name; give --signer HOST")))
}

/// The DER in a file of PEM or DER.
fn read(path: &Path) -> Result<Vec<u8>, ConsoleError> {
    let bytes = std::fs::read(path).map_err(ConsoleError::file("read", path))?;
    let pem = CertificateDer::from_pem_slice(&bytes);
    Ok(pem.map_or(bytes, |der| der.to_vec()))
}

/// The certificate, if the appliance can read it.
fn judged<'a>(der: &'a [u8], path: &Path) -> Result<Certificate<'a>, ConsoleError> {
    let failed = |why| ConsoleError::Certificate { path: path.to_owned(), why };
    key_digest(der).ok_or_else(|| failed("it holds no X.509 certificate"))?;
    Bounded::new(der).ok_or_else(|| failed("it is too long"))
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use countersign_client::new_identity;

    use super::*;

    fn read_back(bytes: &[u8]) -> Result<Vec<u8>, ConsoleError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("root");
        std::fs::write(&path, bytes).unwrap();
        let der = read(&path)?;
        judged(&der, &path).map(|certificate| certificate.bytes().to_vec())
    }

    #[test]
    fn pem_and_der_are_the_same_certificate() {
        let pem = new_identity("root").unwrap().certificate_pem;
        let text: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
        let der = STANDARD.decode(text).unwrap();
        assert_eq!(read_back(pem.as_bytes()).unwrap(), der);
        assert_eq!(read_back(&der).unwrap(), der);
    }

    #[test]
    fn what_is_no_certificate_is_refused() {
        for bytes in [&b""[..], b"root", &[0x30, 0x03, 0x02, 0x01, 0x00]] {
            let why = read_back(bytes).unwrap_err().to_string();
            assert!(why.contains("no X.509 certificate"), "{why}");
        }
    }
}
