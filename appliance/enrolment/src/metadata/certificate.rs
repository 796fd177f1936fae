//! Certificates as metadata writes them, and whose key they hold.
//!
//! Guarantees: nothing longer than its limit is kept. Two certificates of one key are the same to
//! [`same_key`], whoever issued them: a stolen key is stolen under every certificate.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_protocol::limits::MDS_CERTIFICATE_BYTES_MAX;
use rustls_pki_types::CertificateDer;
use webpki::anchor_from_trusted_cert;

/// The DER of a certificate in base64 (RFC 4648, 4). White space in it is passed over: published
/// metadata has had line breaks in it.
pub(super) fn read(text: &str) -> Option<Vec<u8>> {
    // Base64 has four characters for three bytes; twice the limit leaves room for breaks.
    if text.len() > 2 * MDS_CERTIFICATE_BYTES_MAX {
        return None;
    }
    let text: String = text.split_ascii_whitespace().collect();
    let der = STANDARD.decode(text).ok()?;
    (!der.is_empty() && der.len() <= MDS_CERTIFICATE_BYTES_MAX).then_some(der)
}

/// The public key in a certificate; `None` if it is no certificate.
pub(super) fn key(der: &[u8]) -> Option<Vec<u8>> {
    let der = CertificateDer::from(der);
    anchor_from_trusted_cert(&der).ok().map(|anchor| anchor.subject_public_key_info.to_vec())
}

/// Whether two certificates are the same, or hold the same key.
pub(super) fn same_key(one: &[u8], other: &[u8]) -> bool {
    let keys = || key(one).zip(key(other));
    one == other || keys().is_some_and(|(one, other)| one == other)
}
