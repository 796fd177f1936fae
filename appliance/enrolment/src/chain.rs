//! Certificate chains (RFC 5280), by `rustls-webpki`.
//!
//! Guarantees: a chain ends at an anchor that the caller gave, never at a certificate that came with the
//! statement, self-signed or not; an anchor may be an intermediate; every certificate is within its time; the
//! leaf is no CA. Formats add their own rules on top. A leaf that is an anchor itself is no chain.

use std::time::Duration;

use rustls_pki_types::{CertificateDer, TrustAnchor, UnixTime};
use webpki::{
    ALL_VERIFICATION_ALGS, EndEntityCert, ExtendedKeyUsageValidator, KeyPurposeIdIter, KeyUsage,
    anchor_from_trusted_cert,
};

/// Why a chain does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChainFault {
    /// The leaf is no certificate of version 3.
    #[error("the leaf is no X.509 certificate of version 3")]
    Leaf,
    /// There is no way from it to an anchor; or a certificate on it is expired, or may not sign.
    #[error("the chain does not end at an anchor as it must: {0}")]
    Chain(webpki::Error),
}

/// What the leaf may be used for, if it restricts that (RFC 5280, 4.2.1.12): an OID's content bytes.
#[derive(Clone, Copy, Debug)]
pub struct Purpose(pub &'static [u8]);

/// The public key in a certificate: the content of its SubjectPublicKeyInfo; `None` if it is no certificate.
pub(crate) fn key(der: &[u8]) -> Option<Vec<u8>> {
    let der = CertificateDer::from(der);
    anchor_from_trusted_cert(&der).ok().map(|anchor| anchor.subject_public_key_info.to_vec())
}

/// Verifies that `leaf` leads to one of `anchors`, at this time (milliseconds since 1970).
///
/// # Errors
/// [`ChainFault`].
pub fn verify<A: AsRef<[u8]>>(
    leaf: &[u8],
    intermediates: &[&[u8]],
    anchors: &[A],
    utc_ms: u64,
    purpose: Purpose,
) -> Result<(), ChainFault> {
    let usage = KeyUsage::required_if_present(purpose.0);
    verify_usage(leaf, intermediates, anchors, utc_ms, usage)
}

/// The same of a leaf that may be used for whatever it says.
///
/// # Errors
/// [`ChainFault`].
pub fn verify_any<A: AsRef<[u8]>>(
    leaf: &[u8],
    intermediates: &[&[u8]],
    anchors: &[A],
    utc_ms: u64,
) -> Result<(), ChainFault> {
    verify_usage(leaf, intermediates, anchors, utc_ms, Whatever)
}

/// Every purpose is right.
struct Whatever;

impl ExtendedKeyUsageValidator for Whatever {
    fn validate(&self, _: KeyPurposeIdIter<'_, '_>) -> Result<(), webpki::Error> {
        Ok(())
    }
}

fn verify_usage<A: AsRef<[u8]>>(
    leaf: &[u8],
    intermediates: &[&[u8]],
    anchors: &[A],
    utc_ms: u64,
    usage: impl ExtendedKeyUsageValidator,
) -> Result<(), ChainFault> {
    let der = CertificateDer::from(leaf);
    let leaf = EndEntityCert::try_from(&der).map_err(|_| ChainFault::Leaf)?;
    let anchors: Vec<_> = anchors.iter().map(|der| CertificateDer::from(der.as_ref())).collect();
    // An anchor that cannot be read anchors nothing.
    let anchors: Vec<TrustAnchor<'_>> =
        anchors.iter().filter_map(|der| anchor_from_trusted_cert(der).ok()).collect();
    let intermediates: Vec<_> =
        intermediates.iter().map(|der| CertificateDer::from(*der)).collect();
    let time = UnixTime::since_unix_epoch(Duration::from_millis(utc_ms));
    let algorithms = ALL_VERIFICATION_ALGS;
    leaf.verify_for_usage(algorithms, &anchors, &intermediates, time, usage, None, None)
        .map(drop)
        .map_err(ChainFault::Chain)
}
