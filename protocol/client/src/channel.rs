//! What the appliance's registry knows a certificate by.

use std::path::Path;

use aws_lc_rs::digest::{SHA256, digest};
use countersign_protocol::Digest;
use rustls::pki_types::CertificateDer;
use webpki::EndEntityCert;

use crate::ClientError;
use crate::identity::read_certificate;

/// SHA-256 of a certificate's SubjectPublicKeyInfo: a new certificate of the same key is the same
/// channel.
///
/// # Errors
/// When `certificate` is not the DER of an X.509 certificate.
pub fn channel_of(certificate: &[u8]) -> Result<Digest, ClientError> {
    let certificate = CertificateDer::from(certificate);
    let certificate = EndEntityCert::try_from(&certificate)
        .map_err(|why| ClientError::Certificate(format!("this ({why})")))?;
    let digest = digest(&SHA256, &certificate.subject_public_key_info());
    // SHA-256 is 32 bytes: only another library could disagree.
    let digest = digest.as_ref().try_into().map_err(|_| ClientError::NotCanonical)?;
    Ok(Digest(digest))
}

/// The same, of the certificate in a PEM file.
///
/// # Errors
/// When the file cannot be read or has no certificate.
pub fn channel_of_pem_file(path: &Path) -> Result<Digest, ClientError> {
    let certificate = read_certificate(path)?;
    channel_of(&certificate).map_err(|_| ClientError::Certificate(path.display().to_string()))
}
